// SPDX-License-Identifier: MIT
// Knows what keys do in the script: said and next, ways by their key, typed answers, the reply line of a chat.
#include "src/base/i18n.h"
#include "ui/ask.h"
#include "ui/script_pane.h"

#define ANSWER_DRAFT "script.answer"
#define REPLY_DRAFT "reply"

// --- questions

const struct script_node *script_now(const struct contact *k)
{
	return script_run_started(&k->run) && !script_run_ended(&k->run) ? script_run_node(&k->run) : NULL;
}

bool script_restates(const struct script_node *n)
{
	return n->kind == NODE_ASK && (n->marks & MARK_BIT(MARK_RESTATE));
}

bool script_takes_answer(const struct script_node *n)
{
	return n->kind == NODE_ASK && (n->into || script_restates(n));
}

bool script_is_left_out(const struct contact *k, const struct script_due *due)
{
	const struct script_place *at = &k->run.at;

	if (due->state != DUE_OPEN || due->ahead)
		return false;
	for (unsigned i = 0; !at->ended && i < at->n; i++)
		if (at->frames[i].script == due->script && at->frames[i].node == due->node)
			return false;
	return true;
}

const char *script_due_words(const struct model *m, const struct work *w, const struct script_due *due, struct arena *a)
{
	const struct script_node *n = due->node != SCRIPT_NO_NODE ? &due->script->nodes[due->node] : NULL;

	for (size_t i = 0; !n && due->script && due->disclosure && i < due->script->n_nodes; i++)
		if (due->script->nodes[i].disclosure && strcmp(due->script->nodes[i].disclosure, due->disclosure) == 0)
			n = &due->script->nodes[i];
	return n ? model_line(m, w, n->text, a) : due->disclosure ? due->disclosure : "";
}

size_t script_left_out(const struct contact *k)
{
	struct arena a = {0};
	struct script_due *due;
	size_t left = 0, n = script_run_started(&k->run) ? script_run_due(&k->run, false, &due, &a) : 0;

	for (size_t i = 0; i < n; i++)
		left += script_is_left_out(k, &due[i]);
	arena_release(&a);
	return left;
}

enum offer_outcome script_offer_key(uint32_t cp)
{
	return cp == '1' ? OFFER_ACCEPTED : cp == '2' ? OFFER_LATER : cp == '3' ? OFFER_DECLINED : OFFER_NONE;
}

static bool can_reply(const struct work *w)
{
	return ui_can_type(w) && !w->read_only && (contact_is_live(w->contact) || contact_is_ringing(w->contact));
}

static bool typing_answer(const struct view *v, const struct work *w)
{
	const struct script_node *n = w && !w->read_only ? script_now(w->contact) : NULL;

	return v->script_typing && n && script_takes_answer(n);
}

static bool typing_reply(const struct view *v, const struct work *w)
{
	return w && v->reply_typing && can_reply(w) && !typing_answer(v, w);
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	const struct view *v = ui_view_const(u, m);
	const struct work *w = model_work(m);

	// While a line is typed, Enter and Esc are those of a prompt and every letter is text.
	if (typing_answer(v, w) || typing_reply(v, w))
		return CTX_POPUP | CTX_EDIT;
	return CTX_SCRIPT;
}

// --- typed lines

// The draft is what counts: a talk track may have been put into it meanwhile.
static struct lineedit *editor(struct ui *u, const struct model *m, const struct work *w, const char **draft)
{
	struct view *v = ui_view(u, m);
	struct lineedit *le = typing_answer(v, w) ? &v->answer : &v->reply;

	*draft = le == &v->answer ? ANSWER_DRAFT : REPLY_DRAFT;
	if (strcmp(lineedit_text(le), model_draft_of(w, *draft)->text) != 0)
		ui_edit_load(le, m, w, *draft);
	return le;
}

static void drop_line(struct ui *u, struct model *m, struct work *w, const char *draft)
{
	struct view *v = ui_view(u, m);

	lineedit_set(strcmp(draft, ANSWER_DRAFT) == 0 ? &v->answer : &v->reply, "");
	model_draft_drop(m, w, draft);
}

