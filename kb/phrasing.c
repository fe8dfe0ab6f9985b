// SPDX-License-Identifier: MIT
// Knows how phrasings are kept: masked, named by what they are, withdrawn and given back, counted within their caps.
#include "kb/phrasing.h"

#include <sodium.h>

#include "kb/learned.h"
#include "kb/rows.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"

enum { PRIOR = 4, LONG_NUMBER = 6 };

static const char *const source_names[] = {[KB_BY_CALL] = "call", [KB_BY_FILE] = "file", [KB_BY_TEXT] = "text"};
// Stands for the call in the ids of an article's own list, so that a line of a file never is one with it.
static const char own_text[] = "\x01";

const char *kb_phrasing_source_name(enum kb_phrasing_source s)
{
	return source_names[s];
}

double kb_phrasing_weight(int shown, int chosen)
{
	double w = (double)(chosen + PRIOR) / (shown + PRIOR);

	return w < 0.1 ? 0.1 : w > 1 ? 1 : w;
}

// ---- what is kept of a text ----

static bool part_of_number(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' || c == '@' || c == '.' ||
	       c == '-' || c == '_';
}

// What masking left of a number, and long numbers it did not know (orders, accounts), say nothing about a question and
// may say who asked it.
static void drop_numbers(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n;) {
		size_t to = i, digits = 0;
		bool masked = false;
		while (to < s.n && part_of_number(s.p[to])) {
			masked = masked || s.p[to] == '*';
			digits += s.p[to] >= '0' && s.p[to] <= '9';
			to++;
		}
		if (to == i)
			str_addc(out, s.p[i++]);
		else if (!masked && digits < LONG_NUMBER)
			str_addn(out, s.p + i, to - i);
		i = to > i ? to : i;
	}
}

static size_t cut(struct sv s)
{
	size_t n = 0;

	while (n < s.n) {
		size_t next = utf8_next(s, n);
		if (next > KB_PHRASING_BYTES)
			break;
		n = next;
	}
	return n;
}

// The text as it may be kept; folded gets its folded form.
static bool keepable(const char *text, struct str *kept, struct str *folded, struct err *e)
{
	struct str clean = {0}, masked = {0}, bare = {0};

	utf8_clean(&clean, sv(text), UTF8_LINE);
	mask_text(sv(str_z(&clean)), &masked);
	drop_numbers(sv(str_z(&masked)), &bare);
	struct sv s = sv_trim(sv(str_z(&bare)));
	s.n = cut(s);
	s = sv_trim(s);
	str_addn(kept, s.p, s.n);
	kb_fold(folded, s);
	str_release(&clean);
	str_release(&masked);
	str_release(&bare);
	return utf8_count(sv(str_z(folded))) >= 2 ||
	       err_set(e, ERR_PARSE, _("nothing is left to learn from: too short, or only numbers and personal data"));
}

// ---- names ----

static void hash_part(crypto_generichash_state *h, const char *s)
{
	crypto_generichash_update(h, (const unsigned char *)s, strlen(s) + 1);
}

static void id_of(char out[KB_PHRASING_ID], const char *article, const char *folded, const char *call)
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	crypto_generichash_state h;
	unsigned char d[16];
	char upper[80];
	size_t n = 0;

	// numbers of articles are the same in either case
	for (; article[n] && n + 1 < sizeof(upper); n++)
		upper[n] = article[n] >= 'a' && article[n] <= 'z' ? (char)(article[n] - 32) : article[n];
	upper[n] = '\0';
	crypto_generichash_init(&h, NULL, 0, sizeof(d));
	hash_part(&h, upper);
	hash_part(&h, folded);
	hash_part(&h, call);
	crypto_generichash_final(&h, d, sizeof(d));
	out[0] = 'P';
	for (int i = 0; i < KB_PHRASING_ID - 2; i++) {
		unsigned bit = (unsigned)i * 5, byte = bit / 8;
		unsigned two = (unsigned)d[byte] << 8 | d[byte + 1];
		out[1 + i] = letters[two >> (11 - bit % 8) & 31];
	}
	out[KB_PHRASING_ID - 1] = '\0';
}

