// SPDX-License-Identifier: MIT
// Knows the uncovered cases: merging what is the same, counting, when an answer is due, and the text a draft begins with.
#include "kb/gap.h"

#include "kb/drafts.h"
#include "kb/rows.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/sla.h"

static const int64_t MERGE_MS = 14LL * 86400000, BUSINESS_DAY_MS = 480LL * 60000;
enum { OFTEN = 3 }; // reports from which one business day is left

static const char *const state_names[] = {
	[KB_GAP_NEW] = "new",		  [KB_GAP_ACCEPTED] = "accepted",   [KB_GAP_IN_WORK] = "in_work",
	[KB_GAP_PUBLISHED] = "published", [KB_GAP_DUPLICATE] = "duplicate", [KB_GAP_REJECTED] = "rejected",
};

const char *kb_gap_state_name(enum kb_gap_state s)
{
	return state_names[s];
}

bool kb_gap_state_parse(struct sv s, enum kb_gap_state *out)
{
	for (int i = 0; i <= KB_GAP_REJECTED; i++)
		if (sv_eqz(s, state_names[i])) {
			*out = (enum kb_gap_state)i;
			return true;
		}
	return false;
}

const char *kb_gap_state_label(enum kb_gap_state s)
{
	switch (s) {
	case KB_GAP_NEW: return _("new");
	case KB_GAP_ACCEPTED: return _("accepted");
	case KB_GAP_IN_WORK: return _("in work");
	case KB_GAP_PUBLISHED: return _("answered");
	case KB_GAP_DUPLICATE: return _("duplicate");
	case KB_GAP_REJECTED: return _("rejected");
	}
	return "";
}

static const char *text_of(sqlite3_stmt *st, int col, struct arena *a)
{
	return arena_strndup(a, kb_col(st, col).p, kb_col(st, col).n);
}

// ---- reporting ----

static bool reported_by(const struct kb_list *who, const char *agent)
{
	for (size_t i = 0; i < who->n; i++)
		if (str_eq(who->v[i], agent))
			return true;
	return false;
}

static bool count_one_more(struct kb *kb, int64_t id, const struct kb_list *who, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "UPDATE kb_gap SET occurrences = occurrences + 1, last_at = ?1, reporters = ?2, "
				   "third_at = iif(occurrences + 1 = ?3, ?1, third_at) WHERE id = ?4",
				   e);
	char *json = kb_list_json(who);
	int at = 0;

	if (st) {
		kb_bind_int(st, &at, kb_now(kb));
		kb_bind_text(st, &at, sv(json));
		kb_bind_int(st, &at, OFTEN);
		kb_bind_int(st, &at, id);
	}
	bool ok = kb_run(kb, st, e);
	free(json);
	return ok;
}

// Adds the report to an open gap of the same question; *id 0: there is none.
static bool merge(struct kb *kb, const char *folded, const struct kb_gap_case *c, int64_t *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT id, reporters FROM kb_gap WHERE folded = ?1 AND (?1 != '' OR category = ?2) AND last_at > ?3 "
				   "AND state NOT IN ('published', 'duplicate', 'rejected') ORDER BY id LIMIT 1",
				   e);
	struct arena a = {0};
	int at = 0;

	*id = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(folded));
	kb_bind_text(st, &at, sv(c->category));
	kb_bind_int(st, &at, kb_now(kb) - MERGE_MS);
	enum kb_step s = kb_step(kb, st, e);
	if (s != KB_ROW)
		return s == KB_DONE;
	*id = sqlite3_column_int64(st, 0);
	struct kb_list who = kb_list_parse(kb_col(st, 1), &a);
	sqlite3_reset(st);
	if (*c->agent && !reported_by(&who, c->agent)) {
		const char **v = arena_array(&a, const char *, who.n + 1);
		if (who.n)
			memcpy(v, who.v, who.n * sizeof(*v));
		v[who.n++] = c->agent;
		who.v = v;
	}
	bool ok = count_one_more(kb, *id, &who, e);
	arena_release(&a);
	return ok;
}

