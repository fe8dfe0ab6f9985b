// SPDX-License-Identifier: MIT
// Knows how one conflict reads: why it is one, who did what when, and of each field what was, mine and theirs with what differs.
#include "kb/article.h"
#include "src/base/i18n.h"
#include "ui/conflicts.h"
#include "ui/rows.h"

enum {
	BESIDE = 96,   // columns from which the three values stand side by side
	GAP = 3,
	INDENT = 2,
	TAG_LEAST = 10,
};

// --- a text with some of its characters marked

struct marked {
	struct sv text;
	bool *on;         // one a byte
	const char *none; // said in the place of a text that is not there
};

static struct marked marked_of(const char *text, struct arena *a)
{
	struct marked k = {.text = sv(text), .none = !text ? _("(not there)") : !*text ? _("(empty)") : NULL};

	k.on = arena_array(a, bool, k.text.n + 1);
	return k;
}

// Marks in `to` what it does not have in common with `from`; with back, in `from` what `to` has not.
static void mark(const struct marked *from, const struct marked *to, bool back, struct arena *a)
{
	const struct marked *where = back ? from : to;
	enum kb_diff_kind changed = back ? KB_REMOVED : KB_ADDED;
	size_t n, at = 0;
	struct kb_diff_line *part = kb_diff_within(from->text, to->text, &n, a);

	for (size_t i = 0; i < n; i++) {
		if (part[i].kind != KB_SAME && part[i].kind != changed)
			continue;
		for (size_t k = 0; k < part[i].text.n && at + k < where->text.n; k++)
			where->on[at + k] |= part[i].kind == changed;
		at += part[i].text.n;
	}
}

static int marked_rows(const struct marked *k, int w)
{
	return k->none ? 1 : wrap_lines(k->text, w);
}

static void draw_line(const struct canvas *c, int y, int x, int w, unsigned role, const struct marked *k, struct sv line)
{
	size_t from = (size_t)(line.p - k->text.p), end = from + line.n;
	int used = 0;

	while (from < end && used < w) {
		size_t to = from;
		while (to < end && k->on[to] == k->on[from])
			to++;
		unsigned r = k->on[from] ? ROLE_WARN | STYLE_BOLD | STYLE_UNDERLINE : role;
		used += canvas_clip(c, y, x + used, r, sv_n(k->text.p + from, to - from), w - used);
		from = to;
	}
}

static int draw_marked(const struct canvas *c, int y, int x, int w, unsigned role, const struct marked *k)
{
	struct sv line;
	size_t at = 0;

	if (c && k->none)
		canvas_fit(c, y, x, ROLE_DIM, sv(k->none), w);
	else if (c)
		for (int row = y; row < c->r.h && wrap_next(k->text, &at, w, &line); row++)
			draw_line(c, row, x, w, role, k, line);
	return marked_rows(k, w);
}

// --- writing down the page; c NULL only counts

struct pen {
	const struct canvas *c;
	int y, w;
};

static void pen_text(struct pen *p, int x, unsigned role, const char *text)
{
	struct sv line;
	size_t at = 0;

	if (str_empty(text))
		return;
	for (; wrap_next(sv(text), &at, p->w - x, &line); p->y++)
		if (p->c)
			canvas_clip(p->c, p->y, x, role, line, p->w - x);
}

static void say_time(const struct model *m, int64_t at, char *buf, size_t cap)
{
	if (at)
		ui_time(m, at, "%m-%d %H:%M", buf, cap);
	else
		snprintf(buf, cap, "--");
}

// --- a conflict

static const char *reason_words(const struct conflict_row *r)
{
	if (str_eq(r->reason, "machine"))
		return _("This step is not possible from the state the other change led to.");
	if (str_eq(r->reason, "approval"))
		return _("This change needs somebody's consent.");
	if (str_eq(r->reason, "owner"))
		return _("Somebody else had taken it over by then.");
	return _("Two people changed the same text. Neither was overwritten: choose one, or write what holds.");
}

