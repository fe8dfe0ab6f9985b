// SPDX-License-Identifier: MIT
// Knows how files become articles: which reader a file needs, batches, going on where a stopped import was, what is reported.
#include "kb/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kb/charset.h"
#include "kb/draft.h"
#include "kb/internal.h"
#include "kb/journal.h"
#include "kb/rowfile.h"
#include "kb/seen.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

enum {
	BATCH = 40000,                    // rows a commit at most: some two seconds of work; smaller ones cost more a row,
	BATCH_BYTES = 64 * 1024 * 1024,   // and bytes of the file
	REPORT_EVERY = 256,               // rows
	DEPTH_MAX = 16,                   // folders in folders
};

struct import {
	struct kb *kb;
	const struct kb_import_opts *opts;
	struct kb_import_report *rep;
	struct err *e;
	VEC(char *) files;
	struct seen seen;
	struct arena row; // of one article
	int64_t in_batch, batch_from; // of the batch that is open: rows, and rep->bytes at its begin

	// the file being read
	uint32_t file;
	const char *name;
	int64_t done;     // bytes of the files before it
	char *path;       // its real one; NULL when it cannot be gone on with
	struct stat st;
	struct rowfile rows;
	int64_t rows_before; // rows of this file
	enum charset charset;
};

static void bad(struct import *im, int line, const char *msg, struct sv raw, const struct kb_list *head,
		const struct kb_list *cells)
{
	struct kb_bad_row row = {im->name, line, msg, raw, head, cells};

	im->rep->bad++;
	if (im->opts->on_bad)
		im->opts->on_bad(im->opts->arg, &row);
}

__attribute__((format(printf, 3, 4))) static void note(struct import *im, int line, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	if (!im->opts->on_note)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	im->opts->on_note(im->opts->arg, im->name, line, msg);
}

// ---- batches ----

// The rows of the open batch and the place behind them become true together.
static bool commit(struct import *im)
{
	struct kb_place p = {.rows = im->rows_before};

	if (im->path && (!rowfile_place(&im->rows, &p.at, &p.line, im->e) ||
			 !kb_place_put(im->kb, im->path, &im->st, &p, im->e)))
		return false;
	im->in_batch = 0;
	im->batch_from = im->rep->bytes;
	return kb_commit(im->kb, im->e);
}

static bool stopped(struct import *im)
{
	return commit(im) && err_set(im->e, ERR_DENIED, _("the import was stopped after %lld rows; give the same command again to go on"),
				     (long long)im->rep->read);
}

// Behind every row.
static bool row_done(struct import *im)
{
	int64_t most = im->opts->batch ? im->opts->batch : BATCH;

	im->rows_before++;
	im->in_batch++;
	if (im->rows.buf)
		im->rep->bytes = im->done + rowfile_taken(&im->rows);
	if (im->rep->read % REPORT_EVERY == 0 && im->opts->on_progress && !im->opts->on_progress(im->opts->arg, im->rep))
		return stopped(im);
	if (im->in_batch < most && im->rep->bytes - im->batch_from < BATCH_BYTES)
		return true;
	return commit(im) && kb_checkpoint(im->kb, im->e) && kb_begin(im->kb, im->e);
}

static bool refuse(struct import *im, int line, struct sv raw, const struct kb_list *head, const struct kb_list *cells,
		   const struct err *e)
{
	im->rep->read++;
	bad(im, line, e->msg, raw, head, cells);
	return row_done(im);
}

static void count_put(struct import *im, enum kb_put what)
{
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
}

// Two rows with one id: the later one counts. A history repeats its ids by nature.
static void look_for_repeats(struct import *im, const struct kb_draft *d, enum kb_put what, int line)
{
	struct seen_place was;

	if ((d->as.ver && d->as.published_at) ||
	    !seen_before(&im->seen, d->t.id, (struct seen_place){im->file, (uint32_t)line}, &was) || what == KB_PUT_UNCHANGED)
		return;
	im->rep->repeated++;
	note(im, line, _("%s stands at %s:%u too; the later one counts"), d->t.id, im->files.v[was.file], was.line);
}

