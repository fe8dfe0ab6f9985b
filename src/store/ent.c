// SPDX-License-Identifier: MIT
// Knows what the hub has said: how far each stream was heard, and the last row of each entity, sealed by stream.
#include "src/store/ent.h"

#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/key.h"
#include "src/store/seal.h"
#include "src/wire/wire.h"

// --- streams

bool stream_put(struct db *db, const struct stream *s, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "insert into stream (s, epoch, seq, head, synced_at)"
				     " values (?1, ?2, ?3, ?4, ?5)"
				     " on conflict (s) do update set"
				     " epoch = excluded.epoch, seq = excluded.seq, head = excluded.head, synced_at = excluded.synced_at");

	db_bind_text(st, s->s);
	db_bind_int(st, s->epoch);
	db_bind_int(st, s->seq);
	db_bind_int(st, s->head);
	db_bind_int(st, s->synced_at);
	return db_run(st, e);
}

#define STREAM_COLUMNS "s, epoch, seq, head, synced_at"

static void read_stream(struct db_stmt *st, struct stream *s, struct arena *a)
{
	enum { S, EPOCH, SEQ, HEAD, SYNCED };

	*s = (struct stream){.s = db_text(st, S, a), .epoch = db_int(st, EPOCH), .seq = db_int(st, SEQ), .head = db_int(st, HEAD),
			     .synced_at = db_int(st, SYNCED)};
}

bool stream_get(struct db *db, const char *name, struct stream *out, bool *found, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " STREAM_COLUMNS " from stream where s = ?1");

	db_bind_text(st, name);
	*found = db_row(st);
	if (*found)
		read_stream(st, out, a);
	return db_end(st, e);
}

bool stream_list(struct db *db, struct streams *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " STREAM_COLUMNS " from stream where s > '' order by s");

	while (db_row(st))
		read_stream(st, vec_add(out), a);
	return db_end(st, e);
}

bool stream_forget(struct db *db, const char *name, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from stream_salt where s = ?1");

	db_bind_text(st, name);
	if (!db_run(st, e))
		return false;
	st = db_stmt(db, "delete from stream where s = ?1");
	db_bind_text(st, name);
	return db_run(st, e);
}

// --- the key of a stream's rows: the station's, mixed with the salt of the stream

enum { SALT = 32 };
_Static_assert(KEY_BYTES >= crypto_generichash_KEYBYTES_MIN && KEY_BYTES <= crypto_generichash_KEYBYTES_MAX, "as a key of BLAKE2b");

static bool mix(struct db *db, struct sv salt, unsigned char key[KEY_BYTES], struct err *e)
{
	const struct keyring *keys = db_keys(db);

	if (!keys)
		return err_set(e, ERR_DENIED, _("the station's keys are not loaded"));
	crypto_generichash(key, KEY_BYTES, (const unsigned char *)salt.p, salt.n, keyring_get(keys, KEY_SEAL), KEY_BYTES);
	return true;
}

// Makes the salt on first use.
static bool stream_key(struct db *db, const char *s, unsigned char key[KEY_BYTES], struct err *e)
{
	unsigned char salt[SALT];
	struct db_stmt *st = db_stmt(db, "select salt from stream_salt where s = ?1");

	db_bind_text(st, s);
	bool there = db_row(st), ok = !there || mix(db, db_sv(st, 0), key, e);
	if (!db_end(st, ok ? e : NULL) || !ok)
		return false;
	if (there)
		return true;
	randombytes_buf(salt, sizeof(salt));
	st = db_stmt(db, "insert into stream_salt (s, salt) values (?1, ?2)");
	db_bind_text(st, s);
	db_bind_blob(st, salt, sizeof(salt));
	return db_run(st, e) && mix(db, sv_n((const char *)salt, sizeof(salt)), key, e);
}

// --- rows

static const char *row_id(struct arena *a, const char *t, const char *id)
{
	return arena_printf(a, "%s/%s", t, id);
}

bool ent_put(struct db *db, const struct ent *row, struct err *e)
{
	unsigned char key[KEY_BYTES];
	struct arena a = {0};
	struct str out = {0};

	if (!stream_key(db, row->s, key, e))
		return false;
	struct seal_place at = {db_site(db), "ent", row_id(&a, row->t, row->e), "d"};
	seal_with(&out, key, &at, sv(row->d));
	struct db_stmt *st = db_stmt(db,
				     "insert into ent (t, e, s, q, rev, by, at, stale, d_x)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)"
				     " on conflict (t, e) do update set"
				     " s = excluded.s, q = excluded.q, rev = excluded.rev, by = excluded.by, at = excluded.at,"
				     " stale = 0, d_x = excluded.d_x");
	db_bind_text(st, row->t);
	db_bind_text(st, row->e);
	db_bind_text(st, row->s);
	db_bind_int(st, row->q);
	db_bind_int(st, row->rev);
	db_bind_text(st, row->by);
	db_bind_opt(st, row->at);
	db_bind_blob(st, out.s, out.n);
	sodium_memzero(key, sizeof(key));
	str_release(&out);
	arena_release(&a);
	return db_run(st, e);
}

