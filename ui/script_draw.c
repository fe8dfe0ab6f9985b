// SPDX-License-Identifier: MIT
// Knows how the script looks: the line to say first, what this step needs, where it leads, what was said.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/practice_screens.h"
#include "ui/script_pane.h"

enum { ROOMY_ROWS = 20, GRID_COLS = 60 };

// One drawing of the pane: rows are used up from the top.
struct pen {
	const struct ui *u;
	const struct model *m;
	const struct work *w;
	const struct contact *k;
	const struct view *v;
	struct canvas c; // what is left for the body
	int y;
	bool focused;
	struct arena a;
};

static const char *glyph(const struct pen *p, enum glyph g)
{
	return theme_glyph(&p->u->theme, g);
}

// model_line reads only; it takes the model without const because the table of variables is shared with writers.
static const char *words(struct pen *p, struct label l)
{
	return model_line((struct model *)(uintptr_t)p->m, p->w, l, &p->a);
}

static bool full(const struct pen *p)
{
	return p->y >= p->c.r.h;
}

static int left_rows(const struct pen *p)
{
	return p->c.r.h - p->y;
}

static void rule(struct pen *p, const char *title, const char *right)
{
	if (full(p))
		return;
	canvas_hline(&p->c, p->y, 0, p->c.r.w, ROLE_DIM);
	int end = p->c.r.w - 2;
	if (right) {
		int w = canvas_columns(sv(right));
		end = p->c.r.w - w - 4;
		canvas_printf(&p->c, p->y, end, ROLE_DIM, " %s ", right);
	}
	char text[160];
	snprintf(text, sizeof(text), " %s ", title);
	canvas_fit(&p->c, p->y++, 2, ROLE_DIM, sv(text), end - 2);
}

// Wrapped text from column x on, at most max rows.
static void wrapped(struct pen *p, int x, unsigned role, const char *text, int max)
{
	struct sv s = sv(text);
	int room = max < left_rows(p) ? max : left_rows(p);

	if (room <= 0 || !s.n)
		return;
	struct canvas c = canvas_sub(&p->c, (struct rect){p->y, 0, room, p->c.r.w});
	p->y += canvas_wrap(&c, 0, x, role, s, 0);
}

static void gap(struct pen *p)
{
	if (p->c.r.h >= ROOMY_ROWS)
		p->y++;
}

// Times of the pane count from the answer, like the clock of the talk.
static void talk_time(const struct pen *p, int64_t t_ms, char *buf, size_t cap)
{
	ui_duration(p->k->ever_connected ? t_ms - p->k->connected_t : t_ms, buf, cap);
}

// --- above the line

static void draw_pinned(struct pen *p)
{
	char key[KEY_NAME_MAX], head[160];

	if (!p->k->pin_text)
		return;
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_UNPIN, key, sizeof(key));
	snprintf(head, sizeof(head), "%s %s  [%s] %s", _("Talk track"), p->k->pin_id ? p->k->pin_id : "", key, _("take away"));
	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_BAR);
	canvas_text(&p->c, p->y++, 2, ROLE_ACCENT, head);
	int top = p->y;
	wrapped(p, 2, ROLE_ACCENT | STYLE_BOLD, p->k->pin_text, p->c.r.h / 3);
	for (int y = top; y < p->y; y++)
		canvas_glyph(&p->c, y, 0, ROLE_ACCENT, GLYPH_BAR);
	gap(p);
}

static void draw_trip(struct pen *p)
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

static void draw_line(struct pen *p, const struct script_node *n)
{
	const char *line = words(p, n->text);
	bool zh = model_spoken(p->w) == LANG_ZH;
	const char *other = zh ? n->text.en : n->text.zh;
	// A title (choice, form, knowledge) is not said to the customer.
	bool spoken = n->kind == NODE_SAY || n->kind == NODE_ASK || n->kind == NODE_ACTION || n->kind == NODE_OFFER || n->kind == NODE_END;

	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_SELECT);
	if (*line)
		wrapped(p, 2, STYLE_BOLD | (spoken ? ROLE_PLAIN : ROLE_ACCENT), line, p->c.r.h);
	else
		canvas_text(&p->c, p->y++, 2, ROLE_ACCENT | STYLE_BOLD, node_kind_label(n->kind));
	if (spoken && !str_empty(other) && p->c.r.h >= ROOMY_ROWS && left_rows(p) > 14)
		wrapped(p, 2, ROLE_DIM,
			model_line_in(p->m, p->w, n->text, zh ? LANG_EN : LANG_ZH, &p->a), 3);
	if (!str_empty(label_text(n->hint)) && left_rows(p) > 4)
		wrapped(p, 2, ROLE_DIM, arena_printf(&p->a, "%s: %s", _("Hint"), model_line_in(p->m, p->w, n->hint, i18n_lang(), &p->a)), 4);
	gap(p);
}

