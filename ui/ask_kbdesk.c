// SPDX-License-Identifier: MIT
// Knows what is done to the rows of the knowledge desk and to the article in front, and what is asked before.
#include "src/base/i18n.h"
#include "ui/kbdesk.h"

enum { NEAREST = 8 };

// The dialogs of the desk are about no contact.
static void ask(struct ui *u, const struct model *m, ask_fn *done, const char *id, int64_t gap)
{
	ui_ask(u, m, done, id);
	u->ask_contact[0] = '\0';
	u->ask_n = gap;
}

// A deed follows from what is on the screen: not before the last one is in the store.
static bool settled(struct model *m)
{
	bool busy = model_kb_busy(m);

	if (busy)
		model_say_note(m, NOTE_INFO, _("Still being saved; press it again in a moment."));
	return !busy;
}

static bool allowed(struct model *m, const struct kb_deed *d)
{
	struct err e = {0};

	return settled(m) && (model_kb_check(m, d, &e) || (ui_fail(m, &e), false));
}

static bool do_it(struct model *m, const struct kb_deed *d)
{
	struct err e = {0};

	return !settled(m) || ui_try(m, model_kb_do(m, d, &e), &e);
}

static bool no_row(struct model *m)
{
	model_say_note(m, NOTE_INFO, _("There is no row to do this to."));
	return true;
}

// --- drafts

static bool submit_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_SUBMIT, .id = u->ask_arg, .note = r->text}, e);
}

static bool submit(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	struct kb_deed deed = {.verb = KB_DO_SUBMIT, .id = id, .note = "-"};
	char title[128];

	if (!d)
		return no_row(m);
	if (!allowed(m, &deed))
		return true;
	deed.note = NULL;
	if (*d->note || !d->current)
		return do_it(m, &deed);
	snprintf(title, sizeof(title), _("Submit %s for review"), id);
	popup_prompt(&u->popup, 0, title, _("Say in one line what changes: readers see it in the history."));
	popup_add_field(&u->popup, _("What changes"), NULL, true, 1);
	ask(u, m, submit_done, id, 0);
	ui_ask_keep(u, m, "kb-submit");
	return true;
}

static bool return_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_RETURN, .id = u->ask_arg, .note = r->text}, e);
}

static bool give_back(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	struct kb_deed deed = {.verb = KB_DO_RETURN, .id = id, .note = "-"};
	char title[128];

	if (!d)
		return no_row(m);
	if (!allowed(m, &deed))
		return true;
	deed.note = NULL;
	if (kb_drafts_writer(d, m->agent_id))
		return do_it(m, &deed);
	snprintf(title, sizeof(title), _("Return %s to its author"), id);
	popup_prompt(&u->popup, 0, title, _("Say in one line what is missing: the author reads it."));
	popup_add_field(&u->popup, _("What is missing"), NULL, true, 2);
	ask(u, m, return_done, id, 0);
	ui_ask_keep(u, m, "kb-return");
	return true;
}

static bool approve_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = u->ask_arg}, e);
}

static bool approve(struct ui *u, struct model *m, const char *id)
{
	const struct kb_next *d = kbdesk_draft(u, m);
	char title[128];

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_APPROVE, .id = id}))
		return true;
	snprintf(title, sizeof(title), d ? _("Publish %s?") : _("Show %s again?"), id);
	popup_confirm(&u->popup, 0, title,
		      d ? _("Everybody finds and reads this text from now on. A published version never changes; an error is put right by the "
			    "next one.")
			: _("Everybody finds it again, as it was before it was hidden."));
	ask(u, m, approve_done, id, 0);
	return true;
}

static bool discard_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)r;
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_DISCARD, .id = u->ask_arg}, e);
}

static bool discard(struct ui *u, struct model *m, const char *id)
{
	char title[128];

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_DISCARD, .id = id}))
		return true;
	snprintf(title, sizeof(title), _("Discard the draft of %s?"), id);
	popup_confirm(&u->popup, 0, title, _("Its text is lost. What is published stays as it is."));
	ask(u, m, discard_done, id, 0);
	return true;
}

// --- uncovered cases

static bool reject_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = u->ask_n, .note = r->text}, e);
}

static bool reject(struct ui *u, struct model *m, const struct kb_gap *g)
{
	char title[128];

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = g->id, .note = "-"}))
		return true;
	snprintf(title, sizeof(title), _("Turn down uncovered case #%lld"), (long long)g->id);
	popup_prompt(&u->popup, 0, title, _("Say in one line why: whoever reported it reads it."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 2);
	ask(u, m, reject_done, title, g->id);
	ui_ask_keep(u, m, "kb-reject");
	return true;
}

static bool same_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_GAP_SAME, .gap = u->ask_n, .other = r->row_id ? r->row_id : r->text}, e);
}

