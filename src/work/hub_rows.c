// SPDX-License-Identifier: MIT
// Knows what the screens list of the hub: broadcasts in force, conflicts this person may settle, operations that were refused.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/desk/mask.h"
#include "src/desk/role.h"
#include "src/desk/ticket.h"
#include "src/store/ent.h"
#include "src/store/outbox.h"
#include "src/store/seen.h"
#include "src/store/ticket.h"
#include "src/wire/wire.h"
#include "src/work/hub_part.h"

enum { REFUSED_ROWS = 200 };

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

static int64_t instant(const json_t *d, const char *key)
{
	const json_t *v = json_object_get(d, key);
	int64_t at = 0;

	if (json_is_string(v) && !clock_parse(sv(json_string_value(v)), &at))
		return 0;
	return json_is_integer(v) ? json_integer_value(v) : at;
}

static bool truth(const json_t *d, const char *key)
{
	const json_t *v = json_object_get(d, key);

	return json_is_true(v) || json_integer_value(v) != 0;
}

static json_t *doc_of(const struct ent *row)
{
	json_error_t why;

	return json_loads(row->d, 0, &why);
}

// --- broadcasts

// Lines of text, or a list of them.
static const char *lines_of(const json_t *d, const char *key, struct arena *a)
{
	const json_t *v = json_object_get(d, key), *item;
	struct str b = {0};
	size_t i;

	json_array_foreach(v, i, item)
		if (json_is_string(item))
			str_addf(&b, "%s%s", b.n ? "\n" : "", json_string_value(item));
	const char *out = arena_strdup(a, json_is_string(v) ? json_string_value(v) : str_z(&b));
	str_release(&b);
	return out;
}

// A clear ends the red broadcasts of its incident that came before it.
static bool is_cleared(const struct ents *rows, json_t *const *docs, size_t at)
{
	const char *incident = text(docs[at], "incident_id");

	if (!*incident || strcmp(text(docs[at], "kind"), "red") != 0)
		return false;
	for (size_t i = 0; i < rows->n; i++)
		if (strcmp(text(docs[i], "kind"), "clear") == 0 && strcmp(text(docs[i], "incident_id"), incident) == 0 &&
		    rows->v[i].at >= rows->v[at].at)
			return true;
	return false;
}

static bool add_broadcast(struct model *m, struct hub_part *h, const struct ent *row, const json_t *d, struct err *e)
{
	struct arena *a = &h->rows.arena;
	int64_t expires = instant(d, "expires_at");
	bool acked;

	if (!seen_given(store_reader(m->store), row->e, m->agent_id, &acked, e))
		return false;
	if (expires && (!h->stale_at || expires < h->stale_at))
		h->stale_at = expires;
	const char *severity = text(d, "severity"), *kind = text(d, "kind");
	*vec_add(&h->rows.broadcasts) = (struct broadcast){
		.id = arena_strdup(a, row->e), .kind = arena_strdup(a, *kind ? kind : "notice"),
		.severity = arena_strdup(a, *severity ? severity : strcmp(kind, "red") == 0 ? "red" : "yellow"),
		.title = arena_strdup(a, text(d, "title")), .body = lines_of(d, "body", a), .say = lines_of(d, "say", a),
		.not_say = lines_of(d, "not_say", a), .lines = lines_of(d, "lines", a), .at = instant(d, "at") ? instant(d, "at") : row->at,
		.expires_at = expires, .require_ack = truth(d, "require_ack") || strcmp(kind, "red") == 0, .acked = acked,
	};
	return true;
}

