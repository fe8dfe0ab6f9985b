// SPDX-License-Identifier: MIT
// Knows how a page of a stream becomes events, and that stations with the same mask at the same place get the same bytes.
#include "src/hub/server_feed.h"

// --- the page

struct page_ask {
	const struct actor *who;
	const char *stream;
	struct wire_cursor from;
	json_t *page;
};

static bool read_page(struct hub_tx *tx, void *arg, struct err *e)
{
	struct page_ask *q = arg;

	json_decref(q->page);
	q->page = NULL;
	return hub_page(tx, q->who, q->stream, q->from, WIRE_ROWS, WIRE_PUSH_EVENT_BYTES * 4, &q->page, e);
}

// --- the events

static struct message *event(const char *id, const char *name, const json_t *data)
{
	struct str s = {0};
	char *text = wire_print(data);

	if (id)
		str_addf(&s, "id: %s\n", id);
	str_addf(&s, "event: %s\ndata: %s\n\n", name, text ? text : "{}");
	struct message *m = message_new(s.s, s.n);
	free(text);
	str_release(&s);
	return m;
}

static struct message *head_event(const struct topic *t)
{
	json_t *j = json_pack("{s:s, s:I, s:I}", "s", t->s, "epoch", (json_int_t)t->epoch, "head", (json_int_t)t->seq);
	struct message *m = event(NULL, "ch", j);

	json_decref(j);
	return m;
}

// A red broadcast goes before everything, with what a station needs to show it even when the page does not fit.
static json_t *red_data(const json_t *row)
{
	const json_t *d = json_object_get(row, "d");
	json_t *out = json_object();
	static const char *const members[] = {"kind",    "severity",    "title",      "body",       "say",
					      "not_say", "require_ack", "expires_at", "incident_id"};

	json_object_set(out, "e", json_object_get(row, "e"));
	json_object_set_new(out, "sev", json_string("red"));
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (json_object_get(d, members[i]))
			json_object_set(out, members[i], json_object_get(d, members[i]));
	json_object_set_new(out, "ack",
			    json_boolean(json_is_true(json_object_get(d, "require_ack")) ||
					 json_integer_value(json_object_get(d, "require_ack"))));
	return out;
}

static struct message *red_events(const json_t *page)
{
	struct str all = {0};
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(page, "rows"), i, row)
	{
		const char *severity = json_string_value(json_object_get(json_object_get(row, "d"), "severity"));
		if (!str_eq(json_string_value(json_object_get(row, "t")), "broadcast") || !str_eq(severity, "red"))
			continue;
		json_t *data = red_data(row);
		struct message *m = event(NULL, "red", data);
		str_addn(&all, m->text, m->n);
		message_drop(m);
		json_decref(data);
	}
	struct message *out = all.n ? message_new(all.s, all.n) : NULL;
	str_release(&all);
	return out;
}

static void fill(struct push *p, const struct topic *t, const json_t *page)
{
	struct wire_cursor to = {0};
	const char *text = json_string_value(json_object_get(page, "to"));
	bool rows = text && wire_cursor_parse(text, &to) && !json_is_true(json_object_get(page, "more"));

	p->head = head_event(t);
	p->to = t->seq;
	p->red = red_events(page);
	if (rows) {
		char id[96];
		snprintf(id, sizeof(id), "%s@%s", t->s, text);
		p->event = event(id, "ch", page);
		if (p->event->n > WIRE_PUSH_EVENT_BYTES) {
			message_drop(p->event);
			rows = false;
		} else {
			p->to = to.seq;
		}
	}
	if (!rows) {
		atomic_fetch_add(&p->head->refs, 1);
		p->event = p->head;
	}
}

// --- the cache

static void forget(struct push *p)
{
	message_drop(p->event);
	message_drop(p->head);
	message_drop(p->red);
	*p = (struct push){0};
}

void feed_forget_pushes(struct feed *f)
{
	for (size_t i = 0; i < FEED_PUSHES; i++)
		forget(&f->pushes[i]);
}

bool feed_push(struct feed *f, const struct seat *s, const struct sub *u, struct push **out)
{
	const struct topic *t = u->topic;
	unsigned mask = rights_mask_id(&s->who);
	uint64_t h = ((uint64_t)(uintptr_t)t >> 4) * 31 + (uint64_t)u->told * 1000003u + mask;
	struct push *p = &f->pushes[h % FEED_PUSHES];
	struct err e = {0};

	*out = p;
	if (p->topic == t && p->epoch == u->epoch && p->from == u->told && p->want == t->seq && p->mask == mask)
		return true;
	struct page_ask q = {.who = &s->who, .stream = t->s, .from = {u->epoch, u->told}};
	if (!hub_run(f->sv->o.store, HUB_READ, read_page, &q, &e)) {
		atomic_fetch_add(&f->sv->metrics.db_errors, 1);
		log_line(LOG_ERROR, "a page of %s: %s", t->s, e.msg);
		json_decref(q.page);
		return false;
	}
	forget(p);
	*p = (struct push){.topic = t, .epoch = u->epoch, .from = u->told, .want = t->seq, .mask = mask};
	fill(p, t, q.page);
	json_decref(q.page);
	return true;
}
