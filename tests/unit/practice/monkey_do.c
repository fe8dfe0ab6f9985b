// SPDX-License-Identifier: MIT
// Knows what a random agent does: what is asked of it, something else, or rubbish.
#include <stdlib.h>

#include "tests/unit/practice/monkey.h"

static const char *const phrases[] = {
	"您好，请问有什么可以帮您", "理解您的着急", "我理解您的心情，我会陪您一起处理", "马上为您处理", "让您久等了", "听到这个消息很抱歉", "不知道", "这不归我管",
	"没办法", "我保证给您办好", "百分百没问题", "请把验证码告诉我", "您看这样可以吗", "我来跟进", "再见", "感谢您的来电，祝您生活愉快",
	"I understand how upset you are", "right away", "not my job", "I guarantee it", "please tell me the code", "Goodbye", "请您先不要挂机",
	"稍后给您回电", "嗯", "", "\xff\xfe\xc3(", "{amount}{name}{", "①②③ＡＢＣ １２３", "🙂🙂🙂", "7719", "\n\n\t",
};
static const char *const values[] = {"1", "0", "2", "3", "", "-7", "99999999999999999999", "red", "plan", "confirm", "close", "ack", "crm",
				     "agent", "customer", "payment.funds_anomaly", "x", "line", "emotion", "beat", "curveball", "anger", "sad"};
static const char *const any_keys[] = {"id", "code", "kind", "value", "level", "mark", "op", "node", "key", "form", "field", "text", "side",
				       "passed", "seq", "reason", "result", "class", "type", "script"};
#define ONE_OF(m, a) ((a)[monkey_pick(m, sizeof(a) / sizeof(*(a)))])

uint64_t monkey_pick(struct monkey *m, uint64_t n)
{
	m->rnd = m->rnd * 6364136223846793005u + 1442695040888963407u;
	return n ? (m->rnd >> 33) % n : 0;
}

static void put(struct monkey *m, struct log_entry *e)
{
	char no[16];

	snprintf(no, sizeof(no), "%d", ++m->seq);
	if (e->ev.type != EV_UNDO && e->ev.pairs < EVENT_PAIRS && monkey_pick(m, 4))
		event_put(&e->ev, "seq", no);
	// In a drill the seat that has the caller does it, now and then another.
	if (m->s->kind == SCENARIO_DRILL && e->who == LOG_AGENT)
		e->seat = monkey_pick(m, 12) ? engine_seat_of(m->g, e->contact) : (int)monkey_pick(m, 20) - 2;
	engine_put(m->g, e);
	event_release(&e->ev);
}

static int contact(struct monkey *m)
{
	// Now and then one that is not there.
	return monkey_pick(m, 40) ? (int)monkey_pick(m, m->s->n_callers ? m->s->n_callers : 1) : (int)monkey_pick(m, 12) - 2;
}

static struct log_entry entry_of(struct monkey *m, enum event_type type)
{
	return (struct log_entry){.t_ms = m->t, .contact = contact(m), .who = LOG_AGENT, .ev = {.type = type}};
}

static const char *word_of(struct monkey *m)
{
	if (!m->s->n_words)
		return "";
	const struct word_set *w = &m->s->words[monkey_pick(m, m->s->n_words)];
	return w->n_any ? w->any[monkey_pick(m, w->n_any)] : w->n_all ? w->all[monkey_pick(m, w->n_all)] : "";
}

static const char *model_of(struct monkey *m)
{
	size_t n = scenario_expectations(m->s);
	const struct expectation *x = n ? scenario_expectation(m->s, monkey_pick(m, n), NULL, NULL) : NULL;

	return x ? (monkey_pick(m, 2) && x->model.en ? x->model.en : x->model.zh) : NULL;
}

