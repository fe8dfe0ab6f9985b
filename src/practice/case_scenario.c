// SPDX-License-Identifier: MIT
// Knows how a case becomes the draft of a scenario: a file its author goes on with.
#include <jansson.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/practice/case_draft.h"

enum { CLAUSE_MIN = 2, CLAUSE_MAX = 16, CLAUSES = 3, NEAR_MS = 5000 };

static void draft_release(struct case_draft *d)
{
	for (size_t i = 0; i < d->v.n; i++)
		event_release(&d->v.v[i].ev);
	for (size_t i = 0; i < d->turns.n; i++) {
		str_release(&d->turns.v[i].says);
		str_release(&d->turns.v[i].about);
	}
	vec_release(&d->v);
	vec_release(&d->turns);
	str_release(&d->words);
}

// --- reading the case

static bool read_log(struct case_draft *d, struct err *e)
{
	struct sv rest = sv(d->c->log), line;
	bool ok = true;

	while (ok && sv_split(&rest, '\n', &line)) {
		json_t *o = line.n ? json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
		struct log_entry entry = {0};
		ok = !line.n || (o ? log_entry_read(o, &entry, e) : err_set(e, ERR_PARSE, _("the case %s is damaged"), d->c->id));
		json_decref(o);
		// One customer makes one scenario.
		if (ok && line.n && entry.contact <= 0)
			vec_push(&d->v, entry);
		else
			event_release(&entry.ev);
		d->others |= entry.contact > 0;
	}
	return ok;
}

static bool by_customer(const struct log_entry *e)
{
	return e->ev.type == EV_SAY && (e->who == LOG_CUSTOMER || strcmp(event_get(&e->ev, "side"), "customer") == 0);
}

static bool by_agent(const struct log_entry *e)
{
	return e->ev.type == EV_SAY && !by_customer(e);
}

static const char *last_value(const struct case_draft *d, enum event_type type, const char *key)
{
	const char *value = "";

	for (size_t i = 0; i < d->v.n; i++)
		if (d->v.v[i].ev.type == type && *event_get(&d->v.v[i].ev, key))
			value = event_get(&d->v.v[i].ev, key);
	return value;
}

// Lines of the customer with nothing of the agent between them are one turn.
static void find_turns(struct case_draft *d)
{
	bool open = false;

	for (size_t i = 0; i < d->v.n; i++) {
		const struct log_entry *e = &d->v.v[i];
		if (by_agent(e))
			open = false;
		if (by_customer(e) && *event_get(&e->ev, "text")) {
			if (!open && d->turns.n < BEATS_MOST) {
				if (d->turns.n)
					d->turns.v[d->turns.n - 1].last = i;
				vec_push(&d->turns, ((struct turn){.from = e->t_ms, .first = i}));
			}
			struct turn *t = &d->turns.v[d->turns.n - 1];
			str_addf(&t->says, "%s%s", t->says.n ? " " : "", event_get(&e->ev, "text"));
			open = true;
		}
		if (e->ev.type == EV_EMOTION && d->turns.n)
			d->turns.v[d->turns.n - 1].emotion = e;
	}
	for (size_t i = 0; i < d->turns.n; i++) {
		d->turns.v[i].last = i + 1 < d->turns.n ? d->turns.v[i].last : d->v.n;
		d->turns.v[i].to = i + 1 < d->turns.n ? d->turns.v[i + 1].from : INT64_MAX;
	}
}

// --- writing YAML

void draft_quoted(struct str *out, const char *text, bool braces)
{
	str_addc(out, '"');
	for (const char *p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			str_addc(out, '\\');
		if (*p == '\n')
			str_add(out, " ");
		else
			str_addc(out, *p);
		if (braces && (*p == '{' || *p == '}'))
			str_addc(out, *p);
	}
	str_addc(out, '"');
}

static bool is_zh(const char *text)
{
	struct sv rest = sv(text);

	while (rest.n) {
		uint32_t cp;
		size_t n = utf8_decode(rest, &cp);
		if (utf8_is_han(cp))
			return true;
		rest = sv_n(rest.p + n, rest.n - n);
	}
	return false;
}

