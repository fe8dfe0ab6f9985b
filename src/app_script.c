// SPDX-License-Identifier: MIT
// Knows the key scripts of --script: one key, text or command a line (cli.md).
#include "src/app_script.h"

#include <regex.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/vec.h"

enum step_kind { STEP_KEY, STEP_TEXT, STEP_WAIT, STEP_EXPECT, STEP_SCREEN, STEP_CALL, STEP_QUIT };

struct step {
	enum step_kind kind;
	int line;
	struct key key;
	char *text, *name;
	regex_t re;
	bool has_re;
};

struct key_script {
	char *file;
	VEC(struct step) steps;
};

void key_script_free(struct key_script *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->steps.n; i++) {
		free(s->steps.v[i].text);
		free(s->steps.v[i].name);
		if (s->steps.v[i].has_re)
			regfree(&s->steps.v[i].re);
	}
	vec_release(&s->steps);
	free(s->file);
	free(s);
}

static char *copy(struct sv s)
{
	s = sv_trim(s);
	return xstrndup(s.n ? s.p : "", s.n);
}

static bool add_regex(struct step *st, struct sv text, const struct key_script *s, struct err *e)
{
	char why[160];

	st->text = copy(text);
	int rc = regcomp(&st->re, st->text, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
	if (rc) {
		regerror(rc, &st->re, why, sizeof(why));
		return err_set(e, ERR_PARSE, _("%s:%d: bad regular expression: %s"), s->file, st->line, why);
	}
	st->has_re = true;
	return true;
}

static bool add_command(struct key_script *s, struct step *st, struct sv line, struct err *e)
{
	struct sv word, rest = line;

	sv_split(&rest, ' ', &word);
	if (sv_eqz(word, ":wait") || sv_eqz(word, ":expect")) {
		st->kind = sv_eqz(word, ":wait") ? STEP_WAIT : STEP_EXPECT;
		return add_regex(st, rest, s, e);
	}
	if (sv_eqz(word, ":screen")) {
		st->kind = STEP_SCREEN;
		st->text = copy(rest);
		return true;
	}
	if (sv_eqz(word, ":call")) {
		struct sv number = {0};
		rest = sv_trim(rest);
		sv_split(&rest, ' ', &number);
		st->kind = STEP_CALL;
		st->text = copy(number);
		st->name = copy(rest);
		return true;
	}
	if (sv_eqz(word, ":quit")) {
		st->kind = STEP_QUIT;
		return true;
	}
	return err_set(e, ERR_PARSE, _("%s:%d: unknown command %.*s"), s->file, st->line, (int)word.n, word.p);
}

static bool add_line(struct key_script *s, struct sv line, int no, struct err *e)
{
	struct step *st = vec_add(&s->steps);
	struct key_line kl;

	st->line = no;
	if (*line.p == ':')
		return add_command(s, st, line, e);
	if (!key_line_parse(line, &kl, e))
		return err_prefix(e, "%s:%d", s->file, no);
	st->kind = kl.key.kind == K_NONE ? STEP_TEXT : STEP_KEY;
	st->key = kl.key;
	st->text = st->kind == STEP_TEXT ? xstrndup(kl.text.p, kl.text.n) : NULL;
	return true;
}

struct key_script *key_script_load(const char *path, struct err *e)
{
	struct key_script *s = xcalloc(1, sizeof(*s));
	struct str text = {0};
	bool ok = path_read(path, 1 << 20, &text, e);
	struct sv rest = sv_n(str_z(&text), text.n), line;

	s->file = xstrdup(path);
	for (int no = 1; ok && sv_split(&rest, '\n', &line); no++) {
		// Text may end in blanks on purpose; keys and commands may not.
		struct sv trimmed = sv_trim(line);
		if (trimmed.n && *trimmed.p != '#')
			ok = add_line(s, sv_starts(line, "text:") ? line : trimmed, no, e);
	}
	str_release(&text);
	if (!ok) {
		key_script_free(s);
		return NULL;
	}
	return s;
}

static bool matches(const struct step *st, const struct key_script_host *host, struct str *screen)
{
	str_clear(screen);
	host->screen(host->ctx, screen);
	return regexec(&st->re, str_z(screen), 0, NULL, 0) == 0;
}

static bool wait_for(const struct key_script *s, const struct step *st, const struct key_script_host *host, int64_t ms, struct err *e)
{
	struct str screen = {0};
	int64_t end = clock_mono(&clock_real) + ms;
	bool ok = matches(st, host, &screen);

	while (!ok && clock_mono(&clock_real) < end) {
		host->turn(host->ctx, 50);
		ok = matches(st, host, &screen);
	}
	if (!ok) {
		err_set(e, ERR_NOT_FOUND, _("%s:%d: the screen does not show: %s"), s->file, st->line, st->text);
		fprintf(stderr, "%s", str_z(&screen));
	}
	str_release(&screen);
	return ok;
}

static bool write_screen(const struct step *st, const struct key_script_host *host, struct err *e)
{
	struct str screen = {0};

	host->screen(host->ctx, &screen);
	bool ok = path_write_atomic(st->text, sv_n(str_z(&screen), screen.n), 0644, e);
	str_release(&screen);
	return ok;
}

bool key_script_run(struct key_script *s, const struct key_script_host *host, struct err *e)
{
	for (size_t i = 0; i < s->steps.n; i++) {
		const struct step *st = &s->steps.v[i];
		bool ok = true;
		host->turn(host->ctx, 0);
		switch (st->kind) {
		case STEP_KEY:
			if (!host->key(host->ctx, st->key))
				return true;
			break;
		case STEP_TEXT:
			if (!host->text(host->ctx, sv(st->text)))
				return true;
			break;
		case STEP_WAIT: ok = wait_for(s, st, host, KEY_SCRIPT_WAIT_MS, e); break;
		case STEP_EXPECT: ok = wait_for(s, st, host, 0, e); break;
		case STEP_SCREEN: ok = write_screen(st, host, e); break;
		case STEP_CALL:
			if (!host->call(host->ctx, st->text, st->name))
				ok = err_set(e, ERR_DENIED, _("%s:%d: there is no simulated telephone"), s->file, st->line);
			break;
		case STEP_QUIT:
			return true;
		}
		if (!ok)
			return false;
	}
	return true;
}
