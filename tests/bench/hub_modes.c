// SPDX-License-Identifier: MIT
// Knows what is measured with seats and posts: how long until all are there, have heard, have been answered.
#include "tests/bench/hub_load.h"

enum { WORKERS = 64, S = 1000000 };

static bool all_there(struct bench *b)
{
	return b->there >= b->wanted;
}

static bool all_marked(struct bench *b)
{
	return b->mark_left == 0;
}

// Inside a JSON string.
static void say_refusal(struct bench *b)
{
	for (const char *p = b->last_refusal; *p; p++)
		putchar(*p == '"' || *p == '\\' || (unsigned char)*p < ' ' ? '\'' : *p);
	b->last_refusal[0] = '\0';
}

void mode_seats(struct bench *b, size_t n)
{
	int64_t from = load_now_us();
	size_t refused = b->refused, resumed = b->resumed;

	seats_want(b, n);
	bool ok = bench_run(b, from + 120LL * S, all_there);
	printf("{\"seats\":%zu,\"there\":%zu,\"all\":%s,\"ms\":%.1f,\"refused\":%zu,\"resumed\":%zu,\"why\":\"", b->wanted, b->there,
	       ok ? "true" : "false", (double)(load_now_us() - from) / 1e3, b->refused - refused, b->resumed - resumed);
	say_refusal(b);
	printf("\"}\n");
}

static struct seat *a_lead(struct bench *b)
{
	for (size_t i = b->seats.n; i-- > 0;)
		if (b->seats.v[i].lead)
			return &b->seats.v[i];
	fprintf(stderr, "hub_load: nobody among the seats may send a broadcast\n");
	exit(1);
}

// The place in its stream that the answer names: "at":{"q/q0":17}.
static int64_t place_of(const char *answer)
{
	const char *at = strstr(answer, "\"at\":{"), *colon = at ? strchr(at + strlen("\"at\":{"), ':') : NULL;

	return colon ? strtoll(colon + 1, NULL, 10) : 0;
}

static size_t marked_rounds(struct bench *b, struct post *p, size_t rounds, bool red, size_t *told)
{
	struct str body = {0};
	size_t missing = 0;
	char text[80];

	b->mark_times.n = 0;
	for (size_t i = 0; i < rounds; i++) {
		struct seat *s = p->seat;
		snprintf(text, sizeof(text), MARK "%u seen", b->mark + 1);
		if (red)
			post_red(s, text, &body);
		else
			post_ops(s, 1, text, NULL, &body);
		seats_mark(b, red ? NULL : s->queue, s);
		if (!post_wait(p, red ? "/v1/do" : "/v1/sync", str_z(&body)))
			break;
		if (!red)
			seats_told(b, place_of(str_z(&p->answer)));
		bench_run(b, load_now_us() + 15LL * S, all_marked);
		missing += b->mark_left;
		*told += b->mark_told;
		b->mark_left = 0;
		bench_run(b, load_now_us() + 300000 + (int64_t)(bench_random(b) % 400000), NULL);
	}
	str_release(&body);
	return missing;
}

void mode_red(struct bench *b, size_t rounds)
{
	struct post p;
	size_t told = 0;

	post_open(&p, b, a_lead(b));
	size_t missing = marked_rounds(b, &p, rounds, true, &told);
	post_close(&p);
	printf("{\"red\":%zu,\"missing\":%zu,", rounds, missing);
	times_print(&b->mark_times, stdout);
	printf("}\n");
}

void mode_edit(struct bench *b, size_t rounds)
{
	struct post p;
	size_t told = 0;

	post_open(&p, b, &b->seats.v[0]);
	size_t missing = marked_rounds(b, &p, rounds, false, &told);
	post_close(&p);
	printf("{\"edit\":%zu,\"missing\":%zu,\"told\":%zu,", rounds, missing, told);
	times_print(&b->mark_times, stdout);
	printf("}\n");
}

// The hub goes away and comes back (somebody else does that): until everybody hears it again.
static size_t storm_dropped;
static bool all_lost_and_there(struct bench *b)
{
	return b->there >= b->wanted && b->dropped >= storm_dropped + b->wanted;
}

