// SPDX-License-Identifier: MIT
// Knows how a file is brought to the schema of this program, one step at a time, and when it is refused.
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/db_internal.h"

static bool identity(struct db *db, const struct db_options *o, int64_t *version, struct err *e)
{
	int64_t app, tables;

	if (!db_scalar(db, "pragma application_id", &app, e) || !db_scalar(db, "pragma user_version", version, e) ||
	    !db_scalar(db, "select count(*) from sqlite_schema", &tables, e))
		return false;
	bool fresh = app == 0 && *version == 0 && tables == 0;
	if (app != o->application_id && !fresh)
		return err_set(e, ERR_CONFLICT, _("%s is not a file of this program; choose another directory with --data"),
			       db->path);
	return true;
}

// The copy is named after the version it leads away from, so that a second try never replaces it with a half-way state.
static bool copy_first(struct db *db, int64_t version, struct err *e)
{
	char *path = xasprintf("%s.before-v%lld", db->path, (long long)version + 1);

	unlink(path);
	bool ok = db_copy(db, path, e);
	if (!ok)
		err_prefix(e, _("no copy before the change of the file, so nothing was changed"));
	else
		log_line(LOG_INFO, "copied %s to %s before migrating", db->path, path);
	free(path);
	return ok;
}

static bool step(struct db *db, const struct db_step *s, int64_t to, int32_t app, struct err *e)
{
	char mark[96];

	snprintf(mark, sizeof(mark), "pragma application_id = %ld; pragma user_version = %lld", (long)app, (long long)to);
	if (!db_begin(db, e))
		return false;
	if (!db_exec(db, s->sql, e) || !db_exec(db, mark, e)) {
		db_rollback(db);
		return err_prefix(e, "%s", s->name);
	}
	return db_commit(db, e);
}

bool db_migrate(struct db *db, const struct db_options *o, struct err *e)
{
	int64_t version, known = (int64_t)o->step_count;

	if (!identity(db, o, &version, e))
		return false;
	if (version > known)
		return err_set(e, ERR_CONFLICT,
			       _("%s was written by a newer zuoxi (its schema is %lld, this one knows %lld): install that "
				 "version, or choose another directory with --data"),
			       db->path, (long long)version, (long long)known);
	if (version == known)
		return true;
	if (db->mode == DB_READ)
		return err_set(e, ERR_CONFLICT, _("%s is of an older zuoxi: start the workstation once to bring it up to date"),
			       db->path);
	if (version > 0 && !copy_first(db, version, e))
		return false;
	for (; version < known; version++)
		if (!step(db, &o->steps[version], version + 1, o->application_id, e))
			return false;
	return true;
}
