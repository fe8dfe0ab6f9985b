// SPDX-License-Identifier: MIT
// Knows who a person is to the hub: read from their entity and their team's, as they are now or were within the grace.
#include "src/base/i18n.h"
#include "src/hub/apply_part.h"

enum { QUEUES_MAX = 64, GRANTS_MAX = 64 };

struct people {
	struct arena *a;
	const char **queues, **grants;
	size_t n_queues, n_grants;
	unsigned roles;
};

static void people_begin(struct people *p, struct arena *a)
{
	*p = (struct people){
		.a = a, .queues = arena_array(a, const char *, QUEUES_MAX), .grants = arena_array(a, const char *, GRANTS_MAX)};
}

static void add_texts(struct people *p, const json_t *list, const char **v, size_t *n, size_t max)
{
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
		if (json_is_string(x) && *n < max && !actor_has(v, *n, json_string_value(x)))
			v[(*n)++] = arena_strdup(p->a, json_string_value(x));
}

static void add_queues(struct people *p, const json_t *d)
{
	add_texts(p, json_object_get(d, "queue_codes"), p->queues, &p->n_queues, QUEUES_MAX);
	add_texts(p, json_object_get(d, "queues"), p->queues, &p->n_queues, QUEUES_MAX);
}

static void add_agent(struct people *p, const json_t *d)
{
	json_t *x, *roles = json_object_get(d, "roles");
	unsigned bits = 0;
	size_t i;

	json_array_foreach(roles, i, x)
		if (json_is_string(x) && user_roles_parse(sv(json_string_value(x)), &bits, NULL))
			p->roles |= bits;
	add_texts(p, json_object_get(d, "grants"), p->grants, &p->n_grants, GRANTS_MAX);
	add_queues(p, d);
}

// Who does not work now logs in nowhere; absent counts as active.
static bool is_active(const json_t *d)
{
	const char *status = doc_text(d, "status");

	return !status || str_eq(status, "active") || str_eq(status, "onboarding");
}

static void people_end(const struct people *p, struct actor *out)
{
	out->roles = p->roles;
	out->queues = p->queues;
	out->n_queues = p->n_queues;
	out->grants = p->grants;
	out->n_grants = p->n_grants;
}

bool actor_load(struct hub_tx *tx, const char *site, const char *agent, struct actor *out, struct arena *a, struct err *e)
{
	const struct hub_ent *ent, *team = NULL;
	struct people p;

	*out = (struct actor){0};
	if (!hub_get(tx, site, "agent", agent, &ent, e))
		return false;
	if (!ent || ent->gone)
		return err_set(e, ERR_NOT_FOUND, _("there is no agent %s"), agent);
	if (!is_active(ent->d))
		return err_set(e, ERR_DENIED, _("agent %s may not work now: status %s"), agent, doc_text(ent->d, "status"));
	people_begin(&p, a);
	add_agent(&p, ent->d);
	const char *team_id = doc_text(ent->d, "team_id");
	if (!str_empty(team_id) && !hub_get(tx, site, "team", team_id, &team, e))
		return false;
	if (team && !team->gone)
		add_queues(&p, team->d);
	out->agent = arena_strdup(a, agent);
	out->site = arena_strdup(a, site);
	out->team = arena_strdup(a, team_id);
	people_end(&p, out);
	return true;
}

// --- as they were

struct past {
	struct people *p;
	int64_t since;
	json_t *before; // the revision that held when the window opened
	json_t *in[16];
	size_t n;
};

static bool take_past(void *arg, const struct hub_ent *ent)
{
	struct past *p = arg;

	if (ent->at <= p->since) {
		json_decref(p->before);
		p->before = json_incref(ent->d);
	} else if (p->n < sizeof(p->in) / sizeof(*p->in)) {
		p->in[p->n++] = json_incref(ent->d);
	}
	return true;
}

static bool read_past(struct hub_tx *tx, const char *site, const char *t, const char *id, struct past *p, struct err *e)
{
	return str_empty(id) || hub_history(tx, site, t, id, take_past, p, e);
}

static void drop_past(struct past *p)
{
	json_decref(p->before);
	for (size_t i = 0; i < p->n; i++)
		json_decref(p->in[i]);
}

