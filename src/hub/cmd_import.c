// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub import`: outbox files that came without a network.
#include <errno.h>

#include "src/base/i18n.h"
#include "src/hub/hub_cli.h"
#include "src/hub/import.h"
#include "src/hub/server.h"

#define USAGE "import FILE... [--site CODE]"

static bool is_shut_out(const struct import_result *r)
{
	return r->problem.kind == WIRE_P_OP_REUSE || r->problem.kind == WIRE_P_QUARANTINED;
}

static bool import_file(struct hub_cli *c, const char *site, const char *name, struct import_result *r, struct err *e)
{
	FILE *f = fopen(hub_cli_path(c, name), "rb");

	if (!f)
		return err_set(e, ERR_IO, _("cannot open %s: %s"), name, strerror(errno));
	bool ok = hub_import(c->store, c->keys, f, &(struct import_ask){.site = site}, r, e);
	fclose(f);
	if (ok && c->server)
		server_changed(c->server, is_shut_out(r) ? r->head.dev : NULL, r->red);
	return ok;
}

static int import_one(struct hub_cli *c, const char *site, const char *name)
{
	struct import_result r = {0};
	struct err e = {0};

	if (!import_file(c, site, name, &r, &e))
		return cli_fail(&c->base, &e);
	if (r.why.code == ERR_CONFLICT) {
		fprintf(c->base.err, "zuoxi-hub: %s: %s\n", name, r.why.msg);
		return CLI_NO;
	}
	if (r.problem.kind)
		return cli_fail(&c->base, &r.why);
	if (c->base.json)
		fprintf(c->base.out, "{\"dev\":\"%s\",\"from\":%lld,\"to\":%lld,\"applied\":%lld,\"conflicts\":%lld,\"rejected\":%lld}\n", r.head.dev,
			(long long)r.head.from, (long long)r.head.to, (long long)import_applied(&r), (long long)r.done[WIRE_CONFLICT],
			(long long)r.done[WIRE_REJECTED]);
	return hub_cli_say(c, _("%s: %lld operations of station %s, %lld in conflict, %lld refused\n"), name, (long long)r.head.ops, r.station,
			   (long long)r.done[WIRE_CONFLICT], (long long)r.done[WIRE_REJECTED]);
}

int hub_cmd_import(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	const char *site = NULL;
	const struct cli_opt opts[] = {{"site", true, &site}};
	struct err e = {0};
	size_t n;
	int rc = CLI_DONE;

	if (!cli_parse(argc, argv, opts, 1, words, &n, &e))
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	else if (!n)
		rc = cli_usage(&c->base, USAGE, "%s", _("which file? Give the files of zuoxi outbox export"));
	else if (!hub_cli_site(c, site, &site, &e))
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	for (size_t i = 0; rc == CLI_DONE && i < n; i++)
		rc = import_one(c, site, words[i]);
	free(words);
	return rc;
}
