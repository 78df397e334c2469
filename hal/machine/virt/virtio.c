#include "virtio.h"
#include <string.h>

#define SLOTS 8u
#define SLOT(INDEX) ((volatile uint32_t*)(0x10001000u + 0x1000u * (INDEX)))
#define MAGIC 0x74726976u

/* Registers, in words (section 4.2.2). */
enum {
	regMagic = 0x00 / 4,
	regVersion = 0x04 / 4,
	regDevice = 0x08 / 4,
	regDeviceFeatures = 0x10 / 4,
	regDeviceFeaturesSelect = 0x14 / 4,
	regDriverFeatures = 0x20 / 4,
	regDriverFeaturesSelect = 0x24 / 4,
	regQueueSelect = 0x30 / 4,
	regQueueLength = 0x38 / 4,
	regQueueReady = 0x44 / 4,
	regNotify = 0x50 / 4,
	regInterrupts = 0x60 / 4,
	regAcknowledge = 0x64 / 4,
	regStatus = 0x70 / 4,
	regDescriptors = 0x80 / 4,
	regAvailable = 0x90 / 4,
	regUsed = 0xa0 / 4,
	regConfig = 0x100,
};

enum { statusAcknowledge = 1, statusDriver = 2, statusReady = 4, statusFeatures = 8 };
enum { featureVersion1High = 1, descriptorWrite = 2 };

static void setAddress(volatile uint32_t* registers, unsigned at, const void* address)
{
	registers[at] = (uint32_t)(uintptr_t)address;
	registers[at + 1] = 0;
}

static bool open(Virtio* device, volatile uint32_t* registers, uint32_t wantedFeatures, unsigned queueCount)
{
	registers[regStatus] = 0;
	registers[regStatus] = statusAcknowledge;
	registers[regStatus] = statusAcknowledge | statusDriver;
	registers[regDeviceFeaturesSelect] = 0;
	uint32_t features = registers[regDeviceFeatures] & wantedFeatures;
	registers[regDriverFeaturesSelect] = 0;
	registers[regDriverFeatures] = features;
	registers[regDriverFeaturesSelect] = 1;
	registers[regDriverFeatures] = featureVersion1High;
	registers[regStatus] = statusAcknowledge | statusDriver | statusFeatures;
	if ((registers[regStatus] & statusFeatures) == 0)
		return false;
	for (unsigned i = 0; i < queueCount; i++) {
		VirtioQueue* queue = device->queues + i;
		memset(queue, 0, sizeof *queue);
		registers[regQueueSelect] = i;
		registers[regQueueLength] = VIRTIO_QUEUE_LENGTH;
		setAddress(registers, regDescriptors, queue->descriptors);
		setAddress(registers, regAvailable, &queue->available);
		setAddress(registers, regUsed, &queue->used);
		registers[regQueueReady] = 1;
	}
	registers[regStatus] = statusAcknowledge | statusDriver | statusFeatures | statusReady;
	return true;
}

bool virtioOpen(Virtio* device, uint32_t kind, uint32_t wantedFeatures, VirtioQueue* queues, unsigned queueCount)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		volatile uint32_t* registers = SLOT(i);
		if (registers[regMagic] != MAGIC || registers[regVersion] != 2 || registers[regDevice] != kind)
			continue;
		*device = (Virtio){registers, i + 1, queues};
		if (open(device, registers, wantedFeatures, queueCount))
			return true;
	}
	device->registers = NULL;
	return false;
}

uint8_t virtioConfig(const Virtio* device, unsigned offset)
{
	return ((volatile uint8_t*)device->registers)[regConfig + offset];
}

void virtioPut(const Virtio* device, unsigned queue, unsigned slot, const void* bytes, size_t byteLength,
			   bool deviceWrites)
{
	VirtioQueue* it = device->queues + queue;
	it->descriptors[slot].address = (uint32_t)(uintptr_t)bytes;
	it->descriptors[slot].byteLength = (uint32_t)byteLength;
	it->descriptors[slot].flags = deviceWrites ? descriptorWrite : 0;
	it->available.ring[it->available.index % VIRTIO_QUEUE_LENGTH] = (uint16_t)slot;
	__sync_synchronize();
	it->available.index++;
	__sync_synchronize();
	device->registers[regNotify] = queue;
}

int virtioTake(const Virtio* device, unsigned queue, size_t* byteLength)
{
	VirtioQueue* it = device->queues + queue;
	if (it->seen == *(volatile uint16_t*)&it->used.index)
		return -1;
	__sync_synchronize();
	const VirtioUsed* used = &it->used.ring[it->seen++ % VIRTIO_QUEUE_LENGTH];
	*byteLength = used->byteLength;
	return (int)(used->id % VIRTIO_QUEUE_LENGTH);
}

void virtioAcknowledge(const Virtio* device)
{
	device->registers[regAcknowledge] = device->registers[regInterrupts];
}

/* ---- Entropy ---- */

/* QEMU answers within milliseconds; a device that does not is one that failed. */
#define ENTROPY_WAIT_US 2000000u
#define SPARE_WORDS 8u

static struct {
	VirtioQueue queue;
	Virtio device;
	uint8_t pool[64 + 4 * SPARE_WORDS];
	/* For interrupts, which cannot wait: left over by the main level. */
	uint32_t spare[SPARE_WORDS];
	unsigned spareCount;
	volatile bool busy;
} entropy;

/* Fills the pool. Interrupts run meanwhile, if they may where this was called. */
static size_t fillPool(size_t wanted)
{
	uint64_t endUs = machineNowUs() + ENTROPY_WAIT_US;
	size_t given = 0;
	int slot = -1;
	if (entropy.device.registers == NULL && !virtioOpen(&entropy.device, virtioEntropy, 0, &entropy.queue, 1))
		return 0;
	virtioPut(&entropy.device, 0, 0, entropy.pool, wanted, true);
	while (slot < 0 && machineNowUs() < endUs)
		slot = virtioTake(&entropy.device, 0, &given);
	return given < wanted ? given : wanted;
}

bool virtioRandom(void* bytes, size_t byteLength)
{
	uint8_t* at = bytes;
	if (entropy.busy)
		return false;
	entropy.busy = true;
	while (byteLength > 0) {
		size_t wanted = byteLength < 64 ? byteLength : 64;
		size_t given = fillPool(wanted + sizeof entropy.spare);
		size_t used = given < wanted ? given : wanted;
		memcpy(at, entropy.pool, used);
		if (given == wanted + sizeof entropy.spare) {
			uint32_t before = machineMask();
			memcpy(entropy.spare, entropy.pool + wanted, sizeof entropy.spare);
			entropy.spareCount = SPARE_WORDS;
			machineUnmask(before);
		}
		memset(entropy.pool, 0, sizeof entropy.pool);
		if (used == 0)
			break;
		at += used;
		byteLength -= used;
	}
	entropy.busy = false;
	return byteLength == 0;
}

uint32_t virtioRandomWord(void)
{
	uint32_t before = machineMask();
	uint32_t value = 0;
	if (entropy.spareCount > 0)
		value = entropy.spare[--entropy.spareCount];
	else if (!virtioRandom(&value, sizeof value))
		value = (uint32_t)machineInstructions() * 2654435761u;
	machineUnmask(before);
	return value;
}
