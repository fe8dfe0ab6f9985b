// SPDX-License-Identifier: MIT
// Knows how operations come in: numbered without gaps, each once, each answered (sync.md §3.3 rules 1, 2, 11).
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/exchange_part.h"
#include "src/wire/read.h"

void exchange_part_release(struct exchange *v)
{
	if (!v->part)
		return;
	for (size_t i = 0; i < v->part->n_ops; i++)
		applied_release(&v->part->ops[i].applied);
	free(v->part->ops);
	free(v->part);
	v->part = NULL;
}

static bool refuse(struct exchange *v, enum wire_problem_kind kind, const char *detail)
{
	wire_problem_set(&v->problem, kind, "%s", detail);
	return true;
}

// --- the station

static bool check_schema(const json_t *r)
{
	const json_t *schema = json_object_get(r, "schema");

	return !schema || (json_is_integer(schema) && json_integer_value(schema) >= WIRE_SCHEMA_OLDEST);
}

static bool find_station(struct hub_tx *tx, struct exchange *v, struct err *e)
{
	struct hub_dev *d = &v->part->dev;
	const char *dev, *inc;
	struct err why = {0};
	bool found;

	if (!json_is_object(v->request) || !wire_need_text(v->request, "dev", 64, &dev, &why) ||
	    !wire_need_text(v->request, "inc", 40, &inc, &why))
		return refuse(v, WIRE_P_BAD_SHAPE, *why.msg ? why.msg : "no object");
	if (!check_schema(v->request))
		return refuse(v, WIRE_P_UPGRADE, "schema");
	if (v->who->dev && !str_eq(v->who->dev, dev))
		return refuse(v, WIRE_P_FORBIDDEN, "another station's session");
	if (!hub_dev_get(tx, v->who->site, dev, inc, d, &found, e))
		return false;
	if (!found)
		return refuse(v, WIRE_P_TOKEN_REVOKED, "the station's outbox is not known: log in again");
	if (str_eq(d->state, "quarantined"))
		return refuse(v, WIRE_P_QUARANTINED, dev);
	bool drains = str_eq(d->state, "draining");
	if (str_eq(d->state, "wiped") || (drains && !v->drain)) {
		v->problem.drain = drains;
		return refuse(v, WIRE_P_WIPE, dev);
	}
	if (!drains && (v->drain || !str_eq(d->state, "active")))
		return refuse(v, WIRE_P_TOKEN_REVOKED, d->state ? d->state : "");
	v->part->first_n = v->part->last_n = d->last_n;
	return true;
}

// --- numbers

static void hash_of(const json_t *j, unsigned char out[WIRE_HASH])
{
	const char *hex = doc_text(j, "h");
	size_t n;

	if (hex && sodium_hex2bin(out, WIRE_HASH, hex, strlen(hex), NULL, &n, NULL) == 0 && n == WIRE_HASH)
		return;
	char *text = wire_print(j); // it does not say: what it is counts
	crypto_generichash(out, WIRE_HASH, (const unsigned char *)text, strlen(text), NULL, 0);
	free(text);
}

static bool shut_out(struct hub_tx *tx, struct exchange *v, int64_t n, struct err *e)
{
	struct hub_dev d = v->part->dev;

	d.state = "quarantined";
	wire_problem_set(&v->problem, WIRE_P_OP_REUSE, "n %lld was another operation", (long long)n);
	return hub_dev_put(tx, &d, e) && hub_audit_add(tx,
						       &(struct hub_audit){.site = d.site,
									   .actor = v->who->agent,
									   .station = d.station,
									   .action = "station.quarantine",
									   .object = d.dev,
									   .detail = v->problem.detail},
						       e);
}

// Before anything is applied: are the numbers in their order, and is what was sent before the same as then.
static bool check_numbers(struct hub_tx *tx, struct exchange *v, const json_t *ops, struct err *e)
{
	struct exchange_part *p = v->part;
	int64_t expect = 0;
	json_t *j;
	size_t i;

	p->ops = xcalloc(json_array_size(ops) + 1, sizeof(*p->ops));
	json_array_foreach(ops, i, j) {
		struct pushed *o = &p->ops[p->n_ops];
		struct hub_opres r;
		bool found;
		const json_t *n = json_object_get(j, "n");
		if (!json_is_integer(n) || json_integer_value(n) < 1 || (expect && json_integer_value(n) != expect))
			return refuse(v, WIRE_P_BAD_SHAPE, "n");
		o->n = json_integer_value(n);
		expect = o->n + 1;
		if (o->n > p->first_n + 1 && !i) {
			wire_problem_set(&v->problem, WIRE_P_OP_GAP, "n %lld", (long long)o->n);
			v->problem.expect = p->first_n + 1;
			return true;
		}
		o->k = doc_text(j, "k") ? doc_text(j, "k") : "";
		hash_of(j, o->h);
		p->n_ops++;
		if (o->n > p->first_n)
			continue;
		if (!hub_opres_get(tx, p->dev.site, p->dev.dev, p->dev.inc, o->n, &r, &found, e))
			return false;
		// What came too late for a hole that was told is answered like what was purged, not taken for another operation.
		found = found && !str_eq(r.k, HUB_HOLE);
		if (found && memcmp(r.h, o->h, WIRE_HASH) != 0)
			return shut_out(tx, v, o->n, e);
		o->stored = found ? r.res : NULL;
		o->old = !found;
	}
	return true;
}