static bool read_broadcasts(struct model *m, struct hub_part *h, struct err *e)
{
	struct arena a = {0};
	struct ents rows = {0};
	int64_t now = clock_wall(m->clock);
	bool ok = ent_list(store_reader(m->store), "broadcast", &rows, &a, e);
	json_t **docs = xcalloc(rows.n + 1, sizeof(*docs));

	for (size_t i = 0; i < rows.n; i++)
		docs[i] = ok ? doc_of(&rows.v[i]) : NULL;
	for (size_t i = rows.n; ok && i-- > 0;) {
		int64_t expires = instant(docs[i], "expires_at");
		if (docs[i] && (!expires || expires > now) && !is_cleared(&rows, docs, i))
			ok = add_broadcast(m, h, &rows.v[i], docs[i], e);
	}
	for (size_t i = 0; i < rows.n; i++)
		json_decref(docs[i]);
	free(docs);
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// --- conflicts

const char *hub_field_label(const char *field)
{
	static const struct {
		const char *field, *label;
	} known[] = {
		{"state", N_("State")},		    {"priority", N_("Priority")},	    {"impact", N_("Impact")},
		{"urgency", N_("Urgency")},	    {"owner_id", N_("Owner")},		    {"queue_code", N_("Queue")},
		{"title", N_("Title")},		    {"description", N_("Description")},	    {"solution_text", N_("Solution")},
		{"category_id", N_("Category")},    {"resolve_due_at", N_("Due")},	    {"respond_due_at", N_("Reply due")},
		{"root_cause_code", N_("Cause")},   {"compensation", N_("Compensation")},   {"display_name", N_("Name")},
		{"phones", N_("Telephone")},	    {"addresses", N_("Address")},	    {"email", N_("E-mail")},
		{"tier", N_("Tier")},		    {"language", N_("Language")},	    {"notes", N_("Notes")},
		{"id_no", N_("ID number")},	    {"complaint_level", N_("Complaint level")}, {"flags", N_("Flags")},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].field, field) == 0)
			return _(known[i].label);
	return field;
}

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

static const char *swept(const char *s, struct arena *a)
{
	struct str b = {0};

	mask_text(sv(s), &b);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

// A value as people read it; personal data in it masked.
const char *hub_value_text(const struct model *m, const char *field, const json_t *v, struct arena *a)
{
	enum ticket_state state;
	char at[32];

	// While customer data is locked the fields keep their names, and what was chosen for them, but show no value.
	if (!v || work_shut(m))
		return NULL;
	if (json_is_null(v))
		return "";
	if (json_is_boolean(v))
		return json_is_true(v) ? _("yes") : _("no");
	if (json_is_integer(v) && ends(field, "_at") && json_integer_value(v)) {
		clock_format(m->zone, json_integer_value(v), "%Y-%m-%d %H:%M", at, sizeof(at));
		return arena_strdup(a, at);
	}
	if (json_is_integer(v))
		return arena_printf(a, strcmp(field, "priority") == 0 ? "P%lld" : "%lld", (long long)json_integer_value(v));
	if (json_is_string(v) && strcmp(field, "state") == 0 && ticket_state_parse(sv(json_string_value(v)), &state))
		return ticket_state_label(state);
	if (json_is_string(v) && strcmp(field, "category_id") == 0)
		return arena_strdup(a, work_category_label(m, json_string_value(v)));
	if (json_is_string(v) && strcmp(field, "root_cause_code") == 0)
		return swept(work_cause_label(m, json_string_value(v)), a);
	if (json_is_string(v) && strcmp(field, "owner_id") == 0)
		return *json_string_value(v) ? hub_person(m, json_string_value(v), a) : "";
	if (json_is_string(v))
		return swept(json_string_value(v), a);
	char *dump = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	const char *out = swept(dump, a);
	free(dump);
	return out;
}

const char *hub_about(struct model *m, const char *t, const char *id, struct arena *a)
{
	struct ticket tk;
	struct customer c;
	struct str b = {0};
	const char *out = "";

	if (str_eq(t, "ticket") && ticket_get(store_reader(m->store), id, &tk, a, NULL))
		return tk.no;
	if (str_eq(t, "customer") && !work_shut(m) && customer_get(store_reader(m->store), id, &c, a, NULL) && c.name) {
		mask_value(MASK_NAME, sv(c.name), &b);
		out = arena_strdup(a, str_z(&b));
	}
	str_release(&b);
	return out;
}

static const char *title_of(struct model *m, const char *t, const char *id, struct arena *a)
{
	struct ticket tk;

	if (work_shut(m))
		return "";
	if (str_eq(t, "ticket"))
		return ticket_get(store_reader(m->store), id, &tk, a, NULL) && tk.title ? swept(tk.title, a) : "";
	return hub_about(m, t, id, a);
}

// What was chosen and is on its way counts as done.
static bool being_settled(struct model *m, const char *id, bool *out, struct err *e)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	bool ok = outbox_overlay(store_reader(m->store), id, &ops, &a, e);

	*out = false;
	for (size_t i = 0; ok && i < ops.n; i++)
		*out |= strcmp(ops.v[i].k, "conflict.settle") == 0 && ops.v[i].st != OUTBOX_CONFLICT;
	vec_release(&ops);
	arena_release(&a);
	return ok;
}

