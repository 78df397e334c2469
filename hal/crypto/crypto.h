/*
 * The cryptography that costs too much in the VM: hashes, HMAC, AES and key agreement by mbedTLS, entropy by the port.
 * Byte arrays come from TypeScript, results go into an array that TypeScript made. Everything runs on the VM thread,
 * and no state is kept between calls.
 */
#ifndef SOTTO_CRYPTO_H
#define SOTTO_CRYPTO_H

#include <stddef.h>
#include <stdint.h>
#include "xsmc.h"

/*
 * Octets of an argument. The pointer is into the VM's heap, which moves when anything is allocated: a function takes
 * all its arguments first, and from then on neither calls into the VM nor keeps the pointer beyond its return.
 */
typedef struct {
	uint8_t* data;
	size_t byteLength;
} CryptoBytes;

/* A message in pieces. */
enum { kCryptoPartsMaximum = 16 };
typedef struct {
	CryptoBytes part[kCryptoPartsMaximum];
	int count;
} CryptoParts;

/* A Uint8Array to read. TypeError for anything else, also for one whose buffer was detached. */
CryptoBytes cryptoReadable(xsMachine* the, xsSlot* slot, const char* name);
/* A Uint8Array to fill, of exactly byteLength octets: RangeError otherwise. */
CryptoBytes cryptoWritable(xsMachine* the, xsSlot* slot, const char* name, size_t byteLength);
/* Like cryptoReadable, of exactly byteLength octets. */
CryptoBytes cryptoReadableOf(xsMachine* the, xsSlot* slot, const char* name, size_t byteLength);
/* An Array of up to kCryptoPartsMaximum Uint8Arrays. The caller has room for them by xsmcVars(kCryptoPartsMaximum). */
void cryptoReadableParts(xsMachine* the, xsSlot* slot, const char* name, CryptoParts* parts);

/* Throws an Error that names what failed and the library's status. */
void cryptoThrow(xsMachine* the, const char* name, long status);

/* The port's source of entropy: fills data with octets nobody can predict. 0, or the system's error number. */
int cryptoEntropy(void* data, size_t byteLength);

#endif
