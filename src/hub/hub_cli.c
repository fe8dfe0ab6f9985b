// SPDX-License-Identifier: MIT
// Knows what the subcommands of zuoxi-hub share: opening the store, names of files, passwords, changes of the directory.
#include "src/hub/hub_cli.h"

#include <errno.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/auth_part.h"
#include "src/hub/server.h"

enum { LINE_MAX_BYTES = 2048 };

// --- the store

bool hub_cli_place(struct hub_cli *c, struct err *e)
{
	enum sql_engine engine;

	if (str_empty(c->url))
		return err_set(e, ERR_USAGE, _("which store? Give --store sqlite:FILE or --store postgresql://..."));
	if (!sql_url(c->url, &engine, e))
		return false;
	if (c->keys_path)
		return true;
	const char *file = c->url + strlen("sqlite:"), *slash = strrchr(file, '/');
	if (engine == SQL_POSTGRES)
		return err_set(e, ERR_USAGE, _("where are the hub's keys? Give --keys FILE"));
	c->keys_path = arena_printf(&c->arena, "%.*shub.key", slash ? (int)(slash - file + 1) : 0, file);
	return true;
}

bool hub_cli_open(struct hub_cli *c, struct err *e)
{
	struct hub_store_options o = {.url = c->url, .clock = &c->base.clock};

	if (!hub_keys_load(&c->keys, c->keys_path, e))
		return false;
	o.keys = hub_keys_ring(c->keys);
	if (hub_store_open(&c->store, &o, e) && hub_keys_belong(c->store, c->keys, true, e))
		return true;
	hub_cli_close(c);
	return false;
}

void hub_cli_close(struct hub_cli *c)
{
	hub_store_close(c->store);
	hub_keys_free(c->keys);
	c->store = NULL;
	c->keys = NULL;
}

// --- files and passwords

const char *hub_cli_path(struct hub_cli *c, const char *name)
{
	return c->cwd && name[0] != '/' ? arena_printf(&c->arena, "%s/%s", c->cwd, name) : name;
}

const char *hub_cli_beside(struct hub_cli *c, const char *name)
{
	const char *slash = strrchr(c->keys_path, '/');

	return arena_printf(&c->arena, "%.*s%s", slash ? (int)(slash - c->keys_path + 1) : 0, c->keys_path, name);
}

bool hub_cli_read(struct hub_cli *c, const char *name, size_t max, const char **text, struct err *e)
{
	struct str s = {0};
	bool ok = path_read(hub_cli_path(c, name), max, &s, e);

	*text = ok ? arena_strndup(&c->arena, str_z(&s), s.n) : NULL;
	str_release(&s);
	return ok;
}

static bool read_line(char *out, size_t cap)
{
	size_t n = 0;
	char ch;

	// Byte by byte: what stands behind the line is not ours.
	while (n + 1 < cap && read(STDIN_FILENO, &ch, 1) == 1 && ch != '\n')
		out[n++] = ch;
	out[n] = '\0';
	return n > 0;
}

static bool ask_once(const char *prompt, char *out, size_t cap)
{
	struct termios old, quiet;
	bool tty = tcgetattr(STDIN_FILENO, &old) == 0;

	if (tty) {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fputs(prompt, stderr);
		fflush(stderr);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	bool ok = read_line(out, cap);
	if (tty) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputs("\n", stderr);
	}
	return ok;
}

char *hub_cli_ask(const char *what, bool twice, struct err *e)
{
	char one[LINE_MAX_BYTES], two[LINE_MAX_BYTES];
	char *prompt = xasprintf("%s: ", what), *again = xasprintf(_("%s again: "), what), *out = NULL;

	if (!ask_once(prompt, one, sizeof(one)))
		err_set(e, ERR_USAGE, _("no password was given: type it, or pass it as one line of standard input"));
	else if (twice && isatty(STDIN_FILENO) && (!ask_once(again, two, sizeof(two)) || !str_eq(one, two)))
		err_set(e, ERR_USAGE, _("the two passwords differ"));
	else
		out = xstrdup(one);
	sodium_memzero(one, sizeof(one));
	sodium_memzero(two, sizeof(two));
	free(prompt);
	free(again);
	return out;
}

const char *hub_wants_secret(int argc, char **argv)
{
	if (argc > 1 && str_eq(argv[0], "user") && (str_eq(argv[1], "add") || str_eq(argv[1], "password")))
		return "new";
	return NULL;
}

// --- the directory

struct meta_ask {
	struct hub_cli *c;
	const char *key, *value;
};

