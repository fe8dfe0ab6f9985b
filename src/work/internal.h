// SPDX-License-Identifier: MIT
// Knows how the files of this folder share the work: commits put together from parts, events emitted, JSON made.
#ifndef WORK_INTERNAL_H
#define WORK_INTERNAL_H

#include <jansson.h>

#include "src/work/model.h"

// --- One commit: parts that run in the store thread, in order, inside one transaction.
struct commit;
struct commit *commit_new(struct model *m, const char *what); // what: static, for the log
// run gets arg on the store thread and must touch nothing else; drop frees it afterwards (may be NULL).
void commit_part(struct commit *c, bool (*run)(struct db *db, void *arg, struct err *e), void *arg, void (*drop)(void *arg));
void commit_submit(struct model *m, struct commit *c); // takes it; an empty one is dropped
// The action was refused: nothing of it is made. Events that the contact has folded by then are facts and are written all the
// same, else the store would miss a link of the chain and refuse all that follows.
void commit_abandon(struct model *m, struct commit *c);
// One folded event: its timeline row, its outbox operation, the record as it is now.
void commit_facts(struct commit *c, struct model *m, struct work *w, const struct event *ev);

// Ready-made parts; everything is copied. An operation is based on the entity's row as the hub sent it last, when there is one.
void commit_event(struct commit *c, const struct work *w, const struct event *ev); // timeline row and outbox operation
void commit_record(struct commit *c, struct model *m, struct work *w); // the interaction row with its document
void commit_outbox(struct commit *c, struct model *m, const char *kind, const char *type, const char *entity, const char *stream,
		   const json_t *body);
// The same under an id of the caller's: what it changes elsewhere counts once under that id.
void commit_outbox_as(struct commit *c, struct model *m, const char *id, const char *kind, const char *type, const char *entity,
		      const char *stream, const json_t *body);
// Adds an operation in a job, based on what the hub has sent of its entity.
struct outbox_op;
must_use bool work_op_add(struct db *db, const struct outbox_op *op, struct err *e);
// The record of the contact for the hub (call.put), when it has come to a state that is told and was not yet.
void commit_call(struct commit *c, struct model *m, struct work *w);
void commit_after(struct commit *c, void (*after)(struct model *m)); // once it is saved
// A commit beside the work, not of an action: it makes no refusal on the screen out of date.
void commit_quiet(struct commit *c);
void commit_kb_event(struct commit *c, struct model *m, const struct work *w, const char *type, const char *query, int results,
		     int rank, const char *version);
// An article left the screen: type read or preview, shown for ms up to `at`, in the contact with that id (NULL: none).
void commit_kb_read(struct commit *c, struct model *m, const char *type, const char *contact, const char *version, int64_t at, int64_t ms,
		    const char *trail);
void commit_counter(struct commit *c, const char *name, const char *day, int64_t expected);

bool work_shut(const struct model *m); // customer data is locked: nothing of it is read
must_use bool work_open(const struct model *m, struct err *e); // false: it is, with the sentence
void work_shut_look(struct model *m); // at start, before a hub was heard
bool work_off(const struct model *m); // the hub is out of reach, or there is none

must_use bool work_customers_answer(struct model *m, struct err *e); // false: customers cannot be looked up now, with the sentence
must_use bool work_kb_answers(struct model *m, struct err *e);

// --- Events
// A copy of a text with cards, codes and passwords taken out (secret.h); NULL for NULL. Owned by the caller.
char *work_redacted(const char *text);
struct event work_event(const struct model *m, const struct work *w, enum event_type type);
// Folds ev (released here in every case) and puts it into c, or into a commit of its own when c is NULL. by_system: reported by
// the telephone or a timer. fx may be NULL.
must_use bool work_emit(struct model *m, struct work *w, struct event *ev, bool by_system, struct contact_effects *fx,
			struct commit *c, struct err *e);
// Tells the tap; work_emit does so by itself. fx may be NULL.
void work_tell(struct model *m, struct work *w, const struct event *ev, const struct contact_effects *fx);
// As model_customer_create; by_system: the telephone named the caller, no agent did, so that undo leaves the card alone.
must_use bool work_customer_create(struct model *m, struct work *w, const char *name, const char *phone, bool by_system,
				   struct err *e);
