// SPDX-License-Identifier: MIT
// Knows `zuoxi keys`: every action, where its keys count, its keys and what it does.
#include <jansson.h>

#include "src/actions.h"
#include "src/base/i18n.h"
#include "src/base/str.h"
#include "src/cli/cli.h"

#define USAGE "keys"

static json_t *keys_of(const char *keys)
{
	json_t *a = json_array();
	struct sv rest = sv(keys), key;

	while (sv_split(&rest, ' ', &key))
		if (key.n)
			json_array_append_new(a, json_stringn(key.p, key.n));
	return a;
}

// One object for an action in one context: keys are bound by both.
static void print_json(struct cli *c)
{
	json_t *rows = json_array();

	for (int a = ACT_NONE + 1; a < ACT_COUNT; a++) {
		const struct action_info *i = action_info((enum action)a);
		for (unsigned bit = 0; bit < CTX_COUNT; bit++)
			if (i->contexts & (1u << bit))
				json_array_append_new(rows, json_pack("{s:s, s:s, s:o, s:s}", "action", i->name, "context",
								      context_name(1u << bit), "keys", keys_of(i->keys), "help",
								      _(i->help)));
	}
	json_dumpf(rows, c->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	fputc('\n', c->out);
	json_decref(rows);
}

static void print_table(struct cli *c)
{
	static const char *const ids[] = {"action", "context", "keys", "help"};
	const char *const titles[] = {_("Action"), _("Where"), _("Keys"), _("Help")};
	struct cli_table *t = cli_table_new(c, ids, titles, 4);
	struct str where = {0};

	for (int a = ACT_NONE + 1; a < ACT_COUNT; a++) {
		const struct action_info *i = action_info((enum action)a);
		str_clear(&where);
		for (unsigned bit = 0; bit < CTX_COUNT; bit++)
			if (i->contexts & (1u << bit))
				str_addf(&where, "%s%s", where.n ? " " : "", context_name(1u << bit));
		cli_table_row(t, (const char *[]){i->name, str_z(&where), i->keys, _(i->help)});
	}
	cli_table_print(t);
	str_release(&where);
}

int cmd_keys(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc = CLI_DONE;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (n)
		rc = cli_usage(c, USAGE, "%s", _("no words are needed"));
	else if (c->json)
		print_json(c);
	else
		print_table(c);
	free(words);
	return rc;
}
