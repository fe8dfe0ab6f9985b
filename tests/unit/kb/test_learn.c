// SPDX-License-Identifier: MIT
// Knows what learning promises: the set of phrasings decides and nothing else, nothing personal is kept, nobody alone takes
// over, and what is withdrawn is as if it had never been.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sqlite3.h>

#include "kb/check.h"
#include "kb/fuse.h"
#include "kb/learned.h"
#include "tests/unit/kb/fixture.h"

// ---- a base and how to ask it ----

static const struct {
	const char *article, *text;
} lessons[] = {
	{"KB-FIN-002", "我的卡被锁了怎么解开"},	  {"KB-FIN-002", "钱转不出去，提示账户异常"},
	{"KB-FIN-002", "工资卡突然不能用了"},	  {"KB-FIN-002", "why can't I use my account any more"},
	{"KB-FIN-002", "my account was blocked"},	  {"KB-FIN-003", "卡丢了怎么办"},
	{"KB-FIN-003", "钱包被偷了里面有银行卡"},	  {"KB-FIN-003", "I lost my card yesterday"},
	{"KB-FIN-003", "my wallet was stolen with the card in it"}, {"KB-FIN-004", "想提前把贷款还清"},
	{"KB-FIN-004", "早还款要罚钱吗"},		  {"KB-FIN-004", "can I pay my loan back early"},
	{"KB-AIR-001", "飞机晚点了赔不赔钱"},	  {"KB-AIR-001", "登机口说要等四个小时"},
	{"KB-AIR-001", "my flight is four hours late"}, {"KB-AIR-002", "箱子没有到"},
	{"KB-AIR-002", "行李转盘上没有我的箱子"},	  {"KB-AIR-002", "my suitcase did not arrive"},
	{"KB-EC-001", "东西不喜欢能退吗"},	  {"KB-EC-001", "穿着不合适想退掉"},
	{"KB-EC-002", "快递三天没动了"},		  {"KB-EC-002", "my parcel has been stuck for days"},
};
enum { LESSONS = sizeof(lessons) / sizeof(*lessons) };

