// SPDX-License-Identifier: MIT
// Knows the view state: how it begins, follows the model, and what the places share.
#include "ui/kbdesk.h"
#include "ui/practice_screens.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/work/hub.h"

void ui_init(struct ui *u, const struct theme *theme, const struct config *config, struct model *m)
{
	*u = (struct ui){.theme = *theme, .keys = keymap_new()};
	for (size_t i = 0; i < config->n_keys; i++) {
		const struct config_key *k = &config->keys[i];
		struct err e = {0};
		if (!keymap_bind(u->keys, &(struct keymap_user){.context = k->context, .keys = k->keys, .action = k->action}, &e))
			model_say_note(m, NOTE_WARN, _("Settings, line %d: %s"), k->line, e.msg);
	}
	if (model_desk_draft_there(m, "kb-write"))
		model_say_note(m, NOTE_INFO, _("The article you were writing, %s, is kept: M-d comes back to it."),
			       model_desk_draft_of(m, "kb-write")->text);
}

static void view_free(struct view *v)
{
	lineedit_release(&v->answer);
	lineedit_release(&v->query);
	lineedit_release(&v->edit);
	lineedit_release(&v->reply);
	free(v);
}

void ui_release(struct ui *u)
{
	for (size_t i = 0; i < u->views.n; i++)
		view_free(u->views.v[i]);
	vec_release(&u->views);
	popup_release(&u->popup);
	for (size_t i = 0; i < u->rung.n; i++)
		free(u->rung.v[i]);
	vec_release(&u->rung);
	kbdesk_free(u->kbdesk);
	practice_ui_free(u->prac);
	keymap_free(u->keys);
	*u = (struct ui){0};
}

static const char *current_id(const struct model *m)
{
	const struct work *w = model_work(m);

	return w ? w->contact->id : "";
}

const struct view *ui_view_const(const struct ui *u, const struct model *m)
{
	static const struct view empty;

	for (size_t i = 0; i < u->views.n; i++)
		if (strcmp(u->views.v[i]->id, current_id(m)) == 0)
			return u->views.v[i];
	return &empty;
}

// Where the hands are is kept with what they type, so that a crash gives back the same place.
static void remember_place(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);
	const struct view *v = ui_view_const(u, m);
	char text[96];

	if (!w || w->read_only || contact_is_ringing(w->contact) || w->wrap_open)
		return;
	snprintf(text, sizeof(text), "%d %s", (int)v->focus, v->field);
	model_draft(m, w, "ui.place", text, 0);
}

// The place it was when the program ended; without one, the field that was being typed in.
static void return_to_field(struct view *v, const struct work *w)
{
	const char *place = model_draft_of(w, "ui.place")->text;

	if (*place >= '0' && *place < '0' + PANE_COUNT && place[1] == ' ') {
		v->focus = (enum pane)(*place - '0');
		snprintf(v->field, sizeof(v->field), "%s", place + 2);
		return;
	}
	for (size_t i = w->drafts.n; i-- > 0;) {
		const struct draft *d = &w->drafts.v[i];
		if (!*d->text || (!str_starts(d->field, "base.") && !str_starts(d->field, "form.")))
			continue;
		v->focus = PANE_FORM;
		snprintf(v->field, sizeof(v->field), "%s", d->field);
		return;
	}
}

struct view *ui_view(struct ui *u, const struct model *m)
{
	const struct work *w = model_work(m);
	struct view *v = (struct view *)(uintptr_t)ui_view_const(u, m);

	if (u->views.n && strcmp(v->id, current_id(m)) == 0)
		for (size_t i = 0; i < u->views.n; i++)
			if (u->views.v[i] == v)
				return v;
	v = xcalloc(1, sizeof(*v));
	snprintf(v->id, sizeof(v->id), "%s", current_id(m));
	v->reply.multi = false;
	if (w) {
		// After a crash the drafts come back with the contact: so do the editors.
		ui_edit_load(&v->query, m, w, "kb.query");
		ui_edit_load(&v->reply, m, w, "reply");
		ui_edit_load(&v->answer, m, w, "script.answer");
		return_to_field(v, w);
		v->script_typing = v->answer.text.n > 0;
		if (w->contact->channel == CHANNEL_CHAT)
			v->reply_typing = true;
		// A past contact is opened to be read.
		if (w->read_only)
			v->focus = PANE_RECORD;
	} else {
		lineedit_set(&v->query, m->desk_kb.query);
	}
	vec_push(&u->views, v);
	return v;
}

