// SPDX-License-Identifier: MIT
// Knows the one list of cases that every engine of the hub's store must pass.
#ifndef TESTS_HUB_CONFORM_H
#define TESTS_HUB_CONFORM_H

#include "tests/hub/hubtest.h"

// One case: works on a store that others have used too, in a site of its own. row: of the table it is generated over.
struct conform_case {
	const char *name;
	void (*fn)(struct hubtest *t, const char *site, size_t row);
	size_t rows; // 0: one
};
extern const struct conform_case conform_entities[], conform_people[], conform_reading[], conform_running[], conform_kept[], conform_subject[]; // end with a name NULL

void assert_text(char *got, const char *want); // frees got

#endif
