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
				     " article_version_id)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

	db_bind_int(st, ev->at);
	db_bind_text(st, ev->agent_id);
	db_bind_text(st, ev->interaction_id);
	db_bind_text(st, ev->type);
	db_bind_sealed(st, "kb_event", seal_id(id, sizeof(id), ev->agent_id, ev->at), "query", ev->query);
	db_bind_int(st, ev->results);
	db_bind_int(st, ev->rank);
	db_bind_text(st, ev->article_version_id);
	return db_run(st, e);
}

bool kb_event_list(struct db *db, const char *type, int64_t since, size_t limit, struct kb_events *out, struct arena *a,
		   struct err *e)
{
	enum { AT, AGENT, INTERACTION, TYPE, QUERY, RESULTS, RANK, ARTICLE };
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "select at, agent_id, interaction_id, type, query_x, results, rank, article_version_id"
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
			.article_version_id = db_text(st, ARTICLE, a),
		};
		ev->query = db_sealed(st, QUERY, "kb_event", seal_id(id, sizeof(id), ev->agent_id, ev->at), "query", a);
	}
	return db_end(st, e);
}
