/* lwIP's compiler and machine: GCC, little end first. */
#ifndef SOTTO_LWIP_CC_H
#define SOTTO_LWIP_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BYTE_ORDER LITTLE_ENDIAN
#define LWIP_PLATFORM_DIAG(WORDS)                                                                                      \
	do {                                                                                                               \
		printf WORDS;                                                                                                  \
	} while (0)
/* Of the port: the stack cannot go on. */
extern void lwipFailed(const char* what) __attribute__((noreturn));
#define LWIP_PLATFORM_ASSERT(WORDS) lwipFailed(WORDS)
/* For ports and identifiers that nobody is to guess. */
extern uint32_t lwipRandom(void);
#define LWIP_RAND() lwipRandom()

#endif
