// SPDX-License-Identifier: MIT
// Knows the file of practice: its schema, its sessions and their logs, and that it is a file of its own.
#include "src/practice/book.h"

#include <jansson.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/desk/number.h"
#include "src/practice/book_part.h"

enum { BOOK_APPLICATION_ID = 0x7A787031 }; // "zxp1"

static const struct db_step steps[] = {
	{"0001_practice.sql",
	 "create table session ("
	 "  id text primary key,"
	 "  no text,"
	 "  scenario text not null,"
	 "  version integer not null,"
	 "  mode text not null,"
	 "  state text not null,"
	 "  seed integer not null,"
	 "  lang text not null,"
	 "  agent text,"
	 "  agent_name text,"
	 "  trainer text,"
	 "  room text,"
	 "  reason text,"
	 "  started_at integer not null,"
	 "  ended_at integer not null,"
	 "  used_ms integer not null,"
	 "  suspended_at integer not null,"
	 "  preemptible integer not null,"
	 "  score text,"
	 "  final integer not null," // hundredths, -1: not scored
	 "  keep text,"
	 "  change text,"
	 "  pack_hash text"
	 ") strict, without rowid;"
	 "create index session_agent on session (agent, started_at);"
	 "create index session_scenario on session (scenario, started_at);"
	 "create table entry ("
	 "  session text not null,"
	 "  n integer not null,"
	 "  json text not null,"
	 "  primary key (session, n)"
	 ") strict, without rowid;"
	 // What happened stays as it happened: the score is made from it.
	 "create trigger entry_keep before update on entry begin select raise(abort, 'the log is append-only'); end;"
	 "create table number (day text primary key, last integer not null) strict, without rowid;"
	 "create table case_ ("
	 "  id text primary key,"
	 "  title text not null,"
	 "  category text,"
	 "  origin text not null,"
	 "  tags integer not null,"
	 "  log text not null,"
	 "  at integer not null,"
	 "  by text"
	 ") strict, without rowid;"
	 "create table mark ("
	 "  case_id text not null,"
	 "  n integer not null,"
	 "  t_ms integer not null,"
	 "  type text not null,"
	 "  note text not null,"
	 "  primary key (case_id, n)"
	 ") strict, without rowid;"},
	{"0002_moments.sql",
	 "alter table case_ add column proposed integer not null default 0;"
	 "create table moment ("
	 "  contact text not null,"
	 "  t_ms integer not null,"
	 "  type text not null,"
	 "  note text not null,"
	 "  primary key (contact, t_ms)"
	 ") strict, without rowid;"},
	{"0003_seats.sql",
	 "alter table session add column seat text;"
	 "alter table session add column host text;"},
};

static bool open_file(struct book **out, const char *dir, enum db_mode mode, struct err *e)
{
	char *folder = path_join(dir, "practice"), *path = path_join(folder, "practice.db");
	struct db_options o = {.mode = mode, .application_id = BOOK_APPLICATION_ID, .steps = steps,
			       .step_count = sizeof(steps) / sizeof(*steps)};
	struct db *db = NULL;

	*out = NULL;
	bool ok = (mode == DB_READ || path_mkdirs(folder, e)) && db_open(&db, path, &o, e);
	free(folder);
	free(path);
	if (!ok)
		return false;
	*out = xcalloc(1, sizeof(**out));
	(*out)->db = db;
	return true;
}

bool book_open(struct book **out, const char *dir, struct err *e)
{
	return open_file(out, dir, DB_WRITE, e);
}

bool book_open_read(struct book **out, const char *dir, struct err *e)
{
	return open_file(out, dir, DB_READ, e);
}

void book_close(struct book *b)
{
	if (!b)
		return;
	db_close(b->db);
	free(b);
}

bool book_commit(struct book *b, bool ok, struct err *e)
{
	if (ok)
		return db_commit(b->db, e);
	db_rollback(b->db);
	return false;
}

// --- Sessions

