// SPDX-License-Identifier: MIT
// Knows record identifiers: UUIDv7 (RFC 9562 §5.7), growing even within one millisecond and when the clock steps back.
#include "src/store/id.h"

#include <sodium.h>
#include <stdbool.h>

#include "src/base/err.h"

void id_gen_init(struct id_gen *g, const struct clock *clock, uint64_t seed)
{
	if (sodium_init() < 0)
		BUG("libsodium does not start");
	*g = (struct id_gen){.clock = clock};
	if (seed)
		crypto_generichash(g->seed, sizeof(g->seed), (const unsigned char *)&seed, sizeof(seed), NULL, 0);
	else
		randombytes_buf(g->seed, sizeof(g->seed));
}

// Each draw takes the next seed from the stream, so that one generator never repeats.
static void draw(struct id_gen *g, unsigned char out[10])
{
	unsigned char buf[sizeof(g->seed) + 10];

	randombytes_buf_deterministic(buf, sizeof(buf), g->seed);
	memcpy(g->seed, buf, sizeof(g->seed));
	memcpy(out, buf + sizeof(g->seed), 10);
}

void id_new(struct id_gen *g, char out[ID_LEN + 1])
{
	uint64_t now = (uint64_t)clock_wall(g->clock);
	unsigned char rnd[10];

	draw(g, rnd);
	if (now > g->last_ms) {
		g->last_ms = now;
		// The top bit stays free: at least 2,048 ids before the time field has to move.
		g->seq = (uint16_t)(((rnd[8] << 8) | rnd[9]) & 0x7ff);
	} else if (++g->seq > 0xfff) {
		g->last_ms++;
		g->seq = 0;
	}
	uint64_t ms = g->last_ms & 0xffffffffffffULL;
	snprintf(out, ID_LEN + 1, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x", (unsigned)(ms >> 16),
		 (unsigned)(ms & 0xffff), g->seq, 0x80 | (rnd[0] & 0x3f), rnd[1], rnd[2], rnd[3], rnd[4], rnd[5], rnd[6],
		 rnd[7]);
}

bool id_valid(const char *s)
{
	if (!s || strlen(s) != ID_LEN)
		return false;
	for (int i = 0; i < ID_LEN; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? s[i] != '-' : !strchr("0123456789abcdef", s[i]))
			return false;
	}
	return s[14] == '7' && strchr("89ab", s[19]);
}

int64_t id_time(const char *s)
{
	char hex[13];

	snprintf(hex, sizeof(hex), "%.8s%.4s", s, s + 9);
	return (int64_t)strtoll(hex, NULL, 16);
}
