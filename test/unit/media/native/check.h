/* Checks for the media path's C without a VM. A program counts its failures and ends with 1 when there is one. */
#ifndef SOTTO_TEST_CHECK_H
#define SOTTO_TEST_CHECK_H

#include <stdio.h>

static int failures;

#define CHECK(condition)                                                                                               \
	do {                                                                                                               \
		if (!(condition)) {                                                                                            \
			failures++;                                                                                                \
			printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                             \
		}                                                                                                              \
	} while (0)

#define CHECK_NEAR(value, wanted, tolerance)                                                                           \
	do {                                                                                                               \
		double is = (value), want = (wanted);                                                                          \
		if (!(is >= want - (tolerance) && is <= want + (tolerance))) {                                                 \
			failures++;                                                                                                \
			printf("%s:%d: %s is %g, not %g\n", __FILE__, __LINE__, #value, is, want);                                 \
		}                                                                                                              \
	} while (0)

static inline int report(void)
{
	printf("%s\n", failures == 0 ? "all good" : "FAILED");
	return failures == 0 ? 0 : 1;
}

#endif
