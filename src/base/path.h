// SPDX-License-Identifier: MIT
// Knows files and folders: joining names, making private directories, reading whole files with a cap.
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "src/base/err.h"
#include "src/base/str.h"

char *path_join(const char *dir, const char *name); // owned by the caller
bool path_exists(const char *path);
bool path_is_dir(const char *path);
// Makes the directory and its parents with mode 0700.
must_use bool path_mkdirs(const char *path, struct err *e);
// Appends the file to out; more than max bytes is ERR_LIMIT.
must_use bool path_read(const char *path, size_t max, struct str *out, struct err *e);
// Writes to a temporary name beside it, syncs, renames: the file is old or new, never half.
must_use bool path_write_atomic(const char *path, struct sv data, unsigned mode, struct err *e);
// $ZUOXI_DATA, else $XDG_DATA_HOME/zuoxi, else $HOME/.local/share/zuoxi. Owned; NULL when none is set.
char *path_data_dir(void);
char *path_config_file(void); // $XDG_CONFIG_HOME/zuoxi/zuoxi.yaml likewise
// Where packs, themes and SQL live: $ZUOXI_SHARE, else the installed share directory, else the source tree it was built in. Owned.
char *path_share(const char *name);
// Maps errno of a failed write to ERR_FULL (ENOSPC, EDQUOT, EROFS) or ERR_IO.
enum err_code err_from_errno(int errnum);

#endif
