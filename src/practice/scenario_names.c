// SPDX-License-Identifier: MIT
// Knows the names a condition of a scenario may use.
#include "src/practice/scenario_names.h"

static const char *const plain[] = {
	"emotion", "verified", "classified", "category", "disposition", "escalated", "ticket", "callback", "transferred", "faults",
	"held", "restated", "planned", "confirmed", "stoppay", "searched", "cited", "secrets", "promises", "forbidden", "silences",
	"hung_up", "lost", "turns", "time_s", "second",
};
static const char *const tags[] = {
	"tag.positive", "tag.empathy", "tag.empathy.anger", "tag.empathy.anxiety", "tag.empathy.sad", "tag.empathy.any",
	"tag.forbidden", "tag.risk_promise", "tag.ask_secret", "tag.keyword_alert",
};
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

struct each {
	void (*fn)(void *ctx, const char *name);
	void *ctx;
};

static void give(const struct each *e, const char *prefix, const char *name)
{
	char all[160];

	snprintf(all, sizeof(all), "%s%s", prefix, name ? name : "");
	e->fn(e->ctx, all);
}

void scenario_names(const struct scenario *s, void (*fn)(void *ctx, const char *name), void *ctx)
{
	struct each e = {fn, ctx};

	for (size_t i = 0; i < COUNT(plain); i++)
		give(&e, "", plain[i]);
	for (size_t i = 0; i < COUNT(tags); i++)
		give(&e, "", tags[i]);
	for (size_t i = 0; i < s->n_words; i++) {
		give(&e, "said.", s->words[i].name);
		give(&e, "said_now.", s->words[i].name);
	}
	for (size_t i = 0; i < s->n_objections; i++)
		give(&e, "moves.", s->objections[i].id);
	for (size_t i = 0; i < s->n_beats; i++)
		give(&e, "beat.", s->beats[i].id);
	for (size_t i = 0; i < s->n_curveballs; i++)
		give(&e, "curve.", s->curveballs[i].id);
	for (size_t i = 0; i < scenario_expectations(s); i++) {
		const char *id = scenario_expectation(s, i, NULL, NULL)->id;
		if (!str_empty(id))
			give(&e, "", id);
	}
}

struct find {
	struct sv name;
	bool found;
};

static void compare(void *ctx, const char *name)
{
	struct find *f = ctx;

	f->found |= sv_eqz(f->name, name);
}

bool scenario_name_known(const struct scenario *s, struct sv name)
{
	struct find f = {name, false};

	scenario_names(s, compare, &f);
	return f.found;
}

bool scenario_tag_known(const char *tag)
{
	for (size_t i = 0; tag && i < COUNT(tags); i++) {
		if (str_eq(tags[i] + 4, tag))
			return true;
	}
	return false;
}

bool scenario_word_reserved(const char *id)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (str_eq(plain[i], id))
			return true;
	}
	return false;
}
