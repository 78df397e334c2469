# The SDK's own makefile for ESP32, with the include paths of our C: its own list of the IDF's folders lacks those that only
# our files need. mcconfig puts this file between its definitions and its rules.

IDF_COMPONENTS = $(IDF_PATH)/components
SOTTO_IDF_FOLDERS = \
	app_update/include \
	efuse/include \
	efuse/$(ESP32_SUBCLASS)/include \
	esp_hal_i2s/$(ESP32_SUBCLASS)/include \
	esp_hal_i2c/$(ESP32_SUBCLASS)/include \
	esp_hal_security/include \
	esp_hal_security/$(ESP32_SUBCLASS)/include \
	esp_hal_clock/include \
	esp_hal_clock/$(ESP32_SUBCLASS)/include \
	esp_hal_dma/include \
	esp_security/include \
	mbedtls/port/include \
	mbedtls/port/psa_driver/include \
	mbedtls/mbedtls/tf-psa-crypto/include \
	mbedtls/mbedtls/tf-psa-crypto/drivers/builtin/include \
	nvs_flash/include \
	pthread/include \
	vfs/include

DIRECTORIES += -I$(SOTTO_ROOT)/boards/esp32/include -I$(SOTTO_ROOT)
DIRECTORIES += $(foreach folder,$(SOTTO_IDF_FOLDERS),-I$(IDF_COMPONENTS)/$(folder))

include $(MODDABLE)/tools/mcconfig/make.esp32.mk
