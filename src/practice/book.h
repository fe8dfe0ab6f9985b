// SPDX-License-Identifier: MIT
// Knows the file that practice is kept in: sessions, their logs, scores, debriefs, cases. It is a file of its own (practice/practice.db
// of the data directory), never the station's store: nothing of it has an outbox, a stream or a number of the live site.
#ifndef PRACTICE_BOOK_H
#define PRACTICE_BOOK_H

#include "src/practice/score.h"

struct book;

// domain.md §4.10, in the order written there.
enum session_state {
	SESSION_CREATED, SESSION_BRIEFING, SESSION_RUNNING, SESSION_PAUSED, SESSION_SUSPENDED, SESSION_WRAP, SESSION_SCORING_AUTO,
	SESSION_SCORING_TRAINER, SESSION_SCORED, SESSION_DEBRIEFED, SESSION_ARCHIVED, SESSION_ABORTED,
};
KIND_DECLARE(session_state)
// May the state move so? The table of §4.10.
bool session_may(enum session_state from, enum session_state to, enum practice_mode mode);

struct book_session { // texts owned by the arena it was read into
	const char *id, *no; // UUIDv7; TRN number
	const char *scenario, *agent, *agent_name, *trainer, *room, *reason; // NULL: none
	int version;
	enum practice_mode mode;
	enum session_state state;
	uint64_t seed;
	enum lang lang;
	int64_t started_at, ended_at; // UTC, 0: not
	int64_t used_ms;              // of the session's clock, as journaled last
	int64_t suspended_at;
	bool preemptible;
	const char *score;            // JSON (score_json), NULL: not scored
	int final_;                   // hundredths, -1: not scored
	const char *keep, *change;    // debrief
	const char *pack_hash;
	const char *seat, *host;      // of another agent seat in a drill: its code and the id of the first seat's session; NULL: none
};
struct book_sessions {
	struct arena arena;
	VEC(struct book_session) v; // newest first
};
void book_sessions_release(struct book_sessions *s);

// dir is the data directory; dir/practice is made (0700).
must_use bool book_open(struct book **out, const char *dir, struct err *e);
// The same for reading beside a running workstation; ERR_NOT_FOUND while nobody has practised.
must_use bool book_open_read(struct book **out, const char *dir, struct err *e);
void book_close(struct book *b);
// Inserts or replaces the row (not the log).
must_use bool book_put(struct book *b, const struct book_session *s, struct err *e);
// Each call is durable when it returns: after kill -9 at most the entry being written is missing.
must_use bool book_log_add(struct book *b, const char *session, const struct log_entry *e, int64_t used_ms, struct err *err);
must_use bool book_log_read(struct book *b, const char *session, struct practice_log *out, struct err *e); // head from the session row
// By id, or by number.
must_use bool book_session(struct book *b, const char *id, struct book_session *out, struct arena *a, struct err *e);
// agent, scenario: NULL takes all. limit 0: all.
must_use bool book_sessions(struct book *b, const char *agent, const char *scenario, size_t limit, struct book_sessions *out, struct err *e);
// The one that was not over when the program ended, if any: *found.
must_use bool book_unfinished(struct book *b, struct book_session *out, bool *found, struct arena *a, struct err *e);
// The next TRN number of the day (number.h), counted here.
must_use bool book_number(struct book *b, const char *station, int64_t now, const char *zone, char *out, struct err *e);

// The case library (domain.md §12.9): texts come masked; nothing else is taken.
enum case_tag { CASE_SUCCESS, CASE_FAILURE, CASE_COMMON, CASE_COMPLAINT, CASE_EMERGENCY };
KIND_DECLARE(case_tag)
enum case_marker { CASE_GOOD, CASE_MISS, CASE_KEY };
KIND_DECLARE(case_marker)
struct case_mark {
	int64_t t_ms;
	enum case_marker type;
	const char *note;
};
struct book_case {
	const char *id, *title, *category, *from; // from: "interaction" or "session"
	unsigned tags;                             // bits of case_tag
	const char *log;                           // log entries as JSON lines, masked
	const struct case_mark *marks;
	size_t n_marks;
	int64_t at;
	const char *by;
	bool proposed; // nobody who may has decided yet that it stays
};
struct book_cases {
	struct arena arena;
	VEC(struct book_case) v;
};
void book_cases_release(struct book_cases *c);
// ERR_DENIED where a text holds what masking would still change.
must_use bool book_case_put(struct book *b, const struct book_case *c, struct err *e);
must_use bool book_cases(struct book *b, struct book_cases *out, struct err *e);
must_use bool book_case_drop(struct book *b, const char *id, struct err *e);
must_use bool book_case_accept(struct book *b, const char *id, struct err *e); // it is proposed no longer

// Moments of past contacts that were marked, by the contact's id: they go into the case when the contact is kept as one. One at a time
// of the contact; a second there takes the place of the first. The note comes de-identified (case_note).
struct book_marks {
	struct arena arena;
	VEC(struct case_mark) v; // by time
};
void book_marks_release(struct book_marks *m);
must_use bool book_moment_put(struct book *b, const char *contact, const struct case_mark *m, struct err *e);
must_use bool book_moment_drop(struct book *b, const char *contact, int64_t t_ms, struct err *e);
must_use bool book_moments(struct book *b, const char *contact, struct book_marks *out, struct err *e);

#endif
