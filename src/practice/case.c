// SPDX-License-Identifier: MIT
// Knows what of a contact or a session is taken into a case, and what is known of its people.
#include "src/practice/case.h"

#include <jansson.h>

#include "src/base/i18n.h"
#include "src/practice/deid.h"
#include "src/store/id.h"
#include "src/work/internal.h"

// --- what is taken

// Members of each event that may stay; * marks a text of somebody, which is de-identified, the others are codes and counts. Types that
// are not here are not taken.
static const struct {
	enum event_type type;
	const char *members;
} taken[] = {
	{EV_RING, ""}, {EV_ANSWER, ""}, {EV_SAY, "side *text"}, {EV_SILENCE, "n"}, {EV_CLASSIFY, "code"}, {EV_INTENT, "intent"}, {EV_DIFFICULTY, "difficulty"},
	{EV_STAGE, "stage"}, {EV_MARK, "mark *text"}, {EV_KB_SEARCH, "*q n"}, {EV_KB_OPEN, "id ver"}, {EV_KB_CITE, "id ver"}, {EV_KB_VOTE, "id vote"},
	{EV_SCRIPT_START, "script"}, {EV_SCRIPT_VISIT, "op key node"}, {EV_SCRIPT_TICK, "node"}, {EV_SCRIPT_SKIP, "node *reason"}, {EV_FORM_SET, "form field *value"}, {EV_VERIFY, "method passed level"},
	{EV_HOLD, ""}, {EV_RESUME, ""}, {EV_TRANSFER, "kind *target"}, {EV_TICKET_CREATE, ""}, {EV_TICKET_UPDATE, ""}, {EV_ESCALATE, "kind"},
	{EV_CALLBACK_BOOK, ""}, {EV_OFFER, "result"}, {EV_FAULT_KEY, "type *text"}, {EV_LEXICON_HIT, "class *term"}, {EV_EMOTION, "class level"},
	{EV_HINT, "*text"}, {EV_PAUSE, "value"}, {EV_INJECT, "kind *text class level"}, {EV_BROADCAST_ACK, ""}, {EV_DISPOSITION, "code second"},
	{EV_END, ""}, {EV_HANGUP, "side"},
};

static const char *members_of(enum event_type type)
{
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (taken[i].type == type)
			return taken[i].members;
	return NULL;
}

// Is the member named in the list, and is it a text?
static bool named(const char *members, const char *key, bool *text)
{
	struct sv rest = sv(members), word;

	while (sv_split(&rest, ' ', &word)) {
		*text = word.n && word.p[0] == '*';
		if (sv_eqz(sv_n(word.p + *text, word.n - *text), key))
			return true;
	}
	return false;
}

// --- who is known

// Members of a customer's document that are somebody's data, wherever in it they stand.
static void know_doc(struct deid *d, const char *key, const json_t *v)
{
	static const struct {
		const char *key;
		enum mask kind;
	} kinds[] = {
		{"display_name", MASK_NAME}, {"name", MASK_NAME}, {"legal_name", MASK_NAME}, {"phones", MASK_PHONE}, {"e164", MASK_PHONE}, {"phone", MASK_PHONE},
		{"id_no", MASK_IDNO}, {"passport", MASK_PASSPORT}, {"emails", MASK_EMAIL}, {"email", MASK_EMAIL}, {"orders", MASK_ORDER}, {"order", MASK_ORDER},
		{"tracking", MASK_ORDER}, {"accounts", MASK_NONE}, {"account", MASK_NONE}, {"cards", MASK_CARD}, {"card", MASK_CARD}, {"plates", MASK_PLATE},
		{"plate", MASK_PLATE}, {"addresses", MASK_ADDRESS}, {"address", MASK_ADDRESS}, {"birth", MASK_BIRTH}, {"birth_date", MASK_BIRTH},
		{"birthday", MASK_BIRTH}, {"wechat", MASK_NONE}, {"member_no", MASK_NONE},
	};
	const char *inner, *own = key;
	json_t *one;
	size_t i;

	json_array_foreach(v, i, one)
		know_doc(d, key, one);
	if (json_is_object(v)) {
		for (void *it = json_object_iter((json_t *)(uintptr_t)v); it; it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
			inner = json_object_iter_key(it);
			// A text or a value in an object is what the object is called.
			know_doc(d, strcmp(inner, "text") == 0 || strcmp(inner, "value") == 0 || strcmp(inner, "no") == 0 ? own : inner, json_object_iter_value(it));
		}
	}
	for (i = 0; json_is_string(v) && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].key, key) == 0)
			deid_know(d, kinds[i].kind, json_string_value(v));
}

