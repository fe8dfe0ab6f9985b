// SPDX-License-Identifier: MIT
// Knows how the record of a session becomes its state: entry by entry, in order, from nothing else.
#include "src/base/utf8.h"
#include "src/practice/engine.h"
#include "src/practice/track_part.h"

int64_t track_say_ms(const char *text)
{
	size_t n = utf8_count(sv(text));

	return n > ENGINE_HEAR_MAX_MS / ENGINE_CHAR_MS ? ENGINE_HEAR_MAX_MS : (int64_t)n * ENGINE_CHAR_MS;
}

bool track_word_fits(const struct track *t, const struct word_set *w, uint64_t words)
{
	for (size_t i = 0; w && i < t->s->n_words && i < 64; i++)
		if (&t->s->words[i] == w || str_eq(t->s->words[i].name, w->name))
			return words >> i & 1;
	return false;
}

struct track_caller *track_caller(const struct track *t, int contact)
{
	return contact >= 0 && contact < SCENARIO_CALLERS ? &t->more->c[contact] : NULL;
}

void track_init(struct track *t, const struct scenario *s, struct lexicon *lex)
{
	struct track_more *m = xcalloc(1, sizeof(*m));

	*t = (struct track){.s = s, .lex = lex, .n_expect = scenario_expectations(s), .first_escalation = -1, .hold_since = -1, .more = m};
	t->expect = xcalloc(t->n_expect + 1, sizeof(*t->expect));
	t->objections = xcalloc(s->n_objections + 1, sizeof(*t->objections));
	t->beats = xcalloc(s->n_beats + 1, sizeof(*t->beats));
	m->x = xcalloc(t->n_expect + 1, sizeof(*m->x));
	m->curves = xcalloc(s->n_curveballs + 1, sizeof(*m->curves));
	m->promised_callback = SCENARIO_NONE;
	for (int i = 0; i < SCENARIO_SEATS; i++)
		m->seat_at[i] = -1;
	for (size_t i = 0; i < t->n_expect; i++) {
		struct track_expectation *x = &m->x[i];
		x->x = scenario_expectation(s, i, &x->beat, &x->curveball);
		x->contact = -1;
		track_expect_forget(x);
		t->expect[i] = (struct expect_track){.since = -1, .at = -1, .entry = SCENARIO_NONE};
	}
	for (size_t i = 0; i < s->n_objections; i++) {
		t->objections[i] = (struct objection_track){.in_order = true, .banned = SCENARIO_NONE};
		for (int k = 0; k < OBJECTION_MOVES; k++) {
			t->objections[i].at[k] = -1;
			t->objections[i].entry[k] = SCENARIO_NONE;
		}
	}
	for (size_t i = 0; i < s->n_beats; i++)
		t->beats[i] = (struct beat_track){.at = -1, .entry = SCENARIO_NONE};
	for (int i = 0; i < SCENARIO_CALLERS; i++) {
		t->beat[i] = SCENARIO_NONE;
		t->emotion[i] = s->start_level;
		t->emotion_class[i] = s->start_class;
		t->answered_at[i] = t->ended_at[i] = -1;
		m->c[i].rang_at = m->c[i].hold_at = -1;
		m->active_objection[i] = SCENARIO_NONE;
	}
}

static void release_facts(struct track_facts *f)
{
	free(f->category);
	free(f->disposition);
	free(f->script);
	free(f->side);
}

void track_release(struct track *t)
{
	struct track_more *m = t->more;

	if (!m)
		return;
	for (int i = 0; i < SCENARIO_CALLERS; i++) {
		release_facts(&m->c[i].facts);
		str_release(&m->c[i].tags);
	}
	for (size_t i = 0; i < m->deeds.n; i++)
		free(m->deeds.v[i].value);
	vec_release(&m->deeds);
	if (m->has_match)
		match_release(&m->match);
	free(m->x);
	free(m->curves);
	free(m);
	free(t->expect);
	free(t->objections);
	free(t->beats);
	vec_release(&t->criticals);
	vec_release(&t->utterances);
	track_drafts_free(t);
	free(t->category);
	free(t->disposition);
	str_release(&t->tags);
	*t = (struct track){0};
}

const struct match *track_last_match(const struct track *t)
{
	return t->more->has_match ? &t->more->match : NULL;
}

// --- what the customer does

