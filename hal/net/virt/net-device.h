/* The network device of a virt board, and the address that it has. */
#ifndef SOTTO_NET_DEVICE_H
#define SOTTO_NET_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Opens the device once. setting is "ADDRESS/BITS,GATEWAY,NAMESERVER", or NULL: DHCP asks for them, for as long as it
 * takes. False where there is no device or the setting is none. */
bool netDeviceOpen(const char* setting);
/* Waits until there is an address, at most so long. */
bool netDeviceWait(uint32_t timeoutMs);
/* The network's alarm rings as soon as interrupts may. */
void netDeviceSoon(void);

#endif
