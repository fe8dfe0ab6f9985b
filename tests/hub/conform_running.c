// SPDX-License-Identifier: MIT
// Knows cases of the hub's store: what a transaction sees, what it leaves when it fails, and the edges of what is kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>

#include "src/hub/store_internal.h"
#include "tests/hub/conform.h"
#include "tests/unit/store/tmpdir.h"

struct seen {
	struct hubtest *t;
	const char *site;
	struct str out;
	int64_t n, other;
	bool flag;
};

// --- what a transaction sees

static bool look_twice(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	struct hub_stream st;

	if (!hub_stream_get(tx, v->site, "q/1", &st, e))
		return false;
	v->n = st.seq;
	if (v->t->on != ON_MEMORY) // there a reader has the only connection
		hubtest_put(v->t->s, v->site, "ticket", "b", "q/1", "{}");
	if (!hub_stream_get(tx, v->site, "q/1", &st, e))
		return false;
	v->other = st.seq;
	return true;
}

static void a_reader_has_one_snapshot(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.t = t, .site = site};

	(void)row;
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
	hubtest_read(t->s, look_twice, &v);
	assert_int_equal(v.n, 1);
	assert_int_equal(v.other, 1);
	if (t->on != ON_MEMORY)
		assert_text(hubtest_page(t->s, site, "q/1", 1, 10, 1000), "2 ticket b 1 {};@2");
}

static bool times_and_ids(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	const char *a = hub_new_id(tx), *b = hub_new_id(tx);

	(void)e;
	assert_true(id_valid(a) && id_valid(b));
	assert_true(strcmp(a, b) < 0);
	assert_int_equal(id_time(a), hub_now(tx));
	v->n = hub_now(tx);
	clock_fake_add(&v->t->clock, 5000);
	v->other = hub_now(tx);
	return true;
}

static void one_time(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.t = t, .site = site};
	int64_t now = clock_wall(&t->clock);

	(void)row;
	hubtest_read(t->s, times_and_ids, &v);
	assert_int_equal(v.n, now);
	assert_int_equal(v.other, now);
}

// Borrowed until the end: the first answer is still the first after a change is staged.
static bool old_and_new(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	const struct hub_ent *before, *after;
	json_t *d = json_pack("{s:i}", "v", 2);

	if (!hub_get(tx, v->site, "ticket", "a", &before, e))
		return false;
	struct hub_ent ent = {.t = "ticket", .e = "a", .s = "q/1", .rev = 2, .d = d};
	bool ok = hub_put(tx, v->site, &ent, NULL, e) && hub_get(tx, v->site, "ticket", "a", &after, e);
	json_decref(d);
	assert_true(ok);
	assert_int_equal(json_integer_value(json_object_get(before->d, "v")), 1);
	assert_int_equal(before->rev, 1);
	assert_int_equal(before->seq, 1);
	assert_int_equal(json_integer_value(json_object_get(after->d, "v")), 2);
	return true;
}

static void borrowed_to_the_end(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	hubtest_put(t->s, site, "ticket", "a", "q/1", "{\"v\":1}");
	hubtest_run(t->s, old_and_new, &v);
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "2 q/1 2 {\"v\":2}");
}

// --- what a failure leaves

static bool put_line(struct hub_tx *tx, const char *site, const char *id, struct err *e)
{
	json_t *d = json_object();
	struct hub_ent ent = {.t = "ticket", .e = id, .s = "q/1", .rev = 1, .d = d};
	bool ok = hub_put(tx, site, &ent, NULL, e);

	json_decref(d);
	return ok;
}

// A statement fails and the body does not say so: the transaction must not be taken for stored.
static bool swallow(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	struct hub_code c = {.site = v->site, .expires = 9};

	crypto_generichash(c.h, sizeof(c.h), (const unsigned char *)v->site, strlen(v->site), NULL, 0);
	if (!put_line(tx, v->site, "a", e) || !hub_flush(tx, e) || !hub_code_put(tx, &c, e))
		return false;
	struct err dropped = {0};
	v->flag = hub_code_put(tx, &c, &dropped); // there is one of that key
	return true;
}

static void a_swallowed_failure(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};
	struct err e = {0};

	(void)row;
	assert_false(hub_run(t->s, HUB_WRITE, swallow, &v, &e));
	assert_false(v.flag);
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "-");
	assert_int_equal(hubtest_put(t->s, site, "ticket", "a", "q/1", "{}"), 1);
}

static bool everything_then_no(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	struct hub_audit a = {.site = v->site, .action = "x"};
	struct hub_dev d = {.dev = v->site, .inc = "i", .site = v->site, .station = "0A7", .state = "active"};

	v->n++;
	if (!put_line(tx, v->site, "a", e) || !hub_audit_add(tx, &a, e) || !hub_dev_put(tx, &d, e) || !hub_flush(tx, e))
		return false;
	return err_set(e, ERR_LIMIT, "no");
}

static bool dev_there(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	struct hub_dev d;

	return hub_dev_get(tx, v->site, v->site, "i", &d, &v->flag, e);
}

