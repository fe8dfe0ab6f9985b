// SPDX-License-Identifier: MIT
// Knows what two seats of a practice room promise: every line once and in order, whatever carrier, whatever gets lost.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/practice/room.h"
#include "tests/unit/store/tmpdir.h"

struct ear {
	struct str heard;
	int troubles, cleared;
	struct room *leave; // freed when a line comes
};

static void heard(void *arg, const struct room_line *l)
{
	struct ear *ear = arg;

	str_addf(&ear->heard, "%s:%lld ", l->seat, (long long)json_integer_value(json_object_get(l->body, "v")));
	if (ear->leave)
		room_leave(ear->leave);
}

static void trouble(void *arg, const struct err *e)
{
	struct ear *ear = arg;

	if (e)
		ear->troubles++;
	else
		ear->cleared++;
}

static void say(struct room *r, int v)
{
	room_say(r, json_pack("{s:i}", "v", v));
}

// --- a hub that loses answers

struct line {
	const char *seat;
	int64_t c;
	json_t *body;
};
struct carrier {
	VEC(struct line) lines;
	const char *asking; // seat of the request
	room_answer_fn *done;
	void *arg;
	json_t *answer;
	bool twice; // the control: what came before counts again
	int refuse, lose;
};

static void take(struct carrier *k, const char *seat, const json_t *lines)
{
	const json_t *l;
	size_t i;

	json_array_foreach(lines, i, l) {
		int64_t c = json_integer_value(json_object_get(l, "c"));
		bool there = false;
		for (size_t j = 0; j < k->lines.n && !k->twice; j++)
			there |= k->lines.v[j].seat == seat && k->lines.v[j].c == c;
		if (!there)
			vec_push(&k->lines, ((struct line){seat, c, json_deep_copy(json_object_get(l, "body"))}));
	}
}

static json_t *lines_after(const struct carrier *k, int64_t after)
{
	json_t *out = json_array();

	for (size_t i = (size_t)after; i < k->lines.n; i++)
		json_array_append_new(out, json_pack("{s:I, s:s, s:s, s:O}", "n", (json_int_t)i + 1, "dev", k->lines.v[i].seat, "by", "a", "body",
						     k->lines.v[i].body));
	return json_pack("{s:I, s:o}", "last", (json_int_t)k->lines.n, "lines", out);
}

struct seat {
	struct carrier *k;
	const char *name;
};

static bool carry(void *ctx, const char *room, json_t *lines, int64_t after, room_answer_fn *done, void *arg, struct err *e)
{
	struct seat *s = ctx;

	(void)room;
	if (s->k->refuse-- > 0)
		return err_set(e, ERR_IO, "not now");
	take(s->k, s->name, lines);
	s->k->done = done;
	s->k->arg = arg;
	s->k->answer = s->k->lose-- > 0 ? NULL : lines_after(s->k, after);
	return true;
}

static void deliver(struct carrier *k)
{
	struct err lost = {.code = ERR_IO};
	room_answer_fn *done = k->done;
	json_t *answer = k->answer;

	k->done = NULL;
	k->answer = NULL;
	if (done)
		done(k->arg, answer, &lost);
	json_decref(answer);
}

static void turns(struct clock *clock, struct carrier *k, struct room *a, struct room *b, int n)
{
	for (int i = 0; i < n; i++) {
		room_turn(a);
		deliver(k);
		room_turn(b);
		deliver(k);
		clock_fake_add(clock, 500);
	}
}

static void carrier_free(struct carrier *k)
{
	for (size_t i = 0; i < k->lines.n; i++)
		json_decref(k->lines.v[i].body);
	vec_release(&k->lines);
}

static void by_hub(bool twice, int lose, int refuse, const char *a_hears, const char *b_hears)
{
	struct carrier k = {.twice = twice, .lose = lose, .refuse = refuse};
	struct seat sa = {&k, "A"}, sb = {&k, "B"};
	struct ear ea = {0}, eb = {0};
	struct room *a, *b;
	struct clock clock;
	struct err e = {0};

	clock_fake(&clock, 1700000000000, 5000);
	struct room_options o = {.code = "ABC234", .seat = "A", .by = "8001", .clock = &clock, .send = carry, .ctx = &sa, .heard = heard, .trouble = trouble, .arg = &ea};
	assert_true(room_join(&a, &o, false, &e));
	o.seat = "B";
	o.ctx = &sb;
	o.arg = &eb;
	assert_true(room_join(&b, &o, false, &e));
	say(a, 1);
	say(a, 2);
	say(b, 3);
	turns(&clock, &k, a, b, 30);
	say(b, 4);
	say(a, 5);
	turns(&clock, &k, a, b, 30);
	assert_string_equal(str_z(&ea.heard), a_hears);
	assert_string_equal(str_z(&eb.heard), b_hears);
	assert_int_equal(room_unsent(a) + room_unsent(b), 0);
	assert_int_equal(ea.troubles + eb.troubles > 0, lose + refuse > 0);
	assert_int_equal(ea.troubles, ea.cleared);
	assert_int_equal(eb.troubles, eb.cleared);
	room_leave(a);
	room_leave(b);
	str_release(&ea.heard);
	str_release(&eb.heard);
	carrier_free(&k);
}

