// SPDX-License-Identifier: MIT
// Knows `zuoxi kb state`: what somebody who looks after the station may do to an article without the screen.
#include "kb/deed.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/desk/role.h"

static const enum kb_verb offered[] = {KB_DO_RETIRE, KB_DO_RESTORE, KB_DO_HIDE, KB_DO_CONFIRM, KB_DO_FLAG};

static bool find(const char *word, enum kb_verb *out)
{
	for (size_t i = 0; i < sizeof(offered) / sizeof(*offered); i++)
		if (str_eq(word, kb_verb_code(offered[i]))) {
			*out = offered[i];
			return true;
		}
	return false;
}

static void say_state(struct cli *c, const struct kb_article *art, struct arena *a)
{
	static const char *const keys[] = {"id", "version", "state", "next_state"};

	if (!c->json) {
		fprintf(c->out, _("%s  version %d  %s\n"), art->cur.text.id, art->latest,
			kb_state_label(art->has_next && art->state == KB_ARCHIVED ? art->next_state : art->state));
		return;
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 4);
	cli_table_types(t, "siss");
	cli_table_row(t, (const char *[]){art->cur.text.id, kb_cli_number(art->latest, a), kb_state_name(art->state),
					  art->has_next ? kb_state_name(art->next_state) : NULL});
	cli_table_print(t);
}

int kb_cli_state(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct kb_deed d = {.by = kb_cli_by(o), .roles = USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR), .id = words[0], .note = o->note,
			    .other = o->other};
	struct kb_cli_writer w = {0};
	struct kb_article art;
	struct arena a = {0};
	struct err e = {0};
	int rc = CLI_DONE;

	(void)kb, (void)n;
	if (!find(words[1], &d.verb))
		return kb_cli_usage(c, "state", _("%s is nothing that can be done to an article here"), words[1]);
	if (o->other && d.verb != KB_DO_RETIRE)
		return kb_cli_usage(c, "state", "%s", _("--other names the article that takes the place of a retired one"));
	if (str_empty(o->note) && (d.verb == KB_DO_HIDE || d.verb == KB_DO_FLAG))
		return kb_cli_usage(c, "state", _("to %s an article needs --note: why"), words[1]);
	if (o->next && d.verb != KB_DO_CONFIRM)
		return kb_cli_usage(c, "state", "%s", _("--next is the next review of a confirmed article"));
	if (!kb_cli_deed_open(c, &w, &e)) {
		cli_fail(c, &e);
		rc = CLI_FAILED;
	} else if (o->next && !clock_parse_local(kb_zone(w.kb), sv(o->next), &d.when)) {
		rc = kb_cli_usage(c, "state", _("--next takes a date as 2026-11-22, not %s"), o->next);
	} else if (!kb_cli_do(c, &w, &d, &e)) {
		rc = cli_fail(c, &e);
		rc = e.code == ERR_DENIED ? CLI_NO : e.code == ERR_USAGE ? CLI_USAGE : rc;
	} else if (!kb_article_get(w.kb, words[0], 0, &art, &a, &e)) {
		rc = cli_fail(c, &e);
	} else {
		say_state(c, &art, &a);
	}
	arena_release(&a);
	kb_cli_close(&w);
	return rc;
}
