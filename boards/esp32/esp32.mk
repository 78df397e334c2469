# The SDK's own makefile for ESP32, with the include paths of our C. mcconfig puts this file between its definitions and its
# rules.

DIRECTORIES += -I$(SOTTO_ROOT)/boards/esp32/include -I$(SOTTO_ROOT)

include $(MODDABLE)/tools/mcconfig/make.esp32.mk