// The owner is an agent or a role; after the due time a supervisor may too.
static bool may_settle(const struct model *m, const json_t *d, bool own, bool late)
{
	const char *owner = text(d, "owner");
	unsigned role = 0;

	if (own || strcmp(owner, m->agent_id) == 0)
		return true;
	if (*owner && user_roles_parse(sv(owner), &role, NULL) && (m->roles & role))
		return true;
	return late && (m->roles & USER_BIT(USER_SUPERVISOR));
}

// What the hub will take: one's own wish that needs consent is never one's own to grant.
static bool hub_lets(const struct model *m, const json_t *d, bool own, bool late)
{
	const char *reason = text(d, "reason");
	bool supervisor = m->roles & USER_BIT(USER_SUPERVISOR);

	if (strcmp(reason, "approval") == 0 || strcmp(reason, "owner") == 0)
		return supervisor && !own;
	return strcmp(text(d, "owner"), m->agent_id) == 0 || supervisor || (late && (m->roles & USER_BIT(USER_TEAM_LEAD)));
}

static void add_fields(const struct model *m, struct conflict_row *c, const json_t *fields, struct arena *a)
{
	const char *name;
	json_t *v;

	c->fields = arena_array(a, struct conflict_field, json_object_size(fields) + 1);
	json_object_foreach((json_t *)(uintptr_t)fields, name, v)
		c->fields[c->n_fields++] = (struct conflict_field){
			.name = arena_strdup(a, name), .label = hub_field_label(arena_strdup(a, name)),
			.base = hub_value_text(m, name, json_object_get(v, "base"), a), .mine = hub_value_text(m, name, json_object_get(v, "mine"), a),
			.theirs = hub_value_text(m, name, json_object_get(v, "theirs"), a),
		};
}

// "8005 赵*" as the directory of the site has them; who is not in it goes by what the hub calls them.
const char *hub_person(const struct model *m, const char *id, struct arena *a)
{
	struct arena mine = {0};
	struct str name = {0};
	struct ent row;
	bool found = false;
	json_error_t bad;
	const char *out = strcmp(id, m->agent_id) == 0 ? m->agent_no : id;

	if (*id && ent_get(store_reader(m->store), "agent", id, &row, &found, &mine, NULL) && found) {
		json_t *d = json_loads(row.d, 0, &bad);
		const char *no = text(d, "staff_no");
		mask_value(MASK_NAME, sv(text(d, "name_zh")), &name);
		out = *no || name.n ? arena_printf(a, "%s%s%s", no, *no && name.n ? " " : "", str_z(&name)) : out;
		json_decref(d);
	}
	out = arena_strdup(a, out);
	str_release(&name);
	arena_release(&mine);
	return out;
}

static bool add_conflict(struct model *m, struct hub_part *h, const struct ent *row, const json_t *d, struct err *e)
{
	struct arena *a = &h->rows.arena;
	const json_t *about = json_object_get(d, "about");
	int64_t due = instant(d, "due_at");
	bool own = strcmp(text(d, "mine_by"), m->agent_id) == 0, late = due && clock_wall(m->clock) > due, settling;

	if (strcmp(text(d, "state"), "settled") == 0 || !may_settle(m, d, own, late))
		return true;
	if (!being_settled(m, row->e, &settling, e))
		return false;
	if (settling)
		return true;
	struct conflict_row *c = vec_add(&h->rows.conflicts);
	*c = (struct conflict_row){
		.id = arena_strdup(a, row->e), .about_t = arena_strdup(a, text(about, "t")), .about_e = arena_strdup(a, text(about, "e")),
		.about_no = *text(about, "no") ? arena_strdup(a, text(about, "no")) : hub_about(m, text(about, "t"), text(about, "e"), a),
		.title = title_of(m, text(about, "t"), text(about, "e"), a), .reason = arena_strdup(a, text(d, "reason")),
		.why = work_shut(m) ? "" : swept(text(d, "why"), a),
		.mine_by = hub_person(m, text(d, "mine_by"), a), .theirs_by = hub_person(m, text(d, "theirs_by"), a),
		.mine_at = instant(d, "mine_at"), .theirs_at = instant(d, "theirs_at"), .due_at = due, .late = late, .own = own, .waits = !hub_lets(m, d, own, late),
	};
	add_fields(m, c, json_object_get(d, "fields"), a);
	return true;
}

