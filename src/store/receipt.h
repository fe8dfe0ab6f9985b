// SPDX-License-Identifier: MIT
// Knows who has confirmed having read what (domain.md §3.7): version by version, append-only.
#ifndef STORE_RECEIPT_H
#define STORE_RECEIPT_H

#include "src/store/db.h"

enum receipt_quiz { RECEIPT_NO_QUIZ, RECEIPT_PASSED, RECEIPT_FAILED };

struct receipt {
	const char *kind; // "article"; "gap": the answer to an uncovered case was taken note of
	const char *id, *agent_id;
	int64_t version, at; // version 0: a thing without versions
	enum receipt_quiz quiz;
};
struct receipts {
	struct receipt *v;
	size_t n, cap;
};

// The first receipt stays: giving it again changes nothing.
must_use bool receipt_add(struct db *db, const struct receipt *r, struct err *e);
must_use bool receipt_given(struct db *db, const char *kind, const char *id, int64_t version, const char *agent_id, bool *given,
			    struct err *e);
// All of a kind; by object, version, agent.
must_use bool receipt_list(struct db *db, const char *kind, struct receipts *out, struct arena *a, struct err *e);

#endif