static bool insert(struct kb *kb, const char *folded, const struct kb_gap_case *c, int64_t *id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_gap(query, folded, description, category, interaction_id, state, article_id, "
				   "occurrences, reporters, first_at, last_at) VALUES(?, ?, ?, ?, ?, 'new', '', 1, ?, ?, ?)",
				   e);
	struct kb_list who = {(const char **)(uintptr_t)&c->agent, *c->agent ? 1 : 0};
	char *json = kb_list_json(&who);
	int at = 0;

	if (st) {
		kb_bind_text(st, &at, sv(c->query));
		kb_bind_text(st, &at, sv(folded));
		kb_bind_text(st, &at, sv(c->description));
		kb_bind_text(st, &at, sv(c->category));
		kb_bind_text(st, &at, sv(c->interaction_id));
		kb_bind_text(st, &at, sv(json));
		kb_bind_int(st, &at, kb_now(kb));
		kb_bind_int(st, &at, kb_now(kb));
	}
	bool ok = kb_run(kb, st, e);
	*id = sqlite3_last_insert_rowid(kb->db);
	free(json);
	return ok;
}

static bool add_report(struct kb *kb, int64_t id, const struct kb_gap_case *c, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_gap_report(gap, n, at, agent, interaction_id, query, description, material) "
				   "VALUES(?1, (SELECT coalesce(max(n), 0) + 1 FROM kb_gap_report WHERE gap = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, id);
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_text(st, &at, sv(c->agent));
	kb_bind_text(st, &at, sv(c->interaction_id));
	kb_bind_text(st, &at, sv(c->query));
	kb_bind_text(st, &at, sv(c->description));
	kb_bind_text(st, &at, sv(c->material));
	return kb_run(kb, st, e);
}

static bool record(struct kb *kb, const char *folded, const struct kb_gap_case *c, struct err *e)
{
	int64_t id = 0;

	if ((*folded || *c->category) && !merge(kb, folded, c, &id, e))
		return false;
	return (id || insert(kb, folded, c, &id, e)) && add_report(kb, id, c, e);
}

bool kb_gap_record(struct kb *kb, const struct kb_gap_case *given, struct err *e)
{
	struct kb_gap_case c = *given;
	const char **const plain[] = {&c.query, &c.description, &c.category, &c.interaction_id, &c.agent, &c.material};
	struct str folded = {0};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (!*plain[i])
			*plain[i] = "";
	kb_fold(&folded, sv(c.query));
	bool ok = (folded.n || *c.category || *c.description) ||
		  err_set(e, ERR_USAGE, _("a gap needs a query, a category or a description"));
	ok = ok && KB_IN_TRANSACTION(kb, e, record(kb, str_z(&folded), &c, e));
	str_release(&folded);
	return ok;
}

// ---- reading ----

#define COLUMNS                                                                                                        \
	"g.id, g.query, g.description, g.category, g.interaction_id, g.state, g.article_id, g.occurrences, g.reporters, "  \
	"g.first_at, g.last_at, g.taken_by, g.third_at, g.closed_at, g.same_as, g.reply, g.hub"

static int64_t due_at(struct kb *kb, int64_t first_at, int64_t third_at)
{
	struct calendar cal;
	int64_t due, soon;

	calendar_default(&cal, kb_zone(kb));
	due = business_add(&cal, first_at, 2 * BUSINESS_DAY_MS);
	soon = third_at ? business_add(&cal, third_at, BUSINESS_DAY_MS) : due;
	return soon < due ? soon : due;
}

