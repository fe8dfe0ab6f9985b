// SPDX-License-Identifier: MIT
// Knows what the workstation shows and does about the hub: the state of the line, broadcasts, conflicts, what was refused.
//
// Plain data and operations of the model. How the exchange is made is src/sync's and is wired up by the program; the screen
// sees only this.
#ifndef WORK_HUB_H
#define WORK_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/vec.h"

struct model;
struct store;
struct commit;

// domain.md §4.9; HUB_NONE: the station has joined no hub.
enum hub_line { HUB_NONE, HUB_ONLINE, HUB_DEGRADED, HUB_OFFLINE, HUB_RECOVERING };
const char *hub_line_label(enum hub_line l); // "online" in the user's language

struct hub_status {
	enum hub_line line;
	bool drill;       // offline because somebody said so
	bool need_login;  // the session has ended: the password is wanted, nothing is lost
	bool upgrade;     // this program is too old for the hub
	bool stuck;       // 15 min without progress though the hub answers
	bool locked;      // the offline lease is over: customer data is closed until the next log-in, here and in `zuoxi`
	int64_t since;    // UTC of the last change of line
	int64_t synced_at; // hub time of the last complete exchange, UTC; 0: never
	int64_t skew_ms;  // station - hub
	int64_t unsent, oldest_made; // operations not acknowledged, UTC of the oldest; 0: none
	int64_t conflicts, rejected; // of the own operations
	int64_t lease_until;         // UTC, 0: none
	char agent_id[40], hub[120]; // logged in; address in use
};
// From the program, after each change. Draws only when something that is shown changed.
void model_hub_report(struct model *m, const struct hub_status *s);
const struct hub_status *model_hub(const struct model *m);
// Who has logged in at the hub, as it says: id is the agent in operations and streams ("me/<id>"), no and name are shown, roles are codes
// separated by blanks or commas. NULL or "": as it is. With contacts in hand another id waits until they are done: they are the work
// of whoever took them.
void model_hub_person(struct model *m, const char *id, const char *no, const char *name, const char *roles);
bool hub_much_unsent(const struct hub_status *s); // half of what an outbox is meant to hold (sync.md §3.9)
// 0 fine, 1 look (amber), 2 act (red): for sign, word and colour of the status line. age_ms: of the oldest unsent operation.
int hub_urgency(const struct hub_status *s, int64_t now);

// What the screen asks of the program; it fetches and clears them before it sleeps.
struct hub_wish {
	bool drill_on, drill_off, sync_now, logout, receipt, stations;
	char *login, *password; // owned; wiped by whoever takes them
};
must_use bool model_hub_login(struct model *m, const char *login, const char *password, struct err *e);
must_use bool model_hub_drill(struct model *m, bool on, struct err *e); // ERR_DENIED: not joined
// Login of the last person who logged in here, to be typed no more; "" none. Owned by a.
const char *model_hub_last_login(const struct model *m, struct arena *a);
must_use bool model_hub_logout(struct model *m, struct err *e);
must_use bool model_hub_sync_now(struct model *m, struct err *e); // ERR_DENIED also while nobody is logged in
// The shift-end receipt: ERR_DENIED with what is missing while the hub cannot have everything; else it comes with model_hub_receipt_came.
must_use bool model_hub_ask_receipt(struct model *m, struct err *e);
struct hub_wish model_hub_take_wish(struct model *m);

// What the hub signed, or why it did not (POST /v1/receipt). The program hands it in; the last one stays until the next is asked for.
struct hub_receipt {
	bool given;
	int64_t from, to;            // operations in (from, to]
	int64_t at;                  // hub time, UTC
	int64_t conflicts, rejected; // of these operations
	struct {
		char kind[32];
		int64_t n;
	} counts[24];                // by kind, as the hub counted
	size_t n_counts;
	char hash[65];               // hex, of all operations and answers
	char why[240];               // not given: a sentence
};
void model_hub_receipt_came(struct model *m, const struct hub_receipt *r);
// The stations are looked at: they are asked for anew, at most every 10 s. They come as rows.
void model_hub_ask_stations(struct model *m);
const struct hub_receipt *model_hub_receipt(const struct model *m); // NULL: none asked for, or not here yet

// --- broadcasts: rows of type "broadcast" in bc/*, until acknowledged or out of date (domain.md §8.3)

struct broadcast { // all text owned by hub_rows.arena
	const char *id, *kind, *severity, *title, *body; // kind notice, red, clear, policy, drill; severity red, orange, yellow
	const char *say, *not_say, *lines;               // what to say, what not to say, backup lines; "" none
	int64_t at, expires_at;
	bool require_ack, acked;
};
// One to be sent from this station (domain.md §8.2, §8.3). Texts may be NULL but the title; red needs what agents may say, and the hub.
enum broadcast_severity { BROADCAST_NOTICE, BROADCAST_YELLOW, BROADCAST_ORANGE, BROADCAST_RED };
struct broadcast_draft {
	enum broadcast_severity severity;
	bool clear; // the end of what was broadcast before
	const char *title, *body, *say, *not_say, *lines;
	bool ack;   // everybody must acknowledge it; red always
	int minutes; // it holds so long, 1 to 10,080
};
bool model_broadcast_may(const struct model *m, enum broadcast_severity s); // send it, or ask for it
bool model_broadcast_asks(const struct model *m, enum broadcast_severity s); // it goes to the supervisors, who send it or do not
must_use bool model_broadcast_send(struct model *m, const struct broadcast_draft *d, struct err *e); // one commit

