// SPDX-License-Identifier: MIT
// Knows what the files of kb/ share about a connection: the index state that is gathered until the commit.
#ifndef KB_INTERNAL_H
#define KB_INTERNAL_H

#include <sqlite3.h>

#include "kb/fold.h"
#include "kb/kbdb.h"
#include "kb/termset.h"
#include "src/base/arena.h"
#include "src/base/vec.h"

// The fields of kb-search.md and domain.md §9.3, with their weights in rank.c.
enum kb_field {
	KB_F_TITLE,     // title, title_en
	KB_F_QUESTION,
	KB_F_TAGS,      // number, tags, synonyms
	KB_F_PHRASINGS,
	KB_F_BODY,      // summary_en, body
	KB_FIELDS,
};

enum {
	KB_SLICE = 4096, // documents in one row of kb_head_len
	KB_STATEMENTS = 192,
};

struct kb {
	sqlite3 *db;
	const struct clock *clock;
	char *zone, *path;
	bool write;
	struct kb_analyser *an;
	struct {
		const char *sql;
		sqlite3_stmt *st;
	} stmts[KB_STATEMENTS];
	size_t nstmts;

	// gathered by the writer, written by kb_commit
	struct termset terms;
	int64_t delta_docs, delta_len[KB_FIELDS];

	// what a search needs of every document, read again when the file has changed
	uint8_t *head_len; // by document number; 0: not searchable, else 1 + tokens of its title (at most 254)
	size_t docs;       // entries of head_len
	int64_t searchable, len_sum[KB_FIELDS];
	unsigned seen_version;
	bool stale_view;
	float *acc;      // scores by document number, all 0 between searches
	uint8_t *marks;  // required clauses met, all 0 between searches
	size_t acc_cap;
	VEC(uint32_t) touched;

	struct termset relearn;     // articles whose phrasings changed since the last commit
	struct kb_learned *learned; // what ranking by phrasings keeps between queries (kb/learned.h)
};

// Brings head_len and the sums up to date with the file; cheap when nothing has changed.
must_use bool kb_view(struct kb *kb, struct err *e);
must_use bool kb_register_tokenizer(struct kb *kb, struct err *e);
must_use bool kb_migrate(struct kb *kb, struct err *e);
// Which phrasings of the articles in kb->relearn count; part of kb_commit.
must_use bool kb_phrasings_flush(struct kb *kb, struct err *e);
// Writes what was gathered in kb->terms and the sums; part of kb_commit.
must_use bool kb_flush_terms(struct kb *kb, struct err *e);

#endif
