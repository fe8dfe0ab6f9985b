// SPDX-License-Identifier: MIT
// Knows how an article is laid out on a rectangle: what it is worth today above the text, what is asked of the reader below it.
#include "src/base/i18n.h"
#include "ui/kb_pane.h"

// --- what is said about it

static void say(struct kb_sheet_line *v, int *n, unsigned role, const char *text)
{
	if (*n < KB_SHEET_LINES && !str_empty(text))
		v[(*n)++] = (struct kb_sheet_line){role, text};
}

static const char *key_of(const struct ui *u, enum action a, char buf[KEY_NAME_MAX])
{
	keymap_label(u->keys, CTX_KB_ARTICLE, a, buf, KEY_NAME_MAX);
	return buf;
}

static const char *day_of(const struct model *m, int64_t at, struct arena *a)
{
	char day[16];

	ui_time(m, at, "%Y-%m-%d", day, sizeof(day));
	return arena_strdup(a, day);
}

// "KB-FIN-011 v4  2026-11-02  published  helpful 75% of 4"
static const char *facts(const struct model *m, const struct kb_article *art, bool draft, struct arena *a)
{
	int votes = art->votes_up + art->votes_down;
	struct str b = {0};

	str_add(&b, art->cur.text.id);
	if (!draft)
		str_addf(&b, " v%d", art->cur.ver);
	str_addf(&b, "  %s  %s", day_of(m, art->cur.published_at, a), kb_state_label(art->state));
	if (votes)
		str_addf(&b, _("  helpful %.0f%% of %d"), 100.0 * art->votes_up / votes, votes);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static void about_state(const struct ui *u, const struct model *m, const struct kb_article *art, const struct kb_fate *fate,
			struct kb_sheet *s, struct arena *a)
{
	const char *times = theme_glyph(&u->theme, GLYPH_TIMES);
	char key[KEY_NAME_MAX];

	if (art->state == KB_STALE)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("! under review: %s"), kb_stale_words(art, a)));
	if (art->state == KB_ARCHIVED && fate && !str_empty(fate->successor))
		say(s->head, &s->n_head, ROLE_WARN,
		    arena_printf(a, _("%s withdrawn, for the record only. %s opens what took its place: %s %s"), times, key_of(u, ACT_KB_NEWER, key),
				 fate->successor, fate->successor_title));
	else if (art->state == KB_ARCHIVED)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("%s withdrawn, for the record only"), times));
	if (art->state == KB_HIDDEN)
		say(s->head, &s->n_head, ROLE_ALARM, arena_printf(a, _("%s hidden from everybody: do not use it"), times));
	if (art->expired)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("! no longer in force since %s"), day_of(m, art->cur.text.effective_to, a)));
	if (art->not_yet)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("! not in force before %s"), day_of(m, art->cur.text.effective_from, a)));
	if (art->has_next)
		say(s->head, &s->n_head, ROLE_DIM, arena_printf(a, _("A new version is on its way: %s"), kb_state_label(art->next_state)));
}

// Which of its texts this is.
static void about_version(const struct ui *u, const struct kb_view *kb, const struct kb_article *art, bool preview, struct kb_sheet *s,
			  struct arena *a)
{
	char key[KEY_NAME_MAX];

	if (!preview && !kb->open_ver)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("! not validated: a draft of %s, nobody has approved it"), art->cur.text.author));
	else if (!preview && kb->history)
		say(s->head, &s->n_head, ROLE_WARN | STYLE_BOLD,
		    arena_printf(a, _("! version %d of %d, as it was. %s opens what holds now"), art->cur.ver, art->latest, key_of(u, ACT_KB_NEWER, key)));
	else if (art->cur.ver && art->cur.ver != art->latest)
		say(s->head, &s->n_head, ROLE_WARN, arena_printf(a, _("! version %d has just been published; %s opens it"), art->latest,
								  key_of(u, ACT_KB_NEWER, key)));
}

