// SPDX-License-Identifier: MIT
// Knows what is promised of articles that live: drafts apart from versions, two people for every publication, deeds that count
// once, flags, and uncovered cases until somebody answered them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/export.h"
#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/gap.h"
#include "kb/watch.h"
#include "src/desk/role.h"
#include "tests/unit/kb/fixture.h"

#define AG USER_BIT(USER_AGENT)
#define KE USER_BIT(USER_KB_EDITOR)
#define SV USER_BIT(USER_SUPERVISOR)
#define DAY_MS INT64_C(86400000)

static struct kb_article get(struct fixture *f, const char *id, int ver)
{
	struct kb_article art;
	struct err e = {0};

	if (!kb_article_get(f->kb, id, ver, &art, &f->a, &e))
		fail_msg("%s", e.msg);
	return art;
}

static struct kb_next draft(struct fixture *f, const char *id)
{
	struct kb_next d;
	struct err e = {0};

	if (!kb_drafts_get(f->kb, id, NULL, &d, &f->a, &e))
		fail_msg("%s", e.msg);
	return d;
}

static void done(struct fixture *f, struct kb_deed d)
{
	struct err e = {0};

	if (!kb_do(f->kb, &d, NULL, &e))
		fail_msg("%s by %s: %s", kb_verb_code(d.verb), d.by, e.msg);
}

static void refused(struct fixture *f, struct kb_deed d, enum err_code code)
{
	struct err may = {0}, e = {0};

	assert_false(kb_may(f->kb, &d, &may));
	if (kb_do(f->kb, &d, NULL, &e))
		fail_msg("%s by %s was not refused", kb_verb_code(d.verb), d.by);
	assert_int_equal(e.code, code);
	assert_string_equal(may.msg, e.msg); // what the screen says beforehand is what the writer says
}

static const char *doc(struct fixture *f, const char *id, const char *title, const char *body)
{
	return kb_to_json(&(struct kb_text){.id = id, .title = title, .body = body, .type = "faq", .lang = "zh", .audience = "agent"}, &f->a);
}

static int64_t problems(struct fixture *f)
{
	struct kb_check_report rep;
	struct err e = {0};

	assert_true(kb_check(f->kb, NULL, NULL, &rep, &e));
	return rep.problems;
}

// A new article from the first word to its second version: at no time can the one who wrote it publish it.
static void test_the_life_of_a_draft(void **state)
{
	struct fixture f;
	struct kb_done ended;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	const char *first = doc(&f, "KB-N-1", "外币怎么兑换", "先核验。");
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-N-1", .doc = doc(&f, "KB-N-1", "外币", "")});
	assert_int_equal(draft(&f, "KB-N-1").state, KB_WIP);
	// the second save must know the first
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-N-1", .doc = first}, ERR_CONFLICT);
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-N-1", .doc = first, .rev = 1, .complete = true});
	assert_int_equal(draft(&f, "KB-N-1").state, KB_DRAFT);
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-N-1", .doc = first, .rev = 1}, ERR_CONFLICT);
	// no article yet, no result, nothing to approve
	assert_false(kb_article_get(f.kb, "KB-N-1", 0, &(struct kb_article){0}, &f.a, &e));
	assert_false(finds(&f, "外币兑换", KB_WHOLE, "KB-N-1"));
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE, .id = "KB-N-1"}, ERR_DENIED);
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = "KB-N-1", .note = "新条目"});
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-N-1", .doc = first, .rev = 2}, ERR_DENIED);
	// author is not approver, whatever roles the author has; agents approve nothing
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "a", .roles = AG | KE | SV, .id = "KB-N-1"}, ERR_DENIED);
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "b", .roles = AG, .id = "KB-N-1"}, ERR_DENIED);
	refused(&f, (struct kb_deed){.verb = KB_DO_RETURN, .by = "s", .roles = SV, .id = "KB-N-1"}, ERR_USAGE); // why?
	done(&f, (struct kb_deed){.verb = KB_DO_RETURN, .by = "s", .roles = SV, .id = "KB-N-1", .note = "缺话术"});
	assert_string_equal(draft(&f, "KB-N-1").reply, "缺话术");
	// the editor who helps becomes a writer too
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "k", .roles = KE, .id = "KB-N-1", .doc = first, .rev = 2});
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = "KB-N-1"});
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE, .id = "KB-N-1"}, ERR_DENIED);
	assert_true(kb_do(f.kb, &(struct kb_deed){.verb = KB_DO_APPROVE, .by = "s", .roles = SV, .id = "KB-N-1"}, &ended, &e));
	assert_int_equal(ended.ver, 1);
	struct kb_article art = get(&f, "KB-N-1", 0);
	assert_int_equal(art.state, KB_PUBLISHED);
	assert_false(art.has_next);
	assert_string_equal(art.cur.text.author, "a");
	assert_string_equal(art.cur.text.approver, "s");
	assert_string_equal(art.cur.text.note, "新条目");
	assert_true(finds(&f, "外币兑换", KB_WHOLE, "KB-N-1"));
	// a next text beside the published one
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "kb-n-1", .base_ver = 1,
				  .doc = doc(&f, "KB-N-1", "外币怎么兑换", "先核验，再查汇率。")});
	art = get(&f, "KB-N-1", 0);
	assert_true(art.has_next && art.next_state == KB_WIP && art.state == KB_PUBLISHED && art.cur.ver == 1);
	refused(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = "KB-N-1"}, ERR_USAGE); // what changes?
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = "KB-N-1", .note = "补汇率"});
	done(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE, .id = "KB-N-1"});
	assert_int_equal(get(&f, "KB-N-1", 0).cur.ver, 2);
	assert_string_equal(get(&f, "KB-N-1", 1).cur.text.body, "先核验。");
	assert_int_equal(get(&f, "KB-N-1", 1).latest, 2);
	assert_int_equal(problems(&f), 0);
	fixture_close(&f);
}

