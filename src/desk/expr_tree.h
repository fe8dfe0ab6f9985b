// SPDX-License-Identifier: MIT
// Knows the tree of a parsed expression; shared by the parser and the evaluator only.
#ifndef DESK_EXPR_TREE_H
#define DESK_EXPR_TREE_H

#include "src/desk/expr.h"

enum expr_op {
	EXPR_LITERAL,
	EXPR_NAME,
	EXPR_OR,
	EXPR_AND,
	EXPR_EQ,
	EXPR_NE,
	EXPR_LT,
	EXPR_LE,
	EXPR_GT,
	EXPR_GE,
	EXPR_IN,       // arg[0] in items, or in arg[1] when there are none
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,
	EXPR_DIV,
	EXPR_NOT,
	EXPR_NEG,
	EXPR_IF,       // the functions
	EXPR_LEN,
	EXPR_HAS,
	EXPR_HOURS_SINCE,
	EXPR_DAYS_SINCE,
	EXPR_MIN,
	EXPR_MAX,
};

struct expr {
	enum expr_op op;
	int depth;                // 1 for a leaf; never above EXPR_MAX_DEPTH
	struct expr_value value;  // EXPR_LITERAL
	struct sv name;           // EXPR_NAME, owned by the arena
	struct expr *arg[3];
	struct expr **items;      // EXPR_IN
	size_t n_items;
	bool listed;              // EXPR_IN with [ ], which may be empty
};

#endif
