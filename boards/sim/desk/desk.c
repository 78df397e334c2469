/* The desk as the VM sees it: texts from the link become calls of onMessage, and the end of the link one of onClose. */
#include "xsmc.h"
#include "mc.xs.h"
#include "desk-link.h"
#include "../../../hal/vm/vm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	DeskLink* link;
	VmPost* post;
	xsSlot object;
	xsSlot* onMessage;
	xsSlot* onClose;
	bool told;
	/* close() was called inside a callback: what is left of it happens after that callback. */
	bool delivering, closed;
} Desk;

static void release(Desk* desk)
{
	if (desk->link != NULL)
		deskLinkClose(desk->link);
	desk->link = NULL;
	if (desk->post != NULL)
		vmPostDelete(desk->post);
	desk->post = NULL;
}

void xs_desk_destructor(void* data)
{
	Desk* desk = data;
	if (desk == NULL)
		return;
	release(desk);
	free(desk);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Desk* desk = data;
	if (desk->onMessage != NULL)
		(*markRoot)(the, desk->onMessage);
	if (desk->onClose != NULL)
		(*markRoot)(the, desk->onClose);
}

static const xsHostHooks deskHooks = {xs_desk_destructor, mark, NULL};

static void notify(void* refcon)
{
	vmPost(((Desk*)refcon)->post);
}

static void deliver(xsMachine* the, void* refcon)
{
	Desk* desk = refcon;
	char* text;
	size_t byteLength;
	desk->delivering = true;
	while (!desk->closed && (text = deskLinkReceive(desk->link, &byteLength)) != NULL) {
		xsBeginHost(the);
		{
			xsmcVars(1);
			text[byteLength] = 0;
			xsmcSetString(xsVar(0), text);
			free(text);
			xsCallFunction1(xsReference(desk->onMessage), desk->object, xsVar(0));
		}
		xsEndHost(the);
	}
	if (!desk->closed && !desk->told && deskLinkGone(desk->link)) {
		desk->told = true;
		if (desk->onClose != NULL) {
			xsBeginHost(the);
			xsCallFunction0(xsReference(desk->onClose), desk->object);
			xsEndHost(the);
		}
	}
	desk->delivering = false;
	if (desk->closed)
		xs_desk_destructor(desk);
}

static xsSlot* callback(xsMachine* the, xsIdentifier id)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	return xsmcTest(xsVar(0)) ? xsmcToReference(xsVar(0)) : NULL;
}

void xs_desk_constructor(xsMachine* the)
{
	xsmcVars(1);
	Desk* desk = calloc(1, sizeof *desk);
	if (desk == NULL)
		xsUnknownError("no memory for the desk");
	xsmcSetHostData(xsThis, desk);
	xsSetHostHooks(xsThis, (xsHostHooks*)&deskHooks);
	desk->onMessage = callback(the, xsID_onMessage);
	if (desk->onMessage == NULL)
		xsTypeError("onMessage is missing");
	desk->onClose = callback(the, xsID_onClose);
	desk->post = vmPostNew(the, deliver, desk);
	if (desk->post == NULL)
		xsUnknownError("no memory for the desk");
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const char* path = xsmcToString(xsVar(0));
	desk->link = deskLinkOpen(path, notify, desk);
	if (desk->link == NULL) {
		char reason[256];
		snprintf(reason, sizeof reason, "no panel at %s: %s", path, strerror(errno));
		xsUnknownError(reason);
	}
	desk->object = xsThis;
	xsRemember(desk->object);
}

void xs_desk_send(xsMachine* the)
{
	Desk* desk = xsmcGetHostDataValidate(xsThis, (void*)&deskHooks);
	if (desk == NULL)
		xsUnknownError("the desk is closed");
	const char* text = xsmcToString(xsArg(0));
	bool taken = deskLinkSend(desk->link, text, strlen(text));
	xsmcSetBoolean(xsResult, taken);
}

void xs_desk_close(xsMachine* the)
{
	Desk* desk = xsmcGetHostData(xsThis);
	if (desk == NULL)
		return;
	desk = xsmcGetHostDataValidate(xsThis, (void*)&deskHooks);
	xsmcSetHostData(xsThis, NULL);
	xsForget(desk->object);
	if (desk->delivering) {
		desk->closed = true;
		return;
	}
	xs_desk_destructor(desk);
}
