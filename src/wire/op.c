// SPDX-License-Identifier: MIT
// Knows operations and the hub's answers to them as JSON.
#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/wire/read.h"

void wire_op_hash(const char *id, const char *k, const char *t, const char *e, const char *s, const char *base, const char *body,
		  unsigned char out[WIRE_HASH])
{
	const char *const parts[] = {id, k, t, e, s, base, body};
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, WIRE_HASH);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const char *p = parts[i] ? parts[i] : "";
		crypto_generichash_update(&h, (const unsigned char *)p, strlen(p) + 1);
	}
	crypto_generichash_final(&h, out, WIRE_HASH);
}

json_t *wire_op_print(const struct wire_op *op)
{
	char hex[2 * WIRE_HASH + 1], at[32];

	sodium_bin2hex(hex, sizeof(hex), op->h, sizeof(op->h));
	clock_rfc3339(op->at, at, sizeof(at));
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "n", (json_int_t)op->n, "id", op->id, "k", op->k, "t", op->t, "e", op->e,
			      "s", op->s);
	if (op->base)
		json_object_set_new(j, "base", json_string(op->base));
	json_object_set(j, "body", op->body);
	json_object_set_new(j, "at", json_string(at));
	if (op->off)
		json_object_set_new(j, "off", json_true());
	if (op->by)
		json_object_set_new(j, "by", json_string(op->by));
	json_object_set_new(j, "h", json_string(hex));
	return j;
}

static bool read_hash(const json_t *j, const char *key, unsigned char out[WIRE_HASH], struct err *e)
{
	const char *hex;
	size_t n;

	if (!wire_need_text(j, key, 2 * WIRE_HASH, &hex, e))
		return false;
	if (sodium_hex2bin(out, WIRE_HASH, hex, strlen(hex), NULL, &n, NULL) != 0 || n != WIRE_HASH)
		return err_set(e, ERR_PARSE, _("\"%s\" is not %d bytes in hexadecimal digits"), key, WIRE_HASH);
	return true;
}

bool wire_op_parse(const json_t *j, struct wire_op *out, struct err *e)
{
	unsigned char h[WIRE_HASH];
	struct wire_op o = {0};

	if (!json_is_object(j))
		return err_set(e, ERR_PARSE, _("an operation is not an object"));
	if (!wire_need_int(j, "n", 1, INT64_MAX, &o.n, e) || !wire_need_text(j, "id", 64, &o.id, e) ||
	    !wire_need_text(j, "k", 64, &o.k, e) || !wire_need_text(j, "t", 64, &o.t, e) || !wire_need_text(j, "e", 200, &o.e, e) ||
	    !wire_need_text(j, "s", 60, &o.s, e) || !wire_may_text(j, "base", 42, &o.base, e) ||
	    !wire_may_text(j, "by", 64, &o.by, e) || !wire_may_time(j, "at", &o.at, e) || !read_hash(j, "h", o.h, e))
		return false;
	o.off = json_is_true(json_object_get(j, "off"));
	o.body = json_object_get(j, "body");
	if (!json_is_object(o.body))
		return err_set(e, ERR_PARSE, _("\"%s\" is missing or not an object"), "body");
	struct wire_cursor base;
	if (o.base && !wire_cursor_parse(o.base, &base))
		return err_set(e, ERR_PARSE, _("\"%s\" is not two numbers with a colon between them"), "base");
	char *text = wire_print(o.body);
	wire_op_hash(o.id, o.k, o.t, o.e, o.s, o.base, text, h);
	free(text);
	if (sodium_memcmp(h, o.h, sizeof(h)) != 0)
		return err_set(e, ERR_DENIED, _("operation %lld is not what its hash says"), (long long)o.n);
	*out = o;
	return true;
}

// --- answers

static const char *const results[] = {
	[WIRE_APPLIED] = "applied",   [WIRE_MERGED] = "merged",	    [WIRE_NOOP] = "noop",
	[WIRE_CONFLICT] = "conflict", [WIRE_REJECTED] = "rejected",
};

const char *wire_result_name(enum wire_result r)
{
	return results[r];
}

bool wire_result_parse(const char *s, enum wire_result *out)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (str_eq(s, results[i])) {
			*out = (enum wire_result)i;
			return true;
		}
	return false;
}

json_t *wire_answer_print(const struct wire_answer *a)
{
	json_t *j = json_pack("{s:I, s:s}", "n", (json_int_t)a->n, "r", wire_result_name(a->r));

	if (a->rev)
		json_object_set_new(j, "rev", json_integer((json_int_t)a->rev));
	if (a->at_stream && a->at_seq)
		json_object_set_new(j, "at", json_pack("{s:I}", a->at_stream, (json_int_t)a->at_seq));
	if (a->lost && json_array_size(a->lost))
		json_object_set(j, "lost", a->lost);
	if (a->cf)
		json_object_set_new(j, "cf", json_string(a->cf));
	if (a->why)
		json_object_set_new(j, "why", json_string(a->why));
	if (a->old)
		json_object_set_new(j, "old", json_true());
	return j;
}

bool wire_answer_parse(const json_t *j, struct wire_answer *out, struct err *e)
{
	struct wire_answer a = {0};
	const char *r, *stream;
	json_t *at, *seq;

	if (!json_is_object(j))
		return err_set(e, ERR_PARSE, _("the answer to an operation is not an object"));
	if (!wire_need_int(j, "n", 1, INT64_MAX, &a.n, e) || !wire_need_text(j, "r", 16, &r, e) ||
	    !wire_may_int(j, "rev", 0, INT64_MAX, &a.rev, e) || !wire_may_text(j, "cf", 64, &a.cf, e) ||
	    !wire_may_text(j, "why", 64, &a.why, e))
		return false;
	if (!wire_result_parse(r, &a.r))
		return err_set(e, ERR_PARSE, _("\"%s\" is no result of an operation"), r);
	at = json_object_get(j, "at");
	if (json_is_object(at)) json_object_foreach(at, stream, seq) {
		a.at_stream = stream;
		a.at_seq = json_integer_value(seq);
	}
	a.lost = json_object_get(j, "lost");
	a.old = json_is_true(json_object_get(j, "old"));
	*out = a;
	return true;
}
