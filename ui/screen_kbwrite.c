// SPDX-License-Identifier: MIT
// Knows what keys do while an article is written: from field to field, typing, choosing, saving, leaving.
#include "src/base/i18n.h"
#include "ui/kbdesk.h"

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_KB_WRITE | CTX_EDIT;
}

static struct lineedit *line(struct ui *u)
{
	struct kb_write *w = &u->kbdesk->write;

	return &w->f[w->at].line;
}

static void go(struct kb_write *w, int by)
{
	w->at = (enum write_field)(((int)w->at + by + WRITE_FIELDS) % WRITE_FIELDS);
}

static struct write_place place(const struct ui *u)
{
	struct write_place all[WRITE_FIELDS];

	kb_write_places(&u->kbdesk->write, u->layout.body.w, u->layout.body.h, all);
	return all[u->kbdesk->write.at];
}

static bool edge(const struct kb_write *w, int dir)
{
	return dir < 0 ? w->at == WRITE_TITLE : w->at + 1 == WRITE_FIELDS;
}

static void up_down(struct ui *u, int dir)
{
	struct kb_write *w = &u->kbdesk->write;

	if (write_info(w->at)->kind == WRITE_LONG && lineedit_move_row(line(u), place(u).w, dir))
		return;
	if (!edge(w, dir))
		go(w, dir);
}

static void page(struct ui *u, int dir)
{
	enum { PAGE_FIELDS = 6 };
	struct kb_write *w = &u->kbdesk->write;
	struct write_place p = place(u);

	if (write_info(w->at)->kind == WRITE_LONG && lineedit_move_row(line(u), p.w, dir)) {
		for (int i = 2; i < p.h && lineedit_move_row(line(u), p.w, dir); i++)
			;
		return;
	}
	for (int i = 0; i < PAGE_FIELDS && !edge(w, dir); i++)
		go(w, dir);
}

static void enter_key(struct ui *u, struct model *m)
{
	struct kb_write *w = &u->kbdesk->write;

	switch (write_info(w->at)->kind) {
	case WRITE_ONE_LINE:
		go(w, 1);
		return;
	case WRITE_LONG:
		if (lineedit_insert(line(u), sv("\n")))
			kb_write_typed(u, m, w->at);
		return;
	case WRITE_CHOICE:
		ask_write_choice(u, m);
		return;
	}
}

static bool save(struct ui *u, struct model *m)
{
	struct err e = {0};

	return ui_try(m, kb_write_save(u, m, true, &e), &e);
}

static bool outside(struct ui *u, struct model *m)
{
	if (write_info(u->kbdesk->write.at)->kind != WRITE_LONG) {
		model_say_note(m, NOTE_INFO, _("Only long texts go to the editor; this field is one line."));
		return true;
	}
	// Nothing rings while another program has the screen.
	bool calls = m->state == AGENT_READY || model_ringing(m);
	for (size_t i = 0; i < m->works.n; i++)
		calls |= !m->works.v[i]->read_only;
	if (calls)
		model_say_note(m, NOTE_WARN, _("Behind your editor no call can be seen: end contacts, go busy (F5) first."));
	else
		u->outside = true;
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct kb_write *w = &u->kbdesk->write;
	bool changed = false;

	switch ((int)a) {
	case ACT_WRITE_NEXT: go(w, 1); return true;
	case ACT_WRITE_PREV: go(w, -1); return true;
	case ACT_WRITE_ENTER: enter_key(u, m); return true;
	case ACT_WRITE_DOWN: up_down(u, 1); return true;
	case ACT_WRITE_UP: up_down(u, -1); return true;
	case ACT_WRITE_PAGE_DOWN: page(u, 1); return true;
	case ACT_WRITE_PAGE_UP: page(u, -1); return true;
	case ACT_WRITE_CHOOSE:
		if (!ask_write_choice(u, m))
			model_say_note(m, NOTE_INFO, _("This field is typed into; there is nothing to choose."));
		return true;
	case ACT_WRITE_SAVE: return save(u, m);
	case ACT_WRITE_OUTSIDE: return outside(u, m);
	case ACT_WRITE_MATERIAL:
		if (kb_write_cut_material(u, m))
			w->at = WRITE_BODY, model_say_note(m, NOTE_INFO, _("The part with the material is out; C-_ brings it back."));
		else
			model_say_note(m, NOTE_INFO, _("There is no material in the text."));
		return true;
	case ACT_WRITE_LEAVE:
		if (kb_write_touched(w))
			ask_write_leave(u, m);
		else
			kb_write_close(u, m);
		return true;
	default: break;
	}
	if (write_info(w->at)->kind == WRITE_CHOICE) {
		struct lineedit none = {0};
		return lineedit_act(&none, a, NULL);
	}
	if (!lineedit_act(line(u), a, &changed))
		return false;
	if (changed)
		kb_write_typed(u, m, w->at);
	return true;
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	struct kb_write *w = &u->kbdesk->write;

	m->typed = true;
	if (write_info(w->at)->kind == WRITE_CHOICE) {
		if (!paste.n)
			ask_write_choice(u, m);
		m->changed = true;
		return true;
	}
	if (paste.n ? lineedit_insert(line(u), paste) : lineedit_key(line(u), k))
		kb_write_typed(u, m, w->at);
	return true;
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct kb_write *w = &u->kbdesk->write;
	struct write_place all[WRITE_FIELDS];
	struct rect b = u->layout.body;

	(void)m;
	if (wheel != ACT_NONE) {
		up_down(u, wheel == ACT_LIST_UP ? -1 : 1);
		return;
	}
	kb_write_places(w, b.w, b.h, all);
	int area = b.h - 3, top = !all[w->at].beside && all[w->at].y + all[w->at].h > area ? all[w->at].y + all[w->at].h - area : 0;
	for (int f = 0; f < WRITE_FIELDS; f++) {
		struct write_place *p = &all[f];
		int shift = p->beside ? 0 : top;
		if (rect_has((struct rect){b.y + 1 + p->label_y - shift, p->label_x - 2, p->y - p->label_y + p->h, p->x + p->w - p->label_x + 2}, y, x)) {
			w->at = (enum write_field)f;
			return;
		}
	}
}

const struct place place_kb_write = {
	.title = N_("Writing"),
	.contexts = contexts,
	.draw = kb_write_draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
