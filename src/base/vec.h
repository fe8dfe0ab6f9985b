// SPDX-License-Identifier: MIT
// Knows growing arrays: any struct with {T *v; size_t n, cap;} is one. Zeroed is empty.
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "src/base/err.h"

#define VEC(T) struct { T *v; size_t n, cap; }
#define vec_reserve(a, want)                                                                   \
	do {                                                                                   \
		if ((a)->cap < (want)) {                                                       \
			size_t vec_cap_ = (a)->cap ? (a)->cap * 2 : 8;                         \
			while (vec_cap_ < (want))                                              \
				vec_cap_ *= 2;                                                 \
			(a)->v = xreallocarray((a)->v, vec_cap_, sizeof(*(a)->v));             \
			(a)->cap = vec_cap_;                                                   \
		}                                                                              \
	} while (0)
// Appends a zeroed element and gives its address, valid until the next push.
#define vec_add(a)                                                                             \
	({                                                                                     \
		vec_reserve((a), (a)->n + 1);                                                  \
		memset(&(a)->v[(a)->n], 0, sizeof(*(a)->v));                                   \
		&(a)->v[(a)->n++];                                                             \
	})
#define vec_push(a, item) (*vec_add(a) = (item))
#define vec_remove(a, i)                                                                       \
	do {                                                                                   \
		memmove(&(a)->v[i], &(a)->v[(i) + 1], ((a)->n - (i) - 1) * sizeof(*(a)->v));   \
		(a)->n--;                                                                      \
	} while (0)
#define vec_release(a)                                                                         \
	do {                                                                                   \
		free((a)->v);                                                                  \
		(a)->v = NULL;                                                                 \
		(a)->n = (a)->cap = 0;                                                         \
	} while (0)

#endif
