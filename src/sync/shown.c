// SPDX-License-Identifier: MIT
// Knows which table of the station shows an entity of the hub, and how a document becomes a row of it.
#include "src/sync/shown.h"

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/store/callback.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/receipt.h"
#include "src/store/seen.h"
#include "src/store/ticket.h"
#include "src/wire/wire.h"

// --- members of a document; one of the wrong type counts as absent, since another version may mean something else by it

static const char *text(const json_t *d, const char *key)
{
	return json_string_value(json_object_get(d, key));
}

static const char *text_or(const json_t *d, const char *key, const char *other)
{
	const char *s = text(d, key);

	return str_empty(s) ? other : s;
}

static int64_t number(const json_t *d, const char *key, int64_t other)
{
	const json_t *v = json_object_get(d, key);

	return json_is_integer(v) ? json_integer_value(v) : json_is_boolean(v) ? json_is_true(v) : other;
}

// UTC ms as a number or as RFC 3339.
static int64_t instant(const json_t *d, const char *key, int64_t other)
{
	int64_t at;

	if (text(d, key))
		return clock_parse(sv(text(d, key)), &at) ? at : other;
	return number(d, key, other);
}

static struct row_stamp stamp_of(const struct shown *s)
{
	return (struct row_stamp){
		.rev = s->rev, .created_at = instant(s->d, "created_at", s->at), .created_by = text_or(s->d, "created_by", s->by),
		.updated_at = instant(s->d, "updated_at", s->at), .updated_by = text_or(s->d, "updated_by", s->by),
		.origin = text(s->d, "origin"),
	};
}

// The document without the members that have columns of their own. Owned by a.
static const char *rest_of(const json_t *d, const char *const *columns, size_t n, struct arena *a)
{
	json_t *o = json_copy((json_t *)(uintptr_t)d);

	for (size_t i = 0; i < n; i++)
		json_object_del(o, columns[i]);
	char *dump = json_dumps(o, JSON_COMPACT);
	const char *out = arena_strdup(a, dump);
	free(dump);
	json_decref(o);
	return out;
}

// The hub has made it anonymous: what is here of it goes, its history and own texts too (domain.md §18.8).
static bool erased(const struct shown *s)
{
	return json_object_get(s->d, "anonymised_at") != NULL;
}

// --- tickets

// Takes the reference to the data.
static bool add_event(struct db *db, struct ticket_log_line ev, json_t *data, struct err *e)
{
	char *dump = json_dumps(data, JSON_COMPACT);

	ev.data = dump;
	bool ok = ticket_event_add(db, &ev, NULL, e);
	free(dump);
	json_decref(data);
	return ok;
}

// A number belongs to one ticket. Two with the same are a fault of whoever gave them out; the page must not stand still for it.
static bool number_taken(struct db *db, const char *sql, const char *no, const char *id, bool *taken, struct err *e)
{
	struct db_stmt *st = db_stmt(db, sql);

	db_bind_text(st, no);
	db_bind_text(st, id);
	*taken = db_row(st);
	return db_end(st, e);
}

static const char *old_text(const struct ticket *old, const char *field, struct arena *a)
{
	json_error_t why;
	json_t *doc = old->doc ? json_loads(old->doc, 0, &why) : NULL;
	const char *out = arena_strdup(a, text_or(doc, field, ""));

	json_decref(doc);
	return out;
}

static bool holds(const json_t *list, const json_t *item)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_equal(v, item))
			return true;
	return false;
}

// A line for each number of `list` that is not in `other`.
static bool add_numbers(struct db *db, const struct ticket_log_line *ev, const char *field, const json_t *list, const json_t *other, bool there,
			struct err *e)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *no = json_string_value(v);
		if (no && !holds(other, v) &&
		    !add_event(db, *ev, json_pack("{s:s, s:s, s:s}", "field", field, "from", there ? "" : no, "to", there ? no : ""), e))
			return false;
	}
	return true;
}