// In the language it was said in; the other is the author's.
static void pair(struct str *out, const char *text, bool braces)
{
	str_addf(out, "{%s: ", is_zh(text) ? "zh" : "en");
	draft_quoted(out, text, braces);
	str_add(out, "}");
}

static void todo(struct case_draft *d, const char *indent, const char *what)
{
	str_addf(d->out, "%s# TODO: %s\n", indent, what);
}

// --- expectations

// Clauses of a line that can be looked for: short, and nothing masked in them. False: there is none.
static bool clauses(const char *line, struct str *out)
{
	size_t n = 0;

	for (const char *p = line; *p && n < CLAUSES;) {
		size_t len = 0;
		bool fit = true;
		struct sv rest = sv(p);
		while (rest.n) {
			uint32_t cp;
			size_t k = utf8_decode(rest, &cp);
			if (cp == 0xff0c || cp == 0x3002 || cp == 0xff01 || cp == 0xff1f || cp == 0x3001 || cp == 0xff1b || cp == ',' || cp == '.' || cp == '!' || cp == '?' || cp == ';')
				break;
			fit &= cp != '*' && cp != '"' && cp != '\\';
			len += k;
			rest = sv_n(rest.p + k, rest.n - k);
		}
		struct sv clause = sv_trim(sv_n(p, len));
		size_t chars = utf8_count(clause);
		if (fit && chars >= CLAUSE_MIN && (chars <= CLAUSE_MAX || (clause.p[0] & 0x80) == 0) && chars <= 60) {
			str_addf(out, "%s\"%.*s\"", n++ ? ", " : "", (int)clause.n, clause.p);
		}
		if (!rest.n)
			break;
		uint32_t sign;
		p = rest.p + utf8_decode(rest, &sign);
	}
	return n > 0;
}

const char *draft_id(struct expects *x, const char *stem, size_t no)
{
	snprintf(x->ids[x->n], sizeof(x->ids[0]), no ? "%s_%zu" : "%s", stem, no);
	return x->ids[x->n++];
}

// The line the agent had just said, or began to say, at the moment.
static const struct log_entry *line_at(const struct case_draft *d, const struct turn *t, int64_t at)
{
	const struct log_entry *best = NULL;

	for (size_t i = t->first; i < t->last; i++)
		if (by_agent(&d->v.v[i]) && (!best || d->v.v[i].t_ms <= at + NEAR_MS))
			best = &d->v.v[i];
	return best;
}

static void expect_mark(struct case_draft *d, struct expects *x, const struct turn *t, const struct case_mark *m)
{
	const struct log_entry *line = m->type == CASE_GOOD ? line_at(d, t, m->t_ms) : NULL;
	const char *said = line ? event_get(&line->ev, "text") : "";
	struct str any = {0};
	bool words = *said && clauses(said, &any);
	const char *id = m->type == CASE_GOOD ? draft_id(x, "good", ++d->n_good) : draft_id(x, "missed", ++d->n_missed);

	if (m->type == CASE_MISS)
		todo(d, "      ", _("say what was to be done here: do, value, words (see zuoxi-scenario(5))"));
	if (words) {
		str_addf(d->out, "      - {id: %s, do: say, words: %s, within_s: 30, w: 2, label: ", id, id);
		str_addf(&d->words, "  %s: {any: [%s]}\n", id, str_z(&any));
	} else {
		str_addf(d->out, "      - {id: %s, do: say, tag: positive, within_s: 30, w: 2, label: ", id);
	}
	pair(d->out, *m->note ? m->note : case_marker_label(m->type), false);
	if (*said) {
		str_add(d->out, ", model: ");
		pair(d->out, said, false);
	}
	str_add(d->out, "}\n");
	str_release(&any);
}

static bool known_article(const struct case_draft *d, const char *id)
{
	return *id && (!d->packs || packs_article(d->packs, id));
}

