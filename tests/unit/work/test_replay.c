// SPDX-License-Identifier: MIT
// Tests that a contact worked on in every way is the same after its stored events were folded again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/store/interaction.h"
#include "tests/unit/work/desk.h"

#define WANG "01900000-0000-7000-8000-000000000001"
#define WANG_DOC "{\"display_name\":\"王静\",\"tier\":\"gold\",\"language\":\"zh\",\"phones\":[{\"e164\":\"+8613812345678\"}]}"

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	desk_customer(d, WANG, WANG_DOC);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// Compares the stored document with the one that the stored events fold into; says which member differs.
static void same_after_replay(struct desk *d, const char *id)
{
	struct arena a = {0};
	struct err e = {0};
	struct interaction row;
	struct event *events;
	json_error_t why;
	const char *key;
	json_t *v;
	size_t n, skipped;

	store_wait_idle(d->store);
	assert_ok(interaction_get(store_reader(d->store), id, &row, &a, &e), e);
	assert_ok(work_read_events(store_reader(d->store), id, &events, &n, &e), e);
	struct contact *k = contact_replay(id, row.started_at, &d->model.world, events, n, &skipped);
	assert_int_equal(skipped, 0);
	assert_string_equal(row.state, call_state_code(k->state));
	json_t *again = contact_to_json(&d->model, &(struct work){.contact = k}), *saved = json_loads(row.doc, 0, &why);
	assert_int_equal(json_object_size(saved), json_object_size(again));
	json_object_foreach(saved, key, v)
		if (!json_equal(v, json_object_get(again, key))) {
			char *one = json_dumps(v, JSON_ENCODE_ANY), *two = json_dumps(json_object_get(again, key), JSON_ENCODE_ANY);
			fail_msg("%s: saved %s, replayed %s", key, one, two ? two : "nothing");
		}
	json_decref(saved);
	json_decref(again);
	contact_free(k);
	work_free_events(events, n);
	arena_release(&a);
}

static void a_busy_contact(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct work *w = desk_call(d, "13812345678", "王静");
	const char *id = w->contact->id;

#define STEP(call)                                                                             \
	do {                                                                                   \
		clock_fake_add(&d->clock, 1700);                                               \
		assert_ok(call, e);                                                            \
		same_after_replay(d, id);                                                      \
	} while (0)
	STEP(model_mark(m, w, "ack", NULL, &e));
	STEP(model_need(m, w, "贷款要什么材料", &e));
	STEP(model_emotion(m, w, EMOTION_ANXIETY, 2, &e));
	STEP(model_classify(m, w, "loan.enquiry.personal", &e));
	STEP(model_undo(m, w, &e));
	STEP(model_classify(m, w, "account.freeze", &e));
	STEP(model_restate(m, w, "账户被冻结，想知道原因", true, &e));
	STEP(model_hold(m, w, &e));
	STEP(model_resume(m, w, &e));
	STEP(model_verify(m, w, "knowledge", 2, true, &e));
	STEP(model_note(m, w, "客户在外地", &e));
	STEP(model_form_set(m, w, "base.solution", "已加急上报主管复核，约定明早回电", &e));
	STEP(model_ticket_create(m, w, NULL, &e));
	STEP(model_escalate(m, w, "urgent_review", "请尽快核实后解除限制", "复核", &e));
	STEP(model_callback(m, w, clock_wall(&d->clock) + 3600000, "告知复核结果", &e));
	STEP(model_fault(m, w, "line_noise", "有杂音", &e));
	STEP(model_emotion(m, w, EMOTION_ANXIETY, 1, &e));
	STEP(model_hangup(m, w, &e));
	STEP(model_disposition(m, w, "CB_BOOKED", &e));
#undef STEP
}

// Escalation, call-back and ticket of one contact are three rows and one timeline: none is written twice.
static void each_once(void **state)
{
	struct desk *d = *state;
	struct model *m = &d->model;
	struct err e = {0};
	struct arena a = {0};
	struct interaction_events rows = {0};
	struct work *w = desk_call(d, "13812345678", "王静");
	int tickets = 0, escalations = 0;

	assert_ok(model_classify(m, w, "account.freeze", &e), e);
	assert_ok(model_escalate(m, w, "urgent_review", "", "", &e), e);
	store_wait_idle(d->store);
	assert_ok(interaction_event_list(store_reader(d->store), w->contact->id, 0, &rows, &a, &e), e);
	for (size_t i = 0; i < rows.n; i++) {
		tickets += strcmp(rows.v[i].type, "ticket_create") == 0;
		escalations += strcmp(rows.v[i].type, "escalate") == 0;
	}
	assert_int_equal(tickets, 1);
	assert_int_equal(escalations, 1);
	vec_release(&rows);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_busy_contact, setup, teardown),
		cmocka_unit_test_setup_teardown(each_once, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
