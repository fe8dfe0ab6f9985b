// SPDX-License-Identifier: MIT
// Knows practice rooms: lines of a session that two stations share, each once, in one order.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

#define ROOM_COLUMNS "room, owner, kind, doc, last, at, upd"
enum { R_ROOM, R_OWNER, R_KIND, R_DOC, R_LAST, R_AT, R_UPD };

static void read_room(struct sql_stmt *st, struct hub_room *r, struct arena *a)
{
	*r = (struct hub_room){
		.room = sql_text(st, R_ROOM, a), .owner = sql_text(st, R_OWNER, a), .kind = sql_text(st, R_KIND, a),
		.doc = sql_text(st, R_DOC, a), .last = sql_int(st, R_LAST), .at = sql_int(st, R_AT), .upd = sql_int(st, R_UPD),
	};
}

// Read aloud across a room: no 0 O 1 I L, no letters that sound alike in pairs are needed for 30 days of rooms.
static void new_code(char out[ROOM_CODE + 1])
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

	for (int i = 0; i < ROOM_CODE; i++)
		out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	out[ROOM_CODE] = '\0';
}

bool hub_room_open(struct hub_tx *tx, const char *site, const char *owner, const char *kind, const char *doc, struct hub_room *out,
		   struct err *e)
{
	char code[ROOM_CODE + 1];

	new_code(code);
	struct sql_stmt *st = sql_stmt(tx->c, "insert into room (site, room, owner, kind, doc, last, at, upd) values ($1, $2, $3, $4, $5, 0, $6, $7)"
					      " on conflict (site, room) do nothing");
	sql_bind_text(st, site);
	sql_bind_text(st, code);
	sql_bind_text(st, owner);
	sql_bind_text(st, kind);
	sql_bind_text(st, doc);
	sql_bind_int(st, tx->now);
	sql_bind_int(st, tx->now);
	if (!sql_run(st, e))
		return false;
	if (sql_changes(tx->c) != 1)
		return hub_stale(tx, e); // the code is taken: another one
	*out = (struct hub_room){.room = arena_strdup(&tx->arena, code), .owner = arena_strdup(&tx->arena, owner),
				 .kind = arena_strdup(&tx->arena, kind), .doc = arena_strdup(&tx->arena, doc), .at = tx->now, .upd = tx->now};
	return true;
}

bool hub_room_get(struct hub_tx *tx, const char *site, const char *room, struct hub_room *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " ROOM_COLUMNS " from room where site = $1 and room = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, room);
	*found = sql_row(st);
	if (*found)
		read_room(st, out, &tx->arena);
	return sql_end(st, e);
}

bool hub_room_list(struct hub_tx *tx, const char *site, int64_t since, size_t limit, bool (*fn)(void *arg, const struct hub_room *r), void *arg,
		   struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " ROOM_COLUMNS " from room where site = $1 and upd > $2 order by upd desc, room limit $3");
	bool more = true;

	sql_bind_text(st, site);
	sql_bind_int(st, since);
	sql_bind_int(st, (int64_t)limit);
	while (more && sql_row(st)) {
		struct hub_room r;
		read_room(st, &r, &tx->arena);
		more = fn(arg, &r);
	}
	return sql_end(st, e);
}

// The number a line got before, 0: it is new.
static bool said_before(struct hub_tx *tx, const char *site, const char *room, const struct hub_roomline *l, int64_t *n, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select n from roomline where site = $1 and room = $2 and dev = $3 and c = $4");

	sql_bind_text(st, site);
	sql_bind_text(st, room);
	sql_bind_text(st, l->dev);
	sql_bind_int(st, l->c);
	*n = sql_row(st) ? sql_int(st, 0) : 0;
	return sql_end(st, e);
}

// Takes the next number: the room's row is locked by it until the commit, so that lines become visible in their order.
static bool next_number(struct hub_tx *tx, const char *site, const char *room, int64_t *n, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "update room set last = last + 1, upd = $1 where site = $2 and room = $3 returning last");

	sql_bind_int(st, tx->now);
	sql_bind_text(st, site);
	sql_bind_text(st, room);
	bool there = sql_row(st);
	*n = there ? sql_int(st, 0) : 0;
	if (!sql_end(st, e))
		return false;
	if (!there)
		return err_set(e, ERR_NOT_FOUND, "there is no room %s", room);
	return *n <= ROOM_LINES_MAX || err_set(e, ERR_LIMIT, "room %s has %d lines already", room, ROOM_LINES_MAX);
}

bool hub_room_say(struct hub_tx *tx, const char *site, const char *room, const struct hub_roomline *l, int64_t *n, struct err *e)
{
	// The number first: whoever sends the same line at the same time waits at the room's row, and then finds it said.
	int64_t next, before;

	if (!next_number(tx, site, room, &next, e) || !said_before(tx, site, room, l, &before, e))
		return false;
	*n = before ? before : next;
	if (before) {
		struct sql_stmt *back = sql_stmt(tx->c, "update room set last = last - 1 where site = $1 and room = $2");
		sql_bind_text(back, site);
		sql_bind_text(back, room);
		return sql_run(back, e);
	}
	struct sql_stmt *st = sql_stmt(tx->c, "insert into roomline (site, room, n, dev, c, author, at, body) values ($1, $2, $3, $4, $5, $6, $7, $8)");
	sql_bind_text(st, site);
	sql_bind_text(st, room);
	sql_bind_int(st, next);
	sql_bind_text(st, l->dev);
	sql_bind_int(st, l->c);
	sql_bind_text(st, l->author);
	sql_bind_int(st, tx->now);
	sql_bind_text(st, l->body);
	return sql_run(st, e);
}

bool hub_room_lines(struct hub_tx *tx, const char *site, const char *room, int64_t after, size_t limit,
		    bool (*fn)(void *arg, const struct hub_roomline *l), void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select n, dev, c, author, at, body from roomline where site = $1 and room = $2 and n > $3"
					      " order by n limit $4");
	bool more = true;

	sql_bind_text(st, site);
	sql_bind_text(st, room);
	sql_bind_int(st, after);
	sql_bind_int(st, (int64_t)limit);
	while (more && sql_row(st)) {
		struct hub_roomline l = {.n = sql_int(st, 0), .dev = sql_text(st, 1, &tx->arena), .c = sql_int(st, 2),
					 .author = sql_text(st, 3, &tx->arena), .at = sql_int(st, 4), .body = sql_text(st, 5, &tx->arena)};
		more = fn(arg, &l);
	}
	return sql_end(st, e);
}