// What the agent did in the turn and the customer needs again.
static void expect_deed(struct case_draft *d, struct expects *x, const struct event *ev, unsigned *done)
{
	const char *what = NULL, *label = NULL, *value = "";
	int64_t level = event_get_int(ev, "level", 0);

	switch (ev->type) {
	case EV_VERIFY: what = event_get_int(ev, "passed", 0) && level >= 1 && level <= 3 ? "verify" : NULL; value = event_get(ev, "level"); label = N_("Check who is calling"); break;
	case EV_KB_CITE: what = known_article(d, event_get(ev, "id")) ? "kb_cite" : NULL; value = event_get(ev, "id"); label = N_("Cite the article"); break;
	case EV_ESCALATE: what = "escalate"; value = event_get(ev, "kind"); label = N_("Escalate"); break;
	case EV_TICKET_CREATE: what = "ticket"; label = N_("Make the ticket"); break;
	case EV_CALLBACK_BOOK: what = "callback"; label = N_("Book the call-back"); break;
	case EV_TRANSFER: what = "transfer"; label = N_("Transfer"); break;
	default: break;
	}
	if (!what || (*done & 1u << (ev->type % 32)) || x->n >= EXPECTS_MOST)
		return;
	*done |= 1u << (ev->type % 32);
	str_addf(d->out, "      - {id: %s, do: %s", draft_id(x, what[0] == 'k' ? "cite" : ev->type == EV_VERIFY ? "checked" : ev->type == EV_TICKET_CREATE ? "made_ticket"
		 : ev->type == EV_CALLBACK_BOOK ? "booked" : ev->type == EV_ESCALATE ? "raised" : "handed_on", 0), what);
	if (*value) {
		str_add(d->out, ", value: ");
		draft_quoted(d->out, value, false);
	}
	str_add(d->out, ", w: 2, label: ");
	pair(d->out, _(label), false);
	str_add(d->out, "}\n");
}

static bool in_turn(const struct case_draft *d, size_t i, int64_t at)
{
	const struct turn *t = &d->turns.v[i];

	return (at >= t->from || i == 0) && at < t->to;
}

static void put_expects(struct case_draft *d, size_t i, struct expects *x, unsigned *done)
{
	const struct turn *t = &d->turns.v[i];
	size_t before = d->out->n;

	str_add(d->out, "    expect:\n");
	size_t empty = d->out->n;
	if (i == 0 && *d->category) {
		str_addf(d->out, "      - {id: %s, do: classify, value: %s, from: answer, within_s: 30, w: 3, label: ", draft_id(x, "class_right", 0), d->category);
		pair(d->out, _("Choose the right category"), false);
		str_add(d->out, "}\n");
	}
	for (size_t k = 0; k < d->c->n_marks; k++)
		if (in_turn(d, i, d->c->marks[k].t_ms) && d->c->marks[k].type != CASE_KEY && x->n + 1 < EXPECTS_MOST)
			expect_mark(d, x, t, &d->c->marks[k]);
	for (size_t k = t->first; k < t->last; k++)
		expect_deed(d, x, &d->v.v[k].ev, done);
	if (!t->says.n)
		draft_script_expects(d, t, x);
	if (i == 0 && !x->n) {
		todo(d, "      ", _("say what is expected of the agent (see zuoxi-scenario(5))"));
		str_addf(d->out, "      - {id: %s, do: say, tag: positive, within_s: 30, w: 1, label: {en: \"Take it up\"}}\n", draft_id(x, "taken_up", 0));
	}
	if (d->out->n == empty) { // nothing: the key goes too
		d->out->n = before;
		d->out->s[before] = '\0';
	}
}

// --- the parts of the file

// What nobody typed is the author's to write: what was going on stands above it.
static void put_says(struct case_draft *d, const struct turn *t)
{
	struct sv rest = sv(str_z(&t->about)), line;

	if (!t->says.n)
		todo(d, "      ", _("write what the customer says here"));
	while (sv_split(&rest, '\n', &line))
		if (line.n)
			str_addf(d->out, "      # %.*s\n", (int)line.n, line.p);
	str_add(d->out, "      - ");
	if (t->says.n)
		pair(d->out, str_z(&t->says), true);
	else
		str_add(d->out, "{zh: \"（客户的话）\", en: \"(what the customer says)\"}");
	str_add(d->out, "\n");
}