// What the station lost, it says so: the hub goes on behind it.
static bool take_hole(struct hub_tx *tx, struct exchange *v, struct err *e)
{
	const json_t *hole = json_object_get(v->request, "hole");
	struct exchange_part *p = v->part;
	char detail[64];

	if (!hole)
		return true;
	int64_t from = json_integer_value(json_array_get(hole, 0)), to = json_integer_value(json_array_get(hole, 1));
	if (json_array_size(hole) != 2 || from < 1 || to < from)
		return refuse(v, WIRE_P_BAD_SHAPE, "hole");
	if (to <= p->first_n) // told before
		return true;
	if (from > p->first_n + 1) {
		wire_problem_set(&v->problem, WIRE_P_OP_GAP, "hole from %lld", (long long)from);
		v->problem.expect = p->first_n + 1;
		return true;
	}
	snprintf(detail, sizeof(detail), "%lld..%lld", (long long)p->first_n + 1, (long long)to);
	struct hub_opres mark = {.n = to, .at = hub_now(tx), .k = HUB_HOLE, .res = "{}"};
	if (!hub_dev_advance(tx, p->dev.site, p->dev.dev, p->dev.inc, p->first_n, to, e) ||
	    !hub_opres_put(tx, p->dev.site, p->dev.dev, p->dev.inc, &mark, e))
		return false;
	p->first_n = p->last_n = p->dev.last_n = to;
	return hub_audit_add(tx, &(struct hub_audit){.site = p->dev.site, .actor = v->who->agent, .station = p->dev.station,
						     .action = "station.hole", .object = p->dev.dev, .detail = detail}, e);
}

// --- whose it is

// The person of the session, or who the operation says it was: an agent of the site. What needs somebody who is here (decisions,
// red, the directory) is never believed of a name alone.
static bool person_of(struct hub_tx *tx, const struct exchange *v, const struct wire_op *op, struct actor *out, struct err *e)
{
	const struct verb *verb = verb_of(op->k);
	struct err why = {0};

	*out = *v->who;
	out->dev = v->part->dev.dev;
	out->station = v->part->dev.station;
	if (!op->by || str_eq(op->by, v->who->agent))
		return true;
	if (!verb || verb_needs_session(verb)) {
		out->claimed_by = op->by;
		return true;
	}
	if (actor_load(tx, v->part->dev.site, op->by, out, hub_arena(tx), &why) || why.code == ERR_DENIED) {
		// Somebody who works here no more has no rights but those of the grace.
		if (why.code == ERR_DENIED)
			*out = (struct actor){.agent = op->by, .site = v->part->dev.site};
		out->named = true;
		out->dev = v->part->dev.dev;
		out->station = v->part->dev.station;
		return true;
	}
	*out = *v->who;
	out->dev = v->part->dev.dev;
	out->station = v->part->dev.station;
	out->claimed_by = op->by;
	return why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.msg);
}

static void reject(struct pushed *o, enum wire_problem_kind why)
{
	o->applied.answer = (struct wire_answer){.n = o->n, .r = WIRE_REJECTED, .why = wire_problem_type(why)};
}

static bool apply(struct hub_tx *tx, struct exchange *v, struct pushed *o, const json_t *j, struct err *e)
{
	struct wire_op op;
	struct actor who;
	struct err why = {0};

	if (!wire_op_parse(j, &op, &why)) {
		reject(o, WIRE_P_BAD_SHAPE);
		return true;
	}
	if (json_dumpb(op.body, NULL, 0, JSON_COMPACT) > WIRE_OP_BYTES) {
		reject(o, WIRE_P_TOO_LARGE);
		return true;
	}
	if (!person_of(tx, v, &op, &who, e))
		return false;
	if (!who.agent || !who.site) {
		reject(o, WIRE_P_FORBIDDEN);
		return true;
	}
	return hub_apply(tx, &who, &op, &o->applied, e);
}

static enum wire_problem_kind kind_of(const char *type)
{
	for (int k = WIRE_P_NONE + 1; k < WIRE_P_KINDS; k++)
		if (str_eq(type, wire_problem_type((enum wire_problem_kind)k)))
			return (enum wire_problem_kind)k;
	return WIRE_P_INTERNAL;
}

