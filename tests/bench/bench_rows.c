// SPDX-License-Identifier: MIT
// Knows what articles that come row by row cost: how long they take, and how long what the agent saves meanwhile waits for them.
//
// bench_rows [ARTICLES] [whole]: answers of a hub are taken as the client takes them, one after the other, without a network; beside
// them a small commit falls due every 10 ms. whole: each page in one transaction, as it was before pages could be cut.
#include <sys/resource.h>
#include <uv.h>

#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/store/store.h"
#include "src/sync/exchange.h"
#include "src/sync/knowledge.h"
#include "tests/unit/store/tmpdir.h"

#define STREAM "kb/all"
#define ROW_FORM "{\"q\":%lld,\"t\":\"article\",\"e\":\"KB-%05lld\",\"rev\":1,\"d\":{\"id\":\"KB-%05lld\",\"ver\":1,\"state\":\"published\"," \
		 "\"published_at\":1795000000000,\"doc\":{\"title\":\"What to do in case %lld of %s and %s\",\"body\":\""
enum { WORDS = 300, VOCABULARY = 20000, SAVE_MS = 10 };

static struct {
	struct store *store;
	struct knowledge *know;
	uv_loop_t loop;
	uv_timer_t timer;
	int64_t at, total; // rows taken
	bool whole, tidy, left;
	struct str answer;
	struct exchange_done done;
	uint64_t state;
	VEC(double) save, job; // ms
	bool saving;
	int64_t saved_at, n_saves;
} b;

static double ms_since(int64_t ns)
{
	return (double)((int64_t)uv_hrtime() - ns) / 1e6;
}

// ---- what the hub sends ----

// The usual words often, most of them seldom: the square of an even distribution is near enough to how texts are.
static void word(char out[16])
{
	static const char *const syllables[] = {"ba", "con", "de", "fi", "gro", "in", "ka", "lu", "mer", "no", "pe", "qui", "ra", "sol", "tur", "ver"};

	b.state = b.state * 6364136223846793005u + 1442695040888963407u;
	double u = (double)(b.state >> 33) / (double)(1u << 31);
	unsigned w = (unsigned)(u * u * u * VOCABULARY);
	snprintf(out, 16, "%s%s%s%s", syllables[w % 16], syllables[w / 16 % 16], syllables[w / 256 % 16], w >= 4096 ? syllables[w / 4096] : "");
}

static void row(struct str *out, int64_t q)
{
	char one[16], two[16];

	word(one);
	word(two);
	str_addf(out, ROW_FORM, (long long)q, (long long)q, (long long)q, (long long)q, one, two);
	for (int i = 0; i < WORDS; i++) {
		word(one);
		str_addf(out, "%s%s", i ? " " : "", one);
	}
	str_add(out, "\"}}}");
}

static void make_answer(void)
{
	struct str rows = {0};
	int64_t q = b.at, from = q;

	while (q < b.total && q - from < WIRE_ROWS && rows.n < WIRE_PAGE_BYTES - 4096) {
		if (q > from)
			str_addc(&rows, ',');
		row(&rows, ++q);
	}
	str_clear(&b.answer);
	str_addf(&b.answer, "{\"now\":\"2026-11-18T00:00:00.000Z\",\"pages\":[{\"s\":\"" STREAM "\",\"from\":\"1:%lld\",\"to\":\"1:%lld\",\"head\":%lld,"
		 "\"more\":%s,\"rows\":[", (long long)from, (long long)q, (long long)b.total, q < b.total ? "true" : "false");
	str_addn(&b.answer, rows.s, rows.n);
	str_add(&b.answer, "]}]}");
	b.at = q;
	str_release(&rows);
}

// ---- how the client takes it ----

static bool take(struct db *db, void *arg, struct err *e)
{
	struct sync_sqlite q;
	struct sync_store st;
	const struct exchange_sent sent = {.pulled = true};
	bool ok;

	(void)arg;
	int64_t from = (int64_t)uv_hrtime();
	knowledge_begin(b.know, db);
	sync_sqlite(&q, db, knowledge_calls(b.know), &st);
	if (b.whole)
		st.enough = NULL;
	if (b.tidy) {
		ok = knowledge_keep_up(b.know, &b.left, e);
	} else if (b.done.rest) {
		ok = exchange_more(&st, b.done.rest, &b.done, &b.left, e);
	} else {
		ok = exchange_take(&st, &sent, 200, sv_n(b.answer.s, b.answer.n), 0, 0, &b.done, e);
		b.left = b.done.rest != NULL;
	}
	knowledge_end(b.know, ok, NULL);
	vec_push(&b.job, ms_since(from));
	return ok;
}