// Links somebody else made, or that came about at the other end.
static bool add_links(struct db *db, const struct shown *s, const struct ticket *old, struct ticket_log_line ev, struct err *e)
{
	static const char *const fields[] = {"related", "children", "duplicates"};
	json_error_t why;
	json_t *doc = old->doc ? json_loads(old->doc, 0, &why) : NULL;
	bool ok = true;

	ev.type = "attach";
	for (size_t i = 0; ok && i < sizeof(fields) / sizeof(*fields); i++) {
		const json_t *was = json_object_get(doc, fields[i]), *is = json_object_get(s->d, fields[i]);
		ok = add_numbers(db, &ev, fields[i], is, was, true, e) && add_numbers(db, &ev, fields[i], was, is, false, e);
	}
	json_decref(doc);
	return ok;
}

// What somebody else changed stands in the history, too. Who it was is known of the last change alone: of more than one, nobody is
// named.
static bool add_changes(struct db *db, const struct shown *s, const struct ticket *old, const struct ticket *t, struct arena *a, struct err *e)
{
	const char *const reason = text_or(s->d, "reason", ""), *const why = text_or(s->d, "priority_reason", ""),
			  *const handed = text_or(s->d, "assign_reason", "");
	bool fresh = !str_eq(reason, old_text(old, "reason", a));
	const struct {
		const char *type, *field, *from, *to, *reason;
	} texts[] = {
		{"status", "state", old->state, t->state, fresh ? reason : ""},
		{"assign", "owner_id", old->owner_id, t->owner_id, handed},
		{"transfer", "queue_code", old->queue_code, t->queue_code, handed},
		{"edit", "title", old->title, t->title, ""},
		{"edit", "description", old_text(old, "description", a), text_or(s->d, "description", ""), ""},
		{"edit", "solution_text", old_text(old, "solution_text", a), text_or(s->d, "solution_text", ""), ""},
		{"attach", "parent_no", old_text(old, "parent_no", a), text_or(s->d, "parent_no", ""), ""},
		{"attach", "incident_id", old_text(old, "incident_id", a), text_or(s->d, "incident_id", ""), ""},
	};
	const char *const by = s->rev == old->stamp.rev + 1 ? s->by : NULL;
	struct ticket_log_line ev = {.ticket_id = s->e, .at = s->at};
	json_t *d;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *from = texts[i].from ? texts[i].from : "", *to = texts[i].to ? texts[i].to : "";
		if (strcmp(from, to) == 0)
			continue;
		d = json_pack("{s:s, s:s, s:s, s:s}", "field", texts[i].field, "from", from, "to", to, "reason", texts[i].reason);
		ev.type = texts[i].type;
		// The hub keeps who handed it over last.
		ev.by = str_eq(ev.type, "assign") ? text_or(s->d, "assigned_by", by) : by;
		if (!add_event(db, ev, d, e))
			return false;
	}
	ev.by = by;
	if (!add_links(db, s, old, ev, e))
		return false;
	if (old->priority == t->priority)
		return true;
	ev.type = "priority";
	return add_event(db, ev,
			 json_pack("{s:I, s:I, s:s}", "from", (json_int_t)old->priority, "to", (json_int_t)t->priority, "reason", why), e);
}

