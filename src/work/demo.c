// SPDX-License-Identifier: MIT
// Knows how the demo site is made: a station, its packs, and invented people with a past.
#include "src/work/demo.h"

#include "config/yaml.h"
#include "src/base/path.h"
#include "src/desk/number.h"
#include "src/desk/priority.h"
#include "src/desk/sla.h"
#include "src/desk/ticket.h"
#include "src/store/customer.h"
#include "src/store/id.h"
#include "src/store/interaction.h"
#include "src/store/lookup.h"
#include "src/store/meta.h"
#include "src/store/ticket.h"
#include "src/work/demo_kb.h"
#include "src/work/internal.h"
#include "src/work/station.h"

#define DEMO_ZONE "Asia/Shanghai"
#define DAY_MS (24LL * 3600000)
// Past contacts: rung for 6 s, category at 20 s, 4 minutes long, wrapped up in 40 s.
enum { RUNG_MS = 6000, CLASSIFIED_MS = 20000, TALKED_MS = 240000, WRAPPED_MS = 40000 };

struct demo {
	const struct clock *clock;
	int64_t now;
	struct id_gen ids;
	struct packs *packs;
	struct contact_world world;
	const struct yaml_node *customers;
	struct arena arena;
	size_t made; // contacts so far: spreads them over the day
};

static const char *text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);

	return n && n->kind == YAML_SCALAR ? n->text : "";
}

static int64_t int_of(const struct yaml_node *map, const char *key)
{
	int64_t v = 0;

	return parse_int(sv(text_of(map, key)), 0, 100000, &v) ? v : 0;
}

static size_t items_of(const struct yaml_node *map, const char *key, struct yaml_node ***items)
{
	struct yaml_node *n = yaml_get(map, key);

	*items = n ? n->items : NULL;
	return n && n->kind == YAML_LIST ? n->n : 0;
}

static struct row_stamp stamp_at(int64_t at)
{
	return (struct row_stamp){.created_at = at, .updated_at = at, .created_by = DEMO_AGENT_NO, .updated_by = DEMO_AGENT_NO,
				  .origin = DEMO_STATION};
}

// A moment in the working hours of that day; today's lie at least an hour back.
static int64_t moment(struct demo *d, int64_t days_ago)
{
	struct date day;
	int64_t at;

	clock_local(DEMO_ZONE, d->now - days_ago * DAY_MS, &day);
	day.hour = 9;
	day.minute = (int)(d->made++ * 37 % 480);
	day.second = 0;
	at = clock_utc(DEMO_ZONE, &day);
	return at > d->now - 3600000 ? d->now - 3600000 : at;
}

static bool number_at(int64_t at, enum number_kind kind, uint32_t counter, char out[NUMBER_CAP], struct err *e)
{
	struct date day;

	clock_local(DEMO_ZONE, at, &day);
	return number_format(&(struct number){.kind = kind, .site = DEMO_SITE, .station = DEMO_STATION, .year = day.year,
					      .month = day.month, .day = day.day, .counter = counter}, out, e);
}

static void day_code(int64_t at, char out[16])
{
	clock_format(DEMO_ZONE, at, "%Y%m%d", out, 16);
	memmove(out, out + 2, strlen(out + 2) + 1);
}

// --- a customer

static json_t *customer_doc(const struct demo *d, const struct yaml_node *c)
{
	static const char *const plain[] = {"gender", "tier", "segment", "language", "notes"};
	json_t *o = json_object(), *phones = json_array(), *flags = json_array();
	struct yaml_node **items;

	json_object_set_new(o, "display_name", json_string(text_of(c, "name")));
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		json_object_set_new(o, plain[i], json_string(text_of(c, plain[i])));
	json_object_set_new(o, "birth_year", json_integer((json_int_t)int_of(c, "birth_year")));
	for (size_t i = 0, n = items_of(c, "phones", &items); i < n; i++) {
		struct str e164 = {0};
		if (lookup_phone(&e164, sv(text_of(items[i], "number"))))
			json_array_append_new(phones, json_pack("{s:s, s:s, s:b}", "e164", str_z(&e164), "kind",
								text_of(items[i], "kind"), "verified", 1));
		str_release(&e164);
	}
	for (size_t i = 0, n = items_of(c, "flags", &items); i < n; i++)
		json_array_append_new(flags, json_string(items[i]->text));
	json_object_set_new(o, "phones", phones);
	json_object_set_new(o, "flags", flags);
	json_object_set_new(o, "addresses", json_pack("[{s:s}]", "text", text_of(c, "address")));
	json_object_set_new(o, "consent", json_pack("[{s:s, s:b, s:I, s:s}]", "purpose", "marketing", "given",
						    strcmp(text_of(c, "consent_marketing"), "true") == 0, "at",
						    (json_int_t)(d->now - 200 * DAY_MS), "source", "demo"));
	return o;
}

