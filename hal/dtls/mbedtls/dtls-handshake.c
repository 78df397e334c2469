/*
 * One DTLS 1.2 handshake by mbedTLS (hal/crypto/psa/mbedtls-tls.h says which). Certificates are not checked against an
 * authority but against the fingerprint of the signalling, inside the handshake, before there are keys to use (RFC 5763
 * section 5).
 */
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl_cookie.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dtls-mbedtls.h"
#include "hal/crypto/psa/mbedtls-tls.h"

/* RFC 6347 section 4.2.4.1 begins with 1 s; a call waits for this, and a phone's path is short. */
#define RETRANSMIT_FIRST_MS 400
#define RETRANSMIT_LAST_MS 6400
#define MASTER_BYTES 48
#if MBEDTLS_IS_4
#define NO_CIPHER MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE
#else
#define NO_CIPHER MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN
#endif
/* Ours to return from the check of a certificate; mbedTLS passes it on. */
#define WRONG_FINGERPRINT MBEDTLS_ERR_X509_FATAL_ERROR

typedef struct {
	uint16_t byteLength;
	uint8_t bytes[DTLS_PACKET_BYTES];
} Packet;

struct Dtls {
	DtlsIdentity* identity;
	mbedtls_ssl_config config;
	mbedtls_ssl_context ssl;
	mbedtls_ssl_cookie_ctx cookie;
	bool isClient, matched;
	DtlsHash hash;
	uint8_t fingerprint[DTLS_FINGERPRINT_MOST_BYTES];
	char peer[64];
	DtlsState state;
	char reason[DTLS_REASON_BYTES];
	/* The library's timer: both 0 when it is off. */
	double nowMs, startedMs;
	uint32_t intermediateMs, finalMs;
	/* Of the packet that is being taken; NULL: taken. */
	const uint8_t* received;
	size_t receivedByteLength;
	/* Master secret and the two randoms, until the keys are derived. */
	uint8_t master[MASTER_BYTES], randoms[64];
	mbedtls_tls_prf_types prf;
	const char* authTag;
	DtlsKey client, server;
	/* Not yet sent; in a ring. */
	unsigned first, count;
	Packet packets[DTLS_FLIGHT_PACKETS];
};

static const mbedtls_ssl_srtp_profile profiles[] = {
	MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_80,
	MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_32,
	MBEDTLS_TLS_SRTP_UNSET,
};

static int sendPacket(void* context, const unsigned char* bytes, size_t byteLength)
{
	Dtls* dtls = context;
	Packet* packet = &dtls->packets[(dtls->first + dtls->count) % DTLS_FLIGHT_PACKETS];
	/* What does not fit is lost, as on the network: the flight comes again. */
	if (byteLength <= DTLS_PACKET_BYTES && dtls->count < DTLS_FLIGHT_PACKETS) {
		memcpy(packet->bytes, bytes, byteLength);
		packet->byteLength = (uint16_t)byteLength;
		dtls->count++;
	}
	return (int)byteLength;
}

static int receivePacket(void* context, unsigned char* bytes, size_t room)
{
	Dtls* dtls = context;
	size_t byteLength = dtls->receivedByteLength;
	if (!dtls->received)
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (byteLength > room)
		byteLength = room;
	memcpy(bytes, dtls->received, byteLength);
	dtls->received = NULL;
	return (int)byteLength;
}

static void setTimer(void* context, uint32_t intermediateMs, uint32_t finalMs)
{
	Dtls* dtls = context;
	dtls->startedMs = dtls->nowMs;
	dtls->intermediateMs = intermediateMs;
	dtls->finalMs = finalMs;
}

static int getTimer(void* context)
{
	const Dtls* dtls = context;
	double passedMs = dtls->nowMs - dtls->startedMs;
	if (dtls->finalMs == 0)
		return -1;
	if (passedMs >= dtls->finalMs)
		return 2;
	return passedMs >= dtls->intermediateMs ? 1 : 0;
}

static mbedtls_md_type_t mdOf(DtlsHash hash)
{
	static const mbedtls_md_type_t types[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512};
	return types[hash];
}

static int checkCertificate(void* context, mbedtls_x509_crt* certificate, int depth, uint32_t* flags)
{
	Dtls* dtls = context;
	const mbedtls_md_info_t* md = mbedtls_md_info_from_type(mdOf(dtls->hash));
	uint8_t digest[MBEDTLS_MD_MAX_SIZE];
	uint8_t difference = 0;
	/* Whatever an authority would say: only the peer's own certificate counts, and only what signalling said of it. */
	*flags = 0;
	if (depth != 0)
		return 0;
	if (!md || mbedtls_md(md, certificate->raw.p, certificate->raw.len, digest) != 0)
		return WRONG_FINGERPRINT;
	for (size_t i = 0; i < mbedtls_md_get_size(md); i++)
		difference |= (uint8_t)(digest[i] ^ dtls->fingerprint[i]);
	dtls->matched = difference == 0;
	return dtls->matched ? 0 : WRONG_FINGERPRINT;
}