static void beat_said(struct track *t, const struct track_step *st, size_t b)
{
	struct beat_track *bt = &t->beats[b];
	int c = st->e->contact;

	*bt = (struct beat_track){.said = true, .at = st->e->t_ms, .entry = st->index, .level = t->emotion[c], .class_ = t->emotion_class[c]};
}

static void beat_reached(struct track *t, const struct track_step *st)
{
	size_t b = scenario_beat(t->s, sv(event_get(&st->e->ev, "id")));

	if (b == SCENARIO_NONE || !st->c)
		return;
	t->beat[st->e->contact] = b;
	st->c->turns = 0;
	st->c->fresh = true;
	beat_said(t, st, b);
	track_expect_beat(t, b, st->e->contact);
	track_objection_beat(t, b, st->e->contact);
}

static void customer_line(struct track *t, const struct track_step *st)
{
	if (!st->c)
		return;
	st->c->spoke = true;
	if (!st->c->fresh)
		return;
	st->c->fresh = false;
	size_t b = t->beat[st->e->contact];
	beat_said(t, st, b);
	// Time runs from the end of the line.
	track_expect_since(t, b, st->e->t_ms + track_say_ms(event_get(&st->e->ev, "text")));
}

static void customer_feels(struct track *t, const struct track_step *st)
{
	int64_t level = event_get_int(&st->e->ev, "level", 0);
	int c = st->e->contact;

	if (!st->c)
		return;
	t->emotion[c] = level < 0 ? 0 : level > 5 ? 5 : (int)level;
	if (!emotion_class_parse(sv(event_get(&st->e->ev, "class")), &t->emotion_class[c]))
		t->emotion_class[c] = EMOTION_ANY;
	if (st->c->fresh && t->beat[c] != SCENARIO_NONE) {
		t->beats[t->beat[c]].level = t->emotion[c];
		t->beats[t->beat[c]].class_ = t->emotion_class[c];
	}
}

// --- what the agent says

bool track_tag_in(const struct str *tags, struct sv tag)
{
	const char *p = str_z(tags);

	// "empathy" takes every class of it.
	while (tag.n && (p = strchr(p, ' ')) && *++p)
		if (strncmp(p, tag.p, tag.n) == 0 && (p[tag.n] == ' ' || p[tag.n] == '.'))
			return true;
	return false;
}

static void add_tag(struct str *tags, const char *tag)
{
	for (const char *p = str_z(tags); (p = strstr(p, tag)); p++)
		if (p[-1] == ' ' && p[strlen(tag)] == ' ')
			return;
	str_addf(tags, "%s%s ", tags->n ? "" : " ", tag);
}

static int chars_of(struct sv s)
{
	return (int)utf8_count(s);
}

// A word that may stand in a warning only ("the bank never asks for the code") is no demand; those are noted PC-02.
bool track_asks_secret(const struct lexicon_entry *en)
{
	return en->list == LEXICON_ASK_SECRET && en->note && strstr(en->note, "PC-02");
}

static void count_hits(struct track *t, const struct track_step *st, struct utterance_track *u)
{
	const struct match *m = st->match;

	for (size_t i = 0; i < m->hits.n; i++) {
		const struct lexicon_hit *h = &m->hits.v[i];
		const char *text = event_get(&st->e->ev, "text");
		switch (h->entry->list) {
		case LEXICON_POSITIVE:
			u->positive = true;
			u->positive_chars += chars_of(sv_n(text + h->from, h->to - h->from));
			break;
		case LEXICON_EMPATHY: u->empathy = true; break;
		case LEXICON_FORBIDDEN: u->forbidden++; break;
		case LEXICON_RISK_PROMISE: t->risk_promises++; break;
		case LEXICON_ASK_SECRET: t->secrets_asked += track_asks_secret(h->entry); break;
		case LEXICON_KEYWORD_ALERT: case LEXICON_MOVE: case LEXICON_ALLOW: break;
		}
		add_tag(&t->tags, lexicon_class(h->entry));
		if (st->c)
			add_tag(&st->c->tags, lexicon_class(h->entry));
	}
	t->forbidden += u->forbidden;
}

bool track_soothes(const struct match *m, enum emotion_class cls)
{
	char tag[40];

	if (cls == EMOTION_ANY)
		return match_tag(m, "empathy");
	snprintf(tag, sizeof(tag), "empathy.%s", emotion_class_code(cls));
	return match_tag(m, tag) || match_tag(m, "empathy.any");
}