static void all_or_nothing(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};
	struct err e = {0};
	int64_t before, after;

	(void)row;
	assert_ok(hub_audit_verify(t->s, &before, &e), e);
	assert_false(hub_run(t->s, HUB_WRITE, everything_then_no, &v, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "no");
	assert_int_equal(v.n, 1); // a refusal is not tried again
	assert_ok(hub_audit_verify(t->s, &after, &e), e);
	assert_int_equal(before, after);
	hubtest_read(t->s, dev_there, &v);
	assert_false(v.flag);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 1000), "@0");
}

static bool always_stale(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;

	v->n++;
	return put_line(tx, v->site, "a", e) && hub_flush(tx, e) && hub_dev_advance(tx, v->site, v->site, "i", 7, 8, e);
}

static void six_tries(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};
	struct err e = {0};

	(void)row;
	assert_false(hub_run(t->s, HUB_WRITE, always_stale, &v, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(v.n, HUB_TRIES);
	assert_text(hubtest_show(t->s, site, "ticket", "a"), "-");
}

static bool stale_twice(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;

	if (!put_line(tx, v->site, v->n < 2 ? "never" : "a", e) || !hub_flush(tx, e))
		return false;
	return v->n++ == 2 || hub_dev_advance(tx, v->site, v->site, "i", 7, 8, e);
}

static void the_third_try_counts(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	hubtest_run(t->s, stale_twice, &v);
	assert_text(hubtest_page(t->s, site, "q/1", 0, 10, 1000), "1 ticket a 1 {};@1"); // nothing of the first two, no number lost
}

// --- edges of what is kept

static void large_documents(struct hubtest *t, const char *site, size_t row)
{
	static const size_t sizes[] = {1, 1000, 8191, 8192, 48 * 1024, 300000};
	const char *type = row % 2 ? "note" : "article";
	struct str text = {0};

	for (size_t i = 0; i < sizes[row / 2]; i++)
		str_addc(&text, (char)('a' + i % 26));
	char *doc = xasprintf("{\"text\":\"%s\"}", str_z(&text)), *want = xasprintf("1 q/1 1 %s", doc);
	hubtest_put(t->s, site, type, "a", "q/1", doc);
	assert_text(hubtest_show(t->s, site, type, "a"), want);
	free(want);
	free(doc);
	str_release(&text);
}

static void streams_of_no_site(struct hubtest *t, const char *site, size_t row)
{
	char *stream = xasprintf("kb/%s", site), *page = xasprintf("1 article %s 1 {};@1", site);

	(void)row;
	hubtest_put(t->s, WIRE_GLOBAL_SITE, "article", site, stream, "{}");
	assert_text(hubtest_page(t->s, WIRE_GLOBAL_SITE, stream, 0, 10, 1000), page);
	assert_text(hubtest_page(t->s, site, stream, 0, 10, 1000), "@0");
	free(page);
	free(stream);
}

// 300 at once: every bucket of the transaction's map holds several.
static bool put_many(struct hub_tx *tx, void *arg, struct err *e)
{
	for (int i = 0; i < 300; i++) {
		char id[16];
		snprintf(id, sizeof(id), "m%d", i);
		if (!put_line(tx, arg, id, e))
			return false;
	}
	return true;
}

static bool count_many(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	const struct hub_ent *ent;

	for (int i = 0; i < 300; i++) {
		char id[16];
		snprintf(id, sizeof(id), "m%d", i);
		if (!hub_get(tx, v->site, "ticket", id, &ent, e))
			return false;
		assert_non_null(ent);
		assert_string_equal(ent->e, id);
		v->n += ent->seq;
	}
	return true;
}

static void many_at_once(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	hubtest_run(t->s, put_many, (void *)site);
	hubtest_read(t->s, count_many, &v);
	assert_int_equal(v.n, 300 * 301 / 2); // each number once
}

static bool stop_at_once(void *arg, const struct hub_ent *ent)
{
	(void)ent;
	++*(int64_t *)arg;
	return false;
}

static bool list_one(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;

	return hub_list(tx, v->site, "ticket", NULL, 100, stop_at_once, &v->n, e) &&
	       hub_history(tx, v->site, "ticket", "a", stop_at_once, &v->other, e);
}

static void lists_stop(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	for (int i = 0; i < 3; i++) {
		hubtest_put(t->s, site, "ticket", "a", "q/1", "{}");
		hubtest_put(t->s, site, "ticket", (char[]){(char)('b' + i), '\0'}, "q/1", "{}");
	}
	hubtest_read(t->s, list_one, &v);
	assert_int_equal(v.n, 1);
	assert_int_equal(v.other, 1);
}

static bool presence_twice(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_presence p = {.site = arg, .agent = "ag", .state = "ready", .hub = "h1", .since = 1, .expires = 2};

	if (!hub_presence_put(tx, &p, e))
		return false;
	p.state = "away";
	p.hub = "h2";
	p.since = 3;
	return hub_presence_put(tx, &p, e);
}

static bool add_presence(void *arg, const struct hub_presence *p)
{
	str_addf(arg, "%s %s %s %lld %lld;", p->agent, p->state, p->hub, (long long)p->since, (long long)p->expires);
	return true;
}

static bool all_presence(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;

	str_clear(&v->out);
	return hub_presence_list(tx, v->site, add_presence, &v->out, e);
}

static void presence_is_the_last(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	hubtest_run(t->s, presence_twice, (void *)site);
	hubtest_read(t->s, all_presence, &v);
	assert_string_equal(str_z(&v.out), "ag away h2 3 2;");
	str_release(&v.out);
}

// A refresh token serves as the one before for one turn, then not at all.
struct rotation {
	const char *family;
	unsigned char refresh, previous, look;
	bool found;
};

static bool rotate(struct hub_tx *tx, void *arg, struct err *e)
{
	struct rotation *r = arg;
	struct hub_session s = {.family = r->family, .site = "S", .agent = "ag", .dev = "dv", .inc = "i"};
	unsigned char *const to[] = {s.access, s.refresh, s.previous};
	const unsigned char from[] = {(unsigned char)(r->refresh + 100), r->refresh, r->previous};

	for (int i = 0; i < 3; i++) {
		crypto_generichash(to[i], 32, (const unsigned char *)r->family, strlen(r->family), NULL, 0);
		to[i][0] = from[i];
	}
	return hub_session_put(tx, &s, e);
}

static bool look_refresh(struct hub_tx *tx, void *arg, struct err *e)
{
	struct rotation *r = arg;
	struct hub_session s;
	unsigned char h[32];

	crypto_generichash(h, 32, (const unsigned char *)r->family, strlen(r->family), NULL, 0);
	h[0] = r->look;
	return hub_session_by_refresh(tx, "S", h, &s, &r->found, e);
}

static void tokens_rotate(struct hubtest *t, const char *site, size_t row)
{
	struct rotation r = {.family = site};

	(void)row;
	for (r.refresh = 1; r.refresh <= 3; r.refresh++) {
		r.previous = (unsigned char)(r.refresh - 1);
		hubtest_run(t->s, rotate, &r);
	}
	for (r.look = 1; r.look <= 4; r.look++) {
		hubtest_read(t->s, look_refresh, &r);
		assert_int_equal(r.found, r.look == 2 || r.look == 3);
	}
}

static bool empty_blob(struct hub_tx *tx, void *arg, struct err *e)
{
	static const char hash[] = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"; // BLAKE2b-256 of nothing
	struct seen *v = arg;
	struct str out = {0};
	int64_t size, have;
	bool found;

	bool ok = hub_blob_append(tx, v->site, hash, 0, 0, sv(""), &v->flag, e) && hub_blob_state(tx, v->site, hash, &size, &have, &v->flag, &found, e) &&
		  hub_blob_read(tx, v->site, hash, 0, 100, &out, e);
	v->n = (int64_t)out.n;
	str_release(&out);
	return ok;
}

static void an_empty_blob(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site};

	(void)row;
	hubtest_run(t->s, empty_blob, &v);
	assert_true(v.flag);
	assert_int_equal(v.n, 0);
}

