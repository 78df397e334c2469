/*
 * The voice device on ESP32: one media task, pinned to one core, far above the VM, kept in time by the codec: it
 * blocks in the read of the microphone's samples, 5 ms at a time, serves the streams' sockets in between and runs a
 * frame when 20 ms are together. While nothing speaks and nothing plays it waits for sockets alone, and the codec
 * rests.
 */
#include <errno.h>
#include <driver/i2s_std.h>
#include <esp_attr.h>
#include <esp_pthread.h>
#include <esp_timer.h>
#include <esp_wifi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "hal/audio/audio-core.h"
#include "hal/audio/audio-wait.h"
#include "audio-chip.h"
#include "mc.defines.h"

#ifndef MODDEF_SOTTO_AUDIO_I2S_PORT
#define MODDEF_SOTTO_AUDIO_I2S_PORT 0
#endif
#ifndef MODDEF_SOTTO_AUDIO_MCLK_PIN
#define MODDEF_SOTTO_AUDIO_MCLK_PIN I2S_GPIO_UNUSED
#endif
#ifndef MODDEF_SOTTO_AUDIO_CORE
#define MODDEF_SOTTO_AUDIO_CORE 1
#endif

#define PIECE_SAMPLES 40u /* 5 ms */
#define PIECE_MS 5u
/* What may wait to be played: two frames. */
#define DMA_PIECES 8u
#define TASK_STACK_BYTES (8 * 1024)
/* Above everything but the radio's and the timer's tasks. */
#define TASK_PRIORITY 20
/* A codec that gives nothing for so long is broken: the clock goes on without it. */
#define READ_TIMEOUT_MS 100

typedef struct {
	int16_t left, right;
} Slots;

typedef struct {
	Audio core; /* first: the public face is its address */
	pthread_mutex_t lock;
	pthread_t thread;
	int wake;
	bool stop;
	/* Media task only. */
	i2s_chan_handle_t speaker, microphone;
	bool opened, failed;
	Slots slots[PIECE_SAMPLES];
	int16_t heard[AUDIO_FRAME_SAMPLES];
	size_t heardSamples;
} Device;

static Device* deviceOf(Audio* audio)
{
	return (Device*)audio;
}

uint64_t audioNowUs(void)
{
	return (uint64_t)esp_timer_get_time();
}

void audioLock(Audio* audio)
{
	pthread_mutex_lock(&deviceOf(audio)->lock);
}

void audioUnlock(Audio* audio)
{
	pthread_mutex_unlock(&deviceOf(audio)->lock);
}

void audioPortWake(Audio* audio)
{
	uint64_t one = 1;
	/* A full counter wakes just as well. */
	if (write(deviceOf(audio)->wake, &one, sizeof one) < 0)
		return;
}

/* There is one codec, and one device that the VM opens. */
bool audioPortTakeHandset(Audio* audio, char reason[AUDIO_REASON_BYTES])
{
	(void)audio, (void)reason;
	return true;
}

void audioPortLeaveHandset(Audio* audio)
{
	(void)audio;
}

/* Within a frame, under the lock, on the media task: it has just put the microphone's 20 ms together. */
void audioPortReadMicrophone(Audio* audio, int16_t* pcm, size_t samples)
{
	Device* device = deviceOf(audio);
	size_t given = device->heardSamples < samples ? device->heardSamples : samples;
	memcpy(pcm, device->heard, given * sizeof *pcm);
	memset(pcm + given, 0, (samples - given) * sizeof *pcm);
	audio->counters.microphoneShort += (uint32_t)(samples - given);
}

void audioPortWriteSpeaker(Audio* audio, const int16_t* pcm, size_t samples)
{
	Device* device = deviceOf(audio);
	if (device->failed)
		return;
	for (size_t at = 0; at < samples; at += PIECE_SAMPLES) {
		size_t written = 0;
		for (size_t i = 0; i < PIECE_SAMPLES; i++)
			device->slots[i] = (Slots){pcm[at + i], pcm[at + i]};
		/* Never waits: what the converter has no room for is late already. */
		(void)i2s_channel_write(device->speaker, device->slots, sizeof device->slots, &written, 0);
		audio->counters.speakerDropped += (uint32_t)((sizeof device->slots - written) / sizeof(Slots));
	}
}

/* ---- The codec: media task only ---- */

static esp_err_t makeChannels(Device* device)
{
	i2s_chan_config_t pair = I2S_CHANNEL_DEFAULT_CONFIG(MODDEF_SOTTO_AUDIO_I2S_PORT, I2S_ROLE_MASTER);
	i2s_std_config_t config = {
		.clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(AUDIO_RATE_HZ),
		.slot_cfg = I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_16BIT, I2S_SLOT_MODE_STEREO),
		.gpio_cfg = {.mclk = MODDEF_SOTTO_AUDIO_MCLK_PIN,
					 .bclk = MODDEF_SOTTO_AUDIO_BCLK_PIN,
					 .ws = MODDEF_SOTTO_AUDIO_WS_PIN,
					 .dout = MODDEF_SOTTO_AUDIO_DATA_OUT_PIN,
					 .din = MODDEF_SOTTO_AUDIO_DATA_IN_PIN},
	};
	esp_err_t error;
	pair.dma_desc_num = DMA_PIECES;
	pair.dma_frame_num = PIECE_SAMPLES;
	/* An empty queue plays silence, not the last piece for ever. */
	pair.auto_clear = true;
	config.clk_cfg.mclk_multiple = AUDIO_MCLK_MULTIPLE;
	error = i2s_new_channel(&pair, &device->speaker, &device->microphone);
	if (error == ESP_OK)
		error = i2s_channel_init_std_mode(device->speaker, &config);
	if (error == ESP_OK)
		error = i2s_channel_init_std_mode(device->microphone, &config);
	return error == ESP_OK ? audioChipOpen(device->speaker, device->microphone) : error;
}

