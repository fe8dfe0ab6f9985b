// SPDX-License-Identifier: MIT
// Knows what `zuoxi practice` and `zuoxi report practice` answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/cli/practice_cli.h"
#include "src/store/lock.h"
#include "tests/unit/store/tmpdir.h"

#define TRADE ZUOXI_TEST_DIR "/good/trade"
static char *out_text, *err_text;
static size_t out_n, err_n;
static char *dir; // of the test

static int setup(void **state)
{
	(void)state;
	dir = tmpdir_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tmpdir_free(dir);
	free(out_text);
	free(err_text);
	out_text = err_text = NULL;
	return 0;
}

// Runs one command line (words divided by blanks; %s is the test's folder) with the options of the program before it.
static int run(cli_fn *fn, bool json, const char *fmt)
{
	struct cli c = {.data = dir, .json = json, .clock = clock_real, .out = open_memstream(&out_text, &out_n), .err = open_memstream(&err_text, &err_n),
			.seeded = true, .seed = 7};
	struct str line = {0};
	char *argv[30];
	int argc = 0;

	for (const char *p = fmt; *p; p++) {
		if (*p == '%')
			str_add(&line, dir);
		else
			str_addc(&line, *p);
	}
	for (char *p = line.s, *end; p; p = end) {
		end = strchr(p, ' ');
		if (end)
			*end++ = '\0';
		argv[argc++] = p;
	}
	argv[argc] = NULL;
	int rc = fn(&c, argc, argv);
	fclose(c.out);
	fclose(c.err);
	str_release(&line);
	return rc;
}

static int again(cli_fn *fn, bool json, const char *fmt)
{
	free(out_text);
	free(err_text);
	out_text = err_text = NULL;
	return run(fn, json, fmt);
}

#define has(text, part)                                                                                                            \
	do {                                                                                                                       \
		if (!strstr(text, part))                                                                                           \
			fail_msg("'%s' is not in:\n%s", part, text);                                                               \
	} while (0)

static void test_list_and_show(void **state)
{
	json_t *o;

	(void)state;
	assert_int_equal(run(cmd_practice, false, "practice list --pack " TRADE), CLI_DONE);
	has(out_text, "tr.lost.01");
	assert_int_equal(again(cmd_practice, true, "practice list --pack " TRADE), CLI_DONE);
	o = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(o), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(o, 0), "level")), "basic");
	assert_true(json_is_null(json_object_get(json_array_get(o, 0), "last_final")));
	json_decref(o);
	assert_int_equal(again(cmd_practice, false, "practice show tr.lost.01 --pack " TRADE), CLI_DONE);
	has(out_text, "KB-TR-001");
	has(out_text, "[e1]");
	has(out_text, "{amount} = 49800");
	has(out_text, "moves.o1 >= 3");
	assert_int_equal(again(cmd_practice, true, "practice show tr.lost.01 --pack " TRADE), CLI_DONE);
	o = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(o, "beats")), 5);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "weights"), "S5")), 1500);
	json_decref(o);
	assert_int_equal(again(cmd_practice, false, "practice show no.such --pack " TRADE), CLI_NO);
	assert_int_equal(again(cmd_practice, false, "practice dance"), CLI_USAGE);
	assert_int_equal(again(cmd_practice, false, "practice list --pack %/nothing"), CLI_NO);
}

static void write_file(const char *name, const char *text)
{
	char *path = path_join(dir, name);
	struct err e = {0};

	assert_ok(path_write_atomic(path, sv(text), 0600, &e), e);
	free(path);
}

// Standard input comes from the file while fn runs.
static int run_with_input(const char *name, bool json, const char *fmt)
{
	char *path = path_join(dir, name);
	int keep = dup(STDIN_FILENO), fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	dup2(fd, STDIN_FILENO);
	close(fd);
	clearerr(stdin);
	fflush(stdin);
	int rc = again(cmd_practice, json, fmt);
	if (keep >= 0) {
		dup2(keep, STDIN_FILENO);
		close(keep);
	}
	free(path);
	return rc;
}

