// SPDX-License-Identifier: MIT
// Knows how the codes in an event become the words of the site's content.
#include "src/desk/event_words.h"

#include "src/base/clock.h"
#include "src/desk/category.h"
#include "src/desk/disposition.h"
#include "src/desk/form.h"
#include "src/desk/mask.h"

static void field_words(const struct contact_world *w, struct event *ev)
{
	const struct form *form = w->form(w->ctx, event_get(ev, "form"));
	size_t i = form ? form_find(form, sv(event_get(ev, "field"))) : FORM_NO_FIELD;
	struct form_env env = {.now_ms = ev->at, .zone = w->zone};
	struct str value = {0}, shown = {0}, masked = {0};
	enum mask mask;

	if (i == FORM_NO_FIELD)
		return;
	const struct form_field *f = &form->fields[i];
	// The event holds what was typed; the field understood it.
	if (field_normalise(f, &env, sv(event_get(ev, "value")), &value, NULL))
		field_display(f, &env, str_z(&value), &shown);
	else
		str_add(&shown, event_get(ev, "value"));
	if (!f->mask || !mask_parse(sv(f->mask), &mask))
		mask = MASK_NONE;
	mask_value(mask, sv(str_z(&shown)), &masked);
	event_replace(ev, "field", label_text(f->label));
	event_replace(ev, "value", str_z(&masked));
	str_release(&value);
	str_release(&shown);
	str_release(&masked);
}

void event_words(const struct contact_world *w, struct event *ev)
{
	const struct category *c = ev->type == EV_CLASSIFY ? category_find(w->categories, event_get(ev, "code")) : NULL;
	const struct disposition *d = ev->type == EV_DISPOSITION ? disposition_find(w->dispositions, event_get(ev, "code")) : NULL;

	if (c)
		event_replace(ev, "code", category_label(c));
	if (d)
		event_replace(ev, "code", disposition_label(d));
	if (ev->type == EV_FORM_SET)
		field_words(w, ev);
	int64_t at = event_get_int(ev, "at", 0);
	char when[24];
	if (at > 0) {
		clock_format(w->zone ? w->zone : "UTC", at, "%m-%d %H:%M", when, sizeof(when));
		event_replace(ev, "at", when);
	}
}

static const char *unknown(void *ctx, struct sv name)
{
	(void)ctx;
	(void)name;
	return NULL;
}

void event_script_line(const struct script *s, const struct event *ev, struct str *out)
{
	bool step = ev->type == EV_SCRIPT_VISIT || ev->type == EV_SCRIPT_TICK || ev->type == EV_SCRIPT_SKIP;
	size_t at = s && step ? script_find_node(s, sv(event_get(ev, "node"))) : SCRIPT_NO_NODE;
	struct arena a = {0};

	if (at == SCRIPT_NO_NODE)
		return;
	const struct script_node *n = &s->nodes[at];
	str_add(out, script_render(label_text(n->text), unknown, NULL, &a));
	for (size_t i = 0; i < n->n_options; i++)
		if (strcmp(event_get(ev, "op"), "choose") == 0 && *event_get(ev, "key") == n->options[i].key)
			str_addf(out, " → %s", script_render(label_text(n->options[i].label), unknown, NULL, &a));
	arena_release(&a);
}

void event_describe_in(const struct contact_world *w, const struct script *s, const struct event *ev, struct str *out)
{
	struct event copy;
	struct str line = {0};

	event_copy(&copy, ev);
	if (w)
		event_words(w, &copy);
	event_script_line(s, ev, &line);
	if (line.n)
		event_replace(&copy, "node", str_z(&line));
	event_describe(&copy, out);
	const struct script *begun = w && ev->type == EV_SCRIPT_START ? w->script(w->ctx, event_get(ev, "script")) : NULL;
	if (begun)
		str_addf(out, " %s", label_text(begun->title));
	str_release(&line);
	event_release(&copy);
}
