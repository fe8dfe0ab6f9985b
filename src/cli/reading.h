// SPDX-License-Identifier: MIT
// Knows what reading subcommands share: the store beside a running workstation, times and labels, and what must be masked.
#ifndef CLI_READING_H
#define CLI_READING_H

#include <jansson.h>

#include "config/pack.h"
#include "src/cli/cli.h"
#include "src/desk/event.h"
#include "src/store/store.h"

struct reading {
	struct store *store;
	struct db *db;       // of store
	struct packs *packs; // NULL: none, or not to be read; codes stand for labels then
	char *zone;
	bool shut;           // customer data is locked
	struct arena arena;
};
// Opens the data directory read-only. with_packs: loads the packs too; if they cannot be loaded that is said on the error
// stream and the rest goes on. On failure nothing is held.
must_use bool reading_open(struct reading *r, struct cli *c, bool with_packs, struct err *e);
// False: customer data is locked (src/sync/shut.h), with the sentence; rows are listed then, but nothing is told of people.
must_use bool reading_may(const struct reading *r, struct err *e);
void reading_close(struct reading *r);

// "2026-11-22 11:59" in the zone; "" for 0. In r->arena.
const char *reading_time(struct reading *r, int64_t at);
const char *reading_number(struct reading *r, int64_t n); // decimal; in r->arena
const char *reading_category(const struct reading *r, const char *code); // label, else the code, NULL for NULL
const char *reading_disposition(const struct reading *r, const char *code);
const char *reading_swept(struct reading *r, const char *text); // personal data masked; in r->arena
// Masked name of a customer, NULL without one; in r->arena.
const char *reading_customer(struct reading *r, const char *customer_id);

// Masks every text of a stored document in place: names, numbers and addresses by what the member is called, form fields by their
// mask, everything else swept. r->packs is used where there is one.
void mask_document(const struct reading *r, json_t *doc);
void mask_event(const struct reading *r, struct event *ev);

void cli_print_json(struct cli *c, const json_t *v); // indented, with a newline
json_t *json_or_empty(const char *text);             // the parsed object, {} when there is none; new reference

#endif
