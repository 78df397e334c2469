/*
 * The I/O thread of hal/net on POSIX: one poll() over every socket. It starts with the first socket and lives as long
 * as the process. Readiness enters from the kernel; each socket's `ready` goes on with it.
 */
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t left;
	NetEntry* entries;
	struct pollfd* fds;
	size_t capacity;
	int wake;
	/** Counts the returns from poll(). */
	unsigned long turn;
	bool started, polling, woken;
	/** Being worked on without the lock, and whether anything was since this turn's list was last looked at. */
	NetEntry* busy;
	bool yielded;
} net = {.mutex = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER, .wake = -1};

void netLock(void)
{
	pthread_mutex_lock(&net.mutex);
}

void netUnlock(void)
{
	pthread_mutex_unlock(&net.mutex);
}

int64_t netNowMs(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void netWake(void)
{
	if (!net.polling || net.woken)
		return;
	net.woken = true;
	/* The counter is at most this one, so the write cannot block. */
	uint64_t one = 1;
	while (write(net.wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

/** Fills the poll array from the entries; returns the number of descriptors, and the time to wait in *timeoutMs. */
static nfds_t netCollect(int* timeoutMs)
{
	size_t needed = 1;
	for (NetEntry* entry = net.entries; entry; entry = entry->next)
		needed++;
	if (needed > net.capacity) {
		struct pollfd* grown = realloc(net.fds, 2 * needed * sizeof(struct pollfd));
		if (grown) {
			net.fds = grown;
			net.capacity = 2 * needed;
		}
	}
	nfds_t count = 1;
	int64_t now = netNowMs();
	net.fds[0] = (struct pollfd){.fd = net.wake, .events = POLLIN};
	*timeoutMs = -1;
	for (NetEntry* entry = net.entries; entry; entry = entry->next) {
		entry->pollIndex = -1;
		if (entry->deadlineMs) {
			int64_t left = entry->deadlineMs > now ? entry->deadlineMs - now : 0;
			if (*timeoutMs < 0 || left < *timeoutMs)
				*timeoutMs = left > 60000 ? 60000 : (int)left;
		}
		/* Without memory for a larger array the last sockets wait until others have gone. */
		if (entry->events && count < net.capacity) {
			entry->pollIndex = (int)count;
			net.fds[count++] = (struct pollfd){.fd = entry->fd, .events = entry->events};
		}
	}
	return count;
}

static void* netRun(void* unused)
{
	(void)unused;
	pthread_mutex_lock(&net.mutex);
	for (;;) {
		int timeoutMs;
		nfds_t count = netCollect(&timeoutMs);
		net.polling = true;
		pthread_mutex_unlock(&net.mutex);
		int ready = poll(net.fds, count, timeoutMs);
		pthread_mutex_lock(&net.mutex);
		net.polling = false;
		net.turn++;
		pthread_cond_broadcast(&net.left);
		if (net.woken) {
			uint64_t count;
			while (read(net.wake, &count, sizeof(count)) < 0 && errno == EINTR)
				;
			net.woken = false;
		}
		int64_t now = netNowMs();
		NetEntry* next;
		for (NetEntry* entry = net.entries; entry; entry = next) {
			/* `ready` may drop and free its own entry, never another. */
			next = entry->next;
			if (entry->served == net.turn)
				continue;
			short revents = ready > 0 && entry->pollIndex > 0 ? net.fds[entry->pollIndex].revents : 0;
			bool late = entry->deadlineMs && entry->deadlineMs <= now;
			if (late)
				entry->deadlineMs = 0;
			if (!revents && !late)
				continue;
			entry->served = net.turn;
			net.yielded = false;
			entry->ready(entry, revents);
			/* Without the lock others may have come and gone, this one's neighbour too. */
			if (net.yielded)
				next = net.entries;
		}
	}
	return NULL;
}

/** With the lock held. */
static bool netStart(void)
{
	if (net.started)
		return true;
	if (!net.fds) {
		net.fds = malloc(16 * sizeof(struct pollfd));
		net.capacity = net.fds ? 16 : 0;
	}
	if (!net.fds) {
		errno = ENOMEM;
		return false;
	}
	if (net.wake < 0) {
		net.wake = eventfd(0, 0);
		if (net.wake < 0)
			return false;
		(void)fcntl(net.wake, F_SETFD, FD_CLOEXEC);
	}
	pthread_t thread;
	int error = pthread_create(&thread, NULL, netRun, NULL);
	if (error) {
		errno = error;
		return false;
	}
	pthread_detach(thread);
	net.started = true;
	return true;
}

bool netAdd(NetEntry* entry)
{
	pthread_mutex_lock(&net.mutex);
	bool started = netStart();
	if (started) {
		entry->pollIndex = -1;
		entry->served = net.turn;
		entry->next = net.entries;
		net.entries = entry;
		netWake();
	}
	pthread_mutex_unlock(&net.mutex);
	return started;
}

void netYield(NetEntry* entry)
{
	net.busy = entry;
	net.yielded = true;
	pthread_mutex_unlock(&net.mutex);
}

void netResume(void)
{
	pthread_mutex_lock(&net.mutex);
	net.busy = NULL;
	pthread_cond_broadcast(&net.left);
}

bool netBusy(const NetEntry* entry)
{
	return net.busy == entry;
}

void netDrop(NetEntry* entry)
{
	for (NetEntry** link = &net.entries; *link; link = &(*link)->next)
		if (*link == entry) {
			*link = entry->next;
			return;
		}
}

void netRemove(NetEntry* entry)
{
	pthread_mutex_lock(&net.mutex);
	while (net.busy == entry)
		pthread_cond_wait(&net.left, &net.mutex);
	netDrop(entry);
	/* A descriptor inside another thread's poll() keeps its port bound after close(). */
	unsigned long turn = net.turn;
	while (net.polling && net.turn == turn && entry->pollIndex > 0) {
		netWake();
		pthread_cond_wait(&net.left, &net.mutex);
	}
	pthread_mutex_unlock(&net.mutex);
}
