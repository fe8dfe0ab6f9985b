// SPDX-License-Identifier: MIT
// Knows a whole station without a screen: a directory, its store, a loop and the client on it.
#include "tests/sync/seat.h"

#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/sync/knowledge.h"
#include "tests/unit/store/tmpdir.h"

// A clock that runs faster than the machine's, so that what takes minutes can be seen; both begin with the first look.
static int64_t began(int64_t *wall)
{
	static int64_t mono_at, wall_at;

	if (!mono_at) {
		mono_at = clock_mono(&clock_real);
		wall_at = clock_wall(&clock_real);
	}
	*wall = wall_at;
	return mono_at;
}

static int64_t fast_mono(const struct clock *c)
{
	int64_t wall, from = began(&wall);

	return from + c->fake_mono * (clock_mono(&clock_real) - from);
}

static int64_t fast_wall(const struct clock *c)
{
	int64_t wall, from = began(&wall);

	return wall + c->fake_wall + (clock_mono(&clock_real) - from);
}

void seat_make(struct seat *s, uint64_t seed, int hurry)
{
	seat_make_as(s, "0A7", seed, hurry);
}

void seat_make_as(struct seat *s, const char *station, uint64_t seed, int hurry)
{
	struct err e = {0};

	*s = (struct seat){.dir = tmpdir_new(), .seed = seed, .hurry = hurry};
	s->clock = (struct clock){.wall_ms = fast_wall, .mono_ms = fast_mono, .fake_mono = hurry};
	id_gen_init(&s->ids, &clock_real, 0);
	if (!store_init(s->dir, "SHA", station, &clock_real, &e))
		BUG("%s", e.msg);
}

void seat_open(struct seat *s)
{
	struct err e = {0};

	if (!store_open(&s->store, &(struct store_options){.dir = s->dir}, &e))
		BUG("%s", e.msg);
	s->open = true;
}

void seat_close(struct seat *s)
{
	if (!s->open)
		return;
	seat_stop(s);
	store_close(s->store);
	knowledge_free(s->know);
	s->know = NULL;
	s->open = false;
}

void seat_free(struct seat *s)
{
	seat_close(s);
	tmpdir_free(s->dir);
}

bool seat_enrol(struct seat *s, const char *url, const char *code, struct err *e)
{
	return enrol_run(&(struct enrol_options){.store = s->store, .clock = &s->clock, .url = url, .code = code, .name = "desk 7"},
			 e);
}

bool seat_login(struct seat *s, const char *login, const char *password, struct err *e)
{
	struct arena a = {0};
	struct person who;
	bool ok = login_run(&(struct login_options){.store = s->store, .clock = &s->clock, .login = login, .password = password},
			    &who, &a, e);

	if (ok) {
		snprintf(s->person, sizeof(s->person), "%s", who.id);
		snprintf(s->name, sizeof(s->name), "%s", who.name);
	}
	arena_release(&a);
	return ok;
}

static void on_report(void *arg, const struct hub_status *st)
{
	(void)st;
	((struct seat *)arg)->reports++;
}

static void on_changed(void *arg, bool red)
{
	struct seat *s = arg;

	s->changes++;
	s->reds += red;
}

static void on_person(void *arg, const struct person *who)
{
	struct seat *s = arg;

	s->persons++;
	snprintf(s->person, sizeof(s->person), "%s", who->id);
	snprintf(s->roles, sizeof(s->roles), "%s", who->roles);
}

static void on_say(void *arg, bool bad, const char *sentence)
{
	struct seat *s = arg;

	s->bad += bad;
	s->good += !bad;
	snprintf(s->sentence, sizeof(s->sentence), "%s", sentence);
}

static void on_wiped(void *arg, const char *sentence)
{
	struct seat *s = arg;

	s->wiped++;
	snprintf(s->sentence, sizeof(s->sentence), "%s", sentence);
}

