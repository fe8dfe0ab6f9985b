// SPDX-License-Identifier: MIT
// Knows the dialogs in which a broadcast is sent from a station: how grave it is, then what is said.
#include "src/base/i18n.h"
#include "ui/conflicts.h"

enum { DEFAULT_MINUTES = 240, RED_ROWS = 2 };

static const struct {
	enum broadcast_severity severity;
	bool clear;
	char key;
	const char *id, *label;
} kinds[] = {
	{BROADCAST_NOTICE, false, 'n', "notice", N_("Notice")},
	{BROADCAST_YELLOW, false, 'y', "yellow", N_("Yellow: watch this")},
	{BROADCAST_ORANGE, false, 'o', "orange", N_("Orange: one line of business is affected")},
	{BROADCAST_RED, false, 'r', "red", N_("Red: everybody stops and reads; must be acknowledged")},
	{BROADCAST_NOTICE, true, 'c', "clear", N_("All clear: it is over")},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static size_t kind_of(const char *id)
{
	for (size_t i = 0; i < KINDS; i++)
		if (str_eq(kinds[i].id, id))
			return i;
	return 0;
}

static const char *label_of(const struct model *m, size_t k)
{
	return model_broadcast_asks(m, kinds[k].severity) ? _("Red: a supervisor is asked to send it to everybody") : _(kinds[k].label);
}

// --- what is said

static bool send_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	size_t k = kind_of(u->ask_arg);
	bool red = kinds[k].severity == BROADCAST_RED;
	struct broadcast_draft d = {.severity = kinds[k].severity, .clear = kinds[k].clear, .title = r->texts[0], .body = r->texts[1]};
	int64_t minutes;

	if (red) {
		d.say = r->texts[2];
		d.not_say = r->texts[3];
		d.lines = r->texts[4];
	}
	if (!parse_int(sv_trim(sv(r->texts[r->ntexts - 1])), 1, 7 * 24 * 60, &minutes))
		return err_set(e, ERR_USAGE, _("Minutes in force: type a number from 1 to %d."), 7 * 24 * 60);
	d.minutes = (int)minutes;
	return model_broadcast_send(m, &d, e);
}

static void ask_text(struct ui *u, struct model *m, size_t k)
{
	bool red = kinds[k].severity == BROADCAST_RED;
	char minutes[16];

	snprintf(minutes, sizeof(minutes), "%d", DEFAULT_MINUTES);
	popup_prompt(&u->popup, 0, _("Send a broadcast"), label_of(m, k));
	popup_add_field(&u->popup, _("What happened"), NULL, true, 1);
	popup_add_field(&u->popup, _("Details"), NULL, false, red ? RED_ROWS : RED_ROWS + 1);
	if (red) {
		popup_add_field(&u->popup, _("What to say"), NULL, true, RED_ROWS);
		popup_add_field(&u->popup, _("What not to say"), NULL, false, RED_ROWS);
		popup_add_field(&u->popup, _("Backup lines"), NULL, false, 1);
	}
	popup_add_field(&u->popup, _("Minutes in force"), minutes, true, 1);
	ui_ask(u, m, send_done, kinds[k].id);
	u->ask_contact[0] = '\0';
	ui_ask_keep(u, m, "broadcast");
}

// --- how grave it is

static bool kind_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	size_t k = kind_of(r->row_id);

	(void)e;
	ask_text(u, m, k);
	return true;
}

bool ask_broadcast_send(struct ui *u, struct model *m)
{
	if (!model_broadcast_may(m, BROADCAST_NOTICE)) {
		model_say_note(m, NOTE_INFO, model_hub(m)->line == HUB_NONE ? _("Broadcasts go through a hub, and this station has joined none.")
									       : _("Only team leads and above may send broadcasts."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Send a broadcast"), _("It goes to every station of the site."));
	for (size_t i = 0; i < KINDS; i++)
		if (model_broadcast_may(m, kinds[i].severity))
			popup_add_row(&u->popup, (uint32_t)kinds[i].key, label_of(m, i), NULL, kinds[i].id);
	ui_ask(u, m, kind_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}
