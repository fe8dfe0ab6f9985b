// SPDX-License-Identifier: MIT
// Knows TLS in front of a test's server: haproxy with certificates of a private authority that openssl makes on the spot.
#include "tests/sync/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/path.h"

struct tls {
	pid_t pid;
	int port;
	char *dir;
};

// A script of the shell with DIR as $1 and the kind as $2.
static void run(const char *script, const char *dir, const char *kind)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-euc", script, "sh", dir, kind, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		BUG("openssl failed");
}

static const char make_ca[] = "cd \"$1\"; exec 2>openssl.log\n"
			      "[ -f ca.pem ] && exit\n"
			      "for ca in ca other; do\n"
			      "  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $ca.key -out "
			      "$ca.pem -days 30 -subj /CN=test-$ca\n"
			      "done\n";
static const char make_cert[] =
	"cd \"$1\"; exec 2>>openssl.log\n"
	"ca=ca days=30 name=IP:127.0.0.1,DNS:localhost\n"
	"case $2 in expired) days=-1 ;; other-ca) ca=other ;; other-name) name=DNS:elsewhere.example ;; esac\n"
	"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $2.key -out $2.csr -subj /CN=hub\n"
	"printf 'subjectAltName=%s\\nextendedKeyUsage=serverAuth\\n' \"$name\" >$2.ext\n"
	"openssl x509 -req -in $2.csr -CA $ca.pem -CAkey $ca.key -set_serial 0x$(openssl rand -hex 8) -days $days -extfile $2.ext "
	"-out $2.pem\n"
	"cat $2.pem $2.key >$2.both\n";

static const char *const kinds[] = {[TLS_GOOD] = "good", [TLS_EXPIRED] = "expired", [TLS_OTHER_CA] = "other-ca",
				    [TLS_OTHER_NAME] = "other-name"};

// haproxy is given a socket that listens already: no port is guessed, and nobody connects too early.
static void start(struct tls *t, enum tls_kind kind, const char *server)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(in);
	struct str text = {0};
	struct err e = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 || listen(fd, 512) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) != 0)
		BUG("no socket for haproxy");
	t->port = ntohs(in.sin_port);
	char *conf = xasprintf("%s/haproxy-%s-%d.cfg", t->dir, kinds[kind], t->port);
	str_addf(&text,
		 "global\n maxconn 500\n nbthread 1\ndefaults\n mode http\n option abortonclose\n timeout connect 5s\n timeout "
		 "client 90s\n"
		 " timeout server 90s\nfrontend f\n bind fd@%d ssl crt %s/%s.both alpn http/1.1\n default_backend b\n"
		 "backend b\n server s %s\n",
		 fd, t->dir, kinds[kind], server);
	if (!path_write_atomic(conf, sv_n(text.s, text.n), 0600, &e))
		BUG("%s", e.msg);
	str_release(&text);
	t->pid = fork();
	if (t->pid == 0) {
		execlp("haproxy", "haproxy", "-db", "-q", "-f", conf, (char *)NULL);
		execl("/usr/sbin/haproxy", "haproxy", "-db", "-q", "-f", conf, (char *)NULL);
		_exit(127);
	}
	close(fd);
	free(conf);
}

void tls_make_ca(const char *dir)
{
	run(make_ca, dir, "");
}

struct tls *tls_new_to(const char *dir, enum tls_kind kind, const char *server)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->dir = xstrdup(dir);
	tls_make_ca(dir);
	run(make_cert, dir, kinds[kind]);
	start(t, kind, server);
	return t;
}

struct tls *tls_new(const char *dir, enum tls_kind kind, int port)
{
	char *server = xasprintf("127.0.0.1:%d", port);
	struct tls *t = tls_new_to(dir, kind, server);

	free(server);
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	kill(t->pid, SIGKILL);
	waitpid(t->pid, NULL, 0);
	free(t->dir);
	free(t);
}

int tls_port(const struct tls *t)
{
	return t->port;
}

static char *text_of(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	struct str s = {0};
	struct err e = {0};

	if (!path_read(path, 65536, &s, &e))
		BUG("%s", e.msg);
	free(path);
	while (s.n && s.s[s.n - 1] == '\n')
		s.s[--s.n] = '\0';
	return str_take(&s);
}

char *tls_pin(const struct tls *t)
{
	run("cd \"$1\"; printf sha256// >pin; openssl x509 -in good.pem -pubkey -noout | openssl pkey -pubin -outform der |"
	    " openssl dgst -sha256 -binary | openssl base64 >>pin\n", t->dir, "");
	return text_of(t->dir, "pin");
}

char *tls_ca(const char *dir)
{
	return text_of(dir, "ca.pem");
}
