#include "host.h"
#include <string.h>

int hostArgumentCount;
char** hostArguments;

const char* hostTakeArguments(int count, char* arguments[], const char* main)
{
	int own = 1;
	if (count > 2 && strcmp(arguments[1], "--main") == 0) {
		main = arguments[2];
		own = 3;
	}
	hostArgumentCount = count - own;
	hostArguments = arguments + own;
	return main;
}
