// SPDX-License-Identifier: MIT
// Knows how a contact or a session becomes a case of the library: what of it is taken, and that nobody is in it; and how a case becomes
// the draft of a scenario.
#ifndef PRACTICE_CASE_H
#define PRACTICE_CASE_H

#include "src/practice/book.h"
#include "src/work/model.h"

// Source: domain.md §12.5, §12.9. Taken are the events of §12.5 with the members named there; what was taken back is not; values of
// fields with much of a person in them (pii high) are not. Every text that is left is de-identified (deid.h) with all that is known
// of the customer here: the record, what was typed into it, the card.
struct case_about {
	const char *title;
	unsigned tags; // bits of case_tag
	const struct case_mark *marks; // of a session beside those the trainer made
	size_t n_marks;
	const char *by;
	int64_t at;
	bool proposed; // by somebody who may not decide what is in the library
};
// Texts of out are owned by a; it is not in the book yet. ERR_DENIED where customer data is locked.
must_use bool case_of_contact(struct model *m, const struct contact *k, const struct case_about *about, struct book_case *out, struct arena *a,
			      struct err *e);
must_use bool case_of_session(struct model *m, struct book *b, const char *session, const struct case_about *about, struct book_case *out,
			      struct arena *a, struct err *e);
// A note about a moment of the contact, de-identified likewise. Owned by the caller; NULL with e.
char *case_note(struct model *m, const struct contact *k, const char *note, struct err *e);

// A scenario file (zuoxi-scenario(5)) made of the case, to be finished by its author: lines of the customer become beats in their
// order, what the agent said at good moments becomes model answers, missed ones expectations. Of a call nobody typed a line of the beats come
// from what was recorded (script, categories, feelings, marks), and their author writes the lines. What has to be filled in or looked at
// stands behind "# TODO". `zuoxi pack check` takes it as it is where the packs know its category. ERR_NOT_FOUND: nothing was said
// or recorded in it. code: of the new scenario.
must_use bool case_scenario(const struct book_case *c, const struct packs *packs, const char *code, struct str *out, struct err *e);

// A code for that scenario, as good as another: case.k1a2b3.01.
void case_scenario_code(const struct book_case *c, char *buf, size_t cap);

#endif
