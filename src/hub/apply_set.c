// SPDX-License-Identifier: MIT
// Knows how an edit meets what stands there: field by field, against the revision it was based on (sync.md §3.7).
#include "src/hub/apply_part.h"

enum { FIELDS = 200, DOC_BYTES = 4 * WIRE_OP_BYTES }; // what many edits may grow a document to: a page holds it

struct edit {
	struct apply *a;
	json_t *set, *was;       // borrowed; was NULL: not said
	json_t *d, *fr;          // own copies that become the next revision
	struct clash clash[FIELDS];
	size_t n_clash, taken, lost;
	bool forbidden, bad;
	json_t *kept[FIELDS]; // references of the clashes
	size_t n_kept;
};

static json_t *keep(struct edit *x, json_t *j)
{
	if (j && x->n_kept < FIELDS) {
		x->kept[x->n_kept++] = j;
	} else if (j) { // more than any form has: refused as a whole
		x->bad = true;
		json_decref(j);
		j = NULL;
	}
	return j;
}

static void take(struct edit *x, const char *field, json_t *want)
{
	if (!want || json_is_null(want))
		json_object_del(x->d, field);
	else
		json_object_set(x->d, field, want);
	apply_touch(x->fr, field, x->a->cur);
	x->taken++;
}

static bool clash(struct edit *x, const char *field, json_t *want, const char *reason)
{
	struct apply *a = x->a;
	json_t *base;

	if (x->n_clash == FIELDS) {
		x->bad = true;
		return true;
	}
	if (!conflict_base(a, field, &base))
		return false;
	x->clash[x->n_clash++] = (struct clash){.field = field, .reason = reason, .mine = want, .base = keep(x, base),
						.theirs = a->cur ? json_object_get(a->cur->d, field) : NULL};
	return true;
}

// --- who wrote what stands in a field

struct writer {
	int64_t rev;
	const char *by, *dev;
	struct arena *a;
};

static bool take_writer(void *arg, const struct hub_ent *ent)
{
	struct writer *w = arg;

	if (ent->rev == w->rev) {
		w->by = arena_strdup(w->a, ent->by);
		w->dev = arena_strdup(w->a, ent->dev);
	}
	return ent->rev < w->rev;
}

static bool writer_of(struct apply *a, const char *field, struct writer *w)
{
	*w = (struct writer){.rev = json_integer_value(json_object_get(a->cur->fr, field)), .a = apply_arena(a)};
	if (!w->rev)
		w->rev = 1;
	if (w->rev != a->cur->rev && !hub_history(a->tx, a->site, a->t, a->id, take_writer, w, a->e))
		return false;
	if (w->rev == a->cur->rev || (!w->by && !w->dev)) { // perhaps not written yet: of this very transaction
		w->by = a->cur->by;
		w->dev = a->cur->dev;
	}
	return true;
}

// Nobody has changed it since the edit was begun.
static bool is_fresh(const struct edit *x, const char *field, bool *yes)
{
	struct apply *a = x->a;
	struct writer w;

	*yes = true;
	if (!a->cur || (a->base && json_integer_value(json_object_get(a->cur->fr, field)) <= a->base))
		return true;
	const json_t *there = json_object_get(a->cur->d, field), *was = json_object_get(x->was, field);
	if (was) {
		*yes = doc_same(was, there);
		return true;
	}
	// Nothing ever stood there, so nothing is overwritten.
	if ((!there || json_is_null(there)) && !json_object_get(a->cur->fr, field))
		return true;
	*yes = false;
	if (a->op->base || x->was || !a->who->dev)
		return true;
	// Schema 1 does not say what it saw. A station's operations come in their order: what it wrote itself it has seen.
	if (!writer_of(a, field, &w))
		return false;
	*yes = str_eq(w.dev, a->who->dev);
	return true;
}

// --- ranked: supervisor > team lead > rule > agent

static int rank_of(const struct actor *who)
{
	return actor_is(who, USER_SUPERVISOR) ? 4 : actor_is(who, USER_TEAM_LEAD) ? 3 : 1;
}