/* A phone without a voice still rings on its screen and says so in the log: the clock runs by the timer then. */
static void openCodec(Device* device)
{
	esp_err_t error;
	if (device->opened)
		return;
	device->opened = true;
	error = makeChannels(device);
	device->failed = error != ESP_OK;
	if (device->failed)
		printf("the codec does not answer (%d)\n", (int)error);
}

/* Waits 5 ms, by the codec's clock where it runs; adds what the microphone heard. */
static void readPiece(Device* device)
{
	size_t got = 0;
	/* Whatever the reason: a read that fails returns at once, and this task stands above nearly every other. */
	if (device->failed ||
		i2s_channel_read(device->microphone, device->slots, sizeof device->slots, &got, READ_TIMEOUT_MS) != ESP_OK) {
		usleep(PIECE_MS * 1000);
		got = 0;
	}
	for (size_t i = 0; i < PIECE_SAMPLES && device->heardSamples < AUDIO_FRAME_SAMPLES; i++)
		device->heard[device->heardSamples++] = i < got / sizeof(Slots) ? device->slots[i].left : 0;
}

/* ---- The task ---- */

/* In a call the radio sleeps between beacons no longer: a packet would wait for the next one, up to a tenth of a
 * second.
 */
static void keepRadioAwake(bool awake)
{
#if !MODDEF_SOTTO_NO_RADIO
	(void)esp_wifi_set_ps(awake ? WIFI_PS_NONE : WIFI_PS_MIN_MODEM);
#else
	(void)awake;
#endif
}

static void drainWake(Device* device)
{
	uint64_t count;
	(void)read(device->wake, &count, sizeof count);
}

static void* run(void* it)
{
	Device* device = it;
	bool awake = false;
	pthread_mutex_lock(&device->lock);
	while (!device->stop) {
		struct pollfd waits[AUDIO_WAITS_MAX];
		bool active = audioCoreActive(&device->core);
		nfds_t count = audioWaitCollect(device->core.streams, device->wake, waits);
		pthread_mutex_unlock(&device->lock);

		if (active != awake)
			keepRadioAwake(awake = active);
		if (active) {
			openCodec(device);
			readPiece(device);
		} else
			device->heardSamples = 0;
		poll(waits, count, active ? 0 : -1);

		pthread_mutex_lock(&device->lock);
		if (waits[0].revents)
			drainWake(device);
		audioWaitServe(device->core.streams, waits, count);
		if (device->heardSamples == AUDIO_FRAME_SAMPLES) {
			audioCoreFrame(&device->core, audioNowUs());
			device->heardSamples = 0;
		}
	}
	pthread_mutex_unlock(&device->lock);
	return NULL;
}

/* ---- Start and stop: on the VM task ---- */

static int startTask(Device* device)
{
	esp_pthread_cfg_t config = esp_pthread_get_default_config();
	int failed;
	config.stack_size = TASK_STACK_BYTES;
	config.prio = TASK_PRIORITY;
	config.pin_to_core = MODDEF_SOTTO_AUDIO_CORE;
	config.thread_name = "media";
	if (esp_pthread_set_cfg(&config) != ESP_OK)
		return -1;
	failed = pthread_create(&device->thread, NULL, run, device);
	config = esp_pthread_get_default_config();
	esp_pthread_set_cfg(&config);
	return failed;
}

Audio* audioPortStart(char reason[AUDIO_REASON_BYTES])
{
	Device* device = calloc(1, sizeof *device);
	if (!device) {
		snprintf(reason, AUDIO_REASON_BYTES, "no memory for the voice device");
		return NULL;
	}
	audioCoreStart(&device->core);
	/* boards/esp32/process.c has registered events. */
	device->wake = eventfd(0, 0);
	if (device->wake < 0) {
		snprintf(reason, AUDIO_REASON_BYTES, "cannot make an event: %s", strerror(errno));
		free(device);
		return NULL;
	}
	pthread_mutex_init(&device->lock, NULL);
	if (startTask(device) != 0) {
		snprintf(reason, AUDIO_REASON_BYTES, "cannot start the media task");
		close(device->wake);
		pthread_mutex_destroy(&device->lock);
		free(device);
		return NULL;
	}
	return &device->core;
}

void audioPortStop(Audio* audio)
{
	Device* device = deviceOf(audio);
	audioLock(audio);
	device->stop = true;
	audioUnlock(audio);
	audioPortWake(audio);
	pthread_join(device->thread, NULL);
	close(device->wake);
	pthread_mutex_destroy(&device->lock);
	free(device);
}
