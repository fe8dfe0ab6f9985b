// SPDX-License-Identifier: MIT
// Knows how the workstation is played by keys from a file instead of a terminal.
#include "src/app_part.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"

static bool script_key(void *ctx, struct key k)
{
	struct app *a = ctx;

	if (a->practice)
		app_practice_turn(a->practice);
	ui_key(&app_front(a)->ui, app_front(a)->m, k);
	return !app_front(a)->ui.quit;
}

static bool script_text(void *ctx, struct sv text)
{
	struct app *a = ctx;

	if (a->practice)
		app_practice_turn(a->practice);
	for (size_t i = 0; i < text.n;) {
		struct key k = {.kind = K_CHAR};
		i += utf8_decode(sv_n(text.p + i, text.n - i), &k.cp);
		ui_key(&app_front(a)->ui, app_front(a)->m, k);
	}
	return !app_front(a)->ui.quit;
}

static bool script_call(void *ctx, const char *number, const char *name)
{
	struct app *a = ctx;

	if (!a->cti)
		return false;
	sim_offer(a->cti, CTI_PHONE, number, name, "");
	model_pump_phone(&a->model);
	return true;
}

static void script_screen(void *ctx, struct str *out)
{
	struct app *a = ctx;

	app_obey(a);
	if (!app_front(a)->ui.quit)
		app_draw(a);
	headless_text(a->headless, out);
}

// Lets the loop turn once, at most for ms.
static void script_turn(void *ctx, int64_t ms)
{
	struct app *a = ctx;

	if (ms > 0) {
		app_front(a)->m->changed = true;
		uv_timer_start(&a->tick, app_on_tick, (uint64_t)ms, 0);
		uv_run(&a->loop, UV_RUN_ONCE);
	} else {
		uv_run(&a->loop, UV_RUN_NOWAIT);
	}
}

int app_play(struct app *a, struct err *e)
{
	const struct key_script_host host = {
		.ctx = a, .key = script_key, .text = script_text, .call = script_call, .screen = script_screen, .turn = script_turn,
	};

	// Keys wait for the content: a script says what an agent would do, not how fast the disk is.
	while (app_packs_starting(a->packs))
		uv_run(&a->loop, UV_RUN_ONCE);
	return key_script_run(a->script, &host, e) ? CLI_DONE : CLI_NO;
}
