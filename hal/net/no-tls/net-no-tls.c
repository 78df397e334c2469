/*
 * For boards whose port has no TLS yet: whoever asks for a TLS connection is told so. What tcp.ts and net-tcp.c need of
 * hal/net/mbedtls stands here in its place.
 */
#include "net-tcp.h"
#include "mc.xs.h"

void netTlsOptions(xsMachine* the, NetTcp* tcp)
{
	(void)tcp;
	xsUnknownError("TLS is not there on this board yet");
}

/* No connection ever has `tls` set. */

void tlsAttach(NetTls* tls, int fd)
{
	(void)tls;
	(void)fd;
}

const char* tlsReason(const NetTls* tls)
{
	(void)tls;
	return "";
}

short tlsInterest(NetTcp* tcp)
{
	(void)tcp;
	return 0;
}

void tlsReady(NetTcp* tcp, short revents)
{
	(void)tcp;
	(void)revents;
}

void tlsFree(NetTls* tls)
{
	(void)tls;
}

void xs_net_tls_get_protocol(xsMachine* the)
{
	xsmcSetUndefined(xsResult);
}

void xs_net_tls_get_cipher(xsMachine* the)
{
	xsmcSetUndefined(xsResult);
}

void xs_net_tls_get_resumed(xsMachine* the)
{
	xsmcSetBoolean(xsResult, 0);
}
