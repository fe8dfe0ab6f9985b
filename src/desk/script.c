// SPDX-License-Identifier: MIT
// Knows the closed lists of scripts, and their graph: what can be reached and what cannot be passed by.
#include "src/desk/script.h"

#include "src/desk/script_graph.h"

static const struct kind_row script_kinds[] = {
	[SCRIPT_MAIN] = {"main", N_("Script")},
	[SCRIPT_SIDE] = {"side", N_("Side trip")},
	[SCRIPT_FRAGMENT] = {"fragment", N_("Shared part")},
};
KIND_DEFINE(script_kind, script_kinds)

static const struct kind_row node_kinds[] = {
	[NODE_SAY] = {"say", N_("Say")},
	[NODE_ASK] = {"ask", N_("Ask")},
	[NODE_CHOICE] = {"choice", N_("Choose")},
	[NODE_CHECK] = {"check", N_("Check")},
	[NODE_KB] = {"kb", N_("Look up")},
	[NODE_FORM] = {"form", N_("Fill in")},
	[NODE_ACTION] = {"action", N_("Do")},
	[NODE_OFFER] = {"offer", N_("Offer")},
	[NODE_END] = {"end", N_("End")},
};
KIND_DEFINE(node_kind, node_kinds)

static const struct kind_row ask_kinds[] = {
	[ASK_OPEN] = {"open", N_("Open question")},
	[ASK_CLOSED] = {"closed", N_("Closed question")},
	[ASK_PROBE] = {"probe", N_("Probing question")},
};
KIND_DEFINE(ask_kind, ask_kinds)

static const struct kind_row stages[] = {
	[STAGE_NONE] = {"", "—"},
	[STAGE_LISTEN] = {"listen", N_("Listen")},
	[STAGE_RESTATE] = {"restate", N_("Restate")},
	[STAGE_CLASSIFY] = {"classify", N_("Classify")},
	[STAGE_SOLVE] = {"solve", N_("Solve")},
};
KIND_DEFINE(script_stage, stages)

static const struct kind_row marks[] = {
	[MARK_ACK] = {"ack", N_("Acknowledged")},
	[MARK_LISTEN] = {"listen", N_("Listened")},
	[MARK_RESTATE] = {"restate", N_("Restated")},
	[MARK_PLAN] = {"plan", N_("Plan given")},
	[MARK_CONFIRM] = {"confirm", N_("Plan confirmed")},
	[MARK_CLOSE] = {"close", N_("Closing")},
	[MARK_EMPATHY] = {"empathy", N_("Empathy")},
	[MARK_DISCLOSURE] = {"disclosure", N_("Disclosure")},
};
KIND_DEFINE(script_mark, marks)

static const struct kind_row actions[] = {
	[ACTION_NONE] = {"", "—"},
	[ACTION_TICKET] = {"ticket", N_("Create a ticket")},
	[ACTION_URGENT_REVIEW] = {"urgent_review", N_("Ask for an urgent review")},
	[ACTION_ESCALATE] = {"escalate", N_("Escalate")},
	[ACTION_CALLBACK] = {"callback", N_("Book a call-back")},
	[ACTION_VERIFY] = {"verify", N_("Verify the caller")},
	[ACTION_STOP_PAYMENT] = {"stop_payment", N_("Stop the payment")},
	[ACTION_FAULT] = {"fault", N_("Report a fault")},
	[ACTION_TRANSFER] = {"transfer", N_("Transfer")},
	[ACTION_SMS] = {"sms", N_("Send a text message")},
	[ACTION_CERTIFICATE] = {"certificate", N_("Issue a certificate")},
	[ACTION_XDEPT] = {"xdept", N_("Ask another department")},
	[ACTION_RETURN_CODE] = {"return_code", N_("Issue a return code")},
	[ACTION_HOLD_STOCK] = {"hold_stock", N_("Hold stock")},
	[ACTION_OFFER_OUTCOME] = {"offer_outcome", N_("Note how the offer was taken")},
	[ACTION_NOTE] = {"note", N_("Write a note")},
};
KIND_DEFINE(script_action, actions)

