// SPDX-License-Identifier: MIT
// Knows how a station is copied into one file while it runs, and brought back.
#include "src/store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/store/db_internal.h"
#include "src/store/key.h"
#include "src/store/meta.h"

enum { CHUNK = 1 << 20, HASH = 32 };

static const struct db_step container[] = {
	{"container",
	 "create table file (name text primary key, size integer not null, hash blob not null) strict, without rowid;"
	 "create table part (name text not null, seq integer not null, data blob not null,"
	 " primary key (name, seq)) strict;"},
};

// The only names a container may carry; databases are copied as one consistent state.
static const struct {
	const char *name;
	bool is_db, needed;
} members[] = {{"station.key", false, true}, {"store.db", true, true}, {"kb.db", true, false}};
enum { MEMBERS = sizeof(members) / sizeof(*members) };

static struct db_options options(enum db_mode mode)
{
	return (struct db_options){.mode = mode, .application_id = BACKUP_APPLICATION_ID, .steps = container,
				   .step_count = 1};
}

static bool put_part(struct db *db, const char *name, int64_t seq, const void *p, size_t n, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "insert into part (name, seq, data) values (?1, ?2, ?3)");

	db_bind_text(st, name);
	db_bind_int(st, seq);
	db_bind_blob(st, p, n);
	return db_run(st, e);
}

static bool put_file_row(struct db *db, const char *name, int64_t size, const unsigned char hash[HASH], struct err *e)
{
	struct db_stmt *st = db_stmt(db, "insert into file (name, size, hash) values (?1, ?2, ?3)");

	db_bind_text(st, name);
	db_bind_int(st, size);
	db_bind_blob(st, hash, HASH);
	return db_run(st, e);
}

static bool put_parts(struct db *db, const char *name, int fd, struct err *e)
{
	crypto_generichash_state h;
	unsigned char hash[HASH], *buf = xmalloc(CHUNK);
	int64_t size = 0;
	ssize_t n;
	bool ok = true;

	crypto_generichash_init(&h, NULL, 0, HASH);
	for (int64_t seq = 0; ok && (n = pread(fd, buf, CHUNK, size)) != 0; seq++) {
		if (n < 0) {
			ok = err_set(e, ERR_IO, _("cannot read %s: %s"), name, strerror(errno));
			break;
		}
		crypto_generichash_update(&h, buf, (size_t)n);
		size += n;
		ok = put_part(db, name, seq, buf, (size_t)n, e);
	}
	crypto_generichash_final(&h, hash, HASH);
	sodium_memzero(buf, CHUNK);
	free(buf);
	return ok && put_file_row(db, name, size, hash, e);
}

static bool put_plain(struct db *db, const char *name, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	bool ok = put_parts(db, name, fd, e);
	close(fd);
	return ok;
}

bool backup_one(const char *path, const char *to, struct err *e)
{
	struct db from = {.path = (char *)path};
	int rc = sqlite3_open_v2(path, &from.c, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(from.c, 2000);
		sqlite3_db_config(from.c, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	}
	bool ok = rc == SQLITE_OK ? db_copy(&from, to, e) : db_error(&from, rc, e);
	sqlite3_close(from.c);
	return ok;
}

// A database that may be in use: its state of one moment is copied beside the container first.
static bool put_db(struct db *db, const char *name, const char *path, const char *scratch, struct err *e)
{
	unlink(scratch);
	bool ok = backup_one(path, scratch, e) && put_plain(db, name, scratch, e);
	unlink(scratch);
	return ok;
}

static bool put_members(struct db *db, const char *dir, const char *scratch, struct err *e)
{
	bool ok = db_begin(db, e);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < MEMBERS; i++) {
		char *path = path_join(dir, members[i].name);
		if (!path_exists(path))
			ok = !members[i].needed ||
			     err_set(e, ERR_NOT_FOUND, _("%s is not a station: %s is missing"), dir, members[i].name);
		else if (members[i].is_db)
			ok = put_db(db, members[i].name, path, scratch, e);
		else
			ok = put_plain(db, members[i].name, path, e);
		free(path);
	}
	if (ok)
		return db_commit(db, e);
	db_rollback(db);
	return false;
}

// Makes the rename itself last.
static bool sync_parent(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == path ? xstrdup("/") : slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		err_set(e, ERR_IO, _("cannot write the directory %s: %s"), parent, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(parent);
	return ok;
}

bool backup_write(const char *dir, const char *file, struct err *e)
{
	struct db_options o = options(DB_ALONE);
	struct db *db;

	if (sodium_init() < 0)
		BUG("libsodium does not start");
	if (path_exists(file))
		return err_set(e, ERR_CONFLICT, _("%s is there already; give the copy another name"), file);
	char *tmp = xasprintf("%s.tmp%ld", file, (long)getpid());
	char *scratch = xasprintf("%s.copy", tmp);
	unlink(tmp);
	bool ok = db_open(&db, tmp, &o, e);
	if (ok) {
		ok = put_members(db, dir, scratch, e);
		db_close(db);
	}
	// link, not rename: a file that appeared meanwhile is not replaced.
	if (ok && link(tmp, file) != 0)
		ok = err_set(e, err_from_errno(errno), _("cannot make %s: %s"), file, strerror(errno));
	unlink(tmp);
	free(tmp);
	free(scratch);
	return ok && sync_parent(file, e);
}

struct entry {
	int64_t size;
	unsigned char hash[HASH];
};

static bool get_entry(struct db *db, const char *name, bool *found, struct entry *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select size, hash from file where name = ?1");

	db_bind_text(st, name);
	*found = db_row(st);
	if (*found) {
		struct sv h = db_sv(st, 1);
		*out = (struct entry){.size = db_int(st, 0)};
		memcpy(out->hash, h.p, h.n < HASH ? h.n : HASH);
	}
	return db_end(st, e);
}

static bool write_all(int fd, struct sv data, const char *path, struct err *e)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
		data = sv_n(data.p + n, data.n - (size_t)n);
	}
	return true;
}

