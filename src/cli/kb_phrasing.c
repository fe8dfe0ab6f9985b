// SPDX-License-Identifier: MIT
// Knows `zuoxi kb learn`, `forget` and `phrasings`: what customers said, taught from a file, withdrawn, listed.
#include "kb/phrasing.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "src/cli/kb_cli.h"
#include "src/cli/progress.h"

enum { FILE_MAX = 256 * 1024 * 1024, LIMIT_MAX = 1000000 };

struct lessons {
	struct cli *c;
	struct kb *kb;
	const char *file, *agent;
	int64_t line, read, learned, again, known, bad;
	struct progress bar;
	const struct str *text;
	struct kb_teller teller;
	VEC(struct kb_phrasing) taught; // as they are kept; in the arena
	struct arena kept;
};

static void refuse(struct lessons *l, const char *msg)
{
	progress_clear(&l->bar);
	l->bad++;
	fprintf(l->c->err, "%s:%lld: %s\n", l->file, (long long)l->line, msg);
}

// What was learned is told in the words that are kept.
static bool keep(struct lessons *l, const char *id, struct err *e)
{
	struct kb_phrasing *p;
	size_t n;

	if (!kb_phrasings(l->kb, &(struct kb_phrasing_filter){.id = id}, 1, &p, &n, &l->kept, e))
		return false;
	if (n)
		vec_push(&l->taught, *p);
	return true;
}

// False only when the base cannot be written.
static bool teach_line(struct lessons *l, struct sv line, struct err *e)
{
	struct arena a = {0};
	struct err why = {0};
	struct sv rest = line, id;
	enum kb_learned_what what = KB_KNOWN;
	char name[KB_PHRASING_ID];
	bool ok = true;

	if (!sv_trim(line).n || line.p[0] == '#')
		return true;
	l->read++;
	if (!sv_split(&rest, '\t', &id) || !memchr(line.p, '\t', line.n) || !sv_trim(id).n) {
		refuse(l, _("a line has the number of an article, a tab and a phrasing"));
	} else if (!utf8_valid(line)) {
		refuse(l, _("this is not UTF-8"));
	} else {
		id = sv_trim(id);
		struct kb_lesson lesson = {.article = arena_strndup(&a, id.p, id.n), .text = arena_strndup(&a, rest.p, rest.n),
					   .agent = l->agent, .source = KB_BY_FILE};
		if (kb_learn(l->kb, &lesson, &what, name, &why)) {
			*(what == KB_LEARNED ? &l->learned : what == KB_LEARNED_AGAIN ? &l->again : &l->known) += 1;
			ok = what == KB_KNOWN || keep(l, name, e);
		} else if (why.code == ERR_PARSE || why.code == ERR_NOT_FOUND || why.code == ERR_LIMIT) {
			refuse(l, why.msg);
		} else {
			ok = err_set(e, why.code, "%s", why.msg);
		}
	}
	arena_release(&a);
	return ok;
}

static bool teach_file(struct lessons *l, const struct str *text, struct err *e)
{
	struct sv rest = sv_n(str_z(text), text->n), line;

	if (rest.n >= 3 && memcmp(rest.p, "\xef\xbb\xbf", 3) == 0)
		rest = sv_n(rest.p + 3, rest.n - 3);
	while (sv_split(&rest, '\n', &line)) {
		l->line++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!teach_line(l, line, e))
			return false;
		progress_show(&l->bar, (int64_t)(text->n - rest.n), (int64_t)text->n, l->read, "");
	}
	progress_clear(&l->bar);
	return true;
}

static void say_learned(struct cli *c, const struct lessons *l)
{
	static const char *const keys[] = {"read", "learned", "again", "known", "bad"};
	struct arena a = {0};

	if (c->json) {
		struct cli_table *t = cli_table_new(c, keys, keys, 5);
		cli_table_types(t, "iiiii");
		cli_table_row(t, (const char *[]){kb_cli_number(l->read, &a), kb_cli_number(l->learned, &a), kb_cli_number(l->again, &a),
						  kb_cli_number(l->known, &a), kb_cli_number(l->bad, &a)});
		cli_table_print(t);
	} else {
		fprintf(c->out, _("%lld read: %lld learned, %lld given back, %lld known already, %lld refused\n"), (long long)l->read,
			(long long)l->learned, (long long)l->again, (long long)l->known, (long long)l->bad);
	}
	arena_release(&a);
}

