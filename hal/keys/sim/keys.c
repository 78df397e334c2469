/*
 * Keys in the simulator: any thread puts names into one bounded queue, the VM thread takes them out. The queue stands
 * for the wires of one keyboard, so there is one, and one Keys object may listen.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "../keys.h"
#include "../../vm/vm.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_LENGTH 32

typedef struct {
	VmPost* post;
	xsSlot object;
	xsSlot* onKey;
} Keys;

static struct {
	pthread_mutex_t lock;
	char names[QUEUE_LENGTH][KEYS_NAME_BYTES];
	uint32_t first, count;
	uint32_t dropped;
	Keys* listener;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool isName(const char* name)
{
	size_t length = 0;
	for (; name[length] != 0; length++) {
		if (length == KEYS_NAME_BYTES - 1 || name[length] <= ' ' || name[length] > '~')
			return false;
	}
	return length > 0;
}

bool keysPost(const char* name)
{
	bool taken = false;
	pthread_mutex_lock(&queue.lock);
	if (queue.listener != NULL && queue.count < QUEUE_LENGTH && isName(name)) {
		strcpy(queue.names[(queue.first + queue.count) % QUEUE_LENGTH], name);
		queue.count++;
		vmPost(queue.listener->post);
		taken = true;
	} else
		queue.dropped++;
	pthread_mutex_unlock(&queue.lock);
	return taken;
}

static bool takeKey(const Keys* keys, char* name)
{
	bool taken = false;
	pthread_mutex_lock(&queue.lock);
	if (queue.listener == keys && queue.count > 0) {
		strcpy(name, queue.names[queue.first]);
		queue.first = (queue.first + 1) % QUEUE_LENGTH;
		queue.count--;
		taken = true;
	}
	pthread_mutex_unlock(&queue.lock);
	return taken;
}

/* One key at a time: the callback may close the object, and may throw without losing the keys behind. */
static void deliver(xsMachine* the, void* refcon)
{
	Keys* keys = refcon;
	char name[KEYS_NAME_BYTES];
	while (takeKey(keys, name)) {
		xsBeginHost(the);
		{
			xsmcVars(1);
			xsmcSetString(xsVar(0), name);
			xsCallFunction1(xsReference(keys->onKey), keys->object, xsVar(0));
		}
		xsEndHost(the);
	}
}

static void stopListening(Keys* keys)
{
	pthread_mutex_lock(&queue.lock);
	if (queue.listener == keys) {
		queue.listener = NULL;
		queue.count = 0;
	}
	pthread_mutex_unlock(&queue.lock);
	/* keysPost holds the lock while it posts, so nobody posts any more. */
	if (keys->post != NULL)
		vmPostDelete(keys->post);
	keys->post = NULL;
}

void xs_keys_destructor(void* data)
{
	Keys* keys = data;
	if (keys == NULL)
		return;
	stopListening(keys);
	free(keys);
}

static void markKeys(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Keys* keys = data;
	if (keys->onKey != NULL)
		(*markRoot)(the, keys->onKey);
}

static const xsHostHooks keysHooks = {xs_keys_destructor, markKeys, NULL};

void xs_keys_constructor(xsMachine* the)
{
	Keys* keys;
	bool listening;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_onKey);
	if (!xsmcIsInstanceOf(xsVar(0), xsFunctionPrototype))
		xsTypeError("onKey must be a function");
	keys = calloc(1, sizeof(Keys));
	if (keys == NULL)
		xsUnknownError("no memory for the keys");
	keys->post = vmPostNew(the, deliver, keys);
	if (keys->post == NULL) {
		free(keys);
		xsUnknownError("no memory for the keys");
	}
	pthread_mutex_lock(&queue.lock);
	listening = queue.listener != NULL;
	if (!listening)
		queue.listener = keys;
	pthread_mutex_unlock(&queue.lock);
	if (listening) {
		vmPostDelete(keys->post);
		free(keys);
		xsUnknownError("another Keys is listening");
	}
	xsmcSetHostData(xsThis, keys);
	xsSetHostHooks(xsThis, (xsHostHooks*)&keysHooks);
	keys->object = xsThis;
	keys->onKey = xsmcToReference(xsVar(0));
	xsRemember(keys->object);
}

void xs_keys_close(xsMachine* the)
{
	Keys* keys = xsmcGetHostData(xsThis);
	if (keys == NULL)
		return;
	keys = xsmcGetHostDataValidate(xsThis, (void*)&keysHooks);
	xsForget(keys->object);
	xsmcSetHostData(xsThis, NULL);
	xs_keys_destructor(keys);
}

void xs_keys_dropped(xsMachine* the)
{
	uint32_t dropped;
	(void)xsmcGetHostDataValidate(xsThis, (void*)&keysHooks);
	pthread_mutex_lock(&queue.lock);
	dropped = queue.dropped;
	pthread_mutex_unlock(&queue.lock);
	xsmcSetInteger(xsResult, (xsIntegerValue)dropped);
}

static void* postFromThread(void* name)
{
	return keysPost(name) ? name : NULL;
}

/* For tests on the simulator: presses a key as a board does, from a thread of its own. */
void xs_keys_press(xsMachine* the)
{
	char name[64];
	pthread_t thread;
	void* taken = NULL;
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	if (pthread_create(&thread, NULL, postFromThread, name) != 0)
		xsUnknownError("no thread to press a key");
	pthread_join(thread, &taken);
	xsmcSetBoolean(xsResult, taken != NULL);
}
