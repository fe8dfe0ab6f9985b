// SPDX-License-Identifier: MIT
// Knows how far the import of a file has come, so that one that was stopped goes on where its last commit was.
#include "kb/journal.h"

#include <sqlite3.h>
#include <sys/stat.h>

static int64_t changed_at(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

bool kb_place_get(struct kb *kb, const char *path, const struct stat *st, struct kb_place *out, bool *found, struct err *e)
{
	sqlite3_stmt *q = kb_stmt(kb,
				  "SELECT place, line, rows FROM kb_import WHERE path = ? AND inode = ? AND size = ? AND mtime = ?",
				  e);
	int at = 0;

	*out = (struct kb_place){.line = 1};
	*found = false;
	if (!q)
		return false;
	kb_bind_text(q, &at, sv(path));
	kb_bind_int(q, &at, (int64_t)st->st_ino);
	kb_bind_int(q, &at, (int64_t)st->st_size);
	kb_bind_int(q, &at, changed_at(st));
	enum kb_step s = kb_step(kb, q, e);
	if (s != KB_ROW)
		return s == KB_DONE;
	*out = (struct kb_place){sqlite3_column_int64(q, 0), sqlite3_column_int(q, 1), sqlite3_column_int64(q, 2)};
	*found = true;
	sqlite3_reset(q);
	return true;
}

bool kb_place_put(struct kb *kb, const char *path, const struct stat *st, const struct kb_place *p, struct err *e)
{
	sqlite3_stmt *q = kb_stmt(kb,
				  "INSERT OR REPLACE INTO kb_import(path, inode, size, mtime, place, line, rows) "
				  "VALUES(?, ?, ?, ?, ?, ?, ?)",
				  e);
	int at = 0;

	if (!q)
		return false;
	kb_bind_text(q, &at, sv(path));
	kb_bind_int(q, &at, (int64_t)st->st_ino);
	kb_bind_int(q, &at, (int64_t)st->st_size);
	kb_bind_int(q, &at, changed_at(st));
	kb_bind_int(q, &at, p->at);
	kb_bind_int(q, &at, p->line);
	kb_bind_int(q, &at, p->rows);
	return kb_run(kb, q, e);
}

bool kb_place_drop(struct kb *kb, const char *path, struct err *e)
{
	sqlite3_stmt *q = kb_stmt(kb, "DELETE FROM kb_import WHERE path = ?", e);
	int at = 0;

	if (!q)
		return false;
	kb_bind_text(q, &at, sv(path));
	return kb_run(kb, q, e);
}
