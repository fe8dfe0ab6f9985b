// SPDX-License-Identifier: MIT
// Knows how a session is judged: what it is folded into, the weights, the total, and what a trainer may change.
#include <math.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/practice/score_part.h"

static const struct {
	const char *code, *label;
	enum score_group group;
	int weight; // hundredths of 100 points
} parts[SCORE_ALL] = {
	[SCORE_SPEED] = {"S1", N_("Response speed"), GROUP_SPEED, 1500},
	[SCORE_CLASS] = {"S2", N_("Classification"), GROUP_SOLVING, 1000},
	[SCORE_KB] = {"S3", N_("Use of the knowledge base"), GROUP_SOLVING, 1500},
	[SCORE_SCRIPT] = {"S4", N_("Script adherence"), GROUP_SOLVING, 1500},
	[SCORE_OBJECTION] = {"S5", N_("Objection handling"), GROUP_ATTITUDE, 1500},
	[SCORE_TONE] = {"S6", N_("Positive wording and empathy"), GROUP_ATTITUDE, 1000},
	[SCORE_RESOLUTION] = {"S7", N_("Resolution"), GROUP_SOLVING, 2000},
	// Of a ticket queue (domain.md §12.8).
	[SCORE_PRIORITY] = {"Q2", N_("Priority"), GROUP_SOLVING, 2500},
	[SCORE_ROUTING] = {"Q3", N_("Routing"), GROUP_SOLVING, 2000},
	[SCORE_NOTES] = {"Q4", N_("Notes"), GROUP_ATTITUDE, 1500},
};
enum { QUEUE_CLASS = 4000 };
static const char *const groups[SCORE_GROUPS] = {N_("Response speed"), N_("Problem solving"), N_("Service attitude")};

const char *score_part_code(enum score_part p)
{
	return parts[p].code;
}

const char *score_part_label(enum score_part p)
{
	return _(parts[p].label);
}

int score_weight(enum score_part p, bool objections)
{
	if (!objections && p == SCORE_OBJECTION)
		return 0;
	return parts[p].weight + (!objections && p == SCORE_RESOLUTION ? parts[SCORE_OBJECTION].weight : 0);
}

const char *score_group_label(enum score_group g)
{
	return _(groups[g]);
}

enum score_group score_part_group(enum score_part p)
{
	return parts[p].group;
}

bool score_shown(const struct score *s, enum score_part p)
{
	return s->queue ? p == SCORE_CLASS || p > SCORE_RESOLUTION : p <= SCORE_RESOLUTION;
}

void score_release(struct score *s)
{
	for (size_t i = 0; i < s->points.n; i++)
		free(s->points.v[i].text);
	vec_release(&s->points);
	vec_release(&s->criticals);
	for (int i = 0; i < SCORE_ALL; i++)
		free(s->reason[i]);
	for (size_t i = 0; i < s->seats.n; i++) {
		if (s->seats.v[i].score)
			score_release(s->seats.v[i].score);
		free(s->seats.v[i].score);
	}
	vec_release(&s->seats);
	if (s->common)
		score_release(s->common);
	free(s->common);
	arena_release(&s->text);
	*s = (struct score){0};
}

// --- Reasons

int score_hundredths(int64_t earned)
{
	const int64_t one = SCORE_ONE / 10000;

	return (int)((earned + one / 2 + 1000) / one); // a hair up: two sixths and a half third are a half
}

double score_rate(double v)
{
	return round(v * 1e6) / 1e6;
}

void score_point(struct scoring *s, enum score_part p, double gain, double of, size_t entry, const char *fmt, ...)
{
	int64_t before = s->earned[p], after = before + llround(gain * (double)SCORE_ONE);
	struct score_point *pt = vec_add(&s->out->points);
	struct str text = {0};
	char buf[512];
	va_list ap;

	after = after < 0 ? 0 : after > SCORE_ONE ? SCORE_ONE : after;
	s->earned[p] = after;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	utf8_clean(&text, sv(buf), UTF8_LINE);
	*pt = (struct score_point){
		.part = p,
		.share = score_hundredths(after) - score_hundredths(before),
		.of = (int)lround(of * 10000),
		.text = str_take(&text),
		.entry = entry,
		.t_ms = entry < s->log->v.n ? s->log->v.v[entry].t_ms : 0,
	};
}

