// SPDX-License-Identifier: MIT
// Knows tickets at rest: the row that is listed, the sealed document, the append-only history, the number's counter.
#include "src/store/ticket.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/column.h"

#define TICKET_COLUMNS                                                                                                 \
	"id, no, rev, created_at, created_by, updated_at, updated_by, origin, state, kind, customer_id, interaction_id," \
	" category_id, owner_id, team_id, queue_code, impact, urgency, priority, pinned, score, respond_due_at,"          \
	" resolve_due_at, first_response_at, resolved_at, closed_at, version, title_x, doc_x"
enum {
	T_ID, T_NO, T_STAMP, T_STATE = 8, T_KIND, T_CUSTOMER, T_INTERACTION, T_CATEGORY, T_OWNER, T_TEAM, T_QUEUE, T_IMPACT,
	T_URGENCY, T_PRIORITY, T_PINNED, T_SCORE, T_RESPOND_DUE, T_RESOLVE_DUE, T_FIRST, T_RESOLVED, T_CLOSED, T_VERSION,
	T_TITLE, T_DOC,
};

static void read_ticket(struct db_stmt *st, bool with_doc, struct ticket *t, struct arena *a)
{
	*t = (struct ticket){
		.id = db_text(st, T_ID, a), .no = db_text(st, T_NO, a),
		.state = db_text(st, T_STATE, a), .kind = db_text(st, T_KIND, a),
		.customer_id = db_text(st, T_CUSTOMER, a), .interaction_id = db_text(st, T_INTERACTION, a),
		.category_id = db_text(st, T_CATEGORY, a), .owner_id = db_text(st, T_OWNER, a),
		.team_id = db_text(st, T_TEAM, a), .queue_code = db_text(st, T_QUEUE, a),
		.impact = db_int(st, T_IMPACT), .urgency = db_int(st, T_URGENCY),
		.priority = db_int(st, T_PRIORITY), .pinned = db_bool(st, T_PINNED), .score = db_int(st, T_SCORE),
		.respond_due_at = db_int(st, T_RESPOND_DUE), .resolve_due_at = db_int(st, T_RESOLVE_DUE),
		.first_response_at = db_int(st, T_FIRST), .resolved_at = db_int(st, T_RESOLVED),
		.closed_at = db_int(st, T_CLOSED), .version = db_int(st, T_VERSION),
	};
	stamp_read(st, T_STAMP, &t->stamp, a);
	t->title = db_sealed(st, T_TITLE, "ticket", t->id, "title", a);
	if (with_doc)
		t->doc = db_sealed(st, T_DOC, "ticket", t->id, "doc", a);
}

bool ticket_counter_next(struct db *db, const char *station, const char *day, int64_t *out, struct err *e)
{
	char name[32];

	snprintf(name, sizeof(name), "ticket/%s", station);
	return counter_next(db, name, day, out, e);
}

bool ticket_put(struct db *db, const struct ticket *t, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
		"insert into ticket (" TICKET_COLUMNS ")"
		" values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
		" ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)"
		" on conflict (id) do update set"
		" rev = excluded.rev, updated_at = excluded.updated_at, updated_by = excluded.updated_by,"
		" state = excluded.state, kind = excluded.kind, customer_id = excluded.customer_id,"
		" interaction_id = excluded.interaction_id, category_id = excluded.category_id,"
		" owner_id = excluded.owner_id, team_id = excluded.team_id, queue_code = excluded.queue_code,"
		" impact = excluded.impact, urgency = excluded.urgency, priority = excluded.priority,"
		" pinned = excluded.pinned, score = excluded.score, respond_due_at = excluded.respond_due_at,"
		" resolve_due_at = excluded.resolve_due_at, first_response_at = excluded.first_response_at,"
		" resolved_at = excluded.resolved_at, closed_at = excluded.closed_at, version = excluded.version,"
		" title_x = excluded.title_x, doc_x = excluded.doc_x"
		" where excluded.version >= ticket.version");

	db_bind_text(st, t->id);
	db_bind_text(st, t->no);
	stamp_bind(st, &t->stamp);
	db_bind_text(st, t->state);
	db_bind_text(st, t->kind);
	db_bind_text(st, t->customer_id);
	db_bind_text(st, t->interaction_id);
	db_bind_text(st, t->category_id);
	db_bind_text(st, t->owner_id);
	db_bind_text(st, t->team_id);
	db_bind_text(st, t->queue_code);
	db_bind_opt(st, t->impact);
	db_bind_opt(st, t->urgency);
	db_bind_int(st, t->priority);
	db_bind_bool(st, t->pinned);
	db_bind_int(st, t->score);
	db_bind_opt(st, t->respond_due_at);
	db_bind_opt(st, t->resolve_due_at);
	db_bind_opt(st, t->first_response_at);
	db_bind_opt(st, t->resolved_at);
	db_bind_opt(st, t->closed_at);
	db_bind_int(st, t->version);
	db_bind_sealed(st, "ticket", t->id, "title", t->title);
	db_bind_sealed(st, "ticket", t->id, "doc", t->doc);
	return db_run(st, e);
}

static bool one(struct db_stmt *st, const char *key, struct ticket *out, struct arena *a, struct err *e)
{
	db_bind_text(st, key);
	bool found = db_row(st);
	if (found)
		read_ticket(st, true, out, a);
	if (!db_end(st, e))
		return false;
	return found ? true : err_set(e, ERR_NOT_FOUND, _("no ticket %s here"), key);
}

