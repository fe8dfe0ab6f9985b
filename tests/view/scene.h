// SPDX-License-Identifier: MIT
// Knows how a view test sets its scene: a model over a throw-away store with the real packs, a fake clock, a headless screen.
//
//   struct scene s;
//   scene_open(&s, LANG_ZH);
//   struct work *w = scene_call(&s, "13812345678", "王芳");
//   scene_golden_place(&s, &place_script, "script_call", 24, 40);
//   scene_close(&s);
//
// Everything that goes wrong ends the test with a sentence on standard error. Include after <cmocka.h>.
#ifndef TESTS_VIEW_SCENE_H
#define TESTS_VIEW_SCENE_H

#include "src/work/hub.h"
#include "tests/view/golden.h"
#include "ui/ui.h"

// 2026-11-22 10:00:00 in Asia/Shanghai; mono starts at 1,000,000.
#define SCENE_NOW INT64_C(1795312800000)

struct scene {
	char *dir; // of the store, made with mkdtemp, removed by scene_close
	struct clock clock;
	struct config config;
	struct store *store;
	struct model model;
	char theme[16]; // name
	bool ascii;
	struct ui ui; // 120x40 until scene_size
	struct cti *cti; // of scene_open_phone, else NULL
	uint64_t starts; // of the model
};

// Station SHA 0A7, agent 8001 陈晨, packs of config/packs, no articles (scene_kb), no telephone. Texts of the content are in
// lang; messages of the program too, as far as the catalogue that ZUOXI_LOCALEDIR names has them.
void scene_open(struct scene *s, enum lang lang);
// The same with a simulated telephone (src/cti/sim.h) that has no calls of its own, the articles of all
// packs, and a store that does not wait for the disk: for long runs.
void scene_open_phone(struct scene *s, enum lang lang);
// The program ends as it does when the agent leaves, and starts again on the same store: what is open comes back.
void scene_restart(struct scene *s);
void scene_close(struct scene *s);
// Imports the articles of these packs ("common", "finance" ...), NULL at the end.
void scene_kb(struct scene *s, ...) __attribute__((sentinel));

// A call that came in, was answered at once and is in front. name may be NULL.
struct work *scene_call(struct scene *s, const char *number, const char *name);
// A chat that came in, with this first line of the customer, and was answered.
struct work *scene_chat(struct scene *s, const char *number, const char *name, const char *line);
void scene_customer_says(struct scene *s, struct work *w, const char *line);
void scene_wait(struct scene *s, int64_t ms); // what is to be saved is, then time passes, model_tick runs
void scene_saved(struct scene *s);            // waits until everything is in the store

void scene_size(struct scene *s, int rows, int cols); // ui_resize
void scene_theme(struct scene *s, const char *name, bool ascii);
// Keys as in key scripts: names, "text:..." types the rest. One a call.
void scene_key(struct scene *s, const char *line);

// A fact of the station (rows of meta).
void scene_meta(struct scene *s, const char *key, const char *value);
// What the hub has sent: one row of a stream; in json ' stands for ". The model reads it with scene_hub_changed.
void scene_hub_row(struct scene *s, const char *stream, const char *t, const char *id, const char *json);
void scene_hub_gone(struct scene *s, const char *t, const char *id); // the row is taken away
void scene_hub_refuse(struct scene *s, int64_t n, const char *why); // the hub's answer to operation n: rejected, with that problem
int64_t scene_hub_last_n(struct scene *s); // of the operations, 0: none
void scene_hub_changed(struct scene *s);
// The station has joined: online since 09:30, agent 8001 logged in, everything sent. The test changes it and reports it again.
struct hub_status scene_hub_online(const struct scene *s);
void scene_hub_report(struct scene *s, const struct hub_status *st);

void scene_kb_all(const struct scene *s); // of all packs; before the store is open (scene_open_phone does it)

// What a place draws into rows x cols, or the whole screen (place NULL: ui_draw at the size of scene_size): appended to out as
// golden_dump writes it; with NAME compared as golden_check does.
void scene_draw(struct scene *s, const struct place *p, int rows, int cols, struct str *out);
void scene_golden_place(struct scene *s, const struct place *p, const char *name, int rows, int cols);
// Does the text show in the place, or on the screen?
bool scene_shows(struct scene *s, const struct place *p, int rows, int cols, const char *text);

// Asserts that an operation of the model succeeded; says why if it did not.
#define scene_must(ok_expr)                                                                    \
	do {                                                                                   \
		struct err e = {0};                                                            \
		if (!(ok_expr))                                                                \
			scene_fail(__FILE__, __LINE__, #ok_expr, e.msg);                       \
	} while (0)
_Noreturn void scene_fail(const char *file, int line, const char *what, const char *why);

#endif
