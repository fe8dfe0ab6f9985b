// SPDX-License-Identifier: MIT
// Knows every way in which an agent asks, tried on the articles that come with the program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/kb/fixture.h"

struct input {
	const char *query, *id;
	size_t within; // the first so many
};

static struct fixture f;

static void check_all(const struct input *v, size_t n)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++)
		for (int effort = KB_KEYSTROKE; effort <= KB_FULL; effort++) {
			struct kb_results r = ask_all(&f, (struct kb_query){.text = v[i].query, .effort = (enum kb_effort)effort, .limit = 10});
			size_t at = 0;
			while (at < r.n && !str_eq(r.v[at].id, v[i].id))
				at++;
			if (!r.nothing_found && at < r.n && at < v[i].within)
				continue;
			bad++;
			print_message("%s: %s is not within %zu%s:", v[i].query, v[i].id, v[i].within, r.nothing_found ? ", nothing found" : "");
			for (size_t k = 0; k < r.n && k < 4; k++)
				print_message(" %s (%.2f)", r.v[k].id, r.v[k].score.total);
			print_message("\n");
		}
	arena_clear(&f.a);
	assert_int_equal(bad, 0);
}
#define CHECK(...)                                                                     \
	do {                                                                           \
		static const struct input v[] = {__VA_ARGS__};                         \
		(void)state;                                                           \
		check_all(v, sizeof(v) / sizeof(*v));                                  \
	} while (0)

static void test_one_and_two_characters(void **state)
{
	CHECK({"冻", "KB-FIN-011", 3}, {"贷", "KB-FIN-001", 3}, {"孕", "KB-AIR-023", 1}, {"氧", "KB-AIR-024", 1}, {"骗", "KB-FIN-033", 3},
	      {"骂", "KB-COM-011", 1}, {"冻结", "KB-FIN-011", 3}, {"行李", "KB-AIR-031", 1}, {"轮椅", "KB-AIR-022", 1}, {"利率", "KB-FIN-002", 1},
	      {"宕机", "KB-COM-014", 1}, {"丢件", "KB-EC-002", 1}, {"记者", "KB-COM-013", 1}, {"搭配", "KB-EC-034", 1}, {"止付", "KB-FIN-032", 1},
	      {"台风", "KB-AIR-041", 1}, {"u", "KB-AIR-021", 60}, {"话", "KB-COM-001", 60});
}

static void test_fragments(void **state)
{
	CHECK({"司法冻", "KB-FIN-013", 1}, {"提前还", "KB-FIN-004", 1}, {"长期不动", "KB-FIN-014", 1}, {"延误证", "KB-AIR-003", 1},
	      {"无人陪伴", "KB-AIR-021", 3}, {"成人陪伴", "KB-AIR-021", 1}, {"四步法", "KB-COM-002", 1}, {"话后整", "KB-COM-010", 1},
	      {"违约金", "KB-FIN-004", 1}, {"门店自提", "KB-EC-021", 1}, {"不可承诺", "KB-FIN-005", 1}, {"快递员", "KB-EC-004", 1},
	      {"贷款 进度", "KB-FIN-003", 1}, {"进度 贷款", "KB-FIN-003", 1}, {"孕妇 证明", "KB-AIR-023", 1}, {"座椅 补偿", "KB-AIR-012", 1});
}

static void test_whole_sentences(void **state)
{
	CHECK({"你好我的银行卡被冻结了我想问一下是怎么回事", "KB-FIN-011", 3}, {"我想把贷款提前还掉，要不要交违约金啊？", "KB-FIN-004", 1},
	      {"我怀孕三十三周了还能不能坐你们的飞机", "KB-AIR-023", 1}, {"我妈妈腿脚不方便，能给安排一个轮椅吗", "KB-AIR-022", 1},
	      {"买的衣服不喜欢想退掉可以吗，标签还在", "KB-EC-011", 3}, {"快递好几天都没有动了帮我查一下到底怎么回事", "KB-EC-001", 1},
	      {"我在飞机上的箱子托运过来被摔坏了要怎么登记", "KB-AIR-031", 1}, {"我刚刚被骗子骗了应该打哪个电话报警", "KB-FIN-033", 1},
	      {"有个记者打电话来采访我应该怎么回答", "KB-COM-013", 1}, {"这笔扣款不是我做的，我要提出争议，需要什么材料", "KB-FIN-034", 1},
	      {"想办个人消费贷款，申请条件与材料有哪些？", "KB-FIN-001", 1}, {"My parcel has not moved for days, what do I do", "KB-EC-001", 1},
	      {"I am pregnant, can I still travel by plane?", "KB-AIR-023", 3});
}

