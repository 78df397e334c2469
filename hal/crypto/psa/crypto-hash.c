/* MD5, SHA-1, SHA-256, SHA-384 and HMAC over them, by the PSA Crypto API. */
#include "../crypto.h"
#include "mc.xs.h"
#include <psa/crypto.h>

/* The order is that of Digest in crypto.ts. */
static const psa_algorithm_t gAlgorithms[] = {PSA_ALG_MD5, PSA_ALG_SHA_1, PSA_ALG_SHA_256, PSA_ALG_SHA_384};

static psa_algorithm_t algorithmOf(xsMachine* the, xsSlot* slot)
{
	int index = xsmcToInteger(*slot);
	if (index < 0 || index >= (int)(sizeof(gAlgorithms) / sizeof(gAlgorithms[0])))
		xsRangeError("algorithm: %d", index);
	return gAlgorithms[index];
}

static psa_status_t digest(psa_algorithm_t algorithm, const CryptoParts* parts, CryptoBytes out)
{
	psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
	size_t byteLength;
	psa_status_t status = psa_crypto_init();
	if (status == PSA_SUCCESS)
		status = psa_hash_setup(&operation, algorithm);
	for (int i = 0; status == PSA_SUCCESS && i < parts->count; i++)
		status = psa_hash_update(&operation, parts->part[i].data, parts->part[i].byteLength);
	if (status == PSA_SUCCESS)
		status = psa_hash_finish(&operation, out.data, out.byteLength, &byteLength);
	/* Wipes the state, and does nothing after a finish. */
	psa_hash_abort(&operation);
	return status;
}

static psa_status_t hmac(psa_algorithm_t algorithm, CryptoBytes key, const CryptoParts* parts, CryptoBytes out)
{
	/* PSA takes no empty key. RFC 2104 pads a key with zeros, so one zero octet is the same key. */
	static const uint8_t empty[1] = {0};
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
	psa_key_id_t id = 0;
	size_t byteLength;
	psa_status_t status = psa_crypto_init();
	if (status != PSA_SUCCESS)
		return status;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(algorithm));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
	status = psa_import_key(&attributes, key.byteLength ? key.data : empty, key.byteLength ? key.byteLength : 1, &id);
	if (status != PSA_SUCCESS)
		return status;
	status = psa_mac_sign_setup(&operation, id, PSA_ALG_HMAC(algorithm));
	for (int i = 0; status == PSA_SUCCESS && i < parts->count; i++)
		status = psa_mac_update(&operation, parts->part[i].data, parts->part[i].byteLength);
	if (status == PSA_SUCCESS)
		status = psa_mac_sign_finish(&operation, out.data, out.byteLength, &byteLength);
	psa_mac_abort(&operation);
	psa_destroy_key(id);
	return status;
}

/* digest(algorithm, out, parts) */
void xs_crypto_digest(xsMachine* the)
{
	CryptoParts parts;
	xsmcVars(kCryptoPartsMaximum);
	psa_algorithm_t algorithm = algorithmOf(the, &xsArg(0));
	cryptoReadableParts(the, &xsArg(2), "parts", &parts);
	CryptoBytes out = cryptoWritable(the, &xsArg(1), "out", PSA_HASH_LENGTH(algorithm));
	psa_status_t status = digest(algorithm, &parts, out);
	if (status != PSA_SUCCESS)
		cryptoThrow(the, "digest", status);
}

/* hmac(algorithm, out, key, parts) */
void xs_crypto_hmac(xsMachine* the)
{
	CryptoParts parts;
	xsmcVars(kCryptoPartsMaximum);
	psa_algorithm_t algorithm = algorithmOf(the, &xsArg(0));
	cryptoReadableParts(the, &xsArg(3), "parts", &parts);
	CryptoBytes key = cryptoReadable(the, &xsArg(2), "key");
	CryptoBytes out = cryptoWritable(the, &xsArg(1), "out", PSA_HASH_LENGTH(algorithm));
	psa_status_t status = hmac(algorithm, key, &parts, out);
	if (status != PSA_SUCCESS)
		cryptoThrow(the, "hmac", status);
}
