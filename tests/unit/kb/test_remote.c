// SPDX-License-Identifier: MIT
// Knows what must hold when the base follows a hub: its articles, places, displaced versions, and bases that arrive whole.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "kb/check.h"
#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/gap.h"
#include "kb/kbdb.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "kb/remote.h"
#include "kb/segment.h"
#include "src/base/path.h"
#include "src/desk/role.h"

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_open(&f);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static bool try_row(struct kb *kb, const char *id, int64_t rev, const char *doc, struct err *e)
{
	return kb_take(kb, &(struct kb_remote_row){.t = "article", .e = id, .s = "kb/all", .rev = rev, .doc = sv(doc)}, e);
}

static void take_row(const char *id, int64_t rev, const char *doc)
{
	struct err e = {0};

	if (!try_row(f.kb, id, rev, doc, &e))
		fail_msg("%s", e.msg);
}

#define HEAD "{\"id\":\"KB-R-1\",\"published_at\":1795136400000,\"doc\":{\"title\":\"蓝鲸卡挂失\","

static struct kb_article get(struct kb *kb, const char *id, int ver)
{
	struct kb_article art;
	struct err e = {0};

	if (!kb_article_get(kb, id, ver, &art, &f.a, &e))
		fail_msg("%s", e.msg);
	return art;
}