static void read_trail(struct pen *p, const struct model *m, const struct conflict_row *r)
{
	char mine[24], theirs[24], due[24], text[400];

	say_time(m, r->mine_at, mine, sizeof(mine));
	say_time(m, r->theirs_at, theirs, sizeof(theirs));
	say_time(m, r->due_at, due, sizeof(due));
	snprintf(text, sizeof(text), _("%s %s changed it; in force when that arrived: %s %s"), mine, r->mine_by, theirs, r->theirs_by);
	pen_text(p, 0, ROLE_DIM, text);
	if (!str_empty(r->why)) {
		snprintf(text, sizeof(text), _("Why: %s"), r->why);
		pen_text(p, 0, ROLE_PLAIN, text);
	}
	if (!r->due_at)
		return;
	snprintf(text, sizeof(text),
		 r->late ? _("! Late: since %s the supervisor has it too") : _("To be settled by %s; then the supervisor has it too"), due);
	pen_text(p, 0, r->late ? ROLE_WARN : ROLE_DIM, text);
}

struct column {
	const char *label;
	enum action key; // ACT_NONE: only to be read
	enum conflict_side side;
	struct marked value;
};
struct field_view {
	struct column col[3];
	const char *other;
	enum conflict_side chosen;
	char mine[64], theirs[64];
};

static void look_at_field(const struct model *m, const struct conflict_row *r, size_t i, struct field_view *v, struct arena *a)
{
	const struct conflict_field *f = &r->fields[i];
	struct marked *base = &v->col[0].value, *mine = &v->col[1].value, *theirs = &v->col[2].value;

	*v = (struct field_view){0};
	v->chosen = conflict_chosen(m, r, i, &v->other);
	v->col[0] = (struct column){_("before"), ACT_NONE, CONFLICT_OPEN, marked_of(f->base, a)};
	conflict_side_name(r, true, v->mine, sizeof(v->mine));
	conflict_side_name(r, false, v->theirs, sizeof(v->theirs));
	v->col[1] = (struct column){v->mine, ACT_CONFLICT_MINE, CONFLICT_MINE, marked_of(f->mine, a)};
	v->col[2] = (struct column){v->theirs, ACT_CONFLICT_THEIRS, CONFLICT_THEIRS, marked_of(f->theirs, a)};
	// With nothing before, the two are compared with each other.
	if (base->none) {
		mark(theirs, mine, false, a);
		mark(mine, theirs, false, a);
		return;
	}
	mark(base, mine, false, a);
	mark(base, theirs, false, a);
	mark(base, mine, true, a);
	mark(base, theirs, true, a);
}

static const char *chosen_words(enum conflict_side side)
{
	switch (side) {
	case CONFLICT_OPEN: return _("to be chosen");
	case CONFLICT_MINE: return _("mine");
	case CONFLICT_THEIRS: return _("theirs");
	case CONFLICT_OTHER: return _("written anew");
	}
	BUG("side %d", (int)side);
}

static void field_head(const struct ui *u, struct pen *p, const struct conflict_field *f, const struct field_view *v, bool here)
{
	bool open = v->chosen == CONFLICT_OPEN;
	char words[96];

	if (p->c) {
		snprintf(words, sizeof(words), "%s %s", theme_glyph(&u->theme, open ? GLYPH_BOX : GLYPH_DONE), chosen_words(v->chosen));
		int end = p->w - canvas_columns(sv(words));
		canvas_text(p->c, p->y, end, open ? ROLE_WARN : ROLE_ACCENT, words);
		if (here)
			canvas_glyph(p->c, p->y, 0, ROLE_ACCENT | STYLE_BOLD, GLYPH_SELECT);
		canvas_fit(p->c, p->y, INDENT, (here ? ROLE_ACCENT : ROLE_TITLE) | STYLE_BOLD, sv(f->label), end - INDENT - 1);
	}
	p->y++;
}

static void tag_of(const struct ui *u, const struct column *col, char *buf, size_t cap)
{
	char key[KEY_NAME_MAX] = "";

	if (col->key != ACT_NONE)
		keymap_label(u->keys, CTX_CONFLICTS, col->key, key, sizeof(key));
	snprintf(buf, cap, "%s%s%s", key, *key ? " " : "", col->label);
}

