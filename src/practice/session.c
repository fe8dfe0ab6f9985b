// SPDX-License-Identifier: MIT
// Knows how a session is made, what it consists of, its clock, and how it is let go.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/desk/number.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"
#include "src/store/id.h"
#include "src/work/hub.h"
#include "src/work/station.h"

// --- the clock: stands still while nothing runs

int64_t session_used_ms(const struct session *s)
{
	return s->acc + (s->since >= 0 ? clock_mono(s->o.clock) - s->since : 0);
}

void session_clock(struct session *s)
{
	int64_t used = session_used_ms(s);

	s->clock.fake_wall = s->base_wall + used;
	s->clock.fake_mono = SESSION_MONO + used;
}

void session_run_clock(struct session *s, bool on)
{
	if (on == (s->since >= 0))
		return;
	if (on) {
		s->since = clock_mono(s->o.clock);
	} else {
		s->acc = session_used_ms(s);
		s->since = -1;
	}
	session_clock(s);
	s->box.model.changed = true;
}

// --- its record

bool session_save(struct session *s, struct err *e)
{
	s->row.used_ms = s->saved_ms = session_used_ms(s);
	return book_put(s->book, &s->row, e);
}

bool session_move(struct session *s, enum session_state to, struct err *e)
{
	enum session_state from = s->row.state;

	if (!session_may(from, to, s->o.mode))
		return err_set(e, ERR_DENIED, _("The exercise is %s; it cannot become %s."), session_state_label(from), session_state_label(to));
	s->row.state = to;
	s->box.model.changed = true;
	if (session_save(s, e))
		return true;
	s->row.state = from;
	return false;
}

// --- making one

struct session *session_alloc(const struct session_options *o, const char *id)
{
	struct session *s = xcalloc(1, sizeof(*s));
	struct arena *a = &s->arena;

	s->o = *o;
	s->o.dir = arena_strdup(a, o->dir);
	s->o.scenario = arena_strdup(a, o->scenario);
	s->o.agent_no = arena_strdup(a, o->agent_no ? o->agent_no : "");
	s->o.agent_name = arena_strdup(a, o->agent_name ? o->agent_name : "");
	s->o.agent_id = arena_strdup(a, str_empty(o->agent_id) ? s->o.agent_no : o->agent_id);
	s->o.station = arena_strdup(a, o->station);
	s->o.zone = arena_strdup(a, o->zone);
	s->o.trainer = arena_strdup(a, str_empty(o->trainer) ? NULL : o->trainer);
	s->o.room = arena_strdup(a, str_empty(o->room) ? NULL : o->room);
	s->o.seat = arena_strdup(a, str_empty(o->seat) ? NULL : o->seat);
	s->o.host = arena_strdup(a, str_empty(o->host) ? NULL : o->host);
	s->o.preemptible = o->preemptible && o->mode != PRACTICE_EXAM;
	s->since = s->wrap_from = -1;
	s->base_wall = clock_wall(o->clock);
	s->row = (struct book_session){.id = arena_strdup(a, id), .final_ = -1};
	clock_fake(&s->clock, s->base_wall, SESSION_MONO);
	return s;
}

bool session_load_packs(struct session *s, struct err *e)
{
	struct problems p = {0};
	size_t n;
	char **dirs = station_pack_dirs(s->o.dir, &n);
	const struct pack_scenario *found;

	s->packs = packs_load((const char *const *)dirs, n, &p);
	problems_release(&p);
	station_free_dirs(dirs);
	found = packs_scenario(s->packs, s->o.scenario);
	if (!found || (found->s.n_callers == 0 && found->s.kind != SCENARIO_QUEUE)) {
		packs_free(s->packs);
		s->packs = NULL;
		return err_set(e, ERR_NOT_FOUND, _("There is no exercise %s in the content packs; see zuoxi practice list."), s->o.scenario);
	}
	s->scenario = &found->s;
	s->row.pack_hash = arena_strdup(&s->arena, found->pack ? found->pack->hash : NULL);
	return true;
}

struct sandbox_options session_sandbox(const struct session *s)
{
	return (struct sandbox_options){
		.dir = s->o.dir, .id = s->row.id, .clock = &s->clock, .live = s->o.live, .station = s->o.station, .zone = s->o.zone,
		.agent_no = s->o.agent_no, .agent_name = s->o.agent_name, .agent_id = s->o.agent_id, .roles = s->o.roles,
		.mode = s->o.mode == PRACTICE_EXAM ? MODE_EXAM : MODE_PRACTICE,
	};
}

struct engine *session_make_engine(const struct session *s)
{
	return engine_new(&(struct engine_options){
		.scenario = s->scenario, .lexicon = s->packs->lexicon, .seed = s->row.seed, .lang = s->row.lang, .human = s->o.human,
		// A trainer beside the agent chooses when something comes in between.
		.curveballs = s->o.mode != PRACTICE_COACHED && !s->o.human});
}

// Where a scenario takes the line to the hub away there is one to be seen first; else the sandbox has none.
static void show_hub(struct session *s)
{
	for (size_t i = 0; i < s->scenario->n_curveballs; i++)
		if (s->scenario->curveballs[i].kind == CURVE_SYSTEM_DOWN && str_eq(s->scenario->curveballs[i].target, "hub")) {
			model_hub_report(&s->box.model, &(struct hub_status){.line = HUB_ONLINE, .since = clock_wall(&s->clock),
									    .synced_at = clock_wall(&s->clock)});
			return;
		}
}

