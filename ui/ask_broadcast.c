// SPDX-License-Identifier: MIT
// Knows the dialogs about broadcasts: which are in force, one in full, and that it was read.
#include "src/base/i18n.h"
#include "ui/rows.h"

static const struct broadcast *find(const struct model *m, const char *id)
{
	const struct hub_rows *r = model_hub_shown(m);

	for (size_t i = 0; i < r->broadcasts.n; i++)
		if (strcmp(r->broadcasts.v[i].id, id) == 0)
			return &r->broadcasts.v[i];
	return NULL;
}

static bool acknowledge(struct model *m, const char *id, struct err *e)
{
	char copy[80];

	snprintf(copy, sizeof(copy), "%s", id);
	return model_broadcast_ack(m, copy, e);
}

bool broadcast_acknowledge(struct ui *u, struct model *m)
{
	const struct broadcast *due = ui_due(u, m);
	struct err e = {0};

	if (!due) {
		model_say_note(m, NOTE_INFO, _("No broadcast waits to be acknowledged."));
		return true;
	}
	if (!acknowledge(m, due->id, &e))
		return ui_try(m, false, &e);
	model_say_note(m, NOTE_INFO, _("Acknowledged. It can be read again with the command Broadcasts."));
	return true;
}

// --- one in full

static bool read_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct broadcast *b = find(m, u->ask_arg);

	(void)r;
	// It may have ended while it was read: then nothing is left to do.
	return !b || !b->require_ack || b->acked || acknowledge(m, b->id, e);
}

void broadcast_part(struct str *out, const char *head, const char *text)
{
	if (!str_empty(text))
		str_addf(out, "\n\n%s\n%s", head, text);
}

static void show(struct ui *u, struct model *m, const struct broadcast *b)
{
	struct str text = {0};
	char at[24], until[24], title[160];

	ui_time(m, b->at, "%m-%d %H:%M", at, sizeof(at));
	ui_time(m, b->expires_at, "%m-%d %H:%M", until, sizeof(until));
	if (b->require_ack && !b->acked)
		str_add(&text, _("Enter: read and acknowledged. Esc: later.\n"));
	else
		str_addf(&text, "%s\n", b->acked ? _("Acknowledged.") : _("Need not be acknowledged."));
	str_addf(&text, b->expires_at ? _("Of %s, in force until %s") : _("Of %s"), at, until);
	str_addf(&text, "\n\n%s", b->title);
	if (!str_empty(b->body))
		str_addf(&text, "\n%s", b->body);
	broadcast_part(&text, _("What to say"), b->say);
	broadcast_part(&text, _("What not to say"), b->not_say);
	broadcast_part(&text, _("Backup lines"), b->lines);
	snprintf(title, sizeof(title), "%s", broadcast_label(b));
	popup_message(&u->popup, 0, title, str_z(&text));
	ui_ask(u, m, read_done, b->id);
	u->ask_contact[0] = '\0'; // about no contact
	str_release(&text);
}

// --- all that are in force

static bool chosen(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct broadcast *b = r->row_id ? find(m, r->row_id) : NULL;

	if (!b && r->row_id && ask_request(u, m, r->row_id))
		return true;
	if (!b)
		return err_set(e, ERR_NOT_FOUND, _("It is no longer in force."));
	show(u, m, b);
	return true;
}

bool ask_broadcasts(struct ui *u, struct model *m)
{
	const struct hub_rows *r = model_hub_shown(m);

	if (!r->broadcasts.n && !r->requests.n) {
		model_say_note(m, NOTE_INFO, _("No broadcast is in force."));
		return true;
	}
	if (r->broadcasts.n + r->requests.n == 1) {
		if (r->requests.n)
			return ask_request(u, m, r->requests.v[0].id);
		show(u, m, &r->broadcasts.v[0]);
		return true;
	}
	popup_menu(&u->popup, 0, _("Broadcasts in force"), NULL);
	size_t rows = requests_add(u, m);
	for (size_t i = 0; i < r->broadcasts.n; i++) {
		const struct broadcast *b = &r->broadcasts.v[i];
		char label[400], at[16];
		ui_time(m, b->at, "%H:%M", at, sizeof(at));
		snprintf(label, sizeof(label), "%s  %s  %s", at, broadcast_label(b), b->title);
		popup_add_row(&u->popup, rows + i < 9 ? '1' + (uint32_t)(rows + i) : 0, label,
			      b->acked ? _("acknowledged") : b->require_ack ? _("! to be acknowledged") : NULL, b->id);
	}
	ui_ask(u, m, chosen, NULL);
	u->ask_contact[0] = '\0';
	return true;
}
