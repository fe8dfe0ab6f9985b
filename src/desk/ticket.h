// SPDX-License-Identifier: MIT
// Knows how a ticket moves from new to closed, and when its SLA clock stands still.
#ifndef DESK_TICKET_H
#define DESK_TICKET_H

#include "src/desk/kinds.h"

// Source: domain.md §4.2. Codes are stored.
enum ticket_state {
	TICKET_NEW,
	TICKET_OPEN,
	TICKET_WAITING_CUSTOMER,
	TICKET_WAITING_THIRD,
	TICKET_WAITING_INTERNAL,
	TICKET_ESCALATED,
	TICKET_RESOLVED,
	TICKET_CLOSED,
	TICKET_REOPENED, // passes on to open with accept or auto_assign; the caller adds 1 to reopen_count
	TICKET_MERGED,
	TICKET_CANCELLED,
};
KIND_DECLARE(ticket_state)

enum ticket_event {
	TICKET_EV_ACCEPT,
	TICKET_EV_AUTO_ASSIGN,
	TICKET_EV_NEED_CUSTOMER,
	TICKET_EV_CUSTOMER_REPLY,
	TICKET_EV_GIVE_UP_WAITING,   // 3 reminders or 72 h without an answer
	TICKET_EV_NEED_THIRD,
	TICKET_EV_THIRD_REPLY,
	TICKET_EV_XDEPT,
	TICKET_EV_TASK_DONE,
	TICKET_EV_ESCALATE,
	TICKET_EV_DECISION,
	TICKET_EV_RESOLVE,
	TICKET_EV_CUSTOMER_CONFIRMS,
	TICKET_EV_SILENT,            // 72 h after resolved
	TICKET_EV_REJECT,
	TICKET_EV_REOPEN,
	TICKET_EV_DUPLICATE,
	TICKET_EV_CANCEL,
};
KIND_DECLARE(ticket_event)

enum ticket_kind { TICKET_CASE, TICKET_COMPLAINT, TICKET_XDEPT_TASK, TICKET_FAULT, TICKET_CALLBACK, TICKET_SANDBOX };
KIND_DECLARE(ticket_kind)

// How two tickets hang together, seen from one of them.
enum ticket_link {
	TICKET_LINK_RELATED,
	TICKET_LINK_PARENT,     // it is part of the other one
	TICKET_LINK_CHILD,      // the other one is part of it
	TICKET_LINK_DUPLICATE,  // it was merged: the other one goes on
	TICKET_LINK_DUPLICATES, // the other one was merged into it
};
enum { TICKET_LINKS = TICKET_LINK_DUPLICATES + 1 };
KIND_DECLARE(ticket_link)

#define TICKET_SILENT_MS (72LL * 3600000)
#define TICKET_REOPEN_MS (7LL * 24 * 3600000)
#define TICKET_REMINDERS 3

// What the machine must know; only the fields of the event in hand are read.
struct ticket_guard {
	bool by_system;                // the hub or a timer reports; false: a person asks
	const char *solution_text;     // resolve
	const char *root_cause_code;   // resolve; codes are those of the packs (causes/)
	bool red;                      // resolve, close: the category is red
	bool urgent_review_open;       // resolve, close: one is not decided yet
	bool urgent_review_decided;    // resolve, close: needed when red
	int reminders;                 // give_up_waiting
	int64_t since_ms;              // give_up_waiting: waiting; silent: since resolved; reopen: since closed
	const char *reason;            // cancel; duplicate: the number of the other ticket
	bool lead;                     // cancel: a team lead or above
};
enum ticket_verdict { TICKET_REFUSED = 0, TICKET_MOVED, TICKET_IGNORED }; // as call_verdict
must_use enum ticket_verdict ticket_step(enum ticket_state from, enum ticket_event ev, const struct ticket_guard *g,
	enum ticket_state *to, struct err *e);

bool ticket_possible(enum ticket_state from, enum ticket_event ev); // guards aside
// Where it leads; `from` itself when it is not possible.
enum ticket_state ticket_leads_to(enum ticket_state from, enum ticket_event ev);
bool ticket_is_terminal(enum ticket_state s); // merged, cancelled (closed may be reopened)
bool ticket_is_open(enum ticket_state s);     // work is owed: all but resolved, closed, merged, cancelled
// Does the SLA clock stand still in this state under a policy that pauses on these?
bool ticket_pauses(enum ticket_state s, bool pause_customer, bool pause_third);

#endif
