// SPDX-License-Identifier: MIT
// Knows what practice shows of itself in rows: the banner of a session, scenarios with their last score, how scores went.
#include "src/base/i18n.h"
#include "src/practice/phone.h"
#include "src/practice/tour.h"
#include "ui/practice_screens.h"
#include "ui/rows.h"

struct practice_ui *practice_ui(struct ui *u)
{
	if (!u->prac)
		u->prac = xcalloc(1, sizeof(*u->prac));
	return u->prac;
}

const struct practice_ui *practice_ui_const(const struct ui *u)
{
	static const struct practice_ui empty;

	return u->prac ? u->prac : &empty;
}

void practice_ui_free(struct practice_ui *p)
{
	if (!p)
		return;
	vec_release(&p->sessions.v);
	arena_release(&p->sessions.arena);
	vec_release(&p->cases.v);
	arena_release(&p->cases.arena);
	book_marks_release(&p->moments);
	debrief_release(&p->debrief);
	score_release(&p->score);
	practice_log_release(&p->log);
	lineedit_release(&p->line);
	free(p);
}

void practice_content_changed(struct ui *u)
{
	struct practice_ui *p = u->prac;

	if (!p)
		return;
	debrief_release(&p->debrief);
	p->debrief = (struct debrief){0};
	p->made = false;
	p->past[0] = '\0';
}

const char *practice_word(void)
{
	return _("PRACTICE");
}

// --- emotions: sign, word and colour

unsigned practice_emotion(enum emotion_class c, int level, char *buf, size_t cap)
{
	static const char *const signs[] = {"", "~", "!", "!!", "!!!", "×"};
	int i = level < 0 ? 0 : level > 5 ? 5 : level;

	if (!i)
		snprintf(buf, cap, "%s", _("calm"));
	else if (i == 4)
		snprintf(buf, cap, "%s %s (%d)", signs[i], _("wants the supervisor"), i);
	else if (i == 5)
		snprintf(buf, cap, "%s %s (%d)", signs[i], _("hangs up"), i);
	else
		snprintf(buf, cap, "%s %s (%d)", signs[i], c == EMOTION_ANY ? _("upset") : emotion_class_label(c), i);
	return i >= 4 ? ROLE_ALARM : i >= 2 ? ROLE_WARN : i == 1 ? ROLE_ACCENT : ROLE_DIM;
}

// --- the banner of a session: one row, always there

enum { PATIENCE_CELLS = 8, TITLE_LEAST = 12 };

// One part of the row; what does not fit is left out whole.
struct cell {
	unsigned role;
	char label[40], value[120];
};
struct cells_row {
	struct cell v[4];
	int n;
};

static struct cell *next_cell(struct cells_row *r, unsigned role, const char *label)
{
	struct cell *c = &r->v[r->n++];

	*c = (struct cell){.role = role};
	snprintf(c->label, sizeof(c->label), "%s", label);
	return c;
}

static int cell_width(const struct cell *c)
{
	int label = canvas_columns(sv(c->label));

	return (label ? label + 1 : 0) + canvas_columns(sv(c->value)) + 2;
}

static int put(const struct canvas *c, int x, unsigned role, const char *label, const char *value)
{
	if (*label)
		x += canvas_text(c, 0, x, ROLE_DIM, label) + 1;
	return x + canvas_text(c, 0, x, role, value) + 2;
}

static void patience_bar(const struct ui *u, int percent, char *bar, size_t cap)
{
	int full = (percent * PATIENCE_CELLS + 50) / 100;

	*bar = '\0';
	for (int i = 0; i < PATIENCE_CELLS; i++)
		snprintf(bar + strlen(bar), cap - strlen(bar), "%s", i < full ? (u->theme.ascii ? "#" : "■") : u->theme.ascii ? "." : "□");
}

