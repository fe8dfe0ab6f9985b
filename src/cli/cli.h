// SPDX-License-Identifier: MIT
// Knows what every subcommand shares: the common options, exit codes and where output goes.
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/practice/log.h"

// Exit codes of cli.md.
enum cli_exit {
	CLI_DONE = 0,
	CLI_NO = 1, // ran, but the answer is no: lint errors, nothing found
	CLI_USAGE = 2,
	CLI_FAILED = 3, // could not run: file, database, network
	CLI_SCREEN = -1, // never the program's: the workstation shall open as struct cli says (practice)
};

struct cli {
	const char *program; // as it names itself; NULL: "zuoxi"
	char *data; // the data directory (owned); never NULL, may not exist yet
	char *config; // settings file, NULL for the default place
	bool json;
	bool seeded;
	uint64_t seed;
	struct clock clock; // --now shifts it
	FILE *out, *err;
	bool scripted; // --script was given: keys come from a file, so that no terminal is needed
	enum practice_mode practice_mode; // with CLI_SCREEN
	const char *practice; // with CLI_SCREEN: the scenario to open the workstation with; NULL: none
};

// One subcommand: argv[0] is its name, common options are already taken out. Returns an enum cli_exit.
typedef int cli_fn(struct cli *, int argc, char **argv);

// Prints "PROGRAM WORD: message" with usage on the error stream and gives CLI_USAGE.
int cli_usage(struct cli *, const char *usage, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
// Prints the error and gives CLI_FAILED (CLI_NO for ERR_NOT_FOUND).
int cli_fail(struct cli *, const struct err *e);

// Option parsing for subcommands: walks argv, understands "--name value", "--name=value" and flags; everything else is
// a word, kept in order. Unknown options give CLI_USAGE through the message in e.
struct cli_opt {
	const char *name; // without dashes; one letter for "-n"; "-" lets words such as -loan and -贷款 be words
	bool takes; // has a value
	const char **value; // set to the value, or to "" for a flag
};
must_use bool cli_parse(int argc, char **argv, const struct cli_opt *opts, size_t n, char **words, size_t *nwords,
			struct err *e);

// A listing: rows of named columns, printed as an aligned table or, with --json, as an array of objects. A text cell
// is copied; widths are display columns.
struct cli_table;
struct cli_table *cli_table_new(struct cli *, const char *const *keys, const char *const *titles, size_t n);
void cli_table_row(struct cli_table *, const char *const *cells); // NULL cell: null / blank
void cli_table_types(struct cli_table *, const char *types); // one letter a column: s text (default), i number, r with a fraction, b true/false
void cli_table_print(struct cli_table *); // prints and frees

// Every use of `zuoxi kb`, one a line.
void cmd_kb_help(FILE *out);

cli_fn cmd_keys, cmd_init, cmd_pack, cmd_kb, cmd_call, cmd_ticket, cmd_customer, cmd_backup, cmd_enrol, cmd_login, cmd_logout, cmd_sync, cmd_restore, cmd_doctor,
	cmd_status, cmd_audit, cmd_outbox, cmd_practice, cmd_report;

#endif
