// SPDX-License-Identifier: MIT
// Knows what agents give back to the knowledge base: suggestions, votes, what customers said, cases that are not covered.
#include <sodium.h>

#include "src/base/utf8.h"
#include "src/hub/apply_part.h"

enum { STALE_NET_DOWN = 3 };
#define GAP_MERGE_MS (14LL * 24 * 3600000) // the same question within two weeks is one case (domain.md §9.6)

static json_t *signed_body(const struct apply *a)
{
	json_t *d = json_copy(a->op->body);

	json_object_set_new(d, "agent_id", json_string(a->who->agent));
	return d;
}

// A line of its own, once.
static bool line(struct apply *a, const char *t, json_t *d)
{
	const struct hub_ent *old;

	if (!apply_get(a, t, a->op->id, &old)) {
		json_decref(d);
		return false;
	}
	if (old) {
		json_decref(d);
		return apply_noop(a, old);
	}
	return apply_put(a, t, a->op->id, NULL, d, NULL) && apply_result(a, WIRE_APPLIED, apply_site(a, t), t, a->op->id);
}

static bool suggest(struct apply *a)
{
	json_t *d = signed_body(a);

	json_object_set_new(d, "article", json_string(a->id));
	json_object_set_new(d, "state", json_string("new"));
	return line(a, "kb_suggestion", d);
}

// An agent's word that it still holds changes nothing by itself; it stands in their own stream and is counted.
static bool confirm_valid(struct apply *a)
{
	json_t *d = signed_body(a);

	json_object_set_new(d, "owner_id", json_string(a->who->agent));
	json_object_set_new(d, "article", json_string(a->id));
	return line(a, "kb_confirm", d);
}

// --- votes: one an agent and version, the last one counts

static bool count_vote(struct apply *a, int before, int now)
{
	json_t *d = json_copy(a->cur->d), *fr = apply_fr(a->cur);
	int64_t up = doc_int(d, "votes_up") + (now > 0) - (before > 0), down = doc_int(d, "votes_down") + (now < 0) - (before < 0);
	int64_t net = doc_int(d, "net_down") - (now > 0) + (before > 0) + (now < 0) - (before < 0);

	json_object_set_new(d, "votes_up", json_integer((json_int_t)up));
	json_object_set_new(d, "votes_down", json_integer((json_int_t)down));
	json_object_set_new(d, "net_down", json_integer((json_int_t)net));
	if (net >= STALE_NET_DOWN && str_eq(doc_text(d, "state"), "published")) {
		json_object_set_new(d, "state", json_string("stale"));
		json_object_set_new(d, "stale_why", json_string("votes"));
	}
	return apply_put(a, "article", a->id, a->cur, d, fr);
}

static bool vote(struct apply *a)
{
	int now = str_eq(a->op->k, "kb.vote_up") ? 1 : -1;
	const struct hub_ent *old;

	if (!a->cur || !doc_int(a->cur->d, "ver"))
		return apply_reject(a, WIRE_P_NOT_FOUND);
	const char *id = arena_printf(apply_arena(a), "%s:%s", a->id, a->who->agent);
	if (strlen(id) > 200 || !apply_get(a, "kb_vote", id, &old))
		return strlen(id) > 200 && apply_reject(a, WIRE_P_BAD_SHAPE);
	bool counts = old && doc_int(old->d, "ver") == doc_int(a->cur->d, "ver") &&
		      doc_int(old->d, "confirmed") == doc_int(a->cur->d, "confirmed");
	int before = counts ? (int)doc_int(old->d, "vote") : 0;
	if (before == now)
		return apply_noop(a, old);
	json_t *d = json_pack("{s:s, s:s, s:i, s:I, s:I}", "article", a->id, "owner_id", a->who->agent, "vote", now, "ver",
			      (json_int_t)doc_int(a->cur->d, "ver"), "confirmed", (json_int_t)doc_int(a->cur->d, "confirmed"));
	return apply_put(a, "kb_vote", id, old, d, NULL) && count_vote(a, before, now) &&
	       apply_result(a, WIRE_APPLIED, a->site, "article", a->id);
}

static bool use(struct apply *a)
{
	if (!a->cur)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	json_t *d = json_copy(a->cur->d);
	json_object_set_new(d, "use_count", json_integer((json_int_t)(doc_int(d, "use_count") + 1)));
	return apply_put(a, "article", a->id, a->cur, d, apply_fr(a->cur)) &&
	       apply_result(a, WIRE_APPLIED, a->site, "article", a->id);
}

// --- what customers said

static bool phrasing_ok(const json_t *p)
{
	const char *id = doc_text(p, "id");

	return !str_empty(id) && strlen(id) <= 200 && !str_empty(doc_text(p, "article")) && doc_text(p, "text");
}

