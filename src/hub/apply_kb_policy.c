// SPDX-License-Identifier: MIT
// Knows which articles rest on which ("policies" of a text): when one says something new, those that rest on it are to be read again
// (domain.md §4.8). Kept as rows nobody subscribes to: "@policy", the article rested on, {"articles":[ids]}.
#include "src/hub/apply_part.h"

static bool names(const json_t *list, const char *id)
{
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
		if (str_eq(json_string_value(x), id))
			return true;
	return false;
}

static bool put_link(struct apply *a, const char *policy, const char *article, bool rests)
{
	const struct hub_ent *old;

	if (str_empty(policy) || strlen(policy) > 200 || str_eq(policy, article))
		return true;
	if (!hub_get(a->tx, WIRE_GLOBAL_SITE, "@policy", policy, &old, a->e))
		return false;
	if (names(json_object_get(old ? old->d : NULL, "articles"), article) == rests)
		return true;
	json_t *d = old ? json_copy(old->d) : json_object();
	if (rests)
		doc_list_add(d, "articles", article);
	else
		doc_list_drop(d, "articles", article);
	const struct hub_ent ent = {.t = "@policy", .e = policy, .s = "@policy", .rev = old ? old->rev + 1 : 1, .d = d, .by = "hub"};
	bool ok = hub_put(a->tx, WIRE_GLOBAL_SITE, &ent, a->op->id, a->e);
	json_decref(d);
	return ok;
}

bool kb_policies_put(struct apply *a, const char *article, const json_t *before, const json_t *now)
{
	const json_t *old = json_object_get(before, "policies"), *next = json_object_get(now, "policies");
	json_t *x;
	size_t i;

	json_array_foreach(old, i, x)
		if (json_is_string(x) && !names(next, json_string_value(x)) && !put_link(a, json_string_value(x), article, false))
			return false;
	json_array_foreach(next, i, x)
		if (json_is_string(x) && !put_link(a, json_string_value(x), article, true))
			return false;
	return true;
}

bool kb_policies_flag(struct apply *a, const char *policy)
{
	const struct hub_ent *links, *art;
	json_t *x;
	size_t i;

	if (!hub_get(a->tx, WIRE_GLOBAL_SITE, "@policy", policy, &links, a->e))
		return false;
	json_array_foreach(json_object_get(links ? links->d : NULL, "articles"), i, x) {
		const char *id = json_string_value(x);
		if (!id || !apply_get(a, "article", id, &art))
			return !id;
		if (!art || art->gone || !str_eq(doc_text(art->d, "state"), "published"))
			continue;
		json_t *d = json_copy(art->d), *fr = apply_fr(art);
		json_object_set_new(d, "state", json_string("stale"));
		json_object_set_new(d, "stale_why", json_string(arena_printf(apply_arena(a), "policy %s", policy)));
		apply_touch(fr, "article", art);
		if (!apply_put_as(a, &(struct put){.t = "article", .id = id, .cur = art, .d = d, .fr = fr, .by = "hub"}))
			return false;
	}
	return true;
}
