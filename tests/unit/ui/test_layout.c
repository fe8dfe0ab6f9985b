// SPDX-License-Identifier: MIT
// Knows the layouts as strings, and that no two parts of a screen ever overlap.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "ui/layout.h"

static void test_strings(void **state)
{
	static const struct {
		struct layout_in in;
		const char *want;
	} cases[] = {
		{{23, 80, .focus = PANE_KB}, "too small"},
		{{24, 79, .focus = PANE_KB}, "too small"},
		{{24, 80, .focus = PANE_KB},
		 "tabs | status 0,0 80x1 | rail 1,0 80x1 | tabs 2,0 80x1 | kb 3,0 80x19 | rule 22,0 80x1 | hint 23,0 80x1"},
		{{24, 89, .focus = PANE_SCRIPT, .banners = 1},
		 "tabs | status 0,0 89x1 | rail 1,0 89x1 | banner 2,0 89x1 | tabs 3,0 89x1 | script 4,0 89x18 | "
		 "rule 22,0 89x1 | hint 23,0 89x1"},
		{{30, 90, .focus = PANE_KB},
		 "stack | status 0,0 90x1 | rail 1,0 90x1 | script 2,0 90x10 | kb 12,0 44x16 | form 12,45 45x16 | "
		 "sep 12,44 1x16 | rule 28,0 90x1 | hint 29,0 90x1"},
		{{30, 109, .focus = PANE_RECORD},
		 "stack | status 0,0 109x1 | rail 1,0 109x1 | script 2,0 109x10 | kb 12,0 54x16 | record 12,55 54x16 | "
		 "sep 12,54 1x16 | rule 28,0 109x1 | hint 29,0 109x1"},
		{{40, 120, .focus = PANE_SCRIPT},
		 "columns | status 0,0 120x1 | rail 1,0 120x1 | script 2,0 39x36 | kb 2,40 43x36 | form 2,84 36x24 | "
		 "record 26,84 36x12 | sep 2,39 1x36 | sep 2,83 1x36 | rule 38,0 120x1 | hint 39,0 120x1"},
		{{24, 110, .focus = PANE_SCRIPT},
		 "columns | status 0,0 110x1 | rail 1,0 110x1 | script 2,0 36x20 | kb 2,37 39x20 | form 2,77 33x20 | "
		 "sep 2,36 1x20 | sep 2,76 1x20 | rule 22,0 110x1 | hint 23,0 110x1"},
		{{40, 120, .focus = PANE_FORM, .zoom = true},
		 "tabs | status 0,0 120x1 | rail 1,0 120x1 | tabs 2,0 120x1 | form 3,0 120x35 | rule 38,0 120x1 | "
		 "hint 39,0 120x1"},
		{{50, 200, .focus = PANE_SCRIPT},
		 "columns | status 0,0 200x1 | rail 1,0 200x1 | script 2,0 49x46 | kb 2,50 49x46 | form 2,151 49x31 | "
		 "record 33,151 49x15 | preview 2,100 50x46 | sep 2,49 1x46 | sep 2,99 1x46 | sep 2,150 1x46 | "
		 "rule 48,0 200x1 | hint 49,0 200x1"},
		{{40, 120, .mode = LAYOUT_HOME, .banners = 1},
		 "columns | status 0,0 120x1 | banner 1,0 120x1 | tickets 2,0 59x27 | todo 2,60 60x27 | notices 29,0 120x9 | "
		 "sep 2,59 1x27 | rule 38,0 120x1 | hint 39,0 120x1"},
		{{24, 80, .mode = LAYOUT_HOME},
		 "columns | status 0,0 80x1 | tickets 1,0 80x8 | todo 9,0 80x8 | notices 17,0 80x5 | rule 22,0 80x1 | "
		 "hint 23,0 80x1"},
		// However many there are, the least screen keeps twelve rows for the work.
		{{24, 80, .focus = PANE_FORM, .banners = 30},
		 "tabs | status 0,0 80x1 | rail 1,0 80x1 | banner 2,0 80x7 | tabs 9,0 80x1 | form 10,0 80x12 | rule 22,0 80x1 | hint 23,0 80x1"},
		{{24, 80, .mode = LAYOUT_FULL}, "columns | status 0,0 80x1 | rule 22,0 80x1 | hint 23,0 80x1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct layout l;
		struct str out = {0};
		layout_compute(&cases[i].in, &l);
		layout_format(&l, &out);
		assert_string_equal(str_z(&out), cases[i].want);
		str_release(&out);
	}
}

static void paint(unsigned char *cells, const struct layout_in *in, struct rect r)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++) {
			if (y < 0 || y >= in->rows || x < 0 || x >= in->cols)
				fail_msg("%dx%d: %d,%d lies outside", in->cols, in->rows, y, x);
			cells[y * in->cols + x]++;
		}
}

// Every cell belongs to exactly one part, at every size, in a call and at home.
static void test_partition(void **state)
{
	static unsigned char cells[70 * 260];

	(void)state;
	for (int rows = 24; rows <= 70; rows += 11)
		for (int cols = 80; cols <= 260; cols++)
			for (int k = 0; k < 16; k++) {
				struct layout_in in = {rows, cols, k & 8 ? LAYOUT_HOME : LAYOUT_CALL, (enum pane)(k & 3),
						       k & 4, k % 4};
				struct layout l;
				layout_compute(&in, &l);
				memset(cells, 0, sizeof(cells));
				const struct rect one[] = {l.status, l.rail, l.banner, l.tabs, l.preview, l.rule, l.hint,
							   l.home[0], l.home[1], l.home[2]};
				for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++)
					paint(cells, &in, one[i]);
				for (int i = 0; i < PANE_COUNT; i++)
					paint(cells, &in, l.pane[i]);
				for (int i = 0; i < l.nsep; i++)
					paint(cells, &in, l.sep[i]);
				for (int i = 0; i < rows * cols; i++)
					if (cells[i] != 1)
						fail_msg("%dx%d: cell %d,%d is in %d parts", cols, rows, i / cols, i % cols,
							 cells[i]);
				if (in.mode == LAYOUT_CALL && rect_empty(l.pane[in.focus]))
					fail_msg("%dx%d: the focused pane is not shown", cols, rows);
			}
}

static void test_clip(void **state)
{
	struct rect c = rect_clip((struct rect){-1, 5, 4, 10}, (struct rect){0, 0, 2, 8});

	(void)state;
	assert_true(c.y == 0 && c.x == 5 && c.h == 2 && c.w == 3);
	assert_true(rect_empty(rect_clip((struct rect){5, 5, 2, 2}, (struct rect){0, 0, 5, 5})));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_partition),
		cmocka_unit_test(test_clip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