static bool know_customer(struct deid *d, struct model *m, const char *id, struct err *e)
{
	struct customer c;
	struct arena a = {0};
	struct err why = {0};
	bool ok = customer_get(store_reader(m->store), id, &c, &a, &why);
	json_t *doc = ok ? json_loads(c.doc, 0, NULL) : NULL;

	if (doc)
		know_doc(d, "", doc);
	json_decref(doc);
	arena_release(&a);
	// Erased since: what the record says of them is all there is.
	if (ok || why.code == ERR_NOT_FOUND)
		return true;
	*e = why;
	return false;
}

static const struct form_field *field_of(const struct contact_world *world, const struct event *ev)
{
	const struct form *f = world->form ? world->form(world->ctx, event_get(ev, "form")) : NULL;
	size_t at = f ? form_find(f, sv(event_get(ev, "field"))) : FORM_NO_FIELD;

	return at == FORM_NO_FIELD ? NULL : &f->fields[at];
}

static enum mask mask_of(const struct form_field *f)
{
	enum mask how;

	if (f->mask && mask_parse(sv(f->mask), &how) && how != MASK_NONE)
		return how;
	switch (f->type) {
	case FIELD_PHONE: return MASK_PHONE;
	case FIELD_IDNO: return MASK_IDNO;
	case FIELD_EMAIL: return MASK_EMAIL;
	case FIELD_PLATE: return MASK_PLATE;
	case FIELD_ORDER_NO: case FIELD_TRACKING_NO: return MASK_ORDER;
	case FIELD_ADDRESS: return MASK_ADDRESS;
	default: return MASK_NONE;
	}
}

static void know_field(struct deid *d, const struct contact_world *world, const struct event *ev)
{
	const struct form_field *f = field_of(world, ev);
	enum mask how = f ? mask_of(f) : MASK_NONE;

	if (f && (how != MASK_NONE || f->pii == PII_HIGH))
		deid_know(d, how, event_get(ev, "value"));
}

static void know_event(struct deid *d, const struct contact_world *world, const struct event *ev)
{
	switch (ev->type) {
	case EV_START: case EV_CUSTOMER:
		deid_know(d, MASK_NAME, event_get(ev, "name"));
		deid_know(d, MASK_PHONE, event_get(ev, "number"));
		break;
	case EV_TICKET_CREATE: case EV_TICKET_UPDATE:
		deid_know(d, MASK_NONE, event_get(ev, "no"));
		break;
	case EV_FORM_SET: know_field(d, world, ev); break;
	default: break;
	}
}

// Everything the record says of its people, also what was typed and taken back.
static bool know_contact(struct deid *d, struct model *m, const struct contact *k, struct err *e)
{
	bool ok = work_open(m, e);

	deid_know(d, MASK_NAME, k->caller);
	deid_know(d, MASK_PHONE, k->number);
	deid_know(d, MASK_NAME, k->customer_name);
	deid_know(d, MASK_PHONE, k->customer_phone);
	deid_know(d, MASK_NONE, k->no);
	deid_know(d, MASK_NONE, k->id);
	for (size_t i = 0; ok && i < k->events.n; i++) {
		const struct event *ev = &k->events.v[i];
		know_event(d, &m->world, ev);
		if (ev->type == EV_CUSTOMER && *event_get(ev, "id"))
			ok = know_customer(d, m, event_get(ev, "id"), e);
	}
	return ok && (!k->customer_id || know_customer(d, m, k->customer_id, e));
}

// --- putting it together

struct making {
	const struct contact_world *world;
	VEC(struct log_entry) v; // owned
	VEC(struct case_mark) marks; // notes owned
	char *title;
	const char *category;
};

// The value of a field may stay where the field says little of a person; masked if it says anything.
static void take_value(struct event *to, const struct contact_world *world, const struct event *ev)
{
	const struct form_field *f = field_of(world, ev);
	struct str masked = {0};

	if (!f || f->pii == PII_HIGH)
		return;
	mask_value(f->pii == PII_LOW ? mask_of(f) : MASK_NONE, sv(event_get(ev, "value")), &masked);
	event_put(to, "value", str_z(&masked));
	str_release(&masked);
}

static void take(struct making *k, const struct event *ev, int64_t t_ms, int contact, enum log_who who)
{
	const char *members = members_of(ev->type);
	struct log_entry *e;
	bool text;

	if (!members)
		return;
	e = vec_add(&k->v);
	*e = (struct log_entry){.t_ms = t_ms, .contact = contact, .who = who, .ev = {.type = ev->type}};
	for (int i = 0; i < ev->pairs; i++)
		if (named(members, ev->pair[i].key, &text) && !(ev->type == EV_FORM_SET && text))
			event_put(&e->ev, ev->pair[i].key, ev->pair[i].value);
	if (ev->type == EV_FORM_SET)
		take_value(&e->ev, k->world, ev);
}

