/*
 * X448 (RFC 7748) by the elliptic curve module of mbedTLS: the PSA Crypto API of 2.28 takes no key of Curve448, though
 * the curve is there. Like crypto-modp.c, for boards whose library does not hide these modules; with mbedTLS 3.2 and
 * later the API has the curve, and it belongs into psa/crypto-agreement.c.
 *
 * The ladder does the same operations for every key, on coordinates blinded by random numbers.
 */
#include "../crypto.h"
#include "mc.xs.h"
#include "crypto-bignum.h"
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

enum { kByteLength = 56, kLowOrder = 1 };

static int blinding(void* context, unsigned char* out, size_t byteLength)
{
	(void)context;
	return psa_generate_random(out, byteLength) == PSA_SUCCESS ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

/* out = the u coordinate of scalar times the point at u, or the base point where u is NULL. */
static int multiply(const uint8_t* u, CryptoBytes privateKey, CryptoBytes out)
{
	uint8_t scalar[kByteLength];
	mbedtls_ecp_group group;
	mbedtls_ecp_point point, result;
	mbedtls_mpi d;
	int status;
	if (psa_crypto_init() != PSA_SUCCESS)
		return MBEDTLS_ERR_ECP_RANDOM_FAILED;
	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&point);
	mbedtls_ecp_point_init(&result);
	mbedtls_mpi_init(&d);
	memcpy(scalar, privateKey.data, kByteLength);
	/* RFC 7748 section 5: a multiple of the cofactor 4, of a fixed length. */
	scalar[0] &= 0xfc;
	scalar[kByteLength - 1] |= 0x80;
	status = mbedtls_mpi_read_binary_le(&d, scalar, kByteLength);
	mbedtls_platform_zeroize(scalar, sizeof(scalar));
	if (status == 0)
		status = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_CURVE448);
	if (status == 0 && u != NULL) {
		/* Numbers of p and above stand for what is left of them (section 5). The peer's value is public. */
		status = mbedtls_mpi_read_binary_le(&point.X, u, kByteLength);
		if (status == 0)
			status = mbedtls_mpi_mod_mpi(&point.X, &point.X, &group.P);
		if (status == 0)
			status = mbedtls_mpi_lset(&point.Z, 1);
		/* 0, 1 and -1 have a low order on the curve or its twist: no key makes anything but 0 of them. */
		if (status == 0 && mbedtls_mpi_cmp_int(&point.X, 1) <= 0)
			status = kLowOrder;
		if (status == 0)
			status = mbedtls_mpi_add_int(&result.X, &point.X, 1);
		if (status == 0 && mbedtls_mpi_cmp_mpi(&result.X, &group.P) == 0)
			status = kLowOrder;
	}
	if (status == 0)
		status = mbedtls_ecp_mul(&group, &result, &d, u != NULL ? &point : &group.G, blinding, NULL);
	if (status == 0)
		status = mbedtls_mpi_write_binary_le(&result.X, out.data, out.byteLength);
	/* Each free wipes first. */
	mbedtls_mpi_free(&d);
	mbedtls_ecp_point_free(&result);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_group_free(&group);
	return status;
}

static int isZero(CryptoBytes bytes)
{
	uint8_t any = 0;
	for (size_t i = 0; i < bytes.byteLength; i++)
		any |= bytes.data[i];
	return any == 0;
}

/* x448PublicKey(out, privateKey) */
void xs_crypto_x448_public_key(xsMachine* the)
{
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", kByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", kByteLength);
	int status = multiply(NULL, privateKey, out);
	if (status != 0)
		cryptoThrow(the, "x448PublicKey", status);
}

/* x448Agree(out, privateKey, peerPublicKey): whether the peer's value could be used */
void xs_crypto_x448_agree(xsMachine* the)
{
	CryptoBytes privateKey = cryptoReadableOf(the, &xsArg(1), "privateKey", kByteLength);
	CryptoBytes peer = cryptoReadableOf(the, &xsArg(2), "peerPublicKey", kByteLength);
	CryptoBytes out = cryptoWritable(the, &xsArg(0), "out", kByteLength);
	int status = multiply(peer.data, privateKey, out);
	/* RFC 7748 section 6.2: whatever the reason, all zero is no secret. */
	if (status == 0 && isZero(out))
		status = kLowOrder;
	if (status != 0)
		mbedtls_platform_zeroize(out.data, out.byteLength);
	if (status != 0 && status != kLowOrder)
		cryptoThrow(the, "x448Agree", status);
	xsmcSetBoolean(xsResult, status == 0);
}
