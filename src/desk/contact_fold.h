// SPDX-License-Identifier: MIT
// Knows how the files that fold a contact share the work.
#ifndef DESK_CONTACT_FOLD_H
#define DESK_CONTACT_FOLD_H

#include "src/desk/contact.h"

// Replaces an owned text; empty becomes NULL.
void contact_set_text(char **slot, const char *value);
struct contact_form *contact_add_form(struct contact *c, const struct form *form, int64_t at);
// Puts a value that the desk itself decides into the base form; a pack without such a field is fine.
void contact_put_base(struct contact *c, const char *field, const char *value, int64_t at);
void contact_refresh_forms(struct contact *c, int64_t at);
void contact_show_form(struct contact *c, const char *code, int64_t at);

// One kind of event each; as contact_apply.
bool contact_apply_classify(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e);
bool contact_apply_script_start(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e);
bool contact_apply_script_op(struct contact *c, const struct event *ev, struct contact_effects *fx, struct err *e);
bool contact_apply_call(struct contact *c, const struct event *ev, bool by_system, struct contact_effects *fx, struct err *e);

#endif
