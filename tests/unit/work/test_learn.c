// SPDX-License-Identifier: MIT
// Tests what contacts teach: whose words become phrasings of which article, masked, attributed, and taken back exactly.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <time.h>

#include "kb/check.h"
#include "kb/learn.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "src/store/interaction.h"
#include "src/store/outbox.h"
#include "tests/unit/work/desk.h"

static struct kb *open_kb(struct desk *d, enum kb_mode mode)
{
	char *path = path_join(d->dir, "kb.db");
	struct kb *kb;
	struct err e = {0};

	assert_ok(kb_open(&kb, path, mode, &d->clock, NULL, &e), e);
	free(path);
	return kb;
}

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	const struct kb_text texts[] = {
		{.id = "KB-1", .title = "账户冻结的原因与解除", .body = "先核验身份，再解释冻结原因。", .author = "甲"},
		{.id = "KB-2", .title = "转账限额", .body = "每日限额可以在柜台调整。", .author = "甲"},
		{.id = "KB-3", .title = "挂失与补卡", .body = "挂失后补卡需要七天。", .author = "甲"},
	};
	struct err e = {0};
	enum kb_put what;

	desk_start(d);
	struct kb *kb = open_kb(d, KB_WRITE);
	for (size_t i = 0; i < 3; i++)
		assert_ok(kb_put(kb, &texts[i], &what, &e), e);
	kb_close(kb);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

#define DO(call) assert_ok(call, e)

static void pass(struct desk *d, int64_t ms)
{
	store_wait_idle(d->store);
	clock_fake_add(&d->clock, ms);
}

// A call whose caller says what NEED says, with what RESTATE makes of it.
#define NEED "我是王芳，钱转不出去了，卡号6222021234567890123，电话13912345678"
#define RESTATE "客户的钱转不出去，想知道原因"

static struct work *begin(struct desk *d)
{
	struct work *w = desk_call(d, "13812345678", "王芳");
	struct err e = {0};

	DO(model_need(&d->model, w, NEED, &e));
	DO(model_restate(&d->model, w, RESTATE, true, &e));
	DO(model_classify(&d->model, w, "account.other", &e));
	return w;
}

static void find_and_cite(struct desk *d, struct work *w, const char *query, const char *article)
{
	struct err e = {0};

	model_kb_query(&d->model, w, query, true);
	assert_true(w->kb.results.n > 0);
	DO(model_kb_open(&d->model, w, article, &e));
	pass(d, 2000);
	DO(model_kb_cite(&d->model, w, article, &e));
}

static void hang_up(struct desk *d, struct work *w, const char *disposition)
{
	struct err e = {0};

	DO(model_form_set(&d->model, w, "base.solution", "已解释并指导", &e));
	DO(model_form_set(&d->model, w, "base.difficulty", "simple", &e));
	DO(model_hangup(&d->model, w, &e));
	DO(model_disposition(&d->model, w, disposition, &e));
}

// Closes the contact; id gets its number of the store.
static void save(struct desk *d, struct work *w, char id[40])
{
	struct err e = {0};

	snprintf(id, 40, "%s", w->contact->id);
	DO(model_save(&d->model, w, &e));
	store_wait_idle(d->store);
}

static size_t taught(struct desk *d, const char *call, bool in_force, struct kb_phrasing **out, struct arena *a)
{
	struct kb *kb = open_kb(d, KB_READ);
	struct err e = {0};
	size_t n;

	DO(kb_phrasings(kb, &(struct kb_phrasing_filter){.call = call, .in_force = in_force}, 0, out, &n, a, &e));
	kb_close(kb);
	return n;
}

static const struct kb_phrasing *with_text(const struct kb_phrasing *v, size_t n, const char *part)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(v[i].text, part))
			return &v[i];
	return NULL;
}

// The bodies of all kb.learn operations, one a line.
static const char *told(struct desk *d, struct arena *a)
{
	struct outbox_ops ops = {0};
	struct str s = {0};
	struct err e = {0};

	DO(outbox_list(store_reader(d->store), 0, 1000, &ops, a, &e));
	for (size_t i = 0; i < ops.n; i++)
		if (strcmp(ops.v[i].k, "kb.learn") == 0)
			str_addf(&s, "%s\n", ops.v[i].body);
	vec_release(&ops);
	const char *text = arena_strdup(a, str_z(&s));
	str_release(&s);
	return text;
}

