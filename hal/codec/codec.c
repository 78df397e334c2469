/* Native side of codec.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "codec.h"

static const Codec* codecArgument(xsMachine* the)
{
	const Codec* codec = codecFind(xsmcToString(xsArg(0)));
	if (!codec)
		xsRangeError("codec: no codec of this name");
	return codec;
}

void xs_codec_encode(xsMachine* the)
{
	const Codec* codec = codecArgument(the);
	void* source;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &source, &byteLength);
	if (byteLength & 1)
		xsRangeError("codec: half a sample");
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)(byteLength / 2));
	/* Making the result may have moved the source. */
	xsmcGetBufferReadable(xsArg(1), &source, &byteLength);
	codec->encode(source, byteLength / 2, xsmcToArrayBuffer(xsResult));
}

void xs_codec_decode(xsMachine* the)
{
	const Codec* codec = codecArgument(the);
	void* source;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(1), &source, &byteLength);
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)(byteLength * 2));
	xsmcGetBufferReadable(xsArg(1), &source, &byteLength);
	codec->decode(source, byteLength, xsmcToArrayBuffer(xsResult));
}
