// SPDX-License-Identifier: MIT
// Knows the lists between calls: my tickets in working order, promised call-backs, what must be read, today's figures, my past contacts.
#include <jansson.h>

#include "src/base/log.h"
#include "src/desk/mask.h"
#include "src/desk/priority.h"
#include "src/desk/sla.h"
#include "src/desk/ticket.h"
#include "src/store/callback.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/receipt.h"
#include "src/store/ticket.h"
#include "src/work/internal.h"

enum { HOME_TICKETS = 200, HOME_CALLBACKS = 50, HOME_NOTICES = 60, PAST_ROWS = 200 };
#define ANSWERS_MS (180LL * 24 * 3600000) // how long an answer waits to be taken note of

static const char *arena_masked(struct arena *a, enum mask how, const char *value)
{
	struct str b = {0};

	if (!str_empty(value))
		mask_value(how, sv(value), &b);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static const char *arena_swept(struct arena *a, const char *text)
{
	struct str b = {0};

	mask_text(sv(text), &b);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static json_t *doc_of(const char *text)
{
	json_error_t why;

	return text ? json_loads(text, 0, &why) : NULL;
}

// --- my open tickets

struct ranked {
	struct queue_key key;
	struct home_ticket row;
	int64_t now;
};

static int by_queue(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int d = queue_compare(&x->key, &y->key, x->now);

	return d ? d : strcmp(x->row.no, y->row.no);
}

static bool is_paused(enum ticket_state s, const char *doc)
{
	json_t *o = doc_of(doc);
	const char *code = json_string_value(json_object_get(o, "sla_policy"));
	bool paused = false;

	for (size_t i = 0; code && i < sla_npolicies; i++)
		if (strcmp(sla_policies[i].code, code) == 0)
			paused = ticket_pauses(s, sla_policies[i].pause_customer, sla_policies[i].pause_third);
	json_decref(o);
	return paused;
}

static bool home_tickets(struct model *m, struct home *h, struct err *e)
{
	struct ticket_filter f = {.by = TICKET_BY_OWNER, .key = m->agent_id, .open_only = true, .with_doc = true};
	struct tickets rows = {0};
	VEC(struct ranked) v = {0};
	int64_t now = clock_wall(m->clock);
	bool ok = ticket_list(store_reader(m->store), &f, &rows, &h->arena, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		const struct ticket *t = &rows.v[i];
		enum ticket_state s;
		if (!ticket_state_parse(sv(t->state), &s) || !ticket_is_open(s))
			continue;
		// While the clock stands still the stored due time moves on with it: a ticket that waits neither ages nor breaches.
		bool paused = is_paused(s, t->doc), past = t->resolve_due_at && now > t->resolve_due_at, breached = past && !paused;
		*vec_add(&v) = (struct ranked){
			.now = now,
			.key = {.pinned = t->pinned, .breached = breached, .priority = (int)t->priority, .start = t->stamp.created_at,
				.resolve_due_at = paused ? 0 : t->resolve_due_at, .score = (int)t->score, .created_at = t->stamp.created_at},
			.row = {.id = t->id, .no = t->no, .title = work_shut(m) ? "" : arena_swept(&h->arena, t->title), .state = t->state,
				.category = work_category_label(m, t->category_id), .priority = t->priority,
				.due_at = paused && past ? 0 : t->resolve_due_at, .pinned = t->pinned, .breached = breached, .paused = paused},
		};
	}
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), by_queue);
	for (size_t i = 0; i < v.n && i < HOME_TICKETS; i++)
		vec_push(&h->tickets, v.v[i].row);
	vec_release(&v);
	vec_release(&rows);
	return ok;
}

// --- promised call-backs

static const char *who_is(struct model *m, const char *customer_id, const char *phone, struct arena *a)
{
	struct customer c;

	if (work_shut(m))
		return "";
	if (customer_id && customer_get(store_reader(m->store), customer_id, &c, a, NULL) && !str_empty(c.name))
		return arena_masked(a, MASK_NAME, c.name);
	return arena_masked(a, MASK_PHONE, phone);
}

