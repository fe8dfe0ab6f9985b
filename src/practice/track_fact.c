// SPDX-License-Identifier: MIT
// Knows the state of each contact that the agent's records make, and how undo takes them back.
#include "src/practice/track_part.h"

static void set(char **slot, const char *value)
{
	free(*slot);
	*slot = str_empty(value) ? NULL : xstrdup(value);
}

static void apply(struct track_facts *f, const struct track_deed *d)
{
	switch (d->type) {
	case EV_CLASSIFY: set(&f->category, d->value); break;
	case EV_DISPOSITION: set(&f->disposition, d->value); break;
	case EV_SCRIPT_START:
		set(&f->script, d->value);
		set(&f->side, NULL);
		break;
	case EV_RESTATE: f->restated = true; break;
	case EV_MARK:
		f->planned |= strcmp(d->value, "plan") == 0;
		f->confirmed |= strcmp(d->value, "confirm") == 0;
		break;
	case EV_VERIFY: f->verified = d->level > f->verified ? d->level : f->verified; break;
	case EV_FORM_SET:
		if (d->level >= 0) // the time of the stop-payment was set or emptied
			f->stoppay = d->level > 0;
		break;
	default: break;
	}
}

// What the header shows of contact 0 (base).
static void show(struct track *t)
{
	const struct track_facts *f = &t->more->c[t->base].facts;

	set(&t->category, f->category);
	set(&t->disposition, f->disposition);
	t->verified = f->verified;
	t->restated = f->restated;
	t->stoppay = false;
	for (int i = 0; i < SCENARIO_CALLERS; i++)
		t->stoppay |= t->more->c[i].facts.stoppay;
}

static void add_as(struct track *t, const struct track_step *st, enum event_type type, const char *value, int level)
{
	struct track_deed *d = vec_add(&t->more->deeds);

	*d = (struct track_deed){.contact = st->e->contact, .seq = event_get_int(&st->e->ev, "seq", 0), .entry = st->index,
				 .type = type, .value = xstrdup(value), .level = level};
	if (st->c)
		apply(&st->c->facts, d);
	show(t);
}

static void add(struct track *t, const struct track_step *st, const char *value, int level)
{
	add_as(t, st, st->e->ev.type, value, level);
}

static void classified(struct track *t, const struct track_step *st)
{
	const char *code = event_get(&st->e->ev, "code");

	if (st->c && *code)
		for (size_t i = 0; i < t->more->deeds.n; i++)
			if (t->more->deeds.v[i].type == EV_CLASSIFY && t->more->deeds.v[i].contact == st->e->contact) {
				st->c->retries += !str_eq(code, st->c->facts.category);
				break;
			}
	t->retries = t->more->c[t->base].retries;
	add(t, st, code, 0);
}

int track_retries(const struct track *t, int contact)
{
	const struct track_caller *c = track_caller(t, contact);

	return c ? c->retries : 0;
}

static void form_set(struct track *t, const struct track_step *st)
{
	const char *field = event_get(&st->e->ev, "field"), *dot = strrchr(field, '.');

	bool stoppay = strcmp(dot ? dot + 1 : field, "stoppay_at") == 0;
	add(t, st, "", stoppay ? *event_get(&st->e->ev, "value") != '\0' : -1);
}

static void verified(struct track *t, const struct track_step *st)
{
	int64_t level = event_get_int(&st->e->ev, "level", 1);

	if (strcmp(event_get(&st->e->ev, "passed"), "1") == 0)
		add(t, st, "", level < 0 ? 0 : level > 3 ? 3 : (int)level);
}

// The step "stop the payment" of a script, done.
static void script_step(struct track *t, const struct track_step *st)
{
	const char *op = event_get(&st->e->ev, "op"), *node = event_get(&st->e->ev, "node");

	if (!st->c)
		return;
	if (strcmp(op, "side") == 0)
		set(&st->c->facts.side, event_get(&st->e->ev, "script"));
	bool done = st->e->ev.type == EV_SCRIPT_TICK || strcmp(op, "next") == 0 || strcmp(op, "choose") == 0;
	if (done && (strcmp(node, "stop_payment") == 0 || strcmp(node, "stoppay") == 0))
		add_as(t, st, EV_FORM_SET, "", 1);
}

void track_fact(struct track *t, const struct track_step *st)
{
	const struct event *ev = &st->e->ev;

	switch (ev->type) {
	case EV_CLASSIFY: classified(t, st); break;
	case EV_DISPOSITION: add(t, st, event_get(ev, "code"), 0); break;
	case EV_SCRIPT_START: add(t, st, event_get(ev, "script"), 0); break;
	case EV_MARK: add(t, st, event_get(ev, "mark"), 0); break;
	case EV_RESTATE: add(t, st, "", 0); break;
	case EV_VERIFY: verified(t, st); break;
	case EV_FORM_SET: form_set(t, st); break;
	case EV_SCRIPT_VISIT: case EV_SCRIPT_TICK: script_step(t, st); break;
	case EV_INTENT: case EV_DIFFICULTY: case EV_KB_CITE: case EV_NEED: add(t, st, "", 0); break;
	default: break;
	}
}

static void rebuild(struct track *t, int contact)
{
	struct track_facts *f = &t->more->c[contact].facts;

	set(&f->category, NULL);
	set(&f->disposition, NULL);
	set(&f->script, NULL);
	*f = (struct track_facts){.side = f->side};
	for (size_t i = 0; i < t->more->deeds.n; i++)
		if (t->more->deeds.v[i].contact == contact && !t->more->deeds.v[i].undone)
			apply(f, &t->more->deeds.v[i]);
}

void track_undo(struct track *t, const struct track_step *st)
{
	struct sv rest = sv(event_get(&st->e->ev, "seq")), part;
	int64_t seq;

	if (!st->c)
		return;
	while (sv_split(&rest, ',', &part)) {
		if (!parse_int(part, 1, INT64_MAX, &seq))
			continue;
		for (size_t i = 0; i < t->more->deeds.n; i++) {
			struct track_deed *d = &t->more->deeds.v[i];
			if (d->contact != st->e->contact || d->seq != seq || d->undone)
				continue;
			d->undone = true;
			track_expect_undone(t, d->entry);
			if (d->type == EV_KB_CITE && t->more->cited > 0)
				t->more->cited--;
		}
	}
	rebuild(t, st->e->contact);
	show(t);
}
