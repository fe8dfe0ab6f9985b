// SPDX-License-Identifier: MIT
// Knows the station's side of the hub at work: what link.h wants is started, in turn with what comes back.
#include "src/sync/client.h"

#include <limits.h>
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/sync/client_part.h"
#include "src/sync/curl_late.h"

enum { PROBE_MAX = 4096, HURRY_LEAST_MS = 400 };

int64_t client_mono(const struct client *c)
{
	return clock_mono(c->clock);
}

int client_ms(const struct client *c, int64_t ms)
{
	int hurry = c->opt.hurry > 1 ? c->opt.hurry : 1;
	int64_t out = (ms + hurry - 1) / hurry;

	return out < INT_MAX ? (int)out : INT_MAX;
}

int client_timeout(const struct client *c, int ms)
{
	int out = client_ms(c, ms);

	return c->opt.hurry > 1 && out < HURRY_LEAST_MS ? HURRY_LEAST_MS : out;
}

const char *client_url(const struct client *c, int url)
{
	return c->urls[url >= 0 && url < c->n_urls ? url : 0];
}

void client_bearer(const struct client *c, char *out, size_t cap)
{
	snprintf(out, cap, "Authorization: Bearer %s", c->access);
}

void client_failed(struct client *c, const struct http_reply *r)
{
	c->failures++;
	snprintf(c->why, sizeof(c->why), "%s", r->err.msg);
	// What a person must do something about is said; a network that is away is seen in the status line.
	if (r->end == HTTP_UNTRUSTED)
		log_line(LOG_WARN, "hub: %s", r->err.msg);
}

void client_order(struct client *c, const struct http_reply *r)
{
	bool drain;

	if (r->end != HTTP_ANSWERED || c->wiped || !order_is_wipe(r->status, r->body, &c->account, &drain))
		return;
	if (!drain)
		client_wipe(c);
	else if (!c->drain.on)
		client_drain_begin(c, ORDER_DRAIN_MS);
}

void client_verdict(struct client *c, const struct http_reply *r, struct link_report *out)
{
	client_order(c, r);
	*out = (struct link_report){.end = LINK_FAILED};
	if (r->end != HTTP_ANSWERED)
		return;
	out->end = r->status >= 200 && r->status < 300 ? LINK_OK : LINK_REFUSED;
	if (out->end == LINK_OK)
		return;
	wire_problem_parse(r->body, r->status, &out->problem);
	if (!out->problem.after_ms)
		out->problem.after_ms = r->retry_after_ms;
}

// --- jobs of the store's thread

static bool job_run(struct db *db, void *arg, struct err *e)
{
	struct job *j = arg;

	return j->run(db, j, e);
}

static void job_done(void *arg, enum store_result r, const struct err *e)
{
	struct job *j = arg;
	struct client *c = j->client;

	// On a full disk it stays in the store's hands and is tried again.
	if (!c || r == STORE_KEPT)
		return;
	for (struct job **at = &c->jobs; *at; at = &(*at)->next)
		if (*at == j) {
			*at = j->next;
			break;
		}
	if (j->end)
		j->end(c, j, r == STORE_SAVED, e);
}

static void job_release(void *arg)
{
	struct job *j = arg;

	j->release(j);
}

void job_start(struct client *c, struct job *j, const char *what)
{
	j->client = c;
	j->next = c->jobs;
	c->jobs = j;
	store_submit(c->store,
		     &(struct store_job){.what = what, .run = job_run, .done = job_done, .release = job_release, .arg = j});
}

// --- probes

static void on_probe(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct link_report rep;

	c->probe = NULL;
	client_verdict(c, r, &rep);
	if (rep.end == LINK_FAILED)
		client_failed(c, r);
	link_done(c->link, LINK_PROBE, &rep, client_mono(c));
	client_soon(c);
}

static void probe(struct client *c, const struct link_do *d)
{
	c->probe = http_start(c->http, &(struct http_request){.method = "GET",
							      .base = client_url(c, d->url),
							      .path = "/healthz",
							      .max = PROBE_MAX,
							      .timeout_ms = client_timeout(c, d->timeout_ms),
							      .done = on_probe,
							      .arg = c});
}

// --- what link wants

static bool open_http(struct client *c, struct err *e)
{
	return http_new(&c->http,
			&(struct http_options){
				.loop = c->loop, .ca_file = c->account.hub.ca ? c->account.hub.ca : c->ca_file, .proxy = c->proxy},
			e);
}

