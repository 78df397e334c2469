/*
 * P-256, P-384 and P-521 by the PSA Crypto API. mbedTLS multiplies with a fixed sequence of operations and with
 * coordinates blinded by random numbers of its own, so neither the time nor the memory it touches tells the private
 * key.
 */
#include "../crypto.h"
#include "mc.xs.h"
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

typedef struct {
	size_t bits, privateByteLength, publicByteLength, sharedByteLength;
} Curve;

/* The order is that of Curve in crypto.ts. A point is x||y here, and 04||x||y in PSA. */
static const Curve gCurves[] = {
	{256, 32, 64, 32},
	{384, 48, 96, 48},
	{521, 66, 132, 66},
};
enum { kPrefixByteLength = 1, kPrefixedPointMaximum = 133, kUncompressed = 0x04 };

static const Curve* curveOf(xsMachine* the, xsSlot* slot)
{
	int index = xsmcToInteger(*slot);
	if (index < 0 || index >= (int)(sizeof(gCurves) / sizeof(gCurves[0])))
		xsRangeError("curve: %d", index);
	return &gCurves[index];
}

static psa_status_t import(const Curve* curve, CryptoBytes privateKey, psa_key_id_t* id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status = psa_crypto_init();
	if (status != PSA_SUCCESS)
		return status;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, curve->bits);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
	return psa_import_key(&attributes, privateKey.data, privateKey.byteLength, id);
}

/* publicKey(curve, out, privateKey) */
void xs_crypto_public_key(xsMachine* the)
{
	uint8_t point[kPrefixedPointMaximum];
	psa_key_id_t id = 0;
	size_t byteLength;
	const Curve* curve = curveOf(the, &xsArg(0));
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(2), "privateKey", curve->privateByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(1), "out", curve->publicByteLength);
	psa_status_t status = import(curve, privateKey, &id);
	if (status == PSA_ERROR_INVALID_ARGUMENT)
		xsRangeError("privateKey: outside 1..n-1");
	if (status == PSA_SUCCESS) {
		status = psa_export_public_key(id, point, sizeof(point), &byteLength);
		psa_destroy_key(id);
	}
	if (status != PSA_SUCCESS)
		cryptoThrow(the, "publicKey", status);
	memcpy(out.data, point + kPrefixByteLength, out.byteLength);
}

/* agree(curve, out, privateKey, peerPublicKey): whether the peer's value could be used */
void xs_crypto_agree(xsMachine* the)
{
	uint8_t point[kPrefixedPointMaximum];
	psa_key_id_t id = 0;
	size_t byteLength;
	const Curve* curve = curveOf(the, &xsArg(0));
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(2), "privateKey", curve->privateByteLength);
	CryptoBytes peer = cryptoReadableOf(the, &xsArg(3), "peerPublicKey", curve->publicByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(1), "out", curve->sharedByteLength);
	psa_status_t status = import(curve, privateKey, &id);
	if (status == PSA_ERROR_INVALID_ARGUMENT)
		xsRangeError("privateKey: outside 1..n-1");
	if (status == PSA_SUCCESS) {
		point[0] = kUncompressed;
		memcpy(point + kPrefixByteLength, peer.data, peer.byteLength);
		/* Refuses coordinates of p and above, and a point off the curve. */
		status = psa_raw_key_agreement(PSA_ALG_ECDH, id, point, kPrefixByteLength + peer.byteLength, out.data,
									   out.byteLength, &byteLength);
		psa_destroy_key(id);
	}
	if (status != PSA_SUCCESS)
		mbedtls_platform_zeroize(out.data, out.byteLength);
	if (status != PSA_SUCCESS && status != PSA_ERROR_INVALID_ARGUMENT)
		cryptoThrow(the, "agree", status);
	xsmcSetBoolean(xsResult, status == PSA_SUCCESS);
}
