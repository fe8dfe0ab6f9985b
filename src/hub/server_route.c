// SPDX-License-Identifier: MIT
// Knows the addresses of the hub: what each takes, who may ask, in which lane it is answered.
#include "src/base/i18n.h"
#include "src/hub/server_part.h"

const struct route routes[] = {
	{"hello", "GET", "/v1/hello", AUTH_OPEN, LANE_INLINE, CLASS_OPS, false, route_hello},
	{"trust", "GET", "/v1/trust", AUTH_OPEN, LANE_INLINE, CLASS_OPS, false, route_trust},
	{"enrol", "POST", "/v1/enrol", AUTH_OPEN, LANE_LOGIN, CLASS_OPS, true, route_enrol},
	{"login", "POST", "/v1/login", AUTH_SIGNED, LANE_LOGIN, CLASS_OPS, true, route_login},
	{"token", "POST", "/v1/token", AUTH_SIGNED, LANE_MISC, CLASS_OPS, true, route_token},
	{"logout", "POST", "/v1/logout", AUTH_BEARER, LANE_MISC, CLASS_OPS, false, route_logout},
	{"sync", "POST", "/v1/sync", AUTH_BEARER, LANE_READ, CLASS_PULL, true, route_sync},
	{"events", "GET", "/v1/events", AUTH_BEARER, LANE_READ, CLASS_PULL, false, route_events},
	{"do", "POST", "/v1/do", AUTH_BEARER, LANE_READ, CLASS_OPS, true, route_do},
	{"blob_head", "HEAD", "/v1/blob/*", AUTH_BEARER, LANE_READ, CLASS_FIND, false, route_blob_head},
	{"blob_patch", "PATCH", "/v1/blob/*", AUTH_BEARER, LANE_MISC, CLASS_FIND, false, route_blob_patch},
	{"blob_get", "GET", "/v1/blob/*", AUTH_BEARER, LANE_READ, CLASS_SNAP, false, route_blob_get},
	{"carry", "POST", "/v1/carry", AUTH_BEARER, LANE_MISC, CLASS_FIND, true, route_carry},
	{"snap", "GET", "/v1/snap/*", AUTH_BEARER, LANE_READ, CLASS_SNAP, false, route_snap},
	{"find", "GET", "/v1/find/*", AUTH_BEARER, LANE_READ, CLASS_FIND, false, route_find},
	{"presence", "POST", "/v1/presence", AUTH_BEARER, LANE_READ, CLASS_PULL, true, route_presence},
	{"wall", "GET", "/v1/wall/*", AUTH_BEARER, LANE_READ, CLASS_FIND, false, route_wall},
	{"rooms", "GET", "/v1/rooms", AUTH_BEARER, LANE_READ, CLASS_FIND, false, route_rooms},
	{"room_open", "POST", "/v1/rooms", AUTH_BEARER, LANE_MISC, CLASS_FIND, true, route_room_open},
	{"room", "POST", "/v1/rooms/*", AUTH_BEARER, LANE_MISC, CLASS_PULL, true, route_room},
	{"receipt", "POST", "/v1/receipt", AUTH_BEARER, LANE_READ, CLASS_PULL, true, route_receipt},
	{"drain", "POST", "/v1/drain", AUTH_LEAVING, LANE_READ, CLASS_OPS, true, route_drain},
	{"wiped", "POST", "/v1/wiped", AUTH_LEAVING, LANE_MISC, CLASS_OPS, true, route_wiped},
	{"healthz", "GET", "/healthz", AUTH_OPEN, LANE_INLINE, CLASS_OPS, false, route_health},
	{"healthz_head", "HEAD", "/healthz", AUTH_OPEN, LANE_INLINE, CLASS_OPS, false, route_health},
	{"readyz", "GET", "/readyz", AUTH_OPEN, LANE_MISC, CLASS_OPS, false, route_ready},
	{"metrics", "GET", "/metrics", AUTH_OPEN, LANE_INLINE, CLASS_OPS, false, route_metrics},
};
const size_t n_routes = sizeof(routes) / sizeof(*routes);
_Static_assert(sizeof(routes) / sizeof(*routes) < ROUTES_MAX, "metrics has no room for that many routes");

