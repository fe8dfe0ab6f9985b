// SPDX-License-Identifier: MIT
// Knows what a customer says and when: the walk from beat to beat, the pace of a conversation, the goodbye.
#include "src/base/utf8.h"
#include "src/practice/engine_part.h"

static int64_t think_ms(const struct engine *g, int contact)
{
	uint64_t span = ENGINE_THINK_MAX_MS - ENGINE_THINK_MIN_MS + 1;

	// One pause a turn: lines that come before it do not make another.
	return ENGINE_THINK_MIN_MS +
	       (int64_t)(engine_chance(g, "think", (uint64_t)contact << 32 | (uint32_t)g->c[contact].turns_taken) % span);
}

// The next turn of the customer: after what is being heard and said, and a pause to think.
static void plan_turn(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	int64_t from = g->now;

	if (c->heard_until > from)
		from = c->heard_until;
	if (c->say_end > from)
		from = c->say_end;
	c->turn_at = from + think_ms(g, contact);
}

void engine_drop_queue(struct caller *c)
{
	for (int i = 0; i < c->n_queue; i++)
		free(c->queue[i].text);
	c->n_queue = 0;
}

void engine_want(struct engine *g, int contact, struct speech sp, bool first)
{
	struct caller *c = &g->c[contact];

	if (!engine_live(g, contact) || c->n_queue == SPEECHES_MAX) {
		free(sp.text);
		return;
	}
	int at = first ? 0 : c->n_queue;
	memmove(&c->queue[at + 1], &c->queue[at], (size_t)(c->n_queue - at) * sizeof(*c->queue));
	c->queue[at] = sp;
	c->n_queue++;
	if (c->turn_at == NEVER && !c->turn_waits)
		plan_turn(g, contact);
}

// --- saying

void engine_say(struct engine *g, int contact, const char *text)
{
	struct caller *c = &g->c[contact];
	struct event ev = {.type = EV_SAY};

	if (str_empty(text))
		return;
	char *said = engine_garble(g, contact, scenario_fill(&g->s->callers[contact], text, g->o.lang, VALUE_MAX_BYTES));
	c->lines++;
	c->say_end = g->now + track_say_ms(said);
	event_put(&ev, "side", "customer");
	event_put(&ev, "text", said);
	engine_emit(g, contact, LOG_CUSTOMER, &ev);
	free(said);
	engine_patience_start(g, contact, c->say_end);
}

static const char *beat_text(const struct engine *g, size_t beat, int visit)
{
	const struct scenario_beat *b = &g->s->beats[beat];

	if (!b->n_says)
		return "";
	return engine_text(g, b->says[engine_chance(g, "line", (uint64_t)beat << 16 | (uint16_t)visit) % b->n_says].text);
}

void engine_enter(struct engine *g, int contact, size_t beat)
{
	const struct scenario_beat *b = &g->s->beats[beat];
	struct caller *c = &g->c[contact];
	struct event ev = {.type = EV_BEAT};

	event_put(&ev, "id", b->id);
	engine_emit(g, contact, LOG_ENGINE, &ev);
	c->calmed = c->soothed = false;
	c->turns = 0;
	c->interjected = false;
	c->say_end = g->now;
	c->satisfied = b->end == BEAT_WAITS;
	c->may_close = c->satisfied || (b->end == BEAT_GOES_ON && !b->n_next);
	if (b->has_emotion)
		engine_feel(g, contact, b->emotion, b->level);
	engine_say(g, contact, beat_text(g, beat, g->visits[beat]++));
	engine_patience_start(g, contact, c->say_end);
	engine_curve_after_beat(g, beat, c->say_end);
	if (b->end == BEAT_HANGS_UP) {
		c->hang_at = c->say_end + ENGINE_THINK_MIN_MS;
		c->hang_reason = "end";
	}
}

// --- the turn

static bool next_holds(const struct engine *g, int contact, const struct beat_next *n, bool also_else)
{
	if (n->beat >= g->s->n_beats)
		return false;
	return n->cond ? track_true_at(&g->track, contact, n->cond) : also_else;
}

// Goes on where the first condition that holds leads; false: the customer goes on listening.
static bool go_on(struct engine *g, int contact, bool spoken_to)
{
	size_t at = g->track.beat[contact];

	if (at == SCENARIO_NONE)
		return false;
	const struct scenario_beat *b = &g->s->beats[at];
	for (size_t i = 0; i < b->n_next; i++)
		if (next_holds(g, contact, &b->next[i], spoken_to)) {
			engine_left_beat(g, contact);
			// Who had enough by then says nothing more.
			if (g->c[contact].hang_at == NEVER)
				engine_enter(g, contact, b->next[i].beat);
			return true;
		}
	return false;
}

