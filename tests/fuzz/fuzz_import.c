// SPDX-License-Identifier: MIT
// Knows what must hold for any file that is imported: rows of JSON, HTML and Markdown pages, files of CSV and JSON cut into
// rows, texts in other charsets, and whole files of every kind brought into a base; the first byte says which.
#include <sys/mman.h>
#include <unistd.h>

#include "kb/charset.h"
#include "kb/check.h"
#include "kb/draft.h"
#include "kb/import.h"
#include "kb/reject.h"
#include "kb/rowfile.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_clean(const char *s)
{
	if (s && !utf8_is_clean(sv(s), UTF8_KEEP_NL))
		BUG("not clean: %s", s);
}

static int lines_before(struct sv text, size_t at)
{
	int n = 1;

	for (size_t i = 0; i < at; i++)
		n += text.p[i] == '\n';
	return n;
}

// What a row of CSV holds comes back from the file of refused rows.
static void cells(const struct row *r, char separator, struct arena *a)
{
	struct kb_list row, again;
	struct str out = {0};
	struct err e = {0};
	bool ok = kb_csv_cells(r->raw, separator, &row, a, &e);

	if (!row.n || (!ok && !e.msg[0]))
		BUG("no cell and no word");
	if (memchr(r->raw.p, '\0', r->raw.n))
		return;
	for (size_t i = 0; i < row.n; i++) {
		if (i)
			str_addc(&out, ',');
		kb_csv_put(&out, sv(row.v[i]));
	}
	if (!kb_csv_cells(sv_n(str_z(&out), out.n), ',', &again, a, &e) || again.n != row.n)
		BUG("%zu cells of %zu: %s", again.n, row.n, str_z(&out));
	for (size_t i = 0; i < row.n; i++)
		if (!str_eq(row.v[i], again.v[i]))
			BUG("%s is not %s", row.v[i], again.v[i]);
	str_release(&out);
}

struct seen_row {
	int64_t place;
	int line;
	uint32_t n;
};

// Cuts the file from a place on; what was seen the first time must come again.
static size_t cut(struct sv text, enum row_form form, struct seen_row *rows, size_t max, struct seen_row from, bool check)
{
	char name[64];
	int fd = memfd_create("rows", 0);
	struct arena a = {0};
	struct err e = {0};
	struct rowfile f;
	struct row r;
	size_t n = 0;
	bool more;

	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n)
		BUG("no file in memory");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!rowfile_open(&f, name, &e))
		BUG("%s", e.msg);
	f.form = form;
	f.separator = kb_csv_separator(text);
	if (!rowfile_seek(&f, from.place, from.line, &e))
		BUG("%s", e.msg);
	int64_t before = from.place;
	while (rowfile_next(&f, &r, &more, &e) && more && n < max) {
		struct seen_row here = {.n = (uint32_t)r.raw.n};
		arena_clear(&a);
		if (form == ROW_CSV)
			cells(&r, f.separator, &a);
		if (!rowfile_place(&f, &here.place, &here.line, &e))
			BUG("%s", e.msg);
		if (here.place <= before || here.place > (int64_t)text.n || here.line != lines_before(text, (size_t)here.place))
			BUG("place %lld line %d", (long long)here.place, here.line);
		if (check && memcmp(&rows[n], &here, sizeof(here)) != 0)
			BUG("row %zu is another one from %lld on", n, (long long)from.place);
		before = here.place;
		rows[n++] = here;
	}
	arena_release(&a);
	rowfile_close(&f);
	close(fd);
	return n;
}

static void file(struct sv text, enum row_form form)
{
	enum { MOST = 64 };
	struct seen_row rows[MOST];
	size_t n = cut(text, form, rows, MOST, (struct seen_row){.line = 1}, false);

	for (size_t i = 0; i < n; i++)
		cut(text, form, rows + i + 1, n - i - 1, rows[i], true);
}

static void charset(struct sv text)
{
	struct str out = {0};
	struct err e = {0};
	char name[32];

	charset_of_page(text, name);
	if (*name && charset_decode(name, text, &out, &e) && !utf8_valid(sv_n(str_z(&out), out.n)))
		BUG("%s gave no UTF-8", name);
	str_clear(&out);
	if (charset_of(text, true) == CHARSET_UTF8 && !utf8_valid(text))
		BUG("no UTF-8");
	if (charset_decode("gb18030", text, &out, &e) && !utf8_valid(sv_n(str_z(&out), out.n)))
		BUG("gb18030 gave no UTF-8");
	str_release(&out);
}

static void same_text(const char *a, const char *b)
{
	if (!str_eq(a, b))
		BUG("%s is not %s", a ? a : "nothing", b ? b : "nothing");
}

