// SPDX-License-Identifier: MIT
// Knows that central content reaches a station through the real hub: the whole base, then its changes; packs; drafts for review.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/article.h"
#include "kb/drafts.h"
#include "kb/remote.h"
#include "src/base/path.h"
#include "tests/sync/realhub.h"
#include "tests/sync/seat.h"
#include "tests/unit/store/tmpdir.h"

enum { HURRY = 20, WAIT_MS = 60000 };

static struct {
	char *dir, *url;
	struct realhub hub;
	struct seat seat;
	struct arena a;
} f;

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.dir = tmpdir_new();
	realhub_make(&f.hub, ZUOXI_HUB, f.dir, false);
	f.url = xasprintf("unix:%s", f.hub.socket);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	seat_free(&f.seat);
	realhub_free(&f.hub);
	tmpdir_free(f.dir);
	free(f.url);
	arena_release(&f.a);
	return 0;
}

static void hub_does(const char *command)
{
	char *out = realhub_run(&f.hub, command);

	if (!out)
		fail_msg("%s", command);
	free(out);
}

static void hub_imports(const char *id, const char *body)
{
	char *command = xasprintf("printf '{\"id\":\"%s\",\"title\":\"外币兑换规定\",\"body\":\"%s\"}\\n' >'%s/a.jsonl'; "
				  "\"$HUB\" kb import '%s/a.jsonl'",
				  id, body, f.dir, f.dir);

	hub_does(command);
	free(command);
}

static void sit_down(void)
{
	char *code = realhub_code(&f.hub, "0A7");
	struct err e = {0};

	seat_make(&f.seat, 7, HURRY);
	f.seat.with_kb = true;
	seat_open(&f.seat);
	assert_ok(seat_enrol(&f.seat, f.url, code, &e), e);
	assert_ok(seat_login(&f.seat, "li", "secret password", &e), e);
	seat_start(&f.seat, NULL);
	free(code);
}

static bool built(void *arg)
{
	char *path = path_join(f.dir, "segments/manifest.json");
	bool yes = path_exists(path);

	(void)arg;
	free(path);
	return yes;
}

static bool followed(void *arg)
{
	(void)arg;
	return seat_is_settled(&f.seat) && seat_look(&f.seat).base;
}

static void expect(bool (*so)(void *arg), const char *what)
{
	if (!turn_until(&f.seat.loop, so, NULL, WAIT_MS)) {
		struct client_view v = seat_look(&f.seat);
		fail_msg("%s: line %d, %s", what, v.link.state, v.why);
	}
}

static struct kb *base(void)
{
	char *path = path_join(f.seat.dir, "kb.db");
	struct err e = {0};
	struct kb *kb;

	assert_ok(kb_open(&kb, path, KB_READ, &f.seat.clock, NULL, &e), e);
	free(path);
	return kb;
}

static int version_here(const char *id)
{
	struct kb *kb = base();
	struct kb_article art;
	int ver = kb_article_get(kb, id, 0, &art, &f.a, NULL) ? art.cur.ver : 0;

	kb_close(kb);
	return ver;
}

static bool second_version(void *arg)
{
	(void)arg;
	return version_here("KB-T-1") == 2;
}

static bool pack_here(void *arg)
{
	char *path = path_join(f.seat.dir, "packs/common/pack.yaml");
	bool yes = path_exists(path);

	(void)arg;
	free(path);
	return yes;
}

static void test_whole_base_then_its_changes(void **state)
{
	uv_loop_t loop;
	struct kb_cursor at;

	(void)state;
	hub_imports("KB-T-1", "第一版");
	realhub_serve(&f.hub);
	uv_loop_init(&loop);
	assert_true(turn_until(&loop, built, NULL, WAIT_MS)); // the file of a first sync is there before the station comes
	assert_true(turn_end(&loop));
	sit_down();
	expect(followed, "the whole base");
	assert_int_equal(version_here("KB-T-1"), 1);
	struct kb *kb = base();
	assert_true(kb_cursor_get(kb, "kb/all", &at, NULL));
	assert_true(at.seq > 0);
	kb_close(kb);
	hub_imports("KB-T-1", "第二版");
	expect(second_version, "the next version");
}

static void test_row_by_row_while_there_is_no_file(void **state)
{
	(void)state;
	realhub_serve(&f.hub);
	hub_imports("KB-T-1", "第一版");
	sit_down();
	expect(followed, "the stream");
	hub_imports("KB-T-1", "第二版");
	expect(second_version, "the next version");
}

static void test_packs(void **state)
{
	(void)state;
	hub_does("\"$HUB\" pack load " ZUOXI_PACKS_DIR "/common");
	realhub_serve(&f.hub);
	sit_down();
	expect(pack_here, "the pack");
	expect(followed, "its articles");
	assert_true(version_here("KB-COM-001") == 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_whole_base_then_its_changes), T(test_row_by_row_while_there_is_no_file), T(test_packs)};

	return cmocka_run_group_tests_name("sync-central", tests, NULL, NULL);
}
