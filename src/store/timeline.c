// SPDX-License-Identifier: MIT
// Knows the append-only parts of a contact: its timeline and what it was before corrections.
#include "src/base/vec.h"
#include "src/store/column.h"
#include "src/store/interaction.h"

// A row of a list is sealed under "owner/number", so that lines cannot change places.
static const char *line_id(char *buf, size_t cap, const char *owner, int64_t n)
{
	snprintf(buf, cap, "%s/%lld", owner, (long long)n);
	return buf;
}

bool interaction_event_add(struct db *db, const struct interaction_event *ev, int64_t *seq, struct err *e)
{
	char id[96];
	int64_t next;
	struct db_stmt *st = db_stmt(db, "select coalesce(max(seq), 0) + 1 from interaction_event where interaction_id = ?1");

	db_bind_text(st, ev->interaction_id);
	next = db_row(st) ? db_int(st, 0) : 0;
	if (!db_end(st, e))
		return false;
	st = db_stmt(db,
		     "insert into interaction_event (interaction_id, seq, t_ms, at, type, data_x)"
		     " values (?1, ?2, ?3, ?4, ?5, ?6)");
	db_bind_text(st, ev->interaction_id);
	db_bind_int(st, next);
	db_bind_int(st, ev->t_ms);
	db_bind_int(st, ev->at);
	db_bind_text(st, ev->type);
	db_bind_sealed(st, "interaction_event", line_id(id, sizeof(id), ev->interaction_id, next), "data", ev->data);
	if (seq)
		*seq = next;
	return db_run(st, e);
}

bool interaction_event_keep(struct db *db, const struct interaction_event *ev, struct err *e)
{
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "insert or ignore into interaction_event (interaction_id, seq, t_ms, at, type, data_x)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6)");

	db_bind_text(st, ev->interaction_id);
	db_bind_int(st, ev->seq);
	db_bind_int(st, ev->t_ms);
	db_bind_int(st, ev->at);
	db_bind_text(st, ev->type);
	db_bind_sealed(st, "interaction_event", line_id(id, sizeof(id), ev->interaction_id, ev->seq), "data", ev->data);
	return db_run(st, e);
}

bool interaction_event_list(struct db *db, const char *interaction_id, int64_t after_seq,
			    struct interaction_events *out, struct arena *a, struct err *e)
{
	enum { SEQ, T_MS, AT, TYPE, DATA };
	const char *owner = arena_strdup(a, interaction_id);
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "select seq, t_ms, at, type, data_x"
				     " from interaction_event"
				     " where interaction_id = ?1 and seq > ?2"
				     " order by seq");

	db_bind_text(st, interaction_id);
	db_bind_int(st, after_seq);
	while (db_row(st)) {
		struct interaction_event *ev = vec_add(out);
		*ev = (struct interaction_event){.interaction_id = owner, .seq = db_int(st, SEQ), .t_ms = db_int(st, T_MS),
						 .at = db_int(st, AT), .type = db_text(st, TYPE, a)};
		ev->data = db_sealed(st, DATA, "interaction_event", line_id(id, sizeof(id), owner, ev->seq), "data", a);
	}
	return db_end(st, e);
}

bool interaction_version_add(struct db *db, const struct interaction_version *v, struct err *e)
{
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "insert into interaction_version (interaction_id, version, at, by, reason_x, doc_x)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6)");

	line_id(id, sizeof(id), v->interaction_id, v->version);
	db_bind_text(st, v->interaction_id);
	db_bind_int(st, v->version);
	db_bind_int(st, v->at);
	db_bind_text(st, v->by);
	db_bind_sealed(st, "interaction_version", id, "reason", v->reason);
	db_bind_sealed(st, "interaction_version", id, "doc", v->doc);
	return db_run(st, e);
}

bool interaction_version_list(struct db *db, const char *interaction_id, struct interaction_versions *out,
			      struct arena *a, struct err *e)
{
	enum { VERSION, AT, BY, REASON, DOC };
	const char *owner = arena_strdup(a, interaction_id);
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "select version, at, by, reason_x, doc_x"
				     " from interaction_version"
				     " where interaction_id = ?1"
				     " order by version");

	db_bind_text(st, interaction_id);
	while (db_row(st)) {
		struct interaction_version *v = vec_add(out);
		*v = (struct interaction_version){.interaction_id = owner, .version = db_int(st, VERSION),
						  .at = db_int(st, AT), .by = db_text(st, BY, a)};
		line_id(id, sizeof(id), owner, v->version);
		v->reason = db_sealed(st, REASON, "interaction_version", id, "reason", a);
		v->doc = db_sealed(st, DOC, "interaction_version", id, "doc", a);
	}
	return db_end(st, e);
}
