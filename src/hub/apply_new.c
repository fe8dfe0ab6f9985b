// SPDX-License-Identifier: MIT
// Knows how things are made: tickets, escalations, proposals; and what a second making of the same means.
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

// --- again: after a restore stations tell once more what the hub may still have (sync.md D14)

struct stood {
	const char *field;
	const json_t *want;
	bool yes;
};

static bool look_back(void *arg, const struct hub_ent *ent)
{
	struct stood *s = arg;

	s->yes = doc_same(json_object_get(ent->d, s->field), s->want);
	return !s->yes;
}

// Whoever changed a field since saw what it was made with, unless that was never here: after a restore somebody's edit may begin a
// ticket before its making comes again, and others go on from there. Then a text is not overwritten but clashes.
static bool was_seen(struct apply *a, const char *field, const json_t *want, bool *yes)
{
	struct stood s = {.field = field, .want = want};

	*yes = true;
	if (field_class_of(a->t, field) != FIELD_TEXT)
		return true;
	if (!hub_history(a->tx, a->site, a->t, a->id, look_back, &s, a->e))
		return false;
	*yes = s.yes;
	return true;
}

// What was changed since it was made stays; what is missing is filled in; what merely differs is two stories about one thing.
static bool again(struct apply *a)
{
	const struct hub_ent *cur = a->cur;
	struct clash clash[64];
	size_t n = 0, taken = 0;
	const char *field;
	json_t *want;
	json_t *d = json_copy(cur->d), *fr = apply_fr(cur);

	bool ok = true, seen = false;
	json_object_foreach(a->op->body, field, want) {
		const json_t *there = json_object_get(cur->d, field);
		if (field_is_hubs_own(a->t, field) || doc_same(there, want))
			continue;
		if (json_object_get(cur->fr, field)) {
			ok = ok && was_seen(a, field, want, &seen);
			if (!ok || seen)
				continue;
		}
		if (!there) {
			json_object_set(d, field, want);
			apply_touch(fr, field, cur);
			taken++;
		} else if (n < sizeof(clash) / sizeof(*clash) && field_class_of(a->t, field) != FIELD_HUB) {
			clash[n++] = (struct clash){
				.field = field, .reason = "text", .mine = want, .theirs = json_object_get(cur->d, field)};
		}
	}
	if (ok && !taken && !n) {
		json_decref(d);
		json_decref(fr);
		return apply_noop(a, cur);
	}
	if (ok && n)
		ok = apply_clash(a, clash, n, d);
	if (!ok) {
		json_decref(d);
		json_decref(fr);
		return false;
	}
	return apply_put(a, a->t, a->id, cur, d, fr) && ticket_number_put(a, doc_text(a->op->body, "no"), a->id) &&
	       apply_result(a, n ? WIRE_CONFLICT : WIRE_MERGED, a->site, a->t, a->id);
}

// The body is the document, but for members only the hub adds.
static json_t *made_of(const struct apply *a)
{
	json_t *d = json_copy(a->op->body), *v;
	const char *field;

	json_object_foreach(a->op->body, field, v)
		if (field_is_hubs_own(a->t, field))
			json_object_del(d, field);
	return d;
}