// Time, feeling, patience and hint, the most important first.
static void collect_cells(const struct ui *u, const struct model *m, int cols, struct cells_row *r)
{
	struct session *s = u->practice->session;
	const struct scenario *sc = session_scenario(s);
	const struct work *w = model_work(m);
	int contact = w ? phone_caller(w->contact->call) : -1;
	struct cell *c = next_cell(r, session_left_ms(s) < 60000 ? ROLE_WARN : ROLE_PLAIN, _("time left"));

	ui_duration(session_left_ms(s), c->value, sizeof(c->value));
	if (contact < 0 || contact_is_ringing(w->contact) || !contact_is_live(w->contact))
		return;
	const struct track *t = engine_track(session_engine(s));
	c = next_cell(r, ROLE_PLAIN, cols > 100 ? _("customer") : "");
	c->role = practice_emotion(t->emotion_class[contact], t->emotion[contact], c->value, sizeof(c->value));
	int percent = engine_patience(session_engine(s), contact, session_used_ms(s));
	c = next_cell(r, percent <= 25 ? ROLE_WARN : ROLE_PLAIN, _("patience"));
	patience_bar(u, percent, c->value, sizeof(c->value));
	const char *hint = sc->level == PRACTICE_BASIC ? session_hint(s, w) : "";
	if (*hint) {
		c = next_cell(r, ROLE_ACCENT, _("hint:"));
		snprintf(c->value, sizeof(c->value), "%s", hint);
	}
}

// Whoever stands still learns how to go on.
static void state_words(const struct ui *u, enum session_state state, char *buf, size_t cap)
{
	char key[KEY_NAME_MAX];

	keymap_label(u->keys, CTX_ANY, ACT_PRACTICE, key, sizeof(key));
	if (state == SESSION_PAUSED)
		snprintf(buf, cap, _("paused: %s p goes on"), key);
	else
		snprintf(buf, cap, "%s", session_state_label(state));
}

static void draw_banner(const struct ui *u, const struct model *m, const struct canvas *c)
{
	struct session *s = u->practice->session;
	enum session_state state = session_state(s);
	struct cells_row r = {0};
	char buf[160];
	int x = 1;

	x += canvas_text(c, 0, x, ROLE_PRACTICE | STYLE_FOCUS, " ");
	x += canvas_text(c, 0, x, ROLE_PRACTICE | STYLE_FOCUS, practice_word());
	x += canvas_text(c, 0, x, ROLE_PRACTICE | STYLE_FOCUS, " ") + 1;
	if (state == SESSION_RUNNING || state == SESSION_WRAP)
		collect_cells(u, m, c->r.w, &r);
	else
		state_words(u, state, next_cell(&r, ROLE_WARN, "")->value, sizeof(r.v[0].value));
	int room = c->r.w - x, n = 0;
	while (n < r.n && cell_width(&r.v[n]) <= room + 1)
		room -= cell_width(&r.v[n++]);
	// The title has what is left; less than a few words of it say nothing.
	snprintf(buf, sizeof(buf), "%s · %s", practice_mode_label(session_mode(s)), label_text(session_scenario(s)->title));
	if (canvas_columns(sv(buf)) > room - 2 && session_mode(s) != PRACTICE_EXAM)
		snprintf(buf, sizeof(buf), "%s", label_text(session_scenario(s)->title));
	if (room >= TITLE_LEAST + 2)
		x += canvas_fit(c, 0, x, ROLE_PRACTICE, sv(buf), room - 2) + 2;
	for (int i = 0; i < n; i++)
		x = put(c, x, r.v[i].role, r.v[i].label, r.v[i].value);
}

int practice_reply_hint(const struct ui *u, const struct canvas *c, int x, enum action a)
{
	struct session *s = u->practice->session;
	const char *words = a == ACT_PRACTICE ? _("pause, leave") : _(action_info(a)->hint);
	char key[KEY_NAME_MAX];

	if (a == ACT_PRACTICE_CARDS && (!session_scenario(s)->n_cards || session_mode(s) == PRACTICE_EXAM))
		return -2;
	if (a == ACT_PRACTICE && session_mode(s) == PRACTICE_EXAM)
		words = _("give up");
	keymap_label(u->keys, CTX_ANY, a, key, sizeof(key));
	if (x + canvas_columns(sv(key)) + 3 + canvas_columns(sv(words)) > c->r.w)
		return -2;
	return canvas_printf(c, 0, x, ROLE_DIM, "[%s] %s", key, words);
}

