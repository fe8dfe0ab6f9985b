// SPDX-License-Identifier: MIT
// Knows whether the base is sound, how large it is, and how the index is made anew from the text.
#ifndef KB_CHECK_H
#define KB_CHECK_H

#include "kb/article.h"

struct kb_check_report {
	int64_t articles, versions;
	int64_t problems;
};
// SQLite's integrity check, every version's hash, every article's place in the index (its current text is analysed again and
// compared). Each problem goes to on_problem. False only when the check could not run.
must_use bool kb_check(struct kb *kb, void (*on_problem)(void *arg, const char *msg), void *arg,
		       struct kb_check_report *rep, struct err *e);
// Forgets every index and makes it anew from the current versions (KB_WRITE). Needed after a change of the analyser.
must_use bool kb_reindex(struct kb *kb, struct err *e);

struct kb_stats {
	int64_t by_state[KB_HIDDEN + 1];
	int64_t articles, versions, searchable, must_read;
	int64_t gaps_open, votes, uses;
	int64_t words;       // of Latin letters and digits, in the dictionary
	int64_t pending;     // documents whose postings are not merged yet
	int64_t file_bytes, text_bytes, index_bytes; // index: the posting table
	int64_t last_published_at;
};
must_use bool kb_stats_get(struct kb *kb, struct kb_stats *out, struct err *e);

// Ids of all articles in order of id; withdrawn ones too if all.
must_use bool kb_ids(struct kb *kb, bool all, struct kb_list *out, struct arena *a, struct err *e);

#endif
