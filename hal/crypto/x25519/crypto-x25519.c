/*
 * X25519 (RFC 7748): ours, because it is what most calls agree their keys with, and the general curve arithmetic of
 * mbedTLS costs tens of times as many instructions. Made for 32-bit processors with a 32 by 32 to 64 bit
 * multiplication.
 *
 * The same instructions run and the same addresses are touched for every key and every point: there is no branch and no
 * index that depends on a value.
 */
#include "../crypto.h"
#include "mc.xs.h"
#include <mbedtls/platform_util.h>
#include <string.h>

enum { kByteLength = 32, kLimbs = 10, kA24 = 121665 };

/*
 * A number modulo p = 2^255 - 19 as ten signed limbs of 26 and 25 bits in turn: limb i counts 2^ceil(25.5 i). After
 * carry a limb is at most a little above 2^25 or 2^24 either way. The sum or difference of two such numbers may be
 * multiplied: 10 * 19 * 2 * (2^26.1)^2 is below 2^61.
 */
typedef struct {
	int32_t limb[kLimbs];
} Field;

static inline int bitsOf(int i)
{
	return i % 2 == 0 ? 26 : 25;
}

/* Brings wide limbs down to size. What leaves the top comes back 19-fold, since 2^255 = 19 mod p. */
static inline void carry(Field* out, int64_t wide[kLimbs])
{
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++) {
		/* To the nearest, so that limbs stay small on both sides of 0. */
		int64_t over = (wide[i] + ((int64_t)1 << (bitsOf(i) - 1))) >> bitsOf(i);
		wide[i] -= over * ((int64_t)1 << bitsOf(i));
		if (i < kLimbs - 1)
			wide[i + 1] += over;
		else
			wide[0] += 19 * over;
	}
	int64_t over = (wide[0] + ((int64_t)1 << 25)) >> 26;
	wide[0] -= over * ((int64_t)1 << 26);
	wide[1] += over;
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++)
		out->limb[i] = (int32_t)wide[i];
}

static inline void add(Field* out, const Field* a, const Field* b)
{
	for (int i = 0; i < kLimbs; i++)
		out->limb[i] = a->limb[i] + b->limb[i];
}

static inline void subtract(Field* out, const Field* a, const Field* b)
{
	for (int i = 0; i < kLimbs; i++)
		out->limb[i] = a->limb[i] - b->limb[i];
}

/* Limbs i and j meet in i + j: twice where both are odd (each is counted half a bit high), 19-fold beyond the top. */
static void multiply(Field* out, const Field* a, const Field* b)
{
	int64_t wide[kLimbs] = {0};
	int32_t doubled[kLimbs], folded[kLimbs];
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++) {
		doubled[i] = a->limb[i] * (1 + i % 2);
		folded[i] = b->limb[i] * 19;
	}
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++) {
#pragma GCC unroll 10
		for (int j = 0; j < kLimbs; j++) {
			int32_t left = j % 2 == 1 ? doubled[i] : a->limb[i];
			int32_t right = i + j >= kLimbs ? folded[j] : b->limb[j];
			wide[(i + j) % kLimbs] += (int64_t)left * right;
		}
	}
	carry(out, wide);
}

static void square(Field* out, const Field* a)
{
	int64_t wide[kLimbs] = {0};
	int32_t folded[kLimbs];
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++)
		folded[i] = a->limb[i] * 19;
#pragma GCC unroll 10
	for (int i = 0; i < kLimbs; i++) {
#pragma GCC unroll 10
		for (int j = i; j < kLimbs; j++) {
			int times = (i == j ? 1 : 2) * (i % 2 == 1 && j % 2 == 1 ? 2 : 1);
			int32_t right = i + j >= kLimbs ? folded[j] : a->limb[j];
			wide[(i + j) % kLimbs] += (int64_t)(a->limb[i] * times) * right;
		}
	}
	carry(out, wide);
}

static void multiplySmall(Field* out, const Field* a, int32_t factor)
{
	int64_t wide[kLimbs];
	for (int i = 0; i < kLimbs; i++)
		wide[i] = (int64_t)a->limb[i] * factor;
	carry(out, wide);
}

static void squareTimes(Field* out, const Field* a, int count)
{
	square(out, a);
	while (--count > 0)
		square(out, out);
}

/* 1/a = a^(p-2) = a^(2^255 - 21). In the names, eN is a to the power 2^N - 1. */
static void invert(Field* out, const Field* a)
{
	Field a2, a9, a11, e5, e10, e20, e50, e100, t;
	square(&a2, a);
	squareTimes(&t, &a2, 2);
	multiply(&a9, &t, a);
	multiply(&a11, &a9, &a2);
	square(&t, &a11);
	multiply(&e5, &t, &a9);
	squareTimes(&t, &e5, 5);
	multiply(&e10, &t, &e5);
	squareTimes(&t, &e10, 10);
	multiply(&e20, &t, &e10);
	squareTimes(&t, &e20, 20);
	multiply(&t, &t, &e20);
	squareTimes(&t, &t, 10);
	multiply(&e50, &t, &e10);
	squareTimes(&t, &e50, 50);
	multiply(&e100, &t, &e50);
	squareTimes(&t, &e100, 100);
	multiply(&t, &t, &e100);
	squareTimes(&t, &t, 50);
	multiply(&t, &t, &e50);
	squareTimes(&t, &t, 5);
	multiply(out, &t, &a11);
}

/* Exchanges the two where swap is 1, and does as much where it is 0. */
static void swapIf(uint32_t swap, Field* a, Field* b)
{
	int32_t mask = -(int32_t)swap;
	for (int i = 0; i < kLimbs; i++) {
		int32_t difference = mask & (a->limb[i] ^ b->limb[i]);
		a->limb[i] ^= difference;
		b->limb[i] ^= difference;
	}
}

