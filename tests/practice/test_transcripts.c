// SPDX-License-Identifier: MIT
// Knows what recorded sessions of the shipped scenarios are worth: each is played with the engine and scored again, and must give what
// expected.tsv says. UPDATE=1 in the environment writes the table anew; read it before you commit it, it is the expectation.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <stdlib.h>

#include "config/pack.h"
#include "src/base/path.h"
#include "src/practice/engine.h"
#include "src/practice/score.h"
#include "src/work/model.h"

static const char *const grades[] = {"excellent", "middling", "failing"};
enum { GRADES = sizeof(grades) / sizeof(*grades) };
static struct packs *packs;
static struct contact_world world;

static int setup(void **state)
{
	static const char *const dirs[] = {ZUOXI_PACKS_DIR "/common", ZUOXI_PACKS_DIR "/finance", ZUOXI_PACKS_DIR "/airline",
					   ZUOXI_PACKS_DIR "/retail"};
	struct problems found = {0};

	(void)state;
	packs = packs_load(dirs, sizeof(dirs) / sizeof(*dirs), &found);
	problems_print(&found, stderr);
	size_t n = found.errors;
	problems_release(&found);
	packs_world(packs, "Asia/Shanghai", &world);
	return n != 0;
}

static int teardown(void **state)
{
	(void)state;
	packs_free(packs);
	return 0;
}

// The tour is no exercise; a ticket queue has components of its own (practice-queue).
static bool is_exercise(const struct scenario *sc)
{
	return !sc->tour && sc->kind != SCENARIO_QUEUE;
}

// --- playing

static void play(const struct scenario *sc, const char *grade, struct practice_log *out)
{
	struct practice_log in;
	struct err e = {0};
	char path[512];

	snprintf(path, sizeof(path), ZUOXI_TRANSCRIPTS "/%s.%s.jsonl", sc->code, grade);
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("a scenario has three transcripts, and %s is not there", path);
	if (!practice_log_read(f, path, &in, &e))
		fail_msg("%s", e.msg);
	fclose(f);
	assert_string_equal(in.scenario, sc->code);
	assert_int_equal(in.version, sc->version);
	for (size_t i = 0; i < in.v.n; i++)
		assert_int_equal(in.v.v[i].who, LOG_AGENT); // inputs only: what engine and customer do is to come by itself
	engine_play(&(struct engine_options){.scenario = sc, .lexicon = packs->lexicon, .seed = in.seed, .lang = in.lang, .curveballs = true},
		    &in, out);
	practice_log_release(&in);
}

static const char *outcome(const struct practice_log *log)
{
	for (size_t i = log->v.n; i-- > 0;)
		if (log->v.v[i].ev.type == EV_OUTCOME)
			return event_get(&log->v.v[i].ev, "result");
	return "none";
}

static void add_row(struct str *out, const struct scenario *sc, const char *grade, const struct practice_log *log, const struct score *s)
{
	str_addf(out, "%s\t%s\t%s\t%s", sc->code, grade, outcome(log), s->failed ? "failed" : s->excellent ? "excellent" : s->passed ? "passed" : "not passed");
	for (int p = 0; p < SCORE_PARTS; p++)
		str_addf(out, "\t%d", s->share[p]);
	str_addf(out, "\t%d\t%d\t", s->total, s->final_);
	for (size_t i = 0; i < s->criticals.n; i++)
		str_addf(out, "%s%s", i ? "," : "", s->criticals.v[i].code);
	str_addf(out, "%s\n", s->criticals.n ? "" : "-");
}

// What the three grades mean, whatever the table says.
static void hold_grade(const struct scenario *sc, const char *grade, const struct score *s)
{
	bool ok = true;

	if (strcmp(grade, "excellent") == 0)
		ok = s->final_ >= 9000 && s->passed && s->criticals.n == 0;
	else if (strcmp(grade, "middling") == 0)
		ok = s->final_ >= 6000 && s->final_ <= 8500 && !s->failed;
	else
		ok = s->final_ < 6000 || s->failed;
	if (!ok)
		fail_msg("%s is not %s with %d.%02d and %zu criticals", sc->code, grade, s->final_ / 100, s->final_ % 100, s->criticals.n);
}

static void play_all(struct str *out)
{
	str_add(out, "scenario\tgrade\toutcome\tresult\tS1\tS2\tS3\tS4\tS5\tS6\tS7\ttotal\tfinal\tcriticals\n");
	for (size_t i = 0; i < packs->n_scenarios; i++) {
		const struct scenario *sc = &packs->scenarios[i].s;
		if (!is_exercise(sc))
			continue;
		for (int g = 0; g < GRADES; g++) {
			struct practice_log log = {0};
			struct score s;
			play(sc, grades[g], &log);
			score_log(sc, &log, packs->lexicon, &world, &s);
			hold_grade(sc, grades[g], &s);
			add_row(out, sc, grades[g], &log, &s);
			score_release(&s);
			practice_log_release(&log);
		}
	}
}

// --- the table

static void compare(const char *is, const char *was)
{
	for (int line = 1; *is || *was; line++) {
		size_t a = strcspn(is, "\n"), b = strcspn(was, "\n");
		if (a != b || memcmp(is, was, a) != 0)
			fail_msg("expected.tsv:%d: is\n%.*s\nexpected\n%.*s", line, (int)a, is, (int)b, was);
		is += a + (is[a] == '\n');
		was += b + (was[b] == '\n');
	}
}

static void test_scores(void **state)
{
	struct str is = {0}, was = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(packs->n_scenarios, 15);
	play_all(&is);
	if (getenv("UPDATE")) {
		if (!path_write_atomic(ZUOXI_EXPECTED, sv_n(str_z(&is), is.n), 0644, &e))
			fail_msg("%s", e.msg);
	} else {
		if (!path_read(ZUOXI_EXPECTED, 1 << 20, &was, &e))
			fail_msg("%s", e.msg);
		compare(str_z(&is), str_z(&was));
	}
	str_release(&is);
	str_release(&was);
}