// --- what this step needs

static void draw_edit(struct pen *p, const char *label, const struct lineedit *le, const char *draft, bool typing)
{
	struct lineedit tmp = {0};
	int x = 2 + canvas_printf(&p->c, p->y, 2, typing ? ROLE_ACCENT : ROLE_PLAIN, "%s ", label);
	struct canvas line = canvas_sub(&p->c, (struct rect){p->y++, x, 1, p->c.r.w - x - 1});

	// The draft counts: it may have been filled from elsewhere.
	if (strcmp(lineedit_text(le), draft) != 0) {
		lineedit_set(&tmp, draft);
		le = &tmp;
	}
	canvas_fill(&line, ROLE_PLAIN | STYLE_UNDERLINE);
	lineedit_draw(le, &line, ROLE_PLAIN | STYLE_UNDERLINE, typing && p->focused);
	lineedit_release(&tmp);
}

static void draw_answer(struct pen *p, const struct script_node *n)
{
	const char *draft = model_draft_of(p->w, "script.answer")->text, *label = script_restates(n) ? _("Restated") : _("Their answer");
	char key[KEY_NAME_MAX];

	// Many questions only lead on: nothing is written down, so there is no field to look into.
	if (!script_takes_answer(n) || full(p))
		return;
	const char *have = script_restates(n) ? p->k->restate : contact_field(p->k, n->into);
	if (!p->w->read_only && (p->v->script_typing || *draft)) {
		draw_edit(p, label, &p->v->answer, draft, p->v->script_typing);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_ANSWER, key, sizeof(key));
	int x = 2 + canvas_printf(&p->c, p->y, 2, ROLE_PLAIN, "%s ", label);
	char hint[64];
	snprintf(hint, sizeof(hint), "[%s] %s", key, !str_empty(have) ? _("change") : _("write"));
	if (!str_empty(have))
		x += canvas_fit(&p->c, p->y, x, ROLE_PLAIN, sv(have), p->c.r.w - x - canvas_columns(sv(hint)) - 3) + 2;
	canvas_text(&p->c, p->y++, x, ROLE_DIM, hint);
	gap(p);
}

static void draw_articles(struct pen *p, const struct script_node *n)
{
	for (size_t i = 0; i < n->articles.n && !full(p); i++) {
		bool opened = false;
		for (size_t o = 0; o < p->k->opens.n; o++)
			opened |= strcmp(p->k->opens.v[o].id, n->articles.v[i]) == 0;
		canvas_printf(&p->c, p->y, 2, ROLE_ACCENT, "%zu", i + 1);
		canvas_printf(&p->c, p->y++, 4, ROLE_PLAIN, "%s %s", opened ? glyph(p, GLYPH_DONE) : " ", n->articles.v[i]);
	}
	if (p->v->kb_at == KB_AT_ARTICLE && !p->w->read_only && !full(p))
		canvas_printf(&p->c, p->y++, 4, ROLE_DIM, "[c] %s  [y] %s", _("Cite"), _("Talk track"));
}

