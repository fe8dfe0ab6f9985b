// SPDX-License-Identifier: MIT
// Knows the knowledge desk as it is looked at: its four lists, the row that is read, the article being written.
#ifndef UI_KBDESK_H
#define UI_KBDESK_H

#include "ui/ui.h"

enum kbdesk_list { KBDESK_DRAFTS, KBDESK_GAPS, KBDESK_DOUBTS, KBDESK_READERS };
enum { KBDESK_LISTS = KBDESK_READERS + 1 };

// --- what is read of the selected row (kbdesk_read.c)

enum kbdesk_part_kind { PART_TEXT, PART_MARKDOWN };
struct kbdesk_part {
	enum kbdesk_part_kind kind;
	unsigned role;
	const char *text;
};
struct kbdesk_read {
	struct arena arena; // of the texts
	VEC(struct kbdesk_part) parts;
	char of[120]; // list, id, turn of the lists and mode it was read for
	const char *title; // for the rule above it
};

// --- the article being written (kb_write.c)

enum write_field {
	WRITE_TITLE, WRITE_TITLE_EN, WRITE_QUESTION, WRITE_BODY, WRITE_TAGS, WRITE_SYNONYMS, WRITE_PHRASINGS, WRITE_CATEGORY,
	WRITE_FROM, WRITE_TO, WRITE_REVIEW, WRITE_MUST_READ, WRITE_QUIZ, WRITE_TYPE, WRITE_AUDIENCE, WRITE_LANG, WRITE_POLICIES,
	WRITE_SUMMARY_EN, WRITE_NOTE,
};
enum { WRITE_FIELDS = WRITE_NOTE + 1 };
enum write_kind { WRITE_ONE_LINE, WRITE_LONG, WRITE_CHOICE };
struct write_info {
	const char *name; // as kb_draft_set knows it
	const char *label, *help; // message ids
	enum write_kind kind;
	int rows; // least height of a long one
	bool picks; // a line that choices can be added to
};
const struct write_info *write_info(enum write_field f);

struct kb_write {
	bool on;
	char id[80];
	int base_ver, rev;
	struct arena arena; // of text
	struct kb_text text; // as it was begun
	struct {
		struct lineedit line;
		char *was; // its text then
	} f[WRITE_FIELDS];
	enum write_field at;
	char error[320]; // why it was not saved; cleared by the next change
};

struct kbdesk {
	enum kbdesk_list at;
	struct list list[KBDESK_LISTS];
	bool open; // the selected row is read over the whole body
	bool changes; // of a draft: what it changes
	int scroll; // of what is read
	unsigned turn; // of the lists when they were looked at last
	struct kbdesk_read read;
	unsigned may; // bits of enum kb_verb: what is allowed on the selected row
	bool may_edit;
	char write_when[80]; // this draft is written as soon as it is there
	struct kb_write write;
};

struct kbdesk *kbdesk(struct ui *u); // made on first use
void kbdesk_free(struct kbdesk *k);  // NULL is fine

// screen_kbdesk.c
void kbdesk_toggle(struct ui *u, struct model *m); // to the desk, or back from it
void kbdesk_show(struct ui *u, struct model *m);
void kbdesk_go(struct ui *u, struct model *m, enum kbdesk_list list, const char *id); // a row, once it is there
void kbdesk_follow(struct ui *u, struct model *m); // the model may have changed: lists, what is read, what is allowed
size_t kbdesk_count(const struct model *m, enum kbdesk_list list);
size_t kbdesk_row(const struct ui *u, const struct model *m); // the selected one, kbdesk_count if there is none
// Names of the selected row, NULL: it has none.
const char *kbdesk_article_id(const struct ui *u, const struct model *m);
const struct kb_gap *kbdesk_gap(const struct ui *u, const struct model *m);
const struct kb_next *kbdesk_draft(const struct ui *u, const struct model *m);

// kbdesk_rows.c
const char *kbdesk_list_label(enum kbdesk_list list);
const char *kbdesk_empty(enum kbdesk_list list); // what would fill it
struct kbdesk_rows {
	const struct ui *u;
	const struct model *m;
	enum kbdesk_list at;
};
const char *kbdesk_row_id(const void *rows, size_t i); // list_id_fn over struct kbdesk_rows
void kbdesk_row_draw(const void *rows, const struct canvas *c, size_t i, unsigned style);

// kbdesk_read.c
void kbdesk_read_row(const struct ui *u, struct model *m, struct kbdesk_read *r); // the selected row
void kbdesk_read_release(struct kbdesk_read *r);
int kbdesk_read_lines(const struct kbdesk_read *r, int width);
void kbdesk_read_draw(const struct ui *u, const struct kbdesk_read *r, const struct canvas *c, int skip, bool focused);

// ask_kbdesk.c: what is done to rows, with its questions
bool kbdesk_act(struct ui *u, struct model *m, enum action a);

// kb_write.c
bool kb_write_open(struct ui *u, struct model *m, const char *id); // false after saying why not
bool kb_write_come_back(struct ui *u, struct model *m); // what was being written when the program ended; false: nothing
void kb_write_close(struct ui *u, struct model *m); // what was typed is forgotten
bool kb_write_changed(const struct kb_write *w, enum write_field f);
bool kb_write_touched(const struct kb_write *w); // any field
bool kb_write_cut_material(struct ui *u, struct model *m); // what was reported, out of the text; false: it is not in it
void kb_write_typed(struct ui *u, struct model *m, enum write_field f); // the field changed: it goes to the journal
must_use bool kb_write_save(struct ui *u, struct model *m, bool complete, struct err *e);
const char *kb_write_choice(enum write_field f, size_t i, const char **label); // code of the i-th choice, NULL behind the last

// kb_write_draw.c
struct write_place {
	int y, x, h, w; // of the value, in the body; y counts from the first row of the column
	int label_y, label_x, label_w;
	bool beside; // in the column of its own that the body has on wide screens
};
void kb_write_places(const struct kb_write *w, int width, int height, struct write_place out[WRITE_FIELDS]);
void kb_write_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);

// ask_kbwrite.c
bool ask_write_choice(struct ui *u, struct model *m);
bool ask_write_leave(struct ui *u, struct model *m);

// kb_outside.c: a long text in the editor of the user; the app runs it
const char *kb_outside_text(const struct ui *u); // what goes into its file
void kb_outside_done(struct ui *u, struct model *m, const char *text, const struct err *why); // text NULL: why not

#endif
