// SPDX-License-Identifier: MIT
// Knows the customer beside a contact: who is calling, what the card shows of them, and how one is attached or made.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/ticket.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/lookup.h"
#include "src/store/ticket.h"
#include "src/work/internal.h"

enum { CARD_CONTACTS = 5, FIND_ROWS = 20 };
#define RECENT_MS (90LL * 24 * 3600000)

// --- labels

const char *work_category_label(const struct model *m, const char *code)
{
	const struct category *c = m->packs && code ? category_find(&m->packs->categories, code) : NULL;

	return c ? category_label(c) : code ? code : "";
}

const char *work_disposition_label(const struct model *m, const char *code)
{
	const struct disposition *d = m->packs && code ? disposition_find(&m->packs->dispositions, code) : NULL;

	return d ? disposition_label(d) : code ? code : "";
}

const char *work_cause_label(const struct model *m, const char *code)
{
	const struct pack_cause *c = m->packs ? packs_cause(m->packs, code) : NULL;

	return c ? label_text(c->text) : code ? code : "";
}

const char *work_channel_label(const char *code)
{
	enum channel c;

	return code && channel_parse(sv(code), &c) ? channel_label(c) : code ? code : "";
}

// --- the card

void card_release(struct customer_card *card)
{
	free(card->id);
	free(card->name);
	free(card->masked_name);
	free(card->masked_phone);
	free(card->tier);
	free(card->language);
	free(card->notes);
	free(card->address);
	free(card->flags);
	for (size_t i = 0; i < card->tickets.n; i++) {
		free(card->tickets.v[i].no);
		free(card->tickets.v[i].title);
		free(card->tickets.v[i].state);
	}
	vec_release(&card->tickets);
	for (size_t i = 0; i < card->contacts.n; i++) {
		free(card->contacts.v[i].channel);
		free(card->contacts.v[i].category);
		free(card->contacts.v[i].disposition);
		free(card->contacts.v[i].summary);
		free(card->contacts.v[i].id);
	}
	vec_release(&card->contacts);
	*card = (struct customer_card){0};
}

static char *masked(enum mask how, const char *value)
{
	struct str b = {0};

	if (!str_empty(value))
		mask_value(how, sv(value), &b);
	char *out = xstrdup(str_z(&b));
	str_release(&b);
	return out;
}

static char *swept(const char *text)
{
	struct str b = {0};

	mask_text(sv(text), &b);
	char *out = xstrdup(str_z(&b));
	str_release(&b);
	return out;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static const char *first_text(const json_t *list, const char *key)
{
	const json_t *item = json_array_get(list, 0);

	return json_is_string(item) ? json_string_value(item) : text_of(item, key);
}

static bool consents(const json_t *doc, const char *purpose)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(doc, "consent"), i, c)
		if (strcmp(text_of(c, "purpose"), purpose) == 0)
			return json_is_true(json_object_get(c, "given")) && !json_object_get(c, "withdrawn_at");
	return false;
}

// The flags of domain.md §3.3, and "marketing" for that consent, joined by ','. Owned.
static char *flags_of(const json_t *doc)
{
	struct str b = {0};
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(doc, "flags"), i, f)
		if (json_is_string(f))
			str_addf(&b, "%s%s", b.n ? "," : "", json_string_value(f));
	if (consents(doc, "marketing"))
		str_addf(&b, "%smarketing", b.n ? "," : "");
	char *out = xstrdup(str_z(&b));
	str_release(&b);
	return out;
}

static void fill_person(struct customer_card *card, const char *id, const json_t *doc)
{
	const char *tier = text_of(doc, "tier");

	card->known = true;
	card->id = xstrdup(id);
	card->name = xstrdup(text_of(doc, "display_name"));
	card->masked_name = masked(MASK_NAME, card->name);
	card->masked_phone = masked(MASK_PHONE, first_text(json_object_get(doc, "phones"), "e164"));
	card->tier = xstrdup(*tier ? tier : "normal");
	card->language = xstrdup(text_of(doc, "language"));
	card->notes = swept(text_of(doc, "notes"));
	card->address = masked(MASK_ADDRESS, first_text(json_object_get(doc, "addresses"), "text"));
	card->flags = flags_of(doc);
}

