// SPDX-License-Identifier: MIT
// Knows stage two of a search: the exact score of one article, counted in its text; and the row that it becomes.
#include "kb/found.h"

#include "kb/rows.h"
#include "kb/snippet.h"
#include "src/base/i18n.h"

// Columns of the row that is scored: the version, and what people made of the article since.
enum {
	C_NO, C_ROW, C_ID, C_CATEGORY, C_FROM, C_TO, C_TITLE, C_TITLE_EN, C_SUMMARY_EN, C_QUESTION, C_TAGS, C_SYNONYMS, C_PHRASINGS,
	C_BODY, C_STATE, C_REVIEW, C_UP, C_DOWN,
};
#define VERSION                                                                                                          \
	"SELECT v.no, v.row, v.id, v.category, v.effective_from, v.effective_to, v.title, v.title_en, v.summary_en, v.question, " \
	"v.tags, v.synonyms, v.phrasings, v.body, "
#define FACTS "a.state, a.review_due, a.votes_up, a.votes_down "

// One statement over all of them: the rows of many articles cost less than as many statements.
static sqlite3_stmt *rows_of(struct kb *kb, enum kb_numbers what, const char *list, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int at = 0;

	switch (what) {
	case KB_PLAIN_ROWS:
		st = kb_stmt(kb, VERSION "'published', 0, 0, 0 FROM json_each(?) j CROSS JOIN article_version v ON v.row = j.value", e);
		break;
	case KB_SPECIAL_ROWS:
		st = kb_stmt(kb,
			     VERSION FACTS "FROM json_each(?) j CROSS JOIN article_version v ON v.row = j.value "
					   "CROSS JOIN article a ON a.no = v.no",
			     e);
		break;
	case KB_ARTICLES:
		st = kb_stmt(kb,
			     VERSION FACTS "FROM json_each(?) j CROSS JOIN article a ON a.no = j.value "
					   "CROSS JOIN article_version v ON v.row = a.row",
			     e);
		break;
	}
	if (st)
		kb_bind_text(st, &at, sv(list));
	return st;
}

void kb_scored_begin(struct kb_scored *s, struct kb *kb, const struct kb_parsed *p, struct arena *a)
{
	s->v.n = 0;
	s->sought = arena_array(a, struct kb_sought, p->nterms + 1);
	for (size_t i = 0; i < p->nterms; i++) {
		const struct kb_term *t = &p->terms[i];
		// pinyin is no token; one that no text holds stands in its place
		s->sought[i] = (struct kb_sought){.kind = t->text ? t->kind : KB_HAN1, .text = sv_n(t->text, t->n),
						  .cp = {t->cp[0], t->cp[1]}, .joined = t->joined};
	}
	kb_scan_init(&s->scan, kb->an, s->sought, p->nterms);
	memset(&s->counts, 0, sizeof(s->counts));
}

void kb_scored_release(struct kb_scored *s)
{
	vec_release(&s->v);
}

// ---- counting ----

// Tags are JSON lists of cleaned texts: their marks separate words like any others.
static void count_pinyin(const struct kb_parsed *p, sqlite3_stmt *st, struct kb_counts *c)
{
	static const struct {
		int column;
		enum kb_field field;
	} where[] = {{C_TITLE, KB_F_TITLE}, {C_SYNONYMS, KB_F_TAGS}, {C_TAGS, KB_F_TAGS}};

	for (size_t i = 0; i < p->nterms; i++) {
		const struct kb_term *t = &p->terms[i];
		for (size_t k = 0; t->nreadings && k < sizeof(where) / sizeof(*where); k++)
			c->n[where[k].field][i] += kb_pinyin_finds(t->readings, t->nreadings, t->word, kb_col(st, where[k].column));
	}
}

static void count_row(struct kb_scored *s, const struct kb_parsed *p, sqlite3_stmt *st)
{
	static const struct {
		int column;
		enum kb_field field;
	} where[] = {{C_TITLE, KB_F_TITLE},	     {C_TITLE_EN, KB_F_TITLE}, {C_QUESTION, KB_F_QUESTION},
		     {C_ID, KB_F_TAGS},	     {C_TAGS, KB_F_TAGS},      {C_SYNONYMS, KB_F_TAGS},
		     {C_PHRASINGS, KB_F_PHRASINGS}, {C_SUMMARY_EN, KB_F_BODY}, {C_BODY, KB_F_BODY}};

	for (int f = 0; f < KB_FIELDS; f++) {
		memset(s->counts.n[f], 0, p->nterms * sizeof(**s->counts.n));
		s->counts.len[f] = 0;
	}
	for (size_t i = 0; i < sizeof(where) / sizeof(*where); i++) {
		struct sv text = kb_col(st, where[i].column);
		if (text.n)
			kb_scan_text(&s->scan, text, s->counts.n[where[i].field], &s->counts.len[where[i].field]);
	}
	count_pinyin(p, st, &s->counts);
}

