/*
 * Codec chips by Espressif's driver component. Which chips, on which pins and addresses is the board's data:
 * `defines.sotto_audio` of its manifest arrives here as MODDEF_SOTTO_AUDIO_*.
 */
#include "audio-chip.h"
#include <driver/i2c_master.h>
#include <esp_codec_dev.h>
#include <esp_codec_dev_defaults.h>
#include "hal/audio/audio.h"
#include "mc.defines.h"

#ifndef MODDEF_SOTTO_AUDIO_I2C_PORT
#define MODDEF_SOTTO_AUDIO_I2C_PORT 0
#endif
#ifndef MODDEF_SOTTO_AUDIO_AMPLIFIER_PIN
#define MODDEF_SOTTO_AUDIO_AMPLIFIER_PIN -1
#endif
#ifndef MODDEF_SOTTO_AUDIO_MICROPHONE_GAIN_DB
#define MODDEF_SOTTO_AUDIO_MICROPHONE_GAIN_DB 30
#endif
#ifndef MODDEF_SOTTO_AUDIO_SPEAKER_VOLUME_PERCENT
#define MODDEF_SOTTO_AUDIO_SPEAKER_VOLUME_PERCENT 70
#endif
#define MCLK_DIV 512

#if MODDEF_SOTTO_AUDIO_ES8311 || MODDEF_SOTTO_AUDIO_ES8388 || MODDEF_SOTTO_AUDIO_ES7210

/* The bus may be there already, for touch or keys: whoever came first made it. */
static i2c_master_bus_handle_t controlBus(void)
{
	i2c_master_bus_handle_t bus = NULL;
	const i2c_master_bus_config_t config = {
		.i2c_port = MODDEF_SOTTO_AUDIO_I2C_PORT,
		.sda_io_num = MODDEF_SOTTO_AUDIO_SDA_PIN,
		.scl_io_num = MODDEF_SOTTO_AUDIO_SCL_PIN,
		.clk_source = I2C_CLK_SRC_DEFAULT,
		.glitch_ignore_cnt = 7,
		.flags.enable_internal_pullup = true,
	};
	if (i2c_master_get_bus_handle(MODDEF_SOTTO_AUDIO_I2C_PORT, &bus) == ESP_OK)
		return bus;
	return i2c_new_master_bus(&config, &bus) == ESP_OK ? bus : NULL;
}

static const audio_codec_ctrl_if_t* control(i2c_master_bus_handle_t bus, uint8_t address)
{
	audio_codec_i2c_cfg_t config = {.port = MODDEF_SOTTO_AUDIO_I2C_PORT, .addr = address, .bus_handle = bus};
	return audio_codec_new_i2c_ctrl(&config);
}

#if MODDEF_SOTTO_AUDIO_ES8311
static const audio_codec_if_t* speakerChip(i2c_master_bus_handle_t bus)
{
	es8311_codec_cfg_t config = {
		.ctrl_if = control(bus, ES8311_CODEC_DEFAULT_ADDR),
		.gpio_if = audio_codec_new_gpio(),
#if MODDEF_SOTTO_AUDIO_ES7210
		.codec_mode = ESP_CODEC_DEV_WORK_MODE_DAC,
#else
		.codec_mode = ESP_CODEC_DEV_WORK_MODE_BOTH,
#endif
		.pa_pin = MODDEF_SOTTO_AUDIO_AMPLIFIER_PIN,
		.use_mclk = true,
		.hw_gain = {.pa_voltage = 5.0f, .codec_dac_voltage = 3.3f},
		.mclk_div = MCLK_DIV,
	};
	return config.ctrl_if ? es8311_codec_new(&config) : NULL;
}
#elif MODDEF_SOTTO_AUDIO_ES8388
static const audio_codec_if_t* speakerChip(i2c_master_bus_handle_t bus)
{
	es8388_codec_cfg_t config = {
		.ctrl_if = control(bus, ES8388_CODEC_DEFAULT_ADDR),
		.gpio_if = audio_codec_new_gpio(),
		.codec_mode = ESP_CODEC_DEV_WORK_MODE_BOTH,
		.pa_pin = MODDEF_SOTTO_AUDIO_AMPLIFIER_PIN,
		.hw_gain = {.pa_voltage = 5.0f, .codec_dac_voltage = 3.3f},
	};
	return config.ctrl_if ? es8388_codec_new(&config) : NULL;
}
#endif

/* NULL where the speaker's chip has the microphone, too. */
static const audio_codec_if_t* microphoneChip(i2c_master_bus_handle_t bus)
{
#if MODDEF_SOTTO_AUDIO_ES7210
	es7210_codec_cfg_t config = {
		.ctrl_if = control(bus, ES7210_CODEC_DEFAULT_ADDR),
		.mic_selected = ES7210_SEL_MIC1 | ES7210_SEL_MIC2,
		.mclk_div = MCLK_DIV,
	};
	return config.ctrl_if ? es7210_codec_new(&config) : NULL;
#else
	(void)bus;
	return NULL;
#endif
}

static esp_codec_dev_handle_t device(esp_codec_dev_type_t type, const audio_codec_if_t* chip,
									 const audio_codec_data_if_t* data)
{
	esp_codec_dev_cfg_t config = {.dev_type = type, .codec_if = chip, .data_if = data};
	esp_codec_dev_sample_info_t format = {
		.bits_per_sample = 16,
		.channel = 2,
		.sample_rate = AUDIO_RATE_HZ,
		.mclk_multiple = MCLK_DIV,
	};
	esp_codec_dev_handle_t handle = esp_codec_dev_new(&config);
	if (handle && esp_codec_dev_open(handle, &format) != ESP_CODEC_DEV_OK) {
		esp_codec_dev_delete(handle);
		handle = NULL;
	}
	return handle;
}

esp_err_t audioChipOpen(i2s_chan_handle_t speaker, i2s_chan_handle_t microphone)
{
	i2c_master_bus_handle_t bus = controlBus();
	audio_codec_i2s_cfg_t channels = {
		.port = MODDEF_SOTTO_AUDIO_I2S_PORT, .rx_handle = microphone, .tx_handle = speaker};
	const audio_codec_data_if_t* data = audio_codec_new_i2s_data(&channels);
	const audio_codec_if_t* out = bus ? speakerChip(bus) : NULL;
	const audio_codec_if_t* in = bus ? microphoneChip(bus) : NULL;
	esp_codec_dev_handle_t handle;
	if (!data || !out)
		return ESP_FAIL;
	handle = device(in ? ESP_CODEC_DEV_TYPE_OUT : ESP_CODEC_DEV_TYPE_IN_OUT, out, data);
	if (!handle)
		return ESP_FAIL;
	esp_codec_dev_set_out_vol(handle, MODDEF_SOTTO_AUDIO_SPEAKER_VOLUME_PERCENT);
	if (in && !(handle = device(ESP_CODEC_DEV_TYPE_IN, in, data)))
		return ESP_FAIL;
	esp_codec_dev_set_in_gain(handle, MODDEF_SOTTO_AUDIO_MICROPHONE_GAIN_DB);
	return ESP_OK;
}

#else

/* Plain converters, a microphone and an amplifier with I2S pins of their own, have nothing to be told. */
esp_err_t audioChipOpen(i2s_chan_handle_t speaker, i2s_chan_handle_t microphone)
{
	esp_err_t error = i2s_channel_enable(speaker);
	return error == ESP_OK ? i2s_channel_enable(microphone) : error;
}

#endif