bool book_put(struct book *b, const struct book_session *s, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db,
		"insert or replace into session (id, no, scenario, version, mode, state, seed, lang, agent, agent_name, trainer, room, reason,"
		" started_at, ended_at, used_ms, suspended_at, preemptible, score, final, keep, change, pack_hash,"
		" seat, host)"
		" values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	db_bind_text(st, s->id);
	db_bind_text(st, s->no);
	db_bind_text(st, s->scenario);
	db_bind_int(st, s->version);
	db_bind_text(st, practice_mode_code(s->mode));
	db_bind_text(st, session_state_code(s->state));
	db_bind_int(st, (int64_t)s->seed);
	db_bind_text(st, s->lang == LANG_ZH ? "zh" : "en");
	db_bind_text(st, s->agent);
	db_bind_text(st, s->agent_name);
	db_bind_text(st, s->trainer);
	db_bind_text(st, s->room);
	db_bind_text(st, s->reason);
	db_bind_int(st, s->started_at);
	db_bind_int(st, s->ended_at);
	db_bind_int(st, s->used_ms);
	db_bind_int(st, s->suspended_at);
	db_bind_bool(st, s->preemptible);
	db_bind_text(st, s->score);
	db_bind_int(st, s->score ? s->final_ : -1);
	db_bind_text(st, s->keep);
	db_bind_text(st, s->change);
	db_bind_text(st, s->pack_hash);
	db_bind_text(st, s->seat);
	db_bind_text(st, s->host);
	return db_run(st, e);
}

#define SESSION_COLUMNS                                                                                                            \
	"id, no, scenario, version, mode, state, seed, lang, agent, agent_name, trainer, room, reason, started_at, ended_at, used_ms," \
	" suspended_at, preemptible, score, final, keep, change, pack_hash, seat, host"

static bool read_row(struct db_stmt *st, struct book_session *out, struct arena *a)
{
	*out = (struct book_session){
		.id = db_text(st, 0, a), .no = db_text(st, 1, a), .scenario = db_text(st, 2, a), .version = (int)db_int(st, 3),
		.seed = (uint64_t)db_int(st, 6), .lang = sv_eqz(db_sv(st, 7), "zh") ? LANG_ZH : LANG_EN, .agent = db_text(st, 8, a),
		.agent_name = db_text(st, 9, a), .trainer = db_text(st, 10, a), .room = db_text(st, 11, a), .reason = db_text(st, 12, a),
		.started_at = db_int(st, 13), .ended_at = db_int(st, 14), .used_ms = db_int(st, 15), .suspended_at = db_int(st, 16),
		.preemptible = db_bool(st, 17), .score = db_text(st, 18, a), .final_ = (int)db_int(st, 19), .keep = db_text(st, 20, a),
		.change = db_text(st, 21, a), .pack_hash = db_text(st, 22, a),
		.seat = db_text(st, 23, a), .host = db_text(st, 24, a),
	};
	if (practice_mode_parse(db_sv(st, 4), &out->mode) && session_state_parse(db_sv(st, 5), &out->state))
		return true;
	struct err why = {0};
	err_set(&why, ERR_PARSE, _("the practice session %s is of a kind this program does not know"), out->id);
	db_fail(st, &why);
	return false;
}

// The first row of a statement; ERR_NOT_FOUND through *found.
static bool one(struct db_stmt *st, struct book_session *out, bool *found, struct arena *a, struct err *e)
{
	*found = db_row(st) && read_row(st, out, a);
	return db_end(st, e);
}

bool book_session(struct book *b, const char *id, struct book_session *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select " SESSION_COLUMNS " from session where id = ?1 or no = ?1");
	bool found;

	db_bind_text(st, id);
	if (!one(st, out, &found, a, e))
		return false;
	return found || err_set(e, ERR_NOT_FOUND, _("there is no practice session %s"), id);
}

bool book_sessions(struct book *b, const char *agent, const char *scenario, size_t limit, struct book_sessions *out, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select " SESSION_COLUMNS " from session"
				     " where (?1 is null or agent = ?1) and (?2 is null or scenario = ?2)"
				     " order by started_at desc, id desc limit ?3");
	struct book_session row;

	db_bind_text(st, agent);
	db_bind_text(st, scenario);
	db_bind_int(st, limit ? (int64_t)limit : -1);
	while (db_row(st) && read_row(st, &row, &out->arena))
		vec_push(&out->v, row);
	return db_end(st, e);
}

