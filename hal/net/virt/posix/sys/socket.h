/* What hal/net and hal/rtp use of POSIX sockets, for a board without a system: sockets.c serves it by lwIP. */
#ifndef SOTTO_SYS_SOCKET_H
#define SOTTO_SYS_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef uint32_t socklen_t;
typedef uint16_t sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

/* Room for an IPv6 address, too. */
struct sockaddr_storage {
	sa_family_t ss_family;
	uint8_t ss_rest[26];
} __attribute__((aligned(4)));

enum { AF_UNSPEC = 0, AF_INET = 2, AF_INET6 = 10 };
enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000 };
enum { SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_ERROR = 4 };
enum { MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000 };

struct msghdr {
	void* msg_name;
	socklen_t msg_namelen;
	struct iovec* msg_iov;
	size_t msg_iovlen;
};

/* As POSIX has them, but that nothing ever waits. */
int socket(int family, int type, int protocol);
int bind(int descriptor, const struct sockaddr* address, socklen_t byteLength);
int connect(int descriptor, const struct sockaddr* address, socklen_t byteLength);
int listen(int descriptor, int backlog);
int accept(int descriptor, struct sockaddr* address, socklen_t* byteLength);
ssize_t recv(int descriptor, void* bytes, size_t byteLength, int flags);
ssize_t recvfrom(int descriptor, void* bytes, size_t byteLength, int flags, struct sockaddr* from,
				 socklen_t* fromByteLength);
ssize_t send(int descriptor, const void* bytes, size_t byteLength, int flags);
ssize_t sendto(int descriptor, const void* bytes, size_t byteLength, int flags, const struct sockaddr* to,
			   socklen_t toByteLength);
/* Of connections alone. */
ssize_t sendmsg(int descriptor, const struct msghdr* message, int flags);
int getsockname(int descriptor, struct sockaddr* address, socklen_t* byteLength);
int getpeername(int descriptor, struct sockaddr* address, socklen_t* byteLength);
int getsockopt(int descriptor, int level, int option, void* value, socklen_t* byteLength);
int setsockopt(int descriptor, int level, int option, const void* value, socklen_t byteLength);

#endif
