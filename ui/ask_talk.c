// SPDX-License-Identifier: MIT
// Knows the dialogs of the talk itself: stamps, need, restatement, emotion, identity check, notes.
#include "src/base/i18n.h"
#include "ui/ask.h"

// --- stamps

static bool mark_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_mark(m, w, u->ask_arg, r->text, e);
}

bool ask_mark(struct ui *u, struct model *m, const char *mark)
{
	struct work *w = ask_front(m);
	bool plan = strcmp(mark, "plan") == 0;

	if (!w)
		return true;
	if (!contact_is_live(w->contact)) {
		model_say_note(m, NOTE_INFO, _("The call is over; its clocks are stopped."));
		return true;
	}
	popup_prompt(&u->popup, 0, plan ? _("First plan") : _("Confirmed plan"),
		     plan ? _("What you propose, in one line. Enter stamps it; the line may stay empty.")
			  : _("What the customer agreed to, in one line. Enter stamps it; the line may stay empty."));
	// What was planned is most often what is agreed to.
	popup_add_field(&u->popup, plan ? _("Plan") : _("Agreed"), plan ? NULL : w->contact->plan_text, false, 1);
	ask_open(u, m, mark_done, mark, ASK_STAY);
	ui_ask_keep(u, m, plan ? "plan" : "confirm");
	return true;
}

// --- need, restatement, note

static bool need_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_need(m, w, r->text, e);
}

bool ask_need(struct ui *u, struct model *m)
{
	if (!ask_front(m))
		return true;
	popup_prompt(&u->popup, 0, _("What the customer needs"), _("One line in the customer's own words."));
	popup_add_field(&u->popup, _("Need"), NULL, true, 1);
	ask_open(u, m, need_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "need");
	return true;
}

static bool restate_confirmed(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w)
		return false;
	if (strcmp(r->row_id, "again") == 0)
		return ask_restate(u, m);
	return model_restate(m, w, w->contact->restate, strcmp(r->row_id, "yes") == 0, e);
}

static bool restate_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w || !model_restate(m, w, r->text, false, e))
		return false;
	popup_menu(&u->popup, 0, _("Restated"), w->contact->restate);
	popup_add_row(&u->popup, 'y', _("The customer agrees"), NULL, "yes");
	popup_add_row(&u->popup, 'n', _("Not right: write it again"), NULL, "again");
	popup_add_row(&u->popup, 'l', _("Not answered yet"), NULL, "later");
	ask_open(u, m, restate_confirmed, NULL, ASK_STAY);
	return true;
}

bool ask_restate(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);

	if (!w)
		return true;
	const char *have = w->contact->restate ? w->contact->restate : contact_field(w->contact, "base.need");
	popup_prompt(&u->popup, 0, _("Restate the need"), _("The matter and the wish in one sentence. It becomes the search."));
	popup_add_field(&u->popup, _("Restated"), NULL, true, 1);
	ask_open(u, m, restate_done, NULL, ASK_STAY);
	// Text that was not accepted goes before what the contact holds.
	ui_ask_keep(u, m, "restate");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, have);
	return true;
}

static bool note_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w || !model_note(m, w, r->text, e))
		return false;
	ask_did(u, m, w, ACTION_NOTE);
	return true;
}

bool ask_note(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	struct arena a = {0};

	if (!w)
		return true;
	const char *params = ask_params(ask_node(w, ACTION_NOTE), &a);
	popup_prompt(&u->popup, 0, _("Note on the timeline"), *params ? params : NULL);
	popup_add_field(&u->popup, _("Note"), NULL, true, 4);
	ask_open(u, m, note_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "note");
	arena_release(&a);
	return true;
}

// --- emotion: level, then class, one key each