// The typed answer becomes part of the contact. False: refused, with e; the text stays.
static bool take_answer(struct ui *u, struct model *m, struct work *w, const struct script_node *n, bool confirmed, struct err *e)
{
	const char *text = model_draft_of(w, ANSWER_DRAFT)->text;

	if (!*text)
		return true;
	bool ok = script_restates(n) ? model_restate(m, w, text, confirmed, e) : model_form_set(m, w, n->into, text, e);
	if (ok)
		drop_line(u, m, w, ANSWER_DRAFT);
	return ok;
}

static bool start_answer(struct ui *u, struct model *m, struct work *w)
{
	const struct script_node *n = script_now(w->contact);
	struct view *v = ui_view(u, m);
	const char *draft;

	if (n && script_takes_answer(n)) {
		v->script_typing = true;
		struct lineedit *le = editor(u, m, w, &draft);
		// What is there already is changed, not typed again.
		if (!le->text.n) {
			const char *need = contact_field(w->contact, "base.need");
			lineedit_set(le, !script_restates(n)       ? contact_field(w->contact, n->into)
					 : w->contact->restate ? w->contact->restate
							       : need);
			ui_edit_store(le, m, w, draft);
		}
		return true;
	}
	if (n && can_reply(w) && n->kind != NODE_CHOICE && n->kind != NODE_KB && n->kind != NODE_FORM) {
		struct arena a = {0};
		v->reply_typing = true;
		struct lineedit *le = editor(u, m, w, &draft);
		if (!le->text.n) {
			lineedit_set(le, model_line(m, w, n->text, &a));
			ui_edit_store(le, m, w, draft);
		}
		arena_release(&a);
		return true;
	}
	model_say_note(m, NOTE_INFO, _("There is nothing to write at this step."));
	return true;
}

static bool submit_reply(struct ui *u, struct model *m, struct work *w)
{
	struct err e = {0};
	// The text is copied: sending may answer the contact, which moves drafts.
	char *text = xstrdup(model_draft_of(w, REPLY_DRAFT)->text);
	struct sv t = sv_trim(sv(text));
	bool ok = model_say(m, w, t.n ? text : "", &e);

	free(text);
	if (ok)
		drop_line(u, m, w, REPLY_DRAFT);
	return ui_try(m, ok, &e);
}

static bool submit_answer(struct ui *u, struct model *m, struct work *w)
{
	const struct script_node *n = script_now(w->contact);
	struct err e = {0};

	if (!take_answer(u, m, w, n, false, &e))
		return ui_try(m, false, &e);
	ui_view(u, m)->script_typing = false;
	// Where the customer's answer decides the way, the agent now presses its key.
	if (n->n_options)
		return ui_try(m, model_script_tick(m, w, &e), &e);
	return ui_try(m, model_script_next(m, w, &e), &e);
}

static bool act_typing(struct ui *u, struct model *m, struct work *w, enum action a)
{
	struct view *v = ui_view(u, m);
	bool answer = typing_answer(v, w), changed = false;
	const char *draft;
	struct lineedit *le = editor(u, m, w, &draft);

	if (a == ACT_POPUP_OK)
		return answer ? submit_answer(u, m, w) : submit_reply(u, m, w);
	if (a == ACT_POPUP_CANCEL) {
		// The text stays as a draft: `a` or M-y shows it again.
		if (answer)
			v->script_typing = false;
		else
			v->reply_typing = false;
		return true;
	}
	if (a == ACT_POPUP_UP || a == ACT_POPUP_DOWN) {
		int rows = script_said_rows(w->contact);
		v->script_scroll += a == ACT_POPUP_UP ? 1 : -1;
		v->script_scroll = v->script_scroll < 0 ? 0 : v->script_scroll > rows ? rows : v->script_scroll;
		return true;
	}
	if (!lineedit_act(le, a, &changed))
		return false;
	ui_edit_store(le, m, w, draft);
	return true;
}

// --- going on

static bool all_filled(const struct contact *k, const struct script_node *n)
{
	for (size_t i = 0; i < n->fields.n; i++)
		if (!*contact_field(k, n->fields.v[i]))
			return false;
	return true;
}