static void agent_line(struct track *t, const struct track_step *st)
{
	struct utterance_track u = {.entry = st->index, .contact = st->e->contact, .chars = st->match->chars, .read_back = st->match->read_back,
				    .script = strcmp(event_get(&st->e->ev, "source"), "script") == 0};

	count_hits(t, st, &u);
	vec_push(&t->utterances, u);
	t->said |= st->match->words;
	if (!st->c)
		return;
	t->more->front = st->e->contact;
	st->c->said |= st->match->words;
	st->c->said_now = st->match->words;
	st->c->turns++;
	size_t b = t->beat[st->e->contact];
	if (b != SCENARIO_NONE && !t->beats[b].answered) {
		t->beats[b].answered = true;
		t->beats[b].matched = track_soothes(st->match, t->beats[b].class_);
	}
	track_objection_line(t, st);
}

// Can the customer hear the agent?
static bool on_the_line(const struct track *t, int contact)
{
	const struct track_caller *c = track_caller(t, contact);

	return c && t->answered_at[contact] >= 0 && !c->gone && c->hold_at < 0;
}

// --- the telephone

static void ended(struct track *t, const struct track_step *st)
{
	if (!st->c || st->c->gone)
		return;
	st->c->gone = true;
	st->c->hold_at = -1;
	t->ended_at[st->e->contact] = st->e->t_ms;
}

static void hung_up(struct track *t, const struct track_step *st)
{
	const char *reason = event_get(&st->e->ev, "reason");

	if (!st->c || st->c->gone)
		return;
	if (st->e->who != LOG_AGENT || strcmp(event_get(&st->e->ev, "side"), "customer") == 0) {
		t->customer_hung_up = true;
		// After the goodbye, or because the time of the session is over, nobody is lost.
		t->more->lost |= strcmp(reason, "done") != 0 && strcmp(reason, "time") != 0;
	} else {
		t->agent_hung_up = true;
	}
	track_critical_entry(t, st);
	ended(t, st);
}

static void held(struct track *t, const struct track_step *st, bool on)
{
	if (!st->c || st->c->gone || t->answered_at[st->e->contact] < 0 || on == (st->c->hold_at >= 0))
		return;
	t->holds += on;
	st->c->hold_at = on ? st->e->t_ms : -1;
	if (st->e->contact == t->base)
		t->hold_since = st->c->hold_at;
}

static void answered(struct track *t, const struct track_step *st)
{
	if (!st->c || t->answered_at[st->e->contact] >= 0 || st->c->gone || st->c->rang_at < 0)
		return;
	t->answered_at[st->e->contact] = st->e->t_ms;
	t->more->front = st->e->contact;
	t->more->second |= st->e->contact > 0;
}

// A caller whom one seat of a drill missed rings at another: nobody is lost yet.
static void rings(struct track *t, const struct track_step *st)
{
	int c = st->e->contact;

	if (st->c->rang_at < 0)
		st->c->rang_at = st->e->t_ms;
	if (!st->c->gone || t->answered_at[c] >= 0)
		return;
	st->c->gone = false;
	t->ended_at[c] = -1;
	t->more->lost = st->c->lost_before;
}

static void telephone(struct track *t, const struct track_step *st)
{
	enum event_type type = st->e->ev.type;
	bool early = type == EV_RING || type == EV_ANSWER;

	// What fits nothing (a call that does not ring yet, one that was never answered) changes nothing.
	if (!st->c || (!early && st->c->rang_at < 0) ||
	    (!early && type != EV_ABANDONED && type != EV_MISSED && t->answered_at[st->e->contact] < 0))
		return;
	switch (type) {
	case EV_RING:
		rings(t, st);
		break;
	case EV_ANSWER: answered(t, st); break;
	case EV_HOLD: case EV_CONSULT: case EV_DROP: held(t, st, true); break;
	case EV_RESUME: case EV_CONSULT_BACK: case EV_CALL_BACK: case EV_CONFERENCE:
		track_critical_entry(t, st);
		held(t, st, false);
		break;
	case EV_ABANDONED: case EV_MISSED:
		st->c->lost_before = st->c->gone ? st->c->lost_before : t->more->lost;
		t->more->lost |= !st->c->gone;
		ended(t, st);
		break;
	case EV_TRANSFER:
		t->transfers++;
		ended(t, st);
		break;
	case EV_GIVE_UP: case EV_END: ended(t, st); break;
	case EV_HANGUP: hung_up(t, st); break;
	default: break;
	}
}

