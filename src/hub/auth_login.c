// SPDX-License-Identifier: MIT
// Knows how a password becomes a session, and a session's refresh token the next one (sync.md §3.10).
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/wire/read.h"

enum { LOCK_FIRST_MS = 60000, LOCK_MOST_MS = 3600000 };

struct login {
	const char *login, *inc;
	const struct hub_dev *dev;
	bool fits;
	struct hub_cred cred; // strings in arena
	bool found;
	const struct hub_keys *keys; // of an exchange of tokens
	const char *refresh_old;     // the one given for them; NULL: a log-in
	json_t *reply;
	struct wire_problem problem;
	struct arena arena;
};

// --- what a session looks like to the station

static json_t *texts(const char *const *v, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_string(v[i]));
	return out;
}

static json_t *agent_json(const struct actor *who, const json_t *d)
{
	json_t *roles = json_array();

	for (int r = 0; r < USER_ROLES; r++)
		if (who->roles & USER_BIT(r))
			json_array_append_new(roles, json_string(user_role_code((enum user_role)r)));
	return json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:s?, s:o}", "id", who->agent, "login",
			 json_string_value(json_object_get(d, "login")), "no", json_string_value(json_object_get(d, "staff_no")),
			 "name_zh", json_string_value(json_object_get(d, "name_zh")), "roles", roles, "team_id", who->team,
			 "queues", texts(who->queues, who->n_queues));
}

// Makes new tokens for the session, stores it and writes the answer.
static bool issue(struct hub_tx *tx, struct login *q, struct hub_session *s, const struct actor *who, struct err *e)
{
	char access[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1], until[32];
	const struct hub_ent *agent = NULL;

	if (q->refresh_old) {
		token_follow(q->keys, q->refresh_old, "access", access, s->access);
		token_follow(q->keys, q->refresh_old, "refresh", refresh, s->refresh);
	} else {
		token_make(s->site, access, s->access);
		token_make(s->site, refresh, s->refresh);
	}
	if (!hub_get(tx, who->site, "agent", who->agent, &agent, e) || !hub_session_put(tx, s, e))
		return false;
	clock_rfc3339(hub_now(tx) + AUTH_LEASE_MS, until, sizeof(until));
	q->reply = json_pack("{s:s, s:s, s:I, s:s, s:o}", "access", access, "refresh", refresh, "expires_ms",
			     (json_int_t)(s->expires - hub_now(tx)), "lease_until", until, "agent", agent_json(who, agent ? agent->d : NULL));
	sodium_memzero(access, sizeof(access));
	sodium_memzero(refresh, sizeof(refresh));
	return true;
}

// The person, or why they may not work here. false: the store failed.
static bool person(struct hub_tx *tx, const char *site, const char *agent, struct login *q, struct actor *who, struct err *e)
{
	struct err why = {0};

	if (actor_load(tx, site, agent, who, hub_arena(tx), &why))
		return true;
	if (why.code != ERR_DENIED && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.msg);
	wire_problem_set(&q->problem, WIRE_P_FORBIDDEN, "%s", why.msg);
	return true;
}

static void begin_try(struct login *q)
{
	json_decref(q->reply);
	q->reply = NULL;
	q->problem = (struct wire_problem){0};
}

// --- log-in

static bool find_cred(struct hub_tx *tx, void *arg, struct err *e)
{
	struct login *q = arg;

	begin_try(q);
	if (!hub_cred_by_login(tx, q->dev->site, q->login, &q->cred, &q->found, e))
		return false;
	if (!q->found)
		return true;
	q->cred.site = arena_strdup(&q->arena, q->cred.site);
	q->cred.agent = arena_strdup(&q->arena, q->cred.agent);
	q->cred.login = arena_strdup(&q->arena, q->cred.login);
	q->cred.hash = arena_strdup(&q->arena, q->cred.hash);
	if (q->cred.locked_until > hub_now(tx)) {
		wire_problem_set(&q->problem, WIRE_P_TOO_MANY, "too many wrong passwords");
		q->problem.after_ms = q->cred.locked_until - hub_now(tx);
	}
	return true;
}

static bool refuse_login(struct hub_tx *tx, struct login *q, struct err *e)
{
	struct hub_cred c;
	bool found = false;
	int64_t lock = LOCK_FIRST_MS;

	wire_problem_set(&q->problem, WIRE_P_BAD_LOGIN, "login or password");
	if (!q->found) // no such login: nothing to count, but a line to see
		return auth_audit(tx, q->dev->site, NULL, q->dev->station, "login.refused", NULL, "unknown login", e);
	if (!hub_cred_by_login(tx, q->dev->site, q->login, &c, &found, e) || !found)
		return found || err_set(e, ERR_NOT_FOUND, _("there is no login %s"), q->login);
	c.failed++;
	for (int64_t i = AUTH_FAILED_MAX; i < c.failed && lock < LOCK_MOST_MS; i++)
		lock *= 2;
	if (c.failed >= AUTH_FAILED_MAX)
		c.locked_until = hub_now(tx) + (lock < LOCK_MOST_MS ? lock : LOCK_MOST_MS);
	return hub_cred_put(tx, &c, e) && auth_audit(tx, c.site, c.agent, q->dev->station, "login.refused", c.agent, "password", e);
}