static void put_beat(struct case_draft *d, size_t i, unsigned *done)
{
	struct turn *t = &d->turns.v[i];
	struct expects x = {0};
	bool last = i + 1 == d->turns.n;

	for (size_t k = 0; k < d->c->n_marks; k++)
		if (in_turn(d, i, d->c->marks[k].t_ms) && d->c->marks[k].type == CASE_KEY)
			str_addf(d->out, "  # %s: %s\n", _("Key moment"), d->c->marks[k].note);
	str_addf(d->out, "  - id: b%zu\n%s    says:\n", i + 1, i ? "" : "    when: start\n");
	put_says(d, t);
	if (t->emotion)
		str_addf(d->out, "    emotion: {class: %s, level: %s}\n", event_get(&t->emotion->ev, "class"), event_get(&t->emotion->ev, "level"));
	put_expects(d, i, &x, done);
	if (last) {
		str_add(d->out, "    end: wait\n");
		return;
	}
	str_add(d->out, "    next:\n");
	if (x.n) {
		str_addf(d->out, "      - {if: \"%s\", to: b%zu}\n", x.ids[x.n - 1], i + 2);
		todo(d, "      ", _("what the customer says to an agent who does not do it; this way they go on after two lines"));
		str_addf(d->out, "      - {if: \"turns >= 2\", to: b%zu}\n", i + 2);
	} else {
		str_addf(d->out, "      - {else: b%zu}\n", i + 2);
	}
}

static void put_truth(struct case_draft *d)
{
	const struct packs *k = d->packs;
	const struct category *c = k ? category_find(&k->categories, d->category) : NULL;
	bool first = *d->disposition && (!k || disposition_find(&k->dispositions, d->disposition)), second = *d->second && (!k || disposition_find(&k->dispositions, d->second));
	enum intent intent;
	enum difficulty difficulty;

	if (!*d->intent || !*d->difficulty || !c)
		todo(d, "", _("check what is right here; the record did not say all of it"));
	if (!intent_parse(sv(d->intent), &intent) || intent == INTENT_NONE)
		intent = INTENT_ENQUIRY;
	if (!difficulty_parse(sv(d->difficulty), &difficulty) || difficulty == DIFFICULTY_NONE)
		difficulty = DIFFICULTY_SIMPLE;
	str_addf(d->out, "truth:\n  category: %s\n  intent: %s\n  difficulty: %s\n  priority: 3 # TODO: %s\n", d->category, intent_code(intent), difficulty_code(difficulty),
		 _("1 to 4"));
	str_add(d->out, "  articles: [");
	size_t n = 0;
	for (size_t i = 0; i < d->v.n; i++) {
		const char *id = event_get(&d->v.v[i].ev, "id");
		bool again = false;
		for (size_t j = 0; j < i; j++)
			again |= d->v.v[j].ev.type == EV_KB_CITE && str_eq(event_get(&d->v.v[j].ev, "id"), id);
		if (d->v.v[i].ev.type == EV_KB_CITE && !again && known_article(d, id))
			str_addf(d->out, "%s%s", n++ ? ", " : "", id);
	}
	const char *fallback = k && k->dispositions.n ? k->dispositions.v[0].code : "INFO_GIVEN";
	str_addf(d->out, "]\n  dispositions: [%s%s%s]%s\n", first ? d->disposition : fallback, second ? ", " : "", second ? d->second : "", first ? "" : " # TODO");
}

