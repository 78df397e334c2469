/*
 * Posts from threads. One eventfd wakes the VM thread for all of them; each post has an atomic flag that coalesces. A
 * post that exists keeps the program alive, since the eventfd is watched as long as there is one.
 */
#include "../vm.h"
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct VmPost {
	VmPost* next;
	VmDeliver deliver;
	void* refcon;
	atomic_bool pending;
	bool deleted;
};

/* The VM thread's, but for the descriptor, which is written only while there is no post. */
static struct {
	VmPost* posts;
	VmWatch* watch;
	int descriptor;
	bool delivering;
} queue = {.descriptor = -1};

static void sweep(void)
{
	for (VmPost** at = &queue.posts; *at != NULL;) {
		VmPost* post = *at;
		if (post->deleted) {
			*at = post->next;
			free(post);
		} else
			at = &post->next;
	}
	if (queue.posts == NULL && queue.watch != NULL) {
		vmWatchDelete(queue.watch);
		queue.watch = NULL;
		close(queue.descriptor);
		queue.descriptor = -1;
	}
}

static void woken(xsMachine* the, int events, void* refcon)
{
	uint64_t count;
	(void)events;
	(void)refcon;
	if (read(queue.descriptor, &count, sizeof count) < 0)
		return;
	queue.delivering = true;
	for (VmPost* post = queue.posts; post != NULL; post = post->next) {
		if (!post->deleted && atomic_exchange(&post->pending, false))
			post->deliver(the, post->refcon);
	}
	queue.delivering = false;
	sweep();
}

VmPost* vmPostNew(xsMachine* the, VmDeliver deliver, void* refcon)
{
	VmPost* post = calloc(1, sizeof(VmPost));
	if (post == NULL)
		return NULL;
	if (queue.descriptor < 0)
		queue.descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (queue.descriptor >= 0 && queue.watch == NULL)
		queue.watch = vmWatchNew(the, queue.descriptor, POLLIN, woken, NULL);
	if (queue.watch == NULL) {
		free(post);
		return NULL;
	}
	post->deliver = deliver;
	post->refcon = refcon;
	post->next = queue.posts;
	queue.posts = post;
	return post;
}

void vmPost(VmPost* post)
{
	uint64_t one = 1;
	if (!atomic_exchange(&post->pending, true)) {
		ssize_t written = write(queue.descriptor, &one, sizeof one);
		(void)written; /* It fails only when the counter is full, and then the VM is already being woken. */
	}
}

void vmPostDelete(VmPost* post)
{
	if (post == NULL)
		return;
	post->deleted = true;
	if (!queue.delivering)
		sweep();
}
