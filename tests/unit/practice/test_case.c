// SPDX-License-Identifier: MIT
// Knows that a contact and a session become cases with nobody in them, and that a case becomes a scenario the packs take.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "config/lint.h"
#include "src/practice/case.h"
#include "tests/unit/practice/deid_people.h"
#include "tests/unit/work/desk.h"

#define CUSTOMER "01900000-0000-7000-8000-000000000001"
enum { PEOPLE = 60 };

static int setup(void **state)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	desk_start(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_end(*state);
	free(*state);
	return 0;
}

// --- a contact of somebody

struct told {
	struct contact *k;
	int64_t t;
};

// key value key value ... NULL
static void happen(struct told *c, enum event_type type, int64_t after_ms, ...)
{
	struct event ev = {.type = type, .t_ms = c->t += after_ms, .at = DESK_NOW + c->t};
	struct err e = {0};
	va_list ap;

	va_start(ap, after_ms);
	for (const char *key = va_arg(ap, const char *); key; key = va_arg(ap, const char *))
		event_put(&ev, key, va_arg(ap, const char *));
	va_end(ap);
	if (!contact_apply(c->k, &ev, true, NULL, &e))
		fail_msg("%s: %s", event_type_name(type), e.msg);
	event_release(&ev);
}

static void customer_doc(struct desk *d, const struct person *p)
{
	char born[16];

	snprintf(born, sizeof(born), "%04d-%02d-%02d", p->year, p->month, p->day);
	json_t *doc = json_pack("{s:s, s:s, s:[{s:s}], s:s, s:[s], s:[{s:s}], s:[s], s:[{s:s}], s:s, s:[s]}", "display_name", p->name, "tier", "gold", "phones", "e164", p->phone,
				"id_no", p->id, "orders", p->order, "addresses", "text", p->address, "plates", p->plate, "emails", "value", p->email, "birth_date", born,
				"cards", p->card);
	char *text = json_dumps(doc, 0);
	desk_customer(d, CUSTOMER, text);
	free(text);
	json_decref(doc);
}

// Every text a customer or an agent may put somewhere has the person in it, in a way of theirs.
static struct told call_of(struct desk *d, struct person *p, char *texts[PERSON_TEXTS], size_t n)
{
	struct told c = {.k = contact_new("01900000-0000-7000-8000-0000000000aa", DESK_NOW, &d->model.world)};
	struct str title = {0};

	str_addf(&title, "%s先生", p->family);
	happen(&c, EV_START, 0, "channel", "chat", "direction", "in", "source", "chat", "mode", "live", "number", p->phone, "name", str_z(&title), "queue", "service", NULL);
	happen(&c, EV_RING, 0, NULL);
	happen(&c, EV_ANSWER, 3000, NULL);
	happen(&c, EV_CUSTOMER, 10, "id", CUSTOMER, "name", p->name, "number", p->phone, NULL);
	for (size_t i = 0; i < n; i++)
		happen(&c, EV_SAY, 4000, "side", i % 2 ? "agent" : "customer", "text", texts[i], NULL);
	happen(&c, EV_CLASSIFY, 900, "code", "payment.other", NULL);
	happen(&c, EV_INTENT, 10, "intent", "complaint", NULL);
	happen(&c, EV_EMOTION, 10, "class", "anger", "level", "2", NULL);
	happen(&c, EV_NEED, 10, "text", texts[0], NULL);
	happen(&c, EV_RESTATE, 10, "text", texts[1], "confirmed", "1", NULL);
	happen(&c, EV_MARK, 1000, "mark", "plan", "text", texts[n - 3], NULL);
	happen(&c, EV_KB_SEARCH, 1000, "q", texts[1], "n", "3", NULL);
	happen(&c, EV_NOTE, 1000, "text", texts[4], NULL);
	happen(&c, EV_FORM_SET, 1000, "form", "base", "field", "need", "value", texts[2], NULL);
	happen(&c, EV_FAULT_KEY, 1000, "type", "crm", "text", texts[5], NULL);
	happen(&c, EV_TRANSFER, 1000, "target", p->phone, "kind", "blind", "packet", texts[7], NULL);
	str_release(&title);
	return c;
}

static void close_call(struct told *c)
{
	if (contact_is_live(c->k))
		happen(c, EV_HANGUP, 1000, "side", "customer", NULL);
	happen(c, EV_DISPOSITION, 1000, "code", "INFO_GIVEN", NULL);
	happen(c, EV_CLOSE, 1000, NULL);
}