#define ENT_COLUMNS "n.t, n.e, n.s, n.q, n.rev, n.by, n.at, n.stale"
enum { E_T, E_E, E_S, E_Q, E_REV, E_BY, E_AT, E_STALE, E_D, E_SALT };

static void read_head(struct db_stmt *st, struct ent *r, struct arena *a)
{
	*r = (struct ent){.t = db_text(st, E_T, a), .e = db_text(st, E_E, a), .s = db_text(st, E_S, a), .q = db_int(st, E_Q),
			  .rev = db_int(st, E_REV), .by = db_text(st, E_BY, a), .at = db_int(st, E_AT), .stale = db_bool(st, E_STALE)};
}

static void read_ent(struct db_stmt *st, struct ent *r, struct arena *a)
{
	unsigned char key[KEY_BYTES];
	struct err why = {0};
	struct str out = {0};

	read_head(st, r, a);
	struct seal_place at = {db_site(db_of(st)), "ent", row_id(a, r->t, r->e), "d"};
	if (mix(db_of(st), db_sv(st, E_SALT), key, &why) && unseal_with(&out, key, &at, db_sv(st, E_D), &why))
		r->d = arena_strndup(a, str_z(&out), out.n);
	else
		db_fail(st, &why);
	sodium_memzero(key, sizeof(key));
	str_release(&out);
}

bool ent_get(struct db *db, const char *t, const char *id, struct ent *out, bool *found, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " ENT_COLUMNS ", n.d_x, k.salt"
				     " from ent n join stream_salt k on k.s = n.s"
				     " where n.t = ?1 and n.e = ?2");

	db_bind_text(st, t);
	db_bind_text(st, id);
	*found = db_row(st);
	if (*found)
		read_ent(st, out, a);
	return db_end(st, e);
}

bool ent_head(struct db *db, const char *t, const char *id, struct ent *out, bool *found, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " ENT_COLUMNS " from ent n where n.t = ?1 and n.e = ?2");

	db_bind_text(st, t);
	db_bind_text(st, id);
	*found = db_row(st);
	if (*found)
		read_head(st, out, a);
	return db_end(st, e);
}

bool ent_count(struct db *db, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select count(*) from ent");

	*out = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}

bool ent_drop(struct db *db, const char *t, const char *id, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from ent where t = ?1 and e = ?2");

	db_bind_text(st, t);
	db_bind_text(st, id);
	return db_run(st, e);
}

bool ent_list(struct db *db, const char *t, struct ents *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " ENT_COLUMNS ", n.d_x, k.salt"
				     " from ent n join stream_salt k on k.s = n.s"
				     " where n.t = ?1"
				     " order by n.at, n.e");

	db_bind_text(st, t);
	while (db_row(st))
		read_ent(st, vec_add(out), a);
	return db_end(st, e);
}

bool ent_of_stream(struct db *db, const char *s, bool stale_only, struct ents *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " ENT_COLUMNS " from ent n where n.s = ?1 and n.stale >= ?2");

	db_bind_text(st, s);
	db_bind_bool(st, stale_only);
	while (db_row(st))
		read_head(st, vec_add(out), a);
	return db_end(st, e);
}

bool ent_stale(struct db *db, const char *s, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "update ent set stale = 1 where s = ?1 and stale = 0");

	db_bind_text(st, s);
	return db_run(st, e);
}

bool ent_digest(struct db *db, const char *s, int64_t *n, uint64_t *x, struct err *e)
{
	enum { T, E, REV };
	struct arena a = {0};
	struct db_stmt *st = db_stmt(db, "select t, e, rev from ent where s = ?1 and stale = 0");

	*n = 0;
	*x = 0;
	db_bind_text(st, s);
	while (db_row(st)) {
		++*n;
		*x ^= wire_row_digest(db_text(st, T, &a), db_text(st, E, &a), db_int(st, REV));
		arena_clear(&a);
	}
	arena_release(&a);
	return db_end(st, e);
}

bool ent_base(struct db *db, const char *t, const char *id, const char **out, struct arena *a, struct err *e)
{
	char text[48];
	struct db_stmt *st = db_stmt(db,
				     "select m.epoch, n.rev"
				     " from ent n join stream m on m.s = n.s"
				     " where n.t = ?1 and n.e = ?2 and n.stale = 0");

	*out = NULL;
	db_bind_text(st, t);
	db_bind_text(st, id);
	if (db_row(st)) {
		wire_cursor_print((struct wire_cursor){db_int(st, 0), db_int(st, 1)}, text, sizeof(text));
		*out = arena_strdup(a, text);
	}
	return db_end(st, e);
}
