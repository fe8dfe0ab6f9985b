// SPDX-License-Identifier: MIT
// Knows one whole call of each of the nine scripts, worked by keys in the real program and judged by its subcommands: the record, and
// what it taught.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <jansson.h>
#include <locale.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "src/base/path.h"
#include "src/base/utf8.h"
#include "tests/term/play.h"
#include "tests/term/station.h"

enum { WAIT = 20000 }; // a deadline, not a pause
#define NOW "2026-11-20T10:00:00+08:00"

struct call {
	const char *script, *disposition, *category;
	const char *step;  // the last one of the script's own
	const char *used;  // likewise in the timeline: an article, a number, an escalation
	const char *phone; // what the simulated telephone plays; NULL: the call is started by hand
	const char *taught; // the article that its caller's words are phrasings of afterwards; NULL: it was not resolved with one
};
#define RINGS "+0.1 offered 13800138000 王静\n"
static const struct call calls[] = {
	{"fin.loan", "FIN_LOAN_LEAD", "loan.enquiry.personal", "L9B", "KB-FIN-001", NULL, "KB-FIN-001"},
	{"fin.freeze", "FIN_FREEZE_GUIDE", "account.freeze", "Z10", "KB-FIN-012", RINGS},
	{"fin.anomaly", "FIN_STOPPAY_ESC", "payment.funds_anomaly", "A9", "Urgent review", NULL},
	{"air.delay", "AIR_REBOOK", "travel.delay.weather", "D10S", "改签XA1367", RINGS},
	{"air.cabin", "ESC_RED", "cabin.fault.safety", "C7", "Urgent review", NULL},
	{"air.special", "AIR_SSR_OK", "special_service.um", "S8B", "KB-AIR-021", RINGS},
	{"ec.logistics", "EC_TRACE", "logistics.delay.no_update", "G9", "order_no", RINGS},
	{"ec.return", "EC_RETURN_DISP", "return_refund.dispute_used", "T11", "(1) Complaint", NULL},
	{"ec.reco", "EC_RECO", "product.recommend", "R10", "KB-EC-032", NULL, "KB-EC-032"},
};

static void run_call(struct station *s, const struct call *c)
{
	const char *args[] = {"--now", NOW, NULL};
	char *keys = xasprintf(CALLS "/%s.keys", c->script), *rings = c->phone ? station_file(s, "phone.txt", c->phone) : NULL;

	if (rings) {
		char *yaml = xasprintf("agent: {no: \"8001\", name: 陈晓}\ntelephone: sim\ntelephone_script: %s\n", rings);
		station_config(s, yaml);
		free(yaml);
	}
	struct vt *vt = station_start(s, args, NULL, 40, 120);
	bool played = play(vt, keys, WAIT);
	int status = played ? vt_wait_exit(vt, WAIT) : -1;
	bool ended = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (!ended)
		print_error("%s: wait status %#x\n%s", c->script, (unsigned)status, vt_screen(vt));
	vt_close(vt);
	free(rings);
	free(keys);
	assert_true(ended);
}

static void says(const json_t *one, const char *key, const char *want, const char *all)
{
	const char *got = json_string_value(json_object_get(one, key));

	if (!got || strcmp(got, want) != 0)
		fail_msg("%s is %s, not %s, in %s", key, got ? got : "not there", want, all);
}

// What `call list --json` says about the only contact; its id, owned by the caller.
static char *listed(const struct station *s, const struct call *c)
{
	const char *list[] = {"--json", "call", "list", NULL};
	struct str out = {0};

	assert_int_equal(station_run(s, &out, NULL, list), 0);
	json_t *all = json_loads(str_z(&out), 0, NULL), *one = json_array_get(all, 0);
	assert_int_equal(json_array_size(all), 1);
	says(one, "state", "closed", str_z(&out));
	says(one, "category_id", c->category, str_z(&out));
	says(one, "disposition_code", c->disposition, str_z(&out));
	char *id = xstrdup(json_string_value(json_object_get(one, "id")));
	json_decref(all);
	str_release(&out);
	return id;
}

