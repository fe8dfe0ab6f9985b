// SPDX-License-Identifier: MIT
// Knows what must be done before a contact may be closed, and what an escalation must carry.
#ifndef DESK_WRAPUP_H
#define DESK_WRAPUP_H

#include "src/desk/call.h"

// Source: domain.md §7.5, §8.1, §9.5, §10.3.
enum rule_mode { RULE_WARN, RULE_BLOCK, RULE_OFF };
KIND_DECLARE(rule_mode) // codes warn block off

enum kb_skip { KB_SKIP_NONE, KB_SKIP_KNOWN_RECENT, KB_SKIP_NO_ISSUE_CALL, KB_SKIP_SYSTEM_DOWN, KB_SKIP_TRANSFER_ONLY,
	KB_SKIP_SILENT };
KIND_DECLARE(kb_skip)
enum kb_update { KB_UPDATE_NONE, KB_UPDATE_GAP, KB_UPDATE_SUGGEST, KB_UPDATE_NEW, KB_UPDATE_VALID };
KIND_DECLARE(kb_update)
#define KB_VALID_OPEN_MS 5000
#define RESTATE_MIN_CHARS 4

struct wrapup_facts {
	enum channel channel;
	bool handled;               // the customer was spoken to; a silent or missed call owes less
	int form_errors;            // fields of the form that do not pass
	enum intent intent;
	bool category_set;          // a leaf
	enum difficulty difficulty;
	const char *disposition;    // code; NULL or "" if not set
	bool disposition_invalid;   // class invalid: wrong number, silence, cut off: nothing to classify or solve
	bool needs_follow_up;       // disposition_needs_follow_up
	enum resolution resolution;
	int64_t follow_up_at, ended_at; // UTC ms; 0: not set
	bool follow_up_past;        // follow_up_at lies in the past
	int kb_events;              // search, open, cite
	enum kb_skip kb_skip;
	enum kb_update kb_update;
	int64_t kb_longest_open_ms; // longest an article stayed open; for confirm_valid
	int script_skipped;         // required script nodes neither visited nor given a reason
	struct sv restate_text;
	bool restate_confirmed;
	bool solution_text;
	bool red;
	bool urgent_review_made;    // submitted or later
	enum rule_mode kb_search_rule, kb_update_rule; // 0 = warn, the default
};
enum wrapup_code {
	WRAPUP_FORM,
	WRAPUP_INTENT,
	WRAPUP_CATEGORY,
	WRAPUP_DIFFICULTY,
	WRAPUP_DISPOSITION,
	WRAPUP_RESOLUTION,
	WRAPUP_FOLLOW_UP,
	WRAPUP_SOLUTION,
	WRAPUP_URGENT_REVIEW,
	WRAPUP_KB_SEARCH,
	WRAPUP_KB_UPDATE,
	WRAPUP_KB_VALID,
	WRAPUP_SCRIPT,
	WRAPUP_RESTATE,
	WRAPUP_CODES,
};
KIND_DECLARE(wrapup_code) // the label is the heading ("Form"), the message is in the item
struct wrapup_item {
	enum wrapup_code code;
	bool block; // else a warning
	char msg[160];
};
// Writes the findings in the order of the codes, at most WRAPUP_CODES; returns how many.
size_t wrapup_check(const struct wrapup_facts *f, struct wrapup_item out[WRAPUP_CODES]);
bool wrapup_blocks(const struct wrapup_item *v, size_t n);

// The escalation package (§8.1): a record is complete when no required form field is empty and a restatement is there.
#define ESCALATE_SOLUTION_MIN_CHARS 10
extern const char *const escalate_kinds[]; // codes, the last is NULL
extern const char *const fault_types[];    // what the fault key takes: codes, the last is NULL
const char *escalate_kind_label(const char *code); // in the user's language; what is no such code comes back as it is
const char *fault_type_label(const char *code);
struct escalate_facts {
	bool urgent_review;     // may follow up with the solution within 3 minutes
	bool red;               // never level 1
	int level;              // 1..3
	int form_required_empty;
	struct sv restate_text;
	struct sv proposed_solution;
	struct sv ask;
};
bool escalate_record_complete(const struct escalate_facts *f);
// May it be submitted? ERR_DENIED says what is missing.
must_use bool escalate_check(const struct escalate_facts *f, struct err *e);

#endif
