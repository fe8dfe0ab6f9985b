// SPDX-License-Identifier: MIT
// Knows what the ticket desk tells of one ticket, and what a person does to it: write, note, step, priority. Each is one commit.
#ifndef WORK_TICKET_DESK_H
#define WORK_TICKET_DESK_H

#include "src/base/vec.h"
#include "src/desk/ticket.h"
#include "src/work/ticket_hand.h"

struct model;

struct ticket_line { // of the history
	int64_t at;
	const char *who, *what, *text; // text may be ""; who "": not known
	bool alarm;
};
// The ticket that is open. Texts are masked, in `arena` until the next model_ticket_refresh.
struct ticket_desk {
	struct arena arena;
	char id[80]; // "": none is open
	bool there;  // it is on this station
	const char *no, *kind, *title, *description, *solution, *cause; // cause: in words
	const char *category, *queue, *owner, *owner_id, *customer; // owner: number and masked name
	const char *priority_why; // in words
	enum ticket_state state;
	int64_t priority, respond_due_at, resolve_due_at, created_at;
	bool pinned, red, paused, breached;
	const char *incident, *incident_id; // in words; "" none
	bool hand_asked; // this agent asked for it to be handed over, nobody has granted it yet
	bool asked;      // the priority shown was asked for by this agent, nobody has granted it yet
	size_t waiting;  // own operations on it that the hub has not answered
	bool in_conflict;
	VEC(struct ticket_tie) ties;   // in the order of enum ticket_link
	VEC(struct ticket_line) lines; // oldest first
};

enum ticket_deed {
	TICKET_WRITE,
	TICKET_NOTE,
	TICKET_STEP,
	TICKET_PRIORITY,
	TICKET_FILE,
	TICKET_TAKE,
	TICKET_ASSIGN,
	TICKET_RELEASE,
	TICKET_LINK,
	TICKET_INCIDENT,
};
enum ticket_may { TICKET_MAY_NOT, TICKET_MAY_ASK, TICKET_MAY };

// Open tickets on this station, urgent ones first, and the one whose number was typed in full, open or not (NULL with e: none).
struct ticket_pick {
	const char *id, *no, *title, *state; // state in words; owned by the arena
	int64_t priority;
};
struct ticket_picks {
	struct ticket_pick *v;
	size_t n;
};
must_use bool model_tickets(struct model *m, struct ticket_picks *out, struct arena *a, struct err *e);
const char *model_ticket_by_no(struct model *m, const char *no, struct arena *a, struct err *e); // its id

must_use bool model_ticket_open(struct model *m, const char *id, struct err *e);
void model_ticket_close(struct model *m);
void model_ticket_refresh(struct model *m); // what is open, as it is now
// domain.md §2.5 for the open ticket; e (may be NULL) says why not.
enum ticket_may model_ticket_may(const struct model *m, enum ticket_deed what, struct err *e);

// The texts of the open ticket. `was` is what the person had before their eyes when they began: a text that somebody changed since
// is refused with ERR_CONFLICT and what it says now. What is as it was is left alone.
struct ticket_texts {
	const char *title, *description;
};
enum { TICKET_TITLE_CHARS = 60, TICKET_TEXT_CHARS = 4000 };
must_use bool model_ticket_write(struct model *m, const struct ticket_texts *was, const struct ticket_texts *now, struct err *e);
must_use bool model_ticket_note(struct model *m, const char *text, struct err *e);

// Steps that can be taken now, in the order of the table; out: TICKET_EV_CANCEL + 1.
size_t model_ticket_steps(const struct model *m, enum ticket_event *out);
struct ticket_answer {
	const char *reason;   // of any step; for a duplicate the number of the other ticket
	const char *solution; // with resolve
	const char *cause;    // likewise: a code of the packs that is not retired; without causes in the packs none is needed
};
must_use bool model_ticket_step(struct model *m, enum ticket_event ev, const struct ticket_answer *with, struct err *e);
// With a reason. Who may only ask asks: the operation goes to the supervisor.
must_use bool model_ticket_priority(struct model *m, int priority, bool pinned, const char *reason, struct err *e);

// Sorts it: another category, another queue. In practice only: of real tickets the category comes with the contact and the hub routes.
must_use bool model_ticket_classify(struct model *m, const char *category, struct err *e);
must_use bool model_ticket_route(struct model *m, const char *queue, struct err *e);

#endif
