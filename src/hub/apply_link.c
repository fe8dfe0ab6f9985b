// SPDX-License-Identifier: MIT
// Knows how tickets hang together: a link that is made on one of them stands on the other, too, and no ticket is part of itself.
//
// Links name numbers, which people read and which are final at once: "related" [no], "parent_no" (with "parent_id", once it is known),
// "merged_into". The other ends are the hub's: "related" of the other one, "children" and "duplicates".
#include "src/hub/apply_part.h"

enum { ANCESTORS = 32 };

static bool holds(const json_t *list, const char *text)
{
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
		if (str_eq(json_string_value(x), text))
			return true;
	return false;
}

// The other end of a link, when the hub knows the ticket.
static bool mirror(struct apply *a, const char *no, const char *field, const char *own, bool there)
{
	const struct hub_ent *other;

	if (str_empty(no) || str_empty(own) || str_eq(no, own))
		return true;
	if (!ticket_of_no(a, no, &other))
		return false;
	if (!other || other->gone || holds(json_object_get(other->d, field), own) == there)
		return true;
	json_t *d = json_copy(other->d), *fr = apply_fr(other);
	if (there)
		doc_list_add(d, field, own);
	else
		doc_list_drop(d, field, own);
	apply_touch(fr, field, other);
	return apply_put(a, "ticket", other->e, other, d, fr);
}

static bool mirror_lacking(struct apply *a, const json_t *list, const json_t *in, const char *own, bool there)
{
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
		if (json_is_string(x) && !holds(in, json_string_value(x)) && !mirror(a, json_string_value(x), "related", own, there))
			return false;
	return true;
}

static bool mirror_one(struct apply *a, const json_t *was, const json_t *now, const char *field, const char *back)
{
	const char *from = doc_text(was, field), *to = doc_text(now, field), *own = doc_text(now, "no");

	return str_eq(from, to) || (mirror(a, from, back, own, false) && mirror(a, to, back, own, true));
}

// How many tickets an incident has. It stands where it stands, whatever the ticket does.
static bool count_incident(struct apply *a, const char *id, int by)
{
	const struct hub_ent *ent;

	if (str_empty(id))
		return true;
	if (!apply_get(a, "incident", id, &ent))
		return false;
	if (!ent || ent->gone)
		return true;
	json_t *d = json_copy(ent->d);
	int64_t n = doc_int(d, "linked_tickets") + by;
	json_object_set_new(d, "linked_tickets", json_integer((json_int_t)(n > 0 ? n : 0)));
	struct hub_ent next = *ent;
	next.rev = ent->rev + 1;
	next.d = d;
	next.by = "hub";
	bool ok = hub_put(a->tx, a->who->site, &next, a->op->id, a->e);
	json_decref(d);
	return ok;
}

bool ticket_links_follow(struct apply *a, const json_t *was)
{
	const struct hub_ent *now;

	if (!apply_get(a, "ticket", a->id, &now))
		return false;
	if (!now || now->gone)
		return true;
	const json_t *old = json_object_get(was, "related"), *new = json_object_get(now->d, "related");
	const char *own = doc_text(now->d, "no"), *from = doc_text(was, "incident_id"), *to = doc_text(now->d, "incident_id");
	bool moved = !str_eq(from, to);

	return mirror_lacking(a, new, old, own, true) && mirror_lacking(a, old, new, own, false) &&
	       mirror_one(a, was, now->d, "parent_no", "children") && mirror_one(a, was, now->d, "merged_into", "duplicates") &&
	       (!moved || (count_incident(a, from, -1) && count_incident(a, to, 1)));
}

bool ticket_parent_known(struct apply *a, const json_t *was, json_t *d, json_t *fr)
{
	const char *no = doc_text(d, "parent_no");
	const struct hub_ent *parent;

	if (str_eq(no, doc_text(was, "parent_no")))
		return true;
	if (!ticket_of_no(a, no, &parent))
		return false;
	if (parent)
		json_object_set_new(d, "parent_id", json_string(parent->e));
	else
		json_object_del(d, "parent_id");
	apply_touch(fr, "parent_id", a->cur);
	return true;
}

bool ticket_parent_fits(struct apply *a, const char *no, bool *yes)
{
	const char *own = a->cur ? doc_text(a->cur->d, "no") : NULL;
	const struct hub_ent *up;

	*yes = true;
	for (int i = 0; i < ANCESTORS && !str_empty(no) && own; i++) {
		*yes = !str_eq(no, own);
		if (!*yes || !ticket_of_no(a, no, &up))
			return !*yes;
		no = up && !up->gone ? doc_text(up->d, "parent_no") : NULL;
	}
	return true;
}
