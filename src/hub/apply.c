// SPDX-License-Identifier: MIT
// Knows how an operation finds its rule, and what all rules share: rights, places, revisions, endings.
#include "src/base/i18n.h"
#include "src/hub/apply_part.h"

static const struct verb verbs[] = {
#define VERB(kind, t, shape, right) {kind, t, SHAPE_##shape, HUB_R_##right},
#include "src/hub/verbs.def"
#undef VERB
};

const struct verb *verb_of(const char *kind)
{
	for (size_t i = 0; kind && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].kind, kind) == 0)
			return &verbs[i];
	return NULL;
}

bool verb_needs_session(const struct verb *v)
{
	switch (v->right) {
	case HUB_R_CONFIG_SYSTEM:
	case HUB_R_CONFIG_POLICY:
	case HUB_R_BROADCAST_SEND:
	case HUB_R_INCIDENT_CONFIRM:
	case HUB_R_SCRIPT_APPROVE:
	case HUB_R_ESCALATION_DECIDE:
		return true;
	default:
		return v->shape == SHAPE_MERGE;
	}
}

// --- documents

bool doc_same(const json_t *a, const json_t *b)
{
	bool no_a = !a || json_is_null(a), no_b = !b || json_is_null(b);

	return no_a || no_b ? no_a && no_b : json_equal(a, b);
}

static json_t *list_without(const json_t *d, const char *key, const char *text)
{
	json_t *list = json_array(), *x;
	size_t i;

	json_array_foreach(json_object_get(d, key), i, x)
		if (!str_eq(json_string_value(x), text))
			json_array_append(list, x);
	return list;
}

void doc_list_add(json_t *d, const char *key, const char *text)
{
	json_t *list = list_without(d, key, text);

	json_array_append_new(list, json_string(text));
	while (json_array_size(list) > WIRE_ARRAY)
		json_array_remove(list, 0);
	json_object_set_new(d, key, list);
}

void doc_list_drop(json_t *d, const char *key, const char *text)
{
	json_t *list = list_without(d, key, text);

	if (json_array_size(list))
		json_object_set(d, key, list);
	else
		json_object_del(d, key);
	json_decref(list);
}

bool actor_is(const struct actor *who, enum user_role role)
{
	return who->roles & USER_BIT(role);
}

// --- endings

bool apply_reject(struct apply *a, enum wire_problem_kind why)
{
	applied_release(a->out);
	*a->out = (struct applied){.answer = {.n = a->op->n, .r = WIRE_REJECTED, .why = wire_problem_type(why)}};
	return true;
}

bool apply_result(struct apply *a, enum wire_result r, const char *site, const char *t, const char *e)
{
	const struct hub_ent *ent = NULL;

	a->out->answer.n = a->op->n;
	a->out->answer.r = r;
	a->out->site = site;
	a->out->t = t;
	a->out->e = e;
	if (t && !hub_get(a->tx, site, t, e, &ent, a->e))
		return false;
	a->out->answer.rev = ent ? ent->rev : 0;
	return true;
}

bool apply_noop(struct apply *a, const struct hub_ent *where)
{
	if (!where)
		return apply_result(a, WIRE_NOOP, NULL, NULL, NULL);
	return apply_result(a, WIRE_NOOP, apply_site(a, where->t), where->t, where->e);
}

void apply_lost(struct apply *a, const char *field)
{
	if (!a->out->answer.lost)
		a->out->answer.lost = json_array();
	json_array_append_new(a->out->answer.lost, json_string(field));
}

void applied_release(struct applied *a)
{
	json_decref(a->answer.lost);
	a->answer.lost = NULL;
}

// --- rights and places

static const char *owner_of(const char *t, const json_t *d)
{
	if (str_eq(t, "interaction"))
		return doc_text(d, "agent_id");
	if (str_eq(t, "note"))
		return doc_text(d, "author_id");
	if (str_eq(t, "escalation"))
		return doc_text(d, "from_id");
	return str_eq(t, "customer") ? NULL : doc_text(d, "owner_id");
}

bool apply_may(struct apply *a, enum hub_right r, const json_t *doc, enum verdict *out)
{
	const struct target what = {.site = a->who->site, .owner = owner_of(a->t, doc), .team = doc_text(doc, "team_id"),
				    .queue = doc_text(doc, "queue_code")};

	return actor_may(a->tx, a->who, r, &what, out, a->e);
}