// Puts one article in. A row that is wrong is reported; a base that cannot be written ends the import.
static bool put(struct import *im, int line, struct kb_draft *d, struct sv raw, const struct kb_list *head,
		const struct kb_list *cells)
{
	struct kb_text *t = &d->t;
	struct err e = {0};
	enum kb_put what;

	if (str_empty(t->author) && im->opts->author)
		t->author = im->opts->author;
	if (str_empty(t->note) && im->opts->note)
		t->note = im->opts->note;
	if (!kb_put_as(im->kb, t, &d->as, &what, &e)) {
		if (e.code == ERR_PARSE || e.code == ERR_DENIED || e.code == ERR_LIMIT)
			return refuse(im, line, raw, head, cells, &e);
		*im->e = e;
		return false;
	}
	im->rep->read++;
	count_put(im, what);
	look_for_repeats(im, d, what, line);
	return row_done(im);
}

// ---- files of rows ----

static bool row_error(const struct row *r, struct err *e)
{
	switch (r->fault) {
	case ROW_WHOLE:
		break;
	case ROW_TOO_LONG:
		return err_set(e, ERR_LIMIT, _("the row is longer than 4 MiB: make several articles of it"));
	case ROW_OPEN:
		return err_set(e, ERR_PARSE, _("a quote or a bracket is not closed"));
	}
	if (memchr(r->raw.p, '\0', r->raw.n))
		return err_set(e, ERR_PARSE, _("the row holds a NUL byte: the file is damaged or no text"));
	return true;
}

// A row that is refused before it was read is shown in UTF-8 too: the file of refused rows has one charset.
static void decode_refused(struct import *im, struct sv *raw, struct str *out)
{
	struct err e = {0};

	if (im->charset == CHARSET_ASCII)
		im->charset = charset_of(*raw, true);
	str_clear(out);
	if (im->charset == CHARSET_GB18030 && charset_decode("gb18030", *raw, out, &e))
		*raw = sv_n(str_z(out), out->n);
}

// Makes UTF-8 of a row; what a file is written in shows at its beginning or, if that is ASCII, at its first other row.
static bool decode_row(struct import *im, struct sv *raw, int line, struct str *out, struct err *e)
{
	if (im->charset == CHARSET_ASCII && (im->charset = charset_of(*raw, true)) == CHARSET_GB18030)
		note(im, line, _("the file is written in GB18030 (GBK); it was converted"));
	if (im->charset == CHARSET_GB18030) {
		str_clear(out);
		if (!charset_decode("gb18030", *raw, out, e))
			return false;
		*raw = sv_n(str_z(out), out->n);
		return true;
	}
	return utf8_valid(*raw) || err_set(e, ERR_PARSE, _("the row is not valid UTF-8: save the file as UTF-8"));
}

static bool json_row(struct import *im, const struct row *r, struct sv raw)
{
	struct err e = {0};
	struct kb_draft d;

	kb_draft_init(&d, kb_zone(im->kb), &im->row);
	return kb_read_json_row(&d, sv_trim(raw), &e) ? put(im, r->line, &d, raw, NULL, NULL)
						      : refuse(im, r->line, raw, NULL, NULL, &e);
}

// The header's names, in lower case; an unknown one makes every row wrong.
static bool csv_head(struct import *im, struct sv raw, struct kb_list *head, struct arena *a, struct err *e)
{
	bool id = false;

	if (!kb_csv_cells(raw, im->rows.separator, head, a, e))
		return false;
	for (size_t i = 0; i < head->n; i++) {
		struct sv name = sv_trim(sv(head->v[i]));
		char *own = arena_strndup(a, name.p, name.n);
		for (char *p = own; *p; p++)
			*p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
		head->v[i] = own;
		if (*own != '_' && !kb_draft_knows(own))
			return err_set(e, ERR_PARSE, _("unknown column \"%.*s\": give it the name of a field, or one that begins with _ to skip it"),
				       (int)utf8_fit(sv(own), 40, NULL), own);
		for (size_t k = 0; k < i; k++)
			if (str_eq(head->v[k], own) && *own != '_')
				return err_set(e, ERR_PARSE, _("two columns are named \"%.*s\""), (int)utf8_fit(sv(own), 40, NULL), own);
		id |= str_eq(own, "id");
	}
	return id || err_set(e, ERR_PARSE, _("there is no column \"id\": the first line names the columns"));
}