void seat_start(struct seat *s, const char *proxy_url)
{
	struct err e = {0};

	if (s->with_kb && !s->know)
		s->know = knowledge_of_dir(s->dir, &s->clock);
	uv_loop_init(&s->loop);
	if (!store_attach(s->store, &s->loop, &e) || !client_new(&s->client,
								 &(struct client_options){.loop = &s->loop,
											  .store = s->store,
											  .clock = &s->clock,
											  .know = s->know,
											  .seed = s->seed,
											  .hurry = s->hurry,
											  .urls = {proxy_url},
											  .report = on_report,
											  .changed = on_changed,
											  .person = on_person,
											  .say = on_say,
											  .wiped = on_wiped,
											  .arg = s},
								 &e))
		BUG("%s", e.msg);
	s->online = true;
}

void seat_stop(struct seat *s)
{
	if (!s->online)
		return;
	client_free(s->client);
	s->client = NULL;
	store_detach(s->store);
	uv_walk(&s->loop, turn_close, NULL);
	if (!turn_end(&s->loop))
		BUG("the client left something in the loop");
	s->online = false;
}

struct note {
	struct outbox_op op;
	char id[ID_LEN + 1], e[ID_LEN + 1];
	char *body, *stream, *k, *t, *of;
};

static bool note_run(struct db *db, void *arg, struct err *e)
{
	return outbox_add(db, &((struct note *)arg)->op, NULL, e);
}

static void note_release(void *arg)
{
	struct note *n = arg;

	free(n->body);
	free(n->stream);
	free(n->k);
	free(n->t);
	free(n->of);
	free(n);
}

void seat_op(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *body)
{
	struct note *n = xcalloc(1, sizeof(*n));

	id_new(&s->ids, n->id);
	id_new(&s->ids, n->e);
	*n = (struct note){
		.body = xstrdup(body), .stream = xstrdup(stream), .k = xstrdup(k), .t = xstrdup(t), .of = e ? xstrdup(e) : NULL};
	id_new(&s->ids, n->id);
	id_new(&s->ids, n->e);
	n->op = (struct outbox_op){.id = n->id, .k = n->k, .t = n->t, .e = n->of ? n->of : n->e, .s = n->stream, .body = n->body,
				   .made = clock_wall(&s->clock)};
	store_submit(s->store, &(struct store_job){.what = k, .run = note_run, .release = note_release, .arg = n});
}

void seat_note(struct seat *s, const char *stream, const char *text)
{
	struct note *n = xcalloc(1, sizeof(*n));

	id_new(&s->ids, n->id);
	id_new(&s->ids, n->e);
	n->stream = xstrdup(stream);
	n->body = xasprintf("{\"doc\":{\"text\":\"%s\",\"about_t\":\"ticket\",\"about_e\":\"%s\"}}", text, n->e);
	n->op = (struct outbox_op){.id = n->id,
				   .k = "note.add",
				   .t = "note",
				   .e = n->e,
				   .s = n->stream,
				   .body = n->body,
				   .by = "ag1",
				   .made = clock_wall(&s->clock)};
	store_submit(s->store, &(struct store_job){.what = "note", .run = note_run, .release = note_release, .arg = n});
}

struct client_view seat_look(const struct seat *s)
{
	struct client_view v;

	client_look(s->client, &v);
	return v;
}

int64_t seat_number(struct seat *s, const char *sql)
{
	struct err e = {0};
	struct db_stmt *st = db_stmt(store_reader(s->store), sql);
	int64_t n = db_row(st) ? db_int(st, 0) : -1;

	while (db_row(st))
		;
	if (!db_end(st, &e))
		BUG("%s", e.msg);
	return n;
}

int64_t seat_unsent(struct seat *s)
{
	return seat_number(s, "select count(*) from outbox where st in ('queued', 'sending')");
}

bool seat_is_settled(void *arg)
{
	struct client_view v = seat_look(arg);

	return v.ready && v.link.state == LINK_ONLINE && v.settled && store_pending(((struct seat *)arg)->store) == 0 &&
	       seat_unsent(arg) == 0;
}

bool seat_is_ready(void *arg)
{
	return seat_look(arg).ready;
}

bool seat_is_online(void *arg)
{
	return seat_look(arg).link.state == LINK_ONLINE;
}

bool seat_is_offline(void *arg)
{
	return seat_look(arg).link.state == LINK_OFFLINE;
}

bool seat_is_never(void *arg)
{
	(void)arg;
	return false;
}

bool seat_turn(struct seat *s, bool (*so)(void *arg), void *arg)
{
	return turn_until(&s->loop, so, arg, TURN_DEADLINE_MS);
}
