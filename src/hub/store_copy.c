// SPDX-License-Identifier: MIT
// Knows how a whole store goes from one engine to another, and into one file while it serves.
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/schema.h"
#include "src/hub/store_internal.h"

enum { PAGE = 500, MAX_KEY = 5 };

// The statements of one table, made from its columns, and where the page before ended.
struct table_copy {
	const struct schema_table *t;
	struct str first, next, insert;
	size_t key[MAX_KEY], n_key; // columns of the key
	struct str last[MAX_KEY];
	int64_t last_int[MAX_KEY];
};

static void add_params(struct str *out, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s$%zu", i ? ", " : "", from + i);
}

static void add_columns(struct str *out, const struct schema_table *t)
{
	for (size_t i = 0; i < t->n_cols; i++)
		str_addf(out, "%s%s", i ? ", " : "", t->cols[i].name);
}

static void find_key(struct table_copy *c)
{
	struct sv rest = sv(c->t->key), part;

	while (sv_split(&rest, ',', &part)) {
		part = sv_trim(part);
		for (size_t i = 0; i < c->t->n_cols; i++)
			if (sv_eqz(part, c->t->cols[i].name) && c->n_key < MAX_KEY)
				c->key[c->n_key++] = i;
	}
}

static void copy_init(struct table_copy *c, const struct schema_table *t)
{
	*c = (struct table_copy){.t = t};
	find_key(c);
	for (struct str *s = &c->first; s; s = s == &c->first ? &c->next : NULL) {
		str_add(s, "select ");
		add_columns(s, t);
		str_addf(s, " from %s", t->name);
		if (s == &c->next) {
			str_addf(s, " where (%s) > (", t->key);
			add_params(s, 1, c->n_key);
			str_add(s, ")");
		}
		str_addf(s, " order by %s limit %d", t->key, PAGE);
	}
	str_addf(&c->insert, "insert into %s (", t->name);
	add_columns(&c->insert, t);
	str_add(&c->insert, ") values (");
	add_params(&c->insert, 1, t->n_cols);
	str_add(&c->insert, ")");
}

static void copy_release(struct table_copy *c)
{
	str_release(&c->first);
	str_release(&c->next);
	str_release(&c->insert);
	for (size_t i = 0; i < MAX_KEY; i++)
		str_release(&c->last[i]);
}

static void bind_as(struct sql_stmt *to, enum schema_type type, int64_t number, struct sv bytes, struct arena *a)
{
	switch (type) {
	case COL_INT: sql_bind_int(to, number); break;
	case COL_TEXT: sql_bind_text(to, arena_strndup(a, bytes.p, bytes.n)); break;
	case COL_BLOB: sql_bind_blob(to, bytes.p, bytes.n); break;
	}
}

static bool copy_row(struct table_copy *c, struct sql_stmt *from, struct sql *to, struct arena *a, struct err *e)
{
	struct sql_stmt *st = sql_stmt(to, str_z(&c->insert));

	for (size_t i = 0; i < c->t->n_cols; i++) {
		if (sql_is_null(from, (int)i))
			sql_bind_null(st);
		else if (c->t->cols[i].type == COL_INT)
			sql_bind_int(st, sql_int(from, (int)i));
		else
			bind_as(st, c->t->cols[i].type, 0, sql_sv(from, (int)i), a);
	}
	return sql_run(st, e);
}

static void remember(struct table_copy *c, struct sql_stmt *from)
{
	for (size_t i = 0; i < c->n_key; i++) {
		if (c->t->cols[c->key[i]].type == COL_INT) {
			c->last_int[i] = sql_int(from, (int)c->key[i]);
			continue;
		}
		struct sv v = sql_sv(from, (int)c->key[i]);
		str_clear(&c->last[i]);
		str_addn(&c->last[i], v.p, v.n);
	}
}

static bool copy_page(struct table_copy *c, struct sql *from, struct sql *to, bool first, size_t *rows, struct err *e)
{
	struct sql_stmt *st = sql_stmt(from, str_z(first ? &c->first : &c->next));
	struct arena a = {0};
	bool ok = true;

	*rows = 0;
	for (size_t i = 0; !first && i < c->n_key; i++)
		bind_as(st, c->t->cols[c->key[i]].type, c->last_int[i], sv_n(str_z(&c->last[i]), c->last[i].n), &a);
	while (ok && sql_row(st)) {
		arena_clear(&a);
		ok = copy_row(c, st, to, &a, e);
		remember(c, st);
		++*rows;
	}
	arena_release(&a);
	return sql_end(st, ok ? e : NULL) && ok;
}

static bool copy_table(const struct schema_table *t, struct sql *from, struct sql *to, struct err *e)
{
	struct table_copy c;
	size_t rows = PAGE;
	bool ok = true;

	copy_init(&c, t);
	for (bool first = true; ok && rows == PAGE; first = false)
		ok = copy_page(&c, from, to, first, &rows, e);
	copy_release(&c);
	return ok;
}