// Which fields, and which of them are filled; values belong to the form, masked there.
static void draw_fields(struct pen *p, const struct script_node *n)
{
	for (size_t i = 0; i < n->fields.n && !full(p); i++) {
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

static void draw_action(struct pen *p, const struct script_node *n)
{
	struct str b = {0};

	str_add(&b, script_action_label(n->action));
	// Only what tells the agent something; the rest is for the dialog.
	for (size_t i = 0; i < n->with.n; i++)
		if (strcmp(n->with.v[i].name, "level") == 0)
			str_addf(&b, _(" (level %s)"), n->with.v[i].value);
		else if (strcmp(n->with.v[i].name, "text") == 0)
			str_addf(&b, ": %s", n->with.v[i].value);
	int x = 2 + canvas_text(&p->c, p->y, 2, ROLE_ACCENT, glyph(p, GLYPH_RIGHT)) + 1;
	wrapped(p, x, ROLE_ACCENT, str_z(&b), 3);
	str_release(&b);
}

static void draw_offer(struct pen *p)
{
	static const enum offer_outcome all[] = {OFFER_ACCEPTED, OFFER_LATER, OFFER_DECLINED};

	for (size_t i = 0; i < 3 && !full(p); i++) {
		canvas_printf(&p->c, p->y, 2, ROLE_ACCENT, "%zu", i + 1);
		canvas_text(&p->c, p->y++, 4, ROLE_PLAIN, offer_outcome_label(all[i]));
	}
}

static void draw_kind(struct pen *p, const struct script_node *n)
{
	switch (n->kind) {
	case NODE_ASK: draw_answer(p, n); break;
	case NODE_KB: draw_articles(p, n); break;
	case NODE_FORM: draw_fields(p, n); break;
	case NODE_ACTION:
		if (!full(p))
			draw_action(p, n);
		break;
	case NODE_OFFER: draw_offer(p); break;
	case NODE_SAY: case NODE_CHOICE: case NODE_CHECK: case NODE_END: break;
	}
}

// Seconds in front of this step. A script chosen later shows lines of the one before as said then: the agent came with it.
static int64_t seconds_here(const struct pen *p, const struct script_visit *v)
{
	int64_t since = v->t_ms;

	for (size_t i = 0; i < p->k->events.n; i++)
		if (p->k->events.v[i].type == EV_SCRIPT_START && p->k->events.v[i].t_ms > since)
			since = p->k->events.v[i].t_ms;
	// Whole seconds of the talk, as everywhere: what is shown changes when they do.
	return model_t(p->m, p->w) / 1000 - since / 1000;
}

// "☐ 必说 · 告知                              [空格] 已说"
static void draw_state(struct pen *p, const struct script_node *n)
{
	const struct script_visit *v = script_run_visit(&p->k->run);
	char at[16], key[KEY_NAME_MAX], right[64] = "";
	struct str b = {0};

	if (full(p) || !v)
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
		talk_time(p, v->said_ms, at, sizeof(at));
		snprintf(right, sizeof(right), "%s %s", _("said"), at);
	} else if (!p->w->read_only && n->kind != NODE_CHOICE) {
		keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_TICK, key, sizeof(key));
		snprintf(right, sizeof(right), "[%s] %s", key, _("said"));
	}
	int end = p->c.r.w - canvas_columns(sv(right)) - 1;
	canvas_fit(&p->c, p->y, 4, n->disclosure && !v->said ? ROLE_WARN : ROLE_PLAIN, sv(str_z(&b)), end - 5);
	canvas_text(&p->c, p->y++, end, ROLE_DIM, right);
	str_release(&b);
	if (script_run_hint_open(&p->k->run) && !full(p))
		canvas_printf(&p->c, p->y++, 2, ROLE_WARN, "! %s", _("Three closed questions in a row: ask an open one."));
	int64_t here = seconds_here(p, v);
	if (n->timeout_hint_s && !v->said && !p->w->read_only && contact_is_live(p->k) && here >= n->timeout_hint_s && !full(p))
		canvas_printf(&p->c, p->y++, 2, ROLE_WARN, _("! %d seconds at this step: choose and go on."), (int)here);
}

// --- where it leads

static void draw_option(struct pen *p, int y, int x, int w, const struct script_option *o, bool taken)
{
	char key[2] = {o->key, '\0'};

	canvas_text(&p->c, y, x, ROLE_ACCENT | STYLE_BOLD, key);
	const char *label = words(p, o->label);
	canvas_fit(&p->c, y, x + 2, taken ? ROLE_DIM : ROLE_PLAIN, sv(label), w - 2);
}

