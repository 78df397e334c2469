/* What the program needs of the chip before it begins, its words on the serial port, restart, and why the last run
 * ended. */
#include "xsmc.h"
#include "mc.xs.h"
#include "mc.defines.h"
#include <esp_event.h>
#include <esp_netif.h>
#include <esp_ota_ops.h>
#include <esp_system.h>
#include <esp_vfs_eventfd.h>
#include <esp_wifi.h>
#include <stdio.h>

/* hal/net has one event, the voice device has one. */
#define EVENTS_MOST 4

#if !MODDEF_SOTTO_NO_RADIO
/* Written by the task of the events, read by the VM's. */
static _Atomic uint8_t disconnectReason;

static void onDisconnected(void* refcon, esp_event_base_t base, int32_t id, void* data)
{
	(void)refcon, (void)base, (void)id;
	disconnectReason = ((const wifi_event_sta_disconnected_t*)data)->reason;
}
#endif

/* The SDK's driver tells that the network has gone, and not why. */
void xs_process_wifi_fault(xsMachine* the)
{
#if !MODDEF_SOTTO_NO_RADIO
	switch (disconnectReason) {
	case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
	case WIFI_REASON_HANDSHAKE_TIMEOUT:
	case WIFI_REASON_AUTH_FAIL:
		xsmcSetString(xsResult, "password");
		break;
	case WIFI_REASON_NO_AP_FOUND:
	case WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
	case WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
	case WIFI_REASON_NO_AP_FOUND_IN_RSSI_THRESHOLD:
		xsmcSetString(xsResult, "absent");
		break;
	default:
		break;
	}
#else
	(void)the;
#endif
}

static void must(xsMachine* the, esp_err_t error, const char* what)
{
	/* Of what is there already both answers are known. */
	if (error != ESP_OK && error != ESP_ERR_INVALID_STATE)
		xsUnknownError("%s cannot be made ready (%d)", what, (int)error);
}

void xs_process_prepare(xsMachine* the)
{
	const esp_vfs_eventfd_config_t events = {.max_fds = EVENTS_MOST};
	must(the, esp_netif_init(), "the network");
	must(the, esp_event_loop_create_default(), "the event loop");
	must(the, esp_vfs_eventfd_register(&events), "events");
#if !MODDEF_SOTTO_NO_RADIO
	must(the, esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, onDisconnected, NULL), "the radio");
#endif
}

void xs_process_mark_valid(xsMachine* the)
{
	(void)the;
	/* An image that came over the serial port has nothing to be marked, and says so. */
	(void)esp_ota_mark_app_valid_cancel_rollback();
}

void xs_process_print(xsMachine* the)
{
	char* line = xsmcToString(xsArg(0));
#ifdef mxDebug
	xsLog("%s\n", line);
#else
	puts(line);
	fflush(stdout);
#endif
}

void xs_process_restart(xsMachine* the)
{
	(void)the;
	esp_restart();
}

void xs_process_reset_reason(xsMachine* the)
{
	char* reason = NULL;
	switch (esp_reset_reason()) {
	case ESP_RST_PANIC:
		reason = "the program failed";
		break;
	case ESP_RST_INT_WDT:
	case ESP_RST_TASK_WDT:
	case ESP_RST_WDT:
		reason = "the program hung, and the watchdog noticed";
		break;
	case ESP_RST_BROWNOUT:
		reason = "the supply voltage was too low";
		break;
	default:
		break;
	}
	if (reason)
		xsmcSetString(xsResult, reason);
}
