// SPDX-License-Identifier: MIT
// Knows how one exchange runs: a job writes the request, the loop sends it, a job takes the answer in.
#include <jansson.h>

#include "src/base/log.h"
#include "src/sync/client_part.h"

enum { ANSWER_MAX = 4 * WIRE_PAGE_BYTES };

static void ended(struct client *c, const struct link_report *r)
{
	c->sync.busy = c->sync.cancelled = false;
	c->sync.request = NULL;
	link_done(c->link, LINK_SYNC, r, client_mono(c));
	client_soon(c);
}

static void failed(struct client *c, const char *why)
{
	c->failures++;
	c->settled = false;
	snprintf(c->why, sizeof(c->why), "%s", why);
	ended(c, &(struct link_report){.end = LINK_FAILED});
}

// --- the answer

struct take_job {
	struct job job;
	struct knowledge *know;
	struct exchange_sent sent;
	int status;
	int64_t sent_at, got_at, retry_after_ms, mono;
	struct str body;
	struct lease lease;
	struct exchange_done done;
	bool changed;
};

static bool take_run(struct db *db, struct job *job, struct err *e)
{
	struct take_job *j = (struct take_job *)job;
	struct sync_sqlite q;
	struct sync_store st;
	struct lease_now now;

	j->done = (struct exchange_done){0};
	knowledge_begin(j->know, db);
	sync_sqlite(&q, db, knowledge_calls(j->know), &st);
	bool ok = exchange_take(&st, &j->sent, j->status, sv_n(str_z(&j->body), j->body.n), j->sent_at, j->got_at, &j->done, e);
	j->changed = q.changed;
	knowledge_end(j->know, ok, &j->changed);
	if (!ok)
		return false;
	if (j->status != 200 || !j->done.hub_now)
		return true;
	// The hub was spoken to: the lease begins anew, in the same commit.
	lease_moment(&now, j->got_at, j->mono);
	lease_renew(&j->lease, j->done.hub_now, &now);
	return account_lease(db, &j->lease, e) && (j->done.more || !j->sent.pulled || account_settled(db, j->done.hub_now, e));
}

static void took(struct client *c, struct take_job *j)
{
	const struct exchange_done *d = &j->done;
	struct link_report r = {.end = j->status == 200 ? LINK_OK : LINK_REFUSED,
				.problem = d->problem,
				.more = d->more,
				.again_ms = d->again_ms > d->backoff_ms ? d->again_ms : d->backoff_ms,
				.progress = d->answered || d->rows};

	if (r.end == LINK_REFUSED && !r.problem.after_ms)
		r.problem.after_ms = j->retry_after_ms;
	c->sync.careful = d->careful;
	memcpy(c->sync.hole, d->hole, sizeof(c->sync.hole));
	if (r.end == LINK_OK) {
		c->exchanges++;
		c->failures = 0;
		c->why[0] = '\0';
		c->account.lease = j->lease;
		c->skew_ms = d->skew_ms;
		c->skew_known = true;
		c->settled = !d->more && j->sent.pulled;
		if (c->settled)
			c->synced_at = d->hub_now;
		client_count(c);
	} else {
		c->failures++;
		snprintf(c->why, sizeof(c->why), "%s", session_refusal(&r.problem));
	}
	if (d->mismatched)
		log_line(LOG_WARN, "hub: %zu streams did not have the hub's digest and are fetched anew", d->mismatched);
	ended(c, &r);
}

static void take_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct take_job *j = (struct take_job *)job;
	bool changed = j->changed, red = j->done.red;

	if (!ok) {
		log_line(LOG_WARN, "hub: answer not taken: %s", e->msg);
		failed(c, e->msg);
		return;
	}
	took(c, j);
	if (changed)
		client_packs_look(c);
	if (changed && c->opt.changed)
		c->opt.changed(c->opt.arg, red);
}

static void take_release(struct job *job)
{
	struct take_job *j = (struct take_job *)job;

	str_release(&j->body);
	free(j);
}