void book_sessions_release(struct book_sessions *s)
{
	vec_release(&s->v);
	arena_release(&s->arena);
}

bool book_unfinished(struct book *b, struct book_session *out, bool *found, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select " SESSION_COLUMNS " from session"
				     " where state in ('created', 'briefing', 'running', 'paused', 'suspended', 'wrap', 'scoring_auto')"
				     " order by started_at desc, id desc limit 1");

	return one(st, out, found, a, e);
}

// --- Logs

bool book_log_add(struct book *b, const char *session, const struct log_entry *entry, int64_t used_ms, struct err *e)
{
	json_t *o = log_entry_json(entry);
	char *text = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	if (!text)
		return err_set(e, ERR_PARSE, _("the entry cannot be written: its text is not UTF-8"));
	bool ok = db_begin(b->db, e);
	if (ok) {
		struct db_stmt *st = db_stmt(b->db, "insert into entry (session, n, json)"
					     " values (?1, (select coalesce(max(n), 0) + 1 from entry where session = ?1), ?2)");
		db_bind_text(st, session);
		db_bind_text(st, text);
		ok = db_run(st, e);
		st = db_stmt(b->db, "update session set used_ms = ?1 where id = ?2");
		db_bind_int(st, used_ms);
		db_bind_text(st, session);
		ok = db_run(st, ok ? e : NULL) && ok;
		if (ok && !db_changes(b->db))
			ok = err_set(e, ERR_NOT_FOUND, _("there is no practice session %s"), session);
		ok = book_commit(b, ok, e);
	}
	free(text);
	return ok;
}

static bool read_entry(struct db_stmt *st, struct practice_log *out, struct err *e)
{
	struct sv text = db_sv(st, 0);
	json_t *o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	struct log_entry entry = {0};
	bool ok = o ? log_entry_read(o, &entry, e) : err_set(e, ERR_PARSE, _("an entry of the log is not JSON"));

	if (ok)
		practice_log_add(out, &entry);
	event_release(&entry.ev);
	json_decref(o);
	return ok;
}

bool book_log_read(struct book *b, const char *session, struct practice_log *out, struct err *e)
{
	struct book_session s;
	struct arena a = {0};
	struct err why = {0};
	bool ok = book_session(b, session, &s, &a, e), read = true;

	*out = (struct practice_log){0};
	if (ok) {
		struct db_stmt *st = db_stmt(b->db, "select json from entry where session = ? order by n");
		out->version = s.version;
		out->seed = s.seed;
		out->mode = s.mode;
		out->lang = s.lang;
		snprintf(out->scenario, sizeof(out->scenario), "%s", s.scenario);
		db_bind_text(st, s.id);
		while (read && db_row(st))
			read = read_entry(st, out, &why);
		if (!read)
			db_fail(st, &why);
		ok = db_end(st, e);
	}
	arena_release(&a);
	if (!ok)
		practice_log_release(out);
	return ok;
}

// --- Numbers

bool book_number(struct book *b, const char *station, int64_t now, const char *zone, char *out, struct err *e)
{
	struct number n = {.kind = NUMBER_CONTACT, .site = NUMBER_PRACTICE_SITE};
	struct date d;
	char day[16];

	clock_local(zone, now, &d);
	snprintf(day, sizeof(day), "%04d-%02d-%02d", d.year, d.month, d.day);
	n.year = d.year;
	n.month = d.month;
	n.day = d.day;
	snprintf(n.station, sizeof(n.station), "%s", station);
	if (!db_begin(b->db, e))
		return false;
	struct db_stmt *st = db_stmt(b->db, "insert into number (day, last) values (?, 1) on conflict (day) do update set last = last + 1"
				     " returning last");
	db_bind_text(st, day);
	if (db_row(st))
		n.counter = (uint32_t)db_int(st, 0);
	while (db_row(st))
		;
	bool ok = db_end(st, e) && number_format(&n, out, e);
	return book_commit(b, ok, e);
}
