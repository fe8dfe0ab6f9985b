// SPDX-License-Identifier: MIT
// Knows that one process writes a data directory.
#include "src/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/str.h"

static bool held(int fd, const char *dir, struct err *e)
{
	char pid[24] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
	if (*pid)
		return err_set(e, ERR_CONFLICT, _("process %s is writing %s: close that workstation first"), pid, dir);
	return err_set(e, ERR_CONFLICT, _("another process is writing %s: close that workstation first"), dir);
}

bool lock_take(struct lock *l, const char *dir, struct err *e)
{
	char *path = path_join(dir, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool ok = fd >= 0;

	*l = (struct lock){0};
	if (!ok)
		err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		ok = errno == EWOULDBLOCK ? held(fd, dir, e)
					  : err_set(e, ERR_IO, _("cannot lock %s: %s"), path, strerror(errno));
	if (ok) {
		char pid[24];
		int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
		// The pid is for the message only; on a full disk the lock itself still holds.
		if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) != n)
			errno = 0;
		l->fd = fd;
	} else if (fd >= 0) {
		close(fd);
	}
	free(path);
	return ok;
}

void lock_release(struct lock *l)
{
	if (l->fd > 0)
		close(l->fd);
	*l = (struct lock){0};
}