bool apply_put_new(struct apply *a, json_t *d, enum wire_result r)
{
	const char *site, *s;

	if (!apply_place(a, a->t, a->id, d, &site, &s) || !s) {
		json_decref(d);
		return s ? false : apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	return apply_put(a, a->t, a->id, NULL, d, NULL) && apply_result(a, r, site, a->t, a->id);
}

// --- tickets

static bool new_ticket(struct apply *a, json_t *d)
{
	const char *owner = doc_text(d, "owner_id");
	enum wire_result r = WIRE_APPLIED;
	enum verdict v;

	if (str_empty(doc_text(d, "queue_code"))) {
		json_decref(d);
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	if (!str_empty(owner) && !str_eq(owner, a->who->agent)) {
		if (!apply_may(a, HUB_R_TICKET_ASSIGN, d, &v)) {
			json_decref(d);
			return false;
		}
		if (v != VERDICT_YES) { // made for somebody else: that is assigning
			json_object_del(d, "owner_id");
			apply_lost(a, "owner_id");
			r = WIRE_MERGED;
		}
	}
	const char *no = arena_strdup(apply_arena(a), doc_text(d, "no")),
		   *queue = arena_strdup(apply_arena(a), doc_text(d, "queue_code"));
	if (!apply_put_new(a, d, r) || a->out->answer.r == WIRE_REJECTED)
		return a->out->answer.r == WIRE_REJECTED;
	return ticket_queue_known(a, queue) && ticket_number_put(a, no, a->id);
}

// --- escalations: they stand where their ticket stands, so that those who decide have them, and move it

static bool move_ticket(struct apply *a, const struct hub_ent *ticket, enum ticket_event ev)
{
	enum ticket_state from, to;
	const struct hub_ent *now;

	if (!apply_get(a, "ticket", ticket->e, &now))
		return false;
	if (!now || !ticket_state_parse(sv(doc_text(now->d, "state")), &from) ||
	    ticket_step(from, ev, &(struct ticket_guard){.by_system = true}, &to, NULL) != TICKET_MOVED)
		return true;
	json_t *d = json_copy(now->d), *fr = apply_fr(now);
	json_object_set_new(d, "state", json_string(ticket_state_code(to)));
	apply_touch(fr, "state", now);
	return apply_put(a, "ticket", now->e, now, d, fr);
}

static bool new_escalation(struct apply *a, json_t *d)
{
	const struct hub_ent *ticket = NULL;
	const char *id = doc_text(d, "ticket_id");
	bool ok = id ? apply_get(a, "ticket", id, &ticket) : ticket_of_no(a, doc_text(d, "ticket_no"), &ticket);
	int64_t level = doc_int(d, "level");
	const char *kind = doc_text(d, "kind");

	if (!ok || str_empty(kind) || level < 1 || level > 3) {
		json_decref(d);
		return ok && apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	json_object_set_new(d, "from_id", json_string(a->who->agent));
	if (ticket)
		json_object_set_new(d, "ticket_id", json_string(ticket->e));
	else if (str_empty(doc_text(d, "queue_code")) && a->who->n_queues) // somebody must see it
		json_object_set_new(d, "queue_code", json_string(a->who->queues[0]));
	a->out->red = str_eq(kind, "urgent_review") || level >= 2;
	const char *site, *s;
	if (!apply_place(a, a->t, a->id, d, &site, &s) || !s) {
		json_decref(d);
		return s ? false : apply_reject(a, WIRE_P_BAD_SHAPE);
	}
	return apply_line(a, a->t, a->id, ticket ? ticket->e : NULL, d) &&
	       (!ticket || move_ticket(a, ticket, TICKET_EV_ESCALATE)) && apply_result(a, WIRE_APPLIED, site, a->t, a->id);
}

static bool new_proposal(struct apply *a, json_t *d)
{
	json_object_set_new(d, "author_id", json_string(a->who->agent));
	json_object_set_new(d, "kind", json_string(a->op->k));
	json_object_set_new(d, "state", json_string("open"));
	return apply_put_new(a, d, WIRE_APPLIED);
}

bool apply_new(struct apply *a)
{
	enum verdict v;

	if (!apply_may(a, a->verb->right, a->op->body, &v))
		return false;
	// These are the request itself; the owner a new ticket names is judged further on.
	if ((str_eq(a->t, "proposal") || str_eq(a->t, "broadcast_request")) && v == VERDICT_REQUEST)
		v = VERDICT_YES;
	if (str_eq(a->t, "escalation") && right_scope(a->who->roles, a->verb->right) >= SCOPE_OWN)
		v = VERDICT_YES; // one's own by definition
	if (str_eq(a->t, "broadcast") && right_scope(a->who->roles, a->verb->right) >= SCOPE_TEAM)
		v = VERDICT_YES;
	if (v != VERDICT_YES)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (a->cur && a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (a->cur)
		return str_eq(a->t, "ticket") ? again(a) : apply_noop(a, a->cur);
	json_t *d = made_of(a);
	if (str_eq(a->t, "ticket"))
		return new_ticket(a, d);
	if (str_eq(a->t, "escalation"))
		return new_escalation(a, d);
	return str_eq(a->t, "proposal") ? new_proposal(a, d) : broadcast_new(a, d);
}