// Every text of a case: the title, the notes, what stands in the log.
static size_t texts_of(const struct book_case *c, char **out, size_t cap)
{
	struct sv rest = sv(c->log), line;
	size_t n = 0;

	out[n++] = xstrdup(c->title);
	for (size_t i = 0; i < c->n_marks && n < cap; i++)
		out[n++] = xstrdup(c->marks[i].note);
	while (sv_split(&rest, '\n', &line) && n < cap) {
		json_t *o = json_loadb(line.p, line.n, 0, NULL), *v;
		const char *key;
		assert_non_null(o);
		assert_null(json_object_get(o, "at"));
		json_object_foreach(json_object_get(o, "data"), key, v)
			if (json_is_string(v) && n < cap)
				out[n++] = xstrdup(json_string_value(v));
		json_decref(o);
	}
	return n;
}

static bool has_type(const struct book_case *c, const char *type)
{
	char member[64];

	snprintf(member, sizeof(member), "\"type\":\"%s\"", type);
	return strstr(c->log, member) != NULL;
}

static void one_person(struct desk *d, uint64_t seed)
{
	struct person p;
	char *texts[PERSON_TEXTS], *kept[200];
	struct arena a = {0};
	struct err e = {0};
	struct book_case c;
	struct book *b;

	person_make(&p, seed);
	size_t n = person_texts(&p, texts);
	customer_doc(d, &p);
	struct told call = call_of(d, &p, texts, n);
	close_call(&call);
	// The control: the record itself names them.
	assert_non_null(person_survives(&p, texts, n));
	const struct case_mark marks[] = {{9000, CASE_GOOD, texts[0]}, {5000, CASE_MISS, texts[3]}};
	struct case_about about = {.title = texts[11], .tags = 1u << CASE_COMPLAINT, .marks = marks, .n_marks = 2, .by = "8001", .at = DESK_NOW};
	assert_ok(case_of_contact(&d->model, call.k, &about, &c, &a, &e), e);
	assert_int_equal(c.n_marks, 2);
	assert_int_equal(c.marks[0].t_ms, 5000); // by time
	assert_string_equal(c.category, "payment.other");
	assert_true(has_type(&c, "say") && has_type(&c, "classify") && has_type(&c, "transfer"));
	assert_false(has_type(&c, "note") || has_type(&c, "need") || has_type(&c, "restate") || has_type(&c, "customer") || has_type(&c, "start"));
	assert_null(strstr(c.log, CUSTOMER));
	assert_null(strstr(c.log, "packet"));
	size_t k = texts_of(&c, kept, 200);
	const char *what = person_survives(&p, kept, k);
	if (what)
		fail_msg("seed %llu: the %s of %s %s can be read in\n%s", (unsigned long long)seed, what, p.name, p.phone, c.log);
	assert_ok(book_open(&b, d->dir, &e), e);
	assert_ok(book_case_put(b, &c, &e), e);
	book_close(b);
	for (size_t i = 0; i < k; i++)
		free(kept[i]);
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	contact_free(call.k);
	arena_release(&a);
}

static void test_nobody_in_it(void **state)
{
	for (uint64_t seed = 1; seed <= PEOPLE; seed++)
		one_person(*state, seed);
}

// --- what is not taken

static void test_taken_back(void **state)
{
	struct desk *d = *state;
	struct told c = {.k = contact_new("01900000-0000-7000-8000-0000000000ab", DESK_NOW, &d->model.world)};
	struct case_about about = {.title = "一次退款", .by = "8001", .at = DESK_NOW};
	struct arena a = {0};
	struct err e = {0};
	struct book_case out;

	happen(&c, EV_START, 0, "channel", "phone", "direction", "in", "source", "manual", "mode", "live", "number", "13912345678", NULL);
	happen(&c, EV_RING, 0, NULL);
	happen(&c, EV_ANSWER, 3000, NULL);
	happen(&c, EV_SAY, 3000, "side", "customer", "text", "退款还没到", NULL);
	struct event undo;
	enum event_type type;
	happen(&c, EV_CLASSIFY, 1000, "code", "order.other", NULL);
	assert_ok(contact_undo(c.k, c.t, DESK_NOW + c.t, &undo, &type, &e), e);
	assert_int_equal(type, EV_CLASSIFY);
	event_release(&undo);
	// Still open.
	assert_false(case_of_contact(&d->model, c.k, &about, &out, &a, &e));
	assert_int_equal(e.code, ERR_DENIED);
	happen(&c, EV_CLASSIFY, 1000, "code", "payment.other", NULL);
	close_call(&c);
	e = (struct err){0};
	assert_ok(case_of_contact(&d->model, c.k, &about, &out, &a, &e), e);
	assert_null(strstr(out.log, "order.other"));
	assert_non_null(strstr(out.log, "payment.other"));
	about.title = "  ";
	assert_false(case_of_contact(&d->model, c.k, &about, &out, &a, &e));
	contact_free(c.k);
	arena_release(&a);
}

