// SPDX-License-Identifier: MIT
// Knows how a text goes to the editor that the user has chosen, and comes back.
#include "src/app_outside.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

enum { TEXT_MAX = 1024 * 1024 }; // as an article

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st, (void)type, (void)f;
	return remove(path);
}

static void remove_folder(const char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool put_text(const char *path, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t n = strlen(text), at = 0;
	ssize_t k = 0;

	while (fd >= 0 && at < n && (k = write(fd, text + at, n - at)) > 0)
		at += (size_t)k;
	int why = errno;
	if (fd >= 0 && close(fd) == 0 && at == n)
		return true;
	return err_set(e, ERR_IO, _("cannot write %s: %s"), path, strerror(why));
}

// A program in front, as system(3) runs one: what is typed to stop it is for it alone.
static bool run(const char *program, const char *path, struct err *e)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, usual = {.sa_handler = SIG_DFL}, was_int, was_quit, was_stop;
	char *command = xasprintf("%s \"$1\"", program);
	int status = 0;

	sigaction(SIGINT, &ignore, &was_int);
	sigaction(SIGQUIT, &ignore, &was_quit);
	// C-z in the editor stops both, so that the shell comes forward.
	sigaction(SIGTSTP, &usual, &was_stop);
	pid_t pid = fork();
	if (pid == 0) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		sigaction(SIGINT, &usual, NULL);
		sigaction(SIGQUIT, &usual, NULL);
		sigaction(SIGPIPE, &usual, NULL);
		closefrom(3);
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &was_int, NULL);
	sigaction(SIGQUIT, &was_quit, NULL);
	sigaction(SIGTSTP, &was_stop, NULL);
	free(command);
	if (pid < 0)
		return err_set(e, ERR_IO, _("cannot start your editor: %s"), strerror(errno));
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	       err_set(e, ERR_IO, _("Your editor (%s) failed; the text is as it was."), program);
}

static bool take_text(const char *path, const char *before, struct str *out, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_IO, _("Your editor left no file; the text is as it was."));
	if (st.st_size > TEXT_MAX)
		return err_set(e, ERR_LIMIT, _("The text is longer than 1 MiB; it is as it was."));
	if (!path_read(path, TEXT_MAX, out, e))
		return false;
	if (!utf8_valid(sv_n(str_z(out), out->n)) || strlen(str_z(out)) != out->n)
		return err_set(e, ERR_PARSE, _("Your editor did not save the text as UTF-8; it is as it was."));
	// Editors end the last line; a text that was without one stays without.
	size_t n = strlen(before);
	if (out->n && out->s[out->n - 1] == '\n' && (!n || before[n - 1] != '\n'))
		out->s[--out->n] = '\0';
	return true;
}

bool outside_edit(const char *dir, const char *text, struct str *out, struct err *e)
{
	const char *visual = getenv("VISUAL"), *program = str_empty(visual) ? getenv("EDITOR") : visual;

	if (str_empty(program))
		return err_set(e, ERR_USAGE, _("No editor is named: set VISUAL or EDITOR before zuoxi starts."));
	char *folder = xasprintf("%s/edit-XXXXXX", dir);
	if (!mkdtemp(folder)) {
		err_set(e, ERR_IO, _("cannot make the directory %s: %s"), folder, strerror(errno));
		free(folder);
		return false;
	}
	char *path = path_join(folder, "text.md");
	bool ok = put_text(path, text, e) && run(program, path, e) && take_text(path, text, out, e);
	remove_folder(folder);
	free(path);
	free(folder);
	return ok;
}

void outside_sweep(const char *dir)
{
	char *pattern = xasprintf("%s/edit-??????", dir);
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			remove_folder(found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}
