// SPDX-License-Identifier: MIT
// Knows the hub's refusals as RFC 9457 documents.
#include "src/wire/read.h"

static const struct {
	const char *type, *title;
	int status;
	enum wire_retry retry;
} problems[WIRE_P_KINDS] = {
#define ROW(name, type_, status_, retry_, title_) [WIRE_P_##name] = {type_, title_, status_, WIRE_RETRY_##retry_},
	WIRE_PROBLEMS(ROW)
#undef ROW
};

static const char *const retries[] = {
	[WIRE_RETRY_NO] = "no",	      [WIRE_RETRY_SAME] = "same",	[WIRE_RETRY_AFTER] = "after",
	[WIRE_RETRY_LOGIN] = "login", [WIRE_RETRY_UPGRADE] = "upgrade",
};

const char *wire_problem_type(enum wire_problem_kind k)
{
	return problems[k].type;
}

const char *wire_problem_title(enum wire_problem_kind k)
{
	return problems[k].title;
}

int wire_problem_status(enum wire_problem_kind k)
{
	return problems[k].status;
}

enum wire_retry wire_problem_retry(enum wire_problem_kind k)
{
	return problems[k].retry;
}

bool wire_problem_set(struct wire_problem *p, enum wire_problem_kind k, const char *fmt, ...)
{
	va_list ap;

	p->kind = k;
	va_start(ap, fmt);
	vsnprintf(p->detail, sizeof(p->detail), fmt, ap);
	va_end(ap);
	return false;
}

json_t *wire_problem_print(const struct wire_problem *p, const char *instance)
{
	char urn[64];

	snprintf(urn, sizeof(urn), "urn:hub:%s", problems[p->kind].type);
	json_t *j = json_pack("{s:s, s:s, s:i, s:s}", "type", urn, "title", problems[p->kind].title, "status", problems[p->kind].status,
			      "retry", retries[problems[p->kind].retry]);
	json_t *detail = json_stringn(p->detail, strlen(p->detail));
	if (detail && *p->detail)
		json_object_set(j, "detail", detail);
	json_decref(detail);
	if (instance)
		json_object_set_new(j, "instance", json_string(instance));
	if (p->after_ms)
		json_object_set_new(j, "after_ms", json_integer((json_int_t)p->after_ms));
	if (p->expect)
		json_object_set_new(j, "expect", json_integer((json_int_t)p->expect));
	return j;
}

// What an answer without a document (of a proxy, say) comes down to.
static enum wire_problem_kind by_status(int status)
{
	switch (status) {
	case 401: return WIRE_P_TOKEN_EXPIRED;
	case 404: return WIRE_P_NOT_FOUND;
	case 413: return WIRE_P_TOO_LARGE;
	case 426: return WIRE_P_UPGRADE;
	case 429: return WIRE_P_TOO_MANY;
	case 502:
	case 503:
	case 504: return WIRE_P_BUSY;
	case 507: return WIRE_P_STORE_FULL;
	default: return status >= 400 && status < 500 ? WIRE_P_BAD_SHAPE : WIRE_P_INTERNAL;
	}
}

void wire_problem_parse(struct sv body, int status, struct wire_problem *out)
{
	json_t *j = wire_parse(body, WIRE_STRING_BYTES, NULL);
	const char *type = json_string_value(json_object_get(j, "type"));
	const char *detail = json_string_value(json_object_get(j, "detail"));

	*out = (struct wire_problem){.kind = by_status(status)};
	if (type && str_starts(type, "urn:hub:"))
		for (int k = WIRE_P_NONE + 1; k < WIRE_P_KINDS; k++)
			if (str_eq(type + strlen("urn:hub:"), problems[k].type))
				out->kind = (enum wire_problem_kind)k;
	if (detail)
		snprintf(out->detail, sizeof(out->detail), "%s", detail);
	if (!wire_may_int(j, "after_ms", 0, 3600000, &out->after_ms, NULL) || !wire_may_int(j, "expect", 1, INT64_MAX, &out->expect, NULL))
		out->after_ms = 0;
	json_decref(j);
}
