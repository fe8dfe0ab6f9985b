// SPDX-License-Identifier: MIT
// Knows how the agent looks at the work: focus, scroll, carets, the open dialog. Never what the work is.
//
// Keys come in through ui_key; they change this struct or call the model. Once a turn of the loop, if anything changed,
// ui_draw paints the whole screen from const state. Places (panes, home, history, wrap-up) are rows of a table; each is
// one file with one struct place.
#ifndef UI_UI_H
#define UI_UI_H

#include "src/work/model.h"
#include "ui/canvas.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/lineedit.h"
#include "ui/list.h"
#include "ui/popup.h"
#include "ui/practice.h"

enum { VIEW_FIELDS = 4 };

// Where in the knowledge pane the keys go.
enum kb_at { KB_AT_QUERY, KB_AT_LIST, KB_AT_ARTICLE, KB_AT_VERSIONS, KB_AT_DIFF };
// Where Back leads from an open article.
enum kb_from { KB_FROM_LIST, KB_FROM_VERSIONS, KB_FROM_RECORD };

// Where the selected result stood when the screen was last drawn: it stays there when the results are read again.
struct kb_place {
	char id[80];
	size_t row, top; // among the results; the first one shown
	int y, row_h, height; // in the rows of the list
};

// How the agent looks at one contact (or at the desk between calls): kept while other contacts are in front.
struct view {
	char id[40]; // of the contact, "" for the desk
	enum pane focus;
	// script
	int script_scroll;
	bool script_typing; // an answer is being typed under an ask node
	struct lineedit answer;
	// knowledge
	enum kb_at kb_at;
	struct lineedit query;
	struct kb_place kb_place;
	int article_scroll;
	enum kb_from kb_from;
	int version, against; // in the versions: the selected one, the one marked to be compared with (0: none)
	int diff_scroll;
	// form
	char field[72]; // "base.need"; the focused one, "" = the first that shows
	struct lineedit edit; // its text while it is being edited
	char edit_of[72]; // which field `edit` holds, "" none
	bool edit_typed; // `edit` was changed since it took the field's value
	uint64_t form_left[2]; // fields that were left once (bit = number), base form and pack form: their errors show
	const struct form *form_left_of; // the pack form those bits are of
	bool form_checked; // the whole form was checked: all errors show
	// record
	struct list record;
	int record_scroll;
	int64_t record_seq; // of a past contact: the selected event, 0: the last
	// chat
	bool reply_typing;
	struct lineedit reply;
	// wrap-up
	struct list wrap;
	bool wrap_seen; // the wrap-up has come up once
};

// What the last frame was made of, beside the model: another one is drawn whole.
struct drawn {
	struct layout layout;
	const void *place, *work;
	int64_t wall_s, talk_s; // seconds that are shown, or counted to something shown
	enum popup_kind popup;
	int rows, cols; // 0: nothing was drawn yet
};

// How the conflict desk is looked at.
enum conflict_list { CONFLICTS_OPEN, CONFLICTS_REFUSED, CONFLICTS_STATIONS };
enum { CONFLICT_LISTS = CONFLICTS_STATIONS + 1 };
struct conflict_desk {
	enum conflict_list at;
	struct list list[CONFLICT_LISTS];
	char of[80];  // the conflict that `field` and `scroll` are of
	size_t field; // the one the keys act on
	int scroll;   // rows of what is read that are left out above
	bool by_hand; // scrolled with the page keys: the field need not be in sight
};

// What F2 does now: what waits for an answer comes before a broadcast.
enum ui_f2 { F2_NOTHING, F2_STAMP, F2_ANSWER, F2_BROADCAST };

struct ui;
struct broadcast;
// A dialog's owner: acts on an accepted answer. False with e: the dialog stays open and says why. It may open another
// dialog (then the finished one is replaced).
typedef bool ask_fn(struct ui *u, struct model *m, const struct popup_result *r, struct err *e);

