/* Resources lie in the executable, sorted by name. */
#include "host.h"
#include <string.h>

const HostResource* hostFindResource(const char* name)
{
	int low = 0, high = hostResourceCount - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(name, hostResources[middle].name);
		if (order == 0)
			return hostResources + middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}