// Everything ends and begins anew, TLS sessions included.
static void start_fresh(struct client *c)
{
	const struct link_report failed = {.end = LINK_FAILED}, ok = {.end = LINK_OK};
	int64_t now = client_mono(c);
	struct err e = {0};

	client_sync_cancel(c);
	if (c->stream.request) {
		client_stream_end(c);
		link_done(c->link, LINK_STREAM, &failed, now);
	}
	if (c->talk.kind == SESSION_TOKEN)
		link_done(c->link, LINK_TOKEN, &failed, now);
	client_talk_end(c);
	if (c->probe) {
		http_cancel(c->probe);
		c->probe = NULL;
		link_done(c->link, LINK_PROBE, &failed, now);
	}
	if (c->present)
		http_cancel(c->present);
	if (c->receipt)
		http_cancel(c->receipt);
	if (c->asking)
		http_cancel(c->asking);
	c->present = c->receipt = c->asking = NULL;
	client_room_fail(c);
	client_base_end(c);
	client_packs_end(c);
	client_carry_end(c);
	http_free(c->http);
	if (!open_http(c, &e))
		BUG("%s", e.msg); // it did before
	link_done(c->link, LINK_FRESH, &ok, now);
}

static void close_one(struct client *c, enum link_do_kind what)
{
	if (what == LINK_SYNC) {
		client_sync_cancel(c);
	} else if (c->stream.request) {
		client_stream_end(c);
		link_done(c->link, LINK_STREAM, &(struct link_report){.end = LINK_FAILED}, client_mono(c));
	}
}

static void obey(struct client *c, const struct link_do *d)
{
	switch (d->kind) {
	case LINK_NOTHING: break;
	case LINK_SYNC: client_sync_start(c, d); break;
	case LINK_STREAM: client_stream_start(c, d); break;
	case LINK_PROBE: probe(c, d); break;
	case LINK_TOKEN: client_token_start(c, d); break;
	case LINK_CLOSE: close_one(c, d->what); break;
	case LINK_LOGIN:
		sodium_memzero(c->access, sizeof(c->access));
		if (c->opt.say)
			c->opt.say(c->opt.arg, false,
				   _("The session at the hub has ended: log in again. Nothing is lost."));
		break;
	case LINK_FRESH: start_fresh(c); break;
	}
}

static void arm(struct client *c)
{
	int64_t wait = link_wait(c->link, client_mono(c));
	const int64_t others[] = {client_lease_wait(c), client_base_wait(c), client_packs_wait(c), client_carry_wait(c)};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (others[i] >= 0 && (wait < 0 || others[i] < wait))
			wait = others[i];
	if (wait < 0)
		uv_timer_stop(c->timer);
	else
		uv_timer_start(c->timer, client_on_timer, (uint64_t)client_ms(c, wait), 0);
}

static void step(struct client *c)
{
	struct link_do d;

	if (!c->link || c->wiped)
		return;
	if (c->drain.on) {
		client_drain_step(c);
		return;
	}
	client_lease_look(c);
	while ((d = link_next(c->link, client_mono(c))).kind != LINK_NOTHING)
		obey(c, &d);
	client_base_step(c);
	client_packs_step(c);
	client_carry_step(c);
	client_presence_tell(c);
	client_report(c);
	arm(c);
}

void client_on_timer(uv_timer_t *t)
{
	step(t->data);
}

// Never at once: whoever calls this may be inside libcurl, or in the middle of a change.
void client_soon(struct client *c)
{
	uv_timer_start(c->timer, client_on_timer, 0, 0);
}

static void on_prepare(uv_prepare_t *p)
{
	client_count(p->data);
}

// --- start

struct load_job {
	struct job job;
	const char *dir;
	struct account account;
};

static bool load_run(struct db *db, struct job *job, struct err *e)
{
	struct load_job *j = (struct load_job *)job;

	account_release(&j->account); // it may run twice
	// libcurl here, while nobody waits for this thread, and not on the loop.
	return account_load(db, j->dir, &j->account, e) && (!j->account.hub.dev || curl_late_load(e));
}

static void collect_urls(struct client *c)
{
	c->n_urls = 0;
	for (size_t i = 0; i < c->account.hub.n_urls; i++)
		c->urls[c->n_urls++] = c->account.hub.urls[i];
	for (size_t i = 0; i < CLIENT_MORE_URLS; i++) {
		struct err e = {0};
		if (!c->more[i])
			continue;
		if (http_address_ok(c->more[i], &e))
			c->urls[c->n_urls++] = c->more[i];
		else
			log_line(LOG_ERROR, "hub: %s", e.msg);
	}
}

