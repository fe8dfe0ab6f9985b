// SPDX-License-Identifier: MIT
// Knows `zuoxi outbox`: what waits for the hub, and how it gets there in a file.
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/store/outbox.h"
#include "src/sync/carry.h"

#define USAGE "outbox list [--all] [-n N] | outbox export FILE | outbox import FILE"

// --- list

static bool is_over(enum outbox_state st)
{
	return st == OUTBOX_ACKED || st == OUTBOX_SETTLED;
}

static const char *state_label(enum outbox_state st)
{
	switch (st) {
	case OUTBOX_QUEUED: return _("waits");
	case OUTBOX_SENDING: return _("is being sent");
	case OUTBOX_ACKED: return _("at the hub");
	case OUTBOX_SETTLED: return _("settled");
	case OUTBOX_CONFLICT: return _("conflict");
	case OUTBOX_REJECTED: return _("refused");
	}
	BUG("outbox state %d", (int)st);
}

static void add_row(struct cli *c, struct reading *r, struct cli_table *t, const struct outbox_op *op)
{
	json_t *answer = json_or_empty(op->res);
	const char *why = json_string_value(json_object_get(answer, "why"));

	cli_table_row(t, (const char *[]){
		reading_number(r, op->n), c->json ? reading_number(r, op->made) : reading_time(r, op->made), op->k,
		arena_printf(&r->arena, "%s/%s", op->t, op->e), c->json ? outbox_state_name(op->st) : state_label(op->st), op->by,
		c->json ? (op->off ? "true" : "false") : (op->off ? _("yes") : ""), why});
	json_decref(answer);
}

// A table of the own operations has no row for them; `status --json` tells their number.
static bool say_carried(struct cli *c, struct reading *r, struct err *e)
{
	struct carried files = {0};
	bool ok = courier_carried(c->data, &files, &r->arena, e);

	if (ok && !c->json && files.paths.n)
		fprintf(c->err, ngettext("%zu file of another station waits here for the hub.\n", "%zu files of other stations wait here for the hub.\n",
					 (unsigned long)files.paths.n), files.paths.n);
	if (ok && !c->json && files.refused)
		fprintf(c->err, ngettext("%zu file of another station was refused by the hub: %s/carried/*%s\n",
					 "%zu files of other stations were refused by the hub: %s/carried/*%s\n", (unsigned long)files.refused),
			files.refused, c->data, COURIER_REFUSED);
	vec_release(&files.paths);
	return ok;
}

static int list(struct cli *c, struct reading *r, bool all, int64_t limit, struct err *e)
{
	static const char *const keys[] = {"n", "made", "kind", "about", "state", "by", "offline", "why"};
	const char *const titles[] = {_("N"), _("Made"), _("Operation"), _("About"), _("State"), _("By"), _("Offline"), _("Why")};
	struct cli_table *t = cli_table_new(c, keys, c->json ? keys : titles, 8);
	int64_t after = 0, shown = 0;
	bool ok = true, more = true;

	cli_table_types(t, c->json ? "iissssbs" : "isssssss");
	while (ok && more && shown < limit) {
		struct outbox_ops ops = {0};
		ok = outbox_list(r->db, after, 500, &ops, &r->arena, e);
		more = ops.n > 0;
		for (size_t i = 0; ok && i < ops.n && shown < limit; i++) {
			after = ops.v[i].n;
			if (!all && is_over(ops.v[i].st))
				continue;
			add_row(c, r, t, &ops.v[i]);
			shown++;
		}
		vec_release(&ops);
	}
	cli_table_print(t);
	ok = ok && say_carried(c, r, e);
	return !ok ? cli_fail(c, e) : shown ? CLI_DONE : CLI_NO;
}

// --- files

static json_t *head_json(const struct courier_head *h)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "dev", h->dev, "inc", h->inc, "from", (json_int_t)h->from, "to", (json_int_t)h->to,
			 "ops", (json_int_t)h->ops, "made", (json_int_t)h->made);
}

static int export(struct cli *c, struct reading *r, const char *path, struct err *e)
{
	struct hub_key key;
	struct courier_head h;
	bool ok = hub_key_load(c->data, &key, e) && courier_export(r->db, &key, path, clock_wall(&c->clock), &h, e);

	hub_key_wipe(&key);
	if (!ok)
		return cli_fail(c, e);
	if (c->json) {
		json_t *o = head_json(&h);
		cli_print_json(c, o);
		json_decref(o);
		return CLI_DONE;
	}
	fprintf(c->err, ngettext("Written: %s, %lld operation. Only the hub can read it. What is in it stays in the outbox.\n",
				 "Written: %s, %lld operations. Only the hub can read it. What is in it stays in the outbox.\n",
				 (unsigned long)h.ops), path, (long long)h.ops);
	return CLI_DONE;
}

static int import(struct cli *c, struct reading *r, const char *path, struct err *e)
{
	struct courier_head h;
	struct joined j;
	bool again = false, ok = joined_load(r->db, &j, &r->arena, e);

	if (ok && !j.dev)
		ok = err_set(e, ERR_DENIED, _("this station has joined no hub and cannot carry the file on: take it to one that has"));
	ok = ok && courier_carry(c->data, j.box_pk, path, &h, &again, e);
	if (!ok)
		return cli_fail(c, e);
	if (c->json) {
		json_t *o = head_json(&h);
		json_object_set_new(o, "again", json_boolean(again));
		cli_print_json(c, o);
		json_decref(o);
	} else if (again) {
		fprintf(c->err, _("This file of station %s waits here already.\n"), h.dev);
	} else {
		fprintf(c->err, _("Taken in: the file of station %s goes to the hub when this one is online.\n"), h.dev);
	}
	return CLI_DONE;
}

static int run(struct cli *c, char **words, size_t n, bool all, const char *limit)
{
	struct reading r;
	struct err e = {0};
	int64_t rows = 1000;
	int rc;

	bool files = n == 2 && (str_eq(words[0], "export") || str_eq(words[0], "import"));
	if (!files && !(n == 1 && str_eq(words[0], "list")))
		return cli_usage(c, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	if (limit && !parse_int(sv(limit), 1, 1000000, &rows))
		return cli_usage(c, USAGE, _("-n wants a number from 1 to %d"), 1000000);
	if (!reading_open(&r, c, false, &e))
		return cli_fail(c, &e);
	if (!files)
		rc = list(c, &r, all, rows, &e);
	else
		rc = str_eq(words[0], "export") ? export(c, &r, words[1], &e) : import(c, &r, words[1], &e);
	reading_close(&r);
	return rc;
}

int cmd_outbox(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	const char *all = NULL, *limit = NULL;
	struct cli_opt opts[] = {{"all", false, &all}, {"n", true, &limit}};
	struct err e = {0};
	size_t n;
	int rc = cli_parse(argc, argv, opts, 2, words, &n, &e) ? run(c, words, n, all != NULL, limit) : cli_usage(c, USAGE, "%s", e.msg);

	free(words);
	return rc;
}
