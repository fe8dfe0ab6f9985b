// SPDX-License-Identifier: MIT
// Knows an article as one line of JSON.
#include <jansson.h>

#include "kb/draft.h"
#include "src/base/i18n.h"

static bool take_list(struct kb_draft *d, const char *key, json_t *v, struct err *e)
{
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item) {
		if (!json_is_string(item))
			return err_set(e, ERR_PARSE, _("%s holds something that is not text"), key);
		if (!kb_draft_add(d, key, sv_n(json_string_value(item), json_string_length(item)), e))
			return false;
	}
	return true;
}

static bool take(struct kb_draft *d, const char *key, json_t *v, struct err *e)
{
	char number[32];

	if (json_is_null(v))
		return true;
	if (!kb_draft_knows(key)) // rows from elsewhere carry more than we keep
		return true;
	if (json_is_array(v))
		return kb_draft_is_list(key) ? take_list(d, key, v, e)
					     : err_set(e, ERR_PARSE, _("%s is one text, not a list"), key);
	if (json_is_string(v) && kb_draft_is_list(key))
		return kb_draft_add(d, key, sv_n(json_string_value(v), json_string_length(v)), e);
	if (json_is_string(v))
		return kb_draft_set(d, key, sv_n(json_string_value(v), json_string_length(v)), e);
	if (json_is_boolean(v))
		return kb_draft_set(d, key, sv(json_is_true(v) ? "true" : "false"), e);
	if (json_is_integer(v)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return kb_draft_set(d, key, sv(number), e);
	}
	return err_set(e, ERR_PARSE, _("%s is neither text nor a list of texts"), key);
}

bool kb_read_json_row(struct kb_draft *d, struct sv line, struct err *e)
{
	json_error_t je;
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &je), *v;
	const char *key;
	bool ok = true;

	if (!json_is_object(o)) {
		ok = o ? err_set(e, ERR_PARSE, _("the line is not a JSON object"))
		       : err_set(e, ERR_PARSE, _("not valid JSON: %s"), je.text);
		json_decref(o);
		return ok;
	}
	json_object_foreach(o, key, v) {
		ok = take(d, key, v, e);
		if (!ok)
			break;
	}
	json_decref(o);
	return ok;
}
