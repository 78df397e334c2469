/*
 * Native side of rtp.ts: life, addresses and packets. What changes the stream's course is in rtp-control.c, what it
 * tells in rtp-statistics.c. A change is made under the device's lock, which is held for a few copies and no longer.
 */
#include <stdlib.h>
#include <string.h>
#include "rtp.h"
#include "mc.xs.h"
#include "../audio/audio-host.h"

/* Everything but the VM's own things; also from the destructor, where there is no machine. */
static void stop(Rtp* rtp)
{
	if (rtp->audio) {
		audioLock(rtp->audio);
		if (rtp->attached) {
			streamEnd(&rtp->stream, audioNowUs());
			audioDetach(rtp->audio, &rtp->onDevice);
			rtp->attached = false;
		}
		audioUnlock(rtp->audio);
		audioRelease(rtp->audio);
		rtp->audio = NULL;
	}
	if (rtp->post) {
		vmPostDelete(rtp->post);
		rtp->post = NULL;
	}
	rtpSocketsClose(&rtp->sockets);
	free(rtp->stun);
	rtp->stun = NULL;
	srtpContextDelete(streamSetSendKeys(&rtp->stream, NULL));
	srtpContextDelete(streamSetReceiveKeys(&rtp->stream, NULL));
}

void xs_rtp_destructor(void* data)
{
	if (data) {
		stop(data);
		free(data);
	}
}

static const xsHostHooks rtpHooks = {xs_rtp_destructor, NULL, NULL};

Rtp* rtpOf(xsMachine* the)
{
	Rtp* rtp = xsmcGetHostDataValidate(xsThis, (void*)&rtpHooks);
	if (!rtp)
		xsUnknownError("rtp: closed");
	return rtp;
}

static void callEvent(xsMachine* the, Rtp* rtp, const char* name)
{
	if (rtp->closed || !rtp->hasOnEvent)
		return;
	xsBeginHost(the);
	xsmcVars(1);
	xsmcSetString(xsVar(0), (char*)name);
	xsCallFunction1(rtp->onEvent, rtp->object, xsVar(0));
	xsEndHost(the);
}

static void deliver(xsMachine* the, void* refcon)
{
	Rtp* rtp = refcon;
	unsigned events;
	uint32_t count;
	audioLock(rtp->audio);
	events = rtp->stream.events;
	rtp->stream.events = 0;
	count = rtp->stream.zrtp.count;
	audioUnlock(rtp->audio);
	/* A callback may close: the memory stays until the last of them is done. */
	rtp->delivering++;
	if (events & streamAuthenticated)
		callEvent(the, rtp, "authenticated");
	if ((events & streamReadable) && count > 0 && rtp->hasOnReadable && !rtp->closed) {
		xsBeginHost(the);
		xsmcVars(1);
		xsmcSetInteger(xsVar(0), (xsIntegerValue)count);
		xsCallFunction1(rtp->onReadable, rtp->object, xsVar(0));
		xsEndHost(the);
	}
	if (events & streamStun)
		callEvent(the, rtp, "stun");
	if (events & streamBye)
		callEvent(the, rtp, "bye");
	if (--rtp->delivering == 0 && rtp->closed)
		free(rtp);
}

