// SPDX-License-Identifier: MIT
// Knows how a scene hears from its hub without one: rows and answers as the exchange leaves them in the store.
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "tests/view/scene.h"

struct row {
	const char *stream, *t, *id, *d;
	int64_t at;
};

static bool run_row(struct db *db, void *arg, struct err *e)
{
	static int64_t q; // a place of its own for each
	const struct row *r = arg;
	struct stream st = {.s = r->stream, .epoch = 1, .seq = ++q, .head = q, .synced_at = r->at};
	struct ent row = {.t = r->t, .e = r->id, .s = r->stream, .q = q, .rev = q, .at = r->at, .by = "8002", .d = r->d};

	return stream_put(db, &st, e) && ent_put(db, &row, e);
}

void scene_hub_row(struct scene *s, const char *stream, const char *t, const char *id, const char *json)
{
	char *d = xstrdup(json);

	for (char *p = d; *p; p++)
		if (*p == '\'')
			*p = '"';
	scene_must(store_do(s->store, run_row, &(struct row){stream, t, id, d, clock_wall(&s->clock)}, &e));
	free(d);
}

static bool run_gone(struct db *db, void *arg, struct err *e)
{
	const struct row *r = arg;

	return ent_drop(db, r->t, r->id, e);
}

void scene_hub_gone(struct scene *s, const char *t, const char *id)
{
	scene_must(store_do(s->store, run_gone, &(struct row){.t = t, .id = id}, &e));
}

struct refusal {
	int64_t n;
	const char *answer;
};

static bool run_refuse(struct db *db, void *arg, struct err *e)
{
	const struct refusal *r = arg;

	return outbox_mark(db, r->n, OUTBOX_REJECTED, r->answer, NULL, 0, 0, e);
}

void scene_hub_refuse(struct scene *s, int64_t n, const char *why)
{
	char *answer = xasprintf("{\"n\":%lld,\"r\":\"rejected\",\"why\":\"%s\"}", (long long)n, why);

	scene_must(store_do(s->store, run_refuse, &(struct refusal){n, answer}, &e));
	free(answer);
}

int64_t scene_hub_last_n(struct scene *s)
{
	enum { ALL = 100000 };
	struct outbox_ops ops = {0};
	struct arena a = {0};

	scene_saved(s);
	scene_must(outbox_list(store_reader(s->store), 0, ALL, &ops, &a, &e));
	int64_t n = ops.n ? ops.v[ops.n - 1].n : 0;
	vec_release(&ops);
	arena_release(&a);
	return n;
}

void scene_hub_changed(struct scene *s)
{
	model_hub_changed(&s->model);
	ui_follow(&s->ui, &s->model);
}

struct hub_status scene_hub_online(const struct scene *s)
{
	int64_t now = clock_wall(&s->clock);
	struct hub_status st = {.line = HUB_ONLINE, .since = now - 30 * 60000, .synced_at = now - 20000, .lease_until = now + 72 * 3600000LL};

	snprintf(st.agent_id, sizeof(st.agent_id), "8001");
	snprintf(st.hub, sizeof(st.hub), "https://hub.example:8443");
	return st;
}

void scene_hub_report(struct scene *s, const struct hub_status *st)
{
	model_hub_report(&s->model, st);
	ui_follow(&s->ui, &s->model);
}
