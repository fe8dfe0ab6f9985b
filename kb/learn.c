// SPDX-License-Identifier: MIT
// Knows how phrasings rank articles: the nearest ones, and a small regression among them that says what they agree on.
//
// Nearness of two texts is the mean of two cosines, over whole features (stems, Han pairs) and over small ones (Han
// characters, four letters), squared. A feature weighs ln(1 + P(a phrasing has it | another of its article has) / P(any has))^0.4
// (1 + ln tf): phrasings themselves show which words tell articles apart. Of the NEAREST phrasings and the titles given, the
// vector v = (K + r)^-1 k is solved, K their nearness to each other, k that to the query, r on the diagonal (less for what
// several rows say, more for what misled); an article's score is the sum of v over its own, times their weights. This is
// kernel ridge regression in the neighbourhood of the query: like nearest neighbours it learns and forgets at once, and like a
// trained linear ranker it discounts what many phrasings share. Settings tried: tests/bench/README.
#include "kb/learn_internal.h"

void lp_near_free(struct near *n)
{
	if (!n)
		return;
	vec_release(&n->acc);
	vec_release(&n->scale);
	vec_release(&n->places);
	free(n->kept);
	vec_release(&n->touched);
	vec_release(&n->entries);
	vec_release(&n->terms);
	vec_release(&n->count);
	vec_release(&n->sorted);
	free(n);
}

static struct effort effort_of(enum kb_effort e)
{
	switch (e) {
	case KB_KEYSTROKE: return (struct effort){8000, 72, 48};
	case KB_FULL: return (struct effort){50000, CANDIDATES, NEAREST};
	case KB_WHOLE:
	case KB_WHOLE_BEGUN: return (struct effort){SIZE_MAX, CANDIDATES, NEAREST};
	}
	return (struct effort){0};
}

// ---- the call ----

static void see_changes(struct kb *kb, struct kb_learned *l)
{
	unsigned version = 0;
	int64_t own = sqlite3_total_changes64(kb->db);

	sqlite3_file_control(kb->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	if (!l->version || version != l->file_version || own != l->own_changes)
		l->version++;
	l->file_version = version;
	l->own_changes = own;
}

bool kb_learned_rank(struct kb *kb, const char *query, enum kb_effort effort, const struct kb_title *titles, size_t ntitles,
		     struct kb_hints *out, struct err *e)
{
	struct asking q = {.kb = kb, .effort = effort, .spend = effort_of(effort), .query = sv(query)};

	out->n = 0;
	out->nearness = out->trust = 0;
	if (!kb_learned_get(kb, &q.l, e))
		return false;
	if (!q.l->live)
		return true;
	if (!q.l->near)
		q.l->near = xcalloc(1, sizeof(*q.l->near));
	q.n = q.l->near;
	see_changes(kb, q.l);
	lp_cut(kb, q.query, lp_keep_token, &q);
	if (!lp_ask_terms(&q, e))
		return false;
	lp_gather(&q);
	if (!lp_pick_best(&q, e))
		return false;
	if (!q.n->npicks)
		return true;
	lp_agree(&q, titles, ntitles);
	lp_count_votes(&q, out);
	return true;
}

const char *kb_hint_phrasing(struct kb *kb, const struct kb_hint *h)
{
	struct kb_learned *l = kb->learned;
	sqlite3_stmt *st;
	int at = 0;

	if (!l || !h->phrasing)
		return NULL;
	// the newest of its rows that count
	st = kb_stmt(kb, "SELECT id FROM kb_phrasing WHERE no = ?", NULL);
	for (uint32_t r = l->phrases.v[h->phrasing - 1].rows; st && r; r = l->rows.v[r - 1].next) {
		if (!l->rows.v[r - 1].counts)
			continue;
		kb_bind_int(st, &at, r - 1);
		if (kb_step(kb, st, NULL) == KB_ROW)
			snprintf(l->phrasing_id, sizeof(l->phrasing_id), "%.*s", (int)kb_col(st, 0).n, kb_col(st, 0).p);
		sqlite3_reset(st);
		return l->phrasing_id;
	}
	return NULL;
}