static bool rank_there(struct apply *a, const char *field, int *rank)
{
	struct writer w;
	struct actor who;
	struct err why = {0};

	*rank = 2; // the hub itself, a rule
	if (!writer_of(a, field, &w))
		return false;
	if (str_empty(w.by))
		return true;
	if (actor_load(a->tx, a->who->site, w.by, &who, w.a, &why))
		*rank = rank_of(&who);
	else if (why.code != ERR_NOT_FOUND && why.code != ERR_DENIED)
		return err_set(a->e, why.code, "%s", why.msg);
	return true;
}

static bool ranked(struct edit *x, const char *field, json_t *want)
{
	int there;

	if (!rank_there(x->a, field, &there))
		return false;
	if (rank_of(x->a->who) > there) {
		take(x, field, want);
		return true;
	}
	apply_lost(x->a, field);
	x->lost++;
	return hub_audit_add(x->a->tx,
			     &(struct hub_audit){.site = x->a->who->site,
						 .actor = x->a->who->agent,
						 .station = x->a->who->station,
						 .action = "op.outranked",
						 .object = x->a->id,
						 .detail = field},
			     x->a->e);
}

static bool earliest(struct edit *x, const char *field, json_t *want)
{
	int64_t there = x->a->cur ? doc_int(x->a->cur->d, field) : 0, is = json_integer_value(want);

	if (is > 0 && (!there || is < there))
		take(x, field, want);
	else
		x->lost++, apply_lost(x->a, field);
	return true;
}

static bool machine(struct edit *x, const char *field, json_t *want)
{
	struct apply *a = x->a;
	const char *from = a->cur ? doc_text(a->cur->d, field) : NULL, *to = json_string_value(want);
	bool yes = !from;

	if (!to) {
		x->bad = true;
		return true;
	}
	// Judged with all other fields of the edit in place: a solution may come with the state.
	if (from && str_eq(a->t, "ticket")) {
		if (!ticket_may_become(a, from, to, x->d, a->op->body, &yes))
			return false;
	} else if (from && str_eq(a->t, "escalation")) {
		yes = escalation_may_become(a, from, to, a->cur->d);
	}
	if (yes)
		take(x, field, want);
	return yes || clash(x, field, want, "machine");
}

// What the field's own right says: *go on, or what it became.
static bool may_field(struct edit *x, const char *field, json_t *want, bool *on)
{
	struct apply *a = x->a;
	enum hub_right r;
	enum verdict v = VERDICT_YES;

	*on = true;
	if (!a->cur || !field_right(a->t, field, want, &r)) // a new one may say what it is
		return true;
	if (!apply_may(a, r, a->cur->d, &v))
		return false;
	if (v == VERDICT_YES)
		return true;
	*on = false;
	if (v == VERDICT_NO)
		x->forbidden = true;
	return v == VERDICT_NO || clash(x, field, want, "approval");
}

static bool one(struct edit *x, const char *field, json_t *want)
{
	struct apply *a = x->a;
	const json_t *there = a->cur ? json_object_get(a->cur->d, field) : NULL;
	enum field_class cls = field_class_of(a->t, field);
	bool on;

	if (doc_same(there, want) || field_is_hubs_own(a->t, field))
		return true;
	if (!a->cur && cls != FIELD_MACHINE) {
		take(x, field, want);
		return true;
	}
	if (cls == FIELD_HUB) {
		apply_lost(a, field);
		x->lost++;
		return true;
	}
	if (cls == FIELD_EARLIEST)
		return earliest(x, field, want);
	if (!may_field(x, field, want, &on))
		return false;
	if (!on)
		return true;
	if (cls == FIELD_OWNER)
		return clash(x, field, want, "owner");
	if (cls == FIELD_MACHINE)
		return machine(x, field, want);
	bool fresh;
	if (!is_fresh(x, field, &fresh))
		return false;
	if (fresh) {
		take(x, field, want);
		return true;
	}
	return cls == FIELD_RANKED ? ranked(x, field, want) : clash(x, field, want, "text");
}

// --- elements and counters never collide

