// SPDX-License-Identifier: MIT
// Knows how a ticket queue is judged: what each ticket was made of against its key (domain.md §12.8).
#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/practice/match.h"
#include "src/practice/score_part.h"

// What the trainee last did to a ticket, as entries of the log; SCENARIO_NONE: nothing.
struct done {
	size_t category, priority, queue, note;
	bool fits, reply; // over all its notes: the words of the key, a word about answering the customer
};

// The tickets of a sandbox are numbered as they stand in the scenario.
static size_t ticket_of(const struct scenario *sc, const char *no)
{
	struct number n;

	if (!number_parse(sv(no), &n, NULL) || n.counter < 1 || n.counter > sc->n_tickets)
		return SCENARIO_NONE;
	return n.counter - 1;
}

// Words by which a note says that the customer is answered.
static bool says_reply(const char *text)
{
	static const char *const any[] = {"回复", "回电", "致电", "告知", "联系客户", "答复", "通知客户", "call back", "reply", "tell the customer", "inform", "contact the customer",
					  "call the customer", "write to"};
	static const struct word_set reply = {.name = "reply", .any = any, .n_any = sizeof(any) / sizeof(*any)};

	return match_words(&reply, sv(text));
}

static void hear(struct done *d, const struct queue_ticket *t, const struct event *ev, size_t entry)
{
	const char *kind = event_get(ev, "kind"), *text = event_get(ev, "text");

	if (strcmp(kind, "category") == 0)
		d->category = entry;
	else if (strcmp(kind, "priority") == 0)
		d->priority = entry;
	else if (strcmp(kind, "queue") == 0)
		d->queue = entry;
	if (strcmp(kind, "note") != 0)
		return;
	d->note = entry;
	d->fits |= !t->words || match_words(t->words, sv(text));
	d->reply |= says_reply(text);
}

static const char *value_of(const struct scoring *s, size_t entry, const char *key, const char *as_it_came)
{
	return entry == SCENARIO_NONE ? (as_it_came ? as_it_came : "") : event_get(&s->log->v.v[entry].ev, key);
}

static const char *branch(const char *code, size_t *n)
{
	const char *dot = strchr(code, '.');

	*n = dot ? (size_t)(dot - code) : strlen(code);
	return code;
}

// The branch right and the leaf wrong is half.
static double category_right(const char *got, const char *want)
{
	size_t a, b;

	if (str_eq(got, want))
		return 1;
	branch(got, &a);
	branch(want, &b);
	return a == b && a && strncmp(got, want, a) == 0 ? 0.5 : 0;
}

static void judge_ticket(struct scoring *s, const struct queue_ticket *t, const struct done *d)
{
	const double of = 1.0 / (double)s->scenario->n_tickets;
	const char *title = label_text(t->title), *trap = label_text(t->trap);
	const char *category = value_of(s, d->category, "code", t->category), *queue = value_of(s, d->queue, "target", t->queue);
	int64_t priority = d->priority == SCENARIO_NONE ? t->priority : event_get_int(&s->log->v.v[d->priority].ev, "value", 0);
	const struct category *key = category_find(s->world->categories, t->key_category);
	double right = category_right(category, t->key_category);

	if (right >= 1)
		score_point(s, SCORE_CLASS, of, of, d->category, _("%s: the right category"), title);
	else
		score_point(s, SCORE_CLASS, of * right, of, d->category, _("%s: the category is %s%s%s"), title, key ? category_label(key) : t->key_category, *trap ? "; " : "", trap);
	right = priority == t->key_priority ? 1 : priority - t->key_priority == 1 || t->key_priority - priority == 1 ? 0.5 : 0;
	if (right >= 1)
		score_point(s, SCORE_PRIORITY, of, of, d->priority, _("%s: the right priority"), title);
	else
		score_point(s, SCORE_PRIORITY, of * right, of, d->priority, _("%s: the priority is P%d"), title, t->key_priority);
	if (str_eq(queue, t->key_queue))
		score_point(s, SCORE_ROUTING, of, of, d->queue, _("%s: the right queue"), title);
	else
		score_point(s, SCORE_ROUTING, 0, of, d->queue, _("%s: it goes to %s"), title, t->key_queue);
	right = d->note == SCENARIO_NONE ? 0 : 0.7 * d->fits + 0.3 * (d->reply == t->reply);
	score_point(s, SCORE_NOTES, of * right, of, d->note,
		    d->note == SCENARIO_NONE ? _("%s: no note") : !d->fits ? _("%s: the note leaves out what matters") : d->reply == t->reply ? _("%s: a good note")
		    : t->reply ? _("%s: the note says nothing about answering the customer") : _("%s: no answer to the customer is needed"), title);
}

void score_queue(struct scoring *s)
{
	const struct scenario *sc = s->scenario;
	struct done *d = xcalloc(sc->n_tickets + 1, sizeof(*d));

	for (size_t i = 0; i < sc->n_tickets; i++)
		d[i] = (struct done){SCENARIO_NONE, SCENARIO_NONE, SCENARIO_NONE, SCENARIO_NONE, false, false};
	for (size_t i = 0; i < s->log->v.n; i++) {
		const struct log_entry *e = &s->log->v.v[i];
		size_t k = e->ev.type == EV_TICKET_UPDATE && e->who == LOG_AGENT ? ticket_of(sc, event_get(&e->ev, "no")) : SCENARIO_NONE;
		if (k != SCENARIO_NONE)
			hear(&d[k], &sc->tickets[k], &e->ev, i);
	}
	for (size_t i = 0; i < sc->n_tickets; i++)
		judge_ticket(s, &sc->tickets[i], &d[i]);
	free(d);
}