void score_critical(struct scoring *s, const char *code, struct label label, size_t entry)
{
	struct score *o = s->out;

	for (size_t i = 0; i < o->criticals.n; i++)
		if (str_eq(o->criticals.v[i].code, code))
			return;
	vec_push(&o->criticals, ((struct critical_track){
		.code = arena_strdup(&o->text, code),
		.label = {arena_strdup(&o->text, label.zh), arena_strdup(&o->text, label.en)},
		.entry = entry,
	}));
}

bool score_own(const struct scoring *s, size_t entry)
{
	return !s->own || s->own[entry];
}

static bool of_agent(const struct scoring *s, size_t entry, int contact)
{
	const struct log_entry *e = &s->log->v.v[entry];

	return e->who == LOG_AGENT && (contact < 0 || e->contact == contact) && score_own(s, entry);
}

size_t score_entry_at(const struct scoring *s, int contact, int64_t t_ms, const enum event_type *types, size_t n)
{
	for (size_t i = 0; i < s->log->v.n; i++) {
		const struct log_entry *e = &s->log->v.v[i];
		for (size_t k = 0; k < n && e->t_ms == t_ms && of_agent(s, i, contact); k++)
			if (e->ev.type == types[k])
				return i;
	}
	return SCENARIO_NONE;
}

size_t score_entry_last(const struct scoring *s, int contact, enum event_type type)
{
	for (size_t i = s->log->v.n; i-- > 0;)
		if (of_agent(s, i, contact) && s->log->v.v[i].ev.type == type)
			return i;
	return SCENARIO_NONE;
}

const char *score_quote(const struct scoring *s, size_t entry, char *buf, size_t cap)
{
	const char *text = entry < s->log->v.n ? event_get(&s->log->v.v[entry].ev, "text") : "";
	size_t n = utf8_fit(sv(text), 48, NULL);

	snprintf(buf, cap, "%.*s%s", (int)n, text, text[n] ? "…" : "");
	return buf;
}

// --- The contacts

// Is the entry an event of the contact itself? What the engine notes beside it (moods, beats, hits) is not.
static bool of_contact(const struct log_entry *e, int contact)
{
	if (e->contact != contact || e->ev.type > EV_END || e->ev.type == EV_LEXICON_HIT)
		return false;
	if (e->who == LOG_AGENT)
		return true;
	switch (e->ev.type) {
	case EV_START: case EV_RING: case EV_SAY: case EV_MISSED: case EV_ABANDONED: case EV_DROP: case EV_CALL_BACK: case EV_GIVE_UP:
	case EV_HANGUP:
		return true;
	default:
		return false;
	}
}

static void put_start(const struct scoring *s, int contact, struct event *ev)
{
	*ev = (struct event){.type = EV_START};
	event_put(ev, "channel", channel_code(s->scenario->callers[contact].channel));
	event_put(ev, "direction", direction_code(DIRECTION_IN));
	event_put(ev, "source", source_code(SOURCE_PRACTICE));
	event_put(ev, "mode", contact_mode_code(MODE_PRACTICE));
}

struct events {
	VEC(struct event) v; // owned
};

// The place (from 1) of the event that had this number in the contact it happened in; 0: it is not in the log.
static int64_t place_of(const struct events *evs, int64_t seq)
{
	bool numbered = false;

	for (size_t i = 0; i < evs->v.n; i++) {
		const struct event *ev = &evs->v.v[i];
		bool has = ev->type != EV_UNDO && *event_get(ev, "seq");
		numbered |= has;
		if (has && event_get_int(ev, "seq", 0) == seq)
			return (int64_t)i + 1;
	}
	return numbered ? 0 : seq; // written by hand: counted from the beginning
}

// What an undo took back, by the places the events have here.
static void put_undo(const struct events *evs, const struct event *from, struct event *to)
{
	struct sv rest = sv(event_get(from, "seq")), part;
	struct str list = {0};
	int64_t seq;

	while (sv_split(&rest, ',', &part)) {
		int64_t at = parse_int(part, 1, INT64_MAX, &seq) ? place_of(evs, seq) : 0;
		if (at)
			str_addf(&list, "%s%lld", list.n ? "," : "", (long long)at);
	}
	*to = (struct event){.type = EV_UNDO};
	event_put(to, "seq", str_z(&list));
	str_release(&list);
}

