// SPDX-License-Identifier: MIT
// Knows the dialogs about what outlives the call: escalation, ticket, call-back, fault, customer.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/wrapup.h"
#include "src/work/hub.h"
#include "ui/ask.h"

// --- escalation

struct kind_choice {
	char key;
	const char *code, *note;
};
static const struct kind_choice kinds[] = {
	{'1', "urgent_review", N_("red categories; decision in 10 minutes")},
	{'2', "complaint", N_("regulator, media, repeated")},
	{'3', "authority", N_("compensation, exception")},
	{'4', "abuse", N_("consent to end the call")},
	{'5', "legal", N_("lawyer, court, police")},
	{'6', "opinion", N_("media, social network")},
	{'7', "expert_help", N_("no article, special knowledge")},
};

static bool escalate_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w || !model_escalate(m, w, u->ask_arg, r->texts[0], r->texts[1], e))
		return false;
	// A script may ask for an escalation by either name; only one of them is the step that is done now.
	ask_did(u, m, w, ask_node(w, ACTION_URGENT_REVIEW) ? ACTION_URGENT_REVIEW : ACTION_ESCALATE);
	return true;
}

static void ask_escalate_text(struct ui *u, struct model *m, struct work *w, const char *kind, int64_t then)
{
	bool urgent = strcmp(kind, "urgent_review") == 0;
	char text[600];

	snprintf(text, sizeof(text), "%s%s%s%s",
		 model_hub(m)->line == HUB_OFFLINE ? _("! Offline: this goes up later. Telephone the supervisor too.\n") : "",
		 w->contact->restate ? "" : _("! No restatement yet: the record goes up incomplete.\n"),
		 urgent ? _("Promise nothing and tell no internal rules until it is decided.\n") : "",
		 _("The record so far goes along: timeline, form, articles, masked customer."));
	popup_prompt(&u->popup, 0, _("Escalate"), text);
	popup_add_field(&u->popup, _("Your proposal"), NULL, !urgent, 3);
	popup_add_field(&u->popup, _("What you ask for"), NULL, false, 1);
	ask_open(u, m, escalate_done, kind, then);
	ui_ask_keep(u, m, "escalate");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, contact_field(w->contact, "base.solution"));
	if (!u->popup.fields.v[1].line.text.n) {
		const char *ask = ask_param(w, ACTION_URGENT_REVIEW, "ask");
		lineedit_set(&u->popup.fields.v[1].line, ask ? ask : "");
	}
}

static bool escalate_kind_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (w)
		ask_escalate_text(u, m, w, r->row_id, u->ask_n);
	return w != NULL;
}

// What the script's action means among the kinds the supervisor's desk knows; NULL: the agent chooses.
static const char *kind_of_script(const struct work *w)
{
	const char *kind = ask_param(w, ACTION_ESCALATE, "kind");

	if (ask_node(w, ACTION_URGENT_REVIEW))
		return "urgent_review";
	for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kind, kinds[i].code) == 0)
			return kinds[i].code;
	if (kind && (strcmp(kind, "safety") == 0 || strcmp(kind, "fraud") == 0))
		return "urgent_review";
	return NULL;
}

bool ask_escalate(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	const char *kind = w ? kind_of_script(w) : NULL;

	if (!w)
		return true;
	if (kind) {
		ask_escalate_text(u, m, w, kind, ASK_STAY);
		return true;
	}
	popup_menu(&u->popup, 0, _("Escalate: why"), contact_red(w->contact) ? _("! This category is red: the supervisor decides.") : NULL);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		popup_add_row(&u->popup, (uint32_t)kinds[i].key, escalate_kind_label(kinds[i].code), _(kinds[i].note), kinds[i].code);
	if (!contact_red(w->contact))
		u->popup.list.selected = w->contact->intent == INTENT_COMPLAINT ? 1 : 2;
	ask_open(u, m, escalate_kind_done, NULL, ASK_STAY);
	return true;
}

// --- ticket

static bool ticket_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w || !model_ticket_create(m, w, r->text, e))
		return false;
	ask_did(u, m, w, ACTION_TICKET);
	return true;
}