// What schema_open put into a new store gives way; anything else is somebody's.
static bool make_room(struct sql *to, struct err *e)
{
	for (size_t i = 0; i < schema_tables_n; i++) {
		const struct schema_table *t = &schema_tables[i];
		if (strcmp(t->name, "meta") == 0)
			continue;
		char *text = xasprintf("select 1 from %s limit 1", t->name);
		struct sql_stmt *st = sql_stmt(to, text);
		bool any = sql_row(st), ok = sql_end(st, e);
		free(text);
		if (!ok)
			return false;
		if (any)
			return err_set(e, ERR_CONFLICT, _("the new store is not empty: table %s has rows"), t->name);
	}
	return sql_exec(to, "delete from meta", e);
}

static bool copy_all(struct sql *from, struct sql *to, struct err *e)
{
	if (!make_room(to, e))
		return false;
	for (size_t i = 0; i < schema_tables_n; i++)
		if (!copy_table(&schema_tables[i], from, to, e))
			return err_prefix(e, "%s", schema_tables[i].name);
	return true;
}

bool hub_copy(struct hub_store *from, struct hub_store *to, struct err *e)
{
	struct hub_conn *a, *b;

	if (to->o.readonly || from == to)
		return err_set(e, ERR_USAGE, _("a store can be copied neither into itself nor into one open for reading only"));
	a = hub_acquire(from, HUB_READ);
	b = hub_acquire(to, HUB_WRITE);
	bool ok = (sql_revive(a->c) && sql_revive(b->c)) || err_set(e, ERR_IO, _("the database does not answer"));
	// One snapshot of the old, one transaction of the new: it is there whole or not at all.
	if (ok && (ok = sql_begin(a->c, e))) {
		ok = sql_begin(b->c, e);
		if (ok && copy_all(a->c, b->c, e))
			ok = sql_commit(b->c, e);
		else if (ok) {
			sql_rollback(b->c);
			ok = false;
		}
		sql_rollback(a->c);
	}
	hub_release_conn(to, b);
	hub_release_conn(from, a);
	return ok;
}

// --- backup

static bool lite_fail(struct sqlite3 *c, const char *path, struct err *e)
{
	int rc = sqlite3_errcode(c);

	return err_set(e, (rc & 0xff) == SQLITE_FULL ? ERR_FULL : ERR_IO, "%s: %s", path, sqlite3_errmsg(c));
}

// From WAL to a file that stands alone, also where nobody may write beside it.
static bool make_plain(const char *path, struct sqlite3 *from, struct err *e)
{
	struct sqlite3 *c = NULL;
	bool ok = sqlite3_open_v2(path, &c, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK;

	if (ok && from) {
		// One step for all pages: a reader of the WAL sees one state however long it takes.
		sqlite3_backup *b = sqlite3_backup_init(c, "main", from, "main");
		if (b)
			sqlite3_backup_step(b, -1);
		ok = b && sqlite3_backup_finish(b) == SQLITE_OK;
	}
	ok = ok && sqlite3_exec(c, "pragma journal_mode = delete", NULL, NULL, NULL) == SQLITE_OK;
	if (!ok)
		lite_fail(c, path, e);
	sqlite3_close(c);
	return ok;
}

static bool backup_sqlite(struct hub_store *s, const char *path, struct err *e)
{
	struct hub_conn *k = hub_acquire(s, HUB_READ);
	bool ok = make_plain(path, sql_sqlite(k->c), e);

	hub_release_conn(s, k);
	return ok;
}

static bool backup_other(struct hub_store *s, const char *path, struct err *e)
{
	char *url = xasprintf("sqlite:%s", path), *lock = xasprintf("%s.lock", path);
	struct hub_store_options o = {.url = url, .clock = s->o.clock, .keys = s->o.keys, .readers = 1};
	struct hub_store *to;
	bool ok = hub_store_open(&to, &o, e);

	if (ok) {
		ok = hub_copy(s, to, e);
		hub_store_close(to);
	}
	unlink(lock);
	free(lock);
	free(url);
	return ok && make_plain(path, NULL, e);
}

static bool sync_path(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool sync_parent(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == path ? xstrdup("/") : slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	bool ok = sync_path(dir, O_RDONLY | O_DIRECTORY, e);

	free(dir);
	return ok;
}

static bool make_empty(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, err_from_errno(errno), _("cannot make %s: %s"), path, strerror(errno));
	close(fd);
	return true;
}

bool hub_backup(struct hub_store *s, const char *path, struct err *e)
{
	if (path_exists(path))
		return err_set(e, ERR_CONFLICT, _("%s is there already; give the copy another name"), path);
	char *tmp = xasprintf("%s.tmp%ld", path, (long)getpid());
	bool ok = make_empty(tmp, e) && (s->engine == SQL_SQLITE ? backup_sqlite(s, tmp, e) : backup_other(s, tmp, e)) &&
		  sync_path(tmp, O_RDONLY, e);

	// link, not rename: a file that appeared meanwhile is not replaced.
	if (ok && link(tmp, path) != 0)
		ok = err_set(e, err_from_errno(errno), _("cannot make %s: %s"), path, strerror(errno));
	unlink(tmp);
	free(tmp);
	return ok && sync_parent(path, e);
}