static bool put_customer(struct demo *d, struct db *db, const struct yaml_node *c, const char *id, struct err *e)
{
	json_t *doc = customer_doc(d, c);
	char *text = json_dumps(doc, JSON_COMPACT);
	bool ok = customer_put(db, &(struct customer){.id = id, .stamp = stamp_at(d->now - 200 * DAY_MS), .doc = text}, e);

	free(text);
	json_decref(doc);
	return ok;
}

// --- a ticket

// The counter of the day goes at least to where the demo's own numbers are, so that the next one is free.
static bool counter_past(struct db *db, int64_t at, uint32_t counter, struct err *e)
{
	char day[16];
	int64_t last = 0;

	day_code(at, day);
	if (!counter_last(db, "ticket/" DEMO_STATION, day, &last, e))
		return false;
	while (last < counter)
		if (!counter_next(db, "ticket/" DEMO_STATION, day, &last, e))
			return false;
	return true;
}

static int64_t due_of(const struct category *cat, int priority, int64_t at, const char **policy)
{
	struct calendar business, always;
	struct sla_facts f = {.red = cat && cat->red, .difficulty = cat ? cat->difficulty : DIFFICULTY_SIMPLE, .priority = priority};

	calendar_default(&business, DEMO_ZONE);
	calendar_24x7(&always);
	const struct sla_policy *p = sla_pick(sla_policies, sla_npolicies, &f, at, &business);
	*policy = p ? p->code : "";
	return p && p->resolve_min ? sla_due(at, p->resolve_min * 60000LL, NULL, p->business ? &business : &always) : 0;
}

static bool put_ticket(struct demo *d, struct db *db, const char *customer_id, const struct yaml_node *t, struct err *e)
{
	const struct category *cat = category_find(&d->packs->categories, text_of(t, "category"));
	enum ticket_state s = TICKET_OPEN;
	int64_t at = moment(d, int_of(t, "days_ago")), done = at + 3 * 3600000;
	char no[NUMBER_CAP], id[ID_LEN + 1];
	const char *policy;
	uint32_t counter;

	if (!base36_parse(sv(text_of(t, "no_suffix")), &counter) || !ticket_state_parse(sv(text_of(t, "state")), &s))
		return err_set(e, ERR_PARSE, _("line %d: a ticket needs no_suffix and a known state"), t->line);
	if (!number_at(at, NUMBER_TICKET, counter, no, e) || !counter_past(db, at, counter, e))
		return false;
	id_new(&d->ids, id);
	int64_t due = due_of(cat, (int)int_of(t, "priority"), at, &policy);
	struct ticket row = {
		.id = id, .no = no, .stamp = stamp_at(at), .state = ticket_state_code(s),
		.kind = ticket_kind_code(cat && cat->intent == INTENT_COMPLAINT ? TICKET_COMPLAINT : TICKET_CASE),
		.title = text_of(t, "title"), .customer_id = customer_id, .category_id = text_of(t, "category"),
		.owner_id = DEMO_AGENT_NO, .queue_code = cat && cat->queue ? cat->queue : "general",
		.impact = cat && cat->impact ? cat->impact : 3, .urgency = cat && cat->urgency ? cat->urgency : 3,
		.priority = int_of(t, "priority"), .pinned = cat && cat->red, .resolve_due_at = due,
		.resolved_at = s == TICKET_RESOLVED || s == TICKET_CLOSED ? done : 0, .closed_at = s == TICKET_CLOSED ? done : 0,
		.version = 1,
	};
	row.score = priority_score((int)row.impact, (int)row.urgency, cat ? cat->difficulty : DIFFICULTY_SIMPLE, TIER_NORMAL, at, d->now);
	row.doc = arena_printf(&d->arena, "{\"sla_policy\":\"%s\",\"priority_reason\":\"matrix\",\"contact_count\":1}", policy);
	return ticket_put(db, &row, e) &&
	       ticket_event_add(db, &(struct ticket_log_line){.ticket_id = id, .at = at, .by = DEMO_AGENT_NO, .type = "create"}, NULL, e);
}