static void test_drafts_that_may_not_be_published(void **state)
{
	struct fixture f;
	enum kb_put what;
	struct err e = {0};
	struct kb_text t;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	t = *fixture_text(1); // KB-FIN-002
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = t.id, .base_ver = 1, .doc = kb_to_json(&t, &f.a)});
	refused(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = t.id, .note = "n"}, ERR_DENIED); // says the same
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = t.id, .base_ver = 1, .rev = 1,
				  .doc = doc(&f, t.id, " ", "x")});
	refused(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = t.id, .note = "n"}, ERR_PARSE); // no title
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = t.id, .base_ver = 1, .rev = 2,
				  .doc = doc(&f, t.id, "账户冻结", "新")});
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = t.id, .note = "n"});
	// an import was faster: the approver must not lose what it brought
	t.body = "导入的新文本";
	assert_true(kb_put(f.kb, &t, &what, &e));
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE, .id = t.id}, ERR_CONFLICT);
	done(&f, (struct kb_deed){.verb = KB_DO_RETURN, .by = "a", .roles = AG, .id = t.id}); // taken back: no reason asked
	refused(&f, (struct kb_deed){.verb = KB_DO_DISCARD, .by = "b", .roles = AG, .id = t.id}, ERR_DENIED);
	done(&f, (struct kb_deed){.verb = KB_DO_DISCARD, .by = "a", .roles = AG, .id = t.id});
	assert_false(get(&f, t.id, 0).has_next);
	// a bad id, a bad document
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "a b", .doc = "{}"}, ERR_PARSE);
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "A", .doc = "{"}, ERR_PARSE);
	fixture_close(&f);
}

static void test_who_sees_a_draft(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_next *rows, one;
	size_t n;
	const struct kb_viewer author = {"a", AG, false}, other = {"b", AG, false}, shared = {"b", AG, true}, editor = {"k", KE, false},
			       super = {"s", SV, false};
	const struct kb_viewer *see[] = {&author, &shared, &editor}, *not[] = {&other, &super};

	(void)state;
	fixture_open(&f);
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "N-1", .doc = doc(&f, "N-1", "标题", "文")});
	for (size_t i = 0; i < 3; i++) {
		assert_true(kb_drafts_get(f.kb, "N-1", see[i], &one, &f.a, &e));
		assert_true(kb_drafts_list(f.kb, see[i], &rows, &n, &f.a, &e));
		assert_int_equal(n, 1);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_false(kb_drafts_get(f.kb, "N-1", not[i], &one, &f.a, &e));
		assert_int_equal(e.code, ERR_DENIED);
		assert_true(kb_drafts_list(f.kb, not[i], &rows, &n, &f.a, &e));
		assert_int_equal(n, 0);
	}
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "a", .roles = AG, .id = "N-1"});
	assert_true(kb_drafts_get(f.kb, "N-1", &super, &one, &f.a, &e)); // who approves must read
	assert_false(kb_drafts_get(f.kb, "N-1", &other, &one, &f.a, &e));
	fixture_close(&f);
}

