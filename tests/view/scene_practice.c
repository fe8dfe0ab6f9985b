// SPDX-License-Identifier: MIT
// Knows how a view test sets a seat of practice before the live one: a session with its own model, the book, another seat's view of it.
#include "tests/view/scene_practice.h"

#include <unistd.h>

#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/practice/phone.h"

enum { ANSWER_MS = 9000 }; // a line is heard and answered by then

struct ui *practice_scene_ui(struct practice_scene *p)
{
	return p->session ? &p->ui : &p->s.ui;
}

struct model *practice_scene_model(struct practice_scene *p)
{
	return p->session ? session_model(p->session) : &p->s.model;
}

// --- seats

static void link_packs(const struct scene *s)
{
	static const char *const names[] = {"common", "retail"};
	char *packs = path_join(s->dir, "packs");

	scene_must(path_mkdirs(packs, &e));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *from = xasprintf("%s/config/packs/%s", ZUOXI_SOURCEDIR, names[i]), *to = path_join(packs, names[i]);
		if (symlink(from, to) != 0)
			scene_fail(__FILE__, __LINE__, "symlink", to);
		free(from);
		free(to);
	}
	free(packs);
}

void practice_scene_open(struct practice_scene *p, enum lang lang)
{
	*p = (struct practice_scene){0};
	scene_open(&p->s, lang);
	link_packs(&p->s);
	scene_kb(&p->s, "common", "retail", NULL);
	scene_must(book_open(&p->book, p->s.dir, &e));
	p->desk.book = p->book;
	p->s.ui.practices = &p->desk;
}

void practice_scene_stand_up(struct practice_scene *p)
{
	if (!p->session)
		return;
	model_kb_off_screen(session_model(p->session));
	ui_release(&p->ui);
	session_free(p->session);
	p->session = NULL;
	p->view = (struct practice_view){0};
}

void practice_scene_sit(struct practice_scene *p, const char *scenario, enum practice_mode mode)
{
	struct session_options o = {
		.dir = p->s.dir, .clock = &p->s.clock, .live = &p->s.config, .scenario = scenario, .mode = mode, .seed = 7, .lang = i18n_lang(),
		.agent_no = "8001", .agent_name = "陈晨", .agent_id = "8001", .station = "0A7", .zone = "Asia/Shanghai",
		.roles = p->s.model.roles, .preemptible = mode != PRACTICE_EXAM, .human = mode == PRACTICE_PAIRED,
		.room = mode == PRACTICE_COACHED || mode == PRACTICE_PAIRED ? "K7M2QX" : NULL,
	};

	practice_scene_stand_up(p);
	scene_must(session_new(&p->session, &o, &e));
	p->view = (struct practice_view){.session = p->session, .book = session_book(p->session)};
	ui_init(&p->ui, &p->s.ui.theme, &p->s.config, session_model(p->session));
	p->ui.practice = &p->view;
	ui_resize(&p->ui, session_model(p->session), p->s.ui.rows, p->s.ui.cols);
	ui_layout(&p->ui, session_model(p->session));
}

void practice_scene_close(struct practice_scene *p)
{
	practice_scene_stand_up(p);
	if (p->desk.coach)
		coach_release(&p->coach);
	room_leave(p->room);
	p->s.ui.practices = NULL;
	book_close(p->book);
	scene_close(&p->s);
}

// --- keys and time

static void turn(struct practice_scene *p)
{
	if (p->session)
		session_turn(p->session);
	ui_follow(practice_scene_ui(p), practice_scene_model(p));
}

static void press(struct practice_scene *p, struct key k)
{
	if (p->session)
		session_clock(p->session);
	ui_key(practice_scene_ui(p), practice_scene_model(p), k);
	turn(p);
}

void practice_scene_keys(struct practice_scene *p, const char *list)
{
	struct sv rest = sv(list), one;

	while (sv_split(&rest, ' ', &one)) {
		struct key_line k;
		scene_must(key_line_parse(one, &k, &e));
		press(p, k.key);
	}
}

void practice_scene_type(struct practice_scene *p, const char *text)
{
	struct sv t = sv(text);
	uint32_t cp;

	for (size_t i = 0; i < t.n;) {
		i += utf8_decode(sv_n(t.p + i, t.n - i), &cp);
		press(p, (struct key){.kind = K_CHAR, .cp = cp});
	}
}

void practice_scene_wait(struct practice_scene *p, int64_t ms)
{
	while (ms > 0) {
		int64_t next = p->session ? session_next_ms(p->session) : -1, step = next < 0 || next > ms ? ms : next ? next : 1;
		clock_fake_add(&p->s.clock, step);
		ms -= step;
		if (p->session)
			session_turn(p->session);
		model_tick(practice_scene_model(p));
	}
	turn(p);
}

void practice_scene_answer(struct practice_scene *p)
{
	practice_scene_keys(p, "Enter");
	practice_scene_wait(p, 500);
	practice_scene_keys(p, "F2");
	practice_scene_wait(p, 1000);
}

bool practice_scene_card(struct practice_scene *p, bool good)
{
	struct model *m = session_model(p->session);
	struct work *w = model_work(m);
	const struct reply_card *cards[9], *said = NULL;
	size_t n = w ? engine_cards(session_engine(p->session), phone_caller(w->contact->call), cards, 9) : 0;

	for (size_t i = 0; i < n && !said; i++)
		said = cards[i]->good == good ? cards[i] : NULL;
	if (!said)
		return false;
	session_clock(p->session);
	scene_must(session_say(p->session, w, label_text(said->text), &e));
	practice_scene_wait(p, ANSWER_MS);
	return true;
}