static void read_row(struct kb *kb, sqlite3_stmt *st, struct kb_gap *g, struct arena *a)
{
	*g = (struct kb_gap){
		.id = sqlite3_column_int64(st, 0), .query = text_of(st, 1, a), .description = text_of(st, 2, a),
		.category = text_of(st, 3, a), .interaction_id = text_of(st, 4, a), .article_id = text_of(st, 6, a),
		.occurrences = sqlite3_column_int(st, 7), .reporters = kb_list_parse(kb_col(st, 8), a),
		.first_at = sqlite3_column_int64(st, 9), .last_at = sqlite3_column_int64(st, 10), .taken_by = text_of(st, 11, a),
		.closed_at = sqlite3_column_int64(st, 13), .same_as = sqlite3_column_int64(st, 14), .reply = text_of(st, 15, a),
		.hub = text_of(st, 16, a),
	};
	if (!kb_gap_state_parse(kb_col(st, 5), &g->state))
		g->state = KB_GAP_NEW;
	g->due_at = due_at(kb, g->first_at, sqlite3_column_int64(st, 12));
	g->overdue = g->state <= KB_GAP_ACCEPTED && kb_now(kb) > g->due_at;
}

static bool read_all(struct kb *kb, sqlite3_stmt *st, struct kb_gap **out, size_t *n, struct arena *a, struct err *e)
{
	VEC(struct kb_gap) v = {0};
	enum kb_step s;

	while ((s = kb_step(kb, st, e)) == KB_ROW)
		read_row(kb, st, vec_add(&v), a);
	*n = v.n;
	*out = arena_array(a, struct kb_gap, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

bool kb_gap_list(struct kb *kb, bool open_only, struct kb_gap **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT " COLUMNS " FROM kb_gap g "
				   "WHERE ? = 0 OR g.state NOT IN ('published', 'duplicate', 'rejected') "
				   "ORDER BY g.occurrences DESC, g.last_at DESC, g.id",
				   e);
	int at = 0;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, open_only);
	return read_all(kb, st, out, n, a, e);
}

bool kb_gap_get(struct kb *kb, int64_t id, struct kb_gap *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT " COLUMNS " FROM kb_gap g WHERE g.id = ?", e);
	int at = 0;

	*out = (struct kb_gap){0};
	if (!st)
		return false;
	kb_bind_int(st, &at, id);
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW)
		read_row(kb, st, out, a);
	sqlite3_reset(st);
	return s == KB_ROW || (s == KB_DONE && err_set(e, ERR_NOT_FOUND, _("there is no uncovered case %lld"), (long long)id));
}

bool kb_gap_reports(struct kb *kb, int64_t id, struct kb_gap_report **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT at, agent, interaction_id, query, description, material FROM kb_gap_report WHERE gap = ? ORDER BY n", e);
	VEC(struct kb_gap_report) v = {0};
	int at = 0;
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, id);
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, ((struct kb_gap_report){.at = sqlite3_column_int64(st, 0), .agent = text_of(st, 1, a),
						     .interaction_id = text_of(st, 2, a), .query = text_of(st, 3, a),
						     .description = text_of(st, 4, a), .material = text_of(st, 5, a)}));
	*n = v.n;
	*out = arena_array(a, struct kb_gap_report, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

bool kb_gap_answered(struct kb *kb, const char *agent, int64_t since, struct kb_gap **out, size_t *n, struct arena *a, struct err *e)
{
	// Reporters of a duplicate hear of it when the one it stands for is answered.
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT " COLUMNS " FROM kb_gap g WHERE g.closed_at >= ?2 AND g.same_as = 0 "
				   "AND g.state IN ('published', 'duplicate', 'rejected') AND (EXISTS "
				   "(SELECT 1 FROM kb_gap_report r WHERE r.agent = ?1 AND r.gap = g.id) OR EXISTS "
				   "(SELECT 1 FROM kb_gap d JOIN kb_gap_report r ON r.gap = d.id WHERE d.same_as = g.id AND r.agent = ?1)) "
				   "ORDER BY g.closed_at DESC, g.id",
				   e);
	int at = 0;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(agent));
	kb_bind_int(st, &at, since);
	return read_all(kb, st, out, n, a, e);
}

// ---- moving on; the deed has checked ----

