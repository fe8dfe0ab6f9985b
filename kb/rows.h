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
static inline bool kb_searchable(enum kb_state s)
{
	return s == KB_PUBLISHED || s == KB_STALE;
}

#endif
