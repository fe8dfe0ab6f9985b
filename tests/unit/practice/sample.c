// SPDX-License-Identifier: MIT
// Knows a scenario written as C, a small lexicon, and how tests act in a session and look at its record.
#include "tests/unit/practice/sample.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const stop_any[] = {"停止共享", "退出会议", "stop sharing"}, *const back_any[] = {"一定追回", "sure to get it back"},
	*const hours_any[] = {"九点到五点", "nine to five"}, *const why_any[] = {"公安在调查", "under investigation"},
	*const rule_any[] = {"按规定", "by the rules"};
enum { W_STOP, W_BACK, W_HOURS, W_WHY, W_RULE, WORDS };
static const struct word_set words[WORDS] = {
	{.name = "stop_share", .any = stop_any, .n_any = 3}, {.name = "promise_back", .any = back_any, .n_any = 2},
	{.name = "hours", .any = hours_any, .n_any = 2}, {.name = "why", .any = why_any, .n_any = 2},
	{.name = "rule", .any = rule_any, .n_any = 2},
};

static const struct expectation expect_start[] = {
	{.id = "calm", .what = EXPECT_SAY, .tag = "empathy.anxiety", .within_s = 10, .weight = 2},
	{.id = "class", .what = EXPECT_CLASSIFY, .value = "payment.*", .from = EXPECT_FROM_ANSWER, .within_s = 20, .weight = 3},
	{.id = "no_promise", .what = EXPECT_NEVER, .words = &words[W_BACK], .weight = 3},
};
static const struct expectation expect_again[] = {
	{.id = "stop", .what = EXPECT_SAY, .words = &words[W_STOP], .within_s = 15, .weight = 1},
	{.id = "quiet", .what = EXPECT_WAIT, .within_s = 2, .weight = 1},
};
static const struct expectation expect_money[] = {
	{.id = "up", .what = EXPECT_ESCALATE, .within_s = 60, .weight = 3},
	{.id = "who", .what = EXPECT_VERIFY, .value = "2", .within_s = 60, .weight = 1},
};
static const struct expectation expect_down[] = {{.id = "fault", .what = EXPECT_FAULT, .within_s = 20, .weight = 2}};

static const struct beat_line says_start[] = {
	{{"我卡里{amount}没了！你们怎么回事！", "{amount} is gone from my card! What is going on!"}},
	{{"钱没了！{amount}！", "My money is gone! {amount}!"}},
}, says_again[] = {{{"你别跟我说这些没用的！", "Do not tell me this useless stuff!"}}},
   says_money[] = {{{"那钱还能回来吗？", "Will I get the money back?"}}, {{"我的钱呢？", "What about my money?"}}},
   says_press[] = {{{"你们到底管不管？", "Do you care at all?"}}}, says_thanks[] = {{{"好吧，谢谢你。", "All right, thank you."}}},
   says_rude[] = {{{"你什么态度！", "How dare you!"}}}, says_other[] = {{{"你们几点开门？", "When do you open?"}}},
   says_end[] = {{{"知道了，谢谢。", "I see, thanks."}}}, says_noise[] = {{{"这边信号不好。", "The line is bad here."}}};

static const struct persona_fact facts[] = {{.name = "amount", .value = {"49800", "49800"}},
					    {.name = "tail", .label = {"卡尾号", "Card ending"}, .value = {"7719", "7719"}}};
static const char *const ban[] = {"risk_promise", "promise_back"};

const struct expr *sample_expr(struct sample *x, const char *text)
{
	struct err e = {0};
	const struct expr *p = expr_parse(sv(text), NULL, &e, &x->arena);

	if (!p)
		BUG("%s: %s", text, e.msg);
	return p;
}

static void way(struct sample *x, size_t beat, const char *cond, size_t to, size_t otherwise)
{
	struct beat_next *n = arena_array(&x->arena, struct beat_next, 2);

	n[0] = (struct beat_next){.cond_text = cond, .cond = sample_expr(x, cond), .beat = to};
	n[1] = (struct beat_next){.beat = otherwise};
	x->beats[beat].next = n;
	x->beats[beat].n_next = otherwise == SCENARIO_NONE ? 1 : 2;
}

