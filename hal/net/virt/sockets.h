/*
 * Sockets of a bare board, by lwIP's raw interface: hal/net/posix and hal/rtp/posix run on them as they do on POSIX.
 * All of lwIP runs with interrupts held off or inside one, so nobody sees it half way.
 */
#ifndef SOTTO_SOCKETS_H
#define SOTTO_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

/* Called at interrupt level, or with interrupts held off, after something may have arrived. */
typedef void (*SocketsRun)(void* refcon);
enum { socketsNet, socketsMedia, socketsListeners };
/* run NULL: none. */
void socketsListen(int which, SocketsRun run, void* refcon);
/* Of the network device: packets were given to lwIP, or time went by. */
void socketsTurn(void);

/* How many datagrams were lost because nobody read them in time. */
uint32_t socketsDropped(void);

#endif
