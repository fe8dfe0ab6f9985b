// SPDX-License-Identifier: MIT
// Knows how a ticket is made from a contact: its urgency, its promised times, its number, and the rows that keep it.
#include "src/work/ticket_part.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/number.h"
#include "src/desk/priority.h"
#include "src/desk/sla.h"
#include "src/store/interaction.h"

enum { TITLE_CHARS = 60, DEFAULT_IMPACT = 3, DEFAULT_URGENCY = 3 };
#define SAME_ISSUE_MS (30LL * 24 * 3600000)

// --- parts of a commit

void ticket_part_drop(void *arg)
{
	struct ticket_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

static bool run_new(struct db *db, void *arg, struct err *e)
{
	struct ticket_part *p = arg;

	return ticket_put(db, &p->row, e) && ticket_event_add(db, &p->event, NULL, e);
}

// --- what is known about the case

enum complaint_level work_complaint_level(const struct contact *k)
{
	enum complaint_level level = k->intent == INTENT_COMPLAINT ? COMPLAINT_C1 : COMPLAINT_NONE;

	for (size_t i = 1; i < k->forms.n; i++) {
		const struct contact_form *f = k->forms.v[i];
		// A complaint form that was shown by a wrong category and left again does not count.
		if (strcmp(f->form->code, "com_complaint") != 0 || ((int)i != k->form && k->intent != INTENT_COMPLAINT))
			continue;
		if (!complaint_level_parse(sv(form_run_get_code(&f->run, sv("level"))), &level))
			continue;
	}
	return level;
}

// Contacts of this customer on the same leaf category in the last 30 days, this one included.
static int contacts_on_issue(struct model *m, const struct contact *k)
{
	struct interaction_filter f = {.customer_id = k->customer_id, .category_id = k->category, .mode = contact_mode_code(m->mode),
				       .from = clock_wall(m->clock) - SAME_ISSUE_MS, .limit = 20};
	struct interactions rows = {0};
	struct arena a = {0};
	int n = 1;

	if (k->customer_id && k->category && interaction_list(store_reader(m->store), &f, &rows, &a, NULL))
		for (size_t i = 0; i < rows.n; i++)
			n += strcmp(rows.v[i].id, k->id) != 0;
	vec_release(&rows);
	arena_release(&a);
	return n;
}

struct facts {
	const struct category *category; // NULL: not classified
	int impact, urgency, contacts;
	enum difficulty difficulty;
	enum complaint_level complaint;
	enum tier tier;
	struct priority priority;
};

static bool facts_of(struct model *m, const struct contact *k, struct facts *f, struct err *e)
{
	const struct category *c = k->category ? category_find(m->world.categories, k->category) : NULL;

	*f = (struct facts){
		.category = c,
		.impact = c && c->impact ? c->impact : DEFAULT_IMPACT,
		.urgency = c && c->urgency ? c->urgency : DEFAULT_URGENCY,
		.contacts = contacts_on_issue(m, k),
		.complaint = work_complaint_level(k),
	};
	f->difficulty = difficulty_after_contacts(k->difficulty, f->contacts);
	if (!k->customer_tier || !tier_parse(sv(k->customer_tier), &f->tier))
		f->tier = TIER_NORMAL;
	return priority_of(&(struct priority_facts){.impact = f->impact, .urgency = f->urgency, .red = c && c->red,
						    .tier = f->tier, .complaint = f->complaint, .contacts = f->contacts},
			   &f->priority, e);
}

struct promise {
	const char *policy;
	int64_t respond_due_at, resolve_due_at; // 0: none
};

static struct promise promise_of(const struct sla_facts *f, int64_t now, const char *zone)
{
	struct calendar business, always;
	const struct sla_policy *p;

	calendar_default(&business, zone);
	calendar_24x7(&always);
	p = sla_pick(sla_policies, sla_npolicies, f, now, &business);
	if (!p)
		return (struct promise){.policy = ""};
	const struct calendar *cal = p->business ? &business : &always;
	return (struct promise){
		.policy = p->code,
		.respond_due_at = p->respond_min ? sla_due(now, p->respond_min * 60000LL, NULL, cal) : 0,
		.resolve_due_at = p->resolve_min ? sla_due(now, p->resolve_min * 60000LL, NULL, cal) : 0,
	};
}

// --- the document

json_t *json_swept(const char *text)
{
	struct str b = {0};

	mask_text(sv(text), &b);
	json_t *s = json_string(str_z(&b));
	str_release(&b);
	return s;
}

static json_t *form_of(const struct contact *k)
{
	json_t *o = json_object();
	const struct form_run *run = contact_form(k);

	for (size_t i = 0; run && i < run->form->n_fields; i++)
		if (*form_run_saved(run, i))
			json_object_set_new(o, run->form->fields[i].code, json_string(form_run_saved(run, i)));
	return o;
}

static json_t *doc_of(const struct contact *k, const struct facts *f, const char *policy)
{
	const struct form_run *run = contact_form(k);
	const char *solution = contact_field(k, "base.solution");
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "intent", intent_code(k->intent), "difficulty",
			      difficulty_code(f->difficulty), "priority_reason", f->priority.why, "sla_policy", policy,
			      "contact_count", f->contacts, "hop_count", 0, "reopen_count", 0);

	json_object_set_new(o, "description", json_swept(k->restate ? k->restate : contact_field(k, "base.need")));
	if (*solution)
		json_object_set_new(o, "solution_text", json_swept(solution));
	if (f->complaint != COMPLAINT_NONE)
		json_object_set_new(o, "complaint_level", json_string(complaint_level_code(f->complaint)));
	if (run) {
		json_object_set_new(o, "form", form_of(k));
		json_object_set_new(o, "form_code", json_string(run->form->code));
		json_object_set_new(o, "form_version", json_integer(run->form->version));
	}
	return o;
}

