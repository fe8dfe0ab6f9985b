// SPDX-License-Identifier: MIT
// Knows what the two files of `zuoxi kb` share.
#ifndef CLI_KB_CLI_H
#define CLI_KB_CLI_H

#include "kb/search.h"
#include "src/cli/cli.h"

#define KB_USAGE                                                                                                       \
	"kb import FILE|DIR... | search [-n N] [--explain] QUERY | search --batch FILE [-n N] [--tag NAME] [--stats] "     \
	"[--typing] | show ID [--version N] | history ID | diff ID A B | gaps | export | stats | check [--reindex]"

// Opens DIR/kb.db.
must_use bool kb_cli_open(struct cli *c, enum kb_mode mode, struct kb **kb, struct err *e);

// Options of search as they were written; NULL where absent.
struct kb_cli_search {
	const char *limit, *explain, *batch, *tag, *stats, *typing;
};
int kb_cli_search(struct cli *c, struct kb *kb, const struct kb_cli_search *o, char **words, size_t n);

#endif