// The outage drill has the callers its specification asks for; the excellent agent takes them all.
static void test_twelve(void **state)
{
	const struct scenario *sc = &packs_scenario(packs, "com.outage.01")->s;
	struct practice_log log = {0};
	int rang = 0, answered = 0;

	(void)state;
	assert_int_equal(sc->n_callers, 12);
	play(sc, "excellent", &log);
	for (size_t i = 0; i < log.v.n; i++) {
		rang += log.v.v[i].ev.type == EV_RING;
		answered += log.v.v[i].ev.type == EV_ANSWER;
	}
	assert_int_equal(rang, 12);
	assert_int_equal(answered, 12);
	practice_log_release(&log);
}

// The same input gives the same session, to the last line and millisecond; another seed another one.
static void test_again(void **state)
{
	const struct scenario *sc = &packs_scenario(packs, "fin.freeze.01")->s;
	struct practice_log one = {0}, two = {0};
	char *text[2];
	size_t n[2];

	(void)state;
	play(sc, "excellent", &one);
	play(sc, "excellent", &two);
	for (int i = 0; i < 2; i++) {
		FILE *f = open_memstream(&text[i], &n[i]);
		practice_log_write(i ? &two : &one, f);
		fclose(f);
	}
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(text[0], text[1], n[0]);
	free(text[0]);
	free(text[1]);
	practice_log_release(&one);
	practice_log_release(&two);
}

// Good and bad handling are different conversations: of the beats that were come to, some belong to one of them only.
static void test_ways_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < packs->n_scenarios; i++) {
		const struct scenario *sc = &packs->scenarios[i].s;
		struct practice_log log[2] = {{{0}}};
		struct track t[2];
		bool only[2] = {false, false};
		if (!is_exercise(sc))
			continue;
		for (int k = 0; k < 2; k++) {
			play(sc, k ? "failing" : "excellent", &log[k]);
			track_init(&t[k], sc, packs->lexicon);
			for (size_t e = 0; e < log[k].v.n; e++)
				track_entry(&t[k], e, &log[k].v.v[e]);
		}
		for (size_t b = 0; b < sc->n_beats; b++) {
			only[0] |= t[0].beats[b].said && !t[1].beats[b].said;
			only[1] |= !t[0].beats[b].said && t[1].beats[b].said;
		}
		if (!only[0] || !only[1])
			fail_msg("%s goes the same way for the excellent and the failing agent", sc->code);
		for (int k = 0; k < 2; k++) {
			track_release(&t[k]);
			practice_log_release(&log[k]);
		}
	}
}

// --- reply cards

static const struct reply_card *card(const struct engine *g, bool good, int nth)
{
	const struct reply_card *v[9];
	size_t n = engine_cards(g, 0, v, 9);

	for (size_t i = 0; i < n; i++)
		if (v[i]->good == good && nth-- == 0)
			return v[i];
	return NULL;
}

// A beginner who answers with cards alone, and always the good one or never: the way it went, beat by beat.
static void play_cards(const struct scenario *sc, enum lang lang, bool good, struct engine **out)
{
	struct engine *g = engine_new(&(struct engine_options){.scenario = sc, .lexicon = packs->lexicon, .seed = 7, .lang = lang});
	struct log_entry e = {.t_ms = 1000, .ev = {.type = EV_ANSWER}};

	engine_put(g, &e);
	for (int i = 0; i < 40 && !engine_over(g); i++) {
		engine_tick(g, e.t_ms += 6000);
		const struct reply_card *c = card(g, good, good ? 0 : i % 2);
		if (!c || (good && sc->beats[engine_track(g)->beat[0]].end == BEAT_WAITS))
			break;
		e.ev = (struct event){.type = EV_SAY};
		event_put(&e.ev, "side", "agent");
		event_put(&e.ev, "text", lang == LANG_ZH ? c->text.zh : c->text.en);
		engine_put(g, &e);
		event_release(&e.ev);
		engine_tick(g, e.t_ms += 9000);
	}
	*out = g;
}

// Every beat a customer can be at has cards, the good ones lead to a satisfied customer in both languages, the others do not.
static void test_cards(void **state)
{
	(void)state;
	for (size_t i = 0; i < packs->n_scenarios; i++) {
		const struct scenario *sc = &packs->scenarios[i].s;
		if (sc->level != PRACTICE_BASIC || !is_exercise(sc))
			continue;
		for (size_t b = 0; b < sc->n_beats; b++) {
			size_t n = 0;
			for (size_t k = 0; k < sc->n_cards; k++)
				n += sc->cards[k].beat == b;
			if (n < 3 && sc->beats[b].end != BEAT_HANGS_UP)
				fail_msg("%s: the beat %s has %zu cards, not three", sc->code, sc->beats[b].id, n);
		}
		for (int k = 0; k < 4; k++) {
			struct engine *g;
			bool good = k < 2;
			play_cards(sc, k % 2 ? LANG_EN : LANG_ZH, good, &g);
			const struct track *t = engine_track(g);
			bool content = t->beat[0] != SCENARIO_NONE && sc->beats[t->beat[0]].end == BEAT_WAITS;
			if (good && (!content || t->criticals.n || t->emotion[0]))
				fail_msg("%s: the good cards end at %s with emotion %d", sc->code, sc->beats[t->beat[0]].id, t->emotion[0]);
			if (!good && content && !t->criticals.n)
				fail_msg("%s: the wrong cards end well", sc->code);
			engine_free(g);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_twelve),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_ways_part),
		cmocka_unit_test(test_cards),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
