/* virtio-net below lwIP. Frames are taken in by the interrupt; those to be sent are copied into buffers of the device.
 */
#include "net-device.h"
#include "sockets.h"
#include "hal/machine/virt/virtio.h"
#include <lwip/dhcp.h>
#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 12u
#define FRAME_BYTES 1520u
#define RECEIVE_BUFFERS 8u
#define SEND_BUFFERS 6u
#define TICK_US 50000u

enum { queueReceive, queueSend, queues };
enum { featureMac = 1 << 5, featureStatus = 1 << 16 };
/* Of the device's own registers (section 5.1.4 of virtio 1.1). */
enum { configStatus = 6, statusLinkUp = 1 };

static struct {
	Virtio device;
	VirtioQueue queues[queues];
	uint8_t received[RECEIVE_BUFFERS][HEADER_BYTES + FRAME_BYTES];
	uint8_t sent[SEND_BUFFERS][HEADER_BYTES + FRAME_BYTES];
	uint32_t freeToSend; /* one bit for each */
	struct netif interface;
	bool open;
} net;

uint32_t sys_now(void)
{
	return (uint32_t)(machineNowUs() / 1000u);
}

uint32_t lwipRandom(void)
{
	return virtioRandomWord();
}

void lwipFailed(const char* what)
{
	machineReset(resetException, what);
}

static err_t transmit(struct netif* interface, struct pbuf* frame)
{
	size_t done;
	int slot;
	(void)interface;
	while ((slot = virtioTake(&net.device, queueSend, &done)) >= 0)
		net.freeToSend |= 1u << slot;
	if (net.freeToSend == 0 || frame->tot_len > FRAME_BYTES)
		return ERR_MEM;
	slot = __builtin_ctz(net.freeToSend);
	net.freeToSend &= ~(1u << slot);
	memset(net.sent[slot], 0, HEADER_BYTES);
	pbuf_copy_partial(frame, net.sent[slot] + HEADER_BYTES, frame->tot_len, 0);
	virtioPut(&net.device, queueSend, (unsigned)slot, net.sent[slot], HEADER_BYTES + frame->tot_len, false);
	return ERR_OK;
}

static void receive(void)
{
	size_t byteLength;
	int slot;
	while ((slot = virtioTake(&net.device, queueReceive, &byteLength)) >= 0) {
		struct pbuf* frame = NULL;
		if (byteLength > HEADER_BYTES)
			frame = pbuf_alloc(PBUF_RAW, (u16_t)(byteLength - HEADER_BYTES), PBUF_POOL);
		if (frame != NULL) {
			pbuf_take(frame, net.received[slot] + HEADER_BYTES, frame->tot_len);
			if (net.interface.input(frame, &net.interface) != ERR_OK)
				pbuf_free(frame);
		}
		virtioPut(&net.device, queueReceive, (unsigned)slot, net.received[slot], sizeof net.received[slot], true);
	}
}

/* The cable: lwIP asks for its address again when it is back, and knows no way while it is out. */
static void lookAtLink(void)
{
	bool up = (virtioConfig(&net.device, configStatus) & statusLinkUp) != 0;
	if (up && !netif_is_link_up(&net.interface))
		netif_set_link_up(&net.interface);
	else if (!up && netif_is_link_up(&net.interface))
		netif_set_link_down(&net.interface);
}

static void interrupted(void* refcon)
{
	(void)refcon;
	virtioAcknowledge(&net.device);
	lookAtLink();
	receive();
	netif_poll_all();
	socketsTurn();
}

static void ticked(void* refcon)
{
	(void)refcon;
	sys_check_timeouts();
	netif_poll_all();
	socketsTurn();
	machineAlarm(alarmNetwork, machineNowUs() + TICK_US, ticked, NULL);
}

void netDeviceSoon(void)
{
	machineAlarm(alarmNetwork, machineNowUs(), ticked, NULL);
}

static err_t begin(struct netif* interface)
{
	interface->name[0] = 'e';
	interface->name[1] = 'n';
	interface->mtu = 1500;
	interface->hwaddr_len = 6;
	interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP | NETIF_FLAG_ETHERNET;
	interface->output = etharp_output;
	interface->linkoutput = transmit;
	netif_set_hostname(interface, "sotto");
	for (unsigned i = 0; i < 6; i++)
		interface->hwaddr[i] = virtioConfig(&net.device, i);
	return ERR_OK;
}

/* "ADDRESS/BITS,GATEWAY,NAMESERVER" */
static bool parse(const char* setting, ip4_addr_t* own, ip4_addr_t* mask, ip4_addr_t* gateway, ip_addr_t* server)
{
	char text[64];
	char *slash, *first, *second;
	long bits;
	snprintf(text, sizeof text, "%s", setting);
	slash = strchr(text, '/');
	first = slash != NULL ? strchr(slash, ',') : NULL;
	second = first != NULL ? strchr(first + 1, ',') : NULL;
	if (second == NULL)
		return false;
	*slash = *first = *second = 0;
	bits = strtol(slash + 1, NULL, 10);
	if (bits < 1 || bits > 31)
		return false;
	mask->addr = lwip_htonl(~(0xffffffffu >> bits));
	return ip4addr_aton(text, own) && ip4addr_aton(first + 1, gateway) && ipaddr_aton(second + 1, server);
}

bool netDeviceOpen(const char* setting)
{
	ip4_addr_t own = {0}, mask = {0}, gateway = {0};
	ip_addr_t server;
	uint32_t before;
	bool fixed = setting != NULL;
	if (net.open)
		return true;
	before = machineMask();
	lwip_init();
	netDeviceSoon();
	if (virtioOpen(&net.device, virtioNetwork, featureMac | featureStatus, net.queues, queues) &&
		(!fixed || parse(setting, &own, &mask, &gateway, &server))) {
		for (unsigned i = 0; i < RECEIVE_BUFFERS; i++)
			virtioPut(&net.device, queueReceive, i, net.received[i], sizeof net.received[i], true);
		net.freeToSend = (1u << SEND_BUFFERS) - 1;
		netif_add(&net.interface, &own, &mask, &gateway, NULL, begin, ethernet_input);
		netif_set_default(&net.interface);
		netif_set_up(&net.interface);
		if (fixed)
			dns_setserver(0, &server);
		else
			dhcp_start(&net.interface);
		machineOnLine(net.device.line, interrupted, NULL);
		net.open = true;
	}
	machineUnmask(before);
	return net.open;
}

bool netDeviceWait(uint32_t timeoutMs)
{
	uint64_t endUs = machineNowUs() + (uint64_t)timeoutMs * 1000u;
	uint32_t before = machineMask();
	while (ip4_addr_isany(netif_ip4_addr(&net.interface)) && machineNowUs() < endUs)
		machineWait();
	machineUnmask(before);
	return !ip4_addr_isany(netif_ip4_addr(&net.interface));
}