static void draw_options(struct pen *p, const struct script_option *o, size_t n)
{
	int widest = 0, columns = 1;

	for (size_t i = 0; i < n; i++) {
		int w = canvas_columns(sv(words(p, o[i].label)));
		widest = w > widest ? w : widest;
	}
	if (p->c.r.w >= GRID_COLS)
		columns = (p->c.r.w - 2) / (widest + 6);
	columns = columns < 1 ? 1 : columns > 3 ? 3 : columns;
	int each = (p->c.r.w - 3) / columns;
	for (size_t i = 0; i < n && !full(p); i++) {
		int col = (int)(i % (size_t)columns);
		draw_option(p, p->y, 2 + col * each, columns == 1 ? p->c.r.w - 3 : each - 1, &o[i], false);
		if (col == columns - 1 || i + 1 == n)
			p->y++;
	}
}

// Where Enter leads, as far as it is known before it is pressed.
static const char *next_words(struct pen *p, const struct script_node *n)
{
	const struct script *s = script_run_script(&p->k->run);
	const struct script_target *t = &n->next;
	size_t node = t->kind == TARGET_NODE ? t->node : t->kind == TARGET_CLOSE ? s->close_node : SCRIPT_NO_NODE;

	if (t->kind == TARGET_RETURN || (t->kind == TARGET_CLOSE && script_run_depth(&p->k->run)))
		return _("back to where the side trip began");
	if (node == SCRIPT_NO_NODE || node >= s->n_nodes)
		return _("end of the script");
	const char *text = words(p, s->nodes[node].text);
	return *text ? text : node_kind_label(s->nodes[node].kind);
}

static void draw_next(struct pen *p, const struct script_node *n)
{
	size_t count;
	const struct script_option *o = script_run_options(&p->k->run, &count);
	char key[KEY_NAME_MAX];

	if (full(p))
		return;
	gap(p);
	rule(p, _("Next"), NULL);
	if (count) {
		draw_options(p, o, count);
		return;
	}
	if (full(p) || n->kind == NODE_OFFER)
		return;
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_NEXT, key, sizeof(key));
	int x = 2 + canvas_text(&p->c, p->y, 2, ROLE_ACCENT | STYLE_BOLD, key) + 1;
	canvas_fit(&p->c, p->y++, x, ROLE_DIM, sv(next_words(p, n)), p->c.r.w - x - 1);
}

// --- what was said

static bool in_list(const struct script_run *r, size_t i)
{
	bool current = false;

	// Steps in front of the agent, also those below a side trip, are not behind him unless they were ticked.
	for (unsigned f = 0; !script_run_ended(r) && f < r->at.n; f++)
		current |= r->at.frames[f].visit == i;
	return !r->visits.v[i].undone && (!current || r->visits.v[i].said);
}

int script_said_rows(const struct contact *k)
{
	int n = 0;

	for (size_t i = 0; i < k->run.visits.n; i++)
		n += in_list(&k->run, i);
	return n;
}

static void draw_visit(struct pen *p, int y, const struct script_visit *v)
{
	const struct script_node *n = &v->script->nodes[v->node];
	bool failed = n->kind == NODE_CHECK && !v->passed;
	char at[16];
	struct str b = {0};

	talk_time(p, v->said ? v->said_ms : v->t_ms, at, sizeof(at));
	int x = 2 + canvas_text(&p->c, y, 2, ROLE_DIM, at) + 1;
	if (v->skipped || failed)
		canvas_glyph(&p->c, y, x, ROLE_WARN, GLYPH_TIMES);
	else if (v->said)
		canvas_glyph(&p->c, y, x, ROLE_ACCENT, GLYPH_DONE);
	x += 2 + 2 * v->depth;
	const char *text = words(p, n->text);
	str_add(&b, *text ? text : node_kind_label(n->kind));
	struct str tail = {0};
	for (size_t i = 0; v->key && i < n->n_options; i++)
		if (n->options[i].key == v->key)
			str_addf(&tail, " %s %s", glyph(p, GLYPH_RIGHT), words(p, n->options[i].label));
	if (v->offer != OFFER_NONE)
		str_addf(&tail, " %s %s", glyph(p, GLYPH_RIGHT), offer_outcome_label(v->offer));
	if (v->skipped && !str_empty(v->reason))
		str_addf(&tail, " (%s)", v->reason);
	// The way taken and the reason are worth more than the end of the line.
	int room = p->c.r.w - x - 1, end = canvas_columns(sv(str_z(&tail)));
	end = end > room * 2 / 3 ? room * 2 / 3 : end;
	x += canvas_fit(&p->c, y, x, v->said && !failed ? ROLE_PLAIN : ROLE_DIM, sv(str_z(&b)), room - end);
	canvas_fit(&p->c, y, x, ROLE_DIM, sv(str_z(&tail)), end);
	str_release(&b);
	str_release(&tail);
}