// domain.md §2.5: for every deed, which single role may try it (the state is right for all of them).
static void test_rights(void **state)
{
	static const struct {
		enum kb_verb verb;
		unsigned may;
	} want[] = {
		{KB_DO_SAVE, AG | KE | SV | USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_QA) | USER_BIT(USER_TRAINER)},
		{KB_DO_APPROVE, KE | SV},
		{KB_DO_RETIRE, KE | SV},
		{KB_DO_HIDE, SV},
		{KB_DO_CONFIRM, KE},
		{KB_DO_FLAG, KE | SV},
		{KB_DO_VOTE_UP, AG | KE | SV | USER_BIT(USER_TEAM_LEAD) | USER_BIT(USER_QA) | USER_BIT(USER_TRAINER) | USER_BIT(USER_ADMIN)},
		{KB_DO_GAP_ACCEPT, KE},
		{KB_DO_GAP_REJECT, KE},
	};
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "x", .roles = AG, .id = "N-1", .doc = doc(&f, "N-1", "标题", "文")});
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "x", .roles = AG, .id = "N-1"});
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "x", .roles = AG, .query = "没有的"});
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		for (int r = 0; r < USER_ROLES; r++) {
			struct err e = {0};
			struct kb_deed d = {.verb = want[i].verb, .by = "who", .roles = USER_BIT(r), .note = "n", .doc = "{\"title\":\"t\"}", .gap = 1,
					    .id = want[i].verb == KB_DO_APPROVE ? "N-1" : want[i].verb == KB_DO_SAVE ? "N-2" : "KB-EC-001"};
			bool may = kb_may(f.kb, &d, &e), should = want[i].may & USER_BIT(r);
			if (may != should)
				fail_msg("%s as %s: %s", kb_verb_code(d.verb), user_role_code((enum user_role)r), may ? "allowed" : e.msg);
			if (!may)
				assert_int_equal(e.code, ERR_DENIED);
		}
	fixture_close(&f);
}

