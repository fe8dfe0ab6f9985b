// SPDX-License-Identifier: MIT
// Knows what is asked before an article is confirmed, doubted, retired, hidden or brought back.
#include "src/base/i18n.h"
#include "ui/ask_kbdesk.h"

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

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_CONFIRM, .id = id}))
		return true;
	snprintf(title, sizeof(title), _("%s is still right"), id);
	popup_prompt(&u->popup, 0, title, _("You have read it and stand for it. It is doubtful no longer."));
	popup_add_field(&u->popup, _("Next review (empty: in 180 days)"), NULL, false, 1);
	desk_ask(u, m, valid_done, id, 0);
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
	desk_ask(u, m, retire_why_done, both, 0);
	return true;
}

static bool retire(struct ui *u, struct model *m, const char *id)
{
	struct arena a = {0};
	struct err e = {0};
	struct kb_article art;

	if (!desk_allowed(m, &(struct kb_deed){.verb = KB_DO_RETIRE, .id = id}))
		return true;
	popup_pick(&u->popup, 0, _("Which article takes its place?"), _("Choose, or type the number of another article."));
	desk_add_none(&u->popup, _("None"));
	if (model_kb_article(m, id, &art, &a, &e))
		desk_add_nearest(&u->popup, m, art.cur.text.title, id);
	arena_release(&a);
	u->popup.free_text = true;
	popup_ready(&u->popup);
	desk_ask(u, m, retire_done, id, 0);
	return true;
}

static bool why_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_kb_do(m, &(struct kb_deed){.verb = (enum kb_verb)u->ask_n, .id = u->ask_arg, .note = r->text}, e);
}

bool desk_hide_or_flag(struct ui *u, struct model *m, enum kb_verb verb, const char *id)
{
	char title[128];

	if (!desk_allowed(m, &(struct kb_deed){.verb = verb, .id = id, .note = "-"}))
		return true;
	snprintf(title, sizeof(title), verb == KB_DO_HIDE ? _("Hide %s at once") : _("Mark %s for review"), id);
	popup_prompt(&u->popup, 0, title,
		     verb == KB_DO_HIDE ? _("Nobody finds it from now on, and who has it open sees that it must not be used. b shows it again.")
					: _("Everybody still finds it, with a mark that it is doubtful, until an editor has looked at it."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	desk_ask(u, m, why_done, id, (int64_t)verb);
	ui_ask_keep(u, m, verb == KB_DO_HIDE ? "kb-hide" : "kb-flag");
	return true;
}

// --- bringing back

bool desk_bring_back(struct ui *u, struct model *m, const char *id, enum kb_state was)
{
	if (was == KB_HIDDEN)
		return desk_approve(u, m, id);
	if (desk_do(m, &(struct kb_deed){.verb = KB_DO_RESTORE, .id = id}) && u->screen == SCREEN_KB_DESK)
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
		desk_bring_back(u, m, id, art.state);
	arena_release(&a);
	return ok;
}

bool desk_ask_back(struct ui *u, struct model *m)
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
		desk_ask(u, m, back_done, NULL, 0);
	}
	arena_release(&a);
	return true;
}

bool desk_on_state(struct ui *u, struct model *m, enum action a, const char *id)
{
	switch ((int)a) {
	case ACT_DESK_VALID: return confirm_valid(u, m, id);
	case ACT_DESK_RETIRE: return retire(u, m, id);
	case ACT_DESK_HIDE: return desk_hide_or_flag(u, m, KB_DO_HIDE, id);
	default: return false;
	}
}