// --- what was asked for

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Percent escapes read; NULL when one is broken or stands for a zero byte. plus: '+' is a blank.
static const char *decoded(struct arena *a, struct sv s, bool plus)
{
	char *out = arena_alloc(a, s.n + 1), *w = out;

	for (size_t i = 0; i < s.n; i++) {
		int hi, lo;
		if (s.p[i] != '%') {
			*w++ = plus && s.p[i] == '+' ? ' ' : s.p[i];
			continue;
		}
		if (i + 2 >= s.n || (hi = hex_digit(s.p[i + 1])) < 0 || (lo = hex_digit(s.p[i + 2])) < 0 || !(hi | lo))
			return NULL;
		*w++ = (char)(hi << 4 | lo);
		i += 2;
	}
	return out;
}

const char *query_get(struct job *j, const char *name)
{
	struct sv rest = sv(j->query), part;
	size_t n = strlen(name);

	while (sv_split(&rest, '&', &part))
		if (part.n > n && part.p[n] == '=' && memcmp(part.p, name, n) == 0)
			return decoded(&j->arena, sv_n(part.p + n + 1, part.n - n - 1), true);
	return NULL;
}

bool number_of(const char *text, int64_t max, int64_t *out)
{
	return text && *text != '-' && *text != '+' && parse_int(sv(text), 0, max, out);
}

static bool fits(const struct route *r, const char *path, const char **tail)
{
	size_t n = strlen(r->path);

	*tail = "";
	if (r->path[n - 1] != '*')
		return str_eq(path, r->path);
	*tail = path + n - 1;
	return strncmp(path, r->path, n - 1) == 0 && **tail;
}

void job_route(struct job *j)
{
	const char *target = j->rq.target ? j->rq.target : "", *tail;
	size_t n = strcspn(target, "?");
	struct str allow = {0};

	j->path = decoded(&j->arena, sv_n(target, n), false);
	j->query = target[n] ? target + n + 1 : "";
	for (size_t i = 0; j->path && i < n_routes; i++) {
		if (!fits(&routes[i], j->path, &tail))
			continue;
		str_addf(&allow, "%s%s", allow.n ? ", " : "", routes[i].method);
		if (!str_eq(routes[i].method, j->rq.method))
			continue;
		j->route = &routes[i];
		j->tail = tail;
		j->cls = routes[i].cls;
	}
	if (!j->route && allow.n) {
		refuse(j, WIRE_P_BAD_METHOD, "takes %s", str_z(&allow));
		answer_header(&j->an, "Allow", "%s", str_z(&allow));
	} else if (!j->route) {
		refuse(j, WIRE_P_NOT_FOUND, "no such address");
	}
	str_release(&allow);
	if (!j->path)
		j->path = "";
}

// --- may it be done now?

bool job_admit(struct job *j)
{
	struct limits *l = &j->sv->limits;
	int64_t now = mono_ms(), wait = 0;

	if (j->route->lane == LANE_INLINE)
		return true;
	if (atomic_load(&j->sv->draining)) {
		refuse_busy(j, WIRE_P_BUSY, server_window(j->sv), "the hub is going down");
		return false;
	}
	// A guess that costs nothing when it is wrong: requests with operations are served first and never limited by class.
	if (j->cls == CLASS_PULL && j->body.n && memmem(j->body.s, j->body.n, "\"ops\":[{", 8))
		j->cls = CLASS_OPS;
	if (j->route->lane == LANE_LOGIN)
		wait = limit_take(l, &l->login, now);
	else if (j->cls == CLASS_PULL)
		wait = limit_take(l, &l->pull, now);
	else if (j->cls == CLASS_FIND)
		wait = limit_take(l, &l->find, now);
	else if (j->cls == CLASS_SNAP)
		wait = limit_take(l, &l->snap, now);
	if (wait)
		refuse_busy(j, WIRE_P_BUSY, wait, "too much of this kind at once");
	return !wait;
}

// --- doing it

static const char *bearer(const struct request *rq)
{
	const char *a = rq->authorization;

	return a && strncasecmp(a, "Bearer ", 7) == 0 ? a + 7 + strspn(a + 7, " ") : NULL;
}

