// SPDX-License-Identifier: MIT
// Knows how the step in front of the agent looks: what is pinned, the line to say first, what it needs, how it stands, where it leads.
#include "src/base/i18n.h"
#include "ui/script_pen.h"

enum { GRID_COLS = 60 };

// --- above the line

void script_draw_pinned(struct script_pen *p)
{
	char key[KEY_NAME_MAX], head[160];

	if (!p->k->pin_text)
		return;
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_UNPIN, key, sizeof(key));
	snprintf(head, sizeof(head), "%s %s  [%s] %s", _("Talk track"), p->k->pin_id ? p->k->pin_id : "", key, _("take away"));
	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_BAR);
	canvas_text(&p->c, p->y++, 2, ROLE_ACCENT, head);
	int top = p->y;
	pen_wrapped(p, 2, ROLE_ACCENT | STYLE_BOLD, p->k->pin_text, p->c.r.h / 3);
	for (int y = top; y < p->y; y++)
		canvas_glyph(&p->c, y, 0, ROLE_ACCENT, GLYPH_BAR);
	pen_gap(p);
}

void script_draw_trip(struct script_pen *p)
{
	const struct script_run *run = &p->k->run;
	struct str way = {0};
	char key[KEY_NAME_MAX], back[64];

	if (!script_run_depth(run))
		return;
	for (unsigned i = 0; i < run->at.n; i++) {
		const struct script_frame *f = &run->at.frames[i];
		str_addf(&way, "%s%s", i ? " > " : "",
			 f->objection != SCRIPT_NO_NODE ? label_text(f->script->objections[f->objection].label) : label_text(f->script->title));
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_SIDE, key, sizeof(key));
	snprintf(back, sizeof(back), "[%s 0] %s", key, _("back"));
	int end = canvas_columns(sv(back));
	canvas_fit(&p->c, p->y, 0, ROLE_ACCENT, sv(str_z(&way)), p->c.r.w - end - 2);
	canvas_text(&p->c, p->y++, p->c.r.w - end - 1, ROLE_DIM, back);
	str_release(&way);
}

// --- the line

static void draw_line(struct script_pen *p, const struct script_node *n)
{
	const char *line = pen_words(p, n->text);
	bool zh = model_spoken(p->w) == LANG_ZH;
	const char *other = zh ? n->text.en : n->text.zh;
	// A title (choice, form, knowledge) is not said to the customer.
	bool spoken = n->kind == NODE_SAY || n->kind == NODE_ASK || n->kind == NODE_ACTION || n->kind == NODE_OFFER || n->kind == NODE_END;

	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_SELECT);
	if (*line)
		pen_wrapped(p, 2, STYLE_BOLD | (spoken ? ROLE_PLAIN : ROLE_ACCENT), line, p->c.r.h);
	else
		canvas_text(&p->c, p->y++, 2, ROLE_ACCENT | STYLE_BOLD, node_kind_label(n->kind));
	if (spoken && !str_empty(other) && pen_roomy(p) && pen_left(p) > 14)
		pen_wrapped(p, 2, ROLE_DIM,
			model_line_in(p->m, p->w, n->text, zh ? LANG_EN : LANG_ZH, &p->a), 3);
	if (!str_empty(label_text(n->hint)) && pen_left(p) > 4)
		pen_wrapped(p, 2, ROLE_DIM, arena_printf(&p->a, "%s: %s", _("Hint"), model_line_in(p->m, p->w, n->hint, i18n_lang(), &p->a)), 4);
	pen_gap(p);
}

// --- what this step needs

static void draw_answer(struct script_pen *p, const struct script_node *n)
{
	const char *draft = model_draft_of(p->w, "script.answer")->text, *label = script_restates(n) ? _("Restated") : _("Their answer");
	char key[KEY_NAME_MAX];

	// Many questions only lead on: nothing is written down, so there is no field to look into.
	if (!script_takes_answer(n) || pen_full(p))
		return;
	const char *have = script_restates(n) ? p->k->restate : contact_field(p->k, n->into);
	if (!p->w->read_only && (p->v->script_typing || *draft)) {
		pen_edit(p, label, &p->v->answer, draft, p->v->script_typing);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_ANSWER, key, sizeof(key));
	int x = 2 + canvas_printf(&p->c, p->y, 2, ROLE_PLAIN, "%s ", label);
	char hint[64];
	snprintf(hint, sizeof(hint), "[%s] %s", key, !str_empty(have) ? _("change") : _("write"));
	if (!str_empty(have))
		x += canvas_fit(&p->c, p->y, x, ROLE_PLAIN, sv(have), p->c.r.w - x - canvas_columns(sv(hint)) - 3) + 2;
	canvas_text(&p->c, p->y++, x, ROLE_DIM, hint);
	pen_gap(p);
}

