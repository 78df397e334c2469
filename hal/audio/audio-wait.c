#include "audio-wait.h"

nfds_t audioWaitCollect(const AudioStream* streams, int wake, struct pollfd waits[AUDIO_WAITS_MAX])
{
	nfds_t count = 0;
	waits[count++] = (struct pollfd){.fd = wake, .events = POLLIN};
	for (const AudioStream* stream = streams; stream; stream = stream->next)
		for (unsigned which = 0; which < 2; which++)
			if (stream->sockets[which] >= 0)
				waits[count++] = (struct pollfd){.fd = stream->sockets[which], .events = POLLIN};
	return count;
}

/* A stream may have gone, and its descriptor with it, while the thread waited: only those still attached are called. */
static void serve(AudioStream* streams, int descriptor)
{
	for (AudioStream* stream = streams; stream; stream = stream->next)
		for (unsigned which = 0; which < 2; which++)
			if (stream->sockets[which] == descriptor) {
				stream->readable(stream, which, audioNowUs());
				return;
			}
}

void audioWaitServe(AudioStream* streams, const struct pollfd* waits, nfds_t count)
{
	for (nfds_t i = 1; i < count; i++)
		if (waits[i].revents)
			serve(streams, waits[i].fd);
}