// A red broadcast a team lead asks for (domain.md §2.5): rows of type "broadcast_request" in bc/<site> (src/hub/apply.h), for team leads and
// supervisors. Here until decided or lapsed; one that was declined, for whoever asked, until it would have lapsed.
struct red_request { // all text owned by hub_rows.arena
	const char *id, *title, *body, *say, *not_say, *lines; // "" none
	const char *by;          // number and masked name of who asks
	const char *declined_by, *why; // likewise, and the reason; NULL: not decided yet
	int64_t at, lapses_at;
	int minutes;             // in force so long once it is sent; 0: not said
	bool decides;            // this person: a supervisor, and not who asks
};
// Sends it, or declines with a reason: one commit. ERR_DENIED away from the hub. Its row is gone at once.
must_use bool model_request_decide(struct model *m, const char *id, bool approve, const char *why, struct err *e);

// --- conflicts: rows of type "conflict" this person may settle, and own operations the hub refused

struct conflict_field {
	const char *name, *label;        // label in the user's language where the field is known
	const char *base, *mine, *theirs; // as text; "" empty, NULL absent, or customer data is locked
};
struct conflict_row {
	const char *id, *about_t, *about_e, *about_no, *title; // title: of the ticket, masked name of the customer
	const char *reason;     // text, machine, approval, owner
	const char *why;        // what whoever asked wrote; "" nothing
	const char *mine_by, *theirs_by; // number and masked name
	int64_t mine_at, theirs_at, due_at;
	bool late;              // past due_at: the supervisor has it too
	bool own;               // this agent's operation lost
	bool waits;             // own, but somebody else settles it: a supervisor what needs consent, the owner what is of a ticket
	struct conflict_field *fields;
	size_t n_fields;
};
struct refused_row {
	int64_t n, at;
	const char *id, *kind, *about, *why; // why: a sentence
};
// A station of the site, for those who may see the team: entity "station" in dir/<site>, which the hub keeps from what stations
// report: {"station","name"?,"agent"?,"agent_name"?,"conn","unsent","oldest_at"?,"seen_at","version"?}; conn as in link_state_code(),
// "offline_backup" when the hub does not hear it.
struct station_row {
	const char *id, *name, *agent; // code of the station, its name, the agent logged in last with masked name; "" none
	enum hub_line line;
	int64_t unsent, oldest_at;     // as reported; UTC of the oldest, 0: none
	int64_t seen_at;               // UTC of the last report
	const char *version;           // of its program, "" unknown
};
struct hub_rows {
	struct arena arena;
	VEC(struct broadcast) broadcasts;   // newest first, those in force
	VEC(struct red_request) requests;   // oldest first
	VEC(struct conflict_row) conflicts; // oldest first
	VEC(struct refused_row) refused;
	VEC(struct station_row) stations;   // largest unsent first; empty for who may not see the team
};
// Read again after every exchange that changed something (model_hub_changed) and at start. Borrowed until the next turn.
const struct hub_rows *model_hub_rows(struct model *m);
// As the last model_hub_rows left them, never NULL: for drawing, which reads nothing from the store.
const struct hub_rows *model_hub_shown(const struct model *m);
void model_hub_changed(struct model *m);
// The broadcast that must be acknowledged first (red before others, oldest first); NULL: none.
const struct broadcast *model_broadcast_due(struct model *m);
must_use bool model_broadcast_ack(struct model *m, const char *id, struct err *e); // one commit with its operation

enum conflict_side { CONFLICT_OPEN, CONFLICT_MINE, CONFLICT_THEIRS, CONFLICT_OTHER };
struct conflict_choice {
	const char *field;
	enum conflict_side side;
	const char *value; // of CONFLICT_OTHER
};
// One commit: a conflict.settle operation that names both revisions. ERR_USAGE while a field is not chosen. Its row is gone at once.
must_use bool model_conflict_settle(struct model *m, const char *id, const struct conflict_choice *choices, size_t n, struct err *e);
must_use bool model_refused_seen(struct model *m, int64_t n, struct err *e); // taken note of: settled

// "as of 14:32" for data fetched in a stream or by a search; "" while online and fresh. Owned by a.
const char *model_as_of(const struct model *m, int64_t fetched_at, struct arena *a);
// The 6-digit read-out code of a ticket number for escalations by telephone (domain.md §8.4).
void hub_readout_code(const char *ticket_no, char out[7]);

#endif
