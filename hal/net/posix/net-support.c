/*
 * Addresses, plain words for errors, and the options dictionary: what every kind of socket of hal/net needs.
 */
#include "net.h"
#include "mc.xs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NET_MESSAGE_LENGTH 512

bool netParseAddress(const char* text, int port, NetAddress* address)
{
	memset(address, 0, sizeof(*address));
	struct sockaddr_in* four = (struct sockaddr_in*)&address->storage;
	struct sockaddr_in6* six = (struct sockaddr_in6*)&address->storage;
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		address->byteLength = sizeof(*four);
		return true;
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		address->byteLength = sizeof(*six);
		return true;
	}
	return false;
}

void netFormatAddress(const NetAddress* address, char text[NET_ADDRESS_LENGTH], int* port)
{
	const struct sockaddr_in* four = (const struct sockaddr_in*)&address->storage;
	const struct sockaddr_in6* six = (const struct sockaddr_in6*)&address->storage;
	const char* shown;
	if (address->storage.ss_family == AF_INET6) {
		*port = ntohs(six->sin6_port);
		if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
			shown = inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, NET_ADDRESS_LENGTH);
		else
			shown = inet_ntop(AF_INET6, &six->sin6_addr, text, NET_ADDRESS_LENGTH);
	} else {
		*port = ntohs(four->sin_port);
		shown = inet_ntop(AF_INET, &four->sin_addr, text, NET_ADDRESS_LENGTH);
	}
	if (!shown)
		text[0] = 0;
}

int netSocket(const NetAddress* address, int type)
{
	int fd = socket(address->storage.ss_family, type, 0);
	if (fd < 0)
		return -1;
	int flags = fcntl(fd, F_GETFL);
	bool ready = flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0;
#ifndef ESP_PLATFORM /* lwIP refuses it, and nothing is executed there. */
	ready = ready && fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0;
#endif
	if (!ready) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static const struct {
	int error;
	const char* code;
	const char* reason;
} netWords[] = {
	{0, "closed", "closed by the other end"},
	{EACCES, "EACCES", "not allowed"},
	{EPERM, "EPERM", "not allowed"},
	{EADDRINUSE, "EADDRINUSE", "address already in use"},
	{EADDRNOTAVAIL, "EADDRNOTAVAIL", "not an address of this device"},
	{EAFNOSUPPORT, "EAFNOSUPPORT", "this kind of address is not supported"},
	{EAGAIN, "EAGAIN", "the send queue is full"},
	{ECONNABORTED, "ECONNABORTED", "connection given up"},
	{ECONNREFUSED, "ECONNREFUSED", "connection refused"},
	{ECONNRESET, "ECONNRESET", "connection reset by the other end"},
	{EHOSTUNREACH, "EHOSTUNREACH", "host unreachable"},
	{EINVAL, "EINVAL", "the address does not fit the socket"},
	{EMFILE, "EMFILE", "too many open files"},
	{EMSGSIZE, "EMSGSIZE", "too long for one datagram"},
	{ENETUNREACH, "ENETUNREACH", "network unreachable"},
	{ENFILE, "ENFILE", "too many open files"},
	{ENOBUFS, "ENOBUFS", "out of memory for the network"},
	{ENOMEM, "ENOMEM", "out of memory"},
	{EPIPE, "EPIPE", "closed by the other end"},
	{ETIMEDOUT, "ETIMEDOUT", "no answer"},
};

const char* netReason(int error)
{
	for (size_t i = 0; i < sizeof(netWords) / sizeof(netWords[0]); i++)
		if (netWords[i].error == error)
			return netWords[i].reason;
	return "network error";
}

const char* netCode(int error)
{
	for (size_t i = 0; i < sizeof(netWords) / sizeof(netWords[0]); i++)
		if (netWords[i].error == error)
			return netWords[i].code;
	return "error";
}

bool netGiven(xsMachine* the, int index)
{
	return index < xsmcArgc && xsmcTypeOf(xsArg(index)) != xsUndefinedType;
}

xsSlot* netCallback(xsMachine* the, xsSlot* options, xsIdentifier id)
{
	xsSlot slot;
	xsmcGet(slot, *options, id);
	if (xsmcTypeOf(slot) == xsUndefinedType || xsmcTypeOf(slot) == xsNullType)
		return NULL;
	if (!xsmcIsCallable(slot))
		xsTypeError("callback is not a function");
	return xsmcToReference(slot);
}

int netInteger(xsMachine* the, xsSlot* options, xsIdentifier id, const char* name, int fallback, int minimum,
			   int maximum)
{
	xsSlot slot;
	xsmcGet(slot, *options, id);
	if (xsmcTypeOf(slot) == xsUndefinedType)
		return fallback;
	double value = xsmcToNumber(slot);
	if (!(value >= minimum && value <= maximum) || value != (int)value)
		xsRangeError("%s: expected an integer of %d..%d", name, minimum, maximum);
	return (int)value;
}

void netAddressOption(xsMachine* the, xsSlot* options, const char* fallback, int fallbackPort, NetAddress* address)
{
	char text[NET_ADDRESS_LENGTH];
	int port = netInteger(the, options, xsID_port, "port", fallbackPort, fallback ? 0 : 1, 65535);
	xsSlot slot;
	xsmcGet(slot, *options, xsID_address);
	if (xsmcTypeOf(slot) != xsUndefinedType)
		xsmcToStringBuffer(slot, text, sizeof(text));
	else if (fallback)
		snprintf(text, sizeof(text), "%s", fallback);
	else
		xsTypeError("address: missing");
	if (!netParseAddress(text, port, address))
		xsRangeError("address: \"%s\" is no numeric IPv4 or IPv6 address", text);
}

void netTarget(xsMachine* the, xsSlot* instance, xsSlot* options)
{
	xsSlot slot;
	xsmcGet(slot, *options, xsID_target);
	if (xsmcTypeOf(slot) != xsUndefinedType)
		xsmcSet(*instance, xsID_target, slot);
}

void netErrorFor(xsMachine* the, xsSlot* result, const char* what, const NetAddress* address, const char* code,
				 const char* reason)
{
	char message[NET_MESSAGE_LENGTH], text[NET_ADDRESS_LENGTH];
	int port;
	netFormatAddress(address, text, &port);
	snprintf(message, sizeof(message), strchr(text, ':') ? "%s [%s]:%d: %s" : "%s %s:%d: %s", what, text, port, reason);
	/* Frames of callers have their own variables: take two more, and give them back. */
	int v = xsmcVars(2);
	xsmcSetString(xsVar(v), message);
	xsmcNew(xsVar(v + 1), xsGlobal, xsID_Error, &xsVar(v), NULL);
	xsmcSetString(xsVar(v), text);
	xsmcSet(xsVar(v + 1), xsID_address, xsVar(v));
	xsmcSetInteger(xsVar(v), port);
	xsmcSet(xsVar(v + 1), xsID_port, xsVar(v));
	xsmcSetString(xsVar(v), (char*)code);
	xsmcSet(xsVar(v + 1), xsID_code, xsVar(v));
	*result = xsVar(v + 1);
	xsmcVars(-2);
}

void netError(xsMachine* the, xsSlot* result, const char* what, const NetAddress* address, int error)
{
	netErrorFor(the, result, what, address, netCode(error), netReason(error));
}

void netThrow(xsMachine* the, const char* what, const NetAddress* address, int error)
{
	netError(the, &xsResult, what, address, error);
	xsThrow(xsResult);
}
