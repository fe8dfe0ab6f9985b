// SPDX-License-Identifier: MIT
// Knows how a session is begun, kept and ended while the station works; and how the hub learns what the agent does.
#include <jansson.h>
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/sync/client_part.h"

enum { TALK_MS = 20000, PRESENCE_MS = 10000 };

void client_talk_end(struct client *c)
{
	if (c->talk.request)
		http_cancel(c->talk.request);
	if (c->talk.body.s)
		sodium_memzero(c->talk.body.s, c->talk.body.cap);
	str_release(&c->talk.body);
	c->talk = (struct talking){0};
}

static void say(struct client *c, bool bad, const char *sentence)
{
	if (c->opt.say)
		c->opt.say(c->opt.arg, bad, sentence);
}

// --- keeping it

struct session_job {
	struct job job;
	const char *dir;
	bool logout;
	enum session_kind kind;
	struct session session;
	struct arena arena; // of session.who
	struct lease lease;
};

static bool session_run(struct db *db, struct job *job, struct err *e)
{
	struct session_job *j = (struct session_job *)job;

	return j->logout ? account_logout(db, j->dir, e)
			 : account_session(db, j->dir, &j->session.who, j->session.refresh, &j->lease, e);
}

static void session_release(struct job *job)
{
	struct session_job *j = (struct session_job *)job;

	sodium_memzero(&j->session, sizeof(j->session));
	arena_release(&j->arena);
	free(j);
}

static void keep_person(struct client *c, const struct person *p)
{
	struct arena *a = &c->account.arena;

	c->account.who = (struct person){.id = arena_strdup(a, p->id),
					 .login = arena_strdup(a, p->login),
					 .no = arena_strdup(a, p->no),
					 .name = arena_strdup(a, p->name),
					 .roles = arena_strdup(a, p->roles),
					 .team = arena_strdup(a, p->team)};
}

// The token is on disk: only now is it used, so that a restart never has an older one than the hub allows.
static void session_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct session_job *j = (struct session_job *)job;
	struct link_report good = {.end = LINK_OK};

	if (!ok)
		log_line(LOG_ERROR, "hub: session not kept: %s", e->msg);
	if (j->logout)
		return;
	snprintf(c->access, sizeof(c->access), "%s", j->session.access);
	snprintf(c->account.key.refresh, sizeof(c->account.key.refresh), "%s", j->session.refresh);
	c->account.lease = j->lease;
	c->locked = false;
	c->why[0] = '\0';
	bool other = !str_eq(c->account.who.id, j->session.who.id) || !str_eq(c->account.who.roles, j->session.who.roles);
	if (other)
		keep_person(c, &j->session.who);
	if (j->kind == SESSION_TOKEN)
		link_done(c->link, LINK_TOKEN, &good, client_mono(c));
	else
		link_logged_in(c->link, true, client_mono(c));
	c->state_told = false;
	client_soon(c);
	if (c->opt.person && (other || j->kind == SESSION_LOGIN))
		c->opt.person(c->opt.arg, &c->account.who);
}

static void keep(struct client *c, enum session_kind kind, const struct http_reply *r)
{
	struct session_job *j = xcalloc(1, sizeof(*j));
	struct lease_now now;
	struct err e = {0};

	*j = (struct session_job){.job = {.run = session_run, .end = session_end, .release = session_release},
				  .dir = store_dir(c->store),
				  .kind = kind,
				  .lease = c->account.lease};
	if (!session_read(r->body, &j->session, &j->arena, &e)) {
		log_line(LOG_WARN, "hub: %s", e.msg);
		if (kind == SESSION_TOKEN)
			link_done(c->link, LINK_TOKEN, &(struct link_report){.end = LINK_FAILED}, client_mono(c));
		else
			say(c, true, e.msg);
		session_release(&j->job);
		return;
	}
	lease_moment(&now, clock_wall(c->clock), client_mono(c));
	lease_renew(&j->lease, now.wall - c->skew_ms, &now);
	job_start(c, &j->job, "hub.session");
}

// --- asking