// What phrasings say of some queries, to the last digit, and the list that comes of it.
static char *ranking(struct desk *d)
{
	static const char *const queries[] = {"钱转不出去", "转不出去了", "想知道原因", "怎么转账", "账户冻结", "挂失"};
	struct kb *kb = open_kb(d, KB_READ);
	struct str s = {0};
	struct err e = {0};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		struct arena a = {0};
		struct kb_hints h;
		struct kb_results r;
		DO(kb_learned_rank(kb, queries[i], KB_WHOLE, NULL, 0, &h, &e));
		str_addf(&s, "%s: %zu %a %a\n", queries[i], h.n, h.nearness, h.trust);
		for (size_t k = 0; k < h.n; k++)
			str_addf(&s, "  %lld %a %u %s\n", (long long)h.v[k].no, h.v[k].score, h.v[k].agents, kb_hint_phrasing(kb, &h.v[k]));
		DO(kb_search(kb, &(struct kb_query){.text = queries[i], .effort = KB_WHOLE, .snippets = KB_NO_SNIPPETS}, &r, &a, &e));
		for (size_t k = 0; k < r.n; k++)
			str_addf(&s, "  %s %a\n", r.v[k].id, r.v[k].score.total);
		arena_release(&a);
	}
	kb_close(kb);
	return str_take(&s);
}

static void a_resolved_call_teaches(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct arena a = {0};
	struct kb_phrasing *v;
	char id[40];

	find_and_cite(d, w, "转账限额", "KB-2");
	find_and_cite(d, w, "冻结", "KB-1");
	model_kb_query(&d->model, w, "后来又查了别的", true);
	hang_up(d, w, "RES_SELF");
	struct err e = {0};
	DO(model_undo(&d->model, w, &e)); // the disposition
	DO(model_disposition(&d->model, w, "RES_FIRST", &e));
	save(d, w, id);
	// several answers: only what was searched for each
	assert_int_equal(taught(d, id, true, &v, &a), 2);
	assert_string_equal(with_text(v, 2, "转账限额")->article, "KB-2");
	assert_string_equal(with_text(v, 2, "冻结")->article, "KB-1");

	w = begin(d);
	find_and_cite(d, w, "账户冻结", "KB-1");
	model_kb_query(&d->model, w, "id:KB-3", true);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), KB_CAP_CALL);
	for (size_t i = 0; i < KB_CAP_CALL; i++) {
		assert_string_equal(v[i].article, "KB-1");
		assert_string_equal(v[i].call, id);
		assert_string_equal(v[i].agent, d->model.agent_id);
		assert_int_equal(v[i].source, KB_BY_CALL);
		assert_null(strstr(v[i].text, "王芳"));
		assert_null(strstr(v[i].text, "6222"));
		assert_null(strstr(v[i].text, "139"));
	}
	assert_non_null(with_text(v, 3, "钱转不出去了"));
	assert_non_null(with_text(v, 3, RESTATE));
	assert_non_null(with_text(v, 3, "账户冻结"));
	const char *ops = told(d, &a);
	assert_non_null(strstr(ops, id));
	assert_non_null(strstr(ops, v[0].id));
	assert_null(strstr(ops, "王芳"));
	assert_null(strstr(ops, "6222"));
	assert_null(strstr(ops, "13912345678"));
	arena_release(&a);
}

static void what_teaches_nothing(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};
	struct kb_phrasing *v;
	struct err e = {0};
	char id[40];

	char *before = ranking(d);
	// not resolved
	struct work *w = begin(d);
	find_and_cite(d, w, "账户冻结", "KB-1");
	hang_up(d, w, "WRONG_NO");
	save(d, w, id);
	assert_int_equal(taught(d, id, false, &v, &a), 0);
	// the citing was taken back, though the article was read long enough
	w = begin(d);
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	pass(d, 9000);
	DO(model_kb_cite(&d->model, w, "KB-1", &e));
	DO(model_undo(&d->model, w, &e));
	assert_int_equal(w->contact->cites.n, 0);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, false, &v, &a), 0);
	// practice
	w = begin(d);
	w->contact->mode = MODE_PRACTICE;
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	pass(d, 9000);
	DO(model_kb_cite(&d->model, w, "KB-1", &e));
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, false, &v, &a), 0);
	assert_string_equal(told(d, &a), "");
	char *after = ranking(d);
	assert_string_equal(after, before);
	free(before);
	free(after);
	arena_release(&a);
}

