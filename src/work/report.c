// SPDX-License-Identifier: MIT
// Knows promised call-backs, and how faults of the agent's own tools reach technical support.
#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/store/callback.h"
#include "src/work/ticket_part.h"

#define FAULT_MERGE_MS (10 * 60000LL) // domain.md §8.7
#define FAULT_QUEUE "tech_support"

// --- call-backs

struct callback_part {
	struct callback row;
	struct arena arena;
};

static bool run_callback(struct db *db, void *arg, struct err *e)
{
	return callback_put(db, &((struct callback_part *)arg)->row, e);
}

static void drop_callback(void *arg)
{
	struct callback_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

// body: what the hub is told; taken.
static void commit_callback(struct commit *c, struct model *m, const struct callback *cb, json_t *body)
{
	struct callback_part *p = xcalloc(1, sizeof(*p));
	char stream[48];

	p->row = *cb;
	const char **owned[] = {&p->row.id, &p->row.interaction_id, &p->row.customer_id, &p->row.owner_id, &p->row.doc,
				&p->row.status, &p->row.stamp.created_by, &p->row.stamp.updated_by, &p->row.stamp.origin};
	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		*owned[i] = arena_strdup(&p->arena, *owned[i]);
	commit_part(c, run_callback, p, drop_callback);
	snprintf(stream, sizeof(stream), "me/%s", m->agent_id);
	commit_outbox(c, m, "callback.set", "callback", cb->id, stream, body);
	json_decref(body);
}

// A new call-back whole, as domain.md §3.4 names its fields.
static json_t *callback_body(const struct callback *cb, const json_t *doc)
{
	json_t *o = json_copy((json_t *)(uintptr_t)doc);
	const struct {
		const char *key, *value;
	} texts[] = {{"status", cb->status}, {"interaction_id", cb->interaction_id}, {"customer_id", cb->customer_id}, {"owner_id", cb->owner_id}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].value)
			json_object_set_new(o, texts[i].key, json_string(texts[i].value));
	json_object_set_new(o, "due_at", json_integer((json_int_t)cb->due_at));
	json_object_set_new(o, "window_min", json_integer((json_int_t)cb->window_min));
	json_object_set_new(o, "attempts", json_integer((json_int_t)cb->attempts));
	return o;
}

bool work_callback(struct model *m, struct work *w, int64_t due_at, const char *text, struct commit *c, struct err *e)
{
	const struct contact *k = w->contact;
	const char *phone = k->customer_phone ? k->customer_phone : k->number;
	char id[40];

	if (due_at <= clock_wall(m->clock))
		return err_set(e, ERR_DENIED, _("A call-back must lie in the future; type a later time."));
	struct event ev = work_event(m, w, EV_CALLBACK_BOOK);
	event_put_int(&ev, "at", due_at);
	event_put(&ev, "text", text);
	if (!work_emit(m, w, &ev, false, NULL, c, e))
		return false;
	json_t *doc = json_pack("{s:s, s:s}", "promised_text", text ? text : "", "phone", phone ? phone : "");
	char *dump = json_dumps(doc, JSON_COMPACT);
	struct callback cb = {.id = work_new_id(m, id), .stamp = work_stamp(m), .interaction_id = k->id, .customer_id = k->customer_id,
			      .owner_id = m->agent_id, .status = "open", .due_at = due_at, .window_min = 15, .doc = dump};
	commit_callback(c, m, &cb, callback_body(&cb, doc));
	free(dump);
	json_decref(doc);
	return true;
}

bool model_callback(struct model *m, struct work *w, int64_t due_at, const char *text, struct err *e)
{
	struct commit *c = commit_new(m, "callback.set");
	char at[24];

	if (!work_callback(m, w, due_at, text, c, e)) {
		commit_abandon(m, c);
		return false;
	}
	commit_submit(m, c);
	clock_format(m->zone, due_at, "%m-%d %H:%M", at, sizeof(at));
	model_say_note(m, NOTE_INFO, _("Call-back booked for %s."), at);
	return true;
}