const struct place *ui_place(const struct ui *u, const struct model *m)
{
	static const struct place *const panes[PANE_COUNT] = {
		[PANE_SCRIPT] = &place_script, [PANE_KB] = &place_kb, [PANE_FORM] = &place_form, [PANE_RECORD] = &place_record,
	};
	const struct work *w = model_work(m);
	const struct view *v = ui_view_const(u, m);

	const struct place *practice = practice_in_front(u);

	if (practice)
		return practice;
	if (u->screen == SCREEN_HISTORY)
		return &place_history;
	if (u->screen == SCREEN_CONFLICTS)
		return &place_conflicts;
	if (u->screen == SCREEN_TICKET)
		return &place_ticket;
	if (u->screen == SCREEN_KB_DESK)
		return u->kbdesk && u->kbdesk->write.on ? &place_kb_write : &place_kb_desk;
	if (!w)
		return v->focus == PANE_KB ? &place_kb : &place_home;
	if (w->wrap_open && !w->read_only)
		return &place_wrap;
	return panes[v->focus];
}

void ui_focus(struct ui *u, struct model *m, enum pane p)
{
	const struct place *old = ui_place(u, m), *now;
	struct work *w = model_work(m);

	// The panes are behind the wrap-up: looking at one puts it aside, F9 brings it back.
	if (w && w->wrap_open)
		w->wrap_open = false;
	ui_view(u, m)->focus = !w && p != PANE_KB ? PANE_SCRIPT : p;
	now = ui_place(u, m);
	if (old != now && old->leave)
		old->leave(u, m);
	if (old != now && now->enter)
		now->enter(u, m);
	m->changed = true;
}

bool ui_can_type(const struct work *w)
{
	return w->contact->channel == CHANNEL_CHAT || w->contact->mode != MODE_LIVE;
}

void ui_fail(struct model *m, const struct err *e)
{
	model_say_note(m, NOTE_WARN, "%s", e->msg);
}

bool ui_try(struct model *m, bool ok, const struct err *e)
{
	if (!ok)
		ui_fail(m, e);
	return true;
}

// The call ended and the wrap-up stands before the panes. Whoever is in the middle of a word keeps the pane: letters meant for a
// field must not become commands. Otherwise what was typed in the form counts.
static void call_over(struct ui *u, struct model *m)
{
	enum { MID_WORD_MS = 3000 };
	struct view *v = ui_view(u, m);
	struct work *w = model_work(m);

	if (!w || !w->wrap_open || w->read_only || v->wrap_seen)
		return;
	v->wrap_seen = true;
	w->wrap_open = false;
	const struct place *p = ui_place(u, m);
	bool typing = p->contexts(u, m) & CTX_EDIT && clock_mono(m->clock) - w->last_key_mono < MID_WORD_MS;
	if (typing && str_eq(w->contact->end_side, "customer")) {
		model_say_note(m, NOTE_INFO, _("The customer has hung up. Finish the line; F9 wraps up."));
		return;
	}
	if (p->leave)
		p->leave(u, m);
	w->wrap_open = true;
}

const struct broadcast *ui_due(const struct ui *u, const struct model *m)
{
	const struct hub_rows *r = model_hub_shown(m);

	for (size_t i = 0; i < r->broadcasts.n; i++)
		if (strcmp(r->broadcasts.v[i].id, u->due) == 0 && !r->broadcasts.v[i].acked)
			return &r->broadcasts.v[i];
	return NULL;
}

static bool rang_for(const struct ui *u, const char *id)
{
	for (size_t i = 0; i < u->rung.n; i++)
		if (strcmp(u->rung.v[i], id) == 0)
			return true;
	return false;
}

