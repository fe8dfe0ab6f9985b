// SPDX-License-Identifier: MIT
// Knows the one connection that writes kb.db: it belongs to the store's thread, and to whoever works on the base there.
#ifndef WORK_KB_WRITER_H
#define WORK_KB_WRITER_H

#include <stdbool.h>

#include "src/base/clock.h"
#include "src/base/err.h"

struct kb;
struct model;

// The connection that writes kb.db. The loop thread asks for it and gives it to the parts of its commits; it ends with the store.
struct kb_writer;
struct kb_writer *work_kb_writer(struct model *m);
// Store thread: open since the first deed, at the time of this one. Not kept by the caller.
struct kb *kb_writer_open(struct kb_writer *w, const struct clock *now, struct err *e);
// How it went: after a failure of the file the next deed opens it anew. e may be anything when ok.
void kb_writer_done(struct kb_writer *w, bool ok, const struct err *e);
// Loop thread: the base as it was found when it was opened to read may be behind with its idle work (kb/merge.h); by itself that is
// only done once something was written.
void work_kb_look_after(struct model *m, struct kb *kb);
// Store thread: its file is about to be replaced. It is opened again on the next use.
void kb_writer_close(struct kb_writer *w);

// Loop thread: the base is (not) to be had while its file is replaced; searches say so meanwhile.
void model_kb_away(struct model *m, bool away);

#endif