static void show(struct desk *d, struct work *w, const char *id)
{
	struct kb_on_screen s = {.ver = 1, .opened = true, .width = 58, .height = 18, .lines = 3};

	snprintf(s.id, sizeof(s.id), "%s", id);
	model_kb_on_screen(&d->model, w, &s);
}

static void on_screen(struct desk *d, struct work *w, const char *id, int64_t ms)
{
	show(d, w, id);
	pass(d, ms);
	model_kb_on_screen(&d->model, w, NULL);
}

// Nothing cited: the one article that was read, if it was the only one and a search had led to it.
static void what_was_read_teaches(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};
	struct kb_phrasing *v;
	struct err e = {0};
	char id[40];

	struct work *w = begin(d);
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	pass(d, 5000);
	DO(model_kb_open(&d->model, w, "KB-2", &e)); // a glance
	pass(d, 1000);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 3);
	assert_string_equal(v[0].article, "KB-1");

	w = begin(d); // two were read
	model_kb_query(&d->model, w, "账户冻结 转账 限额", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	pass(d, 5000);
	DO(model_kb_open(&d->model, w, "KB-2", &e));
	pass(d, 5000);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 0);

	w = begin(d); // opened without a search: the need alone had been looked up, and that list is gone
	model_kb_query(&d->model, w, "", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	pass(d, 6000);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 0);

	w = begin(d); // nothing came after it, but it left the screen at once
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	on_screen(d, w, "KB-1", 1500);
	model_kb_close(&d->model, w);
	pass(d, 60000);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 0);

	w = begin(d); // seen twice, long enough together
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	on_screen(d, w, "KB-1", 2500);
	on_screen(d, w, "KB-1", 2500);
	pass(d, 60000);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 3);

	w = begin(d); // and it still stands there when the record is saved
	model_kb_query(&d->model, w, "账户冻结", true);
	DO(model_kb_open(&d->model, w, "KB-1", &e));
	on_screen(d, w, "KB-1", 1000);
	show(d, w, "KB-1");
	pass(d, 8000);
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 3);
	arena_release(&a);
}

static struct work *correct(struct desk *d, const char *id)
{
	struct err e = {0};

	DO(model_correct(&d->model, id, "改正", &e));
	return model_work(&d->model);
}

// A correction takes back what no longer holds, exactly; one that changes nothing of it changes nothing.
static void a_correction_takes_back(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};
	struct kb_phrasing *v, *again;
	struct err e = {0};
	char id[40];

	char *untaught = ranking(d);
	struct work *w = begin(d);
	find_and_cite(d, w, "账户冻结", "KB-1");
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	char *learned = ranking(d);
	assert_string_not_equal(learned, untaught);
	assert_int_equal(taught(d, id, true, &v, &a), 3);

	clock_fake_add(&d->clock, 60000);
	w = correct(d, id);
	DO(model_form_set(&d->model, w, "base.feedback", "满意", &e));
	save(d, w, id);
	assert_int_equal(taught(d, id, false, &again, &a), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(again[i].id, v[i].id);
		assert_int_equal(again[i].at, v[i].at);
		assert_int_equal(again[i].withdrawn_at, 0);
	}
	char *same = ranking(d);
	assert_string_equal(same, learned);

	w = correct(d, id);
	DO(model_disposition(&d->model, w, "WRONG_NO", &e));
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &again, &a), 0);
	assert_int_equal(taught(d, id, false, &again, &a), 3); // withdrawn, not lost
	assert_string_equal(again[0].withdrawn_by, d->model.agent_id);
	char *undone = ranking(d);
	assert_string_equal(undone, untaught);
	assert_non_null(strstr(told(d, &a), "\"phrasings\":[]"));

	w = correct(d, id); // it was resolved after all
	DO(model_disposition(&d->model, w, "RES_SELF", &e));
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &again, &a), 3);
	char *back = ranking(d);
	assert_string_equal(back, learned);

	w = correct(d, id); // the article was not the answer
	while (w->contact->cites.n)
		DO(model_undo(&d->model, w, &e));
	DO(model_form_set(&d->model, w, "base.solution", "已解释", &e));
	DO(model_disposition(&d->model, w, "RES_SELF", &e));
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &again, &a), 0);
	char *without = ranking(d);
	assert_string_equal(without, untaught);
	free(untaught);
	free(learned);
	free(same);
	free(undone);
	free(back);
	free(without);
	arena_release(&a);
}

