// SPDX-License-Identifier: MIT
// Knows contacts at rest: the row that is listed and its sealed document.
#include "src/store/interaction.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/column.h"

#define INTERACTION_COLUMNS                                                                                          \
	"id, no, rev, created_at, created_by, updated_at, updated_by, origin, state, channel, direction, source, mode," \
	" agent_id, queue_code, customer_id, category_id, disposition, started_at, connected_at, ended_at, closed_at,"  \
	" version, doc_x"
enum {
	I_ID, I_NO, I_STAMP, I_STATE = 8, I_CHANNEL, I_DIRECTION, I_SOURCE, I_MODE, I_AGENT, I_QUEUE, I_CUSTOMER,
	I_CATEGORY, I_DISPOSITION, I_STARTED, I_CONNECTED, I_ENDED, I_CLOSED, I_VERSION, I_DOC,
};

static void read_interaction(struct db_stmt *st, bool with_doc, struct interaction *i, struct arena *a)
{
	*i = (struct interaction){
		.id = db_text(st, I_ID, a), .no = db_text(st, I_NO, a),
		.state = db_text(st, I_STATE, a), .channel = db_text(st, I_CHANNEL, a),
		.direction = db_text(st, I_DIRECTION, a), .source = db_text(st, I_SOURCE, a),
		.mode = db_text(st, I_MODE, a), .agent_id = db_text(st, I_AGENT, a),
		.queue_code = db_text(st, I_QUEUE, a), .customer_id = db_text(st, I_CUSTOMER, a),
		.category_id = db_text(st, I_CATEGORY, a), .disposition = db_text(st, I_DISPOSITION, a),
		.started_at = db_int(st, I_STARTED), .connected_at = db_int(st, I_CONNECTED),
		.ended_at = db_int(st, I_ENDED), .closed_at = db_int(st, I_CLOSED),
		.version = db_int(st, I_VERSION),
	};
	stamp_read(st, I_STAMP, &i->stamp, a);
	if (with_doc)
		i->doc = db_sealed(st, I_DOC, "interaction", i->id, "doc", a);
}

bool interaction_put(struct db *db, const struct interaction *i, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
		"insert into interaction (" INTERACTION_COLUMNS ")"
		" values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
		" ?22, ?23, ?24)"
		" on conflict (id) do update set"
		" no = excluded.no, rev = excluded.rev, updated_at = excluded.updated_at,"
		" updated_by = excluded.updated_by, state = excluded.state, channel = excluded.channel,"
		" direction = excluded.direction, source = excluded.source, mode = excluded.mode,"
		" agent_id = excluded.agent_id, queue_code = excluded.queue_code, customer_id = excluded.customer_id,"
		" category_id = excluded.category_id, disposition = excluded.disposition,"
		" started_at = excluded.started_at, connected_at = excluded.connected_at,"
		" ended_at = excluded.ended_at, closed_at = excluded.closed_at, version = excluded.version,"
		" doc_x = excluded.doc_x"
		" where excluded.version >= interaction.version");

	db_bind_text(st, i->id);
	db_bind_text(st, i->no);
	stamp_bind(st, &i->stamp);
	db_bind_text(st, i->state);
	db_bind_text(st, i->channel);
	db_bind_text(st, i->direction);
	db_bind_text(st, i->source);
	db_bind_text(st, i->mode);
	db_bind_text(st, i->agent_id);
	db_bind_text(st, i->queue_code);
	db_bind_text(st, i->customer_id);
	db_bind_text(st, i->category_id);
	db_bind_text(st, i->disposition);
	db_bind_int(st, i->started_at);
	db_bind_opt(st, i->connected_at);
	db_bind_opt(st, i->ended_at);
	db_bind_opt(st, i->closed_at);
	db_bind_int(st, i->version);
	db_bind_sealed(st, "interaction", i->id, "doc", i->doc);
	return db_run(st, e);
}

