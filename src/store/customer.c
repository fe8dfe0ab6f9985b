// SPDX-License-Identifier: MIT
// Knows customers at rest: a sealed document, and the keyed hashes by which it is found.
#include "src/store/customer.h"

#include <jansson.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "src/store/column.h"
#include "src/store/lookup.h"

enum { FIND_MAX = 20 }; // domain.md §18.3: at most 20 rows

#define CUSTOMER_COLUMNS                                                                                            \
	"c.id, c.rev, c.created_at, c.created_by, c.updated_at, c.updated_by, c.origin, c.tier, c.last4, c.used_at," \
	" c.name_x, c.doc_x"
enum { C_ID, C_STAMP, C_TIER = 7, C_LAST4, C_USED, C_NAME, C_DOC };

static void read_customer(struct db_stmt *st, struct customer *c, struct arena *a)
{
	*c = (struct customer){.id = db_text(st, C_ID, a), .tier = db_text(st, C_TIER, a),
			       .last4 = db_text(st, C_LAST4, a), .used_at = db_int(st, C_USED)};
	stamp_read(st, C_STAMP, &c->stamp, a);
	c->name = db_sealed(st, C_NAME, "customer", c->id, "name", a);
	c->doc = db_sealed(st, C_DOC, "customer", c->id, "doc", a);
}

// The first character of a normalised name, as it stands in the plain column (class low, domain.md §18.1).
static struct sv initial_of(const struct str *normal)
{
	uint32_t cp;

	return normal->n ? sv_n(normal->s, utf8_decode(sv_n(normal->s, normal->n), &cp)) : sv("");
}

// The last 4 digits, or all of them when there are fewer.
static void last4_of(struct sv phone, char out[5])
{
	size_t w = 4;

	out[w] = '\0';
	for (size_t i = phone.n; i > 0 && w > 0; i--)
		if (phone.p[i - 1] >= '0' && phone.p[i - 1] <= '9')
			out[--w] = phone.p[i - 1];
	memmove(out, out + w, 5 - w);
}

static bool add_key(struct db *db, const char *id, const char *field, enum key_use use, const struct str *normal,
		    struct err *e)
{
	unsigned char h[LOOKUP_BYTES];
	struct db_stmt *st = db_stmt(db, "insert or ignore into customer_key (field, hash, customer_id) values (?1, ?2, ?3)");

	lookup_hash(keyring_get(db_keys(db), use), sv_n(str_z(normal), normal->n), h);
	db_bind_text(st, field);
	db_bind_blob(st, h, sizeof(h));
	db_bind_text(st, id);
	return db_run(st, e);
}

static const char *phone_text(const json_t *item)
{
	return json_is_object(item) ? json_string_value(json_object_get(item, "e164")) : json_string_value(item);
}

static bool add_keys(struct db *db, const char *id, const json_t *doc, struct err *e)
{
	static const struct {
		const char *member, *field;
		enum key_use use;
		bool (*normal)(struct str *out, struct sv raw);
	} rules[] = {{"phones", "phone", KEY_PHONE, lookup_phone},
		     {"id_no", "id", KEY_ID, lookup_code},
		     {"orders", "order", KEY_ORDER, lookup_code},
		     {"display_name", "name", KEY_NAME, lookup_name}};
	struct db_stmt *st = db_stmt(db, "delete from customer_key where customer_id = ?1");
	bool ok;

	db_bind_text(st, id);
	ok = db_run(st, e);
	for (size_t r = 0; ok && r < sizeof(rules) / sizeof(*rules); r++) {
		const json_t *value = json_object_get(doc, rules[r].member);
		size_t n = json_is_array(value) ? json_array_size(value) : 1;
		for (size_t i = 0; ok && i < n; i++) {
			const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
			const char *text = phone_text(item);
			struct str normal = {0};
			// What has no normal form cannot be looked up; it still stands in the document.
			if (!str_empty(text) && rules[r].normal(&normal, sv(text)))
				ok = add_key(db, id, rules[r].field, rules[r].use, &normal, e);
			str_release(&normal);
		}
	}
	return ok;
}

