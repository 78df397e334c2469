/* POSIX's place for what the IDF has in sys/poll.h. */
#ifndef SOTTO_POLL_H
#define SOTTO_POLL_H
#include <sys/poll.h>
#endif
