/*
 * The device key on ESP32: HMAC-SHA-256, computed by the chip, of a fixed text under a key in eFuses that no software
 * can read (purpose HMAC_UP). `path` means nothing here.
 *
 * A chip whose eFuses hold no such key, or that has no HMAC peripheral (the first ESP32), keeps a random key in its NVS
 * partition instead: whoever reads the flash then reads the key, too, unless NVS encryption or flash encryption is on.
 * docs/flash.md tells how the key is burned; Sotto never burns a fuse by itself.
 */
#include "hal/crypto/crypto.h"
#include "hal/flash/flash.h"
#include "mc.xs.h"

#include <esp_efuse.h>
#include <mbedtls/platform_util.h>
#include <nvs.h>
#include <nvs_flash.h>
#include <soc/soc_caps.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#if SOC_HMAC_SUPPORTED
#include <esp_efuse_chip.h>
#include <esp_hmac.h>
#endif

static const char gName[] = "sotto";
static const char gEntry[] = "device-key";

#if SOC_HMAC_SUPPORTED
static bool keyOfEfuse(uint8_t key[FLASH_DEVICE_KEY_LENGTH])
{
	static const char text[] = "Sotto device key 1";
	esp_efuse_block_t block;
	if (!esp_efuse_find_purpose(ESP_EFUSE_KEY_PURPOSE_HMAC_UP, &block))
		return false;
	return esp_hmac_calculate((hmac_key_id_t)(block - EFUSE_BLK_KEY0), text, sizeof(text) - 1, key) == ESP_OK;
}
#else
static bool keyOfEfuse(uint8_t key[FLASH_DEVICE_KEY_LENGTH])
{
	(void)key;
	return false;
}
#endif

/* Made once. A key of another length, or one that cannot be read, is left as it is: what it sealed would be lost. */
static esp_err_t keyOfNvs(uint8_t key[FLASH_DEVICE_KEY_LENGTH])
{
	nvs_handle_t nvs;
	size_t byteLength = FLASH_DEVICE_KEY_LENGTH;
	esp_err_t error = nvs_flash_init();
	if (error == ESP_OK)
		error = nvs_open(gName, NVS_READWRITE, &nvs);
	if (error != ESP_OK)
		return error;
	error = nvs_get_blob(nvs, gEntry, key, &byteLength);
	if (error == ESP_OK && byteLength != FLASH_DEVICE_KEY_LENGTH)
		error = ESP_ERR_NVS_INVALID_LENGTH;
	if (error == ESP_ERR_NVS_NOT_FOUND) {
		/* The port's source, which on a board without a radio sets the noise going first. */
		error = cryptoEntropy(key, FLASH_DEVICE_KEY_LENGTH) == 0
					? nvs_set_blob(nvs, gEntry, key, FLASH_DEVICE_KEY_LENGTH)
					: ESP_FAIL;
		if (error == ESP_OK)
			error = nvs_commit(nvs);
	}
	nvs_close(nvs);
	return error;
}

/* (path, out) fills `out` with the key. */
void xs_flash_device_key(xsMachine* the)
{
	uint8_t key[FLASH_DEVICE_KEY_LENGTH];
	void* out;
	xsUnsignedValue byteLength;
	xsmcGetBufferWritable(xsArg(1), &out, &byteLength);
	if (byteLength != sizeof(key))
		xsRangeError("out: expected %d bytes", FLASH_DEVICE_KEY_LENGTH);
	if (!keyOfEfuse(key)) {
		esp_err_t error = keyOfNvs(key);
		if (error != ESP_OK) {
			mbedtls_platform_zeroize(key, sizeof(key));
			xsUnknownError("the device key cannot be read or kept (NVS %d); it was left as it is", (int)error);
		}
		puts("the device key is in flash, not in eFuses: see docs/flash.md");
	}
	memcpy(out, key, sizeof(key));
	mbedtls_platform_zeroize(key, sizeof(key));
}
