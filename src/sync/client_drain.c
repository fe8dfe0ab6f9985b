// SPDX-License-Identifier: MIT
// Knows how a station goes that the hub ordered to be wiped: its outbox first where the order says so, then keys and files, then word of
// it. It ends within ORDER_DRAIN_MS and ORDER_GONE_MS, whether the hub is there or not.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/sync/client_part.h"

enum { ASK_MS = 20000, AGAIN_MS = 2000, LEAST_MS = 20, CA_MAX = 1 << 20 };

static int64_t hub_now(const struct client *c)
{
	return clock_wall(c->clock) - c->skew_ms;
}

static const char *url_in_use(const struct client *c)
{
	struct link_view v;

	link_look(c->link, &v);
	return client_url(c, v.url);
}

static void again_in(struct client *c, int64_t ms)
{
	c->drain.at = client_mono(c) + ms;
	client_soon(c);
}

// --- all is destroyed

static void on_gone(void *arg, const struct http_reply *r)
{
	struct client *c = arg;

	(void)r; // the hub may be away: it hears of it or it does not
	c->gone = NULL;
	if (c->opt.wiped)
		c->opt.wiped(c->opt.arg, c->destroyed);
}

// The authority of the hub goes with the files: what is still to be said needs it in memory.
static void open_farewell(struct client *c)
{
	const char *file = c->account.hub.ca ? c->account.hub.ca : c->ca_file;
	struct str pem = {0};
	struct err e = {0};

	bool read = !str_empty(file) && path_read(file, CA_MAX, &pem, &e);
	if (!http_new(&c->farewell, &(struct http_options){.loop = c->loop, .ca_pem = read ? str_z(&pem) : NULL, .proxy = c->proxy}, &e))
		log_line(LOG_WARN, "hub: %s", e.msg);
	str_release(&pem);
}

void client_wipe(struct client *c)
{
	struct str body = {0}, header = {0};
	struct outbox_counts box = c->outbox;
	struct err e = {0};

	c->wiped = true;
	c->drain.on = false;
	uv_timer_stop(c->timer);
	if (c->drain.request)
		http_cancel(c->drain.request);
	c->drain.request = NULL;
	if (!outbox_count(store_reader(c->store), &box, &e))
		log_line(LOG_ERROR, "hub: %s", e.msg);
	order_gone(&c->account, box.unsent, hub_now(c), &body, &header);
	open_farewell(c);
	order_wipe(store_dir(c->store), box.unsent, c->destroyed);
	snprintf(c->why, sizeof(c->why), "%s", c->destroyed);
	if (!c->farewell) {
		on_gone(c, NULL);
	} else {
		c->gone = http_start(c->farewell, &(struct http_request){
			.method = "POST", .base = url_in_use(c), .path = "/v1/wiped", .body = sv_n(body.s, body.n), .max = SESSION_ANSWER_MAX,
			.headers = (const char *[]){"Content-Type: application/json", str_z(&header), NULL},
			.timeout_ms = ORDER_GONE_MS, .done = on_gone, .arg = c});
	}
	str_release(&body);
	str_release(&header);
}

// --- what was not sent

struct take_job {
	struct job job;
	struct exchange_sent sent;
	struct drain_turn turn;
	struct str body;
	int status;
	int64_t now;
	bool over;
};

static bool take_run(struct db *db, struct job *job, struct err *e)
{
	struct take_job *j = (struct take_job *)job;

	return drain_take(db, &j->sent, j->status, sv_n(str_z(&j->body), j->body.n), j->now, &j->turn, &j->over, e);
}

static void take_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct take_job *j = (struct take_job *)job;

	c->drain.busy = false;
	if (!c->drain.on)
		return;
	if (!ok)
		log_line(LOG_WARN, "hub: answer not taken: %s", e->msg);
	c->drain.turn = j->turn;
	c->drain.over |= j->over;
	again_in(c, ok && j->status == 200 ? 0 : AGAIN_MS);
}

static void take_release(struct job *job)
{
	str_release(&((struct take_job *)job)->body);
	free(job);
}

static void on_answer(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct take_job *j;

	c->drain.request = NULL;
	if (r->end != HTTP_ANSWERED) {
		c->drain.busy = false;
		again_in(c, AGAIN_MS);
		return;
	}
	j = xcalloc(1, sizeof(*j));
	*j = (struct take_job){.job = {.run = take_run, .end = take_end, .release = take_release}, .sent = c->drain.sent, .turn = c->drain.turn,
			       .status = r->status, .now = clock_wall(c->clock)};
	str_addn(&j->body, r->body.p, r->body.n);
	job_start(c, &j->job, "hub.drained");
}