static void makeCname(char cname[RTCP_CNAME_BYTES])
{
	/* RFC 7022 section 5: 96 random bits, new for each session, so that it tells nobody who calls. */
	uint8_t bytes[RTCP_CNAME_BYTES / 2];
	rtpRandom(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		cname[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		cname[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
}

static bool takeCallback(xsMachine* the, xsSlot* callback)
{
	if (xsmcTypeOf(*callback) == xsUndefinedType)
		return false;
	if (!xsmcIsCallable(*callback))
		xsTypeError("rtp: a callback is no function");
	return true;
}

void xs_rtp_constructor(xsMachine* the)
{
	char reason[RTP_REASON_BYTES], address[RTP_ADDRESS_BYTES];
	uint32_t randomness, ssrc;
	xsIntegerValue port;
	bool attached;
	Rtp* rtp = calloc(1, sizeof *rtp);
	if (!rtp)
		xsUnknownError("rtp: no memory");
	rtp->sockets.descriptors[0] = rtp->sockets.descriptors[1] = -1;
	/* From here on the destructor lets go of it, whatever is thrown. */
	xsmcSetHostData(xsThis, rtp);
	xsSetHostHooks(xsThis, (xsHostHooks*)&rtpHooks);

	xsmcVars(3);
	xsmcGet(xsVar(0), xsArg(0), xsID_ssrc);
	ssrc = (uint32_t)(int64_t)xsmcToNumber(xsVar(0));
	xsmcGet(xsVar(0), xsArg(0), xsID_port);
	port = xsmcToInteger(xsVar(0));
	if (port < 0 || port > 65534 || (port & 1))
		xsRangeError("rtp: the port is an even number from 0 to 65534");
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	xsmcToStringBuffer(xsVar(0), address, sizeof address);
	xsmcGet(xsVar(0), xsArg(0), xsID_onReadable);
	xsmcGet(xsVar(1), xsArg(0), xsID_onEvent);
	rtp->hasOnReadable = takeCallback(the, &xsVar(0));
	rtp->hasOnEvent = takeCallback(the, &xsVar(1));
	xsmcGet(xsVar(2), xsArg(0), xsID_audio);
	rtp->audio = audioFromHost(the, &xsVar(2));
	audioRetain(rtp->audio);

	if (!srtpPrepare())
		xsUnknownError("rtp: SRTP cannot be started");
	if (rtpSocketsOpen(&rtp->sockets, address, (unsigned)port, reason) != 0)
		xsUnknownError("rtp: %s", reason);
	rtpRandom(&randomness, sizeof randomness);
	streamStart(&rtp->stream, ssrc, randomness);
	makeCname(rtp->stream.cname);
	rtpDeviceStart(rtp);
	rtp->post = vmPostNew(the, deliver, rtp);
	if (!rtp->post)
		xsUnknownError("rtp: no memory");
	audioLock(rtp->audio);
	attached = rtp->attached = audioAttach(rtp->audio, &rtp->onDevice);
	audioUnlock(rtp->audio);
	if (!attached)
		xsUnknownError("rtp: the voice device has no room for another stream");

	rtp->object = xsThis;
	rtp->onReadable = xsVar(0);
	rtp->onEvent = xsVar(1);
	xsRemember(rtp->object);
	xsRemember(rtp->onReadable);
	xsRemember(rtp->onEvent);
}

void xs_rtp_close(xsMachine* the)
{
	Rtp* rtp = xsmcGetHostDataValidate(xsThis, (void*)&rtpHooks);
	if (!rtp)
		return;
	xsmcSetHostData(xsThis, NULL);
	stop(rtp);
	xsForget(rtp->object);
	xsForget(rtp->onReadable);
	xsForget(rtp->onEvent);
	rtp->closed = true;
	if (rtp->delivering == 0)
		free(rtp);
}

void xs_rtp_get_port(xsMachine* the)
{
	xsmcSetInteger(xsResult, rtpOf(the)->sockets.port);
}

static uint16_t portArgument(xsMachine* the, xsSlot* slot, xsIntegerValue least)
{
	xsIntegerValue port = xsmcToInteger(*slot);
	if (port < least || port > 65535)
		xsRangeError("rtp: a port is from 1 to 65535");
	return (uint16_t)port;
}

void rtpAddressArgument(xsMachine* the, const Rtp* rtp, xsSlot* slot, PacketSource* to)
{
	char text[RTP_ADDRESS_BYTES];
	xsmcToStringBuffer(*slot, text, sizeof text);
	if (!rtpAddressParse(text, to) || rtpAddressIsIPv6(to) != rtp->sockets.isIPv6)
		xsRangeError("rtp: %s is not an %s address", text, rtp->sockets.isIPv6 ? "IPv6" : "IPv4");
}

void xs_rtp_connect(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	PacketSource media, control;
	rtpAddressArgument(the, rtp, &xsArg(0), &media);
	control = media;
	media.port = portArgument(the, &xsArg(1), 1);
	control.port = portArgument(the, &xsArg(2), 0);
	audioLock(rtp->audio);
	rtp->peers[channelMedia] = media;
	rtp->peers[channelControl] = control;
	streamConnected(&rtp->stream, &media);
	audioUnlock(rtp->audio);
}

void xs_rtp_read(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	uint8_t packet[PACKET_MOST_BYTES];
	PacketSource from;
	bool stranger;
	size_t byteLength;
	char text[RTP_ADDRESS_BYTES];
	audioLock(rtp->audio);
	byteLength = packetRingTake(&rtp->stream.zrtp, &from, packet);
	stranger = byteLength > 0 && !packetSourceIsSame(&from, &rtp->peers[channelMedia]);
	audioUnlock(rtp->audio);
	if (byteLength == 0)
		return;
	xsmcSetArrayBuffer(xsResult, packet, (xsIntegerValue)byteLength);
	if (!stranger)
		return;
	xsmcVars(1);
	rtpAddressFormat(&from, text);
	xsmcSetString(xsVar(0), text);
	xsmcSet(xsResult, xsID_address, xsVar(0));
	xsmcSetInteger(xsVar(0), from.port);
	xsmcSet(xsResult, xsID_port, xsVar(0));
}

void xs_rtp_write(xsMachine* the)
{
	Rtp* rtp = rtpOf(the);
	void* bytes;
	xsUnsignedValue byteLength;
	PacketSource peer;
	PacketKind kind;
	bool sent;
	xsmcGetBufferReadable(xsArg(0), &bytes, &byteLength);
	kind = packetKind(bytes, byteLength);
	if (kind != packetZrtp && kind != packetDtls)
		xsRangeError("rtp: neither a ZRTP nor a DTLS packet");
	audioLock(rtp->audio);
	peer = rtp->peers[channelMedia];
	sent = rtp->stream.connected && rtpSocketSend(rtp->sockets.descriptors[channelMedia], &peer, bytes, byteLength);
	if (sent)
		rtp->stream.counters.zrtpSent += kind == packetZrtp;
	else
		rtp->stream.counters.sendFailed++;
	audioUnlock(rtp->audio);
	xsmcSetBoolean(xsResult, sent);
}