static bool somebody_lost(struct bench *b)
{
	return b->dropped > storm_dropped;
}

void mode_storm(struct bench *b)
{
	struct times each = {0};
	size_t refused = b->refused, resumed = b->resumed;

	storm_dropped = b->dropped;
	printf("{\"armed\":true}\n");
	fflush(stdout);
	if (!bench_run(b, load_now_us() + 60LL * S, somebody_lost)) {
		printf("{\"all\":false,\"why\":\"no stream ended\"}\n");
		return;
	}
	int64_t from = load_now_us();
	bool ok = bench_run(b, from + 120LL * S, all_lost_and_there);
	for (size_t i = 0; i < b->wanted; i++)
		if (b->seats.v[i].there_at >= from)
			times_add(&each, b->seats.v[i].there_at - from);
	printf("{\"all\":%s,\"ms\":%.1f,\"dropped\":%zu,\"refused\":%zu,\"resumed\":%zu,\"why\":\"", ok ? "true" : "false",
	       (double)(load_now_us() - from) / 1e3, b->dropped - storm_dropped, b->refused - refused, b->resumed - resumed);
	say_refusal(b);
	printf("\",");
	times_print(&each, stdout);
	printf("}\n");
	vec_release(&each);
}

// ---- closed loops: every connection asks again when it is answered ----

static struct closed {
	const char *cursors;
	VEC(struct seat *) who;
	size_t connections, batch, answers, bad;
	size_t rows, ops;
	int64_t until;
	struct times times;
	bool measuring;
} run;

static void ask_again(struct post *p);

static void took(struct post *p)
{
	int64_t now = load_now_us();

	if (p->status != 200) {
		if (!run.bad++)
			fprintf(stderr, "hub_load: %d %.300s\n", p->status, str_z(&p->answer));
	} else if (run.measuring) {
		run.answers++;
		run.ops += p->ops;
		times_add(&run.times, now - p->began);
		for (const char *at = str_z(&p->answer); !p->ops && (at = strstr(at, "\"rev\":")); at++)
			run.rows++;
	}
	if (now < run.until && run.bad < 100)
		ask_again(p);
}

// The seats take turns, so that no single one asks more often than the hub allows; no two connections ever speak for the same.
static struct seat *turn(struct post *p)
{
	p->turn += run.connections;
	if (p->turn >= run.who.n)
		p->turn %= run.connections;
	return run.who.v[p->turn];
}

static void ask_again(struct post *p)
{
	struct str body = {0};

	p->seat = turn(p);
	p->ops = run.batch;
	post_ops(p->seat, run.batch, "a note of the usual length, as an agent writes it after a call", run.cursors, &body);
	post_send(p, "/v1/sync", str_z(&body), took);
	str_release(&body);
}

static void closed_loop(struct bench *b, struct post *posts, size_t n, double seconds)
{
	size_t busy = b->busy;

	run.connections = n;
	run.answers = run.bad = run.rows = run.ops = 0;
	run.times.n = 0;
	run.measuring = false;
	run.until = INT64_MAX;
	for (size_t i = 0; i < n; i++)
		ask_again(&posts[i]);
	bench_run(b, load_now_us() + S / 2, NULL); // warm
	int64_t from = load_now_us();
	run.until = from + (int64_t)(seconds * S);
	run.measuring = true;
	bench_run(b, run.until, NULL);
	double took_s = (double)(load_now_us() - from) / S;
	run.measuring = false;
	bench_run(b, load_now_us() + S, NULL);
	printf("\"requests_s\":%.1f,\"rows_s\":%.1f,\"ops_s\":%.1f,\"bad\":%zu,\"busy\":%zu,", (double)run.answers / took_s,
	       (double)run.rows / took_s, (double)run.ops / took_s, run.bad, b->busy - busy);
	times_print(&run.times, stdout);
}

