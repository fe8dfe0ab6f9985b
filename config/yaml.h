// SPDX-License-Identifier: MIT
// Knows the restricted YAML that people write for zuoxi, as a tree with places, and how findings about a file are kept.
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include <stdio.h>

#include "src/base/arena.h"
#include "src/base/str.h"
#include "src/base/vec.h"
#include "src/desk/lint.h"

// --- Findings ---

struct problem {
	const char *file;  // as given by the caller, copied; "" when there is none
	int line, col;     // from 1, columns in characters; 0: not known
	enum lint_severity severity;
	const char *message; // one sentence in the user's language
};
// All findings about a set of files. {0} is empty. Texts are owned by the arena inside.
struct problems {
	struct problem *v;
	size_t n, cap;
	size_t errors; // how many of v are errors
	struct arena arena;
};
void problems_release(struct problems *p);
void problems_add(struct problems *p, const char *file, int line, int col, enum lint_severity severity, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
// By file, line, column, then in the order they were found; the same finding twice is kept once. Counts errors anew.
void problems_sort(struct problems *p);
// One line each: "file:line:column: message", with "warning: " before the message of a warning.
void problems_print(const struct problems *p, FILE *out);

// --- The tree ---

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };
struct yaml_node;
struct yaml_pair {
	const char *key;
	int line, col; // of the key
	struct yaml_node *value;
};
struct yaml_node {
	enum yaml_kind kind;
	int line, col;           // of the first character, from 1, in characters
	const char *text;        // YAML_SCALAR: never NULL; n is its length in bytes
	char quote;              // YAML_SCALAR: '\'' or '"' if it is quoted on one line, '|' for several lines, else 0
	struct yaml_node **items; // YAML_LIST
	struct yaml_pair *pairs;  // YAML_MAP, in the order written
	size_t n;
};

// Limits of a file (architecture.md §4).
enum { YAML_MAX_BYTES = 256 * 1024, YAML_MAX_DEPTH = 16, YAML_MAX_NODES = 10000 };

// Parses one document. Refused with a place: anchors, aliases, tags, merge keys, keys that are not plain text, duplicate keys
// (with both places), several documents, invalid UTF-8, and whatever is over a limit. What can be skipped is skipped and the rest
// goes on; NULL when the text is not YAML or over a limit (then at least one error was added). An empty document is an
// empty map. first_line is the line of the text's first line in the file (1 for a whole file). The tree is owned by the arena.
struct yaml_node *yaml_parse(struct sv text, const char *file, int first_line, struct problems *p, struct arena *a);
// Reads and parses a file; one that cannot be read or is too large is an error without a line. raw (may be NULL) gets the bytes.
struct yaml_node *yaml_parse_file(const char *path, const char *file, struct str *raw, struct problems *p, struct arena *a);

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); // NULL: not a map or no such key
const struct yaml_pair *yaml_pair(const struct yaml_node *map, const char *key);
// Column of the byte at offset (from 0) of a scalar's text: exact on one line; the first column if it runs over several.
int yaml_col(const struct yaml_node *scalar, size_t offset);

#endif
