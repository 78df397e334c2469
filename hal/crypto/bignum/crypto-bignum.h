/*
 * mbedTLS's arithmetic on large numbers and curves: public in version 2 and 3, private in version 4, which
 * ESP-IDF 6 brings. What this folder calls has the same shape in all of them.
 */
#ifndef SOTTO_CRYPTO_BIGNUM_H
#define SOTTO_CRYPTO_BIGNUM_H

/* Version 4 hides the functions without the one, and gives the fields of a point other names without the other. ESP-IDF
 * puts headers of the old names before version 4's. */
#define MBEDTLS_DECLARE_PRIVATE_IDENTIFIERS
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#if __has_include(<mbedtls/bignum.h>)
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#else
#include <mbedtls/private/bignum.h>
#include <mbedtls/private/ecp.h>
#endif

#endif
