// SPDX-License-Identifier: MIT
// Knows how a site that is not a real one is filled: invented customers, their tickets and what they called about before.
#include "src/work/seed.h"

#include "src/base/i18n.h"
#include "src/desk/priority.h"
#include "src/desk/sla.h"
#include "src/desk/ticket.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/lookup.h"
#include "src/store/meta.h"
#include "src/store/ticket.h"
#include "src/work/internal.h"

#define DAY_MS (24LL * 3600000)
// Past contacts: rung for 6 s, category at 20 s, 4 minutes long, wrapped up in 40 s.
enum { RUNG_MS = 6000, CLASSIFIED_MS = 20000, TALKED_MS = 240000, WRAPPED_MS = 40000 };

void seed_init(struct seed *d, const struct clock *clock, const struct packs *packs, const char *zone)
{
	*d = (struct seed){.clock = clock, .now = clock_wall(clock), .packs = packs, .zone = zone};
	id_gen_init(&d->ids, clock, 0);
	packs_world(packs, zone, &d->world);
}

static struct row_stamp stamp_at(const struct seed *d, int64_t at)
{
	return (struct row_stamp){.created_at = at, .updated_at = at, .created_by = d->agent, .updated_by = d->agent, .origin = d->station};
}

// A moment in the working hours of that day; today's lie at least an hour back.
static int64_t moment(struct seed *d, int64_t days_ago)
{
	struct date day;
	int64_t at;

	clock_local(d->zone, d->now - days_ago * DAY_MS, &day);
	day.hour = 9;
	day.minute = (int)(d->made++ * 37 % 480);
	day.second = 0;
	at = clock_utc(d->zone, &day);
	return at > d->now - 3600000 ? d->now - 3600000 : at;
}

static bool number_at(const struct seed *d, int64_t at, enum number_kind kind, uint32_t counter, char out[NUMBER_CAP], struct err *e)
{
	struct date day;

	clock_local(d->zone, at, &day);
	struct number n = {.kind = kind, .year = day.year, .month = day.month, .day = day.day, .counter = counter};
	snprintf(n.site, sizeof(n.site), "%s", d->site);
	snprintf(n.station, sizeof(n.station), "%s", d->station);
	return number_format(&n, out, e);
}

static void day_code(const struct seed *d, int64_t at, char out[16])
{
	clock_format(d->zone, at, "%Y%m%d", out, 16);
	memmove(out, out + 2, strlen(out + 2) + 1);
}

// --- a customer

