// SPDX-License-Identifier: MIT
// Knows what SQLite alone does with the statements of one operation, and with those of one page: the peer of the hub on SQLite.
//
// hub_peer FILE push SECONDS BATCH: notes, BATCH in one commit, on a store that hub_seed made (journal WAL, synchronous FULL).
// hub_peer FILE pull SECONDS ROWS: the last ROWS rows of a queue's stream, read and thrown away. Prints one JSON line.
#include <sqlite3.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum { TEXT = 40 };

struct peer {
	sqlite3 *db;
	char (*dev)[TEXT], (*ticket)[TEXT], (*stream)[TEXT];
	size_t devs, tickets, made;
	int64_t last_n[20000];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(struct peer *p, int rc, const char *what)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "hub_peer: %s: %s\n", what, sqlite3_errmsg(p->db));
	exit(3);
}

static void run(struct peer *p, const char *sql)
{
	need(p, sqlite3_exec(p->db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *make(struct peer *p, const char *sql)
{
	sqlite3_stmt *st;

	need(p, sqlite3_prepare_v3(p->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL), sql);
	return st;
}

static size_t list(struct peer *p, const char *sql, char (**a)[TEXT], char (**b)[TEXT])
{
	sqlite3_stmt *st = make(p, sql);
	size_t n = 0;

	while (sqlite3_step(st) == SQLITE_ROW && n < 20000) {
		*a = xreallocarray(*a, n + 1, TEXT);
		snprintf((*a)[n], TEXT, "%s", (const char *)sqlite3_column_text(st, 0));
		if (b) {
			*b = xreallocarray(*b, n + 1, TEXT);
			snprintf((*b)[n], TEXT, "%s", (const char *)sqlite3_column_text(st, 1));
		}
		n++;
	}
	sqlite3_finalize(st);
	return n;
}

// Text and numbers in turn: "ti" binds a text, then a number.
static void step(struct peer *p, sqlite3_stmt *st, const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	for (int i = 0; types[i]; i++) {
		if (types[i] == 't')
			sqlite3_bind_text(st, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
		else
			sqlite3_bind_int64(st, i + 1, va_arg(ap, int64_t));
	}
	va_end(ap);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		continue;
	need(p, rc, sqlite3_sql(st));
	sqlite3_reset(st);
}

static const char *const statements[] = {
	"select last_n, state from dev where site = 'SHA' and dev = ?1 and inc = 'bench'",
	"select d, rev, seq from ent where site = 'SHA' and t = 'ticket' and e = ?1",
	"update stream set seq = seq + 1, upd = ?2 where site = 'SHA' and s = ?1",
	"insert into ent (site, t, e, s, seq, rev, d, author, at, dev) select 'SHA', 'note', ?1, s, seq, 1, ?3, 'x', ?4, ?5 from stream"
	" where site = 'SHA' and s = ?2",
	"insert into ent_hist (site, t, e, rev, s, seq, d, author, at, dev, op) select 'SHA', 'note', ?1, 1, s, seq, ?3, 'x', ?4, ?5, ?1"
	" from stream where site = 'SHA' and s = ?2",
	"insert into opres (site, dev, inc, n, h, res, k, at) values ('SHA', ?1, 'bench', ?2, zeroblob(32), ?3, 'ticket.note', ?4)",
	"update dev set last_n = ?2 where site = 'SHA' and dev = ?1 and inc = 'bench'",
};
enum { STATEMENTS = sizeof(statements) / sizeof(*statements) };

static void one_op(struct peer *p, sqlite3_stmt *const *st, size_t i)
{
	static const char body[] = "{\"ticket_id\":\"0192f0c1-0000-7000-8000-000000000000\",\"text\":\"a note of the usual length, as an agent "
				   "writes it after a call\"}";
	size_t d = i % p->devs, k = i % p->tickets;
	int64_t at = 1764000000000 + (int64_t)i, n = ++p->last_n[d];
	char id[TEXT];

	snprintf(id, sizeof(id), "peer-%zu-%zu", p->made, i);
	step(p, st[0], "t", p->dev[d]);
	step(p, st[1], "t", p->ticket[k]);
	step(p, st[2], "ti", p->stream[k], at);
	step(p, st[3], "tttit", id, p->stream[k], body, at, p->dev[d]);
	step(p, st[4], "tttit", id, p->stream[k], body, at, p->dev[d]);
	step(p, st[5], "titi", p->dev[d], n, "{\"n\":1,\"r\":\"applied\",\"rev\":1,\"at\":{\"q/q1\":10534}}", at);
	step(p, st[6], "ti", p->dev[d], n);
}

static void push(struct peer *p, double seconds, int64_t batch)
{
	sqlite3_stmt *st[STATEMENTS];
	size_t done = 0;

	for (int i = 0; i < STATEMENTS; i++)
		st[i] = make(p, statements[i]);
	p->devs = list(p, "select dev, dev from dev", &p->dev, NULL);
	p->tickets = list(p, "select e, s from ent where t = 'ticket'", &p->ticket, &p->stream);
	p->made = (size_t)time(NULL);
	// Above whatever the hub gave out on this copy.
	for (size_t i = 0; i < p->devs; i++)
		p->last_n[i] = (int64_t)p->made * 1000000;
	double from = now_s();
	while (now_s() - from < seconds) {
		run(p, "begin immediate");
		for (int64_t i = 0; i < batch; i++)
			one_op(p, st, done++);
		run(p, "commit");
	}
	printf("{\"ops_s\":%.1f,\"batch\":%lld}\n", (double)done / (now_s() - from), (long long)batch);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(st[i]);
}

static void pull(struct peer *p, double seconds, int64_t rows)
{
	sqlite3_stmt *head = make(p, "select seq from stream where site = 'SHA' and s = 'q/q0'"),
		     *feed = make(p, "select seq, t, e, rev, gone, dest, d, x, author, at from ent where site = 'SHA' and s = 'q/q0' and seq > ?1"
				     " order by seq limit 500");
	size_t pages = 0, n = 0;

	double from = now_s();
	while (now_s() - from < seconds) {
		run(p, "begin");
		need(p, sqlite3_step(head), "head");
		int64_t seq = sqlite3_column_int64(head, 0);
		sqlite3_reset(head);
		sqlite3_bind_int64(feed, 1, seq - rows);
		while (sqlite3_step(feed) == SQLITE_ROW)
			n += sqlite3_column_bytes(feed, 6) > 0;
		sqlite3_reset(feed);
		run(p, "commit");
		pages++;
	}
	double took = now_s() - from;
	printf("{\"requests_s\":%.1f,\"rows_s\":%.1f}\n", (double)pages / took, (double)n / took);
	sqlite3_finalize(head);
	sqlite3_finalize(feed);
}

int main(int argc, char **argv)
{
	static struct peer p;
	int64_t seconds, n;

	if (argc != 5 || !parse_int(sv(argv[3]), 1, 600, &seconds) || !parse_int(sv(argv[4]), 1, 100000, &n)) {
		fprintf(stderr, "usage: hub_peer FILE push|pull SECONDS N\n");
		return 2;
	}
	need(&p, sqlite3_open_v2(argv[1], &p.db, SQLITE_OPEN_READWRITE, NULL), argv[1]);
	run(&p, "pragma journal_mode = wal");
	run(&p, "pragma synchronous = full");
	if (str_eq(argv[2], "push"))
		push(&p, (double)seconds, n);
	else
		pull(&p, (double)seconds, n);
	free(p.dev);
	free(p.ticket);
	free(p.stream);
	sqlite3_close(p.db);
	return 0;
}