static void draw_articles(struct script_pen *p, const struct script_node *n)
{
	for (size_t i = 0; i < n->articles.n && !pen_full(p); i++) {
		bool opened = false;
		for (size_t o = 0; o < p->k->opens.n; o++)
			opened |= strcmp(p->k->opens.v[o].id, n->articles.v[i]) == 0;
		canvas_printf(&p->c, p->y, 2, ROLE_ACCENT, "%zu", i + 1);
		canvas_printf(&p->c, p->y++, 4, ROLE_PLAIN, "%s %s", opened ? pen_glyph(p, GLYPH_DONE) : " ", n->articles.v[i]);
	}
	if (p->v->kb_at == KB_AT_ARTICLE && !p->w->read_only && !pen_full(p))
		canvas_printf(&p->c, p->y++, 4, ROLE_DIM, "[c] %s  [y] %s", _("Cite"), _("Talk track"));
}

// Which fields, and which of them are filled; values belong to the form, masked there.
static void draw_fields(struct script_pen *p, const struct script_node *n)
{
	for (size_t i = 0; i < n->fields.n && !pen_full(p); i++) {
		const char *name = n->fields.v[i];
		const struct form_run *run = str_starts(name, "base.") ? contact_base(p->k) : contact_form(p->k);
		size_t f = run && strlen(name) > 5 ? form_find(run->form, sv(name + 5)) : FORM_NO_FIELD;
		bool filled = f != FORM_NO_FIELD && *form_run_get(run, f);
		const char *label = f != FORM_NO_FIELD ? label_text(run->form->fields[f].label) : name;
		canvas_glyph(&p->c, p->y, 2, filled ? ROLE_ACCENT : ROLE_PLAIN, filled ? GLYPH_BOX_ON : GLYPH_BOX);
		canvas_printf(&p->c, p->y++, 4, filled ? ROLE_DIM : ROLE_PLAIN, "%s%s", label,
			      f != FORM_NO_FIELD && run->values[f].required ? " *" : "");
	}
}

static void draw_action(struct script_pen *p, const struct script_node *n)
{
	struct str b = {0};

	str_add(&b, script_action_label(n->action));
	// Only what tells the agent something; the rest is for the dialog.
	for (size_t i = 0; i < n->with.n; i++)
		if (strcmp(n->with.v[i].name, "level") == 0)
			str_addf(&b, _(" (level %s)"), n->with.v[i].value);
		else if (strcmp(n->with.v[i].name, "text") == 0)
			str_addf(&b, ": %s", n->with.v[i].value);
	int x = 2 + canvas_text(&p->c, p->y, 2, ROLE_ACCENT, pen_glyph(p, GLYPH_RIGHT)) + 1;
	pen_wrapped(p, x, ROLE_ACCENT, str_z(&b), 3);
	str_release(&b);
}

static void draw_offer(struct script_pen *p)
{
	static const enum offer_outcome all[] = {OFFER_ACCEPTED, OFFER_LATER, OFFER_DECLINED};

	for (size_t i = 0; i < 3 && !pen_full(p); i++) {
		canvas_printf(&p->c, p->y, 2, ROLE_ACCENT, "%zu", i + 1);
		canvas_text(&p->c, p->y++, 4, ROLE_PLAIN, offer_outcome_label(all[i]));
	}
}

static void draw_kind(struct script_pen *p, const struct script_node *n)
{
	switch (n->kind) {
	case NODE_ASK: draw_answer(p, n); break;
	case NODE_KB: draw_articles(p, n); break;
	case NODE_FORM: draw_fields(p, n); break;
	case NODE_ACTION:
		if (!pen_full(p))
			draw_action(p, n);
		break;
	case NODE_OFFER: draw_offer(p); break;
	case NODE_SAY: case NODE_CHOICE: case NODE_CHECK: case NODE_END: break;
	}
}

// Seconds in front of this step. A script chosen later shows lines of the one before as said then: the agent came with it.
static int64_t seconds_here(const struct script_pen *p, const struct script_visit *v)
{
	int64_t since = v->t_ms;

	for (size_t i = 0; i < p->k->events.n; i++)
		if (p->k->events.v[i].type == EV_SCRIPT_START && p->k->events.v[i].t_ms > since)
			since = p->k->events.v[i].t_ms;
	// Whole seconds of the talk, as everywhere: what is shown changes when they do.
	return model_t(p->m, p->w) / 1000 - since / 1000;
}

