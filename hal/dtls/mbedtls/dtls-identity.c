/* A self-signed certificate that says nothing but its key: the peer knows it by its fingerprint in SDP (RFC 5763). */
#include <mbedtls/md.h>
#include <stdlib.h>
#include <string.h>
#include "dtls-mbedtls.h"
#include "hal/crypto/psa/mbedtls-tls.h"
#if !MBEDTLS_IS_4
#include <mbedtls/ecp.h>
#endif

#define CERTIFICATE_BYTES 1024
#define SERIAL_BYTES 12

static int writeDer(mbedtls_x509write_cert* draft, unsigned char* number, unsigned char* bytes, size_t room)
{
#if MBEDTLS_IS_4
	int status = mbedtls_x509write_crt_set_serial_raw(draft, number, SERIAL_BYTES);
	return status != 0 ? status : mbedtls_x509write_crt_der(draft, bytes, room);
#else
	mbedtls_mpi serial;
	mbedtls_mpi_init(&serial);
	int status = mbedtls_mpi_read_binary(&serial, number, SERIAL_BYTES);
	if (status == 0)
		status = mbedtls_x509write_crt_set_serial(draft, &serial);
	if (status == 0)
		status = mbedtls_x509write_crt_der(draft, bytes, room, mbedtlsTlsRandom, NULL);
	mbedtls_mpi_free(&serial);
	return status;
#endif
}

/* The phone may not know the time, and nobody looks at it: the fingerprint decides. */
static int sign(DtlsIdentity* identity)
{
	mbedtls_x509write_cert draft;
	unsigned char bytes[CERTIFICATE_BYTES], number[SERIAL_BYTES];
	int status;
	mbedtls_x509write_crt_init(&draft);
	mbedtls_x509write_crt_set_subject_key(&draft, &identity->key);
	mbedtls_x509write_crt_set_issuer_key(&draft, &identity->key);
	mbedtls_x509write_crt_set_version(&draft, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(&draft, MBEDTLS_MD_SHA256);
	status = mbedtlsTlsRandom(NULL, number, sizeof number);
	/* Positive, and no octet of it is superfluous. */
	number[0] = (number[0] & 0x7F) | 0x40;
	if (status == 0)
		status = mbedtls_x509write_crt_set_subject_name(&draft, "CN=phone");
	if (status == 0)
		status = mbedtls_x509write_crt_set_issuer_name(&draft, "CN=phone");
	if (status == 0)
		status = mbedtls_x509write_crt_set_validity(&draft, "20200101000000", "20491231235959");
	if (status == 0)
		status = writeDer(&draft, number, bytes, sizeof bytes);
	/* It is written at the end of the buffer, and its length is the status. */
	if (status > 0)
		status = mbedtls_x509_crt_parse_der(&identity->certificate, bytes + sizeof bytes - status, (size_t)status);
	mbedtls_x509write_crt_free(&draft);
	return status;
}

/* On P-256. */
static bool makeKey(mbedtls_pk_context* key)
{
#if MBEDTLS_IS_4
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id = PSA_KEY_ID_NULL;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_ANY_HASH));
	bool made = psa_generate_key(&attributes, &id) == PSA_SUCCESS && mbedtls_pk_copy_from_psa(id, key) == 0;
	(void)psa_destroy_key(id);
	return made;
#else
	return mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
		   mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), mbedtlsTlsRandom, NULL) == 0;
#endif
}

DtlsIdentity* dtlsIdentityNew(void)
{
	DtlsIdentity* identity = calloc(1, sizeof *identity);
	if (!identity)
		return NULL;
	identity->owners = 1;
	mbedtls_pk_init(&identity->key);
	mbedtls_x509_crt_init(&identity->certificate);
	if (psa_crypto_init() != PSA_SUCCESS || !makeKey(&identity->key) || sign(identity) != 0) {
		dtlsIdentityRelease(identity);
		return NULL;
	}
	return identity;
}

void dtlsIdentityRetain(DtlsIdentity* identity)
{
	identity->owners++;
}

void dtlsIdentityRelease(DtlsIdentity* identity)
{
	if (!identity || --identity->owners > 0)
		return;
	mbedtls_x509_crt_free(&identity->certificate);
	mbedtls_pk_free(&identity->key);
	free(identity);
}

void dtlsIdentityFingerprint(const DtlsIdentity* identity, uint8_t fingerprint[32])
{
	(void)mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), identity->certificate.raw.p,
					 identity->certificate.raw.len, fingerprint);
}