void practice_scene_talk(struct practice_scene *p, const char *disposition)
{
	struct model *m = session_model(p->session);
	struct work *w = model_work(m);

	for (int i = 0; i < 12 && practice_scene_card(p, true); i++)
		;
	if (contact_is_live(w->contact))
		scene_must(model_hangup(m, w, &e));
	practice_scene_wait(p, 1000);
	if (!disposition)
		return;
	scene_must(model_disposition(m, w, disposition, &e));
	scene_must(session_finish(p->session, &e));
	turn(p);
}

// --- the other seat

void practice_scene_hears(struct practice_scene *p, const char *json)
{
	char *text = xstrdup(json);

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_t *body = json_loads(text, 0, NULL);
	if (!body)
		scene_fail(__FILE__, __LINE__, "no JSON", text);
	coach_heard(&p->coach, &(struct room_line){.n = 1, .seat = "0A7", .by = "8001", .body = body});
	json_decref(body);
	free(text);
}

static void hears_session(struct practice_scene *p)
{
	const struct book_session *r = session_row(p->session);
	const struct practice_log *l = session_log(p->session);
	char *hello = xasprintf("{'ctl':'hello','scenario':'%s','version':%d,'seed':7,'mode':'%s','lang':'%s','agent':'8001','name':'陈晨','no':'%s',"
				"'id':'%s'}", r->scenario, r->version, practice_mode_code(r->mode), r->lang == LANG_ZH ? "zh" : "en", r->no, r->id);
	char *state = xasprintf("{'ctl':'state','state':'%s','left':%lld}", session_state_code(r->state), (long long)session_left_ms(p->session));

	practice_scene_hears(p, hello);
	for (size_t i = 0; i < l->v.n; i++) {
		json_t *o = log_entry_json(&l->v.v[i]);
		json_object_set_new(o, "i", json_integer((json_int_t)i + 1));
		coach_heard(&p->coach, &(struct room_line){.n = (int64_t)i + 2, .seat = "0A7", .by = "8001", .body = o});
		json_decref(o);
	}
	practice_scene_hears(p, state);
	if (session_score(p->session)) {
		json_t *o = json_pack("{s:s, s:o}", "ctl", "score", "score", score_json(session_score(p->session)));
		coach_heard(&p->coach, &(struct room_line){.n = 1, .seat = "0A7", .by = "8001", .body = o});
		json_decref(o);
	}
	free(hello);
	free(state);
}

static void heard_nothing(void *arg, const struct room_line *l)
{
	(void)arg;
	(void)l;
}

static void no_trouble(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
}

void practice_scene_coach(struct practice_scene *p, enum coach_role role)
{
	if (!p->room) {
		char *rooms = path_join(p->s.dir, "rooms");
		struct room_options o = {.code = "K7M2QX", .seat = "0B2", .by = "8007", .clock = &p->s.clock, .folder = rooms, .heard = heard_nothing,
					 .trouble = no_trouble};
		scene_must(path_mkdirs(rooms, &e));
		scene_must(room_join(&p->room, &o, true, &e));
		free(rooms);
	}
	if (p->desk.coach)
		coach_release(&p->coach);
	coach_init(&p->coach, p->room, p->s.model.packs, role, NULL, &p->s.clock);
	if (p->session)
		hears_session(p);
	practice_scene_stand_up(p);
	p->desk.coach = &p->coach;
	p->s.ui.screen = SCREEN_COACH;
	ui_follow(&p->s.ui, &p->s.model);
}

// --- the screen

static void paint(struct practice_scene *p, int rows, int cols, struct golden *g)
{
	struct ui *u = practice_scene_ui(p);
	struct model *m = practice_scene_model(p);

	golden_open(g, rows, cols, p->s.theme);
	g->theme.ascii = u->theme.ascii = p->s.ascii;
	struct canvas c = golden_begin(g);
	ui_resize(u, m, rows, cols);
	ui_layout(u, m);
	ui_follow(u, m);
	ui_draw(u, m, &c);
}

void practice_scene_draw(struct practice_scene *p, int rows, int cols, struct str *out)
{
	struct golden g;

	paint(p, rows, cols, &g);
	golden_dump(&g, out);
	golden_close(&g);
}

void practice_scene_golden(struct practice_scene *p, const char *name, int rows, int cols)
{
	struct golden g;

	// The foot says when it was saved: not before it is.
	if (p->session) {
		store_wait_idle(session_model(p->session)->store);
		model_store_poll(session_model(p->session));
	}
	paint(p, rows, cols, &g);
	golden_check(&g, name);
	golden_close(&g);
}

bool practice_scene_shows(struct practice_scene *p, const char *text)
{
	struct ui *u = practice_scene_ui(p);
	struct str out = {0};

	practice_scene_draw(p, u->rows, u->cols, &out);
	bool found = strstr(str_z(&out), text) != NULL;
	str_release(&out);
	return found;
}

const char *practice_scene_said(struct practice_scene *p)
{
	const struct note *n = model_last_note(practice_scene_model(p));

	return n ? n->text : "";
}
