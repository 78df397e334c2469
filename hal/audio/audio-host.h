/* The voice device behind an Audio object, for the natives of other HAL rooms. On the VM thread. */
#ifndef SOTTO_AUDIO_HOST_H
#define SOTTO_AUDIO_HOST_H

#include "xsmc.h"
#include "audio.h"

/* Throws where the value is not an Audio, or a closed one. The pointer is good until audioRelease after audioRetain. */
Audio* audioFromHost(xsMachine* the, xsSlot* slot);

#endif