static void add_none(struct popup *p, const char *label)
{
	popup_add_row(p, 0, label, NULL, "");
}

static void add_nearest(struct popup *p, struct model *m, const char *text, const char *but)
{
	struct kb_near near[NEAREST];
	struct arena a = {0};
	size_t n = model_kb_nearest(m, text, near, NEAREST, &a);

	for (size_t i = 0; i < n; i++)
		if (!str_eq(near[i].id, but))
			popup_add_row(p, 0, near[i].title, near[i].id, near[i].id);
	arena_release(&a);
}

static bool same(struct ui *u, struct model *m, const struct kb_gap *g)
{
	if (!settled(m))
		return true;
	if (!model_kb_may_gap(m, KB_DO_GAP_SAME, g->id)) {
		// Its sentence is the one of turning it down: both need an open case.
		allowed(m, &(struct kb_deed){.verb = KB_DO_GAP_REJECT, .gap = g->id, .note = "-"});
		return true;
	}
	popup_pick(&u->popup, 0, _("Which article answers it, or which case is it the same as?"),
		   _("Choose, or type the number of another article, or #N of another case."));
	add_nearest(&u->popup, m, *g->query ? g->query : g->description, NULL);
	for (size_t i = 0; i < m->desk.n_gaps; i++) {
		const struct kb_gap *other = &m->desk.gaps[i];
		char id[24];
		if (other->id == g->id || other->same_as)
			continue;
		snprintf(id, sizeof(id), "#%lld", (long long)other->id);
		popup_add_row(&u->popup, 0, *other->query ? other->query : other->description, id, id);
	}
	u->popup.free_text = true;
	popup_ready(&u->popup);
	ask(u, m, same_done, NULL, g->id);
	return true;
}

static bool begin_draft(struct ui *u, struct model *m, const struct kb_gap *g)
{
	struct arena a = {0};
	struct err e = {0};
	const char *id = NULL;

	if (!settled(m))
		return true;
	if (model_kb_gap_draft(m, g->id, &id, &a, &e))
		snprintf(u->kbdesk->write_when, sizeof(u->kbdesk->write_when), "%s", id);
	else
		ui_fail(m, &e);
	arena_release(&a);
	return true;
}

// --- articles

static bool valid_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct sv day = sv_trim(sv(r->text));
	int64_t when = 0;

	if (day.n && (!clock_parse_local(m->zone, day, &when) || when <= clock_wall(m->clock)))
		return err_set(e, ERR_USAGE, _("The next review is a day to come, as 2027-06-30; empty: in 180 days."));
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_CONFIRM, .id = u->ask_arg, .when = when}, e);
}

static bool confirm_valid(struct ui *u, struct model *m, const char *id)
{
	char title[128];

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_CONFIRM, .id = id}))
		return true;
	snprintf(title, sizeof(title), _("%s is still right"), id);
	popup_prompt(&u->popup, 0, title, _("You have read it and stand for it. It is doubtful no longer."));
	popup_add_field(&u->popup, _("Next review (empty: in 180 days)"), NULL, false, 1);
	ask(u, m, valid_done, id, 0);
	return true;
}

// Both texts of a question go with it: the article, and after the blank the one that takes its place.
static bool retire_why_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	char id[sizeof(u->ask_arg)], *other;

	snprintf(id, sizeof(id), "%s", u->ask_arg);
	other = strchr(id, ' ');
	*other++ = '\0';
	return model_kb_do(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = id, .other = other, .note = r->text}, e);
}

static bool retire_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	char id[sizeof(u->ask_arg)], both[sizeof(u->ask_arg)], title[128], other[80];

	snprintf(id, sizeof(id), "%s", u->ask_arg);
	snprintf(other, sizeof(other), "%s", r->row_id ? r->row_id : r->text);
	if (strchr(other, ' '))
		return err_set(e, ERR_USAGE, _("The number of an article has no blanks in it."));
	if (!model_kb_check(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = id, .other = other}, e))
		return false;
	snprintf(both, sizeof(both), "%s %s", id, other);
	snprintf(title, sizeof(title), _("Retire %s"), id);
	popup_prompt(&u->popup, 0, title,
		     *other ? _("Nobody finds it any more; who opens it from an old contact is led to the one that takes its place.")
			    : _("Nobody finds it any more; nothing takes its place. b brings it back as a draft."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	ask(u, m, retire_why_done, both, 0);
	return true;
}

static bool retire(struct ui *u, struct model *m, const char *id)
{
	struct arena a = {0};
	struct err e = {0};
	struct kb_article art;

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = id}))
		return true;
	popup_pick(&u->popup, 0, _("Which article takes its place?"), _("Choose, or type the number of another article."));
	add_none(&u->popup, _("None"));
	if (model_kb_article(m, id, &art, &a, &e))
		add_nearest(&u->popup, m, art.cur.text.title, id);
	arena_release(&a);
	u->popup.free_text = true;
	popup_ready(&u->popup);
	ask(u, m, retire_done, id, 0);
	return true;
}

