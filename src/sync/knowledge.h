// SPDX-License-Identifier: MIT
// Knows how the streams of the knowledge base are followed in its own file, by the one connection that writes it.
//
// kb.db and store.db are two files, which no transaction spans. A page of a kb stream and its cursor are one transaction of kb.db: it is
// committed with the cursor, before the job's own. A job that fails afterwards finds the page taken the next time and drops it.
#ifndef SYNC_KNOWLEDGE_H
#define SYNC_KNOWLEDGE_H

#include "src/base/clock.h"
#include "src/sync/sqlite.h"

struct kb;
// Who has the base open for writing: open gives its connection at the time now, done tells how it went (kb_writer_open, kb_writer_done).
// Store thread.
struct knowledge_writer {
	void *ctx;
	struct kb *(*open)(void *ctx, const struct clock *now, struct err *e);
	void (*done)(void *ctx, bool ok, const struct err *e);
	void (*close)(void *ctx); // its file is about to be replaced
};
struct knowledge;
struct knowledge *knowledge_new(const struct knowledge_writer *w, const struct clock *clock); // clock is borrowed
// The same for who has no writer yet (a subcommand): the base of a station's directory, opened on the first use in the store's thread.
struct knowledge *knowledge_of_dir(const char *dir, const struct clock *clock);
void knowledge_free(struct knowledge *k); // NULL is fine
const struct sync_kb *knowledge_calls(struct knowledge *k); // as long as k; NULL for NULL
// While held the station says that it follows no stream of the base, and takes nothing of one: a whole base is on its way. Any thread.
void knowledge_let_go(struct knowledge *k); // the writer closes the base; it is opened again on the next use. Store thread
void knowledge_hold(struct knowledge *k, bool yes);

// Around each job of the store's thread that uses the calls. end (always) undoes what no cursor sealed; ok: as the job did so far. *changed
// (may be NULL) is set when articles are not as they were. k NULL: there is no base to follow.
void knowledge_begin(struct knowledge *k, struct db *db);
void knowledge_end(struct knowledge *k, bool ok, bool *changed);
// Between begin and end, in a job of its own: some of the work that rows leave behind in the index, which cannot wait for a quiet moment
// while there are ever more of them. *more: there is more of it.
must_use bool knowledge_keep_up(struct knowledge *k, bool *more, struct err *e);

#endif
