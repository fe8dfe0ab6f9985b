// SPDX-License-Identifier: MIT
// Knows how a conflict ends: by a choice for each field that names both revisions it was made on (sync.md §3.7).
#include "src/desk/ticket.h"
#include "src/hub/apply_part.h"

struct settle {
	struct apply *a;
	const json_t *choice, *fields; // borrowed
	const struct hub_ent *conflict, *about;
	const char *t, *id;            // of what it is about
	int64_t seen;                  // revision of it the person saw
	json_t *d, *fr;                // its next revision
	bool stale, bad;
};

// Who may: the person it is put to; a lead or supervisor when it is late; what needs consent, only who may consent and did not ask.
static bool may_settle(struct settle *x, bool *yes)
{
	struct apply *a = x->a;
	const json_t *c = x->conflict->d;
	bool supervisor = actor_is(a->who, USER_SUPERVISOR), lead = actor_is(a->who, USER_TEAM_LEAD);
	bool late = hub_now(a->tx) > doc_int(c, "due_at");
	const char *owner = doc_text(c, "owner");

	*yes = false;
	if (!actor_may_read(a->who, a->who->site, x->conflict->s))
		return true;
	if (str_eq(doc_text(c, "reason"), "approval") || str_eq(doc_text(c, "reason"), "owner"))
		*yes = supervisor && !a->who->named && !str_eq(doc_text(c, "mine_by"), a->who->agent);
	else
		*yes = str_eq(owner, a->who->agent) || supervisor || (late && lead);
	return true;
}

static bool allowed_state(struct settle *x, const char *field, const json_t *want, bool *yes)
{
	const char *from = doc_text(x->about->d, field), *to = json_string_value(want);

	*yes = true;
	if (field_class_of(x->t, field) != FIELD_MACHINE || !to || str_eq(from, to))
		return true;
	if (str_eq(x->t, "ticket"))
		return ticket_may_become(x->a, from, to, x->d, x->a->op->body, yes);
	*yes = false;
	return true;
}

static bool put_choice(struct settle *x, const char *field, json_t *want)
{
	bool yes;

	if (doc_same(json_object_get(x->about->d, field), want))
		return true;
	if (!allowed_state(x, field, want, &yes))
		return false;
	if (!yes) {
		x->stale = true;
		return true;
	}
	if (!want || json_is_null(want))
		json_object_del(x->d, field);
	else
		json_object_set(x->d, field, want);
	apply_touch(x->fr, field, x->about);
	if (field_class_of(x->t, field) == FIELD_OWNER)
		ticket_handed(x->a, x->d, NULL);
	return true;
}

static bool choose(struct settle *x, const char *field, const json_t *both)
{
	const json_t *c = json_object_get(x->choice, field);
	const char *side = json_string_value(c);

	if (str_eq(side, "mine"))
		return put_choice(x, field, json_object_get(both, "mine"));
	if (str_eq(side, "theirs")) // what stands there: the person saw it, or this is stale
		return true;
	json_t *value = json_is_object(c) ? json_object_get(c, "value") : NULL;
	x->bad = x->bad || !value;
	return x->bad || put_choice(x, field, value);
}

// Somebody changed one of the fields after the revision the person saw.
static bool moved_since(const struct settle *x)
{
	const char *field;
	json_t *both;

	json_object_foreach((json_t *)(uintptr_t)x->fields, field, both)
		if (json_integer_value(json_object_get(x->about->fr, field)) > x->seen)
			return true;
	return x->seen > x->about->rev;
}

// Stale: it stays open and shows what stands there now.
static bool again(struct settle *x)
{
	struct apply *a = x->a;
	json_t *c = json_copy(x->conflict->d), *fields = json_object(), *both;
	const char *field;
	bool changed = false;

	json_object_foreach((json_t *)(uintptr_t)x->fields, field, both) {
		json_t *now = json_object_get(x->about->d, field), *f = json_copy(both);
		changed = changed || !doc_same(json_object_get(both, "theirs"), now);
		json_object_set(f, "theirs", now ? now : json_null());
		json_object_set_new(fields, field, f);
	}
	json_object_set_new(c, "fields", fields);
	json_object_set_new(c, "theirs_by", x->about->by ? json_string(x->about->by) : json_null());
	json_object_set_new(c, "theirs_at", json_integer((json_int_t)x->about->at));
	a->out->answer.cf = x->conflict->e;
	if (changed)
		return apply_put(a, "conflict", x->conflict->e, x->conflict, c, NULL) &&
		       apply_result(a, WIRE_CONFLICT, a->site, "conflict", x->conflict->e);
	json_decref(c);
	return apply_result(a, WIRE_CONFLICT, a->site, "conflict", x->conflict->e);
}

