// SPDX-License-Identifier: MIT
// Knows that whatever an agent does, a session ends, comes again from its inputs, and folds to the same however it is folded.
//
// ZUOXI_PRACTICE_SESSIONS: how many (default 1000). ZUOXI_PRACTICE_SEED: the first seed (default 1); a failure names its seed, and
// that seed with one session repeats it. An argument is a folder of packs instead of the shipped ones.
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "config/pack.h"
#include "tests/unit/practice/monkey.h"
#include "tests/unit/practice/sample.h"

enum { TURNS_MAX = 200000 };

struct zoo {
	struct packs *packs;
	struct sample sample;
	VEC(const struct scenario *) s;
	int outcomes[4]; // success fail time aborted
};

static int wrong(const struct monkey *m, uint64_t seed, const char *what, const char *a, const char *b)
{
	fprintf(stderr, "practice-monkey: %s, ZUOXI_PRACTICE_SEED=%" PRIu64 ": %s\n", m->s->code, seed, what);
	if (a)
		fprintf(stderr, "--- first\n%s\n--- second\n%s\n", a, b);
	return 1;
}

// Everything a fold has come to, as text.
static char *shown(const struct track *t)
{
	struct str b = {0};

	for (size_t i = 0; i < t->n_expect; i++)
		str_addf(&b, "e%zu %d %lld %lld %zu\n", i, (int)t->expect[i].state, (long long)t->expect[i].since, (long long)t->expect[i].at,
			 t->expect[i].entry);
	for (size_t i = 0; i < t->s->n_objections; i++)
		str_addf(&b, "o%zu %d %u %d %zu %zu %zu\n", i, t->objections[i].raised, t->objections[i].hit, t->objections[i].in_order,
			 t->objections[i].banned, t->objections[i].entry[0], t->objections[i].entry[3]);
	for (size_t i = 0; i < t->s->n_beats; i++)
		str_addf(&b, "b%zu %d %lld %zu %d %d %d %d\n", i, t->beats[i].said, (long long)t->beats[i].at, t->beats[i].entry,
			 t->beats[i].level, (int)t->beats[i].class_, t->beats[i].answered, t->beats[i].matched);
	for (size_t i = 0; i < t->criticals.n; i++)
		str_addf(&b, "c %s %zu\n", t->criticals.v[i].code, t->criticals.v[i].entry);
	for (size_t i = 0; i < t->utterances.n; i++)
		str_addf(&b, "u %zu %d %d %d %d\n", t->utterances.v[i].entry, t->utterances.v[i].chars, t->utterances.v[i].positive,
			 t->utterances.v[i].empathy, t->utterances.v[i].forbidden);
	for (int i = 0; i < SCENARIO_CALLERS; i++)
		str_addf(&b, "k%d %zu %d %d %lld %lld\n", i, t->beat[i], t->emotion[i], (int)t->emotion_class[i], (long long)t->answered_at[i],
			 (long long)t->ended_at[i]);
	str_addf(&b, "%lld %llx %d %d %d %d %d %d %d %d %d %d %d %lld %s %s %d %d%d%d%d%d%d %s\n%s\n", (long long)t->t_ms,
		 (unsigned long long)t->said, t->forbidden, t->risk_promises, t->secrets_asked, t->silences, t->verified, t->tickets,
		 t->escalations, t->callbacks, t->transfers, t->faults, t->holds, (long long)t->first_escalation,
		 t->category ? t->category : "-", t->disposition ? t->disposition : "-", t->retries, t->stoppay, t->restated, t->agent_hung_up,
		 t->customer_hung_up, t->over, t->closed, t->outcome, str_z(&t->tags));
	return str_take(&b);
}

