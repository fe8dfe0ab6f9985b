// SPDX-License-Identifier: MIT
// Knows `zuoxi doctor`: whether terminal, locale, clock, disk, store, knowledge base, packs and hub are fit for work.
#include <langinfo.h>
#include <locale.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "config/config.h"
#include "kb/check.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/reading.h"
#include "src/store/audit.h"
#include "src/store/ent.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/sync/enrol.h"
#include "src/work/station.h"

#define USAGE "doctor"

enum verdict { GOOD, DOUBT, BAD };
enum { DISK_LEAST_MB = 64, SKEW_MS = 2000 };
#define BUILT_AFTER 1767225600000LL // 2026-01-01: a clock before the program was written is wrong

struct doctor {
	struct cli *cli;
	struct cli_table *table;
	char *zone, *proxy, *ca; // of the settings
	bool bad;
};

static void say(struct doctor *d, const char *what, enum verdict v, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void say(struct doctor *d, const char *what, enum verdict v, const char *fmt, ...)
{
	static const char *const codes[] = {"ok", "warning", "fail"};
	struct err text = {0};
	va_list ap;

	va_start(ap, fmt);
	err_setv(&text, ERR_NONE, fmt, ap);
	va_end(ap);
	d->bad |= v == BAD;
	cli_table_row(d->table, (const char *[]){what, codes[v], text.msg});
}

static void check_locale(struct doctor *d)
{
	const char *set = nl_langinfo(CODESET);

	if (strcmp(set, "UTF-8") == 0)
		say(d, "locale", GOOD, "%s", setlocale(LC_CTYPE, NULL));
	else
		say(d, "locale", DOUBT, _("the character set is %s; set LANG to a UTF-8 locale such as C.UTF-8"), set);
}

static void check_terminal(struct doctor *d)
{
	const char *term = getenv("TERM");

	if (str_empty(term) || strcmp(term, "dumb") == 0)
		say(d, "terminal", DOUBT, _("TERM is %s: the screen needs a terminal such as xterm-256color"), str_empty(term) ? "—" : term);
	else
		say(d, "terminal", GOOD, "%s%s", term, isatty(STDOUT_FILENO) ? "" : _(" (standard output is not a terminal)"));
}

static void check_settings(struct doctor *d)
{
	struct config conf;
	struct problems p = {0};

	config_load(&conf, d->cli->config, &p);
	d->zone = xstrdup(conf.zone);
	d->proxy = xstrdup(conf.hub_proxy);
	d->ca = xstrdup(conf.hub_ca);
	if (p.n)
		say(d, "settings", p.errors ? BAD : DOUBT, "%s:%d: %s", p.v[0].file, p.v[0].line, p.v[0].message);
	else
		say(d, "settings", GOOD, "%s", _("read without findings"));
	config_release(&conf);
	problems_release(&p);
}

static void check_clock(struct doctor *d)
{
	char now[32];
	int64_t at = clock_wall(&d->cli->clock);

	clock_format(d->zone, at, "%Y-%m-%d %H:%M:%S", now, sizeof(now));
	if (!clock_zone_known(d->zone))
		say(d, "clock", BAD, _("the zone %s is not known; set zone to an IANA name such as Asia/Shanghai"), d->zone);
	else if (at < BUILT_AFTER)
		say(d, "clock", BAD, _("it is %s by the clock of this machine; set it right"), now);
	else
		say(d, "clock", GOOD, "%s %s", now, d->zone);
}

static bool check_directory(struct doctor *d)
{
	const char *dir = d->cli->data;
	struct statvfs fs;
	struct stat st;

	if (str_empty(dir) || stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		say(d, "data directory", BAD, _("%s is not there; make it with zuoxi init"), str_empty(dir) ? "—" : dir);
		return false;
	}
	if (access(dir, W_OK) != 0)
		say(d, "data directory", BAD, _("%s cannot be written to"), dir);
	else if (st.st_mode & 077)
		say(d, "data directory", DOUBT, _("%s can be opened by others; chmod 700 it"), dir);
	else
		say(d, "data directory", GOOD, "%s", dir);
	if (statvfs(dir, &fs) == 0) {
		unsigned long long mb = (unsigned long long)fs.f_bavail * fs.f_frsize / (1024 * 1024);
		say(d, "disk", mb < DISK_LEAST_MB ? BAD : GOOD, _("%llu MiB free"), mb);
	}
	return true;
}

static void check_store(struct doctor *d)
{
	struct outbox_counts box;
	struct reading r;
	struct err e = {0};
	int64_t lines, bytes = 0, rows = 0;

	if (!reading_open(&r, d->cli, false, &e)) {
		say(d, "store", BAD, "%s", e.msg);
		return;
	}
	if (db_check(r.db, &e))
		say(d, "store", GOOD, _("site %s, station %s, integrity checked"), store_site(r.store), store_station(r.store));
	else
		say(d, "store", BAD, "%s", e.msg);
	if (audit_verify(r.db, &lines, &e))
		say(d, "audit log", GOOD, _("%lld lines, chain whole"), (long long)lines);
	else
		say(d, "audit log", BAD, "%s", e.msg);
	if (!outbox_count(r.db, &box, &e) || !outbox_bytes(r.db, &bytes, &e) || !ent_count(r.db, &rows, &e))
		say(d, "outbox", BAD, "%s", e.msg);
	else if (box.unsent >= OUTBOX_OPS / 2 || bytes >= OUTBOX_BYTES / 2)
		say(d, "outbox", DOUBT, _("%lld unsent, %lld MiB: bring it to the hub soon, by the network or as a file (zuoxi outbox export)"),
		    (long long)box.unsent, (long long)(bytes >> 20));
	else
		say(d, "outbox", box.conflicts || box.rejected ? DOUBT : GOOD, _("%lld unsent, %lld conflicts, %lld refused"),
		    (long long)box.unsent, (long long)box.conflicts, (long long)box.rejected);
	if (rows > ENT_ROWS)
		say(d, "rows of the hub", DOUBT, _("%lld here, more than %d: whoever is logged in serves very many queues, or the site has more customers than a station should hold"),
		    (long long)rows, ENT_ROWS);
	reading_close(&r);
}

// The quick look: the file opens and counts. `zuoxi kb check` compares every article with the index.
static void check_kb(struct doctor *d)
{
	char *path = station_kb_path(d->cli->data);
	struct kb_stats stats;
	struct kb *kb = NULL;
	struct err e = {0};

	if (!kb_open(&kb, path, KB_READ, &d->cli->clock, d->zone, &e) || !kb_stats_get(kb, &stats, &e))
		say(d, "knowledge base", BAD, "%s", e.msg);
	else
		say(d, "knowledge base", stats.searchable ? GOOD : DOUBT, _("%lld articles, %lld can be found"), (long long)stats.articles,
		    (long long)stats.searchable);
	kb_close(kb);
	free(path);
}

static void check_packs(struct doctor *d)
{
	struct packs *packs = NULL;
	struct err e = {0};

	if (!station_load_packs(d->cli->data, &packs, &e))
		say(d, "packs", BAD, "%s", e.msg);
	else if (!packs_form(packs, "base"))
		say(d, "packs", BAD, "%s", _("the common pack is missing; load it with zuoxi pack load"));
	else
		say(d, "packs", GOOD, _("%zu packs, %zu scripts, %zu forms"), packs->n, packs->n_scripts, packs->n_forms);
	packs_free(packs);
}

// A hub that does not answer is a doubt: the station works without it. One that is not to be trusted is a fault.
static void check_hub(struct doctor *d)
{
	struct login_options o = {.clock = &d->cli->clock, .proxy = d->proxy, .ca_file = d->ca};
	int64_t took = 0, skew = 0;
	const char *url = NULL, *dev = NULL;
	struct reading r;
	struct err e = {0};

	if (!reading_open(&r, d->cli, false, &e))
		return; // check_store has said it
	o.store = r.store;
	if (!meta_text(r.db, "dev", &dev, &r.arena, &e))
		say(d, "hub", BAD, "%s", e.msg);
	else if (!dev)
		say(d, "hub", GOOD, "%s", _("this station has joined no hub"));
	else if (!hub_reach(&o, &url, &took, &skew, &r.arena, &e))
		say(d, "hub", e.code == ERR_DENIED || e.code == ERR_USAGE ? BAD : DOUBT, "%s", e.msg);
	else if (skew > SKEW_MS || skew < -SKEW_MS)
		say(d, "hub", DOUBT, _("%s answers in %lld ms, but this machine's clock and the hub's are %lld s apart: set the clock"), url, (long long)took,
		    (long long)(skew / 1000));
	else
		say(d, "hub", GOOD, _("%s answers in %lld ms, the clocks agree"), url, (long long)took);
	reading_close(&r);
}

int cmd_doctor(struct cli *c, int argc, char **argv)
{
	static const char *const keys[] = {"check", "result", "detail"};
	const char *const titles[] = {_("Check"), _("Result"), _("Detail")};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct doctor d = {.cli = c};
	struct err e = {0};
	size_t n;
	bool ok = cli_parse(argc, argv, NULL, 0, words, &n, &e);

	free(words);
	if (!ok || n)
		return cli_usage(c, USAGE, "%s", ok ? _("no words are needed") : e.msg);
	d.table = cli_table_new(c, keys, titles, 3);
	check_locale(&d);
	check_terminal(&d);
	check_settings(&d);
	check_clock(&d);
	if (check_directory(&d)) {
		check_store(&d);
		check_kb(&d);
		check_packs(&d);
		check_hub(&d);
	}
	cli_table_print(d.table);
	free(d.zone);
	free(d.proxy);
	free(d.ca);
	return d.bad ? CLI_NO : CLI_DONE;
}