static bool emotion_class_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	enum emotion_class cls;

	if (!w)
		return false;
	if (!emotion_class_parse(sv(r->row_id), &cls))
		return err_set(e, ERR_USAGE, _("Choose one of the rows."));
	int level = u->ask_arg[0] - '0';
	if (!model_emotion(m, w, cls, level, e))
		return false;
	if (level >= 2)
		model_say_note(m, NOTE_INFO, _("Soothe first: M-o opens the side trips, s is soothing."));
	return true;
}

static bool emotion_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	static const struct {
		char key;
		enum emotion_class cls;
	} rows[] = {{'a', EMOTION_ANGER}, {'w', EMOTION_ANXIETY}, {'s', EMOTION_SAD}, {'o', EMOTION_ANY}};
	struct work *w = ask_work(u, m, e);

	if (!w)
		return false;
	if (r->row_id[0] == '0')
		return model_emotion(m, w, EMOTION_ANY, 0, e);
	popup_menu(&u->popup, 0, _("Emotion: which"), NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		popup_add_row(&u->popup, (uint32_t)rows[i].key, emotion_class_label(rows[i].cls), NULL, emotion_class_code(rows[i].cls));
		if (rows[i].cls == w->contact->emotion_class && w->contact->emotion > 0)
			u->popup.list.selected = i;
	}
	ask_open(u, m, emotion_class_done, r->row_id, ASK_STAY);
	return true;
}

bool ask_emotion(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);

	if (!w)
		return true;
	popup_menu(&u->popup, 0, _("The customer's emotion"), NULL);
	popup_add_row(&u->popup, '0', _("Calm"), NULL, "0");
	popup_add_row(&u->popup, '1', _("A little"), _("tone, short answers"), "1");
	popup_add_row(&u->popup, '2', _("Clearly"), _("soothe before solving"), "2");
	popup_add_row(&u->popup, '3', _("Strongly"), _("soothe; escalate if it stays"), "3");
	u->popup.list.selected = (size_t)w->contact->emotion;
	ask_open(u, m, emotion_done, NULL, ASK_STAY);
	return true;
}

// --- identity check: methods of domain.md §3.3 with the level each gives (KB-COM, levels of verification)

struct check_row {
	char key;
	const char *method;
	int level;
	bool passed;
	const char *label, *note;
};
static const struct check_row checks[] = {
	{'1', "callback", 1, true, N_("Known number and name"), N_("level 1")},
	{'2', "knowledge", 2, true, N_("Two questions answered"), N_("level 2")},
	{'3', "otp_sent_by_system", 2, true, N_("Code typed by the customer in the system"), N_("level 2")},
	{'4', "document", 3, true, N_("Document seen"), N_("level 3")},
	{'5', "id_at_counter", 3, true, N_("Identified at the counter"), N_("level 3")},
	{'x', "knowledge", 0, false, N_("Not passed"), N_("general information only")},
};

static bool verify_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w || r->row >= sizeof(checks) / sizeof(*checks))
		return false;
	const struct check_row *c = &checks[r->row];
	if (!model_verify(m, w, c->method, c->level, c->passed, e))
		return false;
	ask_did(u, m, w, ACTION_VERIFY);
	return true;
}

bool ask_verify(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	char text[200];
	int64_t want = 0;

	if (!w)
		return true;
	const char *level = ask_param(w, ACTION_VERIFY, "level");
	if (level && parse_int(sv(level), 0, 3, &want))
		snprintf(text, sizeof(text), _("Now level %d; the script asks for level %d. Answers are never written down."),
			 w->contact->verification, (int)want);
	else
		snprintf(text, sizeof(text), _("Now level %d. Answers are never written down."), w->contact->verification);
	popup_menu(&u->popup, 0, _("Identity check"), text);
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		popup_add_row(&u->popup, (uint32_t)checks[i].key, _(checks[i].label), _(checks[i].note), checks[i].method);
	for (size_t i = 0; want && i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i].level == want) {
			u->popup.list.selected = i;
			break;
		}
	ask_open(u, m, verify_done, NULL, ASK_STAY);
	return true;
}