// queue: only stations of it; NULL: all.
static void loops(struct bench *b, const char *queue, size_t connections, double seconds)
{
	struct post *posts = xcalloc(connections, sizeof(*posts));

	run.who.n = 0;
	for (size_t i = 0; i < b->seats.n; i++)
		if (!queue || str_eq(queue, b->seats.v[i].queue))
			vec_push(&run.who, &b->seats.v[i]);
	if (connections > run.who.n)
		connections = run.who.n;
	for (size_t i = 0; i < connections; i++) {
		post_open(&posts[i], b, run.who.v[i]);
		posts[i].turn = i;
	}
	closed_loop(b, posts, connections, seconds);
	for (size_t i = 0; i < connections; i++)
		post_close(&posts[i]);
	free(posts);
	vec_release(&run.times);
	vec_release(&run.who);
}

// ---- where a station is that has everything ----

struct places {
	VEC(struct place) v;
};
struct place {
	char s[64], at[48];
};

static const char *quoted(const char *from, const char *key, char *out, size_t cap)
{
	const char *at = strstr(from, key);
	size_t n = at ? strcspn(at + strlen(key), "\"") : 0;

	snprintf(out, cap, "%.*s", (int)n, at ? at + strlen(key) : "");
	return at ? at + strlen(key) + n : NULL;
}

// Every page of an answer moves its stream.
static void take_places(struct places *p, const char *answer)
{
	struct place got;

	for (const char *at = answer; (at = quoted(at, "{\"s\":\"", got.s, sizeof(got.s)));) {
		const char *to = strstr(at, "\"to\":\""), *next = strstr(at, "{\"s\":\"");
		size_t i = 0;
		if (!to || (next && to > next) || strncmp(at, "\",\"from\":", strlen("\",\"from\":")) != 0)
			continue; // a stream that was added, or starts over
		quoted(to, "\"to\":\"", got.at, sizeof(got.at));
		while (i < p->v.n && !str_eq(p->v.v[i].s, got.s))
			i++;
		if (i < p->v.n)
			p->v.v[i] = got;
		else
			vec_push(&p->v, got);
	}
}

static void cursor_text(const struct places *p, struct str *out)
{
	str_clear(out);
	for (size_t i = 0; i < p->v.n; i++)
		str_addf(out, "%s\"%s\":\"%s\"", i ? "," : "", p->v.v[i].s, p->v.v[i].at);
}

// Fetches until there is no more; what came on the way is counted. False: refused.
static bool catch_up(struct bench *b, struct seat *s, struct places *at, size_t *rows, size_t *pages, size_t *bytes)
{
	struct post p;
	struct str body = {0}, cursors = {0};
	bool more = true, ok = true;

	post_open(&p, b, s);
	while (more && ok) {
		cursor_text(at, &cursors);
		post_ops(s, 0, "", str_z(&cursors), &body);
		ok = post_wait(&p, "/v1/sync", str_z(&body));
		if (!ok)
			break;
		take_places(at, str_z(&p.answer));
		more = strstr(str_z(&p.answer), "\"more\":true") != NULL;
		*bytes += p.answer.n;
		(*pages)++;
		for (const char *r = str_z(&p.answer); (r = strstr(r, "\"rev\":")); r++)
			(*rows)++;
	}
	post_close(&p);
	str_release(&body);
	str_release(&cursors);
	return ok;
}

// Stations of the first queue, all at the head but for the queue's stream.
void mode_pull(struct bench *b, size_t connections, double seconds, size_t behind)
{
	struct places at = {0};
	struct str cursors = {0};
	size_t rows = 0, pages = 0, bytes = 0;
	char own[64];

	if (!catch_up(b, &b->seats.v[0], &at, &rows, &pages, &bytes)) {
		printf("{\"pull\":0,\"why\":\"refused\"}\n");
		return;
	}
	snprintf(own, sizeof(own), "q/%s", b->seats.v[0].queue);
	for (size_t i = 0; i < at.v.n; i++) {
		struct wire_cursor c;
		if (str_eq(at.v.v[i].s, own) && wire_cursor_parse(at.v.v[i].at, &c)) {
			c.seq = c.seq > (int64_t)behind ? c.seq - (int64_t)behind : 0;
			wire_cursor_print(c, at.v.v[i].at, sizeof(at.v.v[i].at));
		}
	}
	cursor_text(&at, &cursors);
	run.cursors = str_z(&cursors);
	run.batch = 0;
	printf("{\"pull\":%zu,\"behind\":%zu,", connections, behind);
	loops(b, b->seats.v[0].queue, connections, seconds);
	printf("}\n");
	run.cursors = NULL;
	str_release(&cursors);
	vec_release(&at.v);
}