struct ui {
	struct theme theme;
	struct keymap *keys; // owned
	int rows, cols;
	struct layout layout; // of the last ui_layout
	struct drawn shown; // by the last ui_refresh
	bool zoom;
	enum { SCREEN_DESK, SCREEN_HISTORY, SCREEN_KB_DESK, SCREEN_CONFLICTS, SCREEN_TICKET, SCREEN_PRACTICE, SCREEN_COACH } screen;
	struct kbdesk *kbdesk; // ui/kbdesk.h; owned, NULL until it was looked at
	VEC(struct view *) views; // owned
	struct popup popup;
	ask_fn *asked; // of the open popup
	char ask_contact[40], ask_arg[160]; // what it is about
	char ask_draft[40]; // prompts: name under which the fields are kept as drafts while they are typed, "" none
	int64_t ask_n;
	struct list home_list[3], history_list;
	int home_at; // 0 tickets, 1 to-do, 2 notices
	struct practice_ui *prac; // ui/practice_screens.h; owned, NULL until it was looked at
	struct conflict_desk conflicts;
	int ticket_scroll; // of the ticket desk: rows left out above
	char due[80];      // the broadcast that is acknowledged next, "" none
	int64_t due_since; // mono; on the screen since then
	VEC(char *) rung;  // owned: broadcasts the bell was rung for
	bool waits_receipt; // the open dialog shows the receipt when it comes
	bool outside; // likewise: a text goes to the editor of the user (kbdesk_outside.h)
	bool quit, suspend, redraw, bell; // asked of the app; it clears them
	const struct practice_view *practice; // this seat practises; NULL in live work
	const struct practice_desk *practices; // of the live seat; NULL: none
	struct practice_want want_practice; // likewise asked of the app
	enum lang want_lang; // with lang_asked: the app switches
	bool lang_asked, theme_asked;
	char unknown[80]; // "C-y does nothing here; F1 shows the keys", until the next key
	void (*leak)(void *ctx, struct rect canvas, int y, int x); // tests: see struct frame
	void *leak_ctx;
};