bool ticket_get(struct db *db, const char *id, struct ticket *out, struct arena *a, struct err *e)
{
	return one(db_stmt(db, "select " TICKET_COLUMNS " from ticket where id = ?1"), id, out, a, e);
}

bool ticket_by_no(struct db *db, const char *no, struct ticket *out, struct arena *a, struct err *e)
{
	return one(db_stmt(db, "select " TICKET_COLUMNS " from ticket where no = ?1"), no, out, a, e);
}

// The index of each way in ends with is_open, so open ones are found without touching the closed ones.
#define TICKET_FILTER                                                                                                  \
	" and is_open in (1, ?2) and (?3 is null or state = ?3)"                                                         \
	" order by pinned desc, priority, coalesce(resolve_due_at, 9223372036854775807), created_at"                     \
	" limit ?4"

static const char *list_sql(enum ticket_by by)
{
	switch (by) {
	case TICKET_BY_OWNER:
		return "select " TICKET_COLUMNS " from ticket where owner_id = ?1" TICKET_FILTER;
	case TICKET_BY_QUEUE:
		return "select " TICKET_COLUMNS " from ticket where queue_code = ?1" TICKET_FILTER;
	case TICKET_BY_CUSTOMER:
		return "select " TICKET_COLUMNS " from ticket where customer_id = ?1" TICKET_FILTER;
	case TICKET_BY_INTERACTION:
		return "select " TICKET_COLUMNS " from ticket where interaction_id = ?1" TICKET_FILTER;
	case TICKET_BY_AGE:
		return "select " TICKET_COLUMNS " from ticket where created_at > ?1" TICKET_FILTER;
	}
	BUG("ticket list by %d", (int)by);
}

bool ticket_list(struct db *db, const struct ticket_filter *f, struct tickets *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, list_sql(f->by));

	if (f->by == TICKET_BY_AGE)
		db_bind_int(st, 0);
	else
		db_bind_text(st, f->key);
	db_bind_bool(st, f->open_only);
	db_bind_text(st, f->state);
	db_bind_int(st, f->limit ? (int64_t)f->limit : 1000);
	while (db_row(st))
		read_ticket(st, f->with_doc, vec_add(out), a);
	return db_end(st, e);
}

bool ticket_count_open(struct db *db, const char *owner_id, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select count(*) from ticket where owner_id = ?1 and is_open = 1");

	db_bind_text(st, owner_id);
	*out = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}

static const char *line_id(char *buf, size_t cap, const char *owner, int64_t n)
{
	snprintf(buf, cap, "%s/%lld", owner, (long long)n);
	return buf;
}

bool ticket_drop(struct db *db, const char *id, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from ticket where id = ?1");

	db_bind_text(st, id);
	if (!db_run(st, e))
		return false;
	// The history may go only when the ticket is gone (trigger in the schema).
	st = db_stmt(db, "delete from ticket_event where ticket_id = ?1");
	db_bind_text(st, id);
	return db_run(st, e);
}

static bool line_there(struct db *db, const char *ref, bool *there, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select 1 from ticket_event where ref = ?1");

	db_bind_text(st, ref);
	*there = db_row(st);
	return db_end(st, e);
}

bool ticket_event_add(struct db *db, const struct ticket_log_line *ev, int64_t *seq, struct err *e)
{
	char id[96];
	int64_t next;
	bool there = false;

	if (ev->ref && !line_there(db, ev->ref, &there, e))
		return false;
	if (there)
		return true;
	struct db_stmt *st = db_stmt(db, "select coalesce(max(seq), 0) + 1 from ticket_event where ticket_id = ?1");
	db_bind_text(st, ev->ticket_id);
	next = db_row(st) ? db_int(st, 0) : 0;
	if (!db_end(st, e))
		return false;
	st = db_stmt(db,
		     "insert into ticket_event (ticket_id, seq, at, by, type, data_x, ref)"
		     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	db_bind_text(st, ev->ticket_id);
	db_bind_int(st, next);
	db_bind_int(st, ev->at);
	db_bind_text(st, ev->by);
	db_bind_text(st, ev->type);
	db_bind_sealed(st, "ticket_event", line_id(id, sizeof(id), ev->ticket_id, next), "data", ev->data);
	db_bind_text(st, ev->ref);
	if (seq)
		*seq = next;
	return db_run(st, e);
}

bool ticket_event_list(struct db *db, const char *ticket_id, struct ticket_log *out, struct arena *a, struct err *e)
{
	enum { SEQ, AT, BY, TYPE, DATA, REF };
	const char *owner = arena_strdup(a, ticket_id);
	char id[96];
	struct db_stmt *st = db_stmt(db,
				     "select seq, at, by, type, data_x, ref"
				     " from ticket_event"
				     " where ticket_id = ?1"
				     " order by seq");

	db_bind_text(st, ticket_id);
	while (db_row(st)) {
		struct ticket_log_line *ev = vec_add(out);
		*ev = (struct ticket_log_line){.ticket_id = owner, .seq = db_int(st, SEQ), .at = db_int(st, AT),
					    .by = db_text(st, BY, a), .type = db_text(st, TYPE, a), .ref = db_text(st, REF, a)};
		ev->data = db_sealed(st, DATA, "ticket_event", line_id(id, sizeof(id), owner, ev->seq), "data", a);
	}
	return db_end(st, e);
}
