/*
 * What the I/O thread of hal/net is on a bare board: after every network interrupt and every tick of the network's
 * alarm each socket that has something is served, at interrupt level. net.h has the rules; the lock is the interrupt
 * mask.
 */
#include "../net.h"
#include "net-device.h"
#include "sockets.h"
#include "hal/machine/virt/machine.h"
#include <poll.h>

static struct {
	NetEntry* entries;
	uint32_t before;
	unsigned depth;
	bool started, turning;
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

static void turn(void* refcon)
{
	int64_t now = netNowMs();
	NetEntry* next;
	(void)refcon;
	if (net.turning)
		return;
	net.turning = true;
	for (NetEntry* entry = net.entries; entry != NULL; entry = next) {
		/* `ready` may drop and free its own entry, never another. */
		next = entry->next;
		struct pollfd polled = {.fd = entry->fd, .events = entry->events};
		bool late = entry->deadlineMs != 0 && entry->deadlineMs <= now;
		if (late)
			entry->deadlineMs = 0;
		if (entry->events != 0)
			poll(&polled, 1, 0);
		if (polled.revents != 0 || late)
			entry->ready(entry, polled.revents);
	}
	net.turning = false;
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
	entry->pollIndex = -1;
	entry->next = net.entries;
	net.entries = entry;
	netWake();
	netUnlock();
	return true;
}

void netDrop(NetEntry* entry)
{
	for (NetEntry** link = &net.entries; *link != NULL; link = &(*link)->next)
		if (*link == entry) {
			*link = entry->next;
			return;
		}
}

void netRemove(NetEntry* entry)
{
	netLock();
	netDrop(entry);
	netUnlock();
}
