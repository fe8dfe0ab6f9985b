// SPDX-License-Identifier: MIT
// Knows how an article serves a contact: cited in the version that was read, its talk track put before the agent.
#include "src/base/i18n.h"
#include "src/work/kb_part.h"

bool kb_need_contact(const struct work *w, struct err *e)
{
	if (!w)
		return err_set(e, ERR_DENIED, _("There is no contact to note this on; the article can only be read now."));
	return true;
}

// The version the agent has before the eyes: the open one, else the current one.
static bool seen(struct model *m, struct work *w, const char *id, struct kb_article *art, struct arena *a, struct err *e)
{
	const struct kb_view *v = model_kb(m, w);
	struct kb *kb = model_open_kb(m, e);
	bool open = str_eq(v->open_id, id);

	if (open && !v->open_ver)
		return err_set(e, ERR_DENIED, _("This is a draft nobody has validated: it cannot be cited."));
	if (!kb || !kb_article_get(kb, id, open ? v->open_ver : 0, art, a, e))
		return false;
	if (art->state != KB_PUBLISHED && art->state != KB_STALE)
		return err_set(e, ERR_DENIED, _("%s is %s: it is shown for the record only."), id, kb_state_label(art->state));
	// The version before the eyes counts, also when a new one was published a moment ago; one opened as history does not.
	return !open || !v->history ||
	       err_set(e, ERR_DENIED, _("This is version %d of %s as it was: open the current version %d to use it."), art->cur.ver, id, art->latest);
}

bool model_kb_cite(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct arena a = {0};
	struct kb_article art;
	struct commit *c;
	struct event ev;
	char key[96];
	bool ok;

	if (!kb_need_contact(w, e) || !seen(m, w, id, &art, &a, e)) {
		arena_release(&a);
		return false;
	}
	c = commit_new(m, "kb.cite");
	ok = kb_log_search(m, w, c, e);
	commit_kb_concluded(c, m, w, id);
	kb_version_key(key, id, art.cur.ver);
	commit_kb_event(c, m, w, "cite", NULL, 0, kb_row_of(&w->kb, id), key);
	ev = work_event(m, w, EV_KB_CITE);
	event_put(&ev, "id", id);
	event_put_int(&ev, "ver", art.cur.ver);
	event_put(&ev, "title", art.cur.text.title);
	ok = work_emit(m, w, &ev, false, NULL, c, e) && ok;
	if (ok)
		commit_submit(m, c);
	else
		commit_abandon(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, _("Cited %s v%d."), id, art.cur.ver);
	arena_release(&a);
	return ok;
}

bool model_kb_talk(struct model *m, struct work *w, const char *id, char **reply, struct err *e)
{
	struct arena a = {0};
	struct kb_article art;
	struct str text = {0};
	struct event ev;
	bool ok = true;

	*reply = NULL;
	if (!kb_need_contact(w, e) || !seen(m, w, id, &art, &a, e)) {
		arena_release(&a);
		return false;
	}
	for (size_t i = 0; i < art.cur.say.n; i++)
		str_addf(&text, "%s%s", i ? "\n" : "", art.cur.say.v[i]);
	if (!text.n) {
		ok = err_set(e, ERR_NOT_FOUND, _("%s has no talk track."), id);
	} else if (w->contact->channel == CHANNEL_CHAT) {
		*reply = xstrdup(str_z(&text));
	} else {
		ev = work_event(m, w, EV_KB_PIN);
		event_put(&ev, "id", id);
		event_put(&ev, "text", str_z(&text));
		ok = work_emit(m, w, &ev, false, NULL, NULL, e);
	}
	str_release(&text);
	arena_release(&a);
	return ok;
}

bool model_kb_unpin(struct model *m, struct work *w, struct err *e)
{
	struct event ev;

	if (!w || !w->contact->pin_text)
		return err_set(e, ERR_NOT_FOUND, _("No talk track is pinned."));
	ev = work_event(m, w, EV_KB_PIN);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}