static void draw_said(struct pen *p)
{
	const struct script_run *r = &p->k->run;
	int rows = script_said_rows(p->k), room = left_rows(p) - 1;

	if (rows == 0 || room < 1)
		return;
	gap(p);
	room = left_rows(p) - 1;
	if (room < 1)
		return;
	// The newest stand at the bottom; scrolling goes back from there.
	int back = p->v->script_scroll, first = rows - room - back;
	first = first > rows - room ? rows - room : first;
	first = first < 0 ? 0 : first;
	char more[48] = "";
	if (first > 0)
		snprintf(more, sizeof(more), "%s %d", glyph(p, GLYPH_UP), first);
	rule(p, _("Said"), more[0] ? more : NULL);
	int at = 0;
	for (size_t i = 0; i < r->visits.n && !full(p); i++)
		if (in_list(r, i) && at++ >= first)
			draw_visit(p, p->y++, &r->visits.v[i]);
}

// --- the bottom: what was left out, the conversation, the keys

// What was left out, and how well the script was kept; nothing while there is nothing to say against it.
static bool draw_tail(struct pen *p, int y)
{
	struct script_due *due;
	double ratio;
	struct str b = {0};
	size_t n = script_run_due(&p->k->run, false, &due, &p->a), left = script_left_out(p->k);
	char right[32] = "";

	if (!left && !script_run_ended(&p->k->run))
		return false;
	if (script_run_adherence(&p->k->run, false, &ratio, &p->a))
		snprintf(right, sizeof(right), _("kept %d%%"), (int)(ratio * 100));
	int end = p->c.r.w - canvas_columns(sv(right)) - 1;
	canvas_text(&p->c, y, end, ROLE_DIM, right);
	if (left)
		str_addf(&b, _("! left out %zu: "), left);
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (!script_is_left_out(p->k, &due[i]))
			continue;
		str_addf(&b, "%s%s", first ? "" : "; ", script_due_words(p->m, p->w, &due[i], &p->a));
		first = false;
	}
	canvas_fit(&p->c, y, 2, ROLE_WARN, sv(str_z(&b)), end - 3);
	str_release(&b);
	return true;
}

struct talk {
	int label, width; // columns of the names and of the text
};

static struct talk talk_columns(const struct canvas *c)
{
	int me = canvas_columns(sv(_("me"))), customer = canvas_columns(sv(_("customer")));
	struct talk t = {.label = (me > customer ? me : customer) + 3};

	t.width = c->r.w - t.label - 1;
	return t;
}

static int talk_rows(const struct contact_line *l, const struct talk *t)
{
	int n = wrap_lines(sv(l->text), t->width);

	return n > 0 ? n : 1;
}

// From which line on the conversation fits into the rows; *used gets the rows it takes.
static size_t talk_from(const struct contact *k, const struct talk *t, int rows, int *used)
{
	size_t from = k->lines.n;

	*used = 0;
	while (from > 0 && *used + talk_rows(&k->lines.v[from - 1], t) <= rows)
		*used += talk_rows(&k->lines.v[--from], t);
	// A line longer than the room still shows its beginning.
	if (from == k->lines.n && from > 0) {
		from--;
		*used = rows;
	}
	return from;
}

