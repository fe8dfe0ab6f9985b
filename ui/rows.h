// SPDX-License-Identifier: MIT
// Knows the rows about the whole that stand above the places: the status line and the banners.
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "src/work/hub.h"
#include "ui/ui.h"

// status.c: who, what, with whom; at the right how it stands with the hub. What does not fit is left out, never cut.
void status_draw(const struct ui *u, const struct model *m, const struct canvas *row);
// "12 min", "3 h", "2 d"; less than a minute is "".
void ui_age(int64_t ms, char *buf, size_t cap);

// --- banners: pushed in below the rail; they never cover what is typed

enum { BANNERS = 12 };
struct banner {
	unsigned role;
	char head[48];  // before the text; its further rows stand under the text
	char text[900];
	char tail[64];  // at the right of the first row: keys
	int most;       // rows it may have, 0: one
	int rows;       // that it has
	void (*draw)(const struct ui *u, const struct model *m, const struct canvas *c); // instead of the texts; NULL: those
};
struct banners {
	struct banner v[BANNERS];
	int n;
	int rows, room; // of all, on this screen
	int cols;
};
// What stands there now, the most urgent first: as many rows as the screen has for them.
void banners_collect(const struct ui *u, const struct model *m, struct banners *out);
void banners_draw(const struct ui *u, const struct model *m, const struct banners *all, const struct canvas *c);
// The next one, filled in by the caller before banner_done; NULL: there is no room.
struct banner *banner_next(struct banners *all);
void banner_done(struct banners *all, struct banner *b);

// practice_rows.c: where the session stands, always the first one in practice
void practice_banner(const struct ui *u, const struct model *m, struct banners *all);
bool practice_over(const struct ui *u); // the session in front is over: what is left of it is scores and words
// hub_banners.c: red broadcasts, then what is wrong with the hub, then the other notices
void hub_banners_red(const struct ui *u, const struct model *m, struct banners *all);
void hub_banners_line(const struct ui *u, const struct model *m, struct banners *all);
void hub_banners_notices(const struct ui *u, const struct model *m, struct banners *all);
void hub_banners_clock(const struct model *m, struct banners *all);
// "red", "drill", "notice" ... in the user's language.
const char *broadcast_label(const struct broadcast *b);
void broadcast_part(struct str *out, const char *head, const char *text); // one more paragraph under a head; nothing when there is no text

// ask_request.c: red broadcasts that are asked for
bool ask_request(struct ui *u, struct model *m, const char *id); // all of it, and what may be done; false: there is none
size_t requests_add(struct ui *u, const struct model *m); // a row of the menu for each; how many

#endif
