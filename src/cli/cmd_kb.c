// SPDX-License-Identifier: MIT
// Knows the words of `zuoxi kb`: which verbs there are, what each takes, and how each is used.
#include <pwd.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/kb_cli.h"

static char *base_path(struct cli *c)
{
	return path_join(c->data, "kb.db");
}

bool kb_cli_open(struct cli *c, struct kb **kb, struct err *e)
{
	char *path = base_path(c);
	bool ok = kb_open(kb, path, KB_READ, &c->clock, NULL, e);

	free(path);
	return ok;
}

bool kb_cli_write(struct cli *c, bool make, struct kb_cli_writer *w, struct err *e)
{
	char *path = base_path(c);
	bool ok = make ? path_mkdirs(c->data, e)
		       : path_exists(path) ||
				 err_set(e, ERR_IO, _("there is no knowledge base at %s: import articles first"), path);

	*w = (struct kb_cli_writer){0};
	ok = ok && lock_take(&w->lock, c->data, e) && kb_open(&w->kb, path, KB_WRITE, &c->clock, NULL, e);
	free(path);
	return ok;
}

void kb_cli_close(struct kb_cli_writer *w)
{
	kb_close(w->kb);
	lock_release(&w->lock);
	*w = (struct kb_cli_writer){0};
}

const char *kb_cli_by(const struct kb_cli_opts *o)
{
	const struct passwd *p = o->by ? NULL : getpwuid(geteuid());

	return o->by ? o->by : p ? p->pw_name : "cli";
}

