// SPDX-License-Identifier: MIT
// Knows how a whole folder gets a new content, or keeps the old one.
#include "src/base/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"

enum { FILES_MAX = 5000, BYTES_MAX = 64 * 1024 * 1024, DEPTH_MAX = 8 };

struct copy {
	size_t files, bytes;
};

static bool sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		err_set(e, err_from_errno(errno), _("cannot write %s: %s"), path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool copy_file(struct copy *c, const char *from, const char *to, struct err *e)
{
	struct str bytes = {0};
	bool ok = path_read(from, BYTES_MAX - c->bytes, &bytes, e) && path_write_atomic(to, sv_n(str_z(&bytes), bytes.n), 0600, e);
	c->bytes += bytes.n;
	str_release(&bytes);
	return ok;
}

static bool copy_tree(struct copy *c, const char *from, const char *to, int depth, struct err *e);

static bool copy_entry(struct copy *c, const char *from, const char *to, int depth, struct err *e)
{
	struct stat st;
	if (lstat(from, &st))
		return err_set(e, ERR_IO, _("cannot read %s: %s"), from, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return copy_tree(c, from, to, depth + 1, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PARSE, _("%s is neither a plain file nor a folder; take it out"), from);
	if (++c->files > FILES_MAX)
		return err_set(e, ERR_LIMIT, _("%s: more than %d files"), from, FILES_MAX);
	return copy_file(c, from, to, e);
}

static bool copy_tree(struct copy *c, const char *from, const char *to, int depth, struct err *e)
{
	if (depth > DEPTH_MAX)
		return err_set(e, ERR_LIMIT, _("%s: folders deeper than %d levels"), from, DEPTH_MAX);
	DIR *d = opendir(from);
	if (!d)
		return err_set(e, ERR_IO, _("cannot read the folder %s: %s"), from, strerror(errno));
	bool ok = path_mkdirs(to, e);
	for (struct dirent *entry; ok && (entry = readdir(d));) {
		if (entry->d_name[0] == '.')
			continue;
		char *a = path_join(from, entry->d_name), *b = path_join(to, entry->d_name);
		ok = copy_entry(c, a, b, depth, e);
		free(a);
		free(b);
	}
	closedir(d);
	return ok && sync_folder(to, e);
}

bool remove_folder(const char *path, struct err *e)
{
	DIR *d = opendir(path);
	if (!d && (errno == ENOENT || errno == ENOTDIR))
		return unlink(path) == 0 || errno == ENOENT
			|| err_set(e, err_from_errno(errno), _("cannot remove %s: %s"), path, strerror(errno));
	if (!d)
		return err_set(e, ERR_IO, _("cannot read the folder %s: %s"), path, strerror(errno));
	bool ok = true;
	for (struct dirent *entry; ok && (entry = readdir(d));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		char *p = path_join(path, entry->d_name);
		struct stat st;
		if (lstat(p, &st) == 0 && S_ISDIR(st.st_mode))
			ok = remove_folder(p, e);
		else if (unlink(p))
			ok = err_set(e, err_from_errno(errno), _("cannot remove %s: %s"), p, strerror(errno));
		free(p);
	}
	closedir(d);
	if (ok && rmdir(path))
		ok = err_set(e, err_from_errno(errno), _("cannot remove %s: %s"), path, strerror(errno));
	return ok;
}

// Puts the new folder in place of the old one. Where both can be exchanged in one step they are.
static bool swap_in(const char *fresh, const char *into, struct err *e)
{
	if (!path_exists(into)) {
		if (rename(fresh, into) == 0)
			return true;
		return err_set(e, err_from_errno(errno), _("cannot rename %s to %s: %s"), fresh, into, strerror(errno));
	}
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, into, RENAME_EXCHANGE) == 0)
		return true;
	return err_set(e, err_from_errno(errno), _("cannot exchange %s and %s: %s"), fresh, into, strerror(errno));
}

bool copy_folder(const char *from, const char *into, struct err *e)
{
	size_t n = strlen(into);
	while (n && into[n - 1] != '/')
		n--;
	char *parent = n ? xstrndup(into, n) : xstrdup("."), *fresh = xasprintf("%s/.%s.new", parent, into + n);
	struct copy c = {0};
	bool ok = path_mkdirs(parent, e) && remove_folder(fresh, e) && copy_tree(&c, from, fresh, 0, e) && swap_in(fresh, into, e)
		&& sync_folder(parent, e);
	struct err ignored = {0};
	if (!remove_folder(fresh, ok ? e : &ignored)) // the old content after an exchange, or the half of a copy
		ok = false;
	free(parent);
	free(fresh);
	return ok;
}