static bool home_callbacks(struct model *m, struct home *h, struct err *e)
{
	struct callbacks rows = {0};
	bool ok = callback_due(store_reader(m->store), m->agent_id, 0, &rows, &h->arena, e);

	for (size_t i = 0; ok && i < rows.n && i < HOME_CALLBACKS; i++) {
		const struct callback *c = &rows.v[i];
		json_t *doc = doc_of(c->doc);
		*vec_add(&h->callbacks) = (struct home_callback){
			.id = c->id, .interaction_id = c->interaction_id, .due_at = c->due_at,
			.who = who_is(m, c->customer_id, json_string_value(json_object_get(doc, "phone")), &h->arena),
			.text = work_shut(m) ? "" : arena_swept(&h->arena, json_string_value(json_object_get(doc, "promised_text"))),
		};
		json_decref(doc);
	}
	vec_release(&rows);
	return ok;
}

// --- what must be read, and answers to what I reported

static bool must_read_notices(struct model *m, struct home *h, struct kb *kb, struct arena *a, struct err *e)
{
	struct kb_must_read *must;
	size_t n, before = h->notices.n;

	if (!kb_must_reads(kb, &must, &n, a, e))
		return false;
	for (size_t i = 0; i < n && h->notices.n < HOME_NOTICES; i++) {
		const char *title = i18n_pick(must[i].title, str_empty(must[i].title_en) ? NULL : must[i].title_en);
		bool given;
		// A newer version must be read again: the receipt is for one version.
		if (!receipt_given(store_reader(m->store), "article", must[i].id, must[i].ver, m->agent_id, &given, e))
			return false;
		if (!given)
			*vec_add(&h->notices) = (struct home_notice){
				.id = arena_strdup(&h->arena, must[i].id), .at = must[i].published_at, .ver = must[i].ver, .must_read = true,
				.text = arena_strdup(&h->arena, title), .late = clock_wall(m->clock) - must[i].published_at > MUST_READ_LATE_MS};
	}
	h->unread = h->notices.n - before;
	return true;
}

static bool answer_notices(struct model *m, struct home *h, struct kb *kb, struct arena *a, struct err *e)
{
	struct kb_gap *gaps;
	size_t n;

	if (!kb_gap_answered(kb, m->agent_id, clock_wall(m->clock) - ANSWERS_MS, &gaps, &n, a, e))
		return false;
	for (size_t i = 0; i < n && h->notices.n < HOME_NOTICES / 2; i++) {
		bool seen;
		char no[24];
		snprintf(no, sizeof(no), "%lld", (long long)gaps[i].id);
		if (!receipt_given(store_reader(m->store), "gap", no, 0, m->agent_id, &seen, e))
			return false;
		if (seen)
			continue;
		const char *query = *gaps[i].query ? gaps[i].query : gaps[i].description;
		*vec_add(&h->notices) = (struct home_notice){
			.id = arena_strdup(&h->arena, gaps[i].article_id), .at = gaps[i].closed_at, .gap = gaps[i].id, .gap_state = gaps[i].state,
			.text = *gaps[i].reply ? arena_printf(&h->arena, "%s: %s", query, gaps[i].reply) : arena_strdup(&h->arena, query)};
	}
	return true;
}

static bool home_notices(struct model *m, struct home *h, struct err *e)
{
	struct arena a = {0};
	struct kb *kb = model_open_kb(m, e);
	// An answer is for this agent alone and gone once it is opened: many must-reads must not bury it.
	bool ok = kb && answer_notices(m, h, kb, &a, e) && must_read_notices(m, h, kb, &a, e);

	arena_release(&a);
	return ok;
}

// --- today

static int64_t day_start(const struct model *m)
{
	struct date d;

	clock_local(m->zone, clock_wall(m->clock), &d);
	d.hour = d.minute = d.second = 0;
	return clock_utc(m->zone, &d);
}

