// SPDX-License-Identifier: MIT
// Knows what the path through a script tells: what is due, what was said, how well the script was kept.
#include "src/base/i18n.h"
#include "src/desk/script_graph.h"
#include "src/desk/script_run.h"

static const struct kind_row hows[] = {
	[VISIT_START] = {"start", N_("Start")},   [VISIT_NEXT] = {"next", N_("Next")},
	[VISIT_CHOICE] = {"choice", N_("Choice")}, [VISIT_CHECK] = {"check", N_("Check")},
	[VISIT_JUMP] = {"jump", N_("Jump")},      [VISIT_SIDE] = {"side", N_("Side trip")},
	[VISIT_OBJECTION] = {"objection", N_("Objection")},
};
KIND_DEFINE(visit_how, hows)

static const struct kind_row outcomes[] = {
	[OFFER_NONE] = {"", "—"},
	[OFFER_ACCEPTED] = {"accepted", N_("Accepted")},
	[OFFER_LATER] = {"later", N_("Later")},
	[OFFER_DECLINED] = {"declined", N_("Declined")},
	[OFFER_NOT_OFFERED] = {"not_offered", N_("Not offered")},
};
KIND_DEFINE(offer_outcome, outcomes)

static const struct kind_row dues[] = {
	[DUE_OPEN] = {"open", N_("Not said")},
	[DUE_SAID] = {"said", N_("Said")},
	[DUE_MADE_UP] = {"made_up", N_("Made up for")},
	[DUE_NOT_APPLICABLE] = {"not_applicable", N_("Does not apply")},
};
KIND_DEFINE(due_state, dues)

static const struct script_frame *top(const struct script_run *r)
{
	return &r->at.frames[r->at.n - 1];
}

bool script_run_started(const struct script_run *r)
{
	return r->at.n > 0;
}

bool script_run_ended(const struct script_run *r)
{
	return r->at.ended;
}

unsigned script_run_depth(const struct script_run *r)
{
	return r->at.n ? r->at.n - 1u : 0;
}

const struct script *script_run_script(const struct script_run *r)
{
	return r->at.n ? top(r)->script : NULL;
}

const struct script *script_run_main(const struct script_run *r)
{
	return r->at.n ? r->at.frames[0].script : NULL;
}

const struct script_node *script_run_node(const struct script_run *r)
{
	return r->at.n ? &top(r)->script->nodes[top(r)->node] : NULL;
}

const struct script_visit *script_run_visit(const struct script_run *r)
{
	return r->at.n ? &r->visits.v[top(r)->visit] : NULL;
}

bool script_run_can_back(const struct script_run *r)
{
	return r->past.n > 0;
}

const struct script_option *script_run_options(const struct script_run *r, size_t *n)
{
	const struct script_node *node = script_run_node(r);
	bool any = node && !r->at.ended && (node->kind == NODE_CHOICE || node->kind == NODE_ASK) && node->n_options;

	*n = any ? node->n_options : 0;
	return any ? node->options : NULL;
}

bool script_run_was_said(const struct script_run *r, const struct script *s, size_t node)
{
	for (size_t i = 0; i < r->visits.n; i++) {
		const struct script_visit *v = &r->visits.v[i];
		if (v->said && v->script == s && v->node == node)
			return true;
	}
	return false;
}

bool script_run_hint_open(const struct script_run *r)
{
	int closed = 0;

	for (size_t i = r->visits.n; i-- > 0 && closed < 3;) {
		const struct script_visit *v = &r->visits.v[i];
		const struct script_node *n = &v->script->nodes[v->node];
		if (v->undone || !v->said || n->kind != NODE_ASK)
			continue;
		if (n->ask != ASK_CLOSED)
			return false;
		closed++;
	}
	return closed == 3;
}

// --- What is due ---

struct due_list {
	const struct script_run *r;
	VEC(struct script_due) v;
};

static bool code_said(const struct script_run *r, const char *code)
{
	for (size_t i = 0; i < r->visits.n; i++) {
		const struct script_visit *v = &r->visits.v[i];
		if (v->said && str_eq(v->script->nodes[v->node].disclosure, code))
			return true;
	}
	return false;
}

