/* How a fetch runs. libgit2 asks for the action UPLOADPACK_LS: the command `git-upload-pack '<path>'` is started
 * on the other machine and its output read (the list of refs). Then for UPLOADPACK: that is the same conversation,
 * so the same stream goes on. close ends the channel; the session stays in the pool. Nobody waits for the end of an upload-pack:
 * everything it had to say was heard. A push does not come this way: sendpack.c.
 *
 * When it fails. libgit2 would replace what hubpipe.c has to say by "early EOF": it keeps the first error. libgit2's own close writes
 * a last flush packet even when the command has gone: that write fails, and must neither hide what came before nor cost the session.
 */
#include "transport.h"

#include <stdlib.h>
#include <string.h>

struct link {
	git_smart_subtransport base;
	struct hubpipe *pipe;  /* borrow */
	struct stream *stream; /* borrow; libgit2 frees it */
};
struct stream {
	git_smart_subtransport_stream base;
	struct link *link; /* borrow; NULL once the link has closed */
};

/* libgit2 wants its own error set beside the code, or it reports whatever was left from before. */
static int passed_on(const struct hubpipe *p, int rc)
{
	if (rc)
		git_error_set_str(GIT_ERROR_NET, p->err.code ? p->err.msg : "the command has ended");
	return rc;
}

static int stream_read(git_smart_subtransport_stream *s, char *bytes, size_t n, size_t *got)
{
	struct link *l = ((struct stream *)s)->link;
	*got = 0;
	return l ? passed_on(l->pipe, hubpipe_read(l->pipe, bytes, n, got)) : -1;
}

static int stream_write(git_smart_subtransport_stream *s, const char *bytes, size_t n)
{
	struct link *l = ((struct stream *)s)->link;
	return l && !passed_on(l->pipe, hubpipe_write(l->pipe, bytes, n)) ? 0 : -1;
}

static void stream_free(git_smart_subtransport_stream *s)
{
	struct stream *stream = (struct stream *)s;
	if (stream->link)
		stream->link->stream = NULL;
	free(stream);
}

static int link_close(git_smart_subtransport *sub)
{
	struct link *l = (struct link *)sub;
	if (l->stream) {
		l->stream->link = NULL;
		l->stream = NULL;
	}
	hubpipe_end(l->pipe, true);
	return 0;
}

static int link_action(git_smart_subtransport_stream **out, git_smart_subtransport *sub, const char *url,
		       git_smart_service_t action)
{
	struct link *l = (struct link *)sub;
	must(action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_UPLOADPACK);
	if (action == GIT_SERVICE_UPLOADPACK_LS) {
		link_close(sub);
		if (passed_on(l->pipe, hubpipe_start(l->pipe, url, "git-upload-pack")))
			return -1;
	}
	if (l->stream) { /* the conversation goes on */
		*out = &l->stream->base;
		return 0;
	}
	struct stream *s = calloc(1, sizeof *s);
	if (!s) {
		git_error_set_oom();
		return -1;
	}
	s->base.subtransport = sub;
	s->base.read = stream_read;
	s->base.write = stream_write;
	s->base.free = stream_free;
	s->link = l;
	l->stream = s;
	*out = &s->base;
	return 0;
}

static void link_free(git_smart_subtransport *sub)
{
	link_close(sub);
	free(sub);
}

static int link_new(git_smart_subtransport **out, git_transport *owner, void *param)
{
	(void)owner;
	struct link *l = calloc(1, sizeof *l);
	if (!l) {
		git_error_set_oom();
		return -1;
	}
	l->base.action = link_action;
	l->base.close = link_close;
	l->base.free = link_free;
	l->pipe = param;
	*out = &l->base;
	return 0;
}

int transport_new(git_transport **out, git_remote *owner, struct transport *t)
{
	t->def = (git_smart_subtransport_definition){ .callback = link_new, .rpc = 0, .param = &t->pipe };
	return git_transport_smart(out, owner, &t->def);
}
