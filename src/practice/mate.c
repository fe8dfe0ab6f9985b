// SPDX-License-Identifier: MIT
// Knows how an agent seat follows the drill's record over the room, and sends each deed until it is in that record, once.
#include "src/practice/mate.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"

struct mate {
	struct session *s;
	struct room *r;
	char first[80], name[80];
	VEC(json_t *) deeds;   // owned; not in the record yet, in order
	int64_t known;         // deeds of this seat that are in the record
	bool synced;           // the first seat has all that was said by the program before this one
	bool anew;             // that program may have been killed before it told what is at the desk
	bool asked;            // for entries that are missing
	bool seated, gone, ill;
	int64_t sit_at, here_at; // mono: not again before
	size_t sync_at;        // entries there must be, 0: not waiting
};

static void note(struct mate *m, enum note_level level, const char *text)
{
	model_say_note(session_model(m->s), level, "%s", text);
	session_model(m->s)->changed = true;
}

// --- deeds

static void say_deed(struct mate *m, size_t i)
{
	json_t *o = json_copy(m->deeds.v[i]);

	json_object_set_new(o, "n", json_integer((json_int_t)(m->known + (int64_t)i + 1)));
	room_say(m->r, o);
}

static void say_deeds(struct mate *m)
{
	for (size_t i = 0; i < m->deeds.n; i++)
		say_deed(m, i);
}

static void send(void *ctx, const struct log_entry *e)
{
	struct mate *m = ctx;

	vec_push(&m->deeds, log_entry_json(e));
	if (m->synced)
		say_deed(m, m->deeds.n - 1);
}

static void drop_first(struct mate *m)
{
	json_decref(m->deeds.v[0]);
	m->deeds.n--;
	memmove(&m->deeds.v[0], &m->deeds.v[1], m->deeds.n * sizeof(*m->deeds.v));
}

static bool is_own(const struct mate *m, const struct log_entry *e)
{
	return e->who == LOG_AGENT && e->seat == session_seat(m->s);
}

// --- asking

static int64_t length(const struct mate *m)
{
	return (int64_t)session_log(m->s)->v.n;
}

static void ask(struct mate *m)
{
	m->synced = false;
	m->sync_at = 0;
	room_say(m->r, json_pack("{s:s, s:s, s:s, s:s, s:I}", "ctl", "ask", "role", "desk", "name", m->name, "id", session_row(m->s)->host, "from",
				 (json_int_t)length(m)));
}

// One that did not come is asked for once; those after it wait for it.
static void ask_again(struct mate *m)
{
	if (!m->asked)
		room_say(m->r, json_pack("{s:s, s:s, s:I}", "ctl", "ask", "id", session_row(m->s)->host, "from", (json_int_t)length(m)));
	m->asked = true;
}

struct mate *mate_new(struct session *s, struct room *r, const char *first, const char *name)
{
	struct mate *m = xcalloc(1, sizeof(*m));
	const struct practice_log *l = session_log(s);

	m->s = s;
	m->r = r;
	snprintf(m->first, sizeof(m->first), "%s", first);
	snprintf(m->name, sizeof(m->name), "%s", name ? name : "");
	m->anew = !*first;
	for (size_t i = 0; i < l->v.n; i++)
		m->known += is_own(m, &l->v.v[i]);
	session_mate_sends(s, send, m);
	ask(m);
	return m;
}

void mate_free(struct mate *m)
{
	if (!m)
		return;
	session_mate_sends(m->s, NULL, NULL);
	room_say(m->r, json_pack("{s:s}", "ctl", "bye"));
	while (m->deeds.n)
		drop_first(m);
	vec_release(&m->deeds);
	free(m);
}

// --- the record

static void not_fitting(struct mate *m, const struct err *e)
{
	struct err why = {0};

	m->ill = true;
	note(m, NOTE_ALARM, e->msg);
	if (!session_mate_over(m->s, e->msg, &why))
		note(m, NOTE_WARN, why.msg);
}

static bool at_desk(const json_t *deed)
{
	return json_object_get(json_object_get(deed, "data"), "seq") != NULL;
}

// What is at the desk and not in the record, whenever it was done; then what was done since and leaves nothing at the desk.
static void make_up(struct mate *m)
{
	typeof(m->deeds) since = m->deeds;

	m->deeds = (typeof(m->deeds)){0};
	session_mate_met(m->s);
	for (size_t i = 0; i < since.n; i++) {
		if (at_desk(since.v[i]))
			json_decref(since.v[i]);
		else
			vec_push(&m->deeds, since.v[i]);
	}
	vec_release(&since);
}

// All that was said before the question is answered: what is still not in the record never came there.
static void met(struct mate *m)
{
	if (!m->sync_at || length(m) < (int64_t)m->sync_at)
		return;
	m->sync_at = 0;
	if (m->anew)
		make_up(m);
	m->anew = false;
	m->synced = true;
	say_deeds(m);
}

static bool take_entry(struct mate *m, size_t index, const struct log_entry *in)
{
	struct err e = {0};

	if ((int64_t)index >= length(m) && is_own(m, in)) {
		m->known++;
		if (m->deeds.n)
			drop_first(m);
	}
	if (session_follow(m->s, index, in, &e))
		return true;
	not_fitting(m, &e);
	return false;
}

