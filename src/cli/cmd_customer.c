// SPDX-License-Identifier: MIT
// Knows `zuoxi customer find`: who is there, masked.
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/desk/mask.h"
#include "src/store/customer.h"

#define USAGE "customer find QUERY   (a phone number, an ID or order number, a name, or a name and the last 4 digits)"

enum { ROWS_MAX = 20 }; // domain.md §18.3

static const char *masked(struct reading *r, enum mask how, const char *value)
{
	struct str b = {0};

	if (!str_empty(value))
		mask_value(how, sv(value), &b);
	const char *out = arena_strdup(&r->arena, str_z(&b));
	str_release(&b);
	return out;
}

static const char *flags_of(struct reading *r, const json_t *doc)
{
	struct str b = {0};
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(doc, "flags"), i, f)
		str_addf(&b, "%s%s", b.n ? " " : "", json_string_value(f) ? json_string_value(f) : "");
	const char *out = arena_strdup(&r->arena, str_z(&b));
	str_release(&b);
	return out;
}

static void add_row(struct reading *r, struct cli_table *t, const struct customer *c)
{
	json_t *doc = json_or_empty(c->doc);
	const json_t *phone = json_array_get(json_object_get(doc, "phones"), 0);
	const char *number = json_is_string(phone) ? json_string_value(phone) : json_string_value(json_object_get(phone, "e164"));

	cli_table_row(t, (const char *[]){c->id, masked(r, MASK_NAME, c->name), masked(r, MASK_PHONE, number), c->tier,
					  json_string_value(json_object_get(doc, "language")), flags_of(r, doc)});
	json_decref(doc);
}

static int find(struct cli *c, struct reading *r, const char *query, struct err *e)
{
	static const char *const keys[] = {"id", "display_name", "phone", "tier", "language", "flags"};
	const char *const titles[] = {_("Id"), _("Name"), _("Telephone"), _("Tier"), _("Language"), _("Flags")};
	struct customers rows = {0};

	if (!reading_may(r, e) || !customer_find(r->db, query, ROWS_MAX, &rows, &r->arena, e)) {
		vec_release(&rows);
		return cli_fail(c, e);
	}
	struct cli_table *t = cli_table_new(c, keys, c->json ? keys : titles, 6);
	for (size_t i = 0; i < rows.n; i++)
		add_row(r, t, &rows.v[i]);
	cli_table_print(t);
	int rc = rows.n ? CLI_DONE : CLI_NO;
	vec_release(&rows);
	return rc;
}

int cmd_customer(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct reading r;
	struct err e = {0};
	struct str query = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (n < 2 || !str_eq(words[0], "find"))
		rc = cli_usage(c, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	else if (!reading_open(&r, c, false, &e))
		rc = cli_fail(c, &e);
	else {
		for (size_t i = 1; i < n; i++) // "李 5678" need not be quoted
			str_addf(&query, "%s%s", i > 1 ? " " : "", words[i]);
		rc = find(c, &r, str_z(&query), &e);
		reading_close(&r);
	}
	str_release(&query);
	free(words);
	return rc;
}
