// SPDX-License-Identifier: MIT
// Knows what a person does about the hub's rows: a broadcast acknowledged, a conflict settled, a refusal taken note of.
#include "src/base/i18n.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/store/seen.h"
#include "src/work/hub_part.h"

// --- broadcasts

struct ack_part {
	char id[80], agent[40];
	int64_t at;
};

static bool run_ack(struct db *db, void *arg, struct err *e)
{
	struct ack_part *p = arg;

	return seen_add(db, p->id, p->agent, p->at, e);
}

static struct broadcast *find_broadcast(struct model *m, const char *id)
{
	const struct hub_rows *r = model_hub_rows(m);

	for (size_t i = 0; i < r->broadcasts.n; i++)
		if (strcmp(r->broadcasts.v[i].id, id) == 0)
			return &r->broadcasts.v[i];
	return NULL;
}

static bool row_of(struct model *m, const char *t, const char *id, struct ent *row, struct arena *a, struct err *e)
{
	bool found;

	return ent_get(store_reader(m->store), t, id, row, &found, a, e) &&
	       (found || err_set(e, ERR_NOT_FOUND, _("This is not there any more.")));
}

bool model_broadcast_ack(struct model *m, const char *id, struct err *e)
{
	struct broadcast *b = find_broadcast(m, id);
	struct arena a = {0};
	struct ent row;
	struct ack_part *p;

	if (!b)
		return err_set(e, ERR_NOT_FOUND, _("This broadcast is not in force any more."));
	if (b->acked)
		return err_set(e, ERR_CONFLICT, _("This broadcast is acknowledged already."));
	bool ok = row_of(m, "broadcast", id, &row, &a, e);
	if (ok) {
		struct commit *c = commit_new(m, "broadcast.ack");
		json_t *body = json_pack("{s:s, s:s, s:s, s:I}", "broadcast_id", id, "agent_id", m->agent_id, "station", m->station, "at",
					 (json_int_t)clock_wall(m->clock));
		p = xcalloc(1, sizeof(*p));
		snprintf(p->id, sizeof(p->id), "%s", id);
		snprintf(p->agent, sizeof(p->agent), "%s", m->agent_id);
		p->at = clock_wall(m->clock);
		commit_part(c, run_ack, p, free);
		commit_outbox(c, m, "broadcast.ack", "broadcast", id, row.s, body);
		commit_after(c, model_hub_changed);
		commit_submit(m, c);
		json_decref(body);
		b->acked = true; // until the row is read again with the commit in it
		struct event told = {.type = EV_BROADCAST_ACK, .at = clock_wall(m->clock)};
		event_put(&told, "id", id);
		work_tell(m, NULL, &told, NULL);
		event_release(&told);
		m->changed = true;
	}
	arena_release(&a);
	return ok;
}

// --- conflicts

// What was typed, in the type the other values of the field have.
static json_t *typed_value(const json_t *field, const char *value)
{
	int64_t n;

	if ((json_is_integer(json_object_get(field, "mine")) || json_is_integer(json_object_get(field, "theirs"))) &&
	    parse_int(sv(value), INT64_MIN, INT64_MAX, &n))
		return json_integer((json_int_t)n);
	return json_string(value);
}

// What was written anew leaves the station like any text: without cards, codes and passwords.
static json_t *written(const json_t *field, const char *value)
{
	char *clean = work_redacted(value);
	json_t *out = clean ? json_pack("{s:o}", "value", typed_value(field, clean)) : NULL;

	free(clean);
	return out;
}

static json_t *choice_of(const char *name, const json_t *field, const struct conflict_choice *choices, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(choices[i].field, name) != 0)
			continue;
		switch (choices[i].side) {
		case CONFLICT_OPEN: return NULL;
		case CONFLICT_MINE: return json_string("mine");
		case CONFLICT_THEIRS: return json_string("theirs");
		case CONFLICT_OTHER: return written(field, choices[i].value);
		}
	}
	return NULL;
}