void kb_phrasing_id(char out[KB_PHRASING_ID], const char *article, const char *text, const char *call)
{
	struct str kept = {0}, folded = {0};

	if (!keepable(text, &kept, &folded, NULL))
		str_clear(&folded);
	id_of(out, article, str_z(&folded), call ? call : "");
	str_release(&kept);
	str_release(&folded);
}

// ---- rows ----

static int64_t next_rev(struct kb *kb)
{
	return kb_meta(kb, "phrasing.rev") + 1;
}

// Every change has a number, by which a connection finds what it has not seen yet.
static bool bump(struct kb *kb, int64_t rev, struct err *e)
{
	return kb_meta_set(kb, "phrasing.rev", rev, e);
}

static void touch(struct kb *kb, const char *article)
{
	termset_at(&kb->relearn, sv(article), kb_hash(sv(article)));
}

struct row {
	int64_t no;
	int64_t at, withdrawn_at;
	char article[65];
	bool of_text, earlier; // earlier: the lesson in hand came before the stored one
};

static bool row_of(struct kb *kb, const char *id, const struct kb_lesson *l, struct row *r, bool *there, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT no, at, withdrawn_at, article, source = 'text', (at, agent, text) > (?2, ?3, ?4) "
				       "FROM kb_phrasing WHERE id = ?1", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_int(st, &at, l ? l->at : 0);
	kb_bind_text(st, &at, sv(l ? l->agent : ""));
	kb_bind_text(st, &at, sv(l ? l->text : ""));
	enum kb_step s = kb_step(kb, st, e);
	*there = s == KB_ROW;
	if (*there) {
		struct sv article = kb_col(st, 3);
		*r = (struct row){.no = sqlite3_column_int64(st, 0), .at = sqlite3_column_int64(st, 1),
				  .withdrawn_at = sqlite3_column_int64(st, 2), .of_text = sqlite3_column_int(st, 4) != 0,
				  .earlier = sqlite3_column_int(st, 5) != 0};
		snprintf(r->article, sizeof(r->article), "%.*s", (int)article.n, article.p);
	}
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static bool insert(struct kb *kb, const char *id, const struct kb_lesson *l, const char *folded, int64_t rev, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_phrasing(id, article, text, folded, call, agent, source, at, counts, rev) "
				   "VALUES(?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	kb_bind_text(st, &at, sv(l->article));
	kb_bind_text(st, &at, sv(l->text));
	kb_bind_text(st, &at, sv(folded));
	kb_bind_text(st, &at, sv(l->call));
	kb_bind_text(st, &at, sv(l->agent));
	kb_bind_text(st, &at, sv(source_names[l->source]));
	kb_bind_int(st, &at, l->at);
	kb_bind_int(st, &at, rev);
	return kb_run(kb, st, e);
}

// The row takes the lesson's teacher and time; of two who taught the same the earlier one stays, whichever came here first.
static bool renew(struct kb *kb, int64_t no, const struct kb_lesson *l, int64_t rev, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "UPDATE kb_phrasing SET text = ?, agent = ?, at = ?, withdrawn_at = 0, withdrawn_by = '', rev = ? "
				   "WHERE no = ?",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(l->text));
	kb_bind_text(st, &at, sv(l->agent));
	kb_bind_int(st, &at, l->at);
	kb_bind_int(st, &at, rev);
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e);
}

static bool keep(struct kb *kb, const char *id, const struct kb_lesson *l, const char *folded, enum kb_learned_what *what,
		 struct err *e)
{
	int64_t rev = next_rev(kb);
	struct row r;
	bool there;

	if (!row_of(kb, id, l, &r, &there, e))
		return false;
	*what = !there ? KB_LEARNED : r.withdrawn_at ? KB_LEARNED_AGAIN : KB_KNOWN;
	if (*what == KB_KNOWN && !r.earlier)
		return true;
	touch(kb, l->article);
	return bump(kb, rev, e) && (there ? renew(kb, r.no, l, rev, e) : insert(kb, id, l, folded, rev, e));
}