static bool fill_tickets(struct model *m, struct customer_card *card, struct arena *a, struct err *e)
{
	struct ticket_filter f = {.by = TICKET_BY_CUSTOMER, .key = card->id, .open_only = true, .limit = 20};
	struct tickets rows = {0};
	bool ok = ticket_list(store_reader(m->store), &f, &rows, a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		const struct ticket *t = &rows.v[i];
		*vec_add(&card->tickets) = (struct card_ticket){
			.no = xstrdup(t->no), .title = swept(t->title), .state = xstrdup(t->state), .priority = t->priority,
			.due_at = t->resolve_due_at, .pinned = t->pinned,
		};
	}
	vec_release(&rows);
	return ok;
}

// One line about a past contact: what was done, else what was needed.
static char *summary_of(const char *doc)
{
	json_error_t why;
	json_t *o = doc ? json_loads(doc, 0, &why) : NULL;
	const json_t *base = json_object_get(json_object_get(o, "form"), "base");
	const char *s = text_of(o, "solution_text");
	struct str line = {0};

	utf8_clean(&line, sv(*s ? s : text_of(base, "need")), UTF8_LINE);
	char *out = swept(str_z(&line));
	str_release(&line);
	json_decref(o);
	return out;
}

static bool is_past(const struct model *m, const struct interaction *i)
{
	enum call_state s;

	return str_eq(i->mode, contact_mode_code(m->mode)) && call_state_parse(sv(i->state), &s) && call_is_terminal(s);
}

static bool fill_contacts(struct model *m, struct customer_card *card, struct arena *a, struct err *e)
{
	struct db *db = store_reader(m->store);
	// The contact in hand and those still open stand first; a few more rows leave 5 past ones.
	struct interaction_filter last = {.customer_id = card->id, .limit = CARD_CONTACTS + 8, .with_doc = true};
	struct interaction_filter recent = {.customer_id = card->id, .from = clock_wall(m->clock) - RECENT_MS};
	struct interactions rows = {0};
	bool ok = interaction_list(db, &last, &rows, a, e);

	for (size_t i = 0; ok && i < rows.n && card->contacts.n < CARD_CONTACTS; i++) {
		const struct interaction *r = &rows.v[i];
		if (is_past(m, r))
			*vec_add(&card->contacts) = (struct card_contact){
				.at = r->started_at, .channel = xstrdup(work_channel_label(r->channel)),
				.category = xstrdup(work_category_label(m, r->category_id)),
				.disposition = xstrdup(work_disposition_label(m, r->disposition)),
				.summary = summary_of(r->doc), .id = xstrdup(r->id),
			};
	}
	rows.n = 0;
	ok = ok && interaction_list(db, &recent, &rows, a, e);
	for (size_t i = 0; ok && i < rows.n; i++)
		card->contacts_90d += is_past(m, &rows.v[i]);
	vec_release(&rows);
	return ok;
}

static json_t *parse_doc(const struct customer *c, struct err *e)
{
	json_error_t why;
	json_t *doc = c->doc ? json_loads(c->doc, 0, &why) : NULL;

	if (!json_is_object(doc)) {
		json_decref(doc);
		err_set(e, ERR_PARSE, _("The record of customer %s is damaged; run zuoxi doctor."), c->id);
		return NULL;
	}
	return doc;
}

bool card_load(struct model *m, struct customer_card *card, const char *customer_id, struct err *e)
{
	struct arena a = {0};
	struct customer c = {0};
	json_t *doc = NULL;

	card_release(card);
	bool ok = work_open(m, e) && customer_get(store_reader(m->store), customer_id, &c, &a, e) && (doc = parse_doc(&c, e)) != NULL;
	if (ok) {
		fill_person(card, customer_id, doc);
		ok = fill_tickets(m, card, &a, e) && fill_contacts(m, card, &a, e);
	}
	json_decref(doc);
	arena_release(&a);
	m->changed = true;
	return ok;
}

// --- attaching

struct touch_part {
	char id[40];
	int64_t at;
};

