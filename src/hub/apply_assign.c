// SPDX-License-Identifier: MIT
// Knows whose a ticket is: taken or handed over by compare and set, each time under a higher fence (sync.md §3.7).
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

static bool give(struct apply *a, const char *owner)
{
	const struct hub_ent *cur = a->cur;
	enum ticket_state from, to;
	json_t *d = json_copy(cur->d), *fr = apply_fr(cur);

	if (str_empty(owner))
		json_object_del(d, "owner_id");
	else
		json_object_set_new(d, "owner_id", json_string(owner));
	apply_touch(fr, "owner_id", cur);
	json_object_set_new(d, "fence", json_integer((json_int_t)(doc_int(d, "fence") + 1)));
	if (!str_empty(owner) && ticket_state_parse(sv(doc_text(d, "state")), &from) &&
	    ticket_step(from, TICKET_EV_ACCEPT, &(struct ticket_guard){.by_system = true}, &to, NULL) == TICKET_MOVED) {
		json_object_set_new(d, "state", json_string(ticket_state_code(to)));
		apply_touch(fr, "state", cur);
	}
	return apply_put(a, "ticket", a->id, cur, d, fr) && apply_result(a, WIRE_APPLIED, a->site, "ticket", a->id);
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
	return str_empty(owner) ? give(a, a->who->agent) : apply_reject(a, WIRE_P_PRECONDITION);
}

// An agent's wish to hand a ticket over is settled by a supervisor.
static bool ask(struct apply *a, json_t *owner)
{
	json_t *d = json_copy(a->cur->d);
	const struct clash c = {
		.field = "owner_id", .reason = "approval", .mine = owner, .theirs = json_object_get(a->cur->d, "owner_id")};
	bool ok = apply_clash(a, &c, 1, d) && apply_put(a, "ticket", a->id, a->cur, json_incref(d), apply_fr(a->cur));

	json_decref(d);
	return ok && apply_result(a, WIRE_CONFLICT, a->site, "ticket", a->id);
}

static bool assign(struct apply *a)
{
	json_t *owner = json_object_get(a->op->body, "owner_id");
	const struct hub_ent *agent = NULL;
	enum verdict v;

	if (!json_is_string(owner))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	const char *to = json_string_value(owner);
	if (!apply_may(a, a->verb->right, a->cur->d, &v) || (*to && !apply_get(a, "agent", to, &agent)))
		return false;
	if (v == VERDICT_NO)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (*to && (!agent || agent->gone))
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (str_eq(to, doc_text(a->cur->d, "owner_id")))
		return apply_noop(a, a->cur);
	return v == VERDICT_REQUEST ? ask(a, owner) : give(a, to);
}

bool apply_assign(struct apply *a)
{
	const json_t *fence = json_object_get(a->op->body, "fence");

	if (!json_is_integer(fence))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!a->cur || a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (a->op->off)
		return apply_reject(a, WIRE_P_PRECONDITION);
	if (json_integer_value(fence) != doc_int(a->cur->d, "fence") &&
	    !(str_eq(a->op->k, "ticket.take") && str_eq(doc_text(a->cur->d, "owner_id"), a->who->agent)))
		return apply_reject(a, WIRE_P_PRECONDITION);
	return str_eq(a->op->k, "ticket.take") ? take(a) : assign(a);
}
