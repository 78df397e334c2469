/* AES in CFB mode with 128-bit feedback and in counter mode, by the PSA Crypto API. */
#include "../crypto.h"
#include "mc.xs.h"
#include <psa/crypto.h>

enum { kIvByteLength = 16 };

static psa_status_t aes(psa_algorithm_t mode, int encrypt, CryptoBytes key, CryptoBytes iv, CryptoBytes data,
						CryptoBytes out)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
	psa_key_id_t id = 0;
	size_t done = 0, last = 0;
	psa_status_t status = psa_crypto_init();
	if (status != PSA_SUCCESS)
		return status;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, mode);
	psa_set_key_usage_flags(&attributes, encrypt ? PSA_KEY_USAGE_ENCRYPT : PSA_KEY_USAGE_DECRYPT);
	status = psa_import_key(&attributes, key.data, key.byteLength, &id);
	if (status != PSA_SUCCESS)
		return status;
	status = encrypt ? psa_cipher_encrypt_setup(&operation, id, mode) : psa_cipher_decrypt_setup(&operation, id, mode);
	if (status == PSA_SUCCESS)
		status = psa_cipher_set_iv(&operation, iv.data, iv.byteLength);
	if (status == PSA_SUCCESS)
		status = psa_cipher_update(&operation, data.data, data.byteLength, out.data, out.byteLength, &done);
	if (status == PSA_SUCCESS)
		status = psa_cipher_finish(&operation, out.data + done, out.byteLength - done, &last);
	psa_cipher_abort(&operation);
	psa_destroy_key(id);
	return status != PSA_SUCCESS || done + last == out.byteLength ? status : PSA_ERROR_GENERIC_ERROR;
}

/* aes(mode, encrypt, out, key, iv, data); mode 0 is CFB, 1 is CTR. */
void xs_crypto_aes(xsMachine* the)
{
	int mode = xsmcToInteger(xsArg(0)), encrypt = xsmcToBoolean(xsArg(1));
	if (mode != 0 && mode != 1)
		xsRangeError("mode: %d", mode);
	CryptoBytes key = cryptoReadable(the, &xsArg(3), "key");
	if (key.byteLength != 16 && key.byteLength != 24 && key.byteLength != 32)
		xsRangeError("key: %d bytes, not 16, 24 or 32", (int)key.byteLength);
	CryptoBytes iv = cryptoReadableOf(the, &xsArg(4), "iv", kIvByteLength);
	CryptoBytes data = cryptoReadable(the, &xsArg(5), "data");
	CryptoBytes out = cryptoWritable(the, &xsArg(2), "out", data.byteLength);
	if (out.byteLength == 0)
		return;
	psa_status_t status = aes(mode == 0 ? PSA_ALG_CFB : PSA_ALG_CTR, encrypt, key, iv, data, out);
	if (status != PSA_SUCCESS)
		cryptoThrow(the, "aes", status);
}
