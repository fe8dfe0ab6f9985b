// SPDX-License-Identifier: MIT
// Knows how files become articles: which reader a file needs, batches, what is reported.
#include "kb/import.h"

#include <dirent.h>
#include <errno.h>

#include "kb/draft.h"
#include "kb/internal.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

enum { BATCH = 2000, CSV_MAX = 64 * 1024 * 1024, DEPTH_MAX = 16, MERGE_ROUNDS = 64 };

struct import {
	struct kb *kb;
	const struct kb_import_opts *opts;
	struct kb_import_report *rep;
	struct err *e;
	struct arena row;   // of one article
	int64_t in_batch;
};

static void bad(struct import *im, const char *file, int line, const char *msg)
{
	im->rep->bad++;
	if (im->opts->on_bad)
		im->opts->on_bad(im->opts->arg, file, line, msg);
}

static bool next_batch(struct import *im)
{
	im->in_batch = 0;
	if (!kb_commit(im->kb, im->e))
		return false;
	if (im->opts->on_progress && !im->opts->on_progress(im->opts->arg, im->rep))
		return err_set(im->e, ERR_DENIED, _("the import was stopped; run it again to go on"));
	return kb_begin(im->kb, im->e);
}

// Puts one article in. A row that is wrong is reported; a base that cannot be written ends the import.
static bool put(struct import *im, const char *file, int line, struct kb_text *t)
{
	struct err e = {0};
	enum kb_put what;

	im->rep->read++;
	if (str_empty(t->author) && im->opts->author)
		t->author = im->opts->author;
	if (str_empty(t->note) && im->opts->note)
		t->note = im->opts->note;
	if (!kb_put(im->kb, t, &what, &e)) {
		if (e.code != ERR_PARSE && e.code != ERR_DENIED) {
			*im->e = e;
			return false;
		}
		bad(im, file, line, e.msg);
		return true;
	}
	switch (what) {
	case KB_PUT_NEW:
		im->rep->added++;
		break;
	case KB_PUT_CHANGED:
		im->rep->changed++;
		break;
	case KB_PUT_UNCHANGED:
		im->rep->unchanged++;
		break;
	}
	return ++im->in_batch < BATCH || next_batch(im);
}

static bool bad_row(struct import *im, const char *file, int line, const struct err *e)
{
	im->rep->read++;
	bad(im, file, line, e->msg);
	return true;
}

// ---- one file of each form ----

static bool json_line(struct import *im, const char *file, int line, struct sv s)
{
	struct err e = {0};
	struct kb_draft d;

	arena_clear(&im->row);
	kb_draft_init(&d, kb_zone(im->kb), &im->row);
	if (s.n > KB_ARTICLE_MAX) {
		err_set(&e, ERR_LIMIT, _("the line is longer than %d bytes"), KB_ARTICLE_MAX);
		return bad_row(im, file, line, &e);
	}
	if (!utf8_valid(s)) {
		err_set(&e, ERR_PARSE, _("not valid UTF-8"));
		return bad_row(im, file, line, &e);
	}
	return kb_read_json_row(&d, s, &e) ? put(im, file, line, &d.t) : bad_row(im, file, line, &e);
}

static bool import_jsonl(struct import *im, const char *file)
{
	FILE *f = fopen(file, "re");
	char *buf = NULL;
	size_t cap = 0;
	ssize_t n;
	bool ok = true;

	if (!f)
		return err_set(im->e, ERR_IO, _("cannot open %s: %s"), file, strerror(errno));
	for (int line = 1; ok && (n = getline(&buf, &cap, f)) > 0; line++) {
		struct sv s = sv_trim(sv_n(buf, (size_t)n));
		while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
			s.n--;
		if (s.n)
			ok = json_line(im, file, line, s);
	}
	if (ok && ferror(f))
		ok = err_set(im->e, ERR_IO, _("cannot read %s: %s"), file, strerror(errno));
	free(buf);
	fclose(f);
	return ok;
}

static bool csv_head(struct import *im, const char *file, const struct kb_list *head)
{
	struct err e = {0};

	for (size_t i = 0; i < head->n; i++)
		if (!kb_draft_knows(head->v[i])) {
			err_set(&e, ERR_PARSE, _("unknown column \"%.40s\""), head->v[i]);
			bad(im, file, 1, e.msg);
			return false;
		}
	return true;
}

static bool csv_line(struct import *im, const char *file, int line, const struct kb_list *head, const struct kb_list *row,
		     struct err *e)
{
	struct kb_draft d;

	kb_draft_init(&d, kb_zone(im->kb), &im->row);
	if (!e->code && row->n != head->n)
		err_set(e, ERR_PARSE, _("%d fields where the header has %d"), (int)row->n, (int)head->n);
	for (size_t i = 0; !e->code && i < row->n; i++)
		if (!kb_draft_set(&d, head->v[i], sv(row->v[i]), e))
			break;
	return e->code ? bad_row(im, file, line, e) : put(im, file, line, &d.t);
}

