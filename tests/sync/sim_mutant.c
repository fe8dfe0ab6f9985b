// SPDX-License-Identifier: MIT
// Knows the deliberate bugs of messages: what a hub without a rule would have done with a request, a station with an answer.
#include <sodium.h>

#include "tests/sync/sim.h"

static const char *const names[MUTANT_COUNT] = {[MUTANT_NONE] = "NONE",
#define ROW(name, text) [MUTANT_##name] = #name,
						SIM_MUTANTS(ROW)
#undef ROW
};
static const char *const texts[MUTANT_COUNT] = {[MUTANT_NONE] = "",
#define ROW(name, text) [MUTANT_##name] = text,
						SIM_MUTANTS(ROW)
#undef ROW
};

const char *sim_mutant_name(enum sim_mutant m)
{
	return names[m];
}

const char *sim_mutant_text(enum sim_mutant m)
{
	return texts[m];
}

// --- requests

struct spoil {
	struct world *w;
	struct station *s;
	json_t *request;
	int64_t shift;
};

static const char *text(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void hash_again(json_t *op)
{
	unsigned char h[WIRE_HASH];
	char hex[2 * WIRE_HASH + 1], *body = wire_print(json_object_get(op, "body"));

	wire_op_hash(text(op, "id"), text(op, "k"), text(op, "t"), text(op, "e"), text(op, "s"), text(op, "base"), body, h);
	free(body);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	json_object_set_new(op, "h", json_string(hex));
}

// The hash it had when it came first: a changed operation that is sent again is still the same one.
static bool hash_as_stored(struct hub_tx *tx, const struct spoil *x, json_t *op, struct err *e)
{
	struct hub_opres r;
	bool found;
	char hex[2 * WIRE_HASH + 1];

	if (!hub_opres_get(tx, SIM_SITE, x->s->dev, "inc1", json_integer_value(json_object_get(op, "n")), &r, &found, e))
		return false;
	sodium_bin2hex(hex, sizeof(hex), r.h, sizeof(r.h));
	if (found)
		json_object_set_new(op, "h", json_string(hex));
	return true;
}

// As if the writer had seen what stands there now.
static bool pretend_seen(struct hub_tx *tx, json_t *op, struct err *e)
{
	json_t *body = json_object_get(op, "body"), *was = json_object_get(body, "was"), *v;
	const struct hub_ent *ent;
	const char *field;

	if (!was || !hub_get(tx, SIM_SITE, "ticket", text(op, "e"), &ent, e))
		return !was;
	json_object_foreach(json_object_get(body, "set"), field, v) if (ent)
		json_object_set(was, field, json_object_get(ent->d, field) ? json_object_get(ent->d, field) : json_null());
	hash_again(op);
	return true;
}

static bool base_of_now(struct hub_tx *tx, json_t *op, struct err *e)
{
	struct wire_cursor c;
	struct hub_stream st;
	char base[48];

	if (!text(op, "base") || !wire_cursor_parse(text(op, "base"), &c))
		return true;
	if (!hub_stream_get(tx, SIM_SITE, text(op, "s"), &st, e))
		return false;
	wire_cursor_print((struct wire_cursor){st.epoch, c.seq}, base, sizeof(base));
	json_object_set_new(op, "base", json_string(base));
	hash_again(op);
	return true;
}

static bool spoil_op(struct hub_tx *tx, const struct spoil *x, json_t *op, int64_t last_n, struct err *e)
{
	enum sim_mutant m = x->w->o.mutant;

	if (m != MUTANT_LWW && m != MUTANT_BASE_EPOCH)
		return true;
	if (json_integer_value(json_object_get(op, "n")) <= last_n)
		return hash_as_stored(tx, x, op, e);
	return m == MUTANT_LWW ? pretend_seen(tx, op, e) : base_of_now(tx, op, e);
}

static void spoil_numbers(struct spoil *x, json_t *ops, int64_t last_n)
{
	int64_t first = json_integer_value(json_object_get(json_array_get(ops, 0), "n"));
	json_t *op;
	size_t i;

	if (x->w->o.mutant == MUTANT_GAP && first > last_n + 1)
		json_object_set_new(x->request, "hole", json_pack("[I, I]", (json_int_t)last_n + 1, (json_int_t)first - 1));
	if (x->w->o.mutant != MUTANT_IDEMPOTENCY || first > last_n)
		return;
	x->shift = last_n + 1 - first;
	json_array_foreach(ops, i, op)
		json_object_set_new(op, "n", json_integer(json_integer_value(json_object_get(op, "n")) + x->shift));
}

static bool spoil_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct spoil *x = arg;
	json_t *ops = json_object_get(x->request, "ops"), *op;
	struct hub_dev d;
	bool found;
	size_t i;

	x->shift = 0;
	if (!json_array_size(ops) || !hub_dev_get(tx, SIM_SITE, x->s->dev, "inc1", &d, &found, e))
		return !json_array_size(ops);
	json_array_foreach(ops, i, op) if (!spoil_op(tx, x, op, d.last_n, e)) return false;
	spoil_numbers(x, ops, d.last_n);
	return true;
}

int64_t mutant_request(struct world *w, struct station *s, json_t *request)
{
	struct spoil x = {.w = w, .s = s, .request = request};
	struct err e = {0};

	if (!hub_run(w->store, HUB_READ, spoil_body, &x, &e))
		BUG("%s", e.msg);
	return x.shift;
}

void mutant_answer(json_t *reply, int64_t shift)
{
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(reply, "ops"), i, a)
		json_object_set_new(a, "n", json_integer(json_integer_value(json_object_get(a, "n")) - shift));
}

// --- answers

json_t *mutant_reply(struct world *w, struct station *s, json_t *answer)
{
	json_t *p;
	size_t i;

	(void)s;
	json_array_foreach(json_object_get(answer, "pages"), i,
			   p) if (w->o.mutant == MUTANT_EMPTY_PAGE && json_array_size(json_object_get(p, "rows")) &&
				  sim_chance(w, 0.1)) json_array_clear(json_object_get(p, "rows"));
	return answer;
}

void mutant_after_crash(struct world *w, struct station *s, const struct mem_state *lost)
{
	if (w->o.mutant != MUTANT_NOT_ATOMIC)
		return;
	for (size_t i = 0; i < lost->streams.n; i++)
		for (size_t k = 0; k < s->m.now.streams.n; k++)
			if (str_eq(lost->streams.v[i].s, s->m.now.streams.v[k].s))
				s->m.now.streams.v[k] = lost->streams.v[i];
}
