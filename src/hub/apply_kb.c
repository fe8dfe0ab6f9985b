// SPDX-License-Identifier: MIT
// Knows what a deed on the knowledge base does to the hub's article (domain.md §2.5, §4.8): written, submitted, approved by somebody
// else, retired, hidden. The same rules as kb/deed*.c, on documents:
// article {"id","ver","state","doc":text,"author","approver","note","published_at","votes_up","votes_down","net_down","stale_why"?,
// "replaced_by"?,"draft"?:{"doc","state","author","writers":[],"base_ver","note","reply","gap"?,"dev"}}; each version stays as
// article_version "<id>@<ver>".
#include "src/hub/apply_part.h"

struct deed {
	struct apply *a;
	const char *id, *state;  // state NULL: never published
	const json_t *art, *draft; // NULL: none; borrowed
	json_t *d;               // the article's next revision
};

static int64_t version_of(const struct deed *x)
{
	return x->art ? doc_int(x->art, "ver") : 0;
}

static bool is(const struct deed *x, const char *a, const char *b)
{
	return x->state && (str_eq(x->state, a) || str_eq(x->state, b));
}

static bool writes_it(const struct deed *x)
{
	json_t *w;
	size_t i;

	json_array_foreach(json_object_get(x->draft, "writers"), i, w)
		if (str_eq(json_string_value(w), x->a->who->agent))
			return true;
	return false;
}

static bool own_draft(const struct deed *x)
{
	return writes_it(x) || user_may(x->a->who->roles, RIGHT_KB_EDIT);
}

static const char *note_of(const struct deed *x)
{
	const char *note = doc_text(x->a->op->body, "note");

	return note ? note : "";
}

static bool refuse(struct deed *x, enum wire_problem_kind why)
{
	return apply_reject(x->a, why);
}

static bool finish(struct deed *x)
{
	struct apply *a = x->a;
	json_t *fr = apply_fr(a->cur);

	json_object_set_new(x->d, "id", json_string(x->id));
	apply_touch(fr, "article", a->cur);
	return apply_put(a, "article", x->id, a->cur, json_incref(x->d), fr) &&
	       apply_result(a, WIRE_APPLIED, WIRE_GLOBAL_SITE, "article", x->id);
}

static bool become(struct deed *x, const char *state)
{
	json_object_set_new(x->d, "state", json_string(state));
	return finish(x);
}

// Is what stands there what the person had before their eyes? By its revision, else because it came from the same desk, else
// because they are connected now.
static bool seen(const struct deed *x)
{
	const struct apply *a = x->a;

	if (a->op->base)
		return a->cur && a->base == a->cur->rev;
	if (str_eq(doc_text(x->draft, "by"), a->who->agent) || (a->who->dev && str_eq(doc_text(x->draft, "dev"), a->who->dev)))
		return true;
	return !a->op->off;
}

// What cannot go in as it is stands beside the article for an editor (sync.md §3.7): nothing is lost, nothing overwritten.
static bool propose(struct deed *x, json_t *text)
{
	struct apply *a = x->a;
	json_t *d = json_pack("{s:s, s:s, s:s, s:s, s:I}", "article", x->id, "verb", a->op->k, "author_id", a->who->agent, "state",
			      "open", "base_version",
			      (json_int_t)doc_int(x->draft ? x->draft : a->op->body, x->draft ? "base_ver" : "base_version"));

	if (text)
		json_object_set(d, "doc", text);
	a->out->answer.cf = arena_strdup(apply_arena(a), a->op->id);
	return apply_put(a, "kb_proposal", a->op->id, NULL, d, NULL) &&
	       apply_result(a, WIRE_CONFLICT, WIRE_GLOBAL_SITE, "kb_proposal", a->op->id);
}

// --- the draft

static json_t *writers_with(const json_t *draft, const char *who)
{
	json_t *out = json_array(), *w;
	size_t i;

	json_array_foreach(json_object_get(draft, "writers"), i, w)
		if (!str_eq(json_string_value(w), who) && json_array_size(out) < 63)
			json_array_append(out, w);
	json_array_append_new(out, json_string(who)); // the last one last
	return out;
}

