// SPDX-License-Identifier: MIT
// Knows that our own reading of a message catalogue agrees with gettext's, and survives damage.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/catalogue.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

static char *file_of(void)
{
	return xstrdup(ZUOXI_BUILD_LOCALEDIR "/zh_CN/LC_MESSAGES/zuoxi.mo");
}

static void test_own_reading_agrees_with_gettext(void **state)
{
	static const char *const ids[] = {"Ready", "Busy", "Knowledge", "saved", "Back", "Hold", "no such message at all"};
	struct catalogue *c;
	struct err e = {0};
	char *path = file_of();

	(void)state;
	if (!catalogue_open(&c, path, &e))
		fail_msg("%s", e.msg);
	assert_true(i18n_init("zh_CN", ZUOXI_BUILD_LOCALEDIR));
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const char *text = catalogue_text(c, ids[i]);
		assert_string_equal(text ? text : ids[i], _(ids[i]));
	}
	assert_null(catalogue_text(c, "no such message at all"));
	catalogue_close(c);
	free(path);
}

static void test_damaged_files_are_refused_or_harmless(void **state)
{
	struct str file = {0};
	struct err e = {0};
	char *path = file_of(), cut[] = "/tmp/zuoxi-mo-XXXXXX";
	int fd = mkstemp(cut);

	(void)state;
	assert_true(fd >= 0);
	assert_true(path_read(path, 8 << 20, &file, &e));
	for (size_t n = 0; n < file.n; n += 1 + n / 8) {
		struct catalogue *c;
		assert_true(path_write_atomic(cut, sv_n(file.s, n), 0600, &e));
		if (!catalogue_open(&c, cut, &e))
			continue;
		const char *text = catalogue_text(c, "Ready");
		assert_true(!text || utf8_valid(sv(text)));
		catalogue_close(c);
	}
	remove(cut);
	free(path);
	str_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_reading_agrees_with_gettext),
		cmocka_unit_test(test_damaged_files_are_refused_or_harmless),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