static bool apply_all(struct hub_tx *tx, struct exchange *v, const json_t *ops, struct err *e)
{
	struct exchange_part *p = v->part;

	for (size_t i = 0; i < p->n_ops; i++) {
		struct pushed *o = &p->ops[i];
		bool last = i + 1 == p->n_ops;
		if (o->n <= p->first_n)
			continue;
		if (!apply(tx, v, o, json_array_get(ops, i), e))
			return false;
		// A command that cannot be done is refused, not numbered: the person decides anew.
		if (v->online && last && o->applied.answer.r == WIRE_REJECTED) {
			wire_problem_set(&v->problem, kind_of(o->applied.answer.why), "%s", o->k);
			applied_release(&o->applied);
			p->n_ops--;
			break;
		}
		p->last_n = o->n;
		v->pushed = true;
		v->red = v->red || o->applied.red;
	}
	return true;
}

// What the station says of itself, with how far its clock is off (rule 10); for the supervisor's list.
static bool take_report(struct hub_tx *tx, struct exchange *v, struct err *e)
{
	const json_t *report = json_object_get(v->request, "report");
	const char *now = doc_text(v->request, "now");
	const struct hub_dev *d = &v->part->dev;
	int64_t at;

	if (!json_is_object(report))
		return true;
	json_t *r = json_copy((json_t *)(uintptr_t)report);
	if (now && clock_parse(sv(now), &at))
		json_object_set_new(r, "skew_ms", json_integer((json_int_t)(at - hub_now(tx))));
	char *text = wire_print(r);
	json_decref(r);
	bool ok = hub_dev_report(tx, d->site, d->dev, d->inc, hub_now(tx), text, e);
	free(text);
	return ok;
}

bool exchange_push(struct hub_tx *tx, struct exchange *v, struct err *e)
{
	const json_t *ops = json_object_get(v->request, "ops");

	v->part = xcalloc(1, sizeof(*v->part));
	if (!find_station(tx, v, e) || v->problem.kind)
		return v->problem.kind != WIRE_P_NONE;
	if (ops && !json_is_array(ops))
		return refuse(v, WIRE_P_BAD_SHAPE, "ops");
	if (json_array_size(ops) > WIRE_OPS)
		return refuse(v, WIRE_P_TOO_LARGE, "ops");
	if (!take_report(tx, v, e) || !take_hole(tx, v, e))
		return false;
	if (v->problem.kind || !check_numbers(tx, v, ops, e))
		return v->problem.kind != WIRE_P_NONE;
	return v->problem.kind || apply_all(tx, v, ops, e);
}

// --- answers

// Where it stands: staged now, or long before.
static bool place_of(struct hub_tx *tx, struct applied *a, struct err *e)
{
	const struct hub_ent *ent;

	if (!a->t)
		return true;
	a->answer.at_seq = hub_seq_of(tx, a->site, a->t, a->e, &a->answer.at_stream);
	if (a->answer.at_seq)
		return true;
	if (!hub_get(tx, a->site, a->t, a->e, &ent, e))
		return false;
	if (ent) {
		a->answer.at_stream = ent->s;
		a->answer.at_seq = ent->seq;
	}
	return true;
}

static bool answer_new(struct hub_tx *tx, struct exchange *v, struct pushed *o, json_t *list, struct err *e)
{
	if (!place_of(tx, &o->applied, e))
		return false;
	json_t *j = wire_answer_print(&o->applied.answer);
	char *text = wire_print(j);
	struct hub_opres r = {.n = o->n, .at = hub_now(tx), .res = text, .k = o->k};
	memcpy(r.h, o->h, WIRE_HASH);
	json_array_append_new(list, j);
	bool ok = hub_opres_put(tx, v->part->dev.site, v->part->dev.dev, v->part->dev.inc, &r, e);
	free(text);
	return ok;
}

static bool answers(struct hub_tx *tx, struct exchange *v, json_t *list, struct err *e)
{
	struct exchange_part *p = v->part;

	for (size_t i = 0; i < p->n_ops; i++) {
		struct pushed *o = &p->ops[i];
		json_t *j = o->stored ? json_loads(o->stored, 0, NULL) : NULL;
		if (j)
			json_array_append_new(list, j);
		else if (o->n <= p->first_n)
			json_array_append_new(list,
					      wire_answer_print(&(struct wire_answer){.n = o->n, .r = WIRE_NOOP, .old = true}));
		else if (!answer_new(tx, v, o, list, e))
			return false;
	}
	return p->last_n == p->first_n || hub_dev_advance(tx, p->dev.site, p->dev.dev, p->dev.inc, p->first_n, p->last_n, e);
}

bool exchange_answer(struct hub_tx *tx, struct exchange *v, struct err *e)
{
	char now[32];

	// Shut out, not known, out of order: nothing was applied. A refused command leaves what came before it done.
	bool command = v->problem.kind && v->online && v->part->n_ops;
	if (v->problem.kind && !command)
		return true;
	json_t *list = json_array();
	if (!answers(tx, v, list, e)) {
		json_decref(list);
		return false;
	}
	if (command) {
		json_decref(list);
		return true;
	}
	clock_rfc3339(hub_now(tx), now, sizeof(now));
	v->reply = json_pack("{s:s, s:I, s:o}", "now", now, "last_n", (json_int_t)v->part->last_n, "ops", list);
	return exchange_pull(tx, v, v->reply, e);
}
