// SPDX-License-Identifier: MIT
// Knows what a contact teaches the knowledge base: closed as resolved, its caller's words become phrasings of the article that
// helped. A correction takes back what no longer holds. And which phrasing brought up an article that was not wanted.
#include "kb/phrasing.h"
#include "src/base/log.h"
#include "src/base/utf8.h"
#include "src/store/kb_event.h"
#include "src/store/outbox.h"
#include "src/work/kb_part.h"

enum { READ_MS = 5000 }; // an article left sooner did not answer anything

struct lesson {
	const char *article, *text;
};
struct learn_part {
	struct arena a;
	struct kb_writer *writer;
	struct clock clock;
	const char *op, *call, *agent;
	int64_t at;
	const char *read_only; // taught because it was read, not cited: the article, NULL else
	struct lesson v[KB_CAP_CALL];
	size_t n;
};

// ---- what the contact says

static bool taken_back(const struct contact *k, const struct event *ev)
{
	for (size_t i = 0; i < k->undone.n; i++)
		if (k->undone.v[i] == ev->seq)
			return true;
	return false;
}

// The only article that is cited, in whatever versions; NULL: none or several.
static const char *only_cite(const struct contact *k)
{
	for (size_t i = 1; i < k->cites.n; i++)
		if (strcmp(k->cites.v[i].id, k->cites.v[0].id) != 0)
			return NULL;
	return k->cites.n ? k->cites.v[0].id : NULL;
}

// The query that led to an article: the last one with results before it was opened from the list, or cited there. NULL: none did.
static const char *query_for(const struct contact *k, const char *article)
{
	const char *last = NULL, *led = NULL;
	bool opened = false;

	for (size_t i = 0; i < k->events.n; i++) {
		const struct event *ev = &k->events.v[i];
		bool of_it = strcmp(event_get(ev, "id"), article) == 0;
		if (ev->type == EV_KB_SEARCH)
			last = event_get_int(ev, "n", 0) > 0 ? event_get(ev, "q") : NULL;
		else if (ev->type == EV_KB_OPEN && of_it && event_get_int(ev, "rank", 0) > 0)
			opened = true, led = last;
		else if (ev->type == EV_KB_CITE && of_it && !taken_back(k, ev))
			return opened ? led : last;
	}
	return led;
}

// The one article that was opened from a search and stayed open long enough, where none was cited. An article whose citing was
// taken back was not the answer, so nothing is guessed then.
static const char *only_read(const struct contact *k)
{
	const char *id = NULL;

	for (size_t i = 0; i < k->events.n; i++)
		if (k->events.v[i].type == EV_KB_CITE)
			return NULL;
	for (size_t i = 0; i < k->opens.n; i++) {
		int64_t to = i + 1 < k->opens.n ? k->opens.v[i + 1].t_ms : k->last_t;
		if (to - k->opens.v[i].t_ms < READ_MS || (id && strcmp(id, k->opens.v[i].id) == 0))
			continue;
		if (id)
			return NULL;
		id = k->opens.v[i].id;
	}
	return id && query_for(k, id) ? id : NULL;
}

// Questions in the query language and numbers of articles are an agent's tools, not what a caller says.
static bool said(const char *q, const char *article)
{
	return !strchr(q, '"') && !strchr(q, ':') && q[0] != '-' && !strstr(q, " -") && strcasecmp(q, article) != 0;
}

static void cut_name(struct str *text, const char *name)
{
	struct str out = {0};
	const char *from = str_z(text), *at;

	if (!name || utf8_count(sv(name)) < 2 || !strstr(from, name))
		return;
	for (; (at = strstr(from, name)); from = at + strlen(name)) {
		str_addn(&out, from, (size_t)(at - from));
		str_addc(&out, ' ');
	}
	str_add(&out, from);
	str_release(text);
	*text = out;
}

// Who called says nothing about the question; numbers are taken out by kb_learn.
static void add(struct learn_part *p, const struct work *w, const char *article, const char *text)
{
	struct str s = {0};

	if (p->n == KB_CAP_CALL || str_empty(text))
		return;
	str_add(&s, text);
	cut_name(&s, w->card.name);
	cut_name(&s, w->contact->customer_name);
	cut_name(&s, w->contact->caller);
	p->v[p->n++] = (struct lesson){arena_strdup(&p->a, article), arena_strdup(&p->a, str_z(&s))};
	str_release(&s);
}

static void add_query(struct learn_part *p, const struct work *w, const char *article)
{
	const char *q = query_for(w->contact, article);

	if (q && said(q, article))
		add(p, w, article, q);
}

