// SPDX-License-Identifier: MIT
// Knows the dialogs of the other seat: whisper, surprises, turns, feelings, marks, adjusting, the role card.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"

static void about_nobody(struct ui *u)
{
	u->ask_contact[0] = '\0';
}

// The room may be left while a dialog is open.
static struct coach *still(const struct ui *u, struct err *e)
{
	struct coach *k = practice_coach(u);

	if (!k)
		err_set(e, ERR_DENIED, _("This seat has left the room."));
	return k;
}

static bool whisper_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);

	(void)m;
	if (k)
		coach_whisper(k, r->texts[0]);
	return k != NULL;
}

static bool ask_whisper(struct ui *u, struct model *m)
{
	popup_prompt(&u->popup, 0, _("Whisper"), _("Only the agent reads it."));
	popup_add_field(&u->popup, _("Text"), NULL, true, 1);
	ui_ask(u, m, whisper_done, NULL);
	return true;
}

static bool curve_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);

	(void)m;
	if (k && r->row_id)
		coach_curveball(k, r->row_id);
	return k != NULL;
}

// What fails, in the user's words.
static const char *target_word(const char *target)
{
	static const struct {
		const char *code, *label;
	} words[] = {{"hub", N_("the hub")}, {"crm", N_("customer data")}, {"kb", N_("the knowledge base")}, {"recording", N_("the recording")},
		     {"phone", N_("the telephone")}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_eq(words[i].code, target))
			return _(words[i].label);
	return target;
}

static bool ask_curve(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);

	if (!k->scenario || !k->scenario->n_curveballs) {
		model_say_note(m, NOTE_INFO, _("This scenario has no surprises; l lets the customer say what you like."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Surprise"), NULL);
	for (size_t i = 0; i < k->scenario->n_curveballs; i++) {
		const struct curveball *c = &k->scenario->curveballs[i];
		popup_add_row(&u->popup, (uint32_t)(i < 9 ? '1' + i : 0), curveball_kind_label(c->kind), c->n_says ? label_text(c->says[0].text) : c->target ? target_word(c->target) : NULL, c->id);
	}
	ui_ask(u, m, curve_done, NULL);
	return true;
}

static bool beat_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);

	(void)m;
	if (!k)
		return false;
	if (!r->row_id)
		return err_set(e, ERR_NOT_FOUND, _("No turn has that text; type another part of it."));
	coach_beat(k, coach_contact(u), r->row_id);
	return true;
}

static bool ask_beat(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);

	if (!k->scenario)
		return true;
	popup_pick(&u->popup, 0, _("Turn of the customer"), NULL);
	for (size_t i = 0; i < k->scenario->n_beats; i++) {
		const struct scenario_beat *b = &k->scenario->beats[i];
		if (!b->n_says)
			continue;
		char *said = scenario_fill(&k->scenario->callers[practice_ui_const(u)->contact], label_text(b->says[0].text), i18n_lang(), 400);
		popup_add_row(&u->popup, 0, said, b->id, b->id);
		free(said);
	}
	popup_ready(&u->popup);
	ui_ask(u, m, beat_done, NULL);
	return true;
}

static bool emotion_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);
	int contact = coach_contact(u);

	(void)m;
	if (k)
		coach_emotion(k, contact, k->tracking ? k->track.emotion_class[contact] : EMOTION_ANY, (int)r->row);
	return k != NULL;
}

static bool ask_feeling(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);
	int contact = coach_contact(u);

	popup_menu(&u->popup, 0, _("What the customer feels"), NULL);
	for (int i = 0; i <= 5; i++) {
		char buf[64];
		practice_emotion(k->tracking ? k->track.emotion_class[contact] : EMOTION_ANY, i, buf, sizeof(buf));
		popup_add_row(&u->popup, (uint32_t)('0' + i), buf, NULL, NULL);
	}
	ui_ask(u, m, emotion_done, NULL);
	return true;
}

