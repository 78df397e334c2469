/*
 * Keys of the phone as the board's C reports them. A key has a name: "0" to "9", "*", "#", "ok", "cancel", "up",
 * "down", "soft1" to "soft4", "hook", "line1" ..., "mute", "hold", "transfer", "volume+", "volume-".
 */
#ifndef SOTTO_KEYS_H
#define SOTTO_KEYS_H

#include <stdbool.h>

#define KEYS_NAME_BYTES 16

/*
 * From any thread: one key was pressed. False, and counted as dropped, where the queue is full, nobody listens, or the
 * name is empty, longer than KEYS_NAME_BYTES - 1 bytes or has anything but printable ASCII in it.
 */
bool keysPost(const char* name);

#endif
