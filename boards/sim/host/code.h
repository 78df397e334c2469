/*
 * Bytecode, one code after the other: what the compiler's rewriting and the seed of a bare board both walk through.
 * gxCodeSizes has a code's length in bytes; 0: an identifier follows, below 0: a length of so many bytes and what it
 * says.
 */
#ifndef CODE_H
#define CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether the code at p names something. */
static inline bool codeHasID(const void* p)
{
	return gxCodeSizes[*(const txU1*)p] == 0;
}

/* What the code at p names. */
static inline txID codeID(const void* p)
{
	txID id;
	memcpy(&id, (const txU1*)p + 1, sizeof id);
	return id;
}

/* Of the code at p with all that belongs to it. */
static inline size_t codeByteLength(const void* p)
{
	const txU1* code = p;
	const txS1 size = gxCodeSizes[*code];
	if (size > 0)
		return (size_t)size;
	switch (size) {
	case 0:
		return 1 + sizeof(txID);
	case -1:
		return 2 + (size_t)code[1];
	case -2: {
		txU2 length;
		memcpy(&length, code + 1, sizeof length);
		return 3 + (size_t)length;
	}
	default: {
		txU4 length;
		memcpy(&length, code + 1, sizeof length);
		return 5 + (size_t)length;
	}
	}
}

#endif
