#include "sockets.h"
#include "sockets-inside.h"
#include "hal/machine/virt/machine.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Socket sockets[SOCKETS_MAX];

static struct {
	SocketsRun run;
	void* refcon;
} listeners[socketsListeners];

Socket* socketOf(int descriptor)
{
	int index = descriptor - SOCKETS_FIRST;
	if (index < 0 || index >= SOCKETS_MAX || sockets[index].kind == socketFree) {
		errno = EBADF;
		return NULL;
	}
	return sockets + index;
}

int socketDescriptor(const Socket* it)
{
	return (int)(it - sockets) + SOCKETS_FIRST;
}

Socket* socketNew(SocketKind kind)
{
	for (int i = 0; i < SOCKETS_MAX; i++)
		if (sockets[i].kind == socketFree) {
			memset(sockets + i, 0, sizeof *sockets);
			sockets[i].kind = kind;
			return sockets + i;
		}
	errno = EMFILE;
	return NULL;
}

int socketErrno(err_t error)
{
	switch (error) {
	case ERR_OK:
		return 0;
	case ERR_MEM:
	case ERR_BUF:
		return ENOMEM;
	case ERR_TIMEOUT:
		return ETIMEDOUT;
	case ERR_RTE:
		return ENETUNREACH;
	case ERR_USE:
		return EADDRINUSE;
	case ERR_RST:
		return ECONNRESET;
	case ERR_ABRT:
		return ECONNABORTED;
	default:
		return EINVAL;
	}
}

bool socketAddress(const struct sockaddr* address, ip_addr_t* ip, uint16_t* port)
{
	const struct sockaddr_in* four = (const struct sockaddr_in*)address;
	if (four->sin_family != AF_INET) {
		errno = EAFNOSUPPORT;
		return false;
	}
	ip_addr_set_ip4_u32(ip, four->sin_addr.s_addr);
	*port = ntohs(four->sin_port);
	return true;
}

void socketTell(const ip_addr_t* ip, uint16_t port, struct sockaddr* address, socklen_t* byteLength)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {ip_addr_get_ip4_u32(ip)}};
	if (address == NULL)
		return;
	memcpy(address, &four, *byteLength < sizeof four ? *byteLength : sizeof four);
	*byteLength = sizeof four;
}

int socketFail(int error)
{
	errno = error;
	return -1;
}

/* ---- What both kinds have ---- */

int socket(int family, int type, int protocol)
{
	uint32_t before = machineMask();
	Socket* it = NULL;
	(void)protocol;
	if (family != AF_INET)
		errno = EAFNOSUPPORT;
	else if ((type & 0xf) == SOCK_DGRAM)
		it = socketDatagramNew();
	else
		it = socketStreamNew(NULL);
	machineUnmask(before);
	return it != NULL ? socketDescriptor(it) : -1;
}

int bind(int descriptor, const struct sockaddr* address, socklen_t byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ip_addr_t ip;
	uint16_t port;
	int result = -1;
	(void)byteLength;
	if (it != NULL && socketAddress(address, &ip, &port)) {
		err_t error = it->kind == socketDatagram ? udp_bind(it->udp, &ip, port) : tcp_bind(it->tcp, &ip, port);
		result = error == ERR_OK ? 0 : socketFail(socketErrno(error));
	}
	machineUnmask(before);
	return result;
}

int close(int descriptor)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	if (it != NULL) {
		if (it->kind == socketDatagram)
			socketDatagramClose(it);
		else
			socketStreamClose(it);
		it->kind = socketFree;
	}
	machineUnmask(before);
	return it != NULL ? 0 : -1;
}

int getsockname(int descriptor, struct sockaddr* address, socklen_t* byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	if (it != NULL && it->kind == socketDatagram) {
		/* Of a connected one: the address of the way that it takes. */
		const ip_addr_t* own = &it->udp->local_ip;
		struct netif* way = ip_addr_isany(own) ? ip_route(own, &it->udp->remote_ip) : NULL;
		socketTell(way != NULL && !ip_addr_isany(&it->udp->remote_ip) ? &way->ip_addr : own, it->udp->local_port,
				   address, byteLength);
	} else if (it != NULL && it->tcp != NULL)
		socketTell(&it->tcp->local_ip, it->tcp->local_port, address, byteLength);
	else if (it != NULL) {
		errno = ENOTCONN;
		it = NULL;
	}
	machineUnmask(before);
	return it != NULL ? 0 : -1;
}

int getpeername(int descriptor, struct sockaddr* address, socklen_t* byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	if (it != NULL && it->kind == socketStream && it->connected)
		socketTell(&it->peer, it->peerPort, address, byteLength);
	else if (it != NULL) {
		errno = ENOTCONN;
		it = NULL;
	}
	machineUnmask(before);
	return it != NULL ? 0 : -1;
}

