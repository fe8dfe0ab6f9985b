// SPDX-License-Identifier: MIT
// Knows how the other seat follows a session over the room and acts on it.
#include "src/practice/coach.h"

#include "src/base/i18n.h"

static const char *role_code(enum coach_role role)
{
	static const char *const roles[] = {[COACH_TRAINER] = "trainer", [COACH_CUSTOMER] = "customer", [COACH_SEAT] = "seat"};

	return roles[role];
}

void coach_init(struct coach *c, struct room *room, const struct packs *packs, enum coach_role role, const char *name, const struct clock *clock)
{
	*c = (struct coach){.room = room, .packs = packs, .role = role, .clock = clock, .state = SESSION_CREATED, .next = 1, .desk = SCENARIO_NONE};
	snprintf(c->me, sizeof(c->me), "%s", name ? name : "");
	room_say(room, json_pack("{s:s, s:s, s:s}", "ctl", "ask", "role", role_code(role), "name", name ? name : ""));
}

static void forget(struct coach *c)
{
	practice_log_release(&c->log);
	if (c->tracking)
		track_release(&c->track);
	if (c->scored)
		score_release(&c->score);
	c->log = (struct practice_log){0};
	c->track = (struct track){0};
	c->score = (struct score){0};
	c->tracking = c->scored = c->swap = c->gone = c->missed = false;
	c->next = 1;
	c->state = SESSION_CREATED;
	c->left_ms = 0;
	c->desk = SCENARIO_NONE;
	memset(c->taken, 0, sizeof(c->taken));
	c->scenario = NULL;
	c->said[0] = c->why[0] = '\0';
}

void coach_release(struct coach *c)
{
	if (c->room && !c->swap)
		room_say(c->room, json_pack("{s:s}", "ctl", "bye"));
	forget(c);
	*c = (struct coach){0};
}

// --- what comes in

static void take(char *to, size_t cap, const json_t *b, const char *key)
{
	const char *s = json_string_value(json_object_get(b, key));

	snprintf(to, cap, "%s", s ? s : "");
}

static void begin(struct coach *c, const json_t *b)
{
	const struct pack_scenario *found;
	const char *mode = json_string_value(json_object_get(b, "mode")), *lang = json_string_value(json_object_get(b, "lang"));

	forget(c);
	take(c->agent, sizeof(c->agent), b, "agent");
	take(c->name, sizeof(c->name), b, "name");
	take(c->no, sizeof(c->no), b, "no");
	take(c->id, sizeof(c->id), b, "id");
	take(c->log.scenario, sizeof(c->log.scenario), b, "scenario");
	c->log.version = (int)json_integer_value(json_object_get(b, "version"));
	c->log.seed = (uint64_t)json_integer_value(json_object_get(b, "seed"));
	c->log.lang = str_eq(lang, "en") ? LANG_EN : LANG_ZH;
	if (!mode || !practice_mode_parse(sv(mode), &c->log.mode))
		c->log.mode = PRACTICE_COACHED;
	found = packs_scenario(c->packs, c->log.scenario);
	if (!found) {
		snprintf(c->why, sizeof(c->why), _("This station has no scenario %s: load the pack it is in."), c->log.scenario);
		return;
	}
	if (found->s.version != c->log.version)
		snprintf(c->why, sizeof(c->why), _("The other seat has version %d of the scenario, this one %d."), c->log.version, found->s.version);
	c->scenario = &found->s;
	track_init(&c->track, c->scenario, c->packs->lexicon);
	c->tracking = true;
}

// One that did not come is asked for once; those after it wait for it.
static void ask_again(struct coach *c)
{
	if (!c->missed)
		room_say(c->room, json_pack("{s:s, s:s, s:I}", "ctl", "ask", "id", c->id, "from", (json_int_t)c->next - 1));
	c->missed = true;
}

static void follow(struct coach *c, const json_t *b)
{
	int64_t i = json_integer_value(json_object_get(b, "i"));
	struct log_entry in = {0};
	struct err e = {0};

	// Without a number it is what somebody asks of the session. Those there are already come again for a seat that missed them.
	if (i < c->next)
		return;
	if (i > c->next) {
		ask_again(c);
		return;
	}
	c->next++;
	c->missed = false;
	// A newer program writes what this one does not know.
	if (!log_entry_read(b, &in, &e))
		return;
	practice_log_add(&c->log, &in);
	if (c->tracking)
		track_entry(&c->track, c->log.v.n - 1, &c->log.v.v[c->log.v.n - 1]);
	event_release(&in.ev);
}

static void take_score(struct coach *c, const json_t *b)
{
	struct score s = {0};
	struct err e = {0};

	if (!score_read(json_object_get(b, "score"), &s, &e)) {
		snprintf(c->said, sizeof(c->said), "%s", e.msg);
		return;
	}
	if (c->scored)
		score_release(&c->score);
	c->score = s;
	c->scored = true;
}