static void make_beats(struct sample *x)
{
	struct scenario_beat *b = x->beats = arena_array(&x->arena, struct scenario_beat, SAMPLE_BEATS);

#define SAYS(a) .says = a, .n_says = sizeof(a) / sizeof(*(a))
#define EXPECTS(a) .expect = a, .n_expect = sizeof(a) / sizeof(*(a))
	b[B_START] = (struct scenario_beat){.id = "b1", .when_text = "start", .start = true, SAYS(says_start), .has_emotion = true,
					    .emotion = EMOTION_ANXIETY, .level = 3, EXPECTS(expect_start)};
	b[B_AGAIN] = (struct scenario_beat){.id = "b1x", SAYS(says_again), EXPECTS(expect_again)};
	b[B_MONEY] = (struct scenario_beat){.id = "b2", SAYS(says_money), .objection = "o1", .turns = 2, EXPECTS(expect_money)};
	b[B_PRESS] = (struct scenario_beat){.id = "b2x", SAYS(says_press)};
	b[B_THANKS] = (struct scenario_beat){.id = "b3", SAYS(says_thanks), .has_emotion = true, .level = 1, .end = BEAT_WAITS};
	b[B_RUDE] = (struct scenario_beat){.id = "rude", SAYS(says_rude)};
	b[B_OTHER] = (struct scenario_beat){.id = "s1", SAYS(says_other)};
	b[B_OTHER_END] = (struct scenario_beat){.id = "s2", SAYS(says_end), .end = BEAT_HANGS_UP};
	way(x, B_START, "calm && said.stop_share", B_MONEY, B_AGAIN);
	way(x, B_AGAIN, "stop", B_MONEY, B_AGAIN);
	way(x, B_MONEY, "up", B_THANKS, B_PRESS);
	way(x, B_PRESS, "up", B_THANKS, B_PRESS);
	way(x, B_OTHER, "said.hours", B_OTHER_END, SCENARIO_NONE);
	way(x, B_RUDE, "true", B_MONEY, SCENARIO_NONE);
}

static void make_lexicon(struct sample *x)
{
	static const struct lexicon_entry entries[] = {
		{.pattern = "马上为您处理", .list = LEXICON_POSITIVE},
		{.pattern = "right away", .list = LEXICON_POSITIVE},
		{.pattern = "理解您的着急", .list = LEXICON_EMPATHY, .class_ = "empathy.anxiety"},
		{.pattern = "understand your worry", .list = LEXICON_EMPATHY, .class_ = "empathy.anxiety"},
		{.pattern = "让您久等了", .list = LEXICON_EMPATHY, .class_ = "empathy.anger"},
		{.pattern = "不归我管", .list = LEXICON_FORBIDDEN},
		{.pattern = "not my job", .list = LEXICON_FORBIDDEN},
		{.pattern = "你傻吗", .list = LEXICON_FORBIDDEN, .note = "CC-04"},
		{.pattern = "百分百", .list = LEXICON_RISK_PROMISE},
		{.pattern = "告诉我验证码", .list = LEXICON_ASK_SECRET, .note = "PC-02"},
		{.pattern = "验证码", .list = LEXICON_ASK_SECRET},
	};
	struct err e = {0};

	x->lex = lexicon_new();
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (!lexicon_add(x->lex, &entries[i], &e))
			BUG("%s", e.msg);
}

void sample_init(struct sample *x)
{
	static struct scenario_objection o[] = {{.id = "o1", .beat = B_MONEY, .moves = 15, .ban = ban, .n_ban = 2}};
	struct scenario_caller *c;
	struct scenario_critical *crit;

	*x = (struct sample){0};
	make_beats(x);
	make_lexicon(x);
	o[0].words[MOVE_ANSWER] = &words[W_RULE];
	o[0].words[MOVE_CLARIFY] = &words[W_STOP];
	c = arena_array(&x->arena, struct scenario_caller, 2);
	c[0] = (struct scenario_caller){.persona = {.name = {"周先生", "Mr Zhou"}, .phone = "13800139001", .patience_s = 12,
						    .facts = facts, .n_facts = 2}, .queue = "account", .first_beat = B_START};
	c[1] = (struct scenario_caller){.persona = {.name = {"李女士", "Ms Li"}, .phone = "13800139002", .patience_s = 20}, .channel = CHANNEL_CHAT,
					.queue = "general", .at_s = 30, .first_beat = B_OTHER};
	crit = arena_array(&x->arena, struct scenario_critical, 2);
	crit[0] = (struct scenario_critical){.code = "PC-04", .words = &words[W_WHY], .label = {"泄露调查", "Told of the investigation"}};
	crit[1] = (struct scenario_critical){.code = "PC-01", .cond = sample_expr(x, "said.rule && verified < 2"),
					     .label = {"未核身", "Not verified"}};
	x->s = (struct scenario){
		.code = "test.sample.01", .pack = "test", .version = 3, .level = PRACTICE_EXPERT, .time_limit_s = 240, .wrap_limit_s = 60,
		.start_class = EMOTION_ANXIETY, .start_level = 2, .truth = {.category = "payment.funds_anomaly"}, .callers = c, .n_callers = 1,
		.words = words, .n_words = WORDS, .beats = x->beats, .n_beats = SAMPLE_BEATS, .objections = o, .n_objections = 1,
		.criticals = crit, .n_criticals = 2, .success = sample_expr(x, "up && confirmed"), .fail = sample_expr(x, "secrets > 1"),
	};
}

