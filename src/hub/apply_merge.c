// SPDX-License-Identifier: MIT
// Knows how two customers become one: the other keeps what it lacks, the first leaves a redirect (sync.md §3.7).
#include "src/hub/apply_part.h"

static json_t *union_of(const json_t *x, const json_t *y)
{
	json_t *out = json_array(), *v, *w;
	const json_t *const both[] = {x, y};
	size_t i, k;

	for (size_t n = 0; n < 2; n++)
		json_array_foreach(both[n], i, v) {
			bool known = false;
			json_array_foreach(out, k, w) known = known || json_equal(v, w);
			if (!known && json_array_size(out) < WIRE_ARRAY)
				json_array_append(out, v);
		}
	return out;
}

// Lists are joined, what is missing is taken over; what both say differently the one that stays decides.
static bool absorb(struct apply *a, const struct hub_ent *into)
{
	json_t *d = json_copy(into->d), *fr = apply_fr(into), *v;
	const char *field;

	json_object_foreach(a->cur->d, field, v) {
		const json_t *there = json_object_get(d, field);
		if (field_is_hubs_own(a->t, field) || doc_same(there, v))
			continue;
		if (json_is_array(v) && json_is_array(there))
			json_object_set_new(d, field, union_of(there, v));
		else if (!there || json_is_null(there) || str_eq(json_string_value(there), ""))
			json_object_set(d, field, v);
		else
			continue;
		apply_touch(fr, field, into);
	}
	return apply_put(a, a->t, into->e, into, d, fr);
}

bool apply_merge(struct apply *a)
{
	const char *id = doc_text(a->op->body, "into");
	const struct hub_ent *into;
	enum verdict v;

	if (str_empty(id))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (!apply_may(a, a->verb->right, a->cur ? a->cur->d : NULL, &v))
		return false;
	if (v != VERDICT_YES)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (str_eq(a->id, id)) // redirected there already
		return str_eq(a->op->e, id) ? apply_reject(a, WIRE_P_BAD_SHAPE) : apply_noop(a, a->cur);
	if (!apply_get(a, a->t, id, &into))
		return false;
	if (!a->cur || a->cur->gone || !into || into->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (!absorb(a, into))
		return false;
	json_t *d = json_pack("{s:s}", "merged_into", id);
	return apply_put_as(a, &(struct put){.t = a->t, .id = a->id, .cur = a->cur, .d = d, .gone = "merged", .to = id}) &&
	       apply_result(a, WIRE_APPLIED, a->site, a->t, a->id);
}