static void keepSecrets(Dtls* dtls, const uint8_t* master, const uint8_t* clientRandom, const uint8_t* serverRandom,
						mbedtls_tls_prf_types prf)
{
	memcpy(dtls->master, master, MASTER_BYTES);
	memcpy(dtls->randoms, clientRandom, 32);
	memcpy(dtls->randoms + 32, serverRandom, 32);
	dtls->prf = prf;
}

#if MBEDTLS_IS_4
static void exportKeys(void* context, mbedtls_ssl_key_export_type type, const unsigned char* secret, size_t byteLength,
					   const unsigned char clientRandom[32], const unsigned char serverRandom[32],
					   mbedtls_tls_prf_types prf)
{
	if (type == MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET && byteLength == MASTER_BYTES)
		keepSecrets(context, secret, clientRandom, serverRandom, prf);
}

static int setUpCookie(Dtls* dtls)
{
	return mbedtls_ssl_cookie_setup(&dtls->cookie);
}
#else
static int exportKeys(void* context, const unsigned char* master, const unsigned char* block, size_t macByteLength,
					  size_t keyByteLength, size_t ivByteLength, const unsigned char clientRandom[32],
					  const unsigned char serverRandom[32], mbedtls_tls_prf_types prf)
{
	(void)block, (void)macByteLength, (void)keyByteLength, (void)ivByteLength;
	keepSecrets(context, master, clientRandom, serverRandom, prf);
	return 0;
}

static int setUpCookie(Dtls* dtls)
{
	return mbedtls_ssl_cookie_setup(&dtls->cookie, mbedtlsTlsRandom, NULL);
}
#endif

static int configure(Dtls* dtls)
{
	mbedtls_ssl_config* config = &dtls->config;
	int status = mbedtls_ssl_config_defaults(config, dtls->isClient ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
											 MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT);
	if (status != 0)
		return status;
	mbedtlsTlsConfigure(config);
	mbedtls_ssl_conf_handshake_timeout(config, RETRANSMIT_FIRST_MS, RETRANSMIT_LAST_MS);
	/* Optional to the library, which has no authority to ask; checkCertificate and finish() make it mandatory. */
	mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_OPTIONAL);
	mbedtls_ssl_conf_verify(config, checkCertificate, dtls);
#if !MBEDTLS_IS_4
	mbedtls_ssl_conf_export_keys_ext_cb(config, exportKeys, dtls);
#endif
	if ((status = mbedtls_ssl_conf_own_cert(config, &dtls->identity->certificate, &dtls->identity->key)) != 0 ||
		(status = mbedtls_ssl_conf_dtls_srtp_protection_profiles(config, profiles)) != 0)
		return status;
	if (!dtls->isClient) {
		if ((status = setUpCookie(dtls)) != 0)
			return status;
		mbedtls_ssl_conf_dtls_cookies(config, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check, &dtls->cookie);
	}
	if ((status = mbedtls_ssl_setup(&dtls->ssl, config)) != 0)
		return status;
#if MBEDTLS_IS_4
	mbedtls_ssl_set_export_keys_cb(&dtls->ssl, exportKeys, dtls);
#endif
	/* There is no name to expect. */
	if (dtls->isClient && (status = mbedtls_ssl_set_hostname(&dtls->ssl, NULL)) != 0)
		return status;
	mbedtls_ssl_set_mtu(&dtls->ssl, DTLS_PACKET_BYTES);
	mbedtls_ssl_set_bio(&dtls->ssl, dtls, sendPacket, receivePacket, NULL);
	mbedtls_ssl_set_timer_cb(&dtls->ssl, dtls, setTimer, getTimer);
	return 0;
}

/* Whose cookies they are; asked for again after each reset. */
static int namePeer(Dtls* dtls)
{
	return dtls->isClient
			   ? 0
			   : mbedtls_ssl_set_client_transport_id(&dtls->ssl, (const unsigned char*)dtls->peer, strlen(dtls->peer));
}

Dtls* dtlsNew(DtlsIdentity* identity, const DtlsOptions* options)
{
	Dtls* dtls = calloc(1, sizeof *dtls);
	if (!dtls)
		return NULL;
	dtls->identity = identity;
	dtlsIdentityRetain(identity);
	dtls->isClient = options->isClient;
	dtls->hash = options->hash;
	memcpy(dtls->fingerprint, options->fingerprint, sizeof dtls->fingerprint);
	snprintf(dtls->peer, sizeof dtls->peer, "%s", options->peer);
	mbedtls_ssl_config_init(&dtls->config);
	mbedtls_ssl_init(&dtls->ssl);
	mbedtls_ssl_cookie_init(&dtls->cookie);
	if (psa_crypto_init() != PSA_SUCCESS || configure(dtls) != 0 || namePeer(dtls) != 0) {
		dtlsDelete(dtls);
		return NULL;
	}
	return dtls;
}

void dtlsDelete(Dtls* dtls)
{
	if (!dtls)
		return;
	mbedtls_ssl_free(&dtls->ssl);
	mbedtls_ssl_config_free(&dtls->config);
	mbedtls_ssl_cookie_free(&dtls->cookie);
	dtlsIdentityRelease(dtls->identity);
	mbedtls_platform_zeroize(dtls, sizeof *dtls);
	free(dtls);
}