static const char *const questions[] = {
	"卡锁了怎么解", "my card was stolen yesterday", "提前还清贷款要钱吗", "飞机晚点四个小时", "箱子没到", "快递没动", "my acount was bloked",
	"不合适可以退吗", "钱",
};
enum { QUESTIONS = sizeof(questions) / sizeof(*questions) };

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	fixture_open(f);
	fixture_fill(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

static const char *teach(struct fixture *f, const char *article, const char *text, const char *call, const char *agent)
{
	struct kb_lesson l = {.article = article, .text = text, .call = call, .agent = agent,
			      .source = call ? KB_BY_CALL : KB_BY_FILE, .at = FIXTURE_NOW};
	enum kb_learned_what what;
	char id[KB_PHRASING_ID];
	struct err e = {0};

	if (!kb_learn(f->kb, &l, &what, id, &e))
		fail_msg("%s: %s", text, e.msg);
	return arena_strdup(&f->a, id);
}

static void teach_all(struct fixture *f)
{
	for (size_t i = 0; i < LESSONS; i++)
		teach(f, lessons[i].article, lessons[i].text, NULL, "editor");
}

static struct kb_hints hints_for(struct fixture *f, const char *text)
{
	struct kb_hints h;
	struct err e = {0};

	if (!kb_learned_rank(f->kb, text, KB_FULL, NULL, 0, &h, &e))
		fail_msg("%s: %s", text, e.msg);
	return h;
}

static const char *id_of(struct fixture *f, int64_t no)
{
	struct err e = {0};
	sqlite3_stmt *st = kb_stmt(f->kb, "SELECT id FROM article WHERE no = ?", &e);
	int at = 0;

	kb_bind_int(st, &at, no);
	assert_int_equal(kb_step(f->kb, st, &e), KB_ROW);
	const char *id = arena_strndup(&f->a, kb_col(st, 0).p, kb_col(st, 0).n);
	sqlite3_reset(st);
	return id;
}

static const char *first_for(struct fixture *f, const char *text)
{
	struct kb_hints h = hints_for(f, text);

	return h.n ? id_of(f, h.v[0].no) : "";
}

// Everything the ranking says of all questions, bit by bit.
static const char *said(struct fixture *f)
{
	const char *out = "";

	for (size_t i = 0; i < QUESTIONS; i++) {
		struct kb_hints h = hints_for(f, questions[i]);
		out = arena_printf(&f->a, "%s%s: %a %a", out, questions[i], h.nearness, h.trust);
		for (size_t k = 0; k < h.n; k++)
			out = arena_printf(&f->a, "%s %s %a %a %u %u", out, id_of(f, h.v[k].no), h.v[k].score, h.v[k].share,
					   h.v[k].agents, h.v[k].near);
		out = arena_printf(&f->a, "%s\n", out);
	}
	return out;
}

static int64_t forget(struct fixture *f, struct kb_phrasing_filter by, bool again)
{
	struct err e = {0};
	int64_t n;

	if (!kb_forget(f->kb, &by, again, "editor", &n, &e))
		fail_msg("%s", e.msg);
	return n;
}

static struct kb_phrasing *list(struct fixture *f, struct kb_phrasing_filter by, size_t *n)
{
	struct kb_phrasing *v;
	struct err e = {0};

	if (!kb_phrasings(f->kb, &by, 0, &v, n, &f->a, &e))
		fail_msg("%s", e.msg);
	return v;
}

// ---- ranking ----

static void test_finds_what_was_said(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(first_for(f, "卡锁了怎么解开"), "");
	teach_all(f);
	assert_string_equal(first_for(f, "卡锁了怎么解开"), "KB-FIN-002");
	assert_string_equal(first_for(f, "登机口要等多久"), "KB-AIR-001");
	assert_string_equal(first_for(f, "how do I pay the loan back"), "KB-FIN-004");
	// words nobody said, but nearly
	assert_string_equal(first_for(f, "my suitcse"), "KB-AIR-002");
	assert_string_equal(first_for(f, "my parc"), "KB-EC-002");
	// traditional and full width are the same
	assert_string_equal(first_for(f, "飛機晚點"), "KB-AIR-001");
	struct kb_hints near = hints_for(f, "my flight is four hours late"), far = hints_for(f, "总部地址");
	assert_true(near.nearness > 0.99 && near.trust > 0.5);
	assert_true(far.trust < 0.2);
}

static void test_words_of_no_phrasing_give_nothing(void **state)
{
	struct fixture *f = *state;

	teach_all(f);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(hints_for(f, (const char *[]){"", "？！", "qqqq"}[i]).n, 0);
}

static void test_titles_take_part(void **state)
{
	struct fixture *f = *state;
	struct kb_hints h;
	struct err e = {0};
	struct kb_title t = {.no = 9, .title = "录音告知"}; // the ninth of the fixture

	teach(f, "KB-FIN-002", "卡被锁了没有告知", NULL, "editor");
	teach(f, "KB-FIN-001", "录音在哪里听", NULL, "editor");
	assert_true(kb_learned_rank(f->kb, "录音告知", KB_FULL, &t, 1, &h, &e));
	assert_int_equal(h.n, 3);
	assert_string_equal(id_of(f, h.v[0].no), "KB-COM-001");
	// what titles say is not what phrasings say
	assert_true(h.trust < h.v[0].score / 2);
	assert_null(kb_hint_phrasing(f->kb, &h.v[0]));
	assert_non_null(kb_hint_phrasing(f->kb, &h.v[1]));
}

static void meant(struct fixture *f, const char *typed, const char *word)
{
	struct kb_learned *l;
	struct err e = {0};

	assert_true(kb_learned_get(f->kb, &l, &e));
	uint32_t at = lp_meant(l, sv(typed));
	if (!at != !word || (at && l->words.v[at - 1].key != lp_raw_key(sv(word))))
		fail_msg("%s is not %s", typed, word ? word : "nothing");
}

static void test_slips(void **state)
{
	struct fixture *f = *state;
	static const char *const typed[] = {"walet", "walllet", "wallrt", "walelt", "wallet", "allet"};

	teach_all(f);
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
		if (i != 4) // no slip of itself
			meant(f, typed[i], "wallet");
		assert_string_equal(first_for(f, arena_printf(&f->a, "%s in the", typed[i])), "KB-FIN-003");
	}
	// two edits, too short, not only letters
	for (size_t i = 0; i < 6; i++)
		meant(f, (const char *[]){"wqlltt", "xalletx", "ca", "wa1let", "w\xc3\xa4llet", ""}[i], NULL);
	meant(f, "crd", "card");
	// the letters exchanged are likelier than one missed, and what is said more often than what is not
	teach(f, "KB-COM-001", "the form and its word", NULL, "editor");
	teach(f, "KB-COM-002", "a letter from the bank", NULL, "editor");
	meant(f, "fomr", "form");
	meant(f, "frmo", "from");
	meant(f, "frxm", "from");
	teach(f, "KB-COM-001", "the farm and a farm", NULL, "editor");
	meant(f, "fxrm", "farm");
	const char *id = teach(f, "KB-COM-001", "my form your form each form", NULL, "editor");
	meant(f, "fxrm", "form");
	forget(f, (struct kb_phrasing_filter){.id = id}, false);
	meant(f, "fxrm", "farm");
}

