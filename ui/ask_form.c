// SPDX-License-Identifier: MIT
// Knows the dialogs that choose the value of a field: category, options, articles; and why a skipped step did not apply.
#include "src/base/i18n.h"
#include "ui/ask.h"
#include "ui/form_pane.h"

// --- category

// Typing ahead by the rules of the tree: label, code, initials and keywords, best first.
static size_t match_category(const struct popup *p, const void *ctx, const char *typed, size_t *out, size_t cap)
{
	struct category_pick *picks = xcalloc(cap ? cap : 1, sizeof(*picks));
	size_t n = category_type_ahead(ctx, sv(typed), picks, cap), found = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t row = 0; row < p->rows.n; row++)
			if (str_eq(p->rows.v[row].id, picks[i].category->code)) {
				out[found++] = row;
				break;
			}
	free(picks);
	return found;
}

static void add_category(struct popup *p, const struct category_tree *t, const struct category *c, bool suggested)
{
	struct str note = {0}, label = {0};

	str_addf(&label, "%s%s", c->red ? "! " : "", category_label(c));
	if (suggested)
		str_addf(&note, "%s  ", _("suggested"));
	if (c->red)
		str_addf(&note, "%s  ", _("red"));
	if (c->parent >= 0)
		category_path(t, &t->v[c->parent], &note);
	popup_add_row(p, 0, str_z(&label), str_z(&note), c->code);
	str_release(&note);
	str_release(&label);
}

// What the customer wants, in all the words there are: need, restated need, the last line.
static void wishes(const struct contact *k, struct str *out)
{
	str_addf(out, "%s\n%s\n", contact_field(k, "base.need"), k->restate ? k->restate : "");
	for (size_t i = k->lines.n; i-- > 0;)
		if (!k->lines.v[i].agent) {
			str_add(out, k->lines.v[i].text);
			return;
		}
}

static bool choice_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	char field[sizeof(u->ask_arg)];

	snprintf(field, sizeof(field), "%s", u->ask_arg);
	return w && form_choose(u, m, w, field, r->row_id ? r->row_id : r->text, e);
}

enum { SUGGESTIONS = 3 };

static bool category_for(struct ui *u, struct model *m, struct work *w, const char *field)
{
	const struct category_tree *t = m->world.categories;
	struct category_pick best[SUGGESTIONS];
	struct str text = {0};
	size_t n;

	if (!t || !t->n) {
		model_say_note(m, NOTE_WARN, "%s", _("The content packs are still loading; try again in a moment."));
		return false;
	}
	wishes(w->contact, &text);
	n = category_suggest(t, sv(str_z(&text)), w->contact->queue, w->card.contacts.n ? w->card.contacts.v[0].category : NULL, best,
			     SUGGESTIONS);
	str_release(&text);
	popup_pick(&u->popup, 0, _("Category"), _("Type part of the name, a keyword, its code or pinyin initials. ! is a red case."));
	for (size_t i = 0; i < n; i++)
		add_category(&u->popup, t, best[i].category, true);
	for (size_t i = 0; i < t->n; i++) {
		bool done = !t->v[i].leaf;
		for (size_t k = 0; k < n; k++)
			done |= best[k].category == &t->v[i];
		if (!done)
			add_category(&u->popup, t, &t->v[i], false);
	}
	u->popup.match = match_category;
	u->popup.match_ctx = t;
	popup_ready(&u->popup);
	ask_open(u, m, choice_done, field, ASK_STAY);
	return true;
}

bool ask_classify(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);

	if (w)
		category_for(u, m, w, "base.category");
	return true;
}

// --- options of a field

static void select_row(struct popup *p, const char *id)
{
	for (size_t i = 0; i < p->shown.n; i++)
		if (str_eq(p->rows.v[p->shown.v[i]].id, id))
			p->list.selected = i;
}

static void options_of(struct ui *u, const struct form_field *f, const char *now)
{
	popup_pick(&u->popup, 0, label_text(f->label), label_text(f->help));
	// The digits of the form choose here as well: what is typed narrows by the note too.
	for (size_t i = 0; i < f->n_options; i++)
		popup_add_row(&u->popup, 0, label_text(f->options[i].label), f->n_options <= 9 ? (char[]){(char)('1' + i), '\0'} : NULL,
			      f->options[i].code);
	popup_ready(&u->popup);
	select_row(&u->popup, now);
}

static bool has_code(const char *list, const char *code)
{
	struct sv rest = sv(list), part;

	while (sv_split(&rest, ',', &part))
		if (sv_eqz(part, code))
			return true;
	return false;
}

static bool multi_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e);

static void multi_open(struct ui *u, struct model *m, const struct form_field *f, const char *field, const char *now, size_t row)
{
	popup_pick(&u->popup, 0, label_text(f->label), _("Enter switches a row; Esc when all are right."));
	for (size_t i = 0; i < f->n_options; i++) {
		char label[200];
		bool on = has_code(now, f->options[i].code);
		snprintf(label, sizeof(label), "%s %s", theme_glyph(&u->theme, on ? GLYPH_BOX_ON : GLYPH_BOX), label_text(f->options[i].label));
		popup_add_row(&u->popup, 0, label, NULL, f->options[i].code);
	}
	popup_ready(&u->popup);
	u->popup.list.selected = row;
	ask_open(u, m, multi_done, field, ASK_STAY);
}

