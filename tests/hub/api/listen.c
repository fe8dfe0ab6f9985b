// SPDX-License-Identifier: MIT
// Knows how a test listens to the hub's event stream: a thread with libcurl that keeps what came, and when.
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/hub/api/place.h"

enum { CHUNKS = 4096 };

struct listener {
	pthread_t thread;
	pthread_mutex_t lock;
	struct visitor *v;
	struct str heard, head;
	struct {
		size_t end;
		int64_t at;
	} chunk[CHUNKS];
	size_t chunks;
	atomic_bool stop;
};

static size_t hear(char *p, size_t size, size_t n, void *arg)
{
	struct listener *l = arg;

	pthread_mutex_lock(&l->lock);
	str_addn(&l->heard, p, size * n);
	if (l->chunks < CHUNKS) {
		l->chunk[l->chunks].end = l->heard.n;
		l->chunk[l->chunks++].at = now_us();
	}
	pthread_mutex_unlock(&l->lock);
	return size * n;
}

static size_t hear_head(char *p, size_t size, size_t n, void *arg)
{
	struct listener *l = arg;

	pthread_mutex_lock(&l->lock);
	str_addn(&l->head, p, size * n);
	pthread_mutex_unlock(&l->lock);
	return size * n;
}

static void *run(void *arg)
{
	struct listener *l = arg;
	CURL *c = curl_easy_init();
	CURLM *m = curl_multi_init();
	char line[200], url[300];
	int running = 1;

	snprintf(line, sizeof(line), "Authorization: Bearer %s", l->v->access);
	struct curl_slist *list = curl_slist_append(NULL, line);
	snprintf(url, sizeof(url), "%s/v1/events", l->v->door->base);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (l->v->door->socket)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, l->v->door->socket);
	if (l->v->door->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, l->v->door->ca);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, l);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear_head);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, l);
	curl_multi_add_handle(m, c);
	// By hand, so that the end comes within 20 ms instead of at the next second.
	while (running && !atomic_load(&l->stop)) {
		curl_multi_perform(m, &running);
		curl_multi_poll(m, NULL, 0, 20, NULL);
	}
	curl_multi_remove_handle(m, c);
	curl_easy_cleanup(c);
	curl_multi_cleanup(m);
	curl_slist_free_all(list);
	return NULL;
}

struct listener *listener_new(struct visitor *v)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	l->v = v;
	pthread_mutex_init(&l->lock, NULL);
	if (pthread_create(&l->thread, NULL, run, l) != 0)
		BUG("no thread");
	return l;
}

int64_t listener_when(struct listener *l, const char *text)
{
	int64_t at = -1;

	pthread_mutex_lock(&l->lock);
	const char *found = l->heard.s ? strstr(l->heard.s, text) : NULL;
	size_t end = found ? (size_t)(found - l->heard.s) + strlen(text) : 0;
	for (size_t i = 0; found && i < l->chunks && at < 0; i++)
		if (l->chunk[i].end >= end)
			at = l->chunk[i].at;
	pthread_mutex_unlock(&l->lock);
	return at;
}

struct wanted {
	struct listener *l;
	const char *text;
};

static bool has_come(void *arg)
{
	struct wanted *w = arg;

	return listener_when(w->l, w->text) >= 0;
}

bool listener_heard(struct listener *l, const char *text, int ms)
{
	return wait_for(has_come, &(struct wanted){l, text}, ms);
}

void listener_reply(struct listener *l, struct reply *out)
{
	char type[80] = "";

	memset(out, 0, sizeof(*out));
	pthread_mutex_lock(&l->lock);
	str_addn(&out->head, str_z(&l->head), l->head.n);
	str_addn(&out->body, str_z(&l->heard), l->heard.n);
	pthread_mutex_unlock(&l->lock);
	if (out->head.n > 12)
		out->status = strtol(out->head.s + strlen("HTTP/1.1 "), NULL, 10);
	reply_header(out, "Content-Type", type, sizeof(type));
	snprintf(out->type, sizeof(out->type), "%.*s", (int)strcspn(type, ";"), type);
}

void listener_free(struct listener *l)
{
	atomic_store(&l->stop, true);
	pthread_join(l->thread, NULL);
	pthread_mutex_destroy(&l->lock);
	str_release(&l->heard);
	str_release(&l->head);
	free(l);
}
