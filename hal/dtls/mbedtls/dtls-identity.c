/* A self-signed certificate that says nothing but its key: the peer knows it by its fingerprint in SDP (RFC 5763). */
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "dtls-mbedtls.h"

#define CERTIFICATE_BYTES 1024
#define SERIAL_BYTES 12

int dtlsRandom(void* context, unsigned char* bytes, size_t byteLength)
{
	(void)context;
	return psa_generate_random(bytes, byteLength) == PSA_SUCCESS ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

/* The phone may not know the time, and nobody looks at it: the fingerprint decides. */
static int sign(DtlsIdentity* identity)
{
	mbedtls_x509write_cert draft;
	mbedtls_mpi serial;
	unsigned char bytes[CERTIFICATE_BYTES], number[SERIAL_BYTES];
	int status;
	mbedtls_x509write_crt_init(&draft);
	mbedtls_mpi_init(&serial);
	mbedtls_x509write_crt_set_subject_key(&draft, &identity->key);
	mbedtls_x509write_crt_set_issuer_key(&draft, &identity->key);
	mbedtls_x509write_crt_set_version(&draft, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(&draft, MBEDTLS_MD_SHA256);
	status = dtlsRandom(NULL, number, sizeof number);
	number[0] &= 0x7F;
	if (status == 0)
		status = mbedtls_mpi_read_binary(&serial, number, sizeof number);
	if (status == 0)
		status = mbedtls_x509write_crt_set_serial(&draft, &serial);
	if (status == 0)
		status = mbedtls_x509write_crt_set_subject_name(&draft, "CN=phone");
	if (status == 0)
		status = mbedtls_x509write_crt_set_issuer_name(&draft, "CN=phone");
	if (status == 0)
		status = mbedtls_x509write_crt_set_validity(&draft, "20200101000000", "20491231235959");
	if (status == 0)
		status = mbedtls_x509write_crt_der(&draft, bytes, sizeof bytes, dtlsRandom, NULL);
	/* It is written at the end of the buffer, and its length is the status. */
	if (status > 0)
		status = mbedtls_x509_crt_parse_der(&identity->certificate, bytes + sizeof bytes - status, (size_t)status);
	mbedtls_mpi_free(&serial);
	mbedtls_x509write_crt_free(&draft);
	return status;
}

DtlsIdentity* dtlsIdentityNew(void)
{
	DtlsIdentity* identity = calloc(1, sizeof *identity);
	if (!identity)
		return NULL;
	identity->owners = 1;
	mbedtls_pk_init(&identity->key);
	mbedtls_x509_crt_init(&identity->certificate);
	if (psa_crypto_init() != PSA_SUCCESS ||
		mbedtls_pk_setup(&identity->key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) != 0 ||
		mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(identity->key), dtlsRandom, NULL) != 0 ||
		sign(identity) != 0) {
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