static bool run_touch(struct db *db, void *arg, struct err *e)
{
	struct touch_part *p = arg;

	return customer_touch(db, p->id, p->at, e);
}

static bool emit_customer(struct model *m, struct work *w, const char *id, const json_t *doc, bool by_system, struct commit *c,
			  struct err *e)
{
	struct event ev = work_event(m, w, EV_CUSTOMER);
	struct touch_part *p;
	char *flags = flags_of(doc);
	const char *tier = text_of(doc, "tier");

	event_put(&ev, "id", id);
	event_put(&ev, "name", text_of(doc, "display_name"));
	event_put(&ev, "tier", *tier ? tier : "normal");
	event_put(&ev, "language", text_of(doc, "language"));
	event_put(&ev, "number", first_text(json_object_get(doc, "phones"), "e164"));
	event_put(&ev, "flags", flags);
	// what the program found by itself is no action of the agent: undo does not take it away
	if (by_system)
		event_put(&ev, "source", "system");
	free(flags);
	if (!work_emit(m, w, &ev, by_system, NULL, c, e))
		return false;
	p = xcalloc(1, sizeof(*p));
	snprintf(p->id, sizeof(p->id), "%s", id);
	p->at = clock_wall(m->clock);
	commit_part(c, run_touch, p, free);
	return true;
}

// Nobody known: the card shows the caller as the telephone named them.
static void stranger(const struct model *m, struct work *w)
{
	const struct contact *k = w->contact;

	card_release(&w->card);
	w->card.shut = work_shut(m);
	w->card.name = xstrdup(k->caller ? k->caller : "");
	w->card.masked_name = masked(MASK_NAME, k->caller);
	w->card.masked_phone = masked(MASK_PHONE, k->number);
}

void work_card_refresh(struct model *m, struct work *w)
{
	struct err e = {0};

	if (!w->contact->customer_id || work_shut(m)) {
		stranger(m, w);
	} else if (!card_load(m, &w->card, w->contact->customer_id, &e)) {
		model_say_note(m, NOTE_WARN, _("The customer could not be looked up: %s"), e.msg);
		stranger(m, w);
	}
	m->changed = true;
}

void work_screen_pop(struct model *m, struct work *w, struct commit *c)
{
	struct arena a = {0};
	struct customers found = {0};
	struct err e = {0};
	json_t *doc = NULL;

	stranger(m, w);
	if (!work_shut(m) && !str_empty(w->contact->number) && work_customers_answer(m, &e) && customer_by_phone(store_reader(m->store), w->contact->number, 2, &found, &a, &e)) {
		if (found.n == 1 && (doc = parse_doc(&found.v[0], &e)) &&
		    emit_customer(m, w, found.v[0].id, doc, true, c, &e) && !card_load(m, &w->card, found.v[0].id, &e))
			stranger(m, w);
		else if (found.n > 1)
			model_say_note(m, NOTE_INFO, _("Several customers have this number; choose one with M-u."));
	}
	if (e.code != ERR_NONE)
		model_say_note(m, NOTE_WARN, _("The customer could not be looked up: %s"), e.msg);
	json_decref(doc);
	vec_release(&found);
	arena_release(&a);
}

bool model_customer_find(struct model *m, const char *query, struct customers *out, struct arena *a, struct err *e)
{
	return work_open(m, e) && work_customers_answer(m, e) && customer_find(store_reader(m->store), query, FIND_ROWS, out, a, e);
}

bool model_customer_attach(struct model *m, struct work *w, const char *customer_id, struct err *e)
{
	struct arena a = {0};
	struct customer cust = {0};
	struct commit *c = commit_new(m, "customer.attach");
	json_t *doc = NULL;
	bool ok = work_open(m, e) && work_customers_answer(m, e) && (!str_eq(w->contact->customer_id, customer_id) ||
				      err_set(e, ERR_CONFLICT, _("This customer is attached to the contact already.")));

	ok = ok && customer_get(store_reader(m->store), customer_id, &cust, &a, e) && (doc = parse_doc(&cust, e)) != NULL &&
	     emit_customer(m, w, customer_id, doc, false, c, e);
	json_decref(doc);
	arena_release(&a);
	if (!ok) {
		commit_abandon(m, c);
		return false;
	}
	commit_submit(m, c);
	return card_load(m, &w->card, customer_id, e);
}

