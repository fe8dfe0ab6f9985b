// SPDX-License-Identifier: MIT
// Knows the C library calls that this project does not use; forced into every file by the build.
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#undef atoi
#undef atol
#undef atof
#define strcpy(a, b) banned_use_str_or_snprintf(a, b)
#define strcat(a, b) banned_use_str_or_snprintf(a, b)
#define strncpy(a, b, c) banned_use_str_or_snprintf(a, b, c)
#define strncat(a, b, c) banned_use_str_or_snprintf(a, b, c)
#define strtok(a, b) banned_use_sv_split(a, b)
#define sprintf(...) banned_use_snprintf(__VA_ARGS__)
#define vsprintf(a, b, c) banned_use_vsnprintf(a, b, c)
#define atoi(a) banned_use_parse_int(a)
#define atol(a) banned_use_parse_int(a)
#define atof(a) banned_use_parse_double(a)
#define gmtime(a) banned_use_clock(a)
#define localtime(a) banned_use_clock(a)
#define ctime(a) banned_use_clock(a)
#define asctime(a) banned_use_clock(a)

#endif
