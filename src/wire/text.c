// SPDX-License-Identifier: MIT
// Knows JSON within the protocol's limits, and the names of streams and places in them.
#include "src/wire/wire.h"

#include <inttypes.h>

#include "src/base/i18n.h"

// --- JSON

static bool limits_hold(const json_t *j, int depth, struct err *e)
{
	const char *key;
	json_t *v;
	size_t i;

	if (depth > WIRE_DEPTH)
		return err_set(e, ERR_LIMIT, _("the JSON is nested deeper than %d"), WIRE_DEPTH);
	if (json_is_string(j) && json_string_length(j) > WIRE_STRING_BYTES)
		return err_set(e, ERR_LIMIT, _("a text in the JSON is longer than %d bytes"), WIRE_STRING_BYTES);
	if (json_is_array(j)) {
		if (json_array_size(j) > WIRE_ARRAY)
			return err_set(e, ERR_LIMIT, _("a list in the JSON has more than %d elements"), WIRE_ARRAY);
		json_array_foreach(j, i, v) if (!limits_hold(v, depth + 1, e)) return false;
	} else if (json_is_object(j)) {
		json_object_foreach((json_t *)(uintptr_t)j, key, v)
		{
			if (strlen(key) > WIRE_KEY_BYTES)
				return err_set(e, ERR_LIMIT, _("a name in the JSON is longer than %d bytes"), WIRE_KEY_BYTES);
			if (!limits_hold(v, depth + 1, e))
				return false;
		}
	}
	return true;
}

json_t *wire_parse(struct sv text, size_t max, struct err *e)
{
	json_error_t why;

	if (text.n > max) {
		err_set(e, ERR_LIMIT, _("the JSON is longer than %zu bytes"), max);
		return NULL;
	}
	json_t *j = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	if (!j) {
		err_set(e, ERR_PARSE, _("not JSON at byte %d: %s"), why.position, why.text);
		return NULL;
	}
	if (!limits_hold(j, 1, e)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

char *wire_print(const json_t *j)
{
	return json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
}

// --- streams

enum { STREAM_MAX = 60 };

static const char *const families[WIRE_FAMILIES] = {
	[WIRE_Q] = "q", [WIRE_ME] = "me",   [WIRE_CUST] = "cust", [WIRE_BC] = "bc",
	[WIRE_DIR] = "dir", [WIRE_CFG] = "cfg", [WIRE_KB] = "kb",
};

bool wire_stream_parse(const char *s, enum wire_family *family, const char **rest)
{
	const char *slash = s ? strchr(s, '/') : NULL;

	if (!slash || !slash[1] || strlen(s) > STREAM_MAX ||
	    s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/-")])
		return false;
	for (int f = 0; f < WIRE_FAMILIES; f++)
		if (sv_eqz(sv_n(s, (size_t)(slash - s)), families[f])) {
			*family = (enum wire_family)f;
			*rest = slash + 1;
			return true;
		}
	return false;
}

bool wire_stream_is_global(const char *s)
{
	return str_eq(s, "kb/all") || str_eq(s, "bc/all");
}

void wire_customer_stream(const char *site, const char *id, char *out, size_t cap)
{
	size_t n = strlen(id);

	snprintf(out, cap, "cust/%s/%c", site, n ? id[n - 1] : '0');
}

bool wire_cursor_parse(const char *s, struct wire_cursor *out)
{
	struct sv rest = sv(s), epoch;

	return s && sv_split(&rest, ':', &epoch) && parse_int(epoch, 0, INT64_MAX, &out->epoch) &&
	       parse_int(rest, 0, INT64_MAX, &out->seq);
}

void wire_cursor_print(struct wire_cursor c, char *out, size_t cap)
{
	snprintf(out, cap, "%" PRId64 ":%" PRId64, c.epoch, c.seq);
}