static void follow(struct mate *m, const json_t *b)
{
	int64_t i = json_integer_value(json_object_get(b, "i"));
	struct log_entry in = {0};
	struct err e = {0};

	if (i < 1 || m->ill)
		return;
	if (i > length(m) + 1) {
		ask_again(m);
		return;
	}
	m->asked = false;
	if (!log_entry_read(b, &in, &e)) {
		not_fitting(m, &e);
		return;
	}
	(void)take_entry(m, (size_t)i - 1, &in);
	event_release(&in.ev);
	met(m);
}

bool mate_know(struct mate *m, const struct coach *c, struct err *e)
{
	for (size_t i = 0; i < c->log.v.n; i++)
		if (!take_entry(m, i, &c->log.v.v[i]))
			return err_set(e, ERR_CONFLICT, _("The record of the first seat does not fit the content packs of this station."));
	return session_mate_state(m->s, c->state, session_used_ms(m->s), e);
}

// --- words between the seats

static const char *text_of(const json_t *b, const char *key)
{
	const char *s = json_string_value(json_object_get(b, key));

	return s ? s : "";
}

static void greeted(struct mate *m, const struct room_line *l)
{
	struct err e = {0};
	bool same = strcmp(text_of(l->body, "id"), session_row(m->s)->host) == 0, moved = strcmp(m->first, l->seat) != 0;

	if (!same && strcmp(m->first, l->seat) == 0 && !session_mate_over(m->s, _("another drill began"), &e))
		note(m, NOTE_WARN, e.msg);
	if (!same)
		return;
	if (m->gone || moved)
		note(m, NOTE_INFO, _("The first seat of the drill is there."));
	snprintf(m->first, sizeof(m->first), "%s", l->seat);
	// Another program of it does not know what this one told the other.
	if (moved || m->gone)
		ask(m);
	m->gone = false;
}

static void take_state(struct mate *m, const json_t *b)
{
	enum session_state st;
	struct err e = {0};

	if (session_state_parse(sv(text_of(b, "state")), &st) && !session_mate_state(m->s, st, json_integer_value(json_object_get(b, "used")), &e))
		note(m, NOTE_WARN, e.msg);
}

static void take_seats(struct mate *m, const json_t *b)
{
	const json_t *one;
	bool was = m->seated;
	size_t i;

	m->seated = false;
	json_array_foreach(json_object_get(b, "seats"), i, one)
		m->seated |= strcmp(text_of(one, "at"), room_seat(m->r)) == 0 && strcmp(text_of(one, "seat"), session_row(m->s)->seat) == 0;
	// Nobody heard what was said while the seat was not this one's.
	if (m->seated && !was && m->synced)
		say_deeds(m);
}

static void left(struct mate *m)
{
	struct err e = {0};

	m->gone = true;
	m->seated = false;
	note(m, NOTE_WARN, _("The first seat of the drill has left; the clock stands still until it is back."));
	if (!session_mate_state(m->s, SESSION_PAUSED, session_used_ms(m->s), &e))
		note(m, NOTE_WARN, e.msg);
}

static void control(struct mate *m, const char *ctl, const json_t *b)
{
	bool to_me = strcmp(text_of(b, "to"), room_seat(m->r)) == 0;

	if (strcmp(ctl, "state") == 0)
		take_state(m, b);
	else if (strcmp(ctl, "seats") == 0)
		take_seats(m, b);
	else if (strcmp(ctl, "sync") == 0 && to_me)
		m->sync_at = (size_t)json_integer_value(json_object_get(b, "n"));
	else if (strcmp(ctl, "no") == 0 && to_me)
		note(m, NOTE_WARN, text_of(b, "why"));
	else if (strcmp(ctl, "bye") == 0)
		left(m);
	met(m);
}

void mate_heard(struct mate *m, const struct room_line *l)
{
	const char *ctl = json_string_value(json_object_get(l->body, "ctl"));

	session_model(m->s)->changed = true;
	if (ctl && strcmp(ctl, "hello") == 0)
		greeted(m, l);
	else if (strcmp(m->first, l->seat) != 0)
		return; // what others say among themselves
	else if (ctl)
		control(m, ctl, l->body);
	else if (json_object_get(l->body, "i"))
		follow(m, l->body);
}

// --- time

// A call of live work, or what came before the program was started anew, keeps it from its seat.
static bool at_work(const struct mate *m)
{
	enum session_state st = session_state(m->s);

	return st == SESSION_BRIEFING || st == SESSION_RUNNING || st == SESSION_PAUSED || st == SESSION_WRAP;
}

void mate_turn(struct mate *m)
{
	int64_t now = room_now(m->r);

	if (!at_work(m)) {
		if (m->seated)
			room_say(m->r, json_pack("{s:s}", "ctl", "away"));
		m->seated = false;
		return;
	}
	if (m->gone || !m->first[0])
		return;
	if (!m->seated && now >= m->sit_at) {
		room_say(m->r, json_pack("{s:s, s:s, s:s, s:s}", "ctl", "seat", "seat", session_row(m->s)->seat, "name", m->name, "own",
					session_row(m->s)->id));
		m->sit_at = now + MATE_HERE_MS;
	} else if (m->seated && now >= m->here_at) {
		room_say(m->r, json_pack("{s:s}", "ctl", "here"));
		m->here_at = now + MATE_HERE_MS;
	}
}

struct model *mate_model(const struct mate *m)
{
	return session_model(m->s);
}

bool mate_gone(const struct mate *m)
{
	return m->gone;
}

size_t mate_unsent(const struct mate *m)
{
	return m->deeds.n;
}
