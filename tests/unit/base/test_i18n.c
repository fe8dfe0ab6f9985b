// SPDX-License-Identifier: MIT
// Knows that a program which was only built, not installed, finds the catalogues of its build tree.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "src/base/i18n.h"

// Catches: the define of the build folder lost, a catalogue laid out otherwise than gettext looks for it, LANGUAGE not set.
static void chinese_from_the_build_tree(void **state)
{
	(void)state;
	unsetenv("ZUOXI_LOCALEDIR");
	assert_true(i18n_init("zh_CN", NULL));
	assert_string_equal(_("Wrap up"), "小结");
	assert_int_equal(i18n_lang(), LANG_ZH);
}

// Catches: an environment variable that is not asked first.
static void folder_from_the_environment(void **state)
{
	(void)state;
	setenv("ZUOXI_LOCALEDIR", "/nonexistent", 1);
	assert_true(i18n_init("zh_CN", NULL));
	assert_string_equal(_("Wrap up"), "Wrap up");
}

// Catches: English that falls through to a catalogue, an unknown language taken for a known one.
static void english_stays_english(void **state)
{
	(void)state;
	unsetenv("ZUOXI_LOCALEDIR");
	assert_true(i18n_init("en", NULL));
	assert_string_equal(_("Wrap up"), "Wrap up");
	assert_false(i18n_init("fr", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(english_stays_english),
		cmocka_unit_test(folder_from_the_environment),
		cmocka_unit_test(chinese_from_the_build_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
