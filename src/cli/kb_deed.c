// SPDX-License-Identifier: MIT
// Knows how what somebody does to the knowledge base from the command line is done and told in one go.
#include "kb/deed.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/kb_cli.h"
#include "src/desk/secret.h"
#include "src/store/id.h"

bool kb_cli_deed_open(struct cli *c, struct kb_cli_writer *w, struct err *e)
{
	*w = (struct kb_cli_writer){0};
	if (!store_exists(c->data))
		return kb_cli_write(c, false, w, e);
	char *path = path_join(c->data, "kb.db");
	bool ok = path_exists(path) || err_set(e, ERR_IO, _("there is no knowledge base at %s: import articles first"), path);
	// The store takes the lock.
	ok = ok && store_open(&w->store, &(struct store_options){.dir = c->data}, e) && kb_open(&w->kb, path, KB_WRITE, &c->clock, NULL, e);
	free(path);
	return ok;
}

bool kb_cli_deed(struct kb_cli_writer *w, kb_cli_job *run, void *arg, struct err *e)
{
	return w->store ? store_do(w->store, run, arg, e) : run(NULL, arg, e);
}

struct kb_teller kb_cli_teller(struct cli *c, const struct kb_cli_writer *w, const char *by)
{
	return (struct kb_teller){.by = by, .station = w->store ? store_station(w->store) : "", .at = clock_wall(&c->clock)};
}

struct deed_job {
	struct kb *kb;
	const struct kb_deed *d;
	struct kb_teller teller;
};

static bool run_deed(struct db *db, void *arg, struct err *e)
{
	struct deed_job *j = arg;

	return kb_do(j->kb, j->d, NULL, e) && (!db || kb_record_deed(db, j->d, &j->teller, e));
}

bool kb_cli_do(struct cli *c, struct kb_cli_writer *w, struct kb_deed *d, struct err *e)
{
	struct deed_job j = {w->kb, d, kb_cli_teller(c, w, d->by)};
	struct id_gen ids;
	struct str note = {0};
	const char *given = d->note;
	char op[ID_LEN + 1];

	id_gen_init(&ids, &c->clock, 0); // an id that came twice would be the same deed
	id_new(&ids, op);
	d->op = op;
	if (given) {
		secret_redact(sv(given), &note);
		d->note = str_z(&note);
	}
	bool ok = kb_cli_deed(w, run_deed, &j, e);
	d->op = NULL;
	d->note = given;
	str_release(&note);
	return ok;
}
