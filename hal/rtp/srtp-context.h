/*
 * One direction of SRTP and SRTCP under one master key (RFC 3711, 6188, 7714), by libsrtp. Made and ended on the VM
 * thread, used under the device's lock: installing keys is the exchange of one pointer between two packets.
 */
#ifndef SOTTO_SRTP_CONTEXT_H
#define SOTTO_SRTP_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SRTP_SALT_MOST_BYTES 14u
#define SRTP_KEY_MOST_BYTES 32u
/* Longer identifiers are refused where keys are agreed. */
#define SRTP_MKI_MOST_BYTES 32u
/* What protection adds at most: the tag of AES-GCM, and SRTCP's index. */
#define SRTP_ADDED_BYTES 20u

/* One direction's master key; the codes have been checked, and whoever fills it in wipes it. */
typedef struct {
	const char* cipher;
	const char* authTag;
	uint8_t key[SRTP_KEY_MOST_BYTES];
	uint8_t salt[SRTP_SALT_MOST_BYTES];
	/* The master key identifier in each packet of the peer (RFC 3711 section 3.1); 0: none. We send none. */
	uint8_t mki[SRTP_MKI_MOST_BYTES];
	size_t mkiByteLength;
} SrtpKeys;

typedef struct SrtpContext SrtpContext;

typedef enum { srtpAccepted, srtpReplayed, srtpRejected, srtpOtherSource } SrtpResult;

/* Starts libsrtp, once; on the VM thread. It tests its ciphers, which takes some milliseconds: do it before a call
 * needs keys. */
bool srtpPrepare(void);
/* Bytes of the master key that a ZRTP cipher code asks for (RFC 6189 section 5.1.3); 0 for a code that is not ours. */
size_t srtpKeyByteLength(const char* cipher);
/* Bytes of the master salt of "HS32", "HS80" (RFC 6189 section 5.1.4) and "GCM" (RFC 7714); 0 for a code that is not
 * ours, and for AES-192 with GCM, which no RFC has. */
size_t srtpSaltByteLength(const char* cipher, const char* authTag);

/* For what we send. NULL where libsrtp fails. */
SrtpContext* srtpContextForSend(const SrtpKeys* keys, uint32_t ssrc);
/* For what we receive. Sources are bound by their first authenticated packet, a few at most. */
SrtpContext* srtpContextForReceive(const SrtpKeys* keys);
/* Also of NULL. */
void srtpContextDelete(SrtpContext* context);

/* packet is 4-byte aligned and has SRTP_ADDED_BYTES of room behind byteLength. False: nothing may be sent. */
bool srtpProtect(SrtpContext* context, uint8_t* packet, size_t* byteLength);
bool srtpProtectControl(SrtpContext* context, uint8_t* packet, size_t* byteLength);
/* In place; the packet is usable only if accepted. */
SrtpResult srtpUnprotect(SrtpContext* context, uint8_t* packet, size_t* byteLength);
SrtpResult srtpUnprotectControl(SrtpContext* context, uint8_t* packet, size_t* byteLength);

/* Overwrites so that the compiler keeps it. */
void wipeBytes(void* bytes, size_t byteLength);

#endif
