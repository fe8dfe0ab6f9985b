// SPDX-License-Identifier: MIT
// Knows how a test gets a hub's store of its own on each engine, and the short forms of what every test of it does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

#define START 1795000000000LL // a November morning

const char *hubtest_engine_name(enum hubtest_engine on)
{
	static const char *const names[] = {"memory", "file", "postgres"};

	return names[on];
}

struct hub_store *hubtest_again(struct hubtest *t, const struct hub_store_options *more)
{
	struct hub_store_options o = more ? *more : (struct hub_store_options){0};
	struct hub_store *s;
	struct err e = {0};

	o.url = o.url ? o.url : t->url;
	o.clock = o.clock ? o.clock : &t->clock;
	o.keys = o.keys ? o.keys : t->keys;
	assert_ok(hub_store_open(&s, &o, &e), e);
	return s;
}

void hubtest_open(struct hubtest *t, enum hubtest_engine on, struct pgcluster *pg)
{
	static const unsigned char master[KEY_BYTES] = "a key that only tests know";

	*t = (struct hubtest){.on = on, .dir = tmpdir_new(), .keys = keyring_from(master)};
	clock_fake(&t->clock, START, 0);
	switch (on) {
	case ON_MEMORY: t->url = xstrdup("sqlite::memory:"); break;
	case ON_FILE: t->url = xasprintf("sqlite:%s/hub.db", t->dir); break;
	case ON_POSTGRES: t->url = pgcluster_database(pg); break;
	case ON_ENGINES: BUG("no engine");
	}
	t->s = hubtest_again(t, NULL);
}

void hubtest_reopen(struct hubtest *t)
{
	hub_store_close(t->s);
	t->s = hubtest_again(t, NULL);
}

void hubtest_close(struct hubtest *t)
{
	hub_store_close(t->s);
	keyring_free(t->keys);
	tmpdir_free(t->dir);
	free(t->url);
}

void hubtest_run(struct hub_store *s, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg)
{
	struct err e = {0};

	assert_ok(hub_run(s, HUB_WRITE, body, arg, &e), e);
}

void hubtest_read(struct hub_store *s, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg)
{
	struct err e = {0};

	assert_ok(hub_run(s, HUB_READ, body, arg, &e), e);
}

struct put {
	const char *site, *t, *e, *stream, *doc, *gone, *to;
	int64_t seq;
};

static bool put_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct put *p = arg;
	const struct hub_ent *old;
	const char *s;

	if (!hub_get(tx, p->site, p->t, p->e, &old, e))
		return false;
	json_t *d = p->doc ? json_loads(p->doc, 0, NULL) : json_object();
	struct hub_ent ent = {.t = p->t, .e = p->e, .s = p->stream ? p->stream : old->s, .rev = old ? old->rev + 1 : 1, .d = d, .by = "ag1",
			      .gone = p->gone, .to = p->to, .dev = "dv1"};
	bool ok = hub_put(tx, p->site, &ent, "op1", e) && hub_flush(tx, e);
	json_decref(d);
	p->seq = hub_seq_of(tx, p->site, p->t, p->e, &s);
	return ok;
}

int64_t hubtest_put(struct hub_store *s, const char *site, const char *t, const char *e, const char *stream, const char *doc)
{
	struct put p = {.site = site, .t = t, .e = e, .stream = stream, .doc = doc};

	hubtest_run(s, put_body, &p);
	return p.seq;
}

int64_t hubtest_gone(struct hub_store *s, const char *site, const char *t, const char *e, const char *gone, const char *to)
{
	struct put p = {.site = site, .t = t, .e = e, .gone = gone, .to = to};

	hubtest_run(s, put_body, &p);
	return p.seq;
}

struct show {
	const char *site, *t, *e;
	struct str out;
	int64_t from;
	size_t rows, bytes;
};

static void add_doc(struct str *out, const struct hub_ent *ent)
{
	char *d = wire_print(ent->d);

	str_addf(out, " %s%s%s", ent->gone ? ent->gone : d, ent->to ? ">" : "", ent->to ? ent->to : "");
	free(d);
}

static bool show_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct show *s = arg;
	const struct hub_ent *ent;

	if (!hub_get(tx, s->site, s->t, s->e, &ent, e))
		return false;
	if (ent) {
		str_addf(&s->out, "%lld %s %lld", (long long)ent->rev, ent->s, (long long)ent->seq);
		add_doc(&s->out, ent);
	} else {
		str_add(&s->out, "-");
	}
	return true;
}

char *hubtest_show(struct hub_store *s, const char *site, const char *t, const char *e)
{
	struct show v = {.site = site, .t = t, .e = e};

	hubtest_read(s, show_body, &v);
	return str_take(&v.out);
}

static bool row(void *arg, const struct hub_feed_row *r)
{
	struct show *v = arg;

	str_addf(&v->out, "%lld %s %s %lld", (long long)r->ent.seq, r->ent.t, r->ent.e, (long long)r->ent.rev);
	add_doc(&v->out, &r->ent);
	str_add(&v->out, ";");
	return true;
}

static bool page_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct show *v = arg;
	struct hub_stream st;

	str_clear(&v->out);
	if (!hub_stream_get(tx, v->site, v->t, &st, e) || !hub_feed(tx, v->site, v->t, v->from, v->rows, v->bytes, row, v, e))
		return false;
	str_addf(&v->out, "@%lld", (long long)st.seq);
	return true;
}

char *hubtest_page(struct hub_store *s, const char *site, const char *stream, int64_t from, size_t max_rows, size_t max_bytes)
{
	struct show v = {.site = site, .t = stream, .from = from, .rows = max_rows, .bytes = max_bytes};

	hubtest_read(s, page_body, &v);
	return str_take(&v.out);
}
