// SPDX-License-Identifier: MIT
// Knows what the events of the hub's stream mean: pages that fit are taken in, everything else is a reason to pull.
#include <jansson.h>

#include "src/base/log.h"
#include "src/sync/client_part.h"
#include "src/wire/read.h"

// 15 s between two heartbeats (sync.md §3.4); two may get lost.
enum { SILENCE_MS = 40000, REFUSAL_MAX = 65536, PAGE_MAX = 64 * 1024 };

static void on_stream_end(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct link_report rep;

	c->stream.request = NULL;
	client_verdict(c, r, &rep);
	// A stream that was good and ends is a lost connection, not an answer.
	if (rep.end == LINK_OK)
		rep.end = LINK_FAILED;
	link_done(c->link, LINK_STREAM, &rep, client_mono(c));
	client_soon(c);
}

// --- a page

struct event_job {
	struct job job;
	struct knowledge *know;
	struct str data;
	int64_t now;
	struct exchange_done done;
	bool pull, changed;
};

static bool event_run(struct db *db, struct job *job, struct err *e)
{
	struct event_job *j = (struct event_job *)job;
	struct sync_sqlite q;
	struct sync_store st;

	j->done = (struct exchange_done){0};
	j->pull = false;
	knowledge_begin(j->know, db);
	sync_sqlite(&q, db, knowledge_calls(j->know), &st);
	bool ok = exchange_event(&st, sv_n(str_z(&j->data), j->data.n), j->now, &j->done, &j->pull, e);
	j->changed = q.changed;
	knowledge_end(j->know, ok, &j->changed);
	return ok;
}

static void event_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct event_job *j = (struct event_job *)job;

	if (!ok)
		log_line(LOG_WARN, "hub: event not taken: %s", e->msg);
	if (!ok || j->pull)
		link_poke(c->link, client_mono(c));
	client_count(c);
	client_soon(c);
	if (ok && j->changed)
		client_packs_look(c);
	if (ok && j->changed && c->opt.changed)
		c->opt.changed(c->opt.arg, j->done.red);
}

static void event_release(struct job *job)
{
	struct event_job *j = (struct event_job *)job;

	str_release(&j->data);
	free(j);
}

static void take_page(struct client *c, struct sv data)
{
	struct event_job *j = xcalloc(1, sizeof(*j));

	*j = (struct event_job){.job = {.run = event_run, .end = event_end, .release = event_release}, .know = c->know,
				.now = clock_wall(c->clock)};
	str_addn(&j->data, data.p, data.n);
	job_start(c, &j->job, "hub.event");
}

// --- events

static void take_hello(struct client *c, const json_t *j)
{
	struct err e = {0};
	int64_t window = 0;

	if (!wire_may_int(j, "window_ms", 0, 600000, &window, &e))
		log_line(LOG_WARN, "hub: %s", e.msg);
	link_hello(c->link, window, client_mono(c));
}

static void take_bye(struct client *c, const json_t *j)
{
	const json_t *r = json_object_get(j, "retry_ms");

	link_bye(c->link, json_integer_value(json_array_get(r, 0)), json_integer_value(json_array_get(r, 1)), client_mono(c));
}

static void on_event(void *arg, const struct sse_event *ev)
{
	struct client *c = arg;
	struct err e = {0};

	if (str_eq(ev->name, "ch")) {
		if (ev->data.n <= PAGE_MAX)
			take_page(c, ev->data);
		else
			link_poke(c->link, client_mono(c));
		return;
	}
	json_t *j = wire_parse(ev->data, PAGE_MAX, &e);
	if (!j)
		log_line(LOG_WARN, "hub: event %s: %s", ev->name, e.msg);
	else if (str_eq(ev->name, "hello"))
		take_hello(c, j);
	else if (str_eq(ev->name, "bye"))
		take_bye(c, j);
	else if (str_eq(ev->name, "red") || str_eq(ev->name, "offer"))
		// The row itself comes by its stream, so that it is kept whatever happens to this one.
		link_poke(c->link, client_mono(c));
	json_decref(j);
}

// Inside libcurl: nothing here starts or cancels a request.
static void on_piece(void *arg, struct sv piece)
{
	struct client *c = arg;

	link_bytes(c->link, client_mono(c));
	sse_feed(&c->stream.sse, piece.p, piece.n, on_event, c);
	client_soon(c);
}

void client_stream_start(struct client *c, const struct link_do *d)
{
	char bearer[SESSION_TOKEN_MAX + 32];

	sse_release(&c->stream.sse);
	sse_init(&c->stream.sse);
	client_bearer(c, bearer, sizeof(bearer));
	c->stream.request =
		http_start(c->http, &(struct http_request){.method = "GET",
							   .base = client_url(c, d->url),
							   .path = "/v1/events",
							   .max = REFUSAL_MAX,
							   .silence_ms = client_timeout(c, SILENCE_MS),
							   .headers = (const char *[]){"Accept: text/event-stream", bearer, NULL},
							   .data = on_piece,
							   .done = on_stream_end,
							   .arg = c});
}

void client_stream_end(struct client *c)
{
	if (c->stream.request)
		http_cancel(c->stream.request);
	c->stream.request = NULL;
}
