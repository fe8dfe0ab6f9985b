// SPDX-License-Identifier: MIT
// Knows what the files of `zuoxi kb` share.
#ifndef CLI_KB_CLI_H
#define CLI_KB_CLI_H

#include "kb/search.h"
#include "src/cli/cli.h"
#include "src/store/lock.h"

// Options as they were written, "" for a flag; NULL where absent.
struct kb_cli_opts {
	// reading
	const char *limit, *version, *all;
	// search
	const char *explain, *batch, *tag, *stats, *typing, *category, *step;
	// in and out
	const char *rejects, *afresh, *format, *to, *versions;
	// check
	const char *reindex, *repair;
	// phrasings
	const char *article, *call, *agent, *again;
	// what was seen
	const char *contact, *text;
	// deeds
	const char *note, *other, *next, *by;
};

// Opens DIR/kb.db to read it.
must_use bool kb_cli_open(struct cli *c, struct kb **kb, struct err *e);
// The same to write, with the directory locked against a running workstation. What is not there is made only if make. Both are
// given back by kb_cli_close, also after a failure.
struct kb_cli_writer {
	struct lock lock;
	struct kb *kb;
};
must_use bool kb_cli_write(struct cli *c, bool make, struct kb_cli_writer *w, struct err *e);
void kb_cli_close(struct kb_cli_writer *w);

// A wrong use of a verb: the sentence, and how that verb is used.
int kb_cli_usage(struct cli *c, const char *verb, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
// Who does it: --by, else the name the system knows the user by.
const char *kb_cli_by(const struct kb_cli_opts *o);

// A time as people read it ("" for 0); as it stands in a table: milliseconds in JSON, NULL for 0; a number. All in the arena.
const char *kb_cli_time(struct kb *kb, int64_t ms, struct arena *a);
const char *kb_cli_stamp(struct cli *c, struct kb *kb, int64_t ms, struct arena *a);
const char *kb_cli_number(int64_t v, struct arena *a);

// One verb each, with the words after it; what they give is an exit code. Reading:
typedef int kb_cli_fn(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n);
kb_cli_fn kb_cli_search, kb_cli_show, kb_cli_history, kb_cli_diff, kb_cli_seen, kb_cli_phrasings, kb_cli_gaps, kb_cli_export, kb_cli_stats,
	kb_cli_check;
// Writing: kb is NULL, they open it themselves.
kb_cli_fn kb_cli_import, kb_cli_learn, kb_cli_forget, kb_cli_gap_draft, kb_cli_state, kb_cli_repair;

#endif