// ---- clauses ----

static void fold_row(sqlite3_stmt *st, struct str *out, bool title_only)
{
	static const int all[] = {C_TITLE, C_TITLE_EN, C_QUESTION, C_SUMMARY_EN, C_BODY, C_ID};
	static const int lists[] = {C_TAGS, C_SYNONYMS, C_PHRASINGS};
	struct arena a = {0};

	for (size_t i = 0; i < (title_only ? 2 : sizeof(all) / sizeof(*all)); i++) {
		kb_fold(out, kb_col(st, all[i]));
		str_addc(out, '\n');
	}
	for (size_t i = 0; !title_only && i < sizeof(lists) / sizeof(*lists); i++) {
		struct kb_list l = kb_list_parse(kb_col(st, lists[i]), &a);
		for (size_t k = 0; k < l.n; k++) {
			kb_fold(out, sv(l.v[k]));
			str_addc(out, '\n');
		}
	}
	arena_release(&a);
}

// A phrase of Latin words begins and ends with a word; Han characters stand for themselves.
static bool word_at(const char *s, size_t i)
{
	unsigned char c = (unsigned char)s[i];

	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool holds(const char *text, const char *phrase)
{
	size_t n = strlen(phrase);

	for (const char *at = text; n && (at = strstr(at, phrase)); at++) {
		bool begins = at == text || !word_at(at, 0) || !word_at(at - 1, 0);
		bool ends = !word_at(at, n - 1) || !word_at(at, n);
		if (begins && ends)
			return true;
	}
	return false;
}

static bool has_tokens(struct kb *kb, sqlite3_stmt *st, const struct kb_clause *c, bool title_only)
{
	static const int columns[] = {C_TITLE, C_TITLE_EN, C_QUESTION, C_SUMMARY_EN, C_BODY, C_TAGS, C_SYNONYMS, C_PHRASINGS, C_ID};
	uint32_t n[KB_SOUGHT_MAX] = {0}, len = 0;
	struct kb_scan scan;

	kb_scan_init(&scan, kb->an, c->tokens, c->n);
	for (size_t i = 0; i < (title_only ? 2 : sizeof(columns) / sizeof(*columns)); i++)
		kb_scan_text(&scan, kb_col(st, columns[i]), n, &len);
	for (size_t i = 0; i < c->n; i++)
		if (!n[i])
			return false;
	return c->n > 0;
}

static bool begins_so(struct sv id, const char *prefix)
{
	size_t n = strlen(prefix);

	return id.n >= n && strncasecmp(id.p, prefix, n) == 0;
}

// More than one word or pair counts as it stands, a single one in any of its forms. Tokens are tried first: they are cheap.
static bool clause_holds(struct kb *kb, sqlite3_stmt *st, const struct kb_clause *c, struct str *text, struct str *title)
{
	switch (c->kind) {
	case KB_C_TITLE:
		if (!has_tokens(kb, st, c, true))
			return false;
		if (!title->n)
			fold_row(st, title, true);
		return c->n == 1 || holds(str_z(title), c->folded);
	case KB_C_PHRASE:
	case KB_C_NOT:
		break;
	case KB_C_ID: // candidates meet it, but not what phrasings bring
		return begins_so(kb_col(st, C_ID), c->folded);
	case KB_C_CATEGORY:
		return kb_in_category(kb_col(st, C_CATEGORY), c->folded);
	}
	bool in = has_tokens(kb, st, c, false);
	if (in && (c->kind == KB_C_PHRASE || c->n > 1)) {
		if (!text->n)
			fold_row(st, text, false);
		in = holds(str_z(text), c->folded);
	}
	return in == (c->kind == KB_C_PHRASE);
}

static bool clauses_hold(struct kb *kb, sqlite3_stmt *st, const struct kb_parsed *p)
{
	struct str text = {0}, title = {0};
	bool in = true;

	for (size_t i = 0; i < p->nclauses && in; i++)
		in = clause_holds(kb, st, &p->clauses[i], &text, &title);
	str_release(&text);
	str_release(&title);
	return in;
}

// ---- one article ----

static const char *kept(sqlite3_stmt *st, int column, struct arena *a)
{
	struct sv v = kb_col(st, column);

	return arena_strndup(a, v.p, v.n);
}

static void keep_found(struct kb_scored *s, sqlite3_stmt *st, const struct kb_score *score, struct arena *a)
{
	*vec_add(&s->v) = (struct kb_found){
		.no = sqlite3_column_int64(st, C_NO),
		.id = kept(st, C_ID, a),
		.title = kept(st, C_TITLE, a),
		.title_en = kept(st, C_TITLE_EN, a),
		.score = *score,
		.phrasing = "",
	};
}

static void score_row(struct kb_scored *s, struct kb *kb, const struct kb_query *q, const struct kb_parsed *p, bool must_match,
		      sqlite3_stmt *st, struct arena *a)
{
	int64_t now = kb_now(kb), to = sqlite3_column_int64(st, C_TO);
	struct kb_facts f = {.category = kb_col(st, C_CATEGORY)};
	struct kb_score score;

	if (!kb_state_parse(kb_col(st, C_STATE), &f.state) || !kb_searchable(f.state) || sqlite3_column_int64(st, C_FROM) > now ||
	    (to && to <= now) || (p->nclauses && !clauses_hold(kb, st, p)))
		return;
	count_row(s, p, st);
	kb_score_text(kb, p, &s->counts, &score);
	if (score.text == 0 && must_match)
		return;
	if (score.text == 0 && !p->groups)
		score.text = 1; // found by its clauses alone
	f.id = kb_col(st, C_ID);
	f.review_due = sqlite3_column_int64(st, C_REVIEW);
	f.votes_up = sqlite3_column_int(st, C_UP);
	f.votes_down = sqlite3_column_int(st, C_DOWN);
	kb_score_factors(&f, q, now, &score);
	keep_found(s, st, &score, a);
}

static void add_number(struct str *out, uint32_t v)
{
	char digits[10];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10));
	str_addn(out, digits + at, sizeof(digits) - at);
}

