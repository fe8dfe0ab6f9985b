// SPDX-License-Identifier: MIT
// Knows how one action of the agent becomes one commit: its parts are copied here and run in the store thread.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/store/ent.h"
#include "src/store/id.h"
#include "src/store/interaction.h"
#include "src/store/kb_event.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/work/hub_part.h"

struct part {
	bool (*run)(struct db *db, void *arg, struct err *e);
	void (*drop)(void *arg);
	void *arg;
	bool fact; // of an event that the contact has folded already
};

struct commit {
	struct model *model;
	const char *what;
	VEC(struct part) parts;
	bool facts; // parts added now are
	bool quiet;
	void (*after)(struct model *m);
	struct err refused; // why what was beside the facts was not made
};

struct commit *commit_new(struct model *m, const char *what)
{
	struct commit *c = xcalloc(1, sizeof(*c));

	c->model = m;
	c->what = what;
	return c;
}

static void drop_part(struct part *p)
{
	if (p->drop)
		p->drop(p->arg);
}

static void destroy(struct commit *c)
{
	for (size_t i = 0; i < c->parts.n; i++)
		drop_part(&c->parts.v[i]);
	vec_release(&c->parts);
	free(c);
}

void commit_abandon(struct model *m, struct commit *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->parts.n; i++) {
		if (c->parts.v[i].fact)
			c->parts.v[kept++] = c->parts.v[i];
		else
			drop_part(&c->parts.v[i]);
	}
	c->parts.n = kept;
	commit_submit(m, c);
}

void commit_facts(struct commit *c, struct model *m, struct work *w, const struct event *ev)
{
	c->facts = true;
	commit_event(c, w, ev);
	commit_record(c, m, w);
	commit_call(c, m, w);
	c->facts = false;
}

void commit_part(struct commit *c, bool (*run)(struct db *db, void *arg, struct err *e), void *arg, void (*drop)(void *arg))
{
	vec_push(&c->parts, ((struct part){.run = run, .arg = arg, .drop = drop, .fact = c->facts}));
}

void commit_quiet(struct commit *c)
{
	c->quiet = true;
}

void commit_after(struct commit *c, void (*after)(struct model *m))
{
	c->after = after;
}

// The parts in order, or only those that are facts; *stopped is the one that was refused.
static bool run_some(struct db *db, struct commit *c, bool facts_only, size_t *stopped, struct err *e)
{
	for (size_t i = 0; i < c->parts.n; i++) {
		*stopped = i;
		if ((c->parts.v[i].fact || !facts_only) && !c->parts.v[i].run(db, c->parts.v[i].arg, e))
			return false;
	}
	return true;
}

static bool has_facts(const struct commit *c)
{
	for (size_t i = 0; i < c->parts.n; i++)
		if (c->parts.v[i].fact)
			return true;
	return false;
}

static bool run_parts(struct db *db, void *arg, struct err *e)
{
	struct commit *c = arg;
	struct err why = {0};
	size_t at = 0;

	c->refused = (struct err){0};
	if (!has_facts(c))
		return run_some(db, c, false, &at, e);
	if (!db_run(db_stmt(db, "savepoint action"), e))
		return false;
	if (run_some(db, c, false, &at, &why))
		return db_run(db_stmt(db, "release action"), e);
	// On a full disk all of it waits. But what was refused for another reason beside the contact (an article that is gone, a
	// knowledge base that is being imported) must not take the contact's events with it: without one all later ones are refused.
	if (why.code == ERR_FULL || why.code == ERR_IO || c->parts.v[at].fact) {
		err_set(e, why.code, "%s", why.msg);
		return false;
	}
	c->refused = why;
	return db_run(db_stmt(db, "rollback to action"), e) && db_run(db_stmt(db, "release action"), e) &&
	       run_some(db, c, true, &at, e);
}

// Loop thread: what became of it.
static void commit_done(void *arg, enum store_result r, const struct err *e)
{
	struct commit *c = arg;
	struct model *m = c->model;

	m->typed = true;
	switch (r) {
	case STORE_SAVED:
		m->save.saved_at = clock_wall(m->clock);
		if (c->after)
			c->after(m);
		if (c->refused.code)
			model_say_note(m, NOTE_ALARM, _("Noted on the contact, but not done: %s"), c->refused.msg);
		break;
	case STORE_KEPT:
		m->save.why = *e;
		if (!m->save.failed)
			model_say_note(m, NOTE_ALARM, _("Not saved: %s. Everything stays on the screen and is tried again."), e->msg);
		m->save.failed = true;
		break;
	case STORE_FAILED:
		log_line(LOG_ERROR, "%s: %s", c->what, e->msg);
		model_say_note(m, NOTE_ALARM, _("Not saved: %s"), e->msg);
		break;
	}
}