static void test_pinyin_initials(void **state)
{
	CHECK({"zhdj", "KB-FIN-011", 3}, {"zhdjl", "KB-FIN-011", 1}, {"tqhk", "KB-FIN-004", 1}, {"wyj", "KB-FIN-004", 3}, {"dksp", "KB-FIN-003", 1},
	      {"sfdj", "KB-FIN-013", 1}, {"ywzm", "KB-AIR-003", 1}, {"xlbzc", "KB-AIR-031", 1},
	      {"wltz", "KB-EC-001", 1}, {"jjzf", "KB-FIN-032", 1}, {"sfhy", "KB-FIN-021", 3},
	      {"tksx", "KB-EC-013", 1}, {"cqbdh", "KB-FIN-014", 1}, {"hydj", "KB-EC-022", 3}, {"hhzl", "KB-COM-010", 1});
}

static void test_full_and_mixed_pinyin(void **state)
{
	CHECK({"zhanghudongjie", "KB-FIN-011", 3}, {"zhanghu dongjie", "KB-FIN-011", 3}, {"zhang hu dong jie", "KB-FIN-011", 3},
	      {"tiqianhuankuan", "KB-FIN-004", 1}, {"tiqian huankuan", "KB-FIN-004", 1}, {"ti qian huan kuan", "KB-FIN-004", 1},
	      {"weiyuejin", "KB-FIN-004", 1}, {"lunyi", "KB-AIR-022", 1}, {"yunfu", "KB-AIR-023", 1}, {"xingli", "KB-AIR-031", 1},
	      {"tuoyunxingli", "KB-AIR-031", 1}, {"zhanghdj", "KB-FIN-011", 3}, {"tiqhk", "KB-FIN-004", 1}, {"yanwuzm", "KB-AIR-003", 1},
	      {"tuikuan shixiao", "KB-EC-013", 1}, {"tuikuanshix", "KB-EC-013", 1}, {"shenfenhy", "KB-FIN-021", 3}, {"sifa dongjie", "KB-FIN-013", 1},
	      {"huankuan", "KB-FIN-004", 1}, {"lilv", "KB-FIN-002", 1});
}

static void test_a_slip_in_english(void **state)
{
	CHECK({"acount", "KB-FIN-011", 3}, {"baggge", "KB-AIR-031", 1}, {"bagage", "KB-AIR-031", 1}, {"wheelchiar", "KB-AIR-022", 1},
	      {"wheelchaair", "KB-AIR-022", 1}, {"certficate", "KB-AIR-003", 3}, {"dormnat", "KB-FIN-014", 1}, {"pregnent", "KB-AIR-023", 1},
	      {"parcle", "KB-EC-001", 3}, {"frozem account", "KB-FIN-011", 1}, {"judical freeze", "KB-FIN-013", 1}, {"repya loan early", "KB-FIN-004", 1},
	      {"oxigen", "KB-AIR-024", 1}, {"exageration", "KB-EC-033", 1}, {"mediaton", "KB-EC-015", 1}, {"swaering caller", "KB-COM-011", 1});
}

