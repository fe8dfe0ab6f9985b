// SPDX-License-Identifier: MIT
// Knows what was: the versions of an article and how they differ, what stood on the screen at an instant.
#include "src/work/kb_past.h"

#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "src/work/kb_part.h"

// --- versions

void kb_versions_release(struct kb_versions *v)
{
	arena_release(&v->arena);
	arena_release(&v->diff_arena);
	*v = (struct kb_versions){0};
}

bool model_kb_versions(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_versions *v = &model_kb(m, w)->versions, new = {0};
	struct kb *kb = model_open_kb(m, e);
	struct kb_article art;

	new.id = arena_strdup(&new.arena, id);
	if (!kb || !kb_article_get(kb, id, 0, &art, &new.arena, e) || !kb_history(kb, id, &new.rows, &new.n, &new.arena, e) ||
	    !kb_log(kb, id, &new.log, &new.n_log, &new.arena, e)) {
		kb_versions_release(&new);
		return false;
	}
	new.state = art.state;
	// Read again, it keeps the difference that is looked at: versions never change.
	if (str_eq(v->id, id) && v->from) {
		new.from = v->from, new.to = v->to, new.folded = v->folded;
		new.diff = v->diff, new.n_diff = v->n_diff;
		new.diff_arena = v->diff_arena;
		v->diff_arena = (struct arena){0};
	}
	kb_versions_release(v);
	*v = new;
	m->changed = true;
	return true;
}

void model_kb_versions_close(struct model *m, struct work *w)
{
	kb_versions_release(&model_kb(m, w)->versions);
	m->changed = true;
}

// The questions with their right answers are for those who write them, not for those who are asked.
static const char *text_of(struct model *m, struct kb *kb, const char *id, int ver, struct arena *a, struct err *e)
{
	struct kb_article art;

	if (!kb_article_get(kb, id, ver, &art, a, e))
		return NULL;
	if (!user_may(m->roles, RIGHT_KB_EDIT))
		art.cur.text.quiz.n = 0;
	return kb_version_text(&art.cur.text, kb_zone(kb), a);
}

bool model_kb_difference(struct model *m, struct work *w, int from, int to, bool folded, struct err *e)
{
	struct kb_versions *v = &model_kb(m, w)->versions;
	struct kb *kb = model_open_kb(m, e);
	struct arena a = {0};
	const char *old, *new;

	if (!kb || !v->id || !(old = text_of(m, kb, v->id, from, &a, e)) || !(new = text_of(m, kb, v->id, to, &a, e))) {
		arena_release(&a);
		return false;
	}
	arena_release(&v->diff_arena);
	v->diff = kb_diff_rows(sv(old), sv(new), folded ? KB_DIFF_CONTEXT : SIZE_MAX / 4, &v->n_diff, &a);
	v->diff_arena = a;
	v->from = from;
	v->to = to;
	v->folded = folded;
	m->changed = true;
	return true;
}

// --- what was on the screen

// "KB-1@4" or, of a draft, "KB-1@d3".
static bool read_key(const char *key, struct kb_sight *out, struct arena *a)
{
	const char *mark = key ? strrchr(key, '@') : NULL;
	int64_t n;

	if (!mark)
		return false;
	out->draft = mark[1] == 'd';
	if (!parse_int(sv(mark + 1 + out->draft), 0, INT32_MAX, &n))
		return false;
	out->ver = (int)n;
	out->id = arena_strndup(a, key, (size_t)(mark - key));
	return true;
}

// Takes a number and the character after it off the front; the last number has none after it.
static bool take(const char **at, const char *after, int64_t *n)
{
	size_t len = strcspn(*at, after);
	bool ok = parse_int(sv_n(*at, len), 0, INT64_MAX / 2, n);

	*at += len + ((*at)[len] != '\0');
	return ok;
}

bool kb_sight_of(const struct kb_event *ev, struct kb_sight *out, struct arena *a)
{
	const char *at = ev->trail;
	int64_t width, height, lines;

	*out = (struct kb_sight){.agent = ev->agent_id, .contact = ev->interaction_id, .opened = strcmp(ev->type, "read") == 0,
				 .from = ev->at - ev->ms, .to = ev->at};
	if ((!out->opened && strcmp(ev->type, "preview") != 0) || str_empty(at) || !read_key(ev->article_version_id, out, a) ||
	    !take(&at, "x", &width) || !take(&at, "/", &height) || !take(&at, " ", &lines))
		return false;
	out->width = (int)width;
	out->height = (int)height;
	out->lines = (int)lines;
	out->steps = at;
	return true;
}

bool kb_sight_next(const struct kb_sight *s, const char **at, int64_t *from, int64_t *to, int *top)
{
	int64_t ms, line, next;

	if (!*at)
		*at = s->steps;
	if (!**at || !take(at, ":", &ms) || !take(at, " ", &line))
		return false;
	const char *rest = *at;
	*from = s->from + ms;
	*to = *rest && take(&rest, ":", &next) ? s->from + next : s->to;
	*top = (int)line;
	return true;
}

int kb_sight_top(const struct kb_sight *s, int64_t at)
{
	const char *step = NULL;
	int64_t from, to;
	int top, found = 0;

	while (kb_sight_next(s, &step, &from, &to, &top))
		if (from <= at)
			found = top;
	return found;
}

static bool better(const struct kb_sight *s, const struct kb_sight *than)
{
	return !than->id || (s->opened && !than->opened) || (s->opened == than->opened && s->from >= than->from);
}

bool model_kb_seen_at(struct model *m, const char *contact, int64_t at, struct kb_sight *out, struct arena *a, struct err *e)
{
	struct kb_sight s, best = {0}, before = {0};
	struct kb_events events = {0};
	bool ok = kb_event_of_contact(store_reader(m->store), contact, &events, a, e);

	for (size_t i = 0; ok && i < events.n; i++) {
		if (!kb_sight_of(&events.v[i], &s, a))
			continue;
		if (s.from <= at && at <= s.to && better(&s, &best))
			best = s;
		if (s.to < at && (!before.id || s.to >= before.to))
			before = s;
	}
	vec_release(&events);
	*out = best;
	if (!ok || best.id)
		return ok;
	if (!before.id)
		return err_set(e, ERR_NOT_FOUND, _("No article was on the screen by then."));
	char until[16];
	clock_format(m->zone, before.to, "%H:%M:%S", until, sizeof(until));
	return err_set(e, ERR_NOT_FOUND, _("No article was on the screen then; the last one was %s v%d until %s."), before.id, before.ver, until);
}