// Goes through the parts of one member and compares size and hash; with fd >= 0 it writes them there too.
static bool take_parts(struct db *db, const char *name, const struct entry *want, int fd, const char *path,
		       struct err *e)
{
	crypto_generichash_state h;
	unsigned char hash[HASH];
	int64_t size = 0, seq = 0;
	bool ok = true;
	struct db_stmt *st = db_stmt(db, "select seq, data from part where name = ?1 order by seq");

	crypto_generichash_init(&h, NULL, 0, HASH);
	db_bind_text(st, name);
	while (ok && db_row(st)) {
		struct sv data = db_sv(st, 1);
		ok = db_int(st, 0) == seq++;
		crypto_generichash_update(&h, (const unsigned char *)data.p, data.n);
		size += (int64_t)data.n;
		if (!ok)
			err_set(e, ERR_PARSE, _("a part of %s is missing"), name);
		else if (fd >= 0)
			ok = write_all(fd, data, path, e);
	}
	ok = db_end(st, ok ? e : NULL) && ok;
	crypto_generichash_final(&h, hash, HASH);
	if (ok && (size != want->size || sodium_memcmp(hash, want->hash, HASH) != 0))
		ok = err_set(e, ERR_PARSE, _("%s was changed after it was copied"), name);
	return ok;
}

static bool check_all(struct db *db, const char *file, struct err *e)
{
	struct err why = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < MEMBERS; i++) {
		struct entry want;
		bool found;
		ok = get_entry(db, members[i].name, &found, &want, &why);
		if (ok && found)
			ok = take_parts(db, members[i].name, &want, -1, "", &why);
		else if (ok && members[i].needed)
			ok = err_set(&why, ERR_NOT_FOUND, _("%s is missing"), members[i].name);
	}
	return ok ? true : err_set(e, ERR_PARSE, _("%s is not a whole copy, nothing was restored: %s"), file, why.msg);
}

static bool write_member(struct db *db, const char *name, const char *dir, struct err *e)
{
	struct entry want;
	bool found, ok = get_entry(db, name, &found, &want, e);

	if (!ok || !found)
		return ok;
	char *path = path_join(dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0 || err_set(e, err_from_errno(errno), _("cannot make %s: %s"), path, strerror(errno));
	ok = ok && take_parts(db, name, &want, fd, path, e);
	if (ok && fsync(fd) != 0)
		ok = err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return ok;
}

// The station may have sent operations after the copy was made: under the old incarnation the hub would take new ones for
// those. The hole in the numbers is reported by the sync (sync.md §3.3 rule 11).
static bool new_incarnation(const char *dir, struct err *e)
{
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n};
	unsigned char raw[8];
	char inc[2 * sizeof(raw) + 1];
	char *path = path_join(dir, "store.db");
	struct db *db;
	bool ok = db_open(&db, path, &o, e);

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(inc, sizeof(inc), raw, sizeof(raw));
	if (ok) {
		ok = db_check(db, e) && db_begin(db, e);
		if (ok && !meta_set_text(db, "inc", inc, e)) {
			db_rollback(db);
			ok = false;
		}
		ok = ok && db_commit(db, e);
		db_close(db);
	}
	free(path);
	return ok;
}

static void remove_half(const char *dir)
{
	static const char *const names[] = {"station.key", "store.db", "store.db-wal", "store.db-shm", "kb.db"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = path_join(dir, names[i]);
		unlink(path);
		free(path);
	}
	rmdir(dir);
}

static bool fill(struct db *db, const char *tmp, const char *dir, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < MEMBERS; i++)
		ok = write_member(db, members[i].name, tmp, e);
	ok = ok && new_incarnation(tmp, e);
	// rename puts a directory over an empty one only: whatever appeared there meanwhile stays.
	if (ok && rename(tmp, dir) != 0)
		ok = err_set(e, errno == ENOTEMPTY || errno == EEXIST ? ERR_CONFLICT : err_from_errno(errno),
			     _("cannot restore into %s: %s"), dir, strerror(errno));
	return ok && sync_parent(dir, e);
}

static bool missing_or_empty(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	if (!d)
		return errno == ENOENT;
	for (struct dirent *ent; (ent = readdir(d));)
		n += !str_eq(ent->d_name, ".") && !str_eq(ent->d_name, "..");
	closedir(d);
	return n == 0;
}

static bool restore_checked(struct db *db, const char *dir, struct err *e)
{
	char *tmp = xasprintf("%s.restoring%ld", dir, (long)getpid());
	bool ok = path_mkdirs(tmp, e) && fill(db, tmp, dir, e);

	if (!ok)
		remove_half(tmp);
	free(tmp);
	return ok;
}

bool backup_restore(const char *file, const char *dir, struct err *e)
{
	struct db_options o = options(DB_READ);
	size_t n = strlen(dir);
	struct db *db;

	if (sodium_init() < 0)
		BUG("libsodium does not start");
	if (!missing_or_empty(dir))
		return err_set(e, ERR_CONFLICT, _("%s is not an empty directory; restore into a new one"), dir);
	if (!db_open(&db, file, &o, e))
		return false;
	while (n > 1 && dir[n - 1] == '/')
		n--;
	char *target = xstrndup(dir, n);
	bool ok = check_all(db, file, e) && restore_checked(db, target, e);
	free(target);
	db_close(db);
	return ok;
}