static void titles(const struct kb_article *art, struct kb_sheet *s)
{
	say(s->head, &s->n_head, ROLE_PLAIN | STYLE_BOLD, art->cur.text.title);
	if (i18n_lang() == LANG_EN && !str_empty(art->cur.text.title_en)) {
		say(s->head, &s->n_head, ROLE_ACCENT, art->cur.text.title_en);
		say(s->head, &s->n_head, ROLE_PLAIN, art->cur.text.summary_en);
	}
}

// --- what is asked of the reader

bool kb_wants_receipt(const struct model *m)
{
	const struct kb_view *kb = kb_pane_view(m);

	for (size_t i = 0; kb->open_id && i < m->home.notices.n; i++)
		if (m->home.notices.v[i].must_read && m->home.notices.v[i].ver == kb->open_ver && str_eq(m->home.notices.v[i].id, kb->open_id))
			return true;
	return false;
}

static void must_read(const struct ui *u, const struct model *m, const struct kb_article *art, struct kb_sheet *s, struct arena *a)
{
	const struct kb_view *kb = kb_pane_view(m);
	char key[KEY_NAME_MAX];

	key_of(u, ACT_KB_CONFIRM, key);
	if (kb_wants_receipt(m) && !kb->read_to_end)
		say(s->foot, &s->n_foot, ROLE_WARN, arena_printf(a, _("! must read: at its end %s confirms"), key));
	else if (kb_wants_receipt(m) && art->cur.text.quiz.n)
		say(s->foot, &s->n_foot, ROLE_WARN | STYLE_BOLD,
		    arena_printf(a, ngettext("! must read: %s confirms, after %zu question", "! must read: %s confirms, after %zu questions",
					     art->cur.text.quiz.n), key, art->cur.text.quiz.n));
	else if (kb_wants_receipt(m))
		say(s->foot, &s->n_foot, ROLE_WARN | STYLE_BOLD, arena_printf(a, _("! must read: %s confirms that you have read it"), key));
	else if (art->cur.text.must_read && kb->open_ver == art->latest && art->state == KB_PUBLISHED && !art->expired && !art->not_yet)
		say(s->foot, &s->n_foot, ROLE_DIM, arena_printf(a, _("%s must read: confirmed"), theme_glyph(&u->theme, GLYPH_DONE)));
}

// Beside the list there is room to say why the row stands where it does.
static void why(const struct model *m, struct kb_sheet *s, struct arena *a)
{
	const struct kb_view *kb = kb_pane_view(m);
	size_t row = kb_selected_row(kb);
	struct str words = {0};
	struct sv rest, line;

	if (row >= kb->results.n)
		return;
	kb_why_words(m, &kb->results.v[row], row, &words);
	for (rest = sv(arena_strdup(a, str_z(&words))); sv_split(&rest, '\n', &line);)
		say(s->foot, &s->n_foot, ROLE_DIM, arena_strndup(a, line.p, line.n));
	str_release(&words);
}

// --- layout

static int rows_of(const struct kb_sheet_line *v, int n, int width)
{
	int rows = 0;

	for (int i = 0; i < n; i++)
		rows += wrap_lines(sv(v[i].text), width);
	return rows;
}

