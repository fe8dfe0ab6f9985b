// SPDX-License-Identifier: MIT
// Knows documents with one writer: contacts, which only their station writes, and packs, which replace each other whole.
#include "src/desk/call.h"
#include "src/hub/apply_part.h"

// --- contacts (domain.md §4.1): after the wrap-up immutable, but for corrections within 24 h

static bool is_over(const json_t *d)
{
	const char *state = doc_text(d, "state");

	return str_eq(state, "closed") || str_eq(state, "missed") || str_eq(state, "abandoned");
}

static bool leads(const struct actor *who)
{
	return actor_is(who, USER_TEAM_LEAD) || actor_is(who, USER_SUPERVISOR);
}

// Both instants are the station's own, so that its clock may be wrong and being offline costs nobody their correction.
static bool in_time(const struct apply *a)
{
	int64_t closed = doc_int(a->cur->d, "closed_at"), at = a->op->at ? a->op->at : hub_now(a->tx);

	return !closed || at - closed <= CALL_CORRECT_MS;
}

static json_t *merged_timers(const struct apply *a)
{
	json_t *d = json_copy(a->op->body);
	const char *field;
	json_t *want;

	json_object_foreach(a->op->body, field, want) {
		int64_t there = a->cur ? doc_int(a->cur->d, field) : 0;
		if (field_is_hubs_own(a->t, field))
			json_object_del(d, field);
		else if (field_class_of(a->t, field) == FIELD_EARLIEST && there && json_integer_value(want) > there)
			json_object_set_new(d, field, json_integer((json_int_t)there));
	}
	return d;
}

static bool admitted(struct apply *a, const char *agent, enum wire_problem_kind *why)
{
	const char *mode = doc_text(a->op->body, "mode");
	bool played = str_eq(mode, "practice") || str_eq(mode, "exam"), own = str_eq(agent, a->who->agent);
	enum verdict v;

	*why = WIRE_P_FORBIDDEN;
	if (!own && a->cur && is_over(a->cur->d) && leads(a->who)) { // a lead's correction
		if (!apply_may(a, HUB_R_CALL_VIEW, a->cur->d, &v))
			return false;
	} else {
		v = own && (played || right_scope(a->who->roles, a->verb->right) >= SCOPE_OWN) ? VERDICT_YES : VERDICT_NO;
	}
	if (v == VERDICT_YES && a->cur && own && a->cur->dev && a->who->dev && !str_eq(a->cur->dev, a->who->dev) &&
	    !is_over(a->cur->d))
		v = VERDICT_NO; // it is going on at another station
	if (v != VERDICT_YES)
		return true;
	*why = a->cur && is_over(a->cur->d) && !in_time(a) && !leads(a->who) ? WIRE_P_PRECONDITION : WIRE_P_NONE;
	return true;
}

bool apply_own(struct apply *a)
{
	const char *agent = doc_text(a->op->body, "agent_id");
	const json_t *ver = json_object_get(a->op->body, "version");
	enum wire_problem_kind why;

	if (str_empty(agent) || !json_is_integer(ver) || str_empty(doc_text(a->op->body, "state")) ||
	    (a->cur && !str_eq(agent, doc_text(a->cur->d, "agent_id"))))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!admitted(a, agent, &why))
		return false;
	json_t *d = merged_timers(a);
	if (why == WIRE_P_FORBIDDEN || (a->cur && json_equal(d, a->cur->d)) ||
	    (a->cur && json_integer_value(ver) < doc_int(a->cur->d, "version"))) {
		json_decref(d);
		return why == WIRE_P_FORBIDDEN ? apply_reject(a, why) : apply_noop(a, a->cur);
	}
	if (a->cur && json_integer_value(ver) == doc_int(a->cur->d, "version"))
		why = WIRE_P_PRECONDITION; // two stories under one number
	if (why != WIRE_P_NONE) {
		json_decref(d);
		return apply_reject(a, why);
	}
	return apply_put(a, a->t, a->id, a->cur, d, NULL) && apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}

// --- packs

bool apply_put_whole(struct apply *a)
{
	if (right_scope(a->who->roles, a->verb->right) < SCOPE_ALL)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (a->cur && json_equal(a->cur->d, a->op->body))
		return apply_noop(a, a->cur);
	if (a->cur && a->base != a->cur->rev)
		return apply_reject(a, WIRE_P_PRECONDITION);
	return apply_put(a, a->t, a->id, a->cur, json_copy(a->op->body), NULL) &&
	       apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}