static bool put_row(struct db *db, const struct customer *c, const json_t *doc, struct err *e)
{
	const char *name = json_string_value(json_object_get(doc, "display_name"));
	const char *phone = phone_text(json_array_get(json_object_get(doc, "phones"), 0));
	struct str normal = {0};
	char last4[5] = "";
	struct db_stmt *st = db_stmt(db,
				     "insert into customer (id, rev, created_at, created_by, updated_at, updated_by, origin,"
				     " initial, last4, tier, used_at, name_x, doc_x)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
				     " on conflict (id) do update set"
				     " rev = excluded.rev, updated_at = excluded.updated_at,"
				     " updated_by = excluded.updated_by, initial = excluded.initial,"
				     " last4 = excluded.last4, tier = excluded.tier,"
				     " used_at = max(used_at, excluded.used_at),"
				     " name_x = excluded.name_x, doc_x = excluded.doc_x");

	if (name)
		lookup_name(&normal, sv(name));
	if (phone)
		last4_of(sv(phone), last4);
	struct sv initial = initial_of(&normal);
	db_bind_text(st, c->id);
	stamp_bind(st, &c->stamp);
	db_bind_sv(st, initial);
	db_bind_text(st, *last4 ? last4 : NULL);
	db_bind_text(st, json_string_value(json_object_get(doc, "tier")));
	db_bind_int(st, c->stamp.updated_at);
	db_bind_sealed(st, "customer", c->id, "name", name);
	db_bind_sealed(st, "customer", c->id, "doc", c->doc);
	str_release(&normal);
	return db_run(st, e);
}

bool customer_put(struct db *db, const struct customer *c, struct err *e)
{
	json_error_t why;
	json_t *doc = c->doc ? json_loads(c->doc, JSON_REJECT_DUPLICATES, &why) : NULL;

	if (!json_is_object(doc)) {
		json_decref(doc);
		return err_set(e, ERR_PARSE, _("customer %s: the document is not a JSON object"), c->id);
	}
	bool ok = put_row(db, c, doc, e) && add_keys(db, c->id, doc, e);
	json_decref(doc);
	return ok;
}

bool customer_get(struct db *db, const char *id, struct customer *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " CUSTOMER_COLUMNS " from customer c where c.id = ?1");

	db_bind_text(st, id);
	bool found = db_row(st);
	if (found)
		read_customer(st, out, a);
	if (!db_end(st, e))
		return false;
	return found ? true : err_set(e, ERR_NOT_FOUND, _("no customer %s here"), id);
}

bool customer_drop(struct db *db, const char *id, struct err *e)
{
	static const char *const parts[] = {
		"delete from customer where id = ?1",
		"delete from customer_key where customer_id = ?1",
		"delete from customer_change where customer_id = ?1",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct db_stmt *st = db_stmt(db, parts[i]);
		db_bind_text(st, id);
		if (!db_run(st, e))
			return false;
	}
	return true;
}

bool customer_touch(struct db *db, const char *id, int64_t at, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "update customer set used_at = max(used_at, ?2) where id = ?1");

	db_bind_text(st, id);
	db_bind_int(st, at);
	return db_run(st, e);
}

static bool by_key(struct db *db, const char *field, enum key_use use, const struct str *normal, size_t limit,
		   struct customers *out, struct arena *a, struct err *e)
{
	unsigned char h[LOOKUP_BYTES];
	struct db_stmt *st = db_stmt(db,
				     "select " CUSTOMER_COLUMNS
				     " from customer_key k"
				     " join customer c on c.id = k.customer_id"
				     " where k.field = ?1 and k.hash = ?2"
				     " order by c.used_at desc, c.id"
				     " limit ?3");

	lookup_hash(keyring_get(db_keys(db), use), sv_n(str_z(normal), normal->n), h);
	db_bind_text(st, field);
	db_bind_blob(st, h, sizeof(h));
	db_bind_int(st, (int64_t)(limit < FIND_MAX ? limit : FIND_MAX));
	while (db_row(st))
		read_customer(st, vec_add(out), a);
	return db_end(st, e);
}

bool customer_by_phone(struct db *db, const char *phone, size_t limit, struct customers *out, struct arena *a,
		       struct err *e)
{
	struct str normal = {0};
	bool ok = !lookup_phone(&normal, sv(phone)) ||
		  by_key(db, "phone", KEY_PHONE, &normal, limit, out, a, e);

	str_release(&normal);
	return ok;
}

bool customer_by_code(struct db *db, const char *id_or_order, size_t limit, struct customers *out, struct arena *a,
		      struct err *e)
{
	struct str normal = {0};
	size_t before = out->n;
	bool ok = true;