// --- a new customer

struct customer_part {
	struct customer row;
	struct arena arena;
};

static bool run_customer(struct db *db, void *arg, struct err *e)
{
	return customer_put(db, &((struct customer_part *)arg)->row, e);
}

static void drop_customer(void *arg)
{
	struct customer_part *p = arg;

	arena_release(&p->arena);
	free(p);
}

static void commit_customer(struct commit *c, struct model *m, const char *id, json_t *doc)
{
	struct customer_part *p = xcalloc(1, sizeof(*p));
	struct row_stamp s = work_stamp(m);
	char *text = json_dumps(doc, JSON_COMPACT), stream[32];

	p->row = (struct customer){.id = arena_strdup(&p->arena, id), .stamp = s, .doc = arena_strdup(&p->arena, text)};
	p->row.stamp.created_by = arena_strdup(&p->arena, s.created_by);
	p->row.stamp.updated_by = arena_strdup(&p->arena, s.updated_by);
	p->row.stamp.origin = arena_strdup(&p->arena, s.origin);
	free(text);
	commit_part(c, run_customer, p, drop_customer);
	// Customers are spread over 16 streams by the last, random, digit of their id (sync.md §3.1).
	snprintf(stream, sizeof(stream), "cust/%s/%c", m->site, id[strlen(id) - 1]);
	// A patch on nothing; the whole document as the body was the way of schema 1.
	json_t *body = json_pack("{s:O, s:{}}", "set", doc, "was");
	commit_outbox(c, m, "customer.set", "customer", id, stream, body);
	json_decref(body);
}

static bool number_free(struct model *m, const char *phone, struct err *e)
{
	struct arena a = {0};
	struct customers found = {0};
	bool ok = customer_by_phone(store_reader(m->store), phone, 1, &found, &a, e);

	if (ok && found.n)
		ok = err_set(e, ERR_CONFLICT, _("There is a customer with this number already; find and attach them instead."));
	vec_release(&found);
	arena_release(&a);
	return ok;
}

bool work_customer_create(struct model *m, struct work *w, const char *name, const char *phone, bool by_system, struct err *e)
{
	struct str clean = {0}, e164 = {0};
	char id[40];

	utf8_clean(&clean, sv_trim(sv(name)), UTF8_LINE);
	// Whether there is one already cannot be looked up: nobody is kept twice because of that.
	bool ok = work_open(m, e) && work_customers_answer(m, e);
	ok = ok && (clean.n > 0 || err_set(e, ERR_USAGE, _("Type the name of the new customer.")));
	if (ok && !str_empty(phone) && !lookup_phone(&e164, sv(phone)))
		ok = err_set(e, ERR_PARSE, _("This is not a telephone number; type it again or leave it empty."));
	ok = ok && (str_empty(phone) || number_free(m, phone, e));
	if (ok) {
		struct commit *c = commit_new(m, "customer.create");
		json_t *doc = json_pack("{s:s, s:s, s:s, s:[], s:[], s:[], s:s}", "display_name", str_z(&clean), "tier", "normal",
					"language", i18n_lang() == LANG_ZH ? "zh" : "en", "phones", "flags", "consent", "notes", "");
		if (e164.n)
			json_array_append_new(json_object_get(doc, "phones"),
					      json_pack("{s:s, s:s, s:b}", "e164", str_z(&e164), "kind", "mobile", "verified", 0));
		work_new_id(m, id);
		commit_customer(c, m, id, doc);
		ok = emit_customer(m, w, id, doc, by_system, c, e);
		if (ok) {
			commit_submit(m, c);
			card_release(&w->card);
			fill_person(&w->card, id, doc);
			m->changed = true;
		} else {
			commit_abandon(m, c);
		}
		json_decref(doc);
	}
	str_release(&clean);
	str_release(&e164);
	return ok;
}

bool model_customer_create(struct model *m, struct work *w, const char *name, const char *phone, struct err *e)
{
	return work_customer_create(m, w, name, phone, false, e);
}