static void put_draft(struct deed *x, json_t *text, const char *state, int64_t base_ver)
{
	struct apply *a = x->a;
	const char *author = x->draft ? doc_text(x->draft, "author") : a->who->agent;
	const char *gap = doc_text(a->op->body, "gap_id");
	json_t *d = json_pack("{s:O?, s:s, s:s, s:o, s:I, s:s, s:s, s:s}", "doc", text, "state", state, "author",
			      author ? author : "", "writers", writers_with(x->draft, a->who->agent), "base_ver",
			      (json_int_t)base_ver, "note", note_of(x), "reply", "", "by", a->who->agent);

	if (a->who->dev)
		json_object_set_new(d, "dev", json_string(a->who->dev));
	if (gap || doc_text(x->draft, "gap"))
		json_object_set_new(d, "gap", json_string(gap ? gap : doc_text(x->draft, "gap")));
	json_object_set_new(x->d, "draft", d);
	if (!x->art)
		json_object_set_new(x->d, "ver", json_integer(0));
}

static bool run_save(struct deed *x)
{
	json_t *text = json_object_get(x->a->op->body, "text"), *base = json_object_get(x->a->op->body, "base_version");

	if (!json_is_object(text))
		return refuse(x, WIRE_P_BAD_SHAPE);
	if (is(x, "archived", "archived") && !x->draft && !user_may(x->a->who->roles, RIGHT_KB_RETIRE))
		return refuse(x, WIRE_P_FORBIDDEN);
	if (x->draft && !own_draft(x))
		return refuse(x, WIRE_P_FORBIDDEN);
	if (x->draft && (str_eq(doc_text(x->draft, "state"), "in_review") || !seen(x)))
		return propose(x, text);
	put_draft(x, text, "draft",
		  json_is_integer(base) ? json_integer_value(base)
		  : x->draft            ? doc_int(x->draft, "base_ver")
					: version_of(x));
	return finish(x);
}

static bool up_to_date(const struct deed *x)
{
	return version_of(x) == 0 || doc_int(x->draft, "base_ver") == version_of(x);
}

static bool says_the_same(const struct deed *x)
{
	return is(x, "published", "stale") && json_equal(json_object_get(x->draft, "doc"), json_object_get(x->art, "doc"));
}

static void draft_state(struct deed *x, const char *state, const char *note, const char *reply)
{
	json_t *d = json_copy((json_t *)(uintptr_t)x->draft);

	json_object_set_new(d, "state", json_string(state));
	if (*note)
		json_object_set_new(d, "note", json_string(note));
	json_object_set_new(d, "reply", json_string(reply));
	json_object_set_new(x->d, "draft", d);
}

static bool run_submit(struct deed *x)
{
	if (!x->draft)
		return refuse(x, WIRE_P_NOT_FOUND);
	if (!own_draft(x))
		return refuse(x, WIRE_P_FORBIDDEN);
	if (str_eq(doc_text(x->draft, "state"), "in_review") || !up_to_date(x) || says_the_same(x) || !seen(x))
		return refuse(x, WIRE_P_PRECONDITION);
	draft_state(x, "in_review", note_of(x), "");
	return finish(x);
}

static bool run_return(struct deed *x)
{
	if (!x->draft)
		return refuse(x, WIRE_P_NOT_FOUND);
	if (!str_eq(doc_text(x->draft, "state"), "in_review"))
		return refuse(x, WIRE_P_PRECONDITION);
	if (!writes_it(x) && !user_may(x->a->who->roles, RIGHT_KB_APPROVE))
		return refuse(x, WIRE_P_FORBIDDEN);
	if (!writes_it(x) && !*note_of(x))
		return refuse(x, WIRE_P_BAD_SHAPE);
	draft_state(x, "draft", "", note_of(x));
	return finish(x);
}

static void drop_draft(struct deed *x)
{
	json_object_del(x->d, "draft");
}

