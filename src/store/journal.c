// SPDX-License-Identifier: MIT
// Knows text that is being typed: the last state of each field of a contact that is not saved yet (domain.md §8.5).
#include "src/store/journal.h"

#include "src/base/vec.h"
#include "src/store/column.h"

static const char *seal_id(char *buf, size_t cap, const char *interaction, const char *field)
{
	snprintf(buf, cap, "%s/%s", interaction, field);
	return buf;
}

bool journal_put(struct db *db, const struct journal *j, struct err *e)
{
	char id[128];
	struct db_stmt *st = db_stmt(db,
				     "insert into journal (interaction_id, field, text_x, caret, at)"
				     " select ?1, ?2, ?3, ?4, ?5"
				     // A draft that was kept back by a full disk must not return after the contact was saved.
				     " where not exists (select 1 from interaction where id = ?1 and closed_at >= ?5)"
				     " on conflict (interaction_id, field) do update set"
				     " text_x = excluded.text_x, caret = excluded.caret, at = excluded.at"
				     " where excluded.at >= journal.at");

	db_bind_text(st, j->interaction_id);
	db_bind_text(st, j->field);
	db_bind_sealed(st, "journal", seal_id(id, sizeof(id), j->interaction_id, j->field), "text", j->text ? j->text : "");
	db_bind_int(st, j->caret);
	db_bind_int(st, j->at);
	return db_run(st, e);
}

bool journal_list(struct db *db, const char *interaction_id, struct journals *out, struct arena *a, struct err *e)
{
	enum { FIELD, TEXT, CARET, AT };
	const char *owner = arena_strdup(a, interaction_id);
	char id[128];
	struct db_stmt *st = db_stmt(db,
				     "select field, text_x, caret, at"
				     " from journal"
				     " where interaction_id = ?1"
				     " order by field");

	db_bind_text(st, interaction_id);
	while (db_row(st)) {
		struct journal *j = vec_add(out);
		*j = (struct journal){.interaction_id = owner, .field = db_text(st, FIELD, a), .caret = db_int(st, CARET),
				      .at = db_int(st, AT)};
		j->text = db_sealed(st, TEXT, "journal", seal_id(id, sizeof(id), owner, j->field), "text", a);
	}
	return db_end(st, e);
}

bool journal_clear(struct db *db, const char *interaction_id, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from journal where interaction_id = ?1");

	db_bind_text(st, interaction_id);
	return db_run(st, e);
}

bool journal_drop(struct db *db, const char *interaction_id, const char *field, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from journal where interaction_id = ?1 and field = ?2");

	db_bind_text(st, interaction_id);
	db_bind_text(st, field);
	return db_run(st, e);
}
