// SPDX-License-Identifier: MIT
// Knows `zuoxi kb export`: to standard output, into a file that is whole or absent, or as pages in a folder.
#include <errno.h>
#include <unistd.h>

#include "kb/export.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/kb_cli.h"

struct target {
	const char *name; // for messages
	FILE *f;          // rows go here,
	const char *dir;  // or pages there
};

static bool failed(const char *name, struct err *e)
{
	return err_set(e, err_from_errno(errno), _("cannot write %s: %s"), name, strerror(errno));
}

static bool put_page(const struct target *t, const char *name, struct sv text, struct err *e)
{
	char *path = path_join(t->dir, name);
	FILE *f = fopen(path, "we");
	bool ok = f && fwrite(text.p, 1, text.n, f) == text.n;

	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		failed(path, e);
	free(path);
	return ok;
}

static bool put(void *arg, const char *name, struct sv text, struct err *e)
{
	const struct target *t = arg;

	if (name)
		return put_page(t, name, text, e);
	return fwrite(text.p, 1, text.n, t->f) == text.n || failed(t->name, e);
}

// Written beside it and renamed: the file of an earlier export stays until this one is whole.
static bool to_file(struct kb *kb, struct kb_export_opts *opts, const char *path, int64_t *rows, struct err *e)
{
	char *part = xasprintf("%s.part", path);
	struct target t = {.name = path, .f = fopen(part, "we")};
	bool ok = t.f || failed(part, e);

	opts->arg = &t;
	ok = ok && kb_export(kb, opts, rows, e);
	if (ok && (fflush(t.f) != 0 || fsync(fileno(t.f)) != 0))
		ok = failed(part, e);
	if (t.f && fclose(t.f) != 0 && ok)
		ok = failed(part, e);
	if (ok && rename(part, path) != 0)
		ok = failed(path, e);
	if (!ok && t.f)
		unlink(part);
	free(part);
	return ok;
}

static bool parse_form(const char *name, enum kb_export_form *form)
{
	static const char *const names[] = {[KB_EXPORT_JSONL] = "jsonl", [KB_EXPORT_CSV] = "csv", [KB_EXPORT_MD] = "md"};

	for (int i = 0; i <= KB_EXPORT_MD; i++)
		if (str_eq(name, names[i])) {
			*form = (enum kb_export_form)i;
			return true;
		}
	return false;
}

int kb_cli_export(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct target t = {.name = _("standard output"), .f = c->out, .dir = o->to};
	struct kb_export_opts opts = {.all = o->all != NULL, .versions = o->versions != NULL, .put = put, .arg = &t};
	struct err e = {0};
	int64_t rows;
	bool ok;

	(void)words, (void)n;
	if (o->format && !parse_form(o->format, &opts.form))
		return kb_cli_usage(c, "export", _("--format is jsonl, csv or md, not %s"), o->format);
	if (opts.form == KB_EXPORT_MD && !o->to)
		return kb_cli_usage(c, "export", "%s", _("--format md needs --to DIR"));
	if (opts.form == KB_EXPORT_MD)
		ok = path_mkdirs(o->to, &e) && kb_export(kb, &opts, &rows, &e);
	else if (o->to)
		ok = to_file(kb, &opts, o->to, &rows, &e);
	else
		ok = kb_export(kb, &opts, &rows, &e) && (fflush(c->out) == 0 || failed(t.name, &e));
	if (!ok && e.code == ERR_USAGE)
		return kb_cli_usage(c, "export", "%s", e.msg);
	if (!ok) {
		cli_fail(c, &e); // a folder that is not there is not the answer no
		return CLI_FAILED;
	}
	if (o->to)
		fprintf(c->err, _("%lld articles written to %s\n"), (long long)rows, o->to);
	return CLI_DONE;
}
