// SPDX-License-Identifier: MIT
// Knows how a scene gets its articles.
#include "src/work/station.h"
#include "tests/view/scene.h"

void scene_kb(struct scene *s, ...)
{
	const char *name;
	va_list ap;

	va_start(ap, s);
	while ((name = va_arg(ap, const char *))) {
		char *src = xasprintf("%s/config/packs/%s", ZUOXI_SOURCEDIR, name);
		scene_must(station_add_pack(s->dir, src, &s->clock, NULL, &e));
		free(src);
	}
	va_end(ap);
}
