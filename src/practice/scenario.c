// SPDX-License-Identifier: MIT
// Knows the closed lists of scenarios, and how the parts of one are found.
#include "src/practice/scenario.h"

static const struct kind_row levels[] = {
	[PRACTICE_BASIC] = {"basic", N_("Basic")},
	[PRACTICE_ADVANCED] = {"advanced", N_("Advanced")},
	[PRACTICE_EXPERT] = {"expert", N_("Expert")},
};
KIND_DEFINE(practice_level, levels)

static const struct kind_row kinds[] = {
	[SCENARIO_CALL] = {"call", N_("Conversation")},
	[SCENARIO_DRILL] = {"drill", N_("Drill")},
	[SCENARIO_QUEUE] = {"queue", N_("Ticket queue")},
};
KIND_DEFINE(scenario_kind, kinds)

static const struct kind_row dos[] = {
	[EXPECT_SAY] = {"say", N_("Say it")},
	[EXPECT_NEVER] = {"never", N_("Do not say it")},
	[EXPECT_ANSWER] = {"answer", N_("Answer the call")},
	[EXPECT_CLASSIFY] = {"classify", N_("Choose the category")},
	[EXPECT_INTENT] = {"intent", N_("Set the intent")},
	[EXPECT_DIFFICULTY] = {"difficulty", N_("Set the difficulty")},
	[EXPECT_VERIFY] = {"verify", N_("Verify the identity")},
	[EXPECT_RESTATE] = {"restate", N_("Restate the need")},
	[EXPECT_MARK] = {"mark", N_("Stamp the step")},
	[EXPECT_SEARCH] = {"kb_search", N_("Search the knowledge base")},
	[EXPECT_OPEN] = {"kb_open", N_("Open the article")},
	[EXPECT_CITE] = {"kb_cite", N_("Cite the article")},
	[EXPECT_SCRIPT] = {"script", N_("Say the line of the script")},
	[EXPECT_CHOOSE] = {"choose", N_("Choose in the script")},
	[EXPECT_FORM] = {"form", N_("Fill in the field")},
	[EXPECT_TICKET] = {"ticket", N_("Create a ticket")},
	[EXPECT_ESCALATE] = {"escalate", N_("Escalate the case")},
	[EXPECT_CALLBACK] = {"callback", N_("Book a call-back")},
	[EXPECT_TRANSFER] = {"transfer", N_("Transfer the call")},
	[EXPECT_HOLD] = {"hold", N_("Put on hold")},
	[EXPECT_FAULT] = {"fault_key", N_("Report the fault")},
	[EXPECT_BROADCAST] = {"broadcast_ack", N_("Acknowledge the broadcast")},
	[EXPECT_OFFER] = {"offer", N_("Note the answer to the offer")},
	[EXPECT_DISPOSITION] = {"disposition", N_("Choose the disposition")},
	[EXPECT_NOTE] = {"note", N_("Write a note")},
	[EXPECT_EMOTION] = {"emotion", N_("Note the emotion")},
	[EXPECT_WAIT] = {"wait", N_("Let the customer speak")},
	[EXPECT_HANGUP] = {"hangup", N_("End the call")},
	[EXPECT_SEAT] = {"seat", N_("Another seat does it")},
	[EXPECT_LINK] = {"link", N_("Link to the incident")},
	[EXPECT_OFFLINE] = {"ticket_offline", N_("Ticket while the hub is away")},
};
KIND_DEFINE(expect_do, dos)

static const struct kind_row ends[] = {
	[BEAT_GOES_ON] = {"", N_("Goes on")},
	[BEAT_HANGS_UP] = {"hang_up", N_("Hangs up")},
	[BEAT_WAITS] = {"wait", N_("Waits for the goodbye")},
};
KIND_DEFINE(beat_end, ends)

