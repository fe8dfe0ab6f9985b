// SPDX-License-Identifier: MIT
// Knows how a test of the rules gets a site with people of every role, and stations that send operations for them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/ruletest.h"

static json_t *loose(const char *text)
{
	char *copy = xstrdup(text);
	json_error_t why;

	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *j = json_loads(copy, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!j)
		fail_msg("%s: %s", copy, why.text);
	free(copy);
	return j;
}

const char *uid(int n)
{
	static char buf[8][40];
	static int at;
	char *s = buf[at++ % 8];

	snprintf(s, 40, "0193%04x-%04x-7000-8000-%012x", (n >> 16) & 0xffff, n & 0xffff, n & 0xf);
	return s;
}

// --- the site

static void put(struct site *x, const char *site, const char *t, const char *e, const char *doc)
{
	char stream[40];
	json_t *d = loose(doc);
	char *text = json_dumps(d, JSON_COMPACT);

	snprintf(stream, sizeof(stream), "dir/%s", site);
	hubtest_put(x->t.s, site, t, e, stream, text);
	free(text);
	json_decref(d);
}

void site_open(struct site *x)
{
	site_open_on(x, ON_MEMORY, NULL);
}

void site_open_on(struct site *x, enum hubtest_engine on, struct pgcluster *pg)
{
	static const struct {
		const char *id, *role, *team;
	} people[] = {{"te", "trainee", "t1"},    {"ag", "agent", "t1"},    {"ag2", "agent", "t1"},    {"tl", "team_lead", "t1"},
		      {"qa", "qa", "t1"},         {"tr", "trainer", "t1"},  {"ke", "kb_editor", "t1"}, {"agb", "agent", "t2"},
		      {"tlb", "team_lead", "t2"}, {"sv", "supervisor", ""}, {"sv2", "supervisor", ""}};
	char doc[200];

	hubtest_open(&x->t, on, pg);
	put(x, "SHA", "queue", "q1", "{'code':'q1'}");
	put(x, "SHA", "queue", "q2", "{'code':'q2'}");
	put(x, "SHA", "team", "t1", "{'name':'one','queue_codes':['q1']}");
	put(x, "SHA", "team", "t2", "{'name':'two','queue_codes':['q2']}");
	for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++) {
		snprintf(doc, sizeof(doc), "{'login':'%s','roles':['%s'],'team_id':'%s','status':'active'}", people[i].id,
			 people[i].role, people[i].team);
		put(x, "SHA", "agent", people[i].id, doc);
	}
	put(x, "SHA", "agent", "ad", "{'login':'ad','roles':['admin'],'grants':['dpo'],'status':'active'}");
	put(x, "BJS", "agent", "agx", "{'login':'agx','roles':['agent'],'queue_codes':['q1'],'status':'active'}");
}

static void add_head(void *arg, const char *site, const struct hub_stream *st)
{
	(void)site;
	*(int64_t *)arg += st->seq;
}

int64_t site_places(struct site *x)
{
	struct err e = {0};
	int64_t n = 0;

	if (!hub_heads(x->t.s, 0, add_head, &n, &e))
		fail_msg("%s", e.msg);
	return n;
}

void site_close(struct site *x)
{
	struct err e = {0};

	if (!hub_check(x->t.s, &e))
		fail_msg("%s", e.msg);
	hubtest_close(&x->t);
}

void site_wait(struct site *x, int64_t ms)
{
	clock_fake_add(&x->t.clock, ms);
}

struct look {
	const char *site, *t, *e;
	json_t *d;
	int64_t rev;
	char *stream, *gone;
};

static bool look_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct look *l = arg;
	const struct hub_ent *ent;

	if (!hub_get(tx, l->site, l->t, l->e, &ent, e))
		return false;
	if (!ent && !hub_get(tx, WIRE_GLOBAL_SITE, l->t, l->e, &ent, e))
		return false;
	if (ent) {
		l->d = json_incref(ent->d);
		l->rev = ent->rev;
		l->stream = xstrdup(ent->s);
		l->gone = ent->gone ? xstrdup(ent->gone) : NULL;
	}
	return true;
}

static struct look look_at(struct site *x, const char *t, const char *e)
{
	struct look l = {.site = "SHA", .t = t, .e = e};

	hubtest_read(x->t.s, look_body, &l);
	return l;
}

static void look_end(struct look *l)
{
	json_decref(l->d);
	free(l->stream);
	free(l->gone);
}

char *site_member(struct site *x, const char *t, const char *e, const char *member)
{
	struct look l = look_at(x, t, e);
	const json_t *v = member ? json_object_get(l.d, member) : l.d;
	char *text = !l.d ? xstrdup("-") : !v ? xstrdup("") : json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	look_end(&l);
	return text;
}

bool site_has(struct site *x, const char *t, const char *e)
{
	struct look l = look_at(x, t, e);
	bool yes = l.d && !l.gone;

	look_end(&l);
	return yes;
}

int64_t site_rev(struct site *x, const char *t, const char *e)
{
	struct look l = look_at(x, t, e);

	look_end(&l);
	return l.rev;
}

char *site_stream(struct site *x, const char *t, const char *e)
{
	struct look l = look_at(x, t, e);
	char *s = xstrdup(l.stream ? l.stream : "-");

	look_end(&l);
	return s;
}

void site_agent_set(struct site *x, const char *agent, const char *member, const char *value)
{
	struct look l = look_at(x, "agent", agent);
	json_t *d = json_copy(l.d);

	json_object_set_new(d, member, loose(value));
	char *text = json_dumps(d, JSON_COMPACT);
	hubtest_put(x->t.s, "SHA", "agent", agent, NULL, text);
	free(text);
	json_decref(d);
	look_end(&l);
}