// The row of a field that still shows.
static const struct form_row *row_of(const struct model *m, const struct work *w, const char *field, struct form_rows *rows,
				     struct arena *a)
{
	form_rows(m, w, rows, a);
	return form_row_by_name(rows, field);
}

static bool multi_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct arena a = {0};
	struct form_rows rows;
	struct str codes = {0};
	char field[sizeof(u->ask_arg)];
	bool ok = false;

	snprintf(field, sizeof(field), "%s", u->ask_arg);
	const struct form_row *row = w ? row_of(m, w, field, &rows, &a) : NULL;
	if (w && !row)
		err_set(e, ERR_NOT_FOUND, "%s", _("This field does not show any more."));
	if (row) {
		const char *now = form_run_get(row->run, row->field);
		for (size_t i = 0; i < row->f->n_options; i++) {
			const char *code = row->f->options[i].code;
			if (has_code(now, code) != str_eq(code, r->row_id))
				str_addf(&codes, "%s%s", codes.n ? "," : "", code);
		}
		ok = model_form_set(m, w, field, str_z(&codes), e);
		if (ok)
			multi_open(u, m, row->f, field, form_run_get(row->run, row->field), r->row);
	}
	str_release(&codes);
	arena_release(&a);
	return ok;
}

// Articles: those cited, then those found last. Any other number may be typed.
static void articles_of(struct ui *u, const struct work *w, const struct form_field *f)
{
	popup_pick(&u->popup, 0, label_text(f->label), _("Cited and found articles; or type the number of one."));
	for (size_t i = 0; i < w->contact->cites.n; i++)
		popup_add_row(&u->popup, 0, w->contact->cites.v[i].title, w->contact->cites.v[i].id, w->contact->cites.v[i].id);
	for (size_t i = 0; i < w->kb.results.n; i++) {
		const struct kb_result *hit = &w->kb.results.v[i];
		bool cited = false;
		for (size_t k = 0; k < w->contact->cites.n; k++)
			cited |= str_eq(w->contact->cites.v[k].id, hit->id);
		if (!cited)
			popup_add_row(&u->popup, 0, hit->title.text, hit->id, hit->id);
	}
	u->popup.free_text = true;
	popup_ready(&u->popup);
}

static void dispositions_of(struct ui *u, const struct model *m, const struct form_field *f)
{
	popup_pick(&u->popup, 0, label_text(f->label), NULL);
	for (size_t i = 0; i < m->world.dispositions->n; i++) {
		const struct disposition *d = &m->world.dispositions->v[i];
		popup_add_row(&u->popup, 0, disposition_label(d), disposition_class_label(d->class_), d->code);
	}
	popup_ready(&u->popup);
}

bool ask_field_choice(struct ui *u, struct model *m, const char *field)
{
	struct work *w = ask_front(m);
	struct arena a = {0};
	struct form_rows rows;

	const struct form_row *row = w ? row_of(m, w, field, &rows, &a) : NULL;
	bool ok = row && row->editable;
	if (w && !ok)
		model_say_note(m, NOTE_INFO, "%s", _("There is nothing to choose in this field now."));
	if (ok && strcmp(field, "base.disposition") == 0) {
		ok = ask_disposition(u, m);
	} else if (ok && row->f->type == FIELD_CATEGORY) {
		ok = category_for(u, m, w, field);
	} else if (ok && row->f->type == FIELD_MULTI) {
		multi_open(u, m, row->f, field, form_run_get(row->run, row->field), 0);
	} else if (ok && form_is_choice(row->f)) {
		if (row->f->type == FIELD_ARTICLE_REF)
			articles_of(u, w, row->f);
		else if (row->f->type == FIELD_DISPOSITION)
			dispositions_of(u, m, row->f);
		else
			options_of(u, row->f, form_run_get(row->run, row->field));
		ask_open(u, m, choice_done, field, ASK_STAY);
	} else {
		ok = false;
	}
	arena_release(&a);
	return ok;
}

// --- a step of the script that was left out

static bool settle_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct sv typed = sv_trim(sv(r->row_id ? _(r->row_id) : r->text));
	char *reason = xstrndup(typed.p, typed.n);
	bool ok = w && (*reason ? model_script_settle(m, w, u->ask_arg, reason, e)
				: err_set(e, ERR_USAGE, "%s", _("Say in a few words why this step did not apply.")));

	free(reason);
	return ok;
}

bool ask_settle(struct ui *u, struct model *m, const char *node)
{
	static const char *const reasons[] = {N_("The customer said it already"), N_("Does not apply here"), N_("Said in other words"),
					      N_("The call broke off before"), N_("The customer does not want to hear it")};

	if (!ask_front(m))
		return false;
	popup_pick(&u->popup, 0, _("Why did this step not apply?"), _("Choose a reason or type one."));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		popup_add_row(&u->popup, 0, _(reasons[i]), NULL, reasons[i]);
	u->popup.free_text = true;
	popup_ready(&u->popup);
	ask_open(u, m, settle_done, node, ASK_STAY);
	return true;
}