static void commit_release(void *arg)
{
	destroy(arg);
}

void commit_submit(struct model *m, struct commit *c)
{
	if (!c->parts.n) {
		destroy(c);
		return;
	}
	if (!c->quiet)
		m->store_jobs++;
	m->typed = true;
	store_submit(m->store, &(struct store_job){.what = c->what, .run = run_parts, .done = commit_done,
						   .release = commit_release, .arg = c});
	m->save.pending = store_pending(m->store);
}

// --- Ready-made parts

struct event_part {
	char id[40];
	struct event ev;
	char *data;
};

static bool run_event(struct db *db, void *arg, struct err *e)
{
	struct event_part *p = arg;
	int64_t seq;

	if (!interaction_event_add(db,
				   &(struct interaction_event){.interaction_id = p->id, .t_ms = p->ev.t_ms, .at = p->ev.at,
							       .type = event_type_name(p->ev.type), .data = p->data},
				   &seq, e))
		return false;
	// The store numbers by itself; a difference means that two writers were at one contact.
	if (seq != p->ev.seq)
		return err_set(e, ERR_CONFLICT, _("event %lld of the contact was expected, the store has %lld"),
			       (long long)p->ev.seq, (long long)seq);
	return true;
}

static void drop_event(void *arg)
{
	struct event_part *p = arg;

	free(p->data);
	free(p);
}

void commit_event(struct commit *c, const struct work *w, const struct event *ev)
{
	struct event_part *p = xcalloc(1, sizeof(*p));
	json_t *data = event_to_json(ev), *body;
	char stream[48];

	snprintf(p->id, sizeof(p->id), "%s", w->contact->id);
	p->ev = (struct event){.type = ev->type, .seq = ev->seq, .t_ms = ev->t_ms, .at = ev->at};
	p->data = json_dumps(data, JSON_COMPACT);
	commit_part(c, run_event, p, drop_event);
	body = json_pack("{s:s, s:I, s:I, s:I, s:o}", "type", event_type_name(ev->type), "seq", (json_int_t)ev->seq, "t_ms",
			 (json_int_t)ev->t_ms, "at", (json_int_t)ev->at, "data", data);
	snprintf(stream, sizeof(stream), "me/%s", c->model->agent_id);
	commit_outbox(c, c->model, "call.event", "interaction", w->contact->id, stream, body);
	json_decref(body);
}

struct record_part {
	struct interaction row;
	struct arena arena;
};

static bool run_record(struct db *db, void *arg, struct err *e)
{
	return interaction_put(db, &((struct record_part *)arg)->row, e);
}

