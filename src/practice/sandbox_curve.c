// SPDX-License-Identifier: MIT
// Knows how a curveball changes what the sandbox holds: an article that is new or out of date, a broadcast that came in.
#include <jansson.h>

#include "kb/article.h"
#include "kb/kbdb.h"
#include "src/base/i18n.h"
#include "src/practice/sandbox.h"
#include "src/store/ent.h"
#include "src/work/hub.h"
#include "src/work/internal.h"
#include "src/work/kb_writer.h"

struct edit {
	char article[80], line[400];
	bool stale;
	struct kb_writer *writer;
	struct clock clock;
};

// The article as it is, with what is new on top; done a second time it is there already.
static bool put_version(struct kb *kb, const struct edit *d, struct arena *a, struct err *e)
{
	struct kb_article art;
	enum kb_put what;

	if (!kb_article_get(kb, d->article, 0, &art, a, e))
		return false;
	if (strstr(art.cur.text.body, d->line))
		return true;
	art.cur.text.body = arena_printf(a, "**%s**\n\n%s", d->line, art.cur.text.body);
	art.cur.text.note = d->line;
	return kb_put(kb, &art.cur.text, &what, e);
}

static bool run_edit(struct db *db, void *arg, struct err *e)
{
	struct edit *d = arg;
	struct arena a = {0};
	struct kb *kb = kb_writer_open(d->writer, &d->clock, e);
	bool ok = kb && (d->stale ? kb_flag_stale(kb, d->article, d->line, e) : put_version(kb, d, &a, e));

	(void)db;
	kb_writer_done(d->writer, ok, e);
	arena_release(&a);
	return ok;
}

static void edit(struct sandbox *b, const char *article, const char *line, bool stale)
{
	struct model *m = &b->model;
	struct edit *d = xcalloc(1, sizeof(*d));
	struct commit *c = commit_new(m, "practice.article");

	snprintf(d->article, sizeof(d->article), "%s", article);
	struct str cut = STR_MAX(sizeof(d->line) - 1);
	str_add(&cut, line);
	snprintf(d->line, sizeof(d->line), "%s", str_z(&cut));
	str_release(&cut);
	d->stale = stale;
	d->writer = work_kb_writer(m);
	d->clock = *m->clock;
	commit_part(c, run_edit, d, free);
	commit_quiet(c);
	commit_submit(m, c);
}

void sandbox_new_version(struct sandbox *b, const char *article, const char *line)
{
	edit(b, article, line, false);
}

void sandbox_stale(struct sandbox *b, const char *article)
{
	edit(b, article, _("past its review date"), true);
}

struct news {
	char id[80];
	char *doc;
	int64_t at;
};

static bool run_news(struct db *db, void *arg, struct err *e)
{
	const struct news *n = arg;

	return stream_put(db, &(struct stream){.s = "bc/all", .epoch = 1, .seq = 1, .head = 1, .synced_at = n->at}, e) &&
	       ent_put(db, &(struct ent){.t = "broadcast", .e = n->id, .s = "bc/all", .q = 1, .rev = 1, .at = n->at, .d = n->doc}, e);
}

static void drop_news(void *arg)
{
	free(((struct news *)arg)->doc);
	free(arg);
}

void sandbox_broadcast(struct sandbox *b, const char *id, const char *title, const char *body)
{
	struct model *m = &b->model;
	struct news *n = xcalloc(1, sizeof(*n));
	struct commit *c = commit_new(m, "practice.broadcast");
	int64_t now = clock_wall(m->clock);
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "kind", "red", "severity", "red", "title", title, "say", body, "at",
				(json_int_t)now, "expires_at", (json_int_t)(now + 24LL * 3600000), "require_ack", 1);

	snprintf(n->id, sizeof(n->id), "practice-%s", id);
	n->at = now;
	n->doc = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	commit_part(c, run_news, n, drop_news);
	commit_after(c, model_hub_changed);
	commit_quiet(c);
	commit_submit(m, c);
}