static void took(void *arg, enum store_result r, const struct err *e);

static void next(void)
{
	store_submit(b.store, &(struct store_job){.what = "rows", .run = take, .done = took});
}

static void took(void *arg, enum store_result r, const struct err *e)
{
	(void)arg;
	if (r != STORE_SAVED)
		BUG("%s", e->msg);
	if (!b.left) {
		exchange_rest_free(b.done.rest);
		b.done.rest = NULL;
		b.tidy = !b.tidy && !b.whole;
		if (!b.tidy && b.at >= b.total) {
			uv_stop(&b.loop);
			return;
		}
		if (!b.tidy)
			make_answer();
	}
	next();
}

// ---- what the agent saves ----

static bool save(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	return stream_put(db, &(struct stream){.s = "q/own", .epoch = 1, .seq = ++b.n_saves, .head = b.n_saves}, e);
}

static void saved(void *arg, enum store_result r, const struct err *e)
{
	(void)arg;
	if (r != STORE_SAVED)
		BUG("%s", e->msg);
	vec_push(&b.save, ms_since(b.saved_at));
	b.saving = false;
}

static void on_timer(uv_timer_t *t)
{
	(void)t;
	if (b.saving)
		return;
	b.saving = true;
	b.saved_at = (int64_t)uv_hrtime();
	store_submit(b.store, &(struct store_job){.what = "save", .run = save, .done = saved});
}

// ---- the figures ----

static int ascending(const void *x, const void *y)
{
	double d = *(const double *)x - *(const double *)y;

	return (d > 0) - (d < 0);
}

static void print(const char *what, double *v, size_t n)
{
	qsort(v, n, sizeof(*v), ascending);
	printf("\"%s\":{\"n\":%zu,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}", what, n, n ? v[n / 2] : 0, n ? v[n * 99 / 100] : 0, n ? v[n - 1] : 0);
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void run(void)
{
	double cpu = cpu_s();
	int64_t from = (int64_t)uv_hrtime();

	uv_timer_start(&b.timer, on_timer, 0, SAVE_MS);
	make_answer();
	next();
	uv_run(&b.loop, UV_RUN_DEFAULT);
	printf("{\"articles\":%lld,\"whole\":%s,\"s\":%.2f,\"cpu_s\":%.2f,", (long long)b.total, b.whole ? "true" : "false", ms_since(from) / 1e3,
	       cpu_s() - cpu);
	print("save", b.save.v, b.save.n);
	printf(",");
	print("job", b.job.v, b.job.n);
	printf("}\n");
}

int main(int argc, char **argv)
{
	char *dir = tmpdir_new();
	struct err e = {0};

	b.total = 20000;
	if (argc > 1 && !parse_int(sv(argv[1]), 1, 99999, &b.total)) {
		fprintf(stderr, "usage: bench_rows [ARTICLES] [whole]\n");
		return 2;
	}
	b.whole = argc > 2 && str_eq(argv[2], "whole");
	b.state = 1;
	if (!store_init(dir, "SHA", "0A7", &clock_real, &e) || !store_open(&b.store, &(struct store_options){.dir = dir}, &e))
		BUG("%s", e.msg);
	b.know = knowledge_of_dir(dir, &clock_real);
	uv_loop_init(&b.loop);
	uv_timer_init(&b.loop, &b.timer);
	const struct sync_kb *kb = knowledge_calls(b.know);
	knowledge_begin(b.know, NULL);
	if (!store_attach(b.store, &b.loop, &e) || !kb->stream_put(kb->ctx, &(struct sync_stream){.s = STREAM, .epoch = 1, .head = b.total}, &e))
		BUG("%s", e.msg);
	knowledge_end(b.know, true, NULL);
	run();
	store_wait_idle(b.store);
	store_detach(b.store);
	uv_close((uv_handle_t *)&b.timer, NULL);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	store_close(b.store);
	knowledge_free(b.know);
	tmpdir_free(dir);
	return 0;
}