static bool csv_row(struct import *im, const struct row *r, struct sv raw, const struct kb_list *head)
{
	struct kb_draft d;
	struct kb_list cells;
	struct err e = {0};

	kb_draft_init(&d, kb_zone(im->kb), &im->row);
	if (!kb_csv_cells(raw, im->rows.separator, &cells, &im->row, &e))
		return refuse(im, r->line, raw, head, NULL, &e);
	bool ok = true;
	if (cells.n == 1 && !sv_trim(sv(cells.v[0])).n)
		return true; // a line of blanks
	if (cells.n != head->n)
		ok = err_set(&e, ERR_PARSE, _("%d fields where the header has %d"), (int)cells.n, (int)head->n);
	for (size_t i = 0; ok && i < cells.n; i++)
		ok = *head->v[i] == '_' || kb_draft_set(&d, head->v[i], sv(cells.v[i]), &e);
	return ok ? put(im, r->line, &d, raw, head, &cells) : refuse(im, r->line, raw, head, &cells, &e);
}

// The header, then to where a stopped import was. *go is false when there is nothing to read behind it.
static bool begin_csv(struct import *im, struct kb_list *head, struct arena *keep, bool *go)
{
	struct err e = {0};
	struct str utf8 = {0};
	struct row r;
	bool ok = rowfile_next(&im->rows, &r, go, im->e);

	if (ok && *go) {
		struct sv raw = r.raw;
		*go = row_error(&r, &e) && decode_row(im, &raw, r.line, &utf8, &e) && csv_head(im, raw, head, keep, &e);
		if (!*go)
			bad(im, r.line, e.msg, sv_n("", 0), NULL, NULL);
	}
	str_release(&utf8);
	return ok;
}

static bool go_on(struct import *im)
{
	struct kb_place p;
	bool found;

	if (!im->path || im->opts->afresh)
		return true;
	if (!kb_place_get(im->kb, im->path, &im->st, &p, &found, im->e))
		return false;
	if (!found || p.at <= rowfile_taken(&im->rows))
		return true;
	im->rep->resumed += p.rows;
	im->rows_before = p.rows;
	note(im, p.line, _("gone on with from here: %lld rows were in already"), (long long)p.rows);
	return rowfile_seek(&im->rows, p.at, p.line, im->e);
}

static bool each_row(struct import *im, const struct kb_list *head)
{
	struct str utf8 = {0};
	struct row r;
	bool more = true, ok = true;

	while (ok && (ok = rowfile_next(&im->rows, &r, &more, im->e)) && more) {
		struct err e = {0};
		struct sv raw = r.raw;
		arena_clear(&im->row);
		bool whole = row_error(&r, &e);
		if (!whole)
			decode_refused(im, &raw, &utf8);
		if (!whole || !decode_row(im, &raw, r.line, &utf8, &e))
			ok = refuse(im, r.line, raw, NULL, NULL, &e);
		else
			ok = head ? csv_row(im, &r, raw, head) : json_row(im, &r, raw);
	}
	str_release(&utf8);
	return ok;
}

static bool ends(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcasecmp(name + n - m, ending) == 0;
}

// Lines, unless the file begins with an array or with an object that its first line does not close.
static enum row_form json_form(struct sv start)
{
	struct sv line = {0};

	while (start.n && (*start.p == ' ' || *start.p == '\n' || *start.p == '\r' || *start.p == '\t'))
		start = sv_n(start.p + 1, start.n - 1);
	if (sv_starts(start, "["))
		return ROW_JSON;
	bool whole = memchr(start.p, '\n', start.n) != NULL && sv_split(&start, '\n', &line);
	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	return sv_starts(line, "{") && whole && line.p[line.n - 1] != '}' ? ROW_JSON : ROW_LINES;
}

