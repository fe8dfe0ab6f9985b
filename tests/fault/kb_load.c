// SPDX-License-Identifier: MIT
// Knows a load on the knowledge base, and what must be there after it.
#include "tests/fault/kb_load.h"

#include "kb/check.h"
#include "kb/deed.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "kb/search.h"
#include "src/desk/role.h"

enum { MANY = 80 }; // of one transaction: more than go in without the way of an import

enum kind { PUBLISH, PUBLISH_MANY, WITHDRAW, LEARN, VOTE, MERGE, REINDEX };

static uint32_t mix(unsigned i, unsigned salt)
{
	uint64_t x = (uint64_t)i * 0x9e3779b97f4a7c15u + salt * 0xc2b2ae3d27d4eb4fu;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return (uint32_t)(x >> 32);
}

static enum kind kind_of(unsigned i)
{
	uint32_t r = mix(i, 1) % 32;

	if (r < 14)
		return PUBLISH;
	if (r < 15)
		return PUBLISH_MANY;
	if (r < 18)
		return WITHDRAW;
	if (r < 20)
		return LEARN;
	if (r < 22)
		return VOTE;
	return i % 61 ? MERGE : REINDEX;
}

static unsigned article_of(unsigned i)
{
	return mix(i, 2) % KB_LOAD_ARTICLES;
}

static void id_of(unsigned n, char out[16])
{
	snprintf(out, 16, "T-%03u", n);
}

// ---- doing ----

// The word own<i>x<n> is in this text alone.
static bool publish(struct kb *kb, unsigned i, unsigned n, struct err *e)
{
	char id[16];
	struct str title = {0}, body = {0};
	enum kb_put what;

	id_of(n, id);
	str_addf(&title, "第%u条账户冻结的办法 own%ux%u", n, i, n);
	for (uint32_t k = mix(i, n) % 12; k > 0; k--)
		str_addf(&body, "退货运费由谁承担 word%u 以第%u次为准。\n", mix(i, k) % 200, k);
	bool ok = kb_put(kb, &(struct kb_text){.id = id, .title = str_z(&title), .body = str_z(&body)}, &what, e);
	str_release(&title);
	str_release(&body);
	return ok;
}

static bool publish_many(struct kb *kb, unsigned i, struct err *e)
{
	if (!kb_begin(kb, e))
		return false;
	for (unsigned k = 0; k < MANY; k++)
		if (!publish(kb, i, k % KB_LOAD_ARTICLES, e)) {
			kb_rollback(kb);
			return false;
		}
	return kb_commit(kb, e);
}

static bool learn(struct kb *kb, unsigned i, const char *id, struct err *e)
{
	char text[40], call[24];
	enum kb_learned_what what;

	snprintf(text, sizeof(text), "customer said %u", i);
	snprintf(call, sizeof(call), "C%u", i);
	return kb_learn(kb, &(struct kb_lesson){.article = id, .text = text, .call = call, .agent = "A", .source = KB_BY_CALL}, &what, NULL, e);
}

static bool vote(struct kb *kb, unsigned i, const char *id, struct err *e)
{
	char op[40], by[24];

	snprintf(op, sizeof(op), "00000000-0000-7000-8000-%012u", i);
	snprintf(by, sizeof(by), "A%u", i);
	return kb_do(kb, &(struct kb_deed){.verb = KB_DO_VOTE_UP, .op = op, .by = by, .roles = USER_BIT(USER_AGENT), .id = id}, NULL, e);
}

static bool merge(struct kb *kb, unsigned i, struct err *e)
{
	bool more = true;

	for (uint32_t k = 1 + mix(i, 3) % 12; more && k > 0; k--)
		if (!kb_merge(kb, &more, e))
			return false;
	return true;
}

