// SPDX-License-Identifier: MIT
// Knows the gaps of the knowledge base: what agents looked for and did not find (domain.md §9.6).
#include "kb/rows.h"
#include "src/base/i18n.h"

static const int64_t MERGE_MS = 14LL * 86400000;

static const char *const states[] = {"new", "accepted", "in_work", "published", "duplicate", "rejected"};

static const char *text_of(sqlite3_stmt *st, int col, struct arena *a)
{
	return arena_strndup(a, kb_col(st, col).p, kb_col(st, col).n);
}

// Adds agent to the reporters of a gap and counts one more; *merged tells whether there was one to add to.
static bool merge(struct kb *kb, const char *folded, const char *category, const char *agent, bool *merged, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT id, reporters FROM kb_gap WHERE folded = ?1 AND (?1 != '' OR category = ?2) AND last_at > ?3 "
				   "AND state NOT IN ('published', 'duplicate', 'rejected') ORDER BY id LIMIT 1",
				   e);
	struct arena a = {0};
	int at = 0;
	bool ok = true;

	*merged = false;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(folded));
	kb_bind_text(st, &at, sv(category));
	kb_bind_int(st, &at, kb_now(kb) - MERGE_MS);
	enum kb_step s = kb_step(kb, st, e);
	if (s != KB_ROW)
		return s == KB_DONE;
	int64_t id = sqlite3_column_int64(st, 0);
	struct kb_list who = kb_list_parse(kb_col(st, 1), &a);
	sqlite3_reset(st);
	bool known = false;
	for (size_t i = 0; i < who.n; i++)
		known = known || str_eq(who.v[i], agent);
	if (!known && *agent) {
		const char **v = arena_array(&a, const char *, who.n + 1);
		if (who.n)
			memcpy(v, who.v, who.n * sizeof(*v));
		v[who.n++] = agent;
		who.v = v;
	}
	char *json = kb_list_json(&who);
	st = kb_stmt(kb, "UPDATE kb_gap SET occurrences = occurrences + 1, last_at = ?, reporters = ? WHERE id = ?", e);
	ok = st != NULL;
	if (ok) {
		at = 0;
		kb_bind_int(st, &at, kb_now(kb));
		kb_bind_text(st, &at, sv(json));
		kb_bind_int(st, &at, id);
		ok = kb_run(kb, st, e);
	}
	free(json);
	arena_release(&a);
	*merged = true;
	return ok;
}

static bool insert(struct kb *kb, const char *query, const char *folded, const char *description, const char *category,
		   const char *interaction, const char *agent, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_gap(query, folded, description, category, interaction_id, state, article_id, "
				   "occurrences, reporters, first_at, last_at) VALUES(?, ?, ?, ?, ?, 'new', '', 1, ?, ?, ?)",
				   e);
	struct kb_list who = {&agent, *agent ? 1 : 0};
	char *json = kb_list_json(&who);
	int at = 0;

	if (st) {
		kb_bind_text(st, &at, sv(query));
		kb_bind_text(st, &at, sv(folded));
		kb_bind_text(st, &at, sv(description));
		kb_bind_text(st, &at, sv(category));
		kb_bind_text(st, &at, sv(interaction));
		kb_bind_text(st, &at, sv(json));
		kb_bind_int(st, &at, kb_now(kb));
		kb_bind_int(st, &at, kb_now(kb));
	}
	bool ok = kb_run(kb, st, e);
	free(json);
	return ok;
}

bool kb_gap_record(struct kb *kb, const char *query, const char *description, const char *category,
		   const char *interaction_id, const char *agent_id, struct err *e)
{
	struct str folded = {0};
	bool merged = false;

	query = query ? query : "";
	category = category ? category : "";
	agent_id = agent_id ? agent_id : "";
	kb_fold(&folded, sv(query));
	if (!folded.n && !*category && str_empty(description)) {
		str_release(&folded);
		return err_set(e, ERR_USAGE, _("a gap needs a query, a category or a description"));
	}
	bool own = sqlite3_get_autocommit(kb->db) != 0;
	bool ok = !own || kb_begin(kb, e);
	if (ok && (folded.n || *category))
		ok = merge(kb, str_z(&folded), category, agent_id, &merged, e);
	if (ok && !merged)
		ok = insert(kb, query, str_z(&folded), description ? description : "", category,
			    interaction_id ? interaction_id : "", agent_id, e);
	if (own && ok)
		ok = kb_commit(kb, e);
	else if (own)
		kb_rollback(kb);
	str_release(&folded);
	return ok;
}

bool kb_gap_list(struct kb *kb, bool open_only, struct kb_gap **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT id, query, description, category, interaction_id, state, article_id, occurrences, "
				   "reporters, first_at, last_at FROM kb_gap "
				   "WHERE ? = 0 OR state NOT IN ('published', 'duplicate', 'rejected') "
				   "ORDER BY occurrences DESC, last_at DESC, id",
				   e);
	VEC(struct kb_gap) v = {0};
	int at = 0;
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, open_only);
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_gap *g = vec_add(&v);
		g->id = sqlite3_column_int64(st, 0);
		g->query = text_of(st, 1, a);
		g->description = text_of(st, 2, a);
		g->category = text_of(st, 3, a);
		g->interaction_id = text_of(st, 4, a);
		g->state = text_of(st, 5, a);
		g->article_id = text_of(st, 6, a);
		g->occurrences = sqlite3_column_int(st, 7);
		g->reporters = kb_list_parse(kb_col(st, 8), a);
		g->first_at = sqlite3_column_int64(st, 9);
		g->last_at = sqlite3_column_int64(st, 10);
	}
	*n = v.n;
	*out = arena_array(a, struct kb_gap, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

bool kb_gap_set_state(struct kb *kb, int64_t id, const char *state, const char *article_id, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE kb_gap SET state = ?, article_id = ? WHERE id = ?", e);
	bool known = false;
	int at = 0;

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		known = known || str_eq(state, states[i]);
	if (!known)
		return err_set(e, ERR_USAGE, _("unknown state of a gap: %s"), state);
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(state));
	kb_bind_text(st, &at, sv(article_id));
	kb_bind_int(st, &at, id);
	if (!kb_run(kb, st, e))
		return false;
	return sqlite3_changes(kb->db) > 0 || err_set(e, ERR_NOT_FOUND, _("there is no gap %d"), (int)id);
}
