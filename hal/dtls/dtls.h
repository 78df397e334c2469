/*
 * DTLS-SRTP (RFC 5764): a handshake that ends in SRTP keys, and the certificate that names this phone in it. No socket
 * and no clock: packets go in and come out by step(), and the time is an argument. A port of this room supplies these
 * functions (mbedtls/). Everything runs on the VM thread; voice waits for none of it.
 */
#ifndef SOTTO_DTLS_H
#define SOTTO_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DTLS_FINGERPRINT_MOST_BYTES 64u
#define DTLS_KEY_BYTES 16u
#define DTLS_SALT_BYTES 14u
/* Fits every path that carries voice; longer flights are cut by the library. */
#define DTLS_PACKET_BYTES 1200u
#define DTLS_RECEIVE_BYTES 1500u
#define DTLS_FLIGHT_PACKETS 8u
#define DTLS_REASON_BYTES 96u

typedef struct DtlsIdentity DtlsIdentity;
typedef struct Dtls Dtls;

typedef enum { dtlsHandshaking, dtlsConnected, dtlsFailed } DtlsState;
typedef enum { dtlsSha256, dtlsSha384, dtlsSha512 } DtlsHash;

typedef struct {
	uint8_t key[DTLS_KEY_BYTES], salt[DTLS_SALT_BYTES];
} DtlsKey;

typedef struct {
	bool isClient; /* setup:active */
	DtlsHash hash;
	uint8_t fingerprint[DTLS_FINGERPRINT_MOST_BYTES];
	const char* peer; /* address and port, for the cookie (RFC 6347 section 4.2.1) */
} DtlsOptions;

/* A P-256 key and a certificate signed with it, new. NULL where the library fails. */
DtlsIdentity* dtlsIdentityNew(void);
/* It lives until its owner and every handshake have let go of it. */
void dtlsIdentityRetain(DtlsIdentity* identity);
void dtlsIdentityRelease(DtlsIdentity* identity);
/* SHA-256 of the certificate (RFC 8122 section 5). */
void dtlsIdentityFingerprint(const DtlsIdentity* identity, uint8_t fingerprint[32]);

/* NULL where the library fails. */
Dtls* dtlsNew(DtlsIdentity* identity, const DtlsOptions* options);
void dtlsDelete(Dtls* dtls);
/* Takes one packet (byteLength 0: none) and does what is due at nowMs. */
DtlsState dtlsStep(Dtls* dtls, double nowMs, const uint8_t* packet, size_t byteLength);
/* The next packet to send, which stays until the next call; 0: none. */
size_t dtlsTake(Dtls* dtls, const uint8_t** packet);
/* When to step without a packet; negative: no need. */
double dtlsWakeAtMs(const Dtls* dtls);
/* Why it failed, in plain words. */
const char* dtlsReason(const Dtls* dtls);
/* Once connected; "HS80" or "HS32" with AES-128. The caller wipes them. */
const char* dtlsKeys(const Dtls* dtls, DtlsKey* send, DtlsKey* receive);

#endif
