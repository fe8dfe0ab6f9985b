// SPDX-License-Identifier: MIT
// Knows how what is behind the agent looks: what was said, what was left out, the conversation with its reply line; and the keys below.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"
#include "ui/script_pen.h"

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

static void draw_visit(struct script_pen *p, int y, const struct script_visit *v)
{
	const struct script_node *n = &v->script->nodes[v->node];
	bool failed = n->kind == NODE_CHECK && !v->passed;
	char at[16];
	struct str b = {0};

	pen_time(p, v->said ? v->said_ms : v->t_ms, at, sizeof(at));
	int x = 2 + canvas_text(&p->c, y, 2, ROLE_DIM, at) + 1;
	if (v->skipped || failed)
		canvas_glyph(&p->c, y, x, ROLE_WARN, GLYPH_TIMES);
	else if (v->said)
		canvas_glyph(&p->c, y, x, ROLE_ACCENT, GLYPH_DONE);
	x += 2 + 2 * v->depth;
	const char *text = pen_words(p, n->text);
	str_add(&b, *text ? text : node_kind_label(n->kind));
	struct str tail = {0};
	for (size_t i = 0; v->key && i < n->n_options; i++)
		if (n->options[i].key == v->key)
			str_addf(&tail, " %s %s", pen_glyph(p, GLYPH_RIGHT), pen_words(p, n->options[i].label));
	if (v->offer != OFFER_NONE)
		str_addf(&tail, " %s %s", pen_glyph(p, GLYPH_RIGHT), offer_outcome_label(v->offer));
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

void script_draw_said(struct script_pen *p)
{
	const struct script_run *r = &p->k->run;
	int rows = script_said_rows(p->k), room = pen_left(p) - 1;

	if (rows == 0 || room < 1)
		return;
	pen_gap(p);
	room = pen_left(p) - 1;
	if (room < 1)
		return;
	// The newest stand at the bottom; scrolling goes back from there.
	int back = p->v->script_scroll, first = rows - room - back;
	first = first > rows - room ? rows - room : first;
	first = first < 0 ? 0 : first;
	char more[48] = "";
	if (first > 0)
		snprintf(more, sizeof(more), "%s %d", pen_glyph(p, GLYPH_UP), first);
	pen_rule(p, _("Said"), more[0] ? more : NULL);
	int at = 0;
	for (size_t i = 0; i < r->visits.n && !pen_full(p); i++)
		if (in_list(r, i) && at++ >= first)
			draw_visit(p, p->y++, &r->visits.v[i]);
}

// --- the bottom: what was left out, the conversation, the keys

// What was left out, and how well the script was kept; nothing while there is nothing to say against it.
static bool draw_tail(struct script_pen *p, int y)
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

static void draw_talk(struct script_pen *p, const struct canvas *c, const struct talk *t)
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

static void draw_reply(struct script_pen *p, const struct canvas *c)
{
	const char *draft = model_draft_of(p->w, "reply")->text;
	const struct script_node *n = script_now(p->k);
	bool answer = p->v->script_typing && n && script_takes_answer(n), typing = p->v->reply_typing && !answer;
	char key[KEY_NAME_MAX];
	struct script_pen line = *p;

	line.c = *c;
	line.y = 0;
	if (typing || *draft) {
		pen_edit(&line, _("Reply"), &p->v->reply, draft, typing);
		return;
	}
	keymap_label(p->u->keys, CTX_SCRIPT | CTX_ANY, ACT_REPLY, key, sizeof(key));
	int x = 2 + canvas_printf(c, 0, 2, ROLE_DIM, "[%s] %s", key, p->u->practice ? _("type what you say") : _("write a reply")) + 2;
	if (!p->u->practice)
		return;
	x += practice_reply_hint(p->u, c, x, ACT_PRACTICE_CARDS) + 2;
	practice_reply_hint(p->u, c, x, ACT_PRACTICE);
}

static void draw_hints(struct script_pen *p, const struct canvas *row)
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
void script_draw_bottom(struct script_pen *p)
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
		struct script_pen head = *p;
		head.y = end;
		pen_rule(&head, _("Conversation"), NULL);
	}
	if (script_run_started(&p->k->run) && end > 7 && draw_tail(p, end - 1))
		end--;
	*c = rows_of(c, 0, end);
}
