// SPDX-License-Identifier: MIT
// Knows whose a ticket is: taken, given back or handed over by compare and set, each time under a higher fence (sync.md §3.7).
//
// The fence a station saw decides, not when the operation comes: of two that took the same ticket, offline or not, the first to arrive
// has it and the other is refused.
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

struct hand {
	const char *owner;  // NULL or "": nobody
	const char *queue;  // NULL: it stays where it is
	const char *reason; // NULL: none
};

static void put_text(json_t *d, json_t *fr, const struct hub_ent *cur, const char *field, const char *value)
{
	if (str_eq(str_empty(value) ? NULL : value, doc_text(d, field)))
		return;
	if (str_empty(value))
		json_object_del(d, field);
	else
		json_object_set_new(d, field, json_string(value));
	apply_touch(fr, field, cur);
}

static void accept_it(const struct hub_ent *cur, json_t *d, json_t *fr)
{
	enum ticket_state from, to;

	if (ticket_state_parse(sv(doc_text(d, "state")), &from) &&
	    ticket_step(from, TICKET_EV_ACCEPT, &(struct ticket_guard){.by_system = true}, &to, NULL) == TICKET_MOVED)
		put_text(d, fr, cur, "state", ticket_state_code(to));
}

static bool give(struct apply *a, const struct hand *h)
{
	const struct hub_ent *cur = a->cur;
	json_t *d = json_copy(cur->d), *fr = apply_fr(cur);
	const char *site, *s = NULL;

	put_text(d, fr, cur, "owner_id", h->owner);
	ticket_handed(a, d, h->reason);
	if (!str_empty(h->owner))
		accept_it(cur, d, fr);
	if (h->queue)
		put_text(d, fr, cur, "queue_code", h->queue);
	bool ok = apply_place(a, "ticket", a->id, d, &site, &s), placed = ok && s;
	if (!placed || !ticket_follow(a, cur, d, fr)) {
		json_decref(d);
		json_decref(fr);
		return ok && !placed && apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	return apply_put(a, "ticket", a->id, cur, d, fr) && ticket_lines_follow(a) && apply_result(a, WIRE_APPLIED, a->site, "ticket", a->id);
}

static bool take(struct apply *a)
{
	const char *owner = doc_text(a->cur->d, "owner_id");
	enum verdict v;

	// What somebody has is not taken but assigned; what is free belongs to those who serve its queue.
	const struct target free_one = {
		.site = a->who->site, .team = doc_text(a->cur->d, "team_id"), .queue = doc_text(a->cur->d, "queue_code")};
	if (!actor_may(a->tx, a->who, a->verb->right, &free_one, &v, a->e))
		return false;
	if (v != VERDICT_YES || !actor_may_read(a->who, a->who->site, a->cur->s))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (str_eq(owner, a->who->agent))
		return apply_noop(a, a->cur);
	return str_empty(owner) ? give(a, &(struct hand){.owner = a->who->agent}) : apply_reject(a, WIRE_P_PRECONDITION);
}

// Back to its queue, where somebody else takes it; whoever had it says why.
static bool release(struct apply *a)
{
	const char *reason = doc_text(a->op->body, "reason");
	enum verdict v;

	if (str_empty(reason))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!apply_may(a, a->verb->right, a->cur->d, &v))
		return false;
	if (v != VERDICT_YES)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	return str_empty(doc_text(a->cur->d, "owner_id")) ? apply_noop(a, a->cur) : give(a, &(struct hand){.reason = reason});
}

// An agent's wish to hand a ticket over is settled by a supervisor.
static bool ask(struct apply *a, const char *field)
{
	json_t *d = json_copy(a->cur->d);
	const struct clash c = {
		.field = field, .reason = "approval", .mine = json_object_get(a->op->body, field), .theirs = json_object_get(a->cur->d, field)};
	bool ok = apply_clash(a, &c, 1, d) && apply_put(a, "ticket", a->id, a->cur, json_incref(d), apply_fr(a->cur));

	json_decref(d);
	return ok && apply_result(a, WIRE_CONFLICT, a->site, "ticket", a->id);
}

// Is there such a person, and can they work on it? Who does not serve its queue does not even see it.
static bool can_have(struct apply *a, const char *agent, enum wire_problem_kind *why)
{
	struct actor who;
	struct err e = {0};

	*why = WIRE_P_NONE;
	if (actor_load(a->tx, a->who->site, agent, &who, apply_arena(a), &e)) {
		if (right_scope(who.roles, HUB_R_TICKET_UPDATE) < SCOPE_OWN || !actor_may_read(&who, a->who->site, a->cur->s))
			*why = WIRE_P_FORBIDDEN;
		return true;
	}
	*why = WIRE_P_NOT_FOUND;
	return e.code == ERR_NOT_FOUND || e.code == ERR_DENIED || err_set(a->e, e.code, "%s", e.msg);
}

// To a person (owner_id, "": to nobody) or to a queue (queue_code), not both.
static bool assign(struct apply *a)
{
	const json_t *owner = json_object_get(a->op->body, "owner_id"), *queue = json_object_get(a->op->body, "queue_code");
	const char *field = queue ? "queue_code" : "owner_id", *to = json_string_value(queue ? queue : owner);
	enum wire_problem_kind why = WIRE_P_NONE;
	enum verdict v;

	if (!to || (queue && (!*to || !str_empty(json_string_value(owner)))))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!apply_may(a, a->verb->right, a->cur->d, &v))
		return false;
	if (v == VERDICT_NO)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!queue && *to && !can_have(a, to, &why))
		return false;
	if (why != WIRE_P_NONE)
		return apply_reject(a, why);
	if (str_eq(to, str_empty(doc_text(a->cur->d, field)) ? "" : doc_text(a->cur->d, field)))
		return apply_noop(a, a->cur);
	if (v == VERDICT_REQUEST)
		return ask(a, field);
	return give(a, &(struct hand){.owner = queue ? NULL : to, .queue = queue ? to : NULL, .reason = doc_text(a->op->body, "reason")});
}

static bool is_over(const json_t *d)
{
	enum ticket_state s;

	return ticket_state_parse(sv(doc_text(d, "state")), &s) && ticket_is_terminal(s);
}

bool apply_assign(struct apply *a)
{
	const json_t *fence = json_object_get(a->op->body, "fence");
	bool takes = str_eq(a->op->k, "ticket.take");

	if (!json_is_integer(fence))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!a->cur || a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (is_over(a->cur->d) || (json_integer_value(fence) != doc_int(a->cur->d, "fence") &&
				   !(takes && str_eq(doc_text(a->cur->d, "owner_id"), a->who->agent))))
		return apply_reject(a, WIRE_P_PRECONDITION);
	return takes ? take(a) : str_eq(a->op->k, "ticket.release") ? release(a) : assign(a);
}
