/* The panel's two rings, as the device on this computer uses them. The panel's side of them is in audio.h. */
#ifndef SOTTO_AUDIO_PANEL_H
#define SOTTO_AUDIO_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One device at a time holds the panel: each ring has one reader and one writer. On the VM thread. */
bool audioPanelTake(const void* owner);
void audioPanelRelease(const void* owner);
/* On the media thread. Returns how many samples were there; what has queued up for too long is left out. */
size_t audioPanelMicrophone(int16_t* pcm, size_t samples);
/* On the media thread. Returns how many samples had room. */
size_t audioPanelSpeaker(const int16_t* pcm, size_t samples);

#endif
