// SPDX-License-Identifier: MIT
// Knows how a test gets a station that practises: a live store with something in it, the common pack with one more scenario, a clock
// that stands still.
#ifndef TESTS_PRACTICE_SEAT_H
#define TESTS_PRACTICE_SEAT_H

#include "src/base/path.h"
#include "src/practice/sandbox.h"
#include "src/practice/session.h"
#include "src/work/hub.h"
#include "src/work/internal.h"
#include "src/work/station.h"
#include "tests/unit/store/tmpdir.h"

#define SEAT_NOW 1795316400000LL
#define SEAT_SCENARIO "test.seat"

struct seat {
	char *dir;
	struct clock clock;
	struct config live;
	enum practice_mode mode;
	struct session *session;
};

static inline void seat_start(struct seat *t)
{
	struct err e = {0};
	struct str text = {0};
	char *common = path_share("packs/common");

	*t = (struct seat){.dir = tmpdir_new(), .mode = PRACTICE_SOLO};
	clock_fake(&t->clock, SEAT_NOW, 5000000);
	config_defaults(&t->live);
	t->live.hub_proxy = "http://proxy:3128";
	t->live.hub_second = "https://hub2";
	assert_ok(store_init(t->dir, "SHA", "0A7", &t->clock, &e), e);
	assert_ok(station_add_pack(t->dir, common, &t->clock, "Asia/Shanghai", &e), e);
	char *into = path_join(t->dir, "packs/common/scenarios"), *file = path_join(into, "seat.yaml");
	assert_ok(path_mkdirs(into, &e), e);
	assert_ok(path_read(SEAT_YAML, 1 << 20, &text, &e), e);
	assert_ok(path_write_atomic(file, sv(str_z(&text)), 0600, &e), e);
	str_release(&text);
	free(into);
	free(file);
	free(common);
}

static inline struct session_options seat_options(const struct seat *t)
{
	return (struct session_options){
		.dir = t->dir, .clock = &t->clock, .live = (struct config *)(uintptr_t)&t->live, .scenario = SEAT_SCENARIO, .mode = t->mode,
		.seed = 7, .lang = LANG_ZH, .agent_no = "8001", .agent_name = "陈晨", .agent_id = "8001", .station = "0A7",
		.zone = "Asia/Shanghai", .roles = 2, .preemptible = t->mode != PRACTICE_EXAM,
	};
}

static inline void seat_open(struct seat *t)
{
	struct err e = {0};
	const struct session_options o = seat_options(t);

	assert_ok(session_new(&t->session, &o, &e), e);
}

static inline void seat_end(struct seat *t)
{
	session_free(t->session);
	config_release(&t->live);
	tmpdir_free(t->dir);
}

// Real time goes on; the session does what is due in between, at the moments it asked for.
static inline void seat_wait(struct seat *t, int64_t ms)
{
	while (ms > 0) {
		int64_t next = session_next_ms(t->session), step = next < 0 || next > ms ? ms : next ? next : 1;
		clock_fake_add(&t->clock, step);
		ms -= step;
		session_turn(t->session);
		model_tick(session_model(t->session));
	}
}

static inline void seat_saved(struct seat *t)
{
	store_wait_idle(session_model(t->session)->store);
	model_store_poll(session_model(t->session));
}

// The call of that caller, which must be in hand.
static inline struct work *seat_work(struct seat *t, const char *call)
{
	struct work *w = work_by_call(session_model(t->session), call);

	assert_non_null(w);
	return w;
}

static inline size_t seat_count(const struct session *s, enum log_who who, enum event_type type)
{
	const struct practice_log *l = session_log(s);
	size_t n = 0;

	for (size_t i = 0; i < l->v.n; i++)
		n += l->v.v[i].who == who && l->v.v[i].ev.type == type;
	return n;
}

static inline const struct log_entry *seat_last(const struct session *s, enum log_who who, enum event_type type)
{
	const struct practice_log *l = session_log(s);

	for (size_t i = l->v.n; i-- > 0;)
		if (l->v.v[i].who == who && l->v.v[i].ev.type == type)
			return &l->v.v[i];
	return NULL;
}

#endif
