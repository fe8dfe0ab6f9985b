// SPDX-License-Identifier: MIT
// Knows what a sound posting store looks like, and walks it.
#include "kb/post_internal.h"
#include "src/base/i18n.h"

uint64_t kb_posting_mix(kb_key key, uint32_t no, unsigned level)
{
	uint64_t x = key * 0x9e3779b97f4a7c15u ^ ((uint64_t)no << 2 | level);

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

struct walk {
	struct kb_post *p;
	void (*fn)(void *arg, kb_key key, uint32_t no, unsigned level);
	void (*on_problem)(void *arg, const char *msg);
	void *arg;
	bool any;          // a term is open
	bool spoilt;       // and damaged: its chunks cannot be judged
	kb_key key;
	struct post_head h;
	uint32_t seen[KB_LEVELS], last[KB_LEVELS];
	uint32_t docs[POST_CHUNK];
};

__attribute__((format(printf, 2, 3))) static void problem(struct walk *w, const char *fmt, ...)
{
	char what[160], msg[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(msg, sizeof(msg), _("%s, term %llx: %s"), w->p->table, (unsigned long long)w->key, what);
	w->spoilt = true;
	if (w->on_problem)
		w->on_problem(w->arg, msg);
}

// One list of numbers, whole.
static bool list_is_sound(struct walk *w, struct sv list, unsigned level, size_t *n)
{
	struct kb_post *p = w->p;
	uint32_t limit = p->to && w->key < p->next ? p->to : p->upto;

	// no list has more numbers than bytes, so all of it is read
	if (list.n > POST_CHUNK || !post_decode(list, w->last[level], limit, w->docs, POST_CHUNK, n) || !*n)
		return false;
	w->last[level] = w->docs[*n - 1];
	w->seen[level] += (uint32_t)*n;
	for (size_t i = 0; w->fn && i < *n; i++)
		w->fn(w->arg, w->key, w->docs[i], level);
	return true;
}

static void close_term(struct walk *w)
{
	for (unsigned l = 0; w->any && !w->spoilt && l < KB_LEVELS; l++)
		if (w->seen[l] != w->h.at[l].n)
			problem(w, _("%u articles counted, %u listed"), w->h.at[l].n, w->seen[l]);
	w->any = false;
}

static void open_term(struct walk *w, struct sv row)
{
	size_t inside = 0, n;

	w->any = true;
	w->spoilt = false;
	memset(w->seen, 0, sizeof(w->seen));
	memset(w->last, 0, sizeof(w->last));
	if (!w->key || w->key >> KB_KEY_BITS || !post_head_open(row, &w->h)) {
		problem(w, _("its head cannot be read"));
		return;
	}
	for (unsigned l = 0; l < KB_LEVELS; l++) {
		inside += w->h.at[l].list.n;
		if (w->h.at[l].n && !w->h.at[l].chunks && !list_is_sound(w, w->h.at[l].list, l, &n) && !w->spoilt)
			problem(w, _("its list cannot be read"));
	}
	if (inside > POST_INLINE && !w->spoilt)
		problem(w, _("its head is too long"));
}

static void read_row(struct walk *w, int64_t id, struct sv row)
{
	unsigned low = (unsigned)(id & ((1 << 17) - 1)), level = (low >> 12) - 1, chunk = low & (POST_CHUNKS - 1);
	kb_key key = (kb_key)id >> 17;
	size_t n;

	if (!low || !w->any || key != w->key) {
		close_term(w);
		w->key = key;
		if (!low) {
			open_term(w, row);
			return;
		}
		w->any = true;
		problem(w, _("a list without its head"));
		return;
	}
	if (w->spoilt)
		return;
	if (level >= KB_LEVELS || chunk >= w->h.at[level].chunks)
		problem(w, _("a list that its head does not name"));
	else if (!list_is_sound(w, row, level, &n))
		problem(w, _("its list cannot be read"));
}

bool kb_post_walk(struct kb_post *p, void (*fn)(void *arg, kb_key key, uint32_t no, unsigned level),
		  void (*on_problem)(void *arg, const char *msg), void *arg, struct err *e)
{
	struct walk *w = xcalloc(1, sizeof(*w));
	sqlite3_stmt *st = NULL;
	enum kb_step s = KB_FAILED;

	*w = (struct walk){.p = p, .fn = fn, .on_problem = on_problem, .arg = arg};
	if (post_stmt(p, &st, "SELECT id, d FROM %s ORDER BY id", e))
		while ((s = kb_step(p->kb, st, e)) == KB_ROW) {
			int64_t id = sqlite3_column_int64(st, 0);
			if (sqlite3_column_type(st, 1) != SQLITE_BLOB)
				read_row(w, id, sv_n("", 0));
			else
				read_row(w, id, kb_col(st, 1));
		}
	int code = sqlite3_errcode(kb_sql(p->kb)) & 0xff;
	if (s == KB_FAILED && (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)) {
		char msg[200];
		snprintf(msg, sizeof(msg), _("%s: a page cannot be read"), p->table);
		if (on_problem)
			on_problem(arg, msg);
		s = KB_DONE;
	} else if (s == KB_DONE) {
		close_term(w);
	}
	sqlite3_finalize(st);
	free(w);
	return s == KB_DONE;
}

int64_t kb_post_bytes(struct kb_post *p)
{
	sqlite3_stmt *st = NULL;
	int64_t bytes = 0;

	// dbstat is a choice of whoever built SQLite
	if (post_stmt(p, &st, "SELECT pgsize FROM dbstat WHERE name = '%s' AND aggregate = 1", NULL) &&
	    kb_step(p->kb, st, NULL) == KB_ROW)
		bytes = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return bytes;
}
