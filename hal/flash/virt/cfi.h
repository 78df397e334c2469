/*
 * The second bank of a virt board's flash: two 16-bit NOR chips beside each other, with the Intel command set (CFI
 * 0001). They erase blocks of 256 KB together. QEMU lets a program set bits; whoever calls must not.
 */
#ifndef SOTTO_CFI_H
#define SOTTO_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CFI_BLOCK_BYTES (256u * 1024u)
#define CFI_BANK_BYTES (32u * 1024u * 1024u)

/* What is at offset of the bank; it can be read while nothing is programmed or erased. */
const uint8_t* cfiBytes(size_t offset);
/* False where the chips report a failure or do not answer. */
bool cfiProgram(size_t offset, const uint8_t* bytes, size_t byteLength);
/* offset is the begin of a block. */
bool cfiErase(size_t offset);

#endif
