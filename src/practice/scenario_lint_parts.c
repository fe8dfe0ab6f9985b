// SPDX-License-Identifier: MIT
// Knows when the parts around the conversation are wrong: word sets, callers, curveballs, objections, criticals, cards, seats.
#include "src/desk/lexicon.h"
#include "src/practice/match.h"
#include "src/practice/scenario_lint.h"

// --- Word sets

static void check_keywords(struct scenario_work *w, const struct word_set *set, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t chars = match_keyword_chars(v[i]);
		if (!chars)
			FAIL(w, set, _("the word set %s has an entry without a letter or digit: '%s'"), set->name, v[i]);
		else if (chars > MATCH_KEYWORD_CHARS)
			FAIL(w, set, _("the word set %s has an entry of more than %d characters: '%.60s'"), set->name, MATCH_KEYWORD_CHARS, v[i]);
	}
}

static void check_words(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	if (s->n_words > MATCH_SETS)
		FAIL(w, &s->words[MATCH_SETS], _("more than %d word sets; join some"), MATCH_SETS);
	for (size_t i = 0; i < s->n_words; i++) {
		const struct word_set *set = &s->words[i];
		for (size_t k = 0; k < i; k++) {
			if (str_eq(s->words[k].name, set->name))
				FAIL(w, set, _("the word set %s is there twice"), set->name);
		}
		if (!set->n_any && !set->n_all)
			FAIL(w, set, _("the word set %s is empty: give it 'any' or 'all'"), set->name);
		check_keywords(w, set, set->any, set->n_any);
		check_keywords(w, set, set->all, set->n_all);
		check_keywords(w, set, set->none, set->n_none);
	}
}

// --- Who calls

static bool rung_in(const struct scenario *s, size_t caller)
{
	for (size_t i = 0; i < s->n_curveballs; i++) {
		if (s->curveballs[i].kind == CURVE_SECOND_CALL && s->curveballs[i].caller == (int)caller)
			return true;
	}
	return false;
}

// A label is not asked for: of what everybody knows by its name there need be none.
static void check_fact_texts(struct scenario_work *w, const struct scenario_caller *c, const struct persona_fact *f)
{
	scenario_lint_label(w, f->value, true, f->name, c->line, c->col);
	scenario_lint_label(w, f->label, false, f->name, c->line, c->col);
}

static void check_callers(struct scenario_work *w)
{
	const struct scenario *s = w->s;
	char what[64];

	if (!s->n_callers)
		FAIL(w, s, _("nobody calls: the persona is missing"));
	if (s->n_callers > SCENARIO_CALLERS)
		FAIL(w, s, _("more than %d callers"), (int)SCENARIO_CALLERS);
	for (size_t i = 0; i < s->n_callers; i++) {
		const struct scenario_caller *c = &s->callers[i];
		snprintf(what, sizeof(what), "caller %zu", i);
		if (c->first_beat >= s->n_beats && !s->broken)
			FAIL(w, c, i ? _("caller %zu has nothing to begin with; name a beat in 'first'")
				     : _("caller %zu has nothing to begin with; give a beat 'when: start'"), i);
		scenario_lint_label(w, c->persona.name, false, what, c->line, c->col);
		if (!*label_text(c->persona.name))
			FAIL(w, c, _("caller %zu needs a name"), i);
		for (size_t k = 0; k < c->persona.n_facts; k++)
			check_fact_texts(w, c, &c->persona.facts[k]);
		if (c->persona.patience_s <= 0)
			FAIL(w, c, _("caller %zu: patience_s must be greater than 0"), i);
		if (i && !c->at_s && !rung_in(s, i) && s->kind == SCENARIO_CALL)
			FAIL(w, c, _("caller %zu never rings: give at_s, or a curveball second_call_waiting with this caller"), i);
		if (c->at_s >= s->time_limit_s && s->time_limit_s > 0)
			FAIL(w, c, _("caller %zu rings after the session is over"), i);
		scenario_lint_label(w, c->persona.mood, false, what, c->line, c->col);
		scenario_lint_label(w, c->persona.speech, false, what, c->line, c->col);
		scenario_lint_label(w, c->history, false, what, c->line, c->col);
		for (size_t k = 0; k < c->persona.n_hides; k++)
			scenario_lint_label(w, c->persona.hides[k], true, what, c->line, c->col);
	}
}

// --- Curveballs

static bool one_of(const char *word, const char *list)
{
	struct sv rest = sv(list), part;

	while (sv_split(&rest, ' ', &part)) {
		if (sv_eqz(part, word))
			return true;
	}
	return false;
}