static int check_log(const struct monkey *m, uint64_t seed)
{
	const struct practice_log *l = engine_log(m->g);
	int outcomes = 0;

	for (size_t i = 0; i < l->v.n; i++) {
		outcomes += l->v.v[i].ev.type == EV_OUTCOME;
		if (i && l->v.v[i].t_ms < l->v.v[i - 1].t_ms)
			return wrong(m, seed, "time falls", NULL, NULL);
		if (outcomes && l->v.v[i].ev.type != EV_OUTCOME && l->v.v[i].who != LOG_AGENT && l->v.v[i].who != LOG_TRAINER)
			return wrong(m, seed, "the engine speaks after the outcome", NULL, NULL);
	}
	if (outcomes != 1 || !engine_over(m->g))
		return wrong(m, seed, outcomes ? "more than one outcome" : "no outcome", NULL, NULL);
	const struct log_entry *end = last(l, EV_OUTCOME, -2);
	int64_t most = 1000 * ((int64_t)m->s->time_limit_s + m->s->wrap_limit_s);
	return end->who == LOG_ENGINE && end->t_ms > most ? wrong(m, seed, "it ends after its limits", NULL, NULL) : 0;
}

static int check_fold(const struct monkey *m, uint64_t seed, struct lexicon *lex)
{
	const struct practice_log *l = engine_log(m->g);
	struct track fresh;

	track_init(&fresh, m->s, lex);
	for (size_t i = 0; i < l->v.n; i++)
		track_entry(&fresh, i, &l->v.v[i]);
	char *a = shown(engine_track(m->g)), *b = shown(&fresh);
	int bad = strcmp(a, b) == 0 ? 0 : wrong(m, seed, "folded afresh it is something else", a, b);
	free(a);
	free(b);
	track_release(&fresh);
	return bad;
}

static int check_replay(const struct monkey *m, uint64_t seed, const struct engine_options *o)
{
	struct practice_log again;

	engine_play(o, engine_log(m->g), &again);
	char *a = written(engine_log(m->g)), *b = written(&again);
	int bad = strcmp(a, b) == 0 ? 0 : wrong(m, seed, "its inputs give another record", a, b);
	free(a);
	free(b);
	practice_log_release(&again);
	return bad;
}

// A caller rings at a seat that is there, or at none; the first always is.
static int check_seats(const struct monkey *m, uint64_t seed)
{
	const struct practice_log *l = engine_log(m->g);
	bool here[SCENARIO_SEATS] = {true};

	for (size_t i = 0; i < l->v.n; i++) {
		const struct log_entry *e = &l->v.v[i];
		int agent = scenario_agent_no(m->s, scenario_seat(m->s, sv(event_get(&e->ev, "id"))));
		const char *kind = event_get(&e->ev, "kind");
		if (e->who == LOG_TRAINER && e->ev.type == EV_INJECT && agent > 0 && (strcmp(kind, "seat") == 0 || strcmp(kind, "leave") == 0))
			here[agent] = *kind == 's';
		if (e->who == LOG_ENGINE && e->ev.type == EV_RING && e->seat >= 0 && !here[e->seat])
			return wrong(m, seed, "somebody rings where nobody sits", NULL, NULL);
	}
	return 0;
}

// Another program that is told entry by entry makes the same of it.
static int check_follow(const struct monkey *m, uint64_t seed, const struct engine_options *o)
{
	const struct practice_log *l = engine_log(m->g);
	struct engine *f = engine_new(o);
	bool same = true;

	for (size_t i = 0; same && i < l->v.n; i++)
		same = engine_follow(f, i, &l->v.v[i]);
	char *a = written(l), *b = written(engine_log(f));
	int bad = same && strcmp(a, b) == 0 ? 0 : wrong(m, seed, "followed from beside it is something else", a, b);
	free(a);
	free(b);
	engine_free(f);
	return bad;
}

static int run_to_end(struct monkey *m, uint64_t seed)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		int64_t due = engine_due(m->g);
		if (due < 0)
			return 0;
		engine_tick(m->g, due + (int64_t)monkey_pick(m, 3));
	}
	return wrong(m, seed, "it never ends", NULL, NULL);
}

