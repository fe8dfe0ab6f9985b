// SPDX-License-Identifier: MIT
// Knows the dialogs about how a contact ended: disposition by one or two keys, outcome and date of the follow-up.
#include "src/base/i18n.h"
#include "ui/ask.h"
#include "ui/form_pane.h"

// As many as fit on the smallest screen together with a row for each class.
enum { OFFERED = 7, ALL = 256 };

// A letter for each class that is chosen from, in the order shown.
static const struct {
	enum disposition_class class_;
	char letter;
} classes[] = {
	{DISPOSITION_RESOLVED, 'r'}, {DISPOSITION_PENDING, 'p'},      {DISPOSITION_TRANSFERRED, 't'}, {DISPOSITION_ESCALATED, 'e'},
	{DISPOSITION_COMPLAINT, 'c'}, {DISPOSITION_NOT_RESOLVED, 'n'}, {DISPOSITION_INVALID, 'i'},     {DISPOSITION_SECOND, 's'},
};
enum { CLASSES = sizeof(classes) / sizeof(*classes) };

static bool open_date(struct ui *u, struct model *m, struct work *w, enum resolution r);
static bool open_class(struct ui *u, struct model *m, enum disposition_class class_);
static bool open_find(struct ui *u, struct model *m);

static bool has_date(const struct contact *k)
{
	return k->follow_up_at || *contact_field(k, "base.follow_up_at");
}

static bool disposition_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	int64_t class_;

	if (!w)
		return false;
	if (str_starts(r->row_id, "class:") && parse_int(sv(r->row_id + 6), 0, DISPOSITION_PRACTICE, &class_))
		return open_class(u, m, (enum disposition_class)class_);
	if (strcmp(r->row_id, "find:") == 0)
		return open_find(u, m);
	if (!form_choose(u, m, w, "base.disposition", r->row_id, e))
		return false;
	const struct disposition *d = disposition_find(m->world.dispositions, r->row_id);
	// What is pending owes a date: ask for it while the case is in mind.
	if (d && disposition_needs_follow_up(d) && d->class_ != DISPOSITION_SECOND && !has_date(w->contact))
		return open_date(u, m, w, w->contact->resolution);
	return true;
}

static void add_disposition(struct popup *p, uint32_t key, const struct disposition *d, bool mixed)
{
	popup_add_row(p, key, disposition_label(d), mixed ? disposition_class_label(d->class_) : NULL, d->code);
}

static bool practice(const struct work *w)
{
	return w->contact->mode != MODE_LIVE;
}

static bool open_class(struct ui *u, struct model *m, enum disposition_class class_)
{
	// Digits first, then letters that mean nothing else in a list.
	static const char keys[] = "123456789abcdefgimnoprstuvwxyz";
	size_t n = 0;

	popup_menu(&u->popup, 0, disposition_class_label(class_), NULL);
	for (size_t i = 0; i < m->world.dispositions->n; i++) {
		const struct disposition *d = &m->world.dispositions->v[i];
		if (d->class_ != class_)
			continue;
		add_disposition(&u->popup, n < sizeof(keys) - 1 ? (uint32_t)keys[n] : 0, d, false);
		n++;
	}
	ask_open(u, m, disposition_done, NULL, ASK_STAY);
	return true;
}

static bool open_find(struct ui *u, struct model *m)
{
	const struct disposition_set *set = m->world.dispositions;

	popup_pick(&u->popup, 0, _("How did the contact end?"), _("Type part of it, its code or pinyin initials."));
	for (size_t i = 0; i < set->n; i++)
		if (set->v[i].class_ != DISPOSITION_PRACTICE)
			popup_add_row(&u->popup, 0, disposition_label(&set->v[i]), disposition_class_label(set->v[i].class_), set->v[i].code);
	popup_ready(&u->popup);
	ask_open(u, m, disposition_done, NULL, ASK_STAY);
	return true;
}

bool ask_disposition(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	const struct disposition *offer[ALL];
	const struct disposition_set *set = m->world.dispositions;
	size_t n;

	if (!w)
		return true;
	if (!set || !set->n) {
		model_say_note(m, NOTE_WARN, "%s", _("The content packs are still loading; try again in a moment."));
		return true;
	}
	n = disposition_offer(set, w->contact->script ? w->contact->script->code : NULL, practice(w), offer, ALL);
	popup_menu(&u->popup, 0, _("How did the contact end?"), NULL);
	for (size_t i = 0; i < n && i < OFFERED; i++)
		add_disposition(&u->popup, (uint32_t)('1' + i), offer[i], true);
	for (size_t i = 0; i < CLASSES; i++) {
		char label[96], id[24];
		size_t in = 0;
		for (size_t k = 0; k < set->n; k++)
			in += set->v[k].class_ == classes[i].class_;
		if (!in)
			continue;
		snprintf(label, sizeof(label), "%s (%zu)", disposition_class_label(classes[i].class_), in);
		snprintf(id, sizeof(id), "class:%d", (int)classes[i].class_);
		popup_add_row(&u->popup, (uint32_t)classes[i].letter, label, theme_glyph(&u->theme, GLYPH_RIGHT), id);
	}
	popup_add_row(&u->popup, '/', _("Find by typing"), theme_glyph(&u->theme, GLYPH_RIGHT), "find:");
	ask_open(u, m, disposition_done, NULL, ASK_STAY);
	return true;
}

