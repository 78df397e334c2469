/*
 * Entropy of ESP32: the chip's generator, which is a true one while the radio runs. A board without a radio in use says
 * so in its manifest (defines, sotto, no_radio): there the noise of the ADC feeds the generator from the start on.
 */
#include "hal/crypto/crypto.h"
#include <bootloader_random.h>
#include <esp_random.h>
#include <stdbool.h>
#include "mc.defines.h"

int cryptoEntropy(void* data, size_t byteLength)
{
#if MODDEF_SOTTO_NO_RADIO
	static bool enabled;
	if (!enabled) {
		bootloader_random_enable();
		enabled = true;
	}
#endif
	esp_fill_random(data, byteLength);
	return 0;
}