// --- a session

static void add(struct book *b, const char *session, int64_t t, int contact, enum log_who who, enum event_type type, const char *k1, const char *v1, const char *k2, const char *v2)
{
	struct log_entry en = {.t_ms = t, .contact = contact, .who = who, .ev = {.type = type}};
	struct err e = {0};

	event_put(&en.ev, k1, v1);
	if (k2)
		event_put(&en.ev, k2, v2);
	assert_ok(book_log_add(b, session, &en, t, &e), e);
	event_release(&en.ev);
}

static void test_session(void **state)
{
	struct desk *d = *state;
	struct book_session s = {.id = "s1", .scenario = "com.multi.01", .version = 1, .state = SESSION_SCORED, .lang = LANG_ZH, .final_ = -1};
	struct case_about about = {.title = "多线", .by = "8001", .at = DESK_NOW, .proposed = true};
	struct book *b;
	struct book_case c;
	struct book_cases all = {0};
	struct arena a = {0};
	struct err e = {0};

	assert_ok(book_open(&b, d->dir, &e), e);
	assert_ok(book_put(b, &s, &e), e);
	add(b, "s1", 3000, 0, LOG_CUSTOMER, EV_SAY, "side", "customer", "text", "我是邓女士，扣了两次");
	add(b, "s1", 5000, 0, LOG_AGENT, EV_SAY, "side", "agent", "text", "邓女士您别急");
	add(b, "s1", 6000, 0, LOG_TRAINER, EV_TAG, "type", "good", "text", "先安抚邓女士");
	add(b, "s1", 7000, 0, LOG_AGENT, EV_CLASSIFY, "code", "payment.other", NULL, NULL);
	add(b, "s1", 8000, 0, LOG_TRAINER, EV_WHISPER, "text", "问单号", NULL, NULL);
	assert_ok(case_of_session(&d->model, b, "s1", &about, &c, &a, &e), e);
	assert_string_equal(c.from, "session");
	assert_string_equal(c.category, "payment.other");
	assert_int_equal(c.n_marks, 1);
	assert_int_equal(c.marks[0].type, CASE_GOOD);
	assert_string_equal(c.marks[0].note, "先安抚某女士");
	assert_null(strstr(c.log, "邓"));
	assert_null(strstr(c.log, "whisper"));
	assert_ok(book_case_put(b, &c, &e), e);
	assert_ok(book_cases(b, &all, &e), e);
	assert_true(all.v.v[0].proposed);
	book_cases_release(&all);
	all = (struct book_cases){0};
	assert_ok(book_case_accept(b, c.id, &e), e);
	assert_ok(book_cases(b, &all, &e), e);
	assert_false(all.v.v[0].proposed);
	book_cases_release(&all);
	assert_false(book_case_accept(b, "none", &e));
	book_close(b);
	arena_release(&a);
}

// --- marked moments of a contact

static void test_moments(void **state)
{
	struct desk *d = *state;
	struct book_marks m = {0};
	struct book *b;
	struct err e = {0};

	assert_ok(book_open(&b, d->dir, &e), e);
	assert_ok(book_moment_put(b, "k1", &(struct case_mark){9000, CASE_KEY, "转折"}, &e), e);
	assert_ok(book_moment_put(b, "k1", &(struct case_mark){5000, CASE_GOOD, "电话13912345678"}, &e), e);
	assert_ok(book_moment_put(b, "k1", &(struct case_mark){9000, CASE_MISS, "没有上报"}, &e), e);
	assert_ok(book_moments(b, "k1", &m, &e), e);
	assert_int_equal(m.v.n, 2);
	assert_null(strstr(m.v.v[0].note, "12345"));
	assert_int_equal(m.v.v[1].type, CASE_MISS);
	book_marks_release(&m);
	m = (struct book_marks){0};
	assert_ok(book_moment_drop(b, "k1", 9000, &e), e);
	assert_ok(book_moments(b, "k1", &m, &e), e);
	assert_int_equal(m.v.n, 1);
	book_marks_release(&m);
	book_close(b);
}

