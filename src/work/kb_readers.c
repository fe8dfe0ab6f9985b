// SPDX-License-Identifier: MIT
// Knows who has read what must be read, and the receipts: version by version, once read to the end.
#include "src/base/i18n.h"
#include "src/store/kb_event.h"
#include "src/store/receipt.h"
#include "src/work/kb_part.h"

enum { RECEIPT_OPEN_MS = 3000 };

// ---- who has read what

static const struct receipt *find(const struct receipts *all, const struct kb_must_read *m, const char *agent)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].version == m->ver && strcmp(all->v[i].id, m->id) == 0 && strcmp(all->v[i].agent_id, agent) == 0)
			return &all->v[i];
	return NULL;
}

static int unread_first(const void *x, const void *y)
{
	const struct kb_reader *a = x, *b = y;
	int64_t d = (a->read_at != 0) - (b->read_at != 0);

	d = d ? d : a->published_at - b->published_at;
	d = d ? d : strcmp(a->id, b->id);
	d = d ? d : strcmp(a->agent_id, b->agent_id);
	return (d > 0) - (d < 0);
}

bool kb_readers(struct db *db, struct kb *kb, int64_t now, struct kb_reader **out, size_t *n, struct arena *a, struct err *e)
{
	struct receipts all = {0};
	struct kb_must_read *must;
	const char **agents;
	size_t n_must, n_agents;

	*out = NULL;
	*n = 0;
	if (!kb_must_reads(kb, &must, &n_must, a, e) || !kb_event_agents(db, &agents, &n_agents, a, e))
		return false;
	bool ok = receipt_list(db, "article", &all, a, e);
	*out = arena_array(a, struct kb_reader, n_must * n_agents + 1);
	for (size_t i = 0; ok && i < n_must; i++)
		for (size_t k = 0; k < n_agents; k++) {
			const struct receipt *r = find(&all, &must[i], agents[k]);
			(*out)[(*n)++] = (struct kb_reader){
				.id = must[i].id, .title = must[i].title, .title_en = must[i].title_en, .agent_id = agents[k], .ver = must[i].ver,
				.published_at = must[i].published_at, .read_at = r ? r->at : 0, .quiz = r ? (int)r->quiz : 0,
				.late = !r && now - must[i].published_at > MUST_READ_LATE_MS,
			};
		}
	if (*n)
		qsort(*out, *n, sizeof(**out), unread_first);
	vec_release(&all);
	return ok;
}

// ---- giving a receipt

struct receipt_part {
	struct receipt r;
	struct arena a;
};

static bool run_receipt(struct db *db, void *arg, struct err *e)
{
	return receipt_add(db, &((struct receipt_part *)arg)->r, e);
}

static void drop_receipt(void *arg)
{
	struct receipt_part *p = arg;

	arena_release(&p->a);
	free(p);
}

static void commit_receipt(struct commit *c, struct model *m, const char *kind, const char *id, int ver, enum receipt_quiz quiz)
{
	struct receipt_part *p = xcalloc(1, sizeof(*p));
	json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:I}", "object_kind", kind, "object_id", id, "version", ver, "agent_id", m->agent_id,
				 "at", (json_int_t)clock_wall(m->clock));

	p->r = (struct receipt){.kind = arena_strdup(&p->a, kind), .id = arena_strdup(&p->a, id), .version = ver,
				.agent_id = arena_strdup(&p->a, m->agent_id), .at = clock_wall(m->clock), .quiz = quiz};
	if (quiz != RECEIPT_NO_QUIZ)
		json_object_set_new(body, "quiz_passed", json_boolean(quiz == RECEIPT_PASSED));
	commit_part(c, run_receipt, p, drop_receipt);
	commit_outbox(c, m, "kb.receipt", "read_receipt", id, "kb/all", body);
	json_decref(body);
	commit_after(c, model_refresh_home);
}

// Articles that are not pushed need no receipt; a policy's new version is pushed without its mark.
static bool is_asked(struct model *m, const char *id, int ver, bool *asked, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);
	struct kb_must_read *must;
	struct arena a = {0};
	size_t n = 0;
	bool ok = kb && kb_must_reads(kb, &must, &n, &a, e);

	*asked = false;
	for (size_t i = 0; ok && i < n; i++)
		*asked |= must[i].ver == ver && strcasecmp(must[i].id, id) == 0;
	arena_release(&a);
	return ok;
}

bool model_kb_can_receipt(struct model *m, struct work *w, const char *id, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	bool asked, given;

	if (!str_eq(v->open_id, id) || !v->open_ver)
		return err_set(e, ERR_DENIED, _("Open the article first; the receipt is for the text you have read."));
	if (!is_asked(m, id, v->open_ver, &asked, e))
		return false;
	if (!asked)
		return err_set(e, ERR_DENIED, _("%s v%d does not ask for a receipt."), id, v->open_ver);
	if (!receipt_given(store_reader(m->store), "article", v->open_id, v->open_ver, m->agent_id, &given, e))
		return false;
	if (given)
		return err_set(e, ERR_DENIED, _("You have confirmed %s v%d already."), id, v->open_ver);
	if (!v->read_to_end)
		return err_set(e, ERR_DENIED, _("Read it to the end first: the last line has not been on the screen yet."));
	return clock_mono(m->clock) - v->open_mono >= RECEIPT_OPEN_MS ||
	       err_set(e, ERR_DENIED, _("Take a moment to read it before you confirm."));
}

bool model_kb_receipt(struct model *m, struct work *w, const char *id, bool quiz_passed, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct commit *c;
	char key[96];

	if (!model_kb_can_receipt(m, w, id, e))
		return false;
	if (v->article.cur.text.quiz.n && !quiz_passed)
		return err_set(e, ERR_DENIED, _("The questions about it come first."));
	c = commit_new(m, "kb.receipt");
	kb_version_key(key, v->open_id, v->open_ver);
	commit_kb_event(c, m, w, "receipt", NULL, 0, -1, key);
	commit_receipt(c, m, "article", v->open_id, v->open_ver, v->article.cur.text.quiz.n ? RECEIPT_PASSED : RECEIPT_NO_QUIZ);
	commit_submit(m, c);
	model_say_note(m, NOTE_INFO, _("Confirmed as read: %s v%d."), v->open_id, v->open_ver);
	return true;
}

bool model_kb_quiz_failed(struct model *m, struct work *w, const char *id, int right, struct err *e)
{
	struct kb_view *v = model_kb(m, w);
	struct commit *c;
	char key[96];

	if (!model_kb_can_receipt(m, w, id, e))
		return false;
	c = commit_new(m, "kb.quiz");
	kb_version_key(key, v->open_id, v->open_ver);
	commit_kb_event(c, m, w && !w->read_only ? w : NULL, "quiz_failed", NULL, right, -1, key);
	commit_submit(m, c);
	return true;
}

bool model_kb_gap_seen(struct model *m, int64_t gap, struct err *e)
{
	struct commit *c = commit_new(m, "kb.gap_seen");
	char id[24];

	(void)e;
	snprintf(id, sizeof(id), "%lld", (long long)gap);
	commit_receipt(c, m, "gap", id, 0, RECEIPT_NO_QUIZ);
	commit_submit(m, c);
	return true;
}