const char *apply_site(const struct apply *a, const char *t)
{
	static const char *const everywhere[] = {"article",  "article_version", "gap",        "gap_deed",
						 "phrasing", "kb_suggestion",   "kb_proposal"};

	return actor_has(everywhere, sizeof(everywhere) / sizeof(*everywhere), t) ? WIRE_GLOBAL_SITE : a->who->site;
}

bool apply_get(struct apply *a, const char *t, const char *id, const struct hub_ent **out)
{
	return hub_get(a->tx, apply_site(a, t), t, id, out, a->e);
}

static const char *stream_named(struct apply *a, const char *family, const char *rest)
{
	enum wire_family f;
	const char *r, *s = str_empty(rest) ? NULL : arena_printf(apply_arena(a), "%s/%s", family, rest);

	return s && wire_stream_parse(s, &f, &r) ? s : NULL;
}

static bool of_broadcast(struct apply *a, const json_t *d, const char **site, const char **s)
{
	if (json_is_true(json_object_get(json_object_get(d, "audience"), "all"))) {
		*site = WIRE_GLOBAL_SITE;
		*s = "bc/all";
	} else {
		*s = stream_named(a, "bc", a->who->site);
	}
	return true;
}

// Escalations and notes stand where their ticket stands; without one (it is still to come) in the queue they name, or with whoever
// wrote them.
static bool of_ticket(struct apply *a, const json_t *d, const char *author, const char **s)
{
	const char *ticket = doc_text(d, "ticket_id");
	const struct hub_ent *ent = NULL;

	if (ticket && !hub_get(a->tx, a->who->site, "ticket", ticket, &ent, a->e))
		return false;
	*s = ent ? ent->s : stream_named(a, "q", doc_text(d, "queue_code"));
	if (!*s)
		*s = stream_named(a, "me", str_empty(author) ? a->who->agent : author);
	return true;
}

static bool of_conflict(struct apply *a, const json_t *d, const char **s)
{
	const json_t *about = json_object_get(d, "about");
	const char *t = doc_text(about, "t"), *id = doc_text(about, "e");
	const struct hub_ent *ent = NULL;

	if (t && id && !hub_get(a->tx, a->who->site, t, id, &ent, a->e))
		return false;
	*s = ent ? ent->s : stream_named(a, "me", a->who->agent);
	return true;
}

bool apply_place(struct apply *a, const char *t, const char *id, const json_t *d, const char **site, const char **s)
{
	static const char *const directory[] = {"agent", "team", "queue", "skill", "site"};
	static const char *const central[] = {"pack", "proposal"};
	char buf[64];

	*site = apply_site(a, t);
	*s = NULL;
	if (str_eq(t, "ticket"))
		*s = stream_named(a, "q", doc_text(d, "queue_code"));
	else if (str_eq(t, "note") || str_eq(t, "escalation"))
		return of_ticket(a, d, owner_of(t, d), s);
	else if (str_eq(t, "broadcast"))
		return of_broadcast(a, d, site, s);
	else if (str_eq(t, "broadcast_request"))
		*s = stream_named(a, "bc", a->who->site);
	else if (str_eq(t, "conflict"))
		return of_conflict(a, d, s);
	else if (str_eq(t, "customer")) {
		wire_customer_stream(a->who->site, id, buf, sizeof(buf));
		bool spread = *id && strchr("0123456789abcdef", id[strlen(id) - 1]); // over the streams there are
		*s = spread ? arena_strdup(apply_arena(a), buf) : NULL;
	} else if (actor_has(directory, sizeof(directory) / sizeof(*directory), t))
		*s = stream_named(a, "me", id) ? stream_named(a, "dir", a->who->site) : NULL; // people and queues name streams
	else if (actor_has(central, sizeof(central) / sizeof(*central), t))
		*s = stream_named(a, "cfg", a->who->site);
	else if (str_eq(*site, WIRE_GLOBAL_SITE))
		*s = "kb/all";
	else
		*s = stream_named(a, "me", owner_of(t, d) ? owner_of(t, d) : a->who->agent);
	return true;
}

// --- revisions

json_t *apply_fr(const struct hub_ent *cur)
{
	return cur && cur->fr ? json_copy(cur->fr) : json_object();
}

