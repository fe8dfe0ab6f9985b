// SPDX-License-Identifier: MIT
// Knows how an edit that lost is kept: a conflict entity with what stood there, what each wanted, and who has to settle it.
#include "src/hub/apply_part.h"

static const char *const reasons[] = {"text", "machine", "approval", "owner"};
enum { REASONS = sizeof(reasons) / sizeof(*reasons) };

struct at_base {
	int64_t rev;
	const char *field;
	json_t *value;
	bool seen;
};

static bool take_base(void *arg, const struct hub_ent *ent)
{
	struct at_base *b = arg;

	if (ent->rev > b->rev)
		return false;
	json_decref(b->value);
	b->value = json_incref(json_object_get(ent->d, b->field));
	return true;
}

bool conflict_base(struct apply *a, const char *field, json_t **out)
{
	struct at_base b = {.rev = a->base, .field = field};
	json_t *was = json_object_get(a->op->body, "was");

	*out = NULL;
	if (json_is_object(was) && json_object_get(was, field)) {
		*out = json_incref(json_object_get(was, field));
		return true;
	}
	if (!a->base)
		return true;
	if (!hub_history(a->tx, a->site, a->t, a->id, take_base, &b, a->e)) {
		json_decref(b.value);
		return false;
	}
	*out = b.value;
	return true;
}

// The same person's clash from the same station that nobody has settled: what they typed later belongs there too.
static bool open_one(struct apply *a, const json_t *d, const char *reason, const struct hub_ent **out)
{
	const struct hub_ent *ent;
	json_t *x;
	size_t i;

	*out = NULL;
	json_array_foreach(json_object_get(d, "conflicts"), i, x) {
		if (!json_is_string(x) || !apply_get(a, "conflict", json_string_value(x), &ent))
			return !json_is_string(x);
		if (ent && str_eq(doc_text(ent->d, "state"), "open") && str_eq(doc_text(ent->d, "reason"), reason) &&
		    str_eq(doc_text(ent->d, "mine_by"), a->who->agent) && str_eq(doc_text(ent->d, "dev"), a->who->dev)) {
			*out = ent;
			return true;
		}
	}
	return true;
}

static const char *who_settles(const struct apply *a, const json_t *d, const char *reason)
{
	const char *owner = str_eq(a->t, "ticket") ? doc_text(d, "owner_id") : NULL;

	if (str_eq(reason, "approval") || str_eq(reason, "owner"))
		return "supervisor";
	return str_empty(owner) ? a->who->agent : owner;
}

static void put_time(json_t *d, const char *key, int64_t at)
{
	json_object_set_new(d, key, json_integer((json_int_t)at));
}

static json_t *fresh(const struct apply *a, const json_t *d, const char *reason)
{
	const char *no = doc_text(d, "no");
	json_t *about = json_pack("{s:s, s:s}", "t", a->t, "e", a->id);

	if (no)
		json_object_set_new(about, "no", json_string(no));
	return json_pack("{s:o, s:s, s:{}, s:s, s:s, s:s}", "about", about, "reason", reason, "fields", "mine_by", a->who->agent,
			 "state", "open", "owner", who_settles(a, d, reason));
}

static json_t *value_or_null(json_t *v)
{
	return v ? json_incref(v) : json_null();
}

static void put_fields(json_t *doc, const struct clash *v, size_t n, const char *reason)
{
	json_t *fields = json_copy(json_object_get(doc, "fields"));

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(v[i].reason, reason))
			continue;
		const json_t *old = json_object_get(fields, v[i].field);
		json_t *base = old ? json_object_get(old, "base") : v[i].base;
		json_object_set_new(fields, v[i].field, json_pack("{s:o, s:o, s:o}", "base", value_or_null(base), "mine",
								   value_or_null(v[i].mine), "theirs", value_or_null(v[i].theirs)));
	}
	json_object_set_new(doc, "fields", fields);
}

static bool has_reason(const struct clash *v, size_t n, const char *reason)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].reason, reason))
			return true;
	return false;
}

static bool put_one(struct apply *a, const struct clash *v, size_t n, json_t *d, const char *reason)
{
	const struct hub_ent *old;
	int64_t now = hub_now(a->tx);

	if (!open_one(a, d, reason, &old))
		return false;
	const char *id = old ? old->e : hub_new_id(a->tx);
	json_t *doc = old ? json_copy(old->d) : fresh(a, d, reason);
	const char *why = doc_text(a->op->body, "reason");
	if (!str_empty(why))
		json_object_set_new(doc, "why", json_string(why));
	put_fields(doc, v, n, reason);
	put_time(doc, "mine_at", a->op->at ? a->op->at : now);
	json_object_set_new(doc, "theirs_by", a->cur && a->cur->by ? json_string(a->cur->by) : json_null());
	put_time(doc, "theirs_at", a->cur ? a->cur->at : now);
	json_object_set_new(doc, "op", json_string(a->op->id));
	json_object_set_new(doc, "dev", a->who->dev ? json_string(a->who->dev) : json_null());
	if (!old)
		put_time(doc, "due_at", now + CONFLICT_DUE_MS);
	doc_list_add(d, "conflicts", id);
	if (str_eq(a->t, "ticket"))
		doc_list_add(d, "lines", arena_printf(apply_arena(a), "conflict/%s", id));
	if (!a->out->answer.cf)
		a->out->answer.cf = arena_strdup(apply_arena(a), id);
	return apply_put(a, "conflict", id, old, doc, NULL);
}

bool apply_clash(struct apply *a, const struct clash *v, size_t n, json_t *d)
{
	for (size_t i = 0; i < n; i++)
		apply_lost(a, v[i].field);
	for (size_t r = 0; r < REASONS; r++)
		if (has_reason(v, n, reasons[r]) && !put_one(a, v, n, d, reasons[r]))
			return false;
	return true;
}
