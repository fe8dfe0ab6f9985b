// SPDX-License-Identifier: MIT
// Knows how a test gets a station beside a hub that keeps books, joined and logged in.
#ifndef TESTS_JOINED_H
#define TESTS_JOINED_H

#include "tests/sync/fakehub.h"
#include "tests/sync/seat.h"
#include "tests/unit/store/tmpdir.h"

enum { HURRY = 25 };
#define PASSWORD "secret password"

struct fix {
	struct fakehub hub;
	struct seat seat;
	struct err e;
};

static inline int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	fakehub_start(&f->hub);
	seat_make(&f->seat, 7, HURRY);
	seat_open(&f->seat);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fix *f = *state;

	seat_free(&f->seat);
	fakehub_stop(&f->hub);
	free(f);
	return 0;
}

static inline void enrol_at(struct fix *f, const char *url)
{
	char *code = fakehub_code(&f->hub, false);

	assert_ok(seat_enrol(&f->seat, url, code, &f->e), f->e);
	free(code);
}

static inline void join_at(struct fix *f, const char *url)
{
	enrol_at(f, url);
	assert_ok(seat_login(&f->seat, "li", PASSWORD, &f->e), f->e);
}

static inline void join(struct fix *f)
{
	join_at(f, f->hub.base);
}

static inline void settle(struct fix *f)
{
	if (!seat_turn(&f->seat, seat_is_settled, &f->seat))
		fail_msg("not settled: line %d, %d unsent, %s", seat_look(&f->seat).link.state, (int)seat_unsent(&f->seat),
			 seat_look(&f->seat).why);
}

#endif