// --- the draft of a scenario

// The common pack with one more scenario in it, loaded; what is wrong in that is said.
static struct packs *pack_with(struct desk *d, const char *yaml, struct problems *found)
{
	struct err e = {0};
	char *into = path_join(d->dir, "pack"), *folder = path_join(into, "scenarios"), *file = path_join(folder, "draft.yaml"), *head = path_join(into, "pack.yaml");
	char *common = path_share("packs/common");
	const char *dirs[] = {common, into};

	assert_ok(path_mkdirs(folder, &e), e);
	assert_ok(path_write_atomic(file, sv(yaml), 0600, &e), e);
	assert_ok(path_write_atomic(head, sv("pack: draft\nversion: 1\nindustry: common\nlanguages: [zh, en]\nmin_app: \"0.1\"\ntitle: {zh: 草稿, en: Draft}\norg: {zh: 示例, en: Demo}\n"), 0600, &e), e);
	struct packs *k = packs_load(dirs, 2, found);
	packs_lint(k, found);
	problems_sort(found);
	free(into);
	free(folder);
	free(file);
	free(head);
	free(common);
	return k;
}

static void take(struct desk *d, const char *yaml, const struct pack_scenario **s, struct packs **k)
{
	struct problems found = {0};

	*k = pack_with(d, yaml, &found);
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].severity == LINT_ERROR)
			fail_msg("%s:%d: %s\n%s", found.v[i].file, found.v[i].line, found.v[i].message, yaml);
	problems_release(&found);
	*s = packs_scenario(*k, "case.test");
	assert_non_null(*s);
}

static void test_scenario(void **state)
{
	struct desk *d = *state;
	static const struct case_mark marks[] = {{8000, CASE_GOOD, "先接住情绪"}, {16000, CASE_MISS, "没有说明时限"}, {12000, CASE_KEY, "客户讲到重点"}};
	struct book_case c = {
		.id = "01900000-0000-7000-8000-00000000abcd", .title = "重复{扣款}", .category = "payment.other", .from = "interaction", .tags = 1u << CASE_COMPLAINT,
		.marks = marks, .n_marks = 3, .log =
			"{\"t\":0,\"c\":0,\"who\":\"customer\",\"type\":\"ring\",\"data\":{}}\n"
			"{\"t\":5000,\"c\":0,\"who\":\"customer\",\"type\":\"say\",\"data\":{\"side\":\"customer\",\"text\":\"你们扣了我\\\"两次\\\"钱 {x}\"}}\n"
			"{\"t\":6000,\"c\":0,\"who\":\"customer\",\"type\":\"say\",\"data\":{\"side\":\"customer\",\"text\":\"快查\"}}\n"
			"{\"t\":8000,\"c\":0,\"who\":\"agent\",\"type\":\"say\",\"data\":{\"side\":\"agent\",\"text\":\"扣了两次，换谁都会着急。我现在就给您办。\"}}\n"
			"{\"t\":9000,\"c\":0,\"who\":\"agent\",\"type\":\"emotion\",\"data\":{\"class\":\"anger\",\"level\":\"2\"}}\n"
			"{\"t\":9500,\"c\":0,\"who\":\"agent\",\"type\":\"classify\",\"data\":{\"code\":\"payment.other\"}}\n"
			"{\"t\":9600,\"c\":0,\"who\":\"agent\",\"type\":\"intent\",\"data\":{\"intent\":\"complaint\"}}\n"
			"{\"t\":9700,\"c\":0,\"who\":\"agent\",\"type\":\"kb_cite\",\"data\":{\"id\":\"KB-COM-003\",\"ver\":\"1\"}}\n"
			"{\"t\":9800,\"c\":0,\"who\":\"agent\",\"type\":\"kb_cite\",\"data\":{\"id\":\"KB-NONE-999\",\"ver\":\"1\"}}\n"
			"{\"t\":12000,\"c\":0,\"who\":\"customer\",\"type\":\"say\",\"data\":{\"side\":\"customer\",\"text\":\"昨天就打过了\"}}\n"
			"{\"t\":14000,\"c\":0,\"who\":\"agent\",\"type\":\"escalate\",\"data\":{\"kind\":\"complaint\"}}\n"
			"{\"t\":20000,\"c\":0,\"who\":\"agent\",\"type\":\"disposition\",\"data\":{\"code\":\"TKT_OPEN\"}}"};
	const struct pack_scenario *s;
	struct packs *k;
	struct str yaml = {0};
	struct err e = {0};

	assert_ok(case_scenario(&c, d->model.packs, "case.test", &yaml, &e), e);
	take(d, str_z(&yaml), &s, &k);
	assert_int_equal(s->s.n_beats, 2);
	assert_string_equal(s->s.beats[0].says[0].text.zh, "你们扣了我\"两次\"钱 {{x}} 快查");
	assert_string_equal(s->s.truth.category, "payment.other");
	assert_int_equal(s->s.truth.intent, INTENT_COMPLAINT);
	assert_int_equal(s->s.truth.n_articles, 1);
	assert_string_equal(s->s.truth.dispositions[0], "TKT_OPEN");
	// class_right, good_1, cite; then missed_1, raised
	assert_int_equal(s->s.beats[0].n_expect, 3);
	assert_int_equal(s->s.beats[0].expect[1].what, EXPECT_SAY);
	assert_string_equal(s->s.beats[0].expect[1].label.zh, "先接住情绪");
	assert_string_equal(s->s.beats[0].expect[1].model.zh, "扣了两次，换谁都会着急。我现在就给您办。");
	assert_int_equal(s->s.beats[1].n_expect, 2);
	assert_int_equal(s->s.beats[1].expect[1].what, EXPECT_ESCALATE);
	assert_int_equal(s->s.beats[1].end, BEAT_WAITS);
	assert_string_equal(s->s.success_text, "classified && escalated");
	assert_non_null(strstr(str_z(&yaml), "客户讲到重点"));
	assert_non_null(strstr(str_z(&yaml), "# TODO: "));
	packs_free(k);
	str_release(&yaml);
	// A control: without its end the packs refuse it.
	struct problems found = {0};
	assert_ok(case_scenario(&c, d->model.packs, "case.test", &yaml, &e), e);
	yaml.s[strstr(yaml.s, "\nend:") - yaml.s] = '\0';
	k = pack_with(d, str_z(&yaml), &found);
	assert_true(found.errors > 0);
	problems_release(&found);
	packs_free(k);
	str_release(&yaml);
}