static bool home_day(struct model *m, struct home *h, struct err *e)
{
	struct interaction_filter f = {.agent_id = m->agent_id, .mode = contact_mode_code(m->mode), .from = day_start(m)};
	struct interactions rows = {0};
	struct arena a = {0};
	int solved = 0, judged = 0;
	int64_t sum = 0;
	bool ok = interaction_list(store_reader(m->store), &f, &rows, &a, e);

	h->day = (struct home_day){.first_solved = -1};
	for (size_t i = 0; ok && i < rows.n; i++) {
		const struct interaction *r = &rows.v[i];
		if (!r->closed_at || !r->connected_at)
			continue;
		h->day.handled++;
		sum += r->closed_at - r->connected_at; // talk, hold and wrap
		const struct disposition *d = m->packs ? disposition_find(&m->packs->dispositions, r->disposition) : NULL;
		if (!d || d->class_ == DISPOSITION_INVALID)
			continue;
		judged++;
		solved += d->class_ == DISPOSITION_RESOLVED;
	}
	if (h->day.handled)
		h->day.handle_ms = sum / h->day.handled;
	if (judged)
		h->day.first_solved = (double)solved / judged;
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

void model_refresh_home(struct model *m)
{
	struct home *h = &m->home;
	struct err e = {0};

	arena_clear(&h->arena);
	h->tickets.n = h->callbacks.n = h->notices.n = h->unread = 0;
	// Each list stands for itself: one that cannot be read leaves the others on the screen.
	if (!home_tickets(m, h, &e) || !home_callbacks(m, h, &e) || !home_day(m, h, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
	// A station without a knowledge base says so in its own pane.
	if (!home_notices(m, h, &e))
		log_line(LOG_INFO, "no notices: %s", e.msg);
	work_hold_back(m);
	m->changed = true;
}

// --- my past contacts

static const char *caller_of(struct model *m, const struct interaction *r, const json_t *doc, struct arena *a)
{
	const char *number = json_string_value(json_object_get(doc, "caller_ref"));
	const char *name = json_string_value(json_object_get(doc, "caller_name"));

	if (!r->customer_id && !str_empty(name) && !work_shut(m))
		return arena_masked(a, MASK_NAME, name);
	return who_is(m, r->customer_id, number, a);
}

bool model_refresh_past(struct model *m, struct err *e)
{
	struct past *p = &m->past;
	struct interaction_filter f = {.agent_id = m->agent_id, .mode = contact_mode_code(m->mode), .limit = PAST_ROWS, .with_doc = true};
	struct interactions rows = {0};
	int64_t now = clock_wall(m->clock);

	arena_clear(&p->arena);
	p->rows.n = 0;
	bool ok = interaction_list(store_reader(m->store), &f, &rows, &p->arena, e);
	for (size_t i = 0; ok && i < rows.n; i++) {
		const struct interaction *r = &rows.v[i];
		json_t *doc = doc_of(r->doc);
		const json_t *talk = json_object_get(doc, "talk_ms");
		int64_t versions = json_integer_value(json_object_get(doc, "versions"));
		*vec_add(&p->rows) = (struct past_row){
			.id = r->id, .no = r->no ? r->no : "", .who = caller_of(m, r, doc, &p->arena),
			.category = work_category_label(m, r->category_id), .disposition = work_disposition_label(m, r->disposition),
			.state = r->state, .channel = r->channel, .started_at = r->started_at, .closed_at = r->closed_at,
			.talk_ms = talk ? json_integer_value(talk)
				 : r->connected_at && r->ended_at ? r->ended_at - r->connected_at : 0,
			.versions = versions > 0 ? (int)versions : 1,
			.can_correct = r->closed_at && now - r->closed_at <= CALL_CORRECT_MS,
		};
		json_decref(doc);
	}
	vec_release(&rows);
	m->changed = true;
	return ok;
}
