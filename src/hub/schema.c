// SPDX-License-Identifier: MIT
// Knows the tables of the hub's store: one list, from which each engine's DDL, the copy and the backup are made.
#include "src/hub/schema.h"

#include "src/base/i18n.h"

enum { META_COLUMNS = 3 };
#define APPLICATION_ID 0x7A786831 // "zxh1"

#define INT(name) {name, COL_INT, false}
#define TEXT(name) {name, COL_TEXT, false}
#define BLOB(name) {name, COL_BLOB, false}
#define INT_OR(name) {name, COL_INT, true}
#define TEXT_OR(name) {name, COL_TEXT, true}
#define BLOB_OR(name) {name, COL_BLOB, true}
#define COLS(list) .cols = list, .n_cols = sizeof(list) / sizeof(*list)

static const struct schema_col meta_cols[] = {TEXT("site"), TEXT("k"), TEXT("v")};
static const struct schema_col stream_cols[] = {TEXT("site"), TEXT("s"), INT("epoch"), INT("seq"), INT("low"), INT("upd")};
// d: document in the clear, x: sealed; one of them is set. A row t = '@left' says that an entity moved on to the stream in dest.
static const struct schema_col ent_cols[] = {
	TEXT("site"), TEXT("t"), TEXT("e"), TEXT("s"), INT("seq"), INT("rev"), TEXT_OR("gone"), TEXT_OR("dest"), TEXT_OR("d"), BLOB_OR("x"),
	TEXT_OR("fr"), TEXT_OR("author"), INT("at"), TEXT_OR("dev"),
};
// One line a revision; seq 0: overtaken by a later one of the same transaction. Lines of t = '@left' keep the count of a
// stream's numbers whole, so that hub_check sees every gap.
static const struct schema_col hist_cols[] = {
	TEXT("site"), TEXT("t"), TEXT("e"), INT("rev"), TEXT("s"), INT("seq"), TEXT_OR("gone"), TEXT_OR("dest"), TEXT_OR("d"), BLOB_OR("x"),
	TEXT_OR("author"), INT("at"), TEXT_OR("dev"), TEXT_OR("op"),
};
static const struct schema_col bidx_cols[] = {TEXT("site"), TEXT("t"), TEXT("f"), BLOB("h"), TEXT("e")};
static const struct schema_col dev_cols[] = {
	TEXT("site"), TEXT("dev"), TEXT("inc"), TEXT("station"), INT("last_n"), INT("seen"), BLOB("pubkey"), TEXT("state"), TEXT_OR("name"),
	TEXT_OR("owner"), TEXT_OR("report"),
};
static const struct schema_col opres_cols[] = {
	TEXT("site"), TEXT("dev"), TEXT("inc"), INT("n"), BLOB("h"), TEXT("res"), TEXT_OR("k"), INT("at"),
};
static const struct schema_col cred_cols[] = {
	TEXT("site"), TEXT("agent"), TEXT("login"), TEXT("hash"), INT("failed"), INT("locked_until"),
};
static const struct schema_col session_cols[] = {
	TEXT("site"), TEXT("family"), BLOB("access"), BLOB("refresh"), BLOB("previous"), TEXT("agent"), TEXT("dev"), TEXT("inc"), INT("expires"),
	INT("refreshed"), INT("ended"),
};
static const struct schema_col code_cols[] = {
	TEXT("site"), BLOB("h"), TEXT_OR("station"), TEXT_OR("name"), INT("expires"), INT("used"),
};
static const struct schema_col lease_cols[] = {TEXT("site"), TEXT("name"), TEXT("owner"), INT("fence"), INT("expires")};
static const struct schema_col presence_cols[] = {
	TEXT("site"), TEXT("agent"), TEXT("state"), TEXT("hub"), INT("since"), INT("expires"),
};
static const struct schema_col chain_cols[] = {TEXT("site"), INT("seq"), BLOB("hash")};
static const struct schema_col audit_cols[] = {
	TEXT("site"), INT("seq"), INT("at"), TEXT_OR("actor"), TEXT_OR("station"), TEXT_OR("action"), TEXT_OR("object"), TEXT_OR("purpose"),
	TEXT_OR("detail"), BLOB("prev"), BLOB("hash"),
};
static const struct schema_col blob_cols[] = {
	TEXT("site"), TEXT("hash"), INT("size"), INT("have"), INT("complete"), INT("at"),
};
static const struct schema_col blobpart_cols[] = {TEXT("site"), TEXT("hash"), INT("off"), INT("n"), BLOB("x")};
// Practice rooms: what two stations of one session say to each other. No streams, no entities, no operations: nothing of it can come
// into live work. last: the number of the newest line; lines of one station are numbered by it (c), so that one sent twice counts once.
static const struct schema_col room_cols[] = {
	TEXT("site"), TEXT("room"), TEXT("owner"), TEXT("kind"), TEXT("doc"), INT("last"), INT("at"), INT("upd"),
};
static const struct schema_col roomline_cols[] = {
	TEXT("site"), TEXT("room"), INT("n"), TEXT("dev"), INT("c"), TEXT("author"), INT("at"), TEXT("body"),
};

