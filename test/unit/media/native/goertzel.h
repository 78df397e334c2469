/* How loud one frequency is in a stretch of samples. */
#ifndef SOTTO_TEST_GOERTZEL_H
#define SOTTO_TEST_GOERTZEL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* The amplitude of the sine of this frequency, 0 to 32767. */
static inline double amplitudeOf(const int16_t* pcm, size_t count, double frequencyHz, double rateHz)
{
	double angle = 2 * 3.14159265358979323846 * frequencyHz / rateHz, factor = 2 * cos(angle), a = 0, b = 0;
	for (size_t i = 0; i < count; i++) {
		double next = pcm[i] + factor * a - b;
		b = a;
		a = next;
	}
	return 2 * sqrt(fabs(a * a + b * b - factor * a * b)) / (double)count;
}

#endif
