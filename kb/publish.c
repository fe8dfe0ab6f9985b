// SPDX-License-Identifier: MIT
// Knows how a text is published: what it must be, the new version, its rows and its place in the index.
#include "kb/index.h"
#include "kb/phrasing.h"
#include "kb/rows.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"

// ---- what a text must be ----

static bool known_word(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(s, *words))
			return true;
	return false;
}

bool kb_id_ok(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-");

	return n >= 1 && n <= 64 && id[n] == '\0';
}

static bool clean_field(const char *name, const char *s, enum utf8_keep keep, struct err *e)
{
	return utf8_is_clean(sv(s), keep) || err_set(e, ERR_PARSE, _("%s holds control characters"), name);
}

static bool clean_list(const char *name, const struct kb_list *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (!clean_field(name, l->v[i], UTF8_LINE, e))
			return false;
	return true;
}

static bool clean_text(const struct kb_text *t, struct err *e)
{
	return clean_field("title", t->title, UTF8_LINE, e) && clean_field("title_en", t->title_en, UTF8_LINE, e) &&
	       clean_field("summary_en", t->summary_en, UTF8_KEEP_NL, e) &&
	       clean_field("question", t->question, UTF8_KEEP_NL, e) && clean_field("body", t->body, UTF8_KEEP_NL, e) &&
	       clean_field("author", t->author, UTF8_LINE, e) && clean_field("approver", t->approver, UTF8_LINE, e) &&
	       clean_field("note", t->note, UTF8_LINE, e) && clean_list("tags", &t->tags, e) &&
	       clean_list("synonyms", &t->synonyms, e) && clean_list("phrasings", &t->phrasings, e) &&
	       clean_list("category", &t->category, e) && clean_list("policies", &t->policies, e) &&
	       clean_list("quiz", &t->quiz, e);
}

static bool check_quiz(const struct kb_text *t, struct err *e)
{
	struct arena a = {0};
	struct kb_quiz q;
	bool ok = t->quiz.n <= KB_QUIZ_MAX || err_set(e, ERR_PARSE, _("quiz: at most %d questions"), KB_QUIZ_MAX);

	for (size_t i = 0; ok && i < t->quiz.n; i++)
		ok = kb_quiz_parse(t->quiz.v[i], &q, &a, e);
	arena_release(&a);
	return ok;
}

static size_t list_bytes(const struct kb_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += strlen(l->v[i]);
	return n;
}

static size_t text_bytes(const struct kb_text *t)
{
	return strlen(t->title) + strlen(t->title_en) + strlen(t->summary_en) + strlen(t->question) + strlen(t->body) +
	       list_bytes(&t->tags) + list_bytes(&t->synonyms) + list_bytes(&t->phrasings) + list_bytes(&t->category) + list_bytes(&t->policies) +
	       list_bytes(&t->quiz);
}

bool kb_text_check(const struct kb_text *t, struct err *e)
{
	static const char *const types[] = {"product", "manual",   "faq",	 "policy", "howto", "case",
					    "handbook", "bulletin", "script_note", "plan",   NULL};
	static const char *const audiences[] = {"internal", "agent", "customer_shareable", NULL};
	static const char *const langs[] = {"zh", "en", NULL};

	if (!kb_id_ok(t->id))
		return err_set(e, ERR_PARSE, _("an article needs an id of 1 to 64 letters, digits and . _ : -"));
	if (!sv_trim(sv(t->title)).n)
		return err_set(e, ERR_PARSE, _("the article has no title"));
	if (!known_word(t->type, types))
		return err_set(e, ERR_PARSE, _("unknown type \"%.40s\""), t->type);
	if (!known_word(t->audience, audiences))
		return err_set(e, ERR_PARSE, _("unknown audience \"%.40s\""), t->audience);
	if (!known_word(t->lang, langs))
		return err_set(e, ERR_PARSE, _("unknown lang \"%.40s\": zh or en"), t->lang);
	if (text_bytes(t) > KB_ARTICLE_MAX)
		return err_set(e, ERR_LIMIT, _("the article is longer than 1 MiB: make several of it"));
	if (t->effective_to && t->effective_to <= t->effective_from)
		return err_set(e, ERR_PARSE, _("effective_to lies before effective_from"));
	if (*t->author && str_eq(t->author, t->approver))
		return err_set(e, ERR_DENIED, _("author and approver must be two people"));
	return clean_text(t, e) && check_quiz(t, e);
}

struct kb_text kb_text_filled(const struct kb_text *t)
{
	struct kb_text f = *t;
	const char **const plain[] = {&f.id, &f.title, &f.title_en, &f.summary_en, &f.question, &f.body, &f.author,
				      &f.approver, &f.note};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (!*plain[i])
			*plain[i] = "";
	f.type = str_empty(f.type) ? "faq" : f.type;
	f.audience = str_empty(f.audience) ? "agent" : f.audience;
	f.lang = str_empty(f.lang) ? "zh" : f.lang;
	return f;
}

