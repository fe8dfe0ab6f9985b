// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub serve`: the server, the socket for subcommands, and how SIGTERM ends both.
#include <signal.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define USAGE "serve --store URL --listen ADDRESS:PORT [--cert FILE --key FILE | --behind-proxy] [--ca FILE]"

struct serve {
	const char *listen, *cert, *key, *ca, *urls, *seats, *log, *hb, *name, *segments;
	const char *behind_proxy;
	struct server_options o;
};

struct facts {
	struct hub_cli *c;
	const char *ca, *urls; // to be kept; NULL: as they are
	const char *known_ca;
};

// What stations are told to trust stands in the store, so that codes made beside the server fit.
static bool facts_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct facts *f = arg;

	if ((f->ca && !hub_meta_set(tx, HUB_WHOLE, "ca", f->ca, e)) || (f->urls && !hub_meta_set(tx, HUB_WHOLE, "hubs", f->urls, e)) ||
	    !hub_meta_get(tx, HUB_WHOLE, "ca", &f->known_ca, e))
		return false;
	f->known_ca = arena_strdup(&f->c->arena, f->known_ca);
	return true;
}

static bool read_number(const char *name, const char *text, int64_t min, int64_t max, int *out, struct err *e)
{
	int64_t v;

	if (!text)
		return true;
	if (!parse_int(sv(text), min, max, &v))
		return err_set(e, ERR_USAGE, _("--%s wants a number from %lld to %lld"), name, (long long)min, (long long)max);
	*out = (int)v;
	return true;
}

static bool options(struct hub_cli *c, struct serve *s, struct err *e)
{
	struct facts f = {.c = c};
	json_t *list = hub_cli_list(s->urls);
	char *urls = list ? json_dumps(list, JSON_COMPACT) : NULL;
	bool ok = (!s->cert || hub_cli_read(c, s->cert, 1 << 20, &s->o.cert, e)) &&
		  (!s->key || hub_cli_read(c, s->key, 1 << 20, &s->o.key, e)) &&
		  (!s->ca || hub_cli_read(c, s->ca, 1 << 20, &f.ca, e)) &&
		  read_number("seats", s->seats, 10, 1000000, &s->o.seats, e) &&
		  read_number("heartbeat-ms", s->hb, 50, 60000, &s->o.hb_ms, e);

	f.urls = urls;
	ok = ok && hub_run(c->store, f.ca || urls ? HUB_WRITE : HUB_READ, facts_body, &f, e);
	json_decref(list);
	free(urls);
	s->o.store = c->store;
	s->o.keys = c->keys;
	s->o.listen = s->listen;
	s->o.ca = f.known_ca;
	s->o.behind_proxy = s->behind_proxy != NULL;
	s->o.name = s->name;
	s->o.folder = s->segments ? hub_cli_path(c, s->segments) : hub_cli_beside(c, "segments");
	return ok;
}

static bool serve_until_told(struct hub_cli *c, const struct serve *s, const sigset_t *ends, struct err *e)
{
	struct server *server;
	struct admin *admin = NULL;
	int sig;

	if (!server_start(&server, &s->o, e))
		return false;
	c->server = server;
	if (hub_store_engine(c->store) == SQL_SQLITE && !admin_start(&admin, c, e)) {
		server_stop(server);
		return false;
	}
	// Who started us may wait for this line.
	fprintf(c->base.out, "listening on %s\n", server_address(server));
	fflush(c->base.out);
	log_line(LOG_INFO, "listening on %s", server_address(server));
	while (sigwait(ends, &sig) == 0 && sig == SIGHUP)
		if (s->log)
			log_open(s->log, LOG_INFO); // the file was put aside
	log_line(LOG_INFO, "signal %d: going down", sig);
	server_drain(server);
	admin_stop(admin);
	server_stop(server);
	c->server = NULL;
	return true;
}

static int serve(struct hub_cli *c, struct serve *s)
{
	struct err e = {0};
	sigset_t ends;

	// Before any thread begins, so that all leave these to sigwait.
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (s->log)
		log_open(s->log, LOG_INFO);
	else
		log_stderr(LOG_INFO);
	if (!hub_cli_open(c, &e))
		return cli_fail(&c->base, &e);
	bool ok = options(c, s, &e) && serve_until_told(c, s, &ends, &e);
	hub_cli_close(c);
	if (!ok && e.code == ERR_USAGE)
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

int hub_cmd_serve(struct hub_cli *c, int argc, char **argv)
{
	struct serve s = {0};
	const struct cli_opt opts[] = {{"listen", true, &s.listen},
				       {"cert", true, &s.cert},
				       {"key", true, &s.key},
				       {"ca", true, &s.ca},
				       {"url", true, &s.urls},
				       {"seats", true, &s.seats},
				       {"log", true, &s.log},
				       {"heartbeat-ms", true, &s.hb},
				       {"name", true, &s.name},
				       {"segments", true, &s.segments},
				       {"behind-proxy", false, &s.behind_proxy}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e) || !hub_cli_place(c, &e))
		rc = e.code == ERR_USAGE ? cli_usage(&c->base, USAGE, "%s", e.msg) : cli_fail(&c->base, &e);
	else if (n || !s.listen)
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("--listen is needed, such as 127.0.0.1:8470"));
	else
		rc = serve(c, &s);
	free(words);
	return rc;
}
