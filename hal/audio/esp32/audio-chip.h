/*
 * The codec chips of a board: what the manifest's `defines` (sotto_audio) names is opened by the component
 * esp_codec_dev. Called on the media task alone.
 */
#ifndef SOTTO_AUDIO_CHIP_H
#define SOTTO_AUDIO_CHIP_H

#include <driver/i2s_std.h>
#include <esp_err.h>

/* Of one duplex channel pair at AUDIO_RATE_HZ: 16-bit stereo slots, the left one is the voice. */
#define AUDIO_MCLK_MULTIPLE I2S_MCLK_MULTIPLE_512

/* Sets microphone and speaker going, once; the channels are enabled when it returns ESP_OK. */
esp_err_t audioChipOpen(i2s_chan_handle_t speaker, i2s_chan_handle_t microphone);

#endif
