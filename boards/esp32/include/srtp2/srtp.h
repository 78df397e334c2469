/* Debian's place for libsrtp's header; the IDF component has it without the folder. */
#ifndef SOTTO_SRTP2_SRTP_H
#define SOTTO_SRTP2_SRTP_H
#include <srtp.h>
#endif