static void sql(const char *data, const char *text)
{
	char *path = path_join(data, "store.db"), *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	assert_true(sqlite3_changes(db) > 0);
	sqlite3_close(db);
	free(path);
}

// The control: a stamp that was changed behind the program's back is found.
static void is_found_out(const struct station *s, const char *id)
{
	char *copy = station_copy(s, "altered");
	struct station altered = {.data = copy};
	const char *replay[] = {"call", "replay", id, NULL};

	sql(copy, "update interaction set connected_at = connected_at + 1");
	assert_int_equal(station_run(&altered, NULL, NULL, replay), 1);
	free(copy);
}

// --version behind a command is the article's, alone it is the program's.
static void is_shown_in_its_version(const struct station *s)
{
	const char *old[] = {"kb", "show", "KB-COM-001", "--version", "1", NULL}, *none[] = {"kb", "show", "KB-COM-001", "--version", "9", NULL},
		   *program[] = {"kb", "--version", NULL};
	struct str out = {0};

	assert_int_equal(station_run(s, &out, NULL, old), 0);
	assert_non_null(strstr(str_z(&out), "KB-COM-001"));
	assert_int_equal(station_run(s, NULL, NULL, none), 1);
	str_clear(&out);
	assert_int_equal(station_run(s, &out, NULL, program), 0);
	assert_true(str_starts(str_z(&out), "zuoxi "));
	str_release(&out);
}

static void is_taught(const struct station *s, const struct call *c, const char *id)
{
	const char *list[] = {"--json", "kb", "phrasings", "--call", id, NULL};
	struct str out = {0};

	assert_int_equal(station_run(s, &out, NULL, list), c->taught ? 0 : 1);
	json_t *all = json_loads(str_z(&out), 0, NULL);
	if (!c->taught && json_array_size(all))
		fail_msg("%s taught %s", c->script, str_z(&out));
	for (size_t i = 0; i < json_array_size(all); i++)
		says(json_array_get(all, i), "article", c->taught, str_z(&out));
	json_decref(all);
	str_release(&out);
}

static void test_call(void **state)
{
	const struct call *c = *state;
	struct station s;
	struct str out = {0}, err = {0};

	station_make(&s);
	run_call(&s, c);
	char *id = listed(&s, c);
	const char *show[] = {"call", "show", id, NULL}, *replay[] = {"call", "replay", id, NULL};
	assert_int_equal(station_run(&s, &out, NULL, show), 0);
	const char *const lines[] = {c->step, c->used, "BYE"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!strstr(str_z(&out), lines[i]))
			fail_msg("%s is not in\n%s", lines[i], str_z(&out));
	str_clear(&out);
	if (station_run(&s, &out, &err, replay) != 0)
		fail_msg("replay: %s%s", str_z(&out), str_z(&err));
	is_taught(&s, c, id);
	if (c == calls)
		is_shown_in_its_version(&s);
	is_found_out(&s, id);
	free(id);
	str_release(&out);
	str_release(&err);
	station_remove(&s);
}

int main(int argc, char **argv)
{
	enum { N = sizeof(calls) / sizeof(*calls) };
	struct CMUnitTest tests[N];
	size_t n = 0;

	setlocale(LC_ALL, "");
	utf8_init();
	// An argument names the one to play.
	for (size_t i = 0; i < N; i++)
		if (argc < 2 || strcmp(argv[1], calls[i].script) == 0)
			tests[n++] = (struct CMUnitTest){.name = calls[i].script, .test_func = test_call, .initial_state = (void *)(uintptr_t)&calls[i]};
	int failed = _cmocka_run_group_tests("nine_calls", tests, n, NULL, NULL);
	station_end();
	return failed;
}
