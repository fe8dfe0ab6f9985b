// SPDX-License-Identifier: MIT
// Knows how an entry of the record becomes a line for people: surprises, what the trainer and the other seats did, codes as labels.
#include "src/practice/log_words.h"

static const struct curveball *curve_of(const struct scenario *s, const char *id)
{
	for (size_t i = 0; s && i < s->n_curveballs; i++)
		if (str_eq(s->curveballs[i].id, id))
			return &s->curveballs[i];
	return NULL;
}

// The script the agent stood in: the last one that was begun in that contact.
static const struct script *script_at(const struct log_names *n, const struct log_entry *e)
{
	bool step = e->ev.type == EV_SCRIPT_VISIT || e->ev.type == EV_SCRIPT_TICK || e->ev.type == EV_SCRIPT_SKIP;

	if (!step || !n->world || !n->log || e < n->log->v.v || e >= n->log->v.v + n->log->v.n)
		return NULL;
	for (const struct log_entry *p = e; p-- > n->log->v.v;)
		if (p->ev.type == EV_SCRIPT_START && p->contact == e->contact)
			return n->world->script(n->world->ctx, event_get(&p->ev, "script"));
	return NULL;
}

static bool curve_words(const struct log_names *n, const struct event *ev, struct str *out)
{
	const struct curveball *c = ev->type == EV_CURVEBALL ? curve_of(n->scenario, event_get(ev, "id")) : NULL;

	if (c)
		str_addf(out, event_get_int(ev, "value", 1) ? _("In between: %s") : _("Over again: %s"), curveball_kind_label(c->kind));
	return c != NULL;
}

// What a seat of the drill did, in its words.
static bool seat_words(const struct log_names *n, const struct event *ev, struct str *out)
{
	const struct scenario *s = n->scenario;
	size_t seat = s && ev->type == EV_INJECT ? scenario_seat(s, sv(event_get(ev, "id"))) : SCENARIO_NONE;
	const char *text = event_get(ev, "text");
	enum drill_act act;

	if (seat == SCENARIO_NONE)
		return false;
	str_add(out, label_text(s->seats[seat].label));
	if (strcmp(event_get(ev, "kind"), "leave") == 0)
		str_addf(out, " · %s", _("left the seat"));
	else if (!drill_act_parse(sv(event_get(ev, "kind")), &act))
		str_addf(out, ": %s", event_get(ev, "name"));
	else if (act != DRILL_TALK)
		str_addf(out, " · %s", drill_act_label(act));
	if (*text)
		str_addf(out, ": %s", text);
	return true;
}

// What the trainer put in: a line, a feeling, a surprise, a turn.
static bool inject_words(const struct log_names *n, const struct event *ev, struct str *out)
{
	const char *kind = event_get(ev, "kind"), *text = event_get(ev, "text");
	const struct curveball *c = curve_of(n->scenario, event_get(ev, "id"));
	size_t beat = n->scenario ? scenario_beat(n->scenario, sv(event_get(ev, "id"))) : SCENARIO_NONE;
	struct event feeling = {.type = EV_EMOTION};

	if (ev->type != EV_INJECT)
		return false;
	str_addf(out, "%s: ", _("Trainer intervened"));
	if (strcmp(kind, "emotion") == 0) {
		event_put(&feeling, "class", event_get(ev, "class"));
		event_put(&feeling, "level", event_get(ev, "level"));
		event_describe(&feeling, out);
		event_release(&feeling);
	} else if (strcmp(kind, "curveball") == 0 && c) {
		str_add(out, curveball_kind_label(c->kind));
	} else if (strcmp(kind, "beat") == 0 && beat != SCENARIO_NONE && n->scenario->beats[beat].n_says) {
		str_add(out, label_text(n->scenario->beats[beat].says[0].text));
	} else {
		str_add(out, *text ? text : kind);
	}
	return true;
}

void log_describe(const struct log_names *names, const struct log_entry *e, struct str *out)
{
	const struct event *ev = &e->ev;

	if (ev->type == EV_SAY)
		str_add(out, event_get(ev, "text"));
	else if (!curve_words(names, ev, out) && !seat_words(names, ev, out) && !inject_words(names, ev, out))
		event_describe_in(names->world, script_at(names, e), ev, out);
}

bool log_of_seat(const struct scenario *s, const struct log_entry *e)
{
	return s && e->who == LOG_TRAINER && e->ev.type == EV_INJECT && scenario_seat(s, sv(event_get(&e->ev, "id"))) != SCENARIO_NONE;
}
