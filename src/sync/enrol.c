// SPDX-License-Identifier: MIT
// Knows how subcommands ask the hub one thing and wait for it: join, log in, log out.
#include "src/sync/enrol.h"

#include <sodium.h>
#include <unistd.h>
#include <uv.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/outbox.h"
#include "src/sync/drain.h"
#include "src/sync/http.h"
#include "src/sync/order.h"
#include "src/sync/session.h"

enum { ASK_MS = 20000 };

// --- one question at a time, on a loop of its own

struct asker {
	uv_loop_t loop;
	struct http *http;
	const struct clock *clock;
	bool done;
	int status;
	enum http_end end;
	struct str body;
	struct err err;
	const char *url; // that answered /v1/hello; borrowed from the account. NULL: none yet
	int64_t skew;    // station - hub, then
};

static bool asker_open(struct asker *k, const char *ca_pem, const char *ca_file, const char *proxy, const struct clock *clock,
		       struct err *e)
{
	*k = (struct asker){.clock = clock};
	uv_loop_init(&k->loop);
	return http_new(&k->http, &(struct http_options){.loop = &k->loop, .ca_pem = ca_pem, .ca_file = ca_file, .proxy = proxy},
			e);
}

static void asker_close(struct asker *k)
{
	http_free(k->http);
	uv_run(&k->loop, UV_RUN_DEFAULT);
	uv_loop_close(&k->loop);
	str_release(&k->body);
}

static void on_answer(void *arg, const struct http_reply *r)
{
	struct asker *k = arg;

	k->done = true;
	k->end = r->end;
	k->status = r->status;
	k->err = r->err;
	str_addn(&k->body, r->body.p, r->body.n);
}

// The answer is in k->body. ERR_IO, ERR_DENIED (its certificate): no answer; a refusal is an answer.
static bool ask(struct asker *k, const char *method, const char *base, const char *path, const char *header, struct sv body,
		bool unverified, struct err *e)
{
	const char *headers[] = {"Content-Type: application/json", header, NULL};

	str_clear(&k->body);
	k->done = false;
	http_start(k->http, &(struct http_request){.method = method, .base = base, .path = path, .headers = headers, .body = body,
						   .max = SESSION_ANSWER_MAX, .timeout_ms = ASK_MS, .unverified = unverified,
						   .done = on_answer, .arg = k});
	while (!k->done)
		uv_run(&k->loop, UV_RUN_ONCE);
	return k->end == HTTP_ANSWERED || err_set(e, k->err.code, "%s", k->err.msg);
}

static struct sv answer(const struct asker *k)
{
	return sv_n(str_z(&k->body), k->body.n);
}

static bool accepted(const struct asker *k, struct err *e)
{
	struct wire_problem p = {0};

	if (k->status >= 200 && k->status < 300)
		return true;
	wire_problem_parse(answer(k), k->status, &p);
	return err_set(e, ERR_DENIED, "%s", session_refusal(&p));
}

// --- the account

static bool load(struct store *s, struct account *out, struct err *e)
{
	return account_load(store_reader(s), store_dir(s), out, e);
}

static bool load_joined(struct store *s, struct account *out, struct err *e)
{
	if (!load(s, out, e))
		return false;
	if (out->hub.dev && out->hub.n_urls)
		return true;
	account_release(out);
	return err_set(e, ERR_DENIED, _("this station has joined no hub yet: zuoxi enrol URL CODE"));
}

// --- joining

struct join_job {
	const char *dir;
	struct account_join *join;
};

static bool join_job(struct db *db, void *arg, struct err *e)
{
	struct join_job *j = arg;

	return account_join(db, j->dir, j->join, e);
}

// A key that was made for a code whose answer was lost is used again: the hub then gives the same answer.
static bool own_key(const struct enrol_options *o, const struct account *a, struct hub_key *key, struct err *e)
{
	const char *dir = store_dir(o->store);
	struct err none = {0};

	if (!a->hub.dev && hub_key_load(dir, key, &none))
		return true;
	hub_key_make(key);
	// The key of a station that has joined stays until the new one is accepted.
	return a->hub.dev || hub_key_save(dir, key, e);
}

