/*
 * What the I/O thread of hal/net is on a bare board: after every network interrupt and every tick of the network's
 * alarm each socket that has something is served, at interrupt level. What takes long (TLS) is done at the main level
 * instead, between two deliveries to the VM, so that no voice frame waits for it. net.h has the rules; the lock is the
 * interrupt mask.
 */
#include "../net.h"
#include "net-device.h"
#include "sockets.h"
#include "hal/machine/virt/machine.h"
#include "hal/vm/vm.h"
#include <errno.h>
#include <poll.h>

static struct {
	NetEntry* entries;
	uint32_t before;
	unsigned depth;
	bool started, turning;
	/* For the entries that are slow: there while one is. */
	VmPost* work;
	unsigned slow;
	unsigned long turn;
	const NetEntry* busy;
	bool yielded;
} net;

/* Never from inside a turn, which holds interrupts off by itself; pairs may nest all the same. */
void netLock(void)
{
	uint32_t before = machineMask();
	if (net.depth++ == 0)
		net.before = before;
}

void netUnlock(void)
{
	if (--net.depth == 0)
		machineUnmask(net.before);
}

int64_t netNowMs(void)
{
	return (int64_t)(machineNowUs() / 1000u);
}

/* What an entry is to be told of now; 0 and not late: nothing. */
static short happened(const NetEntry* entry, int64_t now, bool* late)
{
	struct pollfd polled = {.fd = entry->fd, .events = entry->events};
	*late = entry->deadlineMs != 0 && entry->deadlineMs <= now;
	if (entry->events != 0)
		poll(&polled, 1, 0);
	return polled.revents;
}

static void serve(NetEntry* entry, short revents, bool late)
{
	if (late)
		entry->deadlineMs = 0;
	entry->ready(entry, revents);
}

static void turn(void* refcon)
{
	int64_t now = netNowMs();
	NetEntry* next;
	(void)refcon;
	if (net.turning)
		return;
	net.turning = true;
	for (NetEntry* entry = net.entries; entry != NULL; entry = next) {
		bool late;
		short revents = happened(entry, now, &late);
		/* `ready` may drop and free its own entry, never another. */
		next = entry->next;
		if (revents == 0 && !late)
			continue;
		if (!entry->slow)
			serve(entry, revents, late);
		else if (entry != net.busy)
			vmPost(net.work);
	}
	net.turning = false;
}

/* At the main level, on its own: nothing of the VM is called. */
static void work(xsMachine* the, void* refcon)
{
	int64_t now = netNowMs();
	NetEntry* next;
	(void)the;
	(void)refcon;
	netLock();
	net.turn++;
	for (NetEntry* entry = net.entries; entry != NULL; entry = next) {
		bool late;
		short revents;
		next = entry->next;
		if (!entry->slow || entry->served == net.turn)
			continue;
		revents = happened(entry, now, &late);
		if (revents == 0 && !late)
			continue;
		entry->served = net.turn;
		net.yielded = false;
		serve(entry, revents, late);
		/* In the meantime an interrupt may have freed the next one. */
		if (net.yielded)
			next = net.entries;
	}
	netUnlock();
}

void netYield(NetEntry* entry)
{
	net.busy = entry;
	net.yielded = true;
	netUnlock();
}

void netResume(void)
{
	netLock();
	net.busy = NULL;
}

/* The VM does not run meanwhile. */
bool netBusy(const NetEntry* entry)
{
	return net.busy == entry;
}

void netWake(void)
{
	/* Not now: who calls may still hold what a turn would free. */
	if (!net.turning)
		netDeviceSoon();
}

bool netAdd(NetEntry* entry)
{
	netLock();
	if (!net.started) {
		net.started = true;
		socketsListen(socketsNet, turn, NULL);
	}
	bool ready = !entry->slow || net.work != NULL || (net.work = vmPostNew(NULL, work, NULL)) != NULL;
	if (ready) {
		net.slow += entry->slow;
		entry->pollIndex = -1;
		entry->served = net.turn;
		entry->next = net.entries;
		net.entries = entry;
		netWake();
	} else
		errno = ENOMEM;
	netUnlock();
	return ready;
}

void netDrop(NetEntry* entry)
{
	for (NetEntry** link = &net.entries; *link != NULL; link = &(*link)->next)
		if (*link == entry) {
			*link = entry->next;
			/* Those that are slow come here at the main level alone. */
			if (entry->slow && --net.slow == 0) {
				vmPostDelete(net.work);
				net.work = NULL;
			}
			return;
		}
}

void netRemove(NetEntry* entry)
{
	netLock();
	netDrop(entry);
	netUnlock();
}
