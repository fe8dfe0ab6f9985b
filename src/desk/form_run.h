// SPDX-License-Identifier: MIT
// Knows a form being filled in: its values, which fields show and are required, and what is still wrong.
#ifndef DESK_FORM_RUN_H
#define DESK_FORM_RUN_H

#include "src/desk/form.h"

// The base form and the form of a pack are each one form_run. The run borrows the form: it outlives it.

struct form_value {
	char *text;     // owned; canonical unless odd; NULL is empty
	bool odd;       // could not be understood: text is as typed, field_error says why
	bool touched;   // set by a person or a script: no default or autofill replaces it
	bool shown, required;
};
struct form_run {
	const struct form *form;
	struct form_value *values; // one for each field
	bool closed;               // fields with readonly_after_close take no more changes
};

// Where a value comes from: a script or an import may also write fields of another role.
enum form_source { FORM_TYPED, FORM_SCRIPT, FORM_STORED };

// Sets defaults and autofill. The run must be empty ({0} or released).
void form_run_start(struct form_run *r, const struct form *form, const struct form_env *env);
void form_run_release(struct form_run *r);

// Puts what was typed. A script writes money in minor units and date-times in ms, as the pack does. A text that cannot be understood is kept as typed and shows up as an error of the field (user mistakes are
// data). False, and nothing is stored: a secret (domain.md §18.1), more than 4 digits for a card tail, a field that may not be
// changed. FORM_STORED takes canonical values from the store or an event log unchecked but for secrets. Recomputes what shows.
must_use bool form_run_set(struct form_run *r, size_t field, struct sv typed, enum form_source source,
			   const struct form_env *env, struct err *e);
// By code; a code the form does not have is ERR_NOT_FOUND.
must_use bool form_run_set_code(struct form_run *r, struct sv code, struct sv typed, enum form_source source,
				const struct form_env *env, struct err *e);
// Fills empty, untouched fields again, once the customer is known. Gives the number filled.
size_t form_run_autofill(struct form_run *r, const struct form_env *env);
// Recomputes shown, required and computed fields: after names outside the form changed, or time passed.
void form_run_refresh(struct form_run *r, const struct form_env *env);

// Canonical text (as typed if odd), "" when empty, never NULL. A field that is not shown keeps its text for when it shows again, but
// counts as empty in expressions, errors and form_run_saved.
const char *form_run_get(const struct form_run *r, size_t field);
const char *form_run_get_code(const struct form_run *r, struct sv code); // "" also for an unknown code
const char *form_run_saved(const struct form_run *r, size_t field);      // "" when not shown
// The value for expressions of scripts (form.X): false for an unknown code.
bool form_run_lookup(const struct form_run *r, struct sv code, struct expr_value *out);
bool form_run_editable(const struct form_run *r, size_t field, const struct form_env *env);

struct form_error {
	size_t field;
	const char *message; // owned by the arena
	bool missing;        // required and empty, else wrong
};
// True if the field is right; otherwise the message, with place and remedy.
must_use bool form_run_check(const struct form_run *r, size_t field, const struct form_env *env, struct err *e);
// Errors in the order of the fields. Owned by the arena; gives the number.
size_t form_run_errors(const struct form_run *r, const struct form_env *env, struct form_error **out, struct arena *a);
size_t form_run_error_count(const struct form_run *r, const struct form_env *env);
// Right required fields / required fields that show; 1 when none is required.
double form_run_complete(const struct form_run *r, const struct form_env *env, size_t *filled, size_t *required);

#endif