static void take(const struct scoring *s, int contact, struct events *evs)
{
	struct event ev;
	bool rang = false;

	for (size_t i = 0; i < s->log->v.n; i++) {
		const struct log_entry *e = &s->log->v.v[i];
		// A caller of a drill who goes from seat to seat has called once.
		if (!of_contact(e, contact) || (e->ev.type == EV_RING && rang))
			continue;
		rang |= e->ev.type == EV_RING;
		if (e->ev.type == EV_MISSED && s->track.answered_at[contact] >= 0)
			continue; // at another seat than the one that answered
		if (!evs->v.n && e->ev.type != EV_START) {
			put_start(s, contact, &ev);
			ev.t_ms = e->t_ms;
			ev.at = e->ev.at;
			vec_push(&evs->v, ev);
		}
		if (e->ev.type == EV_UNDO)
			put_undo(evs, &e->ev, &ev);
		else
			event_copy(&ev, &e->ev);
		ev.t_ms = e->t_ms;
		ev.at = e->ev.at;
		vec_push(&evs->v, ev);
	}
}

// UTC at the start of the session, by the first entry that knows it; 0: none does.
static int64_t day_of(const struct events *evs)
{
	for (size_t i = 0; i < evs->v.n; i++)
		if (evs->v.v[i].at)
			return evs->v.v[i].at - evs->v.v[i].t_ms;
	return 0;
}

// The same fold as live, over the entries of one caller. A transcript need not say how the contact began, nor on what day.
static struct contact *fold(const struct scoring *s, int contact)
{
	struct events evs = {0};
	struct contact *c = NULL;

	take(s, contact, &evs);
	if (evs.v.n) {
		int64_t began = day_of(&evs);
		for (size_t i = 0; i < evs.v.n; i++)
			if (!evs.v.v[i].at)
				evs.v.v[i].at = began + evs.v.v[i].t_ms;
		c = contact_replay("practice", began, s->world, evs.v.v, evs.v.n, NULL);
	}
	for (size_t i = 0; i < evs.v.n; i++)
		event_release(&evs.v.v[i]);
	vec_release(&evs.v);
	return c;
}

// --- The whole

static int part_value(const struct score *o, int p)
{
	return o->adjusted[p] >= 0 ? o->adjusted[p] : o->share[p];
}

void score_sum(struct score *o)
{
	int64_t all = 0, sum[SCORE_GROUPS] = {0}, weight[SCORE_GROUPS] = {0};
	double *group[SCORE_GROUPS] = {&o->speed, &o->solving, &o->attitude};

	for (int p = 0; p < SCORE_ALL; p++) {
		int64_t v = (int64_t)o->weight[p] * part_value(o, p);
		all += v;
		sum[parts[p].group] += v;
		weight[parts[p].group] += o->weight[p];
	}
	o->total = (int)((all + 5000) / 10000);
	for (int g = 0; g < SCORE_GROUPS; g++)
		*group[g] = weight[g] ? score_rate((double)sum[g] / (double)weight[g] / 10000) : 0;
	o->final_ = o->failed && o->total > 5900 ? 5900 : o->total;
	o->passed = !o->failed && o->final_ >= o->pass_mark;
	o->excellent = o->passed && o->final_ >= 9500;
}

// Did it end well? The engine wrote down what it saw at the end; a log that stops short is asked itself.
static bool succeeded(const struct scoring *s)
{
	const char *outcome = s->track.outcome;

	if (str_eq(outcome, "success") || str_eq(outcome, "fail"))
		return str_eq(outcome, "success");
	return s->scenario->success && track_true(&s->track, s->scenario->success);
}

static void begin(struct score *out, const struct scenario *sc)
{
	*out = (struct score){.own = SCENARIO_NONE, .pass_mark = sc->certifies ? 8500 : 8000, .ppr = -1, .pws = -1, .fph = -1, .emr = -1,
			       .queue = sc->kind == SCENARIO_QUEUE};
	for (int p = 0; p < SCORE_ALL; p++) {
		out->weight[p] = !score_shown(out, (enum score_part)p) ? 0 : out->queue && p == SCORE_CLASS ? QUEUE_CLASS : parts[p].weight;
		out->adjusted[p] = -1;
	}
}

// Nobody called there: what remains is what all seats are asked for.
static void only_resolution(struct score *o)
{
	for (int p = 0; p < SCORE_PARTS; p++)
		o->weight[p] = p == SCORE_RESOLUTION ? 10000 : 0;
}