static const struct kind_row curves[] = {
	[CURVE_SYSTEM_DOWN] = {"system_down", N_("A system is down")},
	[CURVE_SYSTEM_SLOW] = {"system_slow", N_("A system is slow")},
	[CURVE_LINE_NOISE] = {"line_noise", N_("Noise on the line")},
	[CURVE_SECOND_CALL] = {"second_call_waiting", N_("A second call waits")},
	[CURVE_EMOTION_SPIKE] = {"emotion_spike", N_("The emotion rises")},
	[CURVE_THIRD_PARTY] = {"third_party_takes_phone", N_("Somebody else takes the phone")},
	[CURVE_ASKS_SUPERVISOR] = {"asks_supervisor", N_("Asks for the supervisor")},
	[CURVE_THREATENS_MEDIA] = {"threatens_media", N_("Threatens with the media")},
	[CURVE_WRONG_DATA] = {"gives_wrong_data", N_("Gives wrong data")},
	[CURVE_LANGUAGE] = {"language_switch", N_("Changes the language")},
	[CURVE_LEGAL] = {"legal_question", N_("Asks about the law")},
	[CURVE_VIP] = {"vip_reveal", N_("Turns out to be a VIP")},
	[CURVE_NEW_FACT] = {"new_fact_changes_category", N_("A new fact changes the case")},
	[CURVE_RED_BROADCAST] = {"red_broadcast", N_("A red broadcast comes")},
	[CURVE_POLICY_CHANGED] = {"policy_changed_mid_call", N_("A rule changes during the call")},
	[CURVE_STALE_ARTICLE] = {"stale_article", N_("An article is out of date")},
	[CURVE_SILENT] = {"customer_silent", N_("The customer is silent")},
	[CURVE_PHISHING] = {"phishing_test", N_("Asks for another person's data")},
	[CURVE_TIME_PRESSURE] = {"time_pressure", N_("Presses for time")},
};
KIND_DEFINE(curveball_kind, curves)

static const struct kind_row acts[] = {
	[DRILL_TALK] = {"talk", N_("Say to all seats")},
	[DRILL_CONFIRM] = {"confirm", N_("Confirm the incident")},
	[DRILL_CLEAR] = {"clear", N_("Clear the incident")},
	[DRILL_APPROVE] = {"approve", N_("Approve a draft")},
	[DRILL_REPORT] = {"report", N_("Report the state")},
	[DRILL_STATEMENT] = {"statement", N_("Issue the statement")},
	[DRILL_REVIEW] = {"review", N_("Hand in the review draft")},
};
KIND_DEFINE(drill_act, acts)

size_t scenario_seat(const struct scenario *s, struct sv code)
{
	for (size_t i = 0; i < s->n_seats && i < SCENARIO_SEATS; i++)
		if (sv_eqz(code, s->seats[i].code))
			return i;
	return SCENARIO_NONE;
}

bool scenario_seat_calls(const struct scenario_seat *seat)
{
	return strncmp(seat->code, "agent", 5) == 0;
}

size_t scenario_agent(const struct scenario *s, int n)
{
	for (size_t i = 0; i < s->n_seats && i < SCENARIO_SEATS; i++)
		if (scenario_seat_calls(&s->seats[i]) && n-- == 0)
			return i;
	return SCENARIO_NONE;
}

int scenario_agent_no(const struct scenario *s, size_t seat)
{
	int n = -1;

	if (seat >= s->n_seats || seat >= SCENARIO_SEATS || !scenario_seat_calls(&s->seats[seat]))
		return -1;
	for (size_t i = 0; i <= seat; i++)
		n += scenario_seat_calls(&s->seats[i]);
	return n;
}

// The first of these seats that the scenario has.
static bool is_first(const struct scenario *s, size_t seat, const char *a, const char *b)
{
	return seat == scenario_seat(s, sv(scenario_seat(s, sv(a)) != SCENARIO_NONE ? a : b));
}

