// SPDX-License-Identifier: MIT
// Knows which broadcasts an agent has acknowledged at this station (domain.md §8.3).
#include "src/store/seen.h"

bool seen_add(struct db *db, const char *broadcast, const char *agent, int64_t at, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "insert or ignore into bc_seen (e, agent_id, at) values (?1, ?2, ?3)");

	db_bind_text(st, broadcast);
	db_bind_text(st, agent);
	db_bind_int(st, at);
	return db_run(st, e);
}

bool seen_given(struct db *db, const char *broadcast, const char *agent, bool *given, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select 1 from bc_seen where e = ?1 and agent_id = ?2");

	db_bind_text(st, broadcast);
	db_bind_text(st, agent);
	*given = db_row(st);
	return db_end(st, e);
}
