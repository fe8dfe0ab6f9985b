// SPDX-License-Identifier: MIT
// Knows that what is put comes back, sealed on disk, found by index, append-only where it must be.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/vec.h"
#include "src/store/audit.h"
#include "src/store/callback.h"
#include "src/store/customer.h"
#include "src/store/ent.h"
#include "src/store/interaction.h"
#include "src/store/journal.h"
#include "src/store/kb_event.h"
#include "src/store/receipt.h"
#include "src/store/seen.h"
#include "src/store/key.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "tests/unit/store/tmpdir.h"

struct fix {
	char *dir, *path;
	struct keyring *keys;
	struct db *db;
	struct arena a;
	struct err e;
};

static int setup(void **state)
{
	static const unsigned char master[KEY_BYTES] = {4, 2};
	struct fix *f = xcalloc(1, sizeof(*f));
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n};

	f->dir = tmpdir_new();
	f->path = path_join(f->dir, "store.db");
	f->keys = keyring_from(master);
	assert_ok(db_open(&f->db, f->path, &o, &f->e), f->e);
	db_set_context(f->db, f->keys, "SHA");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	db_close(f->db);
	keyring_free(f->keys);
	arena_release(&f->a);
	free(f->path);
	tmpdir_free(f->dir);
	free(f);
	return 0;
}

static void put_customer(struct fix *f, const char *id, const char *doc, int64_t at)
{
	struct customer c = {.id = id, .stamp = {.created_at = at, .updated_at = at, .created_by = "a1"}, .doc = doc};

	assert_ok(customer_put(f->db, &c, &f->e), f->e);
}

static size_t found(struct fix *f, const char *query, const char *first)
{
	struct customers out = {0};

	assert_ok(customer_find(f->db, query, 20, &out, &f->a, &f->e), f->e);
	size_t n = out.n;
	if (first && n)
		assert_string_equal(out.v[0].id, first);
	vec_release(&out);
	return n;
}

static void some_customers(struct fix *f)
{
	put_customer(f, "c1", "{\"display_name\":\"李雷\",\"phones\":[{\"e164\":\"+8613812345678\"},{\"e164\":\"+861065529988\"}],"
			      "\"id_no\":\"11010519491231002X\",\"tier\":\"vip\"}", 10);
	put_customer(f, "c2", "{\"display_name\":\"李雷雷\",\"phones\":[\"13900001111\"],\"orders\":[\"ab-77 31\"]}", 20);
	put_customer(f, "c3", "{\"display_name\":\"John Smith\",\"phones\":[]}", 30);
}

static void test_customer_is_found(void **state)
{
	struct fix *f = *state;
	struct customer c;
	int64_t n;

	some_customers(f);
	assert_int_equal(found(f, "13812345678", "c1"), 1);
	assert_int_equal(found(f, "138 1234 5678", "c1"), 1);
	assert_int_equal(found(f, "+86 138-1234-5678", "c1"), 1);
	assert_int_equal(found(f, "010-65529988", "c1"), 1); // the second number too
	assert_int_equal(found(f, "13812345679", NULL), 0);
	assert_int_equal(found(f, "11010519491231002x", "c1"), 1);
	assert_int_equal(found(f, "AB7731", "c2"), 1);
	assert_int_equal(found(f, "李", "c2"), 2); // latest used first
	assert_int_equal(found(f, "李雷雷", "c2"), 1);
	assert_int_equal(found(f, "雷", NULL), 0);
	assert_int_equal(found(f, "john s", "c3"), 1);
	assert_int_equal(found(f, "李 5678", "c1"), 1);
	assert_int_equal(found(f, "5678李", "c1"), 1);
	assert_int_equal(found(f, "王5678", NULL), 0);
	assert_int_equal(found(f, "5678", NULL), 0); // one criterion is too few
	assert_int_equal(found(f, "", NULL), 0);
	assert_int_equal(found(f, "%", NULL), 0);
	assert_ok(customer_get(f->db, "c1", &c, &f->a, &f->e), f->e);
	assert_string_equal(c.name, "李雷");
	assert_string_equal(c.last4, "5678");
	assert_string_equal(c.tier, "vip");
	assert_string_equal(c.stamp.created_by, "a1");
	assert_ok(customer_count(f->db, &n, &f->e), f->e);
	assert_int_equal(n, 3);
	assert_false(customer_get(f->db, "nobody", &c, &f->a, &f->e));
	assert_int_equal(f->e.code, ERR_NOT_FOUND);
}

static void test_customer_change_moves_the_index(void **state)
{
	struct fix *f = *state;
	struct customer c;

	some_customers(f);
	put_customer(f, "c1", "{\"display_name\":\"韩梅\",\"phones\":[{\"e164\":\"+8613700000000\"}]}", 40);
	assert_int_equal(found(f, "13812345678", NULL), 0); // the old number leads nowhere
	assert_int_equal(found(f, "13700000000", "c1"), 1);
	assert_int_equal(found(f, "李", NULL), 1);
	assert_int_equal(found(f, "韩", "c1"), 1);
	assert_ok(customer_get(f->db, "c1", &c, &f->a, &f->e), f->e);
	assert_int_equal(c.stamp.created_at, 10); // the first one stays
	assert_int_equal(c.stamp.updated_at, 40);
	c = (struct customer){.id = "c9", .doc = "[1]"};
	assert_false(customer_put(f->db, &c, &f->e));
	assert_int_equal(f->e.code, ERR_PARSE);
}