bool scenario_seat_may(const struct scenario *s, size_t seat, enum drill_act a)
{
	if (seat >= s->n_seats || scenario_seat_calls(&s->seats[seat]))
		return false;
	const char *code = s->seats[seat].code;
	switch (a) {
	case DRILL_TALK: return true;
	case DRILL_CONFIRM: case DRILL_CLEAR: return is_first(s, seat, "supervisor", "lead");
	case DRILL_STATEMENT: return is_first(s, seat, "comms", "supervisor");
	case DRILL_APPROVE: return str_eq(code, "lead") || str_eq(code, "supervisor");
	case DRILL_REVIEW: return is_first(s, seat, "supervisor", "lead");
	case DRILL_REPORT: return str_eq(code, "lead") || str_eq(code, "tech");
	}
	return false;
}

bool scenario_seat_act(const struct scenario *s, const char *value, size_t *seat, enum drill_act *a)
{
	const char *dot = value ? strchr(value, '.') : NULL;

	if (!dot || !drill_act_parse(sv(dot + 1), a))
		return false;
	*seat = scenario_seat(s, sv_n(value, (size_t)(dot - value)));
	return *seat != SCENARIO_NONE && scenario_seat_may(s, *seat, *a);
}

bool curveball_for_all(enum curveball_kind k)
{
	return k == CURVE_SYSTEM_DOWN || k == CURVE_SYSTEM_SLOW || k == CURVE_SECOND_CALL || k == CURVE_RED_BROADCAST ||
	       k == CURVE_POLICY_CHANGED || k == CURVE_STALE_ARTICLE;
}

static const struct kind_row moves[] = {
	[MOVE_ACKNOWLEDGE] = {"acknowledge", N_("Acknowledge the feeling")},
	[MOVE_CLARIFY] = {"clarify", N_("Clarify the concern")},
	[MOVE_ANSWER] = {"answer", N_("Answer by the rules")},
	[MOVE_CONFIRM] = {"confirm", N_("Confirm it is accepted")},
};
KIND_DEFINE(objection_move, moves)

size_t scenario_beat(const struct scenario *s, struct sv id)
{
	for (size_t i = 0; i < s->n_beats; i++) {
		if (sv_eqz(id, s->beats[i].id))
			return i;
	}
	return SCENARIO_NONE;
}

size_t scenario_expectations(const struct scenario *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_beats; i++)
		n += s->beats[i].n_expect;
	for (size_t i = 0; i < s->n_curveballs; i++)
		n += s->curveballs[i].n_expect;
	return n;
}

const struct expectation *scenario_expectation(const struct scenario *s, size_t n, size_t *beat, size_t *curveball)
{
	size_t none;
	size_t *b = beat ? beat : &none, *c = curveball ? curveball : &none;

	*c = SCENARIO_NONE;
	for (*b = 0; *b < s->n_beats; (*b)++) {
		if (n < s->beats[*b].n_expect)
			return &s->beats[*b].expect[n];
		n -= s->beats[*b].n_expect;
	}
	*b = SCENARIO_NONE;
	for (*c = 0; *c < s->n_curveballs; (*c)++) {
		if (n < s->curveballs[*c].n_expect)
			return &s->curveballs[*c].expect[n];
		n -= s->curveballs[*c].n_expect;
	}
	*c = SCENARIO_NONE;
	return NULL;
}

const char *persona_fact_label(const struct persona_fact *f)
{
	const char *label = label_text(f->label);

	return *label ? label : f->name;
}

char *scenario_fill(const struct scenario_caller *sc, const char *text, enum lang lang, size_t most)
{
	const struct persona *p = &sc->persona;
	struct str out = STR_MAX(most);

	while (*text) {
		const char *close = *text == '{' ? strchr(text, '}') : NULL;
		size_t n = close ? (size_t)(close - text) - 1 : 0;
		const char *fact = close && sv_eqz(sv_n(text + 1, n), "name") ? label_in(p->name, lang) : NULL;
		for (size_t i = 0; close && !fact && i < p->n_facts; i++)
			if (sv_eqz(sv_n(text + 1, n), p->facts[i].name))
				fact = label_in(p->facts[i].value, lang);
		if (fact) {
			str_add(&out, fact);
			text = close + 1;
		} else {
			str_addc(&out, *text++);
		}
	}
	return str_take(&out);
}