static bool fetch_trust(const struct enrol_options *o, const unsigned char fingerprint[JOIN_PRINT], struct session_trust *t,
			struct arena *a, struct err *e)
{
	struct asker k;
	bool ok = asker_open(&k, NULL, NULL, o->proxy, o->clock, e) && ask(&k, "GET", o->url, "/v1/trust", NULL, sv(""), true, e) &&
		  accepted(&k, e) && session_trust_read(answer(&k), fingerprint, t, a, e);

	asker_close(&k);
	return ok;
}

static bool show_code(const struct enrol_options *o, const struct join_code *code, const struct session_trust *t,
		      const struct account *acc, const struct hub_key *key, struct account_join *join, struct arena *a,
		      struct err *e)
{
	struct asker k;
	struct str body = {0};
	char host[120] = "";

	if (str_empty(o->name))
		gethostname(host, sizeof(host) - 1);
	session_enrol_body(code, key, acc->inc, str_empty(o->name) ? host : o->name, store_station(o->store), &body);
	join->urls[join->n_urls++] = o->url;
	join->key = key;
	bool ok = asker_open(&k, t->ca, str_empty(t->ca) ? o->ca_file : NULL, o->proxy, o->clock, e) &&
		  ask(&k, "POST", o->url, "/v1/enrol", NULL, sv_n(str_z(&body), body.n), false, e) && accepted(&k, e) &&
		  session_enrol_read(answer(&k), t, join, a, e);
	asker_close(&k);
	sodium_memzero(body.s, body.n);
	str_release(&body);
	return ok;
}

bool enrol_run(const struct enrol_options *o, struct err *e)
{
	struct join_code code;
	struct session_trust trust;
	struct account_join join = {0};
	struct account acc;
	struct hub_key key;
	struct arena a = {0};

	if (!http_address_ok(o->url, e))
		return false;
	if (!auth_code_split(o->code, &code))
		return err_set(e, ERR_USAGE, _("that is not an enrolment code: it has 45 letters and digits in groups of 5"));
	if (!load(o->store, &acc, e))
		return false;
	// Before the code is used up for nothing.
	bool ok = str_eq(code.site, acc.site) ||
		  err_set(e, ERR_CONFLICT, _("the code is for site %s, but this station was made for site %s"), code.site, acc.site);
	ok = ok && own_key(o, &acc, &key, e) && fetch_trust(o, code.print, &trust, &a, e) &&
		  show_code(o, &code, &trust, &acc, &key, &join, &a, e) &&
		  store_do(o->store, join_job, &(struct join_job){store_dir(o->store), &join}, e);
	hub_key_wipe(&key);
	sodium_memzero(&code, sizeof(code));
	account_release(&acc);
	arena_release(&a);
	return ok;
}

// --- logging in

struct session_job {
	const char *dir;
	const struct session *session; // NULL: log out
	const struct lease *lease;
};

static bool session_job(struct db *db, void *arg, struct err *e)
{
	struct session_job *j = arg;

	return j->session ? account_session(db, j->dir, &j->session->who, j->session->refresh, j->lease, e)
			  : account_logout(db, j->dir, e);
}

// The first address that answers /v1/hello, and the hub's time.
static bool hello(struct asker *k, const struct account *acc, const char **url, int64_t *took, int64_t *skew, struct err *e)
{
	for (size_t i = 0; i < acc->hub.n_urls; i++) {
		int64_t from = clock_mono(k->clock), hub_now;
		struct err why = {0};
		*url = acc->hub.urls[i];
		if (ask(k, "GET", *url, "/v1/hello", NULL, sv(""), false, &why) && accepted(k, &why) &&
		    session_hello_read(answer(k), &hub_now, &why)) {
			*took = clock_mono(k->clock) - from;
			*skew = k->skew = clock_wall(k->clock) - hub_now - *took / 2;
			k->url = *url;
			return true;
		}
		*e = why;
	}
	return false;
}