int getsockopt(int descriptor, int level, int option, void* value, socklen_t* byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	int error = it != NULL ? it->error : 0;
	if (it != NULL && level == SOL_SOCKET && option == SO_ERROR && *byteLength >= sizeof error) {
		memcpy(value, &error, sizeof error);
		it->error = 0;
	}
	machineUnmask(before);
	return it != NULL ? 0 : -1;
}

int setsockopt(int descriptor, int level, int option, const void* value, socklen_t byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	int wanted = 0;
	memcpy(&wanted, value, byteLength < sizeof wanted ? byteLength : sizeof wanted);
	if (it != NULL && it->kind == socketDatagram && level == IPPROTO_IP && option == 1 /* IP_TOS */)
		it->udp->tos = (uint8_t)wanted;
	else if (it != NULL && it->kind == socketStream && it->tcp != NULL && level == IPPROTO_TCP && wanted)
		tcp_nagle_disable(it->tcp);
	machineUnmask(before);
	return it != NULL ? 0 : -1;
}

/* All are as O_NONBLOCK makes them. */
int fcntl(int descriptor, int command, ...)
{
	(void)command;
	return socketOf(descriptor) != NULL ? 0 : -1;
}

static short eventsOf(const Socket* it)
{
	switch (it->kind) {
	case socketDatagram:
		return (short)(POLLOUT | (it->datagramCount > 0 ? POLLIN : 0));
	case socketListener:
		return it->acceptedCount > 0 ? POLLIN : 0;
	case socketStream:
		return socketStreamEvents(it);
	default:
		return POLLERR;
	}
}

int poll(struct pollfd* polled, nfds_t count, int timeoutMs)
{
	uint32_t before = machineMask();
	int ready = 0;
	(void)timeoutMs;
	for (nfds_t i = 0; i < count; i++) {
		Socket* it = polled[i].fd < 0 ? NULL : socketOf(polled[i].fd);
		polled[i].revents = it == NULL ? 0 : (short)(eventsOf(it) & (polled[i].events | POLLERR | POLLHUP));
		ready += polled[i].revents != 0;
	}
	machineUnmask(before);
	return ready;
}

/* Groups of RFC 4291 section 2.2, without an IPv4 tail: what is to be known is that it is an address, not ours. */
static int parseIPv6(const char* text, uint8_t bytes[16])
{
	uint8_t groups[16] = {0};
	int count = 0, gap = -1;
	if (text[0] == ':' && text[1] != ':')
		return 0;
	while (*text != 0) {
		char* end;
		if (text[0] == ':' && text[1] == ':') {
			if (gap >= 0)
				return 0;
			gap = count;
			text += 2;
			continue;
		}
		if (*text == ':')
			text++;
		unsigned long group = strtoul(text, &end, 16);
		if (end == text || end - text > 4 || count == 16 || (*end != 0 && *end != ':'))
			return 0;
		groups[count++] = (uint8_t)(group >> 8);
		groups[count++] = (uint8_t)group;
		text = end;
	}
	if (gap < 0 ? count != 16 : count > 14)
		return 0;
	memset(bytes, 0, 16);
	if (gap < 0)
		gap = count;
	memcpy(bytes, groups, (size_t)gap);
	memcpy(bytes + 16 - (count - gap), groups + gap, (size_t)(count - gap));
	return 1;
}

int inet_pton(int family, const char* text, void* address)
{
	if (family == AF_INET6)
		return parseIPv6(text, address);
	ip4_addr_t ip;
	/* Four numbers, as POSIX has it: lwIP would take fewer. */
	int points = 0;
	for (const char* at = text; *at != 0; at++) {
		points += *at == '.';
		if (*at != '.' && (*at < '0' || *at > '9'))
			return 0;
	}
	if (family != AF_INET || points != 3 || !ip4addr_aton(text, &ip))
		return 0;
	memcpy(address, &ip.addr, sizeof ip.addr);
	return 1;
}

const char* inet_ntop(int family, const void* address, char* text, socklen_t byteLength)
{
	ip4_addr_t ip;
	if (family != AF_INET)
		return NULL;
	memcpy(&ip.addr, address, sizeof ip.addr);
	return ip4addr_ntoa_r(&ip, text, (int)byteLength);
}

/* ---- Who is told ---- */

void socketsListen(int which, SocketsRun run, void* refcon)
{
	uint32_t before = machineMask();
	listeners[which].run = run;
	listeners[which].refcon = refcon;
	machineUnmask(before);
}

void socketsTurn(void)
{
	/* Voice first. */
	for (int which = socketsListeners - 1; which >= 0; which--)
		if (listeners[which].run != NULL)
			listeners[which].run(listeners[which].refcon);
}