static bool one(struct db_stmt *st, const char *key, struct interaction *out, struct arena *a, struct err *e)
{
	db_bind_text(st, key);
	bool found = db_row(st);
	if (found)
		read_interaction(st, true, out, a);
	if (!db_end(st, e))
		return false;
	return found ? true : err_set(e, ERR_NOT_FOUND, _("no contact %s here"), key);
}

bool interaction_get(struct db *db, const char *id, struct interaction *out, struct arena *a, struct err *e)
{
	return one(db_stmt(db, "select " INTERACTION_COLUMNS " from interaction where id = ?1"), id, out, a, e);
}

bool interaction_by_no(struct db *db, const char *no, struct interaction *out, struct arena *a, struct err *e)
{
	return one(db_stmt(db, "select " INTERACTION_COLUMNS " from interaction where no = ?1"), no, out, a, e);
}

// One fixed statement for each way in, so that each has its index; the rest of the filter is the same text.
#define INTERACTION_FILTER                                                                                           \
	" and (?4 is null or agent_id = ?4) and (?5 is null or customer_id = ?5) and (?6 is null or state = ?6)"       \
	" and (?7 is null or mode = ?7) and (?8 is null or channel = ?8) and (?9 is null or category_id = ?9)"        \
	" order by started_at desc, id desc limit ?3"

bool interaction_list(struct db *db, const struct interaction_filter *f, struct interactions *out, struct arena *a,
		      struct err *e)
{
	const char *by_customer = "select " INTERACTION_COLUMNS " from interaction"
				  " where customer_id = ?5 and started_at >= ?1 and started_at < ?2" INTERACTION_FILTER;
	const char *by_agent = "select " INTERACTION_COLUMNS " from interaction"
			       " where agent_id = ?4 and started_at >= ?1 and started_at < ?2" INTERACTION_FILTER;
	const char *by_time = "select " INTERACTION_COLUMNS " from interaction"
			      " where started_at >= ?1 and started_at < ?2" INTERACTION_FILTER;
	struct db_stmt *st = db_stmt(db, f->customer_id ? by_customer : f->agent_id ? by_agent : by_time);

	db_bind_int(st, f->from);
	db_bind_int(st, f->to ? f->to : INT64_MAX);
	db_bind_int(st, f->limit ? (int64_t)f->limit : 1000);
	db_bind_text(st, f->agent_id);
	db_bind_text(st, f->customer_id);
	db_bind_text(st, f->state);
	db_bind_text(st, f->mode);
	db_bind_text(st, f->channel);
	db_bind_text(st, f->category_id);
	while (db_row(st))
		read_interaction(st, f->with_doc, vec_add(out), a);
	return db_end(st, e);
}

bool interaction_open(struct db *db, struct interactions *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " INTERACTION_COLUMNS
				     " from interaction"
				     " where is_open = 1"
				     " order by started_at");

	while (db_row(st))
		read_interaction(st, true, vec_add(out), a);
	return db_end(st, e);
}

bool interaction_drop(struct db *db, const char *id, struct err *e)
{
	// The contact first: its timeline may go only when it is gone (triggers in the schema).
	static const char *const parts[] = {
		"delete from interaction where id = ?1",
		"delete from interaction_event where interaction_id = ?1",
		"delete from interaction_version where interaction_id = ?1",
		"delete from journal where interaction_id = ?1",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct db_stmt *st = db_stmt(db, parts[i]);
		db_bind_text(st, id);
		if (!db_run(st, e))
			return false;
	}
	return true;
}

bool interaction_purge(struct db *db, int64_t closed_before, int64_t *removed, struct err *e)
{
	struct arena a = {0};
	VEC(const char *) ids = {0};
	struct db_stmt *st = db_stmt(db, "select id from interaction where closed_at < ?1");

	*removed = 0;
	db_bind_int(st, closed_before);
	while (db_row(st))
		vec_push(&ids, db_text(st, 0, &a));
	bool ok = db_end(st, e);
	for (size_t i = 0; ok && i < ids.n; i++) {
		ok = interaction_drop(db, ids.v[i], e);
		*removed += ok;
	}
	vec_release(&ids);
	arena_release(&a);
	return ok;
}
