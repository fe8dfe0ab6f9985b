// SPDX-License-Identifier: MIT
// Knows a text while it is read from a file: named fields become a kb_text, cleaned and checked for their form.
#include "kb/draft.h"

#include "kb/rows.h"
#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"

enum kind { TEXT, PARAGRAPHS, LINES, LIST, CHECKS, FROM, UNTIL, FLAG, STATE, VERSION, PUBLISHED };

struct field {
	const char *name;
	enum kind kind;
	size_t at; // in kb_text
};

#define AT(member) offsetof(struct kb_text, member)
static const struct field fields[] = {
	{"id", TEXT, AT(id)},
	{"type", TEXT, AT(type)},
	{"title", TEXT, AT(title)},
	{"title_en", TEXT, AT(title_en)},
	{"summary_en", PARAGRAPHS, AT(summary_en)},
	{"question", PARAGRAPHS, AT(question)},
	{"body", LINES, AT(body)},
	{"tags", LIST, AT(tags)},
	{"synonyms", LIST, AT(synonyms)},
	{"phrasings", LIST, AT(phrasings)},
	{"category", LIST, AT(category)},
	{"lang", TEXT, AT(lang)},
	{"audience", TEXT, AT(audience)},
	{"author", TEXT, AT(author)},
	{"approver", TEXT, AT(approver)},
	{"note", TEXT, AT(note)},
	{"effective_from", FROM, AT(effective_from)},
	{"effective_to", UNTIL, AT(effective_to)},
	{"review_due", FROM, AT(review_due)},
	{"must_read", FLAG, AT(must_read)},
	{"policies", LIST, AT(policies)},
	{"quiz", CHECKS, AT(quiz)}, // each item has | in it
	{"state", STATE, 0},
	// of an export with its history; in packs a version alone says nothing, the base counts them itself
	{"version", VERSION, 0},
	{"published_at", PUBLISHED, 0},
};

static const struct field *field_of(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_eq(fields[i].name, name))
			return &fields[i];
	return NULL;
}

void kb_draft_init(struct kb_draft *d, const char *zone, struct arena *a)
{
	*d = (struct kb_draft){.a = a, .zone = zone};
}

bool kb_draft_knows(const char *name)
{
	return field_of(name) != NULL;
}

bool kb_draft_is_list(const char *name)
{
	const struct field *f = field_of(name);

	return f && (f->kind == LIST || f->kind == CHECKS);
}

const char *kb_draft_cuts(const char *name)
{
	const struct field *f = field_of(name);

	return !f ? NULL : f->kind == LIST ? ";|" : f->kind == CHECKS ? ";" : NULL;
}

const char *kb_draft_field(size_t i)
{
	return i < sizeof(fields) / sizeof(*fields) ? fields[i].name : NULL;
}

static const char *cleaned(struct kb_draft *d, struct sv v, enum utf8_keep keep, bool trim)
{
	struct str b = {0};
	struct sv s = v;

	if (!utf8_is_clean(v, keep)) {
		utf8_clean(&b, v, keep);
		s = sv_n(str_z(&b), b.n);
	}
	if (trim)
		s = sv_trim(s);
	const char *out = arena_strndup(d->a, s.p, s.n);
	str_release(&b);
	return out;
}

enum { SHOWN = 40 }; // columns of what was read, in a message: whole characters

// A day alone is its first moment, as an end the first moment of the next day: the named day still counts.
static bool instant(struct kb_draft *d, const char *name, struct sv v, bool end, int64_t *out, struct err *e)
{
	v = sv_trim(v);
	*out = 0;
	if (!v.n || sv_eqz(v, "null"))
		return true;
	if (v.n != 10 && clock_parse(v, out))
		return true;
	if (!clock_parse_local(d->zone, v, out))
		return err_set(e, ERR_PARSE, _("%s is not a date (YYYY-MM-DD or RFC 3339): \"%.*s\""), name,
			       (int)utf8_fit(v, SHOWN, NULL), v.p);
	if (end && v.n == 10) {
		struct date day;
		clock_local(d->zone, *out, &day);
		day.day++;
		*out = clock_utc(d->zone, &day);
	}
	return true;
}

