// SPDX-License-Identifier: MIT
// Knows the dialogs about a red broadcast that is asked for: all of it, and that it is sent or declined.
#include "src/base/i18n.h"
#include "ui/rows.h"

static const struct red_request *find(const struct model *m, const char *id)
{
	const struct hub_rows *r = model_hub_shown(m);

	for (size_t i = 0; i < r->requests.n; i++)
		if (str_eq(r->requests.v[i].id, id))
			return &r->requests.v[i];
	return NULL;
}

static bool decline_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_request_decide(m, u->ask_arg, false, r->text, e);
}

static void ask_reason(struct ui *u, struct model *m, const struct red_request *q)
{
	char id[sizeof(u->ask_arg)];

	snprintf(id, sizeof(id), "%s", q->id);
	popup_prompt(&u->popup, 0, _("Decline the red broadcast"), q->title);
	popup_add_field(&u->popup, _("Reason"), NULL, true, 2);
	ui_ask(u, m, decline_done, id);
	u->ask_contact[0] = '\0';
	ui_ask_keep(u, m, "decline");
}

static bool read_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u, (void)m, (void)r, (void)e;
	return true;
}

static void whole(const struct model *m, const struct red_request *q, struct str *out)
{
	char at[24], until[24];

	ui_time(m, q->at, "%H:%M", at, sizeof(at));
	ui_time(m, q->lapses_at, "%H:%M", until, sizeof(until));
	str_addf(out, _("%s asked at %s; undecided it lapses at %s."), q->by, at, until);
	if (q->minutes)
		str_addf(out, _(" In force for %d min once it is sent."), q->minutes);
	if (q->declined_by)
		str_addf(out, _("\n\nDeclined by %s: %s"), q->declined_by, q->why);
	else if (!q->decides)
		str_addf(out, "\n\n%s", _("It waits for a supervisor."));
	str_addf(out, "\n\n%s", q->title);
	if (!str_empty(q->body))
		str_addf(out, "\n%s", q->body);
	broadcast_part(out, _("What to say"), q->say);
	broadcast_part(out, _("What not to say"), q->not_say);
	broadcast_part(out, _("Backup lines"), q->lines);
}

// On a small screen a menu cuts the text above its rows; here it is scrolled.
static void show_text(struct ui *u, struct model *m, const struct red_request *q)
{
	struct str text = {0};
	char id[sizeof(u->ask_arg)];

	snprintf(id, sizeof(id), "%s", q->id);
	whole(m, q, &text);
	popup_message(&u->popup, 0, _("A red broadcast is asked for"), str_z(&text));
	ui_ask(u, m, read_done, id);
	u->ask_contact[0] = '\0'; // about no contact
	str_release(&text);
}

static bool decided(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct red_request *q = find(m, u->ask_arg);

	if (!q || str_eq(r->row_id, "approve"))
		return model_request_decide(m, u->ask_arg, true, NULL, e);
	if (str_eq(r->row_id, "decline"))
		ask_reason(u, m, q);
	else
		show_text(u, m, q);
	return true;
}

bool ask_request(struct ui *u, struct model *m, const char *id)
{
	const struct red_request *q = find(m, id);
	struct str text = {0};

	if (!q)
		return false;
	if (!q->decides) {
		show_text(u, m, q);
		return true;
	}
	whole(m, q, &text);
	popup_menu(&u->popup, 0, _("A red broadcast is asked for"), str_z(&text));
	popup_add_row(&u->popup, 'd', _("Decline, with a reason"), NULL, "decline"); // first: Enter alone tells nobody anything
	popup_add_row(&u->popup, 'a', _("Approve: it is sent to everybody"), NULL, "approve");
	popup_add_row(&u->popup, 'r', _("Read all of it"), NULL, "read");
	ui_ask(u, m, decided, q->id);
	u->ask_contact[0] = '\0';
	str_release(&text);
	return true;
}

size_t requests_add(struct ui *u, const struct model *m)
{
	const struct hub_rows *r = model_hub_shown(m);

	for (size_t i = 0; i < r->requests.n; i++) {
		const struct red_request *q = &r->requests.v[i];
		char label[400], at[16];
		ui_time(m, q->at, "%H:%M", at, sizeof(at));
		snprintf(label, sizeof(label), "%s  %s  %s", at, _("Red, asked for"), q->title);
		popup_add_row(&u->popup, i < 9 ? '1' + (uint32_t)i : 0, label,
			      q->declined_by ? _("declined") : q->decides ? _("! to be decided") : _("waits for a supervisor"), q->id);
	}
	return r->requests.n;
}