// {"choice":{...},"revs":{"about":..,"conflict":..}}, NULL with e while a field is open.
static json_t *settlement(struct model *m, const struct ent *row, const struct conflict_choice *choices, size_t n, struct err *e)
{
	json_error_t why;
	json_t *d = json_loads(row->d, 0, &why), *choice = json_object(), *fields = json_object_get(d, "fields"), *field, *one;
	const json_t *about = json_object_get(d, "about");
	const char *name, *t = json_string_value(json_object_get(about, "t")), *id = json_string_value(json_object_get(about, "e"));
	struct arena a = {0};
	struct ent of = {0};
	bool found = false, ok = !t || !id || ent_head(store_reader(m->store), t, id, &of, &found, &a, e);

	json_object_foreach(fields, name, field)
	{
		one = ok ? choice_of(name, field, choices, n) : NULL;
		if (ok && !one)
			ok = err_set(e, ERR_USAGE, _("Choose for every field which value is right."));
		if (one)
			json_object_set_new(choice, name, one);
	}
	json_t *body = ok ? json_pack("{s:O, s:{s:I, s:I}}", "choice", choice, "revs", "about", (json_int_t)(found ? of.rev : 0),
				      "conflict", (json_int_t)row->rev) : NULL;
	json_decref(choice);
	json_decref(d);
	arena_release(&a);
	return body;
}

// Until the rows are read again with the commit in them: nobody chooses twice.
static void drop_conflict(struct model *m, const char *id)
{
	struct hub_rows *r = &hub_part(m)->rows;

	for (size_t i = r->conflicts.n; i-- > 0;)
		if (strcmp(r->conflicts.v[i].id, id) == 0)
			vec_remove(&r->conflicts, i);
	m->changed = true;
}

static void drop_refused(struct model *m, int64_t n)
{
	struct hub_rows *r = &hub_part(m)->rows;

	for (size_t i = r->refused.n; i-- > 0;)
		if (r->refused.v[i].n == n)
			vec_remove(&r->refused, i);
	m->changed = true;
}

bool model_conflict_settle(struct model *m, const char *id, const struct conflict_choice *choices, size_t n, struct err *e)
{
	struct arena a = {0};
	struct ent row;
	json_t *body = NULL;
	bool ok = work_open(m, e) && row_of(m, "conflict", id, &row, &a, e) && (body = settlement(m, &row, choices, n, e)) != NULL;

	if (ok) {
		struct commit *c = commit_new(m, "conflict.settle");
		commit_outbox(c, m, "conflict.settle", "conflict", id, row.s, body);
		commit_after(c, model_hub_changed);
		commit_submit(m, c);
		drop_conflict(m, id);
	}
	json_decref(body);
	arena_release(&a);
	return ok;
}

// --- what was refused

static bool run_seen(struct db *db, void *arg, struct err *e)
{
	int64_t n = *(int64_t *)arg;
	struct arena a = {0};
	struct outbox_op op;
	bool ok = outbox_get(db, n, &op, &a, e);

	// A hub that was restored may have asked for it again meanwhile.
	ok = ok && (op.st != OUTBOX_REJECTED || outbox_mark(db, n, OUTBOX_SETTLED, NULL, NULL, 0, 0, e));
	arena_release(&a);
	return ok;
}

bool model_refused_seen(struct model *m, int64_t n, struct err *e)
{
	const struct hub_rows *r = model_hub_rows(m);
	bool there = false;

	for (size_t i = 0; i < r->refused.n; i++)
		there |= r->refused.v[i].n == n;
	if (!there)
		return err_set(e, ERR_NOT_FOUND, _("This is not there any more."));
	struct commit *c = commit_new(m, "refused.seen");
	int64_t *p = xmalloc(sizeof(*p));
	*p = n;
	commit_part(c, run_seen, p, free);
	commit_after(c, model_hub_changed);
	commit_submit(m, c);
	drop_refused(m, n);
	return true;
}
