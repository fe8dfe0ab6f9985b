// SPDX-License-Identifier: MIT
// Knows an article while it is written: its fields as text, what of it is in the journal, and how it becomes a draft.
#include "kb/draft.h"
#include "src/base/i18n.h"
#include "src/desk/secret.h"
#include "ui/kbdesk.h"

// A long text is typed with undo, which keeps copies: a book is written elsewhere.
enum { BODY_MAX = 200000, LINE_MAX_CHARS = 4000 };

static const struct write_info fields[WRITE_FIELDS] = {
	[WRITE_TITLE] = {"title", N_("Title"), N_("The customer's question in the customer's words.")},
	[WRITE_TITLE_EN] = {"title_en", N_("Title in English"), N_("Shown to agents who work in English; found by English words.")},
	[WRITE_QUESTION] = {"question", N_("Question"), N_("What is asked, in one or two sentences."), WRITE_LONG, 2},
	[WRITE_BODY] = {"body", N_("Body text"),
			N_("Markdown: ## heading, 1. step, - point, **bold**; Say / Don't say."), WRITE_LONG, 8},
	[WRITE_TAGS] = {"tags", N_("Tags"), N_("Separated by ;")},
	[WRITE_SYNONYMS] = {"synonyms", N_("Synonyms"), N_("Other words for the same thing, separated by ;")},
	[WRITE_PHRASINGS] = {"phrasings", N_("Phrasings"), N_("How customers say it, one a line."), WRITE_LONG, 3},
	[WRITE_CATEGORY] = {"category", N_("Category"), N_("Codes separated by ; M-Down adds one from the list."), .picks = true},
	[WRITE_FROM] = {"effective_from", N_("In force from"), N_("As 2026-12-01; empty: at once.")},
	[WRITE_TO] = {"effective_to", N_("In force to"), N_("The last day, as 2027-06-30; empty: without end.")},
	[WRITE_REVIEW] = {"review_due", N_("Next review"), N_("The day from which it is doubtful until somebody confirms it.")},
	[WRITE_MUST_READ] = {"must_read", N_("Must be read"), N_("Everybody has to confirm having read it."), WRITE_CHOICE},
	[WRITE_QUIZ] = {"quiz", N_("Reading check"), N_("At most 3, one a line: question | answer | *right answer"), WRITE_LONG, 1},
	[WRITE_TYPE] = {"type", N_("Kind"), N_("What kind of article it is."), WRITE_CHOICE},
	[WRITE_AUDIENCE] = {"audience", N_("For whom"), N_("Who may read it."), WRITE_CHOICE},
	[WRITE_LANG] = {"lang", N_("Language"), N_("The language it is written in."), WRITE_CHOICE},
	[WRITE_POLICIES] = {"policies", N_("Rests on policies"), N_("Numbers of policy articles separated by ; a new version of one makes this one doubtful.")},
	[WRITE_SUMMARY_EN] = {"summary_en", N_("Summary in English"), N_("Two or three sentences for agents who work in English."), WRITE_LONG, 2},
	[WRITE_NOTE] = {"note", N_("What changes"), N_("One line for the history of the article.")},
};

const struct write_info *write_info(enum write_field f)
{
	return &fields[f];
}

const char *kb_write_choice(enum write_field f, size_t i, const char **label)
{
	static const struct {
		enum write_field of;
		const char *code, *label;
	} all[] = {
		{WRITE_MUST_READ, "false", N_("no")}, {WRITE_MUST_READ, "true", N_("yes")},
		{WRITE_TYPE, "faq", N_("Question and answer")}, {WRITE_TYPE, "howto", N_("How to")}, {WRITE_TYPE, "policy", N_("Policy")},
		{WRITE_TYPE, "product", N_("Product")}, {WRITE_TYPE, "manual", N_("Manual")}, {WRITE_TYPE, "case", N_("Case study")},
		{WRITE_TYPE, "handbook", N_("Handbook")}, {WRITE_TYPE, "bulletin", N_("Bulletin")},
		{WRITE_TYPE, "script_note", N_("Note to a script")}, {WRITE_TYPE, "plan", N_("Emergency plan")},
		{WRITE_AUDIENCE, "agent", N_("Agents")}, {WRITE_AUDIENCE, "internal", N_("Inside the house only")},
		{WRITE_AUDIENCE, "customer_shareable", N_("Customers may see it")},
		{WRITE_LANG, "zh", N_("Chinese")}, {WRITE_LANG, "en", N_("English")},
	};

	for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++)
		if (all[k].of == f && i-- == 0) {
			*label = _(all[k].label);
			return all[k].code;
		}
	return NULL;
}

