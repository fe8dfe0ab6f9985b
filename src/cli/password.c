// SPDX-License-Identifier: MIT
// Knows how a password is asked for: from the terminal without showing it, or as the first line of standard input.
#include "src/cli/password.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/i18n.h"

// Not through stdio, whose buffer would keep it.
static bool read_line(char out[PASSWORD_MAX], struct err *e)
{
	size_t n = 0;
	char c;

	for (;;) {
		ssize_t k = read(STDIN_FILENO, &c, 1);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0 || c == '\n')
			break;
		if (n == PASSWORD_MAX - 1)
			return err_set(e, ERR_LIMIT, _("a password is at most %d bytes long"), PASSWORD_MAX - 1);
		out[n++] = c;
	}
	if (n && out[n - 1] == '\r')
		n--;
	out[n] = '\0';
	return n > 0 || err_set(e, ERR_USAGE, _("no password was given"));
}

bool password_read(const char *prompt, char out[PASSWORD_MAX], struct err *e)
{
	struct termios was, hidden;
	sigset_t ends, before;

	memset(out, 0, PASSWORD_MAX);
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
		return read_line(out, e);
	// Ctrl-C comes after the terminal shows again what is typed.
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTSTP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	hidden = was;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	// Only then the prompt: what is typed at it must not be seen, nor thrown away.
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	fprintf(stderr, "%s", prompt);
	fflush(stderr);
	bool ok = read_line(out, e);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fprintf(stderr, "\n");
	sigprocmask(SIG_SETMASK, &before, NULL);
	// A typed Ctrl-C is no part of a password.
	if (ok && strchr(out, 3)) {
		sodium_memzero(out, PASSWORD_MAX);
		return err_set(e, ERR_USAGE, _("no password was given"));
	}
	return ok;
}
