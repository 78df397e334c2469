/*
 * SHA3-256, SHA3-384 (FIPS 202) and HMAC over them: ours, since mbedTLS has SHA-3 from version 3.5 on only and its PSA
 * Crypto API of 2.28 none. About 1 KB of code; a board that does not want it leaves this folder out of its manifest.
 *
 * Nothing here is looked up or decided by the data, so the time is the same for every message of a length.
 */
#include "../crypto.h"
#include "mc.xs.h"
#include <mbedtls/platform_util.h>
#include <string.h>

enum { kLanes = 25, kRounds = 24, kStateByteLength = 200, kInnerPad = 0x36, kOuterPad = 0x5c };

/* FIPS 202 section 3.2: x + 5y is the place of a lane. */
typedef struct {
	uint64_t lane[kLanes];
	size_t rate, at;
} Sponge;

static inline uint64_t rotate(uint64_t value, unsigned count)
{
	return count == 0 ? value : value << count | value >> (64 - count);
}

/* Section 3.2.5, algorithm 5: the constants of iota come out of a shift register of eight bits. */
static uint64_t roundConstant(uint8_t* feedback)
{
	uint64_t constant = 0;
	for (int j = 0; j < 7; j++) {
		if (*feedback & 1)
			constant |= (uint64_t)1 << ((1u << j) - 1);
		*feedback = (uint8_t)(*feedback << 1 ^ (*feedback >> 7) * 0x71);
	}
	return constant;
}

static void permute(uint64_t* a)
{
	uint8_t feedback = 1;
	for (int round = 0; round < kRounds; round++) {
		uint64_t c[5], current, next;
		int x, y, at = 1;
		/* theta */
		for (x = 0; x < 5; x++)
			c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
		for (x = 0; x < 5; x++) {
			uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
			for (y = 0; y < kLanes; y += 5)
				a[y + x] ^= d;
		}
		/* rho and pi in one walk: the lane at (x, y) goes to (y, 2x + 3y), turned by the triangular numbers. */
		current = a[1];
		for (int t = 0; t < kRounds; t++) {
			int to = at / 5 + 5 * ((2 * (at % 5) + 3 * (at / 5)) % 5);
			next = a[to];
			a[to] = rotate(current, (unsigned)((t + 1) * (t + 2) / 2 % 64));
			current = next;
			at = to;
		}
		/* chi */
		for (y = 0; y < kLanes; y += 5) {
			memcpy(c, a + y, sizeof(c));
			for (x = 0; x < 5; x++)
				a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
		}
		a[0] ^= roundConstant(&feedback);
	}
}

static void absorb(Sponge* sponge, uint8_t byte)
{
	sponge->lane[sponge->at / 8] ^= (uint64_t)byte << 8 * (sponge->at % 8);
	if (++sponge->at == sponge->rate) {
		permute(sponge->lane);
		sponge->at = 0;
	}
}

/* The capacity is twice the digest (section 6.1). */
static void begin(Sponge* sponge, size_t digestByteLength)
{
	memset(sponge, 0, sizeof(*sponge));
	sponge->rate = kStateByteLength - 2 * digestByteLength;
}

static void update(Sponge* sponge, const uint8_t* data, size_t byteLength)
{
	for (size_t i = 0; i < byteLength; i++)
		absorb(sponge, data[i]);
}

/* Two bits 01 say SHA-3, then pad10*1 (sections 6.1 and 5.1). A digest is shorter than the rate: one squeeze. */
static void finish(Sponge* sponge, uint8_t* out, size_t byteLength)
{
	sponge->lane[sponge->at / 8] ^= (uint64_t)0x06 << 8 * (sponge->at % 8);
	sponge->lane[(sponge->rate - 1) / 8] ^= (uint64_t)0x80 << 56;
	permute(sponge->lane);
	for (size_t i = 0; i < byteLength; i++)
		out[i] = (uint8_t)(sponge->lane[i / 8] >> 8 * (i % 8));
	mbedtls_platform_zeroize(sponge, sizeof(*sponge));
}

static void digest(CryptoBytes out, const CryptoParts* parts)
{
	Sponge sponge;
	begin(&sponge, out.byteLength);
	for (int i = 0; i < parts->count; i++)
		update(&sponge, parts->part[i].data, parts->part[i].byteLength);
	finish(&sponge, out.data, out.byteLength);
}

/* RFC 2104; the block is the rate (FIPS 202 section 7). */
static void hmac(CryptoBytes out, CryptoBytes key, const CryptoParts* parts)
{
	Sponge sponge;
	uint8_t block[kStateByteLength] = {0}, inner[kStateByteLength];
	begin(&sponge, out.byteLength);
	size_t blockByteLength = sponge.rate;
	if (key.byteLength > blockByteLength) {
		update(&sponge, key.data, key.byteLength);
		finish(&sponge, block, out.byteLength);
		begin(&sponge, out.byteLength);
	} else if (key.byteLength > 0)
		memcpy(block, key.data, key.byteLength);
	for (size_t i = 0; i < blockByteLength; i++)
		absorb(&sponge, block[i] ^ kInnerPad);
	for (int i = 0; i < parts->count; i++)
		update(&sponge, parts->part[i].data, parts->part[i].byteLength);
	finish(&sponge, inner, out.byteLength);
	begin(&sponge, out.byteLength);
	for (size_t i = 0; i < blockByteLength; i++)
		absorb(&sponge, block[i] ^ kOuterPad);
	update(&sponge, inner, out.byteLength);
	finish(&sponge, out.data, out.byteLength);
	mbedtls_platform_zeroize(block, sizeof(block));
	mbedtls_platform_zeroize(inner, sizeof(inner));
}

static CryptoBytes outOf(xsMachine* the, xsSlot* slot)
{
	CryptoBytes out = cryptoReadable(the, slot, "out");
	if (out.byteLength != 32 && out.byteLength != 48)
		xsRangeError("out: %d bytes, not 32 or 48", (int)out.byteLength);
	return cryptoWritable(the, slot, "out", out.byteLength);
}

/* sha3(out, parts) */
void xs_crypto_sha3(xsMachine* the)
{
	CryptoParts parts;
	xsmcVars(kCryptoPartsMaximum);
	cryptoReadableParts(the, &xsArg(1), "parts", &parts);
	CryptoBytes out = outOf(the, &xsArg(0));
	digest(out, &parts);
}

/* hmacSha3(out, key, parts) */
void xs_crypto_hmac_sha3(xsMachine* the)
{
	CryptoParts parts;
	xsmcVars(kCryptoPartsMaximum);
	cryptoReadableParts(the, &xsArg(2), "parts", &parts);
	CryptoBytes key = cryptoReadable(the, &xsArg(1), "key");
	CryptoBytes out = outOf(the, &xsArg(0));
	hmac(out, key, &parts);
}