static void test_retire_hide_restore(void **state)
{
	struct fixture f;
	struct kb_log_row *rows;
	struct err e = {0};
	enum kb_state was;
	size_t n;
	int ver;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	int64_t begin = clock_wall(&f.clock);
	clock_fake_add(&f.clock, 60000);
	refused(&f, (struct kb_deed){.verb = KB_DO_RETIRE, .by = "k", .roles = KE, .id = "KB-EC-001", .other = "KB-EC-001"}, ERR_USAGE);
	refused(&f, (struct kb_deed){.verb = KB_DO_RETIRE, .by = "k", .roles = KE, .id = "KB-EC-001", .other = "NONE"}, ERR_NOT_FOUND);
	done(&f, (struct kb_deed){.verb = KB_DO_RETIRE, .by = "k", .roles = KE, .id = "KB-EC-001", .other = "KB-EC-002", .note = "合并"});
	assert_string_equal(get(&f, "KB-EC-001", 0).replaced_by, "KB-EC-002");
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_ARCHIVED);
	assert_false(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	refused(&f, (struct kb_deed){.verb = KB_DO_CONFIRM, .by = "k", .roles = KE, .id = "KB-EC-001"}, ERR_DENIED);
	// agents do not bring it back by way of a draft
	refused(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-EC-001", .base_ver = 1, .doc = "{\"title\":\"t\"}"},
		ERR_DENIED);
	clock_fake_add(&f.clock, 60000);
	done(&f, (struct kb_deed){.verb = KB_DO_RESTORE, .by = "k", .roles = KE, .id = "KB-EC-001"});
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_ARCHIVED); // until it is approved
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "k", .roles = KE, .id = "KB-EC-001"});
	refused(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE | SV, .id = "KB-EC-001"}, ERR_DENIED);
	done(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "s", .roles = SV, .id = "KB-EC-001"});
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED);
	assert_int_equal(get(&f, "KB-EC-001", 0).cur.ver, 1); // the same text is the same version
	assert_string_equal(get(&f, "KB-EC-001", 0).replaced_by, "");
	assert_true(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	clock_fake_add(&f.clock, 60000);
	refused(&f, (struct kb_deed){.verb = KB_DO_HIDE, .by = "s", .roles = SV, .id = "KB-EC-001"}, ERR_USAGE); // why?
	done(&f, (struct kb_deed){.verb = KB_DO_HIDE, .by = "s", .roles = SV, .id = "KB-EC-001", .note = "口径有误"});
	assert_false(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	done(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "k", .roles = KE, .id = "KB-EC-001"});
	assert_true(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	// all of it is told, and nothing of it can be untold
	assert_true(kb_log(f.kb, "KB-EC-001", &rows, &n, &f.a, &e));
	static const char *const verbs[] = {"retire", "restore", "submit", "approve", "hide", "approve"};
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(rows[i].verb, verbs[i]);
	assert_string_equal(rows[4].note, "口径有误");
	assert_false(kb_exec(f.kb, "UPDATE kb_log SET by = 'x'", &e));
	assert_false(kb_exec(f.kb, "DELETE FROM kb_log", &e));
	// what it was at each moment
	assert_false(kb_at(f.kb, "KB-EC-001", begin - 1, &ver, &was, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	static const enum kb_state at[] = {KB_PUBLISHED, KB_ARCHIVED, KB_PUBLISHED, KB_PUBLISHED};
	for (int i = 0; i < 4; i++) {
		assert_true(kb_at(f.kb, "KB-EC-001", begin + i * 60000, &ver, &was, &e));
		assert_int_equal(was, at[i]);
		assert_int_equal(ver, 1);
	}
	assert_int_equal(problems(&f), 0);
	fixture_close(&f);
}

// An operation that is tried again, because the other file could not be written, counts once.
static void test_a_deed_counts_once(void **state)
{
	struct fixture f;
	struct kb_done ended;
	struct kb_gap *g;
	struct err e = {0};
	size_t n;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	const struct kb_deed vote = {.verb = KB_DO_VOTE_UP, .op = "op-1", .by = "a", .roles = AG, .id = "KB-EC-001"};
	const struct kb_deed gap = {.verb = KB_DO_GAP_REPORT, .op = "op-2", .by = "a", .roles = AG, .query = "外币"};
	for (int i = 0; i < 3; i++) {
		assert_true(kb_do(f.kb, &vote, &ended, &e));
		assert_int_equal(ended.again, i > 0);
		assert_true(kb_do(f.kb, &gap, &ended, &e));
		assert_int_equal(ended.again, i > 0);
	}
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_up, 1);
	assert_true(kb_gap_list(f.kb, true, &g, &n, &f.a, &e));
	assert_int_equal(n, 1);
	assert_int_equal(g[0].occurrences, 1);
	// refused is not done: the same operation may succeed later
	struct kb_deed retire = {.verb = KB_DO_RETIRE, .op = "op-3", .by = "k", .roles = KE, .id = "KB-EC-001", .other = "KB-LATER"};
	assert_false(kb_do(f.kb, &retire, &ended, &e));
	retire.other = NULL;
	assert_true(kb_do(f.kb, &retire, &ended, &e));
	assert_false(ended.again);
	// remembered for as long as it may be tried again, then forgotten
	clock_fake_add(&f.clock, 31 * DAY_MS);
	assert_true(kb_do(f.kb, &(struct kb_deed){.verb = KB_DO_VOTE_UP, .op = "op-4", .by = "b", .roles = AG, .id = "KB-EC-002"}, NULL, &e));
	assert_true(kb_exec(f.kb, "CREATE TEMP TABLE one(v CHECK(v = 1)); INSERT INTO one SELECT count(*) FROM kb_applied", &e));
	fixture_close(&f);
}

static void test_one_vote_an_agent(void **state)
{
	struct fixture f;
	struct err e = {0};
	enum kb_put what;
	struct kb_text t;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	for (int i = 0; i < 5; i++)
		assert_true(kb_vote_of(f.kb, "KB-EC-001", "a", false, &e));
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_down, 1);
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED); // one angry agent is one vote
	assert_true(kb_vote_of(f.kb, "KB-EC-001", "a", true, &e));     // who thinks again has one vote still
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_down, 0);
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_up, 1);
	for (int i = 0; i < 4; i++) {
		char who[2] = {(char)('b' + i), 0};
		assert_true(kb_vote_of(f.kb, "KB-EC-001", who, false, &e));
	}
	struct kb_article art = get(&f, "KB-EC-001", 0);
	assert_int_equal(art.state, KB_STALE); // 4 - 1
	assert_string_equal(art.stale_why, "votes");
	assert_true(*kb_stale_words(&art, &f.a) != '\0');
	assert_true(kb_confirm_valid(f.kb, "KB-EC-001", 0, &e));
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED);
	assert_true(kb_vote_of(f.kb, "KB-EC-001", "b", false, &e)); // after the confirmation b may say no again
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_down, 5);
	t = get(&f, "KB-EC-001", 0).cur.text;
	t.body = "新的";
	assert_true(kb_put(f.kb, &t, &what, &e));
	assert_true(kb_vote_of(f.kb, "KB-EC-001", "b", true, &e)); // and on a new text everybody may
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_up, 2);
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_down, 5);
	fixture_close(&f);
}

