// SPDX-License-Identifier: MIT
// Knows what fails a session whatever else was done (domain.md §11.4), as far as it shows without the content of packs.
#include "src/base/utf8.h"
#include "src/practice/track_part.h"

enum { HOLD_MAX_MS = 300000 };

static const struct label asks_secret = {"向客户索要密码、验证码等秘密", "Asked the customer for a secret (password, one-time code)"};
static const struct label promises = {"作出越权或违规承诺", "Made a promise that may not be made"};
static const struct label insults = {"使用侮辱、嘲讽或歧视性语言", "Used insulting, mocking or discriminating words"};
static const struct label cuts_off = {"客户诉求未了就挂断", "Hung up on a customer who was not done"};
static const struct label holds_long = {"保持超过5分钟未返回", "Left the customer on hold for more than 5 minutes"};
static const struct label no_callback = {"承诺回电但未登记回访或工单", "Promised to call back, but neither call-back nor ticket was made"};

void track_add_critical(struct track *t, const char *code, struct label label, size_t entry)
{
	for (size_t i = 0; i < t->criticals.n; i++)
		if (strcmp(t->criticals.v[i].code, code) == 0)
			return;
	vec_push(&t->criticals, ((struct critical_track){.code = code, .label = label, .entry = entry}));
}

// A promise to come back to the customer.
static bool promises_callback(struct sv text)
{
	static const char *const words[] = {"给您回电", "回电给您", "给您回复", "回复您", "给您回个电话", "call you back", "get back to you"};
	struct str folded = {0};
	bool found = false;

	utf8_fold(&folded, text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		found |= strstr(str_z(&folded), words[i]) != NULL;
	str_release(&folded);
	return found;
}

static void line(struct track *t, const struct track_step *st)
{
	for (size_t i = 0; i < st->match->hits.n; i++) {
		const struct lexicon_entry *en = st->match->hits.v[i].entry;
		if (track_asks_secret(en))
			track_add_critical(t, "PC-02", asks_secret, st->index);
		else if (en->list == LEXICON_RISK_PROMISE)
			track_add_critical(t, "BC-01", promises, st->index);
		else if (en->list == LEXICON_FORBIDDEN && en->note && strstr(en->note, "CC-04"))
			track_add_critical(t, "CC-04", insults, st->index);
	}
	if (t->more->promised_callback == SCENARIO_NONE && promises_callback(sv(event_get(&st->e->ev, "text"))))
		t->more->promised_callback = st->index;
}

// May the agent end the call here? Where the customer is satisfied, or where the scenario leaves it to the agent.
static bool may_end(const struct track *t, int contact)
{
	size_t b = t->beat[contact];

	if (b == SCENARIO_NONE)
		return t->more->c[contact].spoke;
	return t->s->beats[b].end != BEAT_GOES_ON || t->s->beats[b].n_next == 0;
}

static void call(struct track *t, const struct track_step *st)
{
	const struct event *ev = &st->e->ev;
	bool customer = strcmp(event_get(ev, "side"), "customer") == 0;

	if (!st->c || st->c->gone)
		return;
	bool long_hold = st->c->hold_at >= 0 && st->e->t_ms - st->c->hold_at > HOLD_MAX_MS;
	if (long_hold || (ev->type == EV_HANGUP && customer && strcmp(event_get(ev, "reason"), "hold") == 0))
		track_add_critical(t, "CC-03", holds_long, st->index);
	if (ev->type == EV_HANGUP && !customer && st->e->who == LOG_AGENT && !may_end(t, st->e->contact))
		track_add_critical(t, "CC-03", cuts_off, st->index);
}

static void of_scenario(struct track *t, const struct track_step *st)
{
	for (size_t i = 0; i < t->s->n_criticals; i++) {
		const struct scenario_critical *c = &t->s->criticals[i];
		bool now = c->cond && track_true_at(t, st->e->contact, c->cond);
		if (c->words && st->match)
			now |= track_word_fits(t, c->words, st->match->words);
		if (now)
			track_add_critical(t, c->code, c->label, st->index);
	}
}

void track_critical_entry(struct track *t, const struct track_step *st)
{
	if (st->match)
		line(t, st);
	if (st->e->ev.type == EV_HANGUP || st->c)
		call(t, st);
	if (st->e->who == LOG_AGENT)
		of_scenario(t, st);
}

void track_critical_end(struct track *t)
{
	if (t->more->promised_callback != SCENARIO_NONE && !t->callbacks && !t->tickets)
		track_add_critical(t, "CC-02", no_callback, t->more->promised_callback);
}
