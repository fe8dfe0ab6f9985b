// SPDX-License-Identifier: MIT
// Knows how values are taken out of a YAML tree while what is wrong with them is written down.
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "config/yaml.h"
#include "src/desk/expr.h"
#include "src/desk/label.h"
#include "src/desk/script.h"

// Every function copies texts into a, so that the tree may go.
struct reader {
	struct arena *a;
	struct problems *p;
	const char *file;
	bool quiet; // the same tree was read before: report nothing
};

void read_fail(struct reader *r, int line, int col, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define READ_FAIL(r, at, ...) read_fail(r, (at)->line, (at)->col, __VA_ARGS__)

// Is it of this kind? Reports otherwise; what names it: "nodes". NULL is reported nowhere and is false.
bool read_is(struct reader *r, const struct yaml_node *n, enum yaml_kind kind, const char *what);
// Reports every key that is not in the blank-separated list, with the nearest that is.
void read_keys(struct reader *r, const struct yaml_node *map, const char *allowed);
// Reports that the map lacks the key.
void read_missing(struct reader *r, const struct yaml_node *map, const char *key);

// A scalar of at most max bytes; NULL when absent or wrong. need: absent or empty is reported.
const char *read_text(struct reader *r, const struct yaml_node *map, const char *key, size_t max, bool need);
bool read_bool(struct reader *r, const struct yaml_node *map, const char *key, bool dflt);
int read_int(struct reader *r, const struct yaml_node *map, const char *key, int min, int max, int dflt);
// A code [A-Za-z0-9_.-]{1,64}; NULL when absent or wrong.
const char *read_code(struct reader *r, const struct yaml_node *map, const char *key, bool need);
// The keys zh and en of a map. need: reports what is missing.
struct label read_label(struct reader *r, const struct yaml_node *map, bool need);
// The value of key is a map of zh and en alone.
struct label read_label_at(struct reader *r, const struct yaml_node *map, const char *key, bool need);
// The key title, a map of zh and en; that one of them is missing is said by the linter of scripts and forms.
struct label read_title(struct reader *r, const struct yaml_node *map);
// A list of texts; a single text counts as a list of one where lone is true.
struct script_codes read_codes(struct reader *r, const struct yaml_node *map, const char *key, bool lone);
// A map of texts, in the order written.
struct script_sets read_sets(struct reader *r, const struct yaml_node *map, const char *key);
// An expression: *text as written, the parsed form returned; both NULL when absent. A wrong one is reported at its
// place inside the value and gives NULL with *text NULL.
const struct expr *read_expr(struct reader *r, const struct yaml_node *map, const char *key, const char **text);

// One of a closed list: READ_KIND(r, map, "intent", intent, INTENT_OTHER, &c.intent). False when absent or wrong.
bool read_word(struct reader *r, const struct yaml_node *value, const char *key, const char *const *words, size_t *out);
#define READ_KIND_NODE(r, node, key, name, last, out)                                           \
	({                                                                                      \
		const char *words_[(size_t)(last) + 2] = {0};                                   \
		size_t got_ = 0;                                                                \
		for (size_t i_ = 0; i_ <= (size_t)(last); i_++)                                 \
			words_[i_] = name##_code((enum name)i_);                                \
		bool ok_ = read_word((r), (node), (key), words_, &got_);                        \
		if (ok_)                                                                        \
			*(out) = (enum name)got_;                                               \
		ok_;                                                                            \
	})
#define READ_KIND(r, map, key, name, last, out) READ_KIND_NODE(r, yaml_get(map, key), key, name, last, out)

#endif
