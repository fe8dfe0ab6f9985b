// SPDX-License-Identifier: MIT
// Knows the dialogs about the way through the script: another script, a side trip, a jump, a step left out.
#include "src/base/i18n.h"
#include "ui/ask.h"

// --- which script

static bool pick_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_script_start(m, w, r->row_id, e);
}

bool ask_script_pick(struct ui *u, struct model *m)
{
	enum { SCRIPTS = 256 };
	const struct script *all[SCRIPTS];
	struct work *w = ask_front(m);

	if (!w || !m->packs)
		return true;
	size_t n = packs_main_scripts(m->packs, all, SCRIPTS);
	popup_pick(&u->popup, 0, _("Choose a script"),
		   script_run_started(&w->contact->run) ? _("What was said already stays said.") : NULL);
	for (size_t i = 0; i < n && i < SCRIPTS; i++)
		popup_add_row(&u->popup, 0, label_text(all[i]->title), all[i]->code, all[i]->code);
	popup_ready(&u->popup);
	ask_open(u, m, pick_done, NULL, ASK_STAY);
	return true;
}

static struct work *running(struct model *m)
{
	struct work *w = ask_front(m);

	if (w && !script_run_started(&w->contact->run)) {
		model_say_note(m, NOTE_INFO, _("No script is running; M-s chooses one."));
		return NULL;
	}
	return w;
}

// --- side trips: 0 back, digits for the objections of this script, letters for the scripts of all packs

static bool side_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	int64_t n;

	if (!w)
		return false;
	if (strcmp(r->row_id, "return") == 0)
		return model_script_return(m, w, e);
	if (parse_int(sv(r->row_id), 0, INT64_MAX, &n))
		return model_script_objection(m, w, (size_t)n, e);
	return model_script_side(m, w, r->row_id, e);
}

bool ask_side_trip(struct ui *u, struct model *m)
{
	struct work *w = running(m);
	char id[24];

	if (!w)
		return true;
	const struct script_run *run = &w->contact->run;
	const struct script *s = script_run_script(run);
	popup_menu(&u->popup, 0, _("Side trip"), _("It ends where it began: the script comes back to this step."));
	if (script_run_depth(run)) {
		const struct script *below = run->at.frames[run->at.n - 2].script;
		popup_add_row(&u->popup, '0', _("Back from this side trip"), label_text(below->title), "return");
	}
	for (size_t i = 0; s && i < s->n_objections; i++) {
		snprintf(id, sizeof(id), "%zu", i);
		popup_add_row(&u->popup, i < 9 ? (uint32_t)('1' + i) : 0, label_text(s->objections[i].label), _("objection"), id);
	}
	for (size_t i = 0; m->packs && i < m->packs->n_sides; i++)
		popup_add_row(&u->popup, (uint32_t)(unsigned char)m->packs->sides[i]->menu_key, label_text(m->packs->sides[i]->title), NULL,
			      m->packs->sides[i]->code);
	ask_open(u, m, side_done, NULL, ASK_STAY);
	return true;
}

// --- jump

static bool jump_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_script_jump(m, w, r->row_id, e);
}

bool ask_script_jump(struct ui *u, struct model *m)
{
	struct work *w = running(m);
	struct arena a = {0};

	if (!w)
		return true;
	const struct script_run *run = &w->contact->run;
	const struct script *s = script_run_script(run);
	const struct script_node *now = script_run_node(run);
	if (!s) {
		model_say_note(m, NOTE_INFO, _("The script is over; u goes back a step."));
		return true;
	}
	popup_pick(&u->popup, 0, _("Jump to"), _("Required steps left out are listed at the wrap-up."));
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct script_node *n = &s->nodes[i];
		if (n == now || n->kind == NODE_CHECK)
			continue;
		bool said = script_run_was_said(run, s, i);
		const char *text = model_line(m, w, n->text, &a);
		popup_add_row(&u->popup, 0,
			      arena_printf(&a, "%s%s  %s", said ? theme_glyph(&u->theme, GLYPH_DONE) : " ", n->required ? "*" : " ",
					   *text ? text : node_kind_label(n->kind)),
			      n->id, n->id);
	}
	popup_ready(&u->popup);
	ask_open(u, m, jump_done, NULL, ASK_STAY);
	arena_release(&a);
	return true;
}

// --- leaving a step out

static bool skip_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct sv typed = sv_trim(sv(r->row_id ? _(r->row_id) : r->text));
	char *reason = xstrndup(typed.p, typed.n);
	bool ok = w && model_script_skip(m, w, reason, e);

	free(reason);
	return ok;
}

bool ask_script_skip(struct ui *u, struct model *m)
{
	static const char *const reasons[] = {N_("The customer said it already"), N_("Does not apply here"),
					      N_("Said in other words"), N_("The customer does not want to hear it")};
	struct work *w = running(m);
	struct err e = {0};

	if (!w)
		return true;
	const struct script_node *n = script_run_node(&w->contact->run);
	const struct script_visit *v = script_run_visit(&w->contact->run);
	// Only what is required and not said needs a reason.
	if (!n || !n->required || (v && v->said) || script_run_ended(&w->contact->run))
		return ui_try(m, model_script_skip(m, w, "", &e), &e);
	popup_pick(&u->popup, 0, _("Leave this step out"), _("It is required. Why is it left out? Choose or type."));
	u->popup.free_text = true;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		popup_add_row(&u->popup, 0, _(reasons[i]), NULL, reasons[i]);
	popup_ready(&u->popup);
	ask_open(u, m, skip_done, NULL, ASK_STAY);
	return true;
}
