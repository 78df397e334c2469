/*
 * Whether the other end of a TLS connection is who it should be: its certificate's chain by mbedTLS, its name by RFC
 * 5922 (or RFC 9110 for HTTPS), its key by pin. What is wrong is said in words that the owner of the phone can act on.
 * Nothing that a certificate says is repeated but as plain ASCII.
 */
#include "net-tls.h"
#include "hal/crypto/psa/mbedtls-tls.h"

#include <ctype.h>
#include <mbedtls/asn1.h>
#include <mbedtls/md.h>
#include <mbedtls/net_sockets.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SAN_DNS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2)
#define SAN_URI (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 6)
#define SAN_ADDRESS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7)

/* id-ce-subjectAltName (RFC 5280 section 4.2.1.6), id-at-commonName. */
static const uint8_t tlsAlternativeName[] = {0x55, 0x1D, 0x11}, tlsCommonName[] = {0x55, 0x04, 0x03};

#define TLS_WEAK (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)

/** 2025: a clock that says less was never set. */
#define TLS_FIRST_TIME 1735689600

/** A name of the certificate: length counted, for it need not be text. */
typedef struct {
	const uint8_t* bytes;
	size_t length;
} Name;

/** Copies what can be printed, and at most `size` - 1 of it. */
static void tlsPrintable(char* to, size_t size, const uint8_t* bytes, size_t length)
{
	size_t used = 0;
	for (size_t i = 0; i < length && used + 1 < size; i++)
		to[used++] = bytes[i] > ' ' && bytes[i] < 0x7f ? (char)bytes[i] : bytes[i] == ' ' ? ' ' : '?';
	to[used] = 0;
}

static bool tlsSame(Name name, const char* wanted)
{
	/* A dot at the end says that the name is whole, which it is. */
	if (name.length && name.bytes[name.length - 1] == '.')
		name.length--;
	return name.length == strlen(wanted) && memchr(name.bytes, 0, name.length) == NULL &&
		   strncasecmp((const char*)name.bytes, wanted, name.length) == 0;
}

/** *.example.org for one label in front of it, and never for a whole top-level domain. */
static bool tlsWild(Name name, const char* wanted)
{
	const char* dot = strchr(wanted, '.');
	if (name.length < 4 || name.bytes[0] != '*' || name.bytes[1] != '.' || !dot || dot == wanted)
		return false;
	Name rest = {name.bytes + 2, name.length - 2};
	return memchr(rest.bytes, '.', rest.length) != NULL && tlsSame(rest, dot + 1);
}

/** RFC 5922 section 7.1: the host of a SIP URI without a user. */
static bool tlsSipHost(Name uri, Name* host)
{
	if (uri.length < 5 || strncasecmp((const char*)uri.bytes, "sip:", 4) != 0 || memchr(uri.bytes, '@', uri.length))
		return false;
	*host = (Name){uri.bytes + 4, 0};
	while (host->length < uri.length - 4 && !memchr(":;?/", host->bytes[host->length], 4))
		host->length++;
	return host->length > 0;
}

static void tlsNote(NetTls* tls, Name name)
{
	size_t used = strlen(tls->names);
	if (used + 8 > sizeof(tls->names))
		return;
	if (used) {
		memcpy(tls->names + used, ", ", 3);
		used += 2;
	}
	tlsPrintable(tls->names + used, sizeof(tls->names) - used, name.bytes, name.length < 60 ? name.length : 60);
}

