// SPDX-License-Identifier: MIT
// Knows what a whole call must leave behind: stamps, record, outbox, and the same state after a crash.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cti/sim.h"
#include "src/store/interaction.h"
#include "src/store/outbox.h"
#include "src/work/internal.h"
#include "src/work/station.h"

struct desk {
	char dir[64];
	struct clock clock;
	struct config config;
	struct store *store;
	struct model m;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static void need(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s", e->msg);
}

static void add_pack(struct desk *d, const char *name)
{
	struct err e = {0};
	char rel[64];

	snprintf(rel, sizeof(rel), "packs/%s", name);
	char *src = path_share(rel);
	need(station_add_pack(d->dir, src, &d->clock, NULL, &e), &e);
	free(src);
}

static void open_model(struct desk *d, int *recovered)
{
	struct err e = {0};
	struct packs *packs;
	int n;

	need(store_open(&d->store, &(struct store_options){.dir = d->dir}, &e), &e);
	need(model_init(&d->m, &(struct model_options){.clock = &d->clock, .config = &d->config, .store = d->store, .seeded = true,
						       .seed = 7}, &e), &e);
	need(station_load_packs(d->dir, &packs, &e), &e);
	need(model_set_packs(&d->m, packs, recovered ? recovered : &n, &e), &e);
}

static void close_model(struct desk *d)
{
	store_wait_idle(d->store);
	model_release(&d->m);
	store_close(d->store);
}

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	struct err e = {0};

	snprintf(d->dir, sizeof(d->dir), "/tmp/zuoxi-test-XXXXXX");
	assert_non_null(mkdtemp(d->dir));
	clock_fake(&d->clock, 1795314600000, 5000000); // 2026-11-22 10:30 in Shanghai
	config_defaults(&d->config);
	need(store_init(d->dir, "SHA", "0A7", &d->clock, &e), &e);
	add_pack(d, "common");
	add_pack(d, "finance");
	open_model(d, NULL);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	close_model(d);
	config_release(&d->config);
	nftw(d->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(d);
	return 0;
}

static struct work *begin(struct desk *d)
{
	struct err e = {0};

	need(model_manual_call(&d->m, "13800138000", "王小明", &e), &e);
	assert_non_null(model_work(&d->m));
	return model_work(&d->m);
}

#define DO(call) need((call), &e)

static void talk_freeze(struct desk *d, struct work *w)
{
	struct err e = {0};

	clock_fake_add(&d->clock, 3000);
	DO(model_script_next(&d->m, w, &e)); // OPEN: greeting said
	clock_fake_add(&d->clock, 2000);
	DO(model_script_next(&d->m, w, &e)); // NOTICE
	DO(model_form_set(&d->m, w, "base.need", "卡被冻结，转不出钱", &e));
	DO(model_script_next(&d->m, w, &e)); // NEED
	clock_fake_add(&d->clock, 5000);
	DO(model_restate(&d->m, w, "想知道账户为什么被限制", true, &e));
	DO(model_classify(&d->m, w, "account.freeze", &e));
	DO(model_script_choose(&d->m, w, '1', &e)); // RESTATE: confirmed
}

static void test_stamps_and_script_carry_over(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct contact *k = w->contact;
	struct clock_view v;

	assert_int_equal(k->state, CALL_CONNECTED);
	assert_string_equal(k->script->code, "com.general");
	talk_freeze(d, w);
	clocks_view(&k->clocks, CALL_T5, model_t(&d->m, w), &v);
	assert_int_equal(v.state, CLOCK_MET);
	assert_int_equal(v.elapsed_ms, 3000);
	clocks_view(&k->clocks, CALL_C20, model_t(&d->m, w), &v);
	assert_int_equal(v.elapsed_ms, 10000);
	// The category brought its script and form; what was said before counts there too.
	assert_string_equal(k->script->code, "fin.freeze");
	assert_string_equal(contact_form(k)->form->code, "fin_freeze");
	assert_string_equal(script_run_node(&k->run)->id, "Z1");
	assert_true(contact_red(k));
	assert_int_equal(k->difficulty, DIFFICULTY_COMPLEX);
	assert_non_null(w->card.id);
}

static void test_undo_takes_back_one_action(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};
	uint64_t before;

