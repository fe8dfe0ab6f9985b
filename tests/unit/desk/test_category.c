// SPDX-License-Identifier: MIT
// Knows how categories and dispositions are found.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/han.h"
#include "src/desk/category.h"
#include "src/desk/disposition.h"

static const char *freeze_words[] = {"冻结", "用不了", "Freeze"};
static const char *loan_words[] = {"贷款", "借钱"};

static void fill(struct category_tree *t)
{
	const struct category c[] = {
		{.code = "account", .zh = "账户", .en = "Account"},
		{.code = "loan", .zh = "贷款", .en = "Loans"},
		{.code = "account.freeze", .zh = "账户冻结", .en = "Account freeze", .queue = "account", .keywords = freeze_words,
			.nkeywords = 3, .red = true},
		{.code = "account.other", .zh = "账户其他问题", .en = "Account, other", .queue = "account"},
		{.code = "loan.enquiry", .zh = "贷款咨询", .en = "Loan enquiry"},
		{.code = "loan.enquiry.personal", .zh = "个人消费贷", .en = "Personal loan", .queue = "loan", .keywords = loan_words,
			.nkeywords = 2},
	};
	struct err e = {0};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++)
		assert_true(category_tree_add(t, &c[i], &e));
	assert_true(category_tree_link(t, han_initials, &e));
}

static void test_tree(void **state)
{
	struct category_tree t = {0};
	const struct category *out[8];
	struct err e = {0};
	struct str b = {0};

	(void)state;
	fill(&t);
	assert_int_equal(category_children(&t, -1, out, 8), 2);
	assert_int_equal(category_children(&t, 0, out, 8), 2);
	assert_string_equal(out[0]->code, "account.freeze");
	assert_false(category_find(&t, "loan.enquiry")->leaf);
	assert_int_equal(category_find(&t, "loan.enquiry.personal")->depth, 2);
	assert_string_equal(category_find(&t, "account.freeze")->initials, "zhdj");
	category_path(&t, category_find(&t, "loan.enquiry.personal"), &b);
	assert_non_null(strstr(str_z(&b), " > "));
	assert_false(category_tree_add(&t, &(struct category){.code = "loan", .zh = "x"}, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(category_tree_add(&t, &(struct category){.code = "Loan", .zh = "x"}, &e));
	assert_false(category_tree_add(&t, &(struct category){.code = "a..b", .zh = "x"}, &e));
	assert_true(category_tree_add(&t, &(struct category){.code = "no.branch", .zh = "x"}, &e));
	assert_false(category_tree_link(&t, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	str_release(&b);
	category_tree_release(&t);
}

// domain.md §5.1: 3 a keyword, 2 the queue, 1 the last category; never a branch.
static void test_suggest(void **state)
{
	struct category_tree t = {0};
	struct category_pick p[3];

	(void)state;
	fill(&t);
	size_t n = category_suggest(&t, sv("我的卡被冻结了用不了"), "loan", "account.other", p, 3);
	assert_int_equal(n, 3);
	assert_string_equal(p[0].category->code, "account.freeze");
	assert_int_equal(p[0].score, 6);
	assert_string_equal(p[1].category->code, "loan.enquiry.personal");
	assert_int_equal(p[1].score, 2);
	assert_int_equal(p[2].score, 1);
	n = category_suggest(&t, sv("it will FREEZE soon"), NULL, NULL, p, 3);
	assert_int_equal(n, 1);
	assert_int_equal(category_suggest(&t, sv("antifreezer"), NULL, NULL, p, 3), 0);
	assert_int_equal(category_suggest(&t, sv("你好"), NULL, NULL, p, 3), 0);
	assert_int_equal(category_suggest(&t, sv("冻结"), "account", NULL, p, 1), 1);
	assert_int_equal(p[0].score, 5);
	category_tree_release(&t);
}

static void first_is(const struct category_tree *t, const char *typed, const char *code)
{
	struct category_pick p[2];

	if (category_type_ahead(t, sv(typed), p, 2) == 0 || strcmp(p[0].category->code, code) != 0)
		fail_msg("%s does not find %s", typed, code);
}

static void test_type_ahead(void **state)
{
	struct category_tree t = {0};
	struct category_pick p[8];

	(void)state;
	fill(&t);
	first_is(&t, "zhdj", "account.freeze");
	first_is(&t, "ZHQ", "account.other");
	first_is(&t, "冻", "account.freeze");
	first_is(&t, "账户其", "account.other");
	first_is(&t, "personal", "loan.enquiry.personal");
	first_is(&t, "account.f", "account.freeze");
	first_is(&t, "借钱", "loan.enquiry.personal");
	first_is(&t, "ＦＲＥＥＺＥ", "account.freeze");
	assert_int_equal(category_type_ahead(&t, sv("xyzw"), p, 8), 0);
	assert_int_equal(category_type_ahead(&t, sv(""), p, 8), 3);
	assert_string_equal(p[0].category->code, "account.freeze");
	category_tree_release(&t);
}

static void test_dispositions(void **state)
{
	static const char *scripts[] = {"fin.loan"};
	struct disposition_set s = {0};
	const struct disposition *out[8];
	struct err e = {0};

	(void)state;
	assert_true(disposition_add(&s, &(struct disposition){.code = "RES_FIRST", .zh = "当场解决"}, &e));
	assert_true(disposition_add(&s, &(struct disposition){.code = "CB_BOOKED", .zh = "已约回访",
		.class_ = DISPOSITION_PENDING}, &e));
	assert_true(disposition_add(&s, &(struct disposition){.code = "OFFER_YES", .zh = "推荐接受",
		.class_ = DISPOSITION_SECOND}, &e));
	assert_true(disposition_add(&s, &(struct disposition){.code = "TRN_DONE", .zh = "演练结束",
		.class_ = DISPOSITION_PRACTICE}, &e));
	assert_true(disposition_add(&s, &(struct disposition){.code = "FIN_LOAN_LEAD", .zh = "贷款意向", .needs_follow_up = true,
		.scripts = scripts, .nscripts = 1}, &e));
	assert_false(disposition_add(&s, &(struct disposition){.code = "RES_FIRST", .zh = "x"}, &e));
	assert_false(disposition_add(&s, &(struct disposition){.code = "res", .zh = "x"}, &e));
	assert_int_equal(disposition_offer(&s, "fin.loan", false, out, 8), 3);
	assert_string_equal(out[0]->code, "FIN_LOAN_LEAD");
	assert_int_equal(disposition_offer(&s, NULL, true, out, 8), 4);
	assert_string_equal(out[0]->code, "RES_FIRST");
	assert_true(disposition_needs_follow_up(disposition_find(&s, "CB_BOOKED")));
	assert_true(disposition_needs_follow_up(disposition_find(&s, "FIN_LOAN_LEAD")));
	assert_false(disposition_needs_follow_up(disposition_find(&s, "RES_FIRST")));
	assert_int_equal(disposition_resolution(disposition_find(&s, "CB_BOOKED")), RESOLUTION_CALLBACK);
	assert_null(disposition_find(&s, "NO"));
	disposition_set_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree), cmocka_unit_test(test_suggest), cmocka_unit_test(test_type_ahead),
		cmocka_unit_test(test_dispositions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
