// SPDX-License-Identifier: MIT
// Knows the dialogs of reading: why a result ranks where it does; the receipt for what must be read, with its questions.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/kb_pane.h"

bool ask_why(struct ui *u, struct model *m)
{
	const struct kb_view *kb = kb_pane_view(m);
	size_t row = kb_selected_row(kb);
	struct str text = {0};
	char title[160];

	if (row >= kb->results.n)
		return true;
	snprintf(title, sizeof(title), _("Why %s stands here"), kb->results.v[row].id);
	kb_why_words(m, &kb->results.v[row], row, &text);
	popup_message(&u->popup, 0, title, str_z(&text));
	ui_ask(u, m, NULL, NULL);
	str_release(&text);
	return true;
}

// --- which text to read again

// How many pairs of neighbouring characters of the question and its answer the line has.
static int shared(const char *line, const char *asked)
{
	struct str x = {0}, y = {0};
	struct sv s;
	int n = 0;

	utf8_fold(&x, sv(line));
	utf8_fold(&y, sv(asked));
	s = sv(str_z(&y));
	for (size_t i = 0; i < s.n;) {
		size_t one = utf8_next(s, i), two = utf8_next(s, one);
		char pair[64];
		if (two > one && two - i < sizeof(pair) && s.p[i] != ' ' && s.p[one] != ' ') {
			memcpy(pair, s.p + i, two - i);
			pair[two - i] = '\0';
			n += strstr(str_z(&x), pair) != NULL;
		}
		i = one;
	}
	str_release(&x);
	str_release(&y);
	return n;
}

static const char *line_text(const struct kb_line *l, struct arena *a)
{
	struct str b = {0};

	for (size_t i = 0; i < l->n; i++)
		str_add(&b, l->v[i].text);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

// The paragraph that answers the question, under its heading; the article stands at it when the dialog is closed.
static void read_again(struct ui *u, struct model *m, const struct kb_quiz *q, struct str *out, struct arena *a)
{
	const struct kb_article *art = &kb_pane_view(m)->article;
	const char *asked = arena_printf(a, "%s %s", q->question, q->option[q->right]), *heading = "", *under = "", *text = "";
	struct rect r = {0, 0, 24, 60};
	struct kb_lines lines;
	enum kb_room room;
	int best = 0;

	kb_reading_rect(u, m, &room, &r);
	kb_markdown(sv(art->cur.text.body), r.w, &lines, a);
	for (size_t i = 0; i < lines.n; i++) {
		size_t from = i;
		struct str b = {0};
		if (lines.v[i].level)
			heading = line_text(&lines.v[i], a);
		str_add(&b, line_text(&lines.v[i], a));
		while (i + 1 < lines.n && lines.v[i + 1].paragraph == lines.v[from].paragraph && lines.v[from].n)
			str_add(&b, line_text(&lines.v[++i], a));
		int n = lines.v[from].level ? 0 : shared(str_z(&b), asked);
		if (n > best) {
			best = n;
			under = heading;
			text = arena_strdup(a, str_z(&b));
			ui_view(u, m)->article_scroll = from > 1 ? (int)from - 1 : 0;
		}
		str_release(&b);
	}
	str_addf(out, _("Not so. Read %s again"), art->cur.text.id);
	if (*under)
		str_addf(out, _(", under %s"), under);
	str_addf(out, "%s\n\n%s", *text ? ":" : ".", text);
}

// --- the receipt

static struct work *target(const struct ui *u, struct model *m)
{
	return u->ask_contact[0] ? ui_ask_work(u, m) : NULL;
}

static size_t questions(const struct kb_article *art)
{
	return art->cur.text.quiz.n < KB_QUIZ_MAX ? art->cur.text.quiz.n : KB_QUIZ_MAX;
}

static bool ask_question(struct ui *u, struct model *m, const char *id, size_t n, struct err *e);

static bool answered(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = target(u, m);
	const struct kb_view *kb = model_kb(m, w);
	size_t n = (size_t)u->ask_n;
	struct arena a = {0};
	struct str text = {0};
	struct kb_quiz q;
	char id[80];
	bool ok;

	snprintf(id, sizeof(id), "%s", u->ask_arg);
	if (!str_eq(kb->open_id, id) || n >= questions(&kb->article))
		return err_set(e, ERR_DENIED, _("Open the article first; the receipt is for the text you have read."));
	ok = kb_quiz_parse(kb->article.cur.text.quiz.v[n], &q, &a, e);
	if (ok && r->row >= q.n)
		ok = err_set(e, ERR_USAGE, _("Choose one of the rows."));
	if (ok && r->row == q.right) {
		ok = n + 1 < questions(&kb->article) ? ask_question(u, m, id, n + 1, e) : model_kb_receipt(m, w, id, true, e);
	} else if (ok) {
		ok = model_kb_quiz_failed(m, w, id, (int)n, e);
		read_again(u, m, &q, &text, &a);
		if (ok) {
			popup_message(&u->popup, 0, id, str_z(&text));
			ui_ask(u, m, NULL, NULL);
		}
		str_release(&text);
	}
	arena_release(&a);
	return ok;
}

static bool ask_question(struct ui *u, struct model *m, const char *id, size_t n, struct err *e)
{
	const struct kb_article *art = &kb_pane_view(m)->article;
	struct arena a = {0};
	struct kb_quiz q;
	char title[160];

	if (!kb_quiz_parse(art->cur.text.quiz.v[n], &q, &a, e)) {
		arena_release(&a);
		return false;
	}
	snprintf(title, sizeof(title), _("%s: question %zu of %zu"), id, n + 1, questions(art));
	popup_menu(&u->popup, 0, title, q.question);
	for (size_t i = 0; i < q.n; i++)
		popup_add_row(&u->popup, '1' + (uint32_t)i, q.option[i], NULL, NULL);
	ui_ask(u, m, answered, id);
	u->ask_n = (int64_t)n;
	arena_release(&a);
	return true;
}

bool ask_receipt(struct ui *u, struct model *m)
{
	const struct kb_view *kb = kb_pane_view(m);
	struct work *w = model_work(m);
	struct err e = {0};
	char id[80];

	if (!kb->open_id)
		return true;
	snprintf(id, sizeof(id), "%s", kb->open_id);
	if (!model_kb_can_receipt(m, w, id, &e))
		return ui_try(m, false, &e);
	if (questions(&kb->article))
		return ui_try(m, ask_question(u, m, id, 0, &e), &e);
	return ui_try(m, model_kb_receipt(m, w, id, false, &e), &e);
}