static bool list_ok(const json_t *list)
{
	json_t *p;
	size_t i;

	json_array_foreach(list, i, p)
		if (!phrasing_ok(p))
			return false;
	return json_is_array(list);
}

// by_hand: what a person withdrew or gave back is not undone by a call that taught it.
static bool put_phrasing(struct apply *a, const json_t *p, bool withdrawn, bool by_hand, bool *changed)
{
	const struct hub_ent *old;
	const char *id = doc_text(p, "id");

	if (!apply_get(a, "phrasing", id, &old))
		return false;
	bool is = old && json_is_true(json_object_get(old->d, "withdrawn"));
	bool hand = old && json_is_true(json_object_get(old->d, "by_hand"));
	if (old ? is == withdrawn || (hand && is && !by_hand) : withdrawn && !by_hand)
		return true;
	json_t *d = old ? json_copy(old->d) : json_copy((json_t *)(uintptr_t)p);
	const char *call = doc_text(a->op->body, "call");
	if (!old && call)
		json_object_set_new(d, "call", json_string(call));
	if (!old)
		json_object_set_new(d, "agent_id", json_string(a->who->agent));
	json_object_set_new(d, "withdrawn", json_boolean(withdrawn));
	if (by_hand && withdrawn)
		json_object_set_new(d, "by_hand", json_true());
	else if (by_hand)
		json_object_del(d, "by_hand");
	*changed = true;
	return apply_put(a, "phrasing", id, old, d, NULL);
}

static bool names(const json_t *list, const char *id)
{
	json_t *p;
	size_t i;

	json_array_foreach(list, i, p)
		if (str_eq(doc_text(p, "id"), id))
			return true;
	return false;
}

// A call tells all that it teaches now: what it taught before and no longer names is withdrawn.
static bool settle_call(struct apply *a, const char *call, const json_t *list, bool *changed)
{
	const struct hub_ent *old;
	json_t *ids = json_array(), *x;
	size_t i;

	json_array_foreach(list, i, x) json_array_append(ids, json_object_get(x, "id"));
	json_t *d = json_pack("{s:s, s:o}", "owner_id", a->who->agent, "phrasings", ids);
	if (!apply_get(a, "kb_taught", call, &old)) {
		json_decref(d);
		return false;
	}
	bool ok = true;
	json_array_foreach(json_object_get(old ? old->d : NULL, "phrasings"), i, x) {
		if (!ok || !json_is_string(x) || names(list, json_string_value(x)))
			continue;
		json_t *p = json_pack("{s:O}", "id", x);
		ok = put_phrasing(a, p, true, false, changed);
		json_decref(p);
	}
	if (!ok || (old && json_equal(old->d, d))) {
		json_decref(d);
		return ok;
	}
	return apply_put(a, "kb_taught", call, old, d, NULL);
}

static bool phrasings(struct apply *a)
{
	const json_t *list = json_object_get(a->op->body, "phrasings");
	const char *call = doc_text(a->op->body, "call");
	bool learn = str_eq(a->op->k, "kb.learn"), changed = false;
	const char *last = NULL;
	json_t *p;
	size_t i;

	if (!list_ok(list) || (call && strlen(call) > 200))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	// By hand, a whole file at once: an editor's work. A call's is whoever took the call.
	if (!(learn && call) && !user_may(a->who->roles, RIGHT_KB_EDIT))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (learn && call && !settle_call(a, call, list, &changed))
		return false;
	json_array_foreach(list, i, p) {
		if (!put_phrasing(a, p, str_eq(a->op->k, "kb.forget"), !(learn && call), &changed))
			return false;
		last = doc_text(p, "id");
	}
	if (!changed || !last)
		return apply_result(a, changed ? WIRE_APPLIED : WIRE_NOOP, NULL, NULL, NULL);
	return apply_result(a, WIRE_APPLIED, WIRE_GLOBAL_SITE, "phrasing", last);
}

// --- cases that are not covered

static const char *question_key(struct apply *a, const char *query)
{
	unsigned char h[16];
	char hex[33];
	struct str folded = {0};

	utf8_fold(&folded, sv_trim(sv(query)));
	crypto_generichash(h, sizeof(h), (const unsigned char *)str_z(&folded), folded.n, NULL, 0);
	str_release(&folded);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	return arena_strdup(apply_arena(a), hex);
}

static bool more_of(struct apply *a, const struct hub_ent *gap)
{
	json_t *d = json_copy(gap->d), *x;
	size_t i;
	bool told = false;

	// The same operation once more, after a restore of what remembers it.
	json_array_foreach(json_object_get(d, "ops"), i, x) told = told || str_eq(json_string_value(x), a->op->id);
	if (told) {
		json_decref(d);
		return apply_noop(a, gap);
	}
	json_object_set_new(d, "occurrences", json_integer((json_int_t)(doc_int(d, "occurrences") + 1)));
	json_object_set_new(d, "last_at", json_integer((json_int_t)hub_now(a->tx)));
	doc_list_add(d, "reporters", a->who->agent);
	doc_list_add(d, "ops", a->op->id);
	return apply_put(a, "gap", gap->e, gap, d, NULL) && apply_result(a, WIRE_MERGED, WIRE_GLOBAL_SITE, "gap", gap->e);
}

