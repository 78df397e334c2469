/* lwIP's resolver answers with fewer codes than POSIX has: those it never gives get numbers of their own. */
#ifndef SOTTO_NETDB_H
#define SOTTO_NETDB_H
#include_next <netdb.h>
#ifndef EAI_SYSTEM
#define EAI_SYSTEM 240
#endif
#ifndef EAI_AGAIN
#define EAI_AGAIN 241
#endif
#endif