static void find_state(const struct script_run *r, struct script_due *d)
{
	bool said = d->node == SCRIPT_NO_NODE ? code_said(r, d->disclosure) : script_run_was_said(r, d->script, d->node);

	if (said) {
		d->state = DUE_SAID;
		return;
	}
	for (size_t i = 0; i < r->settled.n; i++) {
		const struct script_settled *s = &r->settled.v[i];
		if (s->script == d->script && s->node == d->node && (d->node != SCRIPT_NO_NODE || str_eq(s->code, d->disclosure))) {
			d->state = s->state;
			d->reason = s->reason;
		}
	}
	for (size_t i = r->visits.n; d->state == DUE_OPEN && i-- > 0;) {
		const struct script_visit *v = &r->visits.v[i];
		if (v->script == d->script && v->node == d->node && v->skipped && !v->undone) {
			d->reason = v->reason;
			break;
		}
	}
}

static void add_due(struct due_list *l, const struct script *s, size_t node, const char *code, bool ahead)
{
	for (size_t i = 0; i < l->v.n; i++) {
		const struct script_due *d = &l->v.v[i];
		if (d->script == s && d->node == node && (node != SCRIPT_NO_NODE || str_eq(d->disclosure, code)))
			return;
	}
	struct script_due *d = vec_add(&l->v);
	*d = (struct script_due){.script = s, .node = node, .disclosure = code, .ahead = ahead};
	find_state(l->r, d);
}

static void add_node(struct due_list *l, const struct script *s, size_t node, bool ahead)
{
	add_due(l, s, node, s->nodes[node].disclosure, ahead);
}

static const struct script_option *option_taken(const struct script_visit *v)
{
	const struct script_node *n = &v->script->nodes[v->node];

	for (size_t i = 0; v->key && i < n->n_options; i++) {
		if (n->options[i].key == v->key)
			return &n->options[i];
	}
	return NULL;
}

// Promised by the script of this visit or by the option taken in it; a code that no node of the list stands for gets a line.
static void add_codes(struct due_list *l, const struct script *s, struct script_codes codes)
{
	for (size_t i = 0; i < codes.n; i++) {
		bool there = false;
		for (size_t k = 0; k < l->v.n; k++)
			there |= str_eq(l->v.v[k].disclosure, codes.v[i]);
		if (!there)
			add_due(l, s, SCRIPT_NO_NODE, codes.v[i], true);
	}
}

// Was a disclosure of this node asked for, although the node itself is not marked as required?
static bool promised(const struct script_run *r, const struct script_visit *of)
{
	const char *code = of->script->nodes[of->node].disclosure;

	if (script_codes_have(of->script->needs, code))
		return true;
	for (size_t i = 0; code && i < r->visits.n; i++) {
		const struct script_option *o = r->visits.v[i].undone ? NULL : option_taken(&r->visits.v[i]);
		if (o && script_codes_have(o->needs, code))
			return true;
	}
	return false;
}

static void add_path(struct due_list *l)
{
	const struct script_run *r = l->r;
	size_t j = 0;

	for (size_t i = 0; i < r->visits.n; i++) {
		const struct script_visit *v = &r->visits.v[i];
		for (; j < r->jumped.n && r->jumped.v[j].visit <= i; j++) {
			if (r->jumped.v[j].visit == i && !v->undone)
				add_node(l, r->jumped.v[j].script, r->jumped.v[j].node, false);
		}
		const struct script_node *n = &v->script->nodes[v->node];
		if (!v->undone && v->offer != OFFER_NOT_OFFERED && (n->required || promised(r, v)))
			add_node(l, v->script, v->node, false);
	}
}

static void add_ahead(struct due_list *l)
{
	const struct script_run *r = l->r;

	for (size_t i = r->at.ended ? 0 : r->at.n; i-- > 0;) {
		const struct script_frame *f = &r->at.frames[i];
		size_t *nodes = xcalloc(f->script->n_nodes + 1, sizeof(*nodes));
		size_t n = script_must_pass(f->script, f->node, SCRIPT_NO_NODE, nodes);
		for (size_t k = 0; k < n; k++)
			add_node(l, f->script, nodes[k], true);
		free(nodes);
	}
	for (size_t i = 0; i < r->visits.n; i++) {
		const struct script_visit *v = &r->visits.v[i];
		const struct script_option *o = option_taken(v);
		if (!v->undone)
			add_codes(l, v->script, v->script->needs);
		if (!v->undone && o)
			add_codes(l, v->script, o->needs);
	}
}

