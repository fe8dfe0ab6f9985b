// SPDX-License-Identifier: MIT
// Knows the checks of the wrap-up and of an escalation package.
#include "src/desk/wrapup.h"

#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"

static const struct kind_row modes[] = {
	[RULE_WARN] = {"warn", N_("warn")}, [RULE_BLOCK] = {"block", N_("block")}, [RULE_OFF] = {"off", N_("off")}};
KIND_DEFINE(rule_mode, modes)

static const struct kind_row skips[] = {
	[KB_SKIP_NONE] = {"", N_("—")},
	[KB_SKIP_KNOWN_RECENT] = {"known_recent", N_("Looked up shortly before")},
	[KB_SKIP_NO_ISSUE_CALL] = {"no_issue_call", N_("Call without a question")},
	[KB_SKIP_SYSTEM_DOWN] = {"system_down", N_("System down")},
	[KB_SKIP_TRANSFER_ONLY] = {"transfer_only", N_("Only transferred")},
	[KB_SKIP_SILENT] = {"silent", N_("Silent call")},
};
KIND_DEFINE(kb_skip, skips)

static const struct kind_row updates[] = {
	[KB_UPDATE_NONE] = {"none", N_("None")},
	[KB_UPDATE_GAP] = {"gap", N_("Report a gap")},
	[KB_UPDATE_SUGGEST] = {"suggest", N_("Suggest a change")},
	[KB_UPDATE_NEW] = {"new", N_("New article")},
	[KB_UPDATE_VALID] = {"valid", N_("Confirm as valid")},
};
KIND_DEFINE(kb_update, updates)

static const struct kind_row codes[] = {
	[WRAPUP_FORM] = {"form", N_("Form")},
	[WRAPUP_INTENT] = {"intent", N_("Intent")},
	[WRAPUP_CATEGORY] = {"category", N_("Category")},
	[WRAPUP_DIFFICULTY] = {"difficulty", N_("Difficulty")},
	[WRAPUP_DISPOSITION] = {"disposition", N_("Disposition")},
	[WRAPUP_RESOLUTION] = {"resolution", N_("Outcome")},
	[WRAPUP_FOLLOW_UP] = {"follow_up", N_("Follow-up")},
	[WRAPUP_SOLUTION] = {"solution", N_("Solution")},
	[WRAPUP_URGENT_REVIEW] = {"urgent_review", N_("Urgent review")},
	[WRAPUP_KB_SEARCH] = {"kb_search", N_("Knowledge used")},
	[WRAPUP_KB_UPDATE] = {"kb_update", N_("Knowledge update")},
	[WRAPUP_KB_VALID] = {"kb_valid", N_("Confirmed article")},
	[WRAPUP_SCRIPT] = {"script", N_("Script")},
	[WRAPUP_RESTATE] = {"restate", N_("Restatement")},
};
KIND_DEFINE(wrapup_code, codes)

struct list {
	struct wrapup_item *v;
	size_t n;
};

__attribute__((format(printf, 4, 5)))
static void add(struct list *l, enum wrapup_code code, bool block, const char *fmt, ...)
{
	struct err cut; // err_setv cuts at a character boundary
	struct wrapup_item *it = &l->v[l->n++];
	va_list ap;

	va_start(ap, fmt);
	err_setv(&cut, ERR_DENIED, fmt, ap);
	va_end(ap);
	*it = (struct wrapup_item){.code = code, .block = block};
	struct str b = STR_MAX(sizeof(it->msg) - 1);
	for (size_t i = 0, k; cut.msg[i]; i += k) {
		uint32_t cp;
		k = utf8_decode(sv(cut.msg + i), &cp);
		str_addn(&b, cut.msg + i, k);
	}
	snprintf(it->msg, sizeof(it->msg), "%s", str_z(&b));
	str_release(&b);
}

static bool restated(struct sv text)
{
	return utf8_count(sv_trim(text)) >= RESTATE_MIN_CHARS;
}

static void check_case(const struct wrapup_facts *f, struct list *l)
{
	bool owes = !f->disposition_invalid;

	if (f->form_errors > 0)
		add(l, WRAPUP_FORM, true,
			ngettext("%d field of the form is missing or wrong", "%d fields of the form are missing or wrong",
				(unsigned long)f->form_errors), f->form_errors);
	if (owes && f->intent == INTENT_NONE)
		add(l, WRAPUP_INTENT, true, "%s", _("choose the intent"));
	if (owes && !f->category_set)
		add(l, WRAPUP_CATEGORY, true, "%s", _("choose a category"));
	if (owes && f->difficulty == DIFFICULTY_NONE)
		add(l, WRAPUP_DIFFICULTY, true, "%s", _("choose the difficulty"));
	if (str_empty(f->disposition))
		add(l, WRAPUP_DISPOSITION, true, "%s", _("choose how the contact ended"));
	if (f->resolution == RESOLUTION_NONE)
		add(l, WRAPUP_RESOLUTION, true, "%s", _("choose the outcome"));
}