static char *file_text(const char *name)
{
	char *path = path_join(dir, name);
	struct str s = {0};
	struct err e = {0};

	assert_ok(path_read(path, 1 << 20, &s, &e), e);
	free(path);
	return str_take(&s);
}

static void test_lines_and_transcript(void **state)
{
	(void)state;
	write_file("in", "/answer\n您别急，理解您的着急，马上挂失\n/classify card.lost\n/classify card\n/open KB-TR-001\n/cite KB-TR-001\n/nonsense\n/mark plan 挂失\n"
		   "/mark confirm\n还有别的可以帮您吗\n/disposition TR_BLOCKED\n/hangup\n/save\n");
	assert_int_equal(run_with_input("in", false, "practice run tr.lost.01 --pack " TRADE " --record %/rec"), CLI_DONE);
	has(out_text, "Mr Zhou «");
	has(out_text, "× "); // the branch is no category, nonsense no command
	has(out_text, "S1  ");
	has(out_text, "/nonsense");
	char *rec = file_text("rec"), *first;
	has(rec, "\"scenario\":\"tr.lost.01\"");
	has(rec, "\"type\":\"kb_cite\"");
	assert_null(strstr(rec, "nonsense"));

	assert_int_equal(again(cmd_practice, false, "practice run tr.lost.01 --pack " TRADE " --transcript %/rec --record %/rec2"), CLI_DONE);
	first = xstrdup(out_text);
	json_t *o = json_loads(first, 0, NULL);
	assert_non_null(o);
	assert_int_equal(json_array_size(json_object_get(o, "parts")), SCORE_PARTS);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(o, "parts"), SCORE_CLASS), "share")), 10000);
	assert_int_equal(json_integer_value(json_object_get(o, "seed")), 7);
	json_decref(o);
	char *rec2 = file_text("rec2");
	assert_string_equal(rec, rec2); // what was played is what was recorded
	assert_int_equal(again(cmd_practice, false, "practice run tr.lost.01 --pack " TRADE " --transcript %/rec2"), CLI_DONE);
	assert_string_equal(out_text, first);
	assert_int_equal(again(cmd_practice, true, "practice run tr.lost.01 --pack " TRADE " --transcript %/rec --debrief"), CLI_DONE);
	has(out_text, "\"debrief\"");
	free(rec);
	free(rec2);
	free(first);
	write_file("other", "{\"practice\":1,\"scenario\":\"fin.x\",\"seed\":1}\n");
	assert_int_equal(again(cmd_practice, false, "practice run tr.lost.01 --pack " TRADE " --transcript %/other"), CLI_FAILED);
	has(err_text, "fin.x");
	assert_int_equal(again(cmd_practice, false, "practice run tr.lost.01 --pack " TRADE " --transcript %/none"), CLI_FAILED);
	// Left before the end: no score. Nobody types: it ends by itself.
	write_file("quit", "/answer\n/quit\n");
	assert_int_equal(run_with_input("quit", false, "practice run tr.lost.01 --pack " TRADE), CLI_NO);
	assert_null(strstr(out_text, "S1  "));
	write_file("nothing", "");
	assert_int_equal(run_with_input("nothing", true, "practice run tr.lost.01 --pack " TRADE), CLI_DONE);
	o = json_loads(out_text, 0, NULL); // with --json the score alone
	assert_non_null(o);
	assert_true(json_is_false(json_object_get(o, "passed")));
	json_decref(o);
}

// --- Reports

static char *a_score(int final_, double v)
{
	struct score s = {.total = final_, .final_ = final_, .pass_mark = 8000, .passed = final_ >= 8000, .speed = v, .solving = v / 2, .attitude = 1};
	json_t *o = score_json(&s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));

	json_decref(o);
	return text;
}

static void session(struct book *b, const char *id, const char *agent, const char *name, int64_t at, int final_, double v)
{
	char *score = final_ < 0 ? NULL : a_score(final_, v);
	struct book_session s = {.id = id, .no = id, .scenario = "tr.lost.01", .agent = agent, .agent_name = name, .version = 1, .state = SESSION_SCORED,
				 .started_at = at, .score = score, .final_ = final_};
	struct err e = {0};

	assert_ok(book_put(b, &s, &e), e);
	free(score);
}

