// SPDX-License-Identifier: MIT
// Knows which Han characters sound like another one, for text typed by sound where the wrong one was taken.
#ifndef KB_HOMOPHONE_H
#define KB_HOMOPHONE_H

#include <stddef.h>
#include <stdint.h>

// Other standard characters (simplified) that share a reading with cp, tones aside, those most usual in it first; behind them
// those of readings that many speakers do not tell apart: zh z, ch c, sh s, n l at the beginning or an ang, en eng, in ing at
// the end, then both at once. A reading that is rare for cp counts for less. Fills at most max and returns how many; none for
// a character without a reading.
size_t kb_homophones(uint32_t cp, uint32_t out[], size_t max);

#endif