static void speak(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	struct speech sp = c->queue[0];

	c->n_queue--;
	memmove(&c->queue[0], &c->queue[1], (size_t)c->n_queue * sizeof(*c->queue));
	if (sp.kind == SPEECH_BEAT) {
		engine_enter(g, contact, sp.beat);
	} else {
		engine_say(g, contact, sp.text);
		c->interjected = true;
		if (sp.kind == SPEECH_GOODBYE) {
			c->hang_at = c->say_end + ENGINE_THINK_MIN_MS;
			c->hang_reason = "done";
		}
	}
	free(sp.text);
}

static int turns_wanted(const struct engine *g, int contact)
{
	size_t at = g->track.beat[contact];

	return at == SCENARIO_NONE || g->s->beats[at].turns < 1 ? 1 : g->s->beats[at].turns;
}

void engine_turn(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];

	c->turn_at = NEVER;
	if (c->hold_at != NEVER || c->silent_until > g->now) {
		// Nobody hears the customer now, or the customer says nothing: the turn comes later.
		c->turn_waits = true;
		engine_patience_start(g, contact, g->now);
		return;
	}
	c->turns_taken++;
	if (c->n_queue) {
		speak(g, contact);
	} else {
		// An answer to a line in between is none to the beat: it does not lead to what comes "else".
		bool to_beat = !c->interjected;
		c->interjected = false;
		if (g->o.human || c->turns < turns_wanted(g, contact) || !go_on(g, contact, to_beat))
			engine_patience_start(g, contact, g->now);
	}
	if (c->n_queue && engine_live(g, contact)) {
		engine_patience_stop(g, contact);
		plan_turn(g, contact);
	}
}

void engine_leave_hold(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];

	if (!c->turn_waits || c->hold_at != NEVER || c->silent_until > g->now)
		return;
	c->turn_waits = false;
	plan_turn(g, contact);
}

// --- what makes the customer speak

void engine_answered(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	size_t first = g->s->callers[contact].first_beat;

	c->state = CALLER_TALKING;
	c->give_up_at = NEVER;
	c->say_end = c->heard_until = g->now;
	if (g->o.human) {
		engine_patience_start(g, contact, g->now);
		return;
	}
	for (size_t i = 0; contact == 0 && first >= g->s->n_beats && i < g->s->n_beats; i++)
		if (g->s->beats[i].start)
			first = i;
	if (first < g->s->n_beats)
		engine_want(g, contact, (struct speech){.kind = SPEECH_BEAT, .beat = first}, true);
	else
		engine_patience_start(g, contact, g->now);
}

bool engine_is_goodbye(const struct event *ev)
{
	static const char *const words[] = {"再见", "拜拜", "bye", "祝您生活愉快", "have a nice day", "have a good day"};
	struct str folded = {0};
	bool found = false;

	if (ev->type == EV_MARK)
		return strcmp(event_get(ev, "mark"), "close") == 0;
	if (ev->type != EV_SAY)
		return false;
	utf8_fold(&folded, sv(event_get(ev, "text")));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		found |= strstr(str_z(&folded), words[i]) != NULL;
	str_release(&folded);
	return found;
}

void engine_hears(struct engine *g, int contact, const char *text)
{
	struct caller *c = &g->c[contact];
	int64_t end = (c->heard_until > g->now ? c->heard_until : g->now) + track_say_ms(text);

	// Nobody listens longer than this after the last line, however many came at once.
	c->heard_until = end > g->now + ENGINE_HEAR_MAX_MS ? g->now + ENGINE_HEAR_MAX_MS : end;
	c->turns++;
	engine_patience_stop(g, contact);
	if (!c->turn_waits)
		plan_turn(g, contact);
	else
		engine_patience_start(g, contact, c->heard_until);
}

void engine_when(struct engine *g)
{
	if (g->o.human)
		return;
	for (size_t i = 0; i < g->s->n_beats; i++) {
		const struct scenario_beat *b = &g->s->beats[i];
		int k = g->owner[i];
		if (b->start || !b->when || g->when_done[i] || !engine_live(g, k) || g->track.beat[k] == SCENARIO_NONE ||
		    !track_true_at(&g->track, k, b->when))
			continue;
		g->when_done[i] = true;
		struct caller *c = &g->c[k];
		engine_want(g, k, (struct speech){.kind = SPEECH_BEAT, .beat = i}, true);
		// It breaks in: not after the whole line was heard, only after a moment.
		if (!c->turn_waits && c->turn_at != NEVER) {
			int64_t from = c->say_end > g->now ? c->say_end : g->now;
			c->turn_at = from + think_ms(g, k);
		}
	}
}