/* Least significant octet first; the top bit does not count (section 5), and numbers of p and above are taken as they
 * are. */
static void fromBytes(Field* out, const uint8_t bytes[kByteLength])
{
	uint64_t held = 0;
	int heldBits = 0, at = 0;
	int64_t wide[kLimbs];
	for (int i = 0; i < kLimbs; i++) {
		while (heldBits < bitsOf(i)) {
			held |= (uint64_t)bytes[at++] << heldBits;
			heldBits += 8;
		}
		wide[i] = (int64_t)(held & (((uint64_t)1 << bitsOf(i)) - 1));
		held >>= bitsOf(i);
		heldBits -= bitsOf(i);
	}
	carry(out, wide);
}

/* Makes every limb one of 0..2^26-1 or 0..2^25-1. Returns what leaves the top, which may be negative. */
static int64_t settle(int64_t limb[kLimbs])
{
	int64_t over = 0;
	for (int i = 0; i < kLimbs; i++) {
		limb[i] += over;
		over = limb[i] >> bitsOf(i);
		limb[i] -= over * ((int64_t)1 << bitsOf(i));
	}
	return over;
}

/* The one number of 0..p-1. */
static void toBytes(uint8_t bytes[kByteLength], const Field* a)
{
	int64_t limb[kLimbs];
	uint64_t held = 0;
	int heldBits = 0, at = 0;
	for (int i = 0; i < kLimbs; i++)
		limb[i] = a->limb[i];
	/* Twice for a number of 0..2^255-1: the first time it may borrow from the top, and lowering it for that once more.
	 */
	limb[0] += 19 * settle(limb);
	limb[0] += 19 * settle(limb);
	/* Whether p is in it: whether adding 19 leaves the top. What leaves it is dropped. */
	int64_t quotient = 19;
	for (int i = 0; i < kLimbs; i++)
		quotient = (limb[i] + quotient) >> bitsOf(i);
	limb[0] += 19 * quotient;
	settle(limb);
	for (int i = 0; i < kLimbs; i++) {
		held |= (uint64_t)limb[i] << heldBits;
		heldBits += bitsOf(i);
		while (heldBits >= 8) {
			bytes[at++] = (uint8_t)held;
			held >>= 8;
			heldBits -= 8;
		}
	}
	bytes[at] = (uint8_t)held;
}

/* The ladder of RFC 7748 section 5, its names kept. */
static void ladder(uint8_t out[kByteLength], const uint8_t privateKey[kByteLength], const uint8_t u[kByteLength])
{
	struct {
		uint8_t k[kByteLength];
		Field x1, x2, z2, x3, z3, a, aa, b, bb, e, c, d, da, cb;
	} s;
	uint32_t swap = 0;
	memset(&s, 0, sizeof(s));
	memcpy(s.k, privateKey, kByteLength);
	s.k[0] &= 0xf8;
	s.k[31] = (s.k[31] & 0x7f) | 0x40;
	fromBytes(&s.x1, u);
	s.x3 = s.x1;
	s.x2.limb[0] = 1;
	s.z3.limb[0] = 1;
	for (int t = 254; t >= 0; t--) {
		uint32_t bit = (s.k[t / 8] >> t % 8) & 1;
		swapIf(swap ^ bit, &s.x2, &s.x3);
		swapIf(swap ^ bit, &s.z2, &s.z3);
		swap = bit;
		add(&s.a, &s.x2, &s.z2);
		square(&s.aa, &s.a);
		subtract(&s.b, &s.x2, &s.z2);
		square(&s.bb, &s.b);
		subtract(&s.e, &s.aa, &s.bb);
		add(&s.c, &s.x3, &s.z3);
		subtract(&s.d, &s.x3, &s.z3);
		multiply(&s.da, &s.d, &s.a);
		multiply(&s.cb, &s.c, &s.b);
		add(&s.a, &s.da, &s.cb);
		square(&s.x3, &s.a);
		subtract(&s.a, &s.da, &s.cb);
		square(&s.a, &s.a);
		multiply(&s.z3, &s.x1, &s.a);
		multiply(&s.x2, &s.aa, &s.bb);
		multiplySmall(&s.a, &s.e, kA24);
		add(&s.a, &s.a, &s.aa);
		multiply(&s.z2, &s.e, &s.a);
	}
	swapIf(swap, &s.x2, &s.x3);
	swapIf(swap, &s.z2, &s.z3);
	invert(&s.z2, &s.z2);
	multiply(&s.x2, &s.x2, &s.z2);
	toBytes(out, &s.x2);
	mbedtls_platform_zeroize(&s, sizeof(s));
}

/* x25519PublicKey(out, privateKey) */
void xs_crypto_x25519_public_key(xsMachine* the)
{
	static const uint8_t base[kByteLength] = {9};
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", kByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", kByteLength);
	ladder(out.data, privateKey.data, base);
}

/* x25519Agree(out, privateKey, peerPublicKey): whether the peer's value could be used */
void xs_crypto_x25519_agree(xsMachine* the)
{
	uint8_t any = 0;
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", kByteLength);
	CryptoBytes peer = cryptoReadableOf(the, &xsArg(2), "peerPublicKey", kByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", kByteLength);
	ladder(out.data, privateKey.data, peer.data);
	/* Nothing but a point of low order ends in 0 (section 6.1). */
	for (size_t i = 0; i < kByteLength; i++)
		any |= out.data[i];
	xsmcSetBoolean(xsResult, any != 0);
}
