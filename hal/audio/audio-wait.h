/* The descriptors that a media thread waits for by poll(): its own wake-up and the sockets of the streams. */
#ifndef SOTTO_AUDIO_WAIT_H
#define SOTTO_AUDIO_WAIT_H

#include <poll.h>
#include "audio.h"

#define AUDIO_WAITS_MAX (1 + 2 * AUDIO_STREAMS_MAX)

/* Under the lock: waits[0] is the wake-up. Returns how many there are. */
nfds_t audioWaitCollect(const AudioStream* streams, int wake, struct pollfd waits[AUDIO_WAITS_MAX]);
/* Under the lock, after poll(): calls the streams whose sockets are readable. */
void audioWaitServe(AudioStream* streams, const struct pollfd* waits, nfds_t count);

#endif
