// SPDX-License-Identifier: MIT
// Knows the dialogs about the hub: how the station stands with it, logging in and out, the drill, the shift-end receipt.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "ui/conflicts.h"
#include "ui/rows.h"

static void about_no_contact(struct ui *u)
{
	u->ask_contact[0] = '\0'; // it stays when the one in front ends
}

static bool joined(struct model *m)
{
	if (model_hub(m)->line != HUB_NONE)
		return true;
	model_say_note(m, NOTE_INFO, _("No hub joined: zuoxi enrol URL CODE, with a code from the administrator."));
	return false;
}

// --- how it stands

static void say_state(const struct model *m, struct str *out)
{
	const struct hub_status *h = model_hub(m);
	char since[24], synced[24], lease[24], age[32] = "";
	struct str name = {0};

	ui_time(m, h->since, "%m-%d %H:%M", since, sizeof(since));
	str_addf(out, _("State: %s since %s"), hub_line_label(h->line), since);
	str_addf(out, _("\nAddress: %s"), *h->hub ? h->hub : "--");
	if (h->need_login || !*h->agent_id) {
		str_addf(out, "\n%s", _("Nobody is logged in."));
	} else {
		mask_value(MASK_NAME, sv(m->agent_name), &name);
		str_addf(out, _("\nLogged in: %s %s"), m->agent_no, str_z(&name));
	}
	ui_time(m, h->synced_at, "%m-%d %H:%M", synced, sizeof(synced));
	str_addf(out, _("\nLast complete exchange: %s"), h->synced_at ? synced : _("none yet"));
	str_addf(out, _("\nUnsent: %lld"), (long long)h->unsent);
	if (h->oldest_made)
		ui_age(clock_wall(m->clock) - h->oldest_made, age, sizeof(age));
	if (*age && h->unsent)
		str_addf(out, _(", the oldest for %s"), age);
	str_addf(out, _("\nConflicts: %lld, refused: %lld"), (long long)h->conflicts, (long long)h->rejected);
	if (h->lease_until) {
		ui_time(m, h->lease_until, "%m-%d %H:%M", lease, sizeof(lease));
		str_addf(out, _("\nWithout the hub, customer data stays open until %s"), lease);
	}
	str_release(&name);
}

static bool hub_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum action a = r->row_id ? action_by_name(r->row_id) : ACT_NONE;

	(void)e;
	if (a != ACT_NONE)
		ui_act(u, m, a);
	else
		conflicts_show(u, m, CONFLICTS_STATIONS);
	return true;
}

static void add_row(struct ui *u, char key, const char *label, const char *note, enum action a)
{
	popup_add_row(&u->popup, (uint32_t)key, label, note, a == ACT_NONE ? NULL : action_info(a)->name);
}

static void add_rows(struct ui *u, const struct model *m)
{
	const struct hub_status *h = model_hub(m);
	bool in = *h->agent_id && !h->need_login;
	char n[32];

	if (!in)
		add_row(u, 'l', _("Log in"), NULL, ACT_HUB_LOGIN);
	add_row(u, 's', _("Exchange now"), NULL, ACT_HUB_SYNC);
	add_row(u, 'r', _("Shift-end receipt"), NULL, ACT_HUB_RECEIPT);
	snprintf(n, sizeof(n), "%zu", conflicts_count(m, CONFLICTS_OPEN) + conflicts_count(m, CONFLICTS_REFUSED));
	add_row(u, 'c', _("Conflicts and what was refused"), n, ACT_CONFLICTS);
	snprintf(n, sizeof(n), "%zu", model_hub_shown(m)->broadcasts.n);
	add_row(u, 'b', _("Broadcasts in force"), n, ACT_BROADCASTS);
	if (model_broadcast_may(m, BROADCAST_NOTICE))
		add_row(u, 'x', _("Send a broadcast"), NULL, ACT_BROADCAST_SEND);
	if (conflicts_lists(m) > CONFLICTS_STATIONS) {
		snprintf(n, sizeof(n), "%zu", conflicts_count(m, CONFLICTS_STATIONS));
		add_row(u, 't', _("Stations of the site"), n, ACT_NONE);
	}
	add_row(u, 'd', h->drill ? _("End the offline drill") : _("Offline drill"), NULL, ACT_HUB_DRILL);
	if (in) {
		add_row(u, 'l', _("Log in as somebody else"), NULL, ACT_HUB_LOGIN);
		add_row(u, 'o', _("Log out"), NULL, ACT_HUB_LOGOUT);
	}
}