void assert_member(struct site *x, const char *t, const char *e, const char *member, const char *want)
{
	char *got = site_member(x, t, e, member);
	json_t *w = *want && strcmp(want, "-") ? loose(want) : NULL;
	char *text = w ? json_dumps(w, JSON_COMPACT | JSON_ENCODE_ANY) : xstrdup(want);

	if (strcmp(got, text) != 0)
		fail_msg("%s %s %s is %s, not %s", t, e, member, got, text);
	free(got);
	free(text);
	json_decref(w);
}

// --- stations

static bool dev_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seat *s = arg;
	struct hub_dev d = {.dev = s->dev,
			    .inc = s->inc,
			    .site = s->home,
			    .station = "0A7",
			    .state = "active",
			    .name = "desk",
			    .owner = s->agent};

	return hub_dev_put(tx, &d, e);
}

void seat_open(struct seat *s, struct site *x, const char *agent)
{
	*s = (struct seat){.x = x, .inc = "i1", .home = strcmp(agent, "agx") ? "SHA" : "BJS", .n = 1, .ops = json_array()};
	snprintf(s->agent, sizeof(s->agent), "%s", agent);
	snprintf(s->dev, sizeof(s->dev), "dev-%s", agent);
	hubtest_run(x->t.s, dev_body, s);
}

void seat_close(struct seat *s)
{
	json_decref(s->ops);
	json_decref(s->answer);
	json_decref(s->reply);
}

void seat_add_id(struct seat *s, const char *id, const char *k, const char *t, const char *e, const char *stream, const char *base,
		 const char *body)
{
	struct wire_op op = {.n = s->n++, .id = id, .k = k, .t = t, .e = e, .s = stream, .base = base, .body = loose(body),
			     .at = s->at ? s->at : clock_wall(&s->x->t.clock), .off = s->off, .by = s->by};
	char *text = wire_print(op.body);

	wire_op_hash(op.id, op.k, op.t, op.e, op.s, op.base, text, op.h);
	free(text);
	json_array_append_new(s->ops, wire_op_print(&op));
	json_decref(op.body);
}

void seat_add(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *base, const char *body)
{
	char id[60];

	snprintf(id, sizeof(id), "op-%s-%lld", s->dev, (long long)s->n);
	seat_add_id(s, id, k, t, e, stream, base, body);
}

json_t *seat_request(struct seat *s, const char *more)
{
	char now[32];

	clock_rfc3339(clock_wall(&s->x->t.clock), now, sizeof(now));
	json_t *r = json_pack("{s:s, s:s, s:i, s:s, s:O}", "dev", s->dev, "inc", s->inc, "schema", WIRE_SCHEMA, "now", now, "ops",
			      s->ops);
	if (more) {
		json_t *m = loose(more);
		json_object_update(r, m);
		json_decref(m);
	}
	return r;
}

struct load {
	struct seat *s;
	struct actor who;
	struct arena a;
};

static bool load_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct load *l = arg;

	return actor_load(tx, l->s->home, l->s->agent, &l->who, &l->a, e);
}

bool seat_send(struct seat *s, const char *more, bool online)
{
	struct load l = {.s = s};
	json_t *request = seat_request(s, more);
	struct err e = {0};

	hubtest_read(s->x->t.s, load_body, &l);
	l.who.dev = s->dev;
	l.who.station = "0A7";
	struct exchange v = {.request = request, .who = &l.who, .online = online};
	if (!hub_exchange(s->x->t.s, &v, 1, &e))
		fail_msg("%s", e.msg);
	json_decref(s->reply);
	json_decref(s->answer);
	json_decref(request);
	json_array_clear(s->ops);
	s->reply = v.reply;
	s->problem = v.problem;
	s->red = v.red;
	json_t *answers = json_object_get(v.reply, "ops");
	s->answer = json_incref(json_array_get(answers, json_array_size(answers) ? json_array_size(answers) - 1 : 0));
	arena_release(&l.a);
	return v.reply != NULL;
}

static const char *became(struct seat *s)
{
	static char buf[80];
	const char *why = json_string_value(json_object_get(s->answer, "why"));

	if (!s->reply)
		snprintf(buf, sizeof(buf), "problem %s", wire_problem_type(s->problem.kind));
	else
		snprintf(buf, sizeof(buf), "%s%s%s", json_string_value(json_object_get(s->answer, "r")), why ? " " : "",
			 why ? why : "");
	return buf;
}

const char *seat_do(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *base,
		    const char *body)
{
	seat_add(s, k, t, e, stream, base, body);
	seat_send(s, NULL, false);
	return became(s);
}

const char *seat_now(struct seat *s, const char *k, const char *t, const char *e, const char *stream, const char *body)
{
	seat_add(s, k, t, e, stream, NULL, body);
	if (!seat_send(s, NULL, true))
		s->n--; // refused: the number was not used
	return became(s);
}

const char *seat_base(struct seat *s, const char *t, const char *e)
{
	static char buf[4][48];
	static int at;
	char *text = buf[at++ % 4];

	snprintf(text, 48, "1:%lld", (long long)site_rev(s->x, t, e));
	return text;
}

const char *cf(struct seat *s)
{
	const char *id = json_string_value(json_object_get(s->answer, "cf"));

	return id ? id : "";
}

void assert_result(struct seat *s, const char *got, const char *want)
{
	if (strcmp(got, want) != 0) {
		char *text = s->answer ? json_dumps(s->answer, JSON_COMPACT) : xstrdup(s->problem.detail);
		fail_msg("%s: %s, not %s (%s)", s->agent, got, want, text);
	}
}