// What the first bytes of a file tell: encoding, separator, form.
static bool look(struct import *im, bool csv, struct err *e)
{
	struct sv start;

	if (!rowfile_peek(&im->rows, &start, im->e))
		return false;
	if (sv_starts(start, "\xef\xbb\xbf")) {
		rowfile_skip(&im->rows, 3);
		start = sv_n(start.p + 3, start.n - 3);
	}
	im->charset = charset_of(start, im->rows.eof);
	if (im->charset == CHARSET_UTF16)
		err_set(e, ERR_PARSE, _("the file is written in UTF-16: save it as UTF-8"));
	if (im->charset == CHARSET_GB18030)
		note(im, 1, _("the file is written in GB18030 (GBK); it was converted"));
	im->rows.form = csv ? ROW_CSV : ends(im->name, ".json") ? json_form(start) : ROW_LINES;
	if (csv && (im->rows.separator = kb_csv_separator(start)) != ',')
		note(im, 1, im->rows.separator == ';' ? _("fields are separated by semicolons") : _("fields are separated by tabs"));
	return true;
}

static bool read_rows(struct import *im, bool csv)
{
	struct kb_list head = {0};
	struct arena keep = {0};
	struct err e = {0};
	bool go = true, ok = look(im, csv, &e);

	if (ok && e.code) {
		bad(im, 1, e.msg, sv_n("", 0), NULL, NULL);
		go = false;
	}
	if (ok && go && csv)
		ok = begin_csv(im, &head, &keep, &go);
	if (ok && go)
		ok = go_on(im);
	if (ok && go)
		ok = each_row(im, csv ? &head : NULL);
	if (ok && im->path)
		ok = kb_place_drop(im->kb, im->path, im->e);
	arena_release(&keep);
	return ok;
}

static bool import_rows(struct import *im, bool csv)
{
	if (!rowfile_open(&im->rows, im->name, im->e))
		return false;
	im->path = fstat(im->rows.fd, &im->st) == 0 && S_ISREG(im->st.st_mode) ? realpath(im->name, NULL) : NULL;
	im->rows_before = 0;
	bool ok = read_rows(im, csv);
	free(im->path);
	im->path = NULL;
	rowfile_close(&im->rows);
	return ok;
}

// ---- files that are one article ----

// Reads a page and makes UTF-8 of it. Pages of HTML may name their charset; a name that is wrong is found out.
static bool read_page(struct import *im, bool html, struct str *text, struct err *e)
{
	struct str raw = {0};
	char name[32] = "";
	bool ok = path_read(im->name, KB_ROW_MAX, &raw, e);
	struct sv s = sv_n(str_z(&raw), raw.n);
	enum charset is = charset_of(s, true);

	if (html)
		charset_of_page(s, name);
	if (ok && is == CHARSET_UTF16)
		snprintf(name, sizeof(name), "utf-16");
	else if (is == CHARSET_GB18030 && (!*name || strncmp(name, "gb", 2) == 0 || strncmp(name, "utf", 3) == 0))
		snprintf(name, sizeof(name), "gb18030");
	if (ok && memchr(s.p, '\0', s.n) && is != CHARSET_UTF16)
		ok = err_set(e, ERR_PARSE, _("the page holds a NUL byte: the file is damaged or no text"));
	if (ok && (is == CHARSET_UTF8 || is == CHARSET_ASCII))
		str_addn(text, s.p, s.n);
	else if (ok && !*name)
		ok = err_set(e, ERR_PARSE, _("the page is not valid UTF-8: save the file as UTF-8"));
	else if (ok && (ok = charset_decode(name, s, text, e)))
		note(im, 1, _("the file is written in %s; it was converted"), name);
	str_release(&raw);
	return ok;
}

static bool import_page(struct import *im, bool html)
{
	struct str text = {0};
	struct err e = {0};
	struct kb_draft d;
	int line = 1;

	arena_clear(&im->row);
	kb_draft_init(&d, kb_zone(im->kb), &im->row);
	bool ok = read_page(im, html, &text, &e);
	struct sv s = sv_n(str_z(&text), text.n);
	if (ok)
		ok = html ? kb_read_html(&d, im->name, s, &e) : kb_read_md(&d, im->name, s, &line, &e);
	str_release(&text);
	return ok ? put(im, line, &d, sv_n("", 0), NULL, NULL) : refuse(im, line, sv_n("", 0), NULL, NULL, &e);
}

