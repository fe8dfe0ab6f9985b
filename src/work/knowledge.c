// SPDX-License-Identifier: MIT
// Knows the knowledge pane of a contact: the query, what it found, what was opened, cited, pinned, missed.
#include "kb/fold.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/work/internal.h"

struct kb *model_open_kb(struct model *m, struct err *e)
{
	char *path;

	if (m->kb)
		return m->kb;
	path = path_join(store_dir(m->store), "kb.db");
	if (!kb_open(&m->kb, path, KB_READ, m->clock, m->zone, e))
		m->kb = NULL;
	free(path);
	return m->kb;
}

void kb_view_release(struct kb_view *v)
{
	free(v->query);
	free(v->selected);
	free(v->open_id);
	free(v->logged);
	free(v->preview_id);
	arena_release(&v->preview_arena);
	arena_release(&v->arena);
	arena_release(&v->article_arena);
	*v = (struct kb_view){0};
}

struct kb_view *model_kb(struct model *m, struct work *w)
{
	return w ? &w->kb : &m->desk_kb;
}

static void set(char **slot, const char *value)
{
	char *new = value ? xstrdup(value) : NULL;

	free(*slot);
	*slot = new;
}

static int row_of(const struct kb_view *v, const char *id)
{
	for (size_t i = 0; id && i < v->results.n; i++)
		if (strcmp(v->results.v[i].id, id) == 0)
			return (int)i;
	return -1;
}

// While a query is typed only rows that can be seen need a snippet; the full search that ends the typing gives all of them one.
enum { TYPING_SNIPPETS = 24 };

static void search(struct model *m, struct work *w, enum kb_effort effort)
{
	struct kb_view *v = model_kb(m, w);
	const char *category = w && v->narrow ? w->contact->category : NULL, *text = v->query;
	struct kb *kb;

	arena_clear(&v->arena);
	v->results = (struct kb_results){0};
	v->failed = false;
	kb = model_open_kb(m, &v->why);
	// Nothing asked yet: what there is for the category of the contact.
	if (str_empty(text) && category)
		text = arena_printf(&v->arena, "category:%s", category);
	if (!kb || !kb_search(kb,
			      &(struct kb_query){.text = text, .limit = (size_t)m->config->kb_results, .effort = effort,
						 .category = category, .snippets = effort == KB_KEYSTROKE ? TYPING_SNIPPETS : 0},
			      &v->results, &v->arena, &v->why))
		v->failed = true;
	// The selected row stays selected while results refresh; if it is gone, the best one is.
	if (row_of(v, v->selected) < 0)
		set(&v->selected, v->results.n ? v->results.v[0].id : NULL);
	m->changed = true;
}

void model_kb_query(struct model *m, struct work *w, const char *text, bool full)
{
	struct kb_view *v = model_kb(m, w);

	if (v->query != text)
		set(&v->query, text);
	// A new query begins at its best row; a refresh of the same one keeps the place.
	set(&v->selected, NULL);
	search(m, w, full ? KB_FULL : KB_KEYSTROKE);
}

void model_kb_narrow(struct model *m, struct work *w, bool narrow)
{
	model_kb(m, w)->narrow = narrow;
	search(m, w, KB_FULL);
}

void model_kb_select(struct model *m, struct work *w, int delta)
{
	struct kb_view *v = model_kb(m, w);
	int row = row_of(v, v->selected), n = (int)v->results.n;

	if (!n)
		return;
	row = (row < 0 ? 0 : row) + delta;
	set(&v->selected, v->results.v[row < 0 ? 0 : row >= n ? n - 1 : row].id);
	m->changed = true;
}

// A search counts once it led somewhere: it is logged when a result is opened, cited or missed, not at every key.
static bool log_search(struct model *m, struct work *w, struct commit *c, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct event ev;

	if (str_empty(v->query) || str_eq(v->query, v->logged))
		return true;
	set(&v->logged, v->query);
	commit_kb_event(c, m, w, "search", v->query, (int)v->results.n, -1, NULL);
	if (!w || w->read_only)
		return true;
	ev = work_event(m, w, EV_KB_SEARCH);
	event_put(&ev, "q", v->query);
	event_put_int(&ev, "n", v->results.nothing_found ? 0 : (int64_t)v->results.n);
	return work_emit(m, w, &ev, false, NULL, c, e);
}