// Every key and every unique index begins with the site, and what is looked for is looked for by it: an engine that keeps its rows in
// many places by site then finds each in one. Rows that belong to no site have a name of their own in its place: HUB_WHOLE ("") is the
// database as a whole (its schema, epoch and keys, the lease of housekeeping), WIRE_GLOBAL_SITE ("*") what all sites share to read.
// Only passes over everything go without: housekeeping, the heads of all streams, check, copy.
const struct schema_table schema_tables[] = {
	{.name = "meta", .key = "site, k", COLS(meta_cols), .narrow = true, .small = true},
	// No index on upd in PostgreSQL: with it no update of a counter would stay on its page (HOT), and counters are what is
	// updated most; there are few of them.
	{.name = "stream", .key = "site, s", COLS(stream_cols), .narrow = true, .fill = 20,
	 .index = {{"stream_upd", "stream (upd)", .lite_only = true}}},
	{.name = "ent", .key = "site, t, e", COLS(ent_cols), .fill = 80,
	 .index = {{"ent_feed", "ent (site, s, seq)", .unique = true}, {"ent_deleted", "ent (at) where gone = 'deleted'"}}},
	{.name = "ent_hist", .key = "site, t, e, rev", COLS(hist_cols)},
	{.name = "bidx", .key = "site, t, f, h, e", COLS(bidx_cols), .narrow = true, .index = {{"bidx_ent", "bidx (site, t, e)"}}},
	{.name = "dev", .key = "site, dev, inc", COLS(dev_cols), .fill = 50},
	{.name = "opres", .key = "site, dev, inc, n", COLS(opres_cols), .narrow = true, .index = {{"opres_at", "opres (at)"}}},
	{.name = "cred", .key = "site, agent", COLS(cred_cols), .index = {{"cred_login", "cred (site, login)", .unique = true}}},
	{.name = "session", .key = "site, family", COLS(session_cols), .fill = 50,
	 .index = {{"session_access", "session (site, access)", .unique = true}, {"session_refresh", "session (site, refresh)"},
		   {"session_previous", "session (site, previous)"}, {"session_dev", "session (site, dev)"},
		   {"session_agent", "session (site, agent)"}}},
	{.name = "code", .key = "site, h", COLS(code_cols), .narrow = true, .small = true},
	{.name = "lease", .key = "site, name", COLS(lease_cols), .narrow = true, .small = true, .fill = 20},
	{.name = "presence", .key = "site, agent", COLS(presence_cols), .narrow = true, .fill = 50},
	{.name = "chain", .key = "site", COLS(chain_cols), .narrow = true, .small = true, .fill = 20},
	{.name = "audit", .key = "site, seq", COLS(audit_cols)},
	{.name = "blob", .key = "site, hash", COLS(blob_cols), .narrow = true, .index = {{"blob_open", "blob (at) where complete = 0"}}},
	{.name = "blobpart", .key = "site, hash, off", COLS(blobpart_cols)},
	{.name = "room", .key = "site, room", COLS(room_cols), .fill = 50, .index = {{"room_upd", "room (site, upd)"}, {"room_old", "room (upd)"}}},
	{.name = "roomline", .key = "site, room, n", COLS(roomline_cols),
	 .index = {{"roomline_once", "roomline (site, room, dev, c)", .unique = true}, {"roomline_at", "roomline (at)"}}},
};
const size_t schema_tables_n = sizeof(schema_tables) / sizeof(*schema_tables);

static const char *type_of(enum schema_type type, enum sql_engine engine)
{
	// Order and equality of text are those of its bytes on both engines.
	static const char *const lite[] = {"integer", "text", "blob"}, *const pg[] = {"bigint", "text collate \"C\"", "bytea"};

	return engine == SQL_SQLITE ? lite[type] : pg[type];
}

