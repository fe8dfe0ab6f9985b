// SPDX-License-Identifier: MIT
// Knows how the shipped proxy configurations are run for a test.
#include "tests/hub/api/proxy.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "src/base/path.h"
#include "tests/unit/store/tmpdir.h"

static const char *const programs[] = {[PROXY_HAPROXY] = "/usr/sbin/haproxy", [PROXY_NGINX] = "/usr/sbin/nginx"};

bool proxy_known(enum proxy_kind k)
{
	return access(programs[k], X_OK) == 0;
}

static pid_t spawn(const char *const *argv, const char *said)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that was killed leaves no proxy behind
	int fd = open(said, O_CREAT | O_WRONLY | O_APPEND, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static void certificate(struct proxy *p)
{
	char key[220], pem[220];
	struct str all = {0};
	struct err e = {0};
	int status = 0;

	snprintf(p->ca, sizeof(p->ca), "%s/ca.pem", p->dir);
	snprintf(key, sizeof(key), "%s/key.pem", p->dir);
	snprintf(pem, sizeof(pem), "%s/tls.pem", p->dir);
	const char *const argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
		"-out", p->ca, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", NULL};
	waitpid(spawn(argv, p->said), &status, 0);
	assert_int_equal(status, 0);
	assert_ok(path_read(p->ca, 65536, &all, &e) && path_read(key, 65536, &all, &e) &&
		  path_write_atomic(pem, sv_n(all.s, all.n), 0600, &e), e);
	str_release(&all);
}

// The file with every change made; each must be there to be made.
static char *changed(const char *name, const struct change *const *lists, size_t n)
{
	char *path = xasprintf("%s/%s", ZUOXI_CONFIG_HUB, name);
	struct str text = {0};
	struct err e = {0};

	assert_ok(path_read(path, 1 << 20, &text, &e), e);
	for (size_t i = 0; i < n; i++)
		for (const struct change *c = lists[i]; c && c->from; c++) {
			struct str next = {0};
			const char *at = str_z(&text), *found;
			if (!strstr(at, c->from))
				fail_msg("%s does not say: %s", name, c->from);
			for (; (found = strstr(at, c->from)); at = found + strlen(c->from)) {
				str_addn(&next, at, (size_t)(found - at));
				str_add(&next, c->to);
			}
			str_add(&next, at);
			str_release(&text);
			text = next;
		}
	free(path);
	return str_take(&text);
}

static char *written(struct proxy *p, const char *name, const struct change *mine, const struct change *others)
{
	const struct change *const lists[] = {mine, others};
	char *text = changed(name, lists, 2), *path = path_join(p->dir, name);
	struct err e = {0};

	assert_ok(path_write_atomic(path, sv(text), 0600, &e), e);
	free(text);
	return path;
}

// A listening socket that the proxy inherits: no port is free between choosing and using it.
static int inherited(struct proxy *p)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&in, n) == 0 && listen(fd, 512) == 0);
	getsockname(fd, (struct sockaddr *)&in, &n);
	snprintf(p->door.base, sizeof(p->door.base), "https://127.0.0.1:%d", ntohs(in.sin_port));
	return fd;
}

static void start_haproxy(struct proxy *p, const char *to, const struct change *changes)
{
	char bind[32], pem[220], hub[220];
	char *path = written(p, "haproxy.cfg", NULL, changes);
	int fd = inherited(p);

	snprintf(bind, sizeof(bind), "fd@%d", fd);
	snprintf(pem, sizeof(pem), "%s/tls.pem", p->dir);
	snprintf(hub, sizeof(hub), "%s%s", str_starts(to, "unix:") ? "unix@" : "", str_starts(to, "unix:") ? to + 5 : to);
	setenv("ZUOXI_BIND", bind, 1);
	setenv("ZUOXI_CERT", pem, 1);
	setenv("ZUOXI_HUB", hub, 1);
	setenv("ZUOXI_MAXCONN", "200", 1);
	const char *const argv[] = {programs[PROXY_HAPROXY], "-db", "-f", path, NULL};
	p->pid = spawn(argv, p->said);
	close(fd);
	free(path);
}

