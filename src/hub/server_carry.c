// SPDX-License-Identifier: MIT
// Knows how a station brings the outbox file of another: uploaded as a blob, then taken from there by its hash.
#include "src/base/i18n.h"
#include "src/hub/import.h"
#include "src/hub/server_part.h"
#include "src/wire/read.h"

struct carry {
	const char *site, *hash;
	struct str bytes;
	bool here;
};

static bool read_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct carry *c = arg;
	int64_t size, have;
	bool complete, found;

	str_clear(&c->bytes);
	if (!hub_blob_state(tx, c->site, c->hash, &size, &have, &complete, &found, e))
		return false;
	c->here = found && complete;
	return !c->here || hub_blob_read(tx, c->site, c->hash, 0, (size_t)size, &c->bytes, e);
}

// What an exchange does after the same: whoever is shut out has to show himself again, all others hear of what is new.
static void spread(struct job *j, const struct import_result *r)
{
	bool shut = r->problem.kind == WIRE_P_OP_REUSE || r->problem.kind == WIRE_P_QUARANTINED;

	if (shut)
		server_changed(j->sv, r->head.dev, r->red);
	else if (r->pushed)
		feed_poke(j->sv->feed, r->red);
}

static enum outcome told(struct job *j, const struct import_result *r)
{
	if (r->problem.kind) {
		log_line(LOG_WARN, "an outbox file brought by station %s is not taken: %s", j->who.station, r->problem.detail);
		return answer_problem(j, &r->problem);
	}
	return answer_json(j, 200,
			   json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "dev", r->head.dev, "station", r->station, "from", (json_int_t)r->head.from, "to",
				     (json_int_t)r->head.to, "ops", (json_int_t)r->head.ops, "applied", (json_int_t)import_applied(r), "conflict",
				     (json_int_t)r->done[WIRE_CONFLICT], "rejected", (json_int_t)r->done[WIRE_REJECTED], "known", r->known));
}

static enum outcome take(struct job *j, struct carry *c)
{
	struct import_ask ask = {.site = j->who.site, .agent = j->who.agent, .station = j->who.station};
	struct import_result r;
	struct err e = {0};
	FILE *f = c->bytes.n ? fmemopen(c->bytes.s, c->bytes.n, "rb") : NULL;

	if (!f)
		return refuse(j, WIRE_P_BAD_SHAPE, "an empty file");
	bool ok = hub_import(j->sv->o.store, j->sv->o.keys, f, &ask, &r, &e);
	fclose(f);
	if (!ok)
		return answer_failure(j, &e);
	spread(j, &r);
	return told(j, &r);
}

enum outcome route_carry(struct job *j)
{
	struct carry c = {.site = j->who.site};
	unsigned char h[WIRE_HASH];
	struct err e = {0};
	enum outcome rc;

	if (!wire_need_text(j->doc, "blob", 2 * sizeof(h), &c.hash, &e))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", e.msg);
	if (strspn(c.hash, "0123456789abcdef") != 2 * sizeof(h))
		return refuse(j, WIRE_P_BAD_SHAPE, "blob is not a hash");
	if (!hub_run(j->sv->o.store, HUB_READ, read_body, &c, &e))
		rc = answer_failure(j, &e);
	else if (!c.here)
		rc = refuse(j, WIRE_P_UNSENT, "upload the file first");
	else
		rc = take(j, &c);
	str_release(&c.bytes);
	return rc;
}