bool ask_hub(struct ui *u, struct model *m)
{
	struct str text = {0};

	if (!joined(m))
		return true;
	model_hub_ask_stations(m);
	say_state(m, &text);
	popup_menu(&u->popup, 0, _("Hub"), str_z(&text));
	add_rows(u, m);
	ui_ask(u, m, hub_done, NULL);
	about_no_contact(u);
	str_release(&text);
	return true;
}

// --- logging in and out

static bool login_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct sv login = sv_trim(sv(r->texts[0]));
	char *name = xstrndup(login.p, login.n);
	bool ok = model_hub_login(m, name, r->texts[1], e);

	(void)u;
	free(name);
	if (ok)
		model_say_note(m, NOTE_INFO, _("Logging in. Work goes on meanwhile."));
	return ok;
}

// What is typed here is no draft: it is never journaled, and the dialog wipes it when it closes.
bool ask_hub_login(struct ui *u, struct model *m)
{
	enum { LONGEST = 128 };
	struct arena a = {0};

	if (!joined(m))
		return true;
	popup_prompt(&u->popup, 0, _("Log in to the hub"),
		     model_hub(m)->locked ? _("Customer data opens again once the hub has answered.") : NULL);
	popup_add_field(&u->popup, _("Login"), model_hub_last_login(m, &a), true, 1);
	arena_release(&a);
	struct lineedit *password = popup_add_field(&u->popup, _("Password"), NULL, true, 1);
	password->secret = true;
	password->max = LONGEST;
	if (u->popup.fields.v[0].line.text.n)
		u->popup.field = 1;
	ui_ask(u, m, login_done, NULL);
	about_no_contact(u);
	return true;
}

static bool logout_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u, (void)r;
	return model_hub_logout(m, e);
}

bool ask_hub_logout(struct ui *u, struct model *m)
{
	const struct hub_status *h = model_hub(m);
	char text[300];

	if (!joined(m))
		return true;
	snprintf(text, sizeof(text), h->unsent ? ngettext("%lld operation waits: it is kept and goes up after the next log-in. Without it there is no "
							  "shift-end receipt.",
							  "%lld operations wait: they are kept and go up after the next log-in. Without them there is no "
							  "shift-end receipt.", (unsigned long)h->unsent)
					       : _("Everything has been sent. The shift-end receipt proves it."),
		 (long long)h->unsent);
	popup_confirm(&u->popup, 0, _("Log out of the hub?"), text);
	ui_ask(u, m, logout_done, NULL);
	about_no_contact(u);
	return true;
}

// --- drill, exchange

static bool drill_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_hub_drill(m, strcmp(u->ask_arg, "on") == 0, e);
}

bool ask_hub_drill(struct ui *u, struct model *m)
{
	bool on = model_hub(m)->drill;

	if (!joined(m))
		return true;
	if (on)
		popup_confirm(&u->popup, 0, _("End the offline drill?"), _("The station goes back to the hub and sends what has waited."));
	else
		popup_confirm(&u->popup, 0, _("Begin an offline drill?"),
			      _("The station leaves the hub until the drill is ended: nothing is sent, no broadcast comes in. What you do is real and "
				"goes up afterwards."));
	ui_ask(u, m, drill_done, on ? "off" : "on");
	about_no_contact(u);
	return true;
}

bool ask_hub_sync(struct ui *u, struct model *m)
{
	struct err e = {0};

	(void)u;
	if (!joined(m))
		return true;
	if (!model_hub_sync_now(m, &e))
		return ui_try(m, false, &e);
	model_say_note(m, NOTE_INFO, _("Exchanging with the hub."));
	return true;
}

