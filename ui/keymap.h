// SPDX-License-Identifier: MIT
// Knows which action a key means in a place: the defaults of actions.def under the user's own bindings.
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "src/actions.h"
#include "ui/key.h"

struct keymap;

struct keymap *keymap_new(void); // the defaults
void keymap_free(struct keymap *km);

// One binding of the user, as read from YAML. context: a name of context_name(), "" for the action's own contexts.
// keys: blank-separated names; "" takes every key from the action there. action: a name, or "none" to unbind the keys.
// The action's default keys in those contexts give way to the new ones, and other actions lose these keys there.
struct keymap_user {
	const char *context, *keys, *action;
};
// False leaves the map as it was; e names what is wrong (context, key, action, or a printable key in an editing place).
must_use bool keymap_bind(struct keymap *km, const struct keymap_user *u, struct err *e);

struct keymap_hit {
	enum action action; // ACT_NONE: nothing is bound
	bool text;          // the key belongs to the field being typed into
};
// contexts: bits of CTX_*; the caller includes CTX_ANY where it holds. The most specific context wins: popup, pick,
// history, wrap, home, script, kb-query, kb-list, kb-article, form, then list, then edit, then any. With CTX_EDIT, a
// character without Ctrl or Alt is text; this is decided here and nowhere else.
struct keymap_hit keymap_lookup(const struct keymap *km, unsigned contexts, struct key k);

// The keys of an action, defaults in the order of actions.def; fills at most max, returns how many there are.
size_t keymap_keys_of(const struct keymap *km, enum action a, struct key *out, size_t max);
// The first key of an action that reaches it from these contexts, as a label ("C-p"); "" when there is none.
void keymap_label(const struct keymap *km, unsigned contexts, enum action a, char *buf, size_t cap);
// All keys of an action, blank-separated names, appended.
void keymap_names_of(const struct keymap *km, enum action a, struct str *out);

// Two actions on one key in the same context: one line each, appended to out; returns how many. 0 for the defaults.
size_t keymap_clashes(const struct keymap *km, struct str *out);

#endif
