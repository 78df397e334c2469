/*
 * TLS over a TCP connection, by mbedTLS (hal/crypto/psa/mbedtls-tls.h says which). net-tls.c takes the options on the
 * VM thread; from then on all of it belongs to the I/O thread (net-tls-io.c, net-tls-trust.c), but for what a getter
 * reads under the lock once the handshake is over.
 */
#ifndef SOTTO_HAL_NET_TLS_H
#define SOTTO_HAL_NET_TLS_H

#include "net-tcp.h"

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

/** Longest name that a certificate is checked for, with its end. */
#define TLS_NAME_LENGTH 256
#define TLS_PINS 4
#define TLS_PIN_BYTES 32
/** Certificates in PEM, and a key, as settings give them. */
#define TLS_PEM_MAXIMUM 32768
#define TLS_REASON_LENGTH 360

/** At once, each with 43 KB of the C heap where rings are short; a board with little memory gives another number. */
#ifndef TLS_CONNECTIONS_MOST
#ifdef ESP_PLATFORM
#define TLS_CONNECTIONS_MOST 4
#else
#define TLS_CONNECTIONS_MOST 32
#endif
#endif

struct NetTls {
	/* What the owner asked for. */
	char name[TLS_NAME_LENGTH];
	/** Take *.example.org for a.example.org, as HTTPS does (RFC 9110 section 4.3.4) and SIP does not (RFC 5922). */
	bool wildcards;
	bool verify, shipped;
	uint8_t pins[TLS_PINS][TLS_PIN_BYTES];
	int pinCount;
	/** PEM, with its end; NULL when there is none. The key is wiped as soon as it has been read. */
	char *authoritiesPem, *certificatePem, *keyPem;
	size_t keyLength;
	/** SHA-256 of all of the above: a session made under other rules is not taken up again. */
	uint8_t rules[32];

	mbedtls_ssl_context ssl;
	mbedtls_ssl_config config;
	mbedtls_x509_crt authorities, certificate;
	/** Where the shipped authorities hang on to the configured ones; NULL: they do not. */
	mbedtls_x509_crt* joined;
	mbedtls_pk_context key;
	int fd;
	/** errno of the last socket call that failed; 0: the other end closed. */
	int socketError;
	bool begun, done, wantWrite, buffered;
	/** There is a generator of random numbers. */
	bool random;
	/** One of TLS_CONNECTIONS_MOST. */
	bool counted;
	/** Bytes that mbedTLS has taken but not sent: the same call has to be made again. */
	size_t repeat;

	/* What the check of the certificate found. */
	bool checked;
	uint32_t flags;
	/** Of the certificate with the fault. */
	mbedtls_x509_time from, to;
	char issuer[80], names[160], pin[TLS_PIN_BYTES * 2 + 1];
	char reason[TLS_REASON_LENGTH];
};

/* On the I/O thread, without the lock. */

/** Reads certificates and key, and sets everything up; false with a reason. */
bool tlsBegin(NetTls* tls, const NetAddress* remote);
/** What mbedTLS calls for each certificate of the chain. */
int tlsCheck(void* tls, mbedtls_x509_crt* certificate, int depth, uint32_t* flags);
/** Why the handshake failed, in plain words, from mbedTLS's code and what tlsCheck found. */
void tlsExplain(NetTls* tls, int code);
/** The authorities that come with the phone; NULL with a reason. */
mbedtls_x509_crt* tlsShipped(char reason[TLS_REASON_LENGTH]);
/** Puts a session to be taken up again into `ssl`, where there is one for the same server and rules. */
void tlsRecall(NetTls* tls, const NetAddress* remote);
void tlsRemember(NetTls* tls, const NetAddress* remote);
void tlsForget(NetTls* tls, const NetAddress* remote);

#endif
