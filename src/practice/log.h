// SPDX-License-Identifier: MIT
// Knows the record of a practice session: everything that happened, in order, and nothing else. The score, the debrief and the
// recovery after a crash are made from it alone.
#ifndef PRACTICE_LOG_H
#define PRACTICE_LOG_H

#include <jansson.h>
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/desk/event.h"

// Who made an entry. What agent and trainer do is the input of the engine; the rest is its output and comes again when the same
// input is played with the same seed.
enum log_who { LOG_AGENT, LOG_CUSTOMER, LOG_ENGINE, LOG_TRAINER };
enum { LOG_WHOS = LOG_TRAINER + 1 };
const char *log_who_code(enum log_who w); // agent customer engine trainer

// t_ms counts from the start of the session on the session's clock, which stands still while it is paused or suspended; it never
// falls. contact: index of the caller (scenario.h), -1: none. ev.t_ms is not used, ev.seq counts the entries from 1. An entry that is
// an event of a contact carries the number it has there as its pair "seq": an EV_UNDO (whose "seq" is the list of what it takes back)
// means those. seat: in a drill the agent seat that did it (of those that take calls, in the scenario's order, from 0), and of an
// EV_RING the one the caller rings at, -1: at none yet; the first everywhere else.
enum { LOG_SEATS = 16 };
struct log_entry {
	int64_t t_ms;
	int contact, seat;
	enum log_who who;
	struct event ev;
};
enum practice_mode { PRACTICE_SOLO, PRACTICE_PAIRED, PRACTICE_COACHED, PRACTICE_DRILL, PRACTICE_EXAM };
enum { PRACTICE_MODES = PRACTICE_EXAM + 1 };
const char *practice_mode_code(enum practice_mode m);
const char *practice_mode_label(enum practice_mode m);
must_use bool practice_mode_parse(struct sv code, enum practice_mode *out);

struct practice_log {
	char scenario[64];
	int version;
	uint64_t seed;
	enum practice_mode mode;
	enum lang lang; // of the customer's lines
	VEC(struct log_entry) v; // owned
};

void practice_log_release(struct practice_log *l);
// Copies the entry and numbers it. A time before the last entry's becomes that.
void practice_log_add(struct practice_log *l, const struct log_entry *e);

// One entry as JSON {"t":ms,"c":contact,"who":"agent","type":"say","data":{...}}, with "seat" unless it is 0 and "at" (UTC ms) if ev.at
// is set; new reference.
// On reading, a missing "c" is 0 and a missing "who" is agent, so that a transcript is quickly written by hand.
json_t *log_entry_json(const struct log_entry *e);
must_use bool log_entry_read(const json_t *o, struct log_entry *e, struct err *err);
// The whole: a first line {"practice":1,"scenario":...,"version":...,"seed":...,"mode":...,"lang":...}, then one entry a line. This is
// also the form of a transcript (practice run --transcript): there entries of customer and engine may be left out.
must_use bool practice_log_read(FILE *f, const char *name, struct practice_log *l, struct err *e);
void practice_log_write(const struct practice_log *l, FILE *f);

#endif
