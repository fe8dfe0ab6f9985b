// SPDX-License-Identifier: MIT
// Knows which article stands before the agent's eyes, from when to when and which of its lines: the answer to "which text did
// the agent see at 10:32". Written once, when the text leaves the screen.
#include "src/work/kb_part.h"

enum {
	GLANCE_MS = 1000,   // a preview passed over in less was not read
	SETTLE_MS = 300,    // a place scrolled past in less was not read either
	TRAIL_STEPS = 300,
};

void kb_version_key(char out[96], const char *id, int ver)
{
	snprintf(out, 96, "%s@%d", id, ver);
}

static void key_of(char out[96], const struct kb_on_screen *s)
{
	if (s->draft)
		snprintf(out, 96, "%s@d%d", s->id, s->ver);
	else
		kb_version_key(out, s->id, s->ver);
}

static void leave(struct model *m)
{
	struct kb_shown *now = &m->shown;
	int64_t ms = clock_mono(m->clock) - now->since;
	char key[96];

	if (!now->s.id[0])
		return;
	if (now->s.opened || ms >= GLANCE_MS) {
		struct commit *c = commit_new(m, "kb.read");
		commit_quiet(c);
		key_of(key, &now->s);
		commit_kb_read(c, m, now->s.opened ? "read" : "preview", now->contact, key, clock_wall(m->clock), ms, str_z(&now->trail));
		commit_submit(m, c);
	}
	str_release(&now->trail);
	*now = (struct kb_shown){0};
}

static void step(struct kb_shown *now, int64_t t, int top)
{
	// The last place counts once it stood still for a moment; before that the new one takes its place.
	if (now->steps && (t - now->step_at < SETTLE_MS || now->steps >= TRAIL_STEPS)) {
		now->trail.n = now->step_from;
		now->trail.s[now->trail.n] = '\0';
		t = now->step_at;
		now->steps--;
	}
	now->step_from = now->trail.n;
	now->step_at = t;
	now->top = top;
	now->steps++;
	str_addf(&now->trail, " %lld:%d", (long long)t, top);
}

static bool same_place(const struct kb_on_screen *a, const struct kb_on_screen *b)
{
	return strcmp(a->id, b->id) == 0 && a->ver == b->ver && a->draft == b->draft && a->opened == b->opened && a->width == b->width &&
	       a->height == b->height && a->lines == b->lines;
}

void model_kb_on_screen(struct model *m, struct work *w, const struct kb_on_screen *s)
{
	struct kb_shown *now = &m->shown;
	struct kb_view *v = model_kb(m, w);
	const char *contact = w && !w->read_only ? w->contact->id : ""; // a past contact is looked at today

	if (!s || !now->s.id[0] || !same_place(s, &now->s) || strcmp(contact, now->contact) != 0) {
		leave(m);
		if (!s)
			return;
		now->s = *s;
		now->since = clock_mono(m->clock);
		snprintf(now->contact, sizeof(now->contact), "%s", contact);
		str_addf(&now->trail, "%dx%d/%d", s->width, s->height, s->lines);
		step(now, 0, s->top);
	} else if (s->top != now->top) {
		step(now, clock_mono(m->clock) - now->since, s->top);
	}
	if (s->opened && str_eq(v->open_id, s->id) && s->top + s->height >= s->lines)
		v->read_to_end = true;
}

void model_kb_off_screen(struct model *m)
{
	leave(m);
}
