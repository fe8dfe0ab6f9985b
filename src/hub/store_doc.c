// SPDX-License-Identifier: MIT
// Knows how documents are stored: people's data sealed, the rest in the clear, and what people are found by.
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"
#include "src/store/lookup.h"
#include "src/store/seal.h"

bool hub_is_sealed(const char *t)
{
	static const char *const types[] = {"customer",   "ticket",   "note",     "interaction", "escalation",
					    "call_event", "callback", "conflict", "message", "kept"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(t, types[i]) == 0)
			return true;
	return false;
}

// The revision is part of the place: an older document of the same entity does not open as the newest.
static struct seal_place place_of(const char *site, const char *t, const char *e, int64_t rev, char column[32])
{
	snprintf(column, 32, "d/%lld", (long long)rev);
	return (struct seal_place){.site = site, .table = t, .id = e, .column = column};
}

void hub_doc_print(const struct hub_tx *tx, const char *site, const char *t, const char *e, int64_t rev, const json_t *d, struct str *out)
{
	char *text = wire_print(d);
	char column[32];

	if (hub_is_sealed(t)) {
		struct seal_place at = place_of(site, t, e, rev, column);
		seal(out, tx->s->o.keys, &at, sv(text));
	} else {
		str_add(out, text);
	}
	free(text);
}

void hub_doc_bind(struct sql_stmt *st, const char *t, struct sv stored)
{
	if (hub_is_sealed(t)) {
		sql_bind_null(st);
		sql_bind_blob(st, stored.p, stored.n);
		return;
	}
	sql_bind_text(st, stored.p); // ends with a zero byte: it comes from a builder
	sql_bind_null(st);
}

json_t *hub_json_read(struct hub_tx *tx, struct sv text, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);

	if (!j) {
		err_set(e, ERR_IO, _("a stored document is damaged: %s"), why.text);
		return NULL;
	}
	vec_push(&tx->docs, j);
	return j;
}

json_t *hub_doc_read(struct hub_tx *tx, struct sql_stmt *st, int col, const char *site, const char *t, const char *e, int64_t rev, struct err *e_)
{
	struct str plain = {0};
	char column[32];
	json_t *d = NULL;

	if (sql_is_null(st, col + 1))
		return hub_json_read(tx, sql_sv(st, col), e_);
	struct seal_place at = place_of(site, t, e, rev, column);
	if (unseal(&plain, tx->s->o.keys, &at, sql_sv(st, col + 1), e_))
		d = hub_json_read(tx, sv_n(str_z(&plain), plain.n), e_);
	str_release(&plain);
	return d;
}

// --- the blind index (sync.md §6.3)

static const struct rule {
	const char *t, *member, *field;
	enum key_use use;
	bool (*norm)(struct str *, struct sv);
} rules[] = {
	{"customer", "phones", "phone", KEY_PHONE, lookup_phone},
	{"customer", "id_no", "id", KEY_ID, lookup_code},
	{"customer", "orders", "order", KEY_ORDER, lookup_code},
	{"customer", "display_name", "name", KEY_NAME, lookup_name},
};

static bool hash_value(const struct keyring *keys, const struct rule *r, const char *value, unsigned char out[LOOKUP_BYTES])
{
	struct str normal = {0};
	bool ok = value && r->norm(&normal, sv(value));

	if (ok)
		lookup_hash(keyring_get(keys, r->use), sv_n(str_z(&normal), normal.n), out);
	str_release(&normal);
	return ok;
}

bool hub_lookup_hash(const struct hub_tx *tx, const char *t, const char *field, const char *value, unsigned char out[16])
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (str_eq(rules[i].t, t) && str_eq(rules[i].field, field))
			return hash_value(tx->s->o.keys, &rules[i], value, out);
	return false;
}

static const char *text_of(const json_t *v)
{
	return json_is_object(v) ? json_string_value(json_object_get(v, "e164")) : json_string_value(v);
}

static bool add_one(struct hub_tx *tx, const char *site, const char *e, const struct rule *r, const json_t *v, struct err *e_)
{
	unsigned char h[LOOKUP_BYTES];

	if (!hash_value(tx->s->o.keys, r, text_of(v), h))
		return true; // nothing that could be searched
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into bidx (site, t, f, h, e) values ($1, $2, $3, $4, $5)"
				       " on conflict (site, t, f, h, e) do nothing");
	sql_bind_text(st, site);
	sql_bind_text(st, r->t);
	sql_bind_text(st, r->field);
	sql_bind_blob(st, h, sizeof(h));
	sql_bind_text(st, e);
	return sql_run(st, e_);
}

static bool add_all(struct hub_tx *tx, const char *site, const char *e, const struct rule *r, const json_t *d, struct err *e_)
{
	const json_t *v = json_object_get(d, r->member), *one;
	size_t i;

	if (!json_is_array(v))
		return add_one(tx, site, e, r, v, e_);
	json_array_foreach(v, i, one)
		if (!add_one(tx, site, e, r, one, e_))
			return false;
	return true;
}

bool hub_index(struct hub_tx *tx, const char *site, const char *t, const char *e, const json_t *old, const json_t *now, struct err *e_)
{
	bool any = false, changed = false;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const json_t *a = json_object_get(old, rules[i].member), *b = json_object_get(now, rules[i].member);
		bool mine = strcmp(rules[i].t, t) == 0;
		any |= mine;
		changed |= mine && a != b && (!a || !b || !json_equal(a, b));
	}
	if (!any || !changed)
		return true;
	struct sql_stmt *st = sql_stmt(tx->c, "delete from bidx where site = $1 and t = $2 and e = $3");
	sql_bind_text(st, site);
	sql_bind_text(st, t);
	sql_bind_text(st, e);
	bool ok = sql_run(st, e_);
	for (size_t i = 0; ok && now && i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rules[i].t, t) == 0)
			ok = add_all(tx, site, e, &rules[i], now, e_);
	return ok;
}