json_t *ticket_to_json(const struct ticket *t, const json_t *doc)
{
	json_t *o = json_copy((json_t *)(uintptr_t)doc);
	const struct {
		const char *key, *value;
	} texts[] = {{"no", t->no}, {"state", t->state}, {"kind", t->kind}, {"title", t->title}, {"customer_id", t->customer_id},
		     {"interaction_id", t->interaction_id}, {"category_id", t->category_id}, {"owner_id", t->owner_id},
		     {"team_id", t->team_id}, {"queue_code", t->queue_code}, {"created_by", t->stamp.created_by}};
	const struct {
		const char *key;
		int64_t value;
	} ints[] = {{"impact", t->impact}, {"urgency", t->urgency}, {"priority", t->priority}, {"pinned", t->pinned},
		    {"score", t->score}, {"respond_due_at", t->respond_due_at}, {"resolve_due_at", t->resolve_due_at},
		    {"created_at", t->stamp.created_at}, {"first_response_at", t->first_response_at}, {"resolved_at", t->resolved_at},
		    {"closed_at", t->closed_at}, {"version", t->version}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].value)
			json_object_set_new(o, texts[i].key, json_string(texts[i].value));
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++)
		if (ints[i].value || i < 5)
			json_object_set_new(o, ints[i].key, json_integer((json_int_t)ints[i].value));
	return o;
}

void commit_ticket(struct commit *c, struct model *m, const struct ticket *t, const json_t *doc)
{
	struct ticket_part *p = xcalloc(1, sizeof(*p));
	struct arena *a = &p->arena;
	json_t *body = ticket_to_json(t, doc);
	char *text = json_dumps(doc, JSON_COMPACT), stream[48];

	p->row = *t;
	const char **owned[] = {&p->row.id, &p->row.no, &p->row.title, &p->row.customer_id, &p->row.interaction_id,
				&p->row.category_id, &p->row.owner_id, &p->row.team_id, &p->row.queue_code,
				&p->row.stamp.created_by, &p->row.stamp.updated_by, &p->row.stamp.origin};
	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		*owned[i] = arena_strdup(a, *owned[i]);
	p->row.doc = arena_strdup(a, text);
	p->event = (struct ticket_log_line){.ticket_id = p->row.id, .at = t->stamp.created_at, .by = p->row.stamp.created_by,
					 .type = "create", .data = arena_printf(a, "{\"no\":\"%s\"}", t->no)};
	free(text);
	commit_part(c, run_new, p, ticket_part_drop);
	snprintf(stream, sizeof(stream), "q/%s", t->queue_code);
	commit_outbox(c, m, "ticket.new", "ticket", t->id, stream, body);
	json_decref(body);
}

