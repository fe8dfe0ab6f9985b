// SPDX-License-Identifier: MIT
// Knows what is read of a row of the knowledge desk: a draft or what it changes, the reports of a case, an article.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "ui/kbdesk.h"

// --- parts

static void add(struct kbdesk_read *r, enum kbdesk_part_kind kind, unsigned role, const char *text)
{
	if (!str_empty(text))
		vec_push(&r->parts, ((struct kbdesk_part){kind, role, text}));
}

static void gap(struct kbdesk_read *r)
{
	vec_push(&r->parts, ((struct kbdesk_part){PART_TEXT, ROLE_PLAIN, ""}));
}

__attribute__((format(printf, 3, 4))) static void addf(struct kbdesk_read *r, unsigned role, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(r, PART_TEXT, role, arena_vprintf(&r->arena, fmt, ap));
	va_end(ap);
}

static const char *joined(const struct kb_list *l, const char *between, struct arena *a)
{
	struct str b = {0};

	for (size_t i = 0; i < l->n; i++)
		str_addf(&b, "%s%s", i ? between : "", l->v[i]);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static void add_list(struct kbdesk_read *r, const char *label, const struct kb_list *l)
{
	if (l->n)
		addf(r, ROLE_DIM, "%s: %s", label, joined(l, "; ", &r->arena));
}

// Categories by their names where the packs know them.
static void add_categories(struct kbdesk_read *r, const struct model *m, const struct kb_list *l)
{
	struct kb_list named = {arena_array(&r->arena, const char *, l->n + 1), l->n};

	for (size_t i = 0; i < l->n; i++) {
		const struct category *c = m->packs ? category_find(&m->packs->categories, l->v[i]) : NULL;
		named.v[i] = c ? arena_printf(&r->arena, "%s (%s)", category_label(c), l->v[i]) : l->v[i];
	}
	add_list(r, _("Category"), &named);
}

static void add_day(struct kbdesk_read *r, const struct model *m, const char *label, int64_t at)
{
	char day[24];

	if (!at)
		return;
	ui_time(m, at, "%Y-%m-%d", day, sizeof(day));
	addf(r, ROLE_DIM, "%s: %s", label, day);
}

static void add_text(struct kbdesk_read *r, const struct model *m, const struct kb_text *t)
{
	add(r, PART_TEXT, ROLE_PLAIN | STYLE_BOLD, *t->title ? t->title : _("(no title yet)"));
	add(r, PART_TEXT, ROLE_ACCENT, t->title_en);
	add(r, PART_TEXT, ROLE_PLAIN, t->summary_en);
	add(r, PART_TEXT, ROLE_DIM, t->question);
	gap(r);
	add(r, PART_MARKDOWN, ROLE_PLAIN, t->body);
	gap(r);
	add_categories(r, m, &t->category);
	add_list(r, _("Tags"), &t->tags);
	add_list(r, _("Synonyms"), &t->synonyms);
	add_list(r, _("Phrasings"), &t->phrasings);
	add_list(r, _("Rests on policies"), &t->policies);
	add_list(r, _("Reading check"), &t->quiz);
	add_day(r, m, _("In force from"), t->effective_from);
	// The last day it holds, as it is written.
	add_day(r, m, _("In force to"), t->effective_to ? t->effective_to - 1 : 0);
	add_day(r, m, _("Next review"), t->review_due);
	if (t->must_read)
		add(r, PART_TEXT, ROLE_DIM, _("Must be read by everybody"));
}

// --- a draft

enum { AROUND = 2 }; // unchanged lines shown before and after a change

static bool near_change(const struct kb_diff_line *v, size_t n, size_t i)
{
	for (size_t k = i < AROUND ? 0 : i - AROUND; k <= i + AROUND && k < n; k++)
		if (v[k].kind != KB_SAME)
			return true;
	return false;
}

static void add_changes(struct kbdesk_read *r, struct model *m, const struct kb_next *d)
{
	struct kb_article art;
	struct err e = {0};
	size_t n;

	if (!model_kb_article(m, d->id, &art, &r->arena, &e)) {
		add(r, PART_TEXT, ROLE_WARN, arena_strdup(&r->arena, e.msg));
		return;
	}
	const char *old = kb_version_text(&art.cur.text, m->zone, &r->arena), *new = kb_version_text(&d->text, m->zone, &r->arena);
	struct kb_diff_line *v = kb_diff(sv(old), sv(new), &n, &r->arena);
	addf(r, ROLE_DIM, _("What it changes in version %d:"), art.cur.ver);
	for (size_t i = 0; i < n; i++) {
		enum kb_diff_kind k = v[i].kind;
		if (!near_change(v, n, i)) {
			if (i == 0 || near_change(v, n, i - 1))
				add(r, PART_TEXT, ROLE_DIM, "  ...");
			continue;
		}
		addf(r, k == KB_SAME ? ROLE_DIM : k == KB_ADDED ? ROLE_ACCENT : ROLE_WARN, "%s%.*s",
		     k == KB_SAME ? "  " : k == KB_ADDED ? "+ " : "- ", (int)v[i].text.n, v[i].text.p);
	}
}

static void add_draft_head(struct kbdesk_read *r, const struct model *m, const struct kb_next *d)
{
	char at[24];

	ui_time(m, d->updated_at, "%Y-%m-%d %H:%M", at, sizeof(at));
	addf(r, ROLE_DIM, _("%s, written by %s, last changed %s"), kb_state_label(d->state), joined(&d->writers, ", ", &r->arena), at);
	if (*d->reply)
		addf(r, ROLE_WARN, _("! Returned: %s"), d->reply);
	if (d->base_ver && d->current > d->base_ver)
		addf(r, ROLE_WARN, _("! Begun from version %d; the article is version %d now."), d->base_ver, d->current);
	else if (d->base_ver)
		addf(r, ROLE_DIM, _("Begun from version %d"), d->base_ver);
	if (d->gap)
		addf(r, ROLE_DIM, _("Answers uncovered case #%lld"), (long long)d->gap);
	if (kb_gap_holds_material(d->text.body))
		add(r, PART_TEXT, ROLE_WARN, _("! The part with the material is still in it: delete it before submitting."));
	if (*d->note)
		addf(r, ROLE_DIM, _("What changes: %s"), d->note);
	if (d->state == KB_IN_REVIEW)
		addf(r, ROLE_DIM, _("Approved by a knowledge editor or a supervisor other than %s."), joined(&d->writers, ", ", &r->arena));
	gap(r);
}

static void read_draft(const struct ui *u, struct model *m, struct kbdesk_read *r)
{
	const struct kb_next *row = kbdesk_draft(u, m);
	struct kb_next d;
	struct err e = {0};

	r->title = arena_strdup(&r->arena, row->id);
	if (!model_kb_draft_text(m, row->id, &d, &r->arena, &e)) {
		add(r, PART_TEXT, ROLE_WARN, arena_strdup(&r->arena, e.msg));
		return;
	}
	add_draft_head(r, m, &d);
	if (u->kbdesk->changes && d.base_ver)
		add_changes(r, m, &d);
	else
		add_text(r, m, &d.text);
}

// --- an uncovered case

static void add_case_head(struct kbdesk_read *r, const struct model *m, const struct kb_gap *g)
{
	char first[24], last[24], due[24];

	ui_time(m, g->first_at, "%m-%d %H:%M", first, sizeof(first));
	ui_time(m, g->last_at, "%m-%d %H:%M", last, sizeof(last));
	ui_time(m, g->due_at, "%Y-%m-%d %H:%M", due, sizeof(due));
	addf(r, ROLE_DIM, ngettext("%s, reported %d time, first %s, last %s", "%s, reported %d times, first %s, last %s",
				   (unsigned long)g->occurrences), kb_gap_state_label(g->state), g->occurrences, first, last);
	addf(r, g->overdue ? ROLE_WARN : ROLE_DIM, g->overdue ? _("! Answer was due %s") : _("Answer due %s"), due);
	if (g->reporters.n)
		addf(r, ROLE_DIM, _("Reported by %s"), joined(&g->reporters, ", ", &r->arena));
	if (*g->taken_by)
		addf(r, ROLE_DIM, _("Taken by %s"), g->taken_by);
	if (*g->article_id)
		addf(r, ROLE_DIM, _("Article %s"), g->article_id);
	if (g->same_as)
		addf(r, ROLE_DIM, _("Same as #%lld"), (long long)g->same_as);
	if (*g->reply)
		addf(r, ROLE_PLAIN, _("Answer: %s"), g->reply);
	if (*g->category)
		add_categories(r, m, &(struct kb_list){(const char **)(uintptr_t)&g->category, 1});
	gap(r);
}

static void read_case(const struct ui *u, struct model *m, struct kbdesk_read *r)
{
	const struct kb_gap *g = kbdesk_gap(u, m);
	struct kb_gap_report *v;
	struct err e = {0};
	char at[24];
	size_t n;

	r->title = arena_printf(&r->arena, _("Uncovered case #%lld"), (long long)g->id);
	add(r, PART_TEXT, ROLE_PLAIN | STYLE_BOLD, *g->query ? g->query : g->description);
	add_case_head(r, m, g);
	if (!model_kb_reports(m, g->id, &v, &n, &r->arena, &e))
		add(r, PART_TEXT, ROLE_WARN, arena_strdup(&r->arena, e.msg));
	for (size_t i = 0; i < n; i++) {
		ui_time(m, v[i].at, "%Y-%m-%d %H:%M", at, sizeof(at));
		addf(r, ROLE_ACCENT, "%s  %s  %s", at, v[i].agent, v[i].query);
		add(r, PART_TEXT, ROLE_PLAIN, v[i].description);
		add(r, PART_TEXT, ROLE_DIM, v[i].material);
		gap(r);
	}
}

// --- an article

static void read_article(const char *id, struct model *m, struct kbdesk_read *r)
{
	struct kb_article art;
	struct err e = {0};
	char day[24];

	r->title = arena_strdup(&r->arena, id);
	if (!model_kb_article(m, id, &art, &r->arena, &e)) {
		add(r, PART_TEXT, ROLE_WARN, arena_strdup(&r->arena, e.msg));
		return;
	}
	ui_time(m, art.cur.published_at, "%Y-%m-%d", day, sizeof(day));
	addf(r, ROLE_DIM, _("%s, version %d of %s by %s, approved by %s"), kb_state_label(art.state), art.cur.ver, day,
	     *art.cur.text.author ? art.cur.text.author : "-", *art.cur.text.approver ? art.cur.text.approver : "-");
	const char *why = kb_stale_words(&art, &r->arena);
	if (*why)
		addf(r, ROLE_WARN, "! %s", why);
	if (art.votes_up + art.votes_down)
		addf(r, ROLE_DIM, _("Helpful %d, not helpful %d"), art.votes_up, art.votes_down);
	if (art.has_next)
		addf(r, ROLE_DIM, _("A draft of it is on its way: %s"), kb_state_label(art.next_state));
	gap(r);
	add_text(r, m, &art.cur.text);
}

// Who else has to read it, late ones first.
static void read_readers(const struct ui *u, struct model *m, struct kbdesk_read *r)
{
	const struct kb_reader *here = &m->desk.readers[kbdesk_row(u, m)];
	struct str unread = {0}, read = {0};

	for (size_t i = 0; i < m->desk.n_readers; i++) {
		const struct kb_reader *x = &m->desk.readers[i];
		struct str *b = x->read_at ? &read : &unread;
		if (strcmp(x->id, here->id) == 0)
			str_addf(b, "%s%s%s", b->n ? ", " : "", x->late ? "! " : "", x->agent_id);
	}
	if (unread.n)
		addf(r, ROLE_PLAIN, _("Not read yet: %s"), str_z(&unread));
	if (read.n)
		addf(r, ROLE_DIM, _("Read: %s"), str_z(&read));
	str_release(&unread);
	str_release(&read);
	read_article(here->id, m, r);
}

void kbdesk_read_release(struct kbdesk_read *r)
{
	vec_release(&r->parts);
	arena_release(&r->arena);
	*r = (struct kbdesk_read){0};
}

void kbdesk_read_row(const struct ui *u, struct model *m, struct kbdesk_read *r)
{
	enum kbdesk_list at = u->kbdesk->at;

	kbdesk_read_release(r);
	if (kbdesk_row(u, m) >= kbdesk_count(m, at))
		return;
	switch (at) {
	case KBDESK_DRAFTS: read_draft(u, m, r); return;
	case KBDESK_GAPS: read_case(u, m, r); return;
	case KBDESK_DOUBTS: read_article(m->desk.doubts[kbdesk_row(u, m)].id, m, r); return;
	case KBDESK_READERS: read_readers(u, m, r); return;
	}
}

// --- drawing

static unsigned role_of(enum kb_style s)
{
	switch (s) {
	case KB_PLAIN: return ROLE_PLAIN;
	case KB_HEADING: return ROLE_ACCENT | STYLE_BOLD;
	case KB_BOLD: return ROLE_PLAIN | STYLE_BOLD;
	case KB_EMPH: return ROLE_PLAIN | STYLE_UNDERLINE;
	case KB_CODE: return ROLE_ACCENT;
	case KB_LINK: return ROLE_ACCENT | STYLE_UNDERLINE;
	case KB_MARKER: case KB_QUOTE: return ROLE_DIM;
	}
	BUG("article style %d", (int)s);
}

// Draws, if there is a canvas, the lines of a part from row y down (rows outside are passed over); returns how many it has.
static int markdown_lines(const char *text, int width, const struct canvas *c, int y)
{
	struct arena a = {0};
	struct kb_lines lines;

	kb_markdown(sv(text), width, &lines, &a);
	for (size_t i = 0; c && i < lines.n; i++) {
		const struct kb_line *l = &lines.v[i];
		int x = 0, row = y + (int)i;
		if (row < 0 || row >= c->r.h)
			continue;
		for (size_t k = 0; k < l->n; k++)
			x += canvas_text(c, row, x, role_of(l->v[k].style), l->v[k].text);
		if (l->more)
			canvas_hline(c, row, 0, c->r.w, ROLE_DIM);
	}
	int n = (int)lines.n;
	arena_release(&a);
	return n;
}

static int text_lines(const struct kbdesk_part *p, int width, const struct canvas *c, int y)
{
	size_t at = 0;
	struct sv line;
	int n = 0;

	for (; wrap_next(sv(p->text), &at, width, &line); n++)
		if (c && y + n >= 0 && y + n < c->r.h)
			canvas_clip(c, y + n, 0, p->role, line, width);
	return n ? n : 1;
}

static int lines(const struct kbdesk_read *r, int width, const struct canvas *c, int y)
{
	int n = 0;

	for (size_t i = 0; i < r->parts.n; i++) {
		const struct kbdesk_part *p = &r->parts.v[i];
		switch (p->kind) {
		case PART_TEXT: n += text_lines(p, width, c, y + n); break;
		case PART_MARKDOWN: n += markdown_lines(p->text, width, c, y + n); break;
		}
	}
	return n;
}

int kbdesk_read_lines(const struct kbdesk_read *r, int width)
{
	return lines(r, width, NULL, 0);
}

void kbdesk_read_draw(const struct ui *u, const struct kbdesk_read *r, const struct canvas *c, int skip, bool focused)
{
	(void)u;
	if (rect_empty(c->r) || c->r.w < 4)
		return;
	struct canvas text = canvas_sub(c, (struct rect){0, 0, c->r.h, c->r.w - 2});
	int n = lines(r, text.r.w, &text, -skip);
	if (skip > 0)
		canvas_glyph(c, 0, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (skip + c->r.h < n)
		canvas_glyph(c, c->r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused)
		canvas_caret(c, 0, 0, false);
}
