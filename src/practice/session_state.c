// SPDX-License-Identifier: MIT
// Knows the states of a practice session and which may follow which (domain.md §4.10).
#include "src/base/i18n.h"
#include "src/practice/book.h"

static const struct kind_row states[] = {
	[SESSION_CREATED] = {"created", N_("created")},
	[SESSION_BRIEFING] = {"briefing", N_("briefing")},
	[SESSION_RUNNING] = {"running", N_("running")},
	[SESSION_PAUSED] = {"paused", N_("paused")},
	[SESSION_SUSPENDED] = {"suspended", N_("interrupted")},
	[SESSION_WRAP] = {"wrap", N_("wrap-up")},
	[SESSION_SCORING_AUTO] = {"scoring_auto", N_("being scored")},
	[SESSION_SCORING_TRAINER] = {"scoring_trainer", N_("with the trainer")},
	[SESSION_SCORED] = {"scored", N_("scored")},
	[SESSION_DEBRIEFED] = {"debriefed", N_("debriefed")},
	[SESSION_ARCHIVED] = {"archived", N_("filed")},
	[SESSION_ABORTED] = {"aborted", N_("broken off")},
};
KIND_DEFINE(session_state, states)

static const struct {
	enum session_state from, to;
	bool exam; // also in an exam
} moves[] = {
	{SESSION_CREATED, SESSION_BRIEFING, true},
	{SESSION_BRIEFING, SESSION_RUNNING, true},
	{SESSION_RUNNING, SESSION_PAUSED, false},
	{SESSION_PAUSED, SESSION_RUNNING, false},
	{SESSION_RUNNING, SESSION_SUSPENDED, false},
	{SESSION_SUSPENDED, SESSION_RUNNING, false},
	{SESSION_SUSPENDED, SESSION_ABORTED, false},
	{SESSION_RUNNING, SESSION_WRAP, true},
	{SESSION_WRAP, SESSION_SCORING_AUTO, true},
	{SESSION_SCORING_AUTO, SESSION_SCORED, true},
	{SESSION_SCORING_AUTO, SESSION_SCORING_TRAINER, true},
	{SESSION_SCORING_TRAINER, SESSION_SCORED, true},
	{SESSION_SCORED, SESSION_DEBRIEFED, true},
	{SESSION_DEBRIEFED, SESSION_ARCHIVED, true},
	{SESSION_RUNNING, SESSION_ABORTED, true},
	{SESSION_PAUSED, SESSION_ABORTED, true},
	// Nobody has begun: there is nothing to score.
	{SESSION_CREATED, SESSION_ABORTED, true},
	{SESSION_BRIEFING, SESSION_ABORTED, true},
};

bool session_may(enum session_state from, enum session_state to, enum practice_mode mode)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++)
		if (moves[i].from == from && moves[i].to == to)
			return mode != PRACTICE_EXAM || moves[i].exam;
	return false;
}
