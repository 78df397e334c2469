#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>
#include "rtp-packet.h"
#include "srtp-context.h"

/* Packets this far behind the newest are still told from replays. */
#define REPLAY_WINDOW 128
/* A peer may change its SSRC (RFC 3550 section 8); each one keeps its own replay list until the keys go. */
#define SOURCES_MOST 4

struct SrtpContext {
	srtp_t session;
	bool mki; /* in every packet of the peer */
	unsigned sourceCount;
	uint32_t sources[SOURCES_MOST];
};

void wipeBytes(void* bytes, size_t byteLength)
{
	volatile uint8_t* at = bytes;
	while (byteLength-- > 0)
		*at++ = 0;
}

bool srtpPrepare(void)
{
	/* Of the library, not of a stream: a second srtp_init fails where libsrtp is built on NSS. */
	static bool prepared;
	if (!prepared)
		prepared = srtp_init() == srtp_err_status_ok;
	return prepared;
}

size_t srtpKeyByteLength(const char* cipher)
{
	if (strcmp(cipher, "AES1") == 0)
		return 16;
	if (strcmp(cipher, "AES2") == 0)
		return 24;
	return strcmp(cipher, "AES3") == 0 ? 32 : 0;
}

size_t srtpSaltByteLength(const char* cipher, const char* authTag)
{
	if (strcmp(authTag, "GCM") == 0)
		return strcmp(cipher, "AES2") == 0 ? 0 : 12;
	return strcmp(authTag, "HS32") == 0 || strcmp(authTag, "HS80") == 0 ? 14 : 0;
}

/* SRTCP keeps the 80-bit tag in either case: RFC 3711 section 5.2 and RFC 4568 section 6.2.2. */
static void choosePolicy(srtp_policy_t* policy, const char* cipher, const char* authTag)
{
	bool isShort = strcmp(authTag, "HS32") == 0;
	if (strcmp(authTag, "GCM") == 0) {
		void (*set)(srtp_crypto_policy_t*) = srtpKeyByteLength(cipher) == 16
												 ? srtp_crypto_policy_set_aes_gcm_128_16_auth
												 : srtp_crypto_policy_set_aes_gcm_256_16_auth;
		set(&policy->rtp);
		set(&policy->rtcp);
	} else if (srtpKeyByteLength(cipher) == 16) {
		srtp_crypto_policy_set_rtp_default(&policy->rtcp);
		if (isShort)
			srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy->rtp);
		else
			srtp_crypto_policy_set_rtp_default(&policy->rtp);
	} else if (srtpKeyByteLength(cipher) == 24) {
		srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(&policy->rtcp);
		if (isShort)
			srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32(&policy->rtp);
		else
			srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(&policy->rtp);
	} else {
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy->rtcp);
		if (isShort)
			srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&policy->rtp);
		else
			srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy->rtp);
	}
}

static SrtpContext* create(srtp_ssrc_type_t type, uint32_t ssrc, const SrtpKeys* keys)
{
	uint8_t keyAndSalt[SRTP_KEY_MOST_BYTES + SRTP_SALT_MOST_BYTES];
	uint8_t mki[SRTP_MKI_MOST_BYTES];
	size_t keyByteLength = srtpKeyByteLength(keys->cipher);
	srtp_master_key_t master = {.key = keyAndSalt, .mki_id = mki, .mki_size = (unsigned)keys->mkiByteLength};
	srtp_master_key_t* masters[] = {&master};
	srtp_policy_t policy;
	SrtpContext* context = calloc(1, sizeof *context);
	srtp_err_status_t status;
	if (!context || !srtpPrepare()) {
		free(context);
		return NULL;
	}
	memset(&policy, 0, sizeof policy);
	choosePolicy(&policy, keys->cipher, keys->authTag);
	memcpy(keyAndSalt, keys->key, keyByteLength);
	memcpy(keyAndSalt + keyByteLength, keys->salt, srtpSaltByteLength(keys->cipher, keys->authTag));
	policy.ssrc.type = type;
	policy.ssrc.value = ssrc;
	context->mki = keys->mkiByteLength > 0;
	if (context->mki) {
		memcpy(mki, keys->mki, keys->mkiByteLength);
		policy.keys = masters;
		policy.num_master_keys = 1;
	} else {
		policy.key = keyAndSalt;
	}
	policy.window_size = REPLAY_WINDOW;
	status = srtp_create(&context->session, &policy);
	wipeBytes(keyAndSalt, sizeof keyAndSalt);
	if (status != srtp_err_status_ok) {
		free(context);
		return NULL;
	}
	return context;
}

SrtpContext* srtpContextForSend(const SrtpKeys* keys, uint32_t ssrc)
{
	return create(ssrc_specific, ssrc, keys);
}

SrtpContext* srtpContextForReceive(const SrtpKeys* keys)
{
	return create(ssrc_any_inbound, 0, keys);
}

void srtpContextDelete(SrtpContext* context)
{
	if (!context)
		return;
	srtp_dealloc(context->session);
	free(context);
}

static bool protect(srtp_err_status_t (*with)(srtp_t, void*, int*), SrtpContext* context, uint8_t* packet,
					size_t* byteLength)
{
	int length = (int)*byteLength;
	if (with(context->session, packet, &length) != srtp_err_status_ok)
		return false;
	*byteLength = (size_t)length;
	return true;
}

bool srtpProtect(SrtpContext* context, uint8_t* packet, size_t* byteLength)
{
	return protect(srtp_protect, context, packet, byteLength);
}

bool srtpProtectControl(SrtpContext* context, uint8_t* packet, size_t* byteLength)
{
	return protect(srtp_protect_rtcp, context, packet, byteLength);
}

static bool isBound(const SrtpContext* context, uint32_t ssrc)
{
	for (unsigned i = 0; i < context->sourceCount; i++)
		if (context->sources[i] == ssrc)
			return true;
	return false;
}

static SrtpResult unprotect(srtp_err_status_t (*with)(srtp_t, void*, int*, unsigned), SrtpContext* context,
							uint8_t* packet, size_t* byteLength, uint32_t ssrc)
{
	int length = (int)*byteLength;
	bool bound = isBound(context, ssrc);
	if (!bound && context->sourceCount == SOURCES_MOST)
		return srtpOtherSource;
	switch (with(context->session, packet, &length, context->mki)) {
	case srtp_err_status_ok:
		break;
	case srtp_err_status_replay_fail:
	case srtp_err_status_replay_old:
	case srtp_err_status_pkt_idx_old:
		return srtpReplayed;
	default:
		return srtpRejected;
	}
	if (!bound)
		context->sources[context->sourceCount++] = ssrc;
	*byteLength = (size_t)length;
	return srtpAccepted;
}

SrtpResult srtpUnprotect(SrtpContext* context, uint8_t* packet, size_t* byteLength)
{
	if (*byteLength < RTP_HEADER_BYTES)
		return srtpRejected;
	return unprotect(srtp_unprotect_mki, context, packet, byteLength, readBig32(packet + 8));
}

SrtpResult srtpUnprotectControl(SrtpContext* context, uint8_t* packet, size_t* byteLength)
{
	if (*byteLength < 8)
		return srtpRejected;
	return unprotect(srtp_unprotect_rtcp_mki, context, packet, byteLength, readBig32(packet + 4));
}