static bool report(struct apply *a)
{
	const char *query = doc_text(a->op->body, "query");
	const struct hub_ent *at = NULL, *gap = NULL;
	const char *key = str_empty(query) ? NULL : question_key(a, query);

	if (key && !hub_get(a->tx, WIRE_GLOBAL_SITE, "@gap", key, &at, a->e))
		return false;
	if (at && !apply_get(a, "gap", doc_text(at->d, "gap"), &gap))
		return false;
	if (gap && !gap->gone && hub_now(a->tx) - doc_int(gap->d, "last_at") <= GAP_MERGE_MS)
		return more_of(a, gap);
	json_t *d = signed_body(a);
	json_object_set_new(d, "state", json_string("new"));
	json_object_set_new(d, "occurrences", json_integer(1));
	json_object_set_new(d, "last_at", json_integer((json_int_t)hub_now(a->tx)));
	doc_list_add(d, "reporters", a->who->agent);
	doc_list_add(d, "ops", a->op->id);
	if (!line(a, "gap", d))
		return false;
	if (!key || a->out->answer.r != WIRE_APPLIED)
		return true;
	json_t *to = json_pack("{s:s}", "gap", a->op->id);
	bool ok = hub_put(a->tx, WIRE_GLOBAL_SITE,
			  &(struct hub_ent){.t = "@gap", .e = key, .s = "@gap", .rev = at ? at->rev + 1 : 1, .d = to, .by = "hub"},
			  a->op->id, a->e);
	json_decref(to);
	return ok;
}

static const struct {
	const char *kind, *from, *from2, *to;
} gap_moves[] = {
	{"kb.gap_accept", "new", "new", "accepted"},
	{"kb.gap_duplicate", "new", "accepted", "duplicate"},
	{"kb.gap_reject", "new", "accepted", "rejected"},
	{"kb.gap_reopen", "duplicate", "rejected", "new"},
};

static bool move_gap(struct apply *a, size_t i, const struct hub_ent *gap)
{
	const char *state = doc_text(gap->d, "state"), *note = doc_text(a->op->body, "note"),
		   *other = doc_text(a->op->body, "other");

	if (str_eq(state, gap_moves[i].to))
		return apply_noop(a, gap);
	if (!str_eq(state, gap_moves[i].from) && !str_eq(state, gap_moves[i].from2))
		return apply_reject(a, WIRE_P_PRECONDITION);
	if ((str_eq(gap_moves[i].to, "rejected") && str_empty(note)) || (str_eq(gap_moves[i].to, "duplicate") && str_empty(other)))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	json_t *d = json_copy(gap->d);
	json_object_set_new(d, "state", json_string(gap_moves[i].to));
	json_object_set_new(d, "taken_by", json_string(a->who->agent));
	if (!str_empty(note))
		json_object_set_new(d, "reply", json_string(note));
	if (!str_empty(other))
		json_object_set_new(d, "answered_by", json_string(other));
	return apply_put(a, "gap", gap->e, gap, d, NULL) && apply_result(a, WIRE_APPLIED, WIRE_GLOBAL_SITE, "gap", gap->e);
}

// Before there was a hub a case had only the number its station gave it ("gap"): such a deed is kept as it was told.
static bool work_on_gap(struct apply *a, size_t i)
{
	const char *id = doc_text(a->op->body, "gap_id");
	const struct hub_ent *gap;

	if (!user_may(a->who->roles, RIGHT_KB_EDIT))
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!id)
		return line(a, "gap_deed", signed_body(a));
	if (!apply_get(a, "gap", id, &gap))
		return false;
	return gap && !gap->gone ? move_gap(a, i, gap) : apply_reject(a, WIRE_P_NOT_FOUND);
}

bool kb_part(struct apply *a, bool *mine)
{
	static const struct {
		const char *kind;
		bool (*run)(struct apply *a);
	} parts[] = {
		{"kb.suggest", suggest}, {"kb.confirm_valid", confirm_valid}, {"kb.vote_up", vote}, {"kb.vote_down", vote},
		{"kb.use", use},	 {"kb.learn", phrasings},	      {"kb.forget", phrasings}, {"kb.again", phrasings},
		{"kb.gap", report},
	};

	*mine = true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (str_eq(parts[i].kind, a->op->k))
			return parts[i].run(a);
	for (size_t i = 0; i < sizeof(gap_moves) / sizeof(*gap_moves); i++)
		if (str_eq(gap_moves[i].kind, a->op->k))
			return work_on_gap(a, i);
	*mine = false;
	return true;
}
