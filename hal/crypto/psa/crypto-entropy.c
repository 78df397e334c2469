/* Entropy of the port, into an array of the VM. */
#include "../crypto.h"
#include "mc.xs.h"

/* entropy(out) */
void xs_crypto_entropy(xsMachine* the)
{
	CryptoBytes out = cryptoReadable(the, &xsArg(0), "out");
	out = cryptoWritable(the, &xsArg(0), "out", out.byteLength);
	int error = cryptoEntropy(out.data, out.byteLength);
	if (error != 0)
		xsUnknownError("there are no random numbers (%d)", error);
}
