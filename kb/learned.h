// SPDX-License-Identifier: MIT
// Knows what a connection holds in memory of the phrasings that count: their features, who taught them, where to find them.
#ifndef KB_LEARNED_H
#define KB_LEARNED_H

#include "kb/internal.h"
#include "kb/key.h"
#include "kb/learn.h"

// A feature of a text. Whole ones (stems, Han pairs) and small ones (Han characters, four letters of a word) are two views
// of a text that weigh the same.
struct lp_feature {
	uint64_t key;
	uint32_t df;           // phrasings that count and have it
	uint32_t same, both;   // of the ordered pairs of phrasings of one article whose first has it: how many, and whose second has it too
	uint32_t first, n;     // its list in kb_learned.posts: phrasings, or words for four letters
	uint32_t chain;        // what came later: place in kb_learned.later plus one
	float weight;          // of the query in hand
	float asked;           // weight in the query in hand
	uint32_t weighed, seen, entry, local_of, asked_of; // serials and places while a query is worked on
	uint16_t local;
	bool small, letters;
};

// A word as it stands in texts: Latin before stemming, a Han character, a Han pair.
struct lp_word {
	uint64_t key;
	uint32_t first; // in kb_learned.parts
	uint32_t n;
	uint32_t live;  // times it stands in phrasings that count
};

// One folded text of one article, whoever taught it and however often.
struct lp_phrase {
	uint64_t hash;        // of both: the order of equals, alike on every station
	uint32_t article;     // in kb_learned.articles
	uint32_t next;        // of the same article, plus one
	uint32_t first;       // in kb_learned.text: its words
	uint16_t n, len;      // words; those that stage one counts
	uint16_t counted;     // rows that count; 0: it is as if it were not there
	uint32_t rows;        // first of its rows, plus one
	int32_t shown, chosen;
};

// A row of kb_phrasing.
struct lp_row {
	uint32_t phrase; // plus one; 0: none with this number
	uint32_t agent, call; // hashes
	uint32_t next;   // of the same phrase, plus one
	bool counts;
};

struct lp_article {
	int64_t no;
	int64_t from, to; // effective
	uint32_t phrases; // the last one that came, plus one
	bool searchable;
	bool loose;       // its pairs are not in lp_feature.same and .both: it changes
	unsigned checked; // the file's version then
};

struct lp_later {
	uint32_t item, next;
};

struct lp_map {
	uint32_t *v; // place plus one
	size_t cap, n;
};

struct near;
struct kb_learned {
	VEC(struct lp_feature) features;
	VEC(struct lp_word) words;
	VEC(uint32_t) parts; // features of words
	VEC(struct lp_phrase) phrases;
	VEC(uint32_t) text;  // words of phrases
	VEC(struct lp_row) rows; // by number
	VEC(struct lp_article) articles;
	VEC(uint32_t) posts;
	VEC(struct lp_later) later;
	struct lp_map by_feature, by_word, by_phrase, by_article;
	int64_t rev;        // of kb_phrasing, up to which this holds
	size_t live;        // phrases that count
	uint64_t same, both; // sums over all features
	VEC(uint32_t) loose; // articles
	VEC(uint32_t) some;  // features of one article, while they are counted
	unsigned serial;    // of the query or text in hand
	unsigned version;   // of the file, for articles
	unsigned file_version;
	int64_t own_changes;
	struct near *near;  // what ranking needs, owned by learn.c
	char phrasing_id[KB_PHRASING_ID]; // for kb_hint_phrasing
};

// Brought up to date with the file; inside a read transaction it stays at one state. Borrowed from kb.
must_use bool kb_learned_get(struct kb *kb, struct kb_learned **out, struct err *e);
// Part of a commit: stores all this as one image when many rows changed since the last (always, if now), so that the next
// connection has it within a millisecond or two.
must_use bool kb_learned_save(struct kb *kb, bool now, struct err *e);
void lp_near_free(struct near *n);

// Place of a feature or word plus one, 0: none.
uint32_t lp_feature_of(const struct kb_learned *l, uint64_t key);
uint32_t lp_word_of(const struct kb_learned *l, uint64_t key);
uint64_t lp_raw_key(struct sv raw); // of a Latin word before stemming
// The word said most that a word of 3 to 20 letters a-z becomes by one edit (a letter left out, put in or replaced, two
// neighbours exchanged), place plus one; 0: none of at least 4 letters. Mistakes that are likelier count for more.
uint32_t lp_meant(const struct kb_learned *l, struct sv word);

// Cuts a text into words and each word into features. fn gets a word's key and, for Latin, the word itself.
struct lp_token {
	uint64_t key;
	enum kb_token_kind kind;
	struct sv raw, stem; // KB_WORD
};
typedef void lp_token_fn(void *arg, const struct lp_token *t);
void lp_cut(struct kb *kb, struct sv text, lp_token_fn *fn, void *arg);
// Keys of the features of a token, at most LP_PARTS; the first `whole` of them are whole ones. begun: a word that goes on.
enum { LP_PARTS = 48, LP_WORDS = 96 };
size_t lp_parts(const struct lp_token *t, bool begun, uint64_t keys[LP_PARTS], size_t *whole);

double kb_phrasing_weight(int shown, int chosen);

#endif