static void says(struct monkey *m)
{
	struct log_entry e = entry_of(m, EV_SAY);
	struct str b = {0};

	for (uint64_t n = monkey_pick(m, 3) + 1; n > 0; n--) {
		uint64_t what = monkey_pick(m, 8);
		const char *text = what < 3 ? word_of(m) : what < 5 ? model_of(m) : ONE_OF(m, phrases);
		str_add(&b, text ? text : "");
		str_add(&b, monkey_pick(m, 2) ? "，" : " ");
	}
	if (!monkey_pick(m, 2000))
		for (int i = 0; i < 100000; i++)
			str_addc(&b, (char)monkey_pick(m, 256) | 1);
	event_put(&e.ev, "side", monkey_pick(m, 30) ? "agent" : "customer");
	event_put(&e.ev, "text", str_z(&b));
	if (!monkey_pick(m, 3))
		event_put(&e.ev, "source", "script");
	str_release(&b);
	put(m, &e);
}

// What the scenario asks for, as an agent who knows it would do it.
static void obeys(struct monkey *m)
{
	static const enum event_type types[] = {
		[EXPECT_SAY] = EV_SAY, [EXPECT_NEVER] = EV_NOTE, [EXPECT_ANSWER] = EV_ANSWER, [EXPECT_CLASSIFY] = EV_CLASSIFY,
		[EXPECT_INTENT] = EV_INTENT, [EXPECT_DIFFICULTY] = EV_DIFFICULTY, [EXPECT_VERIFY] = EV_VERIFY, [EXPECT_RESTATE] = EV_RESTATE,
		[EXPECT_MARK] = EV_MARK, [EXPECT_SEARCH] = EV_KB_SEARCH, [EXPECT_OPEN] = EV_KB_OPEN, [EXPECT_CITE] = EV_KB_CITE,
		[EXPECT_SCRIPT] = EV_SCRIPT_TICK, [EXPECT_CHOOSE] = EV_SCRIPT_VISIT, [EXPECT_FORM] = EV_FORM_SET,
		[EXPECT_TICKET] = EV_TICKET_CREATE, [EXPECT_ESCALATE] = EV_ESCALATE, [EXPECT_CALLBACK] = EV_CALLBACK_BOOK,
		[EXPECT_TRANSFER] = EV_NOTE, [EXPECT_HOLD] = EV_HOLD, [EXPECT_FAULT] = EV_FAULT_KEY, [EXPECT_BROADCAST] = EV_BROADCAST_ACK,
		[EXPECT_OFFER] = EV_OFFER, [EXPECT_DISPOSITION] = EV_DISPOSITION, [EXPECT_NOTE] = EV_NOTE, [EXPECT_EMOTION] = EV_EMOTION,
		[EXPECT_WAIT] = EV_NOTE, [EXPECT_HANGUP] = EV_NOTE, [EXPECT_SEAT] = EV_NOTE,
		[EXPECT_LINK] = EV_DISPOSITION, [EXPECT_OFFLINE] = EV_TICKET_CREATE,
	};
	static const char *const keys[] = {"code", "intent", "difficulty", "mark", "id", "node", "kind", "type", "result", "class"};
	struct log_entry e = {.t_ms = m->t, .contact = contact(m), .who = LOG_AGENT};
	const struct expectation *x = engine_hint(m->g, e.contact);

	if (!x) {
		says(m);
		return;
	}
	e.ev.type = types[x->what];
	const char *text = x->model.zh ? x->model.zh : x->words && x->words->n_any ? x->words->any[0] : "好的";
	if (e.ev.type == EV_SAY || e.ev.type == EV_NOTE) {
		event_put(&e.ev, "text", text);
	} else {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			event_put(&e.ev, keys[i], x->value ? x->value : "1");
		if (e.ev.type == EV_VERIFY)
			event_put(&e.ev, "passed", "1");
	}
	put(m, &e);
}

static void anything(struct monkey *m)
{
	struct log_entry e = entry_of(m, (enum event_type)monkey_pick(m, EVENT_TYPES));

	// What ends everything comes seldom, or no session would get far.
	if ((e.ev.type == EV_OUTCOME || e.ev.type == EV_HANGUP || e.ev.type == EV_TRANSFER || e.ev.type == EV_END || e.ev.type == EV_GIVE_UP ||
	     e.ev.type == EV_MISSED || e.ev.type == EV_ABANDONED) && monkey_pick(m, 12))
		e.ev.type = EV_RESUME;
	for (uint64_t n = monkey_pick(m, 7); n > 0; n--)
		event_put(&e.ev, ONE_OF(m, any_keys), ONE_OF(m, values));
	e.who = (enum log_who)(monkey_pick(m, 10) ? LOG_AGENT : monkey_pick(m, LOG_WHOS));
	put(m, &e);
}