// A piece that does not fit: longer than what was promised, another promise, a negative one.
static const struct {
	int64_t size, off;
	size_t n;
} misfits[] = {{10, 0, 11}, {20, 5, 5}, {10, 4, 5}, {10, 6, 1}, {-1, 0, 0}};

static bool begin_blob(struct hub_tx *tx, void *arg, struct err *e)
{
	bool done;

	return hub_blob_append(tx, arg, "h", 10, 0, sv("12345"), &done, e);
}

static bool misfit(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seen *v = arg;
	bool done;

	return hub_blob_append(tx, v->site, "h", misfits[v->n].size, misfits[v->n].off, sv_n("0123456789abcdef", misfits[v->n].n), &done, e);
}

static void misfitting_pieces(struct hubtest *t, const char *site, size_t row)
{
	struct seen v = {.site = site, .n = (int64_t)row};
	struct err e = {0};

	hubtest_run(t->s, begin_blob, (void *)site);
	assert_false(hub_run(t->s, HUB_WRITE, misfit, &v, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct conform_case conform_running[] = {
	{"a reader has one snapshot", a_reader_has_one_snapshot, 0},
	{"one time", one_time, 0},
	{"borrowed to the end", borrowed_to_the_end, 0},
	{"a swallowed failure", a_swallowed_failure, 0},
	{"all or nothing", all_or_nothing, 0},
	{"six tries", six_tries, 0},
	{"the third try counts", the_third_try_counts, 0},
	{"large documents", large_documents, 12},
	{"streams of no site", streams_of_no_site, 0},
	{"many at once", many_at_once, 0},
	{"lists stop", lists_stop, 0},
	{"presence is the last", presence_is_the_last, 0},
	{"tokens rotate", tokens_rotate, 0},
	{"an empty blob", an_empty_blob, 0},
	{"misfitting pieces", misfitting_pieces, N(misfits)},
	{0},
};
