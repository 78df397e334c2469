/* engine.c: the inside of the SDK's engine for main.c, which sees its public interface alone. */
#ifndef SOTTO_SDK_ENGINE_H
#define SOTTO_SDK_ENGINE_H

/* Specifier of the main module (creation.main of the manifest), as the SDK's linker wrote it. */
const char* engineMainModule(const void* preparation);

#endif