const char *kb_cli_time(struct kb *kb, int64_t ms, struct arena *a)
{
	char buf[32] = "";

	if (ms)
		clock_format(kb_zone(kb), ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(a, buf);
}

const char *kb_cli_stamp(struct cli *c, struct kb *kb, int64_t ms, struct arena *a)
{
	return !ms ? NULL : c->json ? kb_cli_number(ms, a) : kb_cli_time(kb, ms, a);
}

const char *kb_cli_number(int64_t v, struct arena *a)
{
	return arena_printf(a, "%lld", (long long)v);
}

// ---- words ----

enum { ANY = 1000000 };

// One way to use a verb. A verb with a second word of its own comes before the plain one.
struct verb {
	const char *word, *second;
	size_t least, most; // words behind it
	bool writes;
	kb_cli_fn *run;
	const char *options; // it takes, each between blanks
	const char *usage;
};
static const struct verb verbs[] = {
	{"import", NULL, 1, ANY, true, kb_cli_import, " rejects afresh ", "kb import [--rejects FILE] [--afresh] FILE|DIR..."},
	{"search", NULL, 0, ANY, false, kb_cli_search, " n explain batch tag stats typing category step ",
	 "kb search [-n N] [--explain] [--category CODE] [--step ID,ID] QUERY | "
	 "kb search --batch FILE [-n N] [--tag NAME] [--stats] [--typing]"},
	{"show", NULL, 1, 1, false, kb_cli_show, " version ", "kb show ID [--version N]"},
	{"history", NULL, 1, 1, false, kb_cli_history, " ", "kb history ID"},
	{"diff", NULL, 3, 3, false, kb_cli_diff, " ", "kb diff ID A B"},
	{"seen", NULL, 1, 1, false, kb_cli_seen, " agent contact text ", "kb seen TIME [--agent NO] [--contact ID] [--text]"},
	{"learn", NULL, 1, 1, true, kb_cli_learn, " agent ", "kb learn [--agent ID] FILE"},
	{"forget", NULL, 0, 1, true, kb_cli_forget, " article call agent again by ",
	 "kb forget [ID] [--article ID] [--call ID] [--agent ID] [--again] [--by WHO]"},
	{"phrasings", NULL, 0, 1, false, kb_cli_phrasings, " call agent all n ", "kb phrasings [ARTICLE] [--call ID] [--agent ID] [--all] [-n N]"},
	{"gaps", "draft", 1, 1, true, kb_cli_gap_draft, " by ", "kb gaps draft N [--by WHO]"},
	{"gaps", NULL, 0, 2, false, kb_cli_gaps, " all ", "kb gaps [--all] | kb gaps show N | kb gaps draft N [--by WHO]"},
	{"state", NULL, 2, 2, true, kb_cli_state, " note other next by ",
	 "kb state ID retire [--other ID] | restore | hide --note TEXT | confirm [--next DATE] | flag --note TEXT [--by WHO]"},
	{"export", NULL, 0, 0, false, kb_cli_export, " format to all versions ",
	 "kb export [--format jsonl|csv|md] [--to FILE|DIR] [--all] [--versions]"},
	{"stats", NULL, 0, 0, false, kb_cli_stats, " ", "kb stats"},
	{"check", NULL, 0, 0, false, kb_cli_check, " repair reindex ", "kb check [--repair]"},
};
enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

static const struct verb *find(const char *word, const char *second)
{
	for (size_t i = 0; i < VERBS; i++)
		if (str_eq(word, verbs[i].word) && (!verbs[i].second || str_eq(second, verbs[i].second)))
			return &verbs[i];
	return NULL;
}

int kb_cli_usage(struct cli *c, const char *word, const char *fmt, ...)
{
	const struct verb *v = find(word, NULL);
	char msg[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return cli_usage(c, v ? v->usage : "kb", "%s", msg);
}

static int no_verb(struct cli *c, const char *msg)
{
	struct str all = {0};

	for (size_t i = 0; i < VERBS; i++)
		if (!verbs[i].second)
			str_addf(&all, "%s%s", all.n ? "|" : "kb ", verbs[i].word);
	str_add(&all, " ...");
	int rc = cli_usage(c, str_z(&all), "%s", msg);
	str_release(&all);
	return rc;
}

static int run(struct cli *c, const struct kb_cli_opts *o, const struct verb *v, char **words, size_t n)
{
	struct kb *kb;
	struct err e = {0};

	if (v->writes)
		return v->run(c, NULL, o, words, n);
	if (!kb_cli_open(c, &kb, &e)) {
		cli_fail(c, &e); // no base at all is not the answer no
		return CLI_FAILED;
	}
	int rc = v->run(c, kb, o, words, n);
	kb_close(kb);
	return rc;
}

static int dispatch(struct cli *c, const struct kb_cli_opts *o, const struct cli_opt *opts, size_t nopts, char **words, size_t n)
{
	const struct verb *v = n ? find(words[0], n > 1 ? words[1] : NULL) : NULL;

	if (!v) {
		char msg[160];
		snprintf(msg, sizeof(msg), _("there is nothing called %s"), n ? words[0] : "");
		return no_verb(c, n ? msg : _("what shall be done?"));
	}
	for (size_t i = 0; i < nopts; i++) {
		char word[32];
		snprintf(word, sizeof(word), " %s ", opts[i].name);
		if (*opts[i].value && !strstr(v->options, word))
			return cli_usage(c, v->usage, _("%s takes no option %s%s"), words[0], opts[i].name[1] ? "--" : "-", opts[i].name);
	}
	size_t skip = v->second ? 2 : 1;
	if (n - skip < v->least || n - skip > v->most)
		return cli_usage(c, v->usage, "%s", n - skip < v->least ? _("a word is missing") : _("too many words"));
	// The base may be too damaged to be opened for reading.
	if (v->run == kb_cli_check && (o->repair || o->reindex))
		return kb_cli_repair(c, NULL, o, words, 0);
	return run(c, o, v, words + skip, n - skip);
}

int cmd_kb(struct cli *c, int argc, char **argv)
{
	struct kb_cli_opts o = {0};
	const struct cli_opt opts[] = {
		{"n", true, &o.limit},		{"explain", false, &o.explain}, {"version", true, &o.version},	 {"reindex", false, &o.reindex},
		{"batch", true, &o.batch},	{"tag", true, &o.tag},		{"stats", false, &o.stats},	 {"typing", false, &o.typing},
		{"rejects", true, &o.rejects},	{"afresh", false, &o.afresh},	{"format", true, &o.format},	 {"to", true, &o.to},
		{"all", false, &o.all},		{"versions", false, &o.versions}, {"category", true, &o.category}, {"step", true, &o.step},
		{"repair", false, &o.repair},	{"article", true, &o.article},	{"call", true, &o.call},	 {"agent", true, &o.agent},
		{"again", false, &o.again},	{"note", true, &o.note},	{"other", true, &o.other},	 {"next", true, &o.next},
		{"by", true, &o.by},		{"contact", true, &o.contact},	{"text", false, &o.text}};
	enum { OPTS = sizeof(opts) / sizeof(*opts) };
	struct err e = {0};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	size_t n;
	int rc;

	if (cli_parse(argc, argv, opts, OPTS, words, &n, &e))
		rc = dispatch(c, &o, opts, OPTS, words, n);
	else
		rc = n && find(words[0], NULL) ? kb_cli_usage(c, words[0], "%s", e.msg) : no_verb(c, e.msg);
	free(words);
	return rc;
}
