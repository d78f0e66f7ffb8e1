/* Names and addresses, with a resolver of our own in libc's place: the linker takes the program's getaddrinfo before libc's. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "helpers.h"
#include "net/reach.h"

static int hold[2]; /* a pipe: "lent" is answered when it is closed */

static struct addrinfo *address(const char *text, int port, struct addrinfo *next)
{
	struct {
		struct addrinfo ai;
		struct sockaddr_in6 six;
		struct sockaddr_in four;
	} *a = calloc(1, sizeof *a);
	a->ai = (struct addrinfo){ .ai_socktype = SOCK_STREAM, .ai_next = next };
	if (strchr(text, ':')) {
		a->six = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
		inet_pton(AF_INET6, text, &a->six.sin6_addr);
		a->ai.ai_family = AF_INET6;
		a->ai.ai_addr = (struct sockaddr *)&a->six;
		a->ai.ai_addrlen = sizeof a->six;
	} else {
		a->four = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
		inet_pton(AF_INET, text, &a->four.sin_addr);
		a->ai.ai_family = AF_INET;
		a->ai.ai_addr = (struct sockaddr *)&a->four;
		a->ai.ai_addrlen = sizeof a->four;
	}
	return &a->ai;
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->ai_next;
		free(list);
		list = next;
	}
}

/* "lent"; "nulle-part"; else addresses with "+" between. */
int getaddrinfo(const char *restrict host, const char *restrict port, const struct addrinfo *restrict hints,
		struct addrinfo **restrict out)
{
	char byte, text[256];
	(void)hints;
	if (!strcmp(host, "nulle-part"))
		return EAI_NONAME;
	if (!strcmp(host, "lent")) {
		if (read(hold[0], &byte, 1) < 0)
			return EAI_SYSTEM;
		host = "127.0.0.1";
	}
	struct addrinfo *list = NULL;
	snprintf(text, sizeof text, "%s", host);
	for (char *plus; (plus = strrchr(text, '+')); *plus = 0)
		list = address(plus + 1, atoi(port), list);
	*out = address(text, atoi(port), list);
	return 0;
}

static int listener(const char *host, int backlog, int *port)
{
	struct addrinfo *a = address(host, *port, NULL);
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	struct sockaddr_in6 got;
	socklen_t n = sizeof got;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) < 0) {
		freeaddrinfo(a);
		close(fd);
		return -1;
	}
	freeaddrinfo(a);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&got, &n), 0);
	*port = ntohs(got.sin6_port); /* at the same place in both kinds */
	return fd;
}

static int dial(const char *host, int port, int ms, int *why)
{
	struct addrinfo *list = NULL;
	int fd = -1, rc = reach_resolve(&list, why, host, port, clock_mono_ms() + ms, NULL);
	assert_int_equal(rc, 0);
	rc = reach_dial(&fd, why, list, clock_mono_ms() + ms, NULL);
	freeaddrinfo(list);
	if (!rc)
		close(fd);
	return rc;
}

static void a_slow_resolver(void **state)
{
	(void)state;
	struct addrinfo *list = NULL;
	int why = 0;
	struct alarm a;
	assert_int_equal(pipe(hold), 0);
	int64_t begun = clock_mono_ms();
	assert_int_equal(reach_resolve(&list, &why, "lent", 22, begun + 200, NULL), ERR_NET);
	in_time(begun, 200);
	assert_int_equal(cancel_new(&a.cancel, NULL), 0);
	alarm_set(&a);
	assert_int_equal(reach_resolve(&list, &why, "lent", 22, clock_mono_ms() + 60000, a.cancel), ERR_CANCELLED);
	int late = alarm_end(&a);
	print_message("# cancelled %d ms after the bell\n", late);
	assert_true(late < LATE_MS);
	assert_null(list);

	/* a person reads which machine and what to look at */
	struct ssh_target t = { .host = "lent" };
	struct ssh_config c = { .known_hosts = "/nonexistent", .connect_ms = 100 };
	struct err e = { 0 };
	struct ssh *s;
	must_be(ssh_connect(&s, &t, &c, NULL, &e), ERR_NET, &e);
	says(&e, "lent");
	says(&e, "nom");
	/* questions that nobody answers do not pile up for ever */
	int rc = ERR_NET;
	for (int i = 0; i < 40 && rc == ERR_NET; i++)
		rc = reach_resolve(&list, &why, "lent", 22, clock_mono_ms(), NULL);
	assert_int_equal(rc, ERR_IO);
	assert_int_equal(why, EAI_AGAIN);

	close(hold[1]); /* now they are all answered, to nobody; and new ones are possible again */
	begun = clock_mono_ms();
	while ((rc = reach_resolve(&list, &why, "lent", 22, clock_mono_ms() + 1000, NULL)) != 0)
		assert_true(clock_mono_ms() - begun < 10000);
	freeaddrinfo(list);
	assert_int_equal(reach_resolve(&list, &why, "nulle-part", 22, clock_mono_ms() + 10000, NULL), ERR_IO);
	assert_int_equal(why, EAI_NONAME);
	strcpy(t.host, "nulle-part");
	must_be(ssh_connect(&s, &t, &c, NULL, &e), ERR_NET, &e);
	says(&e, "introuvable");
	close(hold[0]);
}