static void add_mark(struct making *k, const struct case_mark *m)
{
	vec_push(&k->marks, ((struct case_mark){.t_ms = m->t_ms, .type = m->type, .note = xstrdup(m->note ? m->note : "")}));
}

static int by_time(const void *a, const void *b)
{
	const struct case_mark *x = a, *y = b;

	return (x->t_ms > y->t_ms) - (x->t_ms < y->t_ms);
}

// Every text of somebody, and the title and the notes with them: a number may be spread over lines.
static void hide_people(struct making *k, const struct deid *d)
{
	VEC(char *) texts = {0};
	size_t at = 0;
	bool text;

	for (int put = 0; put < 2; put++) {
		for (size_t i = 0; i < k->v.n; i++) {
			struct event *ev = &k->v.v[i].ev;
			for (int p = 0; p < ev->pairs; p++)
				if (named(members_of(ev->type), ev->pair[p].key, &text) && text) {
					if (!put)
						vec_push(&texts, ev->pair[p].value);
					else
						ev->pair[p].value = texts.v[at++];
				}
		}
		for (size_t i = 0; i < k->marks.n; i++)
			if (!put)
				vec_push(&texts, (char *)(uintptr_t)k->marks.v[i].note);
			else
				k->marks.v[i].note = texts.v[at++];
		if (put)
			break;
		vec_push(&texts, k->title);
		deid_texts(d, texts.v, texts.n);
	}
	k->title = texts.v[at];
	vec_release(&texts);
}

// The entry as a line; where masking finds something in the line that it does not find in the text, the text goes.
static void put_line(struct log_entry *e, struct str *log)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		json_t *o = log_entry_json(e);
		char *line = json_dumps(o, JSON_COMPACT);
		struct str masked = {0};
		json_decref(o);
		mask_text(sv(line), &masked);
		bool same = str_eq(str_z(&masked), line);
		if (same || attempt)
			str_addf(log, "%s%s", log->n ? "\n" : "", line);
		str_release(&masked);
		free(line);
		if (same)
			return;
		bool text;
		for (int p = 0; p < e->ev.pairs; p++)
			if (named(members_of(e->ev.type), e->ev.pair[p].key, &text) && text) {
				free(e->ev.pair[p].value);
				e->ev.pair[p].value = xstrdup("***");
			}
	}
}

static void finish(struct making *k, const struct deid *d, const struct case_about *about, struct model *m, const char *from, struct book_case *out,
		   struct arena *a)
{
	struct str log = {0};
	struct id_gen ids;
	char id[ID_LEN + 1];

	if (k->marks.n)
		qsort(k->marks.v, k->marks.n, sizeof(*k->marks.v), by_time);
	k->title = xstrdup(about->title ? about->title : "");
	hide_people(k, d);
	for (size_t i = 0; i < k->v.n; i++)
		put_line(&k->v.v[i], &log);
	struct case_mark *marks = arena_array(a, struct case_mark, k->marks.n + 1);
	for (size_t i = 0; i < k->marks.n; i++) {
		marks[i] = k->marks.v[i];
		marks[i].note = arena_strdup(a, k->marks.v[i].note);
	}
	id_gen_init(&ids, m->clock, 0);
	id_new(&ids, id);
	*out = (struct book_case){.id = arena_strdup(a, id), .title = arena_strdup(a, k->title), .category = arena_strdup(a, k->category), .from = from,
				  .tags = about->tags, .log = arena_strdup(a, str_z(&log)), .marks = marks, .n_marks = k->marks.n, .at = about->at,
				  .by = arena_strdup(a, about->by), .proposed = about->proposed};
	str_release(&log);
}

static void making_release(struct making *k)
{
	for (size_t i = 0; i < k->v.n; i++)
		event_release(&k->v.v[i].ev);
	for (size_t i = 0; i < k->marks.n; i++)
		free((void *)(uintptr_t)k->marks.v[i].note);
	vec_release(&k->v);
	vec_release(&k->marks);
	free(k->title);
}

static bool has_title(const struct case_about *about, struct err *e)
{
	return sv_trim(sv(about->title)).n || err_set(e, ERR_USAGE, _("Give the case a title."));
}

// --- of a contact

static enum log_who who_did(const struct event *ev)
{
	bool customer = ev->type == EV_RING || ((ev->type == EV_SAY || ev->type == EV_HANGUP) && strcmp(event_get(ev, "side"), "customer") == 0);

	return customer ? LOG_CUSTOMER : LOG_AGENT;
}