static void take_state(struct coach *c, const json_t *b)
{
	const char *code = json_string_value(json_object_get(b, "state"));
	enum session_state st;

	if (code && session_state_parse(sv(code), &st))
		c->state = st;
	c->left_ms = json_integer_value(json_object_get(b, "left"));
	c->left_at = clock_mono(c->clock);
}

// The same session says hello again when somebody asks, or from another process after the station was started anew.
static void greeted(struct coach *c, const struct room_line *l)
{
	if (!c->log.scenario[0] || !str_eq(json_string_value(json_object_get(l->body, "id")), c->id))
		begin(c, l->body);
	snprintf(c->seat, sizeof(c->seat), "%s", l->seat);
	c->gone = false;
	// Whoever begins, or was started anew, knows nobody in the room yet: who is here says so. Asked with the entry that came last, so that
	// the answer is no greeting again.
	room_say(c->room, json_pack("{s:s, s:s, s:s, s:s, s:I}", "ctl", "ask", "role", role_code(c->role), "name", c->me, "id", c->id, "from",
				    (json_int_t)c->next - 1));
}

static void take_seats(struct coach *c, const json_t *b)
{
	const json_t *one;
	size_t i;

	memset(c->taken, 0, sizeof(c->taken));
	c->desk = SCENARIO_NONE;
	json_array_foreach(json_object_get(b, "seats"), i, one) {
		const char *code = json_string_value(json_object_get(one, "seat"));
		size_t seat = c->scenario && code ? scenario_seat(c->scenario, sv(code)) : SCENARIO_NONE;
		if (seat == SCENARIO_NONE)
			continue;
		take(c->taken[seat], sizeof(c->taken[seat]), one, "name");
		if (str_eq(json_string_value(json_object_get(one, "at")), room_seat(c->room)))
			c->desk = seat;
	}
}

static void control(struct coach *c, const char *ctl, const json_t *b)
{
	if (strcmp(ctl, "state") == 0)
		take_state(c, b);
	else if (strcmp(ctl, "seats") == 0)
		take_seats(c, b);
	else if (strcmp(ctl, "score") == 0)
		take_score(c, b);
	else if (strcmp(ctl, "no") == 0 && str_eq(json_string_value(json_object_get(b, "to")), room_seat(c->room)))
		take(c->said, sizeof(c->said), b, "why");
	else if (strcmp(ctl, "swap") == 0 && str_eq(json_string_value(json_object_get(b, "id")), c->id))
		c->swap = c->role == COACH_CUSTOMER;
	else if (strcmp(ctl, "bye") == 0)
		c->gone = true;
}

void coach_heard(struct coach *c, const struct room_line *l)
{
	const char *ctl = json_string_value(json_object_get(l->body, "ctl"));

	c->changed = true;
	if (str_eq(ctl, "hello"))
		greeted(c, l);
	else if (!c->seat[0] || strcmp(c->seat, l->seat) != 0)
		return; // another trainer, or a session that was here before
	else if (ctl)
		control(c, ctl, l->body);
	else
		follow(c, l->body);
}

void coach_line_state(struct coach *c, const char *trouble)
{
	snprintf(c->trouble, sizeof(c->trouble), "%s", trouble);
	c->changed = true;
}

void coach_refused(struct coach *c, const char *why)
{
	snprintf(c->said, sizeof(c->said), "%s", why);
	c->changed = true;
}

int64_t coach_left_ms(const struct coach *c)
{
	int64_t left = c->left_ms;

	if (c->state == SESSION_RUNNING || c->state == SESSION_WRAP)
		left -= clock_mono(c->clock) - c->left_at;
	return left < 0 ? 0 : left;
}

// --- what goes out

static void say(struct coach *c, int contact, struct event *ev)
{
	struct log_entry e = {.contact = contact, .who = LOG_TRAINER, .ev = *ev};

	c->said[0] = '\0';
	room_say(c->room, log_entry_json(&e));
	event_release(ev);
}

void coach_whisper(struct coach *c, const char *text)
{
	struct event ev = {.type = EV_WHISPER};

	event_put(&ev, "text", text);
	say(c, -1, &ev);
}

static struct event inject(const char *kind)
{
	struct event ev = {.type = EV_INJECT};

	event_put(&ev, "kind", kind);
	return ev;
}

void coach_line(struct coach *c, int contact, const char *text)
{
	struct event ev = inject("line");

	event_put(&ev, "text", text);
	say(c, contact, &ev);
}

void coach_emotion(struct coach *c, int contact, enum emotion_class cls, int level)
{
	struct event ev = inject("emotion");

	event_put(&ev, "class", emotion_class_code(cls));
	event_put_int(&ev, "level", level);
	say(c, contact, &ev);
}

void coach_curveball(struct coach *c, const char *id)
{
	struct event ev = inject("curveball");

	event_put(&ev, "id", id);
	say(c, -1, &ev);
}

void coach_beat(struct coach *c, int contact, const char *id)
{
	struct event ev = inject("beat");

	event_put(&ev, "id", id);
	say(c, contact, &ev);
}