// --- follow-up

static bool owes_date(enum resolution r)
{
	return r == RESOLUTION_PENDING || r == RESOLUTION_CALLBACK;
}

static bool read_time(const struct model *m, const char *typed, int64_t *at, struct err *e)
{
	struct form_field f = {.code = "at", .type = FIELD_DATETIME, .label = {.zh = _("Follow-up at"), .en = _("Follow-up at")}};
	struct form_env env = {.now_ms = clock_wall(m->clock), .zone = m->zone};
	struct str value = {0};
	bool ok = field_normalise(&f, &env, sv(typed), &value, e);

	if (ok && (!parse_int(sv(str_z(&value)), 1, INT64_MAX, at) || *at <= env.now_ms))
		ok = err_set(e, ERR_USAGE, "%s", _("The follow-up must lie in the future: +2h, tomorrow 10:00, 12-01 09:30."));
	str_release(&value);
	return ok;
}

static bool booked(const struct contact *k)
{
	for (size_t i = 0; i < k->refs.n; i++)
		if (k->refs.v[i].kind == EV_CALLBACK_BOOK)
			return true;
	return false;
}

static bool has_option(const struct form_field *f, const char *code)
{
	for (size_t i = 0; i < f->n_options; i++)
		if (str_eq(f->options[i].code, code))
			return true;
	return false;
}

// The base form has the follow-up, too: it is not asked twice.
static bool write_in_form(struct model *m, struct work *w, enum resolution r, int64_t at, struct err *e)
{
	const struct form *base = contact_base(w->contact)->form;
	const char *kind = r == RESOLUTION_CALLBACK ? "callback" : "ticket", *now = contact_field(w->contact, "base.follow_up");
	size_t status = form_find(base, sv("follow_up"));
	char when[24];

	if (status == FORM_NO_FIELD || form_find(base, sv("follow_up_at")) == FORM_NO_FIELD)
		return true;
	if ((!*now || strcmp(now, "none") == 0) && has_option(&base->fields[status], kind) &&
	    !model_form_set(m, w, "base.follow_up", kind, e))
		return false;
	ui_time(m, at, "%Y-%m-%d %H:%M", when, sizeof(when));
	return model_form_set(m, w, "base.follow_up_at", when, e);
}

static bool date_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	enum resolution what;
	int64_t at;

	if (!w || !resolution_parse(sv(u->ask_arg), &what) || !read_time(m, r->texts[0], &at, e))
		return false;
	if (what == RESOLUTION_CALLBACK && !booked(w->contact) &&
	    !model_callback(m, w, at, contact_field(w->contact, "base.need"), e))
		return false;
	return model_follow_up(m, w, what, at, e) && write_in_form(m, w, what, at, e);
}

static bool open_date(struct ui *u, struct model *m, struct work *w, enum resolution r)
{
	char title[128], now[24] = "";
	int64_t at = w->contact->follow_up_at;

	if (at || parse_int(sv(contact_field(w->contact, "base.follow_up_at")), 1, INT64_MAX, &at))
		ui_time(m, at, "%Y-%m-%d %H:%M", now, sizeof(now));
	snprintf(title, sizeof(title), "%s: %s", _("Follow-up"), resolution_label(r));
	popup_prompt(&u->popup, 0, title, _("The time told to the customer: +2h, tomorrow 10:00, 12-01 09:30."));
	popup_add_field(&u->popup, _("When"), now, true, 1);
	ask_open(u, m, date_done, resolution_code(r), ASK_STAY);
	ui_ask_keep(u, m, "follow_up");
	return true;
}

static bool outcome_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	enum resolution what;

	if (!w || !resolution_parse(sv(r->row_id), &what))
		return false;
	return owes_date(what) ? open_date(u, m, w, what) : model_follow_up(m, w, what, 0, e);
}

bool ask_follow_up(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);

	if (!w)
		return true;
	popup_menu(&u->popup, 0, _("Outcome and follow-up"), NULL);
	for (int r = RESOLUTION_RESOLVED; r <= RESOLUTION_INVALID; r++)
		popup_add_row(&u->popup, (uint32_t)('0' + r), resolution_label((enum resolution)r),
			      owes_date((enum resolution)r) ? _("with a date") : NULL, resolution_code((enum resolution)r));
	if (w->contact->resolution != RESOLUTION_NONE)
		u->popup.list.selected = (size_t)w->contact->resolution - 1;
	ask_open(u, m, outcome_done, NULL, ASK_STAY);
	return true;
}
