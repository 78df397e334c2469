/*
 * mbedTLS's arithmetic on large numbers and curves: public in version 2 and 3, declared private in version 4, which
 * ESP-IDF 6 brings. What this folder calls has the same shape in all of them.
 */
#ifndef SOTTO_CRYPTO_BIGNUM_H
#define SOTTO_CRYPTO_BIGNUM_H

#if __has_include(<mbedtls/bignum.h>)
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#else
#define MBEDTLS_DECLARE_PRIVATE_IDENTIFIERS
#include <mbedtls/private/bignum.h>
#include <mbedtls/private/ecp.h>
#endif

#endif
