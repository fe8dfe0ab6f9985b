// SPDX-License-Identifier: MIT
// Tests that a ticket is taken, handed over, given back and linked from the command line by the operations of the screen, with its refusals.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/path.h"
#include "src/cli/cli.h"
#include "src/store/ent.h"
#include "src/store/joined.h"
#include "src/store/outbox.h"
#include "src/store/store.h"
#include "src/store/ticket.h"
#include "src/sync/shown.h"
#include "src/work/demo.h"
#include "tests/unit/store/tmpdir.h"

#define NOW 1795316400000LL // 2026-11-22 11:00 in Shanghai
#define FREE "SHA-261122-0A7-000A-9"
#define OTHER "SHA-261122-0A7-000B-7"

static char *dir;
static struct clock test_clock;

struct row {
	const char *t, *e, *s, *d;
};

static bool run_row(struct db *db, void *arg, struct err *e)
{
	const struct row *r = arg;
	json_error_t bad;
	char *text = xstrdup(r->d);

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *d = json_loads(text, 0, &bad);
	bool ok = stream_put(db, &(struct stream){.s = r->s, .epoch = 1, .seq = 1, .head = 1}, e) &&
		  ent_put(db, &(struct ent){.t = r->t, .e = r->e, .s = r->s, .q = 1, .rev = 1, .by = "hub", .d = text}, e) &&
		  shown_put(db, &(struct shown){.t = r->t, .e = r->e, .rev = 1, .at = NOW, .by = "hub", .d = d}, e);
	json_decref(d);
	free(text);
	return ok;
}

static void put(struct store *s, const char *t, const char *id, const char *stream, const char *doc)
{
	struct row r = {t, id, stream, doc};
	struct err e = {0};

	assert_ok(store_do(s, run_row, &r, &e), e);
}

static int make(void **state)
{
	struct err e = {0};
	struct store *s;

	(void)state;
	dir = tmpdir_new();
	clock_fake(&test_clock, NOW, 1000000);
	assert_ok(demo_make(dir, &test_clock, &e), e);
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	put(s, "ticket", "t-free", "q/service", "{'no':'" FREE "','queue_code':'service','state':'new','title':'甲','priority':3}");
	put(s, "ticket", "t-other", "q/service", "{'no':'" OTHER "','queue_code':'service','state':'open','title':'乙','priority':3,'owner_id':'a-wang'}");
	put(s, "agent", "a-wang", "dir/SHA", "{'staff_no':'8005','name_zh':'王芳','roles':['agent'],'queues':['service']}");
	put(s, "queue", "complaint", "dir/SHA", "{'code':'complaint'}");
	put(s, "incident", "in1", "bc/SHA", "{'no':'IN-261122-00A1','title':'故障','state':'confirmed'}");
	store_close(s);
	char *settings = path_join(dir, "agent.yaml");
	assert_ok(path_write_atomic(settings, sv("agent:\n  roles: agent\n"), 0600, &e), e);
	free(settings);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	tmpdir_free(dir);
	return 0;
}

// Runs one use; the exit status and a part of what is printed (on either stream) must be these.
static void expect_words(int rc, const char *says, const char *const *words)
{
	char *argv[16], *out = NULL, *err = NULL, *settings = path_join(dir, "agent.yaml");
	size_t n_out, n_err;
	int argc = 0;
	struct cli c = {.data = dir, .config = settings, .clock = test_clock, .out = open_memstream(&out, &n_out), .err = open_memstream(&err, &n_err)};

	for (; words[argc] && argc < 15; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	argv[argc] = NULL;
	int got = cmd_ticket(&c, argc, argv);
	fclose(c.out);
	fclose(c.err);
	if (got != rc || (!strstr(out, says) && !strstr(err, says)))
		fail_msg("%s %s: exit %d, not %d, or without \"%s\":\n%s%s", words[1], words[2] ? words[2] : "", got, rc, says, out, err);
	free(out);
	free(err);
	free(settings);
}
#define EXPECT(rc, says, ...) expect_words(rc, says, (const char *const[]){"ticket", __VA_ARGS__, NULL})

// The kind of the last operation for the hub, and a part of it.
static void assert_sent(const char *kind, const char *part)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	struct err e = {0};
	struct store *s;

	assert_ok(store_open(&s, &(struct store_options){.dir = dir, .readonly = true}, &e), e);
	assert_ok(outbox_list(store_reader(s), 0, 1000, &ops, &a, &e), e);
	assert_true(ops.n > 0);
	assert_string_equal(ops.v[ops.n - 1].k, kind);
	if (!strstr(ops.v[ops.n - 1].body, part))
		fail_msg("without %s: %s", part, ops.v[ops.n - 1].body);
	vec_release(&ops);
	arena_release(&a);
	store_close(s);
}