	if (lookup_code(&normal, sv(id_or_order))) {
		ok = by_key(db, "id", KEY_ID, &normal, limit, out, a, e);
		if (ok && out->n == before)
			ok = by_key(db, "order", KEY_ORDER, &normal, limit, out, a, e);
	}
	str_release(&normal);
	return ok;
}

// Names are sealed: the plain initial narrows, the opened name decides. last4 NULL: any.
static bool by_name(struct db *db, const char *prefix, const char *last4, size_t limit, struct customers *out,
		    struct arena *a, struct err *e)
{
	struct str want = {0}, have = {0};
	struct arena scratch = {0};
	size_t end = out->n + (limit < FIND_MAX ? limit : FIND_MAX);
	struct db_stmt *st = db_stmt(db,
				     "select " CUSTOMER_COLUMNS
				     " from customer c"
				     " where c.initial = ?1 and (?2 is null or c.last4 = ?2)"
				     " order by c.used_at desc");

	lookup_name(&want, sv(prefix));
	db_bind_sv(st, initial_of(&want));
	db_bind_text(st, last4);
	while (want.n && out->n < end && db_row(st)) {
		arena_clear(&scratch);
		str_clear(&have);
		const char *id = db_text(st, C_ID, &scratch);
		const char *name = db_sealed(st, C_NAME, "customer", id, "name", &scratch);
		if (name && lookup_name(&have, sv(name)) && str_starts(have.s, want.s))
			read_customer(st, vec_add(out), a);
	}
	str_release(&want);
	str_release(&have);
	arena_release(&scratch);
	return db_end(st, e);
}

bool customer_by_name(struct db *db, const char *prefix, size_t limit, struct customers *out, struct arena *a,
		      struct err *e)
{
	return by_name(db, prefix, NULL, limit, out, a, e);
}

// Splits "李 5678", "5678李" into the name and the four digits; false when it is not of that form.
static bool name_and_tail(struct sv q, struct str *name, char last4[5])
{
	struct sv rest;

	if (q.n <= 4)
		return false;
	if (strspn(q.p, "0123456789") == 4) {
		snprintf(last4, 5, "%.4s", q.p);
		rest = sv_n(q.p + 4, q.n - 4);
	} else {
		snprintf(last4, 5, "%.4s", q.p + q.n - 4);
		rest = sv_n(q.p, q.n - 4);
	}
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] >= '0' && rest.p[i] <= '9')
			return false;
	lookup_name(name, rest);
	return strspn(last4, "0123456789") == 4 && name->n > 0;
}

bool customer_find(struct db *db, const char *query, size_t limit, struct customers *out, struct arena *a,
		   struct err *e)
{
	struct str folded = {0}, name = {0}, normal = {0};
	size_t before = out->n, digits = 0;
	char last4[5];
	bool ok = true;

	utf8_fold(&folded, sv_trim(sv(query)));
	struct sv q = sv_n(str_z(&folded), folded.n);
	for (size_t i = 0; i < q.n; i++)
		digits += q.p[i] >= '0' && q.p[i] <= '9';
	if (name_and_tail(q, &name, last4)) {
		ok = by_name(db, str_z(&name), last4, limit, out, a, e);
	} else if (digits == 0) {
		ok = by_name(db, q.p, NULL, limit, out, a, e);
	}
	// Four digits alone are the tail of a number: one criterion too few.
	if (ok && out->n == before && digits > 4 && lookup_phone(&normal, q))
		ok = by_key(db, "phone", KEY_PHONE, &normal, limit, out, a, e);
	if (ok && out->n == before && digits > 0 && (digits > 4 || q.n > digits))
		ok = customer_by_code(db, q.p, limit, out, a, e);
	str_release(&folded);
	str_release(&name);
	str_release(&normal);
	return ok;
}

bool customer_count(struct db *db, int64_t *out, struct err *e)
{
	// The smallest index is counted, not the rows.
	struct db_stmt *st = db_stmt(db, "select count(*) from customer where used_at > -1");

	*out = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}

bool customer_log_change(struct db *db, const char *customer_id, const char *field, const char *old_masked,
			 const char *new_masked, const char *reason, const char *by, int64_t at, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "insert into customer_change (customer_id, field, old_masked, new_masked, reason, by, at)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

	db_bind_text(st, customer_id);
	db_bind_text(st, field);
	db_bind_text(st, old_masked);
	db_bind_text(st, new_masked);
	db_bind_text(st, reason);
	db_bind_text(st, by);
	db_bind_int(st, at);
	return db_run(st, e);
}