// --- a past contact: folded from events like every other

struct past_contact {
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

static bool add_start(struct past_contact *p, const struct yaml_node *cust, const struct yaml_node *item, const char *no,
		      const struct category *cat, struct err *e)
{
	struct event ev = {.type = EV_START};
	struct yaml_node **phones;
	const char *channel = text_of(item, "channel");

	event_put(&ev, "channel", channel);
	event_put(&ev, "direction", "in");
	event_put(&ev, "source", strcmp(channel, "chat") == 0 ? "chat" : "cti");
	event_put(&ev, "mode", "live");
	if (items_of(cust, "phones", &phones))
		event_put(&ev, "number", text_of(phones[0], "number"));
	event_put(&ev, "name", text_of(cust, "name"));
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

static bool add_customer(struct past_contact *p, const struct yaml_node *cust, const char *customer_id, struct err *e)
{
	struct event ev = {.type = EV_CUSTOMER, .t_ms = RUNG_MS};

	event_put(&ev, "id", customer_id);
	event_put(&ev, "name", text_of(cust, "name"));
	event_put(&ev, "tier", text_of(cust, "tier"));
	event_put(&ev, "language", text_of(cust, "language"));
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
	struct model stub = {.agent_id = (char *)(uintptr_t)DEMO_AGENT_NO};
	json_t *doc = contact_to_json(&stub, &(struct work){.contact = p->contact});
	char *text = json_dumps(doc, JSON_COMPACT);
	bool ok = interaction_put(p->db, &(struct interaction){
		.id = p->id, .no = no, .stamp = stamp_at(k->started_at), .state = call_state_code(k->state),
		.channel = channel_code(k->channel), .direction = direction_code(k->direction), .source = source_code(k->source),
		.mode = contact_mode_code(k->mode), .agent_id = DEMO_AGENT_NO, .queue_code = queue, .customer_id = k->customer_id,
		.category_id = k->category, .disposition = k->disposition, .started_at = k->started_at,
		.connected_at = k->started_at + k->connected_t, .ended_at = k->started_at + k->ended_t,
		.closed_at = k->started_at + k->closed_t, .version = 1, .doc = text}, e);

	free(text);
	json_decref(doc);
	return ok;
}

static bool put_contact(struct demo *d, struct db *db, const struct yaml_node *cust, const char *customer_id,
			const struct yaml_node *item, struct err *e)
{
	const struct category *cat = category_find(&d->packs->categories, text_of(item, "category"));
	int64_t at = moment(d, int_of(item, "days_ago")), counter;
	char no[NUMBER_CAP], day[16], id[ID_LEN + 1];

	day_code(at, day);
	if (!counter_next(db, "contact/" DEMO_STATION, day, &counter, e) || !number_at(at, NUMBER_CONTACT, (uint32_t)counter, no, e))
		return false;
	id_new(&d->ids, id);
	struct past_contact p = {.contact = contact_new(id, at, &d->world), .db = db, .id = id};
	bool ok = add_start(&p, cust, item, no, cat, e) && add_plain(&p, EV_RING, 0, NULL, NULL, e) &&
		  add_plain(&p, EV_ANSWER, RUNG_MS, NULL, NULL, e) && add_customer(&p, cust, customer_id, e) &&
		  add_plain(&p, EV_CLASSIFY, CLASSIFIED_MS, "code", text_of(item, "category"), e) &&
		  add_solution(&p, text_of(item, "summary"), e) && add_plain(&p, EV_HANGUP, TALKED_MS, "side", "customer", e) &&
		  add_plain(&p, EV_DISPOSITION, TALKED_MS + WRAPPED_MS / 2, "code", text_of(item, "disposition"), e) &&
		  add_plain(&p, EV_CLOSE, TALKED_MS + WRAPPED_MS, NULL, NULL, e) &&
		  put_record(&p, no, cat && cat->queue ? cat->queue : "general", e);
	contact_free(p.contact);
	return ok;
}

// --- the site

static bool fill(struct db *db, void *arg, struct err *e)
{
	struct demo *d = arg;
	struct yaml_node **items;
	char id[ID_LEN + 1];

	if (!meta_set_text(db, "agent", DEMO_AGENT_NO, e) || !meta_set_text(db, "agent_name", DEMO_AGENT_NAME, e))
		return false;
	for (size_t i = 0; i < d->customers->n; i++) {
		const struct yaml_node *c = d->customers->items[i];
		id_new(&d->ids, id);
		if (!put_customer(d, db, c, id, e))
			return err_prefix(e, "%s: ", text_of(c, "id"));
		for (size_t j = 0, n = items_of(c, "tickets", &items); j < n; j++)
			if (!put_ticket(d, db, id, items[j], e))
				return err_prefix(e, "%s: ", text_of(c, "id"));
		for (size_t j = 0, n = items_of(c, "contacts", &items); j < n; j++)
			if (!put_contact(d, db, c, id, items[j], e))
				return err_prefix(e, "%s: ", text_of(c, "id"));
	}
	return demo_kb_readers(db, d->now, e);
}

static bool people(struct demo *d, struct err *e)
{
	char *path = path_share("demo/customers.yaml");
	struct problems p = {0};
	const struct yaml_node *doc = yaml_parse_file(path, path, NULL, &p, &d->arena);
	bool ok = true;

	d->customers = yaml_get(doc, "customers");
	if (p.errors)
		ok = err_set(e, ERR_PARSE, "%s:%d: %s", p.v[0].file, p.v[0].line, p.v[0].message);
	else if (!d->customers || d->customers->kind != YAML_LIST)
		ok = err_set(e, ERR_PARSE, _("%s: a list named customers is needed"), path);
	problems_release(&p);
	free(path);
	return ok;
}

static bool furnish(const char *dir, const struct clock *clock, struct err *e)
{
	struct arena a = {0};
	const char **dirs;
	size_t n;
	char *packs = path_share("packs"), *settings = path_join(dir, "zuoxi.yaml");
	bool ok = packs_find(packs, &dirs, &n, &a, e);

	for (size_t i = 0; ok && i < n; i++)
		ok = station_add_pack(dir, dirs[i], clock, DEMO_ZONE, e);
	ok = ok && path_write_atomic(settings, sv("agent:\n  no: \"" DEMO_AGENT_NO "\"\n  name: " DEMO_AGENT_NAME "\n"
						  // Everything can be looked at; only what one wrote oneself waits for somebody else.
						  "  roles: agent, kb_editor, supervisor\n"
						  "zone: " DEMO_ZONE "\n"
						  "site:\n  name: 示例服务中心\n"), 0600, e);
	ok = ok && demo_kb_fill(dir, DEMO_ZONE, clock, e);
	free(packs);
	free(settings);
	arena_release(&a);
	return ok;
}

bool demo_make(const char *dir, const struct clock *clock, struct err *e)
{
	struct demo d = {.clock = clock, .now = clock_wall(clock)};
	struct store *store = NULL;
	bool ok = store_init(dir, DEMO_SITE, DEMO_STATION, clock, e) && furnish(dir, clock, e) &&
		  station_load_packs(dir, &d.packs, e) && people(&d, e);

	if (ok) {
		id_gen_init(&d.ids, clock, 0);
		packs_world(d.packs, DEMO_ZONE, &d.world);
		ok = store_open(&store, &(struct store_options){.dir = dir}, e) && store_do(store, fill, &d, e);
		store_close(store);
	}
	packs_free(d.packs);
	arena_release(&d.arena);
	return ok;
}