bool model_callback_done(struct model *m, const char *callback_id, struct err *e)
{
	struct arena a = {0};
	struct callback cb = {0};
	bool ok = callback_get(store_reader(m->store), callback_id, &cb, &a, e);

	if (ok && !str_eq(cb.status, "open"))
		ok = err_set(e, ERR_CONFLICT, _("This call-back is not open any more."));
	if (ok) {
		struct commit *c = commit_new(m, "callback.set");
		json_t *body = json_pack("{s:{s:s, s:I}, s:{s:s, s:I}}", "set", "status", "done", "attempts", (json_int_t)cb.attempts + 1,
					 "was", "status", cb.status, "attempts", (json_int_t)cb.attempts);
		cb.status = "done";
		cb.attempts++;
		cb.stamp.updated_at = clock_wall(m->clock);
		cb.stamp.updated_by = m->agent_id;
		commit_callback(c, m, &cb, body);
		commit_submit(m, c);
		model_say_note(m, NOTE_INFO, _("Call-back done."));
	}
	arena_release(&a);
	return ok;
}

// --- faults

// When it was reported last. The history is asked too: the hub's row of the ticket knows nothing of reports it has as lines.
static int64_t last_report(struct model *m, const struct ticket *t, const json_t *doc, struct arena *a)
{
	int64_t last = json_integer_value(json_object_get(doc, "last_report_at"));
	struct ticket_log lines = {0};

	if (ticket_event_list(store_reader(m->store), t->id, &lines, a, NULL))
		for (size_t i = 0; i < lines.n; i++)
			if (strcmp(lines.v[i].type, "note") == 0 && lines.v[i].at > last)
				last = lines.v[i].at;
	vec_release(&lines);
	return last;
}

// The open fault ticket of this type whose last report is at most 10 minutes old.
static bool open_fault(struct model *m, const char *type, struct ticket *out, struct arena *a, struct err *e)
{
	struct ticket_filter f = {.by = TICKET_BY_QUEUE, .key = FAULT_QUEUE, .open_only = true, .with_doc = true};
	struct tickets rows = {0};
	int64_t now = clock_wall(m->clock);
	bool found = false;

	if (!ticket_list(store_reader(m->store), &f, &rows, a, e))
		return false;
	for (size_t i = 0; i < rows.n && !found; i++) {
		json_error_t why;
		json_t *doc = rows.v[i].doc ? json_loads(rows.v[i].doc, 0, &why) : NULL;
		const char *have = json_string_value(json_object_get(doc, "fault_type"));
		found = str_eq(rows.v[i].kind, ticket_kind_code(TICKET_FAULT)) && str_eq(have, type) && 
			now - last_report(m, &rows.v[i], doc, a) <= FAULT_MERGE_MS;
		if (found)
			*out = rows.v[i];
		json_decref(doc);
	}
	vec_release(&rows);
	return found;
}

struct report_part {
	char no[NUMBER_CAP], by[40], ref[40];
	int64_t at;
	char *data;
};

static void drop_report(void *arg)
{
	struct report_part *p = arg;

	free(p->data);
	free(p);
}

static bool run_report(struct db *db, void *arg, struct err *e)
{
	struct report_part *p = arg;
	struct arena a = {0};
	struct ticket t = {0};
	json_error_t why;
	bool ok = ticket_by_no(db, p->no, &t, &a, e);
	json_t *doc = ok && t.doc ? json_loads(t.doc, 0, &why) : NULL;

	if (ok && !json_is_object(doc))
		ok = err_set(e, ERR_PARSE, _("The record of ticket %s is damaged; run zuoxi doctor."), p->no);
	if (ok) {
		int64_t n = json_integer_value(json_object_get(doc, "report_count"));
		json_object_set_new(doc, "report_count", json_integer((json_int_t)n + 1));
		json_object_set_new(doc, "last_report_at", json_integer((json_int_t)p->at));
		char *text = json_dumps(doc, JSON_COMPACT);
		t.doc = arena_strdup(&a, text);
		free(text);
		t.version++;
		t.stamp.updated_at = p->at;
		t.stamp.updated_by = p->by;
		ok = ticket_put(db, &t, e) &&
		     ticket_event_add(db, &(struct ticket_log_line){.ticket_id = t.id, .at = p->at, .by = p->by, .type = "note",
								 .data = p->data, .ref = p->ref}, NULL, e);
	}
	json_decref(doc);
	arena_release(&a);
	return ok;
}