static void trains(struct monkey *m)
{
	static const char *const kinds[] = {"line", "emotion", "curveball", "beat"};
	struct log_entry e = entry_of(m, EV_INJECT);
	const char *kind = ONE_OF(m, kinds);

	e.who = LOG_TRAINER;
	event_put(&e.ev, "kind", kind);
	if (*kind == 'b' && m->s->n_beats)
		event_put(&e.ev, "id", m->s->beats[monkey_pick(m, m->s->n_beats)].id);
	else if (*kind == 'c' && m->s->n_curveballs)
		event_put(&e.ev, "id", m->s->curveballs[monkey_pick(m, m->s->n_curveballs)].id);
	event_put(&e.ev, "text", ONE_OF(m, phrases));
	event_put(&e.ev, "level", ONE_OF(m, values));
	put(m, &e);
}

// Seats of a drill come, go and do what is theirs, or not.
static void sits(struct monkey *m)
{
	struct log_entry e = entry_of(m, EV_INJECT);
	uint64_t what = monkey_pick(m, 10);

	e.who = LOG_TRAINER;
	event_put(&e.ev, "kind", what < 4 ? "seat" : what < 6 ? "leave" : drill_act_code((enum drill_act)monkey_pick(m, DRILL_ACTS)));
	event_put(&e.ev, "id", m->s->seats[monkey_pick(m, m->s->n_seats)].code);
	event_put(&e.ev, "text", ONE_OF(m, phrases));
	// A draft that is there, or none.
	const struct track *t = engine_track(m->g);
	event_put_int(&e.ev, "value", t->drafts.n && monkey_pick(m, 3) ? t->drafts.v[monkey_pick(m, t->drafts.n)].n : (int64_t)monkey_pick(m, 30));
	put(m, &e);
}

static void takes_back(struct monkey *m)
{
	struct log_entry e = entry_of(m, EV_UNDO);
	char seqs[40];

	snprintf(seqs, sizeof(seqs), "%d,%d", m->seq - (int)monkey_pick(m, 6), m->seq);
	event_put(&e.ev, "seq", seqs);
	put(m, &e);
}

static void telephones(struct monkey *m)
{
	static const enum event_type types[] = {EV_ANSWER, EV_ANSWER, EV_ANSWER, EV_ANSWER, EV_HOLD, EV_RESUME, EV_RESUME, EV_CLOSE, EV_CONSULT,
						EV_CONSULT_BACK};
	struct log_entry e = entry_of(m, ONE_OF(m, types));

	put(m, &e);
}

// An agent who knows the work: answers, does what is asked, is kind, takes leave, saves.
static void works(struct monkey *m)
{
	static const char *const kind[] = {"我理解您的心情，我会陪您一起处理", "理解您的着急，马上为您处理", "您放心，我来跟进", "请您放心，再见",
					   "I understand your worry, I will take care of it right away"};
	static const enum event_type types[] = {EV_ANSWER, EV_RESUME, EV_MARK, EV_CLOSE, EV_SAY, EV_SAY, EV_SAY, EV_SAY};
	struct log_entry e = entry_of(m, ONE_OF(m, types));

	event_put(&e.ev, e.ev.type == EV_MARK ? "mark" : "text", e.ev.type == EV_MARK ? (monkey_pick(m, 2) ? "confirm" : "plan") : ONE_OF(m, kind));
	put(m, &e);
}

void monkey_do(struct monkey *m)
{
	uint64_t what = monkey_pick(m, 100);

	if (m->s->n_seats && !monkey_pick(m, 9)) {
		sits(m);
		return;
	}
	if (m->good) {
		if (what < 55)
			obeys(m);
		else
			works(m);
		return;
	}
	if (what < 35)
		says(m);
	else if (what < 70)
		obeys(m);
	else if (what < 82)
		telephones(m);
	else if (what < 92)
		anything(m);
	else if (what < 96)
		takes_back(m);
	else
		trains(m);
}