static void refused(struct client *c, enum session_kind kind, const struct link_report *rep, const struct http_reply *r)
{
	char text[480];

	if (rep->end == LINK_FAILED)
		client_failed(c, r);
	if (kind == SESSION_TOKEN) {
		link_done(c->link, LINK_TOKEN, rep, client_mono(c));
		return;
	}
	snprintf(text, sizeof(text), _("Not logged in: %s."),
		 rep->end == LINK_FAILED ? r->err.msg : session_refusal(&rep->problem));
	say(c, true, text);
}

static void start_talk(struct client *c, enum session_kind kind, int url, int timeout_ms);

// The hub counts a signature once. Where a connection broke libcurl may have sent it twice: signed anew it is another one.
static bool sign_anew(struct client *c, const struct link_report *rep)
{
	if (rep->end != LINK_REFUSED || rep->problem.kind != WIRE_P_BAD_SIGNATURE || c->talk.again)
		return false;
	c->talk.again = true;
	start_talk(c, c->talk.kind, c->talk.url, c->talk.timeout_ms);
	return true;
}

static void on_session(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	enum session_kind kind = c->talk.kind;
	struct link_report rep;

	c->talk.request = NULL;
	client_verdict(c, r, &rep);
	if (sign_anew(c, &rep))
		return;
	client_talk_end(c);
	if (rep.end == LINK_OK)
		keep(c, kind, r);
	else
		refused(c, kind, &rep, r);
	client_soon(c);
}

static void on_hello(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct talking *t = &c->talk;
	const char *path = t->kind == SESSION_LOGIN ? "/v1/login" : "/v1/token";
	struct link_report rep;
	struct str header = {0};
	struct err e = {0};
	int64_t hub_now;

	t->request = NULL;
	client_verdict(c, r, &rep);
	if (rep.end != LINK_OK || !session_hello_read(r->body, &hub_now, &e)) {
		enum session_kind kind = t->kind;
		client_talk_end(c);
		if (rep.end == LINK_OK)
			rep.end = LINK_FAILED;
		refused(c, kind, &rep, r);
		client_soon(c);
		return;
	}
	// Signed at the hub's time: a clock that is wrong must not keep anybody out (sync.md §3.3 rule 10).
	c->skew_ms = clock_wall(c->clock) - hub_now - (client_mono(c) - t->asked_at) / 2;
	c->skew_known = true;
	struct sv body = sv_n(str_z(&t->body), t->body.n);
	session_sign(&c->account, "POST", path, clock_wall(c->clock) - c->skew_ms, body, &header);
	t->request = http_start(
		c->http, &(struct http_request){.method = "POST",
						.base = client_url(c, t->url),
						.path = path,
						.body = body,
						.max = SESSION_ANSWER_MAX,
						.headers = (const char *[]){"Content-Type: application/json", str_z(&header), NULL},
						.timeout_ms = client_timeout(c, t->timeout_ms),
						.done = on_session,
						.arg = c});
	str_release(&header);
}

static void start_talk(struct client *c, enum session_kind kind, int url, int timeout_ms)
{
	struct talking *t = &c->talk;

	t->kind = kind;
	t->url = url;
	t->timeout_ms = timeout_ms;
	t->asked_at = client_mono(c);
	t->request = http_start(c->http, &(struct http_request){.method = "GET",
								.base = client_url(c, url),
								.path = "/v1/hello",
								.max = SESSION_ANSWER_MAX,
								.timeout_ms = client_timeout(c, timeout_ms),
								.done = on_hello,
								.arg = c});
}

void client_token_start(struct client *c, const struct link_do *d)
{
	if (c->talk.kind != SESSION_NONE || !*c->account.key.refresh) {
		// A person is logging in, or out: that decides.
		struct link_report r = {.end = c->talk.kind == SESSION_NONE ? LINK_REFUSED : LINK_FAILED,
					.problem = {.kind = WIRE_P_TOKEN_REVOKED}};
		link_done(c->link, LINK_TOKEN, &r, client_mono(c));
		return;
	}
	session_token_body(c->account.key.refresh, &c->talk.body);
	start_talk(c, SESSION_TOKEN, d->url, d->timeout_ms);
}

