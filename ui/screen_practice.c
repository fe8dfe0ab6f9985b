// SPDX-License-Identifier: MIT
// Knows the practice desk: scenarios to choose from, sessions to look at again, cases; and how the scores went.
#include "src/base/i18n.h"
#include "src/practice/log_words.h"
#include "ui/practice_screens.h"

enum { HEAD = 2, WIDE = 110, SPARK = 10, SCORE = 5, CODE = 15, RESULT = 12 };

static const char *const titles[] = {N_("Scenarios"), N_("My sessions"), N_("Cases")};

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	(void)m;
	return CTX_PRACTICE | CTX_LIST;
}

// --- rows

struct columns {
	int level, title, spark, score; // widest of each
};
struct rows {
	const struct ui *u;
	const struct model *m;
	struct columns columns; // of the scenarios
};

static const char *row_id(const void *ctx, size_t i)
{
	const struct rows *r = ctx;
	const struct practice_ui *p = practice_ui_const(r->u);

	switch (p->at) {
	case PRACTICE_SCENARIOS: return practice_scenario(r->m, i)->code;
	case PRACTICE_SESSIONS: return p->sessions.v.v[i].id;
	case PRACTICE_CASES: return p->cases.v.v[i].id;
	}
	return "";
}

static unsigned score_role(int final_, int pass)
{
	return final_ >= 9500 ? ROLE_ACCENT | STYLE_BOLD : final_ >= pass ? ROLE_ACCENT : ROLE_WARN;
}

static int pass_mark(const struct scenario *s)
{
	return s && s->certifies ? 8500 : 8000;
}

static const char *level_of(const struct scenario *s)
{
	return s->kind != SCENARIO_CALL ? scenario_kind_label(s->kind) : practice_level_label(s->level);
}

// What the columns beside the title need: nothing for scores while there are none.
static struct columns columns_of(const struct rows *r)
{
	size_t n = practice_count(r->u, r->m, PRACTICE_SCENARIOS);
	struct columns k = {0};

	for (size_t i = 0; i < n; i++) {
		const struct scenario *s = practice_scenario(r->m, i);
		struct str spark = {0};
		int level = canvas_columns(sv(level_of(s)));
		practice_spark(r->u, s->code, SPARK, &spark);
		int w = canvas_columns(sv(str_z(&spark)));
		int title = canvas_columns(sv(label_text(s->title)));
		k.level = level > k.level ? level : k.level;
		k.title = title > k.title ? title : k.title;
		k.spark = w > k.spark ? w : k.spark;
		str_release(&spark);
	}
	k.score = k.spark ? SCORE : 0;
	return k;
}

static void draw_scenario(const struct rows *r, const struct canvas *c, size_t i, unsigned style)
{
	const struct scenario *s = practice_scenario(r->m, i);
	const struct columns k = r->columns;
	int last = practice_last(r->u, s->code), x = 2, right = (k.spark ? k.spark + 1 : 0) + (k.score ? k.score + 1 : 0);
	struct str spark = {0};
	char score[16];

	x += canvas_field(c, 0, x, ROLE_PLAIN | style, level_of(s), k.level, ALIGN_LEFT) + 2;
	// The title says what it is; the code, for the command line, where there is room for both.
	if (c->r.w - x - right > CODE + k.title)
		x += canvas_field(c, 0, x, ROLE_DIM | style, s->code, CODE - 1, ALIGN_LEFT) + 1;
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, label_text(s->title), c->r.w - x - right - 1, ALIGN_LEFT) + 1;
	practice_spark(r->u, s->code, SPARK, &spark);
	if (k.spark)
		x += canvas_field(c, 0, x, ROLE_DIM | style, str_z(&spark), k.spark, ALIGN_RIGHT) + 1;
	snprintf(score, sizeof(score), "%d.%d", last / 100, last / 10 % 10);
	if (k.score)
		canvas_field(c, 0, x, (last < 0 ? ROLE_DIM : score_role(last, pass_mark(s))) | style, last < 0 ? "—" : score, k.score, ALIGN_RIGHT);
	str_release(&spark);
}

