// SPDX-License-Identifier: MIT
// Knows what the parser of event streams must make of every way a stream can be written and cut.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "src/base/err.h"
#include "src/sync/events.h"

static struct str seen;

static void note(void *arg, const struct sse_event *ev)
{
	(void)arg;
	str_addf(&seen, "[%s|%s|%.*s]", ev->id, ev->name, (int)ev->data.n, ev->data.p);
}

// What comes out of the text given whole, and cut into pieces of every size.
static void expect(const char *text, const char *want)
{
	size_t n = strlen(text);

	for (size_t step = n ? n : 1; step > 0; step--) {
		struct sse p;
		sse_init(&p);
		str_clear(&seen);
		for (size_t i = 0; i < n; i += step) {
			size_t some = n - i < step ? n - i : step;
			char *copy = xmalloc(some); // so that a sanitizer sees reads past a piece
			memcpy(copy, text + i, some);
			sse_feed(&p, copy, some, note, NULL);
			free(copy);
		}
		assert_string_equal(str_z(&seen), want);
		sse_release(&p);
	}
	str_release(&seen);
}

static void test_fields(void **state)
{
	(void)state;
	expect("data: a\n\n", "[|message|a]");
	expect("event: ch\nid: q/1@3:4\ndata: {}\n\n", "[q/1@3:4|ch|{}]");
	expect("data:a\ndata:  b\ndata\n\n", "[|message|a\n b\n]");
	expect("foo: bar\ndata: a\n\n", "[|message|a]");
	expect("data: a:b: c\n\n", "[|message|a:b: c]");
}

static void test_line_ends(void **state)
{
	(void)state;
	expect("data: a\r\n\r\ndata: b\r\rdata: c\n\n", "[|message|a][|message|b][|message|c]");
	expect("data: a\r\rdata: b\n\r\n", "[|message|a][|message|b]");
	expect("data: a\r\n\n", "[|message|a]");
	expect("data: a\r\ndata: b\r\n\r\n", "[|message|a\nb]"); // CR and LF are one end, also when cut between them
}

static void test_comments_and_bom(void **state)
{
	(void)state;
	expect(": hb\n\ndata: a\n: in between\n\n:\n", "[|message|a]");
	expect("\xef\xbb\xbf"
	       "data: a\n\n",
	       "[|message|a]");
	expect("\xef\xbb\xbf\xef\xbb\xbf"
	       "data: a\n\ndata: b\n\n",
	       "[|message|b]"); // only one mark is one
	expect("data: a\n\n\xef\xbb\xbf"
	       "data: b\n\n",
	       "[|message|a]");
}

static void test_id_stays_name_does_not(void **state)
{
	(void)state;
	expect("id: 1\nevent: x\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "[1|x|a][1|message|b][|message|c]");
	expect("event: x\n\ndata: a\n\n", "[|message|a]"); // no data: no event, and its name is forgotten
}

static void test_unended_is_none(void **state)
{
	(void)state;
	expect("data: a\n\ndata: b\n", "[|message|a]");
	expect("data: a", "");
	expect("", "");
}

static void test_retry(void **state)
{
	struct sse p;

	(void)state;
	sse_init(&p);
	assert_int_equal(p.retry_ms, -1);
	sse_feed(&p, "retry: 3000\nretry: 2x\nretry: -1\n", 32, note, NULL);
	assert_int_equal(p.retry_ms, 3000);
	sse_release(&p);
}

static void test_zero_bytes(void **state)
{
	static const char text[] = "id: a\0b\ndata: x\0y\n\n";
	struct sse p;

	(void)state;
	sse_init(&p);
	sse_feed(&p, text, sizeof(text) - 1, note, NULL);
	assert_string_equal(str_z(&seen), "[|message|x]"); // printed up to the zero byte; the id is not taken
	sse_release(&p);
	str_release(&seen);
}

// An event without end takes no more memory than allowed, is dropped whole, and the next one is fine.
static void test_bounds(void **state)
{
	static char big[4096];
	struct sse p;

	(void)state;
	memset(big, 'a', sizeof(big));
	sse_init(&p);
	sse_feed(&p, "data: ", 6, note, NULL);
	for (size_t n = 0; n < (size_t)EVENTS_DATA_MAX * 4; n += sizeof(big))
		sse_feed(&p, big, sizeof(big), note, NULL);
	assert_true(p.line.cap <= (size_t)EVENTS_DATA_MAX * 2 + 64);
	sse_feed(&p, "\n\ndata: b\n\n", 11, note, NULL);
	assert_string_equal(str_z(&seen), "[|message|b]");
	assert_int_equal(p.dropped, 1);
	for (size_t n = 0; n < (size_t)EVENTS_DATA_MAX * 2; n += 100) { // many short lines
		sse_feed(&p, "data: ", 6, note, NULL);
		sse_feed(&p, big, 100, note, NULL);
		sse_feed(&p, "\n", 1, note, NULL);
	}
	sse_feed(&p, "\nid: ", 5, note, NULL);
	sse_feed(&p, big, 100, note, NULL);
	sse_feed(&p, "\ndata: c\n\ndata: d\n\n", 20, note, NULL);
	assert_int_equal(p.dropped, 3);
	assert_string_equal(str_z(&seen), "[|message|b][|message|d]");
	sse_release(&p);
	str_release(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),           cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_comments_and_bom), cmocka_unit_test(test_id_stays_name_does_not),
		cmocka_unit_test(test_unended_is_none),  cmocka_unit_test(test_retry),
		cmocka_unit_test(test_zero_bytes),       cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