struct ask_job {
	struct job job;
	struct drain_turn turn;
	int64_t now, mono;
	struct str body;
	struct exchange_sent sent;
};

static bool ask_run(struct db *db, struct job *job, struct err *e)
{
	struct ask_job *j = (struct ask_job *)job;

	return drain_ask(db, &j->turn, j->now, j->mono, &j->body, &j->sent, e);
}

static void ask_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct ask_job *j = (struct ask_job *)job;
	struct sv body = sv_n(str_z(&j->body), j->body.n);
	struct str header = {0};

	if (!c->drain.on || !ok || !j->sent.ops) {
		if (!ok)
			log_line(LOG_ERROR, "hub: request not made: %s", e->msg);
		c->drain.busy = false;
		again_in(c, AGAIN_MS);
		return;
	}
	c->drain.sent = j->sent;
	session_sign(&c->account, "POST", "/v1/drain", hub_now(c), body, &header);
	c->drain.request = http_start(c->http, &(struct http_request){
		.method = "POST", .base = url_in_use(c), .path = "/v1/drain", .body = body, .max = 4 * WIRE_PAGE_BYTES,
		.headers = (const char *[]){"Content-Type: application/json", str_z(&header), NULL},
		.timeout_ms = client_timeout(c, ASK_MS), .done = on_answer, .arg = c});
	str_release(&header);
}

static void ask_release(struct job *job)
{
	str_release(&((struct ask_job *)job)->body);
	free(job);
}

static void ask(struct client *c)
{
	struct ask_job *j = xcalloc(1, sizeof(*j));

	*j = (struct ask_job){.job = {.run = ask_run, .end = ask_end, .release = ask_release}, .turn = c->drain.turn,
			      .now = clock_wall(c->clock), .mono = client_mono(c)};
	job_start(c, &j->job, "hub.drain");
}

// Signed at the hub's time, which a station that has only just started does not know.
static void on_hello(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct err e = {0};
	int64_t now;

	c->drain.request = NULL;
	c->drain.busy = false;
	if (r->end == HTTP_ANSWERED && r->status == 200 && session_hello_read(r->body, &now, &e)) {
		c->skew_ms = clock_wall(c->clock) - now;
		c->skew_known = true;
	}
	again_in(c, c->skew_known ? 0 : AGAIN_MS);
}

static void hello(struct client *c)
{
	c->drain.request = http_start(c->http, &(struct http_request){.method = "GET", .base = url_in_use(c), .path = "/v1/hello",
								      .max = SESSION_ANSWER_MAX, .timeout_ms = client_timeout(c, ASK_MS),
								      .done = on_hello, .arg = c});
}

// --- one after the other

void client_drain_begin(struct client *c, int64_t for_ms)
{
	for_ms = for_ms < 0 ? 0 : for_ms > ORDER_DRAIN_MS ? ORDER_DRAIN_MS : for_ms;
	c->drain = (struct client_drain){.on = true, .until = client_mono(c) + for_ms};
	order_keep(store_dir(c->store), clock_wall(c->clock) + for_ms);
	log_line(LOG_WARN, "hub: this station is to be wiped once its outbox is sent");
	if (c->opt.say)
		c->opt.say(c->opt.arg, true,
			   _("The hub has ordered this station to be wiped: what was not sent goes up, then all is destroyed."));
	client_soon(c);
}

void client_drain_step(struct client *c)
{
	int64_t now = client_mono(c), wait = c->drain.until;

	client_count(c);
	if (now >= c->drain.until || c->drain.over || (!c->outbox.unsent && !c->drain.busy && !store_pending(c->store))) {
		client_wipe(c);
		return;
	}
	if (!c->drain.busy && !c->sync.busy && now >= c->drain.at && c->outbox.unsent) {
		c->drain.busy = true;
		if (c->skew_known)
			ask(c);
		else
			hello(c);
	}
	if (!c->drain.busy)
		wait = c->drain.at > now ? c->drain.at : now + LEAST_MS;
	wait = wait < c->drain.until ? wait : c->drain.until;
	uv_timer_start(c->timer, client_on_timer, (uint64_t)client_ms(c, wait - now), 0);
}