// Goes to the first empty field of the node. The step counts as done: the form itself says what is still missing.
static bool go_form(struct ui *u, struct model *m, struct work *w, const struct script_node *n)
{
	struct view *v = ui_view(u, m);
	struct err e = {0};

	for (size_t i = 0; i < n->fields.n; i++)
		if (!*contact_field(w->contact, n->fields.v[i])) {
			snprintf(v->field, sizeof(v->field), "%s", n->fields.v[i]);
			break;
		}
	if (!model_script_tick(m, w, &e))
		return ui_try(m, false, &e);
	ui_focus(u, m, PANE_FORM);
	return true;
}

static bool open_article(struct ui *u, struct model *m, struct work *w, const struct script_node *n, size_t i)
{
	struct err e = {0};

	if (!kb_pane_open(u, m, n->articles.v[i], 0, KB_FROM_LIST, &e)) {
		ui_fail(m, &e);
		return true;
	}
	if (!script_run_visit(&w->contact->run)->said)
		ui_try(m, model_script_tick(m, w, &e), &e);
	// Beside the script it can be read from here; where only one pane shows, it comes forward.
	if (rect_empty(u->layout.pane[PANE_KB]))
		ui_focus(u, m, PANE_KB);
	return true;
}

static bool go_next(struct ui *u, struct model *m, struct work *w)
{
	const struct script_node *n = script_now(w->contact);
	struct err e = {0};

	if (!script_run_started(&w->contact->run))
		return ask_script_pick(u, m);
	if (!n) {
		model_say_note(m, NOTE_INFO, _("The script is over. F9 ends the contact and wraps up; u goes back a step."));
		return true;
	}
	bool said = script_run_visit(&w->contact->run)->said;
	if (n->kind == NODE_KB && !said && n->articles.n)
		return open_article(u, m, w, n, 0);
	if (n->kind == NODE_FORM && !said && !all_filled(w->contact, n))
		return go_form(u, m, w, n);
	if (n->kind == NODE_OFFER)
		return ask_offer(u, m);
	if (n->kind == NODE_ACTION && !said) {
		ask_perform(u, m, w, n);
		return true;
	}
	// An answer typed and left with Esc is not lost when the script goes on.
	if (script_takes_answer(n) && !n->n_options && !take_answer(u, m, w, n, false, &e))
		return ui_try(m, false, &e);
	if (model_script_next(m, w, &e))
		ui_view(u, m)->script_scroll = 0;
	else
		ui_fail(m, &e);
	return true;
}

static bool choose(struct ui *u, struct model *m, struct work *w, char key)
{
	const struct script_node *n = script_now(w->contact);
	struct err e = {0};
	size_t count, i = 0;
	const struct script_option *o = script_run_options(&w->contact->run, &count);

	while (i < count && o[i].key != key)
		i++;
	if (!n || i == count)
		return false;
	// The first way of a restatement is the customer's yes (com.open, com.soothe): it confirms what was restated.
	if (script_restates(n)) {
		if (!take_answer(u, m, w, n, i == 0, &e))
			return ui_try(m, false, &e);
		if (i == 0 && w->contact->restate && !w->contact->restate_confirmed) {
			char *text = xstrdup(w->contact->restate);
			bool ok = model_restate(m, w, text, true, &e);
			free(text);
			if (!ok)
				return ui_try(m, false, &e);
		}
		if (i == 0 && !w->contact->restate)
			model_say_note(m, NOTE_WARN, _("The restated need is not written down yet: M-r writes it."));
	} else if (script_takes_answer(n) && !take_answer(u, m, w, n, false, &e)) {
		return ui_try(m, false, &e);
	}
	if (model_script_choose(m, w, key, &e))
		ui_view(u, m)->script_scroll = 0;
	else
		ui_fail(m, &e);
	return true;
}

// --- the place

static void scroll(struct view *v, const struct work *w, int by)
{
	int rows = script_said_rows(w->contact);

	// Counted in rows from the newest line backwards.
	v->script_scroll += by;
	v->script_scroll = v->script_scroll > rows ? rows : v->script_scroll;
	v->script_scroll = v->script_scroll < 0 ? 0 : v->script_scroll;
}

