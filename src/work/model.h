// SPDX-License-Identifier: MIT
// Knows what the agent is working on: the contacts in hand, the lists between calls, and whether it is all saved.
//
// The one place that changes anything. Every operation checks the rules, folds an event into the contact and hands one
// job to the store thread: the event, the record and its outbox operation in one commit. The screen reads the model and
// calls these operations; it never changes it. No curses here; SQL only through src/store.
#ifndef WORK_MODEL_H
#define WORK_MODEL_H

#include "config/config.h"
#include "config/pack.h"
#include "kb/markdown.h"
#include "kb/search.h"
#include "src/cti/cti.h"
#include "src/desk/contact.h"
#include "src/store/customer.h"
#include "src/store/store.h"
#include "src/work/kb_desk.h"
#include "src/work/kb_past.h"
#include "src/work/ticket_desk.h"

enum agent_state { AGENT_READY, AGENT_BUSY, AGENT_CALL, AGENT_WRAP };
const char *agent_state_label(enum agent_state s);

// What the store last said. `saved_at` is UTC of the last commit; `pending` jobs are on their way; `failed` is set while
// jobs are kept back (disk full or read-only): everything stays on the screen and is tried again.
struct save_state {
	int64_t saved_at;
	size_t pending;
	bool failed;
	struct err why;
	int64_t retry_at; // mono; while failed: when the disk is tried again
};
enum { SAVE_RETRY_MS = 2000 };

// One line for the agent, newest last; `level` also has a sign on the screen.
enum note_level { NOTE_INFO, NOTE_WARN, NOTE_ALARM };
struct note {
	enum note_level level;
	int64_t at;
	uint64_t jobs; // store_jobs then: a refusal is out of date once something was done
	char text[320];
};
enum { NOTES = 200 };

// The knowledge pane of one contact (or of the desk between calls): switching contacts loses none of it.
struct kb_view {
	char *query; // what is in the query line, never NULL
	bool narrow; // rank by the contact's category
	struct kb_results results; // in `arena`, replaced with each search
	struct arena arena;
	char *selected; // id of the selected row: it stays selected while results refresh; NULL: none
	bool chosen; // by the agent, who is in the list: until then the best row is selected
	bool searched; // there was a search
	int64_t full_at; // mono; when the results are read again with all the effort of a full search, 0: they need not
	int64_t change; // kb_change when they were read
	const struct script_node *step; // whose articles came first then
	const char **doubts; // of results[i] while it is stale: why, in words; NULL: not looked up. In arena
	bool failed; // the base cannot be read; why is in `why`
	struct err why;
	// The open article, NULL id: the list is shown.
	char *open_id;
	int open_ver; // 0: it is a draft
	int64_t open_mono; // when it was opened
	bool history; // it was not the current version when it was opened
	bool read_to_end; // its last line has been on the screen
	struct kb_article article; // in article_arena
	struct kb_fate fate; // of an open article that was withdrawn: what took its place
	struct kb_next draft; // while open_ver is 0: the draft `article` shows
	struct arena article_arena;
	// The selected row, read but not opened: only where the screen has a column for it. Text in preview_arena.
	char *preview_id; // NULL: none
	struct kb_article preview;
	struct arena preview_arena;
	struct kb_versions versions; // of the open or the selected article, while they are looked at
	int logged_n; // results of the last search that was logged
	char *logged; // query last logged to the timeline
	bool concluded; // the query led somewhere: an article was opened or cited, or none answers it
};

// The text of an article as it stands on the screen: which of its lines, wrapped at that width.
struct kb_on_screen {
	char id[80];
	int ver; // of a draft: its revision
	bool draft, opened; // opened, or a mere preview beside the list
	int width, height, lines, top;
};
struct kb_shown {
	struct kb_on_screen s; // id "": no article is on the screen
	char contact[40];
	int64_t since, step_at; // mono; step_at counts from since
	int steps, top;
	size_t step_from; // where the last step begins in trail
	struct str trail;
};

