/*
 * What the I/O thread does with a TLS connection: the handshake, and bytes between the rings and mbedTLS. The
 * arithmetic runs without the lock, so that neither the VM nor, but for this thread's time, another socket waits for
 * it.
 */
#include "net-tls.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** The connection is over: for mbedTLS's reason, or the socket's. With the lock held. */
static void tlsEnd(NetTcp* tcp, int code)
{
	NetTls* tls = tcp->tls;
	if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || (code == 0 && tls->done))
		tcpEnd(tcp, 0);
	else {
		tlsExplain(tls, code);
		tcpEnd(tcp, tls->socketError);
	}
}

/** One step of the handshake. @returns 0 when it is over, or mbedTLS's code */
static int tlsHandshake(NetTcp* tcp)
{
	NetTls* tls = tcp->tls;
	int code = mbedtls_ssl_handshake(&tls->ssl);
	if (code == 0)
		tlsRemember(tls, &tcp->remote);
	else if (code != MBEDTLS_ERR_SSL_WANT_READ && code != MBEDTLS_ERR_SSL_WANT_WRITE)
		tlsForget(tls, &tcp->remote);
	return code;
}

static bool tlsWaits(int code)
{
	return code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/** Encrypts from the ring, whose filled part nobody else touches. @returns mbedTLS's code */
static int tlsSendAll(NetTls* tls, const struct iovec pieces[2], int count, size_t* sent)
{
	for (int i = 0; i < count; i++) {
		const uint8_t* at = pieces[i].iov_base;
		size_t length = pieces[i].iov_len;
		while (length > 0) {
			/* What could not be sent is to be given again as it was, though more may lie behind it by now. */
			int code = mbedtls_ssl_write(&tls->ssl, at, tls->repeat ? tls->repeat : length);
			if (code <= 0) {
				if (tlsWaits(code) && !tls->repeat)
					tls->repeat = length;
				return code;
			}
			tls->repeat = 0;
			at += code;
			length -= (size_t)code;
			*sent += (size_t)code;
		}
	}
	return MBEDTLS_ERR_SSL_WANT_READ;
}

/** Decrypts into the ring, whose free part nobody else touches. @returns mbedTLS's code */
static int tlsReceiveAll(NetTls* tls, const struct iovec pieces[2], int count, size_t* received)
{
	for (int i = 0; i < count; i++) {
		uint8_t* at = pieces[i].iov_base;
		size_t length = pieces[i].iov_len;
		while (length > 0) {
			int code = mbedtls_ssl_read(&tls->ssl, at, length);
			if (code <= 0)
				return code;
			at += code;
			length -= (size_t)code;
			*received += (size_t)code;
		}
	}
	tls->buffered = mbedtls_ssl_check_pending(&tls->ssl) != 0;
	return MBEDTLS_ERR_SSL_WANT_READ;
}

/** With the lock held: what a turn brought. */
static void tlsCommit(NetTcp* tcp, bool opened, size_t sent, size_t received)
{
	if (opened)
		tcp->connected = tcp->writable = true;
	if (sent) {
		ringTake(&tcp->out, sent);
		if (tcp->out.length <= TCP_RING_BYTES / 2)
			tcp->writable = true;
	}
	if (received) {
		tcp->in.length += received;
		tcp->readable = true;
	}
	if (tcp->post && (opened || sent || received))
		vmPost(tcp->post);
}

static void tlsTurn(NetTcp* tcp)
{
	NetTls* tls = tcp->tls;
	struct iovec out[2], in[2];
	/* Until the handshake is over nothing is written; what is read then finds the ring empty. */
	int outCount = tls->done ? ringPieces(&tcp->out, true, out) : 0;
	int inCount = tcp->lingering ? 0 : ringPieces(&tcp->in, false, in);
	size_t sent = 0, received = 0;
	bool opened = false;
	netYield(&tcp->entry);
	int code = MBEDTLS_ERR_SSL_WANT_READ;
	tls->buffered = false;
	if (!tls->begun && !tlsBegin(tls, &tcp->remote))
		code = MBEDTLS_ERR_SSL_BAD_CONFIG;
	else if (!tls->done) {
		code = tlsHandshake(tcp);
		tls->done = opened = code == 0;
	}
	bool wantWrite = code == MBEDTLS_ERR_SSL_WANT_WRITE;
	if (tls->done) {
		code = tlsSendAll(tls, out, outCount, &sent);
		wantWrite = code == MBEDTLS_ERR_SSL_WANT_WRITE;
		/* What the peer said before it went is still worth reading. */
		if (inCount) {
			int read = tlsReceiveAll(tls, in, inCount, &received);
			if (tlsWaits(code))
				code = read;
			wantWrite = wantWrite || read == MBEDTLS_ERR_SSL_WANT_WRITE;
		}
		if (tcp->lingering && !wantWrite && tlsWaits(code))
			mbedtls_ssl_close_notify(&tls->ssl);
	}
	netResume();
	tls->wantWrite = wantWrite;
	tlsCommit(tcp, opened, sent, received);
	if (!tlsWaits(code))
		tlsEnd(tcp, code);
}

void tlsAttach(NetTls* tls, int fd)
{
	tls->fd = fd;
}

const char* tlsReason(const NetTls* tls)
{
	return tls->reason;
}

short tlsInterest(NetTcp* tcp)
{
	NetTls* tls = tcp->tls;
	short events = 0;
	bool room = tcp->connected && !tcp->lingering && tcp->in.length < TCP_RING_BYTES;
	if (tcp->ended)
		return 0;
	/* The handshake begins with us. */
	if (tcp->connecting || !tls->begun || tls->wantWrite || tcp->out.length || tcp->lingering)
		events |= POLLOUT;
	if (room || (tls->begun && !tcp->connected && !tls->wantWrite))
		events |= POLLIN;
	/* What mbedTLS holds already, the kernel does not tell of again. */
	if (room && tls->buffered) {
		tls->buffered = false;
		tcp->entry.deadlineMs = 1;
		netWake();
	}
	return events;
}

void tlsReady(NetTcp* tcp, short revents)
{
	NetEntry* entry = &tcp->entry;
	/* Its owner may close it during this turn: then the next one says goodbye. */
	bool lingering = tcp->lingering;
	if (tcp->connecting) {
		int error = 0;
		socklen_t length = sizeof(error);
		if (getsockopt(entry->fd, SOL_SOCKET, SO_ERROR, &error, &length))
			error = errno;
		tcp->connecting = false;
		if (error) {
			tcp->tls->socketError = error;
			tcpEnd(tcp, error);
			return;
		}
	}
	if (!tcp->ended)
		tlsTurn(tcp);
	if (lingering && (tcp->ended || tcp->out.length == 0 || !revents)) {
		netDrop(entry);
		close(entry->fd);
		tlsFree(tcp->tls);
		free(tcp);
		return;
	}
	tcpInterest(tcp);
}
