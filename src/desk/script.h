// SPDX-License-Identifier: MIT
// Knows what a call script is: nodes, options, objections, targets; its linter; and how a line is put into words.
#ifndef DESK_SCRIPT_H
#define DESK_SCRIPT_H

#include "src/desk/expr.h"
#include "src/desk/kinds.h"
#include "src/desk/label.h"
#include "src/desk/lint.h"

// Source: the pack format, "scripts", and domain.md §10. Plain data, filled by the pack loader; everything is borrowed from the
// arena of the pack. Shared fragments are already spliced in: their nodes stand in the same array.

enum script_kind { SCRIPT_MAIN, SCRIPT_SIDE, SCRIPT_FRAGMENT };
enum node_kind { NODE_SAY, NODE_ASK, NODE_CHOICE, NODE_CHECK, NODE_KB, NODE_FORM, NODE_ACTION, NODE_OFFER, NODE_END };
enum ask_kind { ASK_OPEN, ASK_CLOSED, ASK_PROBE };
enum script_stage { STAGE_NONE, STAGE_LISTEN, STAGE_RESTATE, STAGE_CLASSIFY, STAGE_SOLVE };
enum script_mark { MARK_ACK, MARK_LISTEN, MARK_RESTATE, MARK_PLAN, MARK_CONFIRM, MARK_CLOSE, MARK_EMPATHY, MARK_DISCLOSURE };
enum script_action {
	ACTION_NONE,
	ACTION_TICKET,
	ACTION_URGENT_REVIEW,
	ACTION_ESCALATE,
	ACTION_CALLBACK,
	ACTION_VERIFY,
	ACTION_STOP_PAYMENT,
	ACTION_FAULT,
	ACTION_TRANSFER,
	ACTION_SMS,
	ACTION_CERTIFICATE,
	ACTION_XDEPT,
	ACTION_RETURN_CODE,
	ACTION_HOLD_STOCK,
	ACTION_OFFER_OUTCOME,
	ACTION_NOTE,
};
KIND_DECLARE(script_kind)
KIND_DECLARE(node_kind)
KIND_DECLARE(ask_kind)
KIND_DECLARE(script_stage)
KIND_DECLARE(script_mark)
KIND_DECLARE(script_action)

// A set of enum script_mark.
typedef unsigned script_marks;
#define MARK_BIT(mark) (1u << (mark))

// Where a path leads on. The loader resolves ids and "@main" of spliced fragments to TARGET_NODE.
enum target_kind {
	TARGET_NONE,   // not given
	TARGET_NODE,   // node index
	TARGET_MAIN,   // "@main", only in a fragment looked at alone
	TARGET_CLOSE,  // "@close": the node SUMMARY of com.close; in a side script: back to the caller
	TARGET_RETURN, // "@return": back to the calling node
};
struct script_target {
	enum target_kind kind;
	size_t node;    // TARGET_NODE
	const char *id; // as written, for messages; may be NULL
};

// One assignment: name is form.X or base.X, value is text as written in the pack ("" clears).
struct script_set {
	const char *name, *value;
};
struct script_sets {
	const struct script_set *v;
	size_t n;
};
struct script_codes {
	const char *const *v;
	size_t n;
};

struct script_option {
	char key; // one digit or lower-case letter
	struct label label;
	struct script_target next;
	struct script_sets set;
	struct script_codes needs; // disclosures every path from here must pass
	int line, col;
};

struct script_node {
	const char *id;
	enum node_kind kind;
	enum ask_kind ask;              // NODE_ASK
	struct label text, hint;        // the line to say (say, ask, end, offer, action) or the title shown
	script_marks marks;             // with MARK_DISCLOSURE and MARK_EMPATHY where disclosure or empathy is given
	enum script_stage stage;
	bool required;
	const char *disclosure;         // code or NULL
	bool has_empathy;
	enum emotion_class empathy;     // if has_empathy
	struct script_sets set;         // made when the node is left forwards
	const char *into;               // NODE_ASK: field that takes the answer, or NULL
	int timeout_hint_s;             // 0: none
	struct script_target next;      // say, ask without options, kb, form, action, offer
	const struct script_option *options; // choice, ask
	size_t n_options;
	const char *check_text;         // NODE_CHECK: as written, and parsed
	const struct expr *check;
	struct script_target on_pass, on_fail;
	struct script_codes articles;   // NODE_KB
	struct script_codes fields;     // NODE_FORM
	enum script_action action;      // NODE_ACTION
	struct script_sets with;        // its parameters
	int line, col;
};

struct script_objection {
	const char *code;
	struct label label;
	size_t entry;
	int line, col;
};

#define SCRIPT_NO_NODE ((size_t)-1)

struct script {
	const char *code;
	int version;
	struct label title;
	enum script_kind kind;
	char menu_key;                  // side scripts, else 0
	const char *category, *form;    // codes or NULL
	const struct script_node *nodes;
	size_t n_nodes;
	size_t entry;
	size_t close_node;              // where "@close" leads: SUMMARY of com.close, SCRIPT_NO_NODE if not spliced in
	struct script_codes needs;
	const struct script_objection *objections;
	size_t n_objections;
	int line, col;
};

// Index of the node, or SCRIPT_NO_NODE.
size_t script_find_node(const struct script *s, struct sv id);
// Can the agent decide at this node (choice, or ask with two exits)?
bool script_node_chooses(const struct script_node *n);

// --- Graph ---

// Nodes reachable over next, options, checks and "@close" from `from` (SCRIPT_NO_NODE: nothing). out has n_nodes places.
void script_reach(const struct script *s, size_t from, bool *out);
// Required nodes (or nodes of a disclosure in s->needs) that every path from `from` to `to` passes, both ends excluded; to ==
// SCRIPT_NO_NODE: every path to a way out (end, @return, "@close" of a side script). None if `to` cannot be reached. Gives the
// number; out has n_nodes places.
size_t script_must_pass(const struct script *s, size_t from, size_t to, size_t *out);

// --- Linter (rules: pack format, "Rules of the linter"; targets and articles that do not exist are the loader's) ---

// True if no error was reported; warnings do not count. known_name says whether form.X / base.X exists (NULL: all do).
struct script_lint_env {
	struct lint lint;
	bool (*known_name)(void *ctx, struct sv name);
	bool (*known_set)(void *ctx, struct sv name); // {set.NAME}, without "set." (NULL: all exist)
	void *ctx;
};
bool script_lint(const struct script *s, const struct script_lint_env *env);

// --- Lines ---

// Puts values for {name}; {{ and }} are literal braces. var gives the text (borrowed until the next call) or NULL: "……" is put,
// the sign for "fill in by yourself". A brace without a partner stays as it is. Owned by the arena.
const char *script_render(const char *text, const char *(*var)(void *ctx, struct sv name), void *ctx, struct arena *a);
// Calls fn for every {name}; false at the first brace without a partner or empty name, *col its byte column from 1.
bool script_text_vars(const char *text, void (*fn)(void *ctx, struct sv name), void *ctx, int *col);
// Is it one of the variables of the pack format? form.X, base.X and set.X: only the prefix is checked.
bool script_var_known(struct sv name);

#endif