static void draw_talk(struct pen *p, const struct canvas *c, const struct talk *t)
{
	struct canvas text = canvas_sub(c, (struct rect){0, 0, c->r.h, c->r.w - 1});
	int used, y = 0;

	for (size_t i = talk_from(p->k, t, c->r.h, &used); i < p->k->lines.n && y < c->r.h; i++) {
		const struct contact_line *l = &p->k->lines.v[i];
		canvas_text(c, y, 2, l->agent ? ROLE_DIM : ROLE_ACCENT, l->agent ? _("me") : _("customer"));
		int n = canvas_wrap(&text, y, t->label, l->agent ? ROLE_DIM : ROLE_PLAIN, sv(l->text), 0);
		y += n > 0 ? n : 1;
	}
}

static void draw_reply(struct pen *p, const struct canvas *c)
{
	const char *draft = model_draft_of(p->w, "reply")->text;
	const struct script_node *n = script_now(p->k);
	bool answer = p->v->script_typing && n && script_takes_answer(n), typing = p->v->reply_typing && !answer;
	char key[KEY_NAME_MAX];
	struct pen line = *p;

	line.c = *c;
	line.y = 0;
	if (typing || *draft) {
		draw_edit(&line, _("Reply"), &p->v->reply, draft, typing);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_REPLY, key, sizeof(key));
	int x = 2 + canvas_printf(c, 0, 2, ROLE_DIM, "[%s] %s", key, p->u->practice ? _("type what you say") : _("write a reply")) + 2;
	if (!p->u->practice)
		return;
	x += practice_reply_hint(p->u, c, x, ACT_PRACTICE_CARDS) + 2;
	practice_reply_hint(p->u, c, x, ACT_PRACTICE);
}

static void draw_hints(struct pen *p, const struct canvas *row)
{
	static const enum action always[] = {ACT_SCRIPT_SIDE, ACT_SCRIPT_JUMP, ACT_SCRIPT_SKIP};
	enum action reading[8];
	size_t hints = 0;
	unsigned ctx = place_script.contexts(p->u, p->m);
	const struct script_node *n = script_now(p->k);
	bool answer = p->v->script_typing && n && script_takes_answer(n);
	char ok[KEY_NAME_MAX], back[KEY_NAME_MAX];

	if (p->w->read_only)
		return;
	if (!(ctx & CTX_EDIT)) {
		// Only what the key would do at this step.
		if (n && script_takes_answer(n))
			reading[hints++] = ACT_SCRIPT_ANSWER;
		for (size_t i = 0; n && i < sizeof(always) / sizeof(*always); i++)
			reading[hints++] = always[i];
		if (script_run_can_back(&p->k->run))
			reading[hints++] = ACT_SCRIPT_BACK;
		if (p->k->pin_text)
			reading[hints++] = ACT_SCRIPT_UNPIN;
		reading[hints++] = ACT_SCRIPT_UNDO;
		reading[hints++] = ACT_SCRIPT_PICK;
		ui_hints(p->u, row, 0, 2, ctx, reading, hints);
		return;
	}
	keymap_label(p->u->keys, ctx, ACT_POPUP_OK, ok, sizeof(ok));
	keymap_label(p->u->keys, ctx, ACT_POPUP_CANCEL, back, sizeof(back));
	canvas_printf(row, 0, 2, ROLE_DIM, "%s %s  %s %s", ok, answer ? _("write down") : _("send"), back,
		      answer ? _("put aside") : _("to the script"));
}

static struct canvas rows_of(const struct canvas *c, int y, int h)
{
	return canvas_sub(c, (struct rect){y, 0, h, c->r.w});
}

// Cuts the bottom off p->c and draws it: keys, reply line, conversation, what was left out.
static void draw_bottom(struct pen *p)
{
	struct canvas *c = &p->c;
	bool chat = ui_can_type(p->w), reply = chat && !p->w->read_only && contact_is_open(p->k);
	struct talk t = talk_columns(c);
	int end = c->r.h, talk = 0;

	talk_from(p->k, &t, chat ? c->r.h / 3 : c->r.h / 6, &talk);

	if (end >= 14) {
		struct canvas row = rows_of(c, --end, 1);
		if (p->focused)
			draw_hints(p, &row);
	}
	if (reply && end > 3) {
		struct canvas row = rows_of(c, --end, 1);
		draw_reply(p, &row);
	}
	if (talk > 0 && end > talk + 4) {
		struct canvas rows = rows_of(c, end - talk, talk);
		draw_talk(p, &rows, &t);
		end -= talk + 1;
		struct pen head = *p;
		head.y = end;
		rule(&head, _("Conversation"), NULL);
	}
	if (script_run_started(&p->k->run) && end > 7 && draw_tail(p, end - 1))
		end--;
	*c = rows_of(c, 0, end);
}

