// SPDX-License-Identifier: MIT
// Knows the seats of the load generator: each holds one stream of events and says when it saw what it waits for.
#include "tests/bench/hub_load.h"

#include "src/base/path.h"

enum { RETRY_US = 300000, LINE_BYTES = 1 << 20 };

uint64_t bench_random(struct bench *b)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return b->random;
}

static void copy_field(struct sv *rest, char *out, size_t cap)
{
	struct sv part = {"", 0};

	if (!sv_split(rest, '\t', &part) || part.n >= cap) {
		fprintf(stderr, "hub_load: a line of the seats file is none\n");
		exit(1);
	}
	memcpy(out, part.p, part.n);
	out[part.n] = '\0';
}

void seats_read(struct bench *b, const char *path)
{
	struct str text = {0};
	struct err e = {0};
	struct sv rest, line;
	char lead[8];

	if (!path_read(path, 1 << 26, &text, &e)) {
		fprintf(stderr, "hub_load: %s\n", e.msg);
		exit(1);
	}
	rest = sv_n(str_z(&text), text.n);
	while (sv_split(&rest, '\n', &line)) {
		if (!line.n)
			continue; // behind the last line end
		struct seat *s = vec_add(&b->seats);
		copy_field(&line, s->dev, sizeof(s->dev));
		copy_field(&line, s->inc, sizeof(s->inc));
		copy_field(&line, s->access, sizeof(s->access));
		copy_field(&line, s->agent, sizeof(s->agent));
		copy_field(&line, s->queue, sizeof(s->queue));
		copy_field(&line, s->ticket, sizeof(s->ticket));
		copy_field(&line, lead, sizeof(lead));
		s->lead = str_eq(lead, "lead");
		s->next_n = 1;
		s->b = b;
	}
	str_release(&text);
}

// ---- what a seat hears ----

static void saw_mark(struct seat *s, int64_t at, bool told)
{
	struct bench *b = s->b;

	if (s->mark_seen == b->mark || s == b->mark_not || (b->mark_queue && !str_eq(b->mark_queue, s->queue)))
		return;
	s->mark_seen = b->mark;
	b->mark_told += told;
	times_add(&b->mark_times, at - b->mark_sent);
	b->mark_left--;
}

// An event that only says how far a stream is.
static void heard_head(struct seat *s, const char *line)
{
	struct bench *b = s->b;
	const char *head = strstr(line, "\"head\":");
	char own[64];

	b->heads++;
	snprintf(own, sizeof(own), "\"s\":\"q/%s\"", s->queue);
	if (!strstr(line, own) || !head)
		return;
	s->told_seq = strtoll(head + strlen("\"head\":"), NULL, 10);
	s->told_at = load_now_us();
	if (b->mark_left && b->mark_queue && b->mark_seq && s->told_seq >= b->mark_seq)
		saw_mark(s, s->told_at, true);
}

static void heard_line(struct seat *s)
{
	struct bench *b = s->b;
	const char *line = str_z(&s->line);

	if (s->st != SEAT_THERE && str_starts(line, "event: hello")) {
		s->st = SEAT_THERE;
		s->there_at = load_now_us();
		b->there++;
		b->dialing--;
		b->resumed += s->c.resumed;
	} else if (str_starts(line, "data:")) {
		char mark[48];
		snprintf(mark, sizeof(mark), MARK "%u ", b->mark);
		if (b->mark_left && strstr(line, mark))
			saw_mark(s, load_now_us(), false);
		else if (strstr(line, "\"head\"") && !strstr(line, "\"rows\"") && strstr(line, "\"s\""))
			heard_head(s, line);
	}
}

static void seat_body(struct load_conn *c, const char *p, size_t n)
{
	struct seat *s = c->arg;

	if (c->answer.status != 200) {
		str_addn(&s->line, p, n);
		return;
	}
	while (n) {
		const char *end = memchr(p, '\n', n);
		size_t take = end ? (size_t)(end - p) : n;
		str_addn(&s->line, p, take);
		if (end) {
			heard_line(s);
			str_clear(&s->line);
			take++;
		} else if (s->line.n > LINE_BYTES) {
			str_clear(&s->line);
		}
		p += take;
		n -= take;
	}
	if (!s->line.n)
		str_release(&s->line);
}

static void gone(struct seat *s, const char *why)
{
	struct bench *b = s->b;

	if (s->st == SEAT_THERE) {
		b->there--;
		b->dropped++;
		s->retry_at = load_now_us(); // at once: no spread
	} else {
		b->dialing--;
		b->refused++;
		snprintf(b->last_refusal, sizeof(b->last_refusal), "%s", why);
		s->retry_at = load_now_us() + RETRY_US / 2 + (int64_t)(bench_random(b) % RETRY_US);
	}
	s->st = SEAT_OFF;
	str_release(&s->line);
}

static void seat_closed(struct load_conn *c, const char *why)
{
	gone(c->arg, why);
}

static void seat_end(struct load_conn *c)
{
	struct seat *s = c->arg;
	char why[80];

	snprintf(why, sizeof(why), "%d %.60s", c->answer.status, str_z(&s->line));
	load_shut(c);
	gone(s, why);
}

static void seat_ready(struct load_conn *c)
{
	struct seat *s = c->arg;
	char request[400];
	int n = snprintf(request, sizeof(request),
			 "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n", s->access);

	load_send(c, request, (size_t)n);
}

static const struct load_user seat_user = {.ready = seat_ready, .body = seat_body, .end = seat_end, .closed = seat_closed};

static void dial(struct seat *s)
{
	s->st = SEAT_DIALING;
	s->dialed = load_now_us();
	s->b->dialing++;
	load_open(s->b->loop, &s->c, &seat_user, s);
}

void seats_tick(struct bench *b)
{
	int64_t now = load_now_us();

	if (b->there + b->dialing >= b->wanted)
		return;
	for (size_t i = 0; i < b->wanted; i++) {
		struct seat *s = &b->seats.v[i];
		if (s->st == SEAT_OFF && s->retry_at <= now)
			dial(s);
	}
}

void seats_want(struct bench *b, size_t n)
{
	b->wanted = n < b->seats.n ? n : b->seats.n;
	seats_tick(b);
}

void seats_drop(struct bench *b)
{
	for (size_t i = 0; i < b->seats.n; i++) {
		load_shut(&b->seats.v[i].c);
		b->seats.v[i].st = SEAT_OFF;
		b->seats.v[i].retry_at = 0;
		str_release(&b->seats.v[i].line);
	}
	b->wanted = b->there = b->dialing = 0;
}

void seats_mark(struct bench *b, const char *queue, const struct seat *not_this)
{
	b->mark++;
	b->mark_queue = queue;
	b->mark_not = not_this;
	b->mark_left = b->mark_told = 0;
	b->mark_seq = 0;
	for (size_t i = 0; i < b->wanted; i++) {
		const struct seat *s = &b->seats.v[i];
		if (s->st == SEAT_THERE && s != not_this && (!queue || str_eq(queue, s->queue)))
			b->mark_left++;
	}
	b->mark_sent = load_now_us();
}

void seats_told(struct bench *b, int64_t seq)
{
	b->mark_seq = seq;
	for (size_t i = 0; seq && i < b->wanted && b->mark_left; i++) {
		struct seat *s = &b->seats.v[i];
		if (s->told_seq >= seq && s->told_at >= b->mark_sent)
			saw_mark(s, s->told_at, true);
	}
}
