// SPDX-License-Identifier: MIT
// Knows the dialogs about the program itself: all commands, the keys of this place, messages, leaving.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/ui.h"

// --- every action, found by typing

static bool palette_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum action a = r->row_id ? action_by_name(r->row_id) : ACT_NONE;

	if (a == ACT_NONE)
		return err_set(e, ERR_NOT_FOUND, _("No command has that name; type another part of it."));
	if (!ui_act(u, m, a))
		model_say_note(m, NOTE_INFO, _("\"%s\" has nothing to act on here."), _(action_info(a)->hint));
	return true;
}

// The keys of this place first, then the call, then the program, then all the rest: nothing is out of reach.
enum { PALETTE_PLACE, PALETTE_CALL, PALETTE_PROGRAM, PALETTE_REST, PALETTE_PASSES };
static int palette_pass(enum action a, unsigned here)
{
	unsigned ctx = action_info(a)->contexts;

	if (ctx & CTX_ANY)
		return a >= ACT_SEARCH ? PALETTE_CALL : PALETTE_PROGRAM;
	return ctx & here & ~(unsigned)CTX_EDIT ? PALETTE_PLACE : PALETTE_REST;
}

bool ask_palette(struct ui *u, struct model *m)
{
	unsigned here = ui_place(u, m)->contexts(u, m);

	popup_pick(&u->popup, 0, _("Commands"), NULL);
	for (int pass = 0; pass < PALETTE_PASSES; pass++)
		for (int a = 1; a < ACT_COUNT; a++) {
			const struct action_info *info = action_info((enum action)a);
			char label[400];
			struct str keys = {0};
			if (palette_pass((enum action)a, here) != pass || a == ACT_PALETTE)
				continue;
			snprintf(label, sizeof(label), "%s - %s", _(info->hint), _(info->help));
			keymap_names_of(u->keys, (enum action)a, &keys);
			popup_add_row(&u->popup, 0, label, str_z(&keys), info->name);
			str_release(&keys);
		}
	popup_ready(&u->popup);
	ui_ask(u, m, palette_done, NULL);
	return true;
}

// --- F1

static void help_lines(const struct ui *u, unsigned contexts, bool any, struct str *out)
{
	for (int a = 1; a < ACT_COUNT; a++) {
		const struct action_info *info = action_info((enum action)a);
		struct str keys = {0};
		if (any ? info->contexts != CTX_ANY : !(info->contexts & contexts & ~(unsigned)CTX_ANY))
			continue;
		keymap_names_of(u->keys, (enum action)a, &keys);
		if (keys.n) {
			str_add(out, str_z(&keys));
			for (int pad = utf8_columns(sv_n(str_z(&keys), keys.n)); pad < 20; pad++)
				str_addc(out, ' ');
			str_addf(out, " %s\n", _(info->help));
		}
		str_release(&keys);
	}
}

bool ask_help(struct ui *u, struct model *m)
{
	unsigned here = ui_place(u, m)->contexts(u, m);
	struct str text = {0};

	str_add(&text, _("Left to right is the order of the talk: say it, know it, write it. Line 2 shows your deadlines; bottom left says "
			 "whether your work is safe.\n"));
	str_addf(&text, "\n%s\n", _("Keys of this place"));
	help_lines(u, here, false, &text);
	str_addf(&text, "\n%s\n", _("Keys that work everywhere"));
	help_lines(u, CTX_ANY, true, &text);
	str_addf(&text, "\n%s\n", _("All commands without a key: C-p. Your own keys: the section keys in zuoxi.yaml."));
	popup_message(&u->popup, 0, _("Help"), str_z(&text));
	ui_ask(u, m, NULL, NULL);
	str_release(&text);
	return true;
}

// --- what was said

bool ask_messages(struct ui *u, struct model *m)
{
	struct str text = {0};
	size_t first = m->n_notes > NOTES ? m->n_notes - NOTES : 0;

	for (size_t i = m->n_notes; i-- > first;) {
		const struct note *n = &m->notes[i % NOTES];
		char at[16];
		ui_time(m, n->at, "%H:%M:%S", at, sizeof(at));
		str_addf(&text, "%s  %s%s\n", at, ui_level_sign(u, n->level), n->text);
	}
	if (!text.n)
		str_add(&text, _("Nothing has been said yet."));
	popup_message(&u->popup, 0, _("Messages, newest first"), str_z(&text));
	ui_ask(u, m, NULL, NULL);
	str_release(&text);
	return true;
}

bool ask_about(struct ui *u, struct model *m)
{
	struct str text = {0};

	str_addf(&text, "zuoxi %s\n\n", ZUOXI_VERSION);
	str_addf(&text, _("Site %s, station %s, agent %s\n"), m->site, m->station, m->agent_no);
	str_addf(&text, _("Data: %s\n"), store_dir(m->store));
	for (size_t i = 0; m->packs && i < m->packs->n; i++)
		str_addf(&text, _("Pack %s v%d: %s\n"), m->packs->v[i].name, m->packs->v[i].version, label_text(m->packs->v[i].title));
	str_add(&text, _("\nRead on: man zuoxi, man zuoxi.yaml, man zuoxi-pack"));
	popup_message(&u->popup, 0, _("About"), str_z(&text));
	ui_ask(u, m, NULL, NULL);
	str_release(&text);
	return true;
}

// --- leaving

static bool quit_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)m;
	(void)r;
	(void)e;
	u->quit = true;
	return true;
}

bool ask_quit(struct ui *u, struct model *m)
{
	size_t open = 0;

	for (size_t i = 0; i < m->works.n; i++)
		open += !m->works.v[i]->read_only;
	if (!open && !m->save.failed) {
		u->quit = true;
		return true;
	}
	popup_confirm(&u->popup, 0, _("Leave?"),
		      m->save.failed ? _("The disk refuses to be written: what is on the screen now would be lost.")
				     : _("Contacts are open. They are saved and come back at the next start, but customers on the line hear "
					 "nothing meanwhile."));
	ui_ask(u, m, quit_done, NULL);
	return true;
}
