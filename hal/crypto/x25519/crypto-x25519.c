/*
 * X25519 (RFC 7748) by libsodium: most calls agree their keys with it, and the general curve arithmetic of mbedTLS 2.28
 * costs several times as many instructions. Its time does not depend on the key or the point.
 */
#include "../crypto.h"
#include "mc.xs.h"
#include <sodium.h>
#include <stdbool.h>

_Static_assert(crypto_scalarmult_BYTES == 32 && crypto_scalarmult_SCALARBYTES == 32, "X25519 has 32 bytes throughout");

static void prepare(xsMachine* the)
{
	/* Chooses the implementation for this processor the first time; repeats cost nothing. */
	if (sodium_init() < 0)
		xsUnknownError("libsodium cannot be used on this computer");
}

/* x25519PublicKey(out, privateKey) */
void xs_crypto_x25519_public_key(xsMachine* the)
{
	prepare(the);
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", crypto_scalarmult_SCALARBYTES);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", crypto_scalarmult_BYTES);
	crypto_scalarmult_base(out.data, privateKey.data);
}

/* x25519Agree(out, privateKey, peerPublicKey): whether the peer's value could be used */
void xs_crypto_x25519_agree(xsMachine* the)
{
	prepare(the);
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", crypto_scalarmult_SCALARBYTES);
	CryptoBytes peer = cryptoReadableOf(the, &xsArg(2), "peerPublicKey", crypto_scalarmult_BYTES);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", crypto_scalarmult_BYTES);
	/* It refuses the points of low order (section 6.1), some before it has written anything. */
	bool usable = crypto_scalarmult(out.data, privateKey.data, peer.data) == 0;
	if (!usable)
		sodium_memzero(out.data, out.byteLength);
	xsmcSetBoolean(xsResult, usable);
}
