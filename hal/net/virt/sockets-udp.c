/* Datagrams of a bare board's sockets. */
#include "sockets.h"
#include "sockets-inside.h"
#include "hal/machine/virt/machine.h"
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static uint32_t dropped;

uint32_t socketsDropped(void)
{
	return dropped;
}

static void arrived(void* refcon, struct udp_pcb* pcb, struct pbuf* bytes, const ip_addr_t* from, u16_t port)
{
	Socket* it = refcon;
	(void)pcb;
	if (it->datagramCount == SOCKET_DATAGRAMS) {
		dropped++;
		pbuf_free(bytes);
		return;
	}
	unsigned last = (it->datagramFirst + it->datagramCount++) % SOCKET_DATAGRAMS;
	it->datagrams[last].bytes = bytes;
	it->datagrams[last].from = *from;
	it->datagrams[last].port = port;
}

Socket* socketDatagramNew(void)
{
	Socket* it = socketNew(socketDatagram);
	if (it == NULL)
		return NULL;
	it->udp = udp_new();
	if (it->udp == NULL) {
		it->kind = socketFree;
		errno = ENOBUFS;
		return NULL;
	}
	udp_recv(it->udp, arrived, it);
	return it;
}

void socketDatagramClose(Socket* it)
{
	udp_remove(it->udp);
	while (it->datagramCount > 0) {
		pbuf_free(it->datagrams[it->datagramFirst].bytes);
		it->datagramFirst = (it->datagramFirst + 1) % SOCKET_DATAGRAMS;
		it->datagramCount--;
	}
}

ssize_t recvfrom(int descriptor, void* bytes, size_t byteLength, int flags, struct sockaddr* from,
				 socklen_t* fromByteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ssize_t result = -1;
	(void)flags;
	if (it != NULL && it->kind == socketDatagram && it->datagramCount > 0) {
		unsigned first = it->datagramFirst;
		struct pbuf* chain = it->datagrams[first].bytes;
		if (byteLength > chain->tot_len)
			byteLength = chain->tot_len;
		result = (ssize_t)pbuf_copy_partial(chain, bytes, (u16_t)byteLength, 0);
		socketTell(&it->datagrams[first].from, it->datagrams[first].port, from, fromByteLength);
		pbuf_free(chain);
		it->datagramFirst = (first + 1) % SOCKET_DATAGRAMS;
		it->datagramCount--;
	} else if (it != NULL)
		errno = EAGAIN;
	machineUnmask(before);
	return result;
}

static ssize_t sendDatagram(Socket* it, const void* bytes, size_t byteLength, const ip_addr_t* to, uint16_t port)
{
	struct pbuf* chain;
	err_t error;
	if (byteLength > 0xffff - 28)
		return socketFail(EMSGSIZE);
	chain = pbuf_alloc(PBUF_TRANSPORT, (u16_t)byteLength, PBUF_RAM);
	if (chain == NULL)
		return socketFail(ENOBUFS);
	memcpy(chain->payload, bytes, byteLength);
	error = udp_sendto(it->udp, chain, to, port);
	pbuf_free(chain);
	return error == ERR_OK ? (ssize_t)byteLength : socketFail(socketErrno(error));
}

ssize_t sendto(int descriptor, const void* bytes, size_t byteLength, int flags, const struct sockaddr* to,
			   socklen_t toByteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ip_addr_t ip;
	uint16_t port;
	ssize_t result = -1;
	(void)flags;
	(void)toByteLength;
	if (it != NULL && it->kind == socketDatagram && socketAddress(to, &ip, &port))
		result = sendDatagram(it, bytes, byteLength, &ip, port);
	machineUnmask(before);
	return result;
}

int connect(int descriptor, const struct sockaddr* address, socklen_t byteLength)
{
	uint32_t before = machineMask();
	Socket* it = socketOf(descriptor);
	ip_addr_t ip;
	uint16_t port;
	int result = -1;
	(void)byteLength;
	if (it != NULL && socketAddress(address, &ip, &port)) {
		struct netif* way = ip_route(IP4_ADDR_ANY, &ip);
		if (way == NULL || ip_addr_isany(&way->ip_addr))
			result = socketFail(ENETUNREACH);
		else if (it->kind == socketDatagram)
			result = udp_connect(it->udp, &ip, port) == ERR_OK ? 0 : socketFail(ENETUNREACH);
		else
			result = socketStreamConnect(it, &ip, port);
	}
	machineUnmask(before);
	return result;
}
