// SPDX-License-Identifier: MIT
// Knows `zuoxi audit verify`: whether the chain of the audit log is whole.
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/store/audit.h"

#define USAGE "audit verify"

static int verify(struct cli *c, struct reading *r)
{
	struct err e = {0};
	int64_t checked = 0;
	bool ok = audit_verify(r->db, &checked, &e);

	// A broken chain is an answer; a store that cannot be read is not.
	if (!ok && e.code != ERR_CONFLICT)
		return cli_fail(c, &e);
	if (c->json) {
		json_t *o = json_pack("{s:b, s:I, s:s?}", "ok", ok, "checked", (json_int_t)checked, "message", ok ? NULL : e.msg);
		cli_print_json(c, o);
		json_decref(o);
	} else if (ok) {
		fprintf(c->out, ngettext("The audit log is whole: %lld line\n", "The audit log is whole: %lld lines\n",
					 (unsigned long)checked), (long long)checked);
	} else {
		fprintf(c->out, "%s\n", e.msg);
	}
	return ok ? CLI_DONE : CLI_NO;
}

int cmd_audit(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct reading r;
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (n != 1 || !str_eq(words[0], "verify"))
		rc = cli_usage(c, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	else if (!reading_open(&r, c, false, &e))
		rc = cli_fail(c, &e);
	else {
		rc = verify(c, &r);
		reading_close(&r);
	}
	free(words);
	return rc;
}