// Which broadcast F2 would acknowledge, and since when it can be read; a red one rings once.
static void follow_broadcasts(struct ui *u, struct model *m)
{
	const struct broadcast *due = model_broadcast_due(m);
	const struct hub_rows *r = model_hub_rows(m);

	if (!due || strcmp(u->due, due->id) != 0) {
		snprintf(u->due, sizeof(u->due), "%s", due ? due->id : "");
		u->due_since = clock_mono(m->clock);
	}
	for (size_t i = 0; i < r->broadcasts.n; i++) {
		const struct broadcast *b = &r->broadcasts.v[i];
		if (b->acked || !str_eq(b->severity, "red") || rang_for(u, b->id))
			continue;
		vec_push(&u->rung, xstrdup(b->id));
		u->bell = true;
	}
}

void ui_follow(struct ui *u, struct model *m)
{
	follow_broadcasts(u, m);
	hub_receipt_follow(u, m);
	if (u->popup.kind != POPUP_NONE && u->ask_contact[0] && !ui_ask_work(u, m)) {
		popup_release(&u->popup);
		model_say_note(m, NOTE_INFO, _("The dialog was closed: its contact is over."));
	}
	for (size_t i = u->views.n; i-- > 0;) {
		bool alive = !u->views.v[i]->id[0];
		for (size_t k = 0; k < m->works.n; k++)
			alive |= strcmp(u->views.v[i]->id, m->works.v[k]->contact->id) == 0;
		if (!alive) {
			view_free(u->views.v[i]);
			vec_remove(&u->views, i);
		}
	}
	ask_customer_follow(u, m);
	call_over(u, m);
	kbdesk_follow(u, m);
	conflicts_follow(u, m);
	ticket_follow(u, m);
	practice_follow(u, m);
	remember_place(u, m);
	if (u->cols >= LAYOUT_PREVIEW_COLS && model_work(m))
		model_kb_preview(m, model_work(m));
	if (model_work(m))
		model_kb_cited(m, model_work(m));
}

// --- dialogs

bool ui_content_idle(const struct ui *u)
{
	return u->popup.kind == POPUP_NONE && u->screen != SCREEN_PRACTICE && u->screen != SCREEN_COACH;
}

void ui_content_changed(struct ui *u)
{
	practice_content_changed(u);
	u->shown = (struct drawn){0};
}

void ui_ask(struct ui *u, const struct model *m, ask_fn *done, const char *arg)
{
	const struct work *w = model_work(m);

	u->asked = done;
	u->ask_draft[0] = '\0';
	snprintf(u->ask_contact, sizeof(u->ask_contact), "%s", w ? w->contact->id : "");
	snprintf(u->ask_arg, sizeof(u->ask_arg), "%s", arg ? arg : "");
}

struct work *ui_ask_work(const struct ui *u, const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, u->ask_contact) == 0)
			return m->works.v[i];
	return NULL;
}

struct prompt_kept ui_ask_kept(const struct ui *u)
{
	struct prompt_kept k = {.fields = u->popup.fields.n};

	snprintf(k.contact, sizeof(k.contact), "%s", u->ask_contact);
	// In no contact a text is about what the dialog is about.
	if (!u->ask_draft[0])
		k.fields = 0;
	else if (u->ask_contact[0])
		snprintf(k.name, sizeof(k.name), "prompt.%s", u->ask_draft);
	else
		snprintf(k.name, sizeof(k.name), "prompt.%s.%s", u->ask_draft, u->ask_arg);
	return k;
}

static const char *kept_field(const struct prompt_kept *k, size_t i, char buf[PROMPT_NAME_MAX])
{
	snprintf(buf, PROMPT_NAME_MAX, "%s.%zu", k->name, i);
	return buf;
}

static struct work *kept_work(const struct prompt_kept *k, const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, k->contact) == 0)
			return m->works.v[i];
	return NULL;
}

