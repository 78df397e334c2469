/* Native side of dtls.ts. */
#include <stdlib.h>
#include <string.h>
#include "dtls.h"
#include "xsmc.h"
#include "mc.xs.h"

typedef struct {
	Dtls* dtls;
	DtlsState state;
} Handshake;

void xs_dtls_identity_destructor(void* data)
{
	dtlsIdentityRelease(data);
}

static const xsHostHooks identityHooks = {xs_dtls_identity_destructor, NULL, NULL};

static DtlsIdentity* identityOf(xsMachine* the, xsSlot* slot)
{
	DtlsIdentity* identity = xsmcGetHostDataValidate(*slot, (void*)&identityHooks);
	if (!identity)
		xsUnknownError("dtls: the identity is closed");
	return identity;
}

void xs_dtls_identity_constructor(xsMachine* the)
{
	DtlsIdentity* identity = dtlsIdentityNew();
	if (!identity)
		xsUnknownError("dtls: no certificate could be made");
	xsmcSetHostData(xsThis, identity);
	xsSetHostHooks(xsThis, (xsHostHooks*)&identityHooks);
}

void xs_dtls_identity_get_fingerprint(xsMachine* the)
{
	uint8_t fingerprint[32];
	dtlsIdentityFingerprint(identityOf(the, &xsThis), fingerprint);
	xsmcSetArrayBuffer(xsResult, fingerprint, sizeof fingerprint);
}

void xs_dtls_identity_close(xsMachine* the)
{
	DtlsIdentity* identity = xsmcGetHostDataValidate(xsThis, (void*)&identityHooks);
	if (!identity)
		return;
	xsmcSetHostData(xsThis, NULL);
	dtlsIdentityRelease(identity);
}

void xs_dtls_destructor(void* data)
{
	Handshake* handshake = data;
	if (!handshake)
		return;
	dtlsDelete(handshake->dtls);
	free(handshake);
}

static const xsHostHooks dtlsHooks = {xs_dtls_destructor, NULL, NULL};

static Handshake* handshakeOf(xsMachine* the)
{
	Handshake* handshake = xsmcGetHostDataValidate(xsThis, (void*)&dtlsHooks);
	if (!handshake)
		xsUnknownError("dtls: closed");
	return handshake;
}

static bool isWord(const char* text, const char* word)
{
	return strcmp(text, word) == 0;
}

void xs_dtls_constructor(xsMachine* the)
{
	static const char* const hashes[] = {"sha-256", "sha-384", "sha-512"};
	static const size_t byteLengths[] = {32, 48, 64};
	DtlsOptions options = {0};
	char word[16], peer[64];
	DtlsIdentity* identity;
	void* fingerprint;
	xsUnsignedValue byteLength;
	size_t hash = 0;
	Handshake* handshake = calloc(1, sizeof *handshake);
	if (!handshake)
		xsUnknownError("dtls: no memory");
	/* From here on the destructor lets go of it, whatever is thrown. */
	xsmcSetHostData(xsThis, handshake);
	xsSetHostHooks(xsThis, (xsHostHooks*)&dtlsHooks);
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_role);
	xsmcToStringBuffer(xsVar(0), word, sizeof word);
	options.isClient = isWord(word, "client");
	if (!options.isClient && !isWord(word, "server"))
		xsRangeError("dtls: a role is client or server");
	xsmcGet(xsVar(0), xsArg(0), xsID_hash);
	xsmcToStringBuffer(xsVar(0), word, sizeof word);
	while (hash < 3 && !isWord(word, hashes[hash]))
		hash++;
	if (hash == 3)
		xsRangeError("dtls: a hash is sha-256, sha-384 or sha-512");
	options.hash = (DtlsHash)hash;
	xsmcGet(xsVar(0), xsArg(0), xsID_peer);
	xsmcToStringBuffer(xsVar(0), peer, sizeof peer);
	options.peer = peer;
	xsmcGet(xsVar(0), xsArg(0), xsID_fingerprint);
	xsmcGetBufferReadable(xsVar(0), &fingerprint, &byteLength);
	if (byteLength != byteLengths[hash])
		xsRangeError("dtls: the fingerprint has not the length of its hash");
	memcpy(options.fingerprint, fingerprint, byteLength);
	xsmcGet(xsVar(0), xsArg(0), xsID_identity);
	identity = identityOf(the, &xsVar(0));
	handshake->dtls = dtlsNew(identity, &options);
	if (!handshake->dtls)
		xsUnknownError("dtls: the handshake cannot be started");
}