struct card_ticket { // all owned by the card
	char *no, *title, *state;
	int64_t priority, due_at;
	bool pinned;
};
struct card_contact {
	int64_t at;
	char *id, *channel, *category, *disposition, *summary;
};
// A customer as the screen pop shows it; all text already masked except the name used for addressing.
struct customer_card {
	bool known;
	bool shut; // customer data is locked: nobody was looked up; names of the caller are the telephone's
	char *id, *name, *masked_name, *masked_phone, *tier, *language, *notes, *address;
	char *flags; // joined by ','
	VEC(struct card_ticket) tickets; // open ones
	VEC(struct card_contact) contacts; // latest first, at most 5
	int contacts_90d;
};

// Text being typed in a field, not yet part of the contact: journaled within a second.
struct draft {
	char *field; // "base.need", "form.flight", "kb.query", "reply", "prompt.restate" ...
	char *text;
	size_t caret; // byte offset
	bool dirty; // newer than the journal
};

// A contact in hand.
struct work {
	struct contact *contact;
	int64_t start_mono; // clock_mono at t_ms 0
	struct customer_card card;
	struct kb_view kb;
	VEC(struct draft) drafts;
	struct kb_cited *cited; // in cited_arena: what became of contact->cites, see model_kb_cited
	size_t n_cited;
	int64_t cited_change;
	struct arena cited_arena;
	bool wrap_open; // the wrap-up panel is shown
	int64_t version; // of the stored record
	int told; // state of the contact the hub was told of last, -1: none
	int64_t last_key_mono; // for the silence prompt
	bool read_only; // a past contact looked at
	int64_t asked_at; // mono; the telephone was asked for something and has not reacted yet, 0: nothing asked
	char *xfer_target, *xfer_packet; // of the transfer that was asked for
	bool xfer_blind;
};

// Lists between calls. Borrowed text lives in home.arena until the next model_refresh_home.
struct home_ticket {
	const char *id, *no, *title, *state, *category;
	int64_t priority, due_at;
	bool pinned, breached, paused;
};
struct home_callback {
	const char *id, *who, *text, *interaction_id;
	int64_t due_at;
};
struct home_notice {
	const char *id, *text; // id: of the article, "" none
	int64_t at;
	int ver;
	bool must_read;
	bool late; // a must-read that has waited for 24 h
	int64_t gap; // the answer to this uncovered case, 0: none
	enum kb_gap_state gap_state;
};
struct home_day {
	int handled; // today
	int64_t handle_ms; // mean talk + hold + wrap of today's
	double first_solved; // share with class resolved, -1 without contacts
};
struct home {
	struct arena arena;
	VEC(struct home_ticket) tickets;
	VEC(struct home_callback) callbacks;
	VEC(struct home_notice) notices;
	size_t unread; // must-reads among them, the first of them
	struct home_day day;
};

struct past_row { // history of my contacts
	const char *id, *no, *who, *category, *disposition, *state, *channel;
	int64_t started_at, closed_at, talk_ms;
	int versions;
	bool can_correct; // own and closed within 24 h
};
struct past {
	struct arena arena;
	VEC(struct past_row) rows;
};

struct hub_part; // hub_part.h

// Hears every event of a contact once it is folded and on its way to the disk, in order; w NULL: something done in no contact. said: the
// node of the script that counts as said or done by it, NULL: none. Practice listens; live work has none.
struct model_tap {
	void (*event)(void *ctx, struct work *w, const struct event *ev, const struct script_node *said);
	void *ctx;
};
// What does not work on purpose (fault.c), in practice.
enum model_fault { FAULT_CRM_DOWN = 1, FAULT_CRM_SLOW = 2, FAULT_KB_DOWN = 4, FAULT_KB_SLOW = 8, FAULT_RECORDING = 16 };

// The last number of a counter of the day that this process gave out, or took over from the store (internal.h).
struct counter_claim {
	char name[32], day[8];
	int64_t value;
};

struct model {
	const struct clock *clock; // borrowed
	struct config *config; // owned by the caller
	struct store *store; // owned by the caller
	struct packs *packs; // owned; NULL until model_set_packs
	struct contact_world world;
	struct kb *kb; // read-only, opened on first use; owned
	int64_t kb_change; // of the last model_tick
	bool kb_is_away; // its file is being replaced: see kb_writer.h
	struct cti *cti; // NULL: no telephone, calls are started by hand; owned by the caller
	bool cti_up;

	enum contact_mode mode; // of contacts that begin here
	struct model_tap tap;
	unsigned faults; // bits of enum model_fault
	int64_t slow_until[2]; // mono; of customers and of the base: when what was asked for while they are slow is there, 0: nothing was