void ui_ask_keep(struct ui *u, struct model *m, const char *name)
{
	struct work *w = ui_ask_work(u, m);
	char field[PROMPT_NAME_MAX];

	snprintf(u->ask_draft, sizeof(u->ask_draft), "%s", name);
	struct prompt_kept k = ui_ask_kept(u);
	for (size_t i = 0; i < k.fields; i++) {
		struct lineedit *le = &u->popup.fields.v[i].line;
		const struct draft *d = k.contact[0] ? w ? model_draft_of(w, kept_field(&k, i, field)) : NULL
						     : model_desk_draft_of(m, kept_field(&k, i, field));
		if (d && !le->text.n && *d->text)
			ui_edit_take(le, d);
	}
}

void ui_ask_store(struct ui *u, struct model *m)
{
	struct prompt_kept k = ui_ask_kept(u);
	struct work *w = kept_work(&k, m);
	char field[PROMPT_NAME_MAX];

	for (size_t i = 0; u->popup.kind == POPUP_PROMPT && i < k.fields; i++) {
		const struct lineedit *le = &u->popup.fields.v[i].line;
		kept_field(&k, i, field);
		if (w)
			ui_edit_store(le, m, w, field);
		else if (!k.contact[0] && (le->text.n || model_desk_draft_there(m, field)))
			model_desk_draft(m, field, lineedit_text(le), le->caret);
	}
}

void ui_ask_forget(struct model *m, const struct prompt_kept *k)
{
	struct work *w = kept_work(k, m);
	char field[PROMPT_NAME_MAX];

	for (size_t i = 0; i < k->fields; i++) {
		kept_field(k, i, field);
		if (w)
			model_draft_drop(m, w, field);
		else if (!k->contact[0])
			model_desk_draft_drop(m, field);
	}
}

void ui_edit_load(struct lineedit *le, const struct model *m, const struct work *w, const char *field)
{
	(void)m;
	ui_edit_take(le, model_draft_of(w, field));
}

void ui_edit_take(struct lineedit *le, const struct draft *d)
{
	lineedit_set(le, d->text);
	// The journal may hold a shorter text (a card number is taken out): the caret goes to the character it falls into.
	struct sv text = sv(lineedit_text(le));
	size_t at = 0, next;
	while (at < text.n && (next = utf8_next(text, at)) <= d->caret)
		at = next;
	le->caret = at;
}

void ui_edit_store(const struct lineedit *le, struct model *m, struct work *w, const char *field)
{
	model_draft(m, w, field, lineedit_text(le), le->caret);
}

// --- words and numbers

void ui_duration(int64_t ms, char *buf, size_t cap)
{
	int64_t s = ms < 0 ? 0 : ms / 1000;

	if (s < 3600)
		snprintf(buf, cap, "%02d:%02d", (int)(s / 60), (int)(s % 60));
	else
		snprintf(buf, cap, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

void ui_time(const struct model *m, int64_t utc, const char *fmt, char *buf, size_t cap)
{
	clock_format(m->zone, utc, fmt, buf, cap);
}

const char *ui_level_sign(const struct ui *u, enum note_level level)
{
	(void)u;
	switch (level) {
	case NOTE_INFO: return "";
	case NOTE_WARN: return "! ";
	case NOTE_ALARM: return "!! ";
	}
	BUG("note level %d", (int)level);
}

int ui_hint(const struct ui *u, const struct canvas *c, int y, int x, unsigned ctx, enum action a, const char *words)
{
	char key[KEY_NAME_MAX];
	int at = x;

	keymap_label(u->keys, ctx | CTX_ANY, a, key, sizeof(key));
	if (!key[0] || x + canvas_columns(sv(key)) + 1 + canvas_columns(sv(words)) > c->r.w)
		return 0;
	at += canvas_text(c, y, at, ROLE_ACCENT, key) + 1;
	at += canvas_text(c, y, at, ROLE_DIM, words);
	return at - x;
}

int ui_hints(const struct ui *u, const struct canvas *c, int y, int x, unsigned ctx, const enum action *acts, size_t n)
{
	int at = x;

	for (size_t i = 0; i < n; i++) {
		int used = ui_hint(u, c, y, at > x ? at + 2 : at, ctx, acts[i], _(action_info(acts[i])->hint));
		if (used)
			at += used + (at > x ? 2 : 0);
	}
	return at - x;
}