static bool tag_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	static const char *const types[] = {"good", "miss", "key"};
	struct coach *k = still(u, e);

	(void)m;
	if (k)
		coach_tag(k, types[u->ask_n % 3], r->texts[0]);
	return k != NULL;
}

static bool tag_type_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)e;
	popup_prompt(&u->popup, 0, _("Mark this moment"), NULL);
	popup_add_field(&u->popup, _("A word on it"), NULL, true, 1);
	ui_ask(u, m, tag_done, NULL);
	u->ask_n = (int64_t)r->row;
	about_nobody(u);
	return true;
}

static bool ask_tag(struct ui *u, struct model *m)
{
	popup_menu(&u->popup, 0, _("Mark this moment"), NULL);
	popup_add_row(&u->popup, 'g', _("Good"), NULL, NULL);
	popup_add_row(&u->popup, 'm', _("Missed"), NULL, NULL);
	popup_add_row(&u->popup, 'k', _("Important"), NULL, NULL);
	ui_ask(u, m, tag_type_done, NULL);
	return true;
}

static bool adjust_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);
	int64_t points;
	enum score_part p = (enum score_part)u->ask_n;

	(void)m;
	if (!k)
		return false;
	if (!k->scored || !k->score.weight[p] || !parse_int(sv_trim(sv(r->texts[0])), 0, k->score.weight[p] / 100, &points))
		return err_set(e, ERR_USAGE, _("Points of %s go from 0 to %d."), score_part_label(p), k->scored ? k->score.weight[p] / 100 : 0);
	coach_adjust(k, p, (int)(points * 1000000 / k->score.weight[p]), r->texts[1]);
	return true;
}

static bool adjust_part_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);

	if (!k || !r->row_id)
		return k != NULL;
	popup_prompt(&u->popup, 0, _("Adjust"), _("At most a fifth up or down; both values are kept."));
	popup_add_field(&u->popup, _("Points"), NULL, true, 1);
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	ui_ask(u, m, adjust_done, NULL);
	u->ask_n = *r->row_id - '0';
	about_nobody(u);
	return true;
}

static bool ask_adjust(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);

	if (!k->scored) {
		model_say_note(m, NOTE_INFO, _("There is no score yet: the calls are wrapped up first."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Adjust"), NULL);
	for (int p = 0; p < SCORE_PARTS; p++) {
		char note[32], id[2] = {(char)('0' + p), '\0'};
		if (!k->score.weight[p])
			continue;
		snprintf(note, sizeof(note), "%.1f / %d", k->score.share[p] / 10000.0 * k->score.weight[p] / 100.0, k->score.weight[p] / 100);
		popup_add_row(&u->popup, (uint32_t)('1' + p), score_part_label((enum score_part)p), note, id);
	}
	ui_ask(u, m, adjust_part_done, NULL);
	return true;
}

static bool show_card(struct ui *u)
{
	struct str text = {0};

	coach_card(practice_coach(u), coach_contact(u), &text);
	popup_message(&u->popup, 0, _("Role card"), text.n ? str_z(&text) : _("The card comes with the session."));
	u->asked = NULL;
	str_release(&text);
	return true;
}

// --- a seat of a drill

static bool seat_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);
	size_t seat = k && k->scenario && r->row_id ? scenario_seat(k->scenario, sv(r->row_id)) : SCENARIO_NONE;

	(void)m;
	if (seat != SCENARIO_NONE)
		coach_sit(k, seat);
	return k != NULL;
}

static bool ask_seat(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);
	const struct scenario *s = k->scenario;

	if (!s || k->log.mode != PRACTICE_DRILL) {
		model_say_note(m, NOTE_INFO, _("There are seats in a drill only; this is no drill, or it has not begun."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Which seat is yours?"), NULL);
	for (size_t i = 0; i < s->n_seats && i < SCENARIO_SEATS; i++)
		if (scenario_agent_no(s, i) != 0)
			popup_add_row(&u->popup, (uint32_t)('1' + i), label_text(s->seats[i].label), *k->taken[i] ? k->taken[i] : NULL, s->seats[i].code);
	ui_ask(u, m, seat_done, NULL);
	return true;
}

static bool act_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);

	(void)m;
	if (k)
		coach_act(k, (enum drill_act)u->ask_n, r->texts[0]);
	return k != NULL;
}