size_t script_find_node(const struct script *s, struct sv id)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		if (sv_eqz(id, s->nodes[i].id))
			return i;
	}
	return SCRIPT_NO_NODE;
}

bool script_node_chooses(const struct script_node *n)
{
	return n->kind == NODE_CHOICE || (n->kind == NODE_ASK && n->n_options >= 2);
}

bool script_codes_have(struct script_codes codes, const char *code)
{
	for (size_t i = 0; code && i < codes.n; i++) {
		if (str_eq(codes.v[i], code))
			return true;
	}
	return false;
}

const struct script_target *script_way(const struct script_node *n, size_t i)
{
	if (n->kind == NODE_END)
		return NULL;
	if (n->kind == NODE_CHECK)
		return i == 0 ? &n->on_pass : i == 1 ? &n->on_fail : NULL;
	if (n->kind == NODE_CHOICE || n->n_options)
		return i < n->n_options ? &n->options[i].next : NULL;
	return i == 0 ? &n->next : NULL;
}

size_t script_way_node(const struct script *s, const struct script_target *t)
{
	size_t to = SCRIPT_NO_NODE;

	if (t->kind == TARGET_NODE)
		to = t->node;
	else if (t->kind == TARGET_CLOSE)
		to = s->close_node;
	return to < s->n_nodes ? to : SCRIPT_NO_NODE;
}

bool script_way_leaves(const struct script *s, const struct script_target *t)
{
	switch (t->kind) {
	case TARGET_NONE:
	case TARGET_NODE: return false;
	case TARGET_MAIN:
	case TARGET_RETURN: return true;
	case TARGET_CLOSE: return s->kind != SCRIPT_MAIN;
	}
	return false;
}

bool script_walk(const struct script *s, size_t from, size_t to, const bool *avoid, bool *seen, size_t *parent, size_t *last)
{
	bool found = false;

	memset(seen, 0, s->n_nodes * sizeof(*seen));
	if (from >= s->n_nodes || (avoid && avoid[from]))
		return false;
	size_t *queue = xmalloc(s->n_nodes * sizeof(*queue));
	size_t head = 0, tail = 0;
	seen[from] = true;
	if (parent)
		parent[from] = SCRIPT_NO_NODE;
	queue[tail++] = from;
	while (head < tail && !found) {
		size_t at = queue[head++];
		const struct script_node *n = &s->nodes[at];
		const struct script_target *t;
		if (last)
			*last = at;
		found = to == SCRIPT_NO_NODE ? n->kind == NODE_END : at == to;
		for (size_t i = 0; !found && (t = script_way(n, i)); i++) {
			size_t next = script_way_node(s, t);
			found = to == SCRIPT_NO_NODE && script_way_leaves(s, t);
			if (found || next == SCRIPT_NO_NODE || seen[next] || (avoid && avoid[next]))
				continue;
			seen[next] = true;
			if (parent)
				parent[next] = at;
			queue[tail++] = next;
		}
	}
	free(queue);
	return found;
}

void script_reach(const struct script *s, size_t from, bool *out)
{
	// A walk to a place that does not exist visits everything.
	script_walk(s, from, s->n_nodes, NULL, out, NULL, NULL);
}

size_t script_must_pass(const struct script *s, size_t from, size_t to, size_t *out)
{
	size_t n = 0;
	bool *seen = xcalloc(s->n_nodes + 1, sizeof(*seen)), *avoid = xcalloc(s->n_nodes + 1, sizeof(*avoid));

	if (from < s->n_nodes && script_walk(s, from, to, NULL, seen, NULL, NULL)) {
		for (size_t i = 0; i < s->n_nodes; i++) {
			const struct script_node *node = &s->nodes[i];
			// An offer depends on its rule, so no path needs it.
			if (i == from || i == to || node->kind == NODE_OFFER ||
			    (!node->required && !script_codes_have(s->needs, node->disclosure)))
				continue;
			avoid[i] = true;
			if (!script_walk(s, from, to, avoid, seen, NULL, NULL))
				out[n++] = i;
			avoid[i] = false;
		}
	}
	free(seen);
	free(avoid);
	return n;
}
