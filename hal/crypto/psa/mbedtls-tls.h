/*
 * TLS by either mbedTLS: 2.28, which Debian has, and 4, which ESP-IDF 6 has. What differs between their interfaces and
 * hal/net and hal/dtls both need stands here; TLS is 1.2 with both.
 */
#ifndef SOTTO_MBEDTLS_TLS_H
#define SOTTO_MBEDTLS_TLS_H

#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <psa/crypto.h>

#define MBEDTLS_IS_4 (MBEDTLS_VERSION_NUMBER >= 0x04000000)

/* A field that 4 would rather not show, and shows no other way. */
#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(FIELD) FIELD
#endif

#if MBEDTLS_IS_4
#define MBEDTLS_TLS_OLD_VERSION MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION
#else
#define MBEDTLS_TLS_OLD_VERSION MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION
#endif

/** The generator behind PSA, which may be asked from any thread once psa_crypto_init has been called. */
static inline int mbedtlsTlsRandom(void* context, unsigned char* bytes, size_t byteLength)
{
	(void)context;
	return psa_generate_random(bytes, byteLength) == PSA_SUCCESS ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

/** TLS 1.2 alone, no renegotiation, that generator. */
static inline void mbedtlsTlsConfigure(mbedtls_ssl_config* config)
{
#if MBEDTLS_IS_4
	mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
	mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
	mbedtls_ssl_conf_rng(config, mbedtlsTlsRandom, NULL);
#endif
#ifdef MBEDTLS_SSL_RENEGOTIATION
	mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
}

#endif
