// SPDX-License-Identifier: MIT
// Knows what the files of `zuoxi kb` share.
#ifndef CLI_KB_CLI_H
#define CLI_KB_CLI_H

#include "kb/search.h"
#include "src/cli/cli.h"

#define KB_USAGE                                                                                                       \
	"kb import [--rejects FILE] [--afresh] FILE|DIR... | search [-n N] [--explain] QUERY | "                           \
	"search --batch FILE [-n N] [--tag NAME] [--stats] [--typing] | show ID [--version N] | history ID | "             \
	"diff ID A B | seen TIME [--agent NO] [--contact ID] [--text] | gaps | export [--format jsonl|csv|md] [--to FILE|DIR] [--all] [--versions] | stats | "              \
	"check [--reindex]"

// Opens DIR/kb.db.
must_use bool kb_cli_open(struct cli *c, enum kb_mode mode, struct kb **kb, struct err *e);

// A time as people read it ("" for 0) and a number, both in the arena.
const char *kb_cli_time(struct kb *kb, int64_t ms, struct arena *a);
const char *kb_cli_number(int64_t v, struct arena *a);

// One verb each; what they give is an exit code.
int kb_cli_show(struct cli *c, struct kb *kb, const char *id, const char *version);
int kb_cli_history(struct cli *c, struct kb *kb, const char *id);
int kb_cli_diff(struct cli *c, struct kb *kb, char **words);
// Options of seen as they were written; NULL where absent.
struct kb_cli_seen {
	const char *agent, *contact, *text;
};
int kb_cli_seen(struct cli *c, struct kb *kb, const struct kb_cli_seen *o, const char *when);
int kb_cli_gaps(struct cli *c, struct kb *kb);
int kb_cli_stats(struct cli *c, struct kb *kb);
int kb_cli_check(struct cli *c, struct kb *kb);
int kb_cli_reindex(struct cli *c);
// Options as they were written; NULL where absent.
struct kb_cli_export {
	const char *format, *to, *all, *versions;
};
int kb_cli_export(struct cli *c, struct kb *kb, const struct kb_cli_export *o);
struct kb_cli_import {
	const char *rejects, *afresh;
};
int kb_cli_import(struct cli *c, const struct kb_cli_import *o, char **paths, size_t n);

// Options of search as they were written; NULL where absent.
struct kb_cli_search {
	const char *limit, *explain, *batch, *tag, *stats, *typing;
};
int kb_cli_search(struct cli *c, struct kb *kb, const struct kb_cli_search *o, char **words, size_t n);

#endif
