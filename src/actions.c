// SPDX-License-Identifier: MIT
// Knows the enum of actions and contexts made from actions.def, and their names and help.
#include "src/actions.h"

#include "src/base/i18n.h"
#include "src/base/str.h"

static const struct action_info table[ACT_COUNT] = {
	[ACT_NONE] = {.name = "", .keys = "", .hint = "", .help = ""},
#define ACTION(id, name_, contexts_, keys_, hint_, help_)                                              \
	[ACT_##id] = {.name = name_, .contexts = contexts_, .keys = keys_, .hint = hint_, .help = help_},
#include "src/actions.def"
#undef ACTION
};

const struct action_info *action_info(enum action a)
{
	return a > ACT_NONE && a < ACT_COUNT ? &table[a] : &table[ACT_NONE];
}

enum action action_by_name(const char *name)
{
	for (int a = 1; a < ACT_COUNT; a++)
		if (strcmp(table[a].name, name) == 0)
			return (enum action)a;
	return ACT_NONE;
}

const char *context_name(unsigned bit)
{
	static const char *const names[CTX_COUNT] = {
		"any",  "home", "script", "kb-query", "kb-list", "kb-article", "form",
		"edit", "list", "popup",  "pick",     "history", "wrap",
		"kb-desk", "kb-write", "kb-versions", "record", "conflicts", "ticket", "practice", "brief", "debrief", "coach",
	};

	for (unsigned i = 0; i < CTX_COUNT; i++)
		if (bit == 1u << i)
			return names[i];
	return "";
}
