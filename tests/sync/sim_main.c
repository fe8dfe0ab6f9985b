// SPDX-License-Identifier: MIT
// Knows how the simulation is run from a shell: one seed with its trace, a range of seeds, every mutant.
#include <time.h>
#include <unistd.h>

#include "tests/sync/sim.h"

static const char help[] =
	"sim --seed N [--mutant NAME] [--rough]      one run, with its trace\n"
	"sim --seeds FROM COUNT [--rough]            every seed must hold\n"
	"sim --mutants COUNT                         every mutant must be caught within COUNT seeds (0: list them)\n";

static int64_t number(const char *s)
{
	int64_t n;

	if (!s || !parse_int(sv(s), 0, INT64_MAX, &n)) {
		fputs(help, stderr);
		exit(2);
	}
	return n;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void say(const struct sim_options *o, const struct sim_result *r)
{
	printf("seed %llu%s%s: %s, %d stations, %d hubs, %zu operations, %zu exchanges, %zu events pushed, %zu crashes, %zu "
	       "restores,"
	       " %zu resets, %zu conflicts; empty %lld ms after the heal\n",
	       (unsigned long long)o->seed, o->mutant ? " with " : "", o->mutant ? sim_mutant_name(o->mutant) : "",
	       r->ok ? "holds" : "FAILS", r->stations, r->hubs, r->ops, r->exchanges, r->pushes, r->crashes, r->restores, r->resets,
	       r->conflicts, (long long)r->drained);
	if (!r->ok)
		printf("  at %lld ms: %s\n", (long long)r->at, r->why);
}

static int one(const char *seed, const char *mutant, bool rough)
{
	struct sim_options o = {.seed = (uint64_t)number(seed), .trace = stdout, .rough = rough};
	struct sim_result r;

	for (int m = 1; mutant && m < MUTANT_COUNT; m++)
		if (str_eq(mutant, sim_mutant_name((enum sim_mutant)m)))
			o.mutant = (enum sim_mutant)m;
	sim_run(&o, &r);
	say(&o, &r);
	return r.ok ? 0 : 1;
}

static int many(int64_t from, int64_t count, bool rough)
{
	struct sim_result r, sum = {0};
	double begin = seconds();
	int failed = 0;

	for (int64_t i = 0; i < count; i++) {
		struct sim_options o = {.seed = (uint64_t)(from + i), .rough = rough};
		if (!sim_run(&o, &r)) {
			say(&o, &r);
			failed++;
		}
		sum.ops += r.ops;
		sum.exchanges += r.exchanges;
		sum.events += r.events;
		sum.conflicts += r.conflicts;
		sum.restores += r.restores;
		sum.crashes += r.crashes;
		sum.drained = r.drained > sum.drained ? r.drained : sum.drained;
	}
	double took = seconds() - begin;
	printf("%lld seeds, %d fail; %.1f s, %.1f seeds/s; %zu operations, %zu exchanges, %zu events, %zu conflicts, %zu crashes, "
	       "%zu restores;"
	       " slowest outbox empty %lld ms after the heal\n",
	       (long long)count, failed, took, (double)count / took, sum.ops, sum.exchanges, sum.events, sum.conflicts, sum.crashes,
	       sum.restores, (long long)sum.drained);
	return failed ? 1 : 0;
}

// The control: what catches a mutant must not be there without it.
static bool holds_without(int64_t seed)
{
	struct sim_options o = {.seed = (uint64_t)seed, .rough = true};
	struct sim_result r;

	return sim_run(&o, &r);
}

static int mutants(int64_t count)
{
	struct sim_result r;
	int alive = 0;

	for (int m = 1; m < MUTANT_COUNT; m++) {
		int64_t i = 0;
		r = (struct sim_result){.ok = true};
		for (; i < count && r.ok; i++) {
			struct sim_options o = {.seed = (uint64_t)(i + 1), .mutant = (enum sim_mutant)m, .rough = true};
			sim_run(&o, &r);
		}
		if (!r.ok && !holds_without(i)) {
			printf("seed %lld fails without a mutant too\n", (long long)i);
			return 1;
		}
		if (r.ok)
			alive += count > 0;
		printf("%-12s %s\n             ", sim_mutant_name((enum sim_mutant)m), sim_mutant_text((enum sim_mutant)m));
		if (r.ok)
			printf("%s\n", count ? "ALIVE" : "");
		else
			printf("caught by seed %lld: %s\n", (long long)i, r.why);
	}
	return alive ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *seed = NULL, *mutant = NULL;
	bool rough = false;
	int rc = 0;

	if (argc < 2) {
		fputs(help, stderr);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--seed") && i + 1 < argc) {
			seed = argv[++i];
		} else if (str_eq(argv[i], "--mutant") && i + 1 < argc) {
			mutant = argv[++i];
		} else if (str_eq(argv[i], "--rough")) {
			rough = true;
		} else if (str_eq(argv[i], "--seeds") && i + 2 < argc) {
			rc |= many(number(argv[i + 1]), number(argv[i + 2]), rough);
			i += 2;
		} else if (str_eq(argv[i], "--mutants") && i + 1 < argc) {
			rc |= mutants(number(argv[++i]));
		} else {
			fputs(help, stderr);
			return 2;
		}
	}
	return seed ? one(seed, mutant, rough) | rc : rc;
}