/* A listener whose queue is full answers nobody: connecting to it hangs, as to an address behind a silent firewall. */
static int full(int *port, int fill[8])
{
	int fd = listener("127.0.0.1", 0, port);
	struct addrinfo *a = address("127.0.0.1", *port, NULL);
	for (int i = 0; i < 8; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		connect(fill[i], a->ai_addr, a->ai_addrlen);
	}
	freeaddrinfo(a);
	return fd;
}

static void the_next_address_helps(void **state)
{
	(void)state;
	int fill[8], port = 0, why = 0;
	int silent = full(&port, fill), good = listener("127.0.0.2", 4, &port);
	int64_t begun = clock_mono_ms();
	assert_int_equal(dial("127.0.0.1", port, 300, &why), ERR_NET); /* it is silent indeed */
	in_time(begun, 300);
	begun = clock_mono_ms();
	assert_int_equal(dial("127.0.0.1+127.0.0.2", port, 60000, &why), 0);
	int took = (int)(clock_mono_ms() - begun);
	print_message("# one silent address costs %d ms\n", took);
	assert_true(took >= 240 && took < LATE_MS);
	/* refused ones cost nothing, however many, and of no help at all is said with its reason */
	begun = clock_mono_ms();
	assert_int_equal(dial("127.0.0.3+127.0.0.4+127.0.0.5+127.0.0.2", port, 60000, &why), 0);
	assert_int_equal(dial("127.0.0.3+127.0.0.4", port, 60000, &why), ERR_IO);
	assert_int_equal(why, ECONNREFUSED);
	assert_true(clock_mono_ms() - begun < LATE_MS);
	/* the silent one is not given up: the others being of no use, it has all the time there is */
	begun = clock_mono_ms();
	assert_int_equal(dial("127.0.0.1+127.0.0.3", port, 700, &why), ERR_NET);
	in_time(begun, 700);
	for (int i = 0; i < 8; i++)
		close(fill[i]);
	close(silent);
	close(good);
}

static void families_take_turns(void **state)
{
	(void)state;
	int port = 0, why = 0;
	int good = listener("127.0.0.1", 4, &port);
	assert_int_equal(dial("::1+127.0.0.1", port, 60000, &why), 0); /* no IPv6 here, or nobody listens there: IPv4 */
	assert_int_equal(dial("2001:db8::1+2001:db8::2+2001:db8::3+127.0.0.1", port, 60000, &why), 0);
	int six = listener("::1", 4, &port);
	close(good);
	if (six >= 0) { /* this machine has IPv6 */
		assert_int_equal(dial("127.0.0.1+::1", port, 60000, &why), 0);
		close(six);
	}
}

/* More addresses than are ever tried, and the only good one late among those that are. */
static void many_addresses(void **state)
{
	(void)state;
	char host[256] = "127.1.0.1";
	int port = 0, why = 0;
	int good = listener("127.0.0.1", 4, &port);
	for (int i = 2; i < 8; i++)
		snprintf(host + strlen(host), sizeof host - strlen(host), "+127.1.0.%d", i);
	strcat(host, "+127.0.0.1+127.1.0.20+127.1.0.21+127.1.0.22");
	assert_int_equal(dial(host, port, 60000, &why), 0);
	close(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_resolver),
		cmocka_unit_test(the_next_address_helps),
		cmocka_unit_test(families_take_turns),
		cmocka_unit_test(many_addresses),
	};
	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
