// SPDX-License-Identifier: MIT
// Knows which articles ask for attention: must be read by everybody, must be looked at again, stand in for a retired one.
#ifndef KB_WATCH_H
#define KB_WATCH_H

#include "kb/article.h"

struct kb_must_read {
	const char *id, *title, *title_en;
	int ver;
	int64_t published_at;
	bool policy, quiz; // quiz: it has questions to answer
};
// What is in force and must be read, oldest first: articles so marked and changed policies (domain.md §9.7).
must_use bool kb_must_reads(struct kb *kb, struct kb_must_read **out, size_t *n, struct arena *a, struct err *e);

struct kb_doubt {
	const char *id, *title, *why; // why: as kb_article.stale_why
	int64_t since;                // review date, else of the version
	int ver, net_down;
};
// Stale articles and those whose review date has passed; at most limit.
must_use bool kb_doubtful(struct kb *kb, size_t limit, struct kb_doubt **out, size_t *n, struct arena *a, struct err *e);

// Archived and hidden articles, the latest change first; at most limit.
struct kb_away {
	const char *id, *title;
	enum kb_state state;
	int64_t at; // of the change; of the version where the log does not say
	int ver;
};
must_use bool kb_put_away(struct kb *kb, size_t limit, struct kb_away **out, size_t *n, struct arena *a, struct err *e);

// A number that is another one once somebody else has committed to the file: to be read again only then. Costs microseconds.
int64_t kb_change(struct kb *kb);

// What became of a cited article since: its state now and, when it was retired, its successor ("" none). The end of the chain
// when successors were retired too. ERR_NOT_FOUND.
struct kb_fate {
	enum kb_state state;
	int latest;
	const char *successor, *successor_title;
};
must_use bool kb_fate_of(struct kb *kb, const char *id, struct kb_fate *out, struct arena *a, struct err *e);

#endif