/** The content of the subjectAltName extension; false when there is none that can be read. */
static bool tlsAlternatives(const mbedtls_x509_crt* certificate, uint8_t** at, const uint8_t** end)
{
	uint8_t* p = certificate->v3_ext.p;
	size_t length;
	if (!p || mbedtls_asn1_get_tag(&p, certificate->v3_ext.p + certificate->v3_ext.len, &length,
								   MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
		return false;
	const uint8_t* last = p + length;
	while (p < last) {
		if (mbedtls_asn1_get_tag(&p, last, &length, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
			return false;
		uint8_t* extension = p;
		const uint8_t* limit = p + length;
		p += length;
		if (mbedtls_asn1_get_tag(&extension, limit, &length, MBEDTLS_ASN1_OID))
			return false;
		bool wanted = length == sizeof(tlsAlternativeName) && memcmp(extension, tlsAlternativeName, length) == 0;
		extension += length;
		int critical;
		mbedtls_asn1_get_bool(&extension, limit, &critical);
		if (!wanted)
			continue;
		if (mbedtls_asn1_get_tag(&extension, limit, &length, MBEDTLS_ASN1_OCTET_STRING) ||
			mbedtls_asn1_get_tag(&extension, extension + length, &length,
								 MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
			return false;
		*at = extension;
		*end = extension + length;
		return true;
	}
	return false;
}

/** The next name of the list and its kind; false at its end. */
static bool tlsNextName(uint8_t** at, const uint8_t* end, uint8_t* kind, Name* name)
{
	if (end - *at < 2)
		return false;
	*kind = **at;
	(*at)++;
	size_t length;
	if (mbedtls_asn1_get_len(at, end, &length))
		return false;
	*name = (Name){*at, length};
	*at += length;
	return true;
}

static bool tlsMatchesAddress(Name name, const char* wanted)
{
	NetAddress address;
	if (!netParseAddress(wanted, 0, &address))
		return false;
	if (address.storage.ss_family == AF_INET)
		return name.length == 4 && memcmp(name.bytes, &((const struct sockaddr_in*)&address.storage)->sin_addr, 4) == 0;
	return name.length == 16 && memcmp(name.bytes, &((const struct sockaddr_in6*)&address.storage)->sin6_addr, 16) == 0;
}

/** The common names, for certificates without any other (RFC 5922 section 7.1, 2). */
static bool tlsMatchesCommon(NetTls* tls, const mbedtls_x509_crt* certificate)
{
	bool found = false;
	for (const mbedtls_x509_name* part = &certificate->subject; part; part = part->next) {
		if (part->oid.len != sizeof(tlsCommonName) || memcmp(part->oid.p, tlsCommonName, part->oid.len) != 0)
			continue;
		Name name = {part->val.p, part->val.len};
		tlsNote(tls, name);
		found = found || tlsSame(name, tls->name) || (tls->wildcards && tlsWild(name, tls->name));
	}
	return found;
}

static bool tlsMatches(NetTls* tls, const mbedtls_x509_crt* certificate)
{
	uint8_t *begin, *at, kind;
	const uint8_t* end;
	Name name, host;
	bool sip = false, found = false;
	if (!tlsAlternatives(certificate, &begin, &end))
		return tlsMatchesCommon(tls, certificate);
	for (at = begin; !tls->wildcards && tlsNextName(&at, end, &kind, &name);)
		if (kind == SAN_URI && tlsSipHost(name, &host)) {
			sip = true;
			tlsNote(tls, host);
			found = found || tlsSame(host, tls->name);
		}
	for (at = begin; tlsNextName(&at, end, &kind, &name);) {
		if (kind == SAN_ADDRESS)
			found = found || tlsMatchesAddress(name, tls->name);
		if (kind != SAN_DNS || sip)
			continue;
		tlsNote(tls, name);
		found = found || tlsSame(name, tls->name) || (tls->wildcards && tlsWild(name, tls->name));
	}
	return found;
}

/** SHA-256 of the SubjectPublicKeyInfo (RFC 7469 section 2.4). */
static bool tlsPinned(NetTls* tls, const mbedtls_x509_crt* certificate)
{
	uint8_t digest[TLS_PIN_BYTES];
	if (mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), certificate->pk_raw.p, certificate->pk_raw.len,
				   digest))
		return false;
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(tls->pin + 2 * i, 3, "%02x", digest[i]);
	for (int i = 0; i < tls->pinCount; i++)
		if (memcmp(digest, tls->pins[i], sizeof(digest)) == 0)
			return true;
	return false;
}

int tlsCheck(void* data, mbedtls_x509_crt* certificate, int depth, uint32_t* flags)
{
	NetTls* tls = data;
	tls->checked = true;
	/* A revocation list that nobody gave says nothing. */
	*flags &= ~(uint32_t)(MBEDTLS_X509_BADCRL_NOT_TRUSTED | MBEDTLS_X509_BADCRL_EXPIRED);
	if (depth == 0) {
		bool pinned = tlsPinned(tls, certificate);
		if (tls->pinCount)
			/* The owner vouches for this very key: who signed it, for which name and until when no longer counts (as
			 * RFC 7671 section 5.1 has it for DANE-EE). */
			*flags = pinned ? *flags & (MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)
							: MBEDTLS_X509_BADCERT_OTHER;
		else {
			*flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
			if (!tlsMatches(tls, certificate))
				*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
		}
	} else if (tls->pinCount)
		*flags = 0;
	if (!tls->verify)
		*flags = 0;
	if (*flags && !(tls->flags & ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH)) {
		tls->from = certificate->valid_from;
		tls->to = certificate->valid_to;
		char text[160];
		int length = mbedtls_x509_dn_gets(text, sizeof(text), &certificate->issuer);
		tlsPrintable(tls->issuer, sizeof(tls->issuer), (const uint8_t*)text, length > 0 ? (size_t)length : 0);
	}
	tls->flags |= *flags;
	return 0;
}

static void tlsSay(NetTls* tls, const char* format, ...) __attribute__((format(printf, 2, 3)));

/** Adds a clause to the reason. */
static void tlsSay(NetTls* tls, const char* format, ...)
{
	size_t used = strlen(tls->reason);
	if (used && used + 3 < sizeof(tls->reason)) {
		memcpy(tls->reason + used, "; ", 3);
		used += 2;
	}
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(tls->reason + used, sizeof(tls->reason) - used, format, arguments);
	va_end(arguments);
}

static void tlsExplainFlags(NetTls* tls)
{
	uint32_t flags = tls->flags;
	if (flags & MBEDTLS_X509_BADCERT_OTHER && tls->pinCount) {
		tlsSay(tls, "the server's key is not the pinned one: it is now %s; if that is right, change the pin", tls->pin);
		return;
	}
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		tlsSay(tls, "the server's certificate is for %s, not for %s", *tls->names ? tls->names : "no name", tls->name);
	if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
		tlsSay(tls, "the server's certificate expired on %04d-%02d-%02d", tls->to.year, tls->to.mon, tls->to.day);
	if (flags & MBEDTLS_X509_BADCERT_FUTURE && time(NULL) < TLS_FIRST_TIME)
		tlsSay(tls, "the phone does not know what time it is, so it cannot check the server's certificate");
	else if (flags & MBEDTLS_X509_BADCERT_FUTURE)
		tlsSay(tls, "the server's certificate is not valid before %04d-%02d-%02d: is the phone's clock right?",
			   tls->from.year, tls->from.mon, tls->from.day);
	if (flags & TLS_WEAK)
		tlsSay(tls, "the server's certificate is too weak: RSA of 2048 bits or more and SHA-256 are needed");
	if (flags & MBEDTLS_X509_BADCERT_REVOKED)
		tlsSay(tls, "the server's certificate was revoked");
	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		tlsSay(
			tls,
			"the server's certificate is from an authority this phone does not trust (%s): add it, or pin the key %s",
			tls->issuer, tls->pin);
	if (flags &
		(MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE))
		tlsSay(tls, "the server's certificate is not made for servers");
	if (!*tls->reason)
		tlsSay(tls, "the server's certificate is not acceptable");
}

/** Alerts of the other end (RFC 5246 section 7.2.2) that an owner can do something about. */
static const char* tlsAlert(int alert)
{
	switch (alert) {
	case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
	case MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY:
		return "the server has no TLS 1.2 cipher in common with this phone";
	case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
		return "the server does not speak TLS 1.2";
	case MBEDTLS_SSL_ALERT_MSG_BAD_CERT:
	case MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT:
	case MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN:
	case MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED:
		return "the server does not accept the phone's certificate";
	case MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED:
		return "the server says that the phone's certificate has expired";
	case MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED:
		return "the server says that the phone's certificate was revoked";
	case MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA:
		return "the server does not know the authority of the phone's certificate";
	case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
		return "the server does not know the name it was called by";
	default:
		return "the server gave the connection up";
	}
}

/** The server asked for a certificate in this handshake. Version 4 does not say; there the server's alert has to do. */
static bool tlsWantsCertificate(const NetTls* tls)
{
#if MBEDTLS_IS_4
	(void)tls;
	return false;
#else
	return tls->ssl.client_auth != 0;
#endif
}

/** The alert that ended it; 0: it cannot be told. */
static int tlsLastAlert(const NetTls* tls)
{
#if MBEDTLS_IS_4
	int alert = mbedtls_ssl_get_fatal_alert(&tls->ssl);
	return alert > 0 ? alert : 0;
#else
	return tls->ssl.in_msg ? tls->ssl.in_msg[1] : 0;
#endif
}

void tlsExplain(NetTls* tls, int code)
{
	if (*tls->reason)
		return;
	if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || (tls->flags && !tls->done))
		tlsExplainFlags(tls);
	else if (!tls->done && tlsWantsCertificate(tls) && !tls->certificatePem)
		/* It asked, got none, and gave up: by an alert, or just so. */
		tlsSay(tls, "the server wants a client certificate, and the phone has none");
	else if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		tlsSay(tls, "%s (TLS alert %d)", tlsAlert(tlsLastAlert(tls)), tlsLastAlert(tls));
	else if (code == 0 || code == MBEDTLS_ERR_SSL_CONN_EOF)
		tlsSay(tls, "the server ended the connection in the middle of the handshake");
	else if (code == MBEDTLS_ERR_NET_RECV_FAILED || code == MBEDTLS_ERR_NET_SEND_FAILED)
		tlsSay(tls, "%s%s", netReason(tls->socketError), tls->done ? "" : " in the middle of the handshake");
	else if (code == MBEDTLS_TLS_OLD_VERSION)
		tlsSay(tls, "the server speaks an older TLS than 1.2");
	else if (code == MBEDTLS_ERR_SSL_INVALID_RECORD || code == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE ||
			 code == MBEDTLS_ERR_SSL_INVALID_MAC || code == MBEDTLS_ERR_SSL_UNEXPECTED_RECORD)
		tlsSay(tls, "what the server sends is not TLS");
	else
		tlsSay(tls, "the TLS handshake failed (mbedTLS -0x%04x)", (unsigned)-code);
}
