// SPDX-License-Identifier: MIT
// Knows how a customer feels: what calms, what angers, when patience runs out, when they hang up.
#include "src/practice/engine_part.h"

static const struct label supervisor[] = {
	{"叫你们主管来，我不跟你说了！", "Get me your supervisor, I am done talking to you!"},
	{"你解决不了就换能解决的人来！找你们经理！", "If you cannot solve it, find me somebody who can! I want your manager!"},
	{"我要求你们领导马上接电话。", "I demand to speak to your supervisor right now."},
};
static const struct label nudges[] = {
	{"喂？你还在吗？", "Hello? Are you still there?"},
	{"怎么不说话了？", "Why are you not saying anything?"},
	{"到底什么情况，你倒是说句话啊。", "What is going on? Say something, please."},
};
// Of somebody who has what they wanted, and waits for a goodbye.
static const struct label all_done[] = {
	{"那就先这样？", "Is that all, then?"},
	{"没别的事了吧？", "Nothing else, I think?"},
};
enum {
	N_SUPERVISOR = sizeof(supervisor) / sizeof(*supervisor),
	N_NUDGES = sizeof(nudges) / sizeof(*nudges),
	N_DONE = sizeof(all_done) / sizeof(*all_done),
};

// --- emotion

static void reacts(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	int level = g->track.emotion[contact];

	if (level >= HANGS_UP && c->hang_at == NEVER) {
		c->hang_at = (c->say_end > g->now ? c->say_end : g->now) + ENGINE_THINK_MIN_MS;
		c->hang_reason = "emotion";
	}
	if (level < ASKS_SUPERVISOR || c->asked_supervisor || g->hears_emotion || g->o.human || level >= HANGS_UP)
		return;
	c->asked_supervisor = true;
	const char *text = engine_text(g, supervisor[engine_chance(g, "supervisor", (uint64_t)contact) % N_SUPERVISOR]);
	engine_want(g, contact, (struct speech){.kind = SPEECH_LINE, .text = xstrdup(text)}, false);
}

void engine_feel(struct engine *g, int contact, enum emotion_class cls, int level)
{
	struct event ev = {.type = EV_EMOTION};

	level = level < 0 ? 0 : level > HANGS_UP ? HANGS_UP : level;
	if (!engine_live(g, contact))
		return;
	if (level != g->track.emotion[contact] || cls != g->track.emotion_class[contact]) {
		event_put(&ev, "class", emotion_class_code(cls));
		event_put_int(&ev, "level", level);
		event_put(&ev, "source", "system");
		engine_emit(g, contact, LOG_ENGINE, &ev);
	}
	reacts(g, contact);
}

static void feel_by(struct engine *g, int contact, int step)
{
	engine_feel(g, contact, g->track.emotion_class[contact], g->track.emotion[contact] + step);
}

// The expectations of the beat the customer is at: is there one that is a deed beside kind words, and was one met?
struct deeds {
	bool any, met, words_met;
};

static struct deeds deeds_of(const struct engine *g, int contact)
{
	struct deeds d = {0};
	size_t at = g->track.beat[contact], beat;

	for (size_t i = 0; at != SCENARIO_NONE && i < g->track.n_expect; i++) {
		const struct expectation *x = scenario_expectation(g->s, i, &beat, NULL);
		bool met = g->track.expect[i].state == EXPECT_MET || g->track.expect[i].state == EXPECT_LATE;
		bool kind = x->what == EXPECT_SAY && x->tag && str_starts(x->tag, "empathy");
		if (beat != at || x->what == EXPECT_NEVER || x->what == EXPECT_WAIT)
			continue;
		d.any |= !kind;
		d.met |= !kind && met;
		d.words_met |= met;
	}
	return d;
}

static bool forbidden(const struct match *m)
{
	for (size_t i = 0; i < m->hits.n; i++)
		if (m->hits.v[i].entry->list == LEXICON_FORBIDDEN)
			return true;
	return false;
}

void engine_mood_entry(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	const struct match *m = track_last_match(&g->track);

	if (!engine_live(g, contact))
		return;
	if (m && track_soothes(m, g->track.emotion_class[contact]))
		c->soothed = true;
	if (m && forbidden(m))
		feel_by(g, contact, 1);
	struct deeds d = deeds_of(g, contact);
	// Kind words with nothing done calm nobody, unless nothing but kind words was asked for.
	if (c->soothed && !c->calmed && (d.met || !d.any)) {
		c->calmed = true;
		feel_by(g, contact, -1);
	}
}

void engine_left_beat(struct engine *g, int contact)
{
	size_t at = g->track.beat[contact];
	bool asked = false;

	for (size_t i = 0; i < g->s->beats[at].n_expect; i++) {
		const struct expectation *x = &g->s->beats[at].expect[i];
		asked |= x->what != EXPECT_NEVER && x->what != EXPECT_WAIT && x->weight > 0;
	}
	if (asked && !deeds_of(g, contact).words_met)
		feel_by(g, contact, 1);
}