static bool teach(struct db *db, void *arg, struct err *e)
{
	struct lessons *l = arg;

	if (!kb_begin(l->kb, e))
		return false;
	if (teach_file(l, l->text, e) &&
	    (!db || kb_record_phrasings(db, "learn", l->file, l->taught.v, l->taught.n, &l->teller, e)))
		return kb_commit(l->kb, e);
	kb_rollback(l->kb);
	return false;
}

// All of the file or, when the base cannot be written, nothing of it.
int kb_cli_learn(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct lessons l = {.c = c, .file = words[0], .agent = o->agent};
	struct kb_cli_writer w = {0};
	struct str text = {0};
	struct err e = {0};
	int rc = CLI_FAILED;

	(void)kb, (void)n;
	bool ok = path_read(words[0], FILE_MAX, &text, &e) && kb_cli_deed_open(c, &w, &e);
	if (ok) {
		l.kb = w.kb;
		l.text = &text;
		l.teller = kb_cli_teller(c, &w, kb_cli_by(o));
		progress_init(&l.bar, c->err, &c->clock);
		ok = kb_cli_deed(&w, teach, &l, &e);
		progress_clear(&l.bar);
	}
	if (ok) {
		say_learned(c, &l);
		rc = l.bad ? CLI_NO : CLI_DONE;
	} else {
		cli_fail(c, &e);
	}
	str_release(&text);
	vec_release(&l.taught);
	arena_release(&l.kept);
	kb_cli_close(&w);
	return rc;
}

static void say_forgotten(struct cli *c, int64_t n, bool again)
{
	static const char *const keys[] = {"withdrawn"}, *const back[] = {"given_back"};
	struct arena a = {0};

	if (c->json) {
		const char *const *k = again ? back : keys;
		struct cli_table *t = cli_table_new(c, k, k, 1);
		cli_table_types(t, "i");
		cli_table_row(t, (const char *[]){kb_cli_number(n, &a)});
		cli_table_print(t);
	} else {
		fprintf(c->out,
			again ? ngettext("%lld phrasing counts again\n", "%lld phrasings count again\n", (unsigned long)n)
			      : ngettext("%lld phrasing withdrawn\n", "%lld phrasings withdrawn\n", (unsigned long)n),
			(long long)n);
	}
	arena_release(&a);
}

struct forgetting {
	struct kb *kb;
	struct kb_phrasing_filter f;
	bool again;
	struct kb_teller teller;
	int64_t changed;
};

// Those it will change; the ones of an article's own text stay.
static bool list_changed(const struct forgetting *x, struct kb_phrasing **out, size_t *n, struct arena *a, struct err *e)
{
	struct kb_phrasing_filter f = x->f;
	size_t all;

	f.in_force = !x->again;
	f.withdrawn = x->again;
	*n = 0;
	if (!kb_phrasings(x->kb, &f, 0, out, &all, a, e))
		return false;
	for (size_t i = 0; i < all; i++)
		if ((*out)[i].source != KB_BY_TEXT)
			(*out)[(*n)++] = (*out)[i];
	return true;
}

// What stands in the audit log.
static const char *asked_for(const struct kb_phrasing_filter *f, struct arena *a)
{
	const struct {
		const char *word, *value;
	} all[] = {{"", f->id}, {"article ", f->article}, {"call ", f->call}, {"agent ", f->agent}};
	const char *out = "";

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!str_empty(all[i].value))
			out = arena_printf(a, "%s%s%s%s", out, *out ? ", " : "", all[i].word, all[i].value);
	return out;
}