static bool flag(const char *name, struct sv v, bool *out, struct err *e)
{
	v = sv_trim(v);
	*out = sv_eqz(v, "true") || sv_eqz(v, "1") || sv_eqz(v, "yes");
	return *out || !v.n || sv_eqz(v, "false") || sv_eqz(v, "0") || sv_eqz(v, "no") ||
	       err_set(e, ERR_PARSE, _("%s is true or false, not \"%.*s\""), name, (int)(v.n > 40 ? 40 : v.n), v.p);
}

static bool state(struct kb_draft *d, struct sv v, struct err *e)
{
	v = sv_trim(v);
	d->as.stated = v.n > 0;
	return !v.n || kb_state_parse(v, &d->as.state) ||
	       err_set(e, ERR_PARSE, _("unknown state \"%.*s\""), (int)(v.n > 40 ? 40 : v.n), v.p);
}

bool kb_draft_add(struct kb_draft *d, const char *name, struct sv item, struct err *e)
{
	const struct field *f = field_of(name);

	if (!f || (f->kind != LIST && f->kind != CHECKS))
		return err_set(e, ERR_PARSE, _("%s is not a list"), name);
	const char *s = cleaned(d, item, UTF8_LINE, true);
	if (!*s)
		return true;
	struct kb_list *l = (struct kb_list *)((char *)&d->t + f->at);
	if ((l->n & (l->n - 1)) == 0) { // full at every power of two
		const char **v = arena_array(d->a, const char *, l->n ? 2 * l->n : 1);
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
	}
	l->v[l->n++] = s;
	return true;
}

static bool cut_list(struct kb_draft *d, const char *name, struct sv v, const char *cuts, struct err *e)
{
	size_t from = 0;

	if (sv_starts(v, "[")) {
		struct kb_list l = kb_list_parse(v, d->a);
		for (size_t i = 0; i < l.n; i++)
			if (!kb_draft_add(d, name, sv(l.v[i]), e))
				return false;
		if (l.n || sv_eqz(v, "[]"))
			return true;
	}
	for (size_t i = 0; i <= v.n; i++)
		if (i == v.n || strchr(cuts, v.p[i])) {
			if (!kb_draft_add(d, name, sv_n(v.p + from, i - from), e))
				return false;
			from = i + 1;
		}
	return true;
}

bool kb_draft_set(struct kb_draft *d, const char *name, struct sv value, struct err *e)
{
	const struct field *f = field_of(name);
	char *base = (char *)&d->t;
	int64_t n;

	if (!f)
		return err_set(e, ERR_PARSE, _("unknown field \"%.*s\""), (int)utf8_fit(sv(name), SHOWN, NULL), name);
	switch (f->kind) {
	case TEXT:
		*(const char **)(base + f->at) = cleaned(d, value, UTF8_LINE, true);
		return true;
	case PARAGRAPHS:
		*(const char **)(base + f->at) = cleaned(d, value, UTF8_KEEP_NL, true);
		return true;
	case LINES:
		*(const char **)(base + f->at) = cleaned(d, value, UTF8_KEEP_NL, false);
		return true;
	case LIST:
		return cut_list(d, name, value, ";|", e);
	case CHECKS:
		return cut_list(d, name, value, ";", e);
	case FROM:
		return instant(d, name, value, false, (int64_t *)(base + f->at), e);
	case UNTIL:
		return instant(d, name, value, true, (int64_t *)(base + f->at), e);
	case FLAG:
		return flag(name, value, (bool *)(base + f->at), e);
	case STATE:
		return state(d, value, e);
	case VERSION:
		if (parse_int(value, 1, INT32_MAX, &n))
			d->as.ver = (int)n;
		return true;
	case PUBLISHED:
		return instant(d, name, value, false, &d->as.published_at, e);
	}
	return true;
}

const char *kb_name_of(const char *file, struct arena *a)
{
	const char *name = strrchr(file, '/');
	name = name ? name + 1 : file;
	const char *dot = strrchr(name, '.');

	return arena_strndup(a, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}
