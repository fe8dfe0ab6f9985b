// SPDX-License-Identifier: MIT
// Knows which deed a key of the knowledge desk or a choice for the article in front stands for, and what those deeds share.
#include "src/base/i18n.h"
#include "ui/ask_kbdesk.h"

enum { NEAREST = 8 };

// The dialogs of the desk are about no contact.
void desk_ask(struct ui *u, const struct model *m, ask_fn *done, const char *id, int64_t gap)
{
	ui_ask(u, m, done, id);
	u->ask_contact[0] = '\0';
	u->ask_n = gap;
}

// A deed follows from what is on the screen: not before the last one is in the store.
bool desk_settled(struct model *m)
{
	bool busy = model_kb_busy(m);

	if (busy)
		model_say_note(m, NOTE_INFO, _("Still being saved; press it again in a moment."));
	return !busy;
}

bool desk_allowed(struct model *m, const struct kb_deed *d)
{
	struct err e = {0};

	return desk_settled(m) && (model_kb_check(m, d, &e) || (ui_fail(m, &e), false));
}

bool desk_do(struct model *m, const struct kb_deed *d)
{
	struct err e = {0};

	return !desk_settled(m) || ui_try(m, model_kb_do(m, d, &e), &e);
}

bool desk_no_row(struct model *m)
{
	model_say_note(m, NOTE_INFO, _("There is no row to do this to."));
	return true;
}

void desk_add_none(struct popup *p, const char *label)
{
	popup_add_row(p, 0, label, NULL, "");
}

void desk_add_nearest(struct popup *p, struct model *m, const char *text, const char *but)
{
	struct kb_near near[NEAREST];
	struct arena a = {0};
	size_t n = model_kb_nearest(m, text, near, NEAREST, &a);

	for (size_t i = 0; i < n; i++)
		if (!str_eq(near[i].id, but))
			popup_add_row(p, 0, near[i].title, near[i].id, near[i].id);
	arena_release(&a);
}

// --- a new article

static bool new_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const char *category = r->row_id, *id;
	struct arena a = {0};
	bool ok = model_kb_new_id(m, category, &id, &a, e) && kb_write_open(u, m, id);

	if (ok && *category) {
		lineedit_set(&u->kbdesk->write.f[WRITE_CATEGORY].line, category);
		kb_write_typed(u, m, WRITE_CATEGORY);
	}
	arena_release(&a);
	return ok || e->code == ERR_NONE;
}

static bool ask_new(struct ui *u, struct model *m)
{
	const struct category_tree *t = m->world.categories;

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_SAVE, .id = "new"}))
		return true;
	popup_pick(&u->popup, 0, _("New article: of which category?"), _("Type part of the name, its code or pinyin initials. The number follows from it."));
	desk_add_none(&u->popup, _("None yet"));
	for (size_t i = 0; t && i < t->n; i++)
		if (t->v[i].leaf)
			popup_add_row(&u->popup, 0, category_label(&t->v[i]), t->v[i].code, t->v[i].code);
	popup_ready(&u->popup);
	desk_ask(u, m, new_done, NULL, 0);
	return true;
}

// --- keys of the lists

static bool on_article(struct ui *u, struct model *m, enum action a, const char *id)
{
	if (a == ACT_DESK_EDIT)
		return !desk_settled(m) || (kb_write_open(u, m, id), true);
	return desk_on_draft(u, m, a, id) || desk_on_state(u, m, a, id);
}

bool kbdesk_act(struct ui *u, struct model *m, enum action a)
{
	const struct kb_gap *g = kbdesk_gap(u, m);
	const char *given = kbdesk_article_id(u, m);
	char id[80];

	// The lists are read again when a deed is done: the number must outlive them.
	snprintf(id, sizeof(id), "%s", given ? given : "");
	switch ((int)a) {
	case ACT_DESK_NEW: return ask_new(u, m);
	case ACT_DESK_BACK: return desk_ask_back(u, m);
	case ACT_DESK_CLOSED:
		m->desk.all_gaps = !m->desk.all_gaps;
		model_kb_desk_refresh(m);
		return true;
	default: break;
	}
	if (!(action_info(a)->contexts & CTX_KB_DESK))
		return false;
	if (g && desk_on_gap(u, m, a, g))
		return true;
	if (id[0] && on_article(u, m, a, id))
		return true;
	return desk_no_row(m);
}

// --- the article in front

static bool deed_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum action a = action_by_name(r->row_id);
	char id[80];

	(void)e;
	snprintf(id, sizeof(id), "%s", u->ask_arg);
	if (a == ACT_DESK_BACK)
		return desk_bring_back(u, m, id, u->ask_n ? KB_HIDDEN : KB_ARCHIVED);
	if (a == ACT_NONE)
		return desk_hide_or_flag(u, m, KB_DO_FLAG, id);
	return on_article(u, m, a, id);
}

static void add_deed(struct ui *u, struct model *m, enum kb_verb verb, const char *id, char key, enum action a)
{
	if (model_kb_may(m, verb, id))
		popup_add_row(&u->popup, (uint32_t)key, kb_verb_label(verb), NULL, action_info(a)->name);
}

// Of the selected row of the desk; else what is open in the knowledge pane, or selected there (the first, until one was chosen).
static const char *in_front(const struct ui *u, struct model *m)
{
	const struct kb_view *kb = model_kb(m, model_work(m));

	if (u->screen == SCREEN_KB_DESK)
		return u->kbdesk->write.on ? u->kbdesk->write.id : kbdesk_article_id(u, m);
	if (kb->open_id || kb->selected)
		return kb->open_id ? kb->open_id : kb->selected;
	return kb->results.n ? kb->results.v[0].id : NULL;
}

bool ask_kb_deeds(struct ui *u, struct model *m)
{
	const char *id = in_front(u, m);
	struct kb_article art;
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	int base, rev;

	if (!id) {
		model_say_note(m, NOTE_INFO, _("No article is in front: search for one first (C-f)."));
		return true;
	}
	bool there = model_kb_article(m, id, &art, &a, &e);
	popup_menu(&u->popup, 0, _("This article"), there ? art.cur.text.title : id);
	if (model_kb_edit(m, id, &t, &base, &rev, &a, &e))
		popup_add_row(&u->popup, 'e', _("Edit its text"), rev ? _("there is a draft") : NULL, action_info(ACT_DESK_EDIT)->name);
	if (there) {
		add_deed(u, m, KB_DO_CONFIRM, id, 'v', ACT_DESK_VALID);
		add_deed(u, m, KB_DO_FLAG, id, 'f', ACT_NONE);
		add_deed(u, m, KB_DO_RETIRE, id, 't', ACT_DESK_RETIRE);
		add_deed(u, m, KB_DO_HIDE, id, 'h', ACT_DESK_HIDE);
		add_deed(u, m, art.state == KB_HIDDEN ? KB_DO_APPROVE : KB_DO_RESTORE, id, 'b', ACT_DESK_BACK);
	}
	if (u->popup.rows.n) {
		desk_ask(u, m, deed_done, id, there && art.state == KB_HIDDEN);
	} else {
		popup_release(&u->popup);
		model_say_note(m, NOTE_INFO, _("Your roles allow nothing on %s; e in the open article suggests a change."), id);
	}
	arena_release(&a);
	return true;
}
