// SPDX-License-Identifier: MIT
// Knows the requests of the load generator: bodies as a station writes them, one request at a time on a kept connection.
#include "tests/bench/hub_load.h"

#include <sodium.h>

enum { RETRY_US = 200000 };

static void transmit(struct post *p)
{
	p->status = 0;
	str_clear(&p->answer);
	load_send(&p->c, p->request.s, p->request.n);
}

static void post_ready(struct load_conn *c)
{
	struct post *p = c->arg;

	if (p->busy)
		transmit(p);
}

static void post_body(struct load_conn *c, const char *s, size_t n)
{
	struct post *p = c->arg;

	str_addn(&p->answer, s, n);
}

static void post_end(struct load_conn *c)
{
	struct post *p = c->arg;

	p->status = c->answer.status;
	if (p->status == 429 || p->status == 503) {
		p->b->busy++;
		p->retry_at = load_now_us() + RETRY_US;
		return;
	}
	p->busy = false;
	if (p->done)
		p->done(p);
}

static void post_closed(struct load_conn *c, const char *why)
{
	struct post *p = c->arg;

	(void)why;
	if (p->busy)
		p->retry_at = load_now_us() + RETRY_US;
}

static const struct load_user post_user = {.ready = post_ready, .body = post_body, .end = post_end, .closed = post_closed};

void post_open(struct post *p, struct bench *b, struct seat *s)
{
	memset(p, 0, sizeof(*p));
	p->b = b;
	p->seat = s;
	p->next = b->posts;
	b->posts = p;
	load_open(b->loop, &p->c, &post_user, p);
}

void posts_tick(struct bench *b)
{
	int64_t now = load_now_us();

	for (struct post *p = b->posts; p; p = p->next) {
		if (!p->retry_at || p->retry_at > now)
			continue;
		p->retry_at = 0;
		if (p->c.state == LOAD_READY)
			transmit(p);
		else if (p->c.state == LOAD_CLOSED)
			load_open(b->loop, &p->c, &post_user, p);
	}
}

void post_close(struct post *p)
{
	struct post **at = &p->b->posts;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	load_forget(&p->c);
	str_release(&p->request);
	str_release(&p->answer);
	memset(p, 0, sizeof(*p));
}

void post_send(struct post *p, const char *path, const char *body, void (*done)(struct post *p))
{
	str_clear(&p->request);
	str_addf(&p->request,
		 "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
		 path, p->seat->access, strlen(body));
	str_add(&p->request, body);
	p->busy = true;
	p->done = done;
	p->began = load_now_us();
	if (p->c.state == LOAD_READY)
		transmit(p);
	else if (p->c.state == LOAD_CLOSED)
		load_open(p->b->loop, &p->c, &post_user, p);
}

static struct post *waited;

static bool answered(struct bench *b)
{
	(void)b;
	return !waited->busy;
}

bool post_wait(struct post *p, const char *path, const char *body)
{
	waited = p;
	post_send(p, path, body, NULL);
	if (!bench_run(p->b, load_now_us() + 20000000, answered)) {
		fprintf(stderr, "hub_load: no answer to POST %s within 20 s\n", path);
		return false;
	}
	if (p->status != 200)
		fprintf(stderr, "hub_load: POST %s: %d %.300s\n", path, p->status, str_z(&p->answer));
	return p->status == 200;
}

// ---- bodies ----

static void new_id(char out[37])
{
	unsigned char r[16];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
	randombytes_buf(r, sizeof(r));
	for (int i = 0; i < 6; i++)
		r[i] = (unsigned char)(ms >> (40 - 8 * i));
	r[6] = (unsigned char)(0x70 | (r[6] & 0x0f));
	r[8] = (unsigned char)(0x80 | (r[8] & 0x3f));
	snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2], r[3], r[4], r[5], r[6],
		 r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
}

static void now_text(char out[32])
{
	struct timespec t;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	size_t n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 32 - n, ".%03ldZ", t.tv_nsec / 1000000);
}

static void add_op(struct seat *s, const char *kind, const char *type, const char *stream, const char *entity, const char *op_body,
		   struct str *body)
{
	unsigned char h[WIRE_HASH];
	char id[37], fresh[37], hex[2 * WIRE_HASH + 1], at[32];

	new_id(id);
	new_id(fresh);
	now_text(at);
	if (!entity)
		entity = fresh;
	wire_op_hash(id, kind, type, entity, stream, NULL, op_body, h);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	str_addf(body, "{\"n\":%lld,\"id\":\"%s\",\"k\":\"%s\",\"t\":\"%s\",\"e\":\"%s\",\"s\":\"%s\",\"body\":%s,\"at\":\"%s\",\"h\":\"%s\"}",
		 (long long)s->next_n++, id, kind, type, entity, stream, op_body, at, hex);
}

static void begin(struct seat *s, struct str *body)
{
	char at[32];

	now_text(at);
	str_clear(body);
	str_addf(body, "{\"dev\":\"%s\",\"inc\":\"%s\",\"schema\":%d,\"now\":\"%s\",\"ops\":[", s->dev, s->inc, WIRE_SCHEMA, at);
}

void post_ops(struct seat *s, size_t count, const char *text, const char *cursors, struct str *body)
{
	char stream[48], op_body[400];

	begin(s, body);
	snprintf(stream, sizeof(stream), "q/%s", s->queue);
	for (size_t i = 0; i < count; i++) {
		snprintf(op_body, sizeof(op_body), "{\"text\":\"%s\"}", text);
		if (i)
			str_addc(body, ',');
		add_op(s, "ticket.note", "ticket", stream, s->ticket, op_body, body);
	}
	str_addc(body, ']');
	if (cursors)
		str_addf(body, ",\"cur\":{%s},\"max_rows\":500,\"max_bytes\":524288,\"wait_ms\":0", cursors);
	str_addc(body, '}');
}

void post_red(struct seat *s, const char *title, struct str *body)
{
	char op_body[600];

	begin(s, body);
	snprintf(op_body, sizeof(op_body), "{\"kind\":\"red\",\"severity\":\"red\",\"title\":\"%s\",\"body\":\"%s\",\"require_ack\":false}", title,
		 "payments are down; say that money is safe and offer a call back");
	add_op(s, "broadcast.new", "broadcast", "bc/SHA", NULL, op_body, body);
	str_add(body, "]}");
}