static void drop_record(void *arg)
{
	struct record_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

static int64_t utc(const struct contact *k, bool valid, int64_t t)
{
	return valid ? k->started_at + t : 0;
}

void commit_record(struct commit *c, struct model *m, struct work *w)
{
	struct record_part *p = xcalloc(1, sizeof(*p));
	const struct contact *k = w->contact;
	struct arena *a = &p->arena;
	json_t *doc = contact_to_json(m, w);
	char *text = json_dumps(doc, JSON_COMPACT);

	p->row = (struct interaction){
		.id = arena_strdup(a, k->id),
		.no = arena_strdup(a, k->no),
		.stamp = {.created_at = k->started_at, .updated_at = clock_wall(m->clock),
			  .created_by = arena_strdup(a, m->agent_id), .updated_by = arena_strdup(a, m->agent_id),
			  .origin = arena_strdup(a, m->station)},
		.state = call_state_code(k->state),
		.channel = channel_code(k->channel),
		.direction = direction_code(k->direction),
		.source = source_code(k->source),
		.mode = contact_mode_code(k->mode),
		.agent_id = arena_strdup(a, m->agent_id),
		.queue_code = arena_strdup(a, k->queue),
		.customer_id = arena_strdup(a, k->customer_id),
		.category_id = arena_strdup(a, k->category),
		.disposition = arena_strdup(a, k->disposition),
		.started_at = k->started_at,
		.connected_at = utc(k, k->ever_connected, k->connected_t),
		.ended_at = utc(k, k->ended_t > 0, k->ended_t),
		.closed_at = utc(k, k->closed_t > 0, k->closed_t),
		.version = ++w->version,
		.doc = arena_strdup(a, text),
	};
	free(text);
	json_decref(doc);
	commit_part(c, run_record, p, drop_record);
}

bool work_op_add(struct db *db, const struct outbox_op *op, struct err *e)
{
	struct outbox_op based = *op;
	struct arena a = {0};
	bool ok = ent_base(db, op->t, op->e, &based.base, &a, e) && outbox_add(db, &based, NULL, e);

	arena_release(&a);
	return ok;
}

struct outbox_part {
	struct outbox_op op;
	struct arena arena;
};

static bool run_outbox(struct db *db, void *arg, struct err *e)
{
	return work_op_add(db, &((struct outbox_part *)arg)->op, e);
}

static void drop_outbox(void *arg)
{
	struct outbox_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

void commit_outbox(struct commit *c, struct model *m, const char *kind, const char *type, const char *entity, const char *stream,
		   const json_t *body)
{
	char id[40];

	commit_outbox_as(c, m, work_new_id(m, id), kind, type, entity, stream, body);
}

void commit_outbox_as(struct commit *c, struct model *m, const char *id, const char *kind, const char *type, const char *entity,
		      const char *stream, const json_t *body)
{
	struct outbox_part *p = xcalloc(1, sizeof(*p));
	struct arena *a = &p->arena;
	char *text = json_dumps(body, JSON_COMPACT);

	p->op = (struct outbox_op){
		.id = arena_strdup(a, id),
		.k = arena_strdup(a, kind),
		.t = type,
		.e = arena_strdup(a, entity),
		.s = arena_strdup(a, stream),
		.body = arena_strdup(a, text),
		.made = clock_wall(m->clock),
		.by = arena_strdup(a, m->agent_id),
		.off = work_off(m),
	};
	free(text);
	commit_part(c, run_outbox, p, drop_outbox);
}

struct kb_part {
	struct kb_event ev;
	struct arena arena;
};

static bool run_kb(struct db *db, void *arg, struct err *e)
{
	return kb_event_add(db, &((struct kb_part *)arg)->ev, e);
}

static void drop_kb(void *arg)
{
	struct kb_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

void commit_kb_event(struct commit *c, struct model *m, const struct work *w, const char *type, const char *query, int results,
		     int rank, const char *version)
{
	struct kb_part *p = xcalloc(1, sizeof(*p));
	struct arena *a = &p->arena;
	char *swept = work_redacted(query);

	p->ev = (struct kb_event){
		.at = clock_wall(m->clock),
		.agent_id = arena_strdup(a, m->agent_id),
		.interaction_id = w ? arena_strdup(a, w->contact->id) : NULL,
		.type = type,
		.query = arena_strdup(a, swept),
		.results = results,
		.rank = rank,
		.article_version_id = arena_strdup(a, version),
	};
	free(swept);
	commit_part(c, run_kb, p, drop_kb);
}

void commit_kb_read(struct commit *c, struct model *m, const char *type, const char *contact, const char *version, int64_t at, int64_t ms,
		    const char *trail)
{
	struct kb_part *p = xcalloc(1, sizeof(*p));
	struct arena *a = &p->arena;

	p->ev = (struct kb_event){
		.at = at, .agent_id = arena_strdup(a, m->agent_id), .interaction_id = str_empty(contact) ? NULL : arena_strdup(a, contact),
		.type = type, .rank = -1, .article_version_id = arena_strdup(a, version), .ms = ms, .trail = arena_strdup(a, trail),
	};
	commit_part(c, run_kb, p, drop_kb);
}

struct counter_part {
	char name[32], day[8];
	int64_t expected;
};

static bool run_counter(struct db *db, void *arg, struct err *e)
{
	struct counter_part *p = arg;
	int64_t got = 0;

	// Numbers that were promised but never used are passed over.
	while (got < p->expected)
		if (!counter_next(db, p->name, p->day, &got, e))
			return false;
	if (got != p->expected)
		return err_set(e, ERR_CONFLICT, _("number %lld of the day was promised, the store counts %lld"),
			       (long long)p->expected, (long long)got);
	return true;
}

void commit_counter(struct commit *c, const char *name, const char *day, int64_t expected)
{
	struct counter_part *p = xcalloc(1, sizeof(*p));

	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->day, sizeof(p->day), "%s", day);
	p->expected = expected;
	commit_part(c, run_counter, p, free);
}
