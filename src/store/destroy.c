// SPDX-License-Identifier: MIT
// Knows how a station is destroyed: its keys before anything else, so that what is left on the disk cannot be read.
#include "src/store/destroy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"

// By how their names begin: with -wal and -shm, and with what a write that broke off left beside them.
static const char *const keys[] = {"station.key", "hub.key", NULL};
static const char *const data[] = {"store.db", "kb.db", "kb.segment", "carried", "edit-", "hub-ca.pem", "packs", "zuoxi.log", "practice", NULL};

static bool is_one(const char *name, const char *const *of)
{
	for (size_t i = 0; of[i]; i++)
		if (str_starts(name, of[i]))
			return true;
	return false;
}

static bool complain(const char *path, struct err *e)
{
	return e->code != ERR_NONE ? false : err_set(e, err_from_errno(errno), _("cannot destroy %s: %s"), path, strerror(errno));
}

// On the same blocks where the file system writes in place; the link goes in any case.
static bool overwrite(const char *path)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT;
	bool ok = fstat(fd, &st) == 0;
	for (off_t at = 0; ok && at < st.st_size;) {
		size_t n = st.st_size - at < (off_t)sizeof(zeros) ? (size_t)(st.st_size - at) : sizeof(zeros);
		ssize_t done = pwrite(fd, zeros, n, at);
		ok = done > 0;
		at += ok ? done : 0;
	}
	ok = ok && fsync(fd) == 0;
	int why = errno;
	close(fd);
	errno = why;
	return ok;
}

static bool destroy_key(const char *path, struct err *e)
{
	bool ok = overwrite(path) || complain(path, e);

	return (unlink(path) == 0 || errno == ENOENT || complain(path, e)) && ok;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static bool destroy_data(const char *path, struct err *e)
{
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT || complain(path, e);
}

static bool sync_dir(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		complain(dir, e);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool each(const char *dir, const char *const *of, bool (*destroy)(const char *path, struct err *e), struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *one;
	bool ok = true;

	if (!d)
		return complain(dir, e);
	while ((one = readdir(d))) {
		if (!is_one(one->d_name, of))
			continue;
		char *path = path_join(dir, one->d_name);
		ok = destroy(path, e) && ok;
		free(path);
	}
	closedir(d);
	return sync_dir(dir, e) && ok;
}

#define BEGUN "now\n"

bool station_destroy(const char *dir, struct err *e)
{
	char *mark = path_join(dir, STATION_ORDER);
	struct err none = {0};

	// Where it cannot be written nothing is put off for it.
	bool marked = path_write_atomic(mark, sv(BEGUN), 0600, &none);
	bool ok = each(dir, keys, destroy_key, e);
	ok = each(dir, data, destroy_data, e) && ok;
	if (ok && marked)
		ok = (unlink(mark) == 0 || errno == ENOENT || complain(mark, e)) && sync_dir(dir, e);
	free(mark);
	return ok;
}

bool station_destroy_rest(const char *dir, struct err *e)
{
	char *mark = path_join(dir, STATION_ORDER);
	struct str text = {0};
	bool begun = path_read(mark, 256, &text, NULL) && strcmp(str_z(&text), BEGUN) == 0;

	str_release(&text);
	free(mark);
	return !begun || station_destroy(dir, e);
}
