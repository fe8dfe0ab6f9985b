// SPDX-License-Identifier: MIT
// Knows what the parts of `zuoxi practice` share: the packs with their scenarios, the book, and how options come in.
#ifndef CLI_PRACTICE_CLI_H
#define CLI_PRACTICE_CLI_H

#include <jansson.h>

#include "config/pack.h"
#include "src/cli/cli.h"
#include "src/practice/book.h"
#include "src/practice/engine.h"

#define PRACTICE_USAGE                                                                                                             \
	"practice list [--pack DIR] | practice tour | practice show ID [--pack DIR] | practice run ID [--pack DIR] [--transcript FILE] [--plain] [--mode solo|exam]"  \
	" [--speed N] [--record FILE] [--debrief] | practice report [--agent NO] [--from DATE] [--to DATE]"                        \
	" [--format text|json|csv|html] [--out FILE] | practice case list | practice case show ID | practice case drop ID" \
	" | practice case accept ID | practice case export ID --scenario FILE [--code CODE]"

struct practice_args {
	const char *pack, *transcript, *plain, *mode, *speed, *record, *debrief, *agent, *from, *to, *format, *out, *scenario, *code; // NULL: not given
	char **words;
	size_t n;
};
struct practice_cli {
	struct cli *c;
	const struct practice_args *args;
	struct packs *packs;
	struct book *book; // NULL: nobody has practised here, or --pack was given without a data directory
	char *zone;
	struct contact_world world;
	struct arena arena;
};
// Loads the station's packs, or with --pack that folder and the common pack; what is wrong in a folder is printed. With with_book
// opens the book for reading if it is there.
must_use bool practice_open(struct practice_cli *p, struct cli *c, const struct practice_args *args, bool with_packs, bool with_book,
			    struct err *e);
void practice_close(struct practice_cli *p);
must_use bool practice_find(const struct practice_cli *p, const char *id, const struct pack_scenario **out, struct err *e);

// Each gives an exit code.
int practice_list(struct practice_cli *p);
int practice_show(struct practice_cli *p, const char *id);
int practice_run(struct practice_cli *p, const char *id);
int practice_line(struct practice_cli *p, const struct pack_scenario *s); // practice_line.c: without a screen
int practice_guide(struct practice_cli *p, const char *id);
int practice_report(struct practice_cli *p);
int practice_case(struct practice_cli *p);
int practice_case_change(struct cli *c, const char *id, bool accept); // accept, or drop
int practice_case_export(struct practice_cli *p);

// Score of a finished log on standard output: JSON, or with text the table and the debrief for people.
void practice_print_score(struct practice_cli *p, const struct pack_scenario *s, const struct practice_log *log, bool text);
must_use bool practice_write_log(const char *path, const struct practice_log *log, struct err *e);

// The common pack to load beside these folders; NULL when it is among them or nowhere. Owned.
char *pack_common(char **dirs, size_t n);

// --- What the report is made of (practice_report.c); its forms are in practice_chart.c and practice_html.c

enum { PRACTICE_LINES = SCORE_GROUPS };
struct practice_seat { // of a drill
	const char *code, *label, *name;
	int final_;
	bool passed;
};
struct practice_point {
	int64_t at;
	const struct practice_seat *seats;
	size_t n_seats;
	int whole; // of the drill, -1: none
	const char *no, *scenario, *title;
	int final_;
	bool passed;
	double value[PRACTICE_LINES]; // 0..1: speed, solving, attitude
};
struct practice_agent {
	const char *agent, *name;
	VEC(struct practice_point) runs; // oldest first
	int passed, best, last;
	double mean; // hundredths
};
struct practice_progress {
	struct arena arena;
	VEC(struct practice_agent) agents; // by number
	const char *zone;
};
int practice_columns(FILE *f); // of the terminal; 80 where it is none
void practice_chart(const struct practice_progress *r, FILE *out, int columns);
void practice_html(const struct practice_progress *r, FILE *out);

#endif
