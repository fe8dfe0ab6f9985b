// SPDX-License-Identifier: MIT
// Knows the dialogs while an article is written: choices of a field, and what becomes of the text when it is left.
#include "src/base/i18n.h"
#include "ui/kbdesk.h"

static void ask(struct ui *u, const struct model *m, ask_fn *done, int64_t n)
{
	ui_ask(u, m, done, NULL);
	u->ask_contact[0] = '\0';
	u->ask_n = n;
}

static bool choice_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct kb_write *w = &u->kbdesk->write;
	enum write_field f = (enum write_field)u->ask_n;
	struct lineedit *le = &w->f[f].line;

	(void)e;
	if (!w->on)
		return true;
	if (write_info(f)->picks) {
		le->caret = le->text.n;
		lineedit_insert(le, sv(le->text.n ? "; " : ""));
		lineedit_insert(le, sv(r->row_id));
	} else {
		lineedit_set(le, r->row_id);
	}
	kb_write_typed(u, m, f);
	return true;
}

static void pick_category(struct ui *u, struct model *m)
{
	const struct category_tree *t = m->world.categories;

	popup_pick(&u->popup, 0, _("Category of the article"), _("Type part of the name, its code or pinyin initials."));
	for (size_t i = 0; t && i < t->n; i++)
		popup_add_row(&u->popup, 0, category_label(&t->v[i]), t->v[i].code, t->v[i].code);
	popup_ready(&u->popup);
	ask(u, m, choice_done, WRITE_CATEGORY);
}

bool ask_write_choice(struct ui *u, struct model *m)
{
	struct kb_write *w = &u->kbdesk->write;
	const char *code, *label;

	if (write_info(w->at)->picks) {
		pick_category(u, m);
		return true;
	}
	if (write_info(w->at)->kind != WRITE_CHOICE)
		return false;
	popup_menu(&u->popup, 0, _(write_info(w->at)->label), _(write_info(w->at)->help));
	for (size_t i = 0; (code = kb_write_choice(w->at, i, &label)); i++) {
		popup_add_row(&u->popup, i < 9 ? (uint32_t)('1' + i) : '0', label, NULL, code);
		if (str_eq(code, lineedit_text(&w->f[w->at].line)))
			u->popup.list.selected = i;
	}
	ask(u, m, choice_done, (int64_t)w->at);
	return true;
}

static bool over_newer(struct ui *u, struct model *m, struct err *e)
{
	struct kb_write *w = &u->kbdesk->write;
	struct arena a = {0};
	struct kb_text t;
	int base, rev;
	bool ok = model_kb_edit(m, w->id, &t, &base, &rev, &a, e);

	arena_release(&a);
	if (!ok)
		return false;
	w->base_ver = base;
	w->rev = rev;
	return kb_write_save(u, m, true, e);
}

static bool leave_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	if (!u->kbdesk->write.on)
		return true;
	if (str_eq(r->row_id, "drop")) {
		kb_write_close(u, m);
		return true;
	}
	if (str_eq(r->row_id, "over"))
		return over_newer(u, m, e);
	return kb_write_save(u, m, str_eq(r->row_id, "save"), e);
}

// Has somebody saved another text since this one was begun?
static bool outrun(struct ui *u, struct model *m)
{
	const struct kb_write *w = &u->kbdesk->write;
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	int base = 0, rev = 0;
	bool yes = model_kb_edit(m, w->id, &t, &base, &rev, &a, &e) && (base != w->base_ver || rev != w->rev);

	arena_release(&a);
	return yes;
}

bool ask_write_leave(struct ui *u, struct model *m)
{
	popup_menu(&u->popup, 0, _("Leave the article?"), _("What you typed is not saved yet. Esc goes on writing."));
	if (outrun(u, m))
		popup_add_row(&u->popup, 'o', _("Save it over the text that was saved meanwhile"), NULL, "over");
	popup_add_row(&u->popup, 's', _("Save it as a draft, complete"), NULL, "save");
	popup_add_row(&u->popup, 'k', _("Keep it as an unfinished draft"), NULL, "keep");
	popup_add_row(&u->popup, 'x', _("Drop what was typed"), NULL, "drop");
	ask(u, m, leave_done, 0);
	return true;
}
