# SPDX-License-Identifier: MIT
"""What a bench of the hub needs beside it: a store made by hub_seed, the hub, haproxy with TLS, PostgreSQL, the generator."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path("build-release")
HUB = BUILD / "src" / "zuoxi-hub"
TOOLS = BUILD / "tests" / "bench"
CONFIG = pathlib.Path("config") / "hub"


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(what, seconds, test):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return
        time.sleep(.005)
    sys.exit(f"hub: {what} did not happen within {seconds} s")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), .2).close()
        return True
    except OSError:
        return False


def memory(pid, field="VmRSS"):
    """kB resident."""
    with open(f"/proc/{pid}/status", encoding="utf8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="utf8") as f:
        parts = f.read().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


class Place:
    """A folder that is gone afterwards, and everything started in it."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="zuoxi-hub-bench-"))
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for p in reversed(self.running):
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(15)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, argv, log, **more):
        with open(self.dir / log, "ab") as out:
            p = subprocess.Popen([str(a) for a in argv], stdout=out, stderr=out, stdin=subprocess.DEVNULL, **more)
        self.running.append(p)
        return p

    def log(self, name, lines=15):
        return "\n".join((self.dir / name).read_text(errors="replace").splitlines()[-lines:])


class Store:
    """A seeded store. engine: sqlite or postgresql."""

    def __init__(self, place, engine, seats, queues, rows=0, articles=0):
        self.place, self.engine = place, engine
        self.name = f"{engine}-{seats}-{rows}-{articles}"
        self.data = place.dir / self.name
        self.data.mkdir()
        self.file = self.data / "hub.db"
        if engine == "sqlite":
            self.url = f"sqlite:{self.file}"
        else:
            self.postgres = Postgres(place)
            self.url = self.postgres.url
        subprocess.run(hub_command("init", self, "--site", "SHA"), check=True, stdout=subprocess.DEVNULL, input=b"not of use to anybody\n")
        self.seats = self.data / "seats"
        with open(self.seats, "wb") as out:
            subprocess.run([TOOLS / "hub_seed", self.url, key_file(self), str(seats), str(queues), str(rows), str(articles)],
                           check=True, stdout=out)


def key_file(store):
    return store.data / "hub.key"


def hub_command(word, store, *more):
    return [str(HUB), word, "--store", store.url, "--keys", str(key_file(store)), *map(str, more)]


class Hub:
    """zuoxi-hub serve as it is; unlimited: the same server without the limits on how often a station may ask."""

    def __init__(self, place, store, unlimited=False):
        self.place, self.store, self.port = place, store, free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.argv = ([TOOLS / "hub_serve", store.url, key_file(store), self.address] if unlimited else
                     hub_command("serve", store, "--listen", self.address))
        self.process = None
        self.start()

    def start(self):
        self.process = self.place.start(self.argv, "hub.log")
        wait(f"the start of the hub ({self.place.log('hub.log')})", 30, lambda: accepts(self.port) or self.process.poll() is not None)
        if self.process.poll() is not None:
            sys.exit("hub: the hub ended at once:\n" + self.place.log("hub.log"))

    def log(self):
        return self.place.log("hub.log")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Haproxy:
    """The configuration that is shipped, run as it is."""

    def __init__(self, place, hub, maxconn):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        key, self.ca, pem = place.dir / "key.pem", place.dir / "ca.pem", place.dir / "tls.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
                        self.ca, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True,
                       stderr=subprocess.DEVNULL)
        pem.write_bytes(self.ca.read_bytes() + key.read_bytes())
        env = dict(os.environ, ZUOXI_BIND=self.address, ZUOXI_CERT=str(pem), ZUOXI_HUB=hub.address, ZUOXI_MAXCONN=str(maxconn))
        self.process = place.start(["haproxy", "-db", "-f", CONFIG / "haproxy.cfg"], "haproxy.log", env=env)
        wait("the start of haproxy", 10, lambda: accepts(self.port))


class Postgres:
    """A cluster of its own on a unix socket, durable as the default is (fsync, synchronous_commit on)."""

    def __init__(self, place):
        self.bin = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
        if not self.bin:
            sys.exit("hub: PostgreSQL is not installed (apt-get install postgresql-15)")
        self.dir = place.dir / "pg"
        self.dir.mkdir()
        place.dir.chmod(0o755)
        who = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if who:
            os.chown(self.dir, who.pw_uid, who.pw_gid)
        self.as_who = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        subprocess.run([self.bin / "initdb", "-D", self.dir / "data", "-A", "trust", "-U", "hub", "--no-sync", "-E", "UTF8", "--locale=C"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/", **self.as_who)
        self.process = place.start([self.bin / "postgres", "-D", self.dir / "data", "-k", self.dir, "-c", "listen_addresses=", "-c",
                                    "shared_buffers=256MB", "-c", "max_connections=200"], "pg.log", cwd="/", **self.as_who)
        wait("the start of PostgreSQL", 30, lambda: self.sql("select 1", "postgres", quiet=True) is not None)
        self.sql("create database hub", "postgres")
        self.url = f"postgresql:///hub?host={self.dir}&user=hub"

    def sql(self, text, db="hub", quiet=False):
        r = subprocess.run(["psql", "-h", self.dir, "-U", "hub", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, db],
                           capture_output=True, text=True)
        if r.returncode and not quiet:
            sys.exit(f"hub: psql: {r.stderr}")
        return None if r.returncode else r.stdout.strip()

    def bench(self, script, clients, seconds):
        """Transactions a second of pgbench, and its mean latency in ms."""
        path = self.dir / "script.sql"
        path.write_text(script)
        r = subprocess.run([self.bin / "pgbench", "-h", self.dir, "-U", "hub", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T",
                            str(seconds), "-f", path, "hub"], capture_output=True, text=True)
        if r.returncode:
            sys.exit(f"hub: pgbench: {r.stderr}")
        return next(float(line.split("=")[1].split()[0]) for line in r.stdout.splitlines() if line.startswith("tps"))


class Load:
    """The generator: one word, one answer."""

    def __init__(self, place, address, store, ca=None):
        argv = [TOOLS / "hub_load", address, store.seats] + ([ca] if ca else [])
        self.p = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        place.running.append(self.p)

    def say(self, text):
        self.p.stdin.write(text + "\n")
        self.p.stdin.flush()

    def hear(self):
        line = self.p.stdout.readline()
        if not line:
            sys.exit("hub: the generator ended")
        return json.loads(line)

    def ask(self, text):
        self.say(text)
        return self.hear()

    def end(self):
        self.p.stdin.close()
        self.p.wait(30)
