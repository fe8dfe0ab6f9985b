// SPDX-License-Identifier: MIT
// Knows when results are read again although nobody typed: a pause, another step of the script, a base that has changed.
#include "src/work/kb_part.h"

// How long nobody types until the search looks further than a keystroke may.
enum { PAUSE_MS = 300 };

// The step of the script, if it names articles: they come first.
const struct script_node *kb_step_of(const struct work *w)
{
	const struct script_node *n = w && !w->read_only ? script_run_node(&w->contact->run) : NULL;

	return n && n->kind == NODE_KB && n->articles.n ? n : NULL;
}

void kb_plan_full(struct model *m, struct kb_view *v)
{
	v->full_at = clock_mono(m->clock) + PAUSE_MS;
}

// Has anything been searched for here at all?
static bool in_use(const struct kb_view *v)
{
	return v->searched;
}

// Of the pane in front: the others are looked at when they come forward.
void kb_tick(struct model *m)
{
	struct work *w = model_work(m);
	struct kb_view *v = model_kb(m, w);

	int64_t now = m->kb ? kb_change(m->kb) : 0;

	// What is being read says at once that it was withdrawn, or that there is a newer version.
	if (m->kb_change && now != m->kb_change)
		kb_reread(m);
	m->kb_change = now;
	if (!in_use(v))
		return;
	if (!v->full_at && (v->change != m->kb_change || v->step != kb_step_of(w)))
		kb_plan_full(m, v);
	if (v->full_at && clock_mono(m->clock) >= v->full_at)
		model_kb_refresh(m, w);
}

int64_t kb_next_ms(const struct model *m)
{
	const struct work *w = model_work(m);
	const struct kb_view *v = w ? &w->kb : &m->desk_kb;
	int64_t left = v->full_at - clock_mono(m->clock);

	return !v->full_at ? -1 : left < 0 ? 0 : left;
}

static void read_fates(struct model *m, struct work *w)
{
	struct kb *kb = model_open_kb(m, NULL);
	size_t n = w->contact->cites.n;

	arena_clear(&w->cited_arena);
	w->cited = arena_array(&w->cited_arena, struct kb_cited, n + 1);
	for (size_t i = 0; i < n; i++) {
		w->cited[i] = (struct kb_cited){0};
		w->cited[i].known = kb && kb_fate_of(kb, w->contact->cites.v[i].id, &w->cited[i].fate, &w->cited_arena, NULL);
	}
	w->n_cited = n;
	w->cited_change = m->kb_change;
	m->changed = true;
}

void model_kb_cited(struct model *m, struct work *w)
{
	if (w->n_cited != w->contact->cites.n || (w->n_cited && w->cited_change != m->kb_change))
		read_fates(m, w);
}
