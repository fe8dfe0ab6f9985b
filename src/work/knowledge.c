// SPDX-License-Identifier: MIT
// Knows the knowledge pane of a contact: the query, what it found, what was opened or previewed.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/work/kb_part.h"

struct kb *model_open_kb(struct model *m, struct err *e)
{
	char *path;

	if (!work_kb_answers(m, e))
		return NULL;
	if (m->kb)
		return m->kb;
	if (m->kb_is_away) {
		err_set(e, ERR_CONFLICT, _("The knowledge base is being renewed from the hub; try again in a moment."));
		return NULL;
	}
	path = path_join(store_dir(m->store), "kb.db");
	if (!kb_open(&m->kb, path, KB_READ, m->clock, m->zone, e))
		m->kb = NULL;
	else
		work_kb_look_after(m, m->kb);
	free(path);
	return m->kb;
}

void model_kb_away(struct model *m, bool away)
{
	kb_close(m->kb);
	m->kb = NULL;
	m->kb_change = 0;
	m->kb_is_away = away;
	m->changed = true;
	if (!away)
		kb_reread(m);
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
	kb_versions_release(&v->versions);
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

int kb_row_of(const struct kb_view *v, const char *id)
{
	for (size_t i = 0; id && i < v->results.n; i++)
		if (strcmp(v->results.v[i].id, id) == 0)
			return (int)i;
	return -1;
}

// While a query is typed only rows that can be seen need a snippet; the full search that ends the typing gives all of them one.
enum { TYPING_SNIPPETS = 24 };

// Why stale rows are stale, for as many as an agent looks at. Once the typing is over: a keystroke has no time for it.
static void look_up_doubts(struct kb *kb, struct kb_view *v)
{
	enum { ROWS = 24 };
	struct kb_article art;

	v->doubts = arena_array(&v->arena, const char *, v->results.n + 1);
	for (size_t i = 0; i < v->results.n; i++) {
		v->doubts[i] = NULL;
		if (i < ROWS && v->results.v[i].state == KB_STALE && kb_article_get(kb, v->results.v[i].id, 0, &art, &v->arena, NULL))
			v->doubts[i] = kb_stale_words(&art, &v->arena);
	}
}

static void search(struct model *m, struct work *w, enum kb_effort effort)
{
	struct kb_view *v = model_kb(m, w);
	const char *category = w && v->narrow ? w->contact->category : NULL, *text = v->query;
	const struct script_node *step = kb_step_of(w);
	const struct kb_list named = step ? (struct kb_list){(const char **)(uintptr_t)step->articles.v, step->articles.n} : (struct kb_list){0};
	struct kb *kb;

	arena_clear(&v->arena);
	v->results = (struct kb_results){0};
	v->doubts = NULL;
	v->failed = false;
	v->searched = true;
	v->full_at = 0;
	v->step = step;
	kb = model_open_kb(m, &v->why);
	v->change = kb ? kb_change(kb) : 0;
	// Nothing asked yet: what there is for the category of the contact.
	if (str_empty(text) && category)
		text = arena_printf(&v->arena, "category:%s", category);
	if (!kb || !kb_search(kb,
			      &(struct kb_query){.text = text, .limit = (size_t)m->config->kb_results, .effort = effort,
						 .category = category, .step = step ? &named : NULL, .snippets = effort == KB_KEYSTROKE ? TYPING_SNIPPETS : 0},
			      &v->results, &v->arena, &v->why))
		v->failed = true;
	if (v->failed && m->faults & FAULT_KB_SLOW)
		v->full_at = m->slow_until[1]; // then it is asked again
	if (effort == KB_KEYSTROKE && !v->failed)
		kb_plan_full(m, v);
	else if (!v->failed)
		look_up_doubts(kb, v);
	// What the agent has chosen stays selected while results refresh; if it is gone, the best one is.
	if (!v->chosen || kb_row_of(v, v->selected) < 0)
		set(&v->selected, v->results.n ? v->results.v[0].id : NULL);
	m->changed = true;
}

void model_kb_query(struct model *m, struct work *w, const char *text, bool full)
{
	struct kb_view *v = model_kb(m, w);

	if (!str_eq(v->query, text)) {
		v->concluded = false;
		set(&v->query, text);
		v->chosen = false;
	}
	search(m, w, full ? KB_FULL : KB_KEYSTROKE);
}

void model_kb_refresh(struct model *m, struct work *w)
{
	struct kb_view *v = model_kb(m, w);

	// What is beside the list may have changed with it.
	set(&v->preview_id, NULL);
	search(m, w, KB_FULL);
	model_kb_preview(m, w);
}

void model_kb_choose(struct model *m, struct work *w)
{
	model_kb(m, w)->chosen = true;
}

void model_kb_narrow(struct model *m, struct work *w, bool narrow)
{
	model_kb(m, w)->narrow = narrow;
	search(m, w, KB_FULL);
}

void model_kb_select(struct model *m, struct work *w, int delta)
{
	struct kb_view *v = model_kb(m, w);
	int row = kb_row_of(v, v->selected), n = (int)v->results.n;

	if (!n)
		return;
	row = (row < 0 ? 0 : row) + delta;
	v->chosen = true;
	set(&v->selected, v->results.v[row < 0 ? 0 : row >= n ? n - 1 : row].id);
	m->changed = true;
}

bool kb_log_search(struct model *m, struct work *w, struct commit *c, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct event ev;

	if (str_empty(v->query) || str_eq(v->query, v->logged))
		return true;
	set(&v->logged, v->query);
	// What is merely nearest was not found: such a query counts among the uncovered ones.
	commit_kb_event(c, m, w, "search", v->query, v->results.nothing_found ? 0 : (int)v->results.n, -1, NULL);
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

	if (!kb_log_search(m, w, c, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
	commit_submit(m, c);
}

// ver 0: the current version.
static bool read_article(struct model *m, struct kb_view *v, const char *id, int ver, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);
	struct arena old = v->article_arena;
	struct kb_article art;
	char copy[80];

	snprintf(copy, sizeof(copy), "%s", id); // id may stand in what is replaced
	v->article_arena = (struct arena){0};
	if (!kb || !kb_article_get(kb, copy, ver, &art, &v->article_arena, e)) {
		arena_release(&v->article_arena);
		v->article_arena = old;
		return false;
	}
	arena_release(&old);
	v->article = art;
	v->fate = (struct kb_fate){.successor = "", .successor_title = ""};
	if (art.state == KB_ARCHIVED && !kb_fate_of(kb, copy, &v->fate, &v->article_arena, NULL))
		v->fate = (struct kb_fate){.successor = art.replaced_by, .successor_title = ""};
	v->open_ver = art.cur.ver;
	set(&v->open_id, art.cur.text.id);
	return true;
}

static struct kb_viewer viewer(const struct model *m)
{
	return (struct kb_viewer){m->agent_id, m->roles, m->config->kb_share_drafts};
}

static bool read_draft(struct model *m, struct kb_view *v, const char *id, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);
	const struct kb_viewer who = viewer(m);
	struct arena a = {0};
	struct kb_next d;

	if (!kb || !kb_drafts_get(kb, id, &who, &d, &a, e)) {
		arena_release(&a);
		return false;
	}
	arena_release(&v->article_arena);
	v->article_arena = a;
	v->draft = d;
	v->fate = (struct kb_fate){.successor = "", .successor_title = ""};
	v->open_ver = 0;
	v->article = (struct kb_article){.state = d.state, .latest = d.current, .replaced_by = "", .stale_why = "",
					 .cur = {.text = d.text, .published_at = d.updated_at}};
	v->article.cur.text.id = d.id;
	v->article.cur.text.author = d.author;
	v->article.cur.text.approver = "";
	v->article.cur.text.note = d.note;
	kb_talk_track(sv(d.text.body), &v->article.cur.say, &v->article.cur.dont, &v->article_arena);
	set(&v->open_id, d.id);
	return true;
}

static bool log_open(struct model *m, struct work *w, int row, const char *key, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct commit *c = commit_new(m, "kb.open");
	bool ok = kb_log_search(m, w, c, e);

	if (row >= 0)
		commit_kb_concluded(c, m, w, v->open_id);
	// Reading in a past contact is of today, not of that contact.
	commit_kb_event(c, m, w && !w->read_only ? w : NULL, "open", NULL, 0, row, key);
	if (ok && w && !w->read_only && v->open_ver) {
		struct event ev = work_event(m, w, EV_KB_OPEN);
		event_put(&ev, "id", v->open_id);
		event_put_int(&ev, "ver", v->open_ver);
		event_put_int(&ev, "rank", row + 1);
		ok = work_emit(m, w, &ev, false, NULL, c, e);
	}
	commit_submit(m, c);
	return ok;
}

bool model_kb_open_version(struct model *m, struct work *w, const char *id, int ver, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	int row = ver ? -1 : kb_row_of(v, id);
	char key[96];

	if (!read_article(m, v, id, ver, e)) {
		set(&v->open_id, NULL);
		return false;
	}
	if (row >= 0) {
		set(&v->selected, v->open_id);
		v->chosen = true;
	}
	v->open_mono = clock_mono(m->clock);
	v->history = v->article.cur.ver != v->article.latest;
	v->read_to_end = false;
	m->changed = true;
	kb_version_key(key, v->open_id, v->open_ver);
	return log_open(m, w, row, key, e);
}

bool model_kb_open(struct model *m, struct work *w, const char *id, struct err *e)
{
	return model_kb_open_version(m, w, id, 0, e);
}

bool model_kb_open_draft(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	char key[96];

	if (!read_draft(m, v, id, e))
		return false;
	v->open_mono = clock_mono(m->clock);
	v->history = v->read_to_end = false;
	m->changed = true;
	snprintf(key, sizeof(key), "%s@d%d", v->open_id, v->draft.rev);
	return log_open(m, w, -1, key, e);
}

static void reread(struct model *m, struct work *w)
{
	struct kb_view *v = model_kb(m, w);
	char id[80];

	if (v->versions.id) {
		snprintf(id, sizeof(id), "%s", v->versions.id);
		if (!model_kb_versions(m, w, id, NULL))
			kb_versions_release(&v->versions);
	}
	if (!v->open_id)
		return;
	snprintf(id, sizeof(id), "%s", v->open_id);
	// A draft that was published meanwhile has become the article.
	if (v->open_ver == 0 && !read_draft(m, v, id, NULL) && !read_article(m, v, id, 0, NULL))
		set(&v->open_id, NULL);
	else if (v->open_ver && !read_article(m, v, id, v->open_ver, NULL))
		set(&v->open_id, NULL);
}

void kb_reread(struct model *m)
{
	reread(m, NULL);
	for (size_t i = 0; i < m->works.n; i++)
		reread(m, m->works.v[i]);
	m->changed = true;
}

void model_kb_preview(struct model *m, struct work *w)
{
	struct kb_view *v = model_kb(m, w);
	const char *id = v->results.n && kb_row_of(v, v->selected) >= 0 ? v->selected : NULL;
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
