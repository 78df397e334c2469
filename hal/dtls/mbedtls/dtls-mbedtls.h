/* What the two halves of the mbedTLS port share: the certificate. */
#ifndef SOTTO_DTLS_MBEDTLS_H
#define SOTTO_DTLS_MBEDTLS_H

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include "../dtls.h"

struct DtlsIdentity {
	unsigned owners;
	mbedtls_pk_context key;
	mbedtls_x509_crt certificate;
};

#endif