// The article's number as it is written in its own row.
static bool spelled(struct kb *kb, const char *article, char out[65], struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT id FROM article WHERE id = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(article));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW)
		snprintf(out, 65, "%.*s", (int)kb_col(st, 0).n, kb_col(st, 0).p);
	sqlite3_reset(st);
	return s == KB_ROW || (s == KB_DONE && err_set(e, ERR_NOT_FOUND, _("there is no article %s"), article));
}

static bool learn(struct kb *kb, const struct kb_lesson *given, enum kb_learned_what *what, char id[KB_PHRASING_ID], struct err *e)
{
	struct kb_lesson l = *given;
	struct str kept = {0}, folded = {0};
	char article[65], mine[KB_PHRASING_ID];

	bool ok = keepable(l.text ? l.text : "", &kept, &folded, e) && spelled(kb, l.article, article, e);
	if (ok) {
		l.article = article;
		l.text = str_z(&kept);
		l.call = l.call ? l.call : "";
		l.agent = l.agent ? l.agent : "";
		l.at = l.at ? l.at : kb_now(kb);
		id_of(mine, article, str_z(&folded), l.call);
		if (id)
			memcpy(id, mine, sizeof(mine));
		ok = keep(kb, mine, &l, str_z(&folded), what, e);
	}
	str_release(&kept);
	str_release(&folded);
	return ok;
}

bool kb_learn(struct kb *kb, const struct kb_lesson *l, enum kb_learned_what *what, char id[KB_PHRASING_ID], struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, learn(kb, l, what, id, e));
}

// ---- withdrawing and giving back ----

// Binds what a filter asks; the statement's conditions begin with ?1 .. ?6.
static void bind_filter(sqlite3_stmt *st, int *at, const struct kb_phrasing_filter *f)
{
	const char *const v[] = {f->id, f->article, f->call, f->agent};

	for (size_t i = 0; i < 4; i++)
		kb_bind_text(st, at, sv(v[i]));
	kb_bind_int(st, at, f->in_force);
	kb_bind_int(st, at, f->withdrawn);
}
#define FITS                                                                                                             \
	"(?1 = '' OR id = ?1) AND (?2 = '' OR article = ?2) AND (?3 = '' OR call = ?3) AND (?4 = '' OR agent = ?4) "      \
	"AND (NOT ?5 OR withdrawn_at = 0) AND (NOT ?6 OR withdrawn_at > 0) "

static bool forget(struct kb *kb, const struct kb_phrasing_filter *given, bool again, const char *by, int64_t *n, struct err *e)
{
	struct kb_phrasing_filter f = *given;
	int64_t rev = next_rev(kb);
	sqlite3_stmt *st;
	int at = 0;
	enum kb_step s;

	f.in_force = !again;
	f.withdrawn = again;
	st = kb_stmt(kb,
		     "UPDATE kb_phrasing SET withdrawn_at = ?7, withdrawn_by = ?8, rev = ?9 WHERE " FITS "AND source <> 'text' "
		     "RETURNING article",
		     e);
	*n = 0;
	if (!st)
		return false;
	bind_filter(st, &at, &f);
	kb_bind_int(st, &at, again ? 0 : kb_now(kb));
	kb_bind_text(st, &at, sv(again ? "" : by));
	kb_bind_int(st, &at, rev);
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		char article[65];
		snprintf(article, sizeof(article), "%.*s", (int)kb_col(st, 0).n, kb_col(st, 0).p);
		touch(kb, article);
		++*n;
	}
	return s == KB_DONE && (!*n || bump(kb, rev, e));
}