// What each kind cannot do without.
static void check_curve_kind(struct scenario_work *w, const struct curveball *c)
{
	const char *targets = c->kind == CURVE_SYSTEM_DOWN ? "hub crm kb recording phone" : c->kind == CURVE_SYSTEM_SLOW ? "crm kb" : NULL;
	bool lasts = targets || c->kind == CURVE_LINE_NOISE || c->kind == CURVE_SILENT;
	bool article = c->kind == CURVE_POLICY_CHANGED || c->kind == CURVE_STALE_ARTICLE;
	const char *kind = curveball_kind_code(c->kind);

	if (targets && (!c->target || !one_of(c->target, targets)))
		FAIL(w, c, _("curveball %s: %s needs a target, one of: %s"), c->id, kind, targets);
	if (!targets && c->target)
		FAIL(w, c, _("curveball %s: %s has no target"), c->id, kind);
	if (lasts && c->for_s <= 0)
		FAIL(w, c, _("curveball %s: %s needs for_s: how long it lasts"), c->id, kind);
	if (article && !c->article)
		FAIL(w, c, _("curveball %s: %s needs an article"), c->id, kind);
	if (c->kind == CURVE_RED_BROADCAST && str_empty(c->title.zh) && str_empty(c->title.en))
		FAIL(w, c, _("curveball %s: a broadcast needs a title"), c->id);
	if (c->kind == CURVE_SECOND_CALL && (c->caller < 1 || (size_t)c->caller >= w->s->n_callers))
		FAIL(w, c, _("curveball %s: caller is the number of one of the further callers"), c->id);
	if (c->kind == CURVE_EMOTION_SPIKE && !c->has_emotion)
		FAIL(w, c, _("curveball %s: an emotion_spike needs an emotion"), c->id);
	if (!lasts && !article && c->kind != CURVE_RED_BROADCAST && c->kind != CURVE_SECOND_CALL && c->kind != CURVE_EMOTION_SPIKE && !c->n_says &&
	    c->beat == SCENARIO_NONE)
		FAIL(w, c, _("curveball %s: nothing happens; give 'says' or 'to'"), c->id);
}

static void check_curveballs(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	for (size_t i = 0; i < s->n_curveballs; i++) {
		const struct curveball *c = &s->curveballs[i];
		char what[96];
		snprintf(what, sizeof(what), "%s", c->id);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(s->curveballs[k].id, c->id))
				FAIL(w, c, _("the curveball %s is there twice"), c->id);
		}
		if (c->at_beat == SCENARIO_NONE && c->at_s <= 0 && !s->broken)
			FAIL(w, c, _("curveball %s never comes: 'at' names a beat, a time like 90s, or both with 'or'"), c->id);
		if (c->at_beat == SCENARIO_NONE && c->at_s >= s->time_limit_s && s->time_limit_s > 0)
			FAIL(w, c, _("curveball %s comes after the session is over"), c->id);
		if (c->chance < 1 || c->chance > 100)
			FAIL(w, c, _("curveball %s: chance is 1 to 100"), c->id);
		if (c->has_emotion && (c->level < 0 || c->level > 5))
			FAIL(w, c, _("curveball %s: the level of an emotion is 0 to 5"), c->id);
		check_curve_kind(w, c);
		scenario_lint_label(w, c->title, false, what, c->line, c->col);
		for (size_t k = 0; k < c->n_says; k++)
			scenario_lint_label(w, c->says[k].text, true, what, c->line, c->col);
	}
}

// --- Objections, and beats that raise them

static void check_ban(struct scenario_work *w, const struct scenario_objection *o, const char *ban)
{
	enum lexicon_list list;

	for (size_t i = 0; i < w->s->n_words; i++) {
		if (str_eq(w->s->words[i].name, ban)) {
			scenario_lint_use(w, &w->s->words[i]);
			return;
		}
	}
	if (!lexicon_list_parse(sv(ban), &list))
		FAIL(w, o, _("objection %s: ban names neither a word list nor a word set: '%s'"), o->id, ban);
}

