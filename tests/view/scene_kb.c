// SPDX-License-Identifier: MIT
// Knows how a scene gets its articles.
#include "kb/import.h"
#include "src/work/station.h"
#include "tests/view/scene.h"

void scene_kb(struct scene *s, ...)
{
	// Straight into kb.db: the scene's store holds the lock that station_add_pack takes.
	char *path = station_kb_path(s->dir);
	struct kb *kb = NULL;
	const char *name;
	va_list ap;

	scene_must(kb_open(&kb, path, KB_WRITE, &s->clock, "Asia/Shanghai", &e));
	va_start(ap, s);
	while ((name = va_arg(ap, const char *))) {
		char *src = xasprintf("%s/config/packs/%s/kb", ZUOXI_SOURCEDIR, name);
		struct kb_import_report rep = {0};
		scene_must(kb_import(kb, src, &(struct kb_import_opts){0}, &rep, &e));
		free(src);
	}
	va_end(ap);
	kb_close(kb);
	free(path);
}

void scene_kb_all(const struct scene *s)
{
	static const char *const names[] = {"common", "finance", "airline", "retail"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *src = xasprintf("%s/config/packs/%s", ZUOXI_SOURCEDIR, names[i]);
		scene_must(station_add_pack(s->dir, src, &s->clock, NULL, &e));
		free(src);
	}
}
