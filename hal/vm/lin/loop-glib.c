/*
 * The simulator's loop (hal/vm/loop.h) on GLib: clock, exit and signals. Its timers are missing on purpose: the SDK
 * brings the "timer" module. GLib cannot say that nothing is left to wait for, so a program ends when it says so.
 */
#include "hal/vm/loop.h"
#include <glib.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static struct {
	GMainLoop* main;
	xsMachine* the;
	bool ended;
	int exitCode;
	LoopStop stop;
	void* stopRefcon;
	int signals;
} loop;

double loopNow(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

void loopExit(int code)
{
	if (!loop.ended)
		loop.exitCode = code;
	loop.ended = true;
	if (loop.main != NULL)
		g_main_loop_quit(loop.main);
}

void loopOnStop(LoopStop run, void* refcon)
{
	loop.stop = run;
	loop.stopRefcon = refcon;
}

static gboolean signalled(gpointer data)
{
	int number = GPOINTER_TO_INT(data);
	if (loop.stop == NULL || ++loop.signals > 1)
		loopExit(loop.signals > 1 ? 128 + number : 0);
	else
		loop.stop(loop.the, loop.stopRefcon);
	return G_SOURCE_CONTINUE;
}

void loopCatchSignals(void)
{
	g_unix_signal_add(SIGINT, signalled, GINT_TO_POINTER(SIGINT));
	g_unix_signal_add(SIGTERM, signalled, GINT_TO_POINTER(SIGTERM));
	signal(SIGPIPE, SIG_IGN);
}

int loopRun(xsMachine* the, void (*afterEntry)(xsMachine* the))
{
	GMainContext* context = g_main_context_get_thread_default();
	loop.the = the;
	if (afterEntry != NULL)
		afterEntry(the);
	if (!loop.ended) {
		loop.main = g_main_loop_new(context, FALSE);
		g_main_loop_run(loop.main);
		g_main_loop_unref(loop.main);
		loop.main = NULL;
	}
	return loop.exitCode;
}