void sample_curves(struct sample *x)
{
	struct curveball *c = x->curves = arena_array(&x->arena, struct curveball, 5);

	c[0] = (struct curveball){.id = "c1", .kind = CURVE_SYSTEM_DOWN, .target = "crm", .at_beat = B_MONEY, .at_s = 60, .chance = 100,
				  .for_s = 30, EXPECTS(expect_down), .beat = SCENARIO_NONE, .caller = -1};
	c[1] = (struct curveball){.id = "c2", .kind = CURVE_LINE_NOISE, .at_beat = SCENARIO_NONE, .at_s = 15, .chance = 100, .for_s = 20,
				  SAYS(says_noise), .beat = SCENARIO_NONE, .caller = -1};
	c[2] = (struct curveball){.id = "c3", .kind = CURVE_SILENT, .at_beat = SCENARIO_NONE, .at_s = 40, .chance = 60, .for_s = 15,
				  .beat = SCENARIO_NONE, .caller = -1};
	c[3] = (struct curveball){.id = "c4", .kind = CURVE_RED_BROADCAST, .at_beat = SCENARIO_NONE, .at_s = 70, .chance = 50,
				  .title = {"支付通道故障", "Payment down"}, .beat = SCENARIO_NONE, .caller = -1};
	c[4] = (struct curveball){.id = "c5", .kind = CURVE_EMOTION_SPIKE, .at_beat = SCENARIO_NONE, .at_s = 90, .chance = 100,
				  .beat = B_PRESS, .caller = -1};
	x->s.curveballs = c;
	x->s.n_curveballs = 5;
	x->s.n_callers = 2;
}

void sample_rude(struct sample *x)
{
	x->beats[B_RUDE].when_text = "forbidden > 0";
	x->beats[B_RUDE].when = sample_expr(x, "forbidden > 0");
}

void sample_release(struct sample *x)
{
	lexicon_free(x->lex);
	arena_release(&x->arena);
}

struct engine *sample_engine(struct sample *x, uint64_t seed)
{
	return engine_new(&(struct engine_options){.scenario = &x->s, .lexicon = x->lex, .seed = seed, .lang = LANG_ZH, .curveballs = true});
}

// --- acting and looking

static struct log_entry make(int64_t t, int contact, enum log_who who, enum event_type type, va_list ap)
{
	struct log_entry e = {.t_ms = t, .contact = contact, .who = who, .ev = {.type = type}};

	for (const char *key = va_arg(ap, const char *); key; key = va_arg(ap, const char *))
		event_put(&e.ev, key, va_arg(ap, const char *));
	return e;
}

struct log_entry entry(int64_t t, int contact, enum log_who who, enum event_type type, ...)
{
	va_list ap;

	va_start(ap, type);
	struct log_entry e = make(t, contact, who, type, ap);
	va_end(ap);
	return e;
}

void act(struct engine *g, int64_t t, int contact, enum event_type type, ...)
{
	va_list ap;

	va_start(ap, type);
	struct log_entry e = make(t, contact, LOG_AGENT, type, ap);
	va_end(ap);
	engine_put(g, &e);
	event_release(&e.ev);
}

void trainer(struct engine *g, int64_t t, int contact, enum event_type type, ...)
{
	va_list ap;

	va_start(ap, type);
	struct log_entry e = make(t, contact, LOG_TRAINER, type, ap);
	va_end(ap);
	engine_put(g, &e);
	event_release(&e.ev);
}

void say(struct engine *g, int64_t t, const char *text)
{
	act(g, t, 0, EV_SAY, "side", "agent", "text", text, NULL);
}

void answer(struct engine *g, int64_t t)
{
	act(g, t, 0, EV_ANSWER, NULL);
}

const struct log_entry *nth(const struct practice_log *l, enum event_type type, int contact, int n)
{
	for (size_t i = 0; i < l->v.n; i++)
		if (l->v.v[i].ev.type == type && (contact == -2 || l->v.v[i].contact == contact) && n-- == 0)
			return &l->v.v[i];
	return NULL;
}

int count_of(const struct practice_log *l, enum event_type type, int contact)
{
	int n = 0;

	while (nth(l, type, contact, n))
		n++;
	return n;
}

const struct log_entry *last(const struct practice_log *l, enum event_type type, int contact)
{
	return nth(l, type, contact, count_of(l, type, contact) - 1);
}

const char *get(const struct log_entry *e, const char *key)
{
	return e ? event_get(&e->ev, key) : "(none)";
}

const char *beat_at(const struct engine *g, int contact)
{
	const struct log_entry *e = last(engine_log(g), EV_BEAT, contact);

	return e ? get(e, "id") : "";
}

void run_out(struct engine *g)
{
	for (int64_t due = engine_due(g); due >= 0; due = engine_due(g))
		engine_tick(g, due);
}

char *written(const struct practice_log *l)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	practice_log_write(l, f);
	fclose(f);
	return text;
}