// Drafts of the calls of random people: the packs take each of them.
static void test_scenarios(void **state)
{
	struct desk *d = *state;

	for (uint64_t seed = 100; seed < 108; seed++) {
		struct person p;
		char *texts[PERSON_TEXTS];
		struct arena a = {0};
		struct err e = {0};
		struct str yaml = {0};
		struct book_case c;
		const struct pack_scenario *s;
		struct packs *k;

		person_make(&p, seed);
		size_t n = person_texts(&p, texts);
		customer_doc(d, &p);
		struct told call = call_of(d, &p, texts, n);
		close_call(&call);
		const struct case_mark marks[] = {{9000, CASE_GOOD, texts[0]}, {15000, CASE_MISS, texts[3]}};
		struct case_about about = {.title = texts[11], .marks = marks, .n_marks = 2, .by = "8001", .at = DESK_NOW};
		assert_ok(case_of_contact(&d->model, call.k, &about, &c, &a, &e), e);
		assert_ok(case_scenario(&c, d->model.packs, "case.test", &yaml, &e), e);
		take(d, str_z(&yaml), &s, &k);
		assert_true(s->s.n_beats > 3);
		packs_free(k);
		str_release(&yaml);
		contact_free(call.k);
		arena_release(&a);
		for (size_t i = 0; i < n; i++)
			free(texts[i]);
	}
}

// A call on the telephone: what was said is in nobody's record, only what the agent did.
static struct told silent_call(struct desk *d)
{
	struct told c = {.k = contact_new("01900000-0000-7000-8000-0000000000cd", DESK_NOW, &d->model.world)};

