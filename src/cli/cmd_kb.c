// SPDX-License-Identifier: MIT
// Knows `zuoxi kb`: importing, reading and comparing articles, their history, gaps, counts and soundness.
#include <jansson.h>
#include <unistd.h>

#include "kb/check.h"
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

static const char *day(struct kb *kb, int64_t ms, struct arena *a)
{
	char buf[32] = "";

	if (ms)
		clock_format(kb_zone(kb), ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(a, buf);
}

static const char *number(int64_t v, struct arena *a)
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
		cells[i] = number(v[i], &a);
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

// ---- one article ----

static int show(struct cli *c, struct kb *kb, const char *id, const char *version)
{
	struct arena a = {0};
	struct kb_article art;
	struct err e = {0};
	int64_t ver = 0;
	int rc = CLI_DONE;

	if (version && !parse_int(sv(version), 1, INT32_MAX, &ver))
		return cli_usage(c, KB_USAGE, _("--version takes a number, not %s"), version);
	if (!kb_article_get(kb, id, (int)ver, &art, &a, &e)) {
		rc = cli_fail(c, &e);
	} else if (c->json) {
		json_t *o = json_loads(kb_to_json(&art.cur.text, &a), 0, NULL), *list = json_array();
		json_object_set_new(o, "version", json_integer(art.cur.ver));
		json_object_set_new(o, "state", json_string(kb_state_name(art.state)));
		json_object_set_new(o, "sha256", json_string(art.cur.sha256));
		json_object_set_new(o, "published_at", json_integer(art.cur.published_at));
		json_object_set_new(o, "helpful_up", json_integer(art.votes_up));
		json_object_set_new(o, "helpful_down", json_integer(art.votes_down));
		json_array_append_new(list, o);
		json_dumpf(list, c->out, JSON_INDENT(2));
		fputc('\n', c->out);
		json_decref(list);
	} else {
		fprintf(c->out, _("%s  version %d  %s  %s\n"), art.cur.text.id, art.cur.ver, kb_state_label(art.state),
			day(kb, art.cur.published_at, &a));
		fprintf(c->out, "%s\n", kb_version_text(&art.cur.text, kb_zone(kb), &a));
	}
	arena_release(&a);
	return rc;
}

static int history(struct cli *c, struct kb *kb, const char *id)
{
	static const char *const keys[] = {"version", "published_at", "author", "approver", "note", "sha256"};
	struct kb_history_row *rows;
	struct arena a = {0};
	struct err e = {0};
	size_t n;

	if (!kb_history(kb, id, &rows, &n, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 6);
	cli_table_types(t, "isssss");
	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){number(rows[i].ver, &a), day(kb, rows[i].published_at, &a), rows[i].author,
						  rows[i].approver, rows[i].note, rows[i].sha256});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
}

static const char *version_text(struct kb *kb, const char *id, const char *ver, struct arena *a, struct err *e)
{
	struct kb_article art;
	int64_t v;

	if (!parse_int(sv(ver), 1, INT32_MAX, &v)) {
		err_set(e, ERR_USAGE, _("a version is a number, not %s"), ver);
		return NULL;
	}
	return kb_article_get(kb, id, (int)v, &art, a, e) ? kb_version_text(&art.cur.text, kb_zone(kb), a) : NULL;
}

static int diff(struct cli *c, struct kb *kb, char **words)
{
	struct arena a = {0};
	struct err e = {0};
	const char *old = version_text(kb, words[0], words[1], &a, &e), *new = NULL;
	size_t n;
	int rc = CLI_DONE;

	if (old)
		new = version_text(kb, words[0], words[2], &a, &e);
	if (!old || !new) {
		rc = cli_fail(c, &e);
	} else {
		struct kb_diff_line *d = kb_diff(sv(old), sv(new), &n, &a);
		for (size_t i = 0; i < n; i++)
			fprintf(c->out, "%c %.*s\n", " -+"[d[i].kind], (int)d[i].text.n, d[i].text.p);
	}
	arena_release(&a);
	return rc;
}

// ---- the base ----