// The id of its ticket.
static const char *ticket_of(const struct work *w)
{
	for (size_t i = w->contact->refs.n; i-- > 0;)
		if (w->contact->refs.v[i].kind == EV_TICKET_CREATE)
			return w->contact->refs.v[i].text;
	return NULL;
}

bool ask_ticket(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	struct arena a = {0};

	if (!w)
		return true;
	if (ticket_of(w))
		return ticket_show(u, m, ticket_of(w));
	const char *title = w->contact->restate ? w->contact->restate : contact_field(w->contact, "base.need");
	const char *params = ask_params(ask_node(w, ACTION_TICKET), &a);
	popup_prompt(&u->popup, 0, _("New ticket"), *params ? params : _("Priority and due times follow from the category."));
	popup_add_field(&u->popup, _("Title"), NULL, true, 1);
	ask_open(u, m, ticket_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "ticket");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, title);
	arena_release(&a);
	return true;
}

// --- call-back

static const struct form_field due_field = {.code = "due", .type = FIELD_DATETIME};

static bool read_due(struct model *m, const struct work *w, const char *typed, int64_t *at, struct err *e)
{
	struct form_env env;
	struct str out = {0};

	contact_form_env(w->contact, clock_wall(m->clock), &env);
	bool ok = field_normalise(&due_field, &env, sv(typed), &out, e) && parse_int(sv(str_z(&out)), 0, INT64_MAX, at);
	if (!ok && !e->code)
		err_set(e, ERR_PARSE, _("Type a date and a time, for example 14:30, +2h or 12-01 10:00."));
	str_release(&out);
	return ok;
}

static bool callback_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct err why = {0};
	int64_t at;

	if (!w || !read_due(m, w, r->texts[0], &at, e) || !model_callback(m, w, at, r->texts[1], e))
		return false;
	// The script may want the promise in a field too, so that its lines can say it.
	const char *field = ask_param(w, ACTION_CALLBACK, "field");
	if (field && !model_form_set(m, w, field, r->texts[0], &why))
		ui_fail(m, &why);
	ask_did(u, m, w, ACTION_CALLBACK);
	return true;
}

// When the script promises the call-back: "+30m", or what the form says; "" when it says nothing.
static const char *promised(const struct work *w, char *buf, size_t cap)
{
	static const char *const fields[] = {"field", "at"};
	const char *min = ask_param(w, ACTION_CALLBACK, "within_min"), *when = ask_param(w, ACTION_CALLBACK, "when");
	const struct form_run *run = contact_form(w->contact);
	struct form_env env;
	struct str shown = {0};

	buf[0] = '\0';
	contact_form_env(w->contact, 0, &env);
	for (size_t i = 0; run && i < 2; i++) {
		const char *name = ask_param(w, ACTION_CALLBACK, fields[i]);
		size_t f = name && str_starts(name, "form.") ? form_find(run->form, sv(name + 5)) : FORM_NO_FIELD;
		if (f == FORM_NO_FIELD || run->form->fields[f].type != FIELD_DATETIME || !*form_run_get(run, f))
			continue;
		field_display(&run->form->fields[f], &env, form_run_get(run, f), &shown);
		snprintf(buf, cap, "%s", str_z(&shown));
		str_release(&shown);
		return buf;
	}
	if (min)
		snprintf(buf, cap, "+%sm", min);
	else if (when && strcmp(when, "now") == 0)
		snprintf(buf, cap, "+5m");
	return buf;
}

bool ask_callback(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	char due[64];

	if (!w)
		return true;
	popup_prompt(&u->popup, 0, _("Book a call-back"), _("When: 14:30, tomorrow 10:00, +2h, +30m."));
	popup_add_field(&u->popup, _("When"), NULL, true, 1);
	popup_add_field(&u->popup, _("What is promised"), NULL, false, 1);
	ask_open(u, m, callback_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "callback");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, promised(w, due, sizeof(due)));
	return true;
}

// --- fault of the agent's tools