static void gather(struct learn_part *p, const struct model *m, const struct work *w)
{
	const struct contact *k = w->contact;
	const struct disposition *d = k->disposition ? disposition_find(m->world.dispositions, k->disposition) : NULL;
	const char *article = only_cite(k);

	if (!d || d->class_ != DISPOSITION_RESOLVED)
		return;
	if (!article && !k->cites.n)
		p->read_only = article = arena_strdup(&p->a, only_read(k));
	if (article) {
		add(p, w, article, contact_field(k, "base.need"));
		add(p, w, article, k->restate);
		add_query(p, w, article);
		return;
	}
	// With several answers nobody can tell which of the words asked for which; what was searched for each is known.
	for (size_t i = 0; i < k->cites.n; i++)
		add_query(p, w, k->cites.v[i].id);
}

// ---- the store thread

// By the log of what stood on the screen, where there is one: an article left at once is no answer, though nothing came after it.
static bool was_read(struct db *db, const struct learn_part *p, struct err *e)
{
	struct kb_events v = {0};
	struct arena a = {0};
	size_t n = strlen(p->read_only);
	int64_t ms = -1;
	bool ok = kb_event_of_contact(db, p->call, &v, &a, e);

	for (size_t i = 0; i < v.n; i++) {
		const char *key = v.v[i].article_version_id;
		if (strcmp(v.v[i].type, "read") == 0 && key && strncmp(key, p->read_only, n) == 0 && key[n] == '@')
			ms = (ms < 0 ? 0 : ms) + v.v[i].ms;
	}
	vec_release(&v);
	arena_release(&a);
	return ok && (ms < 0 || ms >= READ_MS);
}

// What somebody else withdrew by hand is not taught again by the same call.
static bool withdrawn_by_hand(const struct learn_part *p, const struct kb_phrasing *old, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (old[i].withdrawn_at && strcmp(old[i].id, id) == 0)
			return strcmp(old[i].withdrawn_by, p->agent) != 0;
	return false;
}

static bool teach(struct kb *kb, const struct learn_part *p, const struct lesson *l, struct err *e)
{
	struct err why = {0};
	enum kb_learned_what what;

	// Nothing left of the words, or of the article: no lesson, no failure.
	return kb_learn(kb, &(struct kb_lesson){.article = l->article, .text = l->text, .call = p->call, .agent = p->agent,
						.source = KB_BY_CALL, .at = p->at}, &what, NULL, &why) ||
	       why.code == ERR_PARSE || why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.msg);
}

static bool one_of(char (*ids)[KB_PHRASING_ID], size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

// The call teaches these and nothing else: what it taught before and does not any more is withdrawn, the rest stays untouched.
static bool settle(struct kb *kb, const struct learn_part *p, size_t n, struct kb_phrasing *old, size_t nold, struct err *e)
{
	char ids[KB_CAP_CALL][KB_PHRASING_ID];
	bool first, ok = kb_once(kb, p->op, &first, e);
	int64_t changed;

	if (!ok || !first)
		return ok;
	for (size_t i = 0; ok && i < n; i++) {
		kb_phrasing_id(ids[i], p->v[i].article, p->v[i].text, p->call);
		ok = withdrawn_by_hand(p, old, nold, ids[i]) || teach(kb, p, &p->v[i], e);
	}
	for (size_t i = 0; ok && i < nold; i++)
		if (!old[i].withdrawn_at && !one_of(ids, n, old[i].id))
			ok = kb_forget(kb, &(struct kb_phrasing_filter){.id = old[i].id}, false, p->agent, &changed, e);
	return ok;
}

static json_t *told(const struct learn_part *p, const struct kb_phrasing *v, size_t n)
{
	json_t *list = json_array(), *o;

	for (size_t i = 0; i < n; i++)
		if (!v[i].withdrawn_at)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", v[i].id, "article", v[i].article, "text", v[i].text));
	o = json_pack("{s:s, s:s, s:I, s:o}", "call", p->call, "agent", p->agent, "at", (json_int_t)p->at, "phrasings", list);
	return o;
}

// In one transaction of kb.db; *body is what the hub is told: all that the call teaches now, in the masked words that are kept.
// NULL: it never taught anything.
static bool learn(struct kb *kb, const struct learn_part *p, size_t n, json_t **body, struct err *e)
{
	struct kb_phrasing *old, *now;
	const struct kb_phrasing_filter of_call = {.call = p->call};
	struct arena a = {0};
	size_t nold, nnow;
	bool ok = kb_begin(kb, e);

	*body = NULL;
	if (!ok)
		return false;
	ok = kb_phrasings(kb, &of_call, 0, &old, &nold, &a, e) && settle(kb, p, n, old, nold, e) &&
	     kb_phrasings(kb, &of_call, 0, &now, &nnow, &a, e);
	if (ok && nnow)
		*body = told(p, now, nnow);
	if (ok)
		ok = kb_commit(kb, e);
	else
		kb_rollback(kb);
	arena_release(&a);
	return ok;
}

static bool tell(struct db *db, const struct learn_part *p, json_t *body, struct err *e)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int64_t n;
	bool ok = !text || outbox_add(db, &(struct outbox_op){.id = p->op, .k = "kb.learn", .t = "interaction", .e = p->call, .s = "kb/all",
							      .body = text, .made = clock_wall(&p->clock)}, &n, e);

	free(text);
	json_decref(body);
	return ok;
}