// "☐ 必说 · 告知                              [空格] 已说"
static void draw_state(struct script_pen *p, const struct script_node *n)
{
	const struct script_visit *v = script_run_visit(&p->k->run);
	char at[16], key[KEY_NAME_MAX], right[64] = "";
	struct str b = {0};

	if (pen_full(p) || !v)
		return;
	// What the law or a rule wants said must not hide behind a colour alone.
	if (n->disclosure && !v->said)
		str_add(&b, "! ");
	size_t head = b.n;
	if (n->required)
		str_add(&b, _("required"));
	for (int mark = MARK_ACK; mark <= MARK_DISCLOSURE; mark++)
		if (n->marks & MARK_BIT(mark))
			str_addf(&b, "%s%s", b.n > head ? " · " : "", script_mark_label((enum script_mark)mark));
	canvas_glyph(&p->c, p->y, 2, v->said ? ROLE_ACCENT : ROLE_PLAIN, v->said ? GLYPH_BOX_ON : GLYPH_BOX);
	if (v->said) {
		pen_time(p, v->said_ms, at, sizeof(at));
		snprintf(right, sizeof(right), "%s %s", _("said"), at);
	} else if (!p->w->read_only && n->kind != NODE_CHOICE) {
		keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_TICK, key, sizeof(key));
		snprintf(right, sizeof(right), "[%s] %s", key, _("said"));
	}
	int end = p->c.r.w - canvas_columns(sv(right)) - 1;
	canvas_fit(&p->c, p->y, 4, n->disclosure && !v->said ? ROLE_WARN : ROLE_PLAIN, sv(str_z(&b)), end - 5);
	canvas_text(&p->c, p->y++, end, ROLE_DIM, right);
	str_release(&b);
	if (script_run_hint_open(&p->k->run) && !pen_full(p))
		canvas_printf(&p->c, p->y++, 2, ROLE_WARN, "! %s", _("Three closed questions in a row: ask an open one."));
	int64_t here = seconds_here(p, v);
	if (n->timeout_hint_s && !v->said && !p->w->read_only && contact_is_live(p->k) && here >= n->timeout_hint_s && !pen_full(p))
		canvas_printf(&p->c, p->y++, 2, ROLE_WARN, _("! %d seconds at this step: choose and go on."), (int)here);
}

// --- where it leads

static void draw_option(struct script_pen *p, int y, int x, int w, const struct script_option *o, bool taken)
{
	char key[2] = {o->key, '\0'};

	canvas_text(&p->c, y, x, ROLE_ACCENT | STYLE_BOLD, key);
	const char *label = pen_words(p, o->label);
	canvas_fit(&p->c, y, x + 2, taken ? ROLE_DIM : ROLE_PLAIN, sv(label), w - 2);
}

static void draw_options(struct script_pen *p, const struct script_option *o, size_t n)
{
	int widest = 0, columns = 1;

	for (size_t i = 0; i < n; i++) {
		int w = canvas_columns(sv(pen_words(p, o[i].label)));
		widest = w > widest ? w : widest;
	}
	if (p->c.r.w >= GRID_COLS)
		columns = (p->c.r.w - 2) / (widest + 6);
	columns = columns < 1 ? 1 : columns > 3 ? 3 : columns;
	int each = (p->c.r.w - 3) / columns;
	for (size_t i = 0; i < n && !pen_full(p); i++) {
		int col = (int)(i % (size_t)columns);
		draw_option(p, p->y, 2 + col * each, columns == 1 ? p->c.r.w - 3 : each - 1, &o[i], false);
		if (col == columns - 1 || i + 1 == n)
			p->y++;
	}
}

// Where Enter leads, as far as it is known before it is pressed.
static const char *next_words(struct script_pen *p, const struct script_node *n)
{
	const struct script *s = script_run_script(&p->k->run);
	const struct script_target *t = &n->next;
	size_t node = t->kind == TARGET_NODE ? t->node : t->kind == TARGET_CLOSE ? s->close_node : SCRIPT_NO_NODE;

	if (t->kind == TARGET_RETURN || (t->kind == TARGET_CLOSE && script_run_depth(&p->k->run)))
		return _("back to where the side trip began");
	if (node == SCRIPT_NO_NODE || node >= s->n_nodes)
		return _("end of the script");
	const char *text = pen_words(p, s->nodes[node].text);
	return *text ? text : node_kind_label(s->nodes[node].kind);
}

static void draw_next(struct script_pen *p, const struct script_node *n)
{
	size_t count;
	const struct script_option *o = script_run_options(&p->k->run, &count);
	char key[KEY_NAME_MAX];

	if (pen_full(p))
		return;
	pen_gap(p);
	pen_rule(p, _("Next"), NULL);
	if (count) {
		draw_options(p, o, count);
		return;
	}
	if (pen_full(p) || n->kind == NODE_OFFER)
		return;
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_NEXT, key, sizeof(key));
	int x = 2 + canvas_text(&p->c, p->y, 2, ROLE_ACCENT | STYLE_BOLD, key) + 1;
	canvas_fit(&p->c, p->y++, x, ROLE_DIM, sv(next_words(p, n)), p->c.r.w - x - 1);
}

void script_draw_step(struct script_pen *p, const struct script_node *n)
{
	draw_line(p, n);
	draw_kind(p, n);
	draw_state(p, n);
	draw_next(p, n);
}