static void commit_report(struct commit *c, struct model *m, const struct ticket *t, const json_t *data)
{
	struct report_part *p = xcalloc(1, sizeof(*p));
	char stream[48];

	snprintf(p->no, sizeof(p->no), "%s", t->no);
	snprintf(p->by, sizeof(p->by), "%s", m->agent_id);
	p->at = clock_wall(m->clock);
	p->data = json_dumps(data, JSON_COMPACT);
	work_new_id(m, p->ref);
	snprintf(stream, sizeof(stream), "q/%s", FAULT_QUEUE);
	// The line has the id of its operation: the hub sends it back under that.
	commit_outbox_as(c, m, p->ref, "ticket.note", "ticket", t->id, stream, data);
	commit_part(c, run_report, p, drop_report);
}

static bool new_fault(struct model *m, const struct contact *k, const char *type, const json_t *data, struct commit *c, char *no,
		      struct err *e)
{
	struct counter_claim claim;
	int64_t now = clock_wall(m->clock);
	char id[40];

	if (!work_next_number(m, true, no, &claim, e))
		return false;
	char *title = xasprintf(_("Fault: %s"), type);
	json_t *doc = json_copy((json_t *)(uintptr_t)data);
	json_object_set_new(doc, "report_count", json_integer(1));
	json_object_set_new(doc, "last_report_at", json_integer((json_int_t)now));
	json_object_set_new(doc, "sla_policy", json_string("core"));
	// P2 by domain.md §8.7; the policy for P2 answers in 30 minutes and solves in 4 hours.
	struct ticket t = {
		.id = work_new_id(m, id), .no = no, .stamp = work_stamp(m), .state = ticket_state_code(TICKET_NEW),
		.kind = ticket_kind_code(TICKET_FAULT), .title = title, .interaction_id = k ? k->id : NULL,
		.queue_code = FAULT_QUEUE, .impact = 2, .urgency = 2, .priority = 2, .respond_due_at = now + 30 * 60000LL,
		.resolve_due_at = now + 4 * 3600000LL, .version = 1,
	};
	commit_counter(c, claim.name, claim.day, claim.value);
	commit_ticket(c, m, &t, doc);
	json_decref(doc);
	free(title);
	return true;
}

bool model_fault(struct model *m, struct work *w, const char *type, const char *text, struct err *e)
{
	struct arena a = {0};
	struct ticket open = {0};
	struct err why = {0};
	struct commit *c = commit_new(m, "fault");
	char no[NUMBER_CAP];

	if (str_empty(type)) {
		commit_abandon(m, c);
		return err_set(e, ERR_USAGE, _("Choose what kind of fault it is."));
	}
	json_t *data = json_pack("{s:s, s:o, s:s}", "fault_type", type, "text", json_swept(text), "call_id",
				 w ? (w->contact->no ? w->contact->no : w->contact->id) : "");
	bool merged = open_fault(m, type, &open, &a, &why), ok = why.code == ERR_NONE;
	if (!ok && e)
		*e = why;
	if (ok && merged) {
		snprintf(no, sizeof(no), "%s", open.no);
		commit_report(c, m, &open, data);
	} else if (ok) {
		ok = new_fault(m, w ? w->contact : NULL, type, data, c, no, e);
	}
	if (ok && w && !w->read_only) {
		struct event ev = work_event(m, w, EV_FAULT_KEY);
		event_put(&ev, "type", type);
		event_put(&ev, "text", text);
		event_put(&ev, "no", no);
		ok = work_emit(m, w, &ev, false, NULL, c, e);
	}
	if (ok) {
		commit_submit(m, c);
		model_say_note(m, NOTE_INFO, merged ? _("Fault added to the open ticket %s.") : _("Fault reported with ticket %s."), no);
	} else {
		commit_abandon(m, c);
	}
	json_decref(data);
	arena_release(&a);
	return ok;
}
