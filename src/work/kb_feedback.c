// SPDX-License-Identifier: MIT
// Knows what agents give back to the knowledge base: votes, uncovered cases, suggestions, "still valid", or why none.
#include "kb/fold.h"
#include "src/base/i18n.h"
#include "src/work/kb_part.h"

// The version that is before the eyes, or stands in the list.
static void version_before_the_eyes(struct model *m, struct work *w, const char *id, char out[96])
{
	const struct kb_view *v = model_kb(m, w);
	int row = kb_row_of(v, id), ver = str_eq(v->open_id, id) ? v->open_ver : row >= 0 ? v->results.v[row].ver : 0;

	if (ver)
		kb_version_key(out, id, ver);
	else
		snprintf(out, 96, "%s", id);
}

bool model_kb_vote(struct model *m, struct work *w, const char *id, bool up, struct err *e)
{
	struct kb_deed deed = work_deed(m, up ? KB_DO_VOTE_UP : KB_DO_VOTE_DOWN, id);
	struct kb *kb = model_open_kb(m, e);
	struct commit *c;
	char key[96];
	bool ok = true;

	if (!kb || !kb_may(kb, &deed, e))
		return false;
	c = commit_new(m, "kb.vote");
	version_before_the_eyes(m, w, id, key);
	commit_kb_event(c, m, w, up ? "vote_up" : "vote_down", NULL, 0, -1, key);
	commit_kb_deed(c, m, &deed);
	if (w && !w->read_only) {
		struct event ev = work_event(m, w, EV_KB_VOTE);
		event_put(&ev, "id", id);
		event_put(&ev, "vote", up ? "1" : "-1");
		ok = work_emit(m, w, &ev, false, NULL, c, e);
	}
	commit_submit(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, up ? _("%s marked as helpful.") : _("%s marked as not helpful."), id);
	return ok;
}

// The update of a contact that domain.md §9.5 (b) asks for.
static bool note_update(struct model *m, struct work *w, enum kb_update kind, const char *id, const char *text, struct commit *c,
			struct err *e)
{
	struct event ev;

	if (!w || w->read_only)
		return true;
	ev = work_event(m, w, EV_KB_UPDATE);
	event_put(&ev, "kind", kb_update_code(kind));
	event_put(&ev, "id", id);
	event_put(&ev, "text", text);
	return work_emit(m, w, &ev, false, NULL, c, e);
}

bool model_kb_gap(struct model *m, struct work *w, const char *description, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	const char *query = !str_empty(v->query) ? v->query : w && w->contact->restate ? w->contact->restate : description;
	struct str folded = {0};
	struct kb_deed deed;
	struct commit *c;
	bool ok;

	// Signs alone fold to nothing: nobody could find such a gap again.
	kb_fold(&folded, sv(query));
	bool empty = !folded.n;
	str_release(&folded);
	if (empty)
		return err_set(e, ERR_USAGE, _("Type what the customer asked into the query first, then report it as uncovered."));
	c = commit_new(m, "kb.gap");
	ok = kb_log_search(m, w, c, e);
	commit_kb_concluded(c, m, w, NULL);
	commit_kb_event(c, m, w, "gap", query, (int)v->results.n, -1, NULL);
	deed = work_deed(m, KB_DO_GAP_REPORT, NULL);
	deed.query = query;
	deed.note = description;
	deed.category = w ? w->contact->category : NULL;
	deed.interaction = w ? w->contact->id : NULL;
	char *material = w ? work_case_text(m, w) : NULL;
	deed.material = material;
	commit_kb_deed(c, m, &deed);
	free(material);
	ok = note_update(m, w, KB_UPDATE_GAP, NULL, query, c, e) && ok;
	commit_submit(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, _("Reported as uncovered: %s"), query);
	return ok;
}

bool model_kb_suggest(struct model *m, struct work *w, const char *id, const char *text, struct err *e)
{
	struct commit *c;
	bool ok;

	if (str_empty(text))
		return err_set(e, ERR_USAGE, _("Write what should be changed in the article."));
	c = commit_new(m, "kb.suggest");
	commit_kb_event(c, m, w, "suggest", text, 0, -1, id);
	ok = note_update(m, w, KB_UPDATE_SUGGEST, id, text, c, e);
	char *swept = work_redacted(text);
	json_t *body = json_pack("{s:s, s:s}", "article", id, "text", swept);
	commit_outbox(c, m, "kb.suggest", "article", id, "kb/all", body);
	json_decref(body);
	free(swept);
	commit_submit(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, _("Suggestion for %s noted."), id);
	return ok;
}

// An agent reports that it still holds; an editor's word settles what made it doubtful (§4.8 confirm_valid).
static void commit_confirmation(struct commit *c, struct model *m, const char *id, int ver)
{
	struct kb_deed deed = work_deed(m, KB_DO_CONFIRM, id);
	struct kb *kb = model_open_kb(m, NULL);

	if (kb && kb_may(kb, &deed, NULL)) {
		commit_kb_deed(c, m, &deed);
		commit_after(c, kb_after_deed);
		return;
	}
	json_t *body = json_pack("{s:s, s:i}", "article", id, "version", ver);
	commit_outbox(c, m, "kb.confirm_valid", "article", id, "kb/all", body);
	json_decref(body);
}

bool model_kb_valid(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct commit *c;
	char key[96];
	bool ok;

	if (!str_eq(v->open_id, id) || clock_mono(m->clock) - v->open_mono < KB_VALID_OPEN_MS)
		return err_set(e, ERR_DENIED, _("Read the article for at least five seconds before you confirm it."));
	if (!v->open_ver)
		return err_set(e, ERR_DENIED, _("This is a draft nobody has validated: approve it instead."));
	c = commit_new(m, "kb.valid");
	version_before_the_eyes(m, w, id, key);
	commit_kb_event(c, m, w, "confirm_valid", NULL, 0, -1, key);
	ok = note_update(m, w, KB_UPDATE_VALID, id, NULL, c, e);
	commit_confirmation(c, m, id, v->open_ver);
	commit_submit(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, _("%s confirmed as still valid."), id);
	return ok;
}

bool model_kb_skip(struct model *m, struct work *w, enum kb_skip why, struct err *e)
{
	struct event ev;

	if (!kb_need_contact(w, e))
		return false;
	ev = work_event(m, w, EV_KB_UPDATE);
	event_put(&ev, "reason", kb_skip_code(why));
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}