bool kb_load_do(struct kb *kb, struct kb_load *l, struct err *e)
{
	unsigned i = l->next, n = article_of(i);
	bool ok = true;
	char id[16];

	id_of(n, id);
	switch (kind_of(i)) {
	case PUBLISH:
		ok = publish(kb, i, n, e);
		break;
	case PUBLISH_MANY:
		ok = publish_many(kb, i, e);
		break;
	case WITHDRAW:
		ok = !l->text[n] || kb_set_state(kb, id, l->shown[n] ? KB_HIDDEN : KB_PUBLISHED, e);
		break;
	case LEARN:
		ok = !l->text[n] || learn(kb, i, id, e);
		break;
	case VOTE:
		ok = !l->text[n] || !l->shown[n] || vote(kb, i, id, e);
		break;
	case MERGE:
		ok = merge(kb, i, e);
		break;
	case REINDEX:
		ok = kb_reindex(kb, e);
		break;
	}
	if (ok)
		kb_load_skip(l);
	return ok;
}

// ---- what must be there ----

static void now_is(struct kb_load *l, unsigned n)
{
	l->text[n] = l->next + 1;
	l->shown[n] = true;
}

void kb_load_skip(struct kb_load *l)
{
	unsigned n = article_of(l->next);

	switch (kind_of(l->next)) {
	case PUBLISH:
		now_is(l, n);
		break;
	case PUBLISH_MANY:
		for (n = 0; n < KB_LOAD_ARTICLES; n++)
			now_is(l, n);
		break;
	case WITHDRAW:
		l->shown[n] = l->text[n] && !l->shown[n];
		break;
	case LEARN:
		l->learned = l->text[n] ? l->next + 1 : l->learned;
		break;
	case VOTE:
		l->votes[n] += l->text[n] && l->shown[n];
		break;
	case MERGE:
	case REINDEX:
		break;
	}
	l->next++;
}

static char wrong[400];

static void say(void *arg, const char *msg)
{
	(void)arg;
	snprintf(wrong, sizeof(wrong), "%s", msg);
}

static const char *because(const char *id, const char *what)
{
	snprintf(wrong, sizeof(wrong), "%s: %s", id, what);
	return wrong;
}

static const char *article_wrong(struct kb *kb, const struct kb_load *l, unsigned n, struct arena *a)
{
	char id[16], own[32];
	struct kb_article art;
	struct kb_results r;
	struct err e = {0};

	id_of(n, id);
	bool there = kb_article_get(kb, id, 0, &art, a, &e);
	if (!there && e.code != ERR_NOT_FOUND)
		return because(id, e.msg);
	if (there != (l->text[n] > 0))
		return because(id, there ? "is there" : "is not there");
	if (!there)
		return NULL;
	snprintf(own, sizeof(own), "own%ux%u", l->text[n] - 1, n);
	if (!strstr(art.cur.text.title, own))
		return because(id, "is another text");
	if ((art.state == KB_PUBLISHED) != l->shown[n])
		return because(id, "is in another state");
	if (art.votes_up != (int)l->votes[n])
		return because(id, "has other votes");
	if (!kb_search(kb, &(struct kb_query){.text = own, .effort = KB_WHOLE}, &r, a, &e))
		return because(id, e.msg);
	if ((r.n == 1 && str_eq(r.v[0].id, id)) != l->shown[n] || (r.n > 0) != l->shown[n])
		return because(id, l->shown[n] ? "is not found" : "is found");
	return NULL;
}

static const char *lesson_wrong(struct kb *kb, const struct kb_load *l, struct arena *a)
{
	struct kb_phrasing *v;
	struct err e = {0};
	char call[24];
	size_t n;

	snprintf(call, sizeof(call), "C%u", l->learned - 1);
	if (!kb_phrasings(kb, &(struct kb_phrasing_filter){.call = call}, 0, &v, &n, a, &e))
		return because(call, e.msg);
	return n == 1 ? NULL : because(call, "is not learned");
}

const char *kb_load_wrong(struct kb *kb, const struct kb_load *l)
{
	struct kb_check_report r = {0};
	struct arena a = {0};
	struct err e = {0};
	const char *out = NULL;

	if (!kb_check(kb, say, NULL, &r, &e))
		return because("check", e.msg);
	if (r.problems)
		return wrong;
	for (unsigned n = 0; n < KB_LOAD_ARTICLES && !out; n++) {
		out = article_wrong(kb, l, n, &a);
		arena_clear(&a);
	}
	if (!out && l->learned)
		out = lesson_wrong(kb, l, &a);
	arena_release(&a);
	return out;
}
