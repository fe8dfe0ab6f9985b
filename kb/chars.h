// SPDX-License-Identifier: MIT
// Knows in how many articles each Han character stands, anywhere in them: single characters of a body have no postings, but
// what they are worth in a score hangs on how common they are.
#ifndef KB_CHARS_H
#define KB_CHARS_H

#include "kb/kbdb.h"

struct kb_chars;
struct kb_chars *kb_chars_new(struct kb *kb);
void kb_chars_free(struct kb_chars *c); // NULL is fine
void kb_chars_stale(struct kb_chars *c); // the file was changed by somebody else

// ---- the writer ----
// The characters gathered next are those of one article, which comes (sign 1) or goes (-1).
void kb_chars_begin(struct kb_chars *c, int sign);
void kb_chars_gather(struct kb_chars *c, uint32_t cp); // folded; as often as it occurs, an article counts once
must_use bool kb_chars_flush(struct kb_chars *c, struct err *e); // within the caller's transaction
void kb_chars_forget(struct kb_chars *c);                        // after a rollback
must_use bool kb_chars_clear(struct kb_chars *c, struct err *e);

// ---- readers ----
must_use bool kb_chars_get(struct kb_chars *c, uint32_t cp, int64_t *n, struct err *e);

#endif
