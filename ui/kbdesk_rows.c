// SPDX-License-Identifier: MIT
// Knows how the rows of the four lists of the knowledge desk read.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/role.h"
#include "ui/kbdesk.h"

enum { WIDE = 80, ID_LEAST = 10, ID_MOST = 18, REASON_MOST = 40 };

const char *kbdesk_list_label(enum kbdesk_list list)
{
	switch (list) {
	case KBDESK_DRAFTS: return _("Drafts");
	case KBDESK_GAPS: return _("Uncovered");
	case KBDESK_DOUBTS: return _("Doubtful");
	case KBDESK_READERS: return _("Must-reads");
	}
	BUG("list %d", (int)list);
}

const char *kbdesk_empty(enum kbdesk_list list)
{
	switch (list) {
	case KBDESK_DRAFTS:
		return _("No draft. n begins a new article, M-w an edit of the article in front, d in the list of uncovered cases an answer "
			 "to one. What others submit for review comes here too.");
	case KBDESK_GAPS:
		return _("No open uncovered case. M-g reports one: a question that no article answers. c shows the closed ones.");
	case KBDESK_DOUBTS:
		return _("No doubtful article. One comes here when its review date passes, when three more found it unhelpful than helpful, when "
			 "a policy it rests on changes, or when M-w marks it for review.");
	case KBDESK_READERS:
		return _("Nothing has to be read. An article comes here when it is published as a must-read, with everybody who has to read it.");
	}
	BUG("list %d", (int)list);
}

const char *kbdesk_row_id(const void *ctx, size_t i)
{
	static char id[200];
	const struct kbdesk_rows *r = ctx;
	const struct kb_desk *d = &r->m->desk;

	switch (r->at) {
	case KBDESK_DRAFTS: return d->drafts[i].id;
	case KBDESK_GAPS: snprintf(id, sizeof(id), "#%lld", (long long)d->gaps[i].id); return id;
	case KBDESK_DOUBTS: return d->doubts[i].id;
	case KBDESK_READERS: snprintf(id, sizeof(id), "%s %s", d->readers[i].agent_id, d->readers[i].id); return id;
	}
	BUG("list %d", (int)r->at);
}

// --- the rows; each ends in what must not be cut, drawn from the right

// Columns for the numbers of the articles: as many as the longest needs.
static int id_columns(const struct kbdesk_rows *r)
{
	const struct kb_desk *d = &r->m->desk;
	int most = ID_LEAST;

	for (size_t i = 0; i < kbdesk_count(r->m, r->at); i++) {
		const char *id = r->at == KBDESK_DRAFTS ? d->drafts[i].id : r->at == KBDESK_DOUBTS ? d->doubts[i].id : d->readers[i].id;
		int n = (int)strlen(id);
		most = n > most ? n : most;
	}
	return most < ID_MOST ? most : ID_MOST;
}

// The text at the right edge; returns where it begins.
static int right(const struct canvas *c, unsigned role, const char *s)
{
	return *s ? canvas_right(c, 0, role, s) : c->r.w;
}

static void middle(const struct canvas *c, int x, int end, unsigned role, const char *s)
{
	if (end - 1 > x)
		canvas_fit(c, 0, x, role, sv(s), end - 1 - x);
}

static void draft_row(const struct kbdesk_rows *r, const struct canvas *c, const struct kb_next *d, unsigned style)
{
	const struct model *m = r->m;
	bool mine = kb_drafts_writer(d, m->agent_id), waits = d->state == KB_IN_REVIEW;
	const char *who = d->writers.n ? d->writers.v[d->writers.n - 1] : d->author;
	char end[160];
	unsigned role = ROLE_DIM;
	int x = 1;

	if (waits && !mine && user_may(m->roles, RIGHT_KB_APPROVE)) {
		snprintf(end, sizeof(end), "! %s  %s ", who, _("you may approve"));
		role = ROLE_WARN;
	} else if (waits) {
		snprintf(end, sizeof(end), "%s  %s ", who, _("in review"));
	} else if (*d->reply) {
		snprintf(end, sizeof(end), "! %s  %s ", who, _("returned"));
		role = ROLE_WARN;
	} else {
		snprintf(end, sizeof(end), "%s  %s ", who, kb_state_label(d->state));
	}
	x += canvas_field(c, 0, x, ROLE_DIM | style, d->id, id_columns(r), ALIGN_LEFT) + 1;
	int stop = right(c, role | style, end);
	middle(c, x, stop, ROLE_PLAIN | style, *d->title ? d->title : _("(no title yet)"));
}