static bool why_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = (enum kb_verb)u->ask_n, .id = u->ask_arg, .note = r->text}, e);
}

static bool hide_or_flag(struct ui *u, struct model *m, enum kb_verb verb, const char *id)
{
	char title[128];

	if (!allowed(m, &(struct kb_deed){.verb = verb, .id = id, .note = "-"}))
		return true;
	snprintf(title, sizeof(title), verb == KB_DO_HIDE ? _("Hide %s at once") : _("Mark %s for review"), id);
	popup_prompt(&u->popup, 0, title,
		     verb == KB_DO_HIDE ? _("Nobody sees it from now on, not even those who read it in a call. b shows it again.")
					: _("Everybody still finds it, with a mark that it is doubtful, until an editor has looked at it."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	ask(u, m, why_done, id, (int64_t)verb);
	ui_ask_keep(u, m, verb == KB_DO_HIDE ? "kb-hide" : "kb-flag");
	return true;
}

// --- bringing back

static bool bring_back(struct ui *u, struct model *m, const char *id, enum kb_state was)
{
	if (was == KB_HIDDEN)
		return approve(u, m, id);
	if (do_it(m, &(struct kb_deed){.verb = KB_DO_RESTORE, .id = id}) && u->screen == SCREEN_KB_DESK)
		kbdesk_go(u, m, KBDESK_DRAFTS, id);
	return true;
}

static bool back_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct arena a = {0};
	struct kb_article art;
	char id[80];

	snprintf(id, sizeof(id), "%s", r->row_id);
	bool ok = model_kb_article(m, id, &art, &a, e) &&
		  model_kb_check(m, &(struct kb_deed){.verb = art.state == KB_HIDDEN ? KB_DO_APPROVE : KB_DO_RESTORE, .id = id}, e);
	if (ok)
		bring_back(u, m, id, art.state);
	arena_release(&a);
	return ok;
}

static bool ask_back(struct ui *u, struct model *m)
{
	struct kb_away *v = NULL;
	struct arena a = {0};
	struct err e = {0};
	size_t n = 0;

	if (!model_kb_put_away(m, &v, &n, &a, &e))
		ui_fail(m, &e);
	else if (!n)
		model_say_note(m, NOTE_INFO, _("No article was retired or hidden."));
	if (n) {
		popup_pick(&u->popup, 0, _("Bring back which article?"), _("An archived one becomes a draft, a hidden one is shown again."));
		for (size_t i = 0; i < n; i++) {
			char label[400];
			snprintf(label, sizeof(label), "%s  %s", v[i].id, v[i].title);
			popup_add_row(&u->popup, 0, label, kb_state_label(v[i].state), v[i].id);
		}
		popup_ready(&u->popup);
		ask(u, m, back_done, NULL, 0);
	}
	arena_release(&a);
	return true;
}

// --- a new article

static bool new_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const char *category = r->row_id, *id;
	struct arena a = {0};
	bool ok = model_kb_new_id(m, category, &id, &a, e) && kb_write_open(u, m, id);

	if (ok && *category) {
		lineedit_set(&u->kbdesk->write.f[WRITE_CATEGORY].line, category);
		kb_write_typed(u, m, WRITE_CATEGORY);
	}
	arena_release(&a);
	return ok || e->code == ERR_NONE;
}

static bool ask_new(struct ui *u, struct model *m)
{
	const struct category_tree *t = m->world.categories;

	if (!allowed(m, &(struct kb_deed){.verb = KB_DO_SAVE, .id = "new"}))
		return true;
	popup_pick(&u->popup, 0, _("New article: of which category?"), _("Type part of the name, its code or pinyin initials. The number follows from it."));
	add_none(&u->popup, _("None yet"));
	for (size_t i = 0; t && i < t->n; i++)
		if (t->v[i].leaf)
			popup_add_row(&u->popup, 0, category_label(&t->v[i]), t->v[i].code, t->v[i].code);
	popup_ready(&u->popup);
	ask(u, m, new_done, NULL, 0);
	return true;
}

// --- keys of the lists

static bool on_gap(struct ui *u, struct model *m, enum action a, const struct kb_gap *g)
{
	switch ((int)a) {
	case ACT_DESK_ACCEPT: return do_it(m, &(struct kb_deed){.verb = KB_DO_GAP_ACCEPT, .gap = g->id});
	case ACT_DESK_DRAFT: return begin_draft(u, m, g);
	case ACT_DESK_SAME: return same(u, m, g);
	case ACT_DESK_DISCARD: return reject(u, m, g);
	case ACT_DESK_REOPEN: return do_it(m, &(struct kb_deed){.verb = KB_DO_GAP_REOPEN, .gap = g->id});
	default: return false;
	}
}