static DtlsState fail(Dtls* dtls, const char* reason)
{
	snprintf(dtls->reason, sizeof dtls->reason, "%s", reason);
	mbedtls_platform_zeroize(dtls->master, sizeof dtls->master);
	dtls->finalMs = 0;
	return dtls->state = dtlsFailed;
}

/* RFC 5764 section 4.2: both keys, then both salts, the client's first. */
static DtlsState finish(Dtls* dtls)
{
	uint8_t material[2 * (DTLS_KEY_BYTES + DTLS_SALT_BYTES)];
	mbedtls_dtls_srtp_info result;
	mbedtls_ssl_srtp_profile chosen;
	int status;
	/* A server whose client showed no certificate comes here too. */
	if (!dtls->matched)
		return fail(dtls, "the other end showed no certificate");
	mbedtls_ssl_get_dtls_srtp_negotiation_result(&dtls->ssl, &result);
	chosen = result.MBEDTLS_PRIVATE(chosen_dtls_srtp_profile);
	if (chosen == MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_80)
		dtls->authTag = "HS80";
	else if (chosen == MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_32)
		dtls->authTag = "HS32";
	else
		return fail(dtls, "no SRTP profile in common");
	status = mbedtls_ssl_tls_prf(dtls->prf, dtls->master, sizeof dtls->master, "EXTRACTOR-dtls_srtp", dtls->randoms,
								 sizeof dtls->randoms, material, sizeof material);
	mbedtls_platform_zeroize(dtls->master, sizeof dtls->master);
	if (status != 0)
		return fail(dtls, "the keys could not be derived");
	memcpy(dtls->client.key, material, DTLS_KEY_BYTES);
	memcpy(dtls->server.key, material + DTLS_KEY_BYTES, DTLS_KEY_BYTES);
	memcpy(dtls->client.salt, material + 2 * DTLS_KEY_BYTES, DTLS_SALT_BYTES);
	memcpy(dtls->server.salt, material + 2 * DTLS_KEY_BYTES + DTLS_SALT_BYTES, DTLS_SALT_BYTES);
	mbedtls_platform_zeroize(material, sizeof material);
	return dtls->state = dtlsConnected;
}

static const char* wordsOf(int status)
{
	switch (status) {
	case WRONG_FINGERPRINT:
		return "the other end's certificate is not the one that signalling announced";
	case MBEDTLS_ERR_SSL_TIMEOUT:
		return "the other end does not answer in DTLS";
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		return "the other end refused the DTLS handshake";
	case NO_CIPHER:
		return "no DTLS cipher in common";
	default:
		return "the DTLS handshake failed";
	}
}

DtlsState dtlsStep(Dtls* dtls, double nowMs, const uint8_t* packet, size_t byteLength)
{
	unsigned char nothing[64];
	int status;
	dtls->nowMs = nowMs;
	dtls->received = byteLength > 0 ? packet : NULL;
	dtls->receivedByteLength = byteLength;
	switch (dtls->state) {
	case dtlsFailed:
		break;
	case dtlsConnected:
		/* Application data has no place here; a peer that missed our last flight gets it again. */
		(void)mbedtls_ssl_read(&dtls->ssl, nothing, sizeof nothing);
		break;
	case dtlsHandshaking:
		status = mbedtls_ssl_handshake(&dtls->ssl);
		if (status == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED) {
			/* The cookie is on its way; who comes back with it is where it says to be. */
			status = mbedtls_ssl_session_reset(&dtls->ssl);
			if (status == 0)
				status = namePeer(dtls);
			if (status == 0)
				status = MBEDTLS_ERR_SSL_WANT_READ;
		}
		if (status == 0)
			(void)finish(dtls);
		else if (status != MBEDTLS_ERR_SSL_WANT_READ && status != MBEDTLS_ERR_SSL_WANT_WRITE)
			(void)fail(dtls, wordsOf(status));
		break;
	}
	dtls->received = NULL;
	return dtls->state;
}

size_t dtlsTake(Dtls* dtls, const uint8_t** packet)
{
	const Packet* next = &dtls->packets[dtls->first];
	if (dtls->count == 0)
		return 0;
	dtls->first = (dtls->first + 1) % DTLS_FLIGHT_PACKETS;
	dtls->count--;
	*packet = next->bytes;
	return next->byteLength;
}

double dtlsWakeAtMs(const Dtls* dtls)
{
	return dtls->finalMs == 0 || dtls->state != dtlsHandshaking ? -1 : dtls->startedMs + dtls->finalMs;
}

const char* dtlsReason(const Dtls* dtls)
{
	return dtls->reason;
}

const char* dtlsKeys(const Dtls* dtls, DtlsKey* send, DtlsKey* receive)
{
	*send = dtls->isClient ? dtls->client : dtls->server;
	*receive = dtls->isClient ? dtls->server : dtls->client;
	return dtls->authTag;
}
