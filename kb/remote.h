// SPDX-License-Identifier: MIT
// Knows how the base follows a hub: articles as the hub has them, the place reached in its streams, digests of both.
//
// The hub is the truth about published articles (sync.md §3.7). A version that was published here under a number to which the
// hub gave another text is displaced: out of the history and the search, kept in a table of its own.
#ifndef KB_REMOTE_H
#define KB_REMOTE_H

#include "kb/article.h"

// One row of a stream. An article: {"id","ver","state","doc":text as kb_to_json writes it,"author","approver","note","published_at":UTC ms,
// "replaced_by"?,"stale_why"?,"draft"?:{"doc","state","author","writers","base_ver","note","reply"}}; ver 0: only a draft, nothing is
// published yet. Phrasings and uncovered cases: see remote_part.h.
struct json_t;
struct kb_remote_row {
	const char *t, *e, *s; // "article", its id, the stream
	int64_t rev;
	struct sv doc;         // JSON; empty, and json NULL: it is gone
	const struct json_t *json; // the same as it was read; NULL: doc is read
	bool own;              // own operations on it are still on their way: its draft here is newer than the row's
};
// Makes the base equal to the row (KB_WRITE; joins an open transaction). An older revision than the one in force changes nothing. Rows of
// other types only count for the digest. gone: the article is archived.
must_use bool kb_take(struct kb *kb, const struct kb_remote_row *r, struct err *e);

// A row this program cannot use (another form, a text beyond its limits) is noted as in force, so that cursor and digest go on: what is
// here of the article stays as it is.
must_use bool kb_take_note(struct kb *kb, const struct kb_remote_row *r, struct err *e);

struct kb_cursor {
	int64_t epoch, seq, head, at; // at: hub time of the last page
};
// How far a stream was followed; never: all 0.
must_use bool kb_cursor_get(struct kb *kb, const char *s, struct kb_cursor *out, struct err *e);
must_use bool kb_cursor_set(struct kb *kb, const char *s, const struct kb_cursor *p, struct err *e); // joins an open transaction
must_use bool kb_cursor_each(struct kb *kb, bool (*fn)(void *arg, const char *s, const struct kb_cursor *p), void *arg, struct err *e);
// The stream is left (place_too): what is known of its rows is forgotten, the articles stay. Or it starts over: articles that have not come
// again by its head (kb_cursor_set with seq = head) are archived, the hub does not have them any more.
must_use bool kb_cursor_drop(struct kb *kb, const char *s, bool place_too, struct err *e);
// fn for each row in force of a stream: for the digest (wire_row_digest).
must_use bool kb_remote_each(struct kb *kb, const char *s, void (*fn)(void *arg, const char *t, const char *e, int64_t rev), void *arg,
			     struct err *e);
// The revision in force, 0: never had.
must_use bool kb_remote_get(struct kb *kb, const char *t, const char *e, int64_t *rev, const char **s, struct arena *a, struct err *err); // s: its stream
must_use bool kb_remote_rev(struct kb *kb, const char *t, const char *e, int64_t *rev, struct err *err);
// Versions displaced so far.
must_use bool kb_displaced_count(struct kb *kb, int64_t *n, struct err *e);

#endif
