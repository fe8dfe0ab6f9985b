// SPDX-License-Identifier: MIT
// Knows blobs: files by the hash of their bytes, uploaded piece by piece, sealed at rest.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/store_internal.h"
#include "src/store/seal.h"

enum { HASH = 32, PIECE = 256 * 1024 };

bool hub_blob_state(struct hub_tx *tx, const char *site, const char *hash, int64_t *size, int64_t *have, bool *complete, bool *found,
		    struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select size, have, complete from blob where site = $1 and hash = $2");

	*size = *have = 0;
	*complete = false;
	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	*found = sql_row(st);
	if (*found) {
		*size = sql_int(st, 0);
		*have = sql_int(st, 1);
		*complete = sql_int(st, 2) != 0;
	}
	return sql_end(st, e);
}

static struct seal_place place_of(const char *site, const char *hash, int64_t off, char column[32])
{
	snprintf(column, 32, "x/%lld", (long long)off);
	return (struct seal_place){.site = site, .table = "blobpart", .id = hash, .column = column};
}

static bool put_piece(struct hub_tx *tx, const char *site, const char *hash, int64_t off, struct sv bytes, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into blobpart (site, hash, off, n, x) values ($1, $2, $3, $4, $5)"
				       " on conflict (site, hash, off) do nothing");
	struct str sealed = {0};
	char column[32];
	struct seal_place at = place_of(site, hash, off, column);

	seal(&sealed, tx->s->o.keys, &at, bytes);
	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	sql_bind_int(st, off);
	sql_bind_int(st, (int64_t)bytes.n);
	sql_bind_blob(st, sealed.s, sealed.n);
	str_release(&sealed);
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

// Appends pieces from off on until max bytes are there or the end is reached.
static bool read_pieces(struct hub_tx *tx, const char *site, const char *hash, int64_t off, size_t max, struct str *out, struct err *e)
{
	// The piece that holds off begins at most PIECE before it.
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select off, x from blobpart"
				       " where site = $1 and hash = $2 and off > $3 and off < $4"
				       " order by off");
	size_t before = out->n;
	bool ok = true;

	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	sql_bind_int(st, off - PIECE);
	sql_bind_int(st, off + (int64_t)max);
	while (ok && out->n - before < max && sql_row(st)) {
		struct str plain = {0};
		char column[32];
		int64_t at_off = sql_int(st, 0), want = off + (int64_t)(out->n - before);
		struct seal_place at = place_of(site, hash, at_off, column);
		ok = unseal(&plain, tx->s->o.keys, &at, sql_sv(st, 1), e);
		int64_t skip = want - at_off;
		if (ok && skip >= 0 && skip < (int64_t)plain.n) {
			size_t n = plain.n - (size_t)skip, room = max - (out->n - before);
			str_addn(out, plain.s + skip, n < room ? n : room);
		}
		str_release(&plain);
	}
	return sql_end(st, ok ? e : NULL) && ok;
}

static bool hash_fits(struct hub_tx *tx, const char *site, const char *hash, int64_t size, bool *fits, struct err *e)
{
	unsigned char raw[HASH];
	char hex[2 * HASH + 1];
	crypto_generichash_state h;
	struct str piece = {0};
	bool ok = true;

	crypto_generichash_init(&h, NULL, 0, HASH);
	for (int64_t off = 0; ok && off < size; off += (int64_t)piece.n) {
		str_clear(&piece);
		ok = read_pieces(tx, site, hash, off, PIECE, &piece, e);
		if (ok && !piece.n)
			ok = err_set(e, ERR_IO, _("a part of the file %s is missing"), hash);
		crypto_generichash_update(&h, (const unsigned char *)str_z(&piece), piece.n);
	}
	crypto_generichash_final(&h, raw, HASH);
	sodium_bin2hex(hex, sizeof(hex), raw, HASH);
	*fits = str_eq(hex, hash);
	str_release(&piece);
	return ok;
}

static bool set_state(struct hub_tx *tx, const char *site, const char *hash, int64_t from, int64_t have, bool complete, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update blob set have = $1, complete = $2, at = $3"
				       " where site = $4 and hash = $5 and have = $6 and complete = 0");

	sql_bind_int(st, have);
	sql_bind_int(st, complete);
	sql_bind_int(st, tx->now);
	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	sql_bind_int(st, from);
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

static bool make_row(struct hub_tx *tx, const char *site, const char *hash, int64_t size, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into blob (site, hash, size, have, complete, at) values ($1, $2, $3, 0, 0, $4)"
				       " on conflict (site, hash) do nothing");

	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	sql_bind_int(st, size);
	sql_bind_int(st, tx->now);
	return sql_run(st, e);
}

static bool drop_pieces(struct hub_tx *tx, const char *site, const char *hash, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "delete from blobpart where site = $1 and hash = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, hash);
	return sql_run(st, e);
}

bool hub_blob_append(struct hub_tx *tx, const char *site, const char *hash, int64_t size, int64_t off, struct sv bytes, bool *complete,
		     struct err *e)
{
	int64_t old_size, have;
	bool found, fits = false;

	*complete = false;
	if (!hub_blob_state(tx, site, hash, &old_size, &have, complete, &found, e))
		return false;
	if (*complete)
		return true; // whoever sends it again has the same bytes: they have the same hash
	if (!found && !make_row(tx, site, hash, size, e))
		return false;
	if (found && old_size != size)
		return err_set(e, ERR_CONFLICT, _("the file %s was begun with another length"), hash);
	if (off != have || size < 0 || (int64_t)bytes.n > size - off)
		return err_set(e, ERR_CONFLICT, _("the file %s has %lld bytes so far, of %lld"), hash, (long long)have, (long long)size);
	for (size_t done = 0; done < bytes.n; done += PIECE) {
		size_t n = bytes.n - done < PIECE ? bytes.n - done : PIECE;
		if (!put_piece(tx, site, hash, off + (int64_t)done, sv_n(bytes.p + done, n), e))
			return false;
	}
	int64_t now = have + (int64_t)bytes.n;
	if (now == size && !hash_fits(tx, site, hash, size, &fits, e))
		return false;
	*complete = now == size && fits;
	if (now < size || fits)
		return set_state(tx, site, hash, have, now, *complete, e);
	// Wrong bytes: the upload begins anew.
	return drop_pieces(tx, site, hash, e) && set_state(tx, site, hash, have, 0, false, e);
}

bool hub_blob_read(struct hub_tx *tx, const char *site, const char *hash, int64_t off, size_t max, struct str *out, struct err *e)
{
	int64_t size, have;
	bool complete, found;

	if (!hub_blob_state(tx, site, hash, &size, &have, &complete, &found, e))
		return false;
	if (!complete)
		return err_set(e, ERR_NOT_FOUND, _("the file %s is not here"), hash);
	return off >= size || read_pieces(tx, site, hash, off, max, out, e);
}