// What somebody else withdrew is not brought back by a correction of the call.
static void what_was_withdrawn_by_hand_stays(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};
	struct kb_phrasing *v;
	struct err e = {0};
	char id[40];
	int64_t n;

	struct work *w = begin(d);
	find_and_cite(d, w, "账户冻结", "KB-1");
	hang_up(d, w, "RES_SELF");
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 3);
	const char *gone = with_text(v, 3, RESTATE)->id;
	struct kb *kb = open_kb(d, KB_WRITE);
	DO(kb_forget(kb, &(struct kb_phrasing_filter){.id = gone}, false, "9001", &n, &e));
	kb_close(kb);
	w = correct(d, id);
	save(d, w, id);
	assert_int_equal(taught(d, id, true, &v, &a), 2);
	assert_null(with_text(v, 2, RESTATE));
	arena_release(&a);
}

// Whatever is wrong with the base, the contact is closed.
static void a_broken_base_does_not_keep_the_contact(void **state)
{
	struct desk *d = *state;
	struct arena a = {0};
	struct interaction row;
	struct err e = {0};
	char id[40];

	struct work *w = begin(d);
	find_and_cite(d, w, "账户冻结", "KB-1");
	hang_up(d, w, "RES_SELF");
	desk_close(d); // nobody has it open when it breaks
	char *path = path_join(d->dir, "kb.db");
	assert_ok(path_write_atomic(path, sv("this is no database"), 0600, &e), e);
	free(path);
	desk_open(d);
	assert_int_equal(d->model.works.n, 1);
	save(d, d->model.works.v[0], id);
	DO(interaction_get(store_reader(d->store), id, &row, &a, &e));
	assert_string_equal(row.state, "closed");
	assert_int_equal(store_failed_count(d->store), 0);
	arena_release(&a);
}

// ---- phrasings that mislead

static const struct kb_phrasing *judged(struct desk *d, const char *id, struct arena *a)
{
	struct kb *kb = open_kb(d, KB_READ);
	struct kb_phrasing *v;
	struct err e = {0};
	size_t n;

	store_wait_idle(d->store);
	DO(kb_phrasings(kb, &(struct kb_phrasing_filter){.id = id}, 0, &v, &n, a, &e));
	kb_close(kb);
	assert_int_equal(n, 1);
	return v;
}

// The first row, as if this phrasing had brought it up.
static void brought_up_by(struct work *w, struct model *m, const char *phrasing)
{
	model_kb(m, w)->results.v[0].phrasing = phrasing;
}

static void a_search_judges_once(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	struct err e = {0};
	char id[KB_PHRASING_ID];
	enum kb_learned_what what;

	struct kb *kb = open_kb(d, KB_WRITE);
	DO(kb_learn(kb, &(struct kb_lesson){.article = "KB-1", .text = "钱转不出去", .agent = "7", .source = KB_BY_FILE}, &what, id, &e));
	kb_close(kb);
	struct work *w = desk_call(d, "13812345678", "王芳");
	model_kb_query(m, w, "账户冻结 转账", false);
	brought_up_by(w, m, id);
	const char *first = arena_strdup(&a, w->kb.results.v[0].id), *second = arena_strdup(&a, w->kb.results.v[1].id);
	model_kb_query(m, w, "账户冻结 转账", true); // typing on and refreshing judge nothing
	brought_up_by(w, m, id);
	model_kb_searched(m, w);
	assert_int_equal(judged(d, id, &a)->shown, 0);
	DO(model_kb_open(m, w, second, &e));
	DO(model_kb_open(m, w, first, &e)); // the first word counts
	DO(model_kb_cite(m, w, first, &e));
	assert_int_equal(judged(d, id, &a)->shown, 1);
	assert_int_equal(judged(d, id, &a)->chosen, 0);
	model_kb_query(m, w, "账户冻结 限额", true);
	brought_up_by(w, m, id);
	DO(model_kb_open(m, w, w->kb.results.v[0].id, &e));
	assert_int_equal(judged(d, id, &a)->shown, 2);
	assert_int_equal(judged(d, id, &a)->chosen, 1);
	model_kb_query(m, w, "账户冻结 柜台", true);
	brought_up_by(w, m, id);
	DO(model_kb_gap(m, w, "没有", &e));
	assert_int_equal(judged(d, id, &a)->shown, 3);
	assert_int_equal(judged(d, id, &a)->chosen, 1);
	// between calls too; but not for an article from elsewhere, nor where no phrasing had a say
	model_kb_query(m, NULL, "账户冻结", true);
	brought_up_by(NULL, m, id);
	DO(model_kb_open(m, NULL, "KB-3", &e));
	assert_int_equal(judged(d, id, &a)->shown, 3);
	DO(model_kb_open(m, NULL, m->desk_kb.results.v[0].id, &e));
	assert_int_equal(judged(d, id, &a)->shown, 4);
	model_kb_query(m, NULL, "账户", true);
	brought_up_by(NULL, m, "");
	DO(model_kb_open(m, NULL, m->desk_kb.results.v[0].id, &e));
	assert_int_equal(judged(d, id, &a)->shown, 4);
	arena_release(&a);
}