static void test_a_homophone(void **state)
{
	CHECK({"帐户冻结", "KB-FIN-011", 3}, {"账户东结", "KB-FIN-011", 3}, {"张户冻结", "KB-FIN-011", 3}, {"提钱还款", "KB-FIN-004", 1},
	      {"违约今", "KB-FIN-004", 1}, {"航班言误正明", "KB-AIR-003", 1}, {"退活运费", "KB-EC-014", 3}, {"提前还宽", "KB-FIN-004", 1}, {"快第停滞", "KB-EC-001", 3}, {"韵妇乘机", "KB-AIR-023", 1}, {"四法冻结", "KB-FIN-013", 1},
	      {"行里不正常", "KB-AIR-031", 1}, {"退宽时效", "KB-EC-013", 1}, {"物流听滞", "KB-EC-001", 1}, {"紧急只付", "KB-FIN-032", 1});
}

static void test_traditional_and_full_width(void **state)
{
	CHECK({"帳戶凍結", "KB-FIN-011", 3}, {"賬戶被限制的五種原因", "KB-FIN-011", 1}, {"貸款年化利率", "KB-FIN-002", 1}, {"違約金", "KB-FIN-004", 1},
	      {"輪椅", "KB-AIR-022", 1}, {"航班延誤證明", "KB-AIR-003", 1}, {"無成人陪伴兒童", "KB-AIR-021", 1}, {"會員等級", "KB-EC-022", 1},
	      {"ＵＭ", "KB-AIR-021", 1}, {"ＷＣＨＲ", "KB-AIR-022", 1}, {"９６１１０", "KB-FIN-033", 1}, {"ｗｈｅｅｌｃｈａｉｒ", "KB-AIR-022", 1},
	      {"ＫＢ－ＦＩＮ－００４", "KB-FIN-004", 1}, {"ｔｉｔｌｅ：孕妇", "KB-AIR-023", 1}, {"　轮椅　", "KB-AIR-022", 1});
}

static void test_chinese_and_latin_mixed(void **state)
{
	CHECK({"儿童UM", "KB-AIR-021", 1}, {"um儿童", "KB-AIR-021", 1}, {"轮椅WCHC", "KB-AIR-022", 1}, {"wchs 轮椅", "KB-AIR-022", 1},
	      {"报警96110", "KB-FIN-033", 1}, {"投诉C4", "KB-COM-004", 1}, {"物流72小时", "KB-EC-001", 1}, {"loan 提前", "KB-FIN-004", 1},
	      {"账户 frozen", "KB-FIN-011", 1}, {"daikuan 违约金", "KB-FIN-004", 1}, {"违约金 tiqian", "KB-FIN-004", 1}, {"VIP补偿", "KB-EC-022", 1});
}

static void test_english(void **state)
{
	CHECK({"wheelchair", "KB-AIR-022", 1}, {"wheelchairs", "KB-AIR-022", 1}, {"whe", "KB-AIR-022", 3}, {"frozen account", "KB-FIN-011", 1},
	      {"repay early", "KB-FIN-004", 1}, {"repaying my loan early", "KB-FIN-004", 1}, {"Delay Certificate", "KB-AIR-003", 1},
	      {"oxygen", "KB-AIR-024", 1}, {"unaccompanied", "KB-AIR-021", 1}, {"dormant accounts", "KB-FIN-014", 1}, {"reporter", "KB-COM-013", 1},
	      {"MISSED CONNECTION", "KB-AIR-004", 1}, {"scam", "KB-FIN-033", 1}, {"stop payment", "KB-FIN-032", 1}, {"smoke", "KB-AIR-013", 1},
	      {"put on hold", "KB-COM-003", 1}, {"goodwill", "KB-EC-022", 1}, {"bundl", "KB-EC-034", 1}, {"elderly customer", "KB-FIN-041", 1});
}