static bool open_joined(struct asker *k, const struct login_options *o, struct account *acc, struct err *e)
{
	if (!load_joined(o->store, acc, e))
		return false;
	bool ok = asker_open(k, NULL, acc->hub.ca ? acc->hub.ca : o->ca_file, o->proxy, o->clock, e);
	if (!ok) {
		asker_close(k);
		account_release(acc);
	}
	return ok;
}

static bool log_in(struct asker *k, const struct login_options *o, const struct account *acc, struct session *s,
		   struct lease *lease, struct arena *a, struct err *e)
{
	struct str body = {0}, header = {0};
	const char *url;
	int64_t took, skew;
	bool ok = hello(k, acc, &url, &took, &skew, e);


	session_login_body(o->login, o->password, acc->inc, &body);
	if (ok)
		// Signed at the hub's time: a station whose clock is wrong logs in like others.
		session_sign(acc, "POST", "/v1/login", clock_wall(o->clock) - skew, sv_n(str_z(&body), body.n), &header);
	ok = ok && ask(k, "POST", url, "/v1/login", str_z(&header), sv_n(str_z(&body), body.n), false, e) && accepted(k, e) &&
	     session_read(answer(k), s, a, e);
	if (ok) {
		struct lease_now now;
		lease_moment(&now, clock_wall(o->clock), clock_mono(o->clock));
		*lease = acc->lease;
		lease_renew(lease, now.wall - skew, &now);
	}
	sodium_memzero(body.s, body.n);
	str_release(&body);
	str_release(&header);
	return ok;
}

// --- the order to be wiped

struct ask_part {
	struct drain_turn turn;
	int64_t now, mono;
	struct str body;
	struct exchange_sent sent;
	int status;
	struct sv answer;
	bool over;
};

static bool ask_job(struct db *db, void *arg, struct err *e)
{
	struct ask_part *p = arg;

	return drain_ask(db, &p->turn, p->now, p->mono, &p->body, &p->sent, e);
}

static bool take_job(struct db *db, void *arg, struct err *e)
{
	struct ask_part *p = arg;

	return drain_take(db, &p->sent, p->status, p->answer, p->now, &p->turn, &p->over, e);
}

static int64_t unsent(struct store *s)
{
	struct outbox_counts box = {0};
	struct err e = {0};

	if (!outbox_count(store_reader(s), &box, &e))
		log_line(LOG_ERROR, "hub: %s", e.msg);
	return box.unsent;
}

// What was not sent goes up; what does not within ORDER_DRAIN_MS, or when the hub does not answer twice, is given up.
static void send_rest(struct asker *k, struct store *s, const struct account *acc)
{
	int64_t until = clock_mono(k->clock) + ORDER_DRAIN_MS;
	struct ask_part p = {0};
	struct str header = {0};
	struct err e = {0};
	int failed = 0;

	order_keep(store_dir(s), clock_wall(k->clock) + ORDER_DRAIN_MS);
	while (failed < 2 && !p.over && unsent(s) && clock_mono(k->clock) < until) {
		p.now = clock_wall(k->clock);
		p.mono = clock_mono(k->clock);
		if (!store_do(s, ask_job, &p, &e) || !p.sent.ops)
			break;
		str_clear(&header);
		session_sign(acc, "POST", "/v1/drain", p.now - k->skew, sv_n(p.body.s, p.body.n), &header);
		bool answered = ask(k, "POST", k->url, "/v1/drain", str_z(&header), sv_n(p.body.s, p.body.n), false, &e);
		p.status = k->status;
		p.answer = answer(k);
		bool ok = answered && store_do(s, take_job, &p, &e) && p.status == 200;
		failed = ok ? 0 : failed + 1;
	}
	str_release(&p.body);
	str_release(&header);
}