static void put_call(struct fix *f, const char *id, const char *state, const char *customer, int64_t at, int64_t version,
		     const char *doc)
{
	struct interaction i = {
		.id = id, .no = id, .stamp = {.created_at = at, .updated_at = at}, .state = state, .channel = "phone",
		.direction = "in", .source = "manual", .mode = "live", .agent_id = "a1", .customer_id = customer,
		.category_id = "account.freeze", .started_at = at, .version = version, .doc = doc,
		.closed_at = str_eq(state, "closed") ? at + 5 : 0,
	};

	assert_ok(interaction_put(f->db, &i, &f->e), f->e);
}

static size_t listed(struct fix *f, struct interaction_filter flt, const char *first)
{
	struct interactions out = {0};

	assert_ok(interaction_list(f->db, &flt, &out, &f->a, &f->e), f->e);
	size_t n = out.n;
	if (first)
		assert_string_equal(out.v[0].id, first);
	vec_release(&out);
	return n;
}

static void test_interaction(void **state)
{
	struct fix *f = *state;
	struct interactions open = {0};
	struct interaction i;

	put_call(f, "i1", "connected", "c1", 100, 1, "{\"n\":1}");
	put_call(f, "i2", "closed", "c1", 200, 1, "{}");
	put_call(f, "i3", "wrap_up", "c2", 300, 1, NULL);
	put_call(f, "i4", "missed", NULL, 400, 1, NULL);
	put_call(f, "i1", "on_hold", "c1", 100, 3, "{\"n\":3}");
	put_call(f, "i1", "connected", "c1", 100, 2, "{\"n\":2}"); // late: an older version changes nothing
	assert_ok(interaction_get(f->db, "i1", &i, &f->a, &f->e), f->e);
	assert_string_equal(i.state, "on_hold");
	assert_string_equal(i.doc, "{\"n\":3}");
	assert_int_equal(i.connected_at, 0);
	assert_ok(interaction_by_no(f->db, "i2", &i, &f->a, &f->e), f->e);
	assert_int_equal(i.closed_at, 205);
	assert_int_equal(listed(f, (struct interaction_filter){0}, "i4"), 4);
	assert_int_equal(listed(f, (struct interaction_filter){.customer_id = "c1"}, "i2"), 2);
	assert_int_equal(listed(f, (struct interaction_filter){.agent_id = "a1", .state = "missed"}, "i4"), 1);
	assert_int_equal(listed(f, (struct interaction_filter){.agent_id = "a2"}, NULL), 0);
	assert_int_equal(listed(f, (struct interaction_filter){.from = 200, .to = 300}, "i2"), 1);
	assert_int_equal(listed(f, (struct interaction_filter){.limit = 2, .mode = "live", .channel = "phone"}, "i4"), 2);
	assert_ok(interaction_open(f->db, &open, &f->a, &f->e), f->e);
	assert_int_equal(open.n, 2);
	assert_string_equal(open.v[0].id, "i1");
	assert_string_equal(open.v[0].doc, "{\"n\":3}");
	vec_release(&open);
}