bool kb_forget(struct kb *kb, const struct kb_phrasing_filter *f, bool again, const char *by, int64_t *n, struct err *e)
{
	*n = 0;
	if (str_empty(f->id) && str_empty(f->article) && str_empty(f->call) && str_empty(f->agent))
		return err_set(e, ERR_USAGE, _("say which phrasings: an id, an article, a call or an agent"));
	if (!str_empty(f->id)) {
		struct row r;
		bool there;
		if (!row_of(kb, f->id, NULL, &r, &there, e))
			return false;
		if (!there)
			return err_set(e, ERR_NOT_FOUND, _("there is no phrasing %s"), f->id);
		if (r.of_text)
			return err_set(e, ERR_DENIED, _("%s stands in the text of %s: change the article to take it out"), f->id, r.article);
	}
	return KB_IN_TRANSACTION(kb, e, forget(kb, f, again, by ? by : "", n, e));
}

// ---- which ones count ----

struct stored {
	int64_t no;
	bool counts, want;
};

// Within one article, newest first: so many of a call, so many of an agent's calls, so many in all. What is over stays
// stored and comes back when another goes.
static bool weigh(struct kb *kb, const char *article, struct stored **rows, size_t *n, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT no, source, call, agent, counts FROM kb_phrasing WHERE article = ? AND withdrawn_at = 0 "
				   "ORDER BY at DESC, id",
				   e);
	struct termset calls = {0}, agents = {0};
	VEC(struct stored) v = {0};
	int at = 0, all = 0;
	enum kb_step s;

	*rows = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(article));
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		bool own = sv_eqz(kb_col(st, 1), source_names[KB_BY_TEXT]), ok = true;
		if (sv_eqz(kb_col(st, 1), source_names[KB_BY_CALL])) {
			struct sv call = kb_col(st, 2), agent = kb_col(st, 3);
			ok = termset_at(&calls, call, kb_hash(call))->n[0] < KB_CAP_CALL &&
			     termset_at(&agents, agent, kb_hash(agent))->n[0] < KB_CAP_AGENT;
			if (ok && all < KB_CAP_ARTICLE) {
				termset_at(&calls, call, kb_hash(call))->n[0]++;
				termset_at(&agents, agent, kb_hash(agent))->n[0]++;
			}
		}
		ok = own || (ok && all++ < KB_CAP_ARTICLE);
		vec_push(&v, ((struct stored){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 4) != 0, ok}));
	}
	termset_release(&calls);
	termset_release(&agents);
	*rows = v.v;
	*n = v.n;
	return s == KB_DONE;
}

static bool recount(struct kb *kb, const char *article, int64_t rev, struct err *e)
{
	struct stored *rows;
	size_t n;
	bool ok = weigh(kb, article, &rows, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		if (rows[i].counts == rows[i].want)
			continue;
		sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_phrasing SET counts = ?, rev = ? WHERE no = ?", e);
		int at = 0;
		ok = st != NULL;
		if (!ok)
			break;
		kb_bind_int(st, &at, rows[i].want);
		kb_bind_int(st, &at, rev);
		kb_bind_int(st, &at, rows[i].no);
		ok = kb_run(kb, st, e);
	}
	free(rows);
	return ok;
}

bool kb_phrasings_flush(struct kb *kb, struct err *e)
{
	struct termset_entry **v;
	bool ok = true;
	size_t n = kb->relearn.n;

	if (!n)
		return true;
	int64_t rev = next_rev(kb);
	v = termset_sorted(&kb->relearn, NULL);
	for (size_t i = 0; ok && i < n; i++) {
		char article[65];
		snprintf(article, sizeof(article), "%.*s", (int)v[i]->text.n, v[i]->text.p);
		ok = recount(kb, article, rev, e);
	}
	free(v);
	termset_clear(&kb->relearn);
	return ok && bump(kb, rev, e) && kb_learned_save(kb, false, e);
}

bool kb_phrasing_seen(struct kb *kb, const char *id, bool chosen, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "UPDATE kb_phrasing SET shown = shown + 1, chosen = chosen + ?, rev = ? WHERE (article, folded) = "
				   "(SELECT article, folded FROM kb_phrasing WHERE id = ?)",
				   e);
	int64_t rev = next_rev(kb);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, chosen);
	kb_bind_int(st, &at, rev);
	kb_bind_text(st, &at, sv(id));
	return kb_run(kb, st, e) && bump(kb, rev, e);
}

