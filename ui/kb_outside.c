// SPDX-License-Identifier: MIT
// Knows which text goes to the editor of the user, and how what comes back becomes the field.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/kbdesk.h"

const char *kb_outside_text(const struct ui *u)
{
	const struct kb_write *w = &u->kbdesk->write;

	return lineedit_text(&w->f[w->at].line);
}

void kb_outside_done(struct ui *u, struct model *m, const char *text, const struct err *why)
{
	struct kb_write *w = &u->kbdesk->write;
	struct lineedit *le = &w->f[w->at].line;
	size_t max = le->max;
	struct str clean = {0};

	m->changed = true;
	if (!text) {
		ui_fail(m, why);
		return;
	}
	utf8_clean(&clean, sv(text), UTF8_KEEP_NL);
	if (strcmp(str_z(&clean), lineedit_text(le)) == 0) {
		model_say_note(m, NOTE_INFO, _("Your editor changed nothing."));
	} else if (utf8_count(sv_n(str_z(&clean), clean.n)) > max) {
		model_say_note(m, NOTE_WARN, _("The text is longer than %zu characters; the field keeps what it had."), max);
	} else {
		lineedit_replace(le, str_z(&clean));
		kb_write_typed(u, m, w->at);
		model_say_note(m, NOTE_INFO, _("The text comes from your editor; C-_ takes it back, C-s saves."));
	}
	str_release(&clean);
}