// The phrasing that brought an article up is what the search itself says.
static void a_real_search_judges(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct arena a = {0};
	struct err e = {0};
	char id[KB_PHRASING_ID];
	enum kb_learned_what what;

	struct kb *kb = open_kb(d, KB_WRITE);
	for (int i = 0; i < 4; i++) // several agents agree
		DO(kb_learn(kb, &(struct kb_lesson){.article = "KB-3", .text = "塑料片片找不着了", .agent = (char[]){(char)('1' + i), 0},
						    .call = (char[]){'c', (char)('1' + i), 0}, .source = KB_BY_CALL}, &what, id, &e));
	kb_close(kb);
	struct work *w = desk_call(d, "13812345678", "王芳");
	model_kb_query(m, w, "塑料片片找不着了", true);
	assert_string_equal(w->kb.results.v[0].id, "KB-3");
	const char *by = arena_strdup(&a, w->kb.results.v[0].phrasing);
	assert_int_equal(by[0], 'P');
	DO(model_kb_open(m, w, "KB-3", &e));
	assert_int_equal(judged(d, by, &a)->shown, 1);
	assert_int_equal(judged(d, by, &a)->chosen, 1);
	arena_release(&a);
}

// What was imported lies pending until the station is quiet; then it moves into the table without being asked for.
static void a_quiet_store_merges(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct kb_stats s;
	enum { MANY = 90 };

	desk_close(d);
	struct kb *kb = open_kb(d, KB_WRITE);
	for (int i = 0; i < MANY; i++) {
		char id[16], title[64];
		enum kb_put what;
		snprintf(id, sizeof(id), "KB-M%d", i);
		snprintf(title, sizeof(title), "第%d条转账说明", i);
		DO(kb_put(kb, &(struct kb_text){.id = id, .title = title, .body = "正文", .author = "甲"}, &what, &e));
	}
	assert_true(kb_merge_due(kb));
	kb_close(kb);
	d->quiet_ms = 1;
	desk_open(d);
	model_kb_query(&d->model, NULL, "转账说明", true); // opens the base to read: nothing is written in this session
	kb = open_kb(d, KB_READ);
	time_t until = time(NULL) + 60;
	do
		DO(kb_stats_get(kb, &s, &e));
	while (s.pending && time(NULL) < until && !sched_yield());
	assert_int_equal(s.pending, 0);
	assert_false(kb_merge_due(kb));
	model_kb_query(&d->model, NULL, "第77条转账说明", true);
	assert_string_equal(d->model.desk_kb.results.v[0].id, "KB-M77");
	kb_close(kb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_resolved_call_teaches, setup, teardown),
		cmocka_unit_test_setup_teardown(what_teaches_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_read_teaches, setup, teardown),
		cmocka_unit_test_setup_teardown(a_correction_takes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_withdrawn_by_hand_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_base_does_not_keep_the_contact, setup, teardown),
		cmocka_unit_test_setup_teardown(a_search_judges_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_real_search_judges, setup, teardown),
		cmocka_unit_test_setup_teardown(a_quiet_store_merges, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
