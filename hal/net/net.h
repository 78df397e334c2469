/*
 * What the sockets of hal/net share, on whichever port. One I/O thread serves every socket of the process: it polls,
 * moves bytes between the kernel and bounded queues, and posts to the VM (hal/vm/vm.h), coalesced. Datagrams, bytes and
 * errors enter from the kernel; callbacks of udp.ts, tcp.ts and listener.ts are the next stop.
 *
 * Who may touch what: every field of a socket that the I/O thread sees is read and written between netLock and
 * netUnlock. Callbacks into the VM run without the lock. docs/CONCURRENCY.md tells the whole story.
 */
#ifndef SOTTO_HAL_NET_H
#define SOTTO_HAL_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "xsmc.h"

/** Longest text of an address: IPv6 with a zone. */
#define NET_ADDRESS_LENGTH 64

/** An IPv4 or IPv6 address with its port, ready for the socket calls. */
typedef struct {
	struct sockaddr_storage storage;
	socklen_t byteLength;
} NetAddress;

/** A file descriptor that the I/O thread watches. Embedded in the socket's own struct. */
typedef struct NetEntry NetEntry;
struct NetEntry {
	NetEntry* next;
	int fd;
	/** What to wait for, as poll() names it; 0: nothing, and errors are not looked at either. */
	short events;
	/** Monotonic milliseconds at which `ready` is called with 0 events; 0: never. */
	int64_t deadlineMs;
	/** On the I/O thread, with the lock held. Must consume what it is told of, or take it out of `events`. */
	void (*ready)(NetEntry* entry, short revents);
	void* owner;
	/** Place in the thread's poll array; -1: not polled this time. */
	int pollIndex;
	/** The turn in which it was last served. */
	unsigned long served;
	/** `ready` computes for long (TLS): a board without threads calls it where the VM runs, not in an interrupt. */
	bool slow;
};

void netLock(void);
void netUnlock(void);

/** Starts watching. False, with errno set, when the thread cannot be started. Without the lock. */
bool netAdd(NetEntry* entry);
/** Stops watching and waits until the thread is not inside poll() with this descriptor, so that closing it frees its
 * port at once. Without the lock, never from the I/O thread. */
void netRemove(NetEntry* entry);
/** Stops watching, from `ready` alone. */
void netDrop(NetEntry* entry);
/** Makes the thread look at `events` and `deadlineMs` again. With the lock held. */
void netWake(void);
/** From `ready` alone: gives the lock away for a long piece of work on this entry, which nobody frees meanwhile. */
void netYield(NetEntry* entry);
void netResume(void);
/** Whether the thread is at such work. With the lock held. */
bool netBusy(const NetEntry* entry);
/** Monotonic milliseconds. */
int64_t netNowMs(void);

/** Numeric address and port to a socket address; false for anything that is no IPv4 or IPv6 address. */
bool netParseAddress(const char* text, int port, NetAddress* address);
/** The inverse; IPv4 mapped into IPv6 comes out as IPv4. */
void netFormatAddress(const NetAddress* address, char text[NET_ADDRESS_LENGTH], int* port);
/** A non-blocking, close-on-exec socket of the address's family; -1 with errno. */
int netSocket(const NetAddress* address, int type);

/** The cause in plain words, lower case: "connection refused". */
const char* netReason(int error);
/** The name of the errno constant: "ECONNREFUSED"; "closed" for 0. */
const char* netCode(int error);

/* Reading an options dictionary, and telling scripts what went wrong. On the VM thread. */

/** Whether an argument was given: a forwarding method passes on as many as it got, so one left out may not be there at
 * all. */
bool netGiven(xsMachine* the, int index);
/** A callback of the options dictionary, or NULL when it is absent. Throws TypeError when it is no function. */
xsSlot* netCallback(xsMachine* the, xsSlot* options, xsIdentifier id);
/** An integer option; throws RangeError outside minimum..maximum. */
int netInteger(xsMachine* the, xsSlot* options, xsIdentifier id, const char* name, int fallback, int minimum,
			   int maximum);
/** The options `address` and `port`; `fallback` (or NULL: required) for an absent address. Throws when it is not
 * numeric. */
void netAddressOption(xsMachine* the, xsSlot* options, const char* fallback, int fallbackPort, NetAddress* address);
/** Copies the option `target` onto the instance (ECMA-419). */
void netTarget(xsMachine* the, xsSlot* instance, xsSlot* options);
/** Throws an Error "<what> <address>:<port>: <reason>" with address, port and code. */
void netThrow(xsMachine* the, const char* what, const NetAddress* address, int error);
/** Puts such an Error into a slot. */
void netError(xsMachine* the, xsSlot* result, const char* what, const NetAddress* address, int error);
/** The same with a reason and a code of one's own. */
void netErrorFor(xsMachine* the, xsSlot* result, const char* what, const NetAddress* address, const char* code,
				 const char* reason);

/** A listener hands an accepted descriptor to a TCP object that has none yet. Throws for any other object. */
void netTcpAdopt(xsMachine* the, xsSlot* tcp, int fd);

#endif
