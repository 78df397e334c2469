/* The sockets of a bare board from inside: sockets.c has what both kinds share. Everything with interrupts held off. */
#ifndef SOTTO_SOCKETS_INSIDE_H
#define SOTTO_SOCKETS_INSIDE_H

#include <lwip/tcp.h>
#include <lwip/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define SOCKETS_MAX 32
/* The first descriptor: those before are the console's. */
#define SOCKETS_FIRST 3
#define SOCKET_DATAGRAMS 6
#define SOCKET_ACCEPTED 4

typedef enum { socketFree, socketDatagram, socketStream, socketListener } SocketKind;

typedef struct Socket Socket;
struct Socket {
	SocketKind kind;
	int error;
	struct udp_pcb* udp;
	struct {
		struct pbuf* bytes;
		ip_addr_t from;
		uint16_t port;
	} datagrams[SOCKET_DATAGRAMS];
	unsigned datagramFirst, datagramCount;
	/* NULL: the connection has gone. */
	struct tcp_pcb* tcp;
	ip_addr_t peer;
	uint16_t peerPort;
	struct pbuf* received;
	size_t receivedOffset;
	bool connected, connecting, finished;
	Socket* accepted[SOCKET_ACCEPTED];
	unsigned acceptedCount;
};

extern Socket sockets[SOCKETS_MAX];

/* NULL with EBADF. */
Socket* socketOf(int descriptor);
int socketDescriptor(const Socket* it);
/* NULL with EMFILE. */
Socket* socketNew(SocketKind kind);
int socketErrno(err_t error);
/* Sets errno and gives -1. */
int socketFail(int error);
/* False with EAFNOSUPPORT. */
bool socketAddress(const struct sockaddr* address, ip_addr_t* ip, uint16_t* port);
void socketTell(const ip_addr_t* ip, uint16_t port, struct sockaddr* address, socklen_t* byteLength);

/* sockets-udp.c, sockets-tcp.c. tcp NULL: a new one. */
Socket* socketDatagramNew(void);
void socketDatagramClose(Socket* it);
Socket* socketStreamNew(struct tcp_pcb* tcp);
void socketStreamClose(Socket* it);
short socketStreamEvents(const Socket* it);
int socketStreamConnect(Socket* it, const ip_addr_t* ip, uint16_t port);

#endif