static bool undone(const struct contact *k, int64_t seq)
{
	for (size_t i = 0; i < k->undone.n; i++)
		if (k->undone.v[i] == seq)
			return true;
	return false;
}

bool case_of_contact(struct model *m, const struct contact *k, const struct case_about *about, struct book_case *out, struct arena *a, struct err *e)
{
	struct making mk = {.world = &m->world, .category = k->category};
	struct deid *d = deid_new();
	bool ok = has_title(about, e);

	if (ok && (contact_is_open(k) || !k->closed_t))
		ok = err_set(e, ERR_DENIED, _("Only a closed contact becomes a case."));
	ok = ok && know_contact(d, m, k, e);
	for (size_t i = 0; ok && i < k->events.n; i++)
		if (!undone(k, k->events.v[i].seq))
			take(&mk, &k->events.v[i], k->events.v[i].t_ms, 0, who_did(&k->events.v[i]));
	for (size_t i = 0; ok && i < about->n_marks; i++)
		add_mark(&mk, &about->marks[i]);
	if (ok)
		finish(&mk, d, about, m, "interaction", out, a);
	making_release(&mk);
	deid_free(d);
	return ok;
}

char *case_note(struct model *m, const struct contact *k, const char *note, struct err *e)
{
	struct deid *d = deid_new();
	char *text = know_contact(d, m, k, e) ? xstrdup(note ? note : "") : NULL;

	if (text)
		deid_texts(d, &text, 1);
	deid_free(d);
	return text;
}

// --- of a session

static bool listed(const char *seqs, int64_t seq)
{
	struct sv rest = sv(seqs), one;
	int64_t n;

	while (sv_split(&rest, ',', &one))
		if (parse_int(one, 0, INT64_MAX, &n) && n == seq)
			return true;
	return false;
}

// An entry that is an event of a contact carries its number there; an undo names those.
static bool taken_back(const struct practice_log *l, size_t i)
{
	int64_t seq = event_get_int(&l->v.v[i].ev, "seq", 0);

	for (size_t k = i + 1; seq && k < l->v.n; k++)
		if (l->v.v[k].ev.type == EV_UNDO && l->v.v[k].contact == l->v.v[i].contact && listed(event_get(&l->v.v[k].ev, "seq"), seq))
			return true;
	return false;
}

static void know_persons(struct deid *d, const struct packs *packs, const char *scenario)
{
	const struct pack_scenario *s = packs ? packs_scenario(packs, scenario) : NULL;

	for (size_t i = 0; s && i < s->s.n_callers; i++) {
		deid_know(d, MASK_NAME, s->s.callers[i].persona.name.zh);
		deid_know(d, MASK_NAME, s->s.callers[i].persona.name.en);
		deid_know(d, MASK_PHONE, s->s.callers[i].persona.phone);
	}
}

// What the trainer marked in the session.
static void take_tag(struct making *k, const struct log_entry *e)
{
	struct case_mark mark = {.t_ms = e->t_ms, .note = event_get(&e->ev, "text")};

	if (!case_marker_parse(sv(event_get(&e->ev, "type")), &mark.type))
		mark.type = CASE_KEY;
	add_mark(k, &mark);
}

bool case_of_session(struct model *m, struct book *b, const char *session, const struct case_about *about, struct book_case *out, struct arena *a,
		     struct err *e)
{
	struct making mk = {.world = &m->world};
	struct practice_log log = {0};
	struct deid *d = deid_new();
	bool ok = has_title(about, e) && book_log_read(b, session, &log, e);

	if (ok)
		know_persons(d, m->packs, log.scenario);
	for (size_t i = 0; ok && i < log.v.n; i++)
		know_event(d, &m->world, &log.v.v[i].ev);
	for (size_t i = 0; ok && i < log.v.n; i++) {
		const struct log_entry *x = &log.v.v[i];
		if (x->ev.type == EV_TAG)
			take_tag(&mk, x);
		else if (!taken_back(&log, i))
			take(&mk, &x->ev, x->t_ms, x->contact, x->who);
		if (x->ev.type == EV_CLASSIFY && x->contact <= 0 && !taken_back(&log, i))
			mk.category = arena_strdup(a, event_get(&x->ev, "code"));
	}
	for (size_t i = 0; ok && i < about->n_marks; i++)
		add_mark(&mk, &about->marks[i]);
	if (ok && !mk.v.n)
		ok = err_set(e, ERR_NOT_FOUND, _("Nothing happened in that session; there is nothing to keep."));
	if (ok)
		finish(&mk, d, about, m, "session", out, a);
	making_release(&mk);
	deid_free(d);
	practice_log_release(&log);
	return ok;
}
