// SPDX-License-Identifier: MIT
// Knows what the parts of the scenario loader share. For config/pack_scenario*.c only.
#ifndef CONFIG_READ_SCENARIO_H
#define CONFIG_READ_SCENARIO_H

#include "config/read.h"
#include "src/practice/scenario.h"

enum { PATIENCE_S = 25, WRAP_LIMIT_S = 180 }; // what holds when a file says nothing

struct scenario_read {
	struct reader r;
	struct scenario *s; // being filled
};

// Stands for a condition that could not be read and was reported: it never holds.
const struct expr *scenario_broken(struct scenario_read *w);
// The list under key; returns how many it has, 0 when absent or wrong.
size_t scenario_list(struct scenario_read *w, const struct yaml_node *map, const char *key, struct yaml_node **list);
// A map of zh and en; that one is missing is said by the linter. node may be NULL.
struct label scenario_pair(struct scenario_read *w, const struct yaml_node *node, const char *what);
const struct label *scenario_pairs(struct scenario_read *w, const struct yaml_node *map, const char *key, size_t *n);
const struct beat_line *scenario_lines(struct scenario_read *w, const struct yaml_node *map, size_t *n); // under "says"
bool scenario_emotion(struct scenario_read *w, const struct yaml_node *map, const char *key, enum emotion_class *class, int *level);
// The beat of that id, written at node; SCENARIO_NONE: reported. Needs the ids of all beats.
size_t scenario_find_beat(struct scenario_read *w, const struct yaml_node *node, const char *id);
// The beat named under key; SCENARIO_NONE: absent, or reported.
size_t scenario_beat_at(struct scenario_read *w, const struct yaml_node *map, const char *key);
const struct expectation *scenario_expect(struct scenario_read *w, const struct yaml_node *map, size_t *n); // under "expect"; needs the words
void scenario_words(struct scenario_read *w, const struct yaml_node *root);
void scenario_tickets(struct scenario_read *w, const struct yaml_node *root); // needs the words
// Objections, criticals, cards, seats.
void scenario_rest(struct scenario_read *w, const struct yaml_node *root);

#endif
