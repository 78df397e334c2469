/* Linux's place for what the IDF has in esp_vfs_eventfd.h; whoever makes one registers the file system first. */
#ifndef SOTTO_SYS_EVENTFD_H
#define SOTTO_SYS_EVENTFD_H
#include <esp_vfs_eventfd.h>
#endif