static void load_end(struct client *c, struct job *job, bool ok, const struct err *err)
{
	struct load_job *j = (struct load_job *)job;
	struct err e = {0};

	c->ready = true;
	if (!ok) {
		snprintf(c->why, sizeof(c->why), "%s", err->msg);
		log_line(LOG_ERROR, "hub: %s", err->msg);
		if (c->opt.say)
			c->opt.say(c->opt.arg, true, err->msg);
		return;
	}
	c->account = j->account;
	j->account = (struct account){0};
	if (!c->account.hub.dev)
		return;
	collect_urls(c);
	if (!c->n_urls || !open_http(c, &e)) {
		log_line(LOG_ERROR, "hub: %s", c->n_urls ? e.msg : "no address");
		return;
	}
	c->link = link_new(&(struct link_options){.urls = c->n_urls, .seed = c->opt.seed, .now = client_mono(c)});
	client_lease_look(c);
	link_logged_in(c->link, *c->account.key.refresh != '\0', client_mono(c));
	uv_prepare_start(c->prepare, on_prepare);
	client_count(c);
	client_base_look(c);
	client_packs_look(c);
	client_soon(c);
	int64_t until;
	if (order_kept(store_dir(c->store), &until))
		client_drain_begin(c, until - clock_wall(c->clock));
	if (c->opt.person && c->account.who.id)
		c->opt.person(c->opt.arg, &c->account.who);
}

static void load_release(struct job *job)
{
	struct load_job *j = (struct load_job *)job;

	account_release(&j->account);
	free(j);
}

static char *copy(const char *s)
{
	return str_empty(s) ? NULL : xstrdup(s);
}

bool client_new(struct client **out, const struct client_options *o, struct err *e)
{
	struct client *c = xcalloc(1, sizeof(*c));
	struct load_job *j = xcalloc(1, sizeof(*j));

	(void)e;
	*c = (struct client){.loop = o->loop, .store = o->store, .clock = o->clock, .know = o->know, .opt = *o, .proxy = copy(o->proxy),
			     .ca_file = copy(o->ca_file), .data_version = -1, .line_kept = LINK_OFF};
	for (size_t i = 0; i < CLIENT_MORE_URLS; i++)
		c->more[i] = copy(o->urls[i]);
	sse_init(&c->stream.sse);
	c->timer = xcalloc(1, sizeof(*c->timer));
	c->prepare = xcalloc(1, sizeof(*c->prepare));
	uv_timer_init(c->loop, c->timer);
	uv_prepare_init(c->loop, c->prepare);
	// What watches the store keeps no loop alive.
	uv_unref((uv_handle_t *)c->prepare);
	c->timer->data = c->prepare->data = c;
	j->dir = store_dir(c->store);
	j->job = (struct job){.run = load_run, .end = load_end, .release = load_release};
	job_start(c, &j->job, "hub.load");
	*out = c;
	return true;
}

static void handle_closed(uv_handle_t *h)
{
	free(h);
}

void client_free(struct client *c)
{
	if (!c)
		return;
	for (struct job *j = c->jobs; j; j = j->next)
		j->client = NULL;
	client_talk_end(c);
	client_room_cancel(c);
	if (c->asking)
		http_cancel(c->asking);
	c->asking = NULL;
	client_base_end(c);
	client_packs_end(c);
	client_carry_end(c);
	http_free(c->http);
	http_free(c->farewell);
	link_free(c->link);
	sse_release(&c->stream.sse);
	account_release(&c->account);
	sodium_memzero(c->access, sizeof(c->access));
	uv_close((uv_handle_t *)c->timer, handle_closed);
	uv_close((uv_handle_t *)c->prepare, handle_closed);
	for (size_t i = 0; i < CLIENT_MORE_URLS; i++)
		free(c->more[i]);
	free(c->proxy);
	free(c->ca_file);
	free(c);
}

// --- what people ask

void client_drill(struct client *c, bool on)
{
	if (!c->link)
		return;
	link_drill(c->link, on, client_mono(c));
	client_soon(c);
}

void client_sync_now(struct client *c)
{
	if (!c->link)
		return;
	link_outbox(c->link, c->outbox.unsent, 0, client_mono(c));
	if (!c->carry.busy)
		c->carry.at = 0;
	// Not link_poke: nothing was heard from the hub.
	if (*c->account.key.refresh && !c->locked)
		link_logged_in(c->link, true, client_mono(c));
	client_soon(c);
}

void client_in_call(struct client *c, bool yes)
{
	c->in_call = yes;
}

void client_look(const struct client *c, struct client_view *out)
{
	*out = (struct client_view){.ready = c->ready,
				    .joined = c->account.hub.dev != NULL,
				    .session = *c->account.key.refresh != '\0',
				    .settled = c->settled && !c->sync.busy, .base = c->base.state == BASE_OVER,
				    .base_later = c->base.state == BASE_WANTED && c->base.at > client_mono(c), .fetched = c->base.have,
				    .leaving = c->drain.on || c->gone, .carrying = client_carry_busy(c), .carried = c->carry.waiting, .exchanges = c->exchanges,
				    .failures = c->failures};
	if (c->link)
		link_look(c->link, &out->link);
	client_status(c, &out->status);
	snprintf(out->why, sizeof(out->why), "%s", c->why);
}