	talk_freeze(d, w);
	before = contact_digest(w->contact);
	DO(model_form_set(&d->m, w, "form.freeze_kind", "risk", &e));
	assert_string_equal(contact_field(w->contact, "form.freeze_kind"), "risk");
	DO(model_undo(&d->m, w, &e));
	assert_string_equal(contact_field(w->contact, "form.freeze_kind"), "");
	assert_true(contact_digest(w->contact) == before);
}

static void test_undo_takes_category_and_its_script_together(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};
	uint64_t before = contact_digest(w->contact);

	DO(model_classify(&d->m, w, "account.freeze", &e));
	assert_string_equal(w->contact->script->code, "fin.freeze");
	DO(model_undo(&d->m, w, &e));
	assert_true(contact_digest(w->contact) == before);
	assert_string_equal(w->contact->script->code, "com.general");
	// The script and the customer's card that came with the answer stay: the answer cannot be taken back.
	assert_non_null(w->contact->customer_id);
	assert_false(model_undo(&d->m, w, &e));
	assert_string_equal(w->contact->script->code, "com.general");
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	assert_non_null(w->contact->customer_id);
}

static void test_secrets_are_refused_everywhere(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};

	assert_false(model_form_set(&d->m, w, "base.solution", "卡号 6222020000000007", &e));
	assert_false(model_note(&d->m, w, "验证码 482913", &e));
	assert_false(model_restate(&d->m, w, "密码是 778899 请改", true, &e));
	model_draft(&d->m, w, "base.solution", "卡号6222 0200 0000 0007", 5);
	model_flush_drafts(&d->m);
	store_wait_idle(d->store);
	int n;
	close_model(d);
	open_model(d, &n);
	assert_int_equal(n, 1);
	assert_null(strstr(model_draft_of(model_work(&d->m), "base.solution")->text, "6222 0200"));
}

static void test_a_crash_brings_everything_back(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	uint64_t digest;
	char id[40];
	int n;

	talk_freeze(d, w);
	model_draft(&d->m, w, "form.acct_tail", "77", 2);
	model_flush_drafts(&d->m);
	digest = contact_digest(w->contact);
	snprintf(id, sizeof(id), "%s", w->contact->id);
	// The process ends here without any farewell; the clock goes on.
	close_model(d);
	clock_fake_add(&d->clock, 7000);
	open_model(d, &n);
	assert_int_equal(n, 1);
	w = model_work(&d->m);
	assert_non_null(w);
	assert_string_equal(w->contact->id, id);
	assert_true(contact_digest(w->contact) == digest);
	assert_string_equal(script_run_node(&w->contact->run)->id, "Z1");
	assert_int_equal(contact_talk_ms(w->contact, model_t(&d->m, w)), 17000);
	assert_string_equal(model_draft_of(w, "form.acct_tail")->text, "77");
	assert_int_equal(model_draft_of(w, "form.acct_tail")->caret, 2);
}

// A search was folded before the citation was refused: the store must have it, or it refuses all that follows.
static void test_a_refused_citation_does_not_break_the_chain(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};
	struct event *events;
	size_t n;

	DO(model_kb_cite(&d->m, w, "KB-FIN-011", &e));
	model_kb_query(&d->m, w, "冻结", true);
	assert_false(model_kb_cite(&d->m, w, "KB-FIN-011", &e));
	DO(model_note(&d->m, w, "之后仍能保存", &e));
	store_wait_idle(d->store);
	need(work_read_events(store_reader(d->store), w->contact->id, &events, &n, &e), &e);
	assert_int_equal(n, w->contact->events.n);
	work_free_events(events, n);
	assert_null(strstr(model_last_note(&d->m) ? model_last_note(&d->m)->text : "", "Not saved"));
}

// What a customer says is not the agent's to refuse, and must not be kept as it is.
static void test_a_card_the_customer_reads_out_is_not_kept(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};

	DO(model_say(&d->m, w, "您的卡号是 4111 1111 1111 1111 吗", &e));
	const char *said = w->contact->lines.v[w->contact->lines.n - 1].text;
	assert_null(strstr(said, "4111 1111 1111 1111"));
	assert_non_null(strstr(said, "1111")); // the last four stay
}

