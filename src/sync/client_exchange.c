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
	bool changed; // by this job, or one before it that has not been told
	enum take_part { TAKE_ANSWER, TAKE_REST, TAKE_TIDY } part;
	bool left;    // of this part
};

// What fails here has lost nothing: it waits for the next quiet moment, and no full disk keeps the job.
static bool tidy(struct db *db, struct take_job *j)
{
	struct err e = {0};

	knowledge_begin(j->know, db);
	bool ok = knowledge_keep_up(j->know, &j->left, &e);
	knowledge_end(j->know, ok, NULL);
	if (!ok) {
		log_line(LOG_WARN, "hub: idle work: %s", e.msg);
		j->left = false;
	}
	return true;
}

static bool take_rest(struct db *db, struct take_job *j, struct err *e)
{
	struct sync_sqlite q;
	struct sync_store st;

	if (j->part == TAKE_TIDY)
		return tidy(db, j);
	knowledge_begin(j->know, db);
	sync_sqlite(&q, db, knowledge_calls(j->know), &st);
	bool ok = exchange_more(&st, j->done.rest, &j->done, &j->left, e);
	j->changed |= q.changed;
	knowledge_end(j->know, ok, &j->changed);
	return ok;
}

static bool take_answer(struct db *db, struct take_job *j, struct err *e)
{
	struct sync_sqlite q;
	struct sync_store st;
	struct lease_now now;

	exchange_rest_free(j->done.rest); // it may run twice
	j->done = (struct exchange_done){0};
	knowledge_begin(j->know, db);
	sync_sqlite(&q, db, knowledge_calls(j->know), &st);
	bool ok = exchange_take(&st, &j->sent, j->status, sv_n(str_z(&j->body), j->body.n), j->sent_at, j->got_at, &j->done, e);
	j->changed = q.changed;
	j->left = j->done.rest != NULL;
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

static bool take_run(struct db *db, struct job *job, struct err *e)
{
	struct take_job *j = (struct take_job *)job;

	return j->part == TAKE_ANSWER ? take_answer(db, j, e) : take_rest(db, j, e);
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

static void take_end(struct client *c, struct job *job, bool ok, const struct err *e);

static void take_release(struct job *job)
{
	struct take_job *j = (struct take_job *)job;

	exchange_rest_free(j->done.rest);
	str_release(&j->body);
	free(j);
}

// Rows of the knowledge base come in small jobs, so that what the agent saves meanwhile goes between them; and what they leave to do
// in its index is done before more is asked for. Something to send does not wait for that.
static bool take_on(struct client *c, struct take_job *j)
{
	struct take_job *n;
	enum take_part part = j->left ? j->part : TAKE_TIDY;

	if (j->part == TAKE_ANSWER && j->left)
		part = TAKE_REST;
	if (!j->know || !j->done.rows || (j->part == TAKE_TIDY && (!j->left || c->outbox.unsent)))
		return false;
	n = xcalloc(1, sizeof(*n));
	*n = *j;
	n->part = part;
	n->body = (struct str){0};
	n->left = false;
	j->done.rest = NULL;
	// What is on the screen is read again for what came first, which is what others do, and once more at the end.
	if (j->part == TAKE_ANSWER)
		n->changed = n->done.red = false;
	else
		j->changed = false;
	job_start(c, &n->job, part == TAKE_REST ? "hub.take.rest" : "hub.take.tidy");
	return true;
}

// --- in an idle moment: what was settled long ago is forgotten

enum { PURGE_EVERY_MS = 3600000 };

struct purge_job {
	struct job job;
	int64_t before;
};

static bool purge_run(struct db *db, struct job *job, struct err *e)
{
	return outbox_purge(db, ((struct purge_job *)job)->before, e);
}

static void purge_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	(void)c, (void)job;
	if (!ok)
		log_line(LOG_WARN, "hub: operations of long ago are still kept: %s", e->msg);
}

static void purge_release(struct job *job)
{
	free(job);
}

static void purge_now_and_then(struct client *c)
{
	struct purge_job *j;

	if (c->purged && client_mono(c) - c->purged < PURGE_EVERY_MS)
		return;
	c->purged = client_mono(c);
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = purge_run, .end = purge_end, .release = purge_release};
	j->before = clock_wall(c->clock) - OUTBOX_KEPT_MS;
	job_start(c, &j->job, "outbox.purge");
}

static void take_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct take_job *j = (struct take_job *)job;

	if (!ok) {
		log_line(LOG_WARN, "hub: answer not taken: %s", e->msg);
		failed(c, e->msg);
		return;
	}
	if (!take_on(c, j)) {
		took(c, j);
		if (c->settled)
			purge_now_and_then(c);
	}
	if (j->changed)
		client_packs_look(c);
	if (j->changed && c->opt.changed)
		c->opt.changed(c->opt.arg, j->done.red);
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
	j->ask = (struct exchange_ask){.now = clock_wall(c->clock), .boot_ms = client_mono(c),
				       // Pages of the base come uncalled for while it is on its way whole: small ones then, too.
				       .in_call = c->in_call || c->base.state != BASE_OVER, .push_only = d->push_only,
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