void mode_push(struct bench *b, size_t connections, double seconds, size_t batch)
{
	run.cursors = NULL;
	run.batch = batch;
	printf("{\"push\":%zu,\"batch\":%zu,", connections, batch);
	loops(b, NULL, connections, seconds);
	printf("}\n");
}

// Everything a station that joins fetches, page after page.
void mode_first(struct bench *b)
{
	struct places at = {0};
	size_t rows = 0, pages = 0, bytes = 0;
	int64_t from = load_now_us();
	bool ok = catch_up(b, &b->seats.v[0], &at, &rows, &pages, &bytes);

	printf("{\"first\":%s,\"rows\":%zu,\"pages\":%zu,\"bytes\":%zu,\"ms\":%.1f}\n", ok ? "true" : "false", rows, pages, bytes,
	       (double)(load_now_us() - from) / 1e3);
	vec_release(&at.v);
}

// ---- an open loop behind everything else: operations come at their time, whether the hub keeps up or not ----

static struct {
	struct post posts[WORKERS];
	size_t rate, done, bad;
	int64_t from;
	struct times times;
} bg;

static void bg_next(struct post *p);

static void bg_took(struct post *p)
{
	int64_t now = load_now_us();

	if (p->status != 200) {
		if (!bg.bad++)
			fprintf(stderr, "hub_load: background: %d %.300s\n", p->status, str_z(&p->answer));
	} else {
		bg.done += p->ops;
		times_add(&bg.times, now - p->began);
	}
	bg_next(p);
}

// Sends what is due; what became due while the last request was under way goes into one, as a station does it.
static void bg_next(struct post *p)
{
	struct str body = {0};
	int64_t now = load_now_us(), step = (int64_t)WORKERS * S / (int64_t)(bg.rate ? bg.rate : 1);
	size_t due = 0;

	if (!bg.rate || p->busy || p->rate_next > now)
		return;
	int64_t first = p->rate_next;
	while (p->rate_next <= now && due < 100) {
		p->rate_next += step;
		due++;
	}
	p->ops = due;
	post_ops(p->seat, due, "what is written while others wait for their broadcast", NULL, &body);
	post_send(p, "/v1/sync", str_z(&body), bg_took);
	p->began = first; // from when it was due
	str_release(&body);
}

void background_tick(struct bench *b)
{
	(void)b;
	for (size_t i = 0; bg.rate && i < WORKERS; i++)
		bg_next(&bg.posts[i]);
}

void mode_background(struct bench *b, size_t rate)
{
	int64_t now = load_now_us();

	if (rate) {
		bg.rate = rate;
		bg.done = bg.bad = 0;
		bg.times.n = 0;
		bg.from = now;
		for (size_t i = 0; i < WORKERS; i++) {
			// Seats from the end of the list, so that they are others than those who push otherwise.
			post_open(&bg.posts[i], b, &b->seats.v[b->seats.n - 2 - i]);
			bg.posts[i].rate_next = now + (int64_t)(bench_random(b) % ((uint64_t)WORKERS * S / rate));
		}
		printf("{}\n");
		return;
	}
	if (!bg.rate)
		return;
	double seconds = (double)(now - bg.from) / S;
	bg.rate = 0;
	bench_run(b, now + S, NULL);
	for (size_t i = 0; i < WORKERS; i++)
		post_close(&bg.posts[i]);
	printf("{\"ops_s\":%.1f,\"bad\":%zu,", (double)bg.done / seconds, bg.bad);
	times_print(&bg.times, stdout);
	printf("}\n");
	vec_release(&bg.times);
}