	unsigned roles; // what the user may do: bits of src/desk/role.h
	char *agent_no, *agent_name, *agent_id, *site, *station, *zone;
	enum agent_state state;
	char *busy_reason;
	int64_t state_since; // mono

	VEC(struct work *) works; // contacts in hand, oldest first; owned
	int current; // index, -1: none (the home screen)
	struct home home;
	struct past past;
	struct ticket_desk ticket; // that is looked at
	struct kb_view desk_kb; // the knowledge pane between calls
	struct kb_desk desk; // for those who look after the base
	VEC(struct draft) desk_drafts; // typed at the desk, in no contact: an article being written, reasons in its dialogs
	struct kb_shown shown;

	struct save_state save;
	struct note notes[NOTES]; // ring
	size_t n_notes; // ever
	bool changed; // something to draw since it was last cleared
	bool typed;   // the same, but only where the keys go and in the rows about the whole: what is typed, what is saved
	struct hub_part *hub; // what hub.h tells; owned
	uint64_t store_jobs; // submitted so far (tests)
	struct counter_claim counters[2]; // contacts, tickets
	void *priv;
};

struct model_options {
	const struct clock *clock;
	struct config *config;
	struct store *store;
	struct cti *cti;
	enum contact_mode mode; // live if not given; contacts of other modes are none of this model's
	bool seeded;
	uint64_t seed;
};
// The model reads what it needs for the home screen at once; packs come later (they take longer than the first frame).
must_use bool model_init(struct model *m, const struct model_options *o, struct err *e);
void model_release(struct model *m);
// Takes ownership. Then contacts that were open when the program ended come back, with their drafts: *recovered how many.
must_use bool model_set_packs(struct model *m, struct packs *packs, int *recovered, struct err *e);

// Newer content in place of what is in force: only while there is some and no contact is in hand (model_packs_idle), so that every contact
// ends with the content it began with. Takes packs and gives back the old ones, which the caller frees once nothing holds on to them.
bool model_packs_idle(const struct model *m);
must_use struct packs *model_swap_packs(struct model *m, struct packs *packs);

// The content of packs as the fold of a contact wants it; packs and zone are borrowed (also for `call replay`).
void packs_world(const struct packs *packs, const char *zone, struct contact_world *out);

// Begins or ends a fault; what hangs on it is read again.
void model_fault_set(struct model *m, enum model_fault f, bool on);

// --- What the outside reports
void model_cti_event(struct model *m, const struct cti_event *ev);
void model_pump_phone(struct model *m); // fetches what the telephone has to say
void model_store_poll(struct model *m); // results of the store thread
// Time passes: ringing too long, give-up after a drop, wrap-up overdue. Call when model_next_ms is due.
void model_tick(struct model *m);
int64_t model_next_ms(const struct model *m); // ms until model_tick has something to do, -1: nothing
void model_flush_drafts(struct model *m); // journals what is dirty; call at the latest 1 s after model_draft
bool model_drafts_dirty(const struct model *m);
void model_touch(struct model *m); // the agent pressed a key

// --- Contacts in hand
struct work *model_work(const struct model *m); // the current one, NULL between calls
struct work *model_ringing(const struct model *m); // the first that waits to be answered, NULL: none
void model_select(struct model *m, int index); // -1: home
int64_t model_t(const struct model *m, const struct work *w); // t_ms now
// A read-only past contact opened beside the others; model_close_view takes it away.
must_use bool model_open_past(struct model *m, const char *interaction_id, struct err *e);
void model_close_view(struct model *m);

