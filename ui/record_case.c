// SPDX-License-Identifier: MIT
// Knows how a past contact, or a session of practice, is kept as a case: its moments are marked one by one, then it gets a title.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/desk/role.h"
#include "src/practice/case.h"
#include "ui/practice_screens.h"

static struct book *book_of(const struct ui *u, struct err *e)
{
	if (u->practices && u->practices->book)
		return u->practices->book;
	err_set(e, ERR_DENIED, "%s", u->practices && *u->practices->why ? u->practices->why : _("There is no practice here."));
	return NULL;
}

static bool may(const struct model *m, enum user_right what, struct err *e)
{
	return user_may(m->roles, what) || err_set(e, ERR_DENIED, what == RIGHT_CASE_DECIDE ? _("What is in the case library, trainers and knowledge editors decide.")
											      : _("Your role does not keep cases; an agent, a lead, quality or a trainer does."));
}

// --- the moments of the contact that is looked at

static struct work *past_work(const struct model *m)
{
	struct work *w = model_work(m);

	return w && w->read_only ? w : NULL;
}

void record_follow(struct ui *u, struct model *m)
{
	const struct work *w = past_work(m);
	struct practice_ui *p = u->prac;
	struct err e = {0};

	if (!w || !u->practices || !u->practices->book || (p && str_eq(p->moments_of, w->contact->id)))
		return;
	p = practice_ui(u);
	book_marks_release(&p->moments);
	snprintf(p->moments_of, sizeof(p->moments_of), "%s", w->contact->id);
	if (!book_moments(u->practices->book, w->contact->id, &p->moments, &e))
		ui_fail(m, &e);
	m->changed = true;
}

// The mark at an event; NULL: there is none.
const struct case_mark *record_mark_at(const struct ui *u, const struct model *m, int64_t t_ms)
{
	const struct practice_ui *p = practice_ui_const(u);

	if (!past_work(m) || !str_eq(p->moments_of, past_work(m)->contact->id))
		return NULL;
	for (size_t i = 0; i < p->moments.v.n; i++)
		if (p->moments.v.v[i].t_ms == t_ms)
			return &p->moments.v.v[i];
	return NULL;
}

static const struct event *selected(struct ui *u, const struct model *m)
{
	const struct contact *k = past_work(m)->contact;
	int64_t seq = ui_view_const(u, m)->record_seq;

	for (size_t i = 0; i < k->events.n; i++)
		if (k->events.v[i].seq == seq)
			return &k->events.v[i];
	return k->events.n ? &k->events.v[k->events.n - 1] : NULL;
}

static bool put_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = past_work(m);
	struct case_mark mark = {.t_ms = u->ask_n};
	struct book *b = book_of(u, e);

	if (!w || !b || !case_marker_parse(sv(u->ask_arg), &mark.type))
		return b && err_set(e, ERR_NOT_FOUND, _("The contact is no longer open; open it again."));
	char *note = case_note(m, w->contact, r->texts[0], e);
	mark.note = note;
	bool ok = note && book_moment_put(b, w->contact->id, &mark, e);
	free(note);
	if (ok)
		practice_ui(u)->moments_of[0] = '\0';
	return ok;
}

static bool type_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = past_work(m);
	struct book *b = book_of(u, e);
	int64_t at = u->ask_n;

	if (!w || !b)
		return false;
	if (str_eq(r->row_id, "none")) {
		practice_ui(u)->moments_of[0] = '\0';
		return book_moment_drop(b, w->contact->id, at, e);
	}
	const struct case_mark *old = record_mark_at(u, m, at);
	popup_prompt(&u->popup, 0, _("Mark this moment"), _("What is learned from it; names and numbers are taken out."));
	popup_add_field(&u->popup, _("Note"), old ? old->note : NULL, true, 1);
	ui_ask(u, m, put_done, r->row_id);
	u->ask_n = at;
	return true;
}