static bool gap_becomes(struct deed *x, const char *state)
{
	struct apply *a = x->a;
	const char *id = doc_text(x->draft, "gap");
	const struct hub_ent *gap;

	if (!id || !apply_get(a, "gap", id, &gap))
		return !id;
	if (!gap || gap->gone)
		return true;
	json_t *d = json_copy(gap->d);
	json_object_set_new(d, "state", json_string(state));
	json_object_set_new(d, "article", json_string(x->id));
	return apply_put(a, "gap", id, gap, d, NULL);
}

// A version is written once; the article keeps the newest.
static bool publish(struct deed *x)
{
	struct apply *a = x->a;
	int64_t ver = version_of(x) + 1;
	json_t *text = json_object_get(x->draft, "doc"), *note = json_object_get(x->draft, "note");
	json_t *v = json_pack("{s:s, s:I, s:O?, s:O?, s:s, s:O?, s:I}", "article", x->id, "ver", (json_int_t)ver, "doc", text,
			      "author", json_object_get(x->draft, "author"), "approver", a->who->agent, "note", note,
			      "published_at", (json_int_t)hub_now(a->tx));
	static const char *const same[] = {"ver", "doc", "author", "approver", "note", "published_at"};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		json_object_set(x->d, same[i], json_object_get(v, same[i]));
	json_object_set_new(x->d, "net_down", json_integer(0));
	json_object_set_new(x->d, "confirmed", json_integer((json_int_t)(doc_int(x->d, "confirmed") + 1)));
	json_object_del(x->d, "stale_why");
	drop_draft(x);
	if (!kb_policies_put(a, x->id, json_object_get(x->art, "doc"), text) || (ver > 1 && !kb_policies_flag(a, x->id))) {
		json_decref(v);
		return false;
	}
	return apply_put(a, "article_version", arena_printf(apply_arena(a), "%s@%lld", x->id, (long long)ver), NULL, v, NULL) &&
	       gap_becomes(x, "published") && become(x, "published");
}