static bool import_csv(struct import *im, const char *file)
{
	struct str text = {0};
	struct arena keep = {0};
	struct kb_list head, row;
	struct err e = {0};
	int line = 1, at;
	bool ok = path_read(file, CSV_MAX, &text, im->e);
	struct sv rest = sv_n(str_z(&text), text.n);

	if (sv_starts(rest, "\xef\xbb\xbf"))
		rest = sv_n(rest.p + 3, rest.n - 3);
	if (ok && kb_csv_row(&rest, &head, &line, &keep, &e)) {
		if (e.code)
			bad(im, file, 1, e.msg);
		else if (csv_head(im, file, &head))
			while (ok) {
				err_clear(&e);
				arena_clear(&im->row);
				at = line;
				if (!kb_csv_row(&rest, &row, &line, &im->row, &e))
					break;
				if (row.n > 1 || *row.v[0]) // not an empty line
					ok = csv_line(im, file, at, &head, &row, &e);
			}
	}
	arena_release(&keep);
	str_release(&text);
	return ok;
}

static bool import_page(struct import *im, const char *file, bool html)
{
	struct str text = {0};
	struct err e = {0};
	struct kb_text t = {0};
	struct kb_draft d;
	int line = 1;
	bool ok;

	arena_clear(&im->row);
	if (!path_read(file, KB_ARTICLE_MAX, &text, &e)) {
		str_release(&text);
		return bad_row(im, file, 1, &e);
	}
	struct sv s = sv_n(str_z(&text), text.n);
	if (!utf8_valid(s))
		ok = err_set(&e, ERR_PARSE, _("not valid UTF-8"));
	else if (html) {
		kb_draft_init(&d, kb_zone(im->kb), &im->row);
		ok = kb_read_html(&d, file, s, &e);
		t = d.t;
	} else
		ok = kb_parse_markdown(file, s, kb_zone(im->kb), &t, &line, &im->row, &e);
	str_release(&text);
	return ok ? put(im, file, line, &t) : bad_row(im, file, line, &e);
}

// ---- which ----

static bool ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcasecmp(name + n - m, ending) == 0;
}

static bool known_ending(const char *name)
{
	static const char *const all[] = {".jsonl", ".json", ".ndjson", ".md", ".markdown", ".csv", ".html", ".htm"};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (ends(name, all[i]))
			return true;
	return false;
}

static bool import_file(struct import *im, const char *file)
{
	im->rep->files++;
	if (ends(file, ".md") || ends(file, ".markdown"))
		return import_page(im, file, false);
	if (ends(file, ".html") || ends(file, ".htm"))
		return import_page(im, file, true);
	if (ends(file, ".csv"))
		return import_csv(im, file);
	return import_jsonl(im, file);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool import_path(struct import *im, const char *path, int depth)
{
	struct dirent **names;
	int n;
	bool ok = true;

	if (!path_is_dir(path))
		return import_file(im, path);
	if (depth == DEPTH_MAX)
		return err_set(im->e, ERR_LIMIT, _("%s: folders are nested too deeply"), path);
	n = scandir(path, &names, NULL, by_name);
	if (n < 0)
		return err_set(im->e, ERR_IO, _("cannot read the folder %s: %s"), path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *full = path_join(path, names[i]->d_name);
		if (ok && names[i]->d_name[0] != '.' && (known_ending(full) || path_is_dir(full)))
			ok = import_path(im, full, depth + 1);
		free(full);
		free(names[i]);
	}
	free(names);
	return ok;
}

// Many small segments slow every query down: they are merged after a large import, step by step.
static bool merge_segments(struct kb *kb, struct err *e)
{
	for (int i = 0; i < MERGE_ROUNDS; i++) {
		int before = sqlite3_total_changes(kb->db);
		if (!kb_exec(kb,
			     "INSERT INTO kb_body(kb_body, rank) VALUES('merge', 500);"
			     "INSERT INTO kb_head(kb_head, rank) VALUES('merge', 500)",
			     e))
			return false;
		if (sqlite3_total_changes(kb->db) - before < 4)
			break;
	}
	return true;
}

bool kb_import(struct kb *kb, const char *path, const struct kb_import_opts *opts, struct kb_import_report *rep,
	       struct err *e)
{
	struct kb_import_opts none = {0};
	struct import im = {.kb = kb, .opts = opts ? opts : &none, .rep = rep, .e = e};

	*rep = (struct kb_import_report){0};
	if (!path_exists(path))
		return err_set(e, ERR_NOT_FOUND, _("there is no file or folder %s"), path);
	if (!kb_begin(kb, e))
		return false;
	bool ok = import_path(&im, path, 0);
	if (ok)
		ok = kb_commit(kb, e);
	else
		kb_rollback(kb);
	arena_release(&im.row);
	if (ok && rep->added + rep->changed > BATCH)
		ok = merge_segments(kb, e);
	if (ok && im.opts->on_progress && !im.opts->on_progress(im.opts->arg, rep))
		ok = err_set(e, ERR_DENIED, _("the import was stopped; run it again to go on"));
	return ok;
}
