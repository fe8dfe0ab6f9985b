// SPDX-License-Identifier: MIT
// Knows files and folders: joining names, making private directories, reading whole files with a cap.
#include "src/base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"

#ifndef ZUOXI_SHAREDIR
#define ZUOXI_SHAREDIR "/usr/local/share/zuoxi"
#endif
#ifndef ZUOXI_SOURCEDIR
#define ZUOXI_SOURCEDIR ""
#endif

enum err_code err_from_errno(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT || errnum == EROFS ? ERR_FULL
	       : errnum == ENOENT				       ? ERR_NOT_FOUND
								       : ERR_IO;
}

char *path_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return xasprintf("%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name);
}

bool path_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool path_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool path_mkdirs(const char *path, struct err *e)
{
	char *p = xstrdup(path);

	for (char *s = p + 1;; s++) {
		if (*s != '/' && *s != '\0')
			continue;
		char c = *s;
		*s = '\0';
		if (mkdir(p, 0700) != 0 && errno != EEXIST) {
			int saved = errno;
			err_set(e, err_from_errno(saved), _("cannot make the directory %s: %s"), p, strerror(saved));
			free(p);
			return false;
		}
		*s = c;
		if (!c)
			break;
	}
	free(p);
	if (!path_is_dir(path))
		return err_set(e, ERR_IO, _("%s is in the way: a directory is needed there"), path);
	return true;
}

bool path_read(const char *path, size_t max, struct str *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[65536];
	size_t total = 0;
	ssize_t n;

	if (fd < 0)
		return err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set(e, ERR_IO, _("cannot read %s: %s"), path, strerror(errno));
			close(fd);
			return false;
		}
		total += (size_t)n;
		if (total > max) {
			close(fd);
			return err_set(e, ERR_LIMIT, _("%s is larger than %zu bytes"), path, max);
		}
		str_addn(out, buf, (size_t)n);
	}
	close(fd);
	return true;
}

static bool write_all(int fd, struct sv data)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data = sv_n(data.p + n, data.n - (size_t)n);
	}
	return true;
}

bool path_write_atomic(const char *path, struct sv data, unsigned mode, struct err *e)
{
	char *tmp = xasprintf("%s.tmp%ld", path, (long)getpid());
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	bool ok = fd >= 0 && write_all(fd, data) && fsync(fd) == 0;
	int saved = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		ok = false;
		saved = errno;
	}
	if (ok && rename(tmp, path) != 0) {
		ok = false;
		saved = errno;
	}
	if (!ok) {
		unlink(tmp);
		err_set(e, err_from_errno(saved), _("cannot write %s: %s"), path, strerror(saved));
	}
	free(tmp);
	return ok;
}

static char *under(const char *var, const char *fallback, const char *rest)
{
	const char *v = getenv(var);

	if (!str_empty(v))
		return path_join(v, rest);
	v = getenv("HOME");
	return str_empty(v) ? NULL : xasprintf("%s/%s/%s", v, fallback, rest);
}

char *path_data_dir(void)
{
	const char *v = getenv("ZUOXI_DATA");

	return !str_empty(v) ? xstrdup(v) : under("XDG_DATA_HOME", ".local/share", "zuoxi");
}

char *path_config_file(void)
{
	return under("XDG_CONFIG_HOME", ".config", "zuoxi/zuoxi.yaml");
}

char *path_share(const char *name)
{
	const char *const dirs[] = {getenv("ZUOXI_SHARE"), ZUOXI_SHAREDIR, ZUOXI_SOURCEDIR "/config"};

	for (size_t i = 0; i < 3; i++) {
		if (str_empty(dirs[i]))
			continue;
		char *p = path_join(dirs[i], name);
		if (path_exists(p))
			return p;
		free(p);
	}
	return path_join(ZUOXI_SHAREDIR, name);
}