// What was not chosen steps back; a choice shows without colour, too.
static unsigned value_role(const struct field_view *v, const struct column *col)
{
	if (v->chosen == CONFLICT_OPEN)
		return col->side == CONFLICT_OPEN ? ROLE_DIM : ROLE_PLAIN;
	return v->chosen == col->side ? STYLE_BOLD : ROLE_DIM;
}

static void side_by_side(const struct ui *u, struct pen *p, const struct field_view *v)
{
	int w = (p->w - INDENT - 2 * GAP) / 3, rows = 0, top = p->y;
	char tag[96];

	for (int i = 0; i < 3; i++) {
		const struct column *col = &v->col[i];
		bool chosen = v->chosen != CONFLICT_OPEN && v->chosen == col->side;
		int x = INDENT + i * (w + GAP);
		tag_of(u, col, tag, sizeof(tag));
		if (p->c) {
			if (chosen)
				canvas_glyph(p->c, p->y, x, ROLE_ACCENT, GLYPH_DONE);
			canvas_fit(p->c, p->y, x + (chosen ? 2 : 0), chosen ? ROLE_ACCENT : ROLE_DIM, sv(tag), w - 2);
		}
		int h = draw_marked(p->c, p->y + 1, x, w, value_role(v, col), &col->value);
		rows = h > rows ? h : rows;
	}
	p->y += 1 + rows;
	for (int i = 1; p->c && i < 3; i++)
		for (int y = top; y < p->y; y++)
			canvas_glyph(p->c, y, INDENT + i * (w + GAP) - 2, ROLE_DIM, GLYPH_VLINE);
}

static int tag_width(const struct ui *u, const struct field_view *v, int w)
{
	int most = TAG_LEAST;
	char tag[96];

	for (int i = 0; i < 3; i++) {
		tag_of(u, &v->col[i], tag, sizeof(tag));
		int n = canvas_columns(sv(tag)) + 2;
		most = n > most ? n : most;
	}
	return most < w / 3 ? most : w / 3;
}

static void stacked(const struct ui *u, struct pen *p, const struct field_view *v)
{
	int tags = tag_width(u, v, p->w), x = INDENT + 2 + tags;
	char tag[96];

	for (int i = 0; i < 3; i++) {
		const struct column *col = &v->col[i];
		bool chosen = v->chosen != CONFLICT_OPEN && v->chosen == col->side;
		tag_of(u, col, tag, sizeof(tag));
		if (p->c) {
			if (chosen)
				canvas_glyph(p->c, p->y, INDENT, ROLE_ACCENT, GLYPH_DONE);
			canvas_fit(p->c, p->y, INDENT + 2, chosen ? ROLE_ACCENT : ROLE_DIM, sv(tag), tags - 1);
		}
		p->y += draw_marked(p->c, p->y, x, p->w - x, value_role(v, col), &col->value);
	}
}

static void written(const struct ui *u, struct pen *p, const struct field_view *v)
{
	char key[KEY_NAME_MAX], tag[64];

	if (v->chosen != CONFLICT_OTHER)
		return;
	keymap_label(u->keys, CTX_CONFLICTS, ACT_CONFLICT_OTHER, key, sizeof(key));
	snprintf(tag, sizeof(tag), "%s %s", key, _("written anew"));
	int x = INDENT + 2 + canvas_columns(sv(tag)) + 2;
	if (p->c) {
		canvas_glyph(p->c, p->y, INDENT, ROLE_ACCENT, GLYPH_DONE);
		canvas_text(p->c, p->y, INDENT + 2, ROLE_ACCENT, tag);
	}
	if (str_empty(v->other))
		pen_text(p, x, ROLE_DIM, _("(empty)"));
	else
		pen_text(p, x, STYLE_BOLD, v->other);
}

static void read_conflict(const struct ui *u, const struct model *m, struct pen *p, struct conflict_span *span)
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	size_t at = conflict_field(u, m);
	int skipped = p->y;

	pen_text(p, 0, ROLE_PLAIN, reason_words(r));
	if (r->waits)
		pen_text(p, 0, ROLE_ACCENT, _("It waits for somebody else to settle it; you need not do anything."));
	read_trail(p, m, r);
	for (size_t i = 0; i < r->n_fields; i++) {
		struct arena a = {0};
		struct field_view v;
		p->y++;
		int top = p->y;
		look_at_field(m, r, i, &v, &a);
		field_head(u, p, &r->fields[i], &v, i == at);
		(p->w >= BESIDE ? side_by_side : stacked)(u, p, &v);
		written(u, p, &v);
		if (span && i == at)
			*span = (struct conflict_span){top - skipped, p->y - top};
		arena_release(&a);
	}
}

