/*
 * A TLS connection is set up here, on the I/O thread: certificates and keys are read from the text that the options
 * gave, the authorities that come with the phone are read once, and a session that stands with the same server under
 * the same rules is taken up again.
 */
#include "net-tls.h"
#include "hal/crypto/psa/mbedtls-tls.h"

#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Where Debian keeps the authorities it trusts (package ca-certificates). A board without files comes with none. */
#define TLS_SHIPPED "/etc/ssl/certs/ca-certificates.crt"
/** Sessions that may be taken up again, and for how long. */
#define TLS_SESSIONS 4
#define TLS_SESSION_MS (60 * 60 * 1000)

/** TLS 1.2 (mbedTLS 2.28 has no 1.3): forward secrecy always, authenticated encryption first, then CBC with
 * SHA-2 for PBXs that are older than GCM. */
static const int tlsSuites[] = {
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
#ifdef MBEDTLS_DHM_C /* Of 2.28 alone. */
	MBEDTLS_TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
#endif
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
	0,
};

/** All of it belongs to the I/O thread. */
static struct {
	bool read;
	mbedtls_x509_crt authorities;
	struct {
		uint8_t rules[32];
		NetAddress remote;
		int64_t untilMs;
		mbedtls_ssl_session session;
		bool used;
	} sessions[TLS_SESSIONS];
} shared;

/** Those that are set up; either thread frees them. */
static atomic_int connections;

static bool tlsFail(NetTls* tls, const char* what, int code)
{
	snprintf(tls->reason, sizeof(tls->reason), "%s (mbedTLS -0x%04x)", what, (unsigned)-code);
	return false;
}

mbedtls_x509_crt* tlsShipped(char reason[TLS_REASON_LENGTH])
{
#if defined(MBEDTLS_FS_IO) && !defined(ESP_PLATFORM)
	if (!shared.read) {
		mbedtls_x509_crt_init(&shared.authorities);
		/* More than 0: so many of the file could not be read, which others of their kind do not suffer for. */
		int code = mbedtls_x509_crt_parse_file(&shared.authorities, TLS_SHIPPED);
		if (code < 0) {
			mbedtls_x509_crt_free(&shared.authorities);
			snprintf(reason, TLS_REASON_LENGTH, "the authorities of this device cannot be read: " TLS_SHIPPED);
			return NULL;
		}
		shared.read = true;
	}
	return &shared.authorities;
#else
	snprintf(reason, TLS_REASON_LENGTH,
			 "this device comes with no authorities to check certificates by: add the server's, or pin its key");
	return NULL;
#endif
}

static int tlsSendCipher(void* data, const unsigned char* bytes, size_t length)
{
	NetTls* tls = data;
	ssize_t count = send(tls->fd, bytes, length, MSG_NOSIGNAL);
	if (count >= 0)
		return (int)count;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	tls->socketError = errno;
	return MBEDTLS_ERR_NET_SEND_FAILED;
}

static int tlsReceiveCipher(void* data, unsigned char* bytes, size_t length)
{
	NetTls* tls = data;
	ssize_t count = recv(tls->fd, bytes, length, 0);
	if (count >= 0)
		return (int)count;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_READ;
	tls->socketError = errno;
	return MBEDTLS_ERR_NET_RECV_FAILED;
}

/** What came of the configured certificates and key; the text is not needed afterwards. */
static bool tlsRead(NetTls* tls)
{
	if (tls->authoritiesPem) {
		int code = mbedtls_x509_crt_parse(&tls->authorities, (const uint8_t*)tls->authoritiesPem,
										  strlen(tls->authoritiesPem) + 1);
		if (code)
			return tlsFail(tls, "the configured authorities are not certificates in PEM", code);
	}
	if (!tls->certificatePem)
		return true;
	int code =
		mbedtls_x509_crt_parse(&tls->certificate, (const uint8_t*)tls->certificatePem, strlen(tls->certificatePem) + 1);
	if (code)
		return tlsFail(tls, "the phone's own certificate is not one in PEM", code);
	code = mbedtls_pk_parse_key(&tls->key, (const uint8_t*)tls->keyPem, tls->keyLength, NULL, 0);
	mbedtls_platform_zeroize(tls->keyPem, tls->keyLength);
	if (code)
		return tlsFail(tls, "the key of the phone's certificate is not one in PEM without a password", code);
	code = mbedtls_pk_check_pair(&tls->certificate.pk, &tls->key);
	if (code)
		return tlsFail(tls, "the phone's certificate and key do not belong together", code);
	code = mbedtls_ssl_conf_own_cert(&tls->config, &tls->certificate, &tls->key);
	return code == 0 || tlsFail(tls, "the phone's certificate cannot be used", code);
}

/** The list of those that are trusted: configured, then shipped. */
static bool tlsTrust(NetTls* tls)
{
	if (tls->shipped && tls->verify && tls->pinCount == 0) {
		mbedtls_x509_crt* shipped = tlsShipped(tls->reason);
		if (!shipped && !tls->authoritiesPem)
			return false;
		tls->reason[0] = 0;
		if (shipped && !tls->authoritiesPem) {
			mbedtls_ssl_conf_ca_chain(&tls->config, shipped, NULL);
			return true;
		}
		tls->joined = &tls->authorities;
		while (tls->joined->next)
			tls->joined = tls->joined->next;
		tls->joined->next = shipped;
	}
	mbedtls_ssl_conf_ca_chain(&tls->config, &tls->authorities, NULL);
	return true;
}