static int mode_width(const struct practice_ui *p)
{
	int w = 4;

	for (size_t i = 0; i < p->sessions.v.n; i++) {
		int n = canvas_columns(sv(practice_mode_label(p->sessions.v.v[i].mode)));
		w = n > w ? n : w;
	}
	return w;
}

static void draw_session(const struct rows *r, const struct canvas *c, size_t i, unsigned style)
{
	const struct book_session *s = &practice_ui_const(r->u)->sessions.v.v[i];
	const struct scenario *sc = practice_scenario_of(r->m, s->scenario);
	char at[24], score[32];
	int x = 2, w = c->r.w < 40 ? 40 : c->r.w, mode = mode_width(practice_ui_const(r->u));

	ui_time(r->m, s->started_at ? s->started_at : 0, "%m-%d %H:%M", at, sizeof(at));
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, s->started_at ? at : "—", 13, ALIGN_LEFT);
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, sc ? label_text(sc->title) : s->scenario, w - x - mode - RESULT - 3, ALIGN_LEFT) + 1;
	x += canvas_field(c, 0, x, ROLE_DIM | style, practice_mode_label(s->mode), mode, ALIGN_LEFT) + 1;
	// A score says that it is over; without one, or before it stands, the state does.
	bool stands = s->final_ >= 0 && (s->state == SESSION_SCORED || s->state == SESSION_DEBRIEFED || s->state == SESSION_ARCHIVED);
	snprintf(score, sizeof(score), "%d.%d", s->final_ / 100, s->final_ / 10 % 10);
	canvas_field(c, 0, x, (stands ? score_role(s->final_, pass_mark(sc)) : ROLE_DIM) | style, stands ? score : session_state_label(s->state), RESULT,
		     ALIGN_RIGHT);
}

static void draw_case(const struct rows *r, const struct canvas *c, size_t i, unsigned style)
{
	const struct book_case *k = &practice_ui_const(r->u)->cases.v.v[i];
	const struct category *cat = r->m->packs && k->category ? category_find(&r->m->packs->categories, k->category) : NULL;
	char at[24];
	int x = 2;

	ui_time(r->m, k->at, "%m-%d", at, sizeof(at));
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, at, 7, ALIGN_LEFT);
	x += canvas_field(c, 0, x, ROLE_DIM | style, cat ? category_label(cat) : k->category ? k->category : "", c->r.w / 3, ALIGN_LEFT) + 1;
	if (k->proposed)
		x += canvas_text(c, 0, x, ROLE_WARN | style, _("proposed")) + 1;
	canvas_fit(c, 0, x, ROLE_PLAIN | style, sv(k->title), c->r.w - x - 1);
}

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct rows *r = ctx;

	switch (practice_ui_const(r->u)->at) {
	case PRACTICE_SCENARIOS: draw_scenario(r, c, i, style); return;
	case PRACTICE_SESSIONS: draw_session(r, c, i, style); return;
	case PRACTICE_CASES: draw_case(r, c, i, style); return;
	}
}

// --- what is read about the selected scenario

static int say(const struct canvas *c, int y, unsigned role, const char *label, const char *text)
{
	if (y >= c->r.h || !*text)
		return y;
	int x = canvas_text(c, y, 0, ROLE_DIM, label);
	struct canvas rest = canvas_sub(c, (struct rect){y, x + 1, c->r.h - y, c->r.w - x - 1});
	int n = canvas_wrap(&rest, 0, 0, role, sv(text), 0);
	if (wrap_lines(sv(text), rest.r.w) > rest.r.h) // the briefing has it whole
		canvas_glyph(c, c->r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_MORE);
	return y + (n > 0 ? n : 1);
}

static const char *who(const struct scenario *s, char *buf, size_t cap)
{
	const struct persona *p = &s->callers[0].persona;

	snprintf(buf, cap, _("%s, %d, %s"), label_text(p->name), p->age, label_text(p->mood));
	return buf;
}