bool record_mark(struct ui *u, struct model *m)
{
	struct err e = {0};

	if (!past_work(m)) {
		model_say_note(m, NOTE_INFO, _("Moments are marked in a past contact: F10, then Enter."));
		return true;
	}
	const struct event *ev = selected(u, m);
	if (!may(m, RIGHT_CASE_PROPOSE, &e) || !book_of(u, &e) || !ev)
		return ui_try(m, false, &e);
	popup_menu(&u->popup, 0, _("Mark this moment"), NULL);
	popup_add_row(&u->popup, 'g', case_marker_label(CASE_GOOD), _("becomes a model answer"), case_marker_code(CASE_GOOD));
	popup_add_row(&u->popup, 'm', case_marker_label(CASE_MISS), _("becomes an expectation"), case_marker_code(CASE_MISS));
	popup_add_row(&u->popup, 'k', case_marker_label(CASE_KEY), NULL, case_marker_code(CASE_KEY));
	if (record_mark_at(u, m, ev->t_ms))
		popup_add_row(&u->popup, 'n', _("No mark"), NULL, "none");
	ui_ask(u, m, type_done, NULL);
	u->ask_n = ev->t_ms;
	return true;
}

// --- the case

// "1 4", "complaint, emergency", or the words of the language.
static bool read_tags(const char *text, unsigned *tags, struct err *e)
{
	struct str plain = {0};
	struct sv rest, word;
	bool ok = true;

	utf8_fold(&plain, sv(text));
	for (char *p = plain.s; p && *p; p++)
		if (*p == ',' || *p == ';')
			*p = ' ';
	*tags = 0;
	rest = sv(str_z(&plain));
	while (ok && sv_split(&rest, ' ', &word)) {
		enum case_tag tag = CASE_SUCCESS;
		bool found = !word.n;
		for (int t = 0; !found && t <= CASE_EMERGENCY; t++) {
			tag = (enum case_tag)t;
			found = sv_eqz(word, case_tag_code(tag)) || sv_eqz(word, case_tag_label(tag)) || (word.n == 1 && word.p[0] == '1' + t);
		}
		if (!found)
			ok = err_set(e, ERR_USAGE, _("There is no kind %.*s; they are 1 to 5, or their words."), (int)word.n, word.p);
		else if (word.n)
			*tags |= 1u << tag;
	}
	str_release(&plain);
	return ok;
}

static bool keep(struct ui *u, struct model *m, struct book *b, const struct case_about *about, struct err *e)
{
	const struct practice_ui *p = practice_ui_const(u);
	struct book_case c;
	struct arena a = {0};
	bool ok;

	if (u->ask_n)
		ok = case_of_session(m, b, u->ask_arg, about, &c, &a, e);
	else
		ok = past_work(m) ? case_of_contact(m, past_work(m)->contact, about, &c, &a, e)
				  : err_set(e, ERR_NOT_FOUND, _("The contact is no longer open; open it again."));
	ok = ok && book_case_put(b, &c, e);
	if (ok)
		model_say_note(m, NOTE_INFO, c.proposed ? _("Proposed as a case, without anybody's data: %s. A trainer decides.") : _("Kept as a case, without anybody's data: %s"),
			       c.title);
	arena_release(&a);
	(void)p;
	return ok;
}

static bool keep_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct book *b = book_of(u, e);
	const struct practice_ui *p = practice_ui_const(u);
	struct case_about about = {.title = r->texts[0], .by = m->agent_no, .at = clock_wall(m->clock), .proposed = !user_may(m->roles, RIGHT_CASE_DECIDE)};

	if (!u->ask_n) {
		about.marks = p->moments.v.v;
		about.n_marks = p->moments.v.n;
	}
	if (!b || !read_tags(r->texts[1], &about.tags, e) || !keep(u, m, b, &about, e))
		return false;
	practice_ui(u)->read = false;
	return true;
}

