/* The serial line of the board: C's standard output and error. Waiting for room in it costs no more than a few bytes.
 */
#include <stdint.h>
#include <stdio.h>

#define UART ((volatile uint8_t*)0x10000000)

enum { lineStatus = 5, transmitEmpty = 1 << 5 };

static int put(char byte, FILE* file)
{
	(void)file;
	while ((UART[lineStatus] & transmitEmpty) == 0)
		;
	UART[0] = (uint8_t)byte;
	return (unsigned char)byte;
}

static int get(FILE* file)
{
	(void)file;
	return EOF;
}

static FILE console = FDEV_SETUP_STREAM(put, get, NULL, _FDEV_SETUP_RW);
FILE* const stdin = &console;
FILE* const stdout = &console;
FILE* const stderr = &console;