static int url_in_use(const struct client *c)
{
	struct link_view v;

	link_look(c->link, &v);
	return v.url;
}

// A person goes before a token that is being fetched.
static void make_room(struct client *c)
{
	bool token = c->talk.kind == SESSION_TOKEN;

	client_talk_end(c);
	if (token)
		link_done(c->link, LINK_TOKEN, &(struct link_report){.end = LINK_FAILED}, client_mono(c));
}

void client_login(struct client *c, const char *login, const char *password)
{
	if (!c->link) {
		say(c, true, _("This station has joined no hub yet: zuoxi enrol URL CODE."));
		return;
	}
	make_room(c);
	session_login_body(login, password, c->account.inc, &c->talk.body);
	start_talk(c, SESSION_LOGIN, url_in_use(c), TALK_MS);
	client_soon(c);
}

static void on_logout(void *arg, const struct http_reply *r)
{
	struct client *c = arg;

	(void)r; // here it has ended in any case; a token nobody has dies by itself
	c->talk.request = NULL;
	client_talk_end(c);
}

void client_logout(struct client *c)
{
	struct session_job *j;
	char bearer[SESSION_TOKEN_MAX + 32];

	if (!c->link || !*c->account.key.refresh)
		return;
	make_room(c);
	client_bearer(c, bearer, sizeof(bearer));
	if (*c->access) {
		c->talk.kind = SESSION_LOGOUT;
		c->talk.request = http_start(
			c->http, &(struct http_request){.method = "POST",
							.base = client_url(c, url_in_use(c)),
							.path = "/v1/logout",
							.body = sv("{}"),
							.max = SESSION_ANSWER_MAX,
							.headers = (const char *[]){"Content-Type: application/json", bearer, NULL},
							.timeout_ms = client_timeout(c, TALK_MS),
							.done = on_logout,
							.arg = c});
	}
	sodium_memzero(bearer, sizeof(bearer));
	sodium_memzero(c->access, sizeof(c->access));
	sodium_memzero(c->account.key.refresh, sizeof(c->account.key.refresh));
	link_logged_in(c->link, false, client_mono(c));
	j = xcalloc(1, sizeof(*j));
	*j = (struct session_job){.job = {.run = session_run, .end = session_end, .release = session_release},
				  .dir = store_dir(c->store),
				  .logout = true};
	job_start(c, &j->job, "hub.logout");
	client_soon(c);
}

// --- presence: ephemeral, the last one wins, nothing is kept

static void on_present(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct link_report rep;

	c->present = NULL;
	client_verdict(c, r, &rep);
	// A network that fails makes link notice by itself; when it is back, the state is told again.
	if (rep.end == LINK_FAILED)
		c->state_told = false;
}

void client_presence(struct client *c, const char *state)
{
	if (str_eq(c->state, state))
		return;
	snprintf(c->state, sizeof(c->state), "%s", state);
	c->state_at = clock_wall(c->clock);
	c->state_told = false;
	if (c->link)
		client_soon(c);
}

void client_presence_tell(struct client *c)
{
	char bearer[SESSION_TOKEN_MAX + 32], since[32];
	struct link_view v;

	link_look(c->link, &v);
	// After the stream or an exchange: the token is known to be good then.
	if (v.state != LINK_ONLINE) {
		c->state_told = false;
		return;
	}
	if (c->state_told || !*c->state || !*c->access || c->present || !c->exchanges)
		return;
	clock_rfc3339(c->state_at - c->skew_ms, since, sizeof(since));
	json_t *j = json_pack("{s:s, s:s}", "state", c->state, "since", since);
	char *body = wire_print(j);
	client_bearer(c, bearer, sizeof(bearer));
	c->state_told = true;
	c->present = http_start(c->http,
				&(struct http_request){.method = "POST",
						       .base = client_url(c, v.url),
						       .path = "/v1/presence",
						       .body = sv(body),
						       .max = SESSION_ANSWER_MAX,
						       .headers = (const char *[]){"Content-Type: application/json", bearer, NULL},
						       .timeout_ms = client_timeout(c, PRESENCE_MS),
						       .done = on_present,
						       .arg = c});
	free(body);
	json_decref(j);
}
