// SPDX-License-Identifier: MIT
// Knows what agents did with the knowledge base (append-only), so that gaps show.
#include "src/store/kb_event.h"

#include "src/base/vec.h"
#include "src/store/column.h"

// Sealed under when and who rather than the row number, which is known only after the insert.
static const char *seal_id(char *buf, size_t cap, const char *agent, int64_t at)
{
	snprintf(buf, cap, "%s/%lld", agent ? agent : "", (long long)at);
	return buf;
}

bool kb_event_add(struct db *db, const struct kb_event *ev, struct err *e)
{
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "insert into kb_event (at, agent_id, interaction_id, type, query_x, results, rank,"
				     " article_version_id, ms, trail)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");

	db_bind_int(st, ev->at);
	db_bind_text(st, ev->agent_id);
	db_bind_text(st, ev->interaction_id);
	db_bind_text(st, ev->type);
	db_bind_sealed(st, "kb_event", seal_id(id, sizeof(id), ev->agent_id, ev->at), "query", ev->query);
	db_bind_int(st, ev->results);
	db_bind_int(st, ev->rank);
	db_bind_text(st, ev->article_version_id);
	db_bind_int(st, ev->ms);
	db_bind_text(st, ev->trail);
	return db_run(st, e);
}

bool kb_event_list(struct db *db, const char *type, int64_t since, size_t limit, struct kb_events *out, struct arena *a,
		   struct err *e)
{
	enum { AT, AGENT, INTERACTION, TYPE, QUERY, RESULTS, RANK, ARTICLE, MS, TRAIL };
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "select at, agent_id, interaction_id, type, query_x, results, rank, article_version_id, ms, trail"
				     " from kb_event"
				     " where type = ?1 and at >= ?2"
				     " order by at desc"
				     " limit ?3");

	db_bind_text(st, type);
	db_bind_int(st, since);
	db_bind_int(st, limit ? (int64_t)limit : 1000);
	while (db_row(st)) {
		struct kb_event *ev = vec_add(out);
		*ev = (struct kb_event){
			.at = db_int(st, AT), .agent_id = db_text(st, AGENT, a),
			.interaction_id = db_text(st, INTERACTION, a), .type = db_text(st, TYPE, a),
			.results = db_int(st, RESULTS), .rank = db_int(st, RANK),
			.article_version_id = db_text(st, ARTICLE, a), .ms = db_int(st, MS), .trail = db_text(st, TRAIL, a),
		};
		ev->query = db_sealed(st, QUERY, "kb_event", seal_id(id, sizeof(id), ev->agent_id, ev->at), "query", a);
	}
	return db_end(st, e);
}

#define DONE_TO_ARTICLES                                                                                               \
	"select at, agent_id, interaction_id, type, rank, article_version_id, ms, trail from kb_event"                     \
	" where article_version_id is not null and "

static bool read_done(struct db_stmt *st, struct kb_events *out, struct arena *a, struct err *e)
{
	while (db_row(st)) {
		struct kb_event *ev = vec_add(out);
		*ev = (struct kb_event){
			.at = db_int(st, 0), .agent_id = db_text(st, 1, a), .interaction_id = db_text(st, 2, a),
			.type = db_text(st, 3, a), .rank = db_int(st, 4), .article_version_id = db_text(st, 5, a),
			.ms = db_int(st, 6), .trail = db_text(st, 7, a),
		};
	}
	return db_end(st, e);
}

bool kb_event_of_agent(struct db *db, const char *agent_id, int64_t from, int64_t to, struct kb_events *out, struct arena *a,
		       struct err *e)
{
	struct db_stmt *st = db_stmt(db, DONE_TO_ARTICLES "agent_id = ?1 and at >= ?2 and at <= ?3 order by at, n");

	db_bind_text(st, agent_id);
	db_bind_int(st, from);
	db_bind_int(st, to);
	return read_done(st, out, a, e);
}

bool kb_event_of_contact(struct db *db, const char *interaction_id, struct kb_events *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, DONE_TO_ARTICLES "interaction_id = ?1 order by at, n");

	db_bind_text(st, interaction_id);
	return read_done(st, out, a, e);
}

bool kb_event_agents(struct db *db, const char ***out, size_t *n, struct arena *a, struct err *e)
{
	// From one agent to the next along the index: there are few agents and many events.
	struct db_stmt *st = db_stmt(db,
				     "with recursive ke(x) as (select min(agent_id) from kb_event union all select (select min(agent_id)"
				     " from kb_event where agent_id > x) from ke where x is not null),"
				     " ia(x) as (select min(agent_id) from interaction union all select (select min(agent_id)"
				     " from interaction where agent_id > x) from ia where x is not null)"
				     " select x from ke where x is not null union select x from ia where x is not null"
				     " union select agent_id from read_receipt"
				     " union select v from meta where k = 'agent' and v is not null order by 1");
	VEC(const char *) v = {0};

	while (db_row(st))
		vec_push(&v, db_text(st, 0, a));
	*n = v.n;
	*out = arena_array(a, const char *, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return db_end(st, e);
}
