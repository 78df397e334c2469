/* Native side of rtp.ts: codec, keys, microphone and what may pass. */
#include <string.h>
#include "rtp.h"
#include "mc.xs.h"

#define SAMPLES_PER_MS (AUDIO_RATE_HZ / 1000u)

static bool isWord(const char* text, const char* word)
{
	return strcmp(text, word) == 0;
}

/* A short word; what is too long matches nothing. */
static void wordOf(xsMachine* the, xsSlot* slot, char word[16])
{
	const char* text = xsmcToString(*slot);
	size_t byteLength = strlen(text);
	if (byteLength > 15)
		byteLength = 0;
	memcpy(word, text, byteLength);
	word[byteLength] = '\0';
}

void xs_rtp_prepare(xsMachine* the)
{
	if (!srtpPrepare())
		xsUnknownError("rtp: SRTP cannot be started");
}

void xs_rtp_has_gcm(xsMachine* the)
{
	/* Any key will do: it is the cipher that may be missing from libsrtp. */
	SrtpKeys keys = {.cipher = "AES1", .authTag = "GCM"};
	SrtpContext* context = srtpContextForSend(&keys, 1);
	xsmcSetBoolean(xsResult, context != NULL);
	srtpContextDelete(context);
}

void xs_rtp_codec(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	char name[16];
	const Codec* codec;
	xsIntegerValue payloadType, ptimeMs, eventPayloadType = -1;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_name);
	wordOf(the, &xsVar(0), name);
	codec = codecFind(name);
	if (!codec)
		xsRangeError("rtp: no codec of this name");
	xsmcGet(xsVar(0), xsArg(0), xsID_payloadType);
	payloadType = xsmcToInteger(xsVar(0));
	xsmcGet(xsVar(0), xsArg(0), xsID_ptimeMs);
	ptimeMs = xsmcToInteger(xsVar(0));
	xsmcGet(xsVar(0), xsArg(0), xsID_telephoneEventPayloadType);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		eventPayloadType = xsmcToInteger(xsVar(0));
	if (payloadType < 0 || payloadType > 127 || eventPayloadType < -1 || eventPayloadType > 127)
		xsRangeError("rtp: a payload type is from 0 to 127");
	if (ptimeMs < (xsIntegerValue)PTIME_LEAST_MS || ptimeMs > (xsIntegerValue)PTIME_MOST_MS)
		xsRangeError("rtp: a packet holds 10 to 60 ms");
	audioLock(rtp->audio);
	rtp->stream.codec = codec;
	rtp->stream.payloadType = (uint8_t)payloadType;
	rtp->stream.telephoneEventPayloadType = eventPayloadType;
	rtp->stream.packetSamples = (size_t)ptimeMs * SAMPLES_PER_MS;
	rtp->stream.pendingCount = 0;
	audioUnlock(rtp->audio);
}

/* Copies exactly byteLength bytes of an option. */
static void copyOption(xsMachine* the, xsSlot* slot, uint8_t* bytes, size_t byteLength, const char* complaint)
{
	void* source;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &source, &count);
	if (count != byteLength)
		xsRangeError("%s", complaint);
	memcpy(bytes, source, byteLength);
}

static void copyMki(xsMachine* the, xsSlot* slot, SrtpKeys* material)
{
	void* source;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &source, &count);
	if (count < 1 || count > SRTP_MKI_MOST_BYTES)
		xsRangeError("rtp: a master key identifier has 1 to 32 bytes");
	memcpy(material->mki, source, count);
	material->mkiByteLength = count;
}