// --- the shift-end receipt

static void receipt_text(const struct model *m, const struct hub_receipt *r, struct str *out)
{
	enum { HALF = 32 };
	char at[24];

	if (!r->given) {
		str_addf(out, "! %s\n\n%s", _("No receipt."), r->why);
		return;
	}
	ui_time(m, r->at, "%Y-%m-%d %H:%M:%S", at, sizeof(at));
	str_addf(out, _("The hub has everything of station %s, agent %s.\n\n"), m->station, m->agent_no);
	str_addf(out, _("Given:      %s\n"), at);
	str_addf(out, _("Operations: %lld (numbers %lld to %lld)\n"), (long long)(r->to - r->from), (long long)r->from + 1, (long long)r->to);
	for (size_t i = 0; i < r->n_counts; i++)
		str_addf(out, "  %-20s %lld  %s\n", r->counts[i].kind, (long long)r->counts[i].n, conflict_about_what(r->counts[i].kind));
	str_addf(out, _("Conflicts:  %lld\n"), (long long)r->conflicts);
	str_addf(out, _("Refused:    %lld\n"), (long long)r->rejected);
	str_addf(out, _("Hash:       %.*s\n            %s\n"), (int)HALF, r->hash, strlen(r->hash) > HALF ? r->hash + HALF : "");
	if (r->conflicts || r->rejected)
		str_addf(out, "\n%s", _("What is in conflict or was refused is known to the hub; it still wants somebody to look at it."));
}

static bool receipt_read(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u, (void)m, (void)r, (void)e;
	return true;
}

static void show_receipt(struct ui *u, struct model *m, const char *text)
{
	popup_message(&u->popup, 0, _("Shift-end receipt"), text);
	ui_ask(u, m, receipt_read, NULL);
	about_no_contact(u);
}

void hub_receipt_follow(struct ui *u, struct model *m)
{
	const struct hub_receipt *r = u->waits_receipt ? model_hub_receipt(m) : NULL;
	struct str text = {0};

	if (!r)
		return;
	u->waits_receipt = false;
	m->changed = true;
	// The dialog it was asked for in may be closed by now: what comes late takes the screen from nobody.
	if (u->popup.kind == POPUP_TEXT && u->asked == receipt_read) {
		receipt_text(m, r, &text);
		show_receipt(u, m, str_z(&text));
	} else if (r->given) {
		model_say_note(m, NOTE_INFO, _("The hub gave the shift-end receipt: operations up to %lld."), (long long)r->to);
	} else {
		model_say_note(m, NOTE_WARN, _("No shift-end receipt: %s"), r->why);
	}
	str_release(&text);
}

bool ask_hub_receipt(struct ui *u, struct model *m)
{
	const struct hub_status *h = model_hub(m);
	struct str text = {0};
	char age[32], key[KEY_NAME_MAX];
	struct err e = {0};

	if (!joined(m))
		return true;
	u->waits_receipt = model_hub_ask_receipt(m, &e);
	if (u->waits_receipt) {
		show_receipt(u, m, _("The hub is asked. The receipt stands here as soon as it comes."));
		hub_receipt_follow(u, m);
		return true;
	}
	keymap_label(u->keys, CTX_ANY, ACT_HUB, key, sizeof(key));
	str_addf(&text, "! %s\n\n%s\n", _("No receipt yet."), e.msg);
	if (h->unsent && h->oldest_made) {
		ui_age(clock_wall(m->clock) - h->oldest_made, age, sizeof(age));
		str_addf(&text, _("\nUnsent: %lld, the oldest for %s\n"), (long long)h->unsent, *age ? age : _("less than a minute"));
	}
	if (h->line == HUB_OFFLINE)
		str_add(&text, _("\nIt goes up by itself once the hub can be reached; then ask again."));
	else
		str_addf(&text, _("\n%s s exchanges at once; then ask again."), key);
	show_receipt(u, m, str_z(&text));
	str_release(&text);
	return true;
}