bool tlsBegin(NetTls* tls, const NetAddress* remote)
{
	tls->begun = true;
	tls->counted = atomic_fetch_add(&connections, 1) < TLS_CONNECTIONS_MOST;
	if (!tls->counted) {
		atomic_fetch_sub(&connections, 1);
		snprintf(tls->reason, sizeof(tls->reason),
				 "there are %d TLS connections already, which is all this device has room for", TLS_CONNECTIONS_MOST);
		return false;
	}
	if (!tls->random)
		return tlsFail(tls, "there is no randomness", MBEDTLS_ERR_SSL_INTERNAL_ERROR);
	int code = mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
										   MBEDTLS_SSL_PRESET_DEFAULT);
	if (code)
		return tlsFail(tls, "TLS cannot be set up", code);
	mbedtlsTlsConfigure(&tls->config);
	mbedtls_ssl_conf_ciphersuites(&tls->config, tlsSuites);
#ifdef MBEDTLS_DHM_C
	mbedtls_ssl_conf_dhm_min_bitlen(&tls->config, 2048);
#endif
	mbedtls_ssl_conf_cert_profile(&tls->config, &mbedtls_x509_crt_profile_default);
	mbedtls_ssl_conf_authmode(&tls->config, tls->verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
	mbedtls_ssl_conf_verify(&tls->config, tlsCheck, tls);
	if (!tlsRead(tls) || !tlsTrust(tls))
		return false;
	code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
	/* A number is no name that a server could choose its certificate by (RFC 6066 section 3); version 4 wants to be
	 * told so. The name in the certificate is compared by tlsCheck. */
	NetAddress numeric;
	if (code == 0)
		code = mbedtls_ssl_set_hostname(&tls->ssl, netParseAddress(tls->name, 0, &numeric) ? NULL : tls->name);
	if (code)
		return tlsFail(tls, "TLS cannot be set up", code);
	mbedtls_ssl_set_bio(&tls->ssl, tls, tlsSendCipher, tlsReceiveCipher, NULL);
	tlsRecall(tls, remote);
	return true;
}

static int tlsFind(const NetTls* tls, const NetAddress* remote)
{
	for (int i = 0; i < TLS_SESSIONS; i++)
		if (shared.sessions[i].used && memcmp(shared.sessions[i].rules, tls->rules, sizeof(tls->rules)) == 0 &&
			shared.sessions[i].remote.byteLength == remote->byteLength &&
			memcmp(&shared.sessions[i].remote.storage, &remote->storage, remote->byteLength) == 0)
			return i;
	return -1;
}

static void tlsDrop(int index)
{
	mbedtls_ssl_session_free(&shared.sessions[index].session);
	shared.sessions[index].used = false;
}

void tlsRecall(NetTls* tls, const NetAddress* remote)
{
	int index = tlsFind(tls, remote);
	if (index < 0)
		return;
	if (shared.sessions[index].untilMs < netNowMs())
		tlsDrop(index);
	else
		mbedtls_ssl_set_session(&tls->ssl, &shared.sessions[index].session);
}

void tlsForget(NetTls* tls, const NetAddress* remote)
{
	int index = tlsFind(tls, remote);
	if (index >= 0)
		tlsDrop(index);
}

void tlsRemember(NetTls* tls, const NetAddress* remote)
{
	int index = tlsFind(tls, remote);
	/* However often it is taken up, one look at the certificate is good for so long and no longer. */
	int64_t untilMs = netNowMs() + TLS_SESSION_MS;
	if (index >= 0 && !tls->checked)
		untilMs = shared.sessions[index].untilMs;
	for (int i = 0; index < 0 && i < TLS_SESSIONS; i++)
		if (!shared.sessions[i].used)
			index = i;
	for (int i = 0; index < 0 && i < TLS_SESSIONS; i++)
		if (i == 0 || shared.sessions[i].untilMs < shared.sessions[index < 0 ? 0 : index].untilMs)
			index = i;
	if (shared.sessions[index].used)
		tlsDrop(index);
	mbedtls_ssl_session_init(&shared.sessions[index].session);
	if (mbedtls_ssl_get_session(&tls->ssl, &shared.sessions[index].session))
		return;
	shared.sessions[index].used = true;
	shared.sessions[index].untilMs = untilMs;
	shared.sessions[index].remote = *remote;
	memcpy(shared.sessions[index].rules, tls->rules, sizeof(tls->rules));
}

void tlsFree(NetTls* tls)
{
	if (!tls)
		return;
	if (tls->counted)
		atomic_fetch_sub(&connections, 1);
	mbedtls_ssl_free(&tls->ssl);
	mbedtls_ssl_config_free(&tls->config);
	if (tls->joined)
		tls->joined->next = NULL;
	mbedtls_x509_crt_free(&tls->authorities);
	mbedtls_x509_crt_free(&tls->certificate);
	mbedtls_pk_free(&tls->key);
	if (tls->keyPem)
		mbedtls_platform_zeroize(tls->keyPem, tls->keyLength);
	free(tls->authoritiesPem);
	free(tls->certificatePem);
	free(tls->keyPem);
	free(tls);
}
