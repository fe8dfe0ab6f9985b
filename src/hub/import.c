// SPDX-License-Identifier: MIT
// Knows how an outbox file that was carried comes into the store.
#include "src/hub/import.h"

#include "src/base/i18n.h"
#include "src/hub/exchange.h"

struct import {
	struct hub_store *store;
	const struct import_ask *ask;
	struct import_result *out;
	const char *dev, *inc; // in arena, as all strings here
	struct hub_dev d;
	struct actor who; // of the person logged in there last
	bool found, broken; // broken: the store failed, the file is not to blame
	json_t *ops;      // gathered for one exchange
	struct arena arena;
};

// --- the station the file names

static bool deny(struct import *im, enum wire_problem_kind kind, enum err_code code, struct err *e, const char *sentence)
{
	im->out->problem.kind = kind;
	return err_set(e, code, "%s", sentence);
}

static bool may_bring(struct import *im, const struct hub_dev *d, struct err *e)
{
	struct arena *a = &im->arena;

	if (str_eq(d->state, "quarantined") || str_eq(d->state, "wiped"))
		return deny(im, WIRE_P_QUARANTINED, ERR_DENIED, e,
			    arena_printf(a, _("nothing is taken from station %s: it is %s"), d->station,
					 str_eq(d->state, "wiped") ? _("wiped") : _("quarantined")));
	return d->owner || deny(im, WIRE_P_FORBIDDEN, ERR_DENIED, e,
				arena_printf(a, _("nobody has ever logged in at station %s: its file cannot be taken"), d->station));
}

static bool station_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct import *im = arg;
	struct arena *a = &im->arena;
	struct hub_dev d;

	if (!hub_dev_get(tx, im->ask->site, im->dev, im->inc, &d, &im->found, e))
		return false;
	if (!im->found)
		return true;
	if (!may_bring(im, &d, e) || !actor_load(tx, d.site, d.owner, &im->who, a, e))
		return false;
	im->d = d;
	im->who.dev = arena_strdup(a, d.dev);
	im->who.station = arena_strdup(a, d.station);
	return true;
}

static bool station(void *ctx, const char *dev, const char *inc, unsigned char sign_pk[JOINED_SIGN_PK], int64_t *last_n, struct err *e)
{
	struct import *im = ctx;

	im->dev = arena_strdup(&im->arena, dev);
	im->inc = arena_strdup(&im->arena, inc);
	if (!hub_run(im->store, HUB_READ, station_body, im, e))
		return false;
	if (!im->found)
		return err_set(e, ERR_NOT_FOUND, _("no station %s has joined this hub at site %s"), dev, im->ask->site);
	snprintf(im->out->station, sizeof(im->out->station), "%s", im->who.station);
	memcpy(sign_pk, im->d.key, JOINED_SIGN_PK);
	*last_n = im->d.last_n;
	return true;
}

// --- its operations

static void count(struct import *im, const json_t *reply)
{
	const json_t *a;
	size_t i;

	json_array_foreach(json_object_get(reply, "ops"), i, a)
	{
		enum wire_result r;
		const char *name = json_string_value(json_object_get(a, "r"));
		if (name && wire_result_parse(name, &r))
			im->out->done[r]++;
	}
}

static bool flush(struct import *im, struct err *e)
{
	struct import_result *out = im->out;

	if (!json_array_size(im->ops))
		return true;
	json_t *req = json_pack("{s:s, s:s, s:i, s:O, s:{}}", "dev", im->dev, "inc", im->inc, "schema", WIRE_SCHEMA, "ops", im->ops, "cur");
	struct exchange ex = {.request = req, .who = &im->who};
	bool ok = hub_exchange(im->store, &ex, 1, e);

	im->broken = !ok;
	if (ok && !ex.reply) {
		out->problem = ex.problem;
		ok = err_set(e, ERR_CONFLICT, "%s: %s", wire_problem_title(ex.problem.kind), ex.problem.detail);
	} else if (ok) {
		count(im, ex.reply);
		out->red |= ex.red;
		out->pushed |= ex.pushed;
	}
	json_decref(ex.reply);
	json_decref(req);
	json_array_clear(im->ops);
	return ok;
}

static bool take_op(void *ctx, const struct courier_head *head, const struct wire_op *op, struct err *e)
{
	struct import *im = ctx;

	(void)head;
	json_array_append_new(im->ops, wire_op_print(op));
	return json_array_size(im->ops) < WIRE_OPS || flush(im, e);
}

static bool audit_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct import *im = arg;
	const struct import_ask *ask = im->ask;
	char detail[64];

	snprintf(detail, sizeof(detail), "%lld-%lld", (long long)im->out->head.from, (long long)im->out->head.to);
	return hub_audit_add(tx,
			     &(struct hub_audit){.site = im->who.site, .actor = ask->agent ? ask->agent : "hub",
						 .station = ask->station ? ask->station : im->who.station, .action = "outbox.import",
						 .object = im->dev, .detail = detail},
			     e);
}

// --- how it ended

// False: the store failed, and whether the file is good is not known.
static bool blame(struct import *im, const struct err *e)
{
	struct import_result *out = im->out;
	enum wire_problem_kind kind = out->problem.kind;

	if (im->broken)
		return false;
	if (!kind && e->code == ERR_CONFLICT) { // courier_read's word for a file that brings nothing new
		out->known = true;
		out->why = *e;
		return true;
	}
	if (!kind && (e->code == ERR_PARSE || e->code == ERR_LIMIT))
		kind = WIRE_P_BAD_SHAPE;
	else if (!kind && e->code == ERR_DENIED)
		kind = WIRE_P_FORBIDDEN;
	else if (!kind && e->code == ERR_NOT_FOUND) // not of this site; not-found is for addresses
		kind = WIRE_P_SITE_MISMATCH;
	if (!kind)
		return false;
	out->why = *e;
	if (!out->problem.kind || !*out->problem.detail)
		wire_problem_set(&out->problem, kind, "%s", e->msg);
	return true;
}

bool hub_import(struct hub_store *s, const struct hub_keys *k, FILE *f, const struct import_ask *ask, struct import_result *out, struct err *e)
{
	struct import im = {.store = s, .ask = ask, .out = out, .ops = json_array()};
	struct courier_hub hub = {.ctx = &im, .box_pk = hub_keys_box_public(k), .box_sk = hub_keys_box_secret(k), .station = station, .op = take_op};

	*out = (struct import_result){0};
	bool ok = courier_read(f, &hub, &out->head, e) && flush(&im, e);
	if (ok)
		ok = hub_run(s, HUB_WRITE, audit_body, &im, e);
	else
		ok = blame(&im, e);
	json_decref(im.ops);
	arena_release(&im.arena);
	return ok;
}

int64_t import_applied(const struct import_result *r)
{
	return r->done[WIRE_APPLIED] + r->done[WIRE_MERGED] + r->done[WIRE_NOOP];
}
