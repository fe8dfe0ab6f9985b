// SPDX-License-Identifier: MIT
// Knows what the parts of the dictionary share: what is gathered, the map of likely words, the order of what is given.
#ifndef KB_WORDS_INTERNAL_H
#define KB_WORDS_INTERNAL_H

#include <sqlite3.h>

#include "kb/termset.h"
#include "kb/words.h"
#include "src/base/arena.h"

enum {
	WORDS_FROM = 3, // letters of a word that a correction can give
	WORDS_TO = 21,
	WORDS_BEGUN = 5, // letters of a beginning in the map

	MAP_BITS = 21, // of the words, and as many of their beginnings behind them
	MAP_BYTES = 2 << (MAP_BITS - 3),
	MAP_SLICE = 4096,
	MAP_SLICES = MAP_BYTES / MAP_SLICE,
};

struct words_slot;
struct words_place {
	uint32_t hash, no; // of the slot, from 1; 0: empty
};
struct words_table {
	struct words_slot *slots;
	struct words_place *at;
	size_t places, n; // n slots
	struct arena texts; // of long words
};

struct kb_words {
	struct kb *kb;
	struct words_table gathered;
	int sign;
	uint32_t article;
	unsigned char *map; // MAP_BYTES
	bool loaded, dirty[MAP_SLICES];
};

// A hash that is put together from parts: of a word, h(a b) = h(a) * step^|b| + h(b). Part of the file's form.
#define WORDS_STEP ((uint64_t)0x9e3779b97f4a7c15u)
extern const uint64_t words_letters[26];

// Three bits of a Bloom filter for the hash of a word or of a beginning.
static inline uint64_t words_mix(uint64_t h)
{
	h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
	h = (h ^ h >> 29) * 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}
static inline uint32_t words_bit(uint64_t mixed, int probe, bool begun)
{
	return ((uint32_t)(mixed >> MAP_BITS * probe) & ((1u << MAP_BITS) - 1)) | (uint32_t)begun << MAP_BITS;
}
static inline bool words_likely(const unsigned char *map, uint64_t h, bool begun)
{
	uint64_t m = words_mix(h);

	for (int i = 0; i < 3; i++) {
		uint32_t bit = words_bit(m, i, begun);
		if (!(map[bit >> 3] >> (bit & 7) & 1))
			return false;
	}
	return true;
}

// A gathered word and by how much its counts change.
struct words_count {
	uint64_t first; // its first eight bytes, which spare most comparisons of texts
	struct sv text;
	int32_t n, h;
};
// Those that change, n of them, in the order of their text; freed by the caller, valid until the next word is gathered.
struct words_count *words_sorted(const struct words_table *t, size_t *n);
void words_drop(struct kb_words *w);
void words_release(struct words_table *t);

must_use bool words_map(struct kb_words *w, struct err *e); // reads the map if that is due
// Puts a word into the list of the best, by slip, h, n and text, if it is good enough; each text once, its best place.
void words_keep(struct kb_word *out, size_t max, size_t *n, struct sv text, int64_t nn, int64_t h, uint8_t slip);
// Keeps the best of the known words that begin with prefix and not with unlike (n is 0: none); longer: not prefix itself.
// Looks at *rows rows at most and takes off those it looked at.
must_use bool words_scan(struct kb_words *w, struct sv prefix, bool longer, struct sv unlike, uint8_t slip, int64_t *rows,
			 struct kb_word *out, size_t max, size_t *n, struct err *e);

#endif