static void test_synonyms_and_abbreviations(void **state)
{
	CHECK({"借钱", "KB-FIN-001", 1}, {"晚点", "KB-AIR-001", 3}, {"卡被锁", "KB-FIN-011", 1}, {"久悬户", "KB-FIN-014", 1}, {"打码", "KB-COM-007", 1},
	      {"爆仓", "KB-EC-003", 1}, {"POC", "KB-AIR-024", 1}, {"poc", "KB-AIR-024", 1}, {"VIP待遇", "KB-EC-022", 1}, {"管饭", "KB-AIR-002", 1},
	      {"轻生", "KB-COM-012", 1}, {"律师函", "KB-COM-013", 1}, {"大肚子", "KB-AIR-023", 1}, {"非自愿退改", "KB-AIR-002", 1},
	      {"小孩单飞", "KB-AIR-021", 1}, {"后悔了", "KB-EC-011", 1}, {"UM", "KB-AIR-021", 1}, {"jieqian", "KB-FIN-001", 1}, {"dama", "KB-COM-007", 3});
}

static void test_numbers_and_codes(void **state)
{
	fixture_put(&f, &(struct kb_text){.id = "T-ORDER", .title = "重复发货的订单", .body = "订单 SO-20261122-0017 与 MU-5137 航班、ADSL故障单 4008001234。"});
	CHECK({"KB-FIN-004", "KB-FIN-004", 1}, {"kb-fin-004", "KB-FIN-004", 1}, {"kb-ec-03", "KB-EC-031", 4}, {"KB-COM-0", "KB-COM-001", 20},
	      {"96110", "KB-FIN-033", 1}, {"9611", "KB-FIN-033", 1}, {"WCHC", "KB-AIR-022", 1}, {"wch", "KB-AIR-022", 1}, {"C4", "KB-COM-004", 3},
	      {"SO-20261122-0017", "T-ORDER", 1}, {"so-20261122", "T-ORDER", 1}, {"20261122", "T-ORDER", 1}, {"MU-5137", "T-ORDER", 1},
	      {"MU 5137", "T-ORDER", 1}, {"adsl", "T-ORDER", 1}, {"ADSL故障", "T-ORDER", 1}, {"4008001234", "T-ORDER", 1},
	      {"400800", "T-ORDER", 1}, {"SO-20261122-00", "T-ORDER", 1});
}

// ---- for those who know ----

// What is found, in order; "" when it is only the nearest.
static const char *ids(const char *query)
{
	const char *full = ask(&f, query, KB_FULL);

	assert_string_equal(full, ask(&f, query, KB_KEYSTROKE));
	return ask_all(&f, (struct kb_query){.text = query, .effort = KB_FULL}).nothing_found ? "" : full;
}

static void test_clauses(void **state)
{
	(void)state;
	assert_string_equal(ids("title:轮椅"), "KB-AIR-022");
	assert_string_equal(ids("title:轮椅 -WCHR"), "");
	assert_string_equal(ids("title:wheelchair"), "KB-AIR-022");
	assert_string_equal(ids("title:\"紧急止付操作\""), "KB-FIN-032");
	assert_string_equal(ids("id:KB-FIN-00"), "KB-FIN-001 KB-FIN-002 KB-FIN-003 KB-FIN-004 KB-FIN-005");
	struct kb_results r = ask_all(&f, (struct kb_query){.text = "id:KB-FIN-00 违约金", .effort = KB_KEYSTROKE});
	assert_int_equal(r.n, 5);
	assert_string_equal(r.v[0].id, "KB-FIN-004");
	for (size_t i = 0; i < r.n; i++)
		assert_true(str_starts(r.v[i].id, "KB-FIN-00"));
	assert_string_equal(ids("id:kb-air-04"), "KB-AIR-041");
	assert_string_equal(ids("category:loan.enquiry.personal id:KB-FIN-001"), "KB-FIN-001");
	assert_true(finds(&f, "\"礼貌说明并发送合规产品说明\"", KB_KEYSTROKE, "KB-FIN-001"));
	assert_string_equal(ids("\"礼貌说明并发送合规产品说明\" -贷款"), "");
	assert_string_equal(ids("“可在放款后30天内补交”"), "KB-FIN-001");
	assert_string_equal(ids("\"may not be made\""), "KB-FIN-005");
	r = ask_all(&f, (struct kb_query){.text = "category:loan", .effort = KB_KEYSTROKE});
	assert_true(r.n >= 4);
	for (size_t i = 0; i < r.n; i++)
		assert_true(str_starts(r.v[i].id, "KB-FIN-0") || str_starts(r.v[i].id, "KB-COM-"));
	// everything but
	r = ask_all(&f, (struct kb_query){.text = "-贷款", .effort = KB_WHOLE});
	assert_true(r.n > 20);
	for (size_t i = 0; i < r.n; i++)
		assert_null(strstr("KB-FIN-001 KB-FIN-002 KB-FIN-003 KB-FIN-004", r.v[i].id));
}