// ---- which ----

enum file_form { FORM_JSON, FORM_CSV, FORM_MD, FORM_HTML };

// A file without a known ending that was named by the user is taken for JSON Lines.
static bool form_of(const char *name, enum file_form *form)
{
	static const struct {
		const char *ending;
		enum file_form form;
	} all[] = {{".jsonl", FORM_JSON}, {".json", FORM_JSON}, {".ndjson", FORM_JSON}, {".md", FORM_MD}, {".markdown", FORM_MD},
		   {".csv", FORM_CSV},	  {".tsv", FORM_CSV},	{".html", FORM_HTML},	{".htm", FORM_HTML}};

	*form = FORM_JSON;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (ends(name, all[i].ending)) {
			*form = all[i].form;
			return true;
		}
	return false;
}

static bool import_file(struct import *im)
{
	enum file_form form;

	im->rep->files++;
	(void)form_of(im->name, &form);
	switch (form) {
	case FORM_MD:
		return import_page(im, false);
	case FORM_HTML:
		return import_page(im, true);
	case FORM_CSV:
		return import_rows(im, true);
	case FORM_JSON:
		break;
	}
	return import_rows(im, false);
}

static int64_t size_of(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 ? (int64_t)st.st_size : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool gather_files(struct import *im, const char *path, int depth)
{
	enum file_form form;
	struct dirent **names;
	int n;
	bool ok = true;

	if (!path_is_dir(path)) {
		vec_push(&im->files, xstrdup(path));
		im->rep->total += size_of(path);
		return true;
	}
	if (depth == DEPTH_MAX)
		return err_set(im->e, ERR_LIMIT, _("%s: folders are nested too deeply"), path);
	n = scandir(path, &names, NULL, by_name);
	if (n < 0)
		return err_set(im->e, ERR_IO, _("cannot read the folder %s: %s"), path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *full = path_join(path, names[i]->d_name);
		if (ok && names[i]->d_name[0] != '.' && (form_of(full, &form) || path_is_dir(full)))
			ok = gather_files(im, full, depth + 1);
		free(full);
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool each_file(struct import *im)
{
	for (size_t i = 0; i < im->files.n; i++) {
		im->file = (uint32_t)i;
		im->name = im->files.v[i];
		if (!import_file(im))
			return false;
		im->done += size_of(im->name);
		im->rep->bytes = im->done;
	}
	return true;
}

static bool import_files(struct import *im)
{
	if (!kb_begin(im->kb, im->e))
		return false;
	if (each_file(im))
		return kb_commit(im->kb, im->e);
	kb_rollback(im->kb);
	return false;
}

bool kb_import_all(struct kb *kb, const char *const *paths, size_t n, const struct kb_import_opts *opts,
		   struct kb_import_report *rep, struct err *e)
{
	struct kb_import_opts none = {0};
	struct import im = {.kb = kb, .opts = opts ? opts : &none, .rep = rep, .e = e};
	bool ok = true;

	*rep = (struct kb_import_report){0};
	for (size_t i = 0; ok && i < n; i++)
		ok = path_exists(paths[i]) ? gather_files(&im, paths[i], 0)
					   : err_set(e, ERR_NOT_FOUND, _("there is no file or folder %s"), paths[i]);
	// The pages that a batch changes again and again stay in memory until it is written.
	ok = ok && kb_exec(kb, "PRAGMA cache_size=-131072", e);
	ok = ok && import_files(&im);
	ok = kb_exec(kb, "PRAGMA cache_size=-16384", ok ? e : NULL) && ok;
	if (ok && im.opts->on_progress)
		im.opts->on_progress(im.opts->arg, rep);
	for (size_t i = 0; i < im.files.n; i++)
		free(im.files.v[i]);
	vec_release(&im.files);
	seen_release(&im.seen);
	arena_release(&im.row);
	return ok;
}

bool kb_import(struct kb *kb, const char *path, const struct kb_import_opts *opts, struct kb_import_report *rep, struct err *e)
{
	return kb_import_all(kb, &path, 1, opts, rep, e);
}