// ---- the list of an article's own text ----

static bool keep_own(struct kb *kb, const struct kb_text *t, const char *text, int64_t rev, struct err *e)
{
	sqlite3_stmt *st;
	struct str kept = {0}, folded = {0};
	char id[KB_PHRASING_ID];
	int at = 0;
	bool ok = true;

	// a line that says nothing is no error of the article
	if (keepable(text, &kept, &folded, NULL)) {
		id_of(id, t->id, str_z(&folded), own_text);
		st = kb_stmt(kb,
			     "INSERT INTO kb_phrasing(id, article, text, folded, call, agent, source, at, counts, rev) "
			     "VALUES(?, ?, ?, ?, '', ?, 'text', ?, 1, ?) ON CONFLICT(id) DO UPDATE SET text = excluded.text, "
			     "withdrawn_at = 0, withdrawn_by = '', counts = 1, rev = excluded.rev",
			     e);
		if (st) {
			kb_bind_text(st, &at, sv(id));
			kb_bind_text(st, &at, sv(t->id));
			kb_bind_text(st, &at, sv(str_z(&kept)));
			kb_bind_text(st, &at, sv(str_z(&folded)));
			kb_bind_text(st, &at, sv(t->author));
			kb_bind_int(st, &at, kb_now(kb));
			kb_bind_int(st, &at, rev);
		}
		ok = kb_run(kb, st, e);
	}
	str_release(&kept);
	str_release(&folded);
	return ok;
}

static bool has_own(struct kb *kb, const char *article, bool *has, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT 1 FROM kb_phrasing WHERE article = ? AND source = 'text' LIMIT 1", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(article));
	enum kb_step s = kb_step(kb, st, e);
	*has = s == KB_ROW;
	sqlite3_reset(st);
	return s != KB_FAILED;
}

bool kb_phrasings_of_text(struct kb *kb, const struct kb_text *t, struct err *e)
{
	int64_t rev;
	sqlite3_stmt *st;
	bool has = false;
	int at = 0;

	if (!has_own(kb, t->id, &has, e))
		return false;
	if (!has && !t->phrasings.n)
		return true;
	rev = next_rev(kb);
	st = kb_stmt(kb, "UPDATE kb_phrasing SET withdrawn_at = ?, rev = ? WHERE article = ? AND source = 'text' AND withdrawn_at = 0", e);
	if (!st)
		return false;
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_int(st, &at, rev);
	kb_bind_text(st, &at, sv(t->id));
	bool ok = kb_run(kb, st, e);
	for (size_t i = 0; ok && i < t->phrasings.n; i++)
		ok = keep_own(kb, t, t->phrasings.v[i], rev, e);
	return ok && bump(kb, rev, e) && kb_learned_save(kb, false, e);
}

// The lists of all current texts; rows of learned phrasings keep what they are.
static bool own_lists(struct kb *kb, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.no, a.ver FROM article a JOIN article_version v ON v.no = a.no AND v.ver = a.ver "
				   "WHERE v.phrasings <> '[]'",
				   e);
	struct own {
		int64_t no;
		int ver;
	};
	VEC(struct own) v = {0};
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, ((struct own){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1)}));
	bool ok = s == KB_DONE;
	for (size_t i = 0; ok && i < v.n; i++) {
		struct kb_version ver;
		struct arena a = {0};
		ok = kb_version_read(kb, v.v[i].no, v.v[i].ver, &ver, &a, e) && kb_phrasings_of_text(kb, &ver.text, e);
		arena_release(&a);
	}
	vec_release(&v);
	return ok;
}

struct text_row {
	int64_t no;
	char *text;
};

static bool fold_again(struct kb *kb, const struct text_row *r, int64_t rev, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_phrasing SET folded = ?, rev = ? WHERE no = ?", e);
	struct str folded = {0};
	int at = 0;

	kb_fold(&folded, sv(r->text));
	if (st) {
		kb_bind_text(st, &at, sv(str_z(&folded)));
		kb_bind_int(st, &at, rev);
		kb_bind_int(st, &at, r->no);
	}
	bool ok = kb_run(kb, st, e);
	str_release(&folded);
	return ok;
}