enum { DAY = 86400000 };
#define FIRST INT64_C(1795996800000) // 2026-11-30 08:00 in Shanghai

static void fill(void)
{
	struct book *b;
	struct err e = {0};

	assert_ok(book_open(&b, dir, &e), e);
	session(b, "a1", "8001", "<林&\"\">", FIRST, 6000, 0.2);
	session(b, "a2", "8001", "<林&\"\">", FIRST + DAY, 8550, 0.95);
	session(b, "a3", "8001", "<林&\"\">", FIRST + 2 * (int64_t)DAY, -1, 0); // not scored
	session(b, "b1", "8002", "=1+1", FIRST + 3 * (int64_t)DAY, 9000, 0.9);
	book_close(b);
}

// A drill in the book: the second seat's own score, the first one's beside it, and the whole.
static void put_drill(struct book *b)
{
	struct score first = {.total = 9100, .final_ = 9100, .pass_mark = 8000, .passed = true}, whole = {.total = 5000, .final_ = 5000, .pass_mark = 8000};
	struct score s = {.total = 7000, .final_ = 7000, .pass_mark = 8000, .own = 1, .common = &whole};
	struct err e = {0};

	vec_push(&s.seats, ((struct score_seat){.code = "agent1", .name = "Li", .label = {"坐席一", "Agent one"}, .calls = true, .score = &first}));
	vec_push(&s.seats, ((struct score_seat){.code = "agent2", .name = "Han", .label = {"坐席二", "Agent two"}, .calls = true}));
	json_t *o = score_json(&s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));
	struct book_session row = {.id = "d1", .no = "d1", .scenario = "tr.drill", .agent = "8003", .mode = PRACTICE_DRILL, .version = 1,
				   .state = SESSION_SCORED, .started_at = FIRST, .score = text, .final_ = 7000};
	assert_ok(book_put(b, &row, &e), e);
	free(text);
	json_decref(o);
	vec_release(&s.seats);
}

static void test_report_drill(void **state)
{
	struct book *b;
	struct err e = {0};

	(void)state;
	assert_int_equal(run(cmd_practice, false, "practice report"), CLI_NO);
	assert_ok(book_open(&b, dir, &e), e);
	put_drill(b);
	book_close(b);
	assert_int_equal(again(cmd_practice, false, "practice report"), CLI_DONE);
	has(out_text, "91.00");
	has(out_text, "70.00");
	has(out_text, "50.00"); // the whole
	has(out_text, "Han");
	assert_int_equal(again(cmd_practice, true, "practice report"), CLI_DONE);
	json_t *o = json_loads(out_text, 0, NULL), *one = json_array_get(json_object_get(json_array_get(o, 0), "sessions"), 0);
	assert_int_equal(json_integer_value(json_object_get(one, "drill")), 5000);
	assert_int_equal(json_array_size(json_object_get(one, "seats")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(one, "seats"), 1), "final")), 7000);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(one, "seats"), 0), "seat")), "agent1");
	json_decref(o);
	assert_int_equal(again(cmd_practice, false, "practice report --format html"), CLI_DONE);
	has(out_text, "Han 70.00");
}

static void test_report(void **state)
{
	(void)state;
	assert_int_equal(run(cmd_practice, false, "practice report"), CLI_NO); // nobody has practised
	fill();
	assert_int_equal(again(cmd_practice, false, "practice report"), CLI_DONE);
	has(out_text, "8001");
	has(out_text, "72.75"); // the mean
	has(out_text, "▂█");
	has(out_text, "↑");
	assert_int_equal(again(cmd_practice, true, "practice report --agent 8001"), CLI_DONE);
	json_t *o = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(o), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(o, 0), "mean")), 7275);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(o, 0), "runs")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(o, 0), "last")), 8550); // oldest first
	json_decref(o);
	assert_int_equal(again(cmd_practice, true, "practice report --from 2026-12-01 --to 2026-12-01"), CLI_DONE);
	o = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(o), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(o, 0), "best")), 8550);
	json_decref(o);
	assert_int_equal(again(cmd_practice, false, "practice report --from yesterday"), CLI_USAGE);
	assert_int_equal(again(cmd_practice, false, "practice report --format pdf"), CLI_USAGE);
	assert_int_equal(again(cmd_report, false, "report practice --format csv"), CLI_DONE);
	has(out_text, "\"'=1+1\""); // no formula for a spreadsheet
	assert_int_equal(again(cmd_report, false, "report nothing"), CLI_USAGE);
}

