// SPDX-License-Identifier: MIT
// Knows an exchange on its way through the server: checked, gathered into one commit with others, parked while there is nothing to say.
#include "src/base/i18n.h"
#include "src/hub/server_part.h"
#include "src/wire/read.h"

// --- the answer

static void quarantine(struct job *j)
{
	log_line(LOG_WARN, "station %s is shut out: %s", j->who.dev, j->ex.problem.detail);
	auth_forget(j->who.dev);
	feed_drop(j->sv->feed, j->who.dev);
}

static enum outcome answer_exchange(struct job *j)
{
	if (j->ex.problem.kind == WIRE_P_OP_REUSE || j->ex.problem.kind == WIRE_P_QUARANTINED)
		quarantine(j);
	if (!j->ex.reply)
		return answer_problem(j, &j->ex.problem);
	count_exchange(&j->sv->metrics, j->ex.reply, mono_us() - j->started);
	return answer_json(j, 200, json_incref(j->ex.reply));
}

static bool has_ops(const json_t *doc)
{
	return json_array_size(json_object_get(doc, "ops")) > 0;
}

// What must go through the writing lane.
static bool writes(const json_t *doc)
{
	return has_ops(doc) || json_object_get(doc, "report") || json_object_get(doc, "hole");
}

// An answer that a station would only throw away: no operations answered, no rows, no change of its streams. Digests can wait with it.
static bool says_nothing(const json_t *reply)
{
	const json_t *pages = json_object_get(reply, "pages"), *subs = json_object_get(reply, "subs"), *page;
	size_t i;

	json_array_foreach(pages, i, page) if (json_array_size(json_object_get(page, "rows")) || json_object_get(page, "reset") ||
					       !str_eq(json_string_value(json_object_get(page, "from")),
						       json_string_value(json_object_get(page, "to")))) return false;
	return !json_array_size(json_object_get(reply, "ops")) && !json_array_size(json_object_get(subs, "add")) &&
	       !json_array_size(json_object_get(subs, "del"));
}

// --- in the reading lane

static void begin(struct job *j, bool online)
{
	json_decref(j->ex.reply);
	j->ex = (struct exchange){.request = j->doc, .who = &j->who, .online = online};
}

// Nothing to say, and the station would rather wait than hear that.
static bool shall_wait(struct job *j)
{
	int64_t wait = 0;

	if (!wire_may_int(j->doc, "wait_ms", 0, WIRE_WAIT_MS, &wait, NULL) || !wait)
		return false;
	if (!j->ex.reply || !says_nothing(j->ex.reply) || atomic_load(&j->sv->draining))
		return false;
	if (!j->deadline)
		j->deadline = mono_ms() + wait;
	return mono_ms() < j->deadline;
}

static enum outcome run_alone(struct job *j)
{
	struct err e = {0};

	if (!hub_exchange(j->sv->o.store, &j->ex, 1, &e))
		return answer_failure(j, &e);
	return shall_wait(j) ? OUT_PARK : answer_exchange(j);
}

static enum outcome exchange(struct job *j, bool online)
{
	const char *dev = NULL;
	struct err why = {0};

	if (!wire_need_text(j->doc, "dev", 40, &dev, &why))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", why.msg);
	if (!str_eq(dev, j->who.dev))
		return refuse(j, WIRE_P_FORBIDDEN, "the session belongs to another station");
	begin(j, online);
	return writes(j->doc) ? OUT_WRITE : run_alone(j);
}

enum outcome route_sync(struct job *j)
{
	return exchange(j, false);
}

enum outcome route_do(struct job *j)
{
	return has_ops(j->doc) ? exchange(j, true) : refuse(j, WIRE_P_BAD_SHAPE, "no operation");
}

enum outcome sync_again(struct job *j)
{
	// The time is over, or the hub goes down: what it said last is still true.
	if (mono_ms() >= j->deadline || atomic_load(&j->sv->draining))
		return answer_exchange(j);
	begin(j, false);
	return run_alone(j);
}

// --- in the writing lane

// One exchange that breaks the commit must not take the others with it.
static void each_alone(struct server *sv, struct job **v, size_t n, struct exchange *ex)
{
	struct err e = {0};

	for (size_t i = 0; i < n; i++) {
		json_decref(ex[i].reply);
		ex[i] = v[i]->ex;
		if (hub_exchange(sv->o.store, &ex[i], 1, &e)) {
			ex[i].pushed = true; // a round before may have stored it and not said so
			continue;
		}
		answer_failure(v[i], &e);
		ex[i].reply = NULL;
		v[i]->ex.request = NULL; // answered
	}
}

void sync_batch(struct server *sv, struct job **v, size_t n)
{
	struct exchange *ex = xcalloc(n, sizeof(*ex));
	struct err e = {0};
	bool red = false, pushed = false;

	for (size_t i = 0; i < n; i++)
		ex[i] = v[i]->ex;
	if (!hub_exchange(sv->o.store, ex, n, &e)) {
		log_line(LOG_WARN, "a commit of %zu exchanges: %s", n, e.msg);
		each_alone(sv, v, n, ex);
	}
	count_group(&sv->metrics, n);
	for (size_t i = 0; i < n; i++) {
		red |= ex[i].red;
		pushed |= ex[i].pushed;
	}
	if (pushed)
		feed_poke(sv->feed, red);
	for (size_t i = 0; i < n; i++) {
		bool answered = !v[i]->ex.request;
		v[i]->ex = ex[i];
		if (!answered && v[i]->conn && shall_wait(v[i])) {
			// What it brought is kept; from here on it only listens.
			json_object_del(v[i]->doc, "report");
			json_object_del(v[i]->doc, "hole");
			if (!feed_park(sv->feed, v[i]))
				lane_push(&sv->lane[LANE_READ], v[i], true);
			continue;
		}
		if (!answered)
			answer_exchange(v[i]);
		job_finish(v[i]);
	}
	free(ex);
}