static bool on_article(struct ui *u, struct model *m, enum action a, const char *id)
{
	switch ((int)a) {
	case ACT_DESK_EDIT: return !settled(m) || (kb_write_open(u, m, id), true);
	case ACT_DESK_SUBMIT: return submit(u, m, id);
	case ACT_DESK_RETURN: return give_back(u, m, id);
	case ACT_DESK_ACCEPT: return approve(u, m, id);
	case ACT_DESK_DISCARD: return discard(u, m, id);
	case ACT_DESK_VALID: return confirm_valid(u, m, id);
	case ACT_DESK_RETIRE: return retire(u, m, id);
	case ACT_DESK_HIDE: return hide_or_flag(u, m, KB_DO_HIDE, id);
	default: return false;
	}
}

bool kbdesk_act(struct ui *u, struct model *m, enum action a)
{
	const struct kb_gap *g = kbdesk_gap(u, m);
	const char *given = kbdesk_article_id(u, m);
	char id[80];

	// The lists are read again when a deed is done: the number must outlive them.
	snprintf(id, sizeof(id), "%s", given ? given : "");
	switch ((int)a) {
	case ACT_DESK_NEW: return ask_new(u, m);
	case ACT_DESK_BACK: return ask_back(u, m);
	case ACT_DESK_CLOSED:
		m->desk.all_gaps = !m->desk.all_gaps;
		model_kb_desk_refresh(m);
		return true;
	default: break;
	}
	if (!(action_info(a)->contexts & CTX_KB_DESK))
		return false;
	if (g && on_gap(u, m, a, g))
		return true;
	if (id[0] && on_article(u, m, a, id))
		return true;
	return no_row(m);
}

// --- the article in front

static bool deed_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum action a = action_by_name(r->row_id);
	char id[80];

	(void)e;
	snprintf(id, sizeof(id), "%s", u->ask_arg);
	if (a == ACT_DESK_BACK)
		return bring_back(u, m, id, u->ask_n ? KB_HIDDEN : KB_ARCHIVED);
	if (a == ACT_NONE)
		return hide_or_flag(u, m, KB_DO_FLAG, id);
	return on_article(u, m, a, id);
}

static void add_deed(struct ui *u, struct model *m, enum kb_verb verb, const char *id, char key, enum action a)
{
	if (model_kb_may(m, verb, id))
		popup_add_row(&u->popup, (uint32_t)key, kb_verb_label(verb), NULL, action_info(a)->name);
}

// Of the selected row of the desk; else what is open in the knowledge pane, or selected there (the first, until one was chosen).
static const char *in_front(const struct ui *u, struct model *m)
{
	const struct kb_view *kb = model_kb(m, model_work(m));

	if (u->screen == SCREEN_KB_DESK)
		return u->kbdesk->write.on ? u->kbdesk->write.id : kbdesk_article_id(u, m);
	if (kb->open_id || kb->selected)
		return kb->open_id ? kb->open_id : kb->selected;
	return kb->results.n ? kb->results.v[0].id : NULL;
}

bool ask_kb_deeds(struct ui *u, struct model *m)
{
	const char *id = in_front(u, m);
	struct kb_article art;
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	int base, rev;

	if (!id) {
		model_say_note(m, NOTE_INFO, _("No article is in front: search for one first (C-f)."));
		return true;
	}
	bool there = model_kb_article(m, id, &art, &a, &e);
	popup_menu(&u->popup, 0, _("This article"), there ? art.cur.text.title : id);
	if (model_kb_edit(m, id, &t, &base, &rev, &a, &e))
		popup_add_row(&u->popup, 'e', _("Edit its text"), rev ? _("there is a draft") : NULL, action_info(ACT_DESK_EDIT)->name);
	if (there) {
		add_deed(u, m, KB_DO_CONFIRM, id, 'v', ACT_DESK_VALID);
		add_deed(u, m, KB_DO_FLAG, id, 'f', ACT_NONE);
		add_deed(u, m, KB_DO_RETIRE, id, 't', ACT_DESK_RETIRE);
		add_deed(u, m, KB_DO_HIDE, id, 'h', ACT_DESK_HIDE);
		add_deed(u, m, art.state == KB_HIDDEN ? KB_DO_APPROVE : KB_DO_RESTORE, id, 'b', ACT_DESK_BACK);
	}
	if (u->popup.rows.n) {
		ask(u, m, deed_done, id, there && art.state == KB_HIDDEN);
	} else {
		popup_release(&u->popup);
		model_say_note(m, NOTE_INFO, _("Your roles allow nothing on %s; e in the open article suggests a change."), id);
	}
	arena_release(&a);
	return true;
}