static void start_nginx(struct proxy *p, const char *to, const struct change *changes)
{
	char pem[240], pid[240], tmp[240], hub[240], listen[260];

	snprintf(p->socket, sizeof(p->socket), "%s/tls.sock", p->dir);
	snprintf(pem, sizeof(pem), "%s/tls.pem", p->dir);
	snprintf(pid, sizeof(pid), "pid %s/pid", p->dir);
	snprintf(tmp, sizeof(tmp), "_path %s/", p->dir);
	snprintf(hub, sizeof(hub), "server %s;", to);
	snprintf(listen, sizeof(listen), "listen unix:%s ssl", p->socket);
	const struct change mine[] = {{"pid /run/zuoxi-nginx.pid", pid}, {"_path /var/lib/nginx/", tmp}, {"server 127.0.0.1:8470;", hub},
		{"/etc/zuoxi-hub/tls.pem", pem}, {"listen 443 ssl", listen}, {"worker_processes auto", "daemon off; worker_processes 1"},
		{"worker_connections 9000", "worker_connections 200"}, {"worker_rlimit_nofile 20000", "worker_rlimit_nofile 1000"}, {NULL, NULL}};
	char *path = written(p, "nginx.conf", mine, changes);
	const char *const argv[] = {programs[PROXY_NGINX], "-c", path, "-p", p->dir, "-e", "stderr", NULL};
	// Its workers give up root's rights and must still reach what is in here.
	chmod(p->dir, 0755);
	p->pid = spawn(argv, p->said);
	snprintf(p->door.base, sizeof(p->door.base), "https://localhost");
	p->door.socket = p->socket;
	free(path);
}

static bool accepts(void *arg)
{
	struct proxy *p = arg;
	struct visitor v = {.door = &p->door};
	struct reply r;

	bool ok = visitor_ask(&v, SHOW_NOTHING, "GET", "/healthz", NULL, sv(""), &r, NULL);
	reply_release(&r);
	return ok;
}

void proxy_begin(struct proxy *p, enum proxy_kind k, const char *to, const struct change *changes)
{
	struct str said = {0};

	memset(p, 0, sizeof(*p));
	p->dir = tmpdir_new();
	snprintf(p->said, sizeof(p->said), "%s/said", p->dir);
	certificate(p);
	p->door.ca = p->ca;
	if (k == PROXY_HAPROXY)
		start_haproxy(p, to, changes);
	else
		start_nginx(p, to, changes);
	if (!wait_for(accepts, p, 10000)) {
		if (!path_read(p->said, 65536, &said, NULL))
			str_add(&said, "nothing");
		fail_msg("%s does not serve; it said: %s", programs[k], str_z(&said));
	}
}

void proxy_end(struct proxy *p)
{
	int status;

	kill(p->pid, SIGTERM);
	waitpid(p->pid, &status, 0);
	tmpdir_free(p->dir);
	memset(p, 0, sizeof(*p));
}

// ---- what it holds ----

static int sockets_of(pid_t pid)
{
	char path[64], to[300];
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *d = opendir(path);
	for (struct dirent *f; d && (f = readdir(d));) {
		ssize_t got = readlinkat(dirfd(d), f->d_name, to, sizeof(to) - 1);
		to[got > 0 ? got : 0] = '\0';
		n += str_starts(to, "socket:");
	}
	if (d)
		closedir(d);
	return n;
}

int proxy_sockets(const struct proxy *p)
{
	char path[64], children[400] = "";
	int n = sockets_of(p->pid);

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
	FILE *f = fopen(path, "r");
	if (f && fgets(children, sizeof(children), f)) {
		struct sv rest = sv(children), part;
		int64_t pid;
		while (sv_split(&rest, ' ', &part))
			if (parse_int(part, 1, INT32_MAX, &pid))
				n += sockets_of((pid_t)pid);
	}
	if (f)
		fclose(f);
	return n;
}