// --- making one

const char *work_ticket_no(const struct work *w)
{
	const struct contact *k = w->contact;

	for (size_t i = k->refs.n; i-- > 0;)
		if (k->refs.v[i].kind == EV_TICKET_CREATE)
			return k->refs.v[i].id;
	return NULL;
}

// What was typed, else the need, the restated need or the category; swept and cut to 60 characters. Owned.
static char *title_of(const struct model *m, const struct contact *k, const char *title)
{
	const char *from[] = {title, contact_field(k, "base.need"), k->restate, work_category_label(m, k->category), _("Contact")};
	struct str line = {0}, clean = {0};
	size_t cut = 0;

	for (size_t i = 0; !line.n && i < sizeof(from) / sizeof(*from); i++)
		utf8_clean(&line, sv_trim(sv(from[i])), UTF8_LINE);
	mask_text(sv(str_z(&line)), &clean);
	for (size_t i = 0; i < TITLE_CHARS && cut < clean.n; i++)
		cut = utf8_next(sv_n(clean.s, clean.n), cut);
	char *out = xstrndup(str_z(&clean), cut);
	str_release(&line);
	str_release(&clean);
	return out;
}

static const char *queue_of(const struct contact *k, const struct category *c)
{
	return c && !str_empty(c->queue) ? c->queue : !str_empty(k->queue) ? k->queue : "general";
}

bool work_ticket(struct model *m, struct work *w, const char *title, struct commit *c, char *no, struct err *e)
{
	const struct contact *k = w->contact;
	struct counter_claim claim;
	struct facts f;
	char number[NUMBER_CAP], id[40];
	int64_t now = clock_wall(m->clock);

	if (work_ticket_no(w))
		return err_set(e, ERR_CONFLICT, _("This contact has the ticket %s already."), work_ticket_no(w));
	if (w->read_only)
		return err_set(e, ERR_DENIED, _("This contact is shown read-only; correct it first."));
	if (!facts_of(m, k, &f, e) || !work_next_number(m, true, number, &claim, e))
		return false;
	struct promise due = promise_of(&(struct sla_facts){.red = f.category && f.category->red, .complaint = f.complaint,
							    .difficulty = f.difficulty, .intent = k->intent,
							    .priority = f.priority.p}, now, m->zone);
	char *line = title_of(m, k, title);
	struct ticket t = {
		.id = work_new_id(m, id), .no = number, .stamp = work_stamp(m), .title = line,
		.state = ticket_state_code(TICKET_OPEN), // made and taken by the same agent
		.kind = ticket_kind_code(f.complaint != COMPLAINT_NONE ? TICKET_COMPLAINT : TICKET_CASE),
		.customer_id = k->customer_id, .interaction_id = k->id, .category_id = k->category, .owner_id = m->agent_id,
		.queue_code = queue_of(k, f.category), .impact = f.impact, .urgency = f.urgency, .priority = f.priority.p,
		.pinned = f.priority.pinned, .score = priority_score(f.impact, f.urgency, f.difficulty, f.tier, now, now),
		.respond_due_at = due.respond_due_at, .resolve_due_at = due.resolve_due_at, .version = 1,
	};
	struct event ev = work_event(m, w, EV_TICKET_CREATE);
	event_put(&ev, "no", number);
	event_put(&ev, "id", id);
	event_put(&ev, "title", line);
	json_t *doc = doc_of(k, &f, due.policy);
	bool ok = work_emit(m, w, &ev, false, NULL, c, e);
	if (ok) {
		commit_counter(c, claim.name, claim.day, claim.value);
		commit_ticket(c, m, &t, doc);
		if (no)
			memcpy(no, number, NUMBER_CAP);
	}
	json_decref(doc);
	free(line);
	return ok;
}

bool model_ticket_create(struct model *m, struct work *w, const char *title, struct err *e)
{
	struct commit *c = commit_new(m, "ticket.new");
	char no[NUMBER_CAP];

	if (!work_ticket(m, w, title, c, no, e)) {
		commit_abandon(m, c);
		return false;
	}
	commit_submit(m, c);
	model_say_note(m, NOTE_INFO, _("Ticket %s made."), no);
	return true;
}