static void on_answer(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct take_job *j;

	c->sync.request = NULL;
	client_order(c, r);
	if (r->end != HTTP_ANSWERED) {
		client_failed(c, r);
		c->failures--; // failed() counts it
		failed(c, r->err.msg);
		return;
	}
	j = xcalloc(1, sizeof(*j));
	*j = (struct take_job){.job = {.run = take_run, .end = take_end, .release = take_release}, .know = c->know, .sent = c->sync.sent,
			       .status = r->status, .sent_at = c->sync.sent_at, .got_at = clock_wall(c->clock), .mono = client_mono(c),
			       .retry_after_ms = r->retry_after_ms, .lease = c->account.lease};
	str_addn(&j->body, r->body.p, r->body.n);
	job_start(c, &j->job, "hub.take");
}

// --- the request

struct ask_job {
	struct job job;
	struct knowledge *know;
	struct exchange_ask ask;
	json_t *report;
	struct str body;
	struct exchange_sent sent;
};

static bool ask_run(struct db *db, struct job *job, struct err *e)
{
	struct ask_job *j = (struct ask_job *)job;
	struct sync_sqlite q;
	struct sync_store st;

	str_clear(&j->body);
	knowledge_begin(j->know, db);
	sync_sqlite(&q, db, knowledge_calls(j->know), &st);
	bool ok = exchange_ask(&st, &j->ask, &j->body, &j->sent, e);
	knowledge_end(j->know, ok, NULL);
	return ok;
}

static void ask_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct ask_job *j = (struct ask_job *)job;
	char bearer[SESSION_TOKEN_MAX + 32];

	if (!ok || c->sync.cancelled) {
		if (!ok)
			log_line(LOG_ERROR, "hub: request not made: %s", e->msg);
		failed(c, ok ? "" : e->msg);
		return;
	}
	client_bearer(c, bearer, sizeof(bearer));
	c->sync.sent = j->sent;
	c->sync.sent_at = clock_wall(c->clock);
	c->sync.request = http_start(c->http, &(struct http_request){
		.method = "POST", .base = client_url(c, c->sync.url), .path = "/v1/sync", .body = sv_n(str_z(&j->body), j->body.n),
		.headers = (const char *[]){"Content-Type: application/json", bearer, NULL}, .max = ANSWER_MAX,
		.timeout_ms = client_timeout(c, c->sync.timeout_ms), .done = on_answer, .arg = c});
}

static void ask_release(struct job *job)
{
	struct ask_job *j = (struct ask_job *)job;

	json_decref(j->report);
	str_release(&j->body);
	free(j);
}

// What the supervisor sees of this station.
static json_t *report(const struct client *c)
{
	struct link_view v;
	char oldest[32] = "", lease[32] = "";

	link_look(c->link, &v);
	clock_rfc3339(c->outbox.oldest_made, oldest, sizeof(oldest));
	clock_rfc3339(c->account.lease.until, lease, sizeof(lease));
	return json_pack("{s:I, s:s?, s:s, s:s?}", "unsent", (json_int_t)c->outbox.unsent, "oldest_at",
			 c->outbox.oldest_made ? oldest : NULL, "conn", link_state_code(v.state), "lease",
			 c->account.lease.until ? lease : NULL);
}

void client_sync_start(struct client *c, const struct link_do *d)
{
	struct ask_job *j = xcalloc(1, sizeof(*j));

	*j = (struct ask_job){.job = {.run = ask_run, .end = ask_end, .release = ask_release}, .know = c->know, .report = report(c)};
	j->ask = (struct exchange_ask){.now = clock_wall(c->clock), .boot_ms = client_mono(c), .in_call = c->in_call, .push_only = d->push_only,
				       .careful = c->sync.careful, .wait_ms = d->wait_ms, .report = j->report};
	memcpy(j->ask.hole, c->sync.hole, sizeof(j->ask.hole));
	c->sync.busy = true;
	c->sync.cancelled = false;
	c->sync.timeout_ms = d->timeout_ms;
	c->sync.url = d->url;
	job_start(c, &j->job, "hub.ask");
}

void client_sync_cancel(struct client *c)
{
	if (c->sync.request) {
		http_cancel(c->sync.request);
		failed(c, "");
	} else if (c->sync.busy) {
		// A job has it. An answer that is being taken in is worth keeping; a request that is being written is not sent.
		c->sync.cancelled = true;
	}
}
