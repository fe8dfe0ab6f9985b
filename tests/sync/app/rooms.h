// SPDX-License-Identifier: MIT
// Knows how tests bring people together who practise: stations at ptys, with a hub and without, and what they see and press.
#ifndef TESTS_SYNC_APP_ROOMS_H
#define TESTS_SYNC_APP_ROOMS_H

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "src/base/path.h"
#include "tests/sync/realhub.h"
#include "tests/term/vt.h"
#include "tests/unit/store/tmpdir.h"

enum { WAIT = 20000, ROWS = 40, COLS = 140 };

struct fix {
	char *dir;
	struct realhub hub;
	bool by_hub;
	struct vt *a, *b, *c;
	char code[8];
};

static inline int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	f->dir = tmpdir_new();
	realhub_make(&f->hub, ZUOXI_HUB, f->dir, false);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fix *f = *state;

	if (f->a)
		vt_close(f->a);
	if (f->b)
		vt_close(f->b);
	if (f->c)
		vt_close(f->c);
	realhub_free(&f->hub);
	tmpdir_free(f->dir);
	free(f);
	return 0;
}

static inline void run(struct fix *f, const char *line)
{
	char *whole = xasprintf("export Z='" ZUOXI " --data'; cd '%s'; { %s\n} >>run.log 2>&1", f->dir, line), *out = realhub_run(&f->hub, whole);

	if (!out)
		fail_msg("%s", line);
	free(out);
	free(whole);
}

// The scenario of the unit tests, made the first of the list.
static inline void add_scenario(const struct fix *f, const char *station)
{
	char *line = xasprintf("mkdir -p %s/packs/common/scenarios; sed 's/^scenario: .*/scenario: aaa.seat/; s/^level: .*/level: basic/' '" SEAT_YAML
			       "' >%s/packs/common/scenarios/seat.yaml", station, station);

	run((struct fix *)(uintptr_t)f, line);
	free(line);
}

static inline void make_station(struct fix *f, const char *name, const char *number, const char *login)
{
	char *line = xasprintf("$Z %s init --site SHA --station %s --pack common", name, number);

	run(f, line);
	free(line);
	add_scenario(f, name);
	if (!f->by_hub)
		return;
	char *code = realhub_code(&f->hub, number);
	line = xasprintf("$Z %s enrol 'unix:%s' %s; printf 'secret password\\n' | $Z %s login %s", name, f->hub.socket, code, name, login);
	run(f, line);
	free(line);
	free(code);
}

static inline struct vt *open_station(struct fix *f, const char *name)
{
	char *data = path_join(f->dir, name), *runtime = xasprintf("XDG_RUNTIME_DIR=%s", f->dir);
	const char *argv[] = {ZUOXI, "--data", data, "--lang", "en", NULL}, *env[] = {runtime, NULL};
	struct vt *vt = vt_spawn(argv, env, ROWS, COLS);

	free(data);
	free(runtime);
	return vt;
}

static inline void sees(struct vt *vt, const char *regex)
{
	if (!vt_wait_text(vt, regex, WAIT)) {
		fprintf(stderr, "%s\n", vt_screen(vt)); // longer than a message of cmocka
		fail_msg("no %s", regex);
	}
}

static inline void must(struct vt *vt, const char *keys, const char *regex)
{
	vt_send(vt, keys);
	if (!vt_wait_text(vt, regex, WAIT)) {
		fprintf(stderr, "%s\n", vt_screen(vt));
		fail_msg("after %s not \"%s\"", keys, regex);
	}
}

static inline void type(struct vt *vt, const char *text)
{
	char *keys = xasprintf("text:%s", text);

	vt_send(vt, keys);
	free(keys);
}

// A line for the customer, and back to the keys.
static inline void customer_says(struct vt *vt, const char *text)
{
	must(vt, "l", "Enter send");
	type(vt, text);
	vt_send(vt, "Enter");
	sees(vt, text);
	vt_send(vt, "Esc");
	if (!vt_wait_gone(vt, "Enter send", WAIT))
		fail_msg("still typing\n%s", vt_screen(vt));
}

static inline void open_both(struct fix *f, bool by_hub, const char *second)
{
	f->by_hub = by_hub;
	if (by_hub)
		realhub_serve(&f->hub);
	else
		run(f, "chmod 700 .");
	make_station(f, "st", "0A7", "li");
	make_station(f, "st2", "0B2", second);
	f->a = open_station(f, "st");
	f->b = open_station(f, "st2");
	sees(f->a, by_hub ? "online.*unsent 0" : "M-x|F1");
	sees(f->b, by_hub ? "online.*unsent 0" : "M-x|F1");
}

static inline void read_code(struct fix *f)
{
	const char *at = strstr(vt_screen(f->a), "   (the other seat");

	assert_non_null(at);
	memcpy(f->code, at - 6, 6);
}

static inline void say(struct vt *vt, const char *text)
{
	vt_send(vt, "M-y");
	type(vt, text);
	vt_send(vt, "Enter");
	sees(vt, text);
}

// --- nothing of it leaves practice

static inline void count(const char *db, const char *sql, const char *what, int64_t want)
{
	sqlite3 *c;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open_v2(db, &c, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(c, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(c));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(c);
	if (n != want)
		fail_msg("%s: %s: %lld, not %lld", db, what, (long long)n, (long long)want);
}

static inline void quit(struct vt *vt)
{
	vt_signal(vt, SIGTERM);
	int status = vt_wait_exit(vt, WAIT);
	if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("ended with %#x\n%s", (unsigned)status, vt_screen(vt));
	vt_close(vt);
}

#endif
