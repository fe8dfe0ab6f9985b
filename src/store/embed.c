// SPDX-License-Identifier: MIT
// Knows how the migration files become C: run at build time as `embed OUT 0001_x.sql 0002_y.sql ...`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, const char *name)
{
	fprintf(stderr, "embed: %s: %s\n", what, name);
	return 1;
}

static void literal(FILE *out, FILE *in)
{
	int c;

	fputs("\t\"", out);
	while ((c = getc(in)) != EOF) {
		if (c == '\n')
			fputs("\\n\"\n\t\"", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			putc(c, out);
	}
	fputs("\"", out);
}

int main(int argc, char **argv)
{
	FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;

	if (!out)
		return fail("cannot write", argc > 1 ? argv[1] : "(no name)");
	fputs("#include \"src/store/db.h\"\n\nconst struct db_step store_schema[] = {\n", out);
	for (int i = 2; i < argc; i++) {
		const char *name = strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i];
		FILE *in = fopen(argv[i], "r");
		if (!in)
			return fail("cannot read", argv[i]);
		if (strtol(name, NULL, 10) != i - 1)
			return fail("the chain has a hole or is out of order at", name);
		fprintf(out, "\t{\"%s\",\n", name);
		literal(out, in);
		fputs("},\n", out);
		fclose(in);
	}
	fprintf(out, "};\nconst size_t store_schema_n = %d;\n", argc - 2);
	return fclose(out) == 0 ? 0 : fail("cannot write", argv[1]);
}