// domain.md §4.8: what rests on a policy that changed is doubtful until an editor has read it.
static void test_a_changed_policy_makes_stale(void **state)
{
	struct fixture f;
	struct err e = {0};
	const char *rests[] = {"KB-POL-1"};
	struct kb_text policy = {.id = "KB-POL-1", .type = "policy", .title = "制度", .body = "一"};
	struct kb_text faq = {.id = "KB-F-1", .title = "问答", .body = "按制度", .policies = {rests, 1}};

	(void)state;
	fixture_open(&f);
	fixture_put(&f, &policy);
	fixture_put(&f, &faq);
	assert_false(get(&f, "KB-POL-1", 0).cur.text.must_read);
	policy.note = "only the note";
	fixture_put(&f, &policy);
	assert_int_equal(get(&f, "KB-F-1", 0).state, KB_PUBLISHED); // the same text is no change
	policy.body = "二";
	fixture_put(&f, &policy);
	struct kb_article art = get(&f, "kb-f-1", 0);
	assert_int_equal(art.state, KB_STALE);
	assert_string_equal(art.stale_why, "policy KB-POL-1");
	assert_true(finds(&f, "问答", KB_WHOLE, "KB-F-1")); // still visible
	assert_true(kb_confirm_valid(f.kb, "KB-F-1", 0, &e));
	// once it no longer rests on it, it is left alone
	faq.policies = (struct kb_list){0};
	fixture_put(&f, &faq);
	policy.body = "三";
	fixture_put(&f, &policy);
	assert_int_equal(get(&f, "KB-F-1", 0).state, KB_PUBLISHED);
	// a changed policy has to be read by everybody (§9.7)
	assert_true(kb_exec(f.kb, "CREATE TEMP TABLE one(v CHECK(v = 1)); INSERT INTO one SELECT must_read FROM article WHERE id = 'KB-POL-1'", &e));
	assert_int_equal(problems(&f), 0);
	fixture_close(&f);
}