void schema_ddl(const struct schema_table *t, enum sql_engine engine, struct str *out)
{
	str_addf(out, "create table if not exists %s (", t->name);
	for (size_t i = 0; i < t->n_cols; i++)
		str_addf(out, "%s %s%s, ", t->cols[i].name, type_of(t->cols[i].type, engine), t->cols[i].null ? "" : " not null");
	str_addf(out, "primary key (%s))", t->key);
	if (engine == SQL_SQLITE)
		str_add(out, t->narrow ? " strict, without rowid" : " strict");
	else if (t->fill)
		str_addf(out, " with (fillfactor = %d)", t->fill);
	str_add(out, ";\n");
	for (size_t i = 0; i < sizeof(t->index) / sizeof(*t->index) && t->index[i].on; i++)
		if (engine == SQL_SQLITE || !t->index[i].lite_only)
			str_addf(out, "create %sindex if not exists %s on %s;\n", t->index[i].unique ? "unique " : "", t->index[i].name,
				 t->index[i].on);
}

static bool scalar(struct sql *c, const char *text, int64_t *out, struct err *e)
{
	struct sql_stmt *st = sql_stmt(c, text);

	*out = sql_row(st) ? sql_int(st, 0) : 0;
	return sql_end(st, e);
}

// SQLite: is this file a hub's, or an empty one?
static bool is_ours(struct sql *c, const char **why, struct err *e)
{
	int64_t id, tables;

	*why = NULL;
	if (sql_engine_of(c) != SQL_SQLITE)
		return true;
	if (!scalar(c, "pragma application_id", &id, e) || !scalar(c, "select count(*) from sqlite_schema", &tables, e))
		return false;
	if (id != APPLICATION_ID && (id != 0 || tables != 0))
		*why = _("this file belongs to another program");
	return true;
}

static bool make_tables(struct sql *c, struct err *e)
{
	struct str ddl = {0};

	if (sql_engine_of(c) == SQL_SQLITE)
		str_addf(&ddl, "pragma application_id = %d;\n", APPLICATION_ID);
	for (size_t i = 0; i < schema_tables_n; i++)
		schema_ddl(&schema_tables[i], sql_engine_of(c), &ddl);
	str_addf(&ddl, "insert into meta (site, k, v) values ('', 'schema', '%d'), ('', 'epoch', '1');\n", SCHEMA_VERSION);
	bool ok = sql_begin(c, e) && sql_exec(c, str_z(&ddl), e);
	if (ok)
		ok = sql_commit(c, e);
	else
		sql_rollback(c);
	str_release(&ddl);
	return ok;
}

// *version 0: there is no schema yet.
static bool read_version(struct sql *c, int64_t *version, struct err *e)
{
	bool lite = sql_engine_of(c) == SQL_SQLITE;
	int64_t columns, ours;

	*version = 0;
	if (!scalar(c, lite ? "select count(*) from pragma_table_info('meta')"
			    : "select count(*) from pg_attribute where attrelid = to_regclass('meta') and attnum > 0 and not attisdropped",
		    &columns, e) ||
	    !scalar(c, lite ? "select count(*) from pragma_table_info('meta') where name in ('site', 'k', 'v')"
			    : "select count(*) from pg_attribute where attrelid = to_regclass('meta') and attname in ('site', 'k', 'v')",
		    &ours, e))
		return false;
	if (!columns)
		return true;
	if (ours != META_COLUMNS)
		return err_set(e, ERR_CONFLICT,
			       _("the tables here are not those of this hub: another program made them, or a hub from before its first release; give this hub a store of its own"));
	struct sql_stmt *st = sql_stmt(c, "select v from meta where site = '' and k = 'schema'");
	if (sql_row(st) && !parse_int(sql_sv(st, 0), 1, 1000000, version))
		*version = 0;
	return sql_end(st, e);
}

bool schema_open(struct sql *c, bool readonly, struct err *e)
{
	const char *why;
	int64_t version;

	if (!is_ours(c, &why, e) || !read_version(c, &version, e))
		return false;
	if (why)
		return err_set(e, ERR_CONFLICT, "%s", why);
	// Several hubs may start on one empty database: whoever comes second fails to make it, and then finds it made.
	for (int tries = 0; !version && !readonly && tries < 5; tries++) {
		struct err failed = {0};
		bool made = make_tables(c, &failed);
		if (!read_version(c, &version, e))
			return false;
		if (!made && !version && tries == 4)
			return err_set(e, failed.code, "%s", failed.msg);
	}
	if (!version)
		return err_set(e, ERR_NOT_FOUND, _("there is no hub's store here yet; zuoxi-hub init makes it"));
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_CONFLICT, _("the store was made by a newer hub (schema %lld, this one knows %d); install that version"),
			       (long long)version, SCHEMA_VERSION);
	return true;
}
