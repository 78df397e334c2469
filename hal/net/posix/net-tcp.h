/*
 * One TCP connection of the POSIX port, shared by the side that the I/O thread runs (net-tcp-io.c) and the side that
 * scripts call (net-tcp.c). Two bounded rings: the thread fills one from the kernel and stops reading while it is full,
 * so that a fast peer waits; it empties the other.
 */
#ifndef SOTTO_HAL_NET_TCP_H
#define SOTTO_HAL_NET_TCP_H

#include "net.h"
#include "hal/vm/vm.h"

#include <sys/uio.h>

#ifndef TCP_RING_BYTES
/** Of each of a connection's two rings; a board with little memory gives another. No SIP message is longer. */
#define TCP_RING_BYTES 16384
#endif

typedef struct {
	uint8_t bytes[TCP_RING_BYTES];
	size_t start, length;
} Ring;

/** TLS on top of a connection: hal/net/mbedtls. */
typedef struct NetTls NetTls;

typedef struct {
	NetEntry entry;
	VmPost* post;
	xsSlot self;
	xsSlot* onReadable;
	xsSlot* onWritable;
	xsSlot* onError;
	NetAddress remote;
	Ring in, out;
	/** The three things to tell the VM. */
	bool readable, writable, ended;
	bool connected, connecting;
	/** errno, or 0 for an orderly end; it counts once `ended`. */
	int error;
	/** NULL: plain TCP. */
	NetTls* tls;
	bool watched, remembered;
	/** Closed by its owner with bytes still to send: the I/O thread sends them and frees the record. */
	bool lingering;
	int calling;
	bool closed;
} NetTcp;

/** The free (or filled) part of a ring as at most two pieces; returns how many. */
int ringPieces(const Ring* ring, bool filled, struct iovec pieces[2]);
void ringTake(Ring* ring, size_t length);

/** The connection that `this` is; throws when it is closed. */
NetTcp* netTcpThis(xsMachine* the);
/* What TLS does for a connection; only called where `tcp->tls` is set, but for the first and tlsFree. */

/** Reads the options of a TLS connection into `tcp->tls`; throws for bad ones. */
void netTlsOptions(xsMachine* the, NetTcp* tcp);
/** The socket it is to use, before the I/O thread has it. */
void tlsAttach(NetTls* tls, int fd);
/** Why the connection is over, when that is for TLS to say; else empty. With the lock held. */
const char* tlsReason(const NetTls* tls);
/** What to wait for, as tcpInterest has it. With the lock held. */
short tlsInterest(NetTcp* tcp);
/** NetEntry's ready, with the lock held. */
void tlsReady(NetTcp* tcp, short revents);
/** Frees all of it, when both threads have let go; nothing for NULL. */
void tlsFree(NetTls* tls);

/* All with the lock held. */

/** Tells the thread what to wait for now. */
void tcpInterest(NetTcp* tcp);
/** The connection is over: `error` is an errno, or 0 for an orderly end. */
void tcpEnd(NetTcp* tcp, int error);
/** Sends what the kernel takes; on either thread. */
void tcpSend(NetTcp* tcp);
/** NetEntry's ready. */
void tcpReady(NetEntry* entry, short revents);

#endif