static void check_objections(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	for (size_t i = 0; i < s->n_objections; i++) {
		const struct scenario_objection *o = &s->objections[i];
		char what[96];
		snprintf(what, sizeof(what), "%s", o->id);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(s->objections[k].id, o->id))
				FAIL(w, o, _("the objection %s is there twice"), o->id);
		}
		if (o->beat >= s->n_beats)
			FAIL(w, o, _("no beat raises the objection %s; write 'objection: %s' at one"), o->id, o->id);
		else if (!str_eq(s->beats[o->beat].objection, o->id))
			FAIL(w, o, _("objection %s: the beat %s does not raise it; write 'objection: %s' there"), o->id, s->beats[o->beat].id, o->id);
		if (!o->moves)
			FAIL(w, o, _("objection %s: name the moves it needs"), o->id);
		scenario_lint_label(w, o->label, true, what, o->line, o->col);
		for (size_t k = 0; k < OBJECTION_MOVES; k++)
			scenario_lint_use(w, o->words[k]);
		for (size_t k = 0; k < o->n_ban; k++)
			check_ban(w, o, o->ban[k]);
	}
	for (size_t i = 0; i < s->n_beats; i++) {
		const struct scenario_beat *b = &s->beats[i];
		bool there = !b->objection;
		for (size_t k = 0; k < s->n_objections; k++)
			there |= str_eq(s->objections[k].id, b->objection);
		if (!there)
			FAIL(w, b, _("beat %s: there is no objection %s"), b->id, b->objection);
	}
}

// --- Criticals, cards, seats

// PC-02, BC-01, CC-04: two capital letters, a dash, two digits (domain.md §11.4).
static bool critical_code_ok(const char *code)
{
	return code && strlen(code) == 5 && (str_starts(code, "CC-") || str_starts(code, "BC-") || str_starts(code, "PC-")) && code[3] >= '0' &&
	       code[3] <= '9' && code[4] >= '0' && code[4] <= '9';
}

static void check_criticals(struct scenario_work *w)
{
	for (size_t i = 0; i < w->s->n_criticals; i++) {
		const struct scenario_critical *c = &w->s->criticals[i];
		char what[96];
		snprintf(what, sizeof(what), "critical %s", c->code ? c->code : "?");
		if (!critical_code_ok(c->code))
			FAIL(w, c, _("a critical has a code like CC-01, BC-02 or PC-04"));
		if (!c->cond == !c->words)
			FAIL(w, c, _("critical %s: give either 'if' or 'words'"), c->code ? c->code : "?");
		scenario_lint_use(w, c->words);
		scenario_lint_cond(w, c->cond, what, c->line, c->col);
		scenario_lint_label(w, c->label, true, what, c->line, c->col);
	}
}

static void check_cards(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	if (s->n_cards && s->level != PRACTICE_BASIC)
		WARN(w, &s->cards[0], _("reply cards are shown on the basic level only"));
	for (size_t i = 0; i < s->n_cards; i++) {
		char what[96];
		size_t same = 0, good = 0;
		snprintf(what, sizeof(what), "card %s", s->cards[i].id);
		scenario_lint_label(w, s->cards[i].text, true, what, s->cards[i].line, s->cards[i].col);
		for (size_t k = 0; k < s->n_cards; k++) {
			if (k < i && str_eq(s->cards[k].id, s->cards[i].id))
				FAIL(w, &s->cards[i], _("the card %s is there twice"), s->cards[i].id);
			same += s->cards[k].beat == s->cards[i].beat;
			good += s->cards[k].beat == s->cards[i].beat && s->cards[k].good;
			if (s->cards[k].beat == s->cards[i].beat && k < i)
				same = 100; // said at the first card of this beat
		}
		if (same < 100 && (same > 9 || good != 1) && !s->broken)
			FAIL(w, &s->cards[i], _("cards of beat %s: one of them is good, and there are at most nine"),
			     s->cards[i].beat < s->n_beats ? s->beats[s->cards[i].beat].id : "-");
	}
}

static void check_seats(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	if (s->kind == SCENARIO_DRILL && s->n_seats < 2)
		FAIL(w, s, _("a drill needs at least two seats"));
	if (s->kind == SCENARIO_CALL && s->n_seats)
		FAIL(w, &s->seats[0], _("only a drill has seats (kind: drill)"));
	for (size_t i = 0; i < s->n_seats; i++) {
		char what[96];
		snprintf(what, sizeof(what), "seat %s", s->seats[i].code);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(s->seats[k].code, s->seats[i].code))
				FAIL(w, &s->seats[i], _("the seat %s is there twice"), s->seats[i].code);
		}
		scenario_lint_label(w, s->seats[i].label, true, what, s->seats[i].line, s->seats[i].col);
		scenario_lint_label(w, s->seats[i].task, true, what, s->seats[i].line, s->seats[i].col);
	}
}

void scenario_lint_parts(struct scenario_work *w)
{
	check_words(w);
	check_callers(w);
	check_curveballs(w);
	check_objections(w);
	check_criticals(w);
	check_cards(w);
	check_seats(w);
}
