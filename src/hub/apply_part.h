// SPDX-License-Identifier: MIT
// Knows what the rules of the shapes share: an operation in hand, and the small steps all of them take. Private to src/hub/apply*.c,
// actor.c, rights*.c and exchange*.c.
#ifndef HUB_APPLY_PART_H
#define HUB_APPLY_PART_H

#include "src/hub/apply.h"

// --- documents

static inline const char *doc_text(const json_t *d, const char *key)
{
	return json_string_value(json_object_get(d, key));
}

static inline int64_t doc_int(const json_t *d, const char *key)
{
	return json_integer_value(json_object_get(d, key));
}

// Absent and null are the same value.
bool doc_same(const json_t *a, const json_t *b);
void doc_list_add(json_t *d, const char *key, const char *text);  // d is the caller's own copy; the list is replaced, not changed
void doc_list_drop(json_t *d, const char *key, const char *text);

// --- people

bool actor_has(const char *const *list, size_t n, const char *what);
bool actor_serves(const struct actor *who, const char *queue);
bool actor_is(const struct actor *who, enum user_role role);

// --- fields

bool field_is_hubs_own(const char *t, const char *field); // members only the hub adds: never taken from a body
// The right a change of the field needs beside the verb's; false: none.
bool field_right(const char *t, const char *field, const json_t *want, enum hub_right *r);

// --- one operation

struct apply {
	struct hub_tx *tx;
	const struct actor *who;
	const struct wire_op *op;
	const struct verb *verb;
	struct applied *out;
	struct err *e;
	const char *t, *id;        // entity it is about, behind redirects
	const char *site;          // where that is kept
	const struct hub_ent *cur; // NULL: there is none
	bool restored;             // the base is of an earlier epoch: the hub may have forgotten things
	int64_t base;              // revision the edit was based on; 0: not known, or not to be believed
};

static inline struct arena *apply_arena(const struct apply *a)
{
	return hub_arena(a->tx);
}

// Endings; each gives true so that it is one line.
bool apply_reject(struct apply *a, enum wire_problem_kind why);
bool apply_noop(struct apply *a, const struct hub_ent *where); // where NULL: nowhere
bool apply_result(struct apply *a, enum wire_result r, const char *site, const char *t, const char *e);
void apply_lost(struct apply *a, const char *field);

// Is it allowed? *out; false only when the store failed.
must_use bool apply_may(struct apply *a, enum hub_right r, const json_t *doc, enum verdict *out);
// Where a document belongs (site and stream), from the document alone; NULL stream: it has no place (bad-shape).
must_use bool apply_place(struct apply *a, const char *t, const char *id, const json_t *d, const char **site, const char **s);
// Stages the next revision of (t, id), over cur (NULL: the first). Takes d and fr. Stamps after_revoke and claimed_by.
must_use bool apply_put(struct apply *a, const char *t, const char *id, const struct hub_ent *cur, json_t *d, json_t *fr);
struct put {
	const char *t, *id, *by; // by NULL: the actor
	const struct hub_ent *cur;
	json_t *d, *fr;          // taken
	const char *gone, *to;
};
must_use bool apply_put_as(struct apply *a, const struct put *p);
// Marks field as changed in the revision after cur. fr is the caller's own copy.
void apply_touch(json_t *fr, const char *field, const struct hub_ent *cur);
json_t *apply_fr(const struct hub_ent *cur); // own copy of {field: rev}
// The first revision of (a->t, a->id), answered with r; bad-shape when it has no place. Takes d.
must_use bool apply_put_new(struct apply *a, json_t *d, enum wire_result r);
// What the body says of a decision, by whom and when; the state is "decided". d and fr are the caller's own.
void apply_decision(const struct apply *a, json_t *d, json_t *fr);
must_use bool apply_get(struct apply *a, const char *t, const char *id, const struct hub_ent **out); // in the site of its type
const char *apply_site(const struct apply *a, const char *t);
// A line of a ticket: staged under the ticket's stream and listed in it. Takes d.
must_use bool apply_line(struct apply *a, const char *t, const char *id, const char *ticket, json_t *d);

// --- conflicts (apply_conflict.c)

struct clash {
	const char *field, *reason;
	json_t *mine;   // borrowed; NULL: to be taken away
	json_t *theirs; // borrowed
	json_t *base;   // borrowed; NULL: not known
};
// Makes or extends the conflict entities of these clashes (one a reason) and lists them in d, the new document of (a->t, a->id),
// which the caller puts. Sets the answer's cf and lost.
must_use bool apply_clash(struct apply *a, const struct clash *v, size_t n, json_t *d);
must_use bool conflict_base(struct apply *a, const char *field, json_t **out); // what stood there at the base; new reference or NULL

// --- tickets (apply_ticket.c)

// May it go from one state to the other with what the document says? doc: with all other fields of the edit in place.
must_use bool ticket_may_become(struct apply *a, const char *from, const char *to, const json_t *doc, const json_t *body, bool *yes);
bool escalation_may_become(const struct apply *a, const char *from, const char *to, const json_t *doc);
// What follows from a change of state or queue: stamps, counters, owner. Before the ticket is staged.
must_use bool ticket_follow(struct apply *a, const struct hub_ent *cur, json_t *d, json_t *fr);
void ticket_handed(const struct apply *a, json_t *d, const char *reason); // its owner is another: the fence, by whom, why (NULL: not said)
must_use bool ticket_lines_follow(struct apply *a); // after it: notes, escalations and conflicts move to its stream
must_use bool ticket_queue_known(struct apply *a, const char *queue);
must_use bool ticket_of_no(struct apply *a, const char *no, const struct hub_ent **out);
must_use bool ticket_number_put(struct apply *a, const char *no, const char *id);
// After a ticket is staged that said `was` before (NULL: new): the other ends of its links, and how many tickets an incident has.
must_use bool ticket_links_follow(struct apply *a, const json_t *was);
must_use bool ticket_parent_known(struct apply *a, const json_t *was, json_t *d, json_t *fr); // before: parent_id goes by parent_no
must_use bool ticket_parent_fits(struct apply *a, const char *no, bool *yes); // false: the ticket would be part of itself
// The ticket is no longer theirs: what they did is kept as a note, and a supervisor hears of it.
must_use bool ticket_late_work(struct apply *a);
must_use bool ticket_was_owner(struct apply *a, bool *yes);

// --- the shapes

must_use bool apply_new(struct apply *a);
must_use bool apply_set(struct apply *a);
must_use bool apply_append(struct apply *a);
must_use bool apply_own(struct apply *a);
must_use bool apply_ack(struct apply *a);
must_use bool apply_assign(struct apply *a);
must_use bool apply_deed(struct apply *a);
must_use bool apply_settle(struct apply *a);
must_use bool apply_decide(struct apply *a);
must_use bool apply_put_whole(struct apply *a);
must_use bool apply_merge(struct apply *a);
must_use bool apply_delete(struct apply *a);

// --- broadcasts (apply_broadcast.c)

must_use bool broadcast_new(struct apply *a, json_t *d); // also one that is asked for; takes d
must_use bool broadcast_decide(struct apply *a);

// --- the knowledge base

// An article's text was published: what it rests on (before: its text until now, NULL none); and who rests on it is doubtful now.
must_use bool kb_policies_put(struct apply *a, const char *article, const json_t *before, const json_t *now);
must_use bool kb_policies_flag(struct apply *a, const char *policy);
must_use bool kb_part(struct apply *a, bool *mine); // suggestions, votes, phrasings, uncovered cases; *mine: it was one

#endif
