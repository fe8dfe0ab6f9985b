// SPDX-License-Identifier: MIT
// Knows how a data directory is furnished: the packs it holds and their articles in its knowledge base.
#include "src/work/station.h"

#include "kb/import.h"
#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/store/lock.h"

char *station_kb_path(const char *dir)
{
	return path_join(dir, "kb.db");
}

char *station_packs_path(const char *dir)
{
	return path_join(dir, "packs");
}

char **station_pack_dirs(const char *dir, size_t *n)
{
	struct arena a = {0};
	const char **found = NULL;
	size_t count = 0;
	char *root = station_packs_path(dir);

	if (!packs_find(root, &found, &count, &a, NULL))
		count = 0;
	char **out = xcalloc(count + 1, sizeof(*out));
	for (size_t i = 0; i < count; i++)
		out[i] = xstrdup(found[i]);
	if (n)
		*n = count;
	free(root);
	arena_release(&a);
	return out;
}

void station_free_dirs(char **dirs)
{
	for (size_t i = 0; dirs && dirs[i]; i++)
		free(dirs[i]);
	free(dirs);
}

// --- taking a pack in

struct bad_row {
	char first[400];
};

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	struct bad_row *b = arg;

	if (!b->first[0])
		snprintf(b->first, sizeof(b->first), "%s:%d: %s", row->file, row->line, row->msg);
}

bool station_import(const char *dir, const char *pack, const struct clock *clock, const char *zone, struct err *e)
{
	char *articles = path_join(pack, "kb"), *path = station_kb_path(dir);
	struct kb *kb = NULL;
	struct bad_row bad = {0};
	struct kb_import_report rep = {0};
	struct kb_import_opts opts = {.on_bad = on_bad, .arg = &bad};
	bool ok = true;

	if (path_is_dir(articles))
		ok = kb_open(&kb, path, KB_WRITE, clock, zone, e) && kb_import(kb, articles, &opts, &rep, e) &&
		     (rep.bad == 0 || err_set(e, ERR_PARSE, "%s", bad.first));
	kb_close(kb);
	free(articles);
	free(path);
	return ok;
}

// The last part of a path, without slashes behind it.
static struct sv name_of(const char *src)
{
	size_t n = strlen(src), from;

	while (n > 1 && src[n - 1] == '/')
		n--;
	for (from = n; from && src[from - 1] != '/';)
		from--;
	return sv_n(src + from, n - from);
}

bool station_add_pack(const char *dir, const char *src, const struct clock *clock, const char *zone, struct err *e)
{
	struct lock lock = {0};
	char *head = path_join(src, "pack.yaml"), *packs = station_packs_path(dir);
	struct sv name = name_of(src);
	char *into = xasprintf("%s/%.*s", packs, (int)name.n, name.p);
	bool ok = path_exists(head) || err_set(e, ERR_NOT_FOUND, _("%s is not a content pack: it has no pack.yaml"), src);

	// One process writes a data directory: not beside a running workstation.
	ok = ok && path_mkdirs(packs, e) && lock_take(&lock, dir, e);
	ok = ok && copy_folder(src, into, e) && station_import(dir, into, clock, zone, e);
	lock_release(&lock);
	free(head);
	free(packs);
	free(into);
	return ok;
}

bool station_load_packs(const char *dir, struct packs **out, struct err *e)
{
	struct problems p = {0};
	size_t n;
	char **dirs = station_pack_dirs(dir, &n);
	bool ok = n > 0 || err_set(e, ERR_NOT_FOUND, _("%s has no content packs; load the common one first: zuoxi pack load DIR"), dir);

	*out = NULL;
	if (ok) {
		*out = packs_load((const char *const *)dirs, n, &p);
		problems_sort(&p);
	}
	for (size_t i = 0; ok && i < p.n; i++) {
		if (p.v[i].severity != LINT_ERROR)
			continue;
		ok = err_set(e, ERR_PARSE, _("%s:%d: %s (%zu errors in all; see zuoxi pack check)"), p.v[i].file, p.v[i].line,
			     p.v[i].message, p.errors);
	}
	if (!ok) {
		packs_free(*out);
		*out = NULL;
	}
	problems_release(&p);
	station_free_dirs(dirs);
	return ok;
}
