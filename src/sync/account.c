// SPDX-License-Identifier: MIT
// Knows what a station keeps about its place at the hub: who it is there, who is logged in, its tokens, its lease.
#include "src/sync/account.h"

#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/store/meta.h"
#include "src/sync/shut.h"
#include "src/store/seal.h"

// --- the refresh token: base64 of the sealed text, so that a copy of hub.key alone opens no session

#define SEALED_B64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static struct seal_place place_of(struct db *db)
{
	return (struct seal_place){db_site(db), "hub", "station", "refresh"};
}

static bool seal_refresh(struct db *db, const char *refresh, struct hub_key *k, struct err *e)
{
	struct seal_place at = place_of(db);
	struct str box = {0};
	bool ok;

	k->refresh[0] = '\0';
	if (str_empty(refresh))
		return true;
	seal(&box, db_keys(db), &at, sv(refresh));
	ok = sodium_base64_encoded_len(box.n, SEALED_B64) <= sizeof(k->refresh);
	if (ok)
		sodium_bin2base64(k->refresh, sizeof(k->refresh), (const unsigned char *)box.s, box.n, SEALED_B64);
	str_release(&box);
	return ok || err_set(e, ERR_LIMIT, _("the hub's token is too long for this program: update it"));
}

// What does not open is no token: the password is asked for.
static void open_refresh(struct db *db, struct hub_key *k)
{
	struct seal_place at = place_of(db);
	unsigned char box[sizeof(k->refresh)];
	struct str text = {0};
	struct err e = {0};
	size_t n = 0;

	bool ok = *k->refresh &&
		  sodium_base642bin(box, sizeof(box), k->refresh, strlen(k->refresh), NULL, &n, NULL, SEALED_B64) == 0 &&
		  unseal(&text, db_keys(db), &at, sv_n((const char *)box, n), &e) && text.n < sizeof(k->refresh);
	snprintf(k->refresh, sizeof(k->refresh), "%s", ok ? str_z(&text) : "");
	if (text.s)
		sodium_memzero(text.s, text.n);
	str_release(&text);
}

static bool save_refresh(struct db *db, const char *dir, const char *refresh, struct err *e)
{
	struct hub_key k;
	bool ok = hub_key_load(dir, &k, e) && seal_refresh(db, refresh, &k, e) && hub_key_save(dir, &k, e);

	hub_key_wipe(&k);
	return ok;
}

// --- the lease

bool account_lease(struct db *db, const struct lease *l, struct err *e)
{
	return meta_set_int(db, "lease_until", l->until, e) && joined_heard(db, l->hub_at, e) &&
	       meta_set_int(db, "hub_wall_at", l->wall_at, e) && meta_set_int(db, "hub_boot_at", l->boot_at, e) &&
	       meta_set_text(db, "hub_boot_id", l->boot_id, e) && meta_set_int(db, "wall_seen", l->seen, e);
}

bool account_settled(struct db *db, int64_t hub_now, struct err *e)
{
	return meta_set_int(db, "hub_settled_at", hub_now, e);
}

// --- all of it

static bool load_person(struct db *db, struct account *out, struct err *e)
{
	struct person *p = &out->who;
	struct arena *a = &out->arena;

	return meta_text(db, "agent", &p->id, a, e) && meta_text(db, "agent_login", &p->login, a, e) &&
	       meta_text(db, "agent_no", &p->no, a, e) && meta_text(db, "agent_name", &p->name, a, e) &&
	       meta_text(db, "agent_roles", &p->roles, a, e) && meta_text(db, "agent_team", &p->team, a, e);
}

// A station that was brought back from a copy has the facts but not the key, which no copy holds: it has to join anew.
static bool load_key(struct db *db, const char *dir, struct account *out, struct err *e)
{
	struct err why = {0};

	if (!out->hub.dev)
		return true;
	if (hub_key_load(dir, &out->key, &why)) {
		open_refresh(db, &out->key);
		return true;
	}
	out->hub = (struct joined){0};
	return why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.msg);
}

bool account_load(struct db *db, const char *dir, struct account *out, struct err *e)
{
	*out = (struct account){0};
	out->site = arena_strdup(&out->arena, db_site(db));
	bool ok = joined_load(db, &out->hub, &out->arena, e) && meta_text(db, "inc", &out->inc, &out->arena, e) &&
		  load_person(db, out, e) && lease_load(db, &out->lease, &out->arena, e) &&
		  meta_int(db, "hub_settled_at", 0, &out->settled_at, e) && load_key(db, dir, out, e);

	if (!ok)
		account_release(out);
	return ok;
}

void account_release(struct account *a)
{
	hub_key_wipe(&a->key);
	arena_release(&a->arena);
	*a = (struct account){0};
}

bool account_join(struct db *db, const char *dir, const struct account_join *j, struct err *e)
{
	struct joined facts = {.dev = j->dev, .n_urls = j->n_urls};
	char *ca = str_empty(j->ca_pem) ? NULL : path_join(dir, "hub-ca.pem");
	bool ok = true;

	if (!str_eq(j->site, db_site(db)))
		ok = err_set(e, ERR_CONFLICT, _("the code is for site %s, but this station was made for site %s"), j->site,
			     db_site(db));
	memcpy(facts.urls, j->urls, sizeof(facts.urls));
	memcpy(facts.sign_pk, j->sign_pk, sizeof(facts.sign_pk));
	memcpy(facts.box_pk, j->box_pk, sizeof(facts.box_pk));
	facts.ca = ca;
	// The key before the facts: who has a name at the hub can always prove it.
	ok = ok && (!ca || path_write_atomic(ca, sv(j->ca_pem), 0600, e)) && hub_key_save(dir, j->key, e) &&
	     joined_save(db, &facts, e);
	// The hub has given the code away already where another station has it; numbers of tickets carry it from now on.
	ok = ok && (str_empty(j->station) || meta_set_text(db, "station", j->station, e));
	free(ca);
	return ok;
}

bool account_session(struct db *db, const char *dir, const struct person *who, const char *refresh, const struct lease *lease,
		     struct err *e)
{
	// The token first: were the commit lost, a token too new is better than one that was used up.
	return save_refresh(db, dir, refresh, e) && joined_agent(db, who->id, who->name, lease->until, e) &&
	       meta_set_text(db, "agent_login", who->login, e) && meta_set_text(db, "agent_no", who->no, e) &&
	       meta_set_text(db, "agent_roles", who->roles, e) && meta_set_text(db, "agent_team", who->team, e) &&
	       account_lease(db, lease, e);
}

bool account_logout(struct db *db, const char *dir, struct err *e)
{
	(void)db;
	return save_refresh(db, dir, "", e);
}

bool account_line(struct db *db, const char *line, int64_t since, const char *hub, struct err *e)
{
	return meta_set_text(db, "hub_line", line, e) && meta_set_int(db, "hub_line_since", since, e) &&
	       meta_set_text(db, "hub_in_use", hub, e);
}