static void draw_about(const struct ui *u, const struct scenario *s, const struct canvas *c)
{
	char buf[200];
	struct str spark = {0};
	int y = 0;

	snprintf(buf, sizeof(buf), _("%d min, pass %d"), (s->time_limit_s + 59) / 60, pass_mark(s) / 100);
	int end = c->r.w - canvas_columns(sv(buf));
	canvas_fit(c, y, 0, STYLE_BOLD, sv(label_text(s->title)), end - 2);
	canvas_text(c, y++, end, ROLE_DIM, buf);
	y = say(c, y, ROLE_PLAIN, _("Goal"), label_text(s->goal));
	if (s->n_callers)
		y = say(c, y, ROLE_PLAIN, _("Customer"), who(s, buf, sizeof(buf)));
	y = say(c, y, ROLE_PLAIN, _("Before"), label_text(s->brief));
	practice_spark(u, s->code, c->r.w - 12, &spark);
	if (spark.n)
		y = say(c, y, ROLE_ACCENT, _("Progress"), str_z(&spark));
	str_release(&spark);
}

// --- the whole

static void draw_tabs(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct practice_ui *p = practice_ui_const(u);
	int x = 1;

	for (int i = 0; i < PRACTICE_LISTS; i++) {
		bool here = (enum practice_list)i == p->at;
		char text[96];
		snprintf(text, sizeof(text), here ? "[%d %s %zu]" : " %d %s %zu ", i + 1, _(titles[i]), practice_count(u, m, (enum practice_list)i));
		x += canvas_text(c, 1, x, here ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
	if (u->practices && u->practices->resume_until) {
		char left[16], key[KEY_NAME_MAX];
		ui_duration(u->practices->resume_until - clock_wall(m->clock), left, sizeof(left));
		keymap_label(u->keys, CTX_PRACTICE, ACT_PRACTICE_CONTINUE, key, sizeof(key));
		canvas_printf(c, 1, x + 1, ROLE_WARN, _("! One waits (%s): %s goes on"), left, key);
	}
}

static const char *nothing(const struct ui *u)
{
	switch (practice_ui_const(u)->at) {
	case PRACTICE_SCENARIOS: return _("No scenario yet: they come with the content packs (zuoxi pack check FOLDER, then zuoxi pack load FOLDER).");
	case PRACTICE_SESSIONS: return _("Nothing was practised yet. Tab goes to the scenarios, Enter starts one.");
	case PRACTICE_CASES: return _("No case yet: open a past contact (F10, Enter) and keep it with K, or a session in the list before.");
	}
	return "";
}

static int about_width(int w)
{
	return w >= WIDE ? w * 2 / 5 : 0;
}

static struct rect list_rect(const struct ui *u, int h, int w)
{
	bool about = practice_ui_const(u)->at == PRACTICE_SCENARIOS;
	int side = about ? about_width(w) : 0, below = about && !side && h >= 16 ? h * 2 / 5 : 0;

	return (struct rect){HEAD, 1, h - HEAD - 1 - below, w - 2 - side};
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const enum action scenario[] = {ACT_PRACTICE_START, ACT_PRACTICE_EXAM, ACT_PRACTICE_COACHED, ACT_PRACTICE_PAIRED, ACT_PRACTICE_DRILL, ACT_PRACTICE_JOIN, ACT_PRACTICE_TOUR,
					       ACT_PRACTICE_LIST, ACT_PRACTICE_BACK},
				 sessions[] = {ACT_CASE_KEEP, ACT_PRACTICE_LIST, ACT_PRACTICE_BACK}, cases[] = {ACT_CASE_EXPORT, ACT_CASE_ACCEPT, ACT_PRACTICE_LIST, ACT_PRACTICE_BACK};
	bool past = practice_ui_const(u)->at == PRACTICE_SESSIONS;
	const enum action *other = past ? sessions : cases;
	size_t n_other = past ? sizeof(sessions) / sizeof(*sessions) : sizeof(cases) / sizeof(*cases);
	const struct practice_ui *p = practice_ui_const(u);
	struct rows rows = {u, m, .columns = {0}};
	struct list_view v = {.count = practice_count(u, m, p->at), .draw = draw_row, .ctx = &rows, .focused = focused, .empty = nothing(u)};
	struct rect r = list_rect(u, c->r.h, c->r.w);

	rows.columns = p->at == PRACTICE_SCENARIOS ? columns_of(&rows) : rows.columns;
	canvas_title(c, 0, practice_word(), u->practices && *u->practices->why ? u->practices->why : NULL, focused);
	draw_tabs(u, m, c);
	struct canvas body = canvas_sub(c, r);
	list_draw(&p->list[p->at], &body, &v);
	const struct scenario *s = p->at == PRACTICE_SCENARIOS && v.count ? practice_scenario(m, p->list[p->at].selected) : NULL;
	if (s && about_width(c->r.w)) {
		canvas_vline(c, HEAD, r.x + r.w, r.h, ROLE_DIM);
		struct canvas about = canvas_sub(c, (struct rect){HEAD, r.x + r.w + 2, r.h, c->r.w - r.x - r.w - 3});
		draw_about(u, s, &about);
	} else if (s && r.h + HEAD + 1 < c->r.h) {
		canvas_hline(c, r.y + r.h, 0, c->r.w, ROLE_DIM);
		struct canvas about = canvas_sub(c, (struct rect){r.y + r.h + 1, 2, c->r.h - r.y - r.h - 2, c->r.w - 4});
		draw_about(u, s, &about);
	}
	struct canvas hints = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	if (p->at == PRACTICE_SCENARIOS)
		ui_hints(u, &hints, 0, 0, CTX_PRACTICE | CTX_LIST, scenario, sizeof(scenario) / sizeof(*scenario));
	else
		ui_hints(u, &hints, 0, ui_hint(u, &hints, 0, 0, CTX_PRACTICE | CTX_LIST, ACT_PRACTICE_START, _("Open")) + 2, CTX_PRACTICE | CTX_LIST, other,
			 n_other);
}

// --- keys

static const char *chosen(const struct ui *u, const struct model *m)
{
	const struct practice_ui *p = practice_ui_const(u);
	const struct scenario *s = p->at == PRACTICE_SCENARIOS ? practice_scenario(m, p->list[p->at].selected) : NULL;

	return s ? s->code : NULL;
}

static bool look_again(struct ui *u, struct model *m)
{
	struct practice_ui *p = practice_ui(u);
	struct err e = {0};
	size_t i = p->list[PRACTICE_SESSIONS].selected;

	if (i >= p->sessions.v.n || !u->practices || !u->practices->book)
		return true;
	const struct book_session *s = &p->sessions.v.v[i];
	if (!s->score) {
		model_say_note(m, NOTE_INFO, _("That session has no score: it was not finished."));
		return true;
	}
	practice_log_release(&p->log);
	score_release(&p->score);
	json_t *doc = json_loads(s->score, 0, NULL);
	bool ok = score_read(doc, &p->score, &e) && book_log_read(u->practices->book, s->id, &p->log, &e);
	json_decref(doc);
	if (!ok)
		return ui_try(m, false, &e);
	snprintf(p->past, sizeof(p->past), "%s", s->id);
	p->made = false;
	p->page = DEBRIEF_SCORE;
	practice_follow(u, m);
	return true;
}

static bool show_case(struct ui *u, const struct model *m, const struct practice_ui *p)
{
	size_t i = p->list[PRACTICE_CASES].selected;
	struct str text = {0};

	if (i >= p->cases.v.n)
		return true;
	const struct book_case *k = &p->cases.v.v[i];
	struct sv rest = sv(k->log), line;
	while (sv_split(&rest, '\n', &line)) {
		struct log_entry e = {0};
		struct err why = {0};
		json_t *o = json_loadb(line.p, line.n, 0, NULL);
		if (o && log_entry_read(o, &e, &why)) {
			str_addf(&text, "%02d:%02d  ", (int)(e.t_ms / 60000), (int)(e.t_ms / 1000 % 60));
			if (e.ev.type == EV_SAY)
				str_addf(&text, "%s: %s", e.who == LOG_CUSTOMER ? _("customer") : _("agent"), event_get(&e.ev, "text"));
			else
				log_describe(&(struct log_names){.world = &m->world}, &e, &text);
			str_addc(&text, '\n');
		}
		event_release(&e.ev);
		json_decref(o);
	}
	for (size_t j = 0; j < k->n_marks; j++)
		str_addf(&text, "%02d:%02d  [%s] %s\n", (int)(k->marks[j].t_ms / 60000), (int)(k->marks[j].t_ms / 1000 % 60), case_marker_label(k->marks[j].type),
			 k->marks[j].note);
	popup_message(&u->popup, 0, k->title, str_z(&text));
	str_release(&text);
	return true;
}

static bool start(struct ui *u, struct model *m, enum practice_mode mode)
{
	const struct practice_ui *p = practice_ui_const(u);
	const char *code = chosen(u, m);

	if (p->at == PRACTICE_SESSIONS && mode == PRACTICE_SOLO)
		return look_again(u, m);
	if (p->at == PRACTICE_CASES && mode == PRACTICE_SOLO)
		return show_case(u, m, p);
	if (!code) {
		model_say_note(m, NOTE_INFO, _("Choose a scenario first (1, then the arrows)."));
		return true;
	}
	if (u->practices && u->practices->session) {
		model_say_note(m, NOTE_INFO, _("A session waits already: go on with it (g), or leave it there."));
		return true;
	}
	practice_wish(u, PRACTICE_WISH_START, code, mode);
	return true;
}

static bool go(struct ui *u, int to)
{
	struct practice_ui *p = practice_ui(u);

	p->at = (enum practice_list)((to + PRACTICE_LISTS) % PRACTICE_LISTS);
	return true;
}

static bool start_drill(struct ui *u, struct model *m)
{
	const struct scenario *s = practice_scenario_of(m, chosen(u, m));

	if (s && s->kind == SCENARIO_DRILL)
		return start(u, m, PRACTICE_DRILL);
	model_say_note(m, NOTE_INFO, _("That is a conversation for one agent; a drill has several seats."));
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct practice_ui *p = practice_ui(u);
	struct rows rows = {u, m, .columns = {0}};
	int h = list_rect(u, u->layout.body.h, u->layout.body.w).h;

	switch ((int)a) {
	case ACT_LIST_OPEN: case ACT_PRACTICE_START: return start(u, m, PRACTICE_SOLO);
	case ACT_PRACTICE_EXAM: return start(u, m, PRACTICE_EXAM);
	case ACT_PRACTICE_COACHED: return start(u, m, PRACTICE_COACHED);
	case ACT_PRACTICE_PAIRED: return start(u, m, PRACTICE_PAIRED);
	case ACT_PRACTICE_DRILL: return start_drill(u, m);
	case ACT_PRACTICE_JOIN: return practice_join(u, m);
	case ACT_PRACTICE_TOUR: return practice_tour(u, m);
	case ACT_CASE_KEEP: return record_case(u, m);
	case ACT_CASE_EXPORT: return case_export(u, m);
	case ACT_CASE_ACCEPT: return case_accept(u, m);
	case ACT_PRACTICE_CONTINUE:
		if (u->practices && u->practices->session)
			practice_wish(u, PRACTICE_WISH_CONTINUE, NULL, PRACTICE_SOLO);
		else
			model_say_note(m, NOTE_INFO, _("No session waits."));
		return true;
	case ACT_PRACTICE_LIST: return go(u, p->at + 1);
	case ACT_PRACTICE_LIST_BACK: return go(u, (int)p->at - 1);
	case ACT_PRACTICE_BACK: case ACT_POPUP_CANCEL:
		u->screen = SCREEN_DESK;
		return true;
	default: return list_act(&p->list[p->at], a, h > 0 ? h : 1, practice_count(u, m, p->at), row_id, &rows);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)m;
	(void)paste;
	return k.kind == K_CHAR && k.cp >= '1' && k.cp < '1' + PRACTICE_LISTS && go(u, (int)k.cp - '1');
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct practice_ui *p = practice_ui(u);
	struct rows rows = {u, m, .columns = {0}};
	struct rect b = u->layout.body, r = list_rect(u, b.h, b.w);
	struct list *l = &p->list[p->at];
	size_t n = practice_count(u, m, p->at);

	if (wheel != ACT_NONE)
		list_act(l, wheel, r.h, n, row_id, &rows);
	else if (rect_has((struct rect){b.y + r.y, b.x + r.x, r.h, r.w}, y, x))
		list_select(l, list_top(l->wanted, l->selected, r.h, n) + (size_t)(y - b.y - r.y), r.h, n, row_id, &rows);
}

const struct place place_practice = {
	.title = N_("Practice"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