static bool fault_text_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	// Without a contact a fault is reported as well.
	struct work *w = u->ask_contact[0] ? ask_work(u, m, e) : NULL;

	if (u->ask_contact[0] && !w)
		return false;
	if (!model_fault(m, w, u->ask_arg, r->text, e))
		return false;
	if (w)
		ask_did(u, m, w, ACTION_FAULT);
	return true;
}

static bool fault_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ui_ask_work(u, m);
	char about[sizeof(u->ask_contact)];

	(void)e;
	memcpy(about, u->ask_contact, sizeof(about));
	popup_prompt(&u->popup, 0, _("Report a fault"), _("It goes to technical support; the same fault within ten minutes is added up."));
	popup_add_field(&u->popup, _("What happens"), NULL, false, 2);
	ask_open(u, m, fault_text_done, r->row_id, u->ask_n);
	memcpy(u->ask_contact, about, sizeof(about));
	ui_ask_keep(u, m, "fault");
	const char *what = w ? ask_param(w, ACTION_FAULT, "what") : NULL;
	if (what && !u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, what);
	return true;
}

bool ask_fault(struct ui *u, struct model *m)
{
	popup_menu(&u->popup, 0, _("Which fault"), NULL);
	for (size_t i = 0; fault_types[i]; i++)
		popup_add_row(&u->popup, (uint32_t)('1' + i), fault_type_label(fault_types[i]), NULL, fault_types[i]);
	ask_open(u, m, fault_done, NULL, ASK_STAY);
	return true;
}

// --- customer

static bool new_customer_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_customer_create(m, w, r->texts[0], r->texts[1], e);
}

static void ask_new_customer(struct ui *u, struct model *m, struct work *w, const char *typed)
{
	bool name = *typed && !(typed[0] >= '0' && typed[0] <= '9') && typed[0] != '+';

	popup_prompt(&u->popup, 0, _("New customer"), NULL);
	popup_add_field(&u->popup, _("Name"), name ? typed : w->contact->caller, true, 1);
	popup_add_field(&u->popup, _("Phone"), w->contact->number, false, 1);
	ask_open(u, m, new_customer_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "customer");
}

static bool chosen_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	if (!w)
		return false;
	if (*r->row_id)
		return model_customer_attach(m, w, r->row_id, e);
	char typed[sizeof(u->ask_arg)];
	memcpy(typed, u->ask_arg, sizeof(typed));
	ask_new_customer(u, m, w, typed);
	return true;
}

static bool find_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct customers found = {0};
	struct arena a = {0};

	if (!w)
		return false;
	bool ok = model_customer_find(m, r->text, &found, &a, e);
	if (ok) {
		popup_menu(&u->popup, 0, _("Customer"), found.n ? NULL : _("Nobody was found for this."));
		for (size_t i = 0; i < found.n; i++) {
			const struct customer *c = &found.v[i];
			struct str name = {0};
			enum tier tier;
			mask_value(MASK_NAME, sv(c->name), &name);
			str_addf(&name, "  ****%s", c->last4 ? c->last4 : "");
			popup_add_row(&u->popup, i < 9 ? (uint32_t)('1' + i) : 0, str_z(&name),
				      c->tier && tier_parse(sv(c->tier), &tier) ? tier_label(tier) : NULL, c->id);
			str_release(&name);
		}
		popup_add_row(&u->popup, 'n', _("New customer"), NULL, "");
		ask_open(u, m, chosen_done, r->text, ASK_STAY);
	}
	vec_release(&found);
	arena_release(&a);
	return ok;
}

void ask_customer_follow(struct ui *u, struct model *m)
{
	if (u->popup.kind == POPUP_NONE || u->asked != chosen_done || !model_hub(m)->locked)
		return;
	popup_release(&u->popup);
	model_say_note(m, NOTE_WARN, _("Customer data is locked until somebody logs in at the hub."));
}

bool ask_customer(struct ui *u, struct model *m)
{
	if (!ask_front(m))
		return true;
	popup_prompt(&u->popup, 0, _("Find the customer"), _("Phone, order or ID number, start of the name, or name and last four digits."));
	popup_add_field(&u->popup, _("Find"), NULL, true, 1);
	ask_open(u, m, find_done, NULL, ASK_STAY);
	ui_ask_keep(u, m, "find");
	return true;
}
