// SPDX-License-Identifier: MIT
// Knows how a script and the dialogs work together: parameters of action nodes, what is done without asking, what follows.
#include "src/base/i18n.h"
#include "ui/ask.h"

void ask_open(struct ui *u, const struct model *m, ask_fn *done, const char *arg, int64_t then)
{
	char copy[sizeof(u->ask_arg)];

	snprintf(copy, sizeof(copy), "%s", arg ? arg : ""); // arg may be u->ask_arg itself
	ui_ask(u, m, done, copy);
	u->ask_n = then;
}

struct work *ask_work(const struct ui *u, const struct model *m, struct err *e)
{
	struct work *w = ui_ask_work(u, m);

	if (!w)
		err_set(e, ERR_NOT_FOUND, _("The contact of this dialog is over; press Esc."));
	return w;
}

struct work *ask_front(struct model *m)
{
	struct work *w = model_work(m);

	if (!w)
		model_say_note(m, NOTE_INFO, _("There is no contact in front."));
	else if (w->read_only)
		model_say_note(m, NOTE_INFO, _("This contact is shown read-only; nothing is changed here."));
	return w && !w->read_only ? w : NULL;
}

const struct script_node *ask_node(const struct work *w, enum script_action a)
{
	const struct script_node *n = script_run_started(&w->contact->run) && !script_run_ended(&w->contact->run)
					      ? script_run_node(&w->contact->run)
					      : NULL;

	return n && n->kind == NODE_ACTION && n->action == a ? n : NULL;
}

const char *ask_param(const struct work *w, enum script_action a, const char *name)
{
	const struct script_node *n = ask_node(w, a);

	for (size_t i = 0; n && i < n->with.n; i++)
		if (strcmp(n->with.v[i].name, name) == 0)
			return n->with.v[i].value;
	return NULL;
}

const char *ask_params(const struct script_node *n, struct arena *a)
{
	struct str b = {0};

	// Which field takes the time is the program's business, nothing to read.
	for (size_t i = 0; n && i < n->with.n; i++)
		if (strcmp(n->with.v[i].name, "field") != 0)
			str_addf(&b, "%s%s %s", b.n ? ", " : "", n->with.v[i].name, n->with.v[i].value);
	const char *s = arena_strdup(a, str_z(&b));
	str_release(&b);
	return s;
}

void ask_did(struct ui *u, struct model *m, struct work *w, enum script_action a)
{
	struct err e = {0};

	if (!ask_node(w, a) || w->read_only)
		return;
	if (u->ask_n == ASK_GO_ON)
		ui_try(m, model_script_next(m, w, &e), &e);
	else if (!script_run_visit(&w->contact->run)->said)
		ui_try(m, model_script_tick(m, w, &e), &e);
}

// --- what is done without asking

// The action as a line of the timeline: "Text message: template text_channel".
static void put_down(struct ui *u, struct model *m, struct work *w, const struct script_node *n, bool task)
{
	struct arena a = {0};
	struct err e = {0};
	const char *params = ask_params(n, &a), *label = script_action_label(n->action);
	const char *line = *params ? arena_printf(&a, "%s: %s", label, params) : label;
	const char *field = ask_param(w, n->action, "field");
	bool ok = model_note(m, w, line, &e), have = false;

	// "with: {field: form.stoppay_at}": when it was done belongs into the form.
	if (ok && field && !*contact_field(w->contact, field))
		ok = model_form_set(m, w, field, "now", &e);
	for (size_t i = 0; i < w->contact->refs.n; i++)
		have |= w->contact->refs.v[i].kind == EV_TICKET_CREATE;
	// Another department works from a ticket; one that is there already carries the note.
	if (ok && task && !have)
		ok = model_ticket_create(m, w, line, &e);
	if (!ok) {
		ui_fail(m, &e);
	} else {
		u->ask_n = ASK_GO_ON;
		ask_did(u, m, w, n->action);
	}
	arena_release(&a);
}

