// SPDX-License-Identifier: MIT
// Knows one contact from the ring to the saved record: its state is folded from its events and from nothing else.
//
// The same events in the same order give the same contact: after a crash, on `zuoxi call replay`, at the hub. Whatever a
// person does becomes an event first (contact_apply refuses what is not possible), then it is written, never the other
// way round. t_ms of events counts from the contact's start on the monotonic clock.
#ifndef DESK_CONTACT_H
#define DESK_CONTACT_H

#include "src/base/vec.h"
#include "src/desk/call.h"
#include "src/desk/category.h"
#include "src/desk/clocks.h"
#include "src/desk/disposition.h"
#include "src/desk/event.h"
#include "src/desk/form_run.h"
#include "src/desk/script_run.h"
#include "src/desk/wrapup.h"

// The content the fold looks things up in. Borrowed; must outlive every contact folded with it.
struct contact_world {
	const struct category_tree *categories;
	const struct disposition_set *dispositions;
	const struct script *(*script)(void *ctx, const char *code); // NULL if unknown
	const struct form *(*form)(void *ctx, const char *code); // NULL if unknown; "base" must exist
	const char *(*category_script)(void *ctx, const char *category); // script for a category, NULL: none
	void *ctx;
	const char *zone; // of the site
};

struct contact_line { // chat and practice lines, and what was spoken in the simulated call
	int64_t t_ms;
	bool agent; // else the customer
	char *text;
};
struct contact_cite {
	char *id, *title;
	int ver;
	int64_t t_ms;
};
struct contact_open { // an article that was opened, until the next one or the end
	char *id;
	int ver;
	int64_t t_ms;
};
struct contact_note {
	int64_t t_ms;
	char *text;
};
struct contact_ref { // ticket, escalation, call-back, fault: kind is the event
	enum event_type kind;
	int64_t t_ms;
	char *id, *text;
};
struct contact_form {
	const struct form *form;
	struct form_run run;
};

struct contact {
	char id[40];
	char *no; // human number, NULL until given
	const struct contact_world *world;
	VEC(struct event) events; // all of them, also those taken back
	VEC(int64_t) undone; // their seq
	int64_t started_at; // UTC ms at t_ms 0
	int64_t last_t; // t_ms of the last event

	enum channel channel;
	enum direction direction;
	enum source source;
	enum contact_mode mode;
	char *number, *caller, *queue, *call; // call: the telephone's id

	enum call_state state;
	struct call_clocks clocks; // in t_ms
	bool answered, ever_connected;
	int64_t connected_t, ended_t, closed_t, dropped_t; // t_ms, valid if ever_connected / state says so
	int64_t hold_since_t, hold_ms;
	int hold_count, versions; // versions: 1 + corrections
	int64_t correct_t;
	char *consult_target, *end_side;

	VEC(struct contact_note) needs;
	char *restate;
	bool restate_confirmed;
	char *category, *first_category;
	enum intent intent;
	enum difficulty difficulty;
	bool intent_set, difficulty_set; // by a person, not the category's default
	enum emotion_class emotion_class;
	int emotion, emotion_start, emotion_peak; // 0..3; start -1 until set
	int64_t emotion_t; // when it was last set
	int verification; // 0..3
	char *customer_id, *customer_name, *customer_tier, *customer_language, *customer_phone;
	char *customer_flags; // of domain.md §3.3 and "marketing" for that consent, joined by ','
	char *plan_text, *confirm_text;

	const struct script *script;
	struct script_run run;
	VEC(struct contact_form *) forms; // [0] is the base form; owned
	int form; // index of the pack form shown, 0: none but the base form

	int kb_searches;
	VEC(struct contact_open) opens;
	VEC(struct contact_cite) cites;
	char *pin_id, *pin_text;
	enum kb_update kb_update;
	char *kb_update_ref;
	enum kb_skip kb_skip;

	VEC(struct contact_line) lines;
	VEC(struct contact_note) notes;
	VEC(struct contact_ref) refs;
	char *disposition, *second;
	enum resolution resolution;
	int64_t follow_up_at; // UTC ms, 0: none
	bool urgent_review, handed_over;
};

// What an event brought about that the caller acts on. Borrowed until the next apply.
struct contact_effects {
	struct script_effects script; // of script events
	bool script_moved, classified, state_changed;
};

// A contact exists from its EV_START. id is copied; started_at is the UTC time of t_ms 0.
struct contact *contact_new(const char *id, int64_t started_at, const struct contact_world *world);
void contact_free(struct contact *c);

// Checks and folds one event: on success it is appended (copied, with the next seq written into ev->seq). A refused event changes
// nothing; e says why and what is possible. An event of the telephone that fits nothing is appended and changes nothing else
// (by_system). fx may be NULL.
must_use bool contact_apply(struct contact *c, struct event *ev, bool by_system, struct contact_effects *fx, struct err *e);
// Takes back the last undoable event; what it was goes to *type. False: there is nothing to take back. The EV_UNDO event to be
// written is in *ev (released by the caller).
must_use bool contact_undo(struct contact *c, int64_t t_ms, int64_t at, struct event *ev, enum event_type *type, struct err *e);
// Folds stored events (copied) into a new contact, without refusing: what no longer fits the content is skipped and counted.
struct contact *contact_replay(const char *id, int64_t started_at, const struct contact_world *world, const struct event *events,
			       size_t n, size_t *skipped);

// --- Questions

struct form_run *contact_base(const struct contact *c);
struct form_run *contact_form(const struct contact *c); // the pack's form, NULL if none
const char *contact_field(const struct contact *c, const char *name); // "base.need", "form.flight"; "" when empty or NULL
bool contact_is_open(const struct contact *c); // not closed, missed or abandoned
bool contact_is_live(const struct contact *c); // the customer is on the line
bool contact_is_ringing(const struct contact *c);
bool contact_red(const struct contact *c); // its category is red
int64_t contact_hold_ms(const struct contact *c, int64_t t_ms);
int64_t contact_talk_ms(const struct contact *c, int64_t t_ms); // connected, holds included
void contact_steps(const struct contact *c, int64_t t_ms, struct step_bar *out);
// Environment for the engines: names of expressions answered from the contact. Valid while c lives.
void contact_form_env(const struct contact *c, int64_t now_ms, struct form_env *env);
void contact_script_env(const struct contact *c, struct script_env *env);
// Facts for wrapup_check. now is UTC. Scratch strings come from a.
void contact_wrapup_facts(const struct contact *c, int64_t now, struct wrapup_facts *f, struct arena *a);
// The longest time an article stayed open, in ms.
int64_t contact_longest_open(const struct contact *c, int64_t t_ms);
// Digest over what the record stores, for replay: equal contacts have equal digests.
uint64_t contact_digest(const struct contact *c);

#endif
