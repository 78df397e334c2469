/* Before the program: the network, so that the phone finds an address when it asks for one. */
#include "hal/machine/virt/machine.h"
#include "hal/net/virt/net-device.h"
#include <stdio.h>

/* A server that answers does so in less; after that the phone goes on and DHCP, too. */
#define ADDRESS_WAIT_MS 3000u

void machineBoardStart(const char* network)
{
	if (!netDeviceOpen(network))
		printf(network != NULL ? "no network: device or setting is missing\n" : "no network device\n");
	else if (!netDeviceWait(ADDRESS_WAIT_MS))
		printf("no network address yet\n");
}
