// SPDX-License-Identifier: MIT
// Knows the loaded disposition codes and what each demands.
#include "src/desk/disposition.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"

static const struct kind_row classes[] = {
	[DISPOSITION_RESOLVED] = {"resolved", N_("Solved")},
	[DISPOSITION_PENDING] = {"pending", N_("Pending")},
	[DISPOSITION_TRANSFERRED] = {"transferred", N_("Transferred")},
	[DISPOSITION_ESCALATED] = {"escalated", N_("Escalated")},
	[DISPOSITION_COMPLAINT] = {"complaint", N_("Complaint")},
	[DISPOSITION_NOT_RESOLVED] = {"not_resolved", N_("Not solved")},
	[DISPOSITION_INVALID] = {"invalid", N_("No case")},
	[DISPOSITION_SECOND] = {"second", N_("Second code")},
	[DISPOSITION_PRACTICE] = {"practice", N_("Practice")},
};
KIND_DEFINE(disposition_class, classes)

void disposition_set_release(struct disposition_set *s)
{
	vec_release(s);
	arena_release(&s->arena);
}

static bool code_ok(const char *code)
{
	size_t n = code ? strlen(code) : 0;

	if (n == 0 || n > 32)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = code[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

bool disposition_add(struct disposition_set *s, const struct disposition *d, struct err *e)
{
	if (!code_ok(d->code))
		return err_set(e, ERR_PARSE, _("disposition \"%s\": a code has 1 to 32 of A-Z, 0-9 and _"),
			d->code ? d->code : "");
	if (str_empty(d->zh))
		return err_set(e, ERR_PARSE, _("disposition %s has no Chinese label"), d->code);
	if (disposition_find(s, d->code))
		return err_set(e, ERR_CONFLICT, _("disposition %s is defined twice"), d->code);
	struct disposition *n = vec_add(s);
	*n = *d;
	n->code = arena_strdup(&s->arena, d->code);
	n->zh = arena_strdup(&s->arena, d->zh);
	n->en = arena_strdup(&s->arena, d->en);
	n->pack = arena_strdup(&s->arena, d->pack);
	n->scripts = arena_array(&s->arena, const char *, d->nscripts ? d->nscripts : 1);
	for (size_t i = 0; i < d->nscripts; i++)
		n->scripts[i] = arena_strdup(&s->arena, d->scripts[i]);
	return true;
}

const struct disposition *disposition_find(const struct disposition_set *s, const char *code)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i].code, code))
			return &s->v[i];
	}
	return NULL;
}

const char *disposition_label(const struct disposition *d)
{
	return i18n_pick(d->zh, d->en);
}

bool disposition_needs_follow_up(const struct disposition *d)
{
	return d->needs_follow_up || d->class_ == DISPOSITION_PENDING;
}

enum resolution disposition_resolution(const struct disposition *d)
{
	switch (d->class_) {
	case DISPOSITION_RESOLVED:
		return RESOLUTION_RESOLVED;
	case DISPOSITION_PENDING:
		return str_eq(d->code, "CB_BOOKED") ? RESOLUTION_CALLBACK : RESOLUTION_PENDING;
	case DISPOSITION_TRANSFERRED:
		return RESOLUTION_TRANSFERRED;
	case DISPOSITION_ESCALATED:
		return RESOLUTION_PENDING;
	case DISPOSITION_COMPLAINT:
		return str_eq(d->code, "CMP_SOOTHED") ? RESOLUTION_RESOLVED : RESOLUTION_PENDING;
	case DISPOSITION_NOT_RESOLVED:
		return RESOLUTION_NOT_RESOLVED;
	case DISPOSITION_INVALID:
		return RESOLUTION_INVALID;
	case DISPOSITION_SECOND:
	case DISPOSITION_PRACTICE:
		return RESOLUTION_NONE;
	}
	return RESOLUTION_NONE;
}

static bool first_after(const struct disposition *d, const char *script)
{
	for (size_t i = 0; script && i < d->nscripts; i++) {
		if (str_eq(d->scripts[i], script))
			return true;
	}
	return false;
}

size_t disposition_offer(const struct disposition_set *s, const char *script, bool practice,
	const struct disposition **out, size_t cap)
{
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < s->n; i++) {
			const struct disposition *d = &s->v[i];
			if (d->class_ == DISPOSITION_SECOND || (d->class_ == DISPOSITION_PRACTICE && !practice))
				continue;
			if (first_after(d, script) != (pass == 0))
				continue;
			if (n < cap)
				out[n] = d;
			n++;
		}
	}
	return n;
}
