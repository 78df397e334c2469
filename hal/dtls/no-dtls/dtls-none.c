/* The port of a board without DTLS: no certificate can be made, so nothing else here is ever called. */
#include "../dtls.h"

DtlsIdentity* dtlsIdentityNew(void)
{
	return NULL;
}

void dtlsIdentityRetain(DtlsIdentity* identity)
{
	(void)identity;
}

void dtlsIdentityRelease(DtlsIdentity* identity)
{
	(void)identity;
}

void dtlsIdentityFingerprint(const DtlsIdentity* identity, uint8_t fingerprint[32])
{
	(void)identity, (void)fingerprint;
}

Dtls* dtlsNew(DtlsIdentity* identity, const DtlsOptions* options)
{
	(void)identity, (void)options;
	return NULL;
}

void dtlsDelete(Dtls* dtls)
{
	(void)dtls;
}

DtlsState dtlsStep(Dtls* dtls, double nowMs, const uint8_t* packet, size_t byteLength)
{
	(void)dtls, (void)nowMs, (void)packet, (void)byteLength;
	return dtlsFailed;
}

size_t dtlsTake(Dtls* dtls, const uint8_t** packet)
{
	(void)dtls, (void)packet;
	return 0;
}

double dtlsWakeAtMs(const Dtls* dtls)
{
	(void)dtls;
	return -1;
}

const char* dtlsReason(const Dtls* dtls)
{
	(void)dtls;
	return "this board has no DTLS";
}

const char* dtlsKeys(const Dtls* dtls, DtlsKey* send, DtlsKey* receive)
{
	(void)dtls, (void)send, (void)receive;
	return "";
}
