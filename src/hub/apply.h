// SPDX-License-Identifier: MIT
// Knows what each operation does to the hub's entities, and who wins where two meet (sync.md §3.7, domain.md §1.5).
//
// Field by field against the revision an edit was based on, never by clock. A field is taken when the base is of the same epoch
// and not older than the field's last change, or when the present value is what the station saw (`was`), or equal to what is
// wanted (then nothing happens). Else the class of the field decides: ranked (supervisor > rule > agent), machine (the step must
// be legal from the present state), text (never overwritten: a conflict entity holds base, mine and theirs), approval (a change
// that needs somebody's consent becomes a conflict that person settles), set and count (elements and increments never collide).
#ifndef HUB_APPLY_H
#define HUB_APPLY_H

#include "src/hub/rights.h"

// VERB(kind, entity type, shape, right): see verbs.def for every kind a hub takes.
enum shape {
	SHAPE_NEW,     // body is the document; made again with the same id: noop (or field by field, when it was changed since)
	SHAPE_SET,     // body {"set":{field:value},"was":{field:value}}; without "set" (schema 1) the body is the whole document
	SHAPE_APPEND,  // an immutable line under another entity: e is the parent, the line's id is the operation's
	SHAPE_OWN,     // single writer: the document as the owning station has it
	SHAPE_ELEMENT, // {"add":{field:[..]},"del":{field:[..]}} sets; {"inc":{field:number}} counters
	SHAPE_ACK,     // (entity, agent) once
	SHAPE_ASSIGN,  // compare and set with a fence: {"fence":n}; "reason" but of a take; of an assignment "owner_id" or "queue_code"
	SHAPE_DEED,    // on the knowledge base
	SHAPE_SETTLE,  // of a conflict
	SHAPE_DECIDE,  // of an escalation, a proposal or a red broadcast asked for, by somebody else than who asked
	SHAPE_PUT,     // the whole document against the revision in base (compare and set): packs
	SHAPE_MERGE,   // one entity into another: {"into":id}; leaves a redirect
	SHAPE_DELETE,  // {"reason":text}: a tombstone, by the author
};
// Every operation a hub takes, by kind: verbs.def.
struct verb {
	const char *kind, *t;
	enum shape shape;
	enum hub_right right;
};
const struct verb *verb_of(const char *kind); // NULL: unknown
// Whoever it is done for must be logged in here: an operation's "by" alone is not believed.
bool verb_needs_session(const struct verb *v);

// HUB: only the hub writes it. EARLIEST: a timer, the earliest value is kept (domain.md §1.5).
enum field_class { FIELD_PLAIN, FIELD_RANKED, FIELD_MACHINE, FIELD_TEXT, FIELD_OWNER, FIELD_APPROVAL, FIELD_HUB, FIELD_EARLIEST };
enum field_class field_class_of(const char *t, const char *field);

// Stages what op does (hub_put) and fills answer but for at_stream and at_seq, which stand after hub_flush: *touched_* names the
// entity whose place counts (t NULL: none). Only the store failing is false; everything else is an answer.
// The epoch of op->base is compared with that of the stream op->s as the hub has it. A rejected operation staged nothing. Strings
// live as long as the transaction; answer.lost is owned: applied_release.
struct applied {
	struct wire_answer answer;
	const char *site, *t, *e; // noop: where the thing stands already
	bool red; // a broadcast or escalation that must not wait for anything
};
void applied_release(struct applied *a);
must_use bool hub_apply(struct hub_tx *tx, const struct actor *who, const struct wire_op *op, struct applied *out, struct err *e);

// The conflict entity (type "conflict", in the stream of what it is about):
// {"about":{"t","e","no"?},"reason":"text|machine|approval|owner","fields":{field:{"base","mine","theirs"}},"why"?,"mine_by","mine_at",
//  "theirs_by","theirs_at","op","dev","state":"open|settled","owner":agent or role,"due_at","settled_by"?,"choice":{field:"mine|theirs|other"}?}
// conflict.settle: body {"choice":{field:"mine"|"theirs"|{"value":..}},"revs":{"about":rev,"conflict":rev}}.
#define CONFLICT_DUE_MS (24LL * 3600000) // after it the supervisor's queue has it
#define REQUEST_LAPSE_MS (3600000LL) // a red broadcast asked for and not decided by then comes to nothing
#define REVOKE_GRACE_MS (24LL * 3600000) // operations of a right that was taken away (§3.3 rule 6)

// Members the hub adds to a document: "conflicts" (ids of open ones), "after_revoke" {"op","by","at"} and "claimed_by"; of a ticket "fence"
// (of the assignment), "assigned_by" and "assign_reason" (of the last one), "children" and "duplicates" (numbers of tickets that name it
// as parent or as what goes on), "parent_id" (of "parent_no") and "lines" ("t/id" of what hangs on it and moves with it).
//
// What else the hub makes of operations (the body's members stand first, untouched):
//   call_event <op id>               call.event + {"interaction_id","agent_id"}, in me/<agent>
//   note <op id>                     ticket.note + {"ticket_id","author_id","at"}, where the ticket stands; {"kind":"late_work","set"}: what
//                                    somebody did to a ticket that was given away meanwhile
//   broadcast_ack <broadcast>:<agent>, read_receipt <object>:<version>:<agent>    in me/<agent>
//   escalation                       + {"ticket_id"}, where the ticket stands; decided: {"decision","decision_text","decided_by","decided_at"}
//   broadcast                        + {"sent_by","sent_at","confirmed_by"?}
//   broadcast_request                a red broadcast of somebody who may only ask for it (domain.md §2.5), in bc/<site>, read by those who may
//                                    ask or confirm: + {"requested_by","requested_at","lapses_at","state":"open|approved|declined"}, decided as
//                                    an escalation is. Approved, a broadcast of the same id is made of it, in force as long as was asked for.
//   article, article_version <id>@<ver>, kb_proposal, kb_suggestion, gap, gap_deed, phrasing {"id","article","text","withdrawn",...}: kb/all;
//   kb_vote, kb_confirm, kb_taught   in me/<agent>. Articles: apply_kb.c.
// Rows in streams that begin with "@" are the hub's own indexes; nobody reads them.

#endif