static void test_html(void **state)
{
	(void)state;
	fill();
	assert_int_equal(run(cmd_report, false, "report practice --format html --out %/p.html"), CLI_DONE);
	char *page = file_text("p.html");
	has(page, "<svg");
	has(page, "&lt;林&amp;&quot;&quot;&gt;");
	assert_null(strstr(page, "<林"));
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "src="));
	int polylines = 0;
	for (const char *p = page; (p = strstr(p, "<polyline")); p++)
		polylines++;
	assert_int_equal(polylines, 6); // three competences, two agents
	free(page);
}

// Never wider than the terminal, however many sessions there are.
static void test_width(void **state)
{
	static const int widths[] = {40, 80, 132};
	struct practice_progress r = {.zone = "Asia/Shanghai"};
	struct practice_agent *a = vec_add(&r.agents);

	(void)state;
	*a = (struct practice_agent){.agent = "8001"};
	for (int i = 0; i < 500; i++)
		vec_push(&a->runs, ((struct practice_point){.at = FIRST, .value = {i / 500.0, 1, 0}}));
	for (int w = 0; w < 3; w++) {
		char *text = NULL;
		size_t n = 0;
		FILE *f = open_memstream(&text, &n);
		practice_chart(&r, f, widths[w]);
		fclose(f);
		struct sv rest = sv(text), line;
		int charts = 0;
		while (sv_split(&rest, '\n', &line)) {
			if (!memmem(line.p, line.n, "%", 1))
				continue;
			charts++;
			assert_in_range(utf8_columns(line), widths[w] / 2, widths[w]);
		}
		assert_int_equal(charts, 3);
		free(text);
	}
	vec_release(&a->runs);
	vec_release(&r.agents);
}

static void test_cases(void **state)
{
	struct book_case c = {.id = "c1", .title = "一个案例", .from = "session", .tags = 1u << CASE_COMMON, .log = "{\"t\":1500,\"type\":\"answer\"}\n"};
	struct book *b;
	struct lock lock = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(run(cmd_practice, false, "practice case list"), CLI_NO);
	assert_ok(book_open(&b, dir, &e), e);
	assert_ok(book_case_put(b, &c, &e), e);
	book_close(b);
	assert_int_equal(again(cmd_practice, false, "practice case list"), CLI_DONE);
	has(out_text, "一个案例");
	assert_int_equal(again(cmd_practice, true, "practice case show c1"), CLI_DONE);
	has(out_text, "\"answer\"");
	assert_int_equal(again(cmd_practice, false, "practice case show c1"), CLI_DONE);
	has(out_text, "0:01.5");
	assert_int_equal(again(cmd_practice, false, "practice case show c2"), CLI_NO);
	assert_ok(lock_take(&lock, dir, &e), e);
	assert_int_equal(again(cmd_practice, false, "practice case drop c1"), CLI_FAILED); // beside a running workstation
	lock_release(&lock);
	assert_int_equal(again(cmd_practice, false, "practice case drop c1"), CLI_DONE);
	assert_int_equal(again(cmd_practice, false, "practice case drop c1"), CLI_NO);
	assert_int_equal(again(cmd_practice, false, "practice case"), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list_and_show, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines_and_transcript, setup, teardown),
		cmocka_unit_test_setup_teardown(test_report_drill, setup, teardown),
		cmocka_unit_test_setup_teardown(test_report, setup, teardown),
		cmocka_unit_test_setup_teardown(test_html, setup, teardown),
		cmocka_unit_test(test_width),
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