static bool elements(struct edit *x, const char *op, bool add)
{
	struct apply *a = x->a;
	const char *field;
	json_t *list, *v;
	size_t i;

	json_object_foreach(json_object_get(a->op->body, op), field, list) {
		const json_t *there = json_object_get(x->d, field);
		enum field_class cls = field_class_of(a->t, field);
		if (!json_is_array(list) || (there && !json_is_array(there)) || (cls != FIELD_PLAIN && cls != FIELD_APPROVAL)) {
			x->bad = true;
			return true;
		}
		json_t *next = json_array();
		json_array_foreach(there, i, v) {
			bool named = false;
			json_t *w;
			size_t k;
			json_array_foreach(list, k, w) named = named || json_equal(v, w);
			if (!named || add)
				json_array_append(next, v);
		}
		json_array_foreach(list, i, v) {
			bool known = false;
			json_t *w;
			size_t k;
			json_array_foreach(next, k, w) known = known || json_equal(v, w);
			if (add && !known && json_array_size(next) < WIRE_ARRAY)
				json_array_append(next, v);
		}
		bool same = there ? json_equal(there, next) : !json_array_size(next), on = true;
		bool ok = same || may_field(x, field, keep(x, json_incref(next)), &on);
		if (ok && !same && on)
			take(x, field, next);
		json_decref(next);
		if (!ok)
			return false;
	}
	return true;
}

static bool counters(struct edit *x)
{
	const char *field;
	json_t *by;

	json_object_foreach(json_object_get(x->a->op->body, "inc"), field, by) {
		const json_t *there = json_object_get(x->d, field);
		enum field_class cls = field_class_of(x->a->t, field);
		int64_t sum;
		if (!json_is_integer(by) || (there && !json_is_integer(there)) || cls != FIELD_PLAIN ||
		    __builtin_add_overflow(json_integer_value(there), json_integer_value(by), &sum)) {
			x->bad = true;
			return true;
		}
		json_t *v = json_integer((json_int_t)sum);
		if (json_integer_value(by))
			take(x, field, v);
		json_decref(v);
	}
	return true;
}

// --- the whole edit

static bool is_whole(const json_t *body)
{
	return !json_object_get(body, "set") && !json_object_get(body, "add") && !json_object_get(body, "del") &&
	       !json_object_get(body, "inc");
}

static bool fields(struct edit *x)
{
	const char *field;
	json_t *want;

	// A change of state is judged by what the ticket says then: last.
	for (int last = 0; last < 2; last++)
		json_object_foreach(x->set, field, want)
			if ((field_class_of(x->a->t, field) == FIELD_MACHINE) == (last == 1) && !one(x, field, want))
				return false;
	// Why a ticket was cancelled, merged or reopened stays with it.
	json_t *reason = json_object_get(x->a->op->body, "reason");
	if (x->taken && json_is_string(reason) && str_eq(x->a->t, "ticket") && !is_whole(x->a->op->body))
		take(x, "reason", reason);
	return elements(x, "add", true) && elements(x, "del", false) && counters(x);
}

static bool finish(struct edit *x)
{
	struct apply *a = x->a;
	const struct hub_ent *cur = a->cur;
	const char *site, *s;
	enum wire_result r;

	if (x->bad || !apply_place(a, a->t, a->id, x->d, &site, &s) || !s)
		return x->bad || !s ? apply_reject(a, WIRE_P_BAD_SHAPE) : false;
	if (x->forbidden)
		return apply_reject(a, WIRE_P_FORBIDDEN);
	if (json_dumpb(x->d, NULL, 0, JSON_COMPACT) > DOC_BYTES)
		return apply_reject(a, WIRE_P_TOO_LARGE);
	if (cur && !x->taken && !x->n_clash) {
		if (!x->lost)
			return apply_noop(a, cur);
		return apply_result(a, WIRE_MERGED, a->site, a->t, a->id);
	}
	r = x->n_clash ? WIRE_CONFLICT : cur && (x->lost || a->base != cur->rev) ? WIRE_MERGED : WIRE_APPLIED;
	bool ticket = str_eq(a->t, "ticket");
	if (ticket && x->taken && (!ticket_follow(a, cur, x->d, x->fr) || !ticket_parent_known(a, cur ? cur->d : NULL, x->d, x->fr)))
		return false;
	if (x->n_clash && !apply_clash(a, x->clash, x->n_clash, x->d))
		return false;
	json_t *d = json_incref(x->d), *fr = json_incref(x->fr);
	return apply_put(a, a->t, a->id, cur, d, fr) && (!ticket || (ticket_lines_follow(a) && ticket_links_follow(a, cur ? cur->d : NULL))) &&
	       apply_result(a, r, a->site, a->t, a->id);
}