static int session(struct zoo *z, uint64_t seed)
{
	struct monkey m = {.rnd = seed * 2654435761u + 12345};
	bool own;

	monkey_pick(&m, 2);
	m.s = z->s.v[seed % z->s.n];
	own = m.s == &z->sample.s;
	struct engine_options o = {.scenario = m.s, .lexicon = own ? z->sample.lex : z->packs->lexicon, .seed = seed,
				   .lang = monkey_pick(&m, 2) ? LANG_ZH : LANG_EN, .human = !monkey_pick(&m, 9), .curveballs = monkey_pick(&m, 8) != 0};
	m.g = engine_new(&o);
	// How busy the agent is, and how long it keeps on.
	int64_t pause = 500 + (int64_t)monkey_pick(&m, 20000);
	m.good = !monkey_pick(&m, 3);
	for (uint64_t steps = monkey_pick(&m, 8) * monkey_pick(&m, m.good ? 25 : 12); steps > 0; steps--) {
		m.t += (int64_t)monkey_pick(&m, 4) ? (int64_t)monkey_pick(&m, (uint64_t)pause) : 0;
		if (monkey_pick(&m, 2))
			engine_tick(m.g, m.t - (int64_t)monkey_pick(&m, 3000));
		monkey_do(&m);
	}
	int bad = run_to_end(&m, seed);
	if (!bad)
		bad = check_log(&m, seed) || check_fold(&m, seed, o.lexicon) || check_replay(&m, seed, &o) || check_follow(&m, seed, &o) || check_seats(&m, seed);
	const char *score = bad ? NULL : monkey_score(&m, z->packs, o.lexicon);
	if (score)
		bad = wrong(&m, seed, score, NULL, NULL);
	const char *outcome = engine_track(m.g)->outcome;
	z->outcomes[*outcome == 's' ? 0 : *outcome == 'f' ? 1 : *outcome == 't' ? 2 : 3]++;
	engine_free(m.g);
	return bad;
}

static void open_zoo(struct zoo *z, const char *packs)
{
	static const char *const names[] = {"common", "finance", "airline", "retail"};
	char *dirs[4];
	struct problems p = {0};

	for (int i = 0; i < 4; i++)
		dirs[i] = xasprintf("%s/%s", packs, names[i]);
	*z = (struct zoo){.packs = packs_load((const char *const *)dirs, 4, &p)};
	problems_release(&p);
	for (int i = 0; i < 4; i++)
		free(dirs[i]);
	sample_init(&z->sample);
	sample_curves(&z->sample);
	sample_rude(&z->sample);
	vec_push(&z->s, &z->sample.s);
	for (size_t i = 0; i < z->packs->n_scenarios; i++)
		vec_push(&z->s, &z->packs->scenarios[i].s);
}

int main(int argc, char **argv)
{
	const char *many = getenv("ZUOXI_PRACTICE_SESSIONS"), *from = getenv("ZUOXI_PRACTICE_SEED");
	uint64_t n = many ? strtoull(many, NULL, 10) : 1000, first = from ? strtoull(from, NULL, 10) : 1;
	struct zoo z;
	int bad = 0;
	clock_t t = clock();

	open_zoo(&z, argc > 1 ? argv[1] : ZUOXI_PACKS_DIR);
	for (uint64_t i = 0; i < n && bad < 3; i++)
		bad += session(&z, first + i);
	printf("%" PRIu64 " sessions in %zu scenarios, %.1f s, %d success %d fail %d time %d aborted: %s\n", n, z.s.n,
	       (double)(clock() - t) / CLOCKS_PER_SEC, z.outcomes[0], z.outcomes[1], z.outcomes[2], z.outcomes[3], bad ? "FAILED" : "ok");
	vec_release(&z.s);
	sample_release(&z.sample);
	packs_free(z.packs);
	return bad != 0;
}
