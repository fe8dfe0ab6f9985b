// SPDX-License-Identifier: MIT
// Knows how a station goes that was ordered to be wiped: what it had not sent, then its word that nothing is left (sync.md §6.6).
#include "src/hub/auth_part.h"
#include "src/hub/server_part.h"
#include "src/wire/read.h"

// Whoever logged in there last answers for what comes, as with a file that is carried.
static bool find_owner(struct hub_tx *tx, void *arg, struct err *e)
{
	struct job *j = arg;
	struct err why = {0};

	j->ex.problem = (struct wire_problem){0};
	if (!j->dev.owner) {
		wire_problem_set(&j->ex.problem, WIRE_P_FORBIDDEN, "nobody has ever logged in there");
		return true;
	}
	if (actor_load(tx, j->dev.site, j->dev.owner, &j->who, &j->arena, &why)) {
		j->who.dev = j->dev.dev;
		j->who.station = j->dev.station;
		return true;
	}
	if (why.code != ERR_DENIED && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.msg);
	wire_problem_set(&j->ex.problem, WIRE_P_FORBIDDEN, "%s", why.msg);
	return true;
}

enum outcome route_drain(struct job *j)
{
	const char *dev = NULL;
	struct err e = {0};

	if (!wire_need_text(j->doc, "dev", 64, &dev, &e) || !json_array_size(json_object_get(j->doc, "ops")))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", *e.msg ? e.msg : "no operation");
	if (!str_eq(dev, j->dev.dev))
		return refuse(j, WIRE_P_FORBIDDEN, "another station's outbox");
	if (!hub_run(j->sv->o.store, HUB_READ, find_owner, j, &e))
		return answer_failure(j, &e);
	if (j->ex.problem.kind)
		return answer_problem(j, &j->ex.problem);
	json_object_del(j->doc, "cur"); // it brings; it gets nothing any more
	json_object_del(j->doc, "wait_ms");
	j->ex = (struct exchange){.request = j->doc, .who = &j->who, .drain = true};
	return OUT_WRITE;
}

// --- gone

struct gone {
	struct job *j;
	int64_t unsent;
};

static bool gone_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct gone *g = arg;
	struct hub_dev d = g->j->dev;
	char detail[40];

	d.state = "wiped";
	snprintf(detail, sizeof(detail), "unsent %lld", (long long)g->unsent);
	return hub_dev_put(tx, &d, e) && auth_audit(tx, d.site, d.owner ? d.owner : "hub", d.station, "station.destroyed", d.dev, detail, e);
}

enum outcome route_wiped(struct job *j)
{
	struct gone g = {.j = j};
	struct err e = {0};

	if (!wire_need_int(j->doc, "unsent", 0, INT64_MAX, &g.unsent, &e))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", e.msg);
	if (!hub_run(j->sv->o.store, HUB_WRITE, gone_body, &g, &e))
		return answer_failure(j, &e);
	log_line(LOG_INFO, "station %s has destroyed what it held", j->dev.dev);
	return answer_empty(j, 204);
}