// --- Operations. Each is one commit; false with a sentence when it is not possible now. w must be in m->works.
must_use bool model_manual_call(struct model *m, const char *number, const char *name, struct err *e); // rings, then answer
must_use bool model_answer(struct model *m, struct work *w, struct err *e);
must_use bool model_reject(struct model *m, struct work *w, const char *reason, struct err *e);
must_use bool model_hold(struct model *m, struct work *w, struct err *e);
must_use bool model_resume(struct model *m, struct work *w, struct err *e);
must_use bool model_hangup(struct model *m, struct work *w, struct err *e);
must_use bool model_consult(struct model *m, struct work *w, const char *target, struct err *e);
must_use bool model_consult_back(struct model *m, struct work *w, struct err *e);
must_use bool model_conference(struct model *m, struct work *w, struct err *e);
// The hand-off packet of domain.md §5.5; what is missing is said.
struct handoff {
	const char *target, *tried, *ask, *promise;
};
// What the packet will say, filled from the contact; for the prompt and the receiver. Owned by a.
const char *model_handoff_text(struct model *m, struct work *w, const struct handoff *h, struct arena *a);
must_use bool model_transfer(struct model *m, struct work *w, bool blind, const struct handoff *h, struct err *e);
must_use bool model_drop(struct model *m, struct work *w, struct err *e); // the agent says that the line broke
must_use bool model_call_back(struct model *m, struct work *w, struct err *e);
must_use bool model_give_up(struct model *m, struct work *w, struct err *e);
must_use bool model_say(struct model *m, struct work *w, const char *text, struct err *e); // a line the agent typed to the customer
must_use bool model_set_ready(struct model *m, bool ready, const char *reason, struct err *e);

must_use bool model_mark(struct model *m, struct work *w, const char *mark, const char *text, struct err *e); // ack plan confirm
must_use bool model_need(struct model *m, struct work *w, const char *text, struct err *e);
must_use bool model_restate(struct model *m, struct work *w, const char *text, bool confirmed, struct err *e);
must_use bool model_classify(struct model *m, struct work *w, const char *category, struct err *e);
must_use bool model_emotion(struct model *m, struct work *w, enum emotion_class cls, int level, struct err *e);
must_use bool model_verify(struct model *m, struct work *w, const char *method, int level, bool passed, struct err *e);
must_use bool model_note(struct model *m, struct work *w, const char *text, struct err *e);
must_use bool model_undo(struct model *m, struct work *w, struct err *e);
// Field "base.X" or "form.X"; category, intent, difficulty, disposition and need become their own events.
must_use bool model_form_set(struct model *m, struct work *w, const char *field, const char *typed, struct err *e);

must_use bool model_script_start(struct model *m, struct work *w, const char *script, struct err *e);
must_use bool model_script_next(struct model *m, struct work *w, struct err *e);
must_use bool model_script_choose(struct model *m, struct work *w, char key, struct err *e);
must_use bool model_script_tick(struct model *m, struct work *w, struct err *e);
must_use bool model_script_skip(struct model *m, struct work *w, const char *reason, struct err *e);
must_use bool model_script_back(struct model *m, struct work *w, struct err *e);
must_use bool model_script_jump(struct model *m, struct work *w, const char *node, struct err *e);
must_use bool model_script_side(struct model *m, struct work *w, const char *script, struct err *e);
must_use bool model_script_objection(struct model *m, struct work *w, size_t n, struct err *e);
must_use bool model_script_return(struct model *m, struct work *w, struct err *e);
must_use bool model_script_offer(struct model *m, struct work *w, enum offer_outcome outcome, struct err *e);
// reason NULL: made up for; else not applicable. node is the id of the due (or its disclosure code).
must_use bool model_script_settle(struct model *m, struct work *w, const char *node, const char *reason, struct err *e);
// The line of a node with its variables filled in, as it is said: in the language spoken with the customer. Owned by a.
const char *model_line(const struct model *m, const struct work *w, struct label line, struct arena *a);
const char *model_line_in(const struct model *m, const struct work *w, struct label line, enum lang lang, struct arena *a);
enum lang model_spoken(const struct work *w); // English with a customer whose card says so, else the user's language