static void test_words_of_articles_are_no_slips(void **state)
{
	struct fixture *f = *state;
	struct kb_text t = *fixture_text(3);

	teach(f, "KB-FIN-003", "my card please", NULL, "editor");
	teach(f, "KB-COM-002", "nothing but a care", NULL, "editor");
	struct kb_hints slip = hints_for(f, "cardd please"), right = hints_for(f, "card please"), word;
	assert_true(slip.n == right.n && slip.nearness == right.nearness && slip.v[0].score == right.v[0].score);
	t.title = "cardd";
	fixture_put(f, &t);
	word = hints_for(f, "cardd please");
	assert_true(word.nearness < slip.nearness);
}

// ---- the set decides ----

static void shuffle(int *v, int n, uint64_t *seed)
{
	for (int i = n - 1; i > 0; i--) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		int k = (int)((*seed >> 33) % (uint64_t)(i + 1)), t = v[i];
		v[i] = v[k];
		v[k] = t;
	}
}

// Some go and come back on the way, some that are not in the set come and go; a question in between must not matter.
static void teach_in_order(struct fixture *f, const int *order, uint64_t seed)
{
	for (int i = 0; i < LESSONS; i++) {
		const char *id = teach(f, lessons[order[i]].article, lessons[order[i]].text, NULL, "editor");
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if (seed >> 62 == 0) {
			forget(f, (struct kb_phrasing_filter){.id = id}, false);
			if (seed >> 61 & 1)
				hints_for(f, "my card");
			forget(f, (struct kb_phrasing_filter){.id = id}, true);
		} else if (seed >> 62 == 1) {
			id = teach(f, "KB-COM-002", arena_printf(&f->a, "他很生气 my card 箱子 %d", i), NULL, "editor");
			forget(f, (struct kb_phrasing_filter){.id = id}, false);
		}
	}
}

static void test_any_order(void **state)
{
	struct fixture *f = *state;
	int order[LESSONS];
	uint64_t seed = 7;

	for (int i = 0; i < LESSONS; i++)
		order[i] = i;
	teach_all(f);
	for (int round = 0; round < 12; round++) {
		struct fixture g;
		fixture_open(&g);
		fixture_fill(&g);
		shuffle(order, LESSONS, &seed);
		teach_in_order(&g, order, seed);
		assert_string_equal(said(&g), said(f));
		fixture_close(&g);
	}
}

