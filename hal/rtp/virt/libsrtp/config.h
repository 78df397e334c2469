/* What libsrtp2's configure would find out on a bare 32-bit board: no sockets, no log, its ciphers are mbedTLS's. */
#define CPU_RISC 1
#define HAVE_INT16_T 1
#define HAVE_INT32_T 1
#define HAVE_INT8_T 1
#define HAVE_UINT16_T 1
#define HAVE_UINT32_T 1
#define HAVE_UINT64_T 1
#define HAVE_UINT8_T 1
#define HAVE_INTTYPES_H 1
/* The one beside this file. */
#define HAVE_NETINET_IN_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_TYPES_H 1
#define SIZEOF_UNSIGNED_LONG 4
#define SIZEOF_UNSIGNED_LONG_LONG 8
#define STDC_HEADERS 1
#define GCM 1
#define MBEDTLS 1
#define PACKAGE_STRING "libsrtp2"
#define PACKAGE_VERSION "2.5.0"
