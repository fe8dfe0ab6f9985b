// SPDX-License-Identifier: MIT
// Knows what must hold for any text read as key names and as a key script.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/app_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(struct sv name)
{
	struct err e = {0};
	struct key k, again;
	char buf[KEY_NAME_MAX];
	struct key_line line;

	if (key_parse(name, &k, &e)) {
		key_write(k, buf, sizeof(buf));
		if (!key_parse(sv(buf), &again, &e) || !key_eq(k, again))
			BUG("%s is not read as what was written", buf);
	} else if (!e.msg[0]) {
		BUG("refused without a word");
	}
	if (key_line_parse(name, &line, &e) && line.key.kind == K_NONE && (line.text.p < name.p || line.text.n > name.n))
		BUG("the text is not in the line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv rest = sv_n((const char *)data, size), line;
	struct err e = {0};
	char path[32];
	int fd = memfd_create("script", MFD_CLOEXEC);

	while (sv_split(&rest, '\n', &line))
		one(line);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		BUG("no memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct key_script *s = key_script_load(path, &e);
	if (!s && !e.msg[0])
		BUG("refused without a word");
	key_script_free(s);
	close(fd);
	return 0;
}