static bool put_ticket(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	static const char *const columns[] = {
		"no", "state", "kind", "title", "customer_id", "interaction_id", "category_id", "owner_id", "team_id", "queue_code",
		"impact", "urgency", "priority", "pinned", "score", "respond_due_at", "resolve_due_at", "first_response_at",
		"resolved_at", "closed_at", "version", "created_at", "created_by",
	};
	const json_t *d = s->d;
	struct ticket old = {0};
	struct err none = {0};
	bool taken = false;

	if (str_empty(text(d, "no")))
		return true;
	if (!number_taken(db, "select 1 from ticket where no = ?1 and id <> ?2", text(d, "no"), s->e, &taken, e))
		return false;
	if (taken) {
		log_line(LOG_ERROR, "ticket %s of the hub has the number of another one here", s->e);
		return true;
	}
	if (!ticket_get(db, s->e, &old, a, &none) && none.code != ERR_NOT_FOUND)
		return err_set(e, none.code, "%s", none.msg);
	if (erased(s) && !ticket_drop(db, s->e, e))
		return false;
	if (erased(s))
		old.id = NULL; // its history begins anew
	struct ticket t = {
		.id = s->e, .no = text(d, "no"), .stamp = stamp_of(s), .state = text_or(d, "state", "new"), .kind = text_or(d, "kind", "case"),
		.title = text_or(d, "title", ""), .customer_id = text(d, "customer_id"), .interaction_id = text(d, "interaction_id"),
		.category_id = text(d, "category_id"), .owner_id = text(d, "owner_id"), .team_id = text(d, "team_id"),
		.queue_code = text(d, "queue_code"), .impact = number(d, "impact", 0), .urgency = number(d, "urgency", 0),
		.priority = number(d, "priority", 4), .pinned = number(d, "pinned", 0) != 0, .score = number(d, "score", 0),
		.respond_due_at = instant(d, "respond_due_at", 0), .resolve_due_at = instant(d, "resolve_due_at", 0),
		.first_response_at = instant(d, "first_response_at", 0), .resolved_at = instant(d, "resolved_at", 0),
		.closed_at = instant(d, "closed_at", 0), .version = old.version + 1,
		.doc = rest_of(d, columns, sizeof(columns) / sizeof(*columns), a),
	};
	if (!ticket_put(db, &t, e))
		return false;
	if (old.id)
		return s->own || add_changes(db, s, &old, &t, a, e);
	// Of one that was made elsewhere the history begins with that.
	struct ticket_log_line made = {.ticket_id = s->e, .at = t.stamp.created_at, .by = t.stamp.created_by, .type = "create",
				       .ref = arena_printf(a, "%s/create", s->e)};
	return add_event(db, made, json_pack("{s:s}", "no", t.no), e);
}

// --- customers

static bool put_customer(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	char *dump = json_dumps(s->d, JSON_COMPACT);
	struct customer c = {.id = s->e, .stamp = stamp_of(s), .doc = arena_strdup(a, dump)};

	free(dump);
	return customer_put(db, &c, e);
}

// --- contacts

// The station where a contact was made is the only one that changes it (sync.md §3.7), and it has more of it than it has told yet:
// there only the revision is taken over.
static bool is_own(struct db *db, const struct interaction *old, bool *own, struct arena *a, struct err *e)
{
	const char *station;

	if (!meta_text(db, "station", &station, a, e))
		return false;
	*own = old->id && (!old->stamp.origin || str_eq(old->stamp.origin, station));
	return true;
}

static bool put_interaction(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const json_t *d = s->d;
	struct interaction old = {0};
	struct err none = {0};
	bool own, taken = false;

	if (!interaction_get(db, s->e, &old, a, &none) && none.code != ERR_NOT_FOUND)
		return err_set(e, none.code, "%s", none.msg);
	if (!is_own(db, &old, &own, a, e) || (erased(s) && !interaction_drop(db, s->e, e)))
		return false;
	if (own && !erased(s)) {
		old.stamp.rev = s->rev;
		return interaction_put(db, &old, e);
	}
	if (text(d, "no") && !number_taken(db, "select 1 from interaction where no = ?1 and id <> ?2", text(d, "no"), s->e, &taken, e))
		return false;
	if (taken || !instant(d, "started_at", s->at))
		return true;
	char *dump = json_dumps(d, JSON_COMPACT);
	struct interaction i = {
		.id = s->e, .no = text(d, "no"), .stamp = stamp_of(s), .state = text_or(d, "state", "closed"),
		.channel = text_or(d, "channel", "phone"), .direction = text_or(d, "direction", "in"), .source = text(d, "source"),
		.mode = text_or(d, "mode", "live"), .agent_id = text(d, "agent_id"), .queue_code = text(d, "queue_code"),
		.customer_id = text(d, "customer_id"), .category_id = text(d, "category_id"), .disposition = text(d, "disposition_code"),
		.started_at = instant(d, "started_at", s->at), .connected_at = instant(d, "connected_at", 0),
		.ended_at = instant(d, "ended_at", 0), .closed_at = instant(d, "closed_at", 0), .version = old.version + 1,
		.doc = arena_strdup(a, dump),
	};
	free(dump);
	// The station that made it is not this one; one whose name nobody told must not look like an own contact from now on.
	if (str_empty(i.stamp.origin))
		i.stamp.origin = "?";
	return interaction_put(db, &i, e);
}