static int gaps(struct cli *c, struct kb *kb)
{
	static const char *const keys[] = {"id", "occurrences", "state", "query", "category", "description", "last_at"};
	struct kb_gap *g;
	struct arena a = {0};
	struct err e = {0};
	size_t n;

	if (!kb_gap_list(kb, false, &g, &n, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 7);
	cli_table_types(t, "iisssss");
	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){number(g[i].id, &a), number(g[i].occurrences, &a), g[i].state, g[i].query,
						  g[i].category, g[i].description, day(kb, g[i].last_at, &a)});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
}

static int stats(struct cli *c, struct kb *kb)
{
	static const char *const keys[] = {"name", "value"};
	struct kb_stats s;
	struct arena a = {0};
	struct err e = {0};

	if (!kb_stats_get(kb, &s, &e))
		return cli_fail(c, &e);
	const struct {
		const char *name;
		int64_t v;
	} rows[] = {{"articles", s.articles},	{"versions", s.versions},   {"searchable", s.searchable},
		    {"must_read", s.must_read}, {"gaps_open", s.gaps_open}, {"votes", s.votes},
		    {"uses", s.uses},		{"terms", s.terms},	    {"pinyin_keys", s.pinyin_keys},
		    {"text_bytes", s.text_bytes}, {"file_bytes", s.file_bytes}};
	struct cli_table *t = cli_table_new(c, keys, keys, 2);
	cli_table_types(t, "si");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cli_table_row(t, (const char *[]){rows[i].name, number(rows[i].v, &a)});
	for (int i = 0; i <= KB_HIDDEN; i++)
		cli_table_row(t, (const char *[]){arena_printf(&a, "state_%s", kb_state_name((enum kb_state)i)),
						  number(s.by_state[i], &a)});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
}

static void on_problem(void *arg, const char *msg)
{
	struct cli *c = arg;

	fprintf(c->out, "%s\n", msg);
}

static int check(struct cli *c, struct kb *kb)
{
	struct kb_check_report r;
	struct err e = {0};

	if (!kb_check(kb, on_problem, c, &r, &e))
		return cli_fail(c, &e);
	fprintf(c->err, _("%lld articles, %lld versions, %lld problems\n"), (long long)r.articles, (long long)r.versions,
		(long long)r.problems);
	return r.problems ? CLI_NO : CLI_DONE;
}

static int reindex(struct cli *c)
{
	struct lock lock = {0};
	struct kb *kb = NULL;
	struct err e = {0};
	int rc = CLI_FAILED;

	if (lock_take(&lock, c->data, &e) && kb_cli_open(c, KB_WRITE, &kb, &e) && kb_reindex(kb, &e))
		rc = check(c, kb);
	else
		cli_fail(c, &e);
	kb_close(kb);
	lock_release(&lock);
	return rc;
}

static int export(struct cli *c, struct kb *kb)
{
	struct arena keep = {0}, a = {0};
	struct kb_list ids;
	struct err e = {0};
	int rc = CLI_DONE;

	if (!kb_ids(kb, false, &ids, &keep, &e))
		rc = cli_fail(c, &e);
	for (size_t i = 0; rc == CLI_DONE && i < ids.n; i++) {
		struct kb_article art;
		arena_clear(&a);
		if (kb_article_get(kb, ids.v[i], 0, &art, &a, &e))
			fprintf(c->out, "%s\n", kb_to_json(&art.cur.text, &a));
		else
			rc = cli_fail(c, &e);
	}
	arena_release(&a);
	arena_release(&keep);
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
		rc = show(c, kb, w[1], o->version);
	else if (str_eq(w[0], "history") && n == 2)
		rc = history(c, kb, w[1]);
	else if (str_eq(w[0], "diff") && n == 4)
		rc = diff(c, kb, w + 1);
	else if (str_eq(w[0], "gaps") && n == 1)
		rc = gaps(c, kb);
	else if (str_eq(w[0], "stats") && n == 1)
		rc = stats(c, kb);
	else if (str_eq(w[0], "check") && n == 1)
		rc = check(c, kb);
	else if (str_eq(w[0], "export") && n == 1)
		rc = export(c, kb);
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
		rc = reindex(c);
	else
		rc = reading(c, &o, words, n);
	free(words);
	return rc;
}
