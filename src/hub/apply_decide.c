// SPDX-License-Identifier: MIT
// Knows how an escalation or a proposal is decided: once, by somebody who may, never by whoever asked (domain.md §4.3, §2.5).
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

static bool one_of(const char *s, const char *const *v, size_t n)
{
	return s && actor_has(v, n, s);
}

static bool waits(const json_t *d)
{
	static const char *const states[] = {"submitted", "in_review", "overdue"};

	return one_of(doc_text(d, "state"), states, 3);
}

// A team lead decides level 1; level 2 and 3 are the supervisor's.
static bool may_decide(struct apply *a, bool *yes)
{
	const char *ticket = doc_text(a->cur->d, "ticket_id");
	const struct hub_ent *t = NULL;
	enum verdict v;

	*yes = false;
	if (ticket && !apply_get(a, "ticket", ticket, &t))
		return false;
	const struct target what = {.site = a->who->site, .owner = doc_text(a->cur->d, "from_id"),
				    .queue = t ? doc_text(t->d, "queue_code") : doc_text(a->cur->d, "queue_code")};
	if (!actor_may(a->tx, a->who, a->verb->right, &what, &v, a->e))
		return false;
	*yes = v == VERDICT_YES && !str_eq(doc_text(a->cur->d, "from_id"), a->who->agent) &&
	       (right_scope(a->who->roles, a->verb->right) >= SCOPE_SITE || doc_int(a->cur->d, "level") <= 1);
	return true;
}

void apply_decision(const struct apply *a, json_t *d, json_t *fr)
{
	static const char *const from_body[] = {"decision", "decision_text", "authority_amount"};

	for (size_t i = 0; i < sizeof(from_body) / sizeof(*from_body); i++) {
		json_t *v = json_object_get(a->op->body, from_body[i]);
		if (v)
			json_object_set(d, from_body[i], v);
		apply_touch(fr, from_body[i], a->cur);
	}
	json_object_set_new(d, "decided_by", json_string(a->who->agent));
	json_object_set_new(d, "decided_at", json_integer((json_int_t)hub_now(a->tx)));
	json_object_set_new(d, "state", json_string("decided"));
	apply_touch(fr, "state", a->cur);
}

// The ticket goes on; who takes it over has it.
static bool move_on(struct apply *a, bool take_over)
{
	const struct hub_ent *t = NULL;
	enum ticket_state from, to;
	const char *id = doc_text(a->cur->d, "ticket_id");

	if (!id || !apply_get(a, "ticket", id, &t))
		return !id;
	if (!t || t->gone)
		return true;
	bool moves = ticket_state_parse(sv(doc_text(t->d, "state")), &from) &&
		     ticket_step(from, TICKET_EV_DECISION, &(struct ticket_guard){.by_system = true}, &to, NULL) == TICKET_MOVED;
	if (!moves && !take_over)
		return true;
	json_t *d = json_copy(t->d), *fr = apply_fr(t);
	if (moves) {
		json_object_set_new(d, "state", json_string(ticket_state_code(to)));
		apply_touch(fr, "state", t);
	}
	if (take_over) {
		json_object_set_new(d, "owner_id", json_string(a->who->agent));
		ticket_handed(a, d, NULL);
		apply_touch(fr, "owner_id", t);
	}
	return apply_put(a, "ticket", id, t, d, fr);
}

static bool decide_escalation(struct apply *a)
{
	static const char *const decisions[] = {"approve", "amend", "reject", "take_over"};
	const char *decision = doc_text(a->op->body, "decision"), *text = doc_text(a->op->body, "decision_text");
	bool yes;

	if (!one_of(decision, decisions, 4) || ((str_eq(decision, "amend") || str_eq(decision, "reject")) && str_empty(text)))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!may_decide(a, &yes))
		return false;
	if (!yes)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!waits(a->cur->d)) {
		bool same = str_eq(doc_text(a->cur->d, "decided_by"), a->who->agent) &&
			    str_eq(doc_text(a->cur->d, "decision"), decision);
		return same ? apply_noop(a, a->cur) : apply_reject(a, WIRE_P_PRECONDITION);
	}
	if (a->op->off) // decided in the backup channel: by telephone, not here (domain.md §8.4)
		return apply_reject(a, WIRE_P_PRECONDITION);
	json_t *d = json_copy(a->cur->d), *fr = apply_fr(a->cur);
	apply_decision(a, d, fr);
	return apply_put(a, a->t, a->id, a->cur, d, fr) && move_on(a, str_eq(decision, "take_over")) &&
	       apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}

static bool decide_proposal(struct apply *a)
{
	static const char *const decisions[] = {"accept", "reject"};
	const char *decision = doc_text(a->op->body, "decision");

	if (!one_of(decision, decisions, 2))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (right_scope(a->who->roles, a->verb->right) < SCOPE_SITE || str_eq(doc_text(a->cur->d, "author_id"), a->who->agent))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!str_eq(doc_text(a->cur->d, "state"), "open"))
		return apply_reject(a, WIRE_P_PRECONDITION);
	json_t *d = json_copy(a->cur->d), *fr = apply_fr(a->cur);
	apply_decision(a, d, fr);
	json_object_set_new(d, "state", json_string(str_eq(decision, "accept") ? "accepted" : "rejected"));
	return apply_put(a, a->t, a->id, a->cur, d, fr) && apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}

bool apply_decide(struct apply *a)
{
	if (!a->cur || a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (str_eq(a->t, "broadcast_request"))
		return broadcast_decide(a);
	return str_eq(a->t, "escalation") ? decide_escalation(a) : decide_proposal(a);
}