static bool is_line(const json_t *d)
{
	return !str_empty(text(d, "interaction_id")) && !str_empty(text(d, "type")) && number(d, "seq", 0) >= 1;
}

bool shown_whole(const char *t, const json_t *d)
{
	return strcmp(t, "call_event") == 0 && is_line(d);
}

// A line of the timeline of a contact that was made at another station.
static bool put_call_event(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const json_t *d = s->d;
	const char *contact = text(d, "interaction_id");
	struct interaction old = {0};
	struct err none = {0};
	bool own;

	if (!is_line(d))
		return true;
	if (!interaction_get(db, contact, &old, a, &none) && none.code != ERR_NOT_FOUND)
		return err_set(e, none.code, "%s", none.msg);
	if (!is_own(db, &old, &own, a, e))
		return false;
	if (own)
		return true;
	char *dump = json_dumps(json_object_get(d, "data"), JSON_COMPACT);
	struct interaction_event ev = {.interaction_id = contact, .seq = number(d, "seq", 0), .t_ms = number(d, "t_ms", 0),
				       .at = instant(d, "at", s->at), .type = text(d, "type"), .data = dump};
	bool ok = interaction_event_keep(db, &ev, e);
	free(dump);
	return ok;
}

// --- call-backs

static bool put_callback(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	static const char *const columns[] = {"interaction_id", "customer_id", "owner_id", "status", "due_at", "window_min", "attempts"};
	const json_t *d = s->d;
	struct callback c = {
		.id = s->e, .stamp = stamp_of(s), .interaction_id = text(d, "interaction_id"), .customer_id = text(d, "customer_id"),
		.owner_id = text_or(d, "owner_id", s->by), .status = text_or(d, "status", "open"), .due_at = instant(d, "due_at", 0),
		.window_min = number(d, "window_min", 0), .attempts = number(d, "attempts", 0),
		.doc = rest_of(d, columns, sizeof(columns) / sizeof(*columns), a),
	};

	return callback_put(db, &c, e);
}

// --- lines of a ticket's history

static bool add_line(struct db *db, const struct shown *s, const char *ticket, const char *type, const char *ref, const json_t *data,
		     struct err *e)
{
	char *dump = json_dumps(data, JSON_COMPACT);
	bool ok = ticket_event_add(db,
				   &(struct ticket_log_line){.ticket_id = ticket, .at = instant(s->d, "at", s->at),
							     .by = text_or(s->d, "by", s->by), .type = type, .data = dump, .ref = ref},
				   NULL, e);
	free(dump);
	return ok;
}

// A note: {"ref": ticket, "type"?, ...}; written once, whether it was made here (its reference is the operation's id) or elsewhere.
static bool put_note(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const char *ticket = text_or(s->d, "ref", text_or(s->d, "ticket_id", text(s->d, "parent")));

	(void)a;
	return str_empty(ticket) || add_line(db, s, ticket, text_or(s->d, "type", "note"), s->e, s->d, e);
}

// An escalation that was decided stands in the history of its ticket.
static bool put_escalation(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const char *decision = text(s->d, "decision"), *id = text(s->d, "ticket_id"), *no = text(s->d, "ticket_no");
	struct ticket t = {0};
	struct err none = {0};

	if (str_empty(decision))
		return true;
	if (str_empty(id)) {
		if (str_empty(no) || (!ticket_by_no(db, no, &t, a, &none) && none.code == ERR_NOT_FOUND))
			return true;
		if (none.code != ERR_NONE)
			return err_set(e, none.code, "%s", none.msg);
		id = t.id;
	}
	return add_line(db, s, id, "status", arena_printf(a, "%s/%s", s->e, decision), s->d, e);
}

