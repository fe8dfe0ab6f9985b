// SPDX-License-Identifier: MIT
// Tests the customer beside a contact: screen pop, masking of the card, attaching and creating in one commit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/work/desk.h"

#define OUYANG "01900000-0000-7000-8000-000000000001"
#define OUYANG_DOC "{\"display_name\":\"欧阳娜娜\",\"tier\":\"vip\",\"language\":\"zh\",\"phones\":[{\"e164\":\"+8613812345678\"}]," \
	"\"addresses\":[{\"text\":\"上海市浦东新区示例路18号\"}],\"flags\":[\"do_not_call\"],\"notes\":\"另有号码13900139000\"," \
	"\"consent\":[{\"purpose\":\"marketing\",\"given\":true}]}"

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	desk_customer(d, OUYANG, OUYANG_DOC);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// A known number attaches the one customer who has it, however it is written.
static void screen_pop_attaches(void **state)
{
	struct desk *d = *state;
	struct work *w = desk_call(d, "138 1234 5678", "某人");

	assert_string_equal(w->contact->customer_id, OUYANG);
	assert_string_equal(w->contact->customer_tier, "vip");
	assert_string_equal(w->contact->customer_flags, "do_not_call,marketing");
	assert_true(w->card.known);
}

static void card_is_masked(void **state)
{
	struct desk *d = *state;
	const struct customer_card *c = &desk_call(d, "13812345678", NULL)->card;

	assert_string_equal(c->masked_name, "欧**娜");
	assert_string_equal(c->masked_phone, "138****5678");
	assert_null(strstr(c->notes, "13900139000"));
	assert_null(strstr(c->address, "18号"));
	assert_non_null(strstr(c->address, "浦东新区"));
}

static void two_with_one_number_are_not_guessed(void **state)
{
	struct desk *d = *state;

	desk_customer(d, "01900000-0000-7000-8000-000000000002", OUYANG_DOC);
	struct work *w = desk_call(d, "13812345678", "王静");
	assert_null(w->contact->customer_id);
	assert_false(w->card.known);
	assert_string_equal(w->card.masked_name, "王*");
	assert_non_null(strstr(model_last_note(&d->model)->text, "M-u"));
}

static void attaching_is_one_commit(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct work *w = desk_call(d, "13700000000", NULL);
	uint64_t before = d->model.store_jobs;

	assert_ok(model_customer_attach(&d->model, w, OUYANG, &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	assert_string_equal(w->card.masked_name, "欧**娜");
	assert_false(model_customer_attach(&d->model, w, OUYANG, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(d->model.store_jobs, before + 1);
}

// What is taken back must not stand on the screen any more.
static void taking_back_clears_the_card(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct work *w = desk_call(d, "13700000000", NULL);

	assert_ok(model_customer_attach(&d->model, w, OUYANG, &e), e);
	store_wait_idle(d->store);
	assert_ok(model_undo(&d->model, w, &e), e);
	assert_null(w->contact->customer_id);
	assert_false(w->card.known);
	assert_string_equal(w->card.masked_name, "");
	assert_string_equal(w->card.masked_phone, "137****0000");
}

static void creating_is_one_commit_and_findable(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct arena a = {0};
	struct customers found = {0};
	struct work *w = desk_call(d, "13700000000", NULL);
	uint64_t before = d->model.store_jobs;

	assert_ok(model_customer_create(&d->model, w, "  赵敏 ", "13700000000", &e), e);
	assert_int_equal(d->model.store_jobs, before + 1);
	assert_string_equal(w->card.masked_name, "赵*");
	store_wait_idle(d->store);
	assert_ok(model_customer_find(&d->model, "13700000000", &found, &a, &e), e);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0].name, "赵敏");
	assert_string_equal(found.v[0].id, w->contact->customer_id);
	vec_release(&found);
	arena_release(&a);
}

// A second record of the same person would split their history.
static void creating_refuses(void **state)
{
	struct desk *d = *state;
	struct err e = {0};
	struct work *w = desk_call(d, "13700000000", NULL);

	assert_false(model_customer_create(&d->model, w, "别人", "+86 138-1234-5678", &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(model_customer_create(&d->model, w, "别人", "12", &e));
	assert_int_equal(e.code, ERR_PARSE);
	assert_false(model_customer_create(&d->model, w, " \t", NULL, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_null(w->contact->customer_id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screen_pop_attaches, setup, teardown),
		cmocka_unit_test_setup_teardown(card_is_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(two_with_one_number_are_not_guessed, setup, teardown),
		cmocka_unit_test_setup_teardown(attaching_is_one_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(taking_back_clears_the_card, setup, teardown),
		cmocka_unit_test_setup_teardown(creating_is_one_commit_and_findable, setup, teardown),
		cmocka_unit_test_setup_teardown(creating_refuses, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