static bool forget(struct db *db, void *arg, struct err *e)
{
	struct forgetting *x = arg;
	struct arena a = {0};
	struct kb_phrasing *v = NULL;
	size_t n;
	bool ok = kb_begin(x->kb, e);

	if (!ok)
		return false;
	ok = list_changed(x, &v, &n, &a, e) && kb_forget(x->kb, &x->f, x->again, x->teller.by, &x->changed, e) &&
	     (!db || kb_record_phrasings(db, x->again ? "again" : "forget", asked_for(&x->f, &a), v, n, &x->teller, e));
	if (ok)
		ok = kb_commit(x->kb, e);
	else
		kb_rollback(x->kb);
	arena_release(&a);
	return ok;
}

int kb_cli_forget(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct forgetting x = {.f = {.id = n ? words[0] : NULL, .article = o->article, .call = o->call, .agent = o->agent},
			       .again = o->again != NULL};
	struct kb_cli_writer w = {0};
	struct err e = {0};
	int rc;

	(void)kb;
	if (!n && str_empty(o->article) && str_empty(o->call) && str_empty(o->agent))
		return kb_cli_usage(c, "forget", "%s", _("say which phrasings: an id, an article, a call or an agent"));
	bool open = kb_cli_deed_open(c, &w, &e);
	x.kb = w.kb;
	x.teller = kb_cli_teller(c, &w, kb_cli_by(o));
	if (!open) {
		cli_fail(c, &e);
		rc = CLI_FAILED;
	} else if (!kb_cli_deed(&w, forget, &x, &e)) {
		rc = cli_fail(c, &e);
		rc = e.code == ERR_DENIED ? CLI_NO : rc;
	} else {
		say_forgotten(c, x.changed, x.again);
		rc = x.changed ? CLI_DONE : CLI_NO;
	}
	kb_cli_close(&w);
	return rc;
}

static void print_phrasings(struct cli *c, struct kb *kb, const struct kb_phrasing *v, size_t n)
{
	static const char *const keys[] = {"id", "article", "text", "source", "call", "agent", "at", "counts", "shown", "chosen", "weight",
					   "withdrawn_at", "withdrawn_by"};
	const char *const titles[] = {_("Phrasing"), _("Article"), _("Text"), _("From"), _("Call"), _("Agent"), _("Taught"), _("Counts"),
				      _("Shown"), _("Chosen"), _("Weight"), _("Withdrawn"), _("By")};
	struct arena a = {0};
	struct cli_table *t = cli_table_new(c, keys, c->json ? keys : titles, 13);

	cli_table_types(t, c->json ? "ssssssibiiris" : "sssssssssssss");
	for (size_t i = 0; i < n; i++) {
		const struct kb_phrasing *p = &v[i];
		cli_table_row(t, (const char *[]){p->id, p->article, p->text, kb_phrasing_source_name(p->source), p->call, p->agent,
						  kb_cli_stamp(c, kb, p->at, &a), c->json ? (p->counts ? "true" : "false") : (p->counts ? "*" : ""),
						  kb_cli_number(p->shown, &a), kb_cli_number(p->chosen, &a), arena_printf(&a, "%.2f", p->weight),
						  kb_cli_stamp(c, kb, p->withdrawn_at, &a), p->withdrawn_by});
	}
	cli_table_print(t);
	arena_release(&a);
}

int kb_cli_phrasings(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct kb_phrasing_filter f = {.article = n ? words[0] : NULL, .call = o->call, .agent = o->agent, .in_force = !o->all};
	struct kb_phrasing *v;
	struct kb_article art;
	struct arena a = {0};
	struct err e = {0};
	int64_t limit = 0;
	size_t found;
	int rc;

	if (o->limit && !parse_int(sv(o->limit), 1, LIMIT_MAX, &limit))
		return kb_cli_usage(c, "phrasings", _("-n takes a number from 1 to %d"), LIMIT_MAX);
	// also names the article as it is written there
	bool ok = !n || kb_article_get(kb, words[0], 0, &art, &a, &e);
	if (ok && n)
		f.article = art.cur.text.id;
	if (!ok || !kb_phrasings(kb, &f, (size_t)limit, &v, &found, &a, &e)) {
		rc = cli_fail(c, &e);
	} else {
		print_phrasings(c, kb, v, found);
		rc = found ? CLI_DONE : CLI_NO;
	}
	arena_release(&a);
	return rc;
}
