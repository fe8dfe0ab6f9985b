// SPDX-License-Identifier: MIT
// Knows what the files of kb/ share about a connection: what is gathered until the commit, what a search needs in memory.
#ifndef KB_INTERNAL_H
#define KB_INTERNAL_H

#include <sqlite3.h>

#include "kb/fold.h"
#include "kb/kbdb.h"
#include "kb/post.h"
#include "kb/termset.h"
#include "kb/words.h"
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

enum { KB_STATEMENTS = 192 };

// A document that enters or leaves what is found: the row of its version, 0: gone; 1 + tokens of its title (at most 127), and the
// bit that says that its article's row matters too. The bit alone is added to what is there.
enum { KB_SPECIAL = 0x80 };
struct kb_live_change {
	uint32_t doc, row;
	uint8_t len;
};
struct kb_fresh {
	uint32_t doc;
	size_t first, n; // in fresh_postings
};

// Articles that have a Han character: gathered by the writer, asked for by readers.
struct kb_chars;

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

	struct kb_words *words;
	struct kb_post *post; // table kb_post
	struct kb_chars *chars;

	// gathered by the writer, written by kb_commit
	VEC(struct kb_fresh) fresh;
	VEC(struct kb_posting) fresh_postings;
	VEC(struct kb_live_change) live_changes;
	uint32_t last_doc; // highest number given out in this transaction, 0: not asked yet
	int64_t last_row;  // of article_version, the same way
	bool bulk;         // so many documents that they go straight into the table
	int64_t delta_docs, delta_dead, delta_len[KB_FIELDS];
	struct kb_entering *entering; // scratch of index.c

	// what a search needs of every document, read again as far as the file has changed
	uint32_t *live_row; // by document number: the row of its version, 0: not searchable; ask kb_live
	uint8_t *live_len;  // 1 + tokens of its title, KB_SPECIAL
	uint8_t *live_known; // by slice: the two hold what the file says
	size_t docs;        // entries of the two, and of acc and marks
	int64_t epoch, pending_rev, live_rev, searchable, len_sum[KB_FIELDS];
	unsigned seen_version;
	bool stale_view;
	uint16_t *acc;      // promise by document number, all 0 between searches
	uint8_t *marks;     // required tokens met, all 0 between searches
	VEC(uint32_t) touched, read; // read: numbers of one list
	VEC(uint16_t) promises;      // of touched

	int wal_frames, wal_checked; // of the write-ahead log: now, and when a checkpoint looked at it last (kb/merge.h)

	struct termset relearn;     // articles whose phrasings changed since the last commit
	struct kb_learned *learned; // what ranking by phrasings keeps between queries (kb/learned.h)
};

enum { KB_LIVE_SLICE = 800 }; // documents of a row of kb_live
// Slices are read when one of their documents is asked for: a first search needs few of a million. False: damaged, or no such
// document.
must_use bool kb_live_read(struct kb *kb, uint32_t slice, struct err *e);
static inline must_use bool kb_live(struct kb *kb, uint32_t doc, struct err *e)
{
	return doc < kb->docs && (kb->live_known[doc / KB_LIVE_SLICE] || kb_live_read(kb, doc / KB_LIVE_SLICE, e));
}
must_use bool kb_live_all(struct kb *kb, struct err *e); // every slice

// Brings the view up to date with the file; cheap when nothing has changed. Inside a read transaction.
must_use bool kb_view(struct kb *kb, struct err *e);
must_use bool kb_register_tokenizer(struct kb *kb, struct err *e);
must_use bool kb_migrate(struct kb *kb, struct err *e);
// Which phrasings of the articles in kb->relearn count; part of kb_commit.
must_use bool kb_phrasings_flush(struct kb *kb, struct err *e);
// Writes what was gathered for the index; part of kb_commit.
must_use bool kb_index_flush(struct kb *kb, struct err *e);
// A checkpoint if the write-ahead log has grown long; outside a transaction.
must_use bool kb_checkpoint(struct kb *kb, struct err *e);
void kb_index_forget(struct kb *kb); // part of kb_rollback
void kb_index_release(struct kb *kb); // part of kb_close
void kb_entering_free(struct kb_entering *en); // NULL is fine

#endif
