// SPDX-License-Identifier: MIT
// Knows a content pack as one text that travels: its files with their paths, in byte order of path.
#include "config/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>

#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

// --- making one

struct gather {
	json_t *files;
	size_t bytes;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool add_file(struct gather *g, const char *path, const char *name, struct err *e)
{
	struct str text = {0};
	bool ok = path_read(path, BUNDLE_BYTES - g->bytes, &text, e);

	if (ok && (!utf8_valid(sv_n(str_z(&text), text.n)) || memchr(str_z(&text), '\0', text.n)))
		ok = err_set(e, ERR_PARSE, _("%s is not a text in UTF-8; take it out of the pack"), path);
	if (ok && json_array_size(g->files) >= BUNDLE_FILES)
		ok = err_set(e, ERR_LIMIT, _("%s: more than %d files"), path, BUNDLE_FILES);
	if (ok) {
		json_array_append_new(g->files, json_pack("[s, s%]", name, str_z(&text), text.n));
		g->bytes += text.n;
	}
	str_release(&text);
	return ok;
}

static bool add_folder(struct gather *g, const char *path, const char *name, int depth, struct err *e);

static bool add_entry(struct gather *g, const char *path, const char *name, int depth, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return err_set(e, ERR_IO, _("cannot read %s: %s"), path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return add_folder(g, path, name, depth + 1, e);
	return S_ISREG(st.st_mode) ? add_file(g, path, name, e)
				   : err_set(e, ERR_PARSE, _("%s is neither a plain file nor a folder; take it out"), path);
}

static bool add_folder(struct gather *g, const char *path, const char *name, int depth, struct err *e)
{
	struct dirent **entries;
	int n = depth > BUNDLE_DEPTH ? 0 : scandir(path, &entries, is_shown, by_name);
	bool ok = true;

	if (depth > BUNDLE_DEPTH)
		return err_set(e, ERR_LIMIT, _("%s: folders deeper than %d levels"), path, BUNDLE_DEPTH);
	if (n < 0)
		return err_set(e, ERR_IO, _("cannot read the folder %s: %s"), path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *sub = path_join(path, entries[i]->d_name);
		char *in = *name ? xasprintf("%s/%s", name, entries[i]->d_name) : xstrdup(entries[i]->d_name);
		ok = ok && add_entry(g, sub, in, depth, e);
		free(sub);
		free(in);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

char *bundle_name(const char *dir)
{
	size_t n = strlen(dir), from;

	while (n > 1 && dir[n - 1] == '/')
		n--;
	for (from = n; from && dir[from - 1] != '/';)
		from--;
	return xstrndup(dir + from, n - from);
}

bool bundle_make(const char *dir, struct str *out, struct err *e)
{
	struct gather g = {.files = json_array()};
	char *head = path_join(dir, "pack.yaml"), *name = bundle_name(dir), *text;
	bool ok = path_exists(head) || err_set(e, ERR_NOT_FOUND, _("%s is not a content pack: it has no pack.yaml"), dir);

	ok = ok && add_folder(&g, dir, "", 0, e);
	if (ok) {
		json_t *o = json_pack("{s:s, s:O}", "name", name, "files", g.files);
		text = json_dumps(o, JSON_COMPACT);
		str_add(out, text);
		free(text);
		json_decref(o);
	}
	json_decref(g.files);
	free(head);
	free(name);
	return ok;
}

// --- taking one apart

// Names of letters, digits and . _ - that do not begin with a dot, with single slashes between them.
static bool path_ok(const char *p)
{
	int depth = 0;
	bool begin = true;

	for (; *p; p++) {
		if (*p == '/') {
			if (begin || ++depth > BUNDLE_DEPTH)
				return false;
			begin = true;
		} else if ((begin && *p == '.') || (unsigned char)*p <= ' ' || *p == '\\' || *p == 0x7f) {
			return false;
		} else {
			begin = false;
		}
	}
	return !begin;
}

static bool put_file(const char *into, const json_t *file, bool *head, struct err *e)
{
	const char *name = json_string_value(json_array_get(file, 0));
	const json_t *text = json_array_get(file, 1);

	if (!name || !json_is_string(text) || json_array_size(file) != 2 || !path_ok(name))
		return err_set(e, ERR_PARSE, _("the pack holds a file with a name that is not allowed: %s"), name ? name : "");
	char *path = path_join(into, name), *dir = xstrdup(path);
	*strrchr(dir, '/') = '\0';
	bool ok = path_mkdirs(dir, e) && path_write_atomic(path, sv_n(json_string_value(text), json_string_length(text)), 0600, e);
	*head = *head || strcmp(name, "pack.yaml") == 0;
	free(path);
	free(dir);
	return ok;
}

static bool put_files(const char *into, const json_t *files, struct err *e)
{
	bool ok = json_is_array(files) && json_array_size(files) <= BUNDLE_FILES, head = false;
	json_t *file;
	size_t i;

	if (!ok)
		return err_set(e, ERR_PARSE, _("the pack has no list of files"));
	json_array_foreach(files, i, file) ok = ok && put_file(into, file, &head, e);
	return ok && (head || err_set(e, ERR_PARSE, _("the pack has no pack.yaml")));
}

bool bundle_unpack(struct sv bundle, const char *name, const char *packs, struct err *e)
{
	json_t *o = bundle.n <= BUNDLE_BYTES * 2 ? json_loadb(bundle.p, bundle.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *own = json_string_value(json_object_get(o, "name"));
	bool ok = (own && str_eq(own, name) && path_ok(name) && !strchr(name, '/')) ||
		  err_set(e, ERR_PARSE, _("this is not the content pack %s"), name);
	char *part = xasprintf("%s/.%s.come", packs, name), *into = path_join(packs, name);
	struct err ignored = {0};

	ok = ok && path_mkdirs(packs, e) && remove_folder(part, e) && path_mkdirs(part, e) && put_files(part, json_object_get(o, "files"), e) &&
	     copy_folder(part, into, e);
	if (!remove_folder(part, ok ? e : &ignored))
		ok = false;
	json_decref(o);
	free(part);
	free(into);
	return ok;
}