// --- the whole

static void draw_pick_list(struct pen *p)
{
	enum { SCRIPTS = 256 };
	const struct script *all[SCRIPTS];
	char key[KEY_NAME_MAX];
	size_t n = p->m->packs ? packs_main_scripts(p->m->packs, all, SCRIPTS) : 0;

	if (!p->m->packs) {
		wrapped(p, 2, ROLE_DIM, _("The content packs are being loaded."), 2);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_SCRIPT_PICK, key, sizeof(key));
	if (contact_is_ringing(p->k))
		wrapped(p, 2, ROLE_PLAIN, _("The script begins with the answer (F2)."), 2);
	else if (!p->w->read_only)
		wrapped(p, 2, ROLE_PLAIN, arena_printf(&p->a, _("No script is running. %s chooses one of these:"), key), 2);
	p->y++;
	for (size_t i = 0; i < n && i < SCRIPTS && !full(p); i++)
		canvas_fit(&p->c, p->y++, 4, ROLE_DIM, sv(label_text(all[i]->title)), p->c.r.w - 5);
}

static void draw_ended(struct pen *p)
{
	char key[KEY_NAME_MAX];

	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_WRAPUP, key, sizeof(key));
	canvas_glyph(&p->c, p->y, 0, ROLE_ACCENT, GLYPH_DONE);
	canvas_text(&p->c, p->y++, 2, STYLE_BOLD, _("The script is over."));
	if (!p->w->read_only)
		canvas_printf(&p->c, p->y++, 2, ROLE_DIM, "[%s] %s", key, _("end the contact and wrap up"));
	const struct script_node *n = script_run_node(&p->k->run);
	if (n && n->kind == NODE_END)
		wrapped(p, 2, ROLE_PLAIN, words(p, n->text), 4);
}

static void draw_title(struct pen *p)
{
	const struct script *s = script_run_started(&p->k->run) ? script_run_main(&p->k->run) : NULL;
	struct script_due *due;
	char title[200], right[32] = "";

	if (!s) {
		canvas_title(&p->c, 0, _("Script"), NULL, p->focused);
		return;
	}
	size_t n = script_run_due(&p->k->run, true, &due, &p->a), done = 0;
	for (size_t i = 0; i < n; i++)
		done += due[i].state != DUE_OPEN;
	snprintf(title, sizeof(title), "%s %s v%d", _("Script"), label_text(s->title), s->version);
	if (n)
		snprintf(right, sizeof(right), "%zu/%zu", done, n);
	canvas_title(&p->c, 0, title, right, p->focused);
}

static void draw_body(struct pen *p)
{
	const struct script_node *n = script_now(p->k);

	draw_pinned(p);
	if (!script_run_started(&p->k->run)) {
		if (p->w->read_only)
			canvas_text(&p->c, p->y++, 2, ROLE_DIM, _("No script was used on this contact."));
		else
			draw_pick_list(p);
		return;
	}
	draw_trip(p);
	if (n) {
		draw_line(p, n);
		draw_kind(p, n);
		draw_state(p, n);
		draw_next(p, n);
	} else {
		draw_ended(p);
	}
	draw_said(p);
}

void script_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct work *w = model_work(m);
	struct pen p = {.u = u, .m = m, .w = w, .v = ui_view_const(u, m), .c = *c, .focused = focused};

	if (!w) {
		canvas_title(c, 0, _("Script"), NULL, focused);
		return;
	}
	p.k = w->contact;
	if (!focused)
		p.c.style |= ROLE_DIM;
	draw_title(&p);
	p.c = canvas_below(&p.c, 1);
	draw_bottom(&p);
	// The real cursor stands on the line to say unless something is typed.
	if (focused && !(place_script.contexts(u, m) & CTX_EDIT))
		canvas_caret(&p.c, 0, 0, false);
	draw_body(&p);
	arena_release(&p.a);
}