void score_judge(struct scoring *s)
{
	struct score *o = s->out;
	const struct scenario *sc = s->scenario;

	begin(o, sc);
	if (!s->seat) {
		s->mine[0] = s->base;
		s->n_mine = 1;
	}
	s->success = succeeded(s);
	// A seat fails by what it did itself; that the goal was not reached lowers its S7.
	o->failed = (str_eq(s->track.outcome, "fail") && !s->seat) || ((!s->success || s->seat) && sc->fail && track_true(&s->track, sc->fail));
	for (size_t i = 0; i < s->track.criticals.n; i++)
		score_critical(s, s->track.criticals.v[i].code, s->track.criticals.v[i].label, s->track.criticals.v[i].entry);
	if (s->n_mine) {
		score_speed(s);
		score_class(s);
		score_kb(s);
		score_script(s);
		score_objections(s);
		score_tone(s);
	} else {
		only_resolution(o);
	}
	score_resolution(s);
	o->failed |= o->criticals.n > 0;
	for (int p = 0; p < SCORE_PARTS; p++)
		o->share[p] = score_hundredths(s->earned[p]);
	score_sum(o);
}

void score_judge_desk(struct scoring *s)
{
	begin(s->out, s->scenario);
	only_resolution(s->out);
	s->success = succeeded(s);
	score_expected(s);
	s->out->share[SCORE_RESOLUTION] = score_hundredths(s->earned[SCORE_RESOLUTION]);
	score_sum(s->out);
}

static void judge_queue(struct scoring *s)
{
	begin(s->out, s->scenario);
	score_queue(s);
	for (int p = 0; p < SCORE_ALL; p++)
		s->out->share[p] = score_hundredths(s->earned[p]);
	score_sum(s->out);
}

void score_fold(struct scoring *s, struct lexicon *lex, const bool *callers)
{
	track_init(&s->track, s->scenario, lex);
	s->track.base = s->base;
	for (size_t i = 0; i < s->log->v.n; i++)
		if (score_own(s, i))
			track_entry(&s->track, i, &s->log->v.v[i]);
	track_end(&s->track);
	for (int k = 0; k < (int)s->scenario->n_callers && k < SCENARIO_CALLERS; k++)
		s->contact[k] = !callers || callers[k] ? fold(s, k) : NULL;
}

void score_unfold(struct scoring *s)
{
	for (int k = 0; k < SCENARIO_CALLERS; k++)
		contact_free(s->contact[k]);
	track_release(&s->track);
}

static void judge_drill(struct scoring *s, struct lexicon *lex)
{
	struct seat_acks *acks = xcalloc(s->track.n_expect + 1, sizeof(*acks));
	struct score seats = {0};

	score_seats(s, lex, &seats, acks);
	s->acks = acks;
	score_judge(s);
	s->out->seats.v = seats.seats.v;
	s->out->seats.n = seats.seats.n;
	s->out->seats.cap = seats.seats.cap;
	score_keep_seats(s->out);
	free(acks);
}

void score_log(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct contact_world *world,
	       struct score *out)
{
	struct scoring s = {.scenario = sc, .log = log, .world = world, .out = out};

	if (sc->kind == SCENARIO_QUEUE) {
		judge_queue(&s);
		return;
	}
	score_fold(&s, lex, NULL);
	if (sc->kind == SCENARIO_DRILL)
		judge_drill(&s, lex);
	else
		score_judge(&s);
	score_unfold(&s);
}

bool score_adjust(struct score *s, enum score_part p, int share, const char *reason, struct err *e)
{
	struct str clean = {0};

	utf8_clean(&clean, sv_trim(sv(reason)), UTF8_LINE);
	bool empty = !clean.n;
	if (!empty && share >= 0 && share <= 10000 && abs(share - s->share[p]) <= 2000 && s->weight[p]) {
		s->adjusted[p] = share;
		free(s->reason[p]);
		s->reason[p] = str_take(&clean);
		score_sum(s);
		return true;
	}
	str_release(&clean);
	if (!s->weight[p])
		return err_set(e, ERR_USAGE, _("%s does not count in this session"), score_part_label(p));
	if (empty)
		return err_set(e, ERR_USAGE, _("say why %s is judged otherwise"), score_part_label(p));
	int from = s->share[p] > 2000 ? s->share[p] - 2000 : 0, to = s->share[p] < 8000 ? s->share[p] + 2000 : 10000;
	return err_set(e, ERR_USAGE, _("%s may be moved by 20 percent at most: from %d.%02d to %d.%02d"), score_part_label(p), from / 100,
		       from % 100, to / 100, to % 100);
}