bool kb_gap_set_state(struct kb *kb, int64_t id, enum kb_gap_state state, const char *article_id, struct err *e)
{
	return kb_gap_close(kb, id, state, article_id, 0, "", e);
}

bool kb_gap_take(struct kb *kb, int64_t id, const char *by, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_gap SET taken_by = ? WHERE id = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(by));
	kb_bind_int(st, &at, id);
	return kb_run(kb, st, e);
}

bool kb_gap_close(struct kb *kb, int64_t id, enum kb_gap_state state, const char *article_id, int64_t same_as, const char *reply,
		  struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_gap SET state = ?, article_id = ?, same_as = ?, reply = ?, closed_at = ? WHERE id = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(kb_gap_state_name(state)));
	kb_bind_text(st, &at, sv(article_id));
	kb_bind_int(st, &at, same_as);
	kb_bind_text(st, &at, sv(reply));
	kb_bind_int(st, &at, kb_gap_open(state) ? 0 : kb_now(kb));
	kb_bind_int(st, &at, id);
	if (!kb_run(kb, st, e))
		return false;
	return sqlite3_changes(kb->db) > 0 || err_set(e, ERR_NOT_FOUND, _("there is no uncovered case %lld"), (long long)id);
}

// ---- the text a draft begins with ----

static const char MATERIAL_ZH[] = "## 素材（提交前删除）", MATERIAL_EN[] = "## Material (delete before submitting)";

bool kb_gap_holds_material(const char *body)
{
	struct sv rest = sv(body), line;

	while (sv_split(&rest, '\n', &line))
		if (sv_starts(line, MATERIAL_ZH) || sv_starts(line, MATERIAL_EN))
			return true;
	return false;
}

static bool has_han(const char *s)
{
	struct sv text = sv(s);
	uint32_t cp;

	for (size_t i = 0; i < text.n;) {
		i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		if (utf8_is_han(cp))
			return true;
	}
	return false;
}

static void quote(struct str *b, const char *text)
{
	struct sv rest = sv(text), line;

	while (sv_split(&rest, '\n', &line))
		if (sv_trim(line).n)
			str_addf(b, "> %.*s\n", (int)line.n, line.p);
}

static void put_material(struct kb *kb, struct str *b, const struct kb_gap_report *r, size_t n, const char *extra)
{
	char at[32];

	for (size_t i = 0; i < n; i++) {
		clock_format(kb_zone(kb), r[i].at, "%Y-%m-%d %H:%M", at, sizeof(at));
		str_addf(b, "- %s %s: %s\n", at, r[i].agent, r[i].query);
		const char *material = extra ? "" : r[i].material;
		if (!*r[i].description && !*material)
			continue;
		str_addc(b, '\n');
		quote(b, r[i].description);
		quote(b, material);
		str_addc(b, '\n');
	}
	if (!str_empty(extra)) {
		str_addc(b, '\n');
		quote(b, extra);
	}
}

bool kb_gap_text(struct kb *kb, int64_t id, const char *article_id, const char *extra, struct kb_text *out, struct arena *a, struct err *e)
{
	struct kb_gap g;
	struct kb_gap_report *r;
	struct str b = {0};
	size_t n;

	if (!kb_gap_get(kb, id, &g, a, e) || !kb_gap_reports(kb, id, &r, &n, a, e))
		return false;
	const char *title = *g.query ? g.query : g.description;
	const char *lang = has_han(title) ? "zh" : "en";
	str_addf(&b, "%s\n%s\n", kb_draft_skeleton(lang, a), str_eq(lang, "zh") ? MATERIAL_ZH : MATERIAL_EN);
	put_material(kb, &b, r, n, extra);
	*out = kb_text_filled(&(struct kb_text){.id = article_id, .title = title, .question = title, .lang = lang,
						.body = arena_strdup(a, str_z(&b))});
	if (*g.category) {
		out->category.v = arena_array(a, const char *, 1);
		out->category.v[0] = g.category;
		out->category.n = 1;
	}
	str_release(&b);
	return true;
}