static bool run_approve(struct deed *x)
{
	struct apply *a = x->a;

	if (!x->draft && is(x, "hidden", "hidden"))
		return str_eq(doc_text(x->art, "author"), a->who->agent) ? refuse(x, WIRE_P_FORBIDDEN) : become(x, "published");
	if (!x->draft)
		return refuse(x, x->art ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	if (writes_it(x)) // author != approver
		return refuse(x, WIRE_P_FORBIDDEN);
	if (!up_to_date(x)) {
		json_t *text = json_object_get(x->draft, "doc");
		if (!propose(x, text))
			return false;
		enum wire_result r = a->out->answer.r;
		drop_draft(x);
		if (!finish(x))
			return false;
		a->out->answer.r = r;
		return true;
	}
	if (!str_eq(doc_text(x->draft, "state"), "in_review") || !seen(x))
		return refuse(x, WIRE_P_PRECONDITION);
	return publish(x);
}

static bool run_discard(struct deed *x)
{
	if (!x->draft)
		return refuse(x, WIRE_P_NOT_FOUND);
	if (!own_draft(x))
		return refuse(x, WIRE_P_FORBIDDEN);
	if (!seen(x))
		return refuse(x, WIRE_P_PRECONDITION);
	drop_draft(x);
	return gap_becomes(x, "accepted") && finish(x);
}

// --- the article

static bool run_retire(struct deed *x)
{
	const char *other = doc_text(x->a->op->body, "other");
	const struct hub_ent *ent = NULL;

	if (!x->state || !is(x, "published", "stale"))
		return refuse(x, x->state ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	if (!str_empty(other) && !apply_get(x->a, "article", other, &ent))
		return false;
	const char *state = ent ? doc_text(ent->d, "state") : NULL;
	if (!str_empty(other) && (str_eq(other, x->id) || (!str_eq(state, "published") && !str_eq(state, "stale"))))
		return refuse(x, WIRE_P_PRECONDITION);
	if (!str_empty(other))
		json_object_set_new(x->d, "replaced_by", json_string(other));
	return become(x, "archived");
}

static bool run_restore(struct deed *x)
{
	if (!is(x, "archived", "archived") || x->draft)
		return refuse(x, x->art ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	put_draft(x, json_object_get(x->art, "doc"), "draft", version_of(x));
	return finish(x);
}

static bool run_hide(struct deed *x)
{
	if (!*note_of(x))
		return refuse(x, WIRE_P_BAD_SHAPE);
	if (!is(x, "published", "stale"))
		return refuse(x, x->state ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	json_object_set_new(x->d, "hidden_why", json_string(note_of(x)));
	x->a->out->red = true; // told at once, as domain.md §4.8 has it for what is unsafe
	return become(x, "hidden");
}

static bool run_confirm(struct deed *x)
{
	if (!is(x, "published", "stale"))
		return refuse(x, x->state ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	json_object_del(x->d, "stale_why");
	json_object_set_new(x->d, "net_down", json_integer(0));
	json_object_set_new(x->d, "confirmed", json_integer((json_int_t)(doc_int(x->d, "confirmed") + 1)));
	json_object_set_new(x->d, "confirmed_at", json_integer((json_int_t)hub_now(x->a->tx)));
	return become(x, "published");
}

static bool run_flag(struct deed *x)
{
	if (!*note_of(x))
		return refuse(x, WIRE_P_BAD_SHAPE);
	if (!is(x, "published", "stale"))
		return refuse(x, x->state ? WIRE_P_PRECONDITION : WIRE_P_NOT_FOUND);
	json_object_set_new(x->d, "stale_why", json_string(note_of(x)));
	return become(x, "stale");
}

static bool run_gap_draft(struct deed *x)
{
	json_t *text = json_object_get(x->a->op->body, "text");

	if (!json_is_object(text) || str_eq(x->id, x->a->op->id))
		return refuse(x, WIRE_P_BAD_SHAPE);
	if (x->draft)
		return propose(x, text);
	put_draft(x, text, "wip", version_of(x));
	x->draft = json_object_get(x->d, "draft");
	return gap_becomes(x, "in_work") && finish(x);
}

static const struct {
	const char *kind;
	enum user_right right;
	bool (*run)(struct deed *x);
} deeds[] = {
	{"kb.save", RIGHT_KB_WRITE, run_save},	     {"kb.submit", RIGHT_KB_WRITE, run_submit},
	{"kb.return", RIGHT_KB_WRITE, run_return},   {"kb.approve", RIGHT_KB_APPROVE, run_approve},
	{"kb.discard", RIGHT_KB_WRITE, run_discard}, {"kb.retire", RIGHT_KB_RETIRE, run_retire},
	{"kb.restore", RIGHT_KB_RETIRE, run_restore}, {"kb.hide", RIGHT_KB_HIDE, run_hide},
	{"kb.confirm", RIGHT_KB_EDIT, run_confirm},  {"kb.flag", RIGHT_KB_APPROVE, run_flag},
	{"kb.gap_draft", RIGHT_KB_EDIT, run_gap_draft},
};

bool apply_deed(struct apply *a)
{
	struct deed x = {.a = a, .id = a->id, .art = a->cur ? a->cur->d : NULL};
	bool part;

	if (right_scope(a->who->roles, a->verb->right) < SCOPE_REQUEST)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (!kb_part(a, &part))
		return false;
	if (part)
		return true;
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		if (!str_eq(deeds[i].kind, a->op->k))
			continue;
		if (!user_may(a->who->roles, deeds[i].right))
			return apply_reject(a, WIRE_P_FORBIDDEN);
		x.state = doc_text(x.art, "state");
		x.draft = json_object_get(x.art, "draft");
		x.d = x.art ? json_copy((json_t *)(uintptr_t)x.art) : json_object();
		bool ok = deeds[i].run(&x);
		json_decref(x.d);
		return ok;
	}
	return apply_reject(a, WIRE_P_BAD_SHAPE);
}