static void check_result(const struct wrapup_facts *f, struct list *l)
{
	bool follow = f->needs_follow_up || f->resolution == RESOLUTION_PENDING || f->resolution == RESOLUTION_CALLBACK;

	if (follow && !f->follow_up_at)
		add(l, WRAPUP_FOLLOW_UP, true, "%s", _("a pending case needs a follow-up date"));
	else if (follow && (f->follow_up_past || f->follow_up_at <= f->ended_at))
		add(l, WRAPUP_FOLLOW_UP, true, "%s", _("the follow-up date lies in the past; choose a later one"));
	if (f->resolution == RESOLUTION_RESOLVED && !f->solution_text)
		add(l, WRAPUP_SOLUTION, true, "%s", _("write down the solution"));
	if (f->red && !f->urgent_review_made)
		add(l, WRAPUP_URGENT_REVIEW, false, "%s",
			_("red case: an urgent review goes to the supervisor when you save; make no promise"));
}

static void check_knowledge(const struct wrapup_facts *f, struct list *l)
{
	if (!f->handled || f->disposition_invalid)
		return;
	if (f->kb_search_rule != RULE_OFF && f->kb_events == 0 && f->kb_skip == KB_SKIP_NONE)
		add(l, WRAPUP_KB_SEARCH, f->kb_search_rule == RULE_BLOCK, "%s",
			_("the knowledge base was not used; search it or give the reason"));
	if (f->kb_update_rule == RULE_OFF)
		return;
	if (f->kb_update == KB_UPDATE_NONE)
		add(l, WRAPUP_KB_UPDATE, f->kb_update_rule == RULE_BLOCK, "%s",
			_("give one update: a gap, a suggestion, a new article, or confirm the one you used"));
	else if (f->kb_update == KB_UPDATE_VALID && f->kb_longest_open_ms < KB_VALID_OPEN_MS)
		add(l, WRAPUP_KB_VALID, true, "%s", _("only an article that was open for 5 seconds can be confirmed"));
}

size_t wrapup_check(const struct wrapup_facts *f, struct wrapup_item out[WRAPUP_CODES])
{
	struct list l = {out, 0};

	check_case(f, &l);
	check_result(f, &l);
	check_knowledge(f, &l);
	if (f->script_skipped > 0 && !f->disposition_invalid)
		add(&l, WRAPUP_SCRIPT, false,
			ngettext("%d required script step was skipped; do it now or say why it does not apply",
				"%d required script steps were skipped; do them now or say why they do not apply",
				(unsigned long)f->script_skipped), f->script_skipped);
	if (f->handled && !f->disposition_invalid && !(restated(f->restate_text) && f->restate_confirmed))
		add(&l, WRAPUP_RESTATE, false, "%s",
			_("the need was not restated and confirmed; this is recorded as a skipped step"));
	return l.n;
}

bool wrapup_blocks(const struct wrapup_item *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].block)
			return true;
	}
	return false;
}

const char *const escalate_kinds[] = {"urgent_review", "complaint", "authority", "abuse", "legal", "opinion", "expert_help", NULL};
const char *const fault_types[] = {"recording", "routing", "crm", "noise", "other", NULL};

static const char *const escalate_labels[] = {N_("Urgent review"), N_("Complaint"), N_("Beyond my authority"), N_("Abuse"), N_("Legal"),
					      N_("Public opinion"), N_("Expert help")};
static const char *const fault_labels[] = {N_("Recording failed"), N_("Wrong routing"), N_("CRM slow or down"), N_("Noise on the line"),
					   N_("Something else")};

const char *escalate_kind_label(const char *code)
{
	for (size_t i = 0; escalate_kinds[i]; i++)
		if (str_eq(escalate_kinds[i], code))
			return _(escalate_labels[i]);
	return code;
}

const char *fault_type_label(const char *code)
{
	for (size_t i = 0; fault_types[i]; i++)
		if (str_eq(fault_types[i], code))
			return _(fault_labels[i]);
	return code;
}

bool escalate_record_complete(const struct escalate_facts *f)
{
	return f->form_required_empty == 0 && restated(f->restate_text);
}

bool escalate_check(const struct escalate_facts *f, struct err *e)
{
	if (f->level < 1 || f->level > 3)
		return err_set(e, ERR_USAGE, _("an escalation goes to level 1, 2 or 3"));
	if ((f->red || f->urgent_review) && f->level == 1)
		return err_set(e, ERR_DENIED, _("red cases go to the supervisor (level 2), not to the team lead"));
	if (f->urgent_review)
		return true;
	if (f->form_required_empty > 0)
		return err_set(e, ERR_DENIED,
			ngettext("%d required field of the form is empty; fill it in before you escalate",
				"%d required fields of the form are empty; fill them in before you escalate",
				(unsigned long)f->form_required_empty), f->form_required_empty);
	if (!restated(f->restate_text))
		return err_set(e, ERR_DENIED, _("write down the restated need (at least 4 characters) before you escalate"));
	if (utf8_count(sv_trim(f->proposed_solution)) < ESCALATE_SOLUTION_MIN_CHARS)
		return err_set(e, ERR_DENIED, _("propose a solution of at least 10 characters before you escalate"));
	return true;
}