// --- counts

static void count(struct track *t, const struct track_step *st)
{
	switch (st->e->ev.type) {
	case EV_TICKET_CREATE:
		t->tickets++;
		track_ticket(t, st);
		break;
	case EV_ESCALATE:
		if (!t->escalations++)
			t->first_escalation = st->e->t_ms;
		break;
	case EV_CALLBACK_BOOK: t->callbacks++; break;
	case EV_FAULT_KEY: t->faults++; break;
	case EV_KB_SEARCH: t->more->searched++; break;
	case EV_KB_CITE: t->more->cited++; break;
	case EV_CLOSE:
		if (st->e->contact == t->base && st->c->gone)
			t->closed = true;
		break;
	default: break;
	}
}

static void curve_began(struct track *t, const struct track_step *st)
{
	bool on = strcmp(event_get(&st->e->ev, "value"), "0") != 0;

	for (size_t i = 0; i < t->s->n_curveballs; i++)
		if (str_eq(t->s->curveballs[i].id, event_get(&st->e->ev, "id")))
			track_hub(t, &t->s->curveballs[i], on);
	if (!on)
		return;
	for (size_t i = 0; i < t->s->n_curveballs; i++)
		if (str_eq(t->s->curveballs[i].id, event_get(&st->e->ev, "id")) && !t->more->curves[i]) {
			t->more->curves[i] = true;
			track_expect_curve(t, i);
		}
}

static void by_customer(struct track *t, const struct track_step *st)
{
	switch (st->e->ev.type) {
	case EV_SAY: customer_line(t, st); break;
	case EV_EMOTION: customer_feels(t, st); break;
	case EV_BEAT: beat_reached(t, st); break;
	case EV_CURVEBALL: curve_began(t, st); break;
	case EV_SILENCE: t->silences++; break;
	case EV_OUTCOME: break;
	default: telephone(t, st); break;
	}
}

static void by_agent(struct track *t, const struct track_step *st)
{
	if (st->e->ev.type == EV_UNDO) {
		track_undo(t, st);
		return;
	}
	if (st->match)
		agent_line(t, st);
	count(t, st);
	track_fact(t, st);
	track_expect_entry(t, st);
	telephone(t, st);
	// Hanging up and coming back from hold are looked at by the telephone, before the state changes.
	if (st->e->ev.type != EV_HANGUP && st->e->ev.type != EV_RESUME)
		track_critical_entry(t, st);
}

static void outcome(struct track *t, const struct track_step *st)
{
	snprintf(t->outcome, sizeof(t->outcome), "%s", event_get(&st->e->ev, "result"));
	t->over = true;
}

static bool is_agent_line(const struct log_entry *e)
{
	return e->ev.type == EV_SAY && strcmp(event_get(&e->ev, "side"), "customer") != 0 && e->who == LOG_AGENT;
}

void track_entry(struct track *t, size_t index, const struct log_entry *e)
{
	struct track_more *m = t->more;
	struct track_step st = {.index = index, .e = e, .c = track_caller(t, e->contact)};

	if (m->has_match)
		match_release(&m->match);
	m->has_match = false;
	if (t->over)
		return;
	track_clock(t, e->t_ms);
	if (is_agent_line(e) && on_the_line(t, e->contact)) {
		match_line(t->s, t->lex, sv(event_get(&e->ev, "text")), &m->match);
		m->has_match = true;
		st.match = &m->match;
	}
	if (e->ev.type == EV_OUTCOME)
		outcome(t, &st);
	else if (e->who == LOG_AGENT)
		by_agent(t, &st);
	else if (e->who == LOG_TRAINER && e->ev.type == EV_INJECT)
		track_seat(t, &st);
	// A trainer's line for the customer comes back as the customer's, unless a person plays (session.h).
	else if (e->who != LOG_TRAINER || e->ev.type == EV_SAY || e->ev.type == EV_HANGUP)
		by_customer(t, &st);
}

void track_clock(struct track *t, int64_t t_ms)
{
	if (t_ms > t->t_ms)
		t->t_ms = t_ms;
	track_expect_clock(t);
}

void track_end(struct track *t)
{
	track_expect_end(t);
	track_critical_end(t);
}
