// SPDX-License-Identifier: MIT
// Knows the tree of categories: finding, suggesting and typing ahead in it.
#ifndef DESK_CATEGORY_H
#define DESK_CATEGORY_H

#include "src/base/arena.h"
#include "src/base/vec.h"
#include "src/desk/kinds.h"

// One node, as content packs give it (zuoxi-pack(5), categories). In category_tree_add the strings are copied.
struct category {
	const char *code, *zh, *en;
	enum intent intent;
	enum difficulty difficulty;
	int impact, urgency; // 1..4; 0 in branches
	bool red;
	enum xdept xdept;
	const char *script, *form, *queue; // NULL if none
	const char *pack;                  // code of the pack it comes from
	const char **keywords;
	size_t nkeywords;
	// Filled by category_tree_link:
	int parent;           // index, -1 at the top
	int depth;            // 0 at the top
	bool leaf;
	const char *initials; // of zh, one letter a character ("zhdj"); "" without readings
	const char *folded;   // zh, en and keywords folded, parts divided by \n: for matching
};
struct category_tree {
	struct category *v; // in the order of addition; owned
	size_t n, cap;
	struct arena arena; // owns the strings
};
void category_tree_release(struct category_tree *t);
// ERR_CONFLICT for a code that is there already, ERR_PARSE for a malformed one or one without a zh label.
must_use bool category_tree_add(struct category_tree *t, const struct category *c, struct err *e);
// Initials of one Han character: writes up to 8 different lower-case letters, the most usual first, returns how many (0:
// none known). han_initials of base/han.h fits; NULL is allowed.
typedef size_t category_initials(uint32_t cp, char out[8]);
// Finds parents, marks leaves, prepares typing ahead. Call once after the last add. ERR_NOT_FOUND names a code without parent.
must_use bool category_tree_link(struct category_tree *t, category_initials *initials, struct err *e);

const struct category *category_find(const struct category_tree *t, const char *code); // NULL if none
// Direct children of parent (-1: the top) in order; returns how many there are, writes up to cap.
size_t category_children(const struct category_tree *t, int parent, const struct category **out, size_t cap);
const char *category_label(const struct category *c); // zh or en by the current language
// "账户 > 账户冻结" appended to out.
void category_path(const struct category_tree *t, const struct category *c, struct str *out);

struct category_pick {
	const struct category *category;
	int score;
};
// The best leaves (up to cap, best first): 3 x keyword hits in text + 2 if the queue's default is this queue + 1 if it was the
// customer's last category (domain.md §5.1). Only those with a score above 0. text is the customer's last line or the title;
// queue, last may be NULL.
size_t category_suggest(const struct category_tree *t, struct sv text, const char *queue, const char *last,
	struct category_pick *out, size_t cap);
// Leaves matching what was typed, best first: label or code from its start, initials from their start, keyword from its start, then
// the same anywhere inside. Empty query: all leaves in order.
size_t category_type_ahead(const struct category_tree *t, struct sv query, struct category_pick *out, size_t cap);

#endif
