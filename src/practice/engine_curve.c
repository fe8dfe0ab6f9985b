// SPDX-License-Identifier: MIT
// Knows the surprises of a session: when they come, what they do to the customer, when they are over.
#include "src/base/utf8.h"
#include "src/practice/engine_part.h"

enum { NOISE_PERCENT = 28 };

static bool falls_out(const struct engine *g, size_t curve)
{
	int chance = g->s->curveballs[curve].chance;

	return engine_chance(g, "curve", curve) % 100 >= (uint64_t)(chance <= 0 || chance > 100 ? 100 : chance);
}

void engine_curve_after_beat(struct engine *g, size_t beat, int64_t at)
{
	for (size_t i = 0; g->o.curveballs && i < g->s->n_curveballs; i++) {
		struct curve_state *c = &g->curves[i];
		if (g->s->curveballs[i].at_beat != beat || c->came)
			continue;
		c->contact = g->owner[beat];
		c->at = c->at == NEVER || at < c->at ? at : c->at;
	}
}

void engine_curve_answered(struct engine *g)
{
	for (size_t i = 0; g->o.curveballs && i < g->s->n_curveballs; i++) {
		const struct curveball *cb = &g->s->curveballs[i];
		if (cb->at_s > 0 && !g->curves[i].came && g->curves[i].at == NEVER)
			g->curves[i].at = g->now + 1000 * (int64_t)cb->at_s;
	}
}

static void announce(struct engine *g, size_t curve, int contact, const char *value)
{
	const struct curveball *cb = &g->s->curveballs[curve];
	struct event ev = {.type = EV_CURVEBALL};

	event_put(&ev, "id", cb->id);
	event_put(&ev, "kind", curveball_kind_code(cb->kind));
	event_put(&ev, "target", cb->target);
	event_put(&ev, "value", value);
	if (cb->title.zh || cb->title.en)
		event_put(&ev, "title", engine_text(g, cb->title));
	engine_emit(g, contact, LOG_ENGINE, &ev);
}

// Whom it happens to: the customer of the beat, else whoever is on the line.
static int customer_of(const struct engine *g, int contact)
{
	if (engine_live(g, contact))
		return contact;
	for (int i = 0; i < g->n; i++)
		if (engine_live(g, i))
			return i;
	return -1;
}

static void feels(struct engine *g, const struct curveball *cb, int contact)
{
	if (cb->has_emotion)
		engine_feel(g, contact, cb->emotion, cb->level);
	else if (cb->kind == CURVE_EMOTION_SPIKE)
		engine_feel(g, contact, g->track.emotion_class[contact], g->track.emotion[contact] + 1);
}

static void lasts(struct engine *g, size_t curve, int contact)
{
	const struct curveball *cb = &g->s->curveballs[curve];
	int64_t until = cb->for_s > 0 ? g->now + 1000 * (int64_t)cb->for_s : g->limit_at;

	if (cb->for_s > 0)
		g->curves[curve].over = until;
	if (contact < 0)
		return;
	struct caller *c = &g->c[contact];
	if (cb->kind == CURVE_LINE_NOISE)
		c->noise_until = until;
	if (cb->kind == CURVE_TIME_PRESSURE)
		c->pressed_until = until;
	if (cb->kind == CURVE_SILENT && cb->for_s > 0) {
		c->silent_until = until;
		c->silent_curve = curve;
		c->checks = 0;
		if (c->patience_at != NEVER)
			engine_patience_start(g, contact, until);
	}
}

static void speaks(struct engine *g, size_t curve, int contact)
{
	const struct curveball *cb = &g->s->curveballs[curve];

	// What a banner says is nobody's line.
	if (g->o.human || contact < 0 || cb->kind == CURVE_RED_BROADCAST)
		return;
	if (cb->beat < g->s->n_beats)
		engine_want(g, contact, (struct speech){.kind = SPEECH_BEAT, .beat = cb->beat}, true);
	if (!cb->n_says)
		return;
	const char *text = engine_text(g, cb->says[engine_chance(g, "curve-line", curve) % cb->n_says].text);
	engine_want(g, contact, (struct speech){.kind = SPEECH_LINE, .text = xstrdup(text)}, true);
}

void engine_curve_fire(struct engine *g, size_t curve, int contact, bool forced)
{
	const struct curveball *cb = &g->s->curveballs[curve];
	struct curve_state *c = &g->curves[curve];

	contact = customer_of(g, contact);
	// By themselves they wait for somebody on the line; a trainer need not where it concerns all.
	if ((contact < 0 && !(forced && curveball_for_all(cb->kind))) || (c->came && !forced) || c->over != NEVER)
		return;
	c->came = true;
	c->at = NEVER;
	c->contact = contact;
	if (!forced && falls_out(g, curve))
		return;
	announce(g, curve, contact, "1");
	if (cb->caller >= 0 && cb->caller < g->n)
		engine_ring(g, cb->caller);
	if (contact >= 0)
		feels(g, cb, contact);
	lasts(g, curve, contact);
	speaks(g, curve, contact);
}

void engine_curve_hold(struct engine *g)
{
	for (size_t i = 0; i < g->s->n_curveballs; i++) {
		struct curve_state *c = &g->curves[i];
		if (g->s->curveballs[i].kind != CURVE_RED_BROADCAST || c->came)
			continue;
		c->came = c->held = true;
		c->at = NEVER;
	}
}

void engine_curve_confirm(struct engine *g)
{
	for (size_t i = 0; i < g->s->n_curveballs; i++)
		if (g->curves[i].held) {
			g->curves[i].held = false;
			engine_curve_fire(g, i, -1, true);
			return;
		}
}

void engine_curve_over(struct engine *g, size_t curve)
{
	struct curve_state *c = &g->curves[curve];

	c->over = NEVER;
	announce(g, curve, c->contact, "0");
	if (c->contact < 0)
		return;
	struct caller *k = &g->c[c->contact];
	if (k->silent_curve == curve) {
		k->silent_curve = SCENARIO_NONE;
		k->silent_until = NEVER;
		if (engine_live(g, c->contact)) {
			engine_leave_hold(g, c->contact);
			if (k->turn_at == NEVER)
				engine_patience_start(g, c->contact, g->now);
		}
	}
}

// Characters that do not come through. Which ones hangs on the line and the place alone.
char *engine_garble(const struct engine *g, int contact, char *text)
{
	struct str out = STR_MAX(VALUE_MAX_BYTES);
	struct sv rest = sv(text);
	bool gap = false;

	if (g->c[contact].noise_until <= g->now)
		return text;
	for (uint64_t i = 0; rest.n; i++) {
		size_t n = utf8_next(rest, 0);
		uint64_t at = (uint64_t)contact << 48 | (uint64_t)(uint32_t)g->c[contact].lines << 16 | (i & 0xffff);
		bool lost = engine_chance(g, "noise", at) % 100 < NOISE_PERCENT;
		if (lost && !gap)
			str_add(&out, g->o.lang == LANG_ZH ? "……" : "...");
		if (!lost)
			str_addn(&out, rest.p, n);
		gap = lost;
		rest = sv_n(rest.p + n, rest.n - n);
	}
	free(text);
	return str_take(&out);
}
