// SPDX-License-Identifier: MIT
// Knows sealed columns: a text that is sealed on its way into a statement and opened on its way out.
#include "src/store/column.h"

#include "src/base/i18n.h"
#include "src/store/seal.h"

static bool has_keys(struct db_stmt *st)
{
	struct err why = {0};

	if (db_keys(db_of(st)))
		return true;
	err_set(&why, ERR_DENIED, _("the station's keys are not loaded"));
	db_fail(st, &why);
	return false;
}

void db_bind_sealed(struct db_stmt *st, const char *table, const char *id, const char *column, const char *text)
{
	struct db *db = db_of(st);
	struct seal_place at = {db_site(db), table, id, column};
	struct str out = {0};

	if (!text || !has_keys(st)) {
		db_bind_null(st);
		return;
	}
	seal(&out, db_keys(db), &at, sv(text));
	db_bind_blob(st, out.s, out.n);
	str_release(&out);
}

const char *db_sealed(struct db_stmt *st, int col, const char *table, const char *id, const char *column,
		      struct arena *a)
{
	struct db *db = db_of(st);
	struct seal_place at = {db_site(db), table, id, column};
	struct str out = {0};
	struct err why = {0};
	const char *text = NULL;

	if (db_is_null(st, col) || !has_keys(st))
		return NULL;
	if (unseal(&out, db_keys(db), &at, db_sv(st, col), &why))
		text = arena_strndup(a, str_z(&out), out.n);
	else
		db_fail(st, &why);
	str_release(&out);
	return text;
}
