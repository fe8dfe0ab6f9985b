// SPDX-License-Identifier: MIT
// Knows how a contact may end: the disposition codes, their classes and what each demands.
#ifndef DESK_DISPOSITION_H
#define DESK_DISPOSITION_H

#include "src/base/arena.h"
#include "src/desk/kinds.h"

// Source: domain.md §20. The class drives the figures.
enum disposition_class {
	DISPOSITION_RESOLVED,
	DISPOSITION_PENDING,
	DISPOSITION_TRANSFERRED,
	DISPOSITION_ESCALATED,
	DISPOSITION_COMPLAINT,
	DISPOSITION_NOT_RESOLVED,
	DISPOSITION_INVALID,
	DISPOSITION_SECOND,   // recorded beside the main one (offers)
	DISPOSITION_PRACTICE,
};
KIND_DECLARE(disposition_class)

struct disposition {
	const char *code, *zh, *en; // code [A-Z0-9_]{1,32}
	enum disposition_class class_;
	bool needs_follow_up; // as the pack says; ask disposition_needs_follow_up
	const char **scripts; // offered first after these
	size_t nscripts;
	const char *pack;
};
struct disposition_set {
	struct disposition *v; // in the order of addition; owned
	size_t n, cap;
	struct arena arena;
};
void disposition_set_release(struct disposition_set *s);
// Copies. ERR_CONFLICT for a code that is there already, ERR_PARSE for a malformed one.
must_use bool disposition_add(struct disposition_set *s, const struct disposition *d, struct err *e);
const struct disposition *disposition_find(const struct disposition_set *s, const char *code); // NULL if none
const char *disposition_label(const struct disposition *d);
// A follow-up date is required: the pack says so, or the class is pending.
bool disposition_needs_follow_up(const struct disposition *d);
// The resolution a disposition stands for; the code CB_BOOKED is a call-back; an escalation
// or a disputed complaint stays pending, a soothed one (CMP_SOOTHED) is resolved; second and practice give RESOLUTION_NONE.
enum resolution disposition_resolution(const struct disposition *d);
// Main codes for a contact (practice ones only in practice), those of the script first; returns how many, writes up to cap.
size_t disposition_offer(const struct disposition_set *s, const char *script, bool practice,
	const struct disposition **out, size_t cap);

#endif