static void test_hub(void **state)
{
	(void)state;
	by_hub(false, 0, 0, "B:3 B:4 ", "A:1 A:2 A:5 ");
}

// Answers get lost after the lines were taken: they are sent again and count once.
static void test_lost_answers(void **state)
{
	(void)state;
	by_hub(false, 5, 0, "B:3 B:4 ", "A:1 A:2 A:5 ");
	by_hub(false, 2, 4, "B:3 B:4 ", "A:1 A:2 A:5 ");
	// The control: a hub that does not look at c hears lines twice.
	by_hub(true, 2, 0, "B:3 B:3 B:4 ", "A:1 A:2 A:1 A:2 A:5 ");
}

// --- a file

static void test_file(void **state)
{
	char *dir = tmpdir_new(), *folder = path_join(dir, "rooms");
	struct ear ea = {0}, eb = {0};
	struct room *a, *b;
	struct clock clock;
	struct err e = {0};
	char code[8], codes[4][8];

	(void)state;
	clock_fake(&clock, 1700000000000, 5000);
	room_new_code(code);
	struct room_options o = {.code = code, .seat = "A", .by = "8001", .clock = &clock, .folder = folder, .heard = heard, .trouble = trouble, .arg = &ea};
	assert_false(room_join(&a, &o, false, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_true(room_join(&a, &o, true, &e));
	say(a, 1);
	room_turn(a);
	o.seat = "B";
	o.arg = &eb;
	assert_true(room_join(&b, &o, false, &e));
	say(b, 2);
	for (int i = 0; i < 4; i++) {
		clock_fake_add(&clock, 200);
		room_turn(b);
		room_turn(a);
	}
	assert_string_equal(str_z(&ea.heard), "B:2 ");
	assert_string_equal(str_z(&eb.heard), "A:1 ");
	// A half line (being written, or cut off by a crash) is not read, and what follows it is not lost.
	char *path = xasprintf("%s/%s.room", folder, code);
	FILE *f = fopen(path, "a");
	fputs("{\"dev\":\"C\",\"by\":\"c\",\"c\":1,\"bo", f);
	fflush(f);
	clock_fake_add(&clock, 200);
	room_turn(a);
	assert_string_equal(str_z(&ea.heard), "B:2 ");
	fputs("dy\":{\"v\":9}}\nrubbish\n", f);
	fclose(f);
	clock_fake_add(&clock, 200);
	room_turn(a);
	assert_string_equal(str_z(&ea.heard), "B:2 C:9 ");
	assert_int_equal(room_files(folder, 1700000000000000LL, codes, 4), 0);
	// What was not sent yet is written on leaving.
	say(a, 7);
	room_leave(a);
	clock_fake_add(&clock, 200);
	room_turn(b);
	assert_non_null(strstr(str_z(&eb.heard), "A:7"));
	assert_int_equal(ea.troubles + eb.troubles, 0);
	// The room may be left while a line is heard.
	o.seat = "D";
	o.arg = &ea;
	assert_true(room_join(&a, &o, false, &e));
	ea.leave = a;
	room_turn(a);
	room_leave(b);
	free(path);
	str_release(&ea.heard);
	str_release(&eb.heard);
	free(folder);
	tmpdir_free(dir);
}

static void test_codes(void **state)
{
	struct clock clock;
	struct room *r;
	struct err e = {0};
	static const char *const bad[] = {"", "../etc", "abc234", "ABC", "ABCDEFGH", "AB O12", NULL};

	(void)state;
	clock_fake(&clock, 0, 0);
	for (int i = 0; bad[i]; i++) {
		struct room_options o = {.code = bad[i], .seat = "A", .clock = &clock, .folder = "/nonexistent", .heard = heard};
		assert_false(room_join(&r, &o, true, &e));
		assert_int_equal(e.code, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hub),
		cmocka_unit_test(test_lost_answers),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