static json_t *customer_doc(const struct seed *d, const struct seed_person *c)
{
	json_t *phones = json_array(), *flags = json_array();

	for (size_t i = 0; i < c->n_phones; i++) {
		struct str e164 = {0};
		if (lookup_phone(&e164, sv(c->phones[i].number)))
			json_array_append_new(phones, json_pack("{s:s, s:s, s:b}", "e164", str_z(&e164), "kind", c->phones[i].kind,
								"verified", 1));
		str_release(&e164);
	}
	for (size_t i = 0; i < c->n_flags; i++)
		json_array_append_new(flags, json_string(c->flags[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:[{s:s}], s:[{s:s, s:b, s:I, s:s}]}", "display_name", c->name,
			 "gender", c->gender, "tier", c->tier, "segment", c->segment, "language", c->language, "notes", c->notes,
			 "birth_year", (json_int_t)c->birth_year, "phones", phones, "flags", flags, "addresses", "text", c->address,
			 "consent", "purpose", "marketing", "given", (int)c->marketing, "at", (json_int_t)(d->now - 200 * DAY_MS), "source",
			 "demo");
}

bool seed_customer(struct seed *d, struct db *db, const struct seed_person *p, char *id, struct err *e)
{
	json_t *doc = customer_doc(d, p);
	char *text = json_dumps(doc, JSON_COMPACT);

	id_new(&d->ids, id);
	bool ok = customer_put(db, &(struct customer){.id = id, .stamp = stamp_at(d, d->now - 200 * DAY_MS), .doc = text}, e);
	free(text);
	json_decref(doc);
	return ok;
}

// --- a ticket

// The counter of the day goes at least to where this number is, so that the next one is free. 0: that is the one.
static bool counter_past(struct seed *d, struct db *db, int64_t at, uint32_t *counter, struct err *e)
{
	char day[16], name[16];
	int64_t last = 0, want = *counter;

	day_code(d, at, day);
	snprintf(name, sizeof(name), "ticket/%s", d->station);
	if (!counter_last(db, name, day, &last, e))
		return false;
	if (!want)
		want = last + 1;
	while (last < want)
		if (!counter_next(db, name, day, &last, e))
			return false;
	*counter = (uint32_t)want;
	return true;
}

static int64_t due_of(const struct seed *d, const struct category *cat, int priority, int64_t at, const char **policy)
{
	struct calendar business, always;
	struct sla_facts f = {.red = cat && cat->red, .difficulty = cat ? cat->difficulty : DIFFICULTY_SIMPLE, .priority = priority};

	calendar_default(&business, d->zone);
	calendar_24x7(&always);
	const struct sla_policy *p = sla_pick(sla_policies, sla_npolicies, &f, at, &business);
	*policy = p ? p->code : "";
	return p && p->resolve_min ? sla_due(at, p->resolve_min * 60000LL, NULL, p->business ? &business : &always) : 0;
}

bool seed_put_ticket(struct seed *d, struct db *db, const char *customer_id, const struct seed_ticket *t, struct err *e)
{
	const struct category *cat = category_find(&d->packs->categories, t->category);
	enum ticket_state s = TICKET_OPEN;
	int64_t at = moment(d, t->days_ago), done = at + 3 * 3600000;
	char no[NUMBER_CAP], id[ID_LEN + 1];
	const char *policy;
	uint32_t counter = t->counter;

	if (!ticket_state_parse(sv(t->state), &s))
		return err_set(e, ERR_PARSE, _("a ticket needs a known state, not %s"), t->state);
	if (!counter_past(d, db, at, &counter, e) || !number_at(d, at, NUMBER_TICKET, counter, no, e))
		return false;
	id_new(&d->ids, id);
	int64_t due = due_of(d, cat, (int)t->priority, at, &policy);
	struct ticket row = {
		.id = id, .no = no, .stamp = stamp_at(d, at), .state = ticket_state_code(s),
		.kind = ticket_kind_code(cat && cat->intent == INTENT_COMPLAINT ? TICKET_COMPLAINT : TICKET_CASE),
		.title = t->title, .customer_id = customer_id, .category_id = t->category,
		.owner_id = d->agent, .queue_code = !str_empty(t->queue) ? t->queue : cat && cat->queue ? cat->queue : "general",
		.impact = cat && cat->impact ? cat->impact : 3, .urgency = cat && cat->urgency ? cat->urgency : 3,
		.priority = t->priority, .pinned = cat && cat->red, .resolve_due_at = due,
		.resolved_at = s == TICKET_RESOLVED || s == TICKET_CLOSED ? done : 0, .closed_at = s == TICKET_CLOSED ? done : 0,
		.version = 1,
	};
	row.score = priority_score((int)row.impact, (int)row.urgency, cat ? cat->difficulty : DIFFICULTY_SIMPLE, TIER_NORMAL, at, d->now);
	json_t *o = json_pack("{s:s, s:s, s:i}", "sla_policy", policy, "priority_reason", "matrix", "contact_count", 1);
	if (!str_empty(t->text))
		json_object_set_new(o, "description", json_string(t->text));
	char *doc = json_dumps(o, JSON_COMPACT);
	row.doc = doc;
	bool ok = ticket_put(db, &row, e);
	free(doc);
	json_decref(o);
	return ok &&
	       ticket_event_add(db, &(struct ticket_log_line){.ticket_id = id, .at = at, .by = d->agent, .type = "create"}, NULL, e);
}

// --- a past contact: folded from events like every other

struct past_contact {
	const struct seed *seed;
	struct contact *contact;
	struct db *db;
	const char *id;
};

static bool add_event(struct past_contact *p, struct event *ev, struct err *e)
{
	ev->at = p->contact->started_at + ev->t_ms;
	bool ok = contact_apply(p->contact, ev, true, NULL, e);
	json_t *data = event_to_json(ev);
	char *text = json_dumps(data, JSON_COMPACT);

	ok = ok && interaction_event_add(p->db, &(struct interaction_event){.interaction_id = p->id, .t_ms = ev->t_ms, .at = ev->at,
									    .type = event_type_name(ev->type), .data = text}, NULL, e);
	free(text);
	json_decref(data);
	event_release(ev);
	return ok;
}

static bool add_start(struct past_contact *p, const struct seed_person *who, const char *channel, const char *no,
		      const struct category *cat, struct err *e)
{
	struct event ev = {.type = EV_START};

	event_put(&ev, "channel", channel);
	event_put(&ev, "direction", "in");
	event_put(&ev, "source", p->seed->mode != MODE_LIVE ? "practice" : strcmp(channel, "chat") == 0 ? "chat" : "cti");
	event_put(&ev, "mode", contact_mode_code(p->seed->mode));
	if (who->n_phones)
		event_put(&ev, "number", who->phones[0].number);
	event_put(&ev, "name", who->name);
	event_put(&ev, "queue", cat && cat->queue ? cat->queue : "general");
	event_put(&ev, "no", no);
	return add_event(p, &ev, e);
}

static bool add_plain(struct past_contact *p, enum event_type type, int64_t t_ms, const char *key, const char *value, struct err *e)
{
	struct event ev = {.type = type, .t_ms = t_ms};

	if (key)
		event_put(&ev, key, value);
	return add_event(p, &ev, e);
}

static bool add_customer(struct past_contact *p, const struct seed_person *who, const char *customer_id, struct err *e)
{
	struct event ev = {.type = EV_CUSTOMER, .t_ms = RUNG_MS};

	event_put(&ev, "id", customer_id);
	event_put(&ev, "name", who->name);
	event_put(&ev, "tier", who->tier);
	event_put(&ev, "language", who->language);
	return add_event(p, &ev, e);
}

static bool add_solution(struct past_contact *p, const char *summary, struct err *e)
{
	struct event ev = {.type = EV_FORM_SET, .t_ms = TALKED_MS - 1000};

	event_put(&ev, "form", "base");
	event_put(&ev, "field", "solution");
	event_put(&ev, "value", summary);
	return add_event(p, &ev, e);
}

static bool put_record(struct past_contact *p, const char *no, const char *queue, struct err *e)
{
	const struct contact *k = p->contact;
	struct model stub = {.agent_id = (char *)(uintptr_t)p->seed->agent};
	json_t *doc = contact_to_json(&stub, &(struct work){.contact = p->contact});
	char *text = json_dumps(doc, JSON_COMPACT);
	bool ok = interaction_put(p->db, &(struct interaction){
		.id = p->id, .no = no, .stamp = stamp_at(p->seed, k->started_at), .state = call_state_code(k->state),
		.channel = channel_code(k->channel), .direction = direction_code(k->direction), .source = source_code(k->source),
		.mode = contact_mode_code(k->mode), .agent_id = p->seed->agent, .queue_code = queue, .customer_id = k->customer_id,
		.category_id = k->category, .disposition = k->disposition, .started_at = k->started_at,
		.connected_at = k->started_at + k->connected_t, .ended_at = k->started_at + k->ended_t,
		.closed_at = k->started_at + k->closed_t, .version = 1, .doc = text}, e);

	free(text);
	json_decref(doc);
	return ok;
}

bool seed_put_contact(struct seed *d, struct db *db, const struct seed_person *who, const char *customer_id,
		      const struct seed_contact *c, struct err *e)
{
	const struct category *cat = category_find(&d->packs->categories, c->category);
	int64_t at = moment(d, c->days_ago), counter;
	char no[NUMBER_CAP], day[16], id[ID_LEN + 1], name[16];

	day_code(d, at, day);
	snprintf(name, sizeof(name), "contact/%s", d->station);
	if (!counter_next(db, name, day, &counter, e) || !number_at(d, at, NUMBER_CONTACT, (uint32_t)counter, no, e))
		return false;
	id_new(&d->ids, id);
	struct past_contact p = {.seed = d, .contact = contact_new(id, at, &d->world), .db = db, .id = id};
	bool ok = add_start(&p, who, c->channel, no, cat, e) && add_plain(&p, EV_RING, 0, NULL, NULL, e) &&
		  add_plain(&p, EV_ANSWER, RUNG_MS, NULL, NULL, e) && add_customer(&p, who, customer_id, e) &&
		  add_plain(&p, EV_CLASSIFY, CLASSIFIED_MS, "code", c->category, e) && add_solution(&p, c->summary, e) &&
		  add_plain(&p, EV_HANGUP, TALKED_MS, "side", "customer", e) &&
		  add_plain(&p, EV_DISPOSITION, TALKED_MS + WRAPPED_MS / 2, "code", c->disposition, e) &&
		  add_plain(&p, EV_CLOSE, TALKED_MS + WRAPPED_MS, NULL, NULL, e) &&
		  put_record(&p, no, cat && cat->queue ? cat->queue : "general", e);
	contact_free(p.contact);
	return ok;
}
