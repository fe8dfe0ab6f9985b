// SPDX-License-Identifier: MIT
// Knows `zuoxi backup` and `zuoxi restore`: the station in one file, and back.
#include "src/store/backup.h"

#include "src/base/i18n.h"
#include "src/base/str.h"
#include "src/cli/cli.h"
#include "src/store/store.h"

static int one_file(struct cli *c, int argc, char **argv, const char *usage, bool restore)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, usage, "%s", e.msg);
	else if (n != 1)
		rc = cli_usage(c, usage, "%s", _("one file name is needed"));
	else if (str_empty(c->data))
		rc = cli_usage(c, usage, "%s", _("no data directory: give --data DIR or set ZUOXI_DATA"));
	else if (restore ? !backup_restore(words[0], c->data, &e) : !backup_write(c->data, words[0], &e)) {
		fprintf(c->err, "zuoxi: %s\n", e.msg);
		rc = CLI_FAILED;
	} else {
		if (restore)
			fprintf(c->err, _("Restored into %s. Load the packs again: zuoxi pack load DIR\n"), c->data);
		else
			fprintf(c->err, _("Written: %s. It holds the key: keep it on encrypted media.\n"), words[0]);
		rc = CLI_DONE;
	}
	free(words);
	return rc;
}

int cmd_backup(struct cli *c, int argc, char **argv)
{
	return one_file(c, argc, argv, "backup FILE", false);
}

int cmd_restore(struct cli *c, int argc, char **argv)
{
	return one_file(c, argc, argv, "restore FILE", true);
}