static bool read_meta(struct hub_tx *tx, void *arg, struct err *e)
{
	struct meta_ask *q = arg;

	if (!hub_meta_get(tx, HUB_WHOLE, q->key, &q->value, e))
		return false;
	q->value = arena_strdup(&q->c->arena, q->value);
	return true;
}

bool hub_cli_site(struct hub_cli *c, const char *option, const char **site, struct err *e)
{
	struct meta_ask q = {.c = c, .key = "site"};

	*site = option;
	if (option)
		return join_site_ok(sv(option)) || err_set(e, ERR_USAGE, _("a site's code is 3 characters of 0-9A-Z, not %s"), option);
	if (!hub_run(c->store, HUB_READ, read_meta, &q, e))
		return false;
	*site = q.value;
	return q.value || err_set(e, ERR_USAGE, _("which site? Give --site CODE"));
}

static bool change_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_change *ch = arg;
	const struct hub_ent *old;
	const char *key;
	json_t *v;

	if (!hub_get(tx, ch->site, ch->t, ch->e, &old, e))
		return false;
	if (!old && !ch->make)
		return err_set(e, ERR_NOT_FOUND, _("there is no %s %s"), ch->t, ch->e);
	if (old && ch->make && !old->gone)
		return err_set(e, ERR_CONFLICT, _("%s %s is there already"), ch->t, ch->e);
	json_t *d = old ? json_copy(old->d) : json_object(), *fr = old && old->fr ? json_copy(old->fr) : json_object();
	int64_t rev = old ? old->rev + 1 : 1;
	json_object_foreach(ch->set, key, v)
	{
		if (json_is_string(v) && !*json_string_value(v))
			json_object_del(d, key);
		else
			json_object_set(d, key, v);
		json_object_set_new(fr, key, json_integer(rev));
	}
	ch->changed = !old || old->gone || !json_equal(d, old->d);
	struct hub_ent ent = {.t = ch->t,
			      .e = ch->e,
			      .s = hub_arena(tx) ? arena_printf(hub_arena(tx), "dir/%s", ch->site) : NULL,
			      .rev = rev,
			      .d = d,
			      .fr = old ? fr : NULL,
			      .by = "hub"};
	bool ok = !ch->changed || (hub_put(tx, ch->site, &ent, NULL, e) &&
				   auth_audit(tx, ch->site, "hub", NULL, ch->make ? "dir.add" : "dir.set", ch->e, ch->t, e));
	json_decref(d);
	json_decref(fr);
	return ok;
}

bool hub_cli_change(struct hub_cli *c, struct hub_change *ch, struct err *e)
{
	bool ok = hub_run(c->store, HUB_WRITE, change_body, ch, e);

	json_decref(ch->set);
	ch->set = NULL;
	if (ok && c->server)
		server_changed(c->server, NULL, false);
	return ok;
}

json_t *hub_cli_list(const char *commas)
{
	struct sv rest = sv(commas), part;
	json_t *out = commas ? json_array() : NULL;

	while (commas && sv_split(&rest, ',', &part)) {
		part = sv_trim(part);
		if (part.n)
			json_array_append_new(out, json_stringn(part.p, part.n));
	}
	return out;
}

const char *hub_cli_state(const char *state)
{
	static const char *const known[] = {N_("active"), N_("disabled"), N_("wiped"), N_("draining"), N_("quarantined"), N_("onboarding"), N_("leave"),
					    N_("suspended"), N_("left")};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(known[i], state))
			return _(known[i]);
	return state;
}

void hub_cli_when(struct hub_tx *tx, const char *site, bool json, int64_t at, char out[32])
{
	static const char usual[] = "Asia/Shanghai"; // domain.md §1.2
	const struct hub_ent *ent = NULL;
	struct err none = {0};

	if (json) {
		clock_rfc3339(at, out, 32);
		return;
	}
	const char *zone = hub_get(tx, site, "site", site, &ent, &none) && ent ? json_string_value(json_object_get(ent->d, "tz")) : NULL;
	clock_format(str_empty(zone) ? usual : zone, at, "%Y-%m-%d %H:%M:%S", out, 32);
}

const char *hub_cli_who(struct hub_tx *tx, const char *site, bool json, const char *agent)
{
	const struct hub_ent *ent = NULL;
	struct err none = {0};

	if (json || str_empty(agent) || !hub_get(tx, site, "agent", agent, &ent, &none) || !ent)
		return agent;
	const char *login = json_string_value(json_object_get(ent->d, "login"));
	return str_empty(login) ? agent : arena_strdup(hub_arena(tx), login);
}

int hub_cli_say(struct hub_cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->base.json)
		return CLI_DONE;
	va_start(ap, fmt);
	vfprintf(c->base.out, fmt, ap);
	va_end(ap);
	return CLI_DONE;
}