	happen(&c, EV_START, 0, "channel", "phone", "direction", "in", "source", "manual", "mode", "live", "number", "13912345678", NULL);
	happen(&c, EV_RING, 0, NULL);
	happen(&c, EV_ANSWER, 3000, NULL);
	happen(&c, EV_SCRIPT_START, 100, "script", "com.general", "version", "1", NULL);
	for (int i = 0; i < 12; i++) {
		const struct script_node *n = script_run_node(&c.k->run);
		char key[2] = {n && n->n_options ? n->options[0].key : '\0', '\0'};
		if (i == 3) {
			happen(&c, EV_CLASSIFY, 1000, "code", "payment.other", NULL);
			happen(&c, EV_EMOTION, 1000, "class", "anger", "level", "2", NULL);
		}
		if (i == 8)
			happen(&c, EV_CLASSIFY, 1000, "code", "order.other", NULL);
		if (!n)
			break;
		happen(&c, EV_SCRIPT_TICK, 5000, "node", n->id, NULL);
		happen(&c, EV_SCRIPT_VISIT, 1000, "op", *key ? "choose" : "next", *key ? "key" : "node", *key ? key : n->id, *key ? "node" : "op",
		       *key ? n->id : "next", NULL);
	}
	happen(&c, EV_ESCALATE, 1000, "kind", "complaint", NULL);
	close_call(&c);
	return c;
}

static void test_silent(void **state)
{
	struct desk *d = *state;
	struct told call = silent_call(d);
	const struct case_mark marks[] = {{20000, CASE_MISS, "没有说明时限"}, {300000, CASE_KEY, "客户点头"}};
	struct case_about about = {.title = "电话里的扣款", .marks = marks, .n_marks = 2, .by = "8001", .at = DESK_NOW};
	struct arena a = {0};
	struct err e = {0};
	struct str yaml = {0};
	struct book_case c;
	const struct pack_scenario *s;
	struct packs *k;

	assert_ok(case_of_contact(&d->model, call.k, &about, &c, &a, &e), e);
	assert_ok(case_scenario(&c, d->model.packs, "case.test", &yaml, &e), e);
	take(d, str_z(&yaml), &s, &k); // pack check takes it as it is
	assert_string_equal(s->s.script, "com.general");
	assert_string_equal(s->s.truth.category, "order.other"); // the last
	assert_in_range(s->s.n_beats, 4, 16);
	size_t lines = 0, escalations = 0;
	for (size_t i = 0; i < s->s.n_beats; i++) {
		const struct scenario_beat *b = &s->s.beats[i];
		assert_string_equal(b->says[0].text.zh, "（客户的话）");
		for (size_t x = 0; x < b->n_expect; x++) {
			lines += b->expect[x].what == EXPECT_SCRIPT;
			escalations += b->expect[x].what == EXPECT_ESCALATE;
		}
	}
	assert_true(lines >= 3);
	assert_int_equal(escalations, 1);
	// What the author goes by: where the script was, what it was about, how they felt, what was marked.
	static const char *const told[] = {"payment.other", "order.other", "没有说明时限", "客户点头", "G10"};
	for (size_t i = 0; i < 2; i++)
		assert_non_null(strstr(str_z(&yaml), category_label(category_find(d->model.world.categories, told[i]))));
	assert_non_null(strstr(str_z(&yaml), told[2]));
	assert_non_null(strstr(str_z(&yaml), told[3]));
	const struct script *general = &packs_script(k, "com.general")->s;
	char *answers = xasprintf("# answers: %.20s", label_text(general->nodes[script_find_node(general, sv("G4"))].text));
	assert_non_null(strstr(str_z(&yaml), answers));
	free(answers);
	bool felt = false;
	for (size_t i = 0; i < s->s.n_beats; i++)
		felt |= s->s.beats[i].has_emotion && s->s.beats[i].emotion == EMOTION_ANGER && s->s.beats[i].level == 2;
	assert_true(felt);
	packs_free(k);
	str_release(&yaml);
	contact_free(call.k);
	arena_release(&a);
}

static void test_nothing_said(void **state)
{
	struct desk *d = *state;
	struct book_case c = {.id = "c1", .title = "x", .from = "interaction", .log = "{\"t\":0,\"c\":0,\"who\":\"agent\",\"type\":\"answer\",\"data\":{}}"};
	struct str yaml = {0};
	struct err e = {0};

	assert_false(case_scenario(&c, d->model.packs, "case.test", &yaml, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	str_release(&yaml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_in_it, setup, teardown), cmocka_unit_test_setup_teardown(test_taken_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session, setup, teardown), cmocka_unit_test_setup_teardown(test_moments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scenario, setup, teardown), cmocka_unit_test_setup_teardown(test_scenarios, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_said, setup, teardown), cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