// All is destroyed, and the hub is told, over the connection that is there.
static void go(struct asker *k, struct store *s, const struct account *acc, char sentence[ORDER_SENTENCE])
{
	struct str body = {0}, header = {0};
	int64_t left = unsent(s);
	struct err e = {0};

	order_gone(acc, left, clock_wall(k->clock) - k->skew, &body, &header);
	order_wipe(store_dir(s), left, sentence);
	if (!ask(k, "POST", k->url, "/v1/wiped", str_z(&header), sv_n(body.s, body.n), false, &e))
		log_line(LOG_WARN, "hub: %s", e.msg);
	str_release(&body);
	str_release(&header);
}

// A refusal may be the order to be wiped: it is carried out, and e says so. False always.
static bool ordered(struct asker *k, struct store *s, const struct account *acc, struct err *e)
{
	char sentence[ORDER_SENTENCE];
	bool drain;

	if (!k->url || !order_is_wipe(k->status, answer(k), acc, &drain))
		return false;
	if (drain)
		send_rest(k, s, acc);
	go(k, s, acc, sentence);
	*e = (struct err){0};
	return err_set(e, ERR_DENIED, "%s", sentence);
}

bool login_run(const struct login_options *o, struct person *who, struct arena *a, struct err *e)
{
	struct account acc;
	struct session s = {0};
	struct lease lease;
	struct asker k;

	if (!open_joined(&k, o, &acc, e))
		return false;
	bool ok = (log_in(&k, o, &acc, &s, &lease, a, e) || ordered(&k, o->store, &acc, e)) &&
		  store_do(o->store, session_job, &(struct session_job){store_dir(o->store), &s, &lease}, e);
	*who = s.who;
	sodium_memzero(&s, sizeof(s));
	if (k.body.s)
		sodium_memzero(k.body.s, k.body.n);
	asker_close(&k);
	account_release(&acc);
	return ok;
}

// A session is ended by its access token, which this process has not: the refresh token gives one more.
static bool tell_end(struct asker *k, const struct login_options *o, const struct account *acc, struct err *e)
{
	struct str body = {0}, header = {0}, bearer = {0};
	struct session s = {0};
	struct arena a = {0};
	const char *url;
	int64_t took, skew;
	bool ok = hello(k, acc, &url, &took, &skew, e);

	session_token_body(acc->key.refresh, &body);
	if (ok)
		session_sign(acc, "POST", "/v1/token", clock_wall(o->clock) - skew, sv_n(str_z(&body), body.n), &header);
	ok = ok && ask(k, "POST", url, "/v1/token", str_z(&header), sv_n(str_z(&body), body.n), false, e) && accepted(k, e) &&
	     session_read(answer(k), &s, &a, e);
	str_addf(&bearer, "Authorization: Bearer %s", s.access);
	ok = ok && ask(k, "POST", url, "/v1/logout", str_z(&bearer), sv("{}"), false, e) && accepted(k, e);
	sodium_memzero(&s, sizeof(s));
	sodium_memzero(bearer.s, bearer.n);
	sodium_memzero(body.s, body.n);
	str_release(&body);
	str_release(&header);
	str_release(&bearer);
	arena_release(&a);
	return ok;
}

bool logout_run(const struct login_options *o, bool *told, struct err *e)
{
	struct account acc;
	struct asker k;
	struct err why = {0};

	*told = false;
	if (!open_joined(&k, o, &acc, e))
		return false;
	*told = *acc.key.refresh && (tell_end(&k, o, &acc, &why) || ordered(&k, o->store, &acc, e));
	asker_close(&k);
	account_release(&acc);
	// Of a station that was wiped nothing is left to be ended.
	return e->code == ERR_NONE && store_do(o->store, session_job, &(struct session_job){.dir = store_dir(o->store)}, e);
}

bool hub_reach(const struct login_options *o, const char **url, int64_t *took_ms, int64_t *skew_ms, struct arena *a, struct err *e)
{
	struct account acc;
	struct asker k;

	if (!open_joined(&k, o, &acc, e))
		return false;
	bool ok = hello(&k, &acc, url, took_ms, skew_ms, e);
	*url = ok ? arena_strdup(a, *url) : "";
	asker_close(&k);
	account_release(&acc);
	return ok;
}
