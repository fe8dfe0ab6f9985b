// SPDX-License-Identifier: MIT
// Knows how subcommands say what is wrong, read their options and print their listings.
#include "src/cli/cli.h"

#include <jansson.h>

#include "src/base/i18n.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

static const char *program(const struct cli *c)
{
	return c->program ? c->program : "zuoxi";
}

int cli_usage(struct cli *c, const char *usage, const char *fmt, ...)
{
	va_list ap;
	fprintf(c->err, "%s %.*s: ", program(c), (int)strcspn(usage, " "), usage);
	va_start(ap, fmt);
	vfprintf(c->err, fmt, ap);
	va_end(ap);
	fprintf(c->err, _("\nUsage: %s %s\n"), program(c), usage);
	return CLI_USAGE;
}

int cli_fail(struct cli *c, const struct err *e)
{
	fprintf(c->err, "%s: %s\n", program(c), e->msg);
	return e->code == ERR_NOT_FOUND ? CLI_NO : CLI_FAILED;
}

static const struct cli_opt *find(struct sv name, const struct cli_opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eqz(name, opts[i].name))
			return &opts[i];
	}
	return NULL;
}

// One argument that begins with a dash; *i moves over its value.
static bool parse_option(int argc, char **argv, int *i, const struct cli_opt *opts, size_t n, struct err *e)
{
	const char *arg = argv[*i], *name = arg + (arg[1] == '-' ? 2 : 1), *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct cli_opt *o = find(sv_n(name, len), opts, n);
	// One dash belongs to one letter, two dashes to a word.
	if (!o || (arg[1] == '-') != (len > 1))
		return err_set(e, ERR_USAGE, _("there is no option %s"), arg);
	if (!o->takes) {
		if (equals)
			return err_set(e, ERR_USAGE, _("the option %.*s takes no value"), (int)(equals - arg), arg);
		*o->value = "";
		return true;
	}
	if (equals) {
		*o->value = equals + 1;
		return true;
	}
	if (*i + 1 >= argc)
		return err_set(e, ERR_USAGE, _("the option %s needs a value"), arg);
	*o->value = argv[++*i];
	return true;
}

// "-loan" of a query, not "-n", "-n=5" or "-n5".
static bool is_dashed_word(const char *arg, const struct cli_opt *opts, size_t n)
{
	if (!find(sv("-"), opts, n) || arg[1] == '-')
		return false;
	return (unsigned char)arg[1] >= 0x80 || (arg[2] && arg[2] != '=' && !(find(sv_n(arg + 1, 1), opts, n) && arg[2] >= '0' && arg[2] <= '9'));
}

bool cli_parse(int argc, char **argv, const struct cli_opt *opts, size_t n, char **words, size_t *nwords, struct err *e)
{
	bool only_words = false;
	*nwords = 0;
	for (int i = 1; i < argc; i++) {
		if (!only_words && str_eq(argv[i], "--")) {
			only_words = true;
		} else if (only_words || argv[i][0] != '-' || !argv[i][1] || is_dashed_word(argv[i], opts, n)) {
			words[(*nwords)++] = argv[i];
		} else if (!parse_option(argc, argv, &i, opts, n, e)) {
			return false;
		}
	}
	return true;
}

// --- Listings ---

struct cli_table {
	struct cli *cli;
	size_t n;
	const char *const *keys, *const *titles; // borrowed
	char *types;
	VEC(char *) cells; // n a row; NULL: null
};

struct cli_table *cli_table_new(struct cli *c, const char *const *keys, const char *const *titles, size_t n)
{
	struct cli_table *t = xcalloc(1, sizeof(*t));
	*t = (struct cli_table){.cli = c, .n = n, .keys = keys, .titles = titles};
	return t;
}

void cli_table_types(struct cli_table *t, const char *types)
{
	if (strlen(types) != t->n)
		BUG("%zu types for %zu columns", strlen(types), t->n);
	free(t->types);
	t->types = xstrdup(types);
}

void cli_table_row(struct cli_table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->n; i++)
		vec_push(&t->cells, cells[i] ? xstrdup(cells[i]) : NULL);
}

static json_t *cell_json(char type, const char *cell)
{
	int64_t n;
	if (!cell)
		return json_null();
	if (type == 'b')
		return json_boolean(str_eq(cell, "true"));
	if (type == 'i' && parse_int(sv(cell), INT64_MIN, INT64_MAX, &n))
		return json_integer(n);
	if (type == 'r') {
		json_t *real = json_loads(cell, JSON_DECODE_ANY, NULL);
		return real ? real : json_null();
	}
	if (utf8_valid(sv(cell)))
		return json_string(cell);
	struct str clean = {0};
	utf8_clean(&clean, sv(cell), UTF8_KEEP_NL);
	json_t *j = json_string(str_z(&clean));
	str_release(&clean);
	return j;
}

static void print_json(struct cli_table *t)
{
	json_t *rows = json_array();
	for (size_t at = 0; at < t->cells.n; at += t->n) {
		json_t *row = json_object();
		for (size_t i = 0; i < t->n; i++)
			json_object_set_new(row, t->keys[i], cell_json(t->types ? t->types[i] : 's', t->cells.v[at + i]));
		json_array_append_new(rows, row);
	}
	json_dumpf(rows, t->cli->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	fputc('\n', t->cli->out);
	json_decref(rows);
}

// Appends the cell as one clean line, padded to width; numbers stand at the right.
static void add_cell(struct str *line, struct sv clean, int width, bool right)
{
	int pad = width - utf8_columns(clean);
	str_add(line, line->n ? "  " : "");
	str_addf(line, "%*s", right && pad > 0 ? pad : 0, "");
	str_addn(line, clean.p, clean.n);
	str_addf(line, "%*s", !right && pad > 0 ? pad : 0, "");
}

static void print_text(struct cli_table *t)
{
	int *width = xcalloc(t->n, sizeof(*width));
	struct str clean = {0}, line = {0};
	size_t rows = t->cells.n / t->n;
	for (size_t row = 0; rows && row <= rows * 2 + 1; row++) { // titles and cells twice: first measured, then printed
		bool print = row > rows;
		size_t r = print ? row - rows - 1 : row;
		str_clear(&line);
		for (size_t i = 0; i < t->n; i++) {
			str_clear(&clean);
			utf8_clean(&clean, sv(r ? t->cells.v[(r - 1) * t->n + i] : t->titles[i]), UTF8_LINE);
			struct sv cell = sv_n(str_z(&clean), clean.n);
			if (print)
				add_cell(&line, cell, width[i], t->types && t->types[i] == 'i');
			else if (utf8_columns(cell) > width[i])
				width[i] = utf8_columns(cell);
		}
		while (line.n && line.s[line.n - 1] == ' ')
			line.n--;
		if (print)
			fprintf(t->cli->out, "%.*s\n", (int)line.n, str_z(&line));
	}
	str_release(&clean);
	str_release(&line);
	free(width);
}

void cli_table_print(struct cli_table *t)
{
	if (t->cli->json)
		print_json(t);
	else
		print_text(t);
	for (size_t i = 0; i < t->cells.n; i++)
		free(t->cells.v[i]);
	vec_release(&t->cells);
	free(t->types);
	free(t);
}