static bool draft_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct coach *k = still(u, e);
	int64_t n;

	(void)m;
	if (k && r->row_id && parse_int(sv(r->row_id), 1, INT64_MAX, &n))
		coach_approve(k, n);
	return k != NULL;
}

// What waits for approval: drafts of other seats.
static bool ask_draft(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);
	size_t n = 0;

	for (size_t i = 0; k->tracking && i < k->track.drafts.n; i++)
		n += track_may_approve(&k->track, k->desk, k->track.drafts.v[i].n);
	if (!n) {
		model_say_note(m, NOTE_INFO, _("Nothing of another seat waits for approval."));
		return true;
	}
	n = 0;
	popup_menu(&u->popup, 0, drill_act_label(DRILL_APPROVE), NULL);
	for (size_t i = 0; k->tracking && i < k->track.drafts.n; i++) {
		const struct track_draft *d = &k->track.drafts.v[i];
		char id[24], head[120];
		if (!track_may_approve(&k->track, k->desk, d->n))
			continue;
		snprintf(id, sizeof(id), "%lld", (long long)d->n);
		snprintf(head, sizeof(head), "%s · %s", label_text(k->scenario->seats[d->seat].label), drill_act_label(d->act));
		popup_add_row(&u->popup, (uint32_t)(n < 9 ? '1' + n : 0), head, d->text, id);
		n++;
	}
	ui_ask(u, m, draft_done, NULL);
	about_nobody(u);
	return true;
}

static bool act_chosen(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum drill_act act;

	if (!still(u, e))
		return false;
	if (!r->row_id || !drill_act_parse(sv(r->row_id), &act))
		return true;
	if (act == DRILL_APPROVE)
		return ask_draft(u, m);
	popup_prompt(&u->popup, 0, drill_act_label(act), NULL);
	popup_add_field(&u->popup, _("Text"), NULL, true, 1);
	ui_ask(u, m, act_done, NULL);
	u->ask_n = (int64_t)act;
	about_nobody(u);
	return true;
}

static bool ask_act(struct ui *u, struct model *m)
{
	const struct coach *k = practice_coach(u);

	popup_menu(&u->popup, 0, label_text(k->scenario->seats[k->desk].label), label_text(k->scenario->seats[k->desk].task));
	for (int a = 0; a < DRILL_ACTS; a++)
		if (scenario_seat_may(k->scenario, k->desk, (enum drill_act)a))
			popup_add_row(&u->popup, (uint32_t)('1' + a), drill_act_label((enum drill_act)a), NULL, drill_act_code((enum drill_act)a));
	ui_ask(u, m, act_chosen, NULL);
	return true;
}

bool ask_coach(struct ui *u, struct model *m, enum action a)
{
	bool mine = true;

	switch ((int)a) {
	case ACT_COACH_WHISPER: mine = ask_whisper(u, m); break;
	case ACT_COACH_CURVE: mine = ask_curve(u, m); break;
	case ACT_COACH_BEAT: mine = ask_beat(u, m); break;
	case ACT_COACH_EMOTION: mine = ask_feeling(u, m); break;
	case ACT_COACH_TAG: mine = ask_tag(u, m); break;
	case ACT_COACH_ADJUST: mine = ask_adjust(u, m); break;
	case ACT_COACH_CARD: mine = show_card(u); break;
	case ACT_COACH_SEAT: mine = ask_seat(u, m); break;
	case ACT_COACH_ACT: mine = practice_coach(u)->desk != SCENARIO_NONE ? ask_act(u, m) : ask_seat(u, m); break;
	default: return false;
	}
	about_nobody(u);
	return mine;
}