static void test_what_asks_for_attention(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_must_read *must;
	struct kb_doubt *doubt;
	struct kb_fate fate;
	size_t n;

	(void)state;
	fixture_open(&f);
	int64_t now = clock_wall(&f.clock);
	const struct kb_text t[] = {
		{.id = "M-1", .title = "必读", .must_read = true},
		{.id = "M-2", .title = "明天起", .must_read = true, .effective_from = now + DAY_MS},
		{.id = "M-3", .title = "已过期", .must_read = true, .effective_to = now},
		{.id = "R-1", .title = "该复核", .review_due = now - 1},
		{.id = "R-2", .title = "还早", .review_due = now + DAY_MS},
		{.id = "V-1", .title = "踩了三次"},
		{.id = "O-1", .title = "旧"},
		{.id = "O-2", .title = "中"},
		{.id = "O-3", .title = "新"},
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		fixture_put(&f, &t[i]);
	for (int i = 0; i < 3; i++)
		assert_true(kb_vote(f.kb, "V-1", false, &e));
	assert_true(kb_must_reads(f.kb, &must, &n, &f.a, &e));
	assert_int_equal(n, 1);
	assert_string_equal(must[0].id, "M-1");
	assert_true(kb_doubtful(f.kb, 10, &doubt, &n, &f.a, &e));
	assert_int_equal(n, 2);
	assert_string_equal(doubt[0].id, "R-1");
	assert_string_equal(doubt[0].why, "review");
	assert_string_equal(doubt[1].why, "votes");
	assert_int_equal(doubt[1].net_down, 3);
	// the one that takes the place, also when that one was retired in its turn
	done(&f, (struct kb_deed){.verb = KB_DO_RETIRE, .by = "k", .roles = KE, .id = "O-1", .other = "O-2"});
	done(&f, (struct kb_deed){.verb = KB_DO_RETIRE, .by = "k", .roles = KE, .id = "O-2", .other = "O-3"});
	assert_true(kb_fate_of(f.kb, "O-1", &fate, &f.a, &e));
	assert_int_equal(fate.state, KB_ARCHIVED);
	assert_string_equal(fate.successor, "O-3");
	assert_string_equal(fate.successor_title, "新");
	assert_true(kb_fate_of(f.kb, "O-3", &fate, &f.a, &e));
	assert_string_equal(fate.successor, "");
	assert_false(kb_fate_of(f.kb, "O-9", &fate, &f.a, &e));
	// a circle made by two retirements and a restoration ends
	assert_true(kb_exec(f.kb, "UPDATE article SET replaced_by = 'O-1', state = 'archived' WHERE id = 'O-3'", &e));
	assert_true(kb_fate_of(f.kb, "O-1", &fate, &f.a, &e));
	fixture_close(&f);
}

static void test_quiz(void **state)
{
	struct arena a = {0};
	struct kb_quiz q;
	struct err e = {0};
	static const char *const bad[] = {"", "only a question", "q | a | b", "q | *a | *b", "q | *a", "q | a | | *b", "q|a|b|c|d|e|*f"};

	(void)state;
	assert_true(kb_quiz_parse("司法冻结能说解冻时间吗？ | 能 | *不能 | 看情况", &q, &a, &e));
	assert_string_equal(q.question, "司法冻结能说解冻时间吗？");
	assert_int_equal(q.n, 3);
	assert_int_equal(q.right, 1);
	assert_string_equal(q.option[1], "不能");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (kb_quiz_parse(bad[i], &q, &a, &e))
			fail_msg("taken: %s", bad[i]);
	arena_release(&a);
}

// ---- uncovered cases, domain.md §9.6 ----

static bool report(struct fixture *f, const char *query, const char *description, const char *category, const char *call,
		   const char *agent)
{
	struct err e = {0};

	return kb_gap_record(f->kb, &(struct kb_gap_case){.query = query, .description = description, .category = category,
							  .interaction_id = call, .agent = agent}, &e);
}

static void test_gaps_merge(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_gap *g;
	struct kb_gap_report *r;
	size_t n;

	(void)state;
	fixture_open(&f);
	assert_true(report(&f, "外币 兑换", "", "account", "i1", "A1"));
	assert_true(report(&f, "外幣，兌換", "", "loan", "i2", "A2"));
	assert_true(report(&f, "外币 兑换", "急", "account", "i3", "A1"));
	assert_true(report(&f, "", "no words", "account", "i4", "A1"));
	assert_true(kb_gap_list(f.kb, true, &g, &n, &f.a, &e));
	assert_int_equal(n, 2);
	assert_int_equal(g[0].occurrences, 3);
	assert_int_equal(g[0].reporters.n, 2);
	assert_int_equal(g[0].state, KB_GAP_NEW);
	assert_true(kb_gap_reports(f.kb, g[0].id, &r, &n, &f.a, &e));
	assert_int_equal(n, 3); // every case stays
	assert_string_equal(r[2].interaction_id, "i3");
	assert_string_equal(r[2].description, "急");
	clock_fake_add(&f.clock, 14 * DAY_MS);
	assert_true(report(&f, "外币 兑换", "", "account", "i5", "A1"));
	assert_true(kb_gap_list(f.kb, true, &g, &n, &f.a, &e));
	assert_int_equal(n, 3);
	assert_false(report(&f, " ", "", "", "", "A1"));
	assert_false(kb_gap_get(f.kb, 99, g, &f.a, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	fixture_close(&f);
}

// 2 business days, 1 from the third report on; the default week has 480 minutes a day. FIXTURE_NOW is a Sunday noon.
static void test_gap_target(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_gap g;
	int64_t monday = FIXTURE_NOW - 12 * 3600000 + DAY_MS; // 00:00 in Shanghai

	(void)state;
	fixture_open(&f);
	assert_true(report(&f, "外币", "", "", "", "A1"));
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_int_equal(g.due_at, monday + DAY_MS + 18 * 3600000); // Tuesday 18:00
	assert_true(report(&f, "外币", "", "", "", "A2"));
	assert_true(report(&f, "外币", "", "", "", "A3"));
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_int_equal(g.due_at, monday + 18 * 3600000);
	assert_false(g.overdue);
	clock_fake_add(&f.clock, 2 * DAY_MS);
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_true(g.overdue);
	// a fourth report does not move it; a draft answers it for now
	assert_true(report(&f, "外币", "", "", "", "A4"));
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_int_equal(g.due_at, monday + 18 * 3600000);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_DRAFT, .by = "k", .roles = KE, .gap = 1, .id = "N-1", .doc = "{\"title\":\"t\"}"});
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_false(g.overdue);
	assert_int_equal(g.state, KB_GAP_IN_WORK);
	fixture_close(&f);
}

static void test_a_gap_becomes_an_article(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_gap g, *told;
	struct kb_text t;
	size_t n;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "A1", .roles = AG, .query = "外币怎么兑换", .category = "account.freeze",
				  .material = "需求：想换美元\n手机 138****5678"});
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "A2", .roles = AG, .query = "外币怎么兑换"});
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_ACCEPT, .by = "k", .roles = KE, .gap = 1});
	refused(&f, (struct kb_deed){.verb = KB_DO_GAP_ACCEPT, .by = "k", .roles = KE, .gap = 1}, ERR_DENIED);
	assert_true(kb_gap_text(f.kb, 1, "N-1", "工单：外币", &t, &f.a, &e));
	assert_non_null(strstr(t.body, "> 工单：外币\n"));
	assert_null(strstr(t.body, "想换美元"));
	assert_true(kb_gap_text(f.kb, 1, "N-1", NULL, &t, &f.a, &e));
	assert_string_equal(t.title, "外币怎么兑换");
	assert_string_equal(t.lang, "zh");
	assert_non_null(strstr(t.body, "## 话术"));
	assert_non_null(strstr(t.body, "> 需求：想换美元\n> 手机 138****5678\n"));
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_DRAFT, .by = "k", .roles = KE, .gap = 1, .id = "N-1", .doc = kb_to_json(&t, &f.a)});
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_string_equal(g.article_id, "N-1");
	assert_string_equal(g.taken_by, "k");
	// what customers said must not be published
	refused(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "k", .roles = KE, .id = "N-1"}, ERR_DENIED);
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "k", .roles = KE, .id = "N-1", .rev = 1, .doc = doc(&f, "N-1", "外币怎么兑换", "答")});
	done(&f, (struct kb_deed){.verb = KB_DO_SUBMIT, .by = "k", .roles = KE, .id = "N-1"});
	assert_true(kb_gap_answered(f.kb, "A2", 0, &told, &n, &f.a, &e));
	assert_int_equal(n, 0);
	done(&f, (struct kb_deed){.verb = KB_DO_APPROVE, .by = "s", .roles = SV, .id = "N-1"});
	static const char *const who[] = {"A1", "A2"};
	for (int i = 0; i < 2; i++) {
		assert_true(kb_gap_answered(f.kb, who[i], 0, &told, &n, &f.a, &e));
		assert_int_equal(n, 1);
		assert_int_equal(told[0].state, KB_GAP_PUBLISHED);
		assert_string_equal(told[0].article_id, "N-1");
	}
	assert_true(kb_gap_answered(f.kb, "A3", 0, &told, &n, &f.a, &e));
	assert_int_equal(n, 0);
	fixture_close(&f);
}