// Keys that change the contact.
static bool change(struct ui *u, struct model *m, struct work *w, enum action a)
{
	struct err e = {0};

	switch ((int)a) {
	case ACT_SCRIPT_NEXT: return go_next(u, m, w);
	case ACT_SCRIPT_TICK: return ui_try(m, model_script_tick(m, w, &e), &e);
	case ACT_SCRIPT_BACK: return ui_try(m, model_script_back(m, w, &e), &e);
	case ACT_SCRIPT_JUMP: return ask_script_jump(u, m);
	case ACT_SCRIPT_SIDE: return ask_side_trip(u, m);
	case ACT_SCRIPT_SKIP: return ask_script_skip(u, m);
	case ACT_SCRIPT_ANSWER: return start_answer(u, m, w);
	case ACT_SCRIPT_UNDO: return ui_try(m, model_undo(m, w, &e), &e);
	case ACT_SCRIPT_UNPIN: return ui_try(m, model_kb_unpin(m, w, &e), &e);
	default: return false;
	}
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct work *w = model_work(m);
	struct view *v = ui_view(u, m);

	if (!w)
		return false;
	if ((contexts(u, m) & CTX_EDIT) && act_typing(u, m, w, a))
		return true;
	switch ((int)a) {
	case ACT_SCRIPT_UP: scroll(v, w, 1); return true;
	case ACT_SCRIPT_DOWN: scroll(v, w, -1); return true;
	case ACT_SCRIPT_SEARCH:
		ui_focus(u, m, PANE_KB);
		ui_view(u, m)->kb_at = KB_AT_QUERY;
		return true;
	case ACT_SCRIPT_NEXT: case ACT_SCRIPT_TICK: case ACT_SCRIPT_BACK: case ACT_SCRIPT_JUMP: case ACT_SCRIPT_SIDE:
	case ACT_SCRIPT_SKIP: case ACT_SCRIPT_ANSWER: case ACT_SCRIPT_UNDO: case ACT_SCRIPT_UNPIN:
		w = ask_front(m);
		return w ? change(u, m, w, a) : true;
	default: return false;
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	struct work *w = model_work(m);
	const char *draft;

	if (!w || w->read_only)
		return false;
	if (!(contexts(u, m) & CTX_EDIT)) {
		const struct script_node *n = script_now(w->contact);
		if (k.kind != K_CHAR || paste.n || !n || k.cp >= 0x80)
			return false;
		if (n->kind == NODE_KB && k.cp >= '1' && k.cp - '1' < n->articles.n)
			return open_article(u, m, w, n, k.cp - '1');
		// Read out from here, cited from here: the hands stay on the script.
		if (n->kind == NODE_KB && (k.cp == 'c' || k.cp == 'y') && ui_view(u, m)->kb_at == KB_AT_ARTICLE)
			return place_kb.act(u, m, k.cp == 'c' ? ACT_KB_CITE : ACT_KB_TALK);
		if (n->kind == NODE_OFFER && script_offer_key(k.cp) != OFFER_NONE) {
			struct err e = {0};
			return ui_try(m, model_script_offer(m, w, script_offer_key(k.cp), &e), &e);
		}
		return choose(u, m, w, (char)k.cp);
	}
	struct lineedit *le = editor(u, m, w, &draft);
	if (paste.n ? lineedit_insert(le, paste) : lineedit_key(le, k))
		ui_edit_store(le, m, w, draft);
	return true;
}

static void badge(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct work *w = model_work(m);
	size_t left = w ? script_left_out(w->contact) : 0;

	(void)u;
	buf[0] = '\0';
	if (left)
		snprintf(buf, cap, "(!%zu)", left);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	const struct work *w = model_work(m);

	(void)y, (void)x;
	if (w && (wheel == ACT_LIST_UP || wheel == ACT_LIST_DOWN))
		scroll(ui_view(u, m), w, wheel == ACT_LIST_UP ? 1 : -1);
}

const struct place place_script = {
	.title = N_("Script"),
	.contexts = contexts,
	.draw = script_draw,
	.act = act,
	.text = text,
	.badge = badge,
	.mouse = mouse,
};