void kb_sheet_lay(const struct ui *u, const struct model *m, bool preview, int height, int width, struct kb_sheet *s, struct arena *a)
{
	enum { BODY_MIN = 4 }; // rows the text keeps while there are so many
	const struct kb_view *kb = kb_pane_view(m);
	const struct kb_article *art = preview ? &kb->preview : &kb->article;
	int skip = preview ? 0 : ui_view_const(u, m)->article_scroll, most;

	*s = (struct kb_sheet){0};
	titles(art, s);
	about_version(u, kb, art, preview, s, a);
	say(s->head, &s->n_head, art->state == KB_STALE ? ROLE_WARN : ROLE_DIM, facts(m, art, !preview && !kb->open_ver, a));
	about_state(u, m, art, preview ? NULL : &kb->fate, s, a);
	if (preview)
		why(m, s, a);
	else
		must_read(u, m, art, s, a);
	s->head_h = rows_of(s->head, s->n_head, width);
	s->foot_h = s->n_foot ? rows_of(s->foot, s->n_foot, width) + 1 : 0;
	if (s->foot_h > (height - BODY_MIN) / 2)
		s->foot_h = height > BODY_MIN + 4 ? (height - BODY_MIN) / 2 : s->n_foot && height > 2;
	if (s->head_h > height - s->foot_h - BODY_MIN)
		s->head_h = height - s->foot_h > BODY_MIN + 1 ? height - s->foot_h - BODY_MIN : 1;
	s->body_h = height - s->head_h - s->foot_h > 0 ? height - s->head_h - s->foot_h : 0;
	kb_markdown(sv(art->cur.text.body), width, &s->body, a);
	most = (int)s->body.n - s->body_h;
	s->top = skip > most ? most : skip;
	s->top = s->top < 0 ? 0 : s->top;
}

static unsigned style_role(enum kb_style s)
{
	switch (s) {
	case KB_PLAIN: return ROLE_PLAIN;
	case KB_HEADING: return ROLE_ACCENT | STYLE_BOLD;
	case KB_BOLD: return ROLE_PLAIN | STYLE_BOLD;
	case KB_EMPH: return ROLE_PLAIN | STYLE_UNDERLINE;
	case KB_CODE: return ROLE_ACCENT;
	case KB_LINK: return ROLE_ACCENT | STYLE_UNDERLINE;
	case KB_MARKER: return ROLE_DIM;
	case KB_QUOTE: return ROLE_DIM;
	}
	BUG("article style %d", (int)s);
}

static void draw_body(const struct canvas *c, const struct kb_lines *lines, int skip)
{
	for (int y = 0; y < c->r.h && (size_t)(y + skip) < lines->n; y++) {
		const struct kb_line *l = &lines->v[y + skip];
		int x = 0;
		for (size_t i = 0; i < l->n; i++)
			x += canvas_text(c, y, x, style_role(l->v[i].style), l->v[i].text);
		if (l->more)
			canvas_hline(c, y, 0, c->r.w, ROLE_DIM);
	}
}

static void draw_lines(const struct canvas *c, const struct kb_sheet_line *v, int n)
{
	for (int i = 0, y = 0; i < n && y < c->r.h; i++) {
		struct canvas rest = canvas_below(c, y);
		y += canvas_wrap(&rest, 0, 0, v[i].role, sv(v[i].text), 0);
	}
}

void kb_sheet_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool preview, bool focused)
{
	struct arena a = {0};
	struct kb_sheet s;

	kb_sheet_lay(u, m, preview, c->r.h, c->r.w, &s, &a);
	struct canvas head = canvas_sub(c, (struct rect){0, 0, s.head_h, c->r.w}), foot = canvas_below(c, s.head_h + s.body_h);
	struct canvas body = canvas_sub(c, (struct rect){s.head_h, 0, s.body_h, c->r.w});
	draw_lines(&head, s.head, s.n_head);
	draw_body(&body, &s.body, s.top);
	if (s.top > 0)
		canvas_glyph(&body, 0, body.r.w - 1, ROLE_DIM, GLYPH_UP);
	if (s.top + body.r.h < (int)s.body.n)
		canvas_glyph(&body, body.r.h - 1, body.r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (s.foot_h > 1)
		canvas_hline(&foot, 0, 0, foot.r.w, ROLE_DIM);
	if (s.foot_h > 0) {
		struct canvas words = s.foot_h > 1 ? canvas_below(&foot, 1) : foot;
		draw_lines(&words, s.foot, s.n_foot);
	}
	if (focused)
		canvas_caret(&body, 0, 0, false);
	arena_release(&a);
}
