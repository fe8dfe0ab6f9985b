// SPDX-License-Identifier: MIT
// Knows how a person changes the open ticket: one commit that holds the row, the line of its history and the operation for the hub.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/sync/overlay.h"
#include "src/sync/shown.h"
#include "src/work/hub_part.h"
#include "src/work/ticket_part.h"

// --- one change on its way into a commit

void ticket_change_drop(void *arg)
{
	struct ticket_change *c = arg;

	json_decref(c->body);
	json_decref(c->here);
	vec_release(&c->lines);
	arena_release(&c->arena);
	free(c);
}

struct ticket_change *ticket_change_new(struct model *m)
{
	struct ticket_change *c = xcalloc(1, sizeof(*c));
	const char *queue = m->ticket.queue;

	snprintf(c->id, sizeof(c->id), "%s", m->ticket.id);
	snprintf(c->by, sizeof(c->by), "%s", m->agent_id);
	snprintf(c->stream, sizeof(c->stream), "q/%s", *queue ? queue : "general");
	work_new_id(m, c->op);
	c->off = work_off(m);
	c->at = clock_wall(m->clock);
	c->kind = "ticket.set";
	c->body = json_pack("{s:{}, s:{}}", "set", "was");
	c->here = json_object();
	return c;
}

struct ticket_change *ticket_change_of(struct model *m, const struct ticket *t)
{
	struct ticket_change *c = ticket_change_new(m);

	snprintf(c->id, sizeof(c->id), "%s", t->id);
	snprintf(c->stream, sizeof(c->stream), "q/%s", str_empty(t->queue_code) ? "general" : t->queue_code);
	return c;
}

void ticket_change_line(struct ticket_change *c, const char *type, json_t *data)
{
	char *dump = json_dumps(data, JSON_COMPACT);

	*vec_add(&c->lines) = (struct ticket_log_line){.type = arena_strdup(&c->arena, type), .data = arena_strdup(&c->arena, dump)};
	free(dump);
	json_decref(data);
}

void ticket_change_set(struct ticket_change *c, const json_t *doc, const char *field, json_t *want)
{
	json_t *was = json_object_get(doc, field);

	json_object_set_new(json_object_get(c->body, "set"), field, want);
	json_object_set_new(json_object_get(c->body, "was"), field, was ? json_incref(was) : json_null());
}

json_t *ticket_whole(const struct ticket *t)
{
	json_error_t bad;
	json_t *rest = t->doc ? json_loads(t->doc, 0, &bad) : json_object(), *whole = ticket_to_json(t, rest);

	json_decref(rest);
	return whole;
}

// Did somebody change one of the fields since the person had it before their eyes? Then the operation says no base, so that the hub
// goes by "was" and keeps both.
static bool is_stale(const struct ticket_change *c, const json_t *doc)
{
	const char *field;
	json_t *was;

	json_object_foreach(json_object_get(c->body, "was"), field, was) {
		const json_t *there = json_object_get(doc, field);
		if (!json_equal(was, there) && !(json_is_null(was) && !there))
			return true;
	}
	return false;
}

static bool run_lines(struct db *db, const struct ticket_change *c, const char *ref, struct err *e)
{
	for (size_t i = 0; i < c->lines.n; i++) {
		struct ticket_log_line ev = c->lines.v[i];
		ev.ticket_id = c->id;
		ev.at = c->at;
		ev.by = c->by;
		ev.ref = ref;
		if (!ticket_event_add(db, &ev, NULL, e))
			return false;
	}
	return true;
}

// Where the ticket stands at the hub, which may have moved it.
static bool stream_of(struct db *db, struct ticket_change *c, struct err *e)
{
	struct arena a = {0};
	struct ent row;
	bool found, ok = ent_head(db, "ticket", c->id, &row, &found, &a, e);

	if (ok && found)
		snprintf(c->stream, sizeof(c->stream), "%s", row.s);
	arena_release(&a);
	return ok;
}

static bool run_op(struct db *db, struct ticket_change *c, bool based, struct err *e)
{
	char *text = json_dumps(c->body, JSON_COMPACT);
	struct outbox_op op = {.id = c->op, .k = c->kind, .t = "ticket", .e = c->id, .body = text, .made = c->at, .by = c->by, .off = c->off};
	bool ok = stream_of(db, c, e);

	op.s = c->stream;
	ok = ok && (based ? work_op_add(db, &op, e) : outbox_add(db, &op, NULL, e));
	free(text);
	return ok;
}