void coach_hang_up(struct coach *c, int contact)
{
	struct event ev = {.type = EV_HANGUP};

	event_put(&ev, "side", "customer");
	say(c, contact, &ev);
}

void coach_pause(struct coach *c, bool on)
{
	struct event ev = {.type = EV_PAUSE};

	event_put_int(&ev, "value", on);
	say(c, -1, &ev);
}

void coach_tag(struct coach *c, const char *type, const char *text)
{
	struct event ev = {.type = EV_TAG};

	event_put(&ev, "type", type);
	event_put(&ev, "text", text);
	say(c, -1, &ev);
}

void coach_adjust(struct coach *c, enum score_part p, int share, const char *reason)
{
	room_say(c->room, json_pack("{s:s, s:s, s:s, s:i, s:s}", "ctl", "adjust", "who", "trainer", "part", score_part_code(p), "share", share, "reason", reason));
}

void coach_finish(struct coach *c)
{
	room_say(c->room, json_pack("{s:s, s:s}", "ctl", "finish", "who", "trainer"));
}

void coach_swap(struct coach *c)
{
	if (c->role != COACH_CUSTOMER || !c->id[0])
		return;
	room_say(c->room, json_pack("{s:s, s:s}", "ctl", "swap", "id", c->id));
	c->swap = true;
}

void coach_sit(struct coach *c, size_t seat)
{
	if (c->scenario && seat < c->scenario->n_seats)
		room_say(c->room, json_pack("{s:s, s:s, s:s}", "ctl", "seat", "seat", c->scenario->seats[seat].code, "name", c->me));
	c->said[0] = '\0';
}

void coach_act(struct coach *c, enum drill_act act, const char *text)
{
	struct event ev = inject(drill_act_code(act));

	if (c->scenario && c->desk < c->scenario->n_seats)
		event_put(&ev, "id", c->scenario->seats[c->desk].code);
	event_put(&ev, "text", text);
	say(c, -1, &ev);
}

void coach_approve(struct coach *c, int64_t draft)
{
	struct event ev = inject(drill_act_code(DRILL_APPROVE));
	const struct track_draft *d = c->tracking ? track_draft(&c->track, draft) : NULL;

	if (c->scenario && c->desk < c->scenario->n_seats)
		event_put(&ev, "id", c->scenario->seats[c->desk].code);
	event_put_int(&ev, "value", draft);
	event_put(&ev, "text", d ? d->text : "");
	say(c, -1, &ev);
}

// --- the role card

static void add(struct str *out, const char *label, const char *text)
{
	if (!str_empty(text))
		str_addf(out, "%s: %s\n", label, text);
}

enum { LINE_MAX_BYTES = 4096 };

static void add_line(const struct coach *c, int contact, const char *sign, const char *text, struct str *out)
{
	char *said = scenario_fill(&c->scenario->callers[contact], text, i18n_lang(), LINE_MAX_BYTES);

	str_addf(out, "%s %s\n", sign, said);
	free(said);
}

// Does an earlier way lead there too?
static bool told(const struct scenario_beat *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b->next[i].beat == b->next[n].beat)
			return true;
	return false;
}

// What the customer of the scenario would say next: the beat they are at, and those it leads to.
static void add_lines(const struct coach *c, int contact, struct str *out)
{
	const struct scenario *s = c->scenario;
	size_t at = c->tracking ? c->track.beat[contact] : SCENARIO_NONE;

	if (at >= s->n_beats)
		at = s->callers[contact].first_beat;
	if (at >= s->n_beats)
		return;
	const struct scenario_beat *b = &s->beats[at];
	for (size_t i = 0; i < b->n_says; i++)
		add_line(c, contact, "•", label_text(b->says[i].text), out);
	for (size_t i = 0; i < b->n_next; i++) {
		const struct scenario_beat *n = &s->beats[b->next[i].beat];
		if (n->n_says && !told(b, i))
			add_line(c, contact, "→", label_text(n->says[0].text), out);
	}
}

void coach_card(const struct coach *c, int contact, struct str *out)
{
	const struct persona *p;

	if (!c->scenario || contact < 0 || (size_t)contact >= c->scenario->n_callers)
		return;
	p = &c->scenario->callers[contact].persona;
	str_addf(out, _("You are %s, %d.\n"), label_text(p->name), p->age);
	add(out, _("Mood"), label_text(p->mood));
	add(out, _("Speech"), label_text(p->speech));
	add(out, _("Phone"), p->phone);
	add(out, _("Before"), label_text(c->scenario->callers[contact].history));
	for (size_t i = 0; i < p->n_facts; i++)
		add(out, persona_fact_label(&p->facts[i]), label_text(p->facts[i].value));
	for (size_t i = 0; i < p->n_hides; i++)
		add(out, _("Do not say by yourself"), label_text(p->hides[i]));
	add_lines(c, contact, out);
}
