/*
 * Handshakes of libbzrtp with itself, both sides in this process and nothing lost, for counting instructions:
 * bzrtp-handshakes AGREEMENT COUNT, where AGREEMENT is X255 or DH3k. Prints each short authentication string.
 */
#include <bzrtp/bzrtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kPacketsMaximum = 64, kPacketByteLength = 1500, kStepMs = 10, kStepsMaximum = 2000 };

typedef struct {
	uint8_t bytes[kPacketByteLength];
	uint16_t byteLength;
	int to;
} Packet;

typedef struct {
	bzrtpContext_t* context;
	uint32_t ssrc;
	int index, secure;
	char sas[32];
} Side;

static Packet gPackets[kPacketsMaximum];
static int gFirst, gCount;

static int onSend(void* data, const uint8_t* bytes, uint16_t byteLength)
{
	Side* side = data;
	Packet* packet = &gPackets[(gFirst + gCount) % kPacketsMaximum];
	if (gCount == kPacketsMaximum || byteLength > kPacketByteLength)
		abort();
	memcpy(packet->bytes, bytes, byteLength);
	packet->byteLength = byteLength;
	packet->to = 1 - side->index;
	gCount++;
	return 0;
}

static int onKeys(void* data, const bzrtpSrtpSecrets_t* secrets, uint8_t part)
{
	(void)data;
	(void)secrets;
	(void)part;
	return 0;
}

static int onSecure(void* data, const bzrtpSrtpSecrets_t* secrets, int32_t verified)
{
	Side* side = data;
	(void)verified;
	snprintf(side->sas, sizeof(side->sas), "%s", secrets->sas);
	side->secure = 1;
	return 0;
}

static void begin(Side* side, int index, uint8_t agreement)
{
	uint8_t agreements[7] = {agreement}, ciphers[7] = {ZRTP_CIPHER_AES1}, hashes[7] = {ZRTP_HASH_S256};
	uint8_t tags[7] = {ZRTP_AUTHTAG_HS80}, renderings[7] = {ZRTP_SAS_B32};
	bzrtpCallbacks_t callbacks = {
		.bzrtp_sendData = onSend, .bzrtp_srtpSecretsAvailable = onKeys, .bzrtp_startSrtpSession = onSecure};
	memset(side, 0, sizeof(*side));
	side->index = index;
	side->ssrc = 0x1000u + (uint32_t)index;
	side->context = bzrtp_createBzrtpContext();
	bzrtp_setCallbacks(side->context, &callbacks);
	bzrtp_setSupportedCryptoTypes(side->context, ZRTP_KEYAGREEMENT_TYPE, agreements, 1);
	bzrtp_setSupportedCryptoTypes(side->context, ZRTP_CIPHERBLOCK_TYPE, ciphers, 1);
	bzrtp_setSupportedCryptoTypes(side->context, ZRTP_HASH_TYPE, hashes, 1);
	bzrtp_setSupportedCryptoTypes(side->context, ZRTP_AUTHTAG_TYPE, tags, 1);
	bzrtp_setSupportedCryptoTypes(side->context, ZRTP_SAS_TYPE, renderings, 1);
	if (bzrtp_initBzrtpContext(side->context, side->ssrc) != 0)
		abort();
	bzrtp_setClientData(side->context, side->ssrc, side);
	if (bzrtp_startChannelEngine(side->context, side->ssrc) != 0)
		abort();
}

static int handshake(uint8_t agreement)
{
	Side sides[2];
	uint64_t now = 0;
	gFirst = gCount = 0;
	begin(&sides[0], 0, agreement);
	begin(&sides[1], 1, agreement);
	for (int step = 0; step < kStepsMaximum && !(sides[0].secure && sides[1].secure); step++, now += kStepMs) {
		for (int i = 0; i < 2; i++)
			bzrtp_iterate(sides[i].context, sides[i].ssrc, now);
		while (gCount > 0) {
			Packet* packet = &gPackets[gFirst];
			Side* to = &sides[packet->to];
			gFirst = (gFirst + 1) % kPacketsMaximum;
			gCount--;
			bzrtp_processMessage(to->context, to->ssrc, packet->bytes, packet->byteLength);
		}
	}
	int good = sides[0].secure && sides[1].secure && strcmp(sides[0].sas, sides[1].sas) == 0;
	if (good)
		printf("%s\n", sides[0].sas);
	for (int i = 0; i < 2; i++)
		bzrtp_destroyBzrtpContext(sides[i].context, sides[i].ssrc);
	return good;
}

int main(int argc, char* argv[])
{
	uint8_t agreement = argc > 1 && strcmp(argv[1], "X255") == 0 ? ZRTP_KEYAGREEMENT_X255 : ZRTP_KEYAGREEMENT_DH3k;
	int count = argc > 2 ? atoi(argv[2]) : 1;
	for (int i = 0; i < count; i++)
		if (!handshake(agreement)) {
			fprintf(stderr, "the handshake did not end secure\n");
			return 1;
		}
	return 0;
}