static void put_head(struct case_draft *d, const char *code)
{
	const struct log_entry *felt = NULL;
	int64_t last = d->v.n ? d->v.v[d->v.n - 1].t_ms : 0, limit = (last * 3 / 2 / 30000 + 1) * 30;

	for (size_t i = d->v.n; i-- > 0;)
		if (d->v.v[i].ev.type == EV_EMOTION)
			felt = &d->v.v[i];
	str_addf(d->out, "# %s\n", _("A draft, made of a case of the library. Lines with TODO wait for their author; the second language of every text does too."));
	if (d->others)
		str_addf(d->out, "# %s\n", _("More than one customer was on the line; the draft has the first."));
	str_addf(d->out, "scenario: %s\nversion: 1\ntitle: ", code);
	pair(d->out, d->c->title, false);
	str_add(d->out, "\nlevel: advanced # TODO: basic, advanced, expert\ntags: [");
	for (int t = 0, n = 0; t <= CASE_EMERGENCY; t++)
		if (d->c->tags & 1u << t)
			str_addf(d->out, "%s%s", n++ ? ", " : "", case_tag_code((enum case_tag)t));
	str_add(d->out, "]\n");
	todo(d, "", _("what is practised, and what the agent knows before the call"));
	str_add(d->out, "goal: ");
	pair(d->out, d->c->title, false);
	str_add(d->out, "\nbrief: ");
	pair(d->out, d->c->title, false);
	if (d->script)
		str_addf(d->out, "\nscript: %s", d->script->code);
	str_addf(d->out, "\ntime_limit_s: %lld\n", (long long)(limit < 180 ? 180 : limit > 7200 ? 7200 : limit));
	if (felt)
		str_addf(d->out, "start_emotion: {class: %s, level: %s}\n", event_get(&felt->ev, "class"), event_get(&felt->ev, "level"));
	todo(d, "", _("who calls: an invented name, age and number"));
	str_add(d->out, "persona: {name: {zh: 客户, en: Customer}, age: 40, phone: \"13800138000\", mood: {zh: 平静, en: Calm}, speech: {zh: 平常, en: Plain}}\n");
	str_add(d->out, "customer: {known: false, channel: phone}\n");
}

static void settle(struct case_draft *d)
{
	const char *category = last_value(d, EV_CLASSIFY, "code");

	d->category = *category ? category : !str_empty(d->c->category) ? d->c->category : "";
	if (d->packs && !category_find(&d->packs->categories, d->category))
		d->category = d->packs->n_category_codes ? d->packs->category_codes[0] : d->category;
	d->intent = last_value(d, EV_INTENT, "intent");
	d->difficulty = last_value(d, EV_DIFFICULTY, "difficulty");
	d->disposition = last_value(d, EV_DISPOSITION, "code");
	d->second = last_value(d, EV_DISPOSITION, "second");
	const struct pack_script *script = d->packs ? packs_script(d->packs, last_value(d, EV_SCRIPT_START, "script")) : NULL;
	d->script = script && script->s.kind == SCRIPT_MAIN ? &script->s : NULL;
	for (size_t i = 0; i < d->v.n; i++)
		d->escalated |= d->v.v[i].ev.type == EV_ESCALATE;
}

// The end of an id differs from that of every other; its beginning is the time.
void case_scenario_code(const struct book_case *c, char *buf, size_t cap)
{
	size_t n = strlen(c->id);

	snprintf(buf, cap, "case.k%s.01", c->id + (n > 6 ? n - 6 : 0));
}

bool case_scenario(const struct book_case *c, const struct packs *packs, const char *code, struct str *out, struct err *e)
{
	struct str beats = {0};
	struct case_draft d = {.c = c, .packs = packs, .out = out};
	unsigned done = 0;
	bool ok = read_log(&d, e);

	find_turns(&d);
	settle(&d);
	if (!d.turns.n)
		draft_scenes(&d);
	if (ok && !d.turns.n)
		ok = err_set(e, ERR_NOT_FOUND, _("Nothing was said or recorded in the case %s that a scenario could be made of."), c->id);
	if (ok) {
		put_head(&d, code);
		put_truth(&d);
		d.out = &beats;
		for (size_t i = 0; i < d.turns.n; i++)
			put_beat(&d, i, &done);
		if (d.words.n)
			str_addf(out, "\n# TODO: %s\nwords:\n%s", _("the words an agent's line is known by; more than one way to say it"), str_z(&d.words));
		str_addf(out, "\nbeats:\n%s\n# TODO: %s\nend: {success: \"%s\", fail: \"secrets > 0 || (hung_up && !confirmed)\"}\n", str_z(&beats), _("when the call went well"),
			 d.escalated ? "classified && escalated" : "classified");
	}
	str_release(&beats);
	draft_release(&d);
	return ok;
}
