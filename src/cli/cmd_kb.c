// SPDX-License-Identifier: MIT
// Knows the words of `zuoxi kb` and how articles are imported.
#include <unistd.h>

#include "kb/import.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/cli.h"
#include "src/cli/kb_cli.h"
#include "src/store/lock.h"

bool kb_cli_open(struct cli *c, enum kb_mode mode, struct kb **kb, struct err *e)
{
	char *path = path_join(c->data, "kb.db");
	bool ok = kb_open(kb, path, mode, &c->clock, NULL, e);

	free(path);
	return ok;
}

const char *kb_cli_time(struct kb *kb, int64_t ms, struct arena *a)
{
	char buf[32] = "";

	if (ms)
		clock_format(kb_zone(kb), ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(a, buf);
}

const char *kb_cli_number(int64_t v, struct arena *a)
{
	return arena_printf(a, "%lld", (long long)v);
}

// ---- import ----

struct watch {
	struct cli *c;
	bool tty;
};

static void on_bad(void *arg, const char *file, int line, const char *msg)
{
	struct watch *w = arg;

	fprintf(w->c->err, "%s%s:%d: %s\n", w->tty ? "\r\033[K" : "", file, line, msg);
}

static bool on_progress(void *arg, const struct kb_import_report *r)
{
	struct watch *w = arg;

	if (w->tty) {
		fputc('\r', w->c->err);
		fprintf(w->c->err, _("%lld articles read"), (long long)r->read);
	}
	return true;
}

static void add_reports(struct kb_import_report *sum, const struct kb_import_report *r)
{
	sum->read += r->read;
	sum->added += r->added;
	sum->changed += r->changed;
	sum->unchanged += r->unchanged;
	sum->bad += r->bad;
	sum->files += r->files;
}

static void say_report(struct cli *c, const struct kb_import_report *r)
{
	static const char *const keys[] = {"read", "added", "changed", "unchanged", "bad"};
	const int64_t v[] = {r->read, r->added, r->changed, r->unchanged, r->bad};
	const char *cells[5];
	struct arena a = {0};

	if (!c->json) {
		fprintf(c->out, _("%lld read: %lld new, %lld changed, %lld unchanged, %lld bad\n"), (long long)r->read,
			(long long)r->added, (long long)r->changed, (long long)r->unchanged, (long long)r->bad);
		return;
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 5);
	cli_table_types(t, "iiiii");
	for (int i = 0; i < 5; i++)
		cells[i] = kb_cli_number(v[i], &a);
	cli_table_row(t, cells);
	cli_table_print(t);
	arena_release(&a);
}

static bool import_all(struct cli *c, struct kb *kb, char **paths, size_t n, struct kb_import_report *sum, struct err *e)
{
	struct watch w = {c, isatty(fileno(c->err)) != 0};
	struct kb_import_opts o = {.on_bad = on_bad, .on_progress = on_progress, .arg = &w};
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		struct kb_import_report r;
		ok = kb_import(kb, paths[i], &o, &r, e);
		add_reports(sum, &r);
	}
	if (w.tty)
		fputc('\n', c->err);
	return ok;
}

static int import(struct cli *c, char **words, size_t n)
{
	struct kb_import_report sum = {0};
	struct lock lock = {0};
	struct kb *kb = NULL;
	struct err e = {0};
	int rc = CLI_FAILED;

	if (path_mkdirs(c->data, &e) && lock_take(&lock, c->data, &e) && kb_cli_open(c, KB_WRITE, &kb, &e) &&
	    import_all(c, kb, words, n, &sum, &e)) {
		say_report(c, &sum);
		rc = sum.bad ? CLI_NO : CLI_DONE;
	} else {
		cli_fail(c, &e);
	}
	kb_close(kb);
	lock_release(&lock);
	return rc;
}

// ---- words ----

struct options {
	const char *version, *reindex;
	struct kb_cli_search search;
};

static int reading(struct cli *c, struct options *o, char **w, size_t n)
{
	struct kb *kb;
	struct err e = {0};
	int rc;

	if (!kb_cli_open(c, KB_READ, &kb, &e))
		goto failed;
	if (str_eq(w[0], "search") && (n >= 2 || o->search.batch))
		rc = kb_cli_search(c, kb, &o->search, w + 1, n - 1);
	else if (str_eq(w[0], "show") && n == 2)
		rc = kb_cli_show(c, kb, w[1], o->version);
	else if (str_eq(w[0], "history") && n == 2)
		rc = kb_cli_history(c, kb, w[1]);
	else if (str_eq(w[0], "diff") && n == 4)
		rc = kb_cli_diff(c, kb, w + 1);
	else if (str_eq(w[0], "gaps") && n == 1)
		rc = kb_cli_gaps(c, kb);
	else if (str_eq(w[0], "stats") && n == 1)
		rc = kb_cli_stats(c, kb);
	else if (str_eq(w[0], "check") && n == 1)
		rc = kb_cli_check(c, kb);
	else if (str_eq(w[0], "export") && n == 1)
		rc = kb_cli_export(c, kb);
	else
		rc = cli_usage(c, KB_USAGE, "%s", _("wrong words"));
	kb_close(kb);
	return rc;
failed:
	cli_fail(c, &e); // no base at all is not the answer no
	return CLI_FAILED;
}

int cmd_kb(struct cli *c, int argc, char **argv)
{
	struct options o = {0};
	const struct cli_opt opts[] = {{"n", true, &o.search.limit},	  {"explain", false, &o.search.explain},
				       {"version", true, &o.version},	  {"reindex", false, &o.reindex},
				       {"batch", true, &o.search.batch},  {"tag", true, &o.search.tag},
				       {"stats", false, &o.search.stats}, {"typing", false, &o.search.typing}};
	struct err e = {0};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e))
		rc = cli_usage(c, KB_USAGE, "%s", e.msg);
	else if (!n)
		rc = cli_usage(c, KB_USAGE, "%s", _("what shall be done?"));
	else if (str_eq(words[0], "import") && n >= 2)
		rc = import(c, words + 1, n - 1);
	else if (str_eq(words[0], "check") && n == 1 && o.reindex)
		rc = kb_cli_reindex(c);
	else
		rc = reading(c, &o, words, n);
	free(words);
	return rc;
}