// The next number of a counter of the day: what the commit will store (commit_counter); NUMBER_CAP bytes in out. The last one is
// taken from the store on the day's first use, then counted in memory, so that commits under way never share a number. One
// that is not used after all leaves a gap and does no harm.
must_use bool work_next_number(struct model *m, bool ticket, char *out, struct counter_claim *claim, struct err *e);

// --- JSON
json_t *event_to_json(const struct event *ev); // new reference
must_use bool event_from_json(const char *text, struct event *ev, struct err *e); // type, t_ms, at are the caller's
// The whole record as in domain.md §3.4, new reference.
json_t *contact_to_json(const struct model *m, const struct work *w);
// Reads a stored timeline; *events is owned by the caller (event_release each, then free).
must_use bool work_read_events(struct db *db, const char *interaction_id, struct event **events, size_t *n, struct err *e);
void work_free_events(struct event *events, size_t n);

// --- Pieces
struct work *work_new(struct model *m, struct contact *c, int64_t start_mono);
void work_free(struct work *w);
void kb_view_release(struct kb_view *v);
void card_release(struct customer_card *card);
must_use bool work_recover_desk(struct model *m, struct err *e); // typing.c: what was typed in no contact when the program ended
// Looks the caller up by number: fills the card; exactly one match is attached to the contact (event in c).
void work_screen_pop(struct model *m, struct work *w, struct commit *c);
// Loads the card of a known customer.
must_use bool card_load(struct model *m, struct customer_card *card, const char *customer_id, struct err *e);
// Brings the card in line with the contact's customer, after one was taken back or attached elsewhere.
void work_card_refresh(struct model *m, struct work *w);
struct row_stamp work_stamp(const struct model *m); // new entity made now by this agent
const char *work_new_id(struct model *m, char out[40]); // UUIDv7
// Warns about forbidden words and risky promises in a line of the agent, or alarms in one of the customer (events in c).
void work_lexicon(struct model *m, struct work *w, const char *text, bool agent, struct commit *c);
// Calls the telephone for the contact; false when there is none for it (then the agent does it by hand and the state moves at once).
bool work_telephone(struct model *m, struct work *w, enum cti_cmd_type cmd, const char *text);
// Makes the ticket of a contact in a commit of the caller (who adds the record); no (NUMBER_CAP bytes, may be NULL) gets its number.
// title NULL or "": taken from the need. ERR_CONFLICT when the contact has one.
must_use bool work_ticket(struct model *m, struct work *w, const char *title, struct commit *c, char *no, struct err *e);
// Number of the ticket of a contact, NULL: none yet. Borrowed from the contact.
const char *work_ticket_no(const struct work *w);
// Escalates likewise; makes the ticket first when there is none. *decide_due (may be NULL): UTC.
must_use bool work_escalate(struct model *m, struct work *w, const char *kind, const char *proposal, const char *ask,
			    struct commit *c, int64_t *decide_due, struct err *e);
// Books a call-back likewise.
must_use bool work_callback(struct model *m, struct work *w, int64_t due_at, const char *text, struct commit *c, struct err *e);
// The label of a category, disposition or channel code in the user's language, the code itself while packs are not loaded; "" for NULL.
const char *work_category_label(const struct model *m, const char *code);
const char *work_cause_label(const struct model *m, const char *code); // of a ticket, retired ones too
const char *work_disposition_label(const struct model *m, const char *code);
const char *work_channel_label(const char *code);
// A contact exists and rings: one commit with its number and the screen pop. NULL with e when it cannot.
struct work *work_begin(struct model *m, enum channel channel, enum source source, enum direction dir, const char *number,
			const char *name, const char *queue, const char *call, int64_t mono, int64_t wall, struct err *e);
// The contact is connected: clocks, the opening script, the contact in front, a card for an unknown caller.
must_use bool work_connect(struct model *m, struct work *w, int64_t t_ms, int64_t at, bool by_system, struct err *e);
void work_gone(struct model *m, struct work *w, const char *text); // says so and takes the contact off the desk
// Where the site asks for it (kb.must_read_block), nobody is ready between contacts before what must be read is read.
void work_hold_back(struct model *m);
struct kb *model_open_kb(struct model *m, struct err *e); // on first use
struct work *work_by_call(const struct model *m, const char *call);
void work_remove(struct model *m, struct work *w);

// The boot this process runs in: stamps of CLOCK_BOOTTIME mean something only within one. Borrowed, static.
const char *work_boot_id(void);

#endif
