// SPDX-License-Identifier: MIT
// Knows how a form file becomes a struct form.
#include "src/base/i18n.h"
#include "config/load.h"

static void read_options(struct reader *r, const struct yaml_node *m, struct form_field *f)
{
	struct yaml_node *list = yaml_get(m, "options");
	if (!read_is(r, list, YAML_LIST, "options"))
		return;
	struct field_option *v = arena_array(r->a, struct field_option, list->n);
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *o = list->items[i];
		if (!read_is(r, o, YAML_MAP, "options"))
			continue;
		read_keys(r, o, "code zh en");
		const char *code = read_code(r, o, "code", true);
		struct label label = read_label(r, o, false);
		if (code)
			v[f->n_options++] = (struct field_option){code, label, o->line, o->col};
	}
	f->options = v;
}

// The default of a multi field may be a list; it becomes "a,b".
static const char *read_default(struct reader *r, const struct yaml_node *m)
{
	struct yaml_node *n = yaml_get(m, "default");
	if (!n || n->kind != YAML_LIST)
		return read_text(r, m, "default", 2000, false);
	struct script_codes codes = read_codes(r, m, "default", false);
	struct str joined = {0};
	for (size_t i = 0; i < codes.n; i++)
		str_addf(&joined, "%s%s", i ? "," : "", codes.v[i]);
	const char *s = arena_strdup(r->a, str_z(&joined));
	str_release(&joined);
	return s;
}

static void read_field(struct reader *r, const struct yaml_node *m, struct form_field *f)
{
	read_keys(r, m,
		"code zh en type required required_if must_be show_if options min max len max_len regex default pii mask "
		"readonly_after_close autofill compute role help");
	struct yaml_node *code = yaml_get(m, "code");
	f->code = code && code->kind == YAML_SCALAR ? arena_strdup(r->a, code->text) : "";
	f->label = read_label(r, m, false);
	f->help = read_label_at(r, m, "help", false);
	if (!yaml_get(m, "type"))
		read_missing(r, m, "type");
	(void)READ_KIND(r, m, "type", field_type, FIELD_DISPOSITION, &f->type);
	(void)READ_KIND(r, m, "pii", field_pii, PII_HIGH, &f->pii);
	f->required = read_bool(r, m, "required", false);
	f->must_be = read_bool(r, m, "must_be", false);
	f->readonly_after_close = read_bool(r, m, "readonly_after_close", false);
	f->show_expr = read_expr(r, m, "show_if", &f->show_if);
	f->required_expr = read_expr(r, m, "required_if", &f->required_if);
	f->compute_expr = read_expr(r, m, "compute", &f->compute);
	if (!f->compute_expr && yaml_get(m, "compute")) { // reported; keep form_lint from asking for it again
		f->compute = "null";
		f->compute_expr = expr_parse(sv("null"), NULL, NULL, r->a);
	}
	read_options(r, m, f);
	f->min = read_text(r, m, "min", 40, false);
	f->max = read_text(r, m, "max", 40, false);
	f->len = read_int(r, m, "len", 1, 10000, 0);
	f->max_len = read_int(r, m, "max_len", 1, 10000, 0);
	f->regex = read_text(r, m, "regex", 1000, false);
	f->dflt = read_default(r, m);
	f->autofill = read_text(r, m, "autofill", 64, false);
	f->role = read_text(r, m, "role", 64, false);
	f->mask = read_text(r, m, "mask", 64, false);
	f->line = m->line;
	f->col = m->col;
}

void load_form(struct load *l, const struct pack *pack, const char *file, const struct yaml_node *root)
{
	struct reader r = load_reader(l, file);
	struct pack_form out = {.pack = pack, .file = file};
	struct form *f = &out.f;
	read_keys(&r, root, "form version title fields");
	f->code = read_code(&r, root, "form", true);
	f->version = read_int(&r, root, "version", 1, 1000000, 1);
	f->title = read_title(&r, root);
	f->line = root->line;
	f->col = root->col;
	struct yaml_node *list = yaml_get(root, "fields");
	if (read_is(&r, list, YAML_LIST, "fields")) {
		struct form_field *v = arena_array(r.a, struct form_field, list->n);
		for (size_t i = 0; i < list->n; i++) {
			if (read_is(&r, list->items[i], YAML_MAP, "fields"))
				read_field(&r, list->items[i], &v[f->n_fields++]);
		}
		f->fields = v;
	}
	if (f->code)
		vec_push(&l->forms, out);
}
