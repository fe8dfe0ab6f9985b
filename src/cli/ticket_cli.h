// SPDX-License-Identifier: MIT
// Knows what the files of `zuoxi ticket` share.
#ifndef CLI_TICKET_CLI_H
#define CLI_TICKET_CLI_H

#include "src/cli/cli.h"

#define TICKET_USAGE                                                                                                        \
	"ticket list [--all] [-n N] | show NO | take NO | assign NO --to PERSON|--queue CODE [--reason TEXT] | "           \
	"release NO --reason TEXT | link NO OTHER [--as KIND] [--remove] | incident NO ID | incident NO --remove"

struct ticket_cli_opts { // as they were written, "" for a flag; NULL where absent
	const char *limit, *all, *to, *queue, *reason, *as, *remove;
};
// What a person does to a ticket, as on the screen: for whoever logged in at this station last, else whom the settings name.
bool ticket_cli_is_deed(const char *verb);
int ticket_cli_deed(struct cli *c, const struct ticket_cli_opts *o, char **words, size_t n);

#endif