static void test_gaps_that_end_otherwise(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_gap g, *told;
	size_t n;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "A1", .roles = AG, .query = "一"});
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "A2", .roles = AG, .query = "二"});
	refused(&f, (struct kb_deed){.verb = KB_DO_GAP_REJECT, .by = "k", .roles = KE, .gap = 1}, ERR_USAGE);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REJECT, .by = "k", .roles = KE, .gap = 1, .note = "不属于业务"});
	assert_true(kb_gap_answered(f.kb, "A1", 0, &told, &n, &f.a, &e));
	assert_int_equal(n, 1);
	assert_string_equal(told[0].reply, "不属于业务");
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_REOPEN, .by = "k", .roles = KE, .gap = 1});
	refused(&f, (struct kb_deed){.verb = KB_DO_GAP_SAME, .by = "k", .roles = KE, .gap = 2, .other = "#2"}, ERR_USAGE);
	refused(&f, (struct kb_deed){.verb = KB_DO_GAP_SAME, .by = "k", .roles = KE, .gap = 2, .other = "NONE"}, ERR_NOT_FOUND);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_SAME, .by = "k", .roles = KE, .gap = 2, .other = "#1"});
	assert_true(kb_gap_answered(f.kb, "A2", 0, &told, &n, &f.a, &e));
	assert_int_equal(n, 0); // not before the one it stands for
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_DRAFT, .by = "k", .roles = KE, .gap = 1, .id = "N-1", .doc = doc(&f, "N-1", "一", "答")});
	// giving up the draft gives the case back
	done(&f, (struct kb_deed){.verb = KB_DO_DISCARD, .by = "k", .roles = KE, .id = "N-1"});
	assert_true(kb_gap_get(f.kb, 1, &g, &f.a, &e));
	assert_int_equal(g.state, KB_GAP_ACCEPTED);
	done(&f, (struct kb_deed){.verb = KB_DO_GAP_SAME, .by = "k", .roles = KE, .gap = 1, .other = "KB-EC-001"});
	assert_true(kb_gap_answered(f.kb, "A2", 0, &told, &n, &f.a, &e));
	assert_int_equal(n, 1);
	assert_string_equal(told[0].article_id, "KB-EC-001");
	fixture_close(&f);
}

