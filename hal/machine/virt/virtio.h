/*
 * Devices of the virtio 1.1 standard on memory-mapped registers (section 4.2): finding one, and its queues. A queue
 * belongs to one level, or is used between machineMask and machineUnmask.
 */
#ifndef SOTTO_VIRTIO_H
#define SOTTO_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "machine.h"

#define VIRTIO_QUEUE_LENGTH 16u

enum { virtioNetwork = 1, virtioConsole = 3, virtioEntropy = 4 };

typedef struct {
	uint64_t address;
	uint32_t byteLength;
	uint16_t flags, next;
} VirtioDescriptor;

typedef struct {
	uint32_t id, byteLength;
} VirtioUsed;

/* Section 2.6: the three parts that the device reads and writes. */
typedef struct {
	VirtioDescriptor descriptors[VIRTIO_QUEUE_LENGTH];
	struct {
		uint16_t flags, index, ring[VIRTIO_QUEUE_LENGTH];
	} available;
	struct {
		uint16_t flags, index;
		VirtioUsed ring[VIRTIO_QUEUE_LENGTH];
	} used __attribute__((aligned(4)));
	uint16_t seen; /* of used.index */
} __attribute__((aligned(16))) VirtioQueue;

typedef struct {
	volatile uint32_t* registers; /* NULL: there is no such device */
	unsigned line;
	VirtioQueue* queues;
} Virtio;

/* Resets the device of this kind, agrees on those of the wanted feature bits 0 to 31 that it has, and hands it the
 * queues. False where there is none or it is of another version. */
bool virtioOpen(Virtio* device, uint32_t kind, uint32_t wantedFeatures, VirtioQueue* queues, unsigned queueCount);
/* A byte of the device's own configuration (section 4.2.2: from 0x100). */
uint8_t virtioConfig(const Virtio* device, unsigned offset);
/* Puts buffer slot (0 to VIRTIO_QUEUE_LENGTH - 1) into the queue, and tells the device. deviceWrites: it is to be
 * filled. */
void virtioPut(const Virtio* device, unsigned queue, unsigned slot, const void* bytes, size_t byteLength,
			   bool deviceWrites);
/* The next slot that the device is done with, and how many bytes it wrote; -1 when there is none. */
int virtioTake(const Virtio* device, unsigned queue, size_t* byteLength);
/* Has the interrupt's cause taken away. */
void virtioAcknowledge(const Virtio* device);

/* Random bytes of the machine's entropy device; false where there is none or it does not answer. At main level. */
bool virtioRandom(void* bytes, size_t byteLength);
/* For ports and sequence numbers, not for keys: at either level, and rarely a wait. */
uint32_t virtioRandomWord(void);

#endif