// Who may make one by an edit: directory entries, customers and call-backs are born so (schema 1); of the others the hub may have
// forgotten its own.
static bool may_begin(const struct apply *a)
{
	static const char *const born[] = {"customer", "callback", "agent", "team", "queue", "skill", "site"};

	return a->restored || (!a->op->base && actor_has(born, sizeof(born) / sizeof(*born), a->t));
}

static void begin_doc(struct edit *x)
{
	struct apply *a = x->a;

	x->d = a->cur ? json_copy(a->cur->d) : json_object();
	x->fr = apply_fr(a->cur);
	if (a->cur)
		return;
	if (str_eq(a->t, "callback") && !json_object_get(x->set, "owner_id"))
		json_object_set_new(x->d, "owner_id", json_string(a->who->agent));
	// Which queue a forgotten ticket stood in is known from the operation; that they read it is checked.
	if (str_eq(a->t, "ticket") && str_starts(a->op->s, "q/"))
		json_object_set_new(x->d, "queue_code", json_string(a->op->s + 2));
}

static bool refuse_self(const struct apply *a, const json_t *set)
{
	return str_eq(a->t, "agent") && str_eq(a->id, a->who->agent) &&
	       (json_object_get(set, "roles") || json_object_get(set, "grants"));
}

// Who may touch it at all. *on false: answered.
static bool admitted(struct edit *x, bool *on)
{
	struct apply *a = x->a;
	enum verdict v;
	bool was_owner = false;

	*on = false;
	if (!apply_may(a, a->verb->right, a->cur ? a->cur->d : x->d, &v))
		return false;
	// Notes are changed by their author alone.
	if (str_eq(a->t, "note") && a->cur && !str_eq(doc_text(a->cur->d, "author_id"), a->who->agent))
		v = VERDICT_NO;
	// Of an administrator the policy is a request; the directory is theirs all the same.
	if (v != VERDICT_YES && a->verb->right == HUB_R_CONFIG_POLICY &&
	    right_scope(a->who->roles, HUB_R_CONFIG_SYSTEM) == SCOPE_ALL)
		v = VERDICT_YES;
	if (v == VERDICT_YES && !a->cur && str_eq(a->t, "ticket") && !actor_may_read(a->who, a->who->site, a->op->s))
		v = VERDICT_NO;
	if (v == VERDICT_YES && refuse_self(a, x->set))
		v = VERDICT_NO;
	*on = v == VERDICT_YES;
	if (*on)
		return true;
	if (str_eq(a->t, "ticket") && a->cur && !ticket_was_owner(a, &was_owner))
		return false;
	return was_owner ? ticket_late_work(a) : apply_reject(a, WIRE_P_FORBIDDEN);
}

static bool run(struct edit *x)
{
	struct apply *a = x->a;
	bool on;

	begin_doc(x);
	if (!admitted(x, &on) || !on)
		return !on;
	// Somebody else has it by now (a->op names the fence it had then).
	const json_t *fence = json_object_get(a->op->body, "fence");
	if (a->cur && fence && !is_whole(a->op->body) && json_integer_value(fence) != doc_int(a->cur->d, "fence"))
		return ticket_late_work(a);
	const char *parent = str_eq(a->t, "ticket") ? doc_text(x->set, "parent_no") : NULL;
	if (!ticket_parent_fits(a, parent, &on))
		return false;
	return on ? fields(x) && finish(x) : apply_reject(a, WIRE_P_PRECONDITION);
}

bool apply_set(struct apply *a)
{
	struct edit x = {.a = a};
	bool whole = is_whole(a->op->body);

	x.set = whole && a->verb->shape == SHAPE_SET ? a->op->body : json_object_get(a->op->body, "set");
	x.was = whole ? NULL : json_object_get(a->op->body, "was");
	if ((x.set && !json_is_object(x.set)) || (x.was && !json_is_object(x.was)) || (whole && a->verb->shape == SHAPE_ELEMENT))
		return apply_reject(a, WIRE_P_BAD_SHAPE);
	if (a->cur && a->cur->gone)
		return apply_reject(a, WIRE_P_NOT_FOUND);
	if (!a->cur && !may_begin(a))
		return apply_reject(a, WIRE_P_NOT_FOUND);
	bool ok = run(&x);
	json_decref(x.d);
	json_decref(x.fr);
	for (size_t i = 0; i < x.n_kept; i++)
		json_decref(x.kept[i]);
	return ok;
}