bool session_open_box(struct session *s, struct err *e)
{
	const struct sandbox_options o = session_sandbox(s);
	struct packs *packs = s->packs;

	s->phone = phone_open(s->scenario, s->row.lang, &s->clock);
	if (!sandbox_open(&s->box, &o, packs, s->phone, e)) {
		s->packs = NULL; // gone with it
		return false;
	}
	show_hub(s);
	session_tap_on(s);
	model_pump_phone(&s->box.model);
	return true;
}

static void fill_row(struct session *s)
{
	struct book_session *r = &s->row;

	r->scenario = s->scenario->code;
	r->version = s->scenario->version;
	r->agent = s->o.agent_id;
	r->agent_name = s->o.agent_name;
	r->trainer = s->o.trainer;
	r->room = s->o.room;
	r->seat = s->o.seat;
	r->host = s->o.host;
	r->mode = s->o.mode;
	r->seed = s->o.seed;
	r->lang = s->o.lang;
	r->preemptible = s->o.preemptible;
	r->state = SESSION_CREATED;
}

bool session_new(struct session **out, const struct session_options *o, struct err *e)
{
	struct id_gen ids;
	char id[ID_LEN + 1], no[NUMBER_CAP];

	*out = NULL;
	id_gen_init(&ids, o->clock, 0);
	id_new(&ids, id);
	struct session *s = session_alloc(o, id);
	bool made = false, ok = session_load_packs(s, e) && book_open(&s->book, s->o.dir, e) &&
				book_number(s->book, s->o.station, s->base_wall, s->o.zone, no, e);
	if (ok) {
		s->row.no = arena_strdup(&s->arena, no);
		fill_row(s);
		ok = session_seat_find(s, e);
	}
	if (ok) {
		const struct sandbox_options box = session_sandbox(s);
		made = ok = sandbox_make(&box, s->packs, s->scenario, s->row.lang, e);
		ok = ok && session_open_box(s, e);
	}
	if (ok) {
		s->engine = session_make_engine(s);
		// There is one seat at this station: everybody who is needed is here.
		ok = session_save(s, e) && session_move(s, SESSION_BRIEFING, e);
	}
	if (!ok) {
		s->row.state = made ? SESSION_ABORTED : s->row.state;
		session_free(s);
		return false;
	}
	*out = s;
	return true;
}

// Can it be taken up again after this program has ended?
static bool can_resume(enum session_state st)
{
	return st == SESSION_RUNNING || st == SESSION_PAUSED || st == SESSION_SUSPENDED || st == SESSION_WRAP;
}

void session_free(struct session *s)
{
	struct err e = {0};

	if (!s)
		return;
	session_run_clock(s, false);
	bool keep = can_resume(s->row.state);
	// Nobody has begun: there is nothing to come back to.
	if (s->engine && s->row.state <= SESSION_BRIEFING && !session_move(s, SESSION_ABORTED, &e))
		log_line(LOG_WARN, "practice: %s", e.msg);
	if (s->engine && s->book) {
		session_write(s);
		e = (struct err){0};
		if (s->row.state == SESSION_DEBRIEFED ? !session_move(s, SESSION_ARCHIVED, &e) : !session_save(s, &e))
			log_line(LOG_WARN, "practice: %s", e.msg);
	}
	s->deaf = true;
	if (!s->box.open)
		packs_free(s->packs);
	sandbox_close(&s->box);
	if (s->phone)
		s->phone->ops->close(s->phone);
	engine_free(s->engine);
	book_close(s->book);
	voice_close(s->voice);
	if (s->scored)
		score_release(&s->score);
	free(s->score_text);
	e = (struct err){0};
	if (!keep && !sandbox_destroy(s->o.dir, s->row.id, &e))
		log_line(LOG_WARN, "practice: %s", e.msg);
	arena_release(&s->arena);
	free(s);
}

// --- what it consists of

struct model *session_model(struct session *s)
{
	return &s->box.model;
}

const struct scenario *session_scenario(const struct session *s)
{
	return s->scenario;
}

const struct engine *session_engine(const struct session *s)
{
	return s->engine;
}

struct book *session_book(struct session *s)
{
	return s->book;
}

const struct book_session *session_row(const struct session *s)
{
	return &s->row;
}

enum session_state session_state(const struct session *s)
{
	return s->row.state;
}

enum practice_mode session_mode(const struct session *s)
{
	return s->o.mode;
}

const struct practice_log *session_log(const struct session *s)
{
	struct practice_log *l = (struct practice_log *)(uintptr_t)&s->log;
	const struct practice_log *of = engine_log(s->engine);

	snprintf(l->scenario, sizeof(l->scenario), "%s", s->row.scenario);
	l->version = s->row.version;
	l->seed = s->row.seed;
	l->mode = s->o.mode;
	l->lang = s->row.lang;
	l->v.v = of->v.v;
	l->v.n = of->v.n;
	return l;
}

const struct score *session_score(const struct session *s)
{
	return s->scored ? &s->score : NULL;
}

int64_t session_left_ms(const struct session *s)
{
	int64_t used = session_used_ms(s);
	int64_t left = s->wrap_from >= 0 ? 1000 * (int64_t)s->scenario->wrap_limit_s - (used - s->wrap_from)
					 : 1000 * (int64_t)s->scenario->time_limit_s - used;

	return left < 0 ? 0 : left;
}

const char *session_hint(const struct session *s, const struct work *w)
{
	int contact = w ? phone_caller(w->contact->call) : -1;
	const struct expectation *x;

	if (s->o.mode == PRACTICE_EXAM || contact < 0 || (s->row.state != SESSION_RUNNING && s->row.state != SESSION_WRAP))
		return "";
	x = engine_hint(s->engine, contact);
	return x ? label_text(x->label) : "";
}
