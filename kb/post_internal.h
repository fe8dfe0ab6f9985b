// SPDX-License-Identifier: MIT
// Knows the rows of a posting store and what a connection keeps of it.
#ifndef KB_POST_INTERNAL_H
#define KB_POST_INTERNAL_H

#include <sqlite3.h>

#include "kb/post.h"
#include "src/base/vec.h"

enum {
	POST_CHUNK = 4040,  // a leaf cell of a 4 KiB page holds 4,061 bytes: no overflow page
	POST_ROW = 4061,
	POST_INLINE = 1800, // bytes of all lists within a head
	POST_CHUNKS = 4096, // of one level: 12 bits of the id
	POST_VARINT = 5,
	POST_WAITING = 24, // rows written by one statement
};

static inline int64_t post_id(kb_key key, unsigned level, uint32_t chunk)
{
	return (int64_t)(key << 17 | (uint64_t)(level + 1) << 12 | chunk);
}
static inline int64_t post_head_id(kb_key key)
{
	return (int64_t)(key << 17);
}

// ---- lists ----

static inline uint8_t *post_put(uint8_t *p, uint32_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}
// NULL if the number is cut off or larger than 32 bits.
static inline const uint8_t *post_get(const uint8_t *p, const uint8_t *end, uint32_t *v)
{
	uint32_t x = 0;

	for (unsigned shift = 0; p < end && shift < 35; shift += 7) {
		uint8_t b = *p++;
		if (shift == 28 && b > 15)
			return NULL;
		x |= (uint32_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			*v = x;
			return p;
		}
	}
	return NULL;
}
// Reads at most max numbers, which must ascend from above after and not pass limit; *n is how many. False: damaged.
bool post_decode(struct sv list, uint32_t after, uint32_t limit, uint32_t *out, size_t max, size_t *n);

// ---- heads ----

// Byte 0: bit l: level l has numbers; bit 4 + l: they lie in chunks. Then for each such level its count, and the number of
// the last chunk plus one, or the bytes of the list that lies behind all counts (left out for a list of one).
struct post_level {
	uint32_t n;
	uint32_t chunks; // 0: the list lies in the head
	struct sv list;
};
struct post_head {
	struct post_level at[KB_LEVELS];
};
bool post_head_open(struct sv row, struct post_head *h); // false: damaged

// ---- the delta ----

struct post_entry {
	uint32_t list, no, next; // next: of the same term, as index + 1
	uint32_t level;
};
struct post_list {
	kb_key key;
	uint32_t first, last; // index + 1
	uint32_t n[KB_LEVELS];
};
struct post_delta {
	VEC(struct post_entry) entries; // in order of documents
	VEC(struct post_list) lists;
	uint32_t *slots; // by hash of the key: index into lists + 1
	size_t nslots;
	size_t docs;
	uint32_t last;
};
void post_delta_add(struct post_delta *d, kb_key key, uint32_t no, unsigned level);
const struct post_list *post_delta_find(const struct post_delta *d, kb_key key);
void post_delta_release(struct post_delta *d);

// ---- the store ----

struct kb_post {
	struct kb *kb;
	const char *table;
	bool known; // the three below are those of the file
	uint32_t upto, to;
	kb_key next;
	struct post_delta delta;
	sqlite3_stmt *get, *chunks, *heads, *put, *drop, *rows;
	char row[POST_ROW]; // the one read last

	// the writer's
	VEC(uint64_t) gathered; // key << 18 | number above base << 2 | level
	uint32_t base, top;     // numbers of the first and the last document gathered
	VEC(uint32_t) fresh[KB_LEVELS]; // numbers to be appended to one term
	VEC(uint32_t) moved;
	VEC(uint8_t) lists[KB_LEVELS];
	struct post_waiting {
		int64_t id[POST_WAITING];
		uint32_t at[POST_WAITING + 1]; // where each row lies in bytes
		size_t n;
		char bytes[POST_WAITING * POST_ROW];
	} *waiting; // rows on their way to the table, so that many go in with one statement
	sqlite3_stmt *put_many;
	VEC(kb_key) todo;       // of the merge under way, ascending
	size_t done;
	uint32_t todo_to;
};

// A statement of the store itself: sql holds one %s for the table's name. Reset, without bindings.
sqlite3_stmt *post_stmt(struct kb_post *p, sqlite3_stmt **st, const char *sql, struct err *e);
// The row with this id; *there tells whether it exists. Borrowed until the next call.
must_use bool post_row(struct kb_post *p, int64_t id, struct sv *row, bool *there, struct err *e);
bool post_damaged(const struct kb_post *p, kb_key key, struct err *e); // always false
// Documents up to this number are in the table as far as this term goes.
static inline uint32_t post_merged(const struct kb_post *p, kb_key key)
{
	return p->to && key < p->next ? p->to : p->upto;
}
// Rows, within a write transaction. A head is made of what h says; a term without numbers has no row.
must_use bool post_put_row(struct kb_post *p, int64_t id, const void *row, size_t n, struct err *e);
must_use bool post_write_waiting(struct kb_post *p, struct err *e); // before anybody else may look
must_use bool post_drop_row(struct kb_post *p, int64_t id, struct err *e);
must_use bool post_put_head(struct kb_post *p, kb_key key, const struct post_head *h, struct err *e);
// Writes numbers to chunks from number chunk on; used bytes of buf are in that chunk already and end with last (0: none). *chunks
// becomes the number of the last chunk plus one.
must_use bool post_put_chunks(struct kb_post *p, kb_key key, unsigned level, uint32_t chunk,
			      uint8_t buf[POST_CHUNK + POST_VARINT], size_t used, uint32_t last, const uint32_t *docs, size_t n,
			      uint32_t *chunks, struct err *e);
// The list of the head with docs behind it, in p->lists[level].
must_use bool post_append_inline(struct kb_post *p, kb_key key, unsigned level, struct post_level *lv, const uint32_t *docs,
				 size_t n, struct err *e);
void post_trim(struct kb_post *p); // drops from the delta what is merged
void post_sort(uint64_t *v, uint64_t *scratch, size_t n, unsigned low_bit); // by the bits from low_bit on, stable

#endif
