// SPDX-License-Identifier: MIT
// Knows what the files of a session share.
#ifndef PRACTICE_SESSION_PART_H
#define PRACTICE_SESSION_PART_H

#include "src/practice/sandbox.h"
#include "src/practice/session.h"
#include "src/practice/voice.h"

enum {
	SESSION_RESUME_MS = 30 * 60000, // so long a suspended session can be gone on with
};
// The monotonic clock of the sandbox at the session's time 0, in every run of the program: contacts that come back lie where they lay.
#define SESSION_MONO 1000000

struct session {
	struct session_options o; // texts in arena
	struct arena arena;
	struct clock clock;       // of the sandbox; moved by session_clock
	int64_t base_wall;        // UTC at the session's time 0
	int64_t acc, since;       // ms used before; real mono since the clock runs, -1: it stands still
	struct packs *packs;      // of the sandbox's model
	const struct scenario *scenario;
	struct sandbox box;
	struct cti *phone;
	struct engine *engine;
	struct book *book;
	struct book_session row;
	struct practice_log log;  // head of its own, entries of the engine's
	size_t written, delivered; // entries in the book; outputs carried out
	int seat;                 // of the agent seats of a drill (log.h)
	bool owner[SCENARIO_CALLERS]; // that caller is at this seat, as far as delivered
	session_send_fn *send;    // of a mate
	void *send_ctx;
	bool deaf;                // events of the model are not the agent's
	bool book_ill;            // said that it cannot be written
	int64_t saved_ms;         // used_ms in the book
	int64_t wrap_from;        // used_ms when the calls were over, -1: they are not
	struct score score;
	bool scored;
	char *score_text;         // owned: row.score
	struct voice *voice;
};

// session.c
bool session_move(struct session *s, enum session_state to, struct err *e); // with the row in the book
bool session_save(struct session *s, struct err *e);
void session_run_clock(struct session *s, bool on);
struct session *session_alloc(const struct session_options *o, const char *id);
struct sandbox_options session_sandbox(const struct session *s);
struct engine *session_make_engine(const struct session *s);
bool session_load_packs(struct session *s, struct err *e);
bool session_open_box(struct session *s, struct err *e);
bool session_judge(struct session *s, struct err *e); // the calls are wrapped up: the score
bool session_read_score(struct session *s, struct err *e);
// session_run.c
bool session_break_off(struct session *s, const char *reason, struct err *e);
// session_tap.c
void session_tap_on(struct session *s);
void session_heard(struct session *s, struct work *w, const struct event *ev, const struct script_node *said);
void session_put(struct session *s, const struct log_entry *e); // an input
void session_beside(struct session *s, const struct log_entry *in, size_t from); // what the trainer did that is not the engine's; from: the record before
void session_write(struct session *s);                          // what the book does not have yet
// session_mate.c
bool session_seat_find(struct session *s, struct err *e); // the row says which, the scenario what it is
// session_resume.c
void session_catch_up(struct session *s); // done and saved, but not in the record
// session_deed.c
bool session_mine(struct session *s, const struct log_entry *e); // in order: is it for this seat? It notes who comes and goes
void session_deeds(struct session *s); // carries out what came out of the engine
struct work *session_work(struct session *s, int contact);
void session_deed(struct session *s, const struct log_entry *e); // one of them
void session_deed_again(struct session *s, const struct log_entry *e); // a curveball, when its session is taken up again: without words

#endif
