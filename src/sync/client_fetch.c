// SPDX-License-Identifier: MIT
// Knows when a whole knowledge base is fetched instead of its stream: a station that has followed none of it yet (sync.md D12).
#include "kb/segment.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/sync/client_part.h"
#include "src/sync/fetch.h"

enum { AGAIN_MS = 60000 };

static void over(struct client *c)
{
	c->base.state = BASE_OVER;
	c->settled = false; // until the streams that are followed from now on are here
	knowledge_hold(c->know, false);
	client_sync_now(c);
}

static void later(struct client *c, int64_t after_ms)
{
	c->base.state = BASE_WANTED;
	c->base.at = client_mono(c) + (after_ms > AGAIN_MS ? after_ms : AGAIN_MS);
	client_soon(c);
}

// --- is one wanted?

struct look_job {
	struct job job;
	struct knowledge *know;
	const char *dir; // the store's
	bool wanted;
};

// Nor is one made by looking: what comes would have to take its place.
static bool is_there(const char *dir)
{
	char *path = path_join(dir, "kb.db");
	bool yes = path_exists(path);

	free(path);
	return yes;
}

static bool look_run(struct db *db, struct job *job, struct err *e)
{
	struct look_job *j = (struct look_job *)job;
	struct sync_streams v = {0};
	struct arena a = {0};
	const struct sync_kb *kb = knowledge_calls(j->know);

	j->wanted = true;
	if (!is_there(j->dir))
		return true;
	knowledge_begin(j->know, db);
	bool ok = kb->streams(kb->ctx, &v, &a, e);
	for (size_t i = 0; i < v.n; i++)
		j->wanted &= !str_eq(v.v[i].s, "kb/all");
	knowledge_end(j->know, ok, NULL);
	vec_release(&v);
	arena_release(&a);
	return ok;
}

static void look_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	if (!ok)
		log_line(LOG_WARN, "hub: knowledge base: %s", e->msg);
	if (!ok || !((struct look_job *)job)->wanted) {
		c->base.state = BASE_OVER;
		return;
	}
	knowledge_hold(c->know, true);
	c->base.state = BASE_WANTED;
	client_soon(c);
}

static void plain_release(struct job *job)
{
	free(job);
}

void client_base_look(struct client *c)
{
	struct look_job *j;

	c->base.state = BASE_OVER;
	if (!c->know)
		return;
	c->base.state = BASE_BUSY;
	j = xcalloc(1, sizeof(*j));
	*j = (struct look_job){.job = {.run = look_run, .end = look_end, .release = plain_release}, .know = c->know, .dir = store_dir(c->store)};
	job_start(c, &j->job, "hub.base.look");
}

// --- the file takes its place

struct install_job {
	struct job job;
	struct knowledge *know;
	const char *dir; // the store's
	struct clock clock;
	struct kb_installed got;
	struct err why;
	bool ok;
};

// What fails here fails the base alone: the job itself is done, and nothing of it waits in the store's queue.
static bool install_run(struct db *db, struct job *job, struct err *e)
{
	struct install_job *j = (struct install_job *)job;
	char *segment = fetch_path(j->dir), *path = path_join(j->dir, "kb.db");

	(void)db;
	(void)e;
	knowledge_let_go(j->know);
	j->ok = kb_segment_install(segment, path, &j->clock, NULL, &j->got, &j->why);
	free(segment);
	free(path);
	return true;
}

static void install_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct install_job *j = (struct install_job *)job;

	(void)e;
	if (c->opt.base_away)
		c->opt.base_away(c->opt.arg, false);
	if (ok && j->ok) {
		log_line(LOG_INFO, "hub: knowledge base of %lld articles in place (%lld own articles, %lld drafts kept, %lld versions displaced)",
			 (long long)j->got.articles, (long long)j->got.kept_articles, (long long)j->got.kept_drafts, (long long)j->got.displaced);
		over(c);
		if (c->opt.changed)
			c->opt.changed(c->opt.arg, false);
		return;
	}
	log_line(LOG_WARN, "hub: knowledge base not put in place: %s", j->why.msg);
	if (j->why.code == ERR_CONFLICT) {
		later(c, 0);
		return;
	}
	if (c->opt.say)
		c->opt.say(c->opt.arg, true, j->why.msg);
	over(c);
}

static void on_progress(void *arg, int64_t have, int64_t bytes)
{
	struct client *c = arg;

	(void)bytes;
	c->base.have = have;
}

static void install(struct client *c)
{
	struct install_job *j = xcalloc(1, sizeof(*j));

	if (c->opt.base_away)
		c->opt.base_away(c->opt.arg, true);
	*j = (struct install_job){.job = {.run = install_run, .end = install_end, .release = plain_release}, .know = c->know,
				  .dir = store_dir(c->store), .clock = *c->clock};
	job_start(c, &j->job, "hub.base");
}

// --- fetching

static void on_fetched(void *arg, const struct fetch_done *d)
{
	struct client *c = arg;

	c->base.fetch = NULL;
	switch (d->end) {
	case FETCH_READY:
		install(c);
		return;
	case FETCH_NONE:
		over(c);
		return;
	case FETCH_LATER:
		later(c, d->after_ms);
		return;
	case FETCH_REFUSED:
	case FETCH_FAILED:
		log_line(LOG_WARN, "hub: knowledge base not fetched: %s", d->err.msg);
		if (c->opt.say)
			c->opt.say(c->opt.arg, true, d->err.msg);
		over(c); // row by row it comes as well
		return;
	}
}

void client_base_step(struct client *c)
{
	char bearer[SESSION_TOKEN_MAX + 32], *have;
	struct link_view v;

	if (c->base.state != BASE_WANTED || !*c->access || client_mono(c) < c->base.at)
		return;
	link_look(c->link, &v);
	if (v.state != LINK_ONLINE && v.state != LINK_RECOVERING)
		return;
	c->base.state = BASE_BUSY;
	have = fetch_path(store_dir(c->store));
	bool there = path_exists(have);
	free(have);
	if (there) { // came whole once, but another program was reading
		install(c);
		return;
	}
	client_bearer(c, bearer, sizeof(bearer));
	c->base.fetch = fetch_start(&(struct fetch_options){.http = c->http, .base = client_url(c, v.url), .headers = (const char *[]){bearer, NULL},
							    .sign = c->account.hub.sign_pk, .dir = store_dir(c->store), .progress = on_progress, .done = on_fetched, .arg = c});
}

int64_t client_base_wait(const struct client *c)
{
	int64_t left = c->base.at - client_mono(c);

	return c->base.state != BASE_WANTED || !*c->access ? -1 : left > 0 ? left : -1;
}

void client_base_end(struct client *c)
{
	if (c->base.fetch)
		fetch_cancel(c->base.fetch);
	if (c->base.fetch || c->base.state == BASE_WANTED)
		c->base.state = BASE_WANTED;
	c->base.fetch = NULL;
}