// --- Knowledge; w NULL: the desk between calls
struct kb_view *model_kb(struct model *m, struct work *w);
// Searches at once, and with full effort after a pause (model_tick). A new query begins at its best row; the same one again keeps
// what the agent has chosen.
void model_kb_query(struct model *m, struct work *w, const char *text, bool full);
void model_kb_refresh(struct model *m, struct work *w); // the same query with full effort
void model_kb_choose(struct model *m, struct work *w); // the agent has come into the list: the selected row is meant
void model_kb_cited(struct model *m, struct work *w); // brings w->cited up to date
void model_kb_searched(struct model *m, struct work *w); // the agent is done typing: the query goes to the timeline, once
void model_kb_narrow(struct model *m, struct work *w, bool narrow);
void model_kb_select(struct model *m, struct work *w, int delta); // moves the selection by rows
must_use bool model_kb_open(struct model *m, struct work *w, const char *id, struct err *e); // logs search and open
void model_kb_preview(struct model *m, struct work *w); // reads the selected row for the preview; not logged, cheap when read
void model_kb_close(struct model *m, struct work *w);
// A version as it was, for the history of an article and of a contact; ver 0: the current one. A draft as it is.
must_use bool model_kb_open_version(struct model *m, struct work *w, const char *id, int ver, struct err *e);
must_use bool model_kb_open_draft(struct model *m, struct work *w, const char *id, struct err *e);
// Called whenever the screen may show another article, or other lines of it; s NULL: it shows none.
void model_kb_on_screen(struct model *m, struct work *w, const struct kb_on_screen *s);
void model_kb_off_screen(struct model *m); // the program ends
must_use bool model_kb_cite(struct model *m, struct work *w, const char *id, struct err *e);
// Phone: pins the talk track over the script. Chat: gives the text for the reply line in *reply (owned), else *reply = NULL.
must_use bool model_kb_talk(struct model *m, struct work *w, const char *id, char **reply, struct err *e);
must_use bool model_kb_unpin(struct model *m, struct work *w, struct err *e);
must_use bool model_kb_vote(struct model *m, struct work *w, const char *id, bool up, struct err *e);
must_use bool model_kb_gap(struct model *m, struct work *w, const char *description, struct err *e);
must_use bool model_kb_suggest(struct model *m, struct work *w, const char *id, const char *text, struct err *e);
must_use bool model_kb_valid(struct model *m, struct work *w, const char *id, struct err *e); // opened for 5 s at least
must_use bool model_kb_skip(struct model *m, struct work *w, enum kb_skip why, struct err *e);

// --- Customers
must_use bool model_customer_find(struct model *m, const char *query, struct customers *out, struct arena *a, struct err *e);
must_use bool model_customer_attach(struct model *m, struct work *w, const char *customer_id, struct err *e);
must_use bool model_customer_create(struct model *m, struct work *w, const char *name, const char *phone, struct err *e);

// --- Tickets, escalation, call-backs, faults
must_use bool model_ticket_create(struct model *m, struct work *w, const char *title, struct err *e);
must_use bool model_escalate(struct model *m, struct work *w, const char *kind, const char *proposal, const char *ask, struct err *e);
must_use bool model_callback(struct model *m, struct work *w, int64_t due_at, const char *text, struct err *e);
must_use bool model_callback_done(struct model *m, const char *callback_id, struct err *e);
must_use bool model_fault(struct model *m, struct work *w, const char *type, const char *text, struct err *e);

// --- Wrap-up
size_t model_wrap_items(const struct model *m, const struct work *w, struct wrapup_item out[WRAPUP_CODES]);
must_use bool model_disposition(struct model *m, struct work *w, const char *code, struct err *e);
must_use bool model_follow_up(struct model *m, struct work *w, enum resolution r, int64_t at, struct err *e);
// Checks everything; creates what the rules demand (ticket for a pending contact without one); closes the record.
must_use bool model_save(struct model *m, struct work *w, struct err *e);
must_use bool model_correct(struct model *m, const char *interaction_id, const char *reason, struct err *e);

// --- Lists
void model_refresh_home(struct model *m);
must_use bool model_refresh_past(struct model *m, struct err *e);

// --- Typing
// The field's draft; text "" with caret 0 if there is none. Borrowed until the next model_draft.
const struct draft *model_draft_of(const struct work *w, const char *field);
void model_draft(struct model *m, struct work *w, const char *field, const char *text, size_t caret);
void model_draft_drop(struct model *m, struct work *w, const char *field); // the text became part of the contact
// The same for what is typed in no contact; it outlives the program, too. There: was it begun and not dropped since, if only to
// empty it.
const struct draft *model_desk_draft_of(const struct model *m, const char *field);
bool model_desk_draft_there(const struct model *m, const char *field);
void model_desk_draft(struct model *m, const char *field, const char *text, size_t caret);
void model_desk_draft_drop(struct model *m, const char *field);

// --- Words for the agent
void model_say_note(struct model *m, enum note_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
const struct note *model_last_note(const struct model *m); // NULL: none yet

#endif