static void test_undo_is_exact(void **state)
{
	struct fixture *f = *state;

	teach_all(f);
	const char *before = said(f);
	for (size_t i = 0; i + 1 < QUESTIONS; i++) { // the last is too short to be learned
		const char *id = teach(f, "KB-COM-002", questions[i], NULL, "editor");
		assert_string_not_equal(said(f), before);
		assert_int_equal(forget(f, (struct kb_phrasing_filter){.id = id}, false), 1);
		assert_string_equal(said(f), before);
	}
	// the other way round
	struct kb_phrasing *v;
	size_t n;
	v = list(f, (struct kb_phrasing_filter){.article = "kb-fin-002", .in_force = true}, &n);
	assert_int_equal(n, 5);
	assert_int_equal(forget(f, (struct kb_phrasing_filter){.article = "KB-FIN-002"}, false), 5);
	assert_string_not_equal(said(f), before);
	assert_int_equal(forget(f, (struct kb_phrasing_filter){.article = "KB-FIN-002"}, true), 5);
	assert_string_equal(said(f), before);
	assert_int_equal(forget(f, (struct kb_phrasing_filter){.id = v[0].id}, true), 0);
}

// What is loaded from the image, with and without rows behind it, or from the rows when it is damaged, is the same.
static void test_image(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	teach_all(f);
	const char *before = said(f);
	assert_true(kb_begin(f->kb, &e) && kb_learned_save(f->kb, true, &e) && kb_commit(f->kb, &e));
	assert_string_equal(said(f), before);
	for (int round = 0; round < 3; round++) {
		kb_close(f->kb);
		f->kb = NULL;
		assert_true(kb_open(&f->kb, f->path, KB_WRITE, &f->clock, NULL, &e));
		assert_string_equal(said(f), before);
		if (round == 0) {
			const char *id = teach(f, "KB-COM-002", "箱子 my account", NULL, "editor");
			forget(f, (struct kb_phrasing_filter){.id = id}, false);
			assert_string_equal(said(f), before);
		} else if (round == 1) {
			assert_true(kb_exec(f->kb, "UPDATE kb_phrasing_image SET d = CAST(substr(d, 1, length(d) - 4) || x'ffffffff' AS BLOB)", &e));
		}
	}
}

// Articles that come with long lists leave an image behind, as learning from calls does.
static void test_image_of_lists(void **state)
{
	enum { MANY = 200 };
	struct fixture *f = *state;
	struct kb_text t = *fixture_text(2);
	const char *list[MANY];
	struct err e = {0};
	int at = 0;

	for (int i = 0; i < MANY; i++)
		list[i] = arena_printf(&f->a, "卡丢了 %c%c card", 'a' + i % 26, 'a' + i / 26);
	t.phrasings = (struct kb_list){list, MANY};
	fixture_put(f, &t);
	sqlite3_stmt *st = kb_stmt(f->kb, "SELECT count(*) FROM kb_phrasing_image WHERE id = ?", &e);
	kb_bind_int(st, &at, 1);
	assert_int_equal(kb_step(f->kb, st, &e), KB_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 1);
	sqlite3_reset(st);
	const char *before = said(f);
	kb_close(f->kb);
	f->kb = NULL;
	assert_true(kb_open(&f->kb, f->path, KB_WRITE, &f->clock, NULL, &e));
	assert_string_equal(said(f), before);
}

static void test_damaged_images(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};
	uint64_t seed = 3;

	teach_all(f);
	assert_true(kb_begin(f->kb, &e) && kb_learned_save(f->kb, true, &e) && kb_commit(f->kb, &e));
	for (int i = 0; i < 300; i++) {
		char *sql;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		sql = sqlite3_mprintf("UPDATE kb_phrasing_image SET d = CAST(substr(d, 1, %d %% length(d)) || x'%02x' || substr(d, "
				      "%d %% length(d) + 2) AS BLOB)", (int)(seed >> 40), (unsigned)(seed >> 32 & 255), (int)(seed >> 40));
		assert_true(kb_exec(f->kb, sql, &e));
		sqlite3_free(sql);
		kb_learned_free(f->kb->learned);
		f->kb->learned = NULL;
		said(f); // whatever it says, it must not read outside of its arrays
		arena_clear(&f->a);
	}
}

// ---- what is kept ----

