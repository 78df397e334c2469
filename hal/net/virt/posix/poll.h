#ifndef SOTTO_POLL_H
#define SOTTO_POLL_H

struct pollfd {
	int fd;
	short events, revents;
};

typedef unsigned long nfds_t;

enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16 };

/* Looks and never waits, whatever the time given. */
int poll(struct pollfd* polled, nfds_t count, int timeoutMs);

#endif
