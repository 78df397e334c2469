/*
 * hal/vm on GLib, for programs the Moddable SDK builds for Linux: there the engine's own port runs promise jobs and
 * timers from GLib's main context, so posts and descriptors enter it the same way. Each is one GSource of the VM
 * thread.
 */
#include "hal/vm/vm.h"
#include <glib.h>

struct VmPost {
	GSource source;
	xsMachine* the;
	VmDeliver deliver;
	void* refcon;
};

struct VmWatch {
	GSource source;
	gpointer tag;
	xsMachine* the;
	VmReady ready;
	void* refcon;
};

static gboolean postDispatch(GSource* source, GSourceFunc callback, gpointer data)
{
	VmPost* post = (VmPost*)source;
	(void)callback;
	(void)data;
	/* Before the delivery: what is posted while it runs is delivered again. */
	g_source_set_ready_time(source, -1);
	post->deliver(post->the, post->refcon);
	return G_SOURCE_CONTINUE;
}

VmPost* vmPostNew(xsMachine* the, VmDeliver deliver, void* refcon)
{
	static GSourceFuncs functions = {.dispatch = postDispatch};
	VmPost* post = (VmPost*)g_source_new(&functions, sizeof(VmPost));
	post->the = the;
	post->deliver = deliver;
	post->refcon = refcon;
	g_source_set_ready_time(&post->source, -1);
	g_source_attach(&post->source, g_main_context_get_thread_default());
	return post;
}

void vmPost(VmPost* post)
{
	/* GLib allows it from any thread; being ready since long ago is the same state however often it is said. */
	g_source_set_ready_time(&post->source, 0);
}

void vmPostDelete(VmPost* post)
{
	if (post == NULL)
		return;
	g_source_destroy(&post->source);
	g_source_unref(&post->source);
}

static gboolean watchCheck(GSource* source)
{
	VmWatch* watch = (VmWatch*)source;
	return g_source_query_unix_fd(source, watch->tag) != 0;
}

static gboolean watchDispatch(GSource* source, GSourceFunc callback, gpointer data)
{
	VmWatch* watch = (VmWatch*)source;
	(void)callback;
	(void)data;
	/* On Linux GLib's conditions have the values of poll(). */
	watch->ready(watch->the, (int)g_source_query_unix_fd(source, watch->tag), watch->refcon);
	return G_SOURCE_CONTINUE;
}

VmWatch* vmWatchNew(xsMachine* the, int descriptor, int events, VmReady ready, void* refcon)
{
	static GSourceFuncs functions = {.check = watchCheck, .dispatch = watchDispatch};
	VmWatch* watch = (VmWatch*)g_source_new(&functions, sizeof(VmWatch));
	watch->the = the;
	watch->ready = ready;
	watch->refcon = refcon;
	watch->tag = g_source_add_unix_fd(&watch->source, descriptor, (GIOCondition)events);
	g_source_attach(&watch->source, g_main_context_get_thread_default());
	return watch;
}

void vmWatchSet(VmWatch* watch, int events)
{
	g_source_modify_unix_fd(&watch->source, watch->tag, (GIOCondition)events);
}

void vmWatchDelete(VmWatch* watch)
{
	if (watch == NULL)
		return;
	g_source_destroy(&watch->source);
	g_source_unref(&watch->source);
}