static void sound(struct kb *kb)
{
	struct kb_check_report rep = {0};
	struct err e = {0};

	if (!kb_check(kb, NULL, NULL, &rep, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(rep.problems, 0);
}

static void test_article_as_the_hub_has_it(void **state)
{
	(void)state;
	take_row("KB-R-1", 3, HEAD "\"body\":\"先核验身份\"},\"ver\":3,\"state\":\"published\"}");
	struct kb_article art = get(f.kb, "KB-R-1", 0);
	assert_int_equal(art.cur.ver, 3); // versions before it were never here
	assert_int_equal(art.state, KB_PUBLISHED);
	assert_true(finds(&f, "蓝鲸卡", KB_KEYSTROKE, "KB-R-1"));
	take_row("KB-R-1", 4, HEAD "\"body\":\"先核验身份\"},\"ver\":3,\"state\":\"hidden\"}");
	assert_false(finds(&f, "蓝鲸卡", KB_KEYSTROKE, "KB-R-1"));
	take_row("KB-R-1", 5, HEAD "\"body\":\"改为先冻结\"},\"ver\":4,\"state\":\"published\"}");
	assert_true(finds(&f, "先冻结", KB_FULL, "KB-R-1"));
	assert_string_equal(get(f.kb, "KB-R-1", 3).cur.text.body, "先核验身份"); // cited versions stay readable
	sound(f.kb);
}

static void test_an_older_revision_changes_nothing(void **state)
{
	int64_t rev;

	(void)state;
	take_row("KB-R-1", 7, HEAD "\"body\":\"新\"},\"ver\":2,\"state\":\"published\"}");
	take_row("KB-R-1", 6, HEAD "\"body\":\"旧\"},\"ver\":1,\"state\":\"published\"}");
	assert_string_equal(get(f.kb, "KB-R-1", 0).cur.text.body, "新");
	assert_true(kb_remote_rev(f.kb, "article", "KB-R-1", &rev, NULL));
	assert_int_equal(rev, 7);
}

static void test_own_versions_give_way(void **state)
{
	enum kb_put what;
	struct err e = {0};
	int64_t n;

	(void)state;
	for (int i = 0; i < 3; i++) {
		char body[32];
		snprintf(body, sizeof(body), "本地第%d稿", i + 1);
		assert_true(kb_put(f.kb, &(struct kb_text){.id = "KB-R-1", .title = "蓝鲸卡挂失", .body = body}, &what, &e));
	}
	take_row("KB-R-1", 1, HEAD "\"body\":\"总部的文本\"},\"ver\":2,\"state\":\"published\"}");
	struct kb_article art = get(f.kb, "KB-R-1", 0);
	assert_int_equal(art.cur.ver, 2);
	assert_string_equal(art.cur.text.body, "总部的文本");
	assert_string_equal(get(f.kb, "KB-R-1", 1).cur.text.body, "本地第1稿"); // before it, nothing is touched
	assert_true(kb_displaced_count(f.kb, &n, &e));
	assert_int_equal(n, 2);
	assert_false(finds(&f, "本地第3稿", KB_FULL, "KB-R-1"));
	sound(f.kb);
	// A version that was not displaced still cannot be deleted: the rule is relaxed, not gone.
	assert_false(kb_exec(f.kb, "DELETE FROM article_version WHERE id = 'KB-R-1' AND ver = 1", &e));
}

static void test_gone_is_archived_and_digest_counts_rows(void **state)
{
	int64_t rev;

	(void)state;
	take_row("KB-R-1", 1, HEAD "\"body\":\"文\"},\"ver\":1,\"state\":\"published\"}");
	take_row("KB-R-1", 2, "");
	assert_int_equal(get(f.kb, "KB-R-1", 0).state, KB_ARCHIVED);
	assert_true(kb_remote_rev(f.kb, "article", "KB-R-1", &rev, NULL));
	assert_int_equal(rev, 0);
	take_row("KB-R-9", 3, ""); // never had: fine
}

static void test_a_row_that_is_no_article_is_refused_whole(void **state)
{
	struct err e = {0};
	int64_t rev;

	(void)state;
	assert_false(try_row(f.kb, "KB-R-1", 1, "{\"id\":\"KB-R-1\",\"ver\":1,\"doc\":{\"title\":\"t\"}}", &e));
	assert_int_equal(e.code, ERR_PARSE);
	assert_non_null(strstr(e.msg, "KB-R-1"));
	assert_false(try_row(f.kb, "KB-R-1", 1, HEAD "\"body\":7.5},\"ver\":1,\"state\":\"published\"}", &e));
	assert_true(kb_remote_rev(f.kb, "article", "KB-R-1", &rev, NULL));
	assert_int_equal(rev, 0);
}

#define DRAFT(text, state, who) "\"draft\":{\"doc\":{\"title\":\"蓝鲸卡挂失\",\"body\":\"" text "\"},\"state\":\"" state "\",\"author\":\"" who \
	"\",\"writers\":[\"" who "\"],\"base_ver\":1,\"note\":\"\",\"reply\":\"\"}}"
#define PUBLISHED HEAD "\"body\":\"文\"},\"ver\":1,\"state\":\"published\""

static void test_a_draft_written_elsewhere(void **state)
{
	struct kb_next next;
	struct err e = {0};

	(void)state;
	take_row("KB-R-1", 1, PUBLISHED "," DRAFT("改一改", "in_review", "8001"));
	assert_true(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
	assert_int_equal(next.state, KB_IN_REVIEW);
	assert_string_equal(next.author, "8001");
	assert_int_equal(next.rev, 1);
	take_row("KB-R-1", 2, PUBLISHED "," DRAFT("改一改", "draft", "8001")); // returned: the same text
	assert_true(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
	assert_int_equal(next.rev, 1);
	take_row("KB-R-1", 3, PUBLISHED "," DRAFT("再改", "draft", "8001"));
	assert_true(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
	assert_int_equal(next.rev, 2); // an open editor sees that it is another text
	assert_string_equal(next.text.body, "再改");
	take_row("KB-R-1", 4, PUBLISHED "}");
	assert_false(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
}

static void test_own_writing_is_not_overwritten(void **state)
{
	struct kb_deed d = {.verb = KB_DO_SAVE, .op = "0190aaaa-0000-7000-8000-000000000002", .by = "8001", .roles = USER_BIT(USER_AGENT), .id = "KB-R-1",
			    .base_ver = 1, .doc = "{\"id\":\"KB-R-1\",\"title\":\"t\",\"body\":\"我写的\"}"};
	struct kb_next next;
	struct err e = {0};

	(void)state;
	take_row("KB-R-1", 1, PUBLISHED "}");
	assert_true(kb_do(f.kb, &d, NULL, &e));
	take_row("KB-R-1", 2, PUBLISHED "}"); // the hub knows of no draft: what is being written stays
	assert_true(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
	assert_string_equal(next.text.body, "我写的");
	assert_true(kb_take(f.kb, &(struct kb_remote_row){.t = "article", .e = "KB-R-1", .s = "kb/all", .rev = 3, .own = true,
							  .doc = sv(PUBLISHED "," DRAFT("别人的", "draft", "8002"))}, &e));
	assert_true(kb_drafts_get(f.kb, "KB-R-1", NULL, &next, &f.a, &e));
	assert_string_equal(next.text.body, "我写的"); // own operations are on their way
}

static void take_other(const char *t, const char *id, int64_t rev, const char *doc)
{
	struct err e = {0};

	if (!kb_take(f.kb, &(struct kb_remote_row){.t = t, .e = id, .s = "kb/all", .rev = rev, .doc = sv(doc)}, &e))
		fail_msg("%s", e.msg);
}

static void test_phrasings_of_others(void **state)
{
	(void)state;
	take_row("KB-R-1", 1, PUBLISHED "}");
	take_other("phrasing", "p1", 1, "{\"article\":\"KB-R-1\",\"text\":\"卡片找不见了怎么弄\",\"call\":\"c9\",\"agent_id\":\"8002\",\"withdrawn\":false}");
	assert_true(finds(&f, "卡片找不见了怎么弄", KB_FULL, "KB-R-1"));
	take_other("phrasing", "p1", 2, "{\"article\":\"KB-R-1\",\"text\":\"卡片找不见了怎么弄\",\"call\":\"c9\",\"agent_id\":\"8002\",\"withdrawn\":true}");
	assert_false(finds(&f, "卡片找不见了怎么弄", KB_FULL, "KB-R-1"));
	take_other("phrasing", "p2", 1, "{\"article\":\"KB-NOWHERE\",\"text\":\"什么都可以\",\"withdrawn\":false}"); // its article never came
}

static void test_uncovered_cases_of_others(void **state)
{
	struct kb_gap *v;
	size_t n;
	struct err e = {0};

	(void)state;
	assert_true(kb_gap_record(f.kb, &(struct kb_gap_case){.query = "外币兑换", .agent = "8001"}, &e));
	take_other("gap", "g-1", 1, "{\"query\":\"外币兑换\",\"state\":\"new\",\"occurrences\":3,\"reporters\":[\"8001\",\"8002\"],\"last_at\":5}");
	assert_true(kb_gap_list(f.kb, true, &v, &n, &f.a, &e));
	assert_int_equal(n, 1); // the own report and the hub's case are one
	assert_int_equal(v[0].occurrences, 3);
	assert_string_equal(v[0].hub, "g-1");
	take_other("gap", "g-2", 1, "{\"query\":\"停车\",\"state\":\"accepted\",\"occurrences\":1,\"reporters\":[\"8003\"],\"last_at\":6}");
	take_other("gap", "g-1", 2, "{\"query\":\"外币兑换\",\"state\":\"published\",\"occurrences\":3,\"reporters\":[\"8001\"],\"last_at\":9,\"article\":\"KB-R-1\"}");
	assert_true(kb_gap_list(f.kb, true, &v, &n, &f.a, &e));
	assert_int_equal(n, 1);
	assert_string_equal(v[0].query, "停车");
	assert_true(kb_gap_answered(f.kb, "8001", 1, &v, &n, &f.a, &e)); // who reported it hears of the answer
	assert_int_equal(n, 1);
	assert_string_equal(v[0].article_id, "KB-R-1");
}

static bool count_places(void *arg, const char *s, const struct kb_cursor *p)
{
	(void)s;
	*(int64_t *)arg += p->seq;
	return true;
}

static void test_places(void **state)
{
	struct kb_cursor p;
	int64_t sum = 0;

	(void)state;
	assert_true(kb_cursor_get(f.kb, "kb/all", &p, NULL));
	assert_int_equal(p.epoch + p.seq, 0);
	assert_true(kb_cursor_set(f.kb, "kb/all", &(struct kb_cursor){.epoch = 3, .seq = 40, .head = 44, .at = 9}, NULL));
	assert_true(kb_cursor_get(f.kb, "kb/all", &p, NULL));
	assert_int_equal(p.epoch, 3);
	assert_int_equal(p.head, 44);
	assert_true(kb_cursor_each(f.kb, count_places, &sum, NULL));
	assert_int_equal(sum, 40);
	take_row("KB-R-1", 1, HEAD "\"body\":\"文\"},\"ver\":1,\"state\":\"published\"}");
	assert_true(kb_cursor_drop(f.kb, "kb/all", true, NULL));
	assert_true(kb_cursor_get(f.kb, "kb/all", &p, NULL));
	assert_int_equal(p.seq, 0);
	assert_int_equal(get(f.kb, "KB-R-1", 0).state, KB_PUBLISHED); // articles stay readable
}

// After a restore the hub may lack what it had sent: by the head of the stream that began anew, what did not come again is gone.
static void test_a_stream_that_begins_anew(void **state)
{
	int64_t rev;

	(void)state;
	take_row("KB-R-1", 7, PUBLISHED "}");
	assert_true(kb_take(f.kb, &(struct kb_remote_row){.t = "article", .e = "KB-R-2", .s = "kb/all", .rev = 3,
							  .doc = sv("{\"id\":\"KB-R-2\",\"ver\":1,\"state\":\"published\",\"published_at\":5,\"doc\":{\"title\":\"只在备份之后\"}}")}, NULL));
	assert_true(kb_cursor_drop(f.kb, "kb/all", false, NULL));
	assert_true(kb_cursor_set(f.kb, "kb/all", &(struct kb_cursor){.epoch = 2}, NULL));
	assert_true(finds(&f, "只在备份之后", KB_FULL, "KB-R-2")); // not before the head is reached
	take_row("KB-R-1", 2, PUBLISHED "}"); // a lower revision than before the restore is in force now
	assert_true(kb_remote_rev(f.kb, "article", "KB-R-1", &rev, NULL));
	assert_int_equal(rev, 2);
	assert_true(kb_cursor_set(f.kb, "kb/all", &(struct kb_cursor){.epoch = 2, .seq = 4, .head = 4}, NULL));
	assert_int_equal(get(f.kb, "KB-R-1", 0).state, KB_PUBLISHED);
	assert_int_equal(get(f.kb, "KB-R-2", 0).state, KB_ARCHIVED);
	sound(f.kb);
}

// --- whole bases

static char *own_path(void)
{
	return path_join(f.dir, "own.db");
}

static void fill_own(struct kb *own)
{
	enum kb_put what;
	enum kb_learned_what learned;
	struct err e = {0};

	assert_true(kb_put(own, &(struct kb_text){.id = "KB-R-1", .title = "蓝鲸卡挂失", .body = "本地文本"}, &what, &e));
	assert_true(kb_put(own, &(struct kb_text){.id = "KB-OWN-1", .title = "本站停车指引", .body = "一稿"}, &what, &e));
	assert_true(kb_put(own, &(struct kb_text){.id = "KB-OWN-1", .title = "本站停车指引", .body = "二稿"}, &what, &e));
	assert_true(kb_learn(own, &(struct kb_lesson){.article = "KB-OWN-1", .text = "车停哪里合适呢", .call = "c1", .agent = "8001", .source = KB_BY_CALL}, &learned,
			     NULL, &e));
	struct kb_deed d = {.verb = KB_DO_SAVE, .op = "0190aaaa-0000-7000-8000-000000000001", .by = "8001", .roles = USER_BIT(USER_AGENT), .id = "KB-DRAFT-1",
			    .doc = "{\"id\":\"KB-DRAFT-1\",\"title\":\"草稿标题\",\"body\":\"草稿\"}"};
	if (!kb_do(own, &d, NULL, &e))
		fail_msg("%s", e.msg);
}

static void install(struct kb_installed *got, const char *segment, const char *own)
{
	struct err e = {0};

	if (!kb_segment_install(segment, own, &f.clock, NULL, got, &e))
		fail_msg("%s", e.msg);
}

static void test_a_base_arrives_whole(void **state)
{
	struct kb_segment seg;
	struct kb_installed got;
	struct err e = {0};
	struct kb *own;
	unsigned char hash[KB_SEGMENT_HASH];
	int64_t bytes;
	char *path = own_path(), *segment = path_join(f.dir, "segment");

	(void)state;
	fixture_fill(&f);
	take_row("KB-R-1", 5, HEAD "\"body\":\"总部的文本\"},\"ver\":2,\"state\":\"published\"}");
	assert_true(kb_cursor_set(f.kb, "kb/all", &(struct kb_cursor){.epoch = 1, .seq = 11, .head = 11}, &e));
	assert_true(kb_segment_write(f.kb, segment, &seg, &e));
	assert_int_equal(seg.articles, FIXTURE_ARTICLES + 1);
	assert_true(kb_segment_hash(segment, hash, &bytes, &e));
	assert_memory_equal(hash, seg.hash, sizeof(hash));
	assert_false(kb_segment_write(f.kb, segment, &seg, &e)); // never over something

	assert_true(kb_open(&own, path, KB_WRITE, &f.clock, NULL, &e));
	fill_own(own);
	kb_close(own);
	install(&got, segment, path);
	assert_int_equal(got.kept_articles, 1);
	assert_int_equal(got.kept_drafts, 1);
	assert_int_equal(got.displaced, 1);
	assert_false(path_exists(segment));

	struct kb *hub = f.kb;
	assert_true(kb_open(&f.kb, path, KB_WRITE, &f.clock, NULL, &e));
	assert_string_equal(get(f.kb, "KB-R-1", 0).cur.text.body, "总部的文本");
	assert_string_equal(get(f.kb, "KB-OWN-1", 1).cur.text.body, "一稿");
	assert_true(finds(&f, "车停哪里合适呢", KB_FULL, "KB-OWN-1"));
	struct kb_cursor p;
	assert_true(kb_cursor_get(f.kb, "kb/all", &p, &e));
	assert_int_equal(p.seq, 11);
	sound(f.kb);
	kb_close(f.kb);
	f.kb = hub;
	free(path);
	free(segment);
}

static void test_a_base_that_is_read_waits(void **state)
{
	struct kb_segment seg;
	struct kb_installed got;
	struct err e = {0};
	struct kb *own, *reader;
	char *path = own_path(), *segment = path_join(f.dir, "segment");

	(void)state;
	fixture_fill(&f);
	assert_true(kb_segment_write(f.kb, segment, &seg, &e));
	assert_true(kb_open(&own, path, KB_WRITE, &f.clock, NULL, &e));
	fill_own(own);
	kb_close(own);
	assert_true(kb_open(&reader, path, KB_READ, &f.clock, NULL, &e));
	(void)get(reader, "KB-OWN-1", 0);
	assert_false(kb_segment_install(segment, path, &f.clock, NULL, &got, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(get(reader, "KB-OWN-1", 0).cur.text.body, "二稿"); // still in force
	kb_close(reader);
	install(&got, segment, path);
	assert_int_equal(got.kept_drafts, 1);
	assert_true(kb_open(&own, path, KB_READ, &f.clock, NULL, &e));
	struct kb_log_row *log;
	size_t n;
	assert_true(kb_log(own, "KB-DRAFT-1", &log, &n, &f.a, &e));
	assert_int_equal(n, 1); // the try that failed left nothing behind
	kb_close(own);
	free(path);
	free(segment);
}

static void test_a_station_without_a_base_takes_it_as_it_is(void **state)
{
	struct kb_segment seg;
	struct kb_installed got;
	struct err e = {0};
	char *path = own_path(), *segment = path_join(f.dir, "segment");

	(void)state;
	fixture_fill(&f);
	assert_true(kb_segment_write(f.kb, segment, &seg, &e));
	install(&got, segment, path);
	unsigned char hash[KB_SEGMENT_HASH];
	int64_t bytes;
	assert_true(kb_segment_hash(path, hash, &bytes, &e)); // to the last byte
	assert_memory_equal(hash, seg.hash, sizeof(hash));
	assert_int_equal(got.articles, FIXTURE_ARTICLES);
	assert_int_equal(got.kept_articles, 0);
	assert_false(kb_segment_install(segment, path, &f.clock, NULL, &got, &e)); // an empty base is not made of nothing
	assert_int_equal(e.code, ERR_NOT_FOUND);
	free(path);
	free(segment);
}

// A process died while it was carrying over: what it left is no base, and nothing of it counts twice.
static void test_half_of_a_base_is_left_behind(void **state)
{
	struct kb_segment seg;
	struct kb_installed got;
	struct err e = {0};
	struct kb *own;
	char *path = own_path(), *segment = path_join(f.dir, "segment"), *taking = path_join(f.dir, "segment.taking");

	(void)state;
	fixture_fill(&f);
	assert_true(kb_segment_write(f.kb, segment, &seg, &e));
	assert_true(kb_open(&own, path, KB_WRITE, &f.clock, NULL, &e));
	fill_own(own);
	kb_close(own);
	assert_true(rename(segment, taking) == 0 && truncate(taking, 5000) == 0);
	assert_false(kb_segment_install(segment, path, &f.clock, NULL, &got, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND); // it is fetched again
	assert_true(kb_segment_write(f.kb, segment, &seg, &e));
	install(&got, segment, path);
	assert_int_equal(got.kept_articles, 2);
	assert_int_equal(got.kept_drafts, 1);
	assert_false(path_exists(taking));
	assert_true(kb_open(&own, path, KB_WRITE, &f.clock, NULL, &e));
	sound(own);
	kb_close(own);
	free(path);
	free(segment);
	free(taking);
}

// Articles that come without end: what is pending is merged once there is enough of it, and not before.
static void test_keeping_up(void **state)
{
	struct kb_stats stats;
	struct err e = {0};
	bool more = true;
	char id[16], title[32];

	(void)state;
	for (int i = 0; i < 2100; i++) {
		enum kb_put what;
		if (i % 50 == 0)
			assert_true(kb_begin(f.kb, &e));
		snprintf(id, sizeof(id), "KB-%d", i);
		snprintf(title, sizeof(title), "keep word%d", i % 40);
		assert_true(kb_put(f.kb, &(struct kb_text){.id = id, .title = title}, &what, &e));
		if (i % 50 == 49)
			assert_true(kb_commit(f.kb, &e));
		if (i == 999) {
			while (more)
				assert_true(kb_keep_up(f.kb, &more, &e));
			assert_true(kb_stats_get(f.kb, &stats, &e));
			assert_int_equal(stats.pending, 1000);
		}
	}
	for (more = true; more;)
		assert_true(kb_keep_up(f.kb, &more, &e));
	assert_true(kb_stats_get(f.kb, &stats, &e));
	assert_int_equal(stats.pending, 0);
	assert_true(finds(&f, "keep word7", KB_FULL, "KB-7"));
	sound(f.kb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_article_as_the_hub_has_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_older_revision_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_versions_give_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone_is_archived_and_digest_counts_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_row_that_is_no_article_is_refused_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_draft_written_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_own_writing_is_not_overwritten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_phrasings_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_uncovered_cases_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_stream_that_begins_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_base_arrives_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_of_a_base_is_left_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keeping_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_base_that_is_read_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_station_without_a_base_takes_it_as_it_is, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
