// SPDX-License-Identifier: MIT
// Knows what the load generator is asked: one word with numbers a line of standard input, one JSON line for each.
//
// hub_load ADDRESS SEATS [CA]: SEATS is what hub_seed wrote, CA the certificate authority when ADDRESS speaks TLS.
#include "tests/bench/hub_load.h"

#include <signal.h>
#include <sodium.h>
#include <unistd.h>

enum { TICK_US = 2000 };

void times_add(struct times *t, int64_t us)
{
	vec_push(t, us);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void times_print(struct times *t, FILE *out)
{
	if (!t->n) {
		fprintf(out, "\"p50\":null,\"p90\":null,\"p99\":null,\"max\":null,\"n\":0");
		return;
	}
	qsort(t->v, t->n, sizeof(*t->v), by_size);
	fprintf(out, "\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"n\":%zu", (double)t->v[t->n / 2] / 1e3,
		(double)t->v[t->n * 9 / 10] / 1e3, (double)t->v[t->n * 99 / 100] / 1e3, (double)t->v[t->n - 1] / 1e3, t->n);
}

static void bench_tick(struct bench *b)
{
	seats_tick(b);
	posts_tick(b);
	background_tick(b);
}

bool bench_run(struct bench *b, int64_t deadline, bool (*done)(struct bench *b))
{
	int64_t tick = load_now_us();

	for (;;) {
		int64_t now = load_now_us();
		if (done && done(b))
			return true;
		if (now >= deadline)
			return false;
		if (now >= tick) {
			bench_tick(b);
			tick = now + TICK_US;
		}
		load_loop_turn(b->loop, tick < deadline ? tick : deadline);
	}
}

static void counts(struct bench *b)
{
	printf("{\"there\":%zu,\"dialing\":%zu,\"refused\":%zu,\"dropped\":%zu,\"resumed\":%zu,\"heads\":%zu,\"busy\":%zu}\n", b->there, b->dialing,
	       b->refused, b->dropped, b->resumed, b->heads, b->busy);
}

// False: standard input ended.
static bool obey(struct bench *b, struct sv line)
{
	struct sv word = {"", 0}, part;
	int64_t v[3] = {0};

	sv_split(&line, ' ', &word);
	for (int i = 0; i < 3 && sv_split(&line, ' ', &part); i++)
		if (!parse_int(part, 0, INT64_MAX, &v[i])) {
			fprintf(stderr, "hub_load: not a number: %.*s\n", (int)part.n, part.p);
			exit(2);
		}
	if (sv_eqz(word, "seats"))
		mode_seats(b, (size_t)v[0]);
	else if (sv_eqz(word, "drop"))
		seats_drop(b), printf("{}\n");
	else if (sv_eqz(word, "red"))
		mode_red(b, (size_t)v[0]);
	else if (sv_eqz(word, "edit"))
		mode_edit(b, (size_t)v[0]);
	else if (sv_eqz(word, "storm"))
		mode_storm(b);
	else if (sv_eqz(word, "pull"))
		mode_pull(b, (size_t)v[0], (double)v[1], (size_t)v[2]);
	else if (sv_eqz(word, "push"))
		mode_push(b, (size_t)v[0], (double)v[1], (size_t)v[2]);
	else if (sv_eqz(word, "first"))
		mode_first(b);
	else if (sv_eqz(word, "ops"))
		mode_background(b, (size_t)v[0]);
	else if (sv_eqz(word, "counts"))
		counts(b);
	else {
		fprintf(stderr, "hub_load: what is %.*s?\n", (int)word.n, word.p);
		return false;
	}
	fflush(stdout);
	return true;
}

struct input {
	struct str text;
	bool ended;
};

static void take_input(void *arg)
{
	struct input *in = arg;
	char buf[512];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n <= 0)
		in->ended = true;
	else
		str_addn(&in->text, buf, (size_t)n);
}

int main(int argc, char **argv)
{
	struct bench b = {.random = 88172645463325252u};
	struct input in = {0};

	if ((argc != 3 && argc != 4) || sodium_init() < 0) {
		fprintf(stderr, "usage: hub_load ADDRESS SEATS [CA]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	load_target_open(&b.to, argv[1], argv[3]);
	b.loop = load_loop_new(&b.to);
	seats_read(&b, argv[2]);
	load_loop_watch(b.loop, STDIN_FILENO, take_input, &in);
	while (!in.ended) {
		char *end = memchr(str_z(&in.text), '\n', in.text.n);
		if (!end) {
			bench_tick(&b);
			load_loop_turn(b.loop, load_now_us() + TICK_US);
			continue;
		}
		struct str line = {0};
		str_addn(&line, in.text.s, (size_t)(end - in.text.s));
		size_t used = line.n + 1;
		memmove(in.text.s, in.text.s + used, in.text.n - used + 1);
		in.text.n -= used;
		if (!obey(&b, sv_n(str_z(&line), line.n)))
			return 2;
		str_release(&line);
	}
	mode_background(&b, 0);
	seats_drop(&b);
	for (size_t i = 0; i < b.seats.n; i++)
		load_forget(&b.seats.v[i].c);
	vec_release(&b.seats);
	vec_release(&b.mark_times);
	load_loop_free(b.loop);
	load_target_close(&b.to);
	return 0;
}
