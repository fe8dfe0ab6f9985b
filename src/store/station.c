// SPDX-License-Identifier: MIT
// Knows how a directory becomes a station's: its key, its empty store, its two codes.
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/desk/number.h"
#include "src/store/key.h"
#include "src/store/lock.h"
#include "src/store/meta.h"
#include "src/store/store.h"

static bool code_ok(const char *code)
{
	return code && strlen(code) == 3 && strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool codes_ok(const char *site, const char *station, struct err *e)
{
	if (!code_ok(site) || str_eq(site, "TRN"))
		return err_set(e, ERR_USAGE, _("the site code must be 3 characters of 0-9A-Z and not TRN: %s"),
			       site ? site : "");
	if (!code_ok(station) || str_eq(station, "000"))
		return err_set(e, ERR_USAGE, _("the station code must be 3 characters of 0-9A-Z and not 000: %s"),
			       station ? station : "");
	return true;
}

static bool has_file(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	bool there = path_exists(path);

	free(path);
	return there;
}

bool store_exists(const char *dir)
{
	return key_exists(dir) && has_file(dir, "store.db");
}

static bool first_rows(struct db *db, const char *dir, const char *site, const char *station, int64_t now,
		       struct err *e)
{
	struct arena a = {0};
	unsigned char raw[8];
	char inc[2 * sizeof(raw) + 1];
	const char *have;
	bool ok = db_begin(db, e);

	if (!ok)
		return false;
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(inc, sizeof(inc), raw, sizeof(raw));
	ok = meta_text(db, "site", &have, &a, e);
	if (ok && have)
		ok = err_set(e, ERR_CONFLICT, _("%s is a station's already (site %s)"), dir, have);
	ok = ok && meta_set_text(db, "site", site, e) && meta_set_text(db, "station", station, e) &&
	     meta_set_text(db, "inc", inc, e) && meta_set_int(db, "next_n", 1, e) && meta_set_int(db, "made_at", now, e);
	arena_release(&a);
	if (ok)
		return db_commit(db, e);
	db_rollback(db);
	return false;
}

static bool make_store(const char *dir, const char *site, const char *station, int64_t now, struct err *e)
{
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n};
	char *path = path_join(dir, "store.db");
	struct db *db = NULL;
	bool ok;

	// A store without its key holds what nobody can read any more; a new key would hide that.
	if (path_exists(path) && !key_exists(dir))
		ok = err_set(e, ERR_CONFLICT, _("%s has a store but no station.key: bring the key back, or choose another "
						"directory"), dir);
	else
		ok = (key_exists(dir) || key_make(dir, e)) && db_open(&db, path, &o, e);
	ok = ok && first_rows(db, dir, site, station, now, e);
	db_close(db);
	free(path);
	return ok;
}

static bool init(const char *dir, const char *site, const char *station, const struct clock *clock, struct err *e)
{
	struct lock lock;

	if (!path_mkdirs(dir, e) || !lock_take(&lock, dir, e))
		return false;
	bool ok = make_store(dir, site, station, clock_wall(clock), e);
	lock_release(&lock);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		// The names of key and store must last as long as what stands in them.
		if (ok && fsync(fd) != 0)
			ok = err_set(e, ERR_IO, _("cannot write the directory %s"), dir);
		close(fd);
	}
	return ok;
}

bool store_init(const char *dir, const char *site, const char *station, const struct clock *clock, struct err *e)
{
	return codes_ok(site, station, e) && init(dir, site, station, clock, e);
}

bool store_init_practice(const char *dir, const char *station, const struct clock *clock, struct err *e)
{
	// Any site that is not TRN stands for it in the check: the station's code must be one all the same.
	return codes_ok("000", station, e) && init(dir, NUMBER_PRACTICE_SITE, station, clock, e);
}
