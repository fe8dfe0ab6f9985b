// SPDX-License-Identifier: MIT
// Knows how a member of a JSON object is asked for with its type and bounds.
#include "src/wire/read.h"

#include "src/base/clock.h"
#include "src/base/i18n.h"

bool wire_may_text(const json_t *j, const char *key, size_t max, const char **out, struct err *e)
{
	const json_t *v = json_object_get(j, key);

	if (!v || json_is_null(v))
		return true;
	if (!json_is_string(v))
		return err_set(e, ERR_PARSE, _("\"%s\" is not a text"), key);
	const char *s = json_string_value(v);
	if (!*s || strlen(s) > max)
		return err_set(e, ERR_PARSE, _("\"%s\" is empty or longer than %zu bytes"), key, max);
	for (const char *p = s; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(e, ERR_PARSE, _("\"%s\" has a control character"), key);
	*out = s;
	return true;
}

bool wire_need_text(const json_t *j, const char *key, size_t max, const char **out, struct err *e)
{
	*out = NULL;
	return wire_may_text(j, key, max, out, e) && (*out || err_set(e, ERR_PARSE, _("\"%s\" is missing"), key));
}

bool wire_may_int(const json_t *j, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	const json_t *v = json_object_get(j, key);

	if (!v || json_is_null(v))
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return err_set(e, ERR_PARSE, _("\"%s\" is not a whole number from %lld to %lld"), key, (long long)min, (long long)max);
	*out = json_integer_value(v);
	return true;
}

bool wire_need_int(const json_t *j, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	if (!json_is_integer(json_object_get(j, key)))
		return err_set(e, ERR_PARSE, _("\"%s\" is missing or not a whole number"), key);
	return wire_may_int(j, key, min, max, out, e);
}

bool wire_may_time(const json_t *j, const char *key, int64_t *utc_ms, struct err *e)
{
	const char *s = NULL;

	if (!wire_may_text(j, key, 40, &s, e))
		return false;
	return !s || clock_parse(sv(s), utc_ms) || err_set(e, ERR_PARSE, _("\"%s\" is not a time as in RFC 3339"), key);
}

bool wire_may_bool(const json_t *j, const char *key, bool *out, struct err *e)
{
	const json_t *v = json_object_get(j, key);

	if (!v || json_is_null(v))
		return true;
	if (!json_is_boolean(v))
		return err_set(e, ERR_PARSE, _("\"%s\" is neither true nor false"), key);
	*out = json_is_true(v);
	return true;
}