static bool check_signature(struct hub_tx *tx, void *arg, struct err *e)
{
	struct job *j = arg;
	struct wire_problem p = {0};
	struct hub_dev d = {0};
	struct arena *a = &j->arena;

	if (!auth_check_signature(tx, j->rq.station, j->rq.method, j->path, j->rq.body, &d, &p, e))
		return false;
	j->ex.problem = p;
	j->dev = d;
	j->dev.dev = arena_strdup(a, d.dev);
	j->dev.inc = arena_strdup(a, d.inc);
	j->dev.site = arena_strdup(a, d.site);
	j->dev.station = arena_strdup(a, d.station);
	j->dev.state = arena_strdup(a, d.state);
	j->dev.name = arena_strdup(a, d.name);
	j->dev.owner = arena_strdup(a, d.owner);
	j->dev.report = arena_strdup(a, d.report);
	return true;
}

// Only who has the order may; for everybody else that is the refusal.
static void leaving(struct wire_problem *p)
{
	if (p->kind == WIRE_P_WIPE)
		*p = (struct wire_problem){0};
	else if (!p->kind)
		wire_problem_set(p, WIRE_P_FORBIDDEN, "this station has no order to be wiped");
}

// Who it is. false: answered.
static bool identify(struct job *j)
{
	struct wire_problem p = {0};
	struct err e = {0};
	bool ok = true;

	if (j->route->auth == AUTH_BEARER) {
		ok = auth_actor(j->sv->o.store, bearer(&j->rq), &j->who, &j->arena, &p, &e);
	} else if (j->route->auth == AUTH_SIGNED || j->route->auth == AUTH_LEAVING) {
		ok = hub_run(j->sv->o.store, HUB_READ, check_signature, j, &e);
		p = j->ex.problem;
		j->ex.problem = (struct wire_problem){0};
		if (j->route->auth == AUTH_LEAVING && ok)
			leaving(&p);
	}
	if (!ok)
		answer_failure(j, &e);
	else if (p.kind)
		answer_problem(j, &p);
	if (!ok || p.kind)
		return false;
	const char *dev = j->who.dev ? j->who.dev : j->dev.dev;
	int64_t wait = dev ? limit_seat(&j->sv->limits, dev, mono_ms()) : 0;
	if (wait)
		refuse_busy(j, WIRE_P_TOO_MANY, wait, "too many requests of this station");
	return !wait;
}

enum outcome job_work(struct job *j)
{
	struct err e = {0};

	if (!identify(j))
		return OUT_DONE;
	if (j->route->json) {
		j->doc = wire_parse(j->rq.body, WIRE_REQUEST_BYTES, &e);
		if (!j->doc)
			return refuse(j,
				      e.code == ERR_LIMIT && j->rq.body.n > WIRE_REQUEST_BYTES ? WIRE_P_TOO_LARGE : WIRE_P_BAD_JSON,
				      "%s", e.msg);
		if (!json_is_object(j->doc))
			return refuse(j, WIRE_P_BAD_SHAPE, "the body is not an object");
	}
	return j->route->run(j);
}

void job_release(struct job *j)
{
	json_decref(j->doc);
	json_decref(j->ex.reply);
	str_release(&j->body);
	answer_release(&j->an);
	arena_release(&j->arena);
}

// --- without a socket

void server_answer(struct server *s, const struct request *rq, struct answer *out)
{
	struct job *j = xcalloc(1, sizeof(*j)), *one[1] = {j};

	j->sv = s;
	j->rq = *rq;
	j->started = mono_us();
	str_addn(&j->body, rq->body.p, rq->body.n);
	job_route(j);
	if (j->route && rq->body.n > WIRE_REQUEST_BYTES)
		refuse(j, WIRE_P_TOO_LARGE, "more than %d bytes", WIRE_REQUEST_BYTES);
	else if (j->route && job_admit(j)) {
		switch (job_work(j)) {
		case OUT_WRITE:
			sync_batch(s, one, 1);
			break;
		case OUT_PARK: // nothing to wait with: the reply that is there counts
			answer_json(j, 200, json_incref(j->ex.reply));
			break;
		case OUT_DONE:
			break;
		}
	}
	job_finish(j);
	*out = j->an;
	j->an = (struct answer){0};
	job_release(j);
	free(j);
}