size_t script_run_due(const struct script_run *r, bool to_end, struct script_due **out, struct arena *a)
{
	struct due_list l = {.r = r};
	size_t n;

	add_path(&l);
	if (to_end || r->at.ended)
		add_ahead(&l);
	n = l.v.n;
	*out = arena_array(a, struct script_due, n + 1);
	if (n)
		memcpy(*out, l.v.v, n * sizeof(**out));
	vec_release(&l.v);
	return n;
}

bool script_run_adherence(const struct script_run *r, bool to_end, double *ratio, struct arena *a)
{
	struct script_due *due;
	size_t n = script_run_due(r, to_end, &due, a);
	double kept = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		double weight = due[i].disclosure ? 2 : 1;
		if (due[i].state == DUE_NOT_APPLICABLE)
			continue;
		all += weight;
		if (due[i].state != DUE_OPEN)
			kept += weight;
	}
	if (all == 0)
		return false;
	*ratio = kept / all;
	return true;
}

bool script_run_settle(struct script_run *r, const struct script_due *due, enum due_state state, const char *reason,
		       int64_t t_ms, struct err *e)
{
	struct arena a = {0};
	struct script_due *all;
	size_t n = script_run_due(r, true, &all, &a), i = 0;

	while (i < n && !(all[i].script == due->script && all[i].node == due->node &&
			  (due->node != SCRIPT_NO_NODE || str_eq(all[i].disclosure, due->disclosure))))
		i++;
	bool open = i < n && all[i].state == DUE_OPEN;
	const char *code = open && due->node == SCRIPT_NO_NODE ? all[i].disclosure : NULL;
	arena_release(&a);
	if (!open)
		return err_set(e, ERR_CONFLICT, _("this line is not open any more; look at the list again"));
	if (state != DUE_MADE_UP && state != DUE_NOT_APPLICABLE)
		return err_set(e, ERR_USAGE, _("a line left out is either made up for or does not apply"));
	if (state == DUE_NOT_APPLICABLE && str_empty(reason))
		return err_set(e, ERR_DENIED, _("say why the line does not apply"));
	vec_push(&r->settled, ((struct script_settled){.script = due->script, .node = due->node, .code = code, .state = state,
						       .t_ms = t_ms, .reason = arena_strdup(&r->text, reason)}));
	return true;
}

// --- Digest ---

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return h;
}

static uint64_t mix_num(uint64_t h, int64_t v)
{
	return mix(h, &v, sizeof(v));
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	h = mix_num(h, s ? 1 : 0);
	return s ? mix(h, s, strlen(s) + 1) : h;
}

static uint64_t mix_place(uint64_t h, const struct script_place *p)
{
	for (size_t i = 0; i < p->n; i++) {
		h = mix_text(h, p->frames[i].script->code);
		h = mix_num(h, (int64_t)p->frames[i].node);
		h = mix_num(h, (int64_t)p->frames[i].visit);
		h = mix_num(h, (int64_t)p->frames[i].objection);
	}
	h = mix_num(h, p->ended);
	return mix_num(h, p->n);
}

uint64_t script_run_digest(const struct script_run *r)
{
	uint64_t h = mix_place(0xcbf29ce484222325u, &r->at);

	for (size_t i = 0; i < r->visits.n; i++) {
		const struct script_visit *v = &r->visits.v[i];
		h = mix_text(h, v->script->code);
		h = mix_num(h, (int64_t)v->node);
		h = mix_num(h, v->t_ms);
		h = mix_num(h, v->said ? v->said_ms : -1);
		h = mix_num(h, v->how * 64 + v->offer * 8 + v->depth);
		h = mix_num(h, v->key);
		h = mix_num(h, v->said + v->skipped * 2 + v->undone * 4 + v->passed * 8);
		h = mix_text(h, v->reason);
	}
	for (size_t i = 0; i < r->past.n; i++)
		h = mix_num(mix_place(h, &r->past.v[i]), (int64_t)r->past.v[i].visits);
	for (size_t i = 0; i < r->jumped.n; i++)
		h = mix_num(mix_num(h, (int64_t)r->jumped.v[i].node), (int64_t)r->jumped.v[i].visit);
	for (size_t i = 0; i < r->settled.n; i++) {
		h = mix_num(h, (int64_t)r->settled.v[i].node * 8 + r->settled.v[i].state);
		h = mix_text(mix_text(h, r->settled.v[i].code), r->settled.v[i].reason);
	}
	return h;
}
