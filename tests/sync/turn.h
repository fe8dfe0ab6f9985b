// SPDX-License-Identifier: MIT
// Knows how a test lets the loop turn until something is so, with a deadline.
#ifndef TESTS_TURN_H
#define TESTS_TURN_H

#include <uv.h>

#include "src/base/clock.h"

enum { TURN_DEADLINE_MS = 20000 };

static inline void turn_wake(uv_timer_t *t)
{
	(void)t;
}

static inline void turn_close(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

// Turns until so(arg); false: the deadline passed first.
static inline bool turn_until(uv_loop_t *loop, bool (*so)(void *arg), void *arg, int deadline_ms)
{
	int64_t end = clock_mono(&clock_real) + deadline_ms;
	uv_timer_t *t = calloc(1, sizeof(*t));
	bool yes;

	uv_timer_init(loop, t);
	uv_timer_start(t, turn_wake, 5, 5);
	while (!(yes = so(arg)) && clock_mono(&clock_real) < end)
		uv_run(loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)t, (uv_close_cb)free);
	uv_run(loop, UV_RUN_NOWAIT);
	return yes;
}

// Everything that was closed is forgotten; the loop must be empty then.
static inline bool turn_end(uv_loop_t *loop)
{
	uv_run(loop, UV_RUN_DEFAULT);
	return uv_loop_close(loop) == 0;
}

#endif
