/*
 * TLS connections as scripts make them: the options are checked and copied here, on the VM thread; everything else of a
 * connection is net-tcp.c's. Certificates go on to net-tls-setup.c as the text that the settings gave.
 */
#include "net-tls.h"
#include "mc.xs.h"

#include <errno.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

/** Reads an option of PEM text into memory of its own, ended by 0 as mbedTLS wants it; NULL when it is absent. */
static char* tlsPem(xsMachine* the, xsIdentifier id, const char* name, size_t* length)
{
	xsSlot slot;
	void* bytes;
	xsUnsignedValue byteLength;
	*length = 0;
	xsmcGet(slot, xsArg(0), id);
	if (xsmcTypeOf(slot) == xsUndefinedType)
		return NULL;
	xsmcGetBufferReadable(slot, &bytes, &byteLength);
	if (byteLength == 0 || byteLength > TLS_PEM_MAXIMUM)
		xsRangeError("%s: expected 1..%d bytes", name, TLS_PEM_MAXIMUM);
	char* copy = malloc(byteLength + 1);
	if (!copy)
		xsUnknownError("out of memory");
	memcpy(copy, bytes, byteLength);
	copy[byteLength] = 0;
	*length = byteLength + 1;
	return copy;
}

static bool tlsFlag(xsMachine* the, xsIdentifier id, bool fallback)
{
	xsSlot slot;
	xsmcGet(slot, xsArg(0), id);
	return xsmcTypeOf(slot) == xsUndefinedType ? fallback : xsmcTest(slot) != 0;
}

static void tlsPins(xsMachine* the, NetTls* tls)
{
	xsSlot slot;
	void* bytes;
	xsUnsignedValue byteLength;
	xsmcGet(slot, xsArg(0), xsID_pins);
	if (xsmcTypeOf(slot) == xsUndefinedType)
		return;
	xsmcGetBufferReadable(slot, &bytes, &byteLength);
	if (byteLength % TLS_PIN_BYTES || byteLength > sizeof(tls->pins))
		xsRangeError("pins: expected up to %d times %d bytes", TLS_PINS, TLS_PIN_BYTES);
	memcpy(tls->pins, bytes, byteLength);
	tls->pinCount = (int)(byteLength / TLS_PIN_BYTES);
}

static void tlsHash(mbedtls_md_context_t* hash, const void* bytes, size_t byteLength)
{
	if (bytes)
		(void)mbedtls_md_update(hash, bytes, byteLength);
}

/** What a session depends on, so that changed settings begin anew; false where there is no memory. */
static bool tlsRules(NetTls* tls)
{
	mbedtls_md_context_t hash;
	const uint8_t flags[] = {tls->wildcards, tls->verify, tls->shipped, (uint8_t)tls->pinCount};
	mbedtls_md_init(&hash);
	bool ready =
		mbedtls_md_setup(&hash, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0) == 0 && mbedtls_md_starts(&hash) == 0;
	if (ready) {
		tlsHash(&hash, flags, sizeof(flags));
		tlsHash(&hash, tls->pins, sizeof(tls->pins));
		tlsHash(&hash, tls->name, sizeof(tls->name));
		tlsHash(&hash, tls->authoritiesPem, tls->authoritiesPem ? strlen(tls->authoritiesPem) + 1 : 0);
		tlsHash(&hash, tls->certificatePem, tls->certificatePem ? strlen(tls->certificatePem) + 1 : 0);
		ready = mbedtls_md_finish(&hash, tls->rules) == 0;
	}
	mbedtls_md_free(&hash);
	return ready;
}

void netTlsOptions(xsMachine* the, NetTcp* tcp)
{
	NetTls* tls = calloc(1, sizeof(*tls));
	if (!tls)
		xsUnknownError("out of memory");
	/* From here on the connection frees it, whatever throws. */
	tcp->tls = tls;
	tls->fd = -1;
	mbedtls_ssl_init(&tls->ssl);
	mbedtls_ssl_config_init(&tls->config);
	mbedtls_x509_crt_init(&tls->authorities);
	mbedtls_x509_crt_init(&tls->certificate);
	mbedtls_pk_init(&tls->key);
	size_t length;
	xsSlot slot;
	xsmcGet(slot, xsArg(0), xsID_name);
	if (xsmcTypeOf(slot) != xsStringType && xsmcTypeOf(slot) != xsStringXType)
		xsTypeError("name: missing");
	const char* name = xsmcToString(slot);
	if (!*name || strlen(name) >= sizeof(tls->name))
		xsRangeError("name: expected 1..%d characters", TLS_NAME_LENGTH - 1);
	strcpy(tls->name, name);
	tls->wildcards = tlsFlag(the, xsID_wildcards, false);
	tls->verify = tlsFlag(the, xsID_verify, true);
	tls->shipped = tlsFlag(the, xsID_shipped, true);
	tlsPins(the, tls);
	tls->authoritiesPem = tlsPem(the, xsID_authorities, "authorities", &length);
	tls->certificatePem = tlsPem(the, xsID_certificate, "certificate", &length);
	tls->keyPem = tlsPem(the, xsID_key, "key", &tls->keyLength);
	if (!tls->keyPem != !tls->certificatePem)
		xsTypeError("certificate and key: one is missing");
	/* Here, where no other thread begins it at the same time. */
	tls->random = psa_crypto_init() == PSA_SUCCESS;
	if (!tlsRules(tls))
		xsUnknownError("out of memory");
}

/** The connection, with the handshake over; NULL before. With the lock held. */
static NetTls* tlsOpen(xsMachine* the, NetTcp** tcp)
{
	*tcp = netTcpThis(the);
	return (*tcp)->tls && (*tcp)->connected ? (*tcp)->tls : NULL;
}

void xs_net_tls_get_protocol(xsMachine* the)
{
	NetTcp* tcp;
	netLock();
	NetTls* tls = tlsOpen(the, &tcp);
	const char* text = tls && !netBusy(&tcp->entry) ? mbedtls_ssl_get_version(&tls->ssl) : NULL;
	netUnlock();
	if (text)
		xsmcSetString(xsResult, (char*)text);
}

void xs_net_tls_get_cipher(xsMachine* the)
{
	NetTcp* tcp;
	netLock();
	NetTls* tls = tlsOpen(the, &tcp);
	const char* text = tls && !netBusy(&tcp->entry) ? mbedtls_ssl_get_ciphersuite(&tls->ssl) : NULL;
	netUnlock();
	if (text)
		xsmcSetString(xsResult, (char*)text);
}

/* Whether an earlier session was taken up again, so that no certificate was looked at anew. */
void xs_net_tls_get_resumed(xsMachine* the)
{
	NetTcp* tcp;
	netLock();
	NetTls* tls = tlsOpen(the, &tcp);
	bool resumed = tls && !tls->checked;
	netUnlock();
	xsmcSetBoolean(xsResult, resumed);
}