// --- an article as text, field by field

static void put_list(struct str *b, const struct kb_list *l, const char *between)
{
	for (size_t i = 0; i < l->n; i++)
		str_addf(b, "%s%s", i ? between : "", l->v[i]);
}

// A day alone where it says all; of an end the last day that counts.
static void put_time(struct str *b, const char *zone, int64_t at, bool end)
{
	char day[24];
	struct date d;

	if (!at)
		return;
	clock_local(zone, at, &d);
	bool midnight = d.hour == 0 && d.minute == 0;
	clock_format(zone, midnight && end ? at - 1 : at, midnight ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", day, sizeof(day));
	str_add(b, day);
}

static void field_text(const struct kb_text *t, const char *zone, enum write_field f, struct str *b)
{
	switch (f) {
	case WRITE_TITLE: str_add(b, t->title); return;
	case WRITE_TITLE_EN: str_add(b, t->title_en); return;
	case WRITE_QUESTION: str_add(b, t->question); return;
	case WRITE_BODY: str_add(b, t->body); return;
	case WRITE_TAGS: put_list(b, &t->tags, "; "); return;
	case WRITE_SYNONYMS: put_list(b, &t->synonyms, "; "); return;
	case WRITE_PHRASINGS: put_list(b, &t->phrasings, "\n"); return;
	case WRITE_CATEGORY: put_list(b, &t->category, "; "); return;
	case WRITE_FROM: put_time(b, zone, t->effective_from, false); return;
	case WRITE_TO: put_time(b, zone, t->effective_to, true); return;
	case WRITE_REVIEW: put_time(b, zone, t->review_due, false); return;
	case WRITE_MUST_READ: str_add(b, t->must_read ? "true" : "false"); return;
	case WRITE_QUIZ: put_list(b, &t->quiz, "\n"); return;
	case WRITE_TYPE: str_add(b, t->type); return;
	case WRITE_AUDIENCE: str_add(b, t->audience); return;
	case WRITE_LANG: str_add(b, t->lang); return;
	case WRITE_POLICIES: put_list(b, &t->policies, "; "); return;
	case WRITE_SUMMARY_EN: str_add(b, t->summary_en); return;
	case WRITE_NOTE: str_add(b, t->note); return;
	}
}

// Items are cut at the separators of both languages, or at line ends.
static bool read_list(struct kb_draft *d, const char *name, struct kb_list *l, const char *text, bool lines, struct err *e)
{
	static const char *const cuts[] = {";", "；", ",", "，", "、", "\n"};
	struct str one = {0};
	bool ok = true;

	*l = (struct kb_list){0};
	for (const char *p = text; ok; p++) {
		size_t cut = 0;
		for (size_t i = lines ? 5 : 0; i < 6 && !cut; i++)
			cut = str_starts(p, cuts[i]) ? strlen(cuts[i]) : 0;
		if (*p && !cut) {
			str_addc(&one, *p);
			continue;
		}
		ok = kb_draft_add(d, name, sv(str_z(&one)), e);
		str_clear(&one);
		if (!*p)
			break;
		p += cut - 1;
	}
	str_release(&one);
	return ok;
}

static bool read_field(struct kb_draft *d, enum write_field f, const char *text, struct err *e)
{
	struct kb_text *t = &d->t;
	const char *name = fields[f].name;

	switch (f) {
	case WRITE_TAGS: return read_list(d, name, &t->tags, text, false, e);
	case WRITE_SYNONYMS: return read_list(d, name, &t->synonyms, text, false, e);
	case WRITE_PHRASINGS: return read_list(d, name, &t->phrasings, text, true, e);
	case WRITE_CATEGORY: return read_list(d, name, &t->category, text, false, e);
	case WRITE_QUIZ: return read_list(d, name, &t->quiz, text, true, e);
	case WRITE_POLICIES: return read_list(d, name, &t->policies, text, false, e);
	case WRITE_TITLE: case WRITE_TITLE_EN: case WRITE_QUESTION: case WRITE_BODY: case WRITE_FROM: case WRITE_TO: case WRITE_REVIEW:
	case WRITE_MUST_READ: case WRITE_TYPE: case WRITE_AUDIENCE: case WRITE_LANG: case WRITE_SUMMARY_EN: case WRITE_NOTE:
		return kb_draft_set(d, name, sv(text), e);
	}
	return false;
}

bool kb_write_changed(const struct kb_write *w, enum write_field f)
{
	return !str_eq(lineedit_text(&w->f[f].line), w->f[f].was ? w->f[f].was : "");
}

bool kb_write_touched(const struct kb_write *w)
{
	bool any = false;

	for (int f = 0; f < WRITE_FIELDS; f++)
		any |= kb_write_changed(w, (enum write_field)f);
	return any;
}

// --- in the journal

static const char *journal_name(enum write_field f, char buf[48])
{
	snprintf(buf, 48, "kb-write.%s", fields[f].name);
	return buf;
}

void kb_write_typed(struct ui *u, struct model *m, enum write_field f)
{
	struct kb_write *w = &u->kbdesk->write;
	char name[48], base[80];

	w->error[0] = '\0';
	model_desk_draft(m, journal_name(f, name), lineedit_text(&w->f[f].line), w->f[f].line.caret);
	if (model_desk_draft_there(m, "kb-write"))
		return;
	// What it is the text of, and who writes it.
	snprintf(base, sizeof(base), "%d %d %s", w->base_ver, w->rev, m->agent_id);
	model_desk_draft(m, "kb-write", w->id, 0);
	model_desk_draft(m, "kb-write.base", base, 0);
}

// From its heading to the next one.
bool kb_write_cut_material(struct ui *u, struct model *m)
{
	struct kb_write *w = &u->kbdesk->write;
	struct lineedit *le = &w->f[WRITE_BODY].line;
	const char *text = lineedit_text(le), *from = text, *next;

	if (!kb_gap_holds_material(text))
		return false;
	while ((next = strchr(from, '\n')) && kb_gap_holds_material(next + 1))
		from = next + 1;
	const char *end = strstr(from, "\n#");
	struct str b = {0};
	str_addn(&b, text, (size_t)(from - text));
	while (b.n && b.s[b.n - 1] == '\n')
		b.s[--b.n] = '\0';
	str_addf(&b, "\n%s", end ? end : "");
	lineedit_replace(le, str_z(&b));
	str_release(&b);
	kb_write_typed(u, m, WRITE_BODY);
	return true;
}

void kb_write_close(struct ui *u, struct model *m)
{
	struct kb_write *w = &u->kbdesk->write;
	char name[48];

	model_desk_draft_drop(m, "kb-write");
	model_desk_draft_drop(m, "kb-write.base");
	for (int f = 0; f < WRITE_FIELDS; f++) {
		model_desk_draft_drop(m, journal_name((enum write_field)f, name));
		lineedit_set(&w->f[f].line, "");
		free(w->f[f].was);
		w->f[f].was = NULL;
	}
	arena_clear(&w->arena);
	w->on = false;
	w->error[0] = '\0';
	u->kbdesk->read.of[0] = '\0';
	m->changed = true;
}

// --- beginning

static void begin(struct ui *u, struct model *m, const char *id)
{
	struct kb_write *w = &u->kbdesk->write;

	w->on = true;
	w->at = WRITE_TITLE;
	w->error[0] = '\0';
	snprintf(w->id, sizeof(w->id), "%s", id);
	for (int i = 0; i < WRITE_FIELDS; i++) {
		enum write_field f = (enum write_field)i;
		struct str b = {0};
		w->f[f].line.multi = fields[f].kind == WRITE_LONG;
		w->f[f].line.max = f == WRITE_BODY ? BODY_MAX : LINE_MAX_CHARS;
		field_text(&w->text, m->zone, f, &b);
		lineedit_set(&w->f[f].line, str_z(&b));
		w->f[f].line.caret = fields[f].kind == WRITE_LONG ? 0 : w->f[f].line.caret;
		free(w->f[f].was);
		w->f[f].was = xstrdup(lineedit_text(&w->f[f].line));
		str_release(&b);
	}
	m->changed = true;
}

bool kb_write_open(struct ui *u, struct model *m, const char *id)
{
	struct err e = {0};

	if (u->screen != SCREEN_KB_DESK)
		kbdesk_show(u, m);
	struct kb_write *w = &u->kbdesk->write;
	if (w->on) {
		if (strcmp(w->id, id) != 0)
			model_say_note(m, NOTE_WARN, _("This is the article you are still writing: save or leave it first."));
		return false;
	}
	arena_clear(&w->arena);
	if (!model_kb_edit(m, id, &w->text, &w->base_ver, &w->rev, &w->arena, &e)) {
		ui_fail(m, &e);
		return false;
	}
	begin(u, m, id);
	return true;
}

bool kb_write_come_back(struct ui *u, struct model *m)
{
	struct kb_write *w = &kbdesk(u)->write;
	const char *by = model_desk_draft_of(m, "kb-write.base")->text;
	char id[sizeof(w->id)], name[48];
	int64_t base = 0, rev = 0;
	struct sv rest = sv(by), word;

	snprintf(id, sizeof(id), "%s", model_desk_draft_of(m, "kb-write")->text);
	if (!id[0] || !sv_split(&rest, ' ', &word) || !parse_int(word, 0, INT32_MAX, &base) || !sv_split(&rest, ' ', &word) ||
	    !parse_int(word, 0, INT32_MAX, &rev) || !sv_eqz(rest, m->agent_id) || !kb_write_open(u, m, id))
		return false;
	// Saved over something newer it would be refused, as if the program had not ended.
	w->base_ver = (int)base;
	w->rev = (int)rev;
	for (int i = 0; i < WRITE_FIELDS; i++) {
		enum write_field f = (enum write_field)i;
		const struct draft *d = model_desk_draft_of(m, journal_name(f, name));
		if (!model_desk_draft_there(m, name))
			continue;
		ui_edit_take(&w->f[f].line, d);
		w->at = f;
	}
	model_say_note(m, NOTE_INFO, _("%s is as you left it; it was not saved yet."), id);
	return true;
}

// --- saving

static bool refuse(struct kb_write *w, enum write_field f, struct err *e)
{
	w->at = f;
	return err_prefix(e, "%s: ", _(fields[f].label));
}

static bool read_all(struct kb_write *w, struct kb_draft *d, struct err *e)
{
	for (int i = 0; i < WRITE_FIELDS; i++) {
		enum write_field f = (enum write_field)i;
		const char *text = lineedit_text(&w->f[f].line);
		struct secret_span s;
		// What was not changed stays to the letter.
		if (!kb_write_changed(w, f))
			continue;
		if (secret_find(sv(text), &s, 1) && !secret_any(sv(w->f[f].was))) {
			err_set(e, ERR_DENIED, "%s", secret_message(s.what));
			return refuse(w, f, e);
		}
		if (!read_field(d, f, text, e))
			return refuse(w, f, e);
	}
	return true;
}

bool kb_write_save(struct ui *u, struct model *m, bool complete, struct err *e)
{
	struct kb_write *w = &u->kbdesk->write;
	struct arena a = {0};
	struct kb_draft d;
	char id[sizeof(w->id)];

	kb_draft_init(&d, m->zone, &a);
	d.t = w->text;
	snprintf(id, sizeof(id), "%s", w->id);
	bool ok = model_kb_busy(m) ? err_set(e, ERR_DENIED, _("Still being saved; press it again in a moment.")) : read_all(w, &d, e);
	if (ok && complete && !sv_trim(sv(d.t.title)).n)
		w->at = WRITE_TITLE;
	ok = ok && model_kb_save(m, &d.t, w->base_ver, w->rev, complete, e);
	arena_release(&a);
	if (ok) {
		kb_write_close(u, m);
		kbdesk_go(u, m, KBDESK_DRAFTS, id);
	} else {
		snprintf(w->error, sizeof(w->error), "%s", e->msg);
	}
	return ok;
}
