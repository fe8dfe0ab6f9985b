// SPDX-License-Identifier: MIT
// Knows what is written once: events of a contact, notes on a ticket, acknowledgements; and how a note is taken back.
#include "src/hub/apply_part.h"

// --- lines

static bool practice(const json_t *d)
{
	const char *mode = doc_text(d, "mode");

	return str_eq(mode, "practice") || str_eq(mode, "exam");
}

static bool append_event(struct apply *a)
{
	const struct hub_ent *old;
	enum verdict v;
	const json_t *call = a->cur ? a->cur->d : NULL;
	// Whoever practises may do so whatever their role (practice.run); what is live needs the right.
	bool played = practice(call) || (!call && practice(json_object_get(a->op->body, "data")));

	if (!apply_may(a, a->verb->right, call, &v))
		return false;
	if (call && !str_empty(doc_text(call, "agent_id")) && !str_eq(doc_text(call, "agent_id"), a->who->agent))
		v = VERDICT_NO;
	else if (played)
		v = VERDICT_YES;
	if (v != VERDICT_YES)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!apply_get(a, "call_event", a->op->id, &old))
		return false;
	if (old)
		return apply_noop(a, old);
	json_t *d = json_copy(a->op->body);
	json_object_set_new(d, "interaction_id", json_string(a->id));
	json_object_set_new(d, "agent_id", json_string(a->who->agent));
	return apply_put(a, "call_event", a->op->id, NULL, d, NULL) &&
	       apply_result(a, WIRE_APPLIED, a->who->site, "call_event", a->op->id);
}

// A fault that was reported again (domain.md §8.7).
static bool count_report(struct apply *a)
{
	const struct hub_ent *t;

	if (str_empty(doc_text(a->op->body, "fault_type")) || !apply_get(a, "ticket", a->id, &t))
		return str_empty(doc_text(a->op->body, "fault_type"));
	if (!t || t->gone || !str_eq(doc_text(t->d, "kind"), "fault"))
		return true;
	json_t *d = json_copy(t->d), *fr = apply_fr(t);
	json_object_set_new(d, "report_count", json_integer((json_int_t)(doc_int(d, "report_count") + 1)));
	json_object_set_new(d, "last_report_at", json_integer((json_int_t)hub_now(a->tx)));
	apply_touch(fr, "report_count", t);
	apply_touch(fr, "last_report_at", t);
	return apply_put(a, "ticket", a->id, t, d, fr);
}

static bool append_note(struct apply *a)
{
	const struct hub_ent *old;
	enum verdict v;

	if (!apply_may(a, a->verb->right, a->cur ? a->cur->d : NULL, &v))
		return false;
	if (v != VERDICT_YES)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (a->cur && a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (!apply_get(a, "note", a->op->id, &old))
		return false;
	if (old)
		return apply_noop(a, old);
	json_t *d = json_copy(a->op->body);
	json_object_set_new(d, "ticket_id", json_string(a->id));
	json_object_set_new(d, "author_id", json_string(a->who->agent));
	if (!json_object_get(d, "at"))
		json_object_set_new(d, "at", json_integer((json_int_t)(a->op->at ? a->op->at : hub_now(a->tx))));
	// The ticket is still to come: where they say it stands, if they read that.
	if (!a->cur)
		json_object_del(d, "queue_code");
	if (!a->cur && str_starts(a->op->s, "q/") && actor_may_read(a->who, a->who->site, a->op->s))
		json_object_set_new(d, "queue_code", json_string(a->op->s + 2));
	return apply_line(a, "note", a->op->id, a->id, d) && count_report(a) &&
	       apply_result(a, WIRE_APPLIED, a->who->site, "note", a->op->id);
}

bool apply_append(struct apply *a)
{
	return str_eq(a->t, "interaction") ? append_event(a) : append_note(a);
}

// --- acknowledgements: one a thing and agent

static bool ack(struct apply *a, const char *t, const char *id, json_t *d)
{
	const struct hub_ent *old;

	if (strlen(id) > 200 || !apply_get(a, t, id, &old)) {
		json_decref(d);
		return strlen(id) > 200 && apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	if (old) {
		json_decref(d);
		return apply_noop(a, old);
	}
	json_object_set_new(d, "agent_id", json_string(a->who->agent));
	json_object_set_new(d, "owner_id", json_string(a->who->agent));
	if (a->who->station)
		json_object_set_new(d, "station", json_string(a->who->station));
	if (!json_object_get(d, "at"))
		json_object_set_new(d, "at", json_integer((json_int_t)(a->op->at ? a->op->at : hub_now(a->tx))));
	return apply_put(a, t, id, NULL, d, NULL) && apply_result(a, WIRE_APPLIED, a->who->site, t, id);
}

static bool ack_broadcast(struct apply *a)
{
	const char *id = arena_printf(apply_arena(a), "%s:%s", a->id, a->who->agent);

	if (!a->cur)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	json_t *d = json_copy(a->op->body);
	json_object_set_new(d, "broadcast_id", json_string(a->id));
	return ack(a, "broadcast_ack", id, d);
}

static bool ack_reading(struct apply *a)
{
	const char *object = doc_text(a->op->body, "object_id");
	const json_t *ver = json_object_get(a->op->body, "version");

	if (str_empty(object) || !json_is_integer(ver))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	const char *id = arena_printf(apply_arena(a), "%s:%lld:%s", object, (long long)json_integer_value(ver), a->who->agent);
	return ack(a, "read_receipt", id, json_copy(a->op->body));
}

bool apply_ack(struct apply *a)
{
	if (right_scope(a->who->roles, a->verb->right) < SCOPE_OWN)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	return str_eq(a->t, "broadcast") ? ack_broadcast(a) : ack_reading(a);
}

// --- taken back: a tombstone with its reason, by the author

bool apply_delete(struct apply *a)
{
	const char *reason = doc_text(a->op->body, "reason");
	enum verdict v;

	if (!a->cur)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (a->cur->gone)
		return apply_noop(a, a->cur);
	if (str_empty(reason))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!apply_may(a, a->verb->right, a->cur->d, &v))
		return false;
	if (v != VERDICT_YES || !str_eq(doc_text(a->cur->d, "author_id"), a->who->agent))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (a->base != a->cur->rev) // something was added since: read it first
		return apply_reject(a, WIRE_P_PRECONDITION);
	json_t *d = json_pack("{s:s?, s:s, s:s}", "ticket_id", doc_text(a->cur->d, "ticket_id"), "author_id", a->who->agent,
			      "reason", reason);
	return apply_put_as(a, &(struct put){.t = a->t, .id = a->id, .cur = a->cur, .d = d, .gone = "deleted"}) &&
	       apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}
