// SPDX-License-Identifier: MIT
// Knows the user's settings: zuoxi.yaml read into a struct, with defaults for what is missing or wrong.
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "config/yaml.h"

enum config_language { LANGUAGE_SYSTEM, LANGUAGE_ZH, LANGUAGE_EN };
enum config_theme { THEME_DARK, THEME_LIGHT, THEME_SIXTEEN, THEME_MONO };
enum config_auto { AUTO_AUTO, AUTO_ON, AUTO_OFF };
enum config_kb_rule { KB_RULE_WARN, KB_RULE_BLOCK };
enum config_telephone { TELEPHONE_NONE, TELEPHONE_SIM };
enum config_log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR }; // as enum log_level

// One entry of "keys": in this context these keys do this action. Which contexts, actions and key names exist is known above
// (src/actions.h, ui/keymap.h); whoever applies the list reports what it does not know at line and col.
struct config_key {
	const char *context; // "script"; "any" when not given
	const char *keys;    // blank-separated, as in actions.def: "C-f M-s"; "" takes all keys away
	const char *action;  // "search"
	int line, col;
};

// One field for each line of settings.def, named as there; texts are never NULL.
struct config {
#define SETTING_BOOL(field, key, dflt, help) bool field;
#define SETTING_INT(field, key, dflt, min, max, help) int field;
#define SETTING_TEXT(field, key, dflt, max, help) const char *field;
#define SETTING_WORD(field, key, type, dflt, words, help) enum type field;
#include "config/settings.def"
#undef SETTING_BOOL
#undef SETTING_INT
#undef SETTING_TEXT
#undef SETTING_WORD
	struct config_key *keys;
	size_t n_keys;
	struct arena arena; // owns the texts
};

// Defaults, then what the file says. path NULL: path_config_file(), and no file is no error; a path given must be there. What is wrong goes to p with
// line and column, an unknown key with the nearest known one; that setting keeps its default. c is overwritten, never released first.
void config_load(struct config *c, const char *path, struct problems *p);
// The same from text; file is for messages.
void config_parse(struct config *c, struct sv text, const char *file, struct problems *p);
void config_defaults(struct config *c);
void config_copy(struct config *to, const struct config *from); // with texts of its own; to is overwritten, never released first
void config_release(struct config *c);

// Every setting as data, for the manual, default.yaml and `doctor`.
enum setting_type { SETTING_IS_BOOL, SETTING_IS_INT, SETTING_IS_TEXT, SETTING_IS_WORD };
struct setting {
	const char *key, *help; // help: message id
	enum setting_type type;
	const char *dflt;       // as written in YAML
	long min, max;          // int; text: max characters
	const char *words;      // word: blank-separated
	size_t offset;          // of the field in struct config
};
const struct setting *config_settings(size_t *n);
// default.yaml: every setting with its help as a comment, its bounds and its default, commented out.
void config_write_default(struct str *out);

#endif