// --- patience

static int64_t patience_of(const struct engine *g, int contact)
{
	size_t at = g->track.beat[contact];
	int s = g->s->callers[contact].persona.patience_s;

	if (at != SCENARIO_NONE && g->s->beats[at].patience_s > 0)
		s = g->s->beats[at].patience_s;
	int64_t ms = 1000 * (int64_t)(s > 0 ? s : PATIENCE_S);
	return g->c[contact].pressed_until > g->now ? ms / 2 : ms;
}

void engine_patience_start(struct engine *g, int contact, int64_t from)
{
	struct caller *c = &g->c[contact];

	if (c->silent_until > from)
		from = c->silent_until;
	c->patience_slow = c->hold_at != NEVER;
	c->patience_ms = patience_of(g, contact) * (c->patience_slow ? 2 : 1);
	c->patience_from = from;
	c->patience_at = from + c->patience_ms;
}

void engine_patience_stop(struct engine *g, int contact)
{
	g->c[contact].patience_at = NEVER;
}

// On hold what is left lasts twice as long.
void engine_patience_speed(struct engine *g, int contact, bool slow)
{
	struct caller *c = &g->c[contact];

	if (c->patience_at == NEVER || c->patience_slow == slow)
		return;
	c->patience_slow = slow;
	int64_t left = c->patience_at - (g->now > c->patience_from ? g->now : c->patience_from);
	left = slow ? left * 2 : left / 2;
	c->patience_ms = slow ? c->patience_ms * 2 : c->patience_ms / 2;
	c->patience_at = g->now + left;
	c->patience_from = c->patience_at - c->patience_ms;
}

static void nudge(struct engine *g, int contact)
{
	const struct scenario *s = g->s;
	uint64_t n = engine_chance(g, "nudge", (uint64_t)contact << 32 | (uint32_t)g->c[contact].silences);

	if (g->o.human)
		return;
	if (g->c[contact].satisfied)
		engine_say(g, contact, engine_text(g, all_done[n % N_DONE]));
	else if (s->n_nudges)
		engine_say(g, contact, engine_text(g, s->nudges[n % s->n_nudges]));
	else
		engine_say(g, contact, engine_text(g, nudges[n % N_NUDGES]));
}

// Was something done that lets the conversation go on? Then the customer goes on instead of asking whether anybody is there.
static bool goes_on(struct engine *g, int contact)
{
	size_t at = g->track.beat[contact];

	for (size_t i = 0; at != SCENARIO_NONE && !g->o.human && i < g->s->beats[at].n_next; i++) {
		const struct beat_next *n = &g->s->beats[at].next[i];
		if (n->cond && n->beat < g->s->n_beats && track_true_at(&g->track, contact, n->cond)) {
			engine_left_beat(g, contact);
			if (g->c[contact].hang_at == NEVER)
				engine_enter(g, contact, n->beat);
			return true;
		}
	}
	return false;
}

void engine_patience_out(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];
	struct event ev = {.type = EV_SILENCE};

	c->patience_at = NEVER;
	c->silences++;
	c->nudges++;
	event_put_int(&ev, "n", c->silences);
	engine_emit(g, contact, LOG_ENGINE, &ev);
	// Who is satisfied asks once whether that was all, and then goes; nobody else is asked more than three times in vain.
	if (c->nudges > (c->may_close ? 1 : ENGINE_NUDGES)) {
		engine_hang_up(g, contact, c->may_close ? "done" : "patience");
		return;
	}
	if (!c->may_close)
		feel_by(g, contact, 1);
	if (c->hold_at == NEVER && goes_on(g, contact))
		return;
	// The scenario's own answer to the silence, or the call for the supervisor, comes instead of a nudge.
	engine_when(g);
	if (c->turn_at != NEVER)
		return;
	if (c->hold_at == NEVER)
		nudge(g, contact);
	if (c->patience_at == NEVER)
		engine_patience_start(g, contact, g->now);
}

void engine_hang_up(struct engine *g, int contact, const char *reason)
{
	struct event ev = {.type = EV_HANGUP};

	event_put(&ev, "side", "customer");
	event_put(&ev, "reason", reason);
	engine_emit(g, contact, LOG_CUSTOMER, &ev);
	engine_gone(g, contact);
}

int engine_patience(const struct engine *g, int contact, int64_t t_ms)
{
	if (!engine_live(g, contact))
		return 100;
	const struct caller *c = &g->c[contact];
	if (c->patience_at == NEVER || t_ms <= c->patience_from || c->patience_ms <= 0)
		return 100;
	int64_t left = c->patience_at - t_ms;
	return left <= 0 ? 0 : (int)(left * 100 / c->patience_ms);
}
