// SPDX-License-Identifier: MIT
// Knows how what a customer says is spoken aloud: one child process a line, one line at a time, no shell in between.
#include "src/practice/voice.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/path.h"
#include "src/base/vec.h"

extern char **environ;

enum { WAITING_MAX = 16 }; // lines not said yet; whoever talks on gets ahead of the voice, and the oldest are left out

struct voice {
	char *program; // owned; its path
	bool dispatcher;
	enum lang lang;
	VEC(char *) waiting; // owned
	pid_t child;         // 0: nothing is being said
};

static char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	struct sv rest = sv(path ? path : ""), part;

	while (sv_split(&rest, ':', &part)) {
		char *full = xasprintf("%.*s/%s", (int)part.n, part.p, name);
		if (part.n && access(full, X_OK) == 0 && !path_is_dir(full))
			return full;
		free(full);
	}
	return NULL;
}

bool voice_open(struct voice **out, enum lang lang, struct err *e)
{
	char *program = find_program("spd-say");
	bool dispatcher = program != NULL;

	*out = NULL;
	if (!program)
		program = find_program("espeak-ng");
	if (!program)
		return err_set(e, ERR_NOT_FOUND, _("Nothing here can speak: install speech-dispatcher or espeak-ng; the text stays on the screen."));
	*out = xcalloc(1, sizeof(**out));
	**out = (struct voice){.program = program, .dispatcher = dispatcher, .lang = lang};
	return true;
}

static pid_t start(const struct voice *v, const char *text)
{
	const char *lang = v->lang == LANG_EN ? "en" : v->dispatcher ? "zh" : "cmn";
	const char *const say[] = {v->program, v->dispatcher ? "-w" : "-b1", v->dispatcher ? "-l" : "-v", lang, "--", text, NULL};
	posix_spawn_file_actions_t quiet;
	posix_spawnattr_t own;
	sigset_t none;
	pid_t child = 0;

	posix_spawn_file_actions_init(&quiet);
	// The terminal is the screen's.
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
	posix_spawnattr_init(&own);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&own, &none);
	posix_spawnattr_setpgroup(&own, 0);
	posix_spawnattr_setflags(&own, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	if (posix_spawn(&child, v->program, &quiet, &own, (char *const *)(uintptr_t)say, environ) != 0)
		child = 0;
	posix_spawn_file_actions_destroy(&quiet);
	posix_spawnattr_destroy(&own);
	return child;
}

static void drop_first(struct voice *v)
{
	free(v->waiting.v[0]);
	vec_remove(&v->waiting, 0);
}

bool voice_turn(struct voice *v)
{
	if (v->child && waitpid(v->child, NULL, WNOHANG) != 0)
		v->child = 0;
	if (!v->child && v->waiting.n) {
		v->child = start(v, v->waiting.v[0]);
		drop_first(v);
	}
	return v->child != 0;
}

void voice_say(struct voice *v, const char *text)
{
	if (v->waiting.n == WAITING_MAX)
		drop_first(v);
	vec_push(&v->waiting, xstrdup(text));
	voice_turn(v);
}

void voice_close(struct voice *v)
{
	if (!v)
		return;
	while (v->waiting.n)
		drop_first(v);
	if (v->child) {
		kill(-v->child, SIGKILL);
		waitpid(v->child, NULL, 0);
	}
	vec_release(&v->waiting);
	free(v->program);
	free(v);
}