static bool close_it(struct settle *x)
{
	struct apply *a = x->a;
	json_t *c = json_copy(x->conflict->d);

	json_object_set_new(c, "state", json_string("settled"));
	json_object_set_new(c, "settled_by", json_string(a->who->agent));
	json_object_set_new(c, "settled_at", json_integer((json_int_t)hub_now(a->tx)));
	json_object_set(c, "choice", json_object_get(a->op->body, "choice"));
	doc_list_drop(x->d, "conflicts", x->conflict->e);
	// The thing first: the conflict moves to wherever it stands then, and all that hangs on it.
	struct apply of = *a;
	of.t = x->t;
	of.id = x->id;
	of.cur = x->about;
	bool ticket = str_eq(x->t, "ticket");
	if ((ticket && !ticket_follow(&of, x->about, x->d, x->fr)) ||
	    !apply_put(a, x->t, x->id, x->about, json_incref(x->d), json_incref(x->fr)) || (ticket && !ticket_lines_follow(&of)) ||
	    !apply_get(a, "conflict", x->conflict->e, &x->conflict)) {
		json_decref(c);
		return false;
	}
	return apply_put(a, "conflict", x->conflict->e, x->conflict, c, NULL) &&
	       apply_result(a, WIRE_APPLIED, a->site, "conflict", x->conflict->e);
}

static bool run(struct settle *x)
{
	struct apply *a = x->a;
	const char *field;
	json_t *both;

	x->d = json_copy(x->about->d);
	x->fr = apply_fr(x->about);
	json_object_foreach((json_t *)(uintptr_t)x->fields, field, both)
		if (!json_object_get(x->choice, field))
			x->bad = true;
		// A state last: it is judged by the other fields.
	for (int last = 0; last < 2 && !x->bad; last++)
		json_object_foreach((json_t *)(uintptr_t)x->fields, field, both)
			if ((field_class_of(x->t, field) == FIELD_MACHINE) == (last == 1) && !choose(x, field, both))
				return false;
	if (x->bad)
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	return x->stale ? again(x) : close_it(x);
}

// What it is about may have become part of another meanwhile.
static bool find_about(struct settle *x)
{
	for (int i = 0; i < 8; i++) {
		if (!apply_get(x->a, x->t, x->id, &x->about))
			return false;
		if (!x->about || !str_eq(x->about->gone, "merged") || !x->about->to)
			return true;
		x->id = x->about->to;
	}
	return true;
}

bool apply_settle(struct apply *a)
{
	const json_t *revs = json_object_get(a->op->body, "revs"), *about;
	struct settle x = {.a = a, .conflict = a->cur, .choice = json_object_get(a->op->body, "choice")};
	bool yes;

	if (!json_is_object(x.choice) || !json_is_object(revs) || !json_is_integer(json_object_get(revs, "about")) ||
	    !json_is_integer(json_object_get(revs, "conflict")))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!a->cur || a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (!may_settle(&x, &yes))
		return false;
	if (!yes)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	about = json_object_get(a->cur->d, "about");
	x.t = doc_text(about, "t");
	x.id = doc_text(about, "e");
	x.fields = json_object_get(a->cur->d, "fields");
	x.seen = doc_int(revs, "about");
	if (!x.t || !x.id || !find_about(&x))
		return x.t && x.id ? false : apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!x.about || x.about->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (!str_eq(doc_text(a->cur->d, "state"), "open"))
		return doc_same(json_object_get(a->cur->d, "choice"), x.choice) ? apply_noop(a, a->cur)
										: apply_reject(a, WIRE_P_PRECONDITION);
	if (doc_int(revs, "conflict") != a->cur->rev || moved_since(&x))
		return again(&x);
	bool ok = run(&x);
	json_decref(x.d);
	json_decref(x.fr);
	return ok;
}