static void test_next_id(void **state)
{
	struct fixture f;
	struct err e = {0};
	const char *id;
	const char *cat[] = {"c"};

	(void)state;
	fixture_open(&f);
	assert_true(kb_next_id(f.kb, "c", &id, &f.a, &e));
	assert_string_equal(id, "KB-NEW-001");
	fixture_put(&f, &(struct kb_text){.id = "KB-FIN-009", .title = "t", .category = {cat, 1}});
	done(&f, (struct kb_deed){.verb = KB_DO_SAVE, .by = "a", .roles = AG, .id = "KB-FIN-010", .doc = "{\"title\":\"t\"}"});
	assert_true(kb_next_id(f.kb, "c", &id, &f.a, &e));
	assert_string_equal(id, "KB-FIN-011"); // 010 is taken by a draft
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_life_of_a_draft),
		cmocka_unit_test(test_drafts_that_may_not_be_published),
		cmocka_unit_test(test_who_sees_a_draft),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_retire_hide_restore),
		cmocka_unit_test(test_a_deed_counts_once),
		cmocka_unit_test(test_one_vote_an_agent),
		cmocka_unit_test(test_a_changed_policy_makes_stale),
		cmocka_unit_test(test_what_asks_for_attention),
		cmocka_unit_test(test_quiz),
		cmocka_unit_test(test_gaps_merge),
		cmocka_unit_test(test_gap_target),
		cmocka_unit_test(test_a_gap_becomes_an_article),
		cmocka_unit_test(test_gaps_that_end_otherwise),
		cmocka_unit_test(test_next_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