// The tour: what comes next, with the key that does it.
static void draw_tour(const struct ui *u, const struct model *m, const struct canvas *c)
{
	size_t n = tour_now(session_log(u->practice->session), practice_ui_const(u)->tour_skipped);
	char key[KEY_NAME_MAX], menu[KEY_NAME_MAX], text[240], skip[64];

	(void)m;
	keymap_label(u->keys, CTX_ANY, ACT_PRACTICE, menu, sizeof(menu));
	if (n == TOUR_STEPS) {
		canvas_printf(c, 0, 1, ROLE_ACCENT, _("The tour is done: that was the desk. %s, q leaves."), menu);
		return;
	}
	const struct tour_step *s = tour_step(n);
	keymap_label(u->keys, CTX_ANY, s->action, key, sizeof(key));
	int x = 1 + canvas_printf(c, 0, 1, ROLE_ACCENT | STYLE_BOLD, _("Step %zu/%d:"), n + 1, TOUR_STEPS) + 1;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), _(s->text), key);
#pragma GCC diagnostic pop
	snprintf(skip, sizeof(skip), _("(%s, t skips it)"), menu);
	int w = canvas_columns(sv(skip)), room = c->r.w - x - w - 3;
	canvas_fit(c, 0, x, ROLE_PLAIN, sv(text), room > 20 ? room : c->r.w - x - 1);
	if (room > 20)
		canvas_text(c, 0, c->r.w - w - 1, ROLE_DIM, skip);
}

bool practice_over(const struct ui *u)
{
	return u->practice && session_state(u->practice->session) >= SESSION_SCORING_AUTO;
}

void practice_banner(const struct ui *u, const struct model *m, struct banners *all)
{
	(void)m;
	struct banner *b = u->practice ? banner_next(all) : NULL;

	if (!b)
		return;
	b->draw = draw_banner;
	banner_done(all, b);
	enum session_state state = session_state(u->practice->session);
	b = session_scenario(u->practice->session)->tour && (state == SESSION_RUNNING || state == SESSION_WRAP) ? banner_next(all) : NULL;
	if (!b)
		return;
	b->draw = draw_tour;
	banner_done(all, b);
}

// --- scenarios

static int scenario_order(const void *a, const void *b)
{
	const struct scenario *x = *(const struct scenario *const *)a, *y = *(const struct scenario *const *)b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : x->level != y->level ? (int)x->level - (int)y->level : strcmp(x->code, y->code);
}

const struct scenario *practice_scenario(const struct model *m, size_t row)
{
	enum { MOST = 512 };
	const struct scenario *all[MOST];
	size_t n = m->packs ? m->packs->n_scenarios : 0;

	n = n < MOST ? n : MOST;
	for (size_t i = 0; i < n; i++)
		all[i] = &m->packs->scenarios[i].s;
	if (n)
		qsort(all, n, sizeof(*all), scenario_order);
	return row < n ? all[row] : NULL;
}

const struct scenario *practice_scenario_of(const struct model *m, const char *code)
{
	const struct pack_scenario *s = m->packs ? packs_scenario(m->packs, code) : NULL;

	return s ? &s->s : NULL;
}

size_t practice_count(const struct ui *u, const struct model *m, enum practice_list l)
{
	const struct practice_ui *p = practice_ui_const(u);

	switch (l) {
	case PRACTICE_SCENARIOS: return m->packs ? m->packs->n_scenarios : 0;
	case PRACTICE_SESSIONS: return p->sessions.v.n;
	case PRACTICE_CASES: return p->cases.v.n;
	}
	return 0;
}

int practice_last(const struct ui *u, const char *scenario)
{
	const struct practice_ui *p = practice_ui_const(u);

	for (size_t i = 0; i < p->sessions.v.n; i++)
		if (str_eq(p->sessions.v.v[i].scenario, scenario) && p->sessions.v.v[i].final_ >= 0)
			return p->sessions.v.v[i].final_;
	return -1;
}

void practice_spark(const struct ui *u, const char *scenario, int w, struct str *out)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char plain[] = "12345678";
	const struct practice_ui *p = practice_ui_const(u);
	int scores[200], n = 0;

	for (size_t i = 0; i < p->sessions.v.n && n < w && n < 200; i++)
		if ((!scenario || str_eq(p->sessions.v.v[i].scenario, scenario)) && p->sessions.v.v[i].final_ >= 0)
			scores[n++] = p->sessions.v.v[i].final_;
	while (n-- > 0) {
		int level = scores[n] * 8 / 10001;
		if (u->theme.ascii)
			str_addc(out, plain[level]);
		else
			str_add(out, blocks[level]);
	}
}