// One place keys can go to.
struct place {
	const char *title; // message id, NULL: made by draw
	// Contexts of keymap_lookup now, without CTX_ANY; with CTX_EDIT when text is typed here.
	unsigned (*contexts)(const struct ui *u, const struct model *m);
	// Paints the whole canvas, title rule included (canvas_title in row 0). Puts the caret if focused.
	void (*draw)(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
	// False: not mine. What goes wrong is said by model_say_note.
	bool (*act)(struct ui *u, struct model *m, enum action a);
	// A text key or pasted text; false: nothing here takes text. A single letter or digit of a place without CTX_EDIT
	// that no action binds also comes here (choices of the script, keys of menus).
	bool (*text)(struct ui *u, struct model *m, struct key k, struct sv paste);
	void (*enter)(struct ui *u, struct model *m); // focus arrived; may be NULL
	void (*leave)(struct ui *u, struct model *m); // focus leaves: what was typed is set; may be NULL
	void (*badge)(const struct ui *u, const struct model *m, char *buf, size_t cap); // for the tab: "(3)"; may be NULL
	void (*mouse)(struct ui *u, struct model *m, int y, int x, enum action wheel); // in the place's own rows; may be NULL
};
extern const struct place place_script, place_kb, place_form, place_record; // by enum pane
extern const struct place place_home, place_history, place_wrap;
extern const struct place place_kb_desk, place_kb_write;
extern const struct place place_conflicts, place_ticket;
extern const struct place place_practice, place_brief, place_debrief, place_coach; // the practice desk; before and after a session
// The column of its own that the article has on a wide screen (pane_kb.c).
void kb_preview_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
// Before a frame: tells the model which article, and which lines of it, will be on the screen; keeps the selected result where it is.
void kb_before_draw(struct ui *u, struct model *m);
// An article, or (ver > 0) a version of it, is opened and comes before the eyes; e says why not.
must_use bool kb_pane_open(struct ui *u, struct model *m, const char *id, int ver, enum kb_from from, struct err *e);

// --- the whole (ui.c, input.c, screen.c)
void ui_init(struct ui *u, const struct theme *theme, const struct config *config, struct model *m);
void ui_release(struct ui *u);
void ui_resize(struct ui *u, const struct model *m, int rows, int cols);
void ui_key(struct ui *u, struct model *m, struct key k);
void ui_paste(struct ui *u, struct model *m, struct sv text);
void ui_click(struct ui *u, struct model *m, int y, int x, int wheel); // wheel: -1, 0 click, +1
// Does an action as if its key had been pressed (palette, hints, mouse). False: it does nothing here.
bool ui_act(struct ui *u, struct model *m, enum action a);
enum ui_f2 ui_f2(const struct ui *u, const struct model *m);
const struct broadcast *ui_due(const struct ui *u, const struct model *m); // that is acknowledged next, NULL: none
// Where everything goes now; before each ui_draw.
void ui_layout(struct ui *u, const struct model *m);
// One frame on a screen that still has what the last call drew: all of it, or only what typing can change (m->typed without
// m->changed). Clears both.
void ui_refresh(struct ui *u, struct model *m, const struct canvas *root);
// The one function that draws. Reads only.
void ui_draw(const struct ui *u, const struct model *m, const struct canvas *root);
// After the model changed by itself: dialogs about a contact that is gone close, views of gone contacts go.
void ui_follow(struct ui *u, struct model *m);
// Nothing of the content is chosen from or read now: no dialog, and neither scenarios nor a debrief before the eyes. Then the content of
// the model may be replaced, with this told afterwards.
bool ui_content_idle(const struct ui *u);
void ui_content_changed(struct ui *u);
// Milliseconds until something visible changes by itself (a clock), -1: nothing does.
int64_t ui_next_tick_ms(const struct ui *u, const struct model *m);

// --- for the places
struct view *ui_view(struct ui *u, const struct model *m); // of the current contact or the desk, made on first use
const struct view *ui_view_const(const struct ui *u, const struct model *m); // a zeroed one before first use
const struct place *ui_place(const struct ui *u, const struct model *m); // where keys go now
void ui_focus(struct ui *u, struct model *m, enum pane p); // leaves the old pane, enters the new one
// Is what the agent says to this contact typed: a chat, or any call of a practice session?
bool ui_can_type(const struct work *w);
void ui_fail(struct model *m, const struct err *e); // says why something was refused
// ok ? true : says why; for "return ui_try(m, model_x(...), &e)".
bool ui_try(struct model *m, bool ok, const struct err *e);
// Opens u->popup (already filled by popup_*) for the current contact. arg may be NULL.
void ui_ask(struct ui *u, const struct model *m, ask_fn *done, const char *arg);
// After ui_ask of a prompt: what was typed before in a dialog of this name and not accepted comes back into empty fields, and
// typing is journaled from now on like any field. Accepting forgets it, cancelling keeps it.
void ui_ask_keep(struct ui *u, struct model *m, const char *name);
// Where the fields of the open prompt are kept: with its contact, or at the desk; no fields: nowhere.
enum { PROMPT_NAME_MAX = 256 };
struct prompt_kept {
	char contact[40], name[PROMPT_NAME_MAX - 24];
	size_t fields;
};
struct prompt_kept ui_ask_kept(const struct ui *u);
void ui_ask_store(struct ui *u, struct model *m);
void ui_ask_forget(struct model *m, const struct prompt_kept *k);
struct work *ui_ask_work(const struct ui *u, const struct model *m); // the contact the dialog is about, NULL: it is gone
// An editor that lives in a draft of the contact: load it, and store it after every change.
void ui_edit_load(struct lineedit *le, const struct model *m, const struct work *w, const char *field);
void ui_edit_take(struct lineedit *le, const struct draft *d);
void ui_edit_store(const struct lineedit *le, struct model *m, struct work *w, const char *field);
// "02:13" or "1:02:13".
void ui_duration(int64_t ms, char *buf, size_t cap);
void ui_time(const struct model *m, int64_t utc, const char *fmt, char *buf, size_t cap);
// "Enter next  u back  ..." for these actions as far as they have keys in ctx and fit; the last row of a pane uses it.
// Returns the columns used.
int ui_hints(const struct ui *u, const struct canvas *c, int y, int x, unsigned ctx, const enum action *acts, size_t n);
// One such pair with words of its own ("F2 acknowledge"); columns used, 0 if it does not fit or has no key.
int ui_hint(const struct ui *u, const struct canvas *c, int y, int x, unsigned ctx, enum action a, const char *words);
// Sign before a due time: "", "!" or "×" in words of the theme.
const char *ui_level_sign(const struct ui *u, enum note_level level);

// --- dialogs, one file a subject; each opens the dialog and returns whether it could
bool ask_quit(struct ui *u, struct model *m);
bool ask_palette(struct ui *u, struct model *m); // palette.c
bool ask_help(struct ui *u, struct model *m);
bool ask_messages(struct ui *u, struct model *m);
bool ask_about(struct ui *u, struct model *m);
bool ask_reject(struct ui *u, struct model *m); // ask_call.c
bool ask_manual_call(struct ui *u, struct model *m);
bool ask_hangup(struct ui *u, struct model *m);
bool ask_end_and_wrap(struct ui *u, struct model *m);
bool ask_transfer(struct ui *u, struct model *m);
bool ask_busy(struct ui *u, struct model *m);
bool ask_contacts(struct ui *u, struct model *m);
bool ask_line_dropped(struct ui *u, struct model *m);
bool ask_mark(struct ui *u, struct model *m, const char *mark); // ask_talk.c: plan or confirm, with one line
bool ask_need(struct ui *u, struct model *m);
bool ask_restate(struct ui *u, struct model *m);
bool ask_emotion(struct ui *u, struct model *m);
bool ask_verify(struct ui *u, struct model *m);
bool ask_note(struct ui *u, struct model *m);
bool ask_side_trip(struct ui *u, struct model *m);
bool ask_script_pick(struct ui *u, struct model *m);
bool ask_script_jump(struct ui *u, struct model *m);
bool ask_script_skip(struct ui *u, struct model *m);
bool ask_escalate(struct ui *u, struct model *m); // ask_case.c
bool ask_ticket(struct ui *u, struct model *m);
bool ask_callback(struct ui *u, struct model *m);
bool ask_fault(struct ui *u, struct model *m);
bool ask_customer(struct ui *u, struct model *m);
void ask_customer_follow(struct ui *u, struct model *m); // who was found is not listed once customer data is locked
bool ask_classify(struct ui *u, struct model *m); // ask_form.c
bool ask_field_choice(struct ui *u, struct model *m, const char *field); // enum, multi, category, disposition, article
bool ask_disposition(struct ui *u, struct model *m);
bool ask_follow_up(struct ui *u, struct model *m);
bool ask_settle(struct ui *u, struct model *m, const char *node); // why a skipped step did not apply
bool ask_kb_update(struct ui *u, struct model *m); // ask_kb.c: gap, suggest, still valid, or why none
bool ask_gap(struct ui *u, struct model *m);
bool ask_gap_answer(struct ui *u, struct model *m, const struct home_notice *n); // it was closed without an article
bool ask_suggest(struct ui *u, struct model *m, const char *article);
bool ask_why(struct ui *u, struct model *m); // ask_read.c: why the selected result ranks where it does
bool ask_receipt(struct ui *u, struct model *m); // confirms the open article, after its questions
bool ticket_show(struct ui *u, struct model *m, const char *id); // screen_ticket.c
void ticket_follow(struct ui *u, struct model *m);
bool ask_tickets(struct ui *u, struct model *m); // which of those on this station
bool ask_callback_due(struct ui *u, struct model *m, const struct home_callback *cb); // ask_home.c
bool ask_kb_deeds(struct ui *u, struct model *m); // ask_kbdesk.c: of the article in front
bool ask_hub(struct ui *u, struct model *m); // ask_hub.c: how it stands, and what can be done
bool ask_hub_login(struct ui *u, struct model *m);
bool ask_hub_logout(struct ui *u, struct model *m);
bool ask_hub_drill(struct ui *u, struct model *m);
bool ask_hub_sync(struct ui *u, struct model *m);
bool ask_hub_receipt(struct ui *u, struct model *m);
void hub_receipt_follow(struct ui *u, struct model *m); // the receipt has come while its dialog is open
bool ask_broadcasts(struct ui *u, struct model *m); // ask_broadcast.c
bool broadcast_acknowledge(struct ui *u, struct model *m); // the one that is due
bool ask_broadcast_send(struct ui *u, struct model *m); // ask_broadcast_send.c
bool conflicts_toggle(struct ui *u, struct model *m); // screen_conflicts.c: to the desk, or back from it
bool conflicts_show(struct ui *u, struct model *m, enum conflict_list at);
void conflicts_follow(struct ui *u, struct model *m);
bool ask_conflict_other(struct ui *u, struct model *m); // ask_conflict.c: a value of one's own for the field
bool ask_correct(struct ui *u, struct model *m, const char *interaction_id);

#endif