void xs_dtls_close(xsMachine* the)
{
	Handshake* handshake = xsmcGetHostDataValidate(xsThis, (void*)&dtlsHooks);
	if (!handshake)
		return;
	xsmcSetHostData(xsThis, NULL);
	xs_dtls_destructor(handshake);
}

void xs_dtls_step(xsMachine* the)
{
	static const char* const names[] = {"handshaking", "connected", "failed"};
	Handshake* handshake = handshakeOf(the);
	double nowMs = xsmcToNumber(xsArg(0));
	uint8_t packet[DTLS_RECEIVE_BYTES];
	xsUnsignedValue byteLength = 0;
	if (xsmcTypeOf(xsArg(1)) != xsUndefinedType) {
		void* bytes;
		xsmcGetBufferReadable(xsArg(1), &bytes, &byteLength);
		/* Longer than any flight of ours asks for: cut, and refused by its own lengths. */
		if (byteLength > sizeof packet)
			byteLength = sizeof packet;
		memcpy(packet, bytes, byteLength);
	}
	handshake->state = dtlsStep(handshake->dtls, nowMs, packet, byteLength);
	xsmcSetString(xsResult, (char*)names[handshake->state]);
}

void xs_dtls_read(xsMachine* the)
{
	const uint8_t* packet;
	size_t byteLength = dtlsTake(handshakeOf(the)->dtls, &packet);
	if (byteLength > 0)
		xsmcSetArrayBuffer(xsResult, (void*)packet, (xsIntegerValue)byteLength);
}

void xs_dtls_get_wake_at(xsMachine* the)
{
	double atMs = dtlsWakeAtMs(handshakeOf(the)->dtls);
	if (atMs >= 0)
		xsmcSetNumber(xsResult, atMs);
}

void xs_dtls_get_reason(xsMachine* the)
{
	xsmcSetString(xsResult, (char*)dtlsReason(handshakeOf(the)->dtls));
}

static Handshake* connectedOf(xsMachine* the)
{
	Handshake* handshake = handshakeOf(the);
	if (handshake->state != dtlsConnected)
		xsUnknownError("dtls: not connected");
	return handshake;
}

void xs_dtls_get_auth_tag(xsMachine* the)
{
	DtlsKey send, receive;
	const char* authTag = dtlsKeys(connectedOf(the)->dtls, &send, &receive);
	memset(&send, 0, sizeof send);
	memset(&receive, 0, sizeof receive);
	xsmcSetString(xsResult, (char*)authTag);
}

void xs_dtls_keys(xsMachine* the)
{
	DtlsKey keys[2];
	Handshake* handshake = connectedOf(the);
	char word[16];
	int which;
	xsmcToStringBuffer(xsArg(0), word, sizeof word);
	which = isWord(word, "send") ? 0 : 1;
	if (which == 1 && !isWord(word, "receive"))
		xsRangeError("dtls: keys are for send or receive");
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	xsmcSetArrayBuffer(xsVar(0), NULL, DTLS_KEY_BYTES);
	xsmcSet(xsResult, xsID_key, xsVar(0));
	xsmcSetArrayBuffer(xsVar(1), NULL, DTLS_SALT_BYTES);
	xsmcSet(xsResult, xsID_salt, xsVar(1));
	/* Nothing is allocated, and nothing is thrown, while the keys lie on the stack. */
	(void)dtlsKeys(handshake->dtls, &keys[0], &keys[1]);
	{
		void* bytes;
		xsUnsignedValue byteLength;
		volatile uint8_t* at = (volatile uint8_t*)keys;
		xsmcGetBufferWritable(xsVar(0), &bytes, &byteLength);
		memcpy(bytes, keys[which].key, DTLS_KEY_BYTES);
		xsmcGetBufferWritable(xsVar(1), &bytes, &byteLength);
		memcpy(bytes, keys[which].salt, DTLS_SALT_BYTES);
		for (size_t i = 0; i < sizeof keys; i++)
			at[i] = 0;
	}
}