bool kb_phrasings_reindex(struct kb *kb, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT no, text, article FROM kb_phrasing", e);
	VEC(struct text_row) v = {0};
	int64_t rev = next_rev(kb);
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		char article[65];
		vec_push(&v, ((struct text_row){sqlite3_column_int64(st, 0), xstrndup(kb_col(st, 1).p, kb_col(st, 1).n)}));
		snprintf(article, sizeof(article), "%.*s", (int)kb_col(st, 2).n, kb_col(st, 2).p);
		touch(kb, article);
	}
	bool ok = s == KB_DONE;
	for (size_t i = 0; i < v.n; i++) {
		ok = ok && fold_again(kb, &v.v[i], rev, e);
		free(v.v[i].text);
	}
	vec_release(&v);
	kb_learned_free(kb->learned);
	kb->learned = NULL;
	return ok && kb_exec(kb, "DELETE FROM kb_phrasing_image", e) && bump(kb, rev, e) && own_lists(kb, e);
}

// ---- reading ----

static bool read_rows(struct kb *kb, sqlite3_stmt *st, struct kb_phrasing **out, size_t *n, struct arena *a, struct err *e)
{
	VEC(struct kb_phrasing) v = {0};
	enum kb_step s;

	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_phrasing *p = vec_add(&v);
		const char **const text[] = {&p->id, &p->article, &p->text, &p->call, &p->agent, &p->withdrawn_by};
		for (int i = 0; i < 6; i++)
			*text[i] = arena_strndup(a, kb_col(st, i).p, kb_col(st, i).n);
		for (int i = KB_BY_CALL; i <= KB_BY_TEXT; i++)
			if (sv_eqz(kb_col(st, 6), source_names[i]))
				p->source = (enum kb_phrasing_source)i;
		p->at = sqlite3_column_int64(st, 7);
		p->withdrawn_at = sqlite3_column_int64(st, 8);
		p->counts = sqlite3_column_int(st, 9) && !p->withdrawn_at;
		p->shown = sqlite3_column_int(st, 10);
		p->chosen = sqlite3_column_int(st, 11);
		p->weight = kb_phrasing_weight(p->shown, p->chosen);
	}
	*n = v.n;
	*out = arena_array(a, struct kb_phrasing, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

bool kb_phrasings(struct kb *kb, const struct kb_phrasing_filter *f, size_t limit, struct kb_phrasing **out, size_t *n,
		  struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT id, article, text, call, agent, withdrawn_by, source, at, withdrawn_at, counts, shown, chosen "
				   "FROM kb_phrasing WHERE " FITS "ORDER BY article, at DESC, id LIMIT ?7",
				   e);
	int at = 0;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	bind_filter(st, &at, f);
	kb_bind_int(st, &at, limit ? (int64_t)limit : -1);
	return read_rows(kb, st, out, n, a, e);
}

bool kb_phrasing_counts_get(struct kb *kb, struct kb_phrasing_counts *out, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT count(*), count(*) FILTER (WHERE withdrawn_at = 0), "
				   "count(*) FILTER (WHERE withdrawn_at = 0 AND counts), "
				   "count(DISTINCT article) FILTER (WHERE withdrawn_at = 0), "
				   "count(DISTINCT agent) FILTER (WHERE withdrawn_at = 0 AND agent <> '') FROM kb_phrasing",
				   e);

	*out = (struct kb_phrasing_counts){0};
	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	out->stored = sqlite3_column_int64(st, 0);
	out->in_force = sqlite3_column_int64(st, 1);
	out->counted = sqlite3_column_int64(st, 2);
	out->articles = sqlite3_column_int64(st, 3);
	out->agents = sqlite3_column_int64(st, 4);
	sqlite3_reset(st);
	return true;
}