static bool run_change(struct db *db, void *arg, struct err *e)
{
	struct ticket_change *c = arg;
	struct arena a = {0};
	struct ticket t = {0};

	if (!ticket_get(db, c->id, &t, &a, e)) {
		arena_release(&a);
		return false;
	}
	json_t *doc = ticket_whole(&t);
	bool stale = is_stale(c, doc);
	overlay_lay(&doc, c->kind, c->body);
	json_object_update(doc, c->here);
	bool ok = run_op(db, c, !stale, e) &&
		  shown_put(db, &(struct shown){.t = "ticket", .e = c->id, .rev = t.stamp.rev, .at = c->at, .by = c->by, .d = doc, .own = true},
			    e) &&
		  run_lines(db, c, NULL, e);
	json_decref(doc);
	arena_release(&a);
	return ok;
}

static bool run_note(struct db *db, void *arg, struct err *e)
{
	struct ticket_change *c = arg;

	// The line has the id of its operation: the hub sends it back under that.
	return run_op(db, c, true, e) && run_lines(db, c, c->op, e);
}

void ticket_saved(struct model *m)
{
	model_ticket_refresh(m);
	model_refresh_home(m);
}

static void submit(struct model *m, struct ticket_change *c, const char *what, bool (*run)(struct db *db, void *arg, struct err *e))
{
	struct commit *k = commit_new(m, what);

	commit_part(k, run, c, ticket_change_drop);
	commit_after(k, ticket_saved);
	commit_submit(m, k);
}

void ticket_change_join(struct commit *k, struct ticket_change *c)
{
	commit_part(k, run_change, c, ticket_change_drop);
}

void ticket_change_submit(struct model *m, struct ticket_change *c, const char *what)
{
	submit(m, c, what, run_change);
}

json_t *ticket_open_doc(struct model *m, struct err *e)
{
	struct arena a = {0};
	struct ticket t = {0};
	json_t *doc = ticket_get(store_reader(m->store), m->ticket.id, &t, &a, e) ? ticket_whole(&t) : NULL;

	arena_release(&a);
	return doc;
}

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

char *ticket_typed(const char *s, enum utf8_keep how)
{
	struct str clean = {0}, out = {0};

	utf8_clean(&clean, sv_trim(sv(s)), how);
	mask_text(sv(str_z(&clean)), &out);
	str_release(&clean);
	return str_take(&out);
}

// --- its texts

struct writing {
	struct model *m;
	struct ticket_change *c;
	const json_t *doc;
	struct err *e;
	struct err moved; // a field that somebody changed meanwhile
};

static bool write_one(struct writing *w, const char *field, const char *was, const char *now, bool line)
{
	struct arena a = {0};
	char *clean = ticket_typed(now, line ? UTF8_LINE : UTF8_KEEP_NL);
	const char *there = ticket_swept(text(w->doc, field), &a);
	bool ok = true;

	if (str_eq(clean, was) || str_eq(clean, there)) {
		// not touched, or somebody wrote the same
	} else if (!str_eq(there, was)) {
		if (!w->moved.code)
			err_set(&w->moved, ERR_CONFLICT, _("%s was changed meanwhile; it now says: %s"), hub_field_label(field), *there ? there : "—");
	} else if (line && !*clean) {
		ok = err_set(w->e, ERR_USAGE, _("The title must not be empty."));
	} else if (utf8_count(sv(clean)) > (line ? TICKET_TITLE_CHARS : TICKET_TEXT_CHARS)) {
		ok = err_set(w->e, ERR_USAGE, _("%s: at most %d characters."), hub_field_label(field), line ? TICKET_TITLE_CHARS : TICKET_TEXT_CHARS);
	} else {
		ticket_change_line(w->c, "edit", json_pack("{s:s, s:s, s:s}", "field", field, "from", text(w->doc, field), "to", clean));
		ticket_change_set(w->c, w->doc, field, json_string(clean));
	}
	free(clean);
	arena_release(&a);
	return ok;
}

bool model_ticket_write(struct model *m, const struct ticket_texts *was, const struct ticket_texts *now, struct err *e)
{
	json_t *doc;

	if (!model_ticket_may(m, TICKET_WRITE, e) || !(doc = ticket_open_doc(m, e)))
		return false;
	struct writing w = {.m = m, .c = ticket_change_new(m), .doc = doc, .e = e};
	bool ok = write_one(&w, "title", was->title, now->title, true) && write_one(&w, "description", was->description, now->description, false);
	if (ok && w.moved.code)
		ok = err_set(e, ERR_CONFLICT, "%s", w.moved.msg);
	if (ok && w.c->lines.n)
		ticket_change_submit(m, w.c, "ticket.set");
	else
		ticket_change_drop(w.c);
	json_decref(doc);
	return ok;
}

