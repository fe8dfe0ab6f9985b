// SPDX-License-Identifier: MIT
// Knows how the hub's store is examined: numbers without gaps, revisions without holes, answers, documents that open, the audit chains.
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

enum { PAGE = 500 };

struct check {
	char *site, *t, *e; // the last one looked at
	size_t rows;
};

// Each question gives the first row that should not be, and a number of it.
static const struct question {
	const char *text, *finding;
} questions[] = {
	// From the changes to the streams, which are few: no engine is tempted to go through the history once a stream.
	{"select st.site || ' ' || st.s, st.seq - st.low"
	 " from ent_hist h join stream st on st.site = h.site and st.s = h.s"
	 " where h.seq > st.low"
	 " group by st.site, st.s, st.seq, st.low"
	 " having count(*) <> st.seq - st.low or count(distinct h.seq) <> st.seq - st.low or max(h.seq) > st.seq"
	 " limit 1",
	 N_("the stream has a gap: there are not as many changes as it has given numbers")},
	{"select st.site || ' ' || st.s, st.seq"
	 " from stream st"
	 " where st.seq > st.low and not exists (select 1 from ent en where en.site = st.site and en.s = st.s and en.seq = st.seq)"
	 " limit 1",
	 N_("nothing is stored under the last number of the stream")},
	{"select en.site || ' ' || en.t || ' ' || en.e, en.seq"
	 " from ent en left join stream st on st.site = en.site and st.s = en.s"
	 " where st.seq is null or en.seq > st.seq or en.seq < 1"
	 " limit 1",
	 N_("it is stored under a number that its stream never gave")},
	{"select en.site || ' ' || en.t || ' ' || en.e, en.rev"
	 " from ent en"
	 " where not exists (select 1 from ent_hist h where h.site = en.site and h.t = en.t and h.e = en.e and h.rev = en.rev"
	 " and h.s = en.s and h.seq = en.seq)"
	 " limit 1",
	 N_("its revision is not in its history")},
	{"select en.site || ' ' || en.t || ' ' || en.e, en.rev"
	 " from ent en"
	 " where en.t <> '" HUB_LEFT "'"
	 " and en.rev <> (select count(*) from ent_hist h where h.site = en.site and h.t = en.t and h.e = en.e)"
	 " limit 1",
	 N_("its history has holes before this revision")},
	{"select d.site || ' ' || d.dev || ' ' || d.inc, d.last_n"
	 " from dev d join (select site, dev, inc, max(n) as hi from opres group by site, dev, inc) r"
	 " on r.site = d.site and r.dev = d.dev and r.inc = d.inc"
	 " where r.hi <> d.last_n"
	 " limit 1",
	 N_("the station's last number is not that of its last answer")},
	{"select h.site || ' ' || h.t || ' ' || h.e, h.rev"
	 " from ent_hist h"
	 " where h.t <> '" HUB_LEFT "' and not exists (select 1 from ent en where en.site = h.site and en.t = h.t and en.e = h.e)"
	 " limit 1",
	 N_("it has a history, but is not there itself")},
};

static bool ask(struct hub_tx *tx, const struct question *q, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, q->text);
	bool wrong = sql_row(st);
	const char *what = wrong ? sql_text(st, 0, &tx->arena) : NULL;
	int64_t number = wrong ? sql_int(st, 1) : 0;

	if (!sql_end(st, e))
		return false;
	return !wrong || err_set(e, ERR_CONFLICT, "%s (%lld): %s", what, (long long)number, _(q->finding));
}

struct answers {
	int64_t last;
	bool hole;
};

static bool next_answer(void *arg, const struct hub_opres *r)
{
	struct answers *a = arg;

	if (a->last && r->n != a->last + 1 && !str_eq(r->k, HUB_HOLE))
		a->hole = true;
	else
		a->last = r->n;
	return !a->hole;
}

// Stations whose count of answers does not fit; a hole the hub let pass is said by its own answer.
static bool ask_answers(struct hub_tx *tx, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select site, dev, inc from opres"
				       " group by site, dev, inc"
				       " having count(*) <> max(n) - min(n) + 1");
	VEC(const char *) devs = {0};
	bool ok = true;

	while (sql_row(st))
		for (int i = 0; i < 3; i++)
			vec_push(&devs, sql_text(st, i, &tx->arena));
	ok = sql_end(st, e);
	for (size_t i = 0; ok && i < devs.n; i += 3) {
		const char *site = devs.v[i], *dev = devs.v[i + 1], *inc = devs.v[i + 2];
		struct answers a = {0};
		ok = hub_opres_list(tx, site, dev, inc, 0, INT64_MAX, next_answer, &a, e);
		if (ok && a.hole)
			ok = err_set(e, ERR_CONFLICT, _("station %s %s: the answer after number %lld is missing"), dev, inc, (long long)a.last);
	}
	vec_release(&devs);
	return ok;
}

static bool questions_body(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
		if (!ask(tx, &questions[i], e))
			return false;
	return ask_answers(tx, e);
}

// Opens one page of documents behind the last one looked at.
static bool documents_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select site, " HUB_ENT_COLUMNS " from ent"
				       " where (site, t, e) > ($1, $2, $3)"
				       " order by site, t, e"
				       " limit $4");
	struct check *c = arg;
	bool ok = true;

	c->rows = 0;
	sql_bind_text(st, c->site);
	sql_bind_text(st, c->t);
	sql_bind_text(st, c->e);
	sql_bind_int(st, PAGE);
	while (ok && sql_row(st)) {
		const char *site = sql_text(st, 0, &tx->arena), *t = sql_text(st, 1, &tx->arena), *id = sql_text(st, 2, &tx->arena);
		ok = hub_ent_read(tx, st, 1, site, e) != NULL;
		if (!ok && e)
			e->code = ERR_CONFLICT;
		c->rows++;
		free(c->site);
		free(c->t);
		free(c->e);
		c->site = xstrdup(site);
		c->t = xstrdup(t);
		c->e = xstrdup(id);
	}
	return sql_end(st, ok ? e : NULL) && ok;
}

bool hub_check(struct hub_store *s, struct err *e)
{
	struct check c = {.site = xstrdup(""), .t = xstrdup(""), .e = xstrdup(""), .rows = PAGE};
	bool ok = hub_run(s, HUB_READ, questions_body, NULL, e);
	int64_t lines;

	while (ok && c.rows == PAGE)
		ok = hub_run(s, HUB_READ, documents_body, &c, e);
	free(c.site);
	free(c.t);
	free(c.e);
	return ok && hub_audit_verify(s, &lines, e);
}