static bool already(struct ui *u, struct model *m, struct work *w, const struct script_node *n, const char *what)
{
	model_say_note(m, NOTE_INFO, "%s", what);
	u->ask_n = ASK_GO_ON;
	ask_did(u, m, w, n->action);
	return true;
}

static bool verified_enough(struct ui *u, struct model *m, struct work *w, const struct script_node *n)
{
	const char *want = ask_param(w, ACTION_VERIFY, "level");
	int64_t level;

	if (!want || !parse_int(sv(want), 0, 3, &level) || w->contact->verification < level)
		return false;
	return already(u, m, w, n, _("The customer is verified to this level already."));
}

static bool has_ref(const struct work *w, enum event_type kind)
{
	for (size_t i = 0; i < w->contact->refs.n; i++)
		if (w->contact->refs.v[i].kind == kind)
			return true;
	return false;
}

// --- an offer

static bool offer_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	enum offer_outcome outcome;

	if (!w)
		return false;
	if (!offer_outcome_parse(sv(r->row_id), &outcome))
		return err_set(e, ERR_USAGE, _("Choose one of the rows."));
	const struct script_node *n = ask_node(w, ACTION_OFFER_OUTCOME);
	if (!n)
		return model_script_offer(m, w, outcome, e);
	// An action node stores the outcome as a line of the timeline: the script has no offer at this place.
	char line[160];
	snprintf(line, sizeof(line), "%s: %s", script_action_label(n->action), offer_outcome_label(outcome));
	if (!model_note(m, w, line, e))
		return false;
	ask_did(u, m, w, ACTION_OFFER_OUTCOME);
	return true;
}

bool ask_offer(struct ui *u, struct model *m)
{
	static const enum offer_outcome all[] = {OFFER_ACCEPTED, OFFER_LATER, OFFER_DECLINED};

	if (!ask_front(m))
		return false;
	popup_menu(&u->popup, 0, _("The offer"), _("How did the customer take it?"));
	for (size_t i = 0; i < 3; i++)
		popup_add_row(&u->popup, (uint32_t)('1' + i), offer_outcome_label(all[i]), NULL, offer_outcome_code(all[i]));
	ask_open(u, m, offer_done, NULL, ASK_STAY);
	return true;
}

// --- an action node

void ask_perform(struct ui *u, struct model *m, struct work *w, const struct script_node *n)
{
	bool open = false;

	switch (n->action) {
	case ACTION_NONE:
		break;
	case ACTION_TICKET:
		if (has_ref(w, EV_TICKET_CREATE)) {
			already(u, m, w, n, _("The ticket of this contact is there already."));
			return;
		}
		open = ask_ticket(u, m);
		break;
	case ACTION_URGENT_REVIEW:
		if (w->contact->urgent_review) {
			already(u, m, w, n, _("The urgent review is submitted already."));
			return;
		}
		open = ask_escalate(u, m);
		break;
	case ACTION_ESCALATE:
		open = ask_escalate(u, m);
		break;
	case ACTION_CALLBACK:
		open = ask_callback(u, m);
		break;
	case ACTION_VERIFY:
		if (verified_enough(u, m, w, n))
			return;
		open = ask_verify(u, m);
		break;
	case ACTION_FAULT:
		open = ask_fault(u, m);
		break;
	case ACTION_TRANSFER:
		open = ask_transfer(u, m);
		break;
	case ACTION_OFFER_OUTCOME:
		open = ask_offer(u, m);
		break;
	case ACTION_NOTE:
		open = ask_note(u, m);
		break;
	case ACTION_STOP_PAYMENT:
	case ACTION_XDEPT:
		put_down(u, m, w, n, true);
		return;
	case ACTION_SMS:
	case ACTION_CERTIFICATE:
	case ACTION_RETURN_CODE:
	case ACTION_HOLD_STOCK:
		put_down(u, m, w, n, false);
		return;
	}
	if (open && u->popup.kind != POPUP_NONE)
		u->ask_n = ASK_GO_ON;
}
