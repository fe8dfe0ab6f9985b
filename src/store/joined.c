// SPDX-License-Identifier: MIT
// Knows what joining a hub leaves at a station: facts about the hub (rows of meta) and the station's secrets (DIR/hub.key).
#include "src/store/joined.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/store/meta.h"

// --- facts

static bool read_key(struct db *db, const char *name, unsigned char *out, size_t n, struct arena *a, struct err *e)
{
	const char *hex;
	size_t got = 0;

	memset(out, 0, n);
	if (!meta_text(db, name, &hex, a, e))
		return false;
	if (hex && (sodium_hex2bin(out, n, hex, strlen(hex), NULL, &got, NULL) != 0 || got != n))
		return err_set(e, ERR_PARSE, _("the store's %s is damaged; join the hub again with zuoxi enrol URL CODE"), name);
	return true;
}

static bool write_key(struct db *db, const char *name, const unsigned char *key, size_t n, struct err *e)
{
	char hex[2 * 64 + 1];

	return meta_set_text(db, name, sodium_bin2hex(hex, sizeof(hex), key, n), e);
}

bool joined_load(struct db *db, struct joined *out, struct arena *a, struct err *e)
{
	const char *urls = NULL;
	struct sv rest, line;

	*out = (struct joined){0};
	if (!meta_text(db, "dev", &out->dev, a, e) || !meta_text(db, "hub_urls", &urls, a, e) || !meta_text(db, "hub_ca", &out->ca, a, e) ||
	    !meta_text(db, "agent", &out->agent, a, e) || !meta_text(db, "agent_name", &out->agent_name, a, e) ||
	    !meta_int(db, "lease_until", 0, &out->lease_until, e) || !meta_int(db, "last_hub_time", 0, &out->last_hub_time, e) ||
	    !read_key(db, "hub_sign_pk", out->sign_pk, sizeof(out->sign_pk), a, e) ||
	    !read_key(db, "hub_box_pk", out->box_pk, sizeof(out->box_pk), a, e))
		return false;
	if (str_empty(out->ca))
		out->ca = NULL;
	rest = sv(urls);
	while (rest.n && out->n_urls < JOINED_URLS) {
		if (!sv_split(&rest, '\n', &line)) {
			line = rest;
			rest.n = 0;
		}
		if (line.n)
			out->urls[out->n_urls++] = arena_strndup(a, line.p, line.n);
	}
	return true;
}

bool joined_save(struct db *db, const struct joined *j, struct err *e)
{
	struct str urls = {0};

	for (size_t i = 0; i < j->n_urls; i++)
		str_addf(&urls, "%s%s", i ? "\n" : "", j->urls[i]);
	bool ok = meta_set_text(db, "dev", j->dev, e) && meta_set_text(db, "hub_urls", str_z(&urls), e) &&
		  meta_set_text(db, "hub_ca", j->ca ? j->ca : "", e) &&
		  write_key(db, "hub_sign_pk", j->sign_pk, sizeof(j->sign_pk), e) &&
		  write_key(db, "hub_box_pk", j->box_pk, sizeof(j->box_pk), e);
	str_release(&urls);
	return ok;
}

bool joined_agent(struct db *db, const char *agent, const char *name, int64_t lease_until, struct err *e)
{
	return meta_set_text(db, "agent", agent, e) && meta_set_text(db, "agent_name", name ? name : "", e) &&
	       meta_set_int(db, "lease_until", lease_until, e);
}

bool joined_heard(struct db *db, int64_t hub_time, struct err *e)
{
	return meta_set_int(db, "last_hub_time", hub_time, e);
}

// --- secrets

enum { FILE_MAX = 4096 };

void hub_key_make(struct hub_key *out)
{
	if (sodium_init() < 0)
		BUG("libsodium does not start");
	*out = (struct hub_key){0};
	crypto_sign_keypair(out->sign_pk, out->sign_sk);
}

void hub_key_wipe(struct hub_key *k)
{
	sodium_memzero(k, sizeof(*k));
}

bool hub_key_save(const char *dir, const struct hub_key *k, struct err *e)
{
	char hex[2 * JOINED_SIGN_SK + 1];
	char *path = path_join(dir, "hub.key");

	sodium_bin2hex(hex, sizeof(hex), k->sign_sk, sizeof(k->sign_sk));
	json_t *o = json_pack("{s:i, s:s, s:s}", "v", 1, "sign", hex, "refresh", k->refresh);
	char *text = json_dumps(o, JSON_COMPACT);
	bool ok = path_write_atomic(path, sv(text), 0600, e);
	sodium_memzero(text, strlen(text));
	sodium_memzero(hex, sizeof(hex));
	free(text);
	json_decref(o);
	free(path);
	return ok;
}

static bool parse(const char *path, const struct str *text, struct hub_key *out, struct err *e)
{
	json_error_t why;
	json_t *o = json_loadb(str_z(text), text->n, JSON_REJECT_DUPLICATES, &why);
	const char *sign = json_string_value(json_object_get(o, "sign")), *refresh = json_string_value(json_object_get(o, "refresh"));
	size_t n = 0;
	bool ok = sign && sodium_hex2bin(out->sign_sk, sizeof(out->sign_sk), sign, strlen(sign), NULL, &n, NULL) == 0 &&
		  n == sizeof(out->sign_sk) && (!refresh || strlen(refresh) < sizeof(out->refresh));

	if (ok) {
		crypto_sign_ed25519_sk_to_pk(out->sign_pk, out->sign_sk);
		snprintf(out->refresh, sizeof(out->refresh), "%s", refresh ? refresh : "");
	}
	json_decref(o);
	return ok || err_set(e, ERR_PARSE, _("%s is damaged; join the hub again with zuoxi enrol URL CODE"), path);
}

bool hub_key_load(const char *dir, struct hub_key *out, struct err *e)
{
	char *path = path_join(dir, "hub.key");
	struct str text = {0};
	struct stat st;
	bool ok = stat(path, &st) == 0 || err_set(e, ERR_NOT_FOUND, _("this station has joined no hub yet: zuoxi enrol URL CODE"));

	*out = (struct hub_key){0};
	if (ok && (st.st_mode & 077))
		ok = err_set(e, ERR_DENIED, _("%s can be read by others; run: chmod 600 %s"), path, path);
	ok = ok && path_read(path, FILE_MAX, &text, e) && parse(path, &text, out, e);
	if (text.s)
		sodium_memzero(text.s, text.n);
	str_release(&text);
	free(path);
	if (!ok)
		hub_key_wipe(out);
	return ok;
}

bool hub_key_remove(const char *dir, struct err *e)
{
	char *path = path_join(dir, "hub.key");
	bool ok = unlink(path) == 0 || errno == ENOENT || err_set(e, err_from_errno(errno), _("cannot remove %s: %s"), path, strerror(errno));

	free(path);
	return ok;
}
