// SPDX-License-Identifier: MIT
// Knows how the stations of the site come to who looks after them: asked for when they are looked at, kept beside the streams.
#include <jansson.h>

#include "src/base/log.h"
#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/sync/client_part.h"
#include "src/wire/read.h"

// No stream: what was found by asking.
#define FOUND "find/station"
enum { ANSWER_MAX = 4 << 20, ASK_MS = 10000 };

struct found_job {
	struct job job;
	json_t *rows;
	int64_t at;
};

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

// Who was logged in there last, as the directory has them.
static bool name_owner(struct db *db, const char *owner, json_t *d, struct err *e)
{
	struct arena a = {0};
	struct ent row;
	bool found = false, ok = !*owner || ent_get(db, "agent", owner, &row, &found, &a, e);

	if (ok && found) {
		json_t *agent = json_loads(row.d, 0, NULL);
		json_object_set_new(d, "agent", json_string(text(agent, "staff_no")));
		json_object_set_new(d, "agent_name", json_string(text(agent, "name_zh")));
		json_decref(agent);
	}
	arena_release(&a);
	return ok;
}

static bool put_station(struct db *db, const json_t *row, int64_t at, struct err *e)
{
	static const char *const told[] = {"unsent", "oldest_at", "version"};
	const json_t *report = json_object_get(row, "report");
	const char *dev = text(row, "dev");
	json_t *d = json_pack("{s:s, s:s, s:s, s:s}", "station", text(row, "station"), "name", text(row, "name"), "seen_at", text(row, "seen"), "conn",
			      json_is_true(json_object_get(row, "connected")) ? *text(report, "conn") ? text(report, "conn") : "online" : "offline_backup");

	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (json_object_get(report, told[i]))
			json_object_set(d, told[i], json_object_get(report, told[i]));
	bool ok = !*dev || name_owner(db, text(row, "owner"), d, e);
	char *doc = wire_print(d);
	ok = ok && (!*dev || ent_put(db, &(struct ent){.t = "station", .e = dev, .s = FOUND, .q = 1, .rev = 1, .at = at, .d = doc}, e));
	free(doc);
	json_decref(d);
	return ok;
}

static bool drop_all(struct db *db, struct err *e)
{
	struct ents old = {0};
	struct arena a = {0};
	bool ok = ent_of_stream(db, FOUND, false, &old, &a, e);

	for (size_t i = 0; ok && i < old.n; i++)
		ok = ent_drop(db, old.v[i].t, old.v[i].e, e);
	vec_release(&old);
	arena_release(&a);
	return ok;
}

static bool found_run(struct db *db, struct job *job, struct err *e)
{
	struct found_job *j = (struct found_job *)job;
	bool ok = drop_all(db, e);
	json_t *row;
	size_t i;

	json_array_foreach(j->rows, i, row) ok = ok && put_station(db, row, j->at, e);
	return ok;
}

static void found_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	(void)job;
	if (!ok)
		log_line(LOG_WARN, "hub: stations: %s", e->msg);
	else if (c->opt.changed)
		c->opt.changed(c->opt.arg, false);
}

static void found_release(struct job *job)
{
	json_decref(((struct found_job *)job)->rows);
	free(job);
}

static void on_found(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct err e = {0};

	c->asking = NULL;
	if (r->end != HTTP_ANSWERED || r->status != 200)
		return; // what was seen last stays, with its time
	json_t *j = wire_parse(r->body, ANSWER_MAX, &e), *rows = json_object_get(j, "rows");
	if (!json_is_array(rows)) {
		log_line(LOG_WARN, "hub: stations: %s", j ? "no rows" : e.msg);
		json_decref(j);
		return;
	}
	struct found_job *job = xcalloc(1, sizeof(*job));
	*job = (struct found_job){.job = {.run = found_run, .end = found_end, .release = found_release}, .rows = json_incref(rows),
				  .at = clock_wall(c->clock)};
	json_decref(j);
	job_start(c, &job->job, "hub.stations");
}

void client_stations(struct client *c)
{
	char bearer[SESSION_TOKEN_MAX + 32];
	struct link_view v;

	if (!c->link || c->asking || !*c->access)
		return;
	link_look(c->link, &v);
	if (v.state != LINK_ONLINE)
		return;
	client_bearer(c, bearer, sizeof(bearer));
	c->asking = http_start(c->http, &(struct http_request){.method = "GET",
							       .base = client_url(c, v.url),
							       .path = "/v1/find/station",
							       .headers = (const char *[]){bearer, NULL},
							       .max = ANSWER_MAX,
							       .timeout_ms = client_timeout(c, ASK_MS),
							       .done = on_found,
							       .arg = c});
}
