// SPDX-License-Identifier: MIT
// Tests that newer content takes the place of the old one between contacts only, is named, and is what the next contact works with.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/work/desk.h"

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// The shipped packs, read once more; the finance pack as if it were another version, which shows by its hash.
static struct packs *read_again(int version)
{
	struct problems p = {0};
	struct err e = {0};
	struct arena a = {0};
	char *root = path_share("packs");
	const char **dirs;
	size_t n;

	assert_ok(packs_find(root, &dirs, &n, &a, &e), e);
	struct packs *k = packs_load(dirs, n, &p);
	for (size_t i = 0; version && i < k->n; i++)
		if (strcmp(k->v[i].name, "finance") == 0) {
			k->v[i].version = version;
			k->v[i].hash[0] = '#';
		}
	problems_release(&p);
	arena_release(&a);
	free(root);
	return k;
}

static void a_contact_keeps_its_content(void **state)
{
	struct desk *d = *state;

	assert_true(model_packs_idle(&d->model));
	struct work *w = desk_call(d, "13700000001", NULL);
	assert_false(model_packs_idle(&d->model));
	// Also while it is only wrapped up.
	struct err e = {0};
	assert_ok(model_hangup(&d->model, w, &e), e);
	assert_false(model_packs_idle(&d->model));
}

static void newer_content_is_named_and_used(void **state)
{
	struct desk *d = *state;
	struct packs *next = read_again(7), *old = model_swap_packs(&d->model, next);

	assert_ptr_equal(d->model.packs, next);
	packs_free(old); // nothing holds on to it
	assert_string_equal(model_last_note(&d->model)->text, "New content is in force: finance v7.");
	struct work *w = desk_call(d, "13700000001", NULL);
	struct err e = {0};
	assert_ok(model_classify(&d->model, w, "account.freeze", &e), e);
	assert_ptr_equal(d->model.world.categories, &next->categories);
}

// What came and is as it was is no news.
static void the_same_again_is_no_news(void **state)
{
	struct desk *d = *state;
	size_t notes = d->model.n_notes;

	packs_free(model_swap_packs(&d->model, read_again(0)));
	assert_int_equal(d->model.n_notes, notes);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(a_contact_keeps_its_content), T(newer_content_is_named_and_used), T(the_same_again_is_no_news)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