static void gap_row(const struct kbdesk_rows *r, const struct canvas *c, const struct kb_gap *g, unsigned style)
{
	char end[200], due[24] = "", head[40];
	unsigned role = ROLE_DIM;
	int x = 1;

	ui_time(r->m, g->due_at, "%m-%d %H:%M", due, sizeof(due));
	if (g->overdue) {
		snprintf(end, sizeof(end), "%s  ! %s ", kb_gap_state_label(g->state), _("overdue"));
		role = ROLE_WARN;
	} else if (g->state <= KB_GAP_ACCEPTED) {
		snprintf(end, sizeof(end), _("%s  due %s "), kb_gap_state_label(g->state), due);
	} else {
		snprintf(end, sizeof(end), "%s %s ", kb_gap_state_label(g->state), g->article_id);
	}
	snprintf(head, sizeof(head), "#%lld", (long long)g->id);
	x += canvas_field(c, 0, x, ROLE_DIM | style, head, 5, ALIGN_LEFT) + 1;
	snprintf(head, sizeof(head), "%s%d", theme_glyph(&r->u->theme, GLYPH_TIMES), g->occurrences);
	x += canvas_field(c, 0, x, (g->occurrences >= 3 ? ROLE_ACCENT : ROLE_DIM) | style, head, 4, ALIGN_LEFT) + 1;
	int stop = right(c, role | style, end);
	if (c->r.w >= WIDE && *g->category) {
		const struct category *cat = r->m->packs ? category_find(&r->m->packs->categories, g->category) : NULL;
		canvas_field(c, 0, stop - 22, ROLE_DIM | style, cat ? category_label(cat) : g->category, 20, ALIGN_LEFT);
		stop -= 22;
	}
	middle(c, x, stop, ROLE_PLAIN | style, *g->query ? g->query : *g->description ? g->description : g->category);
}

static const char *why_doubtful(const struct kb_doubt *d, char *buf, size_t cap)
{
	if (strcmp(d->why, "review") == 0)
		return _("review date passed");
	if (strcmp(d->why, "votes") == 0)
		snprintf(buf, cap, _("down-votes %+d"), d->net_down);
	else if (str_starts(d->why, "policy "))
		snprintf(buf, cap, _("%s changed"), d->why + 7);
	else
		return *d->why ? d->why : _("marked for review");
	return buf;
}

static void doubt_row(const struct kbdesk_rows *r, const struct canvas *c, const struct kb_doubt *d, unsigned style)
{
	char why[96], since[16], end[160];
	int x = 1;

	ui_time(r->m, d->since, c->r.w >= WIDE ? "%Y-%m-%d" : "%m-%d", since, sizeof(since));
	const char *words = why_doubtful(d, why, sizeof(why));
	// A reason written by somebody may be long; the title must be seen beside it.
	int columns = c->r.w / (c->r.w >= WIDE ? 3 : 4);
	columns = columns < REASON_MOST ? columns : REASON_MOST;
	size_t n = utf8_fit(sv(words), columns, NULL);
	bool more = words[n];
	if (more)
		n = utf8_fit(sv(words), columns - 1, NULL);
	snprintf(end, sizeof(end), "! %.*s%s  %s ", (int)n, words, more ? theme_glyph(&r->u->theme, GLYPH_MORE) : "", since);
	x += canvas_field(c, 0, x, ROLE_DIM | style, d->id, id_columns(r), ALIGN_LEFT) + 1;
	int stop = right(c, ROLE_WARN | style, end);
	middle(c, x, stop, ROLE_PLAIN | style, d->title);
}

static void reader_row(const struct kbdesk_rows *r, const struct canvas *c, const struct kb_reader *d, unsigned style)
{
	char at[16], end[160];
	unsigned role = d->read_at ? ROLE_DIM : d->late ? ROLE_WARN : ROLE_PLAIN;
	int x = 1;

	ui_time(r->m, d->read_at ? d->read_at : d->published_at, "%m-%d", at, sizeof(at));
	if (d->read_at)
		snprintf(end, sizeof(end), "%s  %s %s ", d->agent_id, _("read"), at);
	else if (d->late)
		snprintf(end, sizeof(end), _("%s  ! late, since %s "), d->agent_id, at);
	else
		snprintf(end, sizeof(end), "%s  %s ", d->agent_id, _("not read"));
	canvas_glyph(c, 0, x, role | style, d->read_at ? GLYPH_DONE : GLYPH_BOX);
	x += 2;
	x += canvas_field(c, 0, x, ROLE_DIM | style, d->id, id_columns(r), ALIGN_LEFT) + 1;
	x += canvas_printf(c, 0, x, ROLE_DIM | style, "v%d ", d->ver) + 1;
	int stop = right(c, role | style, end);
	middle(c, x, stop, ROLE_PLAIN | style, i18n_lang() == LANG_EN && *d->title_en ? d->title_en : d->title);
}

void kbdesk_row_draw(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct kbdesk_rows *r = ctx;
	const struct kb_desk *d = &r->m->desk;

	switch (r->at) {
	case KBDESK_DRAFTS: draft_row(r, c, &d->drafts[i], style); return;
	case KBDESK_GAPS: gap_row(r, c, &d->gaps[i], style); return;
	case KBDESK_DOUBTS: doubt_row(r, c, &d->doubts[i], style); return;
	case KBDESK_READERS: reader_row(r, c, &d->readers[i], style); return;
	}
}