void apply_touch(json_t *fr, const char *field, const struct hub_ent *cur)
{
	json_object_set_new(fr, field, json_integer((json_int_t)(cur ? cur->rev + 1 : 1)));
}

static void stamp(struct apply *a, json_t *d)
{
	char at[32];

	if (a->who->claimed_by)
		json_object_set_new(d, "claimed_by", json_string(a->who->claimed_by));
	if (!a->who->left)
		return;
	clock_rfc3339(hub_now(a->tx), at, sizeof(at));
	json_object_set_new(d, "after_revoke", json_pack("{s:s, s:s, s:s}", "op", a->op->id, "by", a->who->agent, "at", at));
}

bool apply_put_as(struct apply *a, const struct put *p)
{
	const char *site, *s;
	bool ok = apply_place(a, p->t, p->id, p->d, &site, &s);

	if (ok && p->cur && p->gone)
		s = p->cur->s; // a tombstone stays where the thing stood
	if (ok && !s)
		ok = err_set(a->e, ERR_PARSE, _("there is no stream for %s %s"), p->t, p->id); // whoever stages has asked before
	if (ok && !p->by)
		stamp(a, p->d);
	const struct hub_ent ent = {.t = p->t, .e = p->id, .s = s, .rev = p->cur ? p->cur->rev + 1 : 1, .d = p->d,
				    .fr = p->fr && json_object_size(p->fr) ? p->fr : NULL, .by = p->by ? p->by : a->who->agent,
				    .dev = a->who->dev, .gone = p->gone, .to = p->to};
	ok = ok && hub_put(a->tx, site, &ent, a->op->id, a->e);
	json_decref(p->d);
	json_decref(p->fr);
	return ok;
}

bool apply_put(struct apply *a, const char *t, const char *id, const struct hub_ent *cur, json_t *d, json_t *fr)
{
	return apply_put_as(a, &(struct put){.t = t, .id = id, .cur = cur, .d = d, .fr = fr});
}

bool apply_line(struct apply *a, const char *t, const char *id, const char *ticket, json_t *d)
{
	const struct hub_ent *of, *old;

	if (!apply_get(a, t, id, &old) || !apply_put(a, t, id, old, d, NULL))
		return false;
	if (str_empty(ticket) || !apply_get(a, "ticket", ticket, &of))
		return str_empty(ticket);
	if (!of || of->gone)
		return true;
	json_t *doc = json_copy(of->d);
	doc_list_add(doc, "lines", arena_printf(apply_arena(a), "%s/%s", t, id));
	return apply_put(a, "ticket", ticket, of, doc, apply_fr(of));
}

// --- the way in

// A base counts when it is of the epoch the hub has now and not ahead of what it knows (sync.md §3.7, pitfall 17a).
static bool read_base(struct apply *a)
{
	struct wire_cursor c;
	struct hub_stream st;

	if (!a->op->base || !wire_cursor_parse(a->op->base, &c))
		return true;
	const char *site = wire_stream_is_global(a->op->s) ? WIRE_GLOBAL_SITE : a->who->site;
	if (!hub_stream_get(a->tx, site, a->op->s, &st, a->e))
		return false;
	a->restored = c.epoch != st.epoch;
	a->base = !a->restored && a->cur && c.seq <= a->cur->rev ? c.seq : 0;
	return true;
}

enum { REDIRECTS = 8 };

static bool find(struct apply *a)
{
	a->t = a->verb->t;
	a->id = a->op->e;
	a->site = apply_site(a, a->t);
	for (int i = 0; i < REDIRECTS; i++) {
		if (!hub_get(a->tx, a->site, a->t, a->id, &a->cur, a->e))
			return false;
		if (!a->cur || !str_eq(a->cur->gone, "merged") || !a->cur->to)
			break;
		a->id = a->cur->to;
	}
	// Broadcasts to everybody belong to no site.
	if (!a->cur && str_eq(a->t, "broadcast") && a->verb->shape == SHAPE_ACK) {
		a->site = WIRE_GLOBAL_SITE;
		if (!hub_get(a->tx, a->site, a->t, a->id, &a->cur, a->e))
			return false;
	}
	return read_base(a);
}

