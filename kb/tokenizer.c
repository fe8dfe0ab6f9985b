// SPDX-License-Identifier: MIT
// Knows how FTS5 gets its tokens from the one analyser.
#include "kb/internal.h"

// What FTS5 wants back from its own calls.
struct pass {
	void *ctx;
	int (*token)(void *, int, const char *, int, int, int);
	int rc;
};

static int create(void *ctx, const char **args, int nargs, Fts5Tokenizer **out)
{
	(void)args;
	(void)nargs;
	*out = ctx;
	return SQLITE_OK;
}

static void discard(Fts5Tokenizer *t)
{
	(void)t;
}

static void pass_on(void *arg, const struct kb_token *t)
{
	struct pass *p = arg;

	if (p->rc == SQLITE_OK)
		p->rc = p->token(p->ctx, 0, t->text.p, (int)t->text.n, (int)t->from, (int)t->to);
}

static int tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n,
		    int (*token)(void *, int, const char *, int, int, int))
{
	struct pass p = {ctx, token, SQLITE_OK};

	// a query comes term by term, analysed already
	if (flags & FTS5_TOKENIZE_QUERY)
		return n ? token(ctx, 0, text, n, 0, n) : SQLITE_OK;
	kb_analyse((struct kb_analyser *)t, sv_n(text, (size_t)n), pass_on, &p);
	return p.rc;
}

bool kb_register_tokenizer(struct kb *kb, struct err *e)
{
	static fts5_tokenizer methods = {create, discard, tokenize};
	fts5_api *api = NULL;
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(kb->db, "SELECT fts5(?1)", -1, &st, NULL) != SQLITE_OK)
		return kb_sql_err(kb, e);
	sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	sqlite3_finalize(st);
	if (!api)
		return err_set(e, ERR_IO, "this SQLite has no FTS5");
	if (api->xCreateTokenizer(api, "zuoxi", kb->an, &methods, NULL) != SQLITE_OK)
		return kb_sql_err(kb, e);
	return true;
}