static void same_list(const struct kb_list *a, const struct kb_list *b)
{
	if (a->n != b->n)
		BUG("%zu items are not %zu", a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		same_text(a->v[i], b->v[i]);
}

// The short way through a row of JSON reads what the long way reads, and says what it says.
static bool json(struct kb_draft *d, struct sv text, struct err *e)
{
	struct kb_draft other;
	struct err why = {0};

	kb_draft_init(&other, d->zone, d->a);
	bool any = utf8_valid(text) && kb_read_json_any(&other, text, &why);
	bool ok = utf8_valid(text) && kb_read_json_row(d, text, e);
	if (ok != any || !str_eq(e->msg, why.msg))
		BUG("%d %s is not %d %s", ok, e->msg, any, why.msg);
	const struct kb_text *a = &d->t, *b = &other.t;
	const char *const texts[][2] = {{a->id, b->id}, {a->title, b->title}, {a->question, b->question}, {a->body, b->body}, {a->lang, b->lang}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		same_text(texts[i][0], texts[i][1]);
	same_list(&a->tags, &b->tags);
	same_list(&a->category, &b->category);
	if (a->effective_to != b->effective_to || a->must_read != b->must_read || d->as.ver != other.as.ver)
		BUG("the rest differs");
	if (!ok && !e->msg[0])
		err_set(e, ERR_PARSE, "not UTF-8");
	return ok;
}

static void read_one(uint8_t what, struct sv text)
{
	struct arena a = {0};
	struct err e = {0};
	struct kb_draft d = {0};
	int line;
	bool ok;

	kb_draft_init(&d, "Asia/Shanghai", &a);
	if (what == 0)
		ok = json(&d, text, &e);
	else if (what == 1)
		ok = kb_read_html(&d, "page.html", text, &e);
	else
		ok = kb_read_md(&d, "page.md", text, &line, &e);
	if (!ok && !e.msg[0])
		BUG("refused without a word");
	if (ok) {
		is_clean(d.t.title);
		is_clean(d.t.body);
		is_clean(d.t.question);
	}
	arena_release(&a);
}

// ---- whole files ----

static const char *const endings[] = {"jsonl", "json", "md", "csv", "tsv", "html"};
enum { ENDINGS = sizeof(endings) / sizeof(*endings), MANY = 400 };
static char dir[] = "fuzz-import-XXXXXX";
static struct kb *kb;
static struct clock now;

static void clean_up(void)
{
	static const char *const files[] = {"kb.db", "kb.db-wal", "kb.db-shm", "row.jsonl", "row.json", "row.md", "row.csv", "row.tsv", "row.html"};
	char path[64];

	kb_close(kb);
	kb = NULL;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
}

static void remove_all(void)
{
	clean_up();
	rmdir(dir);
}

static void open_base(void)
{
	static bool made;
	struct err e = {0};
	char path[64];

	clock_fake(&now, INT64_C(1795312800000), 1);
	if (!made && (!mkdtemp(dir) || atexit(remove_all) != 0))
		BUG("cannot make %s", dir);
	made = true;
	snprintf(path, sizeof(path), "%s/kb.db", dir);
	if (!kb_open(&kb, path, KB_WRITE, &now, "Asia/Shanghai", &e))
		BUG("%s", e.msg);
}

static void a_problem(void *arg, const char *msg)
{
	(void)arg;
	BUG("%s", msg);
}

static void refused(void *arg, const struct kb_bad_row *row)
{
	if (!row->msg || !*row->msg || !utf8_valid(sv(row->msg)))
		BUG("refused without a word");
	++*(int64_t *)arg;
}

// The base stays sound whatever comes in, and every row is accounted for.
static void whole(unsigned ending, struct sv text)
{
	struct kb_import_report rep = {0};
	struct kb_check_report found;
	struct err e = {0};
	int64_t bad = 0;
	char path[64];

	if (!kb)
		open_base();
	snprintf(path, sizeof(path), "%s/row.%s", dir, endings[ending % ENDINGS]);
	if (!path_write_atomic(path, text, 0600, &e))
		BUG("%s", e.msg);
	bool ok = kb_import(kb, path, &(struct kb_import_opts){.afresh = true, .on_bad = refused, .arg = &bad}, &rep, &e);
	int64_t good = rep.added + rep.changed + rep.unchanged;
	// a file or row that cannot be cut out at all is bad without being read
	if ((!ok && !*e.msg) || rep.bad != bad || (ok && (good > rep.read || rep.read > good + bad)))
		BUG("%d: %lld rows, %lld added, %lld changed, %lld unchanged, %lld bad, %lld told", ok, (long long)rep.read, (long long)rep.added,
		    (long long)rep.changed, (long long)rep.unchanged, (long long)rep.bad, (long long)bad);
	if (!kb_check(kb, a_problem, NULL, &found, &e))
		BUG("%s", e.msg);
	if (found.versions > MANY)
		clean_up();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct sv text = sv_n((const char *)data + 1, size - 1);
	uint8_t what = data[0] % 8;
	if (what < 2 || what == 6)
		read_one(what, text);
	else if (what == 2)
		file(text, ROW_CSV);
	else if (what == 3)
		file(text, ROW_JSON);
	else if (what == 4)
		file(text, ROW_LINES);
	else if (what == 7 && text.n)
		whole((unsigned char)*text.p, sv_n(text.p + 1, text.n - 1));
	else
		charset(text);
	return 0;
}
