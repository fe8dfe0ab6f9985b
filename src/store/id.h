// SPDX-License-Identifier: MIT
// Knows record identifiers: UUIDv7 (RFC 9562 §5.7), growing even within one millisecond and when the clock steps back.
#ifndef STORE_ID_H
#define STORE_ID_H

#include <stdint.h>

#include "src/base/clock.h"

enum { ID_LEN = 36 };

// One generator a thread. The 12 bits rand_a count up from a random start within a millisecond (RFC 9562 §6.2, method 1);
// when they run over, the time field goes on by one.
struct id_gen {
	const struct clock *clock;
	uint64_t last_ms;
	unsigned char seed[32];
	uint16_t seq;
};

// seed 0: random bytes of the system. Any other: the same ids on every run with the same clock (--seed).
void id_gen_init(struct id_gen *g, const struct clock *clock, uint64_t seed);
void id_new(struct id_gen *g, char out[ID_LEN + 1]);
// 36 characters, lower case, hyphens in place, version 7, variant 10.
bool id_valid(const char *s);
int64_t id_time(const char *s); // UTC ms of a valid id

#endif