// --- what was refused, and a station

const char *conflict_about_what(const char *kind)
{
	static const struct {
		const char *head, *label;
	} words[] = {
		{"ticket.", N_("ticket")}, {"note.", N_("note")}, {"customer.", N_("customer")}, {"call.", N_("contact")},
		{"escalation.", N_("escalation")}, {"callback.", N_("call-back")}, {"kb.", N_("knowledge base")},
		{"conflict.", N_("conflict")}, {"broadcast.", N_("broadcast")},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_starts(kind, words[i].head))
			return _(words[i].label);
	return _("change");
}

static void read_refused(const struct ui *u, const struct model *m, struct pen *p)
{
	const struct refused_row *r = refused_in_hand(u, m);
	char at[24], key[KEY_NAME_MAX], text[400];

	say_time(m, r->at, at, sizeof(at));
	keymap_label(u->keys, CTX_CONFLICTS, ACT_CONFLICT_NOTED, key, sizeof(key));
	pen_text(p, 0, ROLE_WARN, r->why);
	p->y++;
	snprintf(text, sizeof(text), _("What: %s %s (%s)"), conflict_about_what(r->kind), r->about, r->kind);
	pen_text(p, 0, ROLE_PLAIN, text);
	snprintf(text, sizeof(text), _("Made at %s here, operation %lld of this station"), at, (long long)r->n);
	pen_text(p, 0, ROLE_DIM, text);
	p->y++;
	snprintf(text, sizeof(text), _("It did not happen at the hub; the record of what was done here stays. Do what is still needed, or tell "
				       "your team lead; then %s takes it off this list."), key);
	pen_text(p, 0, ROLE_PLAIN, text);
}

static void read_station(const struct ui *u, const struct model *m, struct pen *p)
{
	const struct station_row *r = &model_hub_shown(m)->stations.v[conflicts_selected(u, m)];
	int64_t now = clock_wall(m->clock);
	char at[24], age[32] = "", text[400];

	snprintf(text, sizeof(text), _("Station %s %s, agent %s: %s"), r->id, r->name, str_empty(r->agent) ? "--" : r->agent,
		 hub_line_label(r->line));
	pen_text(p, 0, ROLE_PLAIN, text);
	if (r->oldest_at)
		ui_age(now - r->oldest_at, age, sizeof(age));
	snprintf(text, sizeof(text), *age ? _("Unsent: %lld, the oldest for %s") : _("Unsent: %lld"), (long long)r->unsent, age);
	pen_text(p, 0, ROLE_PLAIN, text);
	say_time(m, r->seen_at, at, sizeof(at));
	snprintf(text, sizeof(text), _("As it reported at %s; program %s"), at, str_empty(r->version) ? "--" : r->version);
	pen_text(p, 0, ROLE_DIM, text);
}

int conflict_read(const struct ui *u, const struct model *m, const struct canvas *c, int width, int skip, struct conflict_span *span)
{
	struct pen p = {.c = c, .y = -skip, .w = width};

	if (span)
		*span = (struct conflict_span){0, 1};
	if (conflicts_selected(u, m) >= conflicts_count(m, u->conflicts.at))
		return 0;
	switch (u->conflicts.at) {
	case CONFLICTS_OPEN: read_conflict(u, m, &p, span); break;
	case CONFLICTS_REFUSED: read_refused(u, m, &p); break;
	case CONFLICTS_STATIONS: read_station(u, m, &p); break;
	}
	return p.y + skip;
}

const char *conflict_read_title(const struct ui *u, const struct model *m)
{
	static char title[240];
	const struct conflict_row *r = conflict_in_hand(u, m);
	const struct refused_row *f = refused_in_hand(u, m);

	if (r)
		snprintf(title, sizeof(title), "%s  %s", r->about_no, r->title);
	else
		snprintf(title, sizeof(title), "%s", f ? f->about : "");
	return title;
}