static void ask_keep(struct ui *u, struct model *m, const char *session)
{
	char text[400] = "";

	for (int t = 0; t <= CASE_EMERGENCY; t++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d %s", t ? "  " : "", t + 1, case_tag_label((enum case_tag)t));
	popup_prompt(&u->popup, 0, _("Keep as a case"), text);
	popup_add_field(&u->popup, _("Title"), NULL, true, 1);
	popup_add_field(&u->popup, _("Kinds"), NULL, false, 1);
	ui_ask(u, m, keep_done, session);
	u->ask_n = session != NULL;
	if (session)
		u->ask_contact[0] = '\0';
}

bool record_case(struct ui *u, struct model *m)
{
	const struct practice_ui *p = practice_ui_const(u);
	struct err e = {0};

	if (!may(m, RIGHT_CASE_PROPOSE, &e) || !book_of(u, &e))
		return ui_try(m, false, &e);
	if (practice_in_front(u) == &place_practice && p->at == PRACTICE_SESSIONS && p->list[p->at].selected < p->sessions.v.n) {
		ask_keep(u, m, p->sessions.v.v[p->list[p->at].selected].id);
		return true;
	}
	if (!past_work(m)) {
		model_say_note(m, NOTE_INFO, _("A case is made of a past contact (F10, then Enter) or of a session (M-x, then 2)."));
		return true;
	}
	ask_keep(u, m, NULL);
	return true;
}

// --- on the practice desk: a case becomes a draft, or is taken up into the library

static const struct book_case *chosen(const struct ui *u)
{
	const struct practice_ui *p = practice_ui_const(u);

	return p->at == PRACTICE_CASES && p->list[p->at].selected < p->cases.v.n ? &p->cases.v.v[p->list[p->at].selected] : NULL;
}

static bool write_file(const char *path, const struct str *text, struct err *e)
{
	if (path_exists(path))
		return err_set(e, ERR_CONFLICT, _("There is a file %s already; give another name."), path);
	return path_write_atomic(path, sv_n(str_z(text), text->n), 0600, e);
}

static bool export_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct book_case *c = NULL;
	struct str text = {0};
	char code[40];

	for (size_t i = 0; i < practice_ui_const(u)->cases.v.n; i++)
		if (str_eq(practice_ui_const(u)->cases.v.v[i].id, u->ask_arg))
			c = &practice_ui_const(u)->cases.v.v[i];
	if (!c)
		return err_set(e, ERR_NOT_FOUND, _("there is no case %s"), u->ask_arg);
	case_scenario_code(c, code, sizeof(code));
	bool ok = case_scenario(c, m->packs, code, &text, e) && write_file(r->texts[0], &text, e);
	if (ok)
		model_say_note(m, NOTE_INFO, _("The draft of the scenario is in %s; lines with TODO wait for their author."), r->texts[0]);
	str_release(&text);
	return ok;
}

bool case_export(struct ui *u, struct model *m)
{
	const struct book_case *c = chosen(u);
	char code[40], name[64];

	if (!c) {
		model_say_note(m, NOTE_INFO, _("Choose a case first (3, then the arrows)."));
		return true;
	}
	case_scenario_code(c, code, sizeof(code));
	snprintf(name, sizeof(name), "%s.yaml", code);
	popup_prompt(&u->popup, 0, _("Draft of a scenario"), _("Written to this file, to be finished by its author."));
	popup_add_field(&u->popup, _("File"), name, true, 1);
	ui_ask(u, m, export_done, c->id);
	u->ask_contact[0] = '\0';
	return true;
}

bool case_accept(struct ui *u, struct model *m)
{
	const struct book_case *c = chosen(u);
	struct err e = {0};
	struct book *b = book_of(u, &e);

	if (!c) {
		model_say_note(m, NOTE_INFO, _("Choose a case first (3, then the arrows)."));
		return true;
	}
	if (!b || !may(m, RIGHT_CASE_DECIDE, &e) || !book_case_accept(b, c->id, &e))
		return ui_try(m, false, &e);
	practice_ui(u)->read = false;
	practice_follow(u, m);
	return true;
}