static void a_ticket_changes_hands(void **state)
{
	(void)state;
	EXPECT(CLI_DONE, "open  queue service, owner 8001", "take", FREE);
	assert_sent("ticket.take", "\"fence\":0");
	EXPECT(CLI_NO, "yours already", "take", FREE);
	EXPECT(CLI_NO, "belongs to 8005", "take", OTHER);
	EXPECT(CLI_USAGE, "release NO", "release", FREE);
	EXPECT(CLI_DONE, "owner —", "release", FREE, "--reason", "误领");
	assert_sent("ticket.release", "误领");
	EXPECT(CLI_USAGE, "assign NO", "assign", FREE);
	EXPECT(CLI_USAGE, "assign NO", "assign", FREE, "--to", "8005", "--queue", "complaint");
	EXPECT(CLI_NO, "cannot have it", "assign", FREE, "--to", "9999", "--reason", "x");
	EXPECT(CLI_NO, "Say why", "assign", FREE, "--to", "8005");
	EXPECT(CLI_DONE, "asked for", "assign", FREE, "--to", "8005", "--reason", "她熟悉");
	assert_sent("ticket.assign", "\"owner_id\":\"a-wang\"");
	EXPECT(CLI_DONE, "asked for", "assign", FREE, "--queue", "complaint", "--reason", "投诉");
	assert_sent("ticket.assign", "\"queue_code\":\"complaint\"");
	EXPECT(CLI_USAGE, "take NO", "take", "SHA-261122-0A7-000A-X");
	EXPECT(CLI_NO, "not on this station", "take", "SHA-261122-0A7-0009-B");
}

static void tickets_are_linked(void **state)
{
	(void)state;
	EXPECT(CLI_DONE, FREE, "link", FREE, OTHER);
	assert_sent("ticket.element", OTHER);
	EXPECT(CLI_DONE, "Related to " OTHER, "show", FREE);
	EXPECT(CLI_DONE, "Related to " FREE, "show", OTHER);
	EXPECT(CLI_NO, "stands already", "link", FREE, OTHER);
	EXPECT(CLI_NO, "no link sibling", "link", FREE, OTHER, "--as", "sibling");
	EXPECT(CLI_DONE, FREE, "link", FREE, OTHER, "--remove");
	EXPECT(CLI_DONE, FREE, "link", FREE, OTHER, "--as", "parent");
	assert_sent("ticket.set", "\"parent_no\":\"" OTHER "\"");
	EXPECT(CLI_DONE, "Has as part " FREE, "show", OTHER);
	EXPECT(CLI_NO, "belongs to 8005", "link", OTHER, FREE);
	EXPECT(CLI_NO, "no incident in9", "incident", FREE, "in9");
	EXPECT(CLI_DONE, FREE, "incident", FREE, "in1");
	EXPECT(CLI_DONE, "Incident: in1", "show", FREE);
	EXPECT(CLI_DONE, FREE, "incident", FREE, "--remove");
	assert_sent("ticket.set", "\"incident_id\":null");
}

// Beside a running workstation nothing is written, and that is said.
static void not_beside_the_workstation(void **state)
{
	struct store *s;
	struct err e = {0};

	(void)state;
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	EXPECT(CLI_FAILED, "zuoxi", "take", OTHER);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_ticket_changes_hands, make, unmake),
		cmocka_unit_test_setup_teardown(tickets_are_linked, make, unmake),
		cmocka_unit_test_setup_teardown(not_beside_the_workstation, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