static bool read_conflicts(struct model *m, struct hub_part *h, struct err *e)
{
	struct arena a = {0};
	struct ents rows = {0};
	bool ok = ent_list(store_reader(m->store), "conflict", &rows, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		json_t *d = doc_of(&rows.v[i]);
		ok = !d || add_conflict(m, h, &rows.v[i], d, e);
		json_decref(d);
	}
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// --- what was refused

// In the words of whoever did it; anything else is a matter for the administrator, who gets the type.
static const char *why_words(const char *type, struct arena *a)
{
	static const struct {
		enum wire_problem_kind kind;
		const char *words;
	} known[] = {
		{WIRE_P_FORBIDDEN, N_("You had no right to do that when the hub looked at it")},
		{WIRE_P_SITE_MISMATCH, N_("It belongs to another site")},
		{WIRE_P_NOT_FOUND, N_("What it is about is no longer there")},
		{WIRE_P_PRECONDITION, N_("Somebody else had changed it before")},
		{WIRE_P_TOO_LARGE, N_("It is larger than the hub allows")},
		{WIRE_P_BAD_SHAPE, N_("The hub does not understand it: tell the administrator")},
		{WIRE_P_BAD_JSON, N_("The hub does not understand it: tell the administrator")},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(wire_problem_type(known[i].kind), type) == 0)
			return _(known[i].words);
	return *type ? arena_printf(a, _("The hub refused it (%s)"), type) : _("The hub refused it");
}

static const char *why_of(const char *answer, struct arena *a)
{
	json_error_t bad;
	json_t *o = answer ? json_loads(answer, 0, &bad) : NULL;
	const char *out = arena_strdup(a, why_words(text(o, "why"), a));

	json_decref(o);
	return out;
}

static bool read_refused(struct model *m, struct hub_part *h, struct err *e)
{
	struct arena *a = &h->rows.arena;
	struct outbox_ops ops = {0};
	bool ok = outbox_in_state(store_reader(m->store), OUTBOX_REJECTED, REFUSED_ROWS, &ops, a, e);

	for (size_t i = 0; ok && i < ops.n; i++)
		*vec_add(&h->rows.refused) = (struct refused_row){
			.n = ops.v[i].n, .at = ops.v[i].made, .id = ops.v[i].id, .kind = ops.v[i].k,
			.about = hub_about(m, ops.v[i].t, ops.v[i].e, a), .why = why_of(ops.v[i].res, a),
		};
	vec_release(&ops);
	return ok;
}

void hub_rows_read(struct model *m, struct hub_part *h)
{
	struct err e = {0};

	arena_clear(&h->rows.arena);
	h->rows.broadcasts.n = h->rows.requests.n = h->rows.conflicts.n = h->rows.refused.n = h->rows.stations.n = 0;
	h->stale_at = 0;
	h->read = true;
	// Each list stands for itself.
	if (!read_broadcasts(m, h, &e))
		log_line(LOG_ERROR, "broadcasts: %s", e.msg);
	if (!hub_requests_read(m, h, &e))
		log_line(LOG_ERROR, "broadcasts asked for: %s", e.msg);
	if (!read_conflicts(m, h, &e))
		log_line(LOG_ERROR, "conflicts: %s", e.msg);
	if (!read_refused(m, h, &e))
		log_line(LOG_ERROR, "refused operations: %s", e.msg);
	if (!hub_stations_read(m, h, &e))
		log_line(LOG_ERROR, "stations: %s", e.msg);
}
