// SPDX-License-Identifier: MIT
// Knows how a test gets a store that answers the protocol, and says in one line what the hub sent.
#ifndef TESTS_SYNC_ROWS_H
#define TESTS_SYNC_ROWS_H

#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/store/key.h"
#include "src/store/meta.h"
#include "src/store/ticket.h"
#include "src/sync/sqlite.h"
#include "tests/unit/store/tmpdir.h"

struct fix {
	char *dir, *path;
	struct keyring *keys;
	struct db *db;
	struct sync_sqlite q;
	struct sync_store st;
	struct arena a;
	struct err e;
	int ids;
};

static inline int fix_setup(void **state)
{
	static const unsigned char master[KEY_BYTES] = {7, 1};
	struct fix *f = xcalloc(1, sizeof(*f));
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n};

	f->dir = tmpdir_new();
	f->path = path_join(f->dir, "store.db");
	f->keys = keyring_from(master);
	assert_ok(db_open(&f->db, f->path, &o, &f->e), f->e);
	db_set_context(f->db, f->keys, "SHA");
	assert_ok(meta_set_text(f->db, "station", "0A7", &f->e) && meta_set_text(f->db, "inc", "9f3c1e", &f->e), f->e);
	sync_sqlite(&f->q, f->db, NULL, &f->st);
	*state = f;
	return 0;
}

static inline int fix_teardown(void **state)
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

// JSON with ' for ".
static inline const char *quoted(struct fix *f, const char *text)
{
	char *s = arena_strdup(&f->a, text);

	for (char *p = s; *p; p++)
		if (*p == '\'')
			*p = '"';
	return s;
}

static inline void row(struct fix *f, const char *s, int64_t q, const char *t, const char *id, int64_t rev, const char *d)
{
	json_error_t why;
	json_t *doc = json_loads(quoted(f, d), 0, &why);
	struct wire_row r = {.q = q, .t = t, .e = id, .rev = rev, .at = 1000 + q, .by = "hub-by", .d = doc};

	if (!doc)
		fail_msg("%s: %s", d, why.text);
	json_t *before = json_deep_copy(doc);
	assert_ok(f->st.row_put(f->st.ctx, s, &r, &f->e), f->e);
	assert_true(json_equal(before, doc)); // the page is the caller's
	json_decref(before);
	json_decref(doc);
}

static inline void gone(struct fix *f, const char *t, const char *id, const char *why, const char *to)
{
	struct wire_row r = {.q = 1, .t = t, .e = id, .rev = 99, .gone = why, .to = to};

	assert_ok(f->st.row_gone(f->st.ctx, &r, &f->e), f->e);
}

static inline void cursor(struct fix *f, const char *s, int64_t epoch, int64_t seq, int64_t head, int64_t synced)
{
	struct sync_stream st = {.s = s, .epoch = epoch, .seq = seq, .head = head, .synced_at = synced};

	assert_ok(f->st.stream_put(f->st.ctx, &st, &f->e), f->e);
}

static inline int64_t op(struct fix *f, const char *k, const char *t, const char *id, const char *s, const char *body)
{
	int64_t n;
	struct outbox_op o = {.id = arena_printf(&f->a, "op-%d", ++f->ids), .k = k, .t = t, .e = id, .s = s, .body = quoted(f, body),
			      .made = 5000 + f->ids, .by = "a1"};

	assert_ok(outbox_add(f->db, &o, &n, &f->e), f->e);
	return n;
}

static inline void mark(struct fix *f, int64_t n, enum outbox_state st, const char *at, int64_t seq)
{
	assert_ok(f->st.op_mark(f->st.ctx, n, st, "{\"r\":\"x\",\"cf\":\"cf1\"}", at, seq, 9000, &f->e), f->e);
}

static inline enum outbox_state state_of_op(struct fix *f, int64_t n)
{
	struct outbox_op o;

	assert_ok(outbox_get(f->db, n, &o, &f->a, &f->e), f->e);
	return o.st;
}

// A ticket as the hub sends one.
#define TICKET "{'no':'SHA-1','state':'open','kind':'case','title':'退款','priority':2,'owner_id':'a2','queue_code':'pay','new_member':{'x':1}}"

// NULL: not shown.
static inline const char *ticket_state(struct fix *f, const char *id)
{
	struct ticket t = {0};
	struct err e = {0};

	return ticket_get(f->db, id, &t, &f->a, &e) ? t.state : NULL;
}

#endif