static bool start_session(struct hub_tx *tx, void *arg, struct err *e)
{
	struct login *q = arg;
	struct actor who = {0};
	struct hub_cred c = q->cred;

	begin_try(q);
	if (!q->fits)
		return refuse_login(tx, q, e);
	if (!person(tx, c.site, c.agent, q, &who, e))
		return false;
	if (q->problem.kind)
		return true;
	struct hub_dev d = *q->dev;
	d.inc = q->inc;
	d.owner = c.agent;
	d.seen = hub_now(tx);
	c.failed = c.locked_until = 0;
	struct hub_session s = {
		.family = hub_new_id(tx), .site = c.site, .agent = c.agent, .dev = d.dev, .inc = d.inc, .refreshed = hub_now(tx),
		.expires = hub_now(tx) + AUTH_ACCESS_MS};
	// One person at a station: whoever was logged in there is not any more.
	return hub_session_end_all(tx, d.site, d.dev, NULL, hub_now(tx), e) && hub_dev_put(tx, &d, e) && hub_cred_put(tx, &c, e) &&
	       issue(tx, q, &s, &who, e) && auth_audit(tx, c.site, c.agent, d.station, "login", c.agent, NULL, e);
}

bool auth_login(struct hub_store *s, const json_t *req, const struct hub_dev *dev, json_t **reply, struct wire_problem *p,
		struct err *e)
{
	struct login q = {.dev = dev};
	const char *password = json_string_value(json_object_get(req, "password"));
	struct err why = {0};

	*reply = NULL;
	if (!wire_need_text(req, "login", 64, &q.login, &why) || !wire_need_text(req, "inc", 40, &q.inc, &why) || !password ||
	    strlen(password) > 1024) {
		wire_problem_set(p, WIRE_P_BAD_SHAPE, "%s", why.code ? why.msg : "password");
		return true;
	}
	bool ok = hub_run(s, HUB_READ, find_cred, &q, e);
	if (ok && !q.problem.kind && !password_fits(q.found ? q.cred.hash : NULL, password, &q.fits, &why)) {
		wire_problem_set(&q.problem, WIRE_P_BUSY, "%s", why.msg);
		q.problem.after_ms = 5000 + randombytes_uniform(10000);
	}
	if (ok && !q.problem.kind)
		ok = hub_run(s, HUB_WRITE, start_session, &q, e);
	if (ok && q.reply)
		auth_forget(dev->dev);
	*p = q.problem;
	if (ok)
		*reply = q.reply;
	else
		json_decref(q.reply);
	arena_release(&q.arena);
	return ok;
}

// --- the next tokens

static bool end_family(struct hub_tx *tx, struct login *q, struct hub_session *s, const char *why, struct err *e)
{
	s->ended = hub_now(tx);
	wire_problem_set(&q->problem, WIRE_P_TOKEN_REVOKED, "%s", why);
	return hub_session_put(tx, s, e) && auth_audit(tx, s->site, s->agent, q->dev->station, "session.revoked", s->agent, why, e);
}

static bool next_tokens(struct hub_tx *tx, void *arg, struct err *e)
{
	struct login *q = arg;
	struct hub_session s;
	struct actor who = {0};
	struct token t;
	bool found = false;

	begin_try(q);
	if (token_read(q->refresh_old, &t) && !hub_session_by_refresh(tx, t.site, t.h, &s, &found, e))
		return false;
	if (!found || s.ended) {
		wire_problem_set(&q->problem, WIRE_P_TOKEN_REVOKED, "no such session");
		return true;
	}
	if (!str_eq(s.dev, q->dev->dev))
		return end_family(tx, q, &s, "used by another station", e);
	bool current = memcmp(s.refresh, t.h, sizeof(t.h)) == 0;
	if (!current && hub_now(tx) - s.refreshed > AUTH_GRACE_MS)
		return end_family(tx, q, &s, "an old token was used again", e);
	if (!person(tx, s.site, s.agent, q, &who, e))
		return false;
	if (q->problem.kind)
		return end_family(tx, q, &s, "may not work here any more", e);
	// In the grace it is the first answer once more, and its clock goes on: the old token does not live for ever by being used.
	if (current) {
		memcpy(s.previous, t.h, sizeof(t.h));
		s.refreshed = hub_now(tx);
		s.expires = hub_now(tx) + AUTH_ACCESS_MS;
	}
	return issue(tx, q, &s, &who, e);
}

bool auth_token(struct hub_store *s, const struct hub_keys *k, const json_t *req, const struct hub_dev *dev, json_t **reply,
		struct wire_problem *p, struct err *e)
{
	struct login q = {.dev = dev, .keys = k};
	struct err why = {0};

	*reply = NULL;
	if (!wire_need_text(req, "refresh", TOKEN_LEN, &q.refresh_old, &why)) {
		wire_problem_set(p, WIRE_P_BAD_SHAPE, "%s", why.msg);
		return true;
	}
	bool ok = hub_run(s, HUB_WRITE, next_tokens, &q, e);
	auth_forget(dev->dev); // the access token before is not good any more
	*p = q.problem;
	if (ok)
		*reply = q.reply;
	else
		json_decref(q.reply);
	return ok;
}

struct logout {
	struct token token;
	char dev[48];
};

static bool end_session(struct hub_tx *tx, void *arg, struct err *e)
{
	struct logout *q = arg;
	struct hub_session s;
	bool found = false;

	if (!hub_session_by_access(tx, q->token.site, q->token.h, &s, &found, e))
		return false;
	if (!found || s.ended)
		return true;
	snprintf(q->dev, sizeof(q->dev), "%s", s.dev);
	s.ended = hub_now(tx);
	return hub_session_put(tx, &s, e) && auth_audit(tx, s.site, s.agent, NULL, "logout", s.agent, NULL, e);
}

bool auth_logout(struct hub_store *s, const char *access, struct err *e)
{
	struct logout q = {0};

	if (!token_read(access, &q.token))
		return true;
	bool ok = hub_run(s, HUB_WRITE, end_session, &q, e);
	if (*q.dev)
		auth_forget(q.dev);
	return ok;
}