static void test_nothing_personal(void **state)
{
	struct fixture *f = *state;
	static const char *const secrets[] = {"13812345678", "5678", "110105194912310021", "6222020200112230", "2230", "zhang.san@example.com", "example", "20261122000177", "483920"};
	size_t n;

	teach(f, "KB-FIN-002", "我的手机13812345678，身份证11010519491231002X 账户冻结了", "c1", "a1");
	teach(f, "KB-FIN-002", "卡号 6222 0202 0011 2230 被锁，邮箱zhang.san@example.com", "c2", "a1");
	teach(f, "KB-FIN-002", "订单20261122000177 验证码是483920 怎么解冻", "c3", "a1");
	struct kb_phrasing *v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-002", .call = NULL}, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(secrets) / sizeof(*secrets); k++)
			if (strstr(v[i].text, secrets[k]))
				fail_msg("%s in %s", secrets[k], v[i].text);
	// nor in any column
	struct err e = {0};
	sqlite3_stmt *st = kb_stmt(f->kb, "SELECT count(*) FROM kb_phrasing WHERE folded GLOB '*[0-9][0-9][0-9][0-9]*'", &e);
	assert_int_equal(kb_step(f->kb, st, &e), KB_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 0);
	sqlite3_reset(st);
	assert_string_equal(first_for(f, "账户冻结了"), "KB-FIN-002");
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"", " ", "？", "13812345678", "啊", "！！！"};
	enum kb_learned_what what;
	struct err e = {0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){0};
		assert_false(kb_learn(f->kb, &(struct kb_lesson){.article = "KB-FIN-002", .text = bad[i]}, &what, NULL, &e));
		assert_int_equal(e.code, ERR_PARSE);
	}
	assert_false(kb_learn(f->kb, &(struct kb_lesson){.article = "KB-NONE", .text = "卡被锁了"}, &what, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	int64_t n;
	assert_false(kb_forget(f->kb, &(struct kb_phrasing_filter){.in_force = true}, false, "", &n, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(kb_forget(f->kb, &(struct kb_phrasing_filter){.id = "P0"}, false, "", &n, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void test_names(void **state)
{
	struct fixture *f = *state;
	char a[KB_PHRASING_ID], b[KB_PHRASING_ID];
	size_t n;

	// folding and the case of the article make no difference; another call, article or text does
	kb_phrasing_id(a, "KB-FIN-002", "卡被鎖了 WHY", "");
	kb_phrasing_id(b, "kb-fin-002", "卡被锁了，why?", NULL);
	assert_string_equal(a, b);
	assert_int_equal(strlen(a), KB_PHRASING_ID - 1);
	kb_phrasing_id(b, "KB-FIN-002", "卡被锁了 why", "c1");
	assert_string_not_equal(a, b);
	kb_phrasing_id(b, "KB-FIN-003", "卡被锁了 why", "");
	assert_string_not_equal(a, b);
	// released: a station must find the names of an older one
	kb_phrasing_id(a, "KB-FIN-002", "卡被锁了", "c1");
	assert_string_equal(a, "Pg8tbjysrewd9dc6");
	assert_string_equal(teach(f, "kb-fin-002", "卡被锁了", "c1", "a1"), a);
	assert_string_equal(teach(f, "KB-FIN-002", "卡被锁了!", "c1", "a2"), a);
	struct kb_phrasing *v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-002", .call = "c1"}, &n);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].agent, "a1");
	assert_string_equal(v[0].article, "KB-FIN-002");
	assert_int_equal(v[0].at, FIXTURE_NOW);
}

static void test_the_earlier_teacher_stays(void **state)
{
	struct fixture *f = *state;
	size_t n;

	for (int order = 0; order < 2; order++) {
		for (int i = 0; i < 2; i++) {
			bool first = (i == 0) == (order == 0);
			enum kb_learned_what what;
			struct err e = {0};
			struct kb_lesson l = {.article = order ? "KB-FIN-003" : "KB-FIN-002", .text = first ? "卡被锁了" : "卡被锁了！", .call = "c1",
					      .agent = first ? "a1" : "a2", .at = FIXTURE_NOW + (first ? 0 : 5)};
			assert_true(kb_learn(f->kb, &l, &what, NULL, &e));
			assert_int_equal(what, i == 0 ? KB_LEARNED : KB_KNOWN);
		}
		struct kb_phrasing *v = list(f, (struct kb_phrasing_filter){.article = order ? "KB-FIN-003" : "KB-FIN-002", .call = "c1"}, &n);
		assert_int_equal(n, 1);
		assert_string_equal(v[0].agent, "a1");
		assert_string_equal(v[0].text, "卡被锁了");
	}
}

static void test_caps(void **state)
{
	struct fixture *f = *state;
	struct kb_phrasing_counts c;
	struct kb_phrasing *v;
	struct err e = {0};
	size_t n;

	for (int i = 0; i < 10; i++)
		teach(f, "KB-FIN-003", arena_printf(&f->a, "第%d种说法 calls", i), "one", "a1");
	assert_true(kb_phrasing_counts_get(f->kb, &c, &e));
	v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-003"}, &n);
	assert_int_equal(n, 10);
	int counted = 0;
	for (size_t i = 0; i < n; i++)
		counted += v[i].counts;
	assert_int_equal(counted, KB_CAP_CALL);
	// when one goes, the next one counts
	for (size_t i = 0; i < n; i++)
		if (v[i].counts) {
			forget(f, (struct kb_phrasing_filter){.id = v[i].id}, false);
			break;
		}
	v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-003", .in_force = true}, &n);
	counted = 0;
	for (size_t i = 0; i < n; i++)
		counted += v[i].counts;
	assert_int_equal(n, 9);
	assert_int_equal(counted, KB_CAP_CALL);
	for (int i = 0; i < 40; i++)
		teach(f, "KB-FIN-004", arena_printf(&f->a, "第%d种说法", i), arena_printf(&f->a, "call-%d", i), "a1");
	v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-004"}, &n);
	counted = 0;
	for (size_t i = 0; i < n; i++)
		counted += v[i].counts;
	assert_int_equal(counted, KB_CAP_AGENT);
}

static void test_withdrawn_articles_are_no_hints(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	teach_all(f);
	assert_string_equal(first_for(f, "my flight is late"), "KB-AIR-001");
	assert_true(kb_exec(f->kb, "UPDATE article SET state = 'hidden' WHERE id = 'KB-AIR-001'", &e));
	assert_string_not_equal(first_for(f, "my flight is late"), "KB-AIR-001");
	assert_true(kb_exec(f->kb, "UPDATE article SET state = 'published', effective_to = 5 WHERE id = 'KB-AIR-001'", &e));
	assert_string_not_equal(first_for(f, "my flight is late"), "KB-AIR-001");
	assert_true(kb_exec(f->kb, "UPDATE article SET effective_to = 0 WHERE id = 'KB-AIR-001'", &e));
	assert_string_equal(first_for(f, "my flight is late"), "KB-AIR-001");
}

static void test_an_articles_own_list(void **state)
{
	struct fixture *f = *state;
	struct kb_text t = *fixture_text(2);
	const char *first[] = {"卡掉在出租车上了", "找不到我的卡"}, *then[] = {"找不到我的卡"};
	int64_t changed;
	struct err e = {0};
	size_t n;

	t.phrasings = (struct kb_list){first, 2};
	fixture_put(f, &t);
	assert_string_equal(first_for(f, "掉在出租车上"), "KB-FIN-003");
	struct kb_phrasing *v = list(f, (struct kb_phrasing_filter){.article = "KB-FIN-003", .in_force = true}, &n);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].source, KB_BY_TEXT);
	// it is the author's: nobody else takes it out
	assert_false(kb_forget(f->kb, &(struct kb_phrasing_filter){.id = v[0].id}, false, "x", &changed, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_int_equal(forget(f, (struct kb_phrasing_filter){.article = "KB-FIN-003"}, false), 0);
	t.phrasings = (struct kb_list){then, 1};
	fixture_put(f, &t);
	assert_string_equal(first_for(f, "掉在出租车上"), "");
	assert_string_equal(first_for(f, "找不到卡"), "KB-FIN-003");
	// the texts of the base are enough to have them again
	assert_true(kb_exec(f->kb, "DELETE FROM kb_phrasing", &e));
	assert_true(kb_reindex(f->kb, &e));
	assert_string_equal(first_for(f, "找不到卡"), "KB-FIN-003");
	assert_string_equal(first_for(f, "没有工作能贷款吗"), "KB-FIN-001");
}

// ---- who may move what ----

static void test_misleading(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};
	size_t n;

	const char *bad = teach(f, "KB-COM-002", "我要投诉快递", NULL, "a1");
	teach(f, "KB-EC-002", "快递不动我要投诉", NULL, "a2");
	double before = hints_for(f, "我要投诉快递").v[0].score, now;
	assert_string_equal(first_for(f, "我要投诉快递"), "KB-COM-002");
	for (int i = 0; i < 8; i++)
		assert_true(kb_phrasing_seen(f->kb, bad, false, &e));
	now = hints_for(f, "我要投诉快递").v[0].score;
	assert_true(now < before);
	assert_string_equal(first_for(f, "我要投诉快递"), "KB-EC-002");
	struct kb_phrasing *v = list(f, (struct kb_phrasing_filter){.id = bad}, &n);
	assert_int_equal(v[0].shown, 8);
	assert_true(v[0].weight > 0.33 && v[0].weight < 0.34); // (0 + 4) / (8 + 4)
	for (int i = 0; i < 40; i++)
		assert_true(kb_phrasing_seen(f->kb, bad, true, &e));
	assert_string_equal(first_for(f, "我要投诉快递"), "KB-COM-002");
	for (int i = 0; i < 3000; i++)
		assert_true(i % 50 || kb_phrasing_seen(f->kb, bad, false, &e));
	v = list(f, (struct kb_phrasing_filter){.id = bad}, &n);
	assert_true(v[0].weight >= 0.1 && v[0].weight < 1);
}

static void test_is_title(void **state)
{
	(void)state;
	assert_true(kb_is_title("账户冻结了怎么办？", "账户冻结了怎么办"));
	assert_true(kb_is_title(" 賬戶凍結了怎麼辦 ", "账户冻结了怎么办"));
	assert_true(kb_is_title("LOST  card", "Lost card"));
	assert_false(kb_is_title("账户冻结", "账户冻结了怎么办"));
	assert_false(kb_is_title("", ""));
	assert_false(kb_is_title("？", "！"));
}

static void test_fuse(void **state)
{
	(void)state;
	struct kb_hints h = {.v = {{.no = 2, .score = 0.8, .share = 1}}, .n = 1, .nearness = 0.6, .trust = 0.8};
	struct kb_fused v[3] = {{.no = 1, .factor = 1, .text = 10}, {.no = 3, .factor = 1, .text = 9}, {.no = 2, .factor = 1, .text = 2}};

	// little of the query is in any text: the phrasings decide
	assert_true(fabs(kb_fuse(v, 3, &h, 0) - 0.8) < 1e-9);
	assert_int_equal(v[0].no, 2);
	assert_int_equal(v[1].no, 1);
	// the best text holds every word and the phrasings say little of the query: they are only a hint
	h.trust = 0.4;
	struct kb_fused w[3] = {{.no = 1, .factor = 1, .text = 10}, {.no = 3, .factor = 1, .text = 9}, {.no = 2, .factor = 1, .text = 2}};
	assert_true(fabs(kb_fuse(w, 3, &h, 1) - 0.32) < 1e-9);
	assert_int_equal(w[0].no, 1);
	// trusted ones come before it all the same: that is the rule since the weights were chosen on the tuning parts
	h.trust = 0.8;
	assert_true(fabs(kb_fuse(w, 3, &h, 1) - 0.64) < 1e-9);
	assert_int_equal(w[0].no, 2);
	// the less the text holds, the more they weigh, never more than all; nearly the query itself weighs more than any cover
	for (int c = 0; c < 10; c++)
		assert_true(kb_fuse(w, 3, &h, c / 10.0) > kb_fuse(w, 3, &h, (c + 1) / 10.0));
	h.nearness = 0.95;
	assert_true(kb_fuse(w, 3, &h, 1) == 1);
	h.nearness = 0.6;
	// what holds the article back (stale, another category) holds back its phrasings too
	struct kb_fused stale[2] = {{.no = 1, .factor = 1, .text = 10}, {.no = 2, .factor = 0.1, .text = 1}};
	kb_fuse(stale, 2, &h, 1);
	assert_int_equal(stale[0].no, 1);
	// no phrasings: nothing moves, whatever the scores
	struct kb_fused u[3] = {{.no = 1, .factor = 1, .text = 1}, {.no = 3, .factor = 1, .text = 1}, {.no = 2, .factor = 1, .text = 1}};
	assert_true(kb_fuse(u, 3, &(struct kb_hints){0}, 0) == 0);
	assert_true(u[0].no == 1 && u[1].no == 3 && u[2].no == 2);
	assert_true(kb_hint_missing(u, 2, &h.v[0]) && !kb_hint_missing(u, 3, &h.v[0]));
}

// The title's article as a text search would give it, and all others a little behind.
static const char *fused_first(struct fixture *f, const char *query)
{
	struct kb_hints h;
	struct kb_fused v[FIXTURE_ARTICLES];
	struct kb_title t[KB_TITLES];
	struct err e = {0};

	for (int i = 0; i < FIXTURE_ARTICLES; i++) {
		v[i] = (struct kb_fused){.no = i + 1, .factor = 1, .text = kb_is_title(query, fixture_text(i)->title) ? 10 : 6,
					 .own_title = kb_is_title(query, fixture_text(i)->title)};
		if (i < KB_TITLES)
			t[i] = (struct kb_title){i + 1, fixture_text(i)->title};
	}
	assert_true(kb_learned_rank(f->kb, query, KB_FULL, t, KB_TITLES, &h, &e));
	kb_fuse(v, FIXTURE_ARTICLES, &h, 1);
	return id_of(f, v[0].no);
}

// One agent with any number of calls, one call with any number of agents, one file, the first two together: none moves an
// article off its title.
static void test_one_noisy_caller(void **state)
{
	(void)state;
	enum { AGENT = 1, CALL = 2, OF_FILE = 4 };
	static const int who[] = {AGENT, CALL, OF_FILE, AGENT | CALL};

	for (size_t w = 0; w < 4; w++)
		for (int i = 0; i < 7; i++) {
			struct fixture g;
			fixture_open(&g);
			fixture_fill(&g);
			const char *title = fixture_text(i)->title, *wrong = fixture_text((i + 3) % FIXTURE_ARTICLES)->id;
			for (int k = 0; k < 12; k++) {
				const char *text = k % 3 ? arena_printf(&g.a, "%s %d", title, k) : title;
				if (who[w] & AGENT)
					teach(&g, wrong, text, arena_printf(&g.a, "call-%d", k), "loud");
				if (who[w] & CALL)
					teach(&g, wrong, text, "long call", arena_printf(&g.a, "agent-%d", k));
				if (who[w] & OF_FILE)
					teach(&g, wrong, text, NULL, "loud");
			}
			assert_string_equal(fused_first(&g, title), fixture_text(i)->id);
			fixture_close(&g);
		}
}

static void test_several_callers_may(void **state)
{
	struct fixture *f = *state;
	const char *title = fixture_text(1)->title;

	for (int k = 0; k < 4; k++) {
		assert_string_equal(fused_first(f, title), k < KB_INDEPENDENT ? "KB-FIN-002" : "KB-COM-002");
		teach(f, "KB-COM-002", title, arena_printf(&f->a, "call-%d", k), arena_printf(&f->a, "agent-%d", k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_finds_what_was_said),
		T(test_words_of_no_phrasing_give_nothing),
		T(test_titles_take_part),
		T(test_slips),
		T(test_words_of_articles_are_no_slips),
		T(test_any_order),
		T(test_undo_is_exact),
		T(test_image),
		T(test_image_of_lists),
		T(test_damaged_images),
		T(test_nothing_personal),
		T(test_refused),
		T(test_names),
		T(test_the_earlier_teacher_stays),
		T(test_caps),
		T(test_withdrawn_articles_are_no_hints),
		T(test_an_articles_own_list),
		T(test_misleading),
		T(test_is_title),
		T(test_fuse),
		T(test_one_noisy_caller),
		T(test_several_callers_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