static bool add_team_past(struct hub_tx *tx, const char *site, const json_t *agent, struct people *p, int64_t since, struct err *e)
{
	struct past team = {.since = since};
	bool ok = read_past(tx, site, "team", doc_text(agent, "team_id"), &team, e);

	if (team.before)
		add_queues(p, team.before);
	for (size_t i = 0; i < team.n; i++)
		add_queues(p, team.in[i]);
	drop_past(&team);
	return ok;
}

bool actor_past(struct hub_tx *tx, const struct actor *now, int64_t since, struct actor *out, struct arena *a, struct err *e)
{
	struct past past = {.since = since};
	struct people p;
	bool ok = now->agent && read_past(tx, now->site, "agent", now->agent, &past, e);

	*out = *now;
	if (!ok && now->agent)
		return false;
	people_begin(&p, a);
	p.roles = now->roles;
	for (size_t i = 0; i < now->n_queues && p.n_queues < QUEUES_MAX; i++)
		p.queues[p.n_queues++] = now->queues[i];
	for (size_t i = 0; i < now->n_grants && p.n_grants < GRANTS_MAX; i++)
		p.grants[p.n_grants++] = now->grants[i];
	for (size_t i = 0; i <= past.n; i++) {
		json_t *d = i < past.n ? past.in[i] : past.before;
		if (!d || !is_active(d))
			continue;
		add_agent(&p, d);
		ok = ok && add_team_past(tx, now->site, d, &p, since, e);
	}
	drop_past(&past);
	people_end(&p, out);
	out->left = p.roles != now->roles || p.n_queues != now->n_queues || p.n_grants != now->n_grants;
	return ok || !now->agent;
}

// --- streams

struct names {
	struct arena *a;
	const char **v;
	size_t n;
};

static void add_name(struct names *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i], name))
			return;
	if (s->n < WIRE_STREAMS)
		s->v[s->n++] = arena_strdup(s->a, name);
}

static bool add_queue_row(void *arg, const struct hub_ent *ent)
{
	char name[80];

	snprintf(name, sizeof(name), "q/%s", ent->e);
	if (!ent->gone)
		add_name(arg, name);
	return true;
}

// A site whose customers do not fit a station's cache says so in its entity (sync.md §3.1): there they are looked up one by one.
static bool has_customer_streams(struct hub_tx *tx, const char *site, bool *yes, struct err *e)
{
	const struct hub_ent *ent;

	if (!hub_get(tx, site, "site", site, &ent, e))
		return false;
	*yes = !ent || !json_is_false(json_object_get(ent->d, "customer_streams"));
	return true;
}

bool actor_streams(struct hub_tx *tx, const struct actor *who, const char ***out, size_t *n, struct arena *a, struct err *e)
{
	struct names s = {.a = a, .v = arena_array(a, const char *, WIRE_STREAMS)};
	bool customers = right_scope(who->roles, HUB_R_CUSTOMER_VIEW) >= SCOPE_SITE, shared = false;

	add_name(&s, "bc/all");
	add_name(&s, arena_printf(a, "bc/%s", who->site));
	add_name(&s, arena_printf(a, "me/%s", who->agent));
	for (size_t i = 0; customers && i < who->n_queues; i++)
		add_name(&s, arena_printf(a, "q/%s", who->queues[i]));
	// A supervisor has the whole site, as many queues as a station may have streams beside the others.
	if (customers && who->roles & USER_BIT(USER_SUPERVISOR) &&
	    !hub_list(tx, who->site, "queue", NULL, WIRE_STREAMS - 22, add_queue_row, &s, e))
		return false;
	if (s.n > WIRE_STREAMS - 19)
		s.n = WIRE_STREAMS - 19;
	add_name(&s, arena_printf(a, "dir/%s", who->site));
	add_name(&s, arena_printf(a, "cfg/%s", who->site));
	add_name(&s, "kb/all");
	if (customers && !has_customer_streams(tx, who->site, &shared, e))
		return false;
	for (int i = 0; shared && i < 16; i++)
		add_name(&s, arena_printf(a, "cust/%s/%c", who->site, "0123456789abcdef"[i]));
	*out = s.v;
	*n = s.n;
	return true;
}
