# The SDK's own makefile for headless Linux programs, with what a phone needs besides: our C's include path and
# libraries, and resources, which that platform leaves out. mcconfig puts this file between its definitions and its rules.

# Images and fonts as real boards get them: every .png becomes an alpha bitmap, and all go into the executable.
RESOURCES_DIR = $(TMP_DIR)/resources
SOTTO_ALPHA = $(patsubst %.png,%-alpha.bmp,$(filter %.png,$(RESOURCES)))
SOTTO_RESOURCES = $(filter-out %.png,$(RESOURCES)) $(SOTTO_ALPHA)
OBJECTS += $(TMP_DIR)/mc.resources.c.o

# RGB565 little-endian, not rotated: hal/display.
DIRECTORIES += -I$(SOTTO_ROOT) -DkCommodettoBitmapFormat=7 -DkPocoRotation=0 -D_GNU_SOURCE=

include $(MODDABLE)/tools/mcconfig/make.x-cli-lin.mk

# What the manifests of hal/ name as "libraries", a member that only our own builder reads.
LIBRARIES += -lsrtp2 -lsodium -lmbedtls -lmbedx509 -lmbedcrypto

$(TMP_DIR)/mc.resources.c.o: $(TMP_DIR)/mc.resources.c
	@echo "# cc" $(<F)
	$(CC) $(C_DEFINES) $(C_INCLUDES) $(C_FLAGS) $< -o $@

$(TMP_DIR)/mc.resources.c: $(SOTTO_RESOURCES) $(MANIFEST)
	@echo "# mcrez resources"
	mcrez $(SOTTO_RESOURCES) -o $(TMP_DIR) -r mc.resources.c

$(RESOURCES): | $(RESOURCES_DIR)

$(RESOURCES_DIR):
	mkdir -p $@

$(RESOURCES_DIR)/%-alpha.bmp: $(RESOURCES_DIR)/%.png
	@echo "# png2bmp" $(<F)
	png2bmp $< -a -o $(@D) -f rgb565le -r 0 -t
