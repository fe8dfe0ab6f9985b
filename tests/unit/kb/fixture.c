// SPDX-License-Identifier: MIT
// Knows a small base in a folder of its own, and how to ask it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/kb/fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "kb/import.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

const int64_t FIXTURE_NOW = 1795320000000;

#define LIST(...) {(const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)}

static const struct kb_text texts[FIXTURE_ARTICLES] = {
	{.id = "KB-FIN-001",
	 .title = "个人消费贷款需要什么条件、准备哪些材料？",
	 .title_en = "Personal loan conditions and documents",
	 .question = "想贷款要什么条件",
	 .tags = LIST("贷款", "申请条件"),
	 .synonyms = LIST("借钱", "信用贷"),
	 .phrasings = LIST("没有工作能贷款吗"),
	 .category = LIST("loan.enquiry"),
	 .body = "## 答案\n申请人须年满二十二周岁，有稳定收入。\n\n## 话术\n- 说：“我先帮您看一下条件。”\n- 不说：肯定能批\n"},
	{.id = "KB-FIN-002",
	 .title = "账户冻结了怎么办",
	 .title_en = "What to do when an account is frozen",
	 .question = "卡突然用不了，转不出去",
	 .synonyms = LIST("限制交易", "止付"),
	 .category = LIST("account.freeze"),
	 .body = "先核实身份，再查冻结原因。司法冻结须由办案机关解除，银行不能直接解冻。"},
	{.id = "KB-FIN-003",
	 .title = "银行卡挂失",
	 .title_en = "Report a lost card",
	 .category = LIST("account.card"),
	 .body = "口头挂失五日内有效；正式挂失须本人到网点。账户冻结与挂失不同。"},
	{.id = "KB-FIN-004",
	 .title = "提前还款与违约金",
	 .title_en = "Early repayment",
	 .category = LIST("loan.repay"),
	 .body = "提前还款可能产生违约金，以合同为准。"},
	{.id = "KB-AIR-001",
	 .title = "航班延误补偿",
	 .title_en = "Delayed flights and compensation",
	 .category = LIST("travel.delay"),
	 .body = "MU5137 等航班延误四小时以上，承运人原因的补偿二百元。Passengers with delayed flights receive meals."},
	{.id = "KB-AIR-002",
	 .title = "行李丢失怎么处理",
	 .title_en = "Lost baggage",
	 .category = LIST("baggage.lost"),
	 .body = "填写 PIR-2024-07 表格。"},
	{.id = "KB-EC-001",
	 .title = "七天无理由退货",
	 .title_en = "Seven-day returns",
	 .category = LIST("return_refund.return"),
	 .body = "收到货七天内可退，包装完好。退货运费由买家承担。"},
	{.id = "KB-EC-002",
	 .title = "快递停滞四十八小时",
	 .title_en = "Parcel does not move for 48 hours",
	 .category = LIST("logistics.stuck"),
	 .body = "联系承运商核查，四十八小时无更新按丢件处理。"},
	{.id = "KB-COM-001", .title = "录音告知", .title_en = "Recording notice", .category = LIST("other"), .must_read = true,
	 .body = "通话开始时告知客户本次通话会被录音。"},
	{.id = "KB-COM-002", .title = "安抚情绪激动的客户", .title_en = "Calming an upset customer", .category = LIST("other"),
	 .body = "先倾听，再致歉。"},
};

const struct kb_text *fixture_text(int i)
{
	return &texts[i];
}

void fixture_open(struct fixture *f)
{
	struct err e = {0};

	*f = (struct fixture){0};
	utf8_init();
	snprintf(f->dir, sizeof(f->dir), "test-kb-XXXXXX"); // in the build folder, where meson starts tests
	assert_non_null(mkdtemp(f->dir));
	f->path = path_join(f->dir, "kb.db");
	clock_fake(&f->clock, FIXTURE_NOW, 0);
	if (!kb_open(&f->kb, f->path, KB_WRITE, &f->clock, NULL, &e))
		fail_msg("%s", e.msg);
}

void fixture_put(struct fixture *f, const struct kb_text *t)
{
	struct err e = {0};
	enum kb_put what;

	if (!kb_put(f->kb, t, &what, &e))
		fail_msg("%s: %s", t->id, e.msg);
}

void fixture_fill_in_order(struct fixture *f, const int *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fixture_put(f, &texts[order[i]]);
}

void fixture_fill(struct fixture *f)
{
	for (int i = 0; i < FIXTURE_ARTICLES; i++)
		fixture_put(f, &texts[i]);
}

void fixture_packs(struct fixture *f)
{
	static const char *const packs[] = {"airline", "common", "finance", "retail"};
	const char *paths[4];
	struct kb_import_report rep;
	struct err e = {0};

	for (int i = 0; i < 4; i++)
		paths[i] = arena_printf(&f->a, ZUOXI_SOURCEDIR "/config/packs/%s/kb", packs[i]);
	if (!kb_import_all(f->kb, paths, 4, &(struct kb_import_opts){0}, &rep, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(rep.bad, 0);
	assert_true(rep.added >= 50);
}

void fixture_close(struct fixture *f)
{
	DIR *d;
	struct dirent *n;

	kb_close(f->kb);
	arena_release(&f->a);
	free(f->path);
	d = opendir(f->dir);
	while (d && (n = readdir(d)))
		if (n->d_name[0] != '.') {
			char *p = path_join(f->dir, n->d_name);
			unlink(p);
			free(p);
		}
	if (d)
		closedir(d);
	rmdir(f->dir);
}

struct kb_results ask_all(struct fixture *f, struct kb_query q)
{
	struct err e = {0};
	struct kb_results r;

	if (!kb_search(f->kb, &q, &r, &f->a, &e))
		fail_msg("%s: %s", q.text, e.msg);
	return r;
}

const char *ask(struct fixture *f, const char *text, enum kb_effort effort)
{
	struct kb_results r = ask_all(f, (struct kb_query){.text = text, .effort = effort});
	const char *out = "";

	for (size_t i = 0; i < r.n; i++)
		out = arena_printf(&f->a, "%s%s%s", out, i ? " " : "", r.v[i].id);
	return out;
}

bool finds(struct fixture *f, const char *text, enum kb_effort effort, const char *id)
{
	struct kb_results r = ask_all(f, (struct kb_query){.text = text, .effort = effort});

	for (size_t i = 0; i < r.n && !r.nothing_found; i++)
		if (str_eq(r.v[i].id, id))
			return true;
	return false;
}

const char *fixture_file(struct fixture *f, const char *name, const char *text)
{
	const char *path = arena_printf(&f->a, "%s/%s", f->dir, name);
	struct err e = {0};

	if (!path_write_atomic(path, sv(text), 0600, &e))
		fail_msg("%s", e.msg);
	return path;
}