// A clause with one word twice, with single characters, a word of two scripts.
static void test_odd_clauses(void **state)
{
	(void)state;
	fixture_put(&f, &(struct kb_text){.id = "T-ODD-1", .title = "甲", .body = "会员权益以会员等级为准。the more the better. 壬 癸 之间。"});
	fixture_put(&f, &(struct kb_text){.id = "T-ODD-2", .title = "乙", .body = "癸与壬，4S店，a 款与 b 款，退 4 元。店在 4 S。"});
	assert_string_equal(ids("\"会员权益以会员等级\""), "T-ODD-1");
	assert_string_equal(ids("\"the more the better\""), "T-ODD-1");
	assert_string_equal(ids("\"癸与壬 4s\""), "T-ODD-2");
	assert_string_equal(ids("\"4s店\""), "T-ODD-2");
	assert_string_equal(ids("id:T-ODD -4s店"), "T-ODD-1");
	assert_string_equal(ids("id:T-ODD -退4元"), "T-ODD-1 T-ODD-2"); // no such word, though each part of it
	assert_string_equal(ids("id:T-ODD -\"会员权益以会员等级\""), "T-ODD-2");
	assert_string_equal(ids("id:T-ODD -壬癸"), "T-ODD-1 T-ODD-2");
	assert_string_equal(ids("id:T-ODD -\"壬 癸\""), "T-ODD-2");
}

static void test_nothing_found(void **state)
{
	static const struct input v[] = {
		{"\"轮椅孕妇\"", "KB-AIR-022", 3}, {"title:\"冻结账户\"", "KB-FIN-011", 3}, {"title:不存在的 轮椅", "KB-AIR-022", 3},
		{"\"delay wheelchair\"", "KB-AIR-022", 7},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct kb_results r = ask_all(&f, (struct kb_query){.text = v[i].query, .effort = KB_FULL});
		size_t at = 0;
		while (at < r.n && !str_eq(r.v[at].id, v[i].id))
			at++;
		if (!r.nothing_found || at >= v[i].within || !*r.suggestion)
			fail_msg("%s: %d, %s at %zu of %zu, \"%s\"", v[i].query, r.nothing_found, v[i].id, at, r.n, r.suggestion);
	}
	struct kb_results r = ask_all(&f, (struct kb_query){.text = "qqqqzzzz", .effort = KB_FULL});
	assert_true(r.nothing_found);
	r = ask_all(&f, (struct kb_query){.text = "饕餮", .effort = KB_FULL});
	assert_true(r.nothing_found);
	// what was meant is said
	r = ask_all(&f, (struct kb_query){.text = "wheelchiar pregnent", .effort = KB_FULL});
	assert_false(r.nothing_found);
	assert_string_equal(r.suggestion, "wheelchair pregnant");
}

static int group_setup(void **state)
{
	(void)state;
	fixture_open(&f);
	fixture_packs(&f);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_and_two_characters),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_whole_sentences),
		cmocka_unit_test(test_pinyin_initials),
		cmocka_unit_test(test_full_and_mixed_pinyin),
		cmocka_unit_test(test_a_slip_in_english),
		cmocka_unit_test(test_a_homophone),
		cmocka_unit_test(test_traditional_and_full_width),
		cmocka_unit_test(test_chinese_and_latin_mixed),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_synonyms_and_abbreviations),
		cmocka_unit_test(test_clauses),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_numbers_and_codes),
		cmocka_unit_test(test_odd_clauses),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
