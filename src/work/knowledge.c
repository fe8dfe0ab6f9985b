// SPDX-License-Identifier: MIT
// Knows the knowledge pane of a contact: the query, what it found, what was opened or previewed.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/work/kb_part.h"

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

int kb_row_of(const struct kb_view *v, const char *id)
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
	if (kb_row_of(v, v->selected) < 0)
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
	int row = kb_row_of(v, v->selected), n = (int)v->results.n;

	if (!n)
		return;
	row = (row < 0 ? 0 : row) + delta;
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

	if (!kb_log_search(m, w, c, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
	commit_submit(m, c);
}

void kb_version_key(char out[96], const char *id, int ver)
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
	int row = kb_row_of(v, id);

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
	kb_version_key(key, id, art.cur.ver);
	ok = kb_log_search(m, w, c, e);
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
