// SPDX-License-Identifier: MIT
// Knows how a call nobody typed a line of becomes turns of a customer: from what was recorded of it.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/practice/case_draft.h"

enum { SCENE_MS = 4000, LABEL_CHARS = 40 };

// Made while the entries are walked.
struct scenes {
	struct case_draft *d;
	const char *category, *class_, *level; // as they were last
	size_t mark;                           // the next one that was not met
};

static const struct script_node *node_of(const struct case_draft *d, const struct event *ev)
{
	size_t at = d->script ? script_find_node(d->script, sv(event_get(ev, "node"))) : SCRIPT_NO_NODE;

	return at == SCRIPT_NO_NODE ? NULL : &d->script->nodes[at];
}

static void add_about(struct turn *t, const char *label, const char *text)
{
	str_addf(&t->about, "%s: ", label);
	for (; *text; text++)
		str_addc(&t->about, *text == '\n' ? ' ' : *text);
	str_addc(&t->about, '\n');
}

// What comes within a moment is one turn; so is all that comes after the most there may be.
static struct turn *scene_at(struct scenes *s, int64_t t_ms, size_t entry)
{
	struct case_draft *d = s->d;
	struct turn *last = d->turns.n ? &d->turns.v[d->turns.n - 1] : NULL;

	if (last && (t_ms - last->from < SCENE_MS || d->turns.n >= SCENES_MOST))
		return last;
	if (last)
		last->last = entry;
	vec_push(&d->turns, ((struct turn){.from = t_ms, .first = entry, .last = d->v.n}));
	return &d->turns.v[d->turns.n - 1];
}

// The customer answered a question of the script: the agent went on from it.
static void answered(struct scenes *s, size_t i)
{
	const struct event *ev = &s->d->v.v[i].ev;
	const struct script_node *n = node_of(s->d, ev);
	bool chose = strcmp(event_get(ev, "op"), "choose") == 0;

	if (!n || (!chose && (n->kind != NODE_ASK || strcmp(event_get(ev, "op"), "next") != 0)))
		return;
	struct turn *t = scene_at(s, s->d->v.v[i].t_ms, i);
	add_about(t, _("answers"), label_text(n->text));
	for (size_t k = 0; chose && k < n->n_options; k++)
		if (*event_get(ev, "key") == n->options[k].key)
			add_about(t, _("namely"), label_text(n->options[k].label));
}

static void classified(struct scenes *s, size_t i)
{
	const char *code = event_get(&s->d->v.v[i].ev, "code");
	const struct category *c = s->d->packs ? category_find(&s->d->packs->categories, code) : NULL;

	if (strcmp(code, s->category) == 0)
		return;
	// What it is about at first is why they call; that it is about something else is a turn.
	struct turn *t = !*s->category && s->d->turns.n ? &s->d->turns.v[0] : scene_at(s, s->d->v.v[i].t_ms, i);
	s->category = code;
	add_about(t, _("it is about"), c ? category_label(c) : code);
}

static void felt(struct scenes *s, size_t i)
{
	const struct event *ev = &s->d->v.v[i].ev;
	struct str text = {0};

	if (strcmp(event_get(ev, "class"), s->class_) == 0 && strcmp(event_get(ev, "level"), s->level) == 0)
		return;
	s->class_ = event_get(ev, "class");
	s->level = event_get(ev, "level");
	event_describe(ev, &text);
	add_about(scene_at(s, s->d->v.v[i].t_ms, i), _("how they feel"), str_z(&text));
	str_release(&text);
}

static void marked(struct scenes *s, size_t i, int64_t until)
{
	const struct book_case *c = s->d->c;

	for (; s->mark < c->n_marks && c->marks[s->mark].t_ms <= until; s->mark++)
		add_about(scene_at(s, c->marks[s->mark].t_ms, i), case_marker_label(c->marks[s->mark].type), c->marks[s->mark].note);
}

static bool tells(const struct case_draft *d)
{
	bool any = d->c->n_marks > 0;

	for (size_t i = 0; i < d->v.n && !any; i++) {
		enum event_type type = d->v.v[i].ev.type;
		any = type == EV_CLASSIFY || type == EV_EMOTION || type == EV_SCRIPT_VISIT || type == EV_ESCALATE || type == EV_DISPOSITION;
	}
	return any;
}

void draft_scenes(struct case_draft *d)
{
	struct scenes s = {.d = d, .category = "", .class_ = "", .level = ""};

	if (!d->v.n || !tells(d))
		return;
	scene_at(&s, d->v.v[0].t_ms, 0);
	for (size_t i = 0; i < d->v.n; i++) {
		const struct log_entry *e = &d->v.v[i];
		marked(&s, i, e->t_ms);
		if (e->ev.type == EV_SCRIPT_VISIT)
			answered(&s, i);
		else if (e->ev.type == EV_CLASSIFY)
			classified(&s, i);
		else if (e->ev.type == EV_EMOTION)
			felt(&s, i);
		if (e->ev.type == EV_EMOTION)
			d->turns.v[d->turns.n - 1].emotion = e;
	}
	marked(&s, d->v.n, INT64_MAX);
	for (size_t i = 0; i < d->turns.n; i++)
		d->turns.v[i].to = i + 1 < d->turns.n ? d->turns.v[i + 1].from : INT64_MAX;
}

// --- what the agent said

static void put_label(struct str *out, const char *lang, const char *text)
{
	size_t n = utf8_count(sv(text)) > LABEL_CHARS ? 0 : strlen(text);
	struct sv rest = sv(text);
	struct str cut = {0};

	for (int k = 0; !n && k < LABEL_CHARS; k++) {
		uint32_t cp;
		size_t len = utf8_decode(rest, &cp);
		rest = sv_n(rest.p + len, rest.n - len);
	}
	str_addn(&cut, text, n ? n : (size_t)(rest.p - text));
	if (!n && *text)
		str_add(&cut, "…");
	str_addf(out, "%s: ", lang);
	draft_quoted(out, str_z(&cut), false);
	str_release(&cut);
}

static bool was_said(const struct case_draft *d, const struct turn *t, const struct script_node *n)
{
	for (size_t i = t->first; i < t->last; i++) {
		const struct event *ev = &d->v.v[i].ev;
		const char *op = event_get(ev, "op");
		bool left = ev->type == EV_SCRIPT_VISIT && (strcmp(op, "next") == 0 || strcmp(op, "choose") == 0);
		if ((left || ev->type == EV_SCRIPT_TICK) && node_of(d, ev) == n)
			return true;
	}
	return false;
}

// A line is due where it was said first: ticked in one turn, it may be left in the next.
static bool said_first(const struct case_draft *d, const struct turn *t, const struct script_node *n)
{
	for (const struct turn *before = d->turns.v; before < t; before++)
		if (was_said(d, before, n))
			return false;
	return was_said(d, t, n);
}

void draft_script_expects(struct case_draft *d, const struct turn *t, struct expects *x)
{
	for (size_t i = 0; d->script && i < d->script->n_nodes; i++) {
		const struct script_node *n = &d->script->nodes[i];
		if (!n->required || x->n + 1 >= EXPECTS_MOST || !said_first(d, t, n))
			continue;
		str_addf(d->out, "      - {id: %s, do: script, value: %s/%s, w: 1, label: {", draft_id(x, "line", i + 1), d->script->code, n->id);
		put_label(d->out, "zh", n->text.zh ? n->text.zh : n->id);
		str_add(d->out, ", ");
		put_label(d->out, "en", n->text.en ? n->text.en : n->id);
		str_add(d->out, "}}\n");
	}
}
