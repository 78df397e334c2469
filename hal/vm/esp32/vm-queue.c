/*
 * hal/vm where the Moddable SDK runs the VM in a FreeRTOS task: a post is one message in the machine's queue, which any
 * task may fill. The queue is made long enough in the board's manifest (defines, task) for every post there can be,
 * since whoever finds it full waits: on the VM's own task that would be for ever.
 */
#include "hal/vm/vm.h"
#include "xsHost.h"
#include <stdatomic.h>
#include <stdlib.h>

struct VmPost {
	xsMachine* the;
	VmDeliver deliver;
	void* refcon;
	/* A message of this post is in the queue. */
	atomic_bool pending;
	/* VM task only. */
	bool deleted;
};

static void woken(void* the, void* refcon, uint8_t* message, uint16_t byteLength)
{
	VmPost* post = refcon;
	(void)message;
	(void)byteLength;
	/* Before the delivery: what is posted while it runs is delivered again. */
	atomic_store(&post->pending, false);
	if (post->deleted)
		free(post);
	else
		post->deliver(the, post->refcon);
}

VmPost* vmPostNew(xsMachine* the, VmDeliver deliver, void* refcon)
{
	VmPost* post = calloc(1, sizeof *post);
	if (post == NULL)
		return NULL;
	post->the = the;
	post->deliver = deliver;
	post->refcon = refcon;
	return post;
}

void vmPost(VmPost* post)
{
	if (atomic_exchange(&post->pending, true))
		return;
	if (modMessagePostToMachine(post->the, NULL, 0, woken, post) != 0)
		atomic_store(&post->pending, false);
}

void vmPostDelete(VmPost* post)
{
	if (post == NULL)
		return;
	post->deleted = true;
	/* A message that is still in the queue frees it; nobody posts any more, so this cannot change meanwhile. */
	if (!atomic_load(&post->pending))
		free(post);
}