static int64_t count_outbox(struct desk *d)
{
	struct outbox_counts c;
	struct err e = {0};

	store_wait_idle(d->store);
	need(outbox_count(store_reader(d->store), &c, &e), &e);
	return c.unsent;
}

static void test_one_action_is_one_commit(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};
	uint64_t jobs;
	int64_t ops = count_outbox(d);

	jobs = d->m.store_jobs;
	DO(model_emotion(&d->m, w, EMOTION_ANGER, 2, &e));
	DO(model_verify(&d->m, w, "knowledge", 2, true, &e));
	assert_int_equal(d->m.store_jobs, jobs + 2);
	assert_int_equal(count_outbox(d), ops + 2);
	// What is refused leaves nothing behind.
	jobs = d->m.store_jobs;
	assert_false(model_classify(&d->m, w, "no.such", &e));
	assert_int_equal(count_outbox(d), ops + 2);
}

static void wrap_freeze(struct desk *d, struct work *w)
{
	struct err e = {0};

	DO(model_verify(&d->m, w, "knowledge", 2, true, &e));
	DO(model_form_set(&d->m, w, "form.acct_tail", "7719", &e));
	DO(model_form_set(&d->m, w, "form.freeze_kind", "risk", &e));
	DO(model_form_set(&d->m, w, "base.solution", "已提交加急复核，主管十分钟内给意见", &e));
	DO(model_kb_open(&d->m, w, "KB-FIN-011", &e));
	DO(model_kb_cite(&d->m, w, "KB-FIN-011", &e));
	DO(model_escalate(&d->m, w, "urgent_review", "建议解除风控限制并回电客户", "请批准", &e));
	DO(model_mark(&d->m, w, "plan", "加急复核", &e));
	DO(model_mark(&d->m, w, "confirm", "十分钟内回电", &e));
	clock_fake_add(&d->clock, 60000);
	DO(model_hangup(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	DO(model_disposition(&d->m, w, "ESC_RED", &e));
	DO(model_form_set(&d->m, w, "base.follow_up", "review", &e));
	DO(model_form_set(&d->m, w, "base.follow_up_at", "+2h", &e));
}

static void fill_rest(struct desk *d, struct work *w)
{
	struct arena a = {0};
	struct form_error *errors;
	struct form_env env;

	for (int f = 0; f < 2; f++) {
		struct form_run *run = f ? contact_form(w->contact) : contact_base(w->contact);
		contact_form_env(w->contact, clock_wall(&d->clock), &env);
		size_t n = form_run_errors(run, &env, &errors, &a);
		for (size_t i = 0; i < n; i++)
			print_message("form error %s: %s\n", run->form->fields[errors[i].field].code, errors[i].message);
	}
	arena_release(&a);
}

static void test_a_call_ends_as_a_record_that_replays(void **state)
{
	struct desk *d = *state;
	struct work *w = begin(d);
	struct err e = {0};
	struct arena a = {0};
	struct interaction row;
	struct event *events;
	size_t n, skipped;
	char id[40];

	talk_freeze(d, w);
	wrap_freeze(d, w);
	fill_rest(d, w);
	snprintf(id, sizeof(id), "%s", w->contact->id);
	need(model_save(&d->m, w, &e), &e);
	assert_null(model_work(&d->m));
	store_wait_idle(d->store);
	need(interaction_get(store_reader(d->store), id, &row, &a, &e), &e);
	assert_string_equal(row.state, "closed");
	assert_string_equal(row.disposition, "ESC_RED");
	assert_non_null(row.no);
	need(work_read_events(store_reader(d->store), id, &events, &n, &e), &e);
	struct contact *again = contact_replay(id, row.started_at, &d->m.world, events, n, &skipped);
	assert_int_equal(skipped, 0);
	json_t *doc = json_loads(row.doc, 0, NULL);
	char digest[24];
	snprintf(digest, sizeof(digest), "%016llx", (unsigned long long)contact_digest(again));
	assert_string_equal(json_string_value(json_object_get(doc, "digest")), digest);
	assert_int_equal(json_integer_value(json_object_get(doc, "t_class_ms")), 10000);
	assert_int_equal(json_integer_value(json_object_get(doc, "talk_ms")), 70000);
	json_decref(doc);
	contact_free(again);
	work_free_events(events, n);
	arena_release(&a);
	assert_int_equal(d->m.state, AGENT_READY);
	// Corrected within 24 h as a new version, not after.
	DO(model_correct(&d->m, id, "类别写错", &e));
	w = model_work(&d->m);
	assert_int_equal(w->contact->versions, 2);
	DO(model_form_set(&d->m, w, "base.feedback", "客户接受", &e));
	need(model_save(&d->m, w, &e), &e);
	clock_fake_add(&d->clock, 25LL * 3600000);
	assert_false(model_correct(&d->m, id, "太晚", &e));
}

// --- with a telephone

static struct cti *phone(struct desk *d, const char *script)
{
	struct err e = {0};
	struct cti *c = sim_open(script, &d->clock, &e);

	if (!c)
		fail_msg("%s", e.msg);
	d->m.cti = c;
	model_pump_phone(&d->m);
	return c;
}

static void pass(struct desk *d, int64_t ms)
{
	clock_fake_add(&d->clock, ms);
	model_pump_phone(&d->m);
	model_tick(&d->m);
}

static void drop_phone(struct desk *d, struct cti *c)
{
	d->m.cti = NULL;
	c->ops->close(c);
}

static void test_the_state_follows_the_telephone(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct cti *c = phone(d, "+1 offered 13800138000 王小明 queue=account\non answer +0.5 answered\non hold +9 held\n");
	struct work *w;

	pass(d, 1000);
	w = model_ringing(&d->m);
	assert_non_null(w);
	assert_string_equal(w->contact->queue, "account");
	DO(model_answer(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_RINGING); // accepted is not done
	pass(d, 500);
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	assert_int_equal(w->contact->connected_t, 500);
	DO(model_hold(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	pass(d, 2000);
	assert_non_null(strstr(model_last_note(&d->m)->text, "does not react"));
	pass(d, 7000);
	assert_int_equal(w->contact->state, CALL_ON_HOLD);
	DO(model_resume(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	DO(model_hangup(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	assert_string_equal(w->contact->end_side, "agent");
	drop_phone(d, c);
}

static void test_a_second_call_waits_and_the_first_loses_nothing(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct cti *c = phone(d, "+1 offered 13800138000\n+5 offered 13900139000\n");
	struct work *one, *two;

	pass(d, 1000);
	one = model_ringing(&d->m);
	DO(model_answer(&d->m, one, &e));
	DO(model_need(&d->m, one, "第一位客户的需求", &e));
	pass(d, 4000);
	two = model_ringing(&d->m);
	assert_non_null(two);
	assert_ptr_not_equal(one, two);
	assert_false(model_answer(&d->m, two, &e));
	pass(d, 25000);
	assert_ptr_equal(model_ringing(&d->m), two); // it rings on behind the first
	DO(model_hangup(&d->m, one, &e));
	DO(model_answer(&d->m, two, &e));
	assert_ptr_equal(model_work(&d->m), two);
	assert_string_equal(contact_field(one->contact, "base.need"), "第一位客户的需求");
	assert_string_equal(contact_field(two->contact, "base.need"), "");
	drop_phone(d, c);
}

static void test_unanswered_and_given_up(void **state)
{
	struct desk *d = *state;
	struct cti *c = phone(d, "+1 offered 13800138000\n+8 ended\nafter +1 offered 13900139000\n");

	pass(d, 1000);
	assert_non_null(model_ringing(&d->m));
	pass(d, 8000);
	assert_null(model_ringing(&d->m));
	pass(d, 1000);
	assert_non_null(model_ringing(&d->m));
	pass(d, 19999);
	assert_non_null(model_ringing(&d->m));
	pass(d, 1);
	assert_null(model_ringing(&d->m));
	assert_int_equal(d->m.works.n, 0);
	drop_phone(d, c);
}

static void test_a_failed_transfer_keeps_the_customer(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct cti *c = phone(d, "+1 offered 13800138000\non xfer_blind +1 xfer_failed 486 Busy\n");
	struct handoff h = {.target = "8002", .tried = "已核验并查询", .ask = "请接手解冻"};
	struct work *w;

	pass(d, 1000);
	w = model_ringing(&d->m);
	DO(model_answer(&d->m, w, &e));
	assert_false(model_transfer(&d->m, w, true, &h, &e)); // the packet lacks the need
	DO(model_restate(&d->m, w, "想解除账户限制", true, &e));
	DO(model_transfer(&d->m, w, true, &h, &e));
	pass(d, 1000);
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	assert_false(w->contact->handed_over);
	DO(model_consult(&d->m, w, "8003", &e));
	assert_int_equal(w->contact->state, CALL_CONSULTING);
	pass(d, 100);
	DO(model_transfer(&d->m, w, false, &h, &e));
	pass(d, 100);
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	assert_true(w->contact->handed_over);
	drop_phone(d, c);
}

static void test_a_dropped_line_is_called_back_or_given_up(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct cti *c = phone(d, "+1 offered 13800138000\non answer +10 dropped\n");
	struct work *w;

	pass(d, 1000);
	w = model_ringing(&d->m);
	DO(model_answer(&d->m, w, &e));
	pass(d, 10000);
	assert_int_equal(w->contact->state, CALL_DROPPED);
	DO(model_call_back(&d->m, w, &e));
	assert_int_equal(w->contact->state, CALL_CONNECTED);
	DO(model_drop(&d->m, w, &e));
	pass(d, CALL_CALL_BACK_MS);
	assert_int_equal(w->contact->state, CALL_WRAP_UP);
	drop_phone(d, c);
}

static void test_chats_beside_a_call(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct cti *c = phone(d, "");
	struct work *w, *chats[3];

	DO(model_manual_call(&d->m, "13800138000", "", &e));
	for (int i = 0; i < 3; i++) {
		sim_offer(c, CTI_CHAT, i == 0 ? "1" : i == 1 ? "2" : "3", "网友", "");
		pass(d, 10);
		chats[i] = model_ringing(&d->m);
		DO(model_answer(&d->m, chats[i], &e));
	}
	sim_offer(c, CTI_CHAT, "4", "网友", "");
	pass(d, 10);
	w = model_ringing(&d->m);
	assert_false(model_answer(&d->m, w, &e));
	sim_say(c, chats[1]->contact->call, "我要投诉到监管");
	pass(d, 10);
	assert_int_equal(chats[1]->contact->lines.n, 1);
	DO(model_say(&d->m, chats[1], "理解您的着急，我马上为您处理", &e));
	assert_int_equal(chats[1]->contact->lines.n, 2);
	assert_int_equal(chats[0]->contact->lines.n, 0);
	// What is said about wording are the words themselves, also where a pattern found them.
	sim_say(c, chats[1]->contact->call, "叫你们领导来");
	pass(d, 10);
	const struct contact *k = chats[1]->contact;
	size_t hits = 0;
	for (size_t i = 0; i < k->events.n; i++)
		if (k->events.v[i].type == EV_LEXICON_HIT) {
			hits++;
			assert_null(strchr(event_get(&k->events.v[i], "term"), '|'));
			assert_null(strchr(event_get(&k->events.v[i], "term"), '('));
		}
	assert_true(hits >= 2);
	assert_null(strstr(model_last_note(&d->m)->text, "|"));
	drop_phone(d, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stamps_and_script_carry_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_takes_back_one_action, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_takes_category_and_its_script_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets_are_refused_everywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_crash_brings_everything_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_refused_citation_does_not_break_the_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_card_the_customer_reads_out_is_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_action_is_one_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_call_ends_as_a_record_that_replays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_state_follows_the_telephone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_second_call_waits_and_the_first_loses_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unanswered_and_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_failed_transfer_keeps_the_customer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_dropped_line_is_called_back_or_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chats_beside_a_call, setup, teardown),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