bool kb_score_articles(struct kb_scored *s, struct kb *kb, const struct kb_query *q, const struct kb_parsed *p, enum kb_numbers what,
		       const uint32_t *nos, size_t n, size_t most, bool must_match, struct arena *a, struct err *e)
{
	struct str list = {0};
	sqlite3_stmt *st;
	enum kb_step step = KB_DONE;

	if (!n)
		return true;
	str_addc(&list, '[');
	for (size_t i = 0; i < n; i++) {
		add_number(&list, nos[i]);
		str_addc(&list, i + 1 < n ? ',' : ']');
	}
	st = rows_of(kb, what, str_z(&list), e);
	while (st && s->v.n < most && (step = kb_step(kb, st, e)) == KB_ROW) {
		score_row(s, kb, q, p, must_match, st, a);
		s->looked++;
	}
	if (st)
		sqlite3_reset(st);
	str_release(&list);
	return st && step != KB_FAILED;
}

// ---- what is shown ----

static sqlite3_stmt *shown_row(struct kb *kb, int64_t no, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.ver, a.must_read, a.published_at, a.votes_up, a.votes_down, v.lang, v.question, v.body "
				   "FROM article a JOIN article_version v ON v.row = a.row WHERE a.no = ?",
				   e);
	int at = 0;

	if (st)
		kb_bind_int(st, &at, no);
	return st;
}

static struct kb_marked snippet_of(struct kb_marks *m, sqlite3_stmt *st, struct arena *a)
{
	struct sv question = kb_col(st, 6);
	struct kb_marked out = kb_snippet(m, kb_col(st, 7), a);

	if (!out.nspans && question.n) {
		struct kb_marked q = kb_snippet(m, question, a);
		if (q.nspans)
			out = q;
	}
	return out;
}

static bool show(struct kb *kb, struct kb_marks *m, const struct kb_found *f, bool snippet, struct kb_result *out, struct arena *a,
		 struct err *e)
{
	sqlite3_stmt *st = shown_row(kb, f->no, e);

	if (!st)
		return false;
	enum kb_step step = kb_step(kb, st, e);
	if (step != KB_ROW)
		return step == KB_DONE && err_set(e, ERR_IO, _("the search index is damaged: run zuoxi kb check --repair"));
	int up = sqlite3_column_int(st, 3), down = sqlite3_column_int(st, 4);
	*out = (struct kb_result){
		.id = f->id,
		.ver = sqlite3_column_int(st, 0),
		.title = kb_mark(m, sv(f->title), a),
		.title_en = f->title_en,
		.lang = kept(st, 5, a),
		.snippet = snippet ? snippet_of(m, st, a) : (struct kb_marked){.text = ""},
		.score = f->score,
		.state = f->score.stale != 1 ? KB_STALE : KB_PUBLISHED,
		.published_at = sqlite3_column_int64(st, 2),
		.helpful = up + down ? (double)up / (up + down) : -1,
		.votes = up + down,
		.must_read = sqlite3_column_int(st, 1) != 0,
		.phrasing = f->phrasing,
	};
	sqlite3_reset(st);
	return true;
}

bool kb_show_found(struct kb *kb, const struct kb_parsed *p, const struct kb_found *v, size_t n, size_t snippets,
		   struct kb_result *out, struct arena *a, struct err *e)
{
	struct kb_marks m;

	kb_marks_init(&m, kb, p);
	for (size_t i = 0; i < n; i++)
		if (!show(kb, &m, &v[i], i < snippets, &out[i], a, e))
			return false;
	return true;
}