void model_kb_searched(struct model *m, struct work *w)
{
	struct commit *c = commit_new(m, "kb.search");
	struct err e = {0};

	if (!log_search(m, w, c, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
	commit_submit(m, c);
}

static void version_key(char out[96], const char *id, int ver)
{
	snprintf(out, 96, "%s@%d", id, ver);
}

bool model_kb_open(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct kb *kb = model_open_kb(m, e);
	struct kb_article art;
	struct commit *c;
	char key[96];
	bool ok = true;
	int row = row_of(v, id);

	if (!kb)
		return false;
	arena_clear(&v->article_arena);
	if (!kb_article_get(kb, id, 0, &art, &v->article_arena, e)) {
		set(&v->open_id, NULL);
		return false;
	}
	v->article = art;
	set(&v->open_id, id);
	if (row >= 0)
		set(&v->selected, id);
	v->open_ver = art.cur.ver;
	v->open_mono = clock_mono(m->clock);
	c = commit_new(m, "kb.open");
	version_key(key, id, art.cur.ver);
	ok = log_search(m, w, c, e);
	commit_kb_event(c, m, w, "open", NULL, 0, row, key);
	if (ok && w && !w->read_only) {
		struct event ev = work_event(m, w, EV_KB_OPEN);
		event_put(&ev, "id", id);
		event_put_int(&ev, "ver", art.cur.ver);
		event_put_int(&ev, "rank", row + 1);
		ok = work_emit(m, w, &ev, false, NULL, c, e);
	}
	commit_submit(m, c);
	m->changed = true;
	return ok;
}

void model_kb_preview(struct model *m, struct work *w)
{
	struct kb_view *v = model_kb(m, w);
	const char *id = v->results.n && row_of(v, v->selected) >= 0 ? v->selected : NULL;
	struct kb *kb;

	if (id ? str_eq(id, v->preview_id) : !v->preview_id)
		return;
	set(&v->preview_id, NULL);
	arena_clear(&v->preview_arena);
	kb = id ? model_open_kb(m, NULL) : NULL;
	if (kb && kb_article_get(kb, id, 0, &v->preview, &v->preview_arena, NULL))
		set(&v->preview_id, id);
}

void model_kb_close(struct model *m, struct work *w)
{
	set(&model_kb(m, w)->open_id, NULL);
	m->changed = true;
}

static bool need_contact(const struct work *w, struct err *e)
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

	return kb && kb_article_get(kb, id, str_eq(v->open_id, id) ? v->open_ver : 0, art, a, e);
}

bool model_kb_cite(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct arena a = {0};
	struct kb_article art;
	struct commit *c;
	struct event ev;
	char key[96];
	bool ok;

	if (!need_contact(w, e) || !seen(m, w, id, &art, &a, e)) {
		arena_release(&a);
		return false;
	}
	c = commit_new(m, "kb.cite");
	ok = log_search(m, w, c, e);
	version_key(key, id, art.cur.ver);
	commit_kb_event(c, m, w, "cite", NULL, 0, row_of(&w->kb, id), key);
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
	if (!need_contact(w, e) || !seen(m, w, id, &art, &a, e)) {
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

// Votes and gaps belong to the knowledge base as well; its file has one writer, which runs in the store thread's job.
struct kb_write {
	char *path, *zone, *id, *query, *description, *category, *interaction, *agent;
	struct clock clock;
	enum { WRITE_VOTE_UP, WRITE_VOTE_DOWN, WRITE_GAP, WRITE_VALID, WRITE_USE } what;
};

static void drop_write(void *arg)
{
	struct kb_write *p = arg;

	free(p->path);
	free(p->zone);
	free(p->id);
	free(p->query);
	free(p->description);
	free(p->category);
	free(p->interaction);
	free(p->agent);
	free(p);
}

static bool run_write(struct db *db, void *arg, struct err *e)
{
	struct kb_write *p = arg;
	struct kb *kb;
	bool ok;

	(void)db;
	if (!kb_open(&kb, p->path, KB_WRITE, &p->clock, p->zone, e))
		return false;
	switch (p->what) {
	case WRITE_VOTE_UP: ok = kb_vote(kb, p->id, true, e); break;
	case WRITE_VOTE_DOWN: ok = kb_vote(kb, p->id, false, e); break;
	case WRITE_GAP: ok = kb_gap_record(kb, p->query, p->description, p->category, p->interaction, p->agent, e); break;
	case WRITE_VALID: ok = kb_confirm_valid(kb, p->id, 0, e); break;
	case WRITE_USE: ok = kb_count_use(kb, p->id, e); break;
	default: ok = false; break;
	}
	kb_close(kb);
	return ok;
}

static char *dup(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void commit_kb_write(struct commit *c, struct model *m, struct work *w, int what, const char *id, const char *query,
			    const char *description)
{
	struct kb_write *p = xcalloc(1, sizeof(*p));

	p->path = path_join(store_dir(m->store), "kb.db");
	p->zone = dup(m->zone);
	p->id = dup(id);
	p->query = work_redacted(query);
	p->description = work_redacted(description);
	p->category = dup(w ? w->contact->category : NULL);
	p->interaction = dup(w ? w->contact->id : NULL);
	p->agent = dup(m->agent_id);
	p->clock = *m->clock;
	p->what = what;
	commit_part(c, run_write, p, drop_write);
}

bool model_kb_vote(struct model *m, struct work *w, const char *id, bool up, struct err *e)
{
	struct commit *c = commit_new(m, "kb.vote");
	bool ok = true;

	commit_kb_event(c, m, w, up ? "vote_up" : "vote_down", NULL, 0, -1, id);
	commit_kb_write(c, m, w, up ? WRITE_VOTE_UP : WRITE_VOTE_DOWN, id, NULL, NULL);
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
	struct commit *c;
	bool ok;

	// Signs alone fold to nothing: nobody could find such a gap again.
	kb_fold(&folded, sv(query));
	bool empty = !folded.n;
	str_release(&folded);
	if (empty)
		return err_set(e, ERR_USAGE, _("Type what the customer asked into the query first, then report it as uncovered."));
	c = commit_new(m, "kb.gap");
	ok = log_search(m, w, c, e);
	commit_kb_event(c, m, w, "gap", query, (int)v->results.n, -1, NULL);
	commit_kb_write(c, m, w, WRITE_GAP, NULL, query, description);
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

bool model_kb_valid(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct commit *c;
	bool ok;

	if (!str_eq(v->open_id, id) || clock_mono(m->clock) - v->open_mono < KB_VALID_OPEN_MS)
		return err_set(e, ERR_DENIED, _("Read the article for at least five seconds before you confirm it."));
	c = commit_new(m, "kb.valid");
	commit_kb_event(c, m, w, "confirm_valid", NULL, 0, -1, id);
	ok = note_update(m, w, KB_UPDATE_VALID, id, NULL, c, e);
	json_t *body = json_pack("{s:s, s:i}", "article", id, "version", v->open_ver);
	commit_outbox(c, m, "kb.confirm_valid", "article", id, "kb/all", body);
	json_decref(body);
	commit_submit(m, c);
	if (ok)
		model_say_note(m, NOTE_INFO, _("%s confirmed as still valid."), id);
	return ok;
}

bool model_kb_skip(struct model *m, struct work *w, enum kb_skip why, struct err *e)
{
	struct event ev;

	if (!need_contact(w, e))
		return false;
	ev = work_event(m, w, EV_KB_UPDATE);
	event_put(&ev, "reason", kb_skip_code(why));
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}
