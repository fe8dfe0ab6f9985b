// SPDX-License-Identifier: MIT
// Knows the audit log: append-only, each line chained to the one before (sync.md §6.8).
#include "src/store/audit.h"

#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/meta.h"

static void hash_u64(crypto_generichash_state *h, uint64_t v)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(v >> (8 * i));
	crypto_generichash_update(h, b, sizeof(b));
}

static void line_hash(const unsigned char prev[AUDIT_HASH], const struct audit_line *l, unsigned char out[AUDIT_HASH])
{
	const char *const texts[] = {l->actor, l->station, l->action, l->object, l->purpose, l->detail};
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, AUDIT_HASH);
	crypto_generichash_update(&h, prev, AUDIT_HASH);
	hash_u64(&h, (uint64_t)l->n);
	hash_u64(&h, (uint64_t)l->at);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t n = texts[i] ? strlen(texts[i]) : 0;
		hash_u64(&h, texts[i] ? n : UINT64_MAX);
		crypto_generichash_update(&h, (const unsigned char *)(texts[i] ? texts[i] : ""), n);
	}
	crypto_generichash_final(&h, out, AUDIT_HASH);
}

static void head_text(int64_t n, const unsigned char hash[AUDIT_HASH], char out[96])
{
	char hex[2 * AUDIT_HASH + 1];

	sodium_bin2hex(hex, sizeof(hex), hash, AUDIT_HASH);
	snprintf(out, 96, "%lld:%s", (long long)n, hex);
}

static void copy_hash(unsigned char out[AUDIT_HASH], struct sv blob)
{
	memset(out, 0, AUDIT_HASH);
	memcpy(out, blob.p, blob.n < AUDIT_HASH ? blob.n : AUDIT_HASH);
}

bool audit_add(struct db *db, const struct audit_line *l, struct err *e)
{
	struct audit_line line = *l;
	unsigned char prev[AUDIT_HASH] = {0};
	char head[96];
	struct db_stmt *st = db_stmt(db, "select n, hash from audit order by n desc limit 1");

	line.n = 1;
	if (db_row(st)) {
		line.n = db_int(st, 0) + 1;
		copy_hash(prev, db_sv(st, 1));
	}
	if (!db_end(st, e))
		return false;
	line_hash(prev, &line, line.hash);
	st = db_stmt(db,
		     "insert into audit (n, at, actor, station, action, object, purpose, detail, prev_hash, hash)"
		     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
	db_bind_int(st, line.n);
	db_bind_int(st, line.at);
	db_bind_text(st, line.actor);
	db_bind_text(st, line.station);
	db_bind_text(st, line.action);
	db_bind_text(st, line.object);
	db_bind_text(st, line.purpose);
	db_bind_text(st, line.detail);
	db_bind_blob(st, prev, sizeof(prev));
	db_bind_blob(st, line.hash, sizeof(line.hash));
	head_text(line.n, line.hash, head);
	return db_run(st, e) && meta_set_text(db, "audit_head", head, e);
}

#define AUDIT_COLUMNS "n, at, actor, station, action, object, purpose, detail, prev_hash, hash"
enum { A_N, A_AT, A_ACTOR, A_STATION, A_ACTION, A_OBJECT, A_PURPOSE, A_DETAIL, A_PREV, A_HASH };

static void read_line(struct db_stmt *st, struct audit_line *l, struct arena *a)
{
	*l = (struct audit_line){
		.n = db_int(st, A_N), .at = db_int(st, A_AT), .actor = db_text(st, A_ACTOR, a),
		.station = db_text(st, A_STATION, a), .action = db_text(st, A_ACTION, a),
		.object = db_text(st, A_OBJECT, a), .purpose = db_text(st, A_PURPOSE, a),
		.detail = db_text(st, A_DETAIL, a),
	};
	copy_hash(l->hash, db_sv(st, A_HASH));
}

static bool fits(struct db_stmt *st, const struct audit_line *l, const unsigned char prev[AUDIT_HASH])
{
	unsigned char want[AUDIT_HASH], stored_prev[AUDIT_HASH];

	copy_hash(stored_prev, db_sv(st, A_PREV));
	line_hash(prev, l, want);
	return memcmp(stored_prev, prev, AUDIT_HASH) == 0 && memcmp(l->hash, want, AUDIT_HASH) == 0;
}

bool audit_verify(struct db *db, int64_t *checked, struct err *e)
{
	unsigned char prev[AUDIT_HASH] = {0};
	struct arena a = {0};
	char want[96] = "";
	const char *head;
	bool right = true;
	struct db_stmt *st = db_stmt(db, "select " AUDIT_COLUMNS " from audit order by n");

	*checked = 0;
	while (right && db_row(st)) {
		struct audit_line l;
		arena_clear(&a);
		read_line(st, &l, &a);
		right = l.n == *checked + 1 && fits(st, &l, prev);
		*checked += right;
		memcpy(prev, l.hash, AUDIT_HASH);
	}
	bool ok = db_end(st, e) && meta_text(db, "audit_head", &head, &a, e);
	if (ok && right && *checked) {
		head_text(*checked, prev, want);
		right = str_eq(head, want);
	} else if (ok && right) {
		right = head == NULL;
	}
	if (ok && !right)
		ok = err_set(e, ERR_CONFLICT, _("the audit log was changed: line %lld does not fit the one before it"),
			     (long long)*checked + 1);
	arena_release(&a);
	return ok;
}

bool audit_list(struct db *db, int64_t after_n, size_t limit, struct audit_lines *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " AUDIT_COLUMNS
				     " from audit"
				     " where n > ?1"
				     " order by n"
				     " limit ?2");

	db_bind_int(st, after_n);
	db_bind_int(st, limit ? (int64_t)limit : 1000);
	while (db_row(st))
		read_line(st, vec_add(out), a);
	return db_end(st, e);
}
