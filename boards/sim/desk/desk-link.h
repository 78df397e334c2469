/*
 * The socket's own thread: frames out of bounded queues, frames into hal/keys, hal/audio and a bounded queue of JSON
 * texts. Knows nothing of the VM; desk.c does.
 */
#ifndef SOTTO_DESK_LINK_H
#define SOTTO_DESK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DESK_TEXT_MAX (512u * 1024u)

typedef struct DeskLink DeskLink;
/* On the link's thread: a text waits in deskLinkReceive, or the panel has gone. Must not block. */
typedef void (*DeskNotify)(void* refcon);

/* Connects to the Unix socket and starts the thread. NULL with errno set. */
DeskLink* deskLinkOpen(const char* path, DeskNotify notify, void* refcon);
/* Ends the thread and frees everything. No notification comes after this. */
void deskLinkClose(DeskLink* link);
/* False where the queue is full. */
bool deskLinkSend(DeskLink* link, const char* text, size_t byteLength);
/* The next text, to be freed by the caller; NULL when none waits. Not terminated. */
char* deskLinkReceive(DeskLink* link, size_t* byteLength);
bool deskLinkGone(DeskLink* link);

#endif
