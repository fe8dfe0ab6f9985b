// SPDX-License-Identifier: MIT
// Knows what a person does about whose the open ticket is, and about what it hangs together with: take, hand over, give back, link.
//
// Each is one commit with its operation for the hub, offline as online. Whose it is, the hub decides by the fence the station saw
// (sync.md §3.7): who was slower hears of it as of any refusal. model_ticket_may (ticket_desk.h) says who may.
#ifndef WORK_TICKET_HAND_H
#define WORK_TICKET_HAND_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/desk/ticket.h"

struct model;

enum { TICKET_REASON_CHARS = 200 };

must_use bool model_ticket_take(struct model *m, struct err *e);
must_use bool model_ticket_release(struct model *m, const char *reason, struct err *e); // back to its queue; the reason is needed

// Whom it can be given to: people of the site's directory who may work on tickets and see its queue, then queues. Sorted.
struct ticket_target {
	const char *id, *label, *detail; // of a queue id is the code; label "8005 赵*"; detail: role or name of the queue, may be ""
	bool queue;
};
struct ticket_targets {
	struct ticket_target *v; // in the arena
	size_t n;
};
must_use bool model_ticket_targets(struct model *m, struct ticket_targets *out, struct arena *a, struct err *e);
// The one of them with this id, number of staff or code; ERR_NOT_FOUND with the sentence.
must_use bool model_ticket_target(struct model *m, const char *word, bool queue, struct ticket_target *out, struct arena *a, struct err *e);
// Does it want a reason? A queue always (it counts as a hop), and whatever is only asked for.
bool model_ticket_reason_needed(const struct model *m, bool queue);
// Who may only ask asks: a supervisor grants it.
must_use bool model_ticket_assign(struct model *m, const struct ticket_target *to, const char *reason, struct err *e);

// --- links

struct ticket_tie {
	enum ticket_link kind;
	const char *no, *id, *title, *state; // id NULL: the other one is not on this station, title and state are "" then
};
// no as people write it; the other ticket need not be here, but as a part of the open one. What stands already is refused. A duplicate is
// the step of that name: the open one is merged.
must_use bool model_ticket_link(struct model *m, enum ticket_link kind, const char *no, struct err *e);
// Related, part of, has as part. A merged ticket stays merged.
must_use bool model_ticket_unlink(struct model *m, enum ticket_link kind, const char *no, struct err *e);

struct ticket_incident {
	const char *id, *label; // "IN-261122-0A7C Payments fail"
};
struct ticket_incidents {
	struct ticket_incident *v; // in the arena
	size_t n;
};
// Those the hub has told of that are not over.
must_use bool model_ticket_incidents(struct model *m, struct ticket_incidents *out, struct arena *a, struct err *e);
const char *model_ticket_incident_words(struct model *m, const char *id, struct arena *a); // the id itself when nothing is known of it
must_use bool model_ticket_incident(struct model *m, const char *id, struct err *e);       // "": none any more

#endif