static void test_timeline_is_append_only(void **state)
{
	struct fix *f = *state;
	struct interaction_events out = {0};
	struct interaction_versions vs = {0};
	struct interaction_version v = {.interaction_id = "i1", .version = 1, .at = 9, .by = "a1", .reason = "typo",
					.doc = "{}"};
	int64_t seq, removed;

	put_call(f, "i1", "closed", "c1", 100, 1, "{}");
	for (int n = 1; n <= 3; n++) {
		struct interaction_event ev = {.interaction_id = "i1", .t_ms = n * 10, .at = n, .type = "say",
					       .data = n == 2 ? NULL : "{\"text\":\"您好\"}"};
		assert_ok(interaction_event_add(f->db, &ev, &seq, &f->e), f->e);
		assert_int_equal(seq, n);
	}
	assert_ok(interaction_event_list(f->db, "i1", 1, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 2);
	assert_null(out.v[0].data);
	assert_string_equal(out.v[1].data, "{\"text\":\"您好\"}");
	vec_release(&out);
	assert_ok(interaction_version_add(f->db, &v, &f->e), f->e);
	assert_false(interaction_version_add(f->db, &v, &f->e)); // a version is written once
	assert_ok(interaction_version_list(f->db, "i1", &vs, &f->a, &f->e), f->e);
	assert_int_equal(vs.n, 1);
	assert_string_equal(vs.v[0].reason, "typo");
	vec_release(&vs);
	assert_false(db_run(db_stmt(f->db, "update interaction_event set t_ms = 0"), &f->e));
	assert_non_null(strstr(f->e.msg, "append-only"));
	assert_false(db_run(db_stmt(f->db, "delete from interaction_event"), &f->e));
	assert_false(db_run(db_stmt(f->db, "delete from interaction_version"), &f->e));
	assert_ok(interaction_purge(f->db, 105, &removed, &f->e), f->e);
	assert_int_equal(removed, 0);
	assert_ok(interaction_purge(f->db, 106, &removed, &f->e), f->e);
	assert_int_equal(removed, 1);
	assert_ok(interaction_event_list(f->db, "i1", 0, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 0);
	vec_release(&out);
}

static void put_ticket(struct fix *f, const char *no, const char *state, int64_t priority, bool pinned, int64_t due)
{
	struct ticket t = {
		.id = no, .no = no, .stamp = {.created_at = 50, .updated_at = 50}, .state = state, .kind = "case",
		.title = "退款未到账", .owner_id = "a1", .queue_code = "general", .customer_id = "c1", .interaction_id = "i1",
		.priority = priority, .pinned = pinned, .resolve_due_at = due, .version = 1, .doc = "{\"d\":1}",
	};

	assert_ok(ticket_put(f->db, &t, &f->e), f->e);
}

static void test_ticket(void **state)
{
	struct fix *f = *state;
	struct tickets out = {0};
	struct ticket_log evs = {0};
	struct ticket t;
	int64_t n;

	put_ticket(f, "T1", "open", 3, false, 0);
	put_ticket(f, "T2", "open", 3, false, 900);
	put_ticket(f, "T3", "new", 1, false, 999);
	put_ticket(f, "T4", "waiting_customer", 4, true, 999);
	put_ticket(f, "T5", "closed", 1, true, 1);
	for (int by = TICKET_BY_OWNER; by <= TICKET_BY_AGE; by++) {
		static const char *const keys[] = {"a1", "general", "c1", "i1", NULL};
		static const char *const order[] = {"T4", "T3", "T2", "T1"};
		struct ticket_filter flt = {.by = (enum ticket_by)by, .key = keys[by], .open_only = true};
		assert_ok(ticket_list(f->db, &flt, &out, &f->a, &f->e), f->e);
		assert_int_equal(out.n, 4);
		for (size_t i = 0; i < 4; i++)
			assert_string_equal(out.v[i].no, order[i]);
		assert_string_equal(out.v[0].title, "退款未到账");
		assert_null(out.v[0].doc);
		out.n = 0;
		flt.open_only = false;
		assert_ok(ticket_list(f->db, &flt, &out, &f->a, &f->e), f->e);
		assert_int_equal(out.n, 5);
		out.n = 0;
		flt.state = "closed";
		assert_ok(ticket_list(f->db, &flt, &out, &f->a, &f->e), f->e);
		assert_int_equal(out.n, 1);
		out.n = 0;
		flt.key = "nobody";
		assert_ok(ticket_list(f->db, &flt, &out, &f->a, &f->e), f->e);
		assert_int_equal(out.n, by == TICKET_BY_AGE);
		out.n = 0;
	}
	vec_release(&out);
	assert_ok(ticket_count_open(f->db, "a1", &n, &f->e), f->e);
	assert_int_equal(n, 4);
	assert_ok(ticket_get(f->db, "T1", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.doc, "{\"d\":1}");
	t.version = 0;
	t.state = "closed";
	assert_ok(ticket_put(f->db, &t, &f->e), f->e);
	assert_ok(ticket_by_no(f->db, "T1", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.state, "open"); // an older version changes nothing
	struct ticket twin = t;
	twin.id = "other";
	assert_false(ticket_put(f->db, &twin, &f->e)); // one number, one ticket
	assert_int_equal(f->e.code, ERR_CONFLICT);
	struct ticket_log_line ev = {.ticket_id = "T1", .at = 1, .by = "a1", .type = "note", .data = "{\"text\":\"x\"}"};
	assert_ok(ticket_event_add(f->db, &ev, &n, &f->e), f->e);
	assert_ok(ticket_event_add(f->db, &ev, &n, &f->e), f->e);
	assert_int_equal(n, 2);
	assert_ok(ticket_event_list(f->db, "T1", &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 2);
	assert_string_equal(evs.v[1].data, "{\"text\":\"x\"}");
	vec_release(&evs);
	assert_false(db_run(db_stmt(f->db, "delete from ticket_event"), &f->e));
	assert_false(db_run(db_stmt(f->db, "update ticket_event set type = 'create'"), &f->e));
}

static void test_ticket_counter(void **state)
{
	struct fix *f = *state;
	int64_t n;

	for (int i = 1; i <= 3; i++) {
		assert_ok(ticket_counter_next(f->db, "0A7", "261122", &n, &f->e), f->e);
		assert_int_equal(n, i);
	}
	assert_ok(ticket_counter_next(f->db, "0A7", "261123", &n, &f->e), f->e);
	assert_int_equal(n, 1); // each day anew
	assert_ok(ticket_counter_next(f->db, "0A8", "261122", &n, &f->e), f->e);
	assert_int_equal(n, 1); // each station by itself
	assert_ok(db_begin(f->db, &f->e), f->e);
	assert_ok(ticket_counter_next(f->db, "0A7", "261122", &n, &f->e), f->e);
	db_rollback(f->db);
	assert_ok(ticket_counter_next(f->db, "0A7", "261122", &n, &f->e), f->e);
	assert_int_equal(n, 4); // a ticket that was not stored takes no number
}

static void test_callback_and_kb_event(void **state)
{
	struct fix *f = *state;
	struct callback c = {.id = "b1", .stamp = {.created_at = 1, .updated_at = 1}, .owner_id = "a1", .status = "open",
			     .due_at = 500, .window_min = 30, .doc = "{\"promised_text\":\"今天回电\"}"};
	struct kb_event ev = {.at = 5, .agent_id = "a1", .type = "search", .query = "李雷的卡"};
	struct callbacks out = {0};
	struct kb_events evs = {0};

	assert_ok(callback_put(f->db, &c, &f->e), f->e);
	c.id = "b2";
	c.due_at = 400;
	assert_ok(callback_put(f->db, &c, &f->e), f->e);
	assert_ok(callback_due(f->db, "a1", 0, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.v[0].id, "b2");
	assert_string_equal(out.v[0].doc, "{\"promised_text\":\"今天回电\"}");
	out.n = 0;
	assert_ok(callback_due(f->db, NULL, 500, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 1);
	out.n = 0;
	c.status = "done";
	assert_ok(callback_put(f->db, &c, &f->e), f->e);
	assert_ok(callback_due(f->db, "a1", 500, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 0);
	vec_release(&out);
	assert_ok(callback_get(f->db, "b2", &c, &f->a, &f->e), f->e);
	assert_string_equal(c.status, "done");
	assert_ok(kb_event_add(f->db, &ev, &f->e), f->e);
	ev.type = "gap";
	ev.at = 6;
	assert_ok(kb_event_add(f->db, &ev, &f->e), f->e);
	assert_ok(kb_event_list(f->db, "search", 5, 0, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 1);
	assert_string_equal(evs.v[0].query, "李雷的卡");
	evs.n = 0;
	assert_ok(kb_event_list(f->db, "search", 6, 0, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 0);
	vec_release(&evs);
}

// What was before the eyes, and what was confirmed as read: each once, the first one stays.
static void test_reading(void **state)
{
	struct fix *f = *state;
	struct kb_event ev = {.at = 9000, .agent_id = "r1", .interaction_id = "i7", .type = "read", .article_version_id = "KB-1@4",
			      .ms = 5200, .trail = "58x18/44 0:0 5200:9"};
	struct receipt r = {.kind = "article", .id = "KB-1", .version = 4, .agent_id = "r1", .at = 9100, .quiz = RECEIPT_PASSED};
	struct kb_events evs = {0};
	struct receipts given = {0};
	const char **agents;
	size_t n;
	bool yes;

	assert_ok(kb_event_add(f->db, &ev, &f->e), f->e);
	ev.agent_id = "r2";
	ev.at = 9500;
	assert_ok(kb_event_add(f->db, &ev, &f->e), f->e);
	assert_ok(kb_event_of_agent(f->db, "r1", 0, 9499, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 1);
	assert_int_equal(evs.v[0].ms, 5200);
	assert_string_equal(evs.v[0].trail, "58x18/44 0:0 5200:9");
	evs.n = 0;
	assert_ok(kb_event_of_agent(f->db, "r2", 0, 9499, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 0);
	assert_ok(kb_event_of_contact(f->db, "i7", &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 2);
	vec_release(&evs);

	assert_ok(receipt_add(f->db, &r, &f->e), f->e);
	r.at = 9999;
	r.quiz = RECEIPT_FAILED;
	assert_ok(receipt_add(f->db, &r, &f->e), f->e);
	assert_ok(receipt_given(f->db, "article", "KB-1", 4, "r1", &yes, &f->e), f->e);
	assert_true(yes);
	assert_ok(receipt_given(f->db, "article", "KB-1", 5, "r1", &yes, &f->e), f->e);
	assert_false(yes); // a new version asks again
	assert_ok(receipt_given(f->db, "article", "KB-1", 4, "r2", &yes, &f->e), f->e);
	assert_false(yes);
	assert_ok(receipt_list(f->db, "article", &given, &f->a, &f->e), f->e);
	assert_int_equal(given.n, 1);
	assert_int_equal(given.v[0].at, 9100);
	assert_int_equal(given.v[0].quiz, RECEIPT_PASSED);
	vec_release(&given);
	assert_false(db_run(db_stmt(f->db, "update read_receipt set at = 1"), &f->e));
	assert_ok(kb_event_agents(f->db, &agents, &n, &f->a, &f->e), f->e);
	bool r1 = false, r2 = false;
	for (size_t i = 0; i < n; i++) {
		r1 |= strcmp(agents[i], "r1") == 0;
		r2 |= strcmp(agents[i], "r2") == 0;
	}
	assert_true(r1 && r2);
}

static void test_journal(void **state)
{
	struct fix *f = *state;
	struct journal j = {.interaction_id = "i1", .field = "note", .text = "客户说", .caret = 9, .at = 1000};
	struct journals out = {0};

	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	j.text = "客户说卡";
	j.at = 2000;
	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	j.text = "客";
	j.at = 500; // tried again late
	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	j.field = "empty";
	j.text = "";
	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	assert_ok(journal_list(f->db, "i1", &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.v[0].text, "");
	assert_string_equal(out.v[1].text, "客户说卡");
	assert_int_equal(out.v[1].caret, 9);
	put_call(f, "i1", "closed", NULL, 2000, 1, "{}"); // closed at 2005
	assert_ok(journal_clear(f->db, "i1", &f->e), f->e);
	j.at = 2001;
	assert_ok(journal_put(f->db, &j, &f->e), f->e); // a kept draft does not come back after the save
	out.n = 0;
	assert_ok(journal_list(f->db, "i1", &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 0);
	j.at = 3000;
	assert_ok(journal_put(f->db, &j, &f->e), f->e); // a correction may be drafted
	assert_ok(journal_list(f->db, "i1", &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 1);
	vec_release(&out);
}

static void add_op(struct fix *f, const char *id, const char *entity, int64_t want_n)
{
	struct outbox_op op = {.id = id, .k = "ticket.set", .t = "ticket", .e = entity, .s = "q/17", .base = "3:17",
			       .body = "{\"set\":{\"state\":\"open\"}}", .made = want_n * 100};
	int64_t n;

	assert_ok(outbox_add(f->db, &op, &n, &f->e), f->e);
	assert_int_equal(n, want_n);
}

static size_t to_send(struct fix *f, int64_t now, size_t ops, size_t bytes, int64_t first)
{
	struct outbox_ops out = {0};

	assert_ok(outbox_next(f->db, now, ops, bytes, &out, &f->a, &f->e), f->e);
	size_t n = out.n;
	for (size_t i = 0; i < n; i++) // without gaps
		assert_int_equal(out.v[i].n, first + (int64_t)i);
	vec_release(&out);
	return n;
}

static void test_outbox_machine(void **state)
{
	struct fix *f = *state;
	struct outbox_ops out = {0};
	struct outbox_counts c;
	struct outbox_op op;
	unsigned char h[OUTBOX_HASH];

	for (int i = 1; i <= 4; i++)
		add_op(f, (const char *[]){"o1", "o2", "o3", "o4"}[i - 1], i % 2 ? "t1" : "t2", i);
	assert_ok(db_begin(f->db, &f->e), f->e);
	add_op(f, "o5", "t1", 5);
	db_rollback(f->db);
	add_op(f, "o6", "t1", 5); // the number of what was rolled back is used again: no gap
	assert_int_equal(to_send(f, 0, 200, 1 << 18, 1), 5);
	assert_int_equal(to_send(f, 0, 2, 1 << 18, 1), 2);
	assert_int_equal(to_send(f, 0, 200, 60, 1), 2);
	assert_int_equal(to_send(f, 0, 200, 1, 1), 1); // one always goes
	assert_ok(outbox_retry_at(f->db, 2, 1000, &f->e), f->e);
	assert_int_equal(to_send(f, 999, 200, 1 << 18, 1), 1); // what waits holds up what follows
	assert_int_equal(to_send(f, 1000, 200, 1 << 18, 1), 5);
	assert_ok(outbox_mark(f->db, 1, OUTBOX_SENDING, NULL, NULL, 0, 0, &f->e), f->e);
	assert_ok(outbox_restart(f->db, &f->e), f->e);
	assert_ok(outbox_get(f->db, 1, &op, &f->a, &f->e), f->e);
	assert_int_equal(op.st, OUTBOX_QUEUED);
	outbox_hash(&op, h);
	assert_memory_equal(op.h, h, sizeof(h));
	op.base = NULL;
	outbox_hash(&op, h);
	assert_memory_not_equal(op.h, h, sizeof(h));
	assert_ok(outbox_mark(f->db, 1, OUTBOX_ACKED, "{\"r\":\"applied\"}", "q/17", 10533, 77, &f->e), f->e);
	assert_ok(outbox_mark(f->db, 2, OUTBOX_CONFLICT, "{\"cf\":\"x\"}", NULL, 0, 78, &f->e), f->e);
	assert_ok(outbox_mark(f->db, 3, OUTBOX_REJECTED, "{}", NULL, 0, 79, &f->e), f->e);
	assert_ok(outbox_count(f->db, &c, &f->e), f->e);
	assert_int_equal(c.unsent, 2);
	assert_int_equal(c.oldest_made, 400);
	assert_int_equal(c.conflicts, 1);
	assert_int_equal(c.rejected, 1);
	assert_ok(outbox_overlay(f->db, "t1", &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 2); // 1 acked, 5 queued; 3 was rejected
	out.n = 0;
	assert_ok(outbox_arrived(f->db, "q/17", 10532, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 0); // its own change has not come back yet
	assert_ok(outbox_get(f->db, 1, &op, &f->a, &f->e), f->e);
	assert_string_equal(op.res, "{\"r\":\"applied\"}");
	assert_ok(outbox_arrived(f->db, "q/17", 10533, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.v[0].n, 1);
	assert_ok(outbox_mark(f->db, 1, OUTBOX_SETTLED, NULL, NULL, 0, 0, &f->e), f->e);
	assert_ok(outbox_get(f->db, 1, &op, &f->a, &f->e), f->e);
	assert_int_equal(op.st, OUTBOX_SETTLED);
	assert_ok(outbox_refeed(f->db, "q/17", &f->e), f->e);
	assert_int_equal(to_send(f, 0, 1, 1 << 18, 1), 1); // the same number again
	assert_ok(outbox_mark(f->db, 1, OUTBOX_SETTLED, NULL, NULL, 0, 0, &f->e), f->e);
	assert_ok(outbox_purge(f->db, 77, &f->e), f->e);
	assert_ok(outbox_get(f->db, 1, &op, &f->a, &f->e), f->e);
	assert_ok(outbox_purge(f->db, 78, &f->e), f->e);
	assert_false(outbox_get(f->db, 1, &op, &f->a, &f->e));
	out.n = 0;
	assert_ok(outbox_list(f->db, 2, 0, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 3);
	assert_string_equal(out.v[0].body, "{\"set\":{\"state\":\"open\"}}");
	vec_release(&out);
}

static void test_outbox_refuses_what_is_too_long(void **state)
{
	struct fix *f = *state;
	char *body = xmalloc(OUTBOX_OP_MAX + 2);
	struct outbox_op op = {.id = "o1", .k = "k", .t = "t", .e = "e", .s = "s", .body = body};

	memset(body, 'x', OUTBOX_OP_MAX + 1);
	body[OUTBOX_OP_MAX + 1] = '\0';
	assert_false(outbox_add(f->db, &op, NULL, &f->e));
	assert_int_equal(f->e.code, ERR_LIMIT);
	body[OUTBOX_OP_MAX] = '\0';
	assert_ok(outbox_add(f->db, &op, NULL, &f->e), f->e);
	free(body);
}

static void audit(struct fix *f, const char *object)
{
	struct audit_line l = {.at = 1, .actor = "a1", .station = "0A7", .action = "reveal", .object = object,
			       .purpose = "verify"};

	assert_ok(audit_add(f->db, &l, &f->e), f->e);
}

static void test_audit_chain(void **state)
{
	// What somebody with the file and an SQL shell could do; each must show.
	static const char *const forgeries[] = {
		"update audit set object = 'c9' where n = 2",
		"update audit set at = 7 where n = 1",
		"update audit set purpose = null where n = 3",
		"update audit set detail = '' where n = 3",
		"delete from audit where n = 2",
		"delete from audit where n = 3",
		"delete from audit where n = 1",
		"update audit set actor = 'a10A7', station = '' where n = 2",
	};
	struct fix *f = *state;
	struct audit_lines out = {0};
	int64_t n;

	assert_ok(audit_verify(f->db, &n, &f->e), f->e);
	assert_int_equal(n, 0);
	audit(f, "c1");
	audit(f, "c2");
	audit(f, "c3");
	assert_ok(audit_verify(f->db, &n, &f->e), f->e);
	assert_int_equal(n, 3);
	assert_ok(audit_list(f->db, 1, 0, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.v[0].object, "c2");
	vec_release(&out);
	assert_false(db_run(db_stmt(f->db, "update audit set at = 2"), &f->e));
	assert_false(db_run(db_stmt(f->db, "delete from audit"), &f->e));
	assert_ok(db_run(db_stmt(f->db, "drop trigger audit_keep"), &f->e), f->e);
	assert_ok(db_run(db_stmt(f->db, "drop trigger audit_stay"), &f->e), f->e);
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(*forgeries); i++) {
		assert_ok(db_begin(f->db, &f->e), f->e);
		assert_ok(db_run(db_stmt(f->db, forgeries[i]), &f->e), f->e);
		assert_int_equal(db_changes(f->db), 1);
		assert_false(audit_verify(f->db, &n, &f->e));
		assert_int_equal(f->e.code, ERR_CONFLICT);
		db_rollback(f->db);
	}
	assert_ok(audit_verify(f->db, &n, &f->e), f->e);
}

static void test_meta(void **state)
{
	struct fix *f = *state;
	const char *v;
	int64_t n;

	assert_ok(meta_text(f->db, "agent", &v, &f->a, &f->e), f->e);
	assert_null(v);
	assert_ok(meta_int(f->db, "not_there", 42, &n, &f->e), f->e);
	assert_int_equal(n, 42);
	assert_ok(meta_set_text(f->db, "agent", "a1", &f->e), f->e);
	assert_ok(meta_text(f->db, "agent", &v, &f->a, &f->e), f->e);
	assert_string_equal(v, "a1");
	assert_false(meta_int(f->db, "agent", 0, &n, &f->e));
	assert_int_equal(f->e.code, ERR_PARSE);
}

// Nothing of a person stands in the files: whoever takes the disk without the key reads states and times.
static void test_nothing_readable_on_disk(void **state)
{
	static const char *const secrets[] = {"13812345678", "李雷", "您好", "退款未到账", "今天回电", "李雷的卡", "客户说",
					      "11010519491231002X", "{\"set\":"};
	struct fix *f = *state;
	char *wal = xasprintf("%s-wal", f->path);
	struct str all = {0};

	some_customers(f);
	test_timeline_is_append_only(state);
	test_callback_and_kb_event(state);
	put_ticket(f, "T9", "open", 1, false, 0);
	struct journal j = {.interaction_id = "i9", .field = "note", .text = "客户说", .at = 1};
	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	add_op(f, "o1", "t1", 1);
	assert_ok(path_read(f->path, 1 << 26, &all, &f->e), f->e);
	assert_ok(path_read(wal, 1 << 26, &all, &f->e), f->e);
	assert_non_null(memmem(all.s, all.n, "account.freeze", 14)); // plain columns are seen by this test
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (memmem(all.s, all.n, secrets[i], strlen(secrets[i])))
			fail_msg("%s stands in the file", secrets[i]);
	str_release(&all);
	free(wal);
}

static void test_moved_cell_does_not_open(void **state)
{
	struct fix *f = *state;
	struct customer c;

	some_customers(f);
	assert_ok(db_run(db_stmt(f->db, "update customer set doc_x = (select doc_x from customer where id = 'c1')"
					" where id = 'c2'"), &f->e), f->e);
	assert_ok(customer_get(f->db, "c1", &c, &f->a, &f->e), f->e);
	assert_false(customer_get(f->db, "c2", &c, &f->a, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
}

struct sqls {
	const char *v[256];
	size_t n;
};

static void collect(const char *sql, void *arg)
{
	struct sqls *s = arg;

	s->v[s->n++] = sql;
}

static bool scans_big_table(const char *detail)
{
	static const char *const big[] = {"interaction", "interaction_event", "ticket", "ticket_event", "customer", "c",
					  "outbox", "customer_key", "k", "journal", "callback", "kb_event", "ent", "n"};
	struct sv rest = sv(detail), word;

	if (!sv_split(&rest, ' ', &word) || !sv_eqz(word, "SCAN") || !sv_split(&rest, ' ', &word))
		return false;
	for (size_t i = 0; i < sizeof(big) / sizeof(*big); i++)
		if (sv_eqz(word, big[i]))
			return true;
	return false;
}

// Counts scans of big tables; the plan's lines are added to seen.
static size_t explain(struct fix *f, struct db *db, const char *sql, struct str *seen)
{
	// Kept for the life of the connection: the cache goes by address.
	char *text = arena_printf(&f->a, "explain query plan %s", sql);
	struct db_stmt *st = db_stmt(db, text);
	size_t scans = 0;
	int highest = 0;

	for (const char *p = text; (p = strchr(p, '?')); p++) {
		int n = (int)strtol(p + 1, NULL, 10);
		highest = n > highest ? n : highest;
	}
	for (int i = 0; i < highest; i++)
		db_bind_null(st);
	while (db_row(st)) {
		const char *detail = db_text(st, 3, &f->a);
		str_addf(seen, "%s \n", detail);
		if (scans_big_table(detail)) {
			print_message("%s\n  in %s\n", detail, sql);
			scans++;
		}
	}
	assert_ok(db_end(st, &f->e), f->e);
	return scans;
}

// An index that no plan names is either dead weight, or its query walks a wider one and only looks like a search.
static void each_index_is_used(struct fix *f, struct db *db, const char *plans)
{
	struct db_stmt *st = db_stmt(db, "select name from sqlite_schema where type = 'index' and sql is not null");

	while (db_row(st)) {
		const char *name = db_text(st, 0, &f->a);
		if (!strstr(plans, arena_printf(&f->a, " INDEX %s ", name)))
			fail_msg("no query uses %s", name);
	}
	assert_ok(db_end(st, &f->e), f->e);
}

// Every function about the hub's rows once; what they do is tested in test_hub.c.
static void touch_hub_rows(struct fix *f)
{
	struct ent row = {.t = "ticket", .e = "t1", .s = "q/a", .q = 1, .rev = 1, .d = "{}"}, got;
	struct ents rows = {0};
	struct streams all = {0};
	struct stream s = {.s = "q/a", .epoch = 1, .seq = 1, .head = 1};
	struct outbox_ops ops = {0};
	const char *base;
	bool found;
	int64_t n;
	uint64_t x;

	assert_ok(stream_put(f->db, &s, &f->e) && ent_put(f->db, &row, &f->e), f->e);
	assert_ok(stream_get(f->db, "q/a", &s, &found, &f->a, &f->e) && stream_list(f->db, &all, &f->a, &f->e), f->e);
	assert_ok(ent_get(f->db, "ticket", "t1", &got, &found, &f->a, &f->e) && ent_head(f->db, "ticket", "t1", &got, &found, &f->a, &f->e), f->e);
	assert_ok(ent_list(f->db, "ticket", &rows, &f->a, &f->e) && ent_of_stream(f->db, "q/a", true, &rows, &f->a, &f->e), f->e);
	assert_ok(ent_base(f->db, "ticket", "t1", &base, &f->a, &f->e) && ent_digest(f->db, "q/a", &n, &x, &f->e), f->e);
	assert_ok(ent_stale(f->db, "q/a", &f->e) && ent_drop(f->db, "ticket", "t1", &f->e) && stream_forget(f->db, "q/a", &f->e), f->e);
	assert_ok(outbox_again(f->db, 1, &f->e) && outbox_first(f->db, 1, &n, &f->e) && outbox_unseen(f->db, &ops, &f->a, &f->e), f->e);
	assert_ok(outbox_in_state(f->db, OUTBOX_REJECTED, 9, &ops, &f->a, &f->e), f->e);
	assert_ok(seen_add(f->db, "b1", "a1", 1, &f->e) && seen_given(f->db, "b1", "a1", &found, &f->e), f->e);
	assert_ok(ticket_event_add(f->db, &(struct ticket_log_line){.ticket_id = "x", .type = "note", .ref = "l1"}, NULL, &f->e), f->e);
	assert_ok(ticket_drop(f->db, "x", &f->e) && customer_drop(f->db, "x", &f->e) && callback_drop(f->db, "x", &f->e) &&
		  interaction_drop(f->db, "x", &f->e), f->e);
	vec_release(&rows);
	vec_release(&all);
	vec_release(&ops);
}

// The queries of the entities, taken from the statement cache after all functions were called once.
static void test_no_query_scans_a_big_table(void **state)
{
	struct fix *f = *state;
	struct db_options o = {.mode = DB_READ, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n};
	struct sqls all = {0};
	struct customers cs = {0};
	struct str seen = {0};
	struct db *db;
	size_t scans = 0;

	test_customer_is_found(state);
	assert_ok(customer_touch(f->db, "c1", 99, &f->e), f->e);
	assert_ok(customer_by_phone(f->db, "1", 9, &cs, &f->a, &f->e), f->e);
	assert_ok(customer_log_change(f->db, "c1", "tier", "gold", "vip", NULL, "a1", 3, &f->e), f->e);
	test_interaction(state);
	test_callback_and_kb_event(state);
	test_reading(state);
	test_ticket(state);
	test_ticket_counter(state);
	test_outbox_machine(state);
	test_meta(state);
	touch_hub_rows(f);
	struct interaction_event ev = {.interaction_id = "i1", .type = "say"};
	struct interaction_events evs = {0};
	struct interaction_version v = {.interaction_id = "i1", .version = 1};
	struct interaction_versions vs = {0};
	struct journal j = {.interaction_id = "i1", .field = "f", .text = "x", .at = 1};
	struct journals js = {0};
	int64_t n;
	assert_ok(interaction_event_add(f->db, &ev, NULL, &f->e), f->e);
	assert_ok(interaction_event_list(f->db, "i1", 0, &evs, &f->a, &f->e), f->e);
	assert_ok(interaction_version_add(f->db, &v, &f->e), f->e);
	assert_ok(interaction_version_list(f->db, "i1", &vs, &f->a, &f->e), f->e);
	assert_ok(journal_put(f->db, &j, &f->e), f->e);
	assert_ok(journal_list(f->db, "i1", &js, &f->a, &f->e), f->e);
	assert_ok(journal_clear(f->db, "i1", &f->e), f->e);
	assert_ok(interaction_purge(f->db, 1000, &n, &f->e), f->e);
	db_each_stmt(f->db, collect, &all);
	assert_true(all.n >= 55);
	assert_ok(db_open(&db, f->path, &o, &f->e), f->e);
	for (size_t i = 0; i < all.n; i++)
		if (!str_starts(all.v[i], "update ticket_event") && !str_starts(all.v[i], "delete from ticket_event"))
			scans += explain(f, db, all.v[i], &seen);
	assert_int_equal(scans, 0);
	assert_int_equal(explain(f, db, "select * from ticket where score > 3", &seen), 1); // and a scan is seen
	each_index_is_used(f, db, str_z(&seen));
	// by time alone these would walk every contact, and still call it a search
	assert_non_null(strstr(str_z(&seen), " INDEX interaction_agent "));
	assert_non_null(strstr(str_z(&seen), " INDEX interaction_customer "));
	str_release(&seen);
	db_close(db);
	vec_release(&evs);
	vec_release(&vs);
	vec_release(&js);
	vec_release(&cs);
}

#define with_store(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_customer_is_found),
		with_store(test_customer_change_moves_the_index),
		with_store(test_interaction),
		with_store(test_timeline_is_append_only),
		with_store(test_ticket),
		with_store(test_ticket_counter),
		with_store(test_callback_and_kb_event),
		with_store(test_reading),
		with_store(test_journal),
		with_store(test_outbox_machine),
		with_store(test_outbox_refuses_what_is_too_long),
		with_store(test_audit_chain),
		with_store(test_meta),
		with_store(test_nothing_readable_on_disk),
		with_store(test_moved_cell_does_not_open),
		with_store(test_no_query_scans_a_big_table),
	};

	return cmocka_run_group_tests_name("store-entities", tests, NULL, NULL);
}
