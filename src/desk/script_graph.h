// SPDX-License-Identifier: MIT
// Knows the ways that lead from one node of a script to the next; shared by the linter and the run.
#ifndef DESK_SCRIPT_GRAPH_H
#define DESK_SCRIPT_GRAPH_H

#include "src/desk/script.h"

// The i-th way out of a node, NULL past the last. A node of kind end has none.
const struct script_target *script_way(const struct script_node *n, size_t i);
// Where it leads within the script, SCRIPT_NO_NODE if nowhere.
size_t script_way_node(const struct script *s, const struct script_target *t);
// Does it leave the script (@return, @main of a fragment, @close of a side script or fragment)? A way of a side script may do
// both: started alone, its own closing follows.
bool script_way_leaves(const struct script *s, const struct script_target *t);

bool script_codes_have(struct script_codes codes, const char *code);

// A walk from `from` that does not enter nodes with avoid[i] (nor starts at one). Marks what it reaches in seen, and in parent
// (may be NULL) where from; false. True as soon as it reaches `to`, or, if to is SCRIPT_NO_NODE, a way out of the script; *last
// (may be NULL) is then the node reached or left from.
bool script_walk(const struct script *s, size_t from, size_t to, const bool *avoid, bool *seen, size_t *parent, size_t *last);

#endif
