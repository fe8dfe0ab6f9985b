// SPDX-License-Identifier: MIT
// Knows that the workstation killed at any instant comes back with every action the screen called saved, and with what was typed
// but for the last second. ZUOXI_KILL_POINTS says how many instants, ZUOXI_KILL_SEED which.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>

#include "src/base/clock.h"
#include "src/base/vec.h"
#include "tests/fault/station.h"
#include "tests/unit/store/tmpdir.h"

enum {
	POINTS = 25,
	LIVES_A_STATION = 40, // then a fresh one: a contact does not live for ever
	LIFE_MS = 2200,
	KEY_MS = 15,
	TYPING_MAX = 400,
};

struct life {
	long no;
	uint32_t dice;
	int64_t dies; // mono
	struct vt *vt;
	char start[24]; // what its typed text begins with
	char typed[TYPING_MAX + 32];
	int64_t at[TYPING_MAX + 32]; // mono of each character
	size_t n;
	VEC(char *) acked; // notes the screen called saved
	char *last; // the screen that said so
};
struct tally {
	long kills, acked, lost, doubled, shown;
	int64_t typed, missing_ms; // the oldest character that was missing, at its worst
};

static uint32_t roll(struct life *l, uint32_t below)
{
	l->dice = l->dice * 1664525 + 1013904223;
	return (l->dice >> 8) % below;
}

static int64_t left(const struct life *l)
{
	int64_t ms = l->dies - clock_mono(&clock_real);

	return ms > 0 ? ms : 0;
}

// Waits for the text, but not beyond its end. False: it is time to die.
static bool until(struct life *l, const char *regex)
{
	return vt_wait_text(l->vt, regex, (int)left(l) + 1) && left(l);
}

static void write_notes(struct life *l)
{
	for (int i = 0; left(l); i++) {
		char text[64], line[80];
		snprintf(text, sizeof(text), "note %ld of life %ld", (long)i, l->no);
		snprintf(line, sizeof(line), "text:%s", text);
		vt_send(l->vt, "M-t");
		if (!until(l, "Note on the timeline"))
			return;
		vt_send(l->vt, "End C-u"); // what the life before left in the dialog is there again
		vt_send(l->vt, line);
		vt_send(l->vt, "Enter");
		if (!vt_wait_gone(l->vt, "Note on the timeline", (int)left(l) + 1))
			return;
		// A frame comes in several reads, its last row last: the answer to one more key says that the frame without the
		// dialog is there as a whole, with what it says of saving.
		vt_send(l->vt, "C-y");
		if (!until(l, "C-y does nothing") || !until(l, "^ saved"))
			return;
		vec_push(&l->acked, xstrdup(text));
		free(l->last);
		l->last = xstrdup(vt_screen(l->vt));
	}
}

static void type(struct life *l)
{
	snprintf(l->start, sizeof(l->start), "L%06ld", l->no);
	for (size_t i = 0; left(l) && l->n < TYPING_MAX; i++) {
		char c = i < strlen(l->start) ? l->start[i] : (char)('a' + roll(l, 26));
		vt_raw(l->vt, &c, 1);
		l->at[l->n] = clock_mono(&clock_real);
		l->typed[l->n++] = c;
		vt_pump(l->vt, KEY_MS);
	}
	vt_pump(l->vt, (int)left(l));
}

static void live(struct life *l, bool first)
{
	if (first)
		station_call(l->vt);
	l->dies = clock_mono(&clock_real) + 20 + roll(l, LIFE_MS);
	if (!first && !until(l, "come? back as you left|came back as you left"))
		return;
	uint32_t kind = roll(l, 3);
	if (kind == 0) {
		write_notes(l);
	} else if (kind == 1) {
		vt_send(l->vt, "M-r");
		if (!until(l, "Restate the need"))
			return;
		vt_send(l->vt, "End");
		vt_send(l->vt, "C-u");
		type(l);
	} else {
		vt_send(l->vt, "M-3");
		vt_send(l->vt, "End");
		vt_send(l->vt, "C-u");
		vt_pump(l->vt, 30);
		type(l);
	}
}

static void judge(const char *dir, const struct life *l, int64_t killed, struct tally *t)
{
	for (size_t i = 0; i < l->acked.n; i++) {
		int n = station_notes(dir, l->acked.v[i]);
		t->lost += n == 0;
		if (n == 0)
			print_message("lost: %s, %zu of %zu that were called saved\n", l->acked.v[i], i + 1, l->acked.n);
		t->doubled += n > 1;
	}
	t->acked += (long)l->acked.n;
	t->typed += (int64_t)l->n;
	if (!l->n)
		return;
	char *have = station_journal(dir, l->start);
	size_t n = strlen(have);
	// What came back is what was typed, up to some character.
	assert_in_range(n, 0, l->n);
	assert_memory_equal(have, l->typed, n);
	if (n < l->n && killed - l->at[n] > t->missing_ms)
		t->missing_ms = killed - l->at[n];
	free(have);
}

static void one(const char *dir, long no, uint32_t seed, bool first, struct tally *t)
{
	struct life l = {.no = no, .dice = seed * 2654435761u + (uint32_t)no * 40503u};

	l.vt = station_run(dir, NULL);
	live(&l, first);
	int64_t killed = clock_mono(&clock_real);
	vt_signal(l.vt, SIGKILL);
	assert_int_not_equal(vt_wait_exit(l.vt, STATION_WAIT), -1);
	vt_close(l.vt);
	t->kills++;
	judge(dir, &l, killed, t);
	if (t->lost && !t->shown++)
		print_message("%s\n", l.last ? l.last : "");
	free(l.last);
	for (size_t i = 0; i < l.acked.n; i++)
		free(l.acked.v[i]);
	vec_release(&l.acked);
}

static int64_t number(const char *name, int64_t otherwise)
{
	const char *v = getenv(name);
	int64_t n = otherwise;

	if (v && !parse_int(sv(v), 1, UINT32_MAX, &n))
		fail_msg("%s is not a number: %s", name, v);
	return n;
}

static void test_kill(void **state)
{
	int64_t points = number("ZUOXI_KILL_POINTS", POINTS), seed = number("ZUOXI_KILL_SEED", 20261122);
	struct tally t = {0};
	char *dir = NULL;

	(void)state;
	for (long i = 0; i < points; i++) {
		bool first = i % LIVES_A_STATION == 0;
		if (first && dir)
			tmpdir_free(dir);
		if (first)
			dir = station_new();
		one(dir, i, (uint32_t)seed, first, &t);
	}
	tmpdir_free(dir);
	print_message("kills %ld, actions called saved %ld, lost %ld, doubled %ld; typed %lld, missing at most the last %lld ms\n", t.kills,
		      t.acked, t.lost, t.doubled, (long long)t.typed, (long long)t.missing_ms);
	assert_int_equal(t.lost, 0);
	assert_int_equal(t.doubled, 0);
	assert_true(t.acked > 0 && t.typed > 0);
	assert_true(t.missing_ms <= 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests_name("fault-kill-app", tests, NULL, NULL);
}
