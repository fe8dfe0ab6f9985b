// SPDX-License-Identifier: MIT
// Knows the pages of the hub that the fault tests let a station apply, and how to see whether rows and cursor agree.
#ifndef TESTS_FAULT_PAGE_LOAD_H
#define TESTS_FAULT_PAGE_LOAD_H

#include "src/store/store.h"

enum { PAGE_ROWS = 5 };
#define PAGE_STREAM "q/pay"

// Page number no (0..): rows no * PAGE_ROWS + 1 and on, each a ticket, with the cursor behind them; in one job.
struct page {
	int64_t no;
	bool rows, cursor; // which half this job does; both, but for the control
	int told;
	enum store_result result;
};
void page_submit(struct store *s, struct page *p, int64_t no, bool rows, bool cursor);

// Number of pages the cursor says are here; -1: rows, tickets and cursor do not agree.
int64_t page_count(struct db *db);

#endif
