// SPDX-License-Identifier: MIT
// Knows passwords: argon2id with 19 MiB, and that few are hashed at once however many people log in at eight o'clock.
#include <pthread.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/hub/auth_part.h"

enum { OPS = 2, MEMORY = 19 * 1024 * 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t free_place = PTHREAD_COND_INITIALIZER;
static int running, waiting, most_running;

static bool enter(struct err *e)
{
	pthread_mutex_lock(&lock);
	bool ok = running < AUTH_HASHES || waiting < AUTH_WAITING;
	if (ok) {
		waiting++;
		while (running >= AUTH_HASHES)
			pthread_cond_wait(&free_place, &lock);
		waiting--;
		if (++running > most_running)
			most_running = running;
	}
	pthread_mutex_unlock(&lock);
	return ok || err_set(e, ERR_LIMIT, _("too many people are logging in at once; try again"));
}

static void leave(void)
{
	pthread_mutex_lock(&lock);
	running--;
	pthread_cond_signal(&free_place);
	pthread_mutex_unlock(&lock);
}

void auth_load(int *now, int *most)
{
	pthread_mutex_lock(&lock);
	*now = running;
	*most = most_running;
	pthread_mutex_unlock(&lock);
}

bool password_hash(const char *password, char out[crypto_pwhash_STRBYTES], struct err *e)
{
	if (!enter(e))
		return false;
	if (crypto_pwhash_str_alg(out, password, strlen(password), OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		BUG("no memory to hash a password");
	leave();
	return true;
}

// A hash nobody has the password of, so that an unknown login takes as long as a wrong password.
static const char *nobodys(void)
{
	static char hash[crypto_pwhash_STRBYTES];
	static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
	unsigned char noise[16];
	char text[33];

	pthread_mutex_lock(&making);
	if (!*hash) {
		randombytes_buf(noise, sizeof(noise));
		sodium_bin2hex(text, sizeof(text), noise, sizeof(noise));
		if (crypto_pwhash_str_alg(hash, text, strlen(text), OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
			BUG("no memory to hash a password");
	}
	pthread_mutex_unlock(&making);
	return hash;
}

bool password_fits(const char *hash, const char *password, bool *fits, struct err *e)
{
	if (!enter(e))
		return false;
	bool right = crypto_pwhash_str_verify(hash ? hash : nobodys(), password, strlen(password)) == 0;
	leave();
	*fits = hash && right;
	return true;
}

// --- accounts

static bool long_enough(const char *password, struct err *e)
{
	size_t n = 0;

	for (const char *s = password; s && *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	if (n < AUTH_PASSWORD)
		return err_set(e, ERR_USAGE, _("a password must have at least %d characters"), AUTH_PASSWORD);
	return strlen(password) <= 1024 || err_set(e, ERR_USAGE, _("the password is too long: at most 1024 bytes"));
}

struct new_user {
	const char *site, *login, *hash;
	const json_t *agent;
	char id[40];
};

static bool put_user(struct hub_tx *tx, void *arg, struct err *e)
{
	struct new_user *u = arg;
	struct hub_cred old;
	bool found = false, ok;
	char stream[32];

	if (!hub_cred_by_login(tx, u->site, u->login, &old, &found, e))
		return false;
	if (found)
		return err_set(e, ERR_CONFLICT, _("the login %s is taken"), u->login);
	snprintf(u->id, sizeof(u->id), "%s", hub_new_id(tx));
	snprintf(stream, sizeof(stream), "dir/%s", u->site);
	json_t *d = json_deep_copy(u->agent);
	json_object_set_new(d, "login", json_string(u->login));
	struct hub_ent ent = {.t = "agent", .e = u->id, .s = stream, .rev = 1, .d = d, .by = "hub"};
	struct hub_cred c = {.site = u->site, .agent = u->id, .login = u->login, .hash = u->hash};
	ok = hub_put(tx, u->site, &ent, NULL, e) && hub_cred_put(tx, &c, e) &&
	     auth_audit(tx, u->site, "hub", NULL, "user.add", u->id, NULL, e);
	json_decref(d);
	return ok;
}

bool auth_user_add(struct hub_store *s, const char *site, const char *login, const char *password, const json_t *agent,
		   const char **id, struct arena *a, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	struct new_user u = {.site = site, .login = login, .hash = hash, .agent = agent};

	if (!long_enough(password, e) || !password_hash(password, hash, e) || !hub_run(s, HUB_WRITE, put_user, &u, e))
		return false;
	*id = arena_strdup(a, u.id);
	return true;
}

static bool set_password(struct hub_tx *tx, void *arg, struct err *e)
{
	struct new_user *u = arg;
	struct hub_cred c;
	bool found = false;

	if (!hub_cred_by_login(tx, u->site, u->login, &c, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, _("there is no login %s"), u->login);
	c.hash = u->hash;
	c.failed = c.locked_until = 0;
	return hub_cred_put(tx, &c, e) && hub_session_end_all(tx, c.site, NULL, c.agent, hub_now(tx), e) &&
	       auth_audit(tx, c.site, "hub", NULL, "user.password", c.agent, NULL, e);
}

bool auth_password_set(struct hub_store *s, const char *site, const char *login, const char *password, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	struct new_user u = {.site = site, .login = login, .hash = hash};

	if (!long_enough(password, e) || !password_hash(password, hash, e) || !hub_run(s, HUB_WRITE, set_password, &u, e))
		return false;
	auth_forget(NULL);
	return true;
}
