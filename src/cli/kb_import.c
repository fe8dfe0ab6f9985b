// SPDX-License-Identifier: MIT
// Knows `zuoxi kb import`: progress, refused rows, stopping by Ctrl-C, and the report.
#include <signal.h>
#include <unistd.h>

#include "kb/import.h"
#include "kb/reject.h"
#include "src/base/i18n.h"
#include "src/store/joined.h"
#include "src/cli/kb_cli.h"
#include "src/cli/progress.h"

// Set by a signal, the only thing that a handler may do.
static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

// The first Ctrl-C ends the import behind the rows that were read; a second one ends the program, which loses nothing
// that was committed either.
static void watch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	stop = 0;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static void leave_signals(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

struct watch {
	struct cli *c;
	struct progress bar;
	struct kb_rejects rejects;
	struct kb_import_report rep;
	struct err failed; // of writing the rejects
};

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	struct watch *w = arg;

	progress_clear(&w->bar);
	fprintf(w->c->err, "%s:%d: %s\n", row->file, row->line, row->msg);
	if (w->rejects.path && !w->failed.code && !kb_rejects_add(&w->rejects, row, w->rep.resumed > 0, &w->failed))
		stop = 1;
}

static void on_note(void *arg, const char *file, int line, const char *msg)
{
	struct watch *w = arg;

	progress_clear(&w->bar);
	fprintf(w->c->err, _("%s:%d: note: %s\n"), file, line, msg);
}

static bool on_progress(void *arg, const struct kb_import_report *r)
{
	struct watch *w = arg;
	char remark[64] = "";

	if (r->bad)
		snprintf(remark, sizeof(remark), _("%lld refused"), (long long)r->bad);
	progress_show(&w->bar, r->bytes, r->total, r->read, remark);
	return !stop;
}

static void say_report(struct cli *c, const struct kb_import_report *r, int64_t ms, bool whole)
{
	static const char *const keys[] = {"read", "added", "changed", "unchanged", "bad", "resumed", "repeated", "files", "ms", "done"};
	const int64_t v[] = {r->read, r->added, r->changed, r->unchanged, r->bad, r->resumed, r->repeated, r->files, ms};
	enum { COUNTS = sizeof(v) / sizeof(*v) };
	const char *cells[COUNTS + 1];
	struct arena a = {0};

	if (!c->json) {
		fprintf(c->out, _("%lld read: %lld new, %lld changed, %lld unchanged, %lld bad\n"), (long long)r->read,
			(long long)r->added, (long long)r->changed, (long long)r->unchanged, (long long)r->bad);
		return;
	}
	struct cli_table *t = cli_table_new(c, keys, keys, COUNTS + 1);
	cli_table_types(t, "iiiiiiiiib");
	for (int i = 0; i < COUNTS; i++)
		cells[i] = kb_cli_number(v[i], &a);
	cells[COUNTS] = whole ? "true" : "false";
	cli_table_row(t, cells);
	cli_table_print(t);
	arena_release(&a);
}

static bool import(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **paths, size_t n, struct watch *w, struct err *e)
{
	struct kb_import_opts opts = {.on_bad = on_bad, .on_note = on_note, .on_progress = on_progress, .arg = w,
				      .afresh = o->afresh != NULL};
	int64_t begun = clock_mono(&c->clock);
	struct err why = {0};

	progress_init(&w->bar, c->err, &c->clock);
	if (o->rejects)
		kb_rejects_init(&w->rejects, o->rejects);
	watch_signals();
	bool ok = kb_import_all(kb, (const char *const *)paths, n, &opts, &w->rep, e);
	leave_signals();
	progress_clear(&w->bar);
	bool closed = kb_rejects_close(&w->rejects, w->rep.resumed > 0, &why);
	if (w->failed.code || !closed)
		ok = err_set(e, ERR_IO, "%s", w->failed.code ? w->failed.msg : why.msg);
	if (ok && !w->rep.files)
		fprintf(c->err, "%s\n", _("zuoxi: no file there ends in .jsonl, .json, .ndjson, .csv, .tsv, .md, .markdown, .html or .htm"));
	if (ok || e->code == ERR_DENIED)
		say_report(c, &w->rep, clock_mono(&c->clock) - begun, ok);
	return ok;
}

// Central articles are changed at the hub: here they would only differ from everybody else's.
static bool is_own_base(struct cli *c, struct err *e)
{
	struct hub_key key;
	bool joined = hub_key_load(c->data, &key, NULL);

	hub_key_wipe(&key);
	return !joined || err_set(e, ERR_DENIED, _("this station takes its articles from the hub: import them there, with zuoxi-hub kb import"));
}

int kb_cli_import(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **paths, size_t n)
{
	struct watch w = {.c = c};
	struct kb_cli_writer to = {0};
	struct err e = {0};
	int rc = CLI_FAILED;

	(void)kb;
	if (is_own_base(c, &e) && kb_cli_write(c, true, &to, &e) && import(c, to.kb, o, paths, n, &w, &e))
		rc = w.rep.bad || !w.rep.files ? CLI_NO : CLI_DONE;
	else
		cli_fail(c, &e);
	kb_cli_close(&to);
	return rc;
}