// ---- rows ----

static char *talk_of(const struct kb_text *t)
{
	struct kb_list say, dont;
	struct arena a = {0};
	struct str b = {0};

	if (!kb_has_talk(sv(t->body)))
		return xstrdup("");
	kb_talk_track(sv(t->body), &say, &dont, &a);
	for (size_t i = 0; i < say.n; i++)
		str_addf(&b, "%s%s", i ? "\n" : "", say.v[i]);
	arena_release(&a);
	return b.s ? str_take(&b) : xstrdup("");
}

// The number of the next row of article_version; asked once a transaction.
static bool next_row(struct kb *kb, int64_t *row, struct err *e)
{
	if (!kb->last_row) {
		sqlite3_stmt *st = kb_stmt(kb, "SELECT coalesce(max(row), 0) FROM article_version", e);
		if (!st || kb_step(kb, st, e) != KB_ROW)
			return false;
		kb->last_row = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	*row = ++kb->last_row;
	return true;
}

static bool insert_version(struct kb *kb, const struct kb_head *h, const struct kb_text *t, const char *sha, int64_t published,
			   int64_t row, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO article_version(row, no, ver, id, type, title, title_en, summary_en, question, body, "
				   "talk_track, tags, synonyms, phrasings, category, lang, audience, author, approver, note, "
				   "effective_from, effective_to, review_due, must_read, published_at, sha256, policies, quiz) "
				   "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
				   e);
	const struct kb_list *const lists[] = {&t->tags, &t->synonyms, &t->phrasings, &t->category, &t->policies, &t->quiz};
	char *talk = talk_of(t), *json[6];
	int at = 0;

	for (int i = 0; i < 6; i++)
		json[i] = kb_list_json(lists[i]);
	if (st) {
		kb_bind_int(st, &at, row);
		kb_bind_int(st, &at, h->no);
		kb_bind_int(st, &at, h->ver);
		const char *const before[] = {t->id, t->type, t->title, t->title_en, t->summary_en, t->question, t->body, talk};
		for (size_t i = 0; i < 8; i++)
			kb_bind_text(st, &at, sv(before[i]));
		for (int i = 0; i < 4; i++)
			kb_bind_text(st, &at, sv(json[i]));
		const char *const after[] = {t->lang, t->audience, t->author, t->approver, t->note};
		for (size_t i = 0; i < 5; i++)
			kb_bind_text(st, &at, sv(after[i]));
		kb_bind_int(st, &at, t->effective_from);
		kb_bind_int(st, &at, t->effective_to);
		kb_bind_int(st, &at, t->review_due);
		kb_bind_int(st, &at, t->must_read);
		kb_bind_int(st, &at, published);
		kb_bind_text(st, &at, sv(sha));
		kb_bind_text(st, &at, sv(json[4]));
		kb_bind_text(st, &at, sv(json[5]));
	}
	bool ok = kb_run(kb, st, e);
	for (int i = 0; i < 6; i++)
		free(json[i]);
	free(talk);
	return ok;
}

// Writes what lists of articles need to know of the current version; the number, or the id of a new one, is the last parameter.
static bool run_head(struct kb *kb, sqlite3_stmt *st, const struct kb_head *h, const struct kb_text *t, int64_t published,
		     struct kb_place_of to, struct err *e)
{
	char *category = kb_list_json(&t->category);
	int at = 0;

	if (st) {
		kb_bind_int(st, &at, h->ver);
		kb_bind_text(st, &at, sv(category));
		kb_bind_int(st, &at, t->effective_from);
		kb_bind_int(st, &at, t->effective_to);
		kb_bind_int(st, &at, t->review_due);
		// Policy changes are pushed too (domain.md §9.7).
		kb_bind_int(st, &at, t->must_read || (h->ver > 1 && str_eq(t->type, "policy")));
		kb_bind_int(st, &at, published);
		kb_bind_int(st, &at, to.row);
		kb_bind_int(st, &at, to.doc);
		if (h->no)
			kb_bind_int(st, &at, h->no);
		else
			kb_bind_text(st, &at, sv(t->id));
	}
	bool ok = kb_run(kb, st, e);
	free(category);
	return ok;
}

static bool write_head(struct kb *kb, struct kb_head *h, const struct kb_text *t, int64_t published, struct kb_place_of to, struct err *e)
{
	if (h->no)
		return run_head(kb,
				kb_stmt(kb,
					"UPDATE article SET ver = ?, state = 'published', category = ?, effective_from = ?, "
					"effective_to = ?, review_due = ?, must_read = ?, published_at = ?, row = ?, doc = ?, "
					"net_down = 0 WHERE no = ?",
					e),
				h, t, published, to, e);
	if (!run_head(kb,
		      kb_stmt(kb,
			      "INSERT INTO article(ver, state, category, effective_from, effective_to, review_due, must_read, "
			      "published_at, row, doc, id) VALUES(?, 'published', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			      e),
		      h, t, published, to, e))
		return false;
	h->no = sqlite3_last_insert_rowid(kb->db);
	return true;
}

bool kb_current(struct kb *kb, const char *id, const char *sha, struct kb_head *h, bool *same, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.no, a.ver, a.state, v.sha256 FROM article a "
				   "LEFT JOIN article_version v ON v.no = a.no AND v.ver = a.ver WHERE a.id = ?",
				   e);
	int at = 0;

	*h = (struct kb_head){0};
	*same = false;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	if (s != KB_ROW)
		return s == KB_DONE;
	h->no = sqlite3_column_int64(st, 0);
	h->ver = sqlite3_column_int(st, 1);
	bool known = kb_state_parse(kb_col(st, 2), &h->state);
	*same = sv_eqz(kb_col(st, 3), sha);
	sqlite3_reset(st);
	return known || err_set(e, ERR_PARSE, _("article %s is in a state this program does not know"), id);
}

bool kb_publish(struct kb *kb, const struct kb_text *t, const char *sha, struct kb_head *h, int ver, int64_t published, struct err *e)
{
	if (h->no && kb_searchable(h->state) && !kb_move_index(kb, h, false, e))
		return false;
	struct kb_place_of to = {.doc = kb_index_next(kb)};
	bool again = h->no > 0; // votes go on from version to version
	if (!next_row(kb, &to.row, e))
		return false;
	h->ver = ver;
	h->state = KB_PUBLISHED;
	return write_head(kb, h, t, published, to, e) && insert_version(kb, h, t, sha, published, to.row, e) &&
	       kb_index_enter(kb, h->no, to, again || t->review_due > 0, t, e) &&
	       ((!again && !t->phrasings.n) || kb_phrasings_of_text(kb, t, e));
}

// Whether a version that is there already has this text.
static bool version_is(struct kb *kb, const struct kb_head *h, int ver, const char *sha, bool *same, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT sha256 FROM article_version WHERE no = ? AND ver = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, h->no);
	kb_bind_int(st, &at, ver);
	enum kb_step s = kb_step(kb, st, e);
	*same = s == KB_ROW && sv_eqz(kb_col(st, 0), sha);
	sqlite3_reset(st);
	return s != KB_FAILED;
}