static bool put_conflict(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const json_t *about = json_object_get(s->d, "about");

	if (!str_eq(text(about, "t"), "ticket") || str_empty(text(about, "e")))
		return true;
	return add_line(db, s, text(about, "e"), "conflict", arena_printf(a, "%s/%s", s->e, text_or(s->d, "state", "open")), s->d, e);
}

// --- what a person has read or acknowledged, at whichever station

static bool put_receipt(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const json_t *d = s->d, *passed = json_object_get(d, "quiz_passed");

	(void)a;
	if (str_empty(text(d, "object_kind")) || str_empty(text(d, "object_id")) || str_empty(text(d, "agent_id")))
		return true;
	return receipt_add(db,
			   &(struct receipt){.kind = text(d, "object_kind"), .id = text(d, "object_id"), .agent_id = text(d, "agent_id"),
					     .version = number(d, "version", 0), .at = instant(d, "at", s->at),
					     .quiz = !passed ? RECEIPT_NO_QUIZ : json_is_true(passed) ? RECEIPT_PASSED : RECEIPT_FAILED},
			   e);
}

static bool put_ack(struct db *db, const struct shown *s, struct arena *a, struct err *e)
{
	const char *broadcast = text(s->d, "broadcast_id"), *agent = text(s->d, "agent_id");

	(void)a;
	return str_empty(broadcast) || str_empty(agent) || seen_add(db, broadcast, agent, instant(s->d, "at", s->at), e);
}

// --- all of them

static const struct {
	const char *t;
	bool (*put)(struct db *db, const struct shown *s, struct arena *a, struct err *e);
	bool (*drop)(struct db *db, const char *id, struct err *e);
} tables[] = {
	{"ticket", put_ticket, ticket_drop},
	{"customer", put_customer, customer_drop},
	{"interaction", put_interaction, NULL},
	{"call_event", put_call_event, NULL},
	{"callback", put_callback, callback_drop},
	{"read_receipt", put_receipt, NULL},
	{"broadcast_ack", put_ack, NULL},
	{"note", put_note, NULL},
	{"escalation", put_escalation, NULL},
	{"conflict", put_conflict, NULL},
};

// In the language of whoever reads it here.
static json_t *translated(const json_t *d)
{
	json_t *out = json_copy((json_t *)(uintptr_t)d), *v;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)d, key, v)
		if (str_eq(json_string_value(v), WIRE_ERASED))
			json_object_set_new(out, key, json_string(_("[erased]")));
	return out;
}

bool shown_put(struct db *db, const struct shown *s, struct err *e)
{
	json_t *d = erased(s) ? translated(s->d) : NULL;
	struct shown one = *s;
	struct arena a = {0};
	bool ok = true;

	one.d = d ? d : s->d;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (strcmp(s->t, tables[i].t) == 0)
			ok = tables[i].put(db, &one, &a, e);
	arena_release(&a);
	json_decref(d);
	return ok;
}

static bool drop_interaction(struct db *db, const char *id, struct err *e)
{
	struct arena a = {0};
	struct interaction old = {0};
	struct err none = {0};
	bool own = false, ok = true;

	if (!interaction_get(db, id, &old, &a, &none))
		ok = none.code == ERR_NOT_FOUND || err_set(e, none.code, "%s", none.msg);
	else
		ok = is_own(db, &old, &own, &a, e) && (own || interaction_drop(db, id, e));
	arena_release(&a);
	return ok;
}

bool shown_drop(struct db *db, const char *t, const char *id, struct err *e)
{
	if (strcmp(t, "interaction") == 0)
		return drop_interaction(db, id, e);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (strcmp(t, tables[i].t) == 0 && tables[i].drop)
			return tables[i].drop(db, id, e);
	return true;
}
