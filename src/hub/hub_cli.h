// SPDX-License-Identifier: MIT
// Knows what the subcommands of zuoxi-hub share: the store they work on, directly or inside the hub that serves it.
//
// A SQLite store belongs to one process. While a hub serves it, a subcommand is handed to that process through a socket beside the
// file, which only its owner may open, and its output comes back; the same function runs in both cases.
#ifndef HUB_HUB_CLI_H
#define HUB_HUB_CLI_H

#include "src/cli/cli.h"
#include "src/hub/auth.h"

struct server;
struct hub_cli {
	struct cli base; // program, json, clock, out, err
	const char *url; // of the store; NULL: not given
	const char *keys_path; // of the key file; owned by whoever made this
	struct hub_store *store; // NULL for commands that need none
	struct hub_keys *keys;
	struct server *server; // inside a serving hub; else NULL
	const char *cwd; // where relative names begin; NULL: here
	const char *secret; // a password that was asked for; NULL: none
	struct arena arena;
};
typedef int hub_cmd(struct hub_cli *c, int argc, char **argv);

enum hub_need {
	NEED_NOTHING, // opens what it needs itself
	NEED_STORE, // open store and keys, writing
};
struct hub_command {
	const char *name;
	hub_cmd *run;
	enum hub_need need;
	const char *usage;
	const char *help; // message id
};
extern const struct hub_command hub_commands[];
extern const size_t n_hub_commands;
const struct hub_command *hub_command(const char *name); // NULL: there is none
// A password must be asked for first: "" once, "new" twice, NULL: not.
const char *hub_wants_secret(int argc, char **argv);

hub_cmd hub_cmd_init, hub_cmd_serve, hub_cmd_user, hub_cmd_team, hub_cmd_queue, hub_cmd_station, hub_cmd_broadcast, hub_cmd_migrate,
	hub_cmd_backup, hub_cmd_restore, hub_cmd_check, hub_cmd_audit, hub_cmd_subject, hub_cmd_import, hub_cmd_pack, hub_cmd_kb;

// The store and its keys at c->url. On failure nothing is held.
must_use bool hub_cli_open(struct hub_cli *c, struct err *e);
void hub_cli_close(struct hub_cli *c);
// NULL: c->url is given, names an engine; the default of the key file is filled in.
must_use bool hub_cli_place(struct hub_cli *c, struct err *e);
// A file name as the person meant it; in the arena.
const char *hub_cli_path(struct hub_cli *c, const char *name);
const char *hub_cli_beside(struct hub_cli *c, const char *name); // in the folder of the keys; in the arena
must_use bool hub_cli_read(struct hub_cli *c, const char *name, size_t max, const char **text, struct err *e); // in the arena
// Asks for a password on the terminal (twice when twice), else takes a line of standard input. Owned, NULL with e.
char *hub_cli_ask(const char *what, bool twice, struct err *e);
// option, else the site named at init; in the arena.
must_use bool hub_cli_site(struct hub_cli *c, const char *option, const char **site, struct err *e);

// An entity of the directory changed by name. set: members to replace, "" clears; stolen.
struct hub_change {
	const char *site, *t, *e;
	json_t *set;
	bool make; // it is not there yet
	bool changed; // it was something new
};
must_use bool hub_cli_change(struct hub_cli *c, struct hub_change *ch, struct err *e);
// "a,b" as a JSON array of texts; NULL gives NULL.
json_t *hub_cli_list(const char *commas);
// What people read for the state of a device or of an agent; in JSON the state stands as it is.
const char *hub_cli_state(const char *state);
// For tables that people read: an instant in the site's own time, an agent as the login. With json both stand as they are stored.
void hub_cli_when(struct hub_tx *tx, const char *site, bool json, int64_t at, char out[32]);
const char *hub_cli_who(struct hub_tx *tx, const char *site, bool json, const char *agent); // borrowed for the transaction
int hub_cli_say(struct hub_cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3))); // to out unless --json; CLI_DONE

// --- the socket beside a SQLite file (admin.c)

struct admin;
// Serves subcommands on the file's socket until admin_stop. c: borrowed; its store, keys and server are what they work on.
must_use bool admin_start(struct admin **out, struct hub_cli *c, struct err *e);
void admin_stop(struct admin *a);
// Hands the command to the hub that serves the store. false: none does, run it here. *rc: its exit code.
bool admin_forward(struct hub_cli *c, int argc, char **argv, int *rc);

#endif