// May version ver of a history follow? *same: it is there already, with this text.
static bool fits(struct kb *kb, const struct kb_text *t, const char *sha, const struct kb_head *h, int ver, bool *same, struct err *e)
{
	if (ver > h->ver + 1)
		return err_set(e, ERR_PARSE, _("version %d of %s cannot come before version %d"), ver, t->id, h->ver + 1);
	*same = false;
	return ver == h->ver + 1 || (version_is(kb, h, ver, sha, same, e) &&
				     (*same || err_set(e, ERR_PARSE, _("version %d of %s is another text here"), ver, t->id)));
}

static bool put(struct kb *kb, const struct kb_text *t, const struct kb_put_as *as, enum kb_put *what, struct err *e)
{
	bool history = as->ver && as->published_at, same;
	struct kb_head h;
	char sha[65];

	kb_text_hash(t, sha);
	if (!kb_current(kb, t->id, sha, &h, &same, e) || (history && !fits(kb, t, sha, &h, as->ver, &same, e)))
		return false;
	*what = same ? KB_PUT_UNCHANGED : h.no ? KB_PUT_CHANGED : KB_PUT_NEW;
	if (!same && !(kb_publish(kb, t, sha, &h, h.ver + 1, history ? as->published_at : kb_now(kb), e) &&
		       kb_after_put(kb, &h, t, *what, history, e)))
		return false;
	if (!as->stated || as->state == h.state)
		return true;
	if (same)
		*what = KB_PUT_CHANGED;
	return kb_state_write(kb, &h, as->state, "", e);
}

bool kb_put_as(struct kb *kb, const struct kb_text *t, const struct kb_put_as *as, enum kb_put *what, struct err *e)
{
	struct kb_text f = kb_text_filled(t);

	return kb_text_check(&f, e) && KB_IN_TRANSACTION(kb, e, put(kb, &f, as, what, e));
}

bool kb_put(struct kb *kb, const struct kb_text *t, enum kb_put *what, struct err *e)
{
	return kb_put_as(kb, t, &(struct kb_put_as){0}, what, e);
}