void ticket_told(struct model *m, const char *kind, const char *key, const char *value)
{
	struct event ev = {.type = EV_TICKET_UPDATE, .at = clock_wall(m->clock)};

	event_put(&ev, "no", m->ticket.no);
	event_put(&ev, "kind", kind);
	event_put(&ev, key, value);
	work_tell(m, NULL, &ev, NULL);
	event_release(&ev);
}

bool model_ticket_note(struct model *m, const char *said, struct err *e)
{
	if (!model_ticket_may(m, TICKET_NOTE, e))
		return false;
	char *clean = ticket_typed(said, UTF8_KEEP_NL);
	bool ok = *clean ? utf8_count(sv(clean)) <= TICKET_TEXT_CHARS || err_set(e, ERR_USAGE, _("%s: at most %d characters."), _("Note"), TICKET_TEXT_CHARS)
			 : err_set(e, ERR_USAGE, _("Type the note first."));
	if (ok) {
		struct ticket_change *c = ticket_change_new(m);
		json_decref(c->body);
		c->kind = "ticket.note";
		c->body = json_pack("{s:s, s:s, s:I}", "ref", c->id, "text", clean, "at", (json_int_t)c->at);
		ticket_change_line(c, "note", json_pack("{s:s}", "text", clean));
		submit(m, c, "ticket.note", run_note);
		ticket_told(m, "note", "text", clean);
	}
	free(clean);
	return ok;
}

// --- its category and its queue

static bool file_it(struct model *m, const char *field, const char *value, const char *line, struct err *e)
{
	json_t *doc;

	if (model_ticket_may(m, TICKET_FILE, e) == TICKET_MAY_NOT || !(doc = ticket_open_doc(m, e)))
		return false;
	struct ticket_change *c = ticket_change_new(m);
	ticket_change_line(c, "edit", json_pack("{s:s, s:s, s:s}", "field", field, "from", text(doc, field), "to", value));
	ticket_change_set(c, doc, field, json_string(value));
	ticket_change_submit(m, c, "ticket.set");
	json_decref(doc);
	ticket_told(m, line, strcmp(line, "queue") == 0 ? "target" : "code", value);
	return true;
}

bool model_ticket_classify(struct model *m, const char *category, struct err *e)
{
	if (m->packs && !category_find(&m->packs->categories, category))
		return err_set(e, ERR_NOT_FOUND, _("There is no category %s."), category);
	return file_it(m, "category_id", category, "category", e);
}

bool model_ticket_route(struct model *m, const char *queue, struct err *e)
{
	return file_it(m, "queue_code", queue, "queue", e);
}

// --- its priority

bool model_ticket_priority(struct model *m, int priority, bool pinned, const char *reason, struct err *e)
{
	enum ticket_may may = model_ticket_may(m, TICKET_PRIORITY, e);
	json_t *doc;

	if (may == TICKET_MAY_NOT)
		return false;
	if (priority < 1 || priority > 4)
		return err_set(e, ERR_USAGE, _("A priority is P1 to P4."));
	if (!sv_trim(sv(reason)).n)
		return err_set(e, ERR_USAGE, _("Say why: a priority that is set by hand needs a reason."));
	if (priority == m->ticket.priority && pinned == m->ticket.pinned)
		return err_set(e, ERR_USAGE, _("It has this priority already."));
	if (!(doc = ticket_open_doc(m, e)))
		return false;
	struct ticket_change *c = ticket_change_new(m);
	char *why = ticket_typed(reason, UTF8_LINE);
	if (priority != m->ticket.priority)
		ticket_change_set(c, doc, "priority", json_integer(priority));
	if (pinned != m->ticket.pinned)
		ticket_change_set(c, doc, "pinned", json_integer(pinned));
	ticket_change_set(c, doc, "priority_reason", json_string(why));
	if (ticket_is_red(doc) && !json_is_true(json_object_get(doc, "red")))
		ticket_change_set(c, doc, "red", json_true());
	ticket_change_line(c, "priority", json_pack("{s:I, s:i, s:s, s:b}", "from", (json_int_t)m->ticket.priority, "to", priority, "reason", why, "asked",
					     may == TICKET_MAY_ASK));
	ticket_change_submit(m, c, "ticket.priority");
	char value[16];
	snprintf(value, sizeof(value), "%d", priority);
	ticket_told(m, "priority", "value", value);
	free(why);
	json_decref(doc);
	return true;
}