static bool by_shape(struct apply *a)
{
	switch (a->verb->shape) {
	case SHAPE_NEW: return apply_new(a);
	case SHAPE_SET:
	case SHAPE_ELEMENT: return apply_set(a);
	case SHAPE_APPEND: return apply_append(a);
	case SHAPE_OWN: return apply_own(a);
	case SHAPE_ACK: return apply_ack(a);
	case SHAPE_ASSIGN: return apply_assign(a);
	case SHAPE_DEED: return apply_deed(a);
	case SHAPE_SETTLE: return apply_settle(a);
	case SHAPE_DECIDE: return apply_decide(a);
	case SHAPE_PUT: return apply_put_whole(a);
	case SHAPE_MERGE: return apply_merge(a);
	case SHAPE_DELETE: return apply_delete(a);
	}
	BUG("shape %d", (int)a->verb->shape);
}

// Of whoever wanted to be forgotten nothing is written down anew, however long it was on its way (domain.md §18.8).
static bool brings_text(const struct apply *a)
{
	static const char *const parts[] = {"set", "add", "inc"};
	const char *field;
	json_t *v;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		json_object_foreach(json_object_get(a->op->body, parts[i]), field, v)
			if (!hub_subject_keeps(field, v))
				return true;
	return !json_object_get(a->op->body, "set") && a->verb->shape == SHAPE_SET;
}

static bool is_erased(const struct apply *a, bool *done)
{
	*done = true;
	if (!a->cur || a->cur->gone || !json_object_get(a->cur->d, "anonymised_at"))
		return false;
	switch (a->verb->shape) {
	case SHAPE_NEW:
		return true; // told again
	case SHAPE_APPEND:
	case SHAPE_OWN:
	case SHAPE_DELETE:
		*done = false;
		return true;
	case SHAPE_SET:
	case SHAPE_ELEMENT:
		*done = false;
		return brings_text(a);
	case SHAPE_ACK:
	case SHAPE_ASSIGN:
	case SHAPE_DEED:
	case SHAPE_SETTLE:
	case SHAPE_DECIDE:
	case SHAPE_PUT:
	case SHAPE_MERGE:
		return false;
	}
	BUG("shape %d", (int)a->verb->shape);
}

static bool named_well(const struct wire_op *op, const struct verb *v)
{
	return v && (!*v->t || strcmp(v->t, op->t) == 0) && op->body && json_is_object(op->body) && *op->e && *op->id;
}

static bool apply_once(struct hub_tx *tx, const struct actor *who, const struct wire_op *op, struct applied *out, struct err *e)
{
	struct apply a = {.tx = tx, .who = who, .op = op, .verb = verb_of(op->k), .out = out, .e = e};

	*out = (struct applied){.answer = {.n = op->n}};
	if (!named_well(op, a.verb))
		return apply_reject(&a, WIRE_P_BAD_SHAPE);
	bool done;
	if (!find(&a))
		return false;
	if (is_erased(&a, &done))
		return done ? apply_noop(&a, a.cur) : apply_reject(&a, WIRE_P_NOT_FOUND);
	return by_shape(&a);
}

bool hub_apply(struct hub_tx *tx, const struct actor *who, const struct wire_op *op, struct applied *out, struct err *e)
{
	struct actor before;

	if (!apply_once(tx, who, op, out, e))
		return false;
	if (out->answer.r != WIRE_REJECTED || !str_eq(out->answer.why, wire_problem_type(WIRE_P_FORBIDDEN)) || who->left ||
	    !who->agent)
		return true;
	// Not allowed now; was it within the grace?
	if (!actor_past(tx, who, hub_now(tx) - REVOKE_GRACE_MS, &before, hub_arena(tx), e))
		return false;
	// Work done before the right went counts; nobody comes to own what they may no longer see.
	if (!before.left || verb_needs_session(verb_of(op->k)) || verb_of(op->k)->shape == SHAPE_ASSIGN)
		return true;
	applied_release(out);
	if (!apply_once(tx, &before, op, out, e))
		return false;
	if (out->answer.r == WIRE_REJECTED || out->answer.r == WIRE_NOOP)
		return true;
	return hub_audit_add(tx,
			     &(struct hub_audit){.site = who->site,
						 .actor = who->agent,
						 .station = who->station,
						 .action = "op.after_revoke",
						 .object = op->e,
						 .detail = op->id},
			     e);
}