void xs_rtp_install_keys(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	char direction[16], cipher[16], authTag[16];
	SrtpKeys material = {.cipher = cipher, .authTag = authTag};
	size_t keyByteLength, saltByteLength;
	SrtpContext* keys;
	SrtpContext* before;
	bool isSend;
	xsmcVars(3);
	wordOf(the, &xsArg(0), direction);
	isSend = isWord(direction, "send");
	if (!isSend && !isWord(direction, "receive"))
		xsRangeError("rtp: keys are for send or receive");
	xsmcGet(xsVar(0), xsArg(1), xsID_cipher);
	wordOf(the, &xsVar(0), cipher);
	xsmcGet(xsVar(0), xsArg(1), xsID_authTag);
	wordOf(the, &xsVar(0), authTag);
	keyByteLength = srtpKeyByteLength(cipher);
	if (keyByteLength == 0)
		xsRangeError("rtp: the cipher is AES1, AES2 or AES3");
	saltByteLength = srtpSaltByteLength(cipher, authTag);
	if (saltByteLength == 0)
		xsRangeError("rtp: the tag is HS32, HS80 or, not for AES2, GCM");
	/* All are fetched before any is copied: nothing is thrown once a copy of the key lies on the stack. */
	xsmcGet(xsVar(0), xsArg(1), xsID_salt);
	xsmcGet(xsVar(1), xsArg(1), xsID_key);
	xsmcGet(xsVar(2), xsArg(1), xsID_mki);
	if (xsmcTypeOf(xsVar(2)) != xsUndefinedType)
		copyMki(the, &xsVar(2), &material);
	copyOption(the, &xsVar(0), material.salt, saltByteLength, "rtp: a salt has 14 bytes, 12 for GCM");
	copyOption(the, &xsVar(1), material.key, keyByteLength,
			   "rtp: a key has 16 bytes for AES1, 24 for AES2 and 32 for AES3");
	keys = isSend ? srtpContextForSend(&material, rtp->stream.ssrc) : srtpContextForReceive(&material);
	wipeBytes(&material, sizeof material);
	if (!keys)
		xsUnknownError("rtp: SRTP could not take the keys");
	audioLock(rtp->audio);
	before = isSend ? streamSetSendKeys(&rtp->stream, keys) : streamSetReceiveKeys(&rtp->stream, keys);
	if (isSend)
		streamSendFirst(&rtp->stream);
	audioUnlock(rtp->audio);
	srtpContextDelete(before);
}

void xs_rtp_clear_keys(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	SrtpContext* send;
	SrtpContext* receive;
	audioLock(rtp->audio);
	send = streamSetSendKeys(&rtp->stream, NULL);
	receive = streamSetReceiveKeys(&rtp->stream, NULL);
	audioUnlock(rtp->audio);
	srtpContextDelete(send);
	srtpContextDelete(receive);
}

void xs_rtp_dtmf(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	char digits[16];
	bool good = true;
	wordOf(the, &xsArg(0), digits);
	audioLock(rtp->audio);
	if (rtp->stream.telephoneEventPayloadType < 0) {
		audioUnlock(rtp->audio);
		xsmcSetFalse(xsResult);
		return;
	}
	for (const char* digit = digits; *digit; digit++)
		good = digitQueue(&rtp->stream.digits, *digit) && good;
	audioUnlock(rtp->audio);
	if (!good || digits[0] == '\0')
		xsRangeError("rtp: digits are 0-9, *, #, A-D, and few at a time");
	xsmcSetTrue(xsResult);
}

void xs_rtp_get_microphone(xsMachine* the)
{
	static const char* const names[] = {"held", "open", "muted"};
	xsmcSetString(xsResult, (char*)names[rtpOf(the)->stream.microphone]);
}

void xs_rtp_set_microphone(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	char word[16];
	MicMode mode = micHeld;
	wordOf(the, &xsArg(0), word);
	if (isWord(word, "open"))
		mode = micOpen;
	else if (isWord(word, "muted"))
		mode = micMuted;
	else if (!isWord(word, "held"))
		xsRangeError("rtp: a microphone is held, open or muted");
	audioLock(rtp->audio);
	rtp->stream.microphone = mode;
	audioUnlock(rtp->audio);
}

void xs_rtp_set_direction(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	char word[16];
	bool sends, receives;
	wordOf(the, &xsArg(0), word);
	sends = isWord(word, "sendrecv") || isWord(word, "sendonly");
	receives = isWord(word, "sendrecv") || isWord(word, "recvonly");
	if (!sends && !receives && !isWord(word, "inactive"))
		xsRangeError("rtp: a direction is sendrecv, sendonly, recvonly or inactive");
	audioLock(rtp->audio);
	rtp->stream.sends = sends;
	rtp->stream.receives = receives;
	audioUnlock(rtp->audio);
}

static void setFlag(xsMachine* the, Rtp* rtp, bool* flag)
{
	bool value = xsmcTest(xsArg(0));
	audioLock(rtp->audio);
	*flag = value;
	audioUnlock(rtp->audio);
}

void xs_rtp_set_require_encryption(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	setFlag(the, rtp, &rtp->stream.requireEncryption);
}

void xs_rtp_set_allow_clear_receive(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	setFlag(the, rtp, &rtp->stream.allowClearReceive);
}

void xs_rtp_set_dtls(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	setFlag(the, rtp, &rtp->stream.takesDtls);
}

void xs_rtp_set_latching(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	setFlag(the, rtp, &rtp->stream.latching);
}

void xs_rtp_set_conference(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	setFlag(the, rtp, &rtp->onDevice.conference);
}