// Whatever is wrong with the knowledge base: the contact is closed all the same, without its lesson.
static bool run_learn(struct db *db, void *arg, struct err *e)
{
	struct learn_part *p = arg;
	struct err why = {0};
	size_t n = p->read_only && !was_read(db, p, &why) ? 0 : p->n;
	json_t *body = NULL;
	struct kb *kb = kb_writer_open(p->writer, &p->clock, &why);
	bool ok = kb && learn(kb, p, n, &body, &why);

	kb_writer_done(p->writer, ok, &why);
	if (!ok)
		log_line(LOG_WARN, "contact %s taught nothing: %s", p->call, why.msg);
	if (ok)
		return tell(db, p, body, e);
	json_decref(body);
	return true;
}

static void drop_learn(void *arg)
{
	struct learn_part *p = arg;

	arena_release(&p->a);
	free(p);
}

void commit_kb_learn(struct commit *c, struct model *m, const struct work *w)
{
	const struct contact *k = w->contact;
	struct learn_part *p;
	char id[40];

	if (k->mode != MODE_LIVE)
		return;
	p = xcalloc(1, sizeof(*p));
	gather(p, m, w);
	// A first record without a lesson changes nothing; a corrected one may have to take back what it taught.
	if (!p->n && k->versions == 1) {
		drop_learn(p);
		return;
	}
	// What still stands on the screen was read until now.
	if (p->read_only && strcmp(m->shown.contact, k->id) == 0)
		model_kb_off_screen(m);
	p->writer = work_kb_writer(m);
	p->clock = *m->clock;
	p->op = arena_strdup(&p->a, work_new_id(m, id));
	p->call = arena_strdup(&p->a, k->id);
	p->agent = arena_strdup(&p->a, m->agent_id);
	p->at = k->started_at + k->ended_t; // the same for every correction
	commit_part(c, run_learn, p, drop_learn);
}

// ---- a phrasing that misleads

struct judge_part {
	struct kb_writer *writer;
	struct clock clock;
	char op[40], phrasing[KB_PHRASING_ID];
	bool chosen;
};

static bool judge(struct kb *kb, const struct judge_part *p, struct err *e)
{
	bool first;

	if (!kb_begin(kb, e))
		return false;
	if (kb_once(kb, p->op, &first, e) && (!first || kb_phrasing_seen(kb, p->phrasing, p->chosen, e)))
		return kb_commit(kb, e);
	kb_rollback(kb);
	return false;
}

static bool run_judge(struct db *db, void *arg, struct err *e)
{
	struct judge_part *p = arg;
	struct err why = {0};
	struct kb *kb = kb_writer_open(p->writer, &p->clock, &why);
	bool ok = kb && judge(kb, p, &why);

	(void)db;
	(void)e;
	kb_writer_done(p->writer, ok, &why);
	if (!ok)
		log_line(LOG_WARN, "phrasing %s was not judged: %s", p->phrasing, why.msg);
	return true; // opening and citing do not wait for it
}

void commit_kb_concluded(struct commit *c, struct model *m, struct work *w, const char *taken)
{
	struct kb_view *v = model_kb(m, w);
	const struct kb_result *top = v->results.n ? &v->results.v[0] : NULL;
	struct judge_part *p;

	if (v->concluded || (taken && kb_row_of(v, taken) < 0))
		return;
	v->concluded = true;
	if (!top || str_empty(top->phrasing) || (w && (w->read_only || w->contact->mode != MODE_LIVE)))
		return;
	p = xcalloc(1, sizeof(*p));
	p->writer = work_kb_writer(m);
	p->clock = *m->clock;
	work_new_id(m, p->op);
	snprintf(p->phrasing, sizeof(p->phrasing), "%s", top->phrasing);
	p->chosen = taken && strcmp(taken, top->id) == 0;
	commit_part(c, run_judge, p, free);
}
