// SPDX-License-Identifier: MIT
// Knows how a text lies in its row: lists as JSON, the canonical form that is hashed.
#ifndef KB_ROWS_H
#define KB_ROWS_H

#include "kb/article.h"
#include "kb/internal.h"

// ["a", "b"]; owned by the caller.
char *kb_list_json(const struct kb_list *l);
struct kb_list kb_list_parse(struct sv json, struct arena *a); // anything but an array of strings is an empty list

// Lower-case hex of the SHA-256 over everything readers see; author, approver and note are about the change, not the text.
void kb_text_hash(const struct kb_text *t, char out[65]);

// Reads a version by its article's number. ERR_NOT_FOUND if there is none.
must_use bool kb_version_read(struct kb *kb, int64_t no, int ver, struct kb_version *out, struct arena *a, struct err *e);

// What every published text must be; ERR_PARSE or ERR_DENIED says what is wrong.
must_use bool kb_text_check(const struct kb_text *t, struct err *e);
// A text whose absent parts are empty instead of NULL.
struct kb_text kb_text_filled(const struct kb_text *t);
bool kb_id_ok(const char *id); // 1..64 letters, digits and . _ : -

// The row of an article: its number, current version and stored state.
struct kb_head {
	int64_t no;
	int ver;
	enum kb_state state;
};
// ERR_NOT_FOUND when there is no such article.
must_use bool kb_head_of(struct kb *kb, const char *id, struct kb_head *h, struct err *e);
// The article's current text leaves or enters the index.
must_use bool kb_move_index(struct kb *kb, const struct kb_head *h, bool add, struct err *e);

// ERR_DENIED says that the one state does not lead to the other.
must_use bool kb_state_may_become(const char *id, enum kb_state from, enum kb_state to, struct err *e);
// The one place that changes the state of an article beside kb_put: the index follows. why counts with KB_STALE.
must_use bool kb_state_write(struct kb *kb, const struct kb_head *h, enum kb_state to, const char *why, struct err *e);
// The article and whether its current text has this hash, in one step; h->no is 0 when there is no such article.
must_use bool kb_current(struct kb *kb, const char *id, const char *sha, struct kb_head *h, bool *same, struct err *e);
// Writes version ver of a checked and filled text and makes it the current one; h is brought up to date. Nothing may be there
// under that number.
must_use bool kb_publish(struct kb *kb, const struct kb_text *t, const char *sha, struct kb_head *h, int ver, int64_t published,
			 struct err *e);
// After a new version: its policies are linked, votes begin anew, articles that rest on it become stale (they did so long ago
// if it is of a history).
must_use bool kb_after_put(struct kb *kb, const struct kb_head *h, const struct kb_text *t, enum kb_put what, bool history,
			   struct err *e);

// Runs a call inside a transaction of its own unless one is open.
#define KB_IN_TRANSACTION(kb, e, call)                                                            \
	({                                                                                     \
		bool own_ = sqlite3_get_autocommit((kb)->db) != 0;                             \
		bool ok_ = !own_ || kb_begin(kb, e);                                           \
		ok_ = ok_ && (call);                                                           \
		if (own_ && ok_)                                                               \
			ok_ = kb_commit(kb, e);                                                \
		else if (own_)                                                                 \
			kb_rollback(kb);                                                       \
		ok_;                                                                           \
	})

static inline bool kb_searchable(enum kb_state s)
{
	return s == KB_PUBLISHED || s == KB_STALE;
}

#endif
