#include "uri.h"
#include "base/buf.h"

#include <string.h>

struct part {
	const char *at; /* NULL: absent, which differs from empty */
	size_t n;
};
struct uri {
	struct part scheme, authority, path, query, fragment;
};

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t scheme_len(const char *s)
{
	size_t n = 0;
	if (!is_alpha(*s))
		return 0;
	while (is_alpha(s[n]) || is_digit(s[n]) || (s[n] && strchr("+-.", s[n])))
		n++;
	return s[n] == ':' ? n : 0;
}

bool uri_is_absolute(const char *uri)
{
	return scheme_len(uri) > 0;
}

/* RFC 3986 appendix B. */
static struct uri cut(const char *s)
{
	struct uri u = { 0 };
	size_t n = scheme_len(s);
	if (n) {
		u.scheme = (struct part){ s, n };
		s += n + 1;
	}
	if (s[0] == '/' && s[1] == '/') {
		u.authority = (struct part){ s + 2, strcspn(s + 2, "/?#") };
		s += 2 + u.authority.n;
	}
	u.path = (struct part){ s, strcspn(s, "?#") };
	s += u.path.n;
	if (*s == '?') {
		u.query = (struct part){ s + 1, strcspn(s + 1, "#") };
		s += 1 + u.query.n;
	}
	if (*s == '#')
		u.fragment = (struct part){ s + 1, strlen(s + 1) };
	return u;
}

/* RFC 3986 5.2.4: "a/./b" and "a/../b" are what they mean. out has room for the n bytes of in. */
static size_t remove_dots(char *out, const char *in, size_t n)
{
	size_t m = 0;
	bool rooted = n && in[0] == '/';
	const char *end = in + n;
	while (in < end) {
		const char *from = *in == '/' ? in + 1 : in;
		const char *to = from;
		while (to < end && *to != '/')
			to++;
		size_t len = (size_t)(to - from);
		bool last = to == end;
		if (len == 1 && from[0] == '.') {
			if (last && (m || rooted))
				out[m++] = '/';
		} else if (len == 2 && from[0] == '.' && from[1] == '.') {
			while (m && out[--m] != '/')
				;
			if (last && (m || rooted))
				out[m++] = '/';
		} else {
			if (*in == '/')
				out[m++] = '/';
			memcpy(out + m, from, len);
			m += len;
		}
		in = to;
	}
	return m;
}

static void join(char **to, struct part p, const char *before, const char *after)
{
	if (!p.at)
		return;
	*to = stpcpy(*to, before);
	memcpy(*to, p.at, p.n);
	*to += p.n;
	*to = stpcpy(*to, after);
}

char *uri_resolve(struct arena *a, const char *base, const char *ref)
{
	struct uri r = cut(ref), b = cut(base), t = r;
	char *path = arena_alloc(a, b.path.n + r.path.n + 2);
	size_t n = 0;
	if (!r.scheme.at) {
		t.scheme = b.scheme;
		if (!r.authority.at) {
			t.authority = b.authority;
			if (!r.path.n) {
				t.path = b.path;
				if (!r.query.at)
					t.query = b.query;
			} else if (r.path.at[0] != '/') { /* 5.2.3: merge */
				if (b.authority.at && !b.path.n) {
					path[n++] = '/';
				} else {
					n = b.path.n;
					while (n && b.path.at[n - 1] != '/')
						n--;
					memcpy(path, b.path.at, n);
				}
				memcpy(path + n, r.path.at, r.path.n);
				t.path = (struct part){ path, n + r.path.n };
			}
		}
	}
	char *clean = arena_alloc(a, t.path.n + 1);
	t.path = (struct part){ clean, remove_dots(clean, t.path.at, t.path.n) };
	if (t.fragment.at && !t.fragment.n)
		t.fragment.at = NULL;
	char *out = arena_alloc(a, t.scheme.n + t.authority.n + t.path.n + t.query.n + t.fragment.n + 8), *p = out;
	join(&p, t.scheme, "", ":");
	join(&p, t.authority, "//", "");
	join(&p, t.path, "", "");
	join(&p, t.query, "?", "");
	join(&p, t.fragment, "#", "");
	*p = 0;
	return out;
}

static int hex_value(char c)
{
	return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool uri_split(struct arena *a, const char **base, const char **fragment, const char *uri)
{
	size_t n = strcspn(uri, "#");
	const char *p = uri[n] ? uri + n + 1 : "";
	char *out = arena_alloc(a, strlen(p) + 1), *q = out;
	for (; *p; p++) {
		if (*p != '%') {
			*q++ = *p;
			continue;
		}
		if (!is_hex(p[1]) || !is_hex(p[2]) || (p[1] == '0' && p[2] == '0'))
			return false;
		*q++ = (char)(hex_value(p[1]) << 4 | hex_value(p[2]));
		p += 2;
	}
	*q = 0;
	*base = arena_dupn(a, uri, n);
	*fragment = out;
	return true;
}

/* --- the grammar ---------------------------------------------------------------------------------------------- */

/* unreserved, sub-delims, percent-encoded, and the characters of `more`. */
static bool chars_ok(struct part p, const char *more)
{
	for (size_t i = 0; i < p.n; i++) {
		char c = p.at[i];
		if (is_alpha(c) || is_digit(c) || strchr("-._~!$&'()*+,;=", c) || strchr(more, c))
			continue;
		if (c == '%' && i + 2 < p.n && is_hex(p.at[i + 1]) && is_hex(p.at[i + 2])) {
			i += 2;
			continue;
		}
		return false;
	}
	return true;
}

static bool authority_ok(struct part p)
{
	for (size_t i = 0; i < p.n; i++)
		if (p.at[i] == '@') {
			if (!chars_ok((struct part){ p.at, i }, ":"))
				return false;
			p = (struct part){ p.at + i + 1, p.n - i - 1 };
			break;
		}
	size_t host = 0;
	if (p.n && p.at[0] == '[') { /* an IPv6 literal: shape only */
		while (host < p.n && p.at[host] != ']')
			host++;
		if (host == p.n || host < 3)
			return false;
		for (size_t i = 1; i < host; i++)
			if (!is_hex(p.at[i]) && p.at[i] != ':' && p.at[i] != '.')
				return false;
		host++;
	} else {
		while (host < p.n && p.at[host] != ':')
			host++;
		if (!chars_ok((struct part){ p.at, host }, ""))
			return false;
	}
	if (host == p.n)
		return true;
	if (p.at[host] != ':')
		return false;
	for (size_t i = host + 1; i < p.n; i++)
		if (!is_digit(p.at[i]))
			return false;
	return true;
}

bool uri_is_valid(const char *s)
{
	struct uri u = cut(s);
	return u.scheme.at && (!u.authority.at || authority_ok(u.authority)) && chars_ok(u.path, ":@/") &&
	       (!u.query.at || chars_ok(u.query, ":@/?")) && (!u.fragment.at || chars_ok(u.fragment, ":@/?"));
}
