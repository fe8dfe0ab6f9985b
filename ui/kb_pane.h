// SPDX-License-Identifier: MIT
// Knows what the rooms of the knowledge pane share: what stands in it, where the keys go, how an article is laid out.
#ifndef UI_KB_PANE_H
#define UI_KB_PANE_H

#include "ui/ui.h"

struct kb_view *kb_pane_view(const struct model *m); // of the contact in front, or of the desk
enum kb_at kb_pane_at(const struct ui *u, const struct model *m);
bool kb_pane_here(const struct ui *u, const struct model *m); // the keys go to the knowledge pane

// What is shown in the pane, or in the column beside it.
enum kb_room { KB_ROOM_NONE, KB_ROOM_LIST, KB_ROOM_ARTICLE, KB_ROOM_PREVIEW, KB_ROOM_VERSIONS, KB_ROOM_DIFF };
enum kb_room kb_pane_room(const struct ui *u, const struct model *m, bool here);
enum kb_room kb_column_room(const struct ui *u, const struct model *m);
// Where a room is on the screen, without titles and hints; false: it is not. Valid after ui_layout.
bool kb_list_rect(const struct ui *u, const struct model *m, struct rect *r);
bool kb_reading_rect(const struct ui *u, const struct model *m, enum kb_room *room, struct rect *r);

void kb_pane_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused); // kb_rooms.c

// --- kb_list_draw.c
void kb_query_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
void kb_list_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
void kb_list_settle(const struct ui *u, const struct model *m, struct view *v, int height, int width);
size_t kb_selected_row(const struct kb_view *kb);

// --- kb_article.c
struct kb_sheet_line {
	unsigned role;
	const char *text;
};
enum { KB_SHEET_LINES = 12 };
// An article on a rectangle: what is said about it above and below, and the part of its text that shows.
struct kb_sheet {
	struct kb_sheet_line head[KB_SHEET_LINES], foot[KB_SHEET_LINES];
	int n_head, n_foot, head_h, foot_h, body_h;
	struct kb_lines body;
	int top; // first line of it
};
void kb_sheet_lay(const struct ui *u, const struct model *m, bool preview, int height, int width, struct kb_sheet *out, struct arena *a);
void kb_sheet_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool preview, bool focused);
// Is the open article waiting for the user's receipt?
bool kb_wants_receipt(const struct model *m);

// --- kb_versions.c
void kb_versions_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
void kb_diff_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
bool kb_versions_act(struct ui *u, struct model *m, enum action a);
bool kb_versions_open(struct ui *u, struct model *m, const char *id);
void kb_versions_title(const struct ui *u, const struct model *m, char *buf, size_t cap);

// --- kb_why.c
void kb_why_words(const struct model *m, const struct kb_result *r, size_t row, struct str *out); // one reason a line

// --- record_seen.c
// Opens the text that was before the agent's eyes at an event of the past contact in front; says why there is none.
bool record_open_seen(struct ui *u, struct model *m, const struct event *ev);

#endif
