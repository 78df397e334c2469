/*
 * What there is to say about an instruction that could not go on, or a program that hangs: where it was, who had called
 * it, how deep the stack was, and the calls that lead there. It goes into the reason of the restart, since nobody may
 * be watching.
 */
#include "machine-inside.h"
#include <stdio.h>

extern const uint8_t __text_end[];
extern uint8_t __interrupt_stack_low[], __main_stack_low[], __interrupt_stack[], __stack[];
#define TEXT_START 0x20000000u

enum { CALLS_SHOWN = 6, WORDS_LOOKED_AT = 256 };

static const char* causeText(uint32_t cause)
{
	switch (cause) {
	case 0:
	case 1:
		return "no code to run";
	case 2:
		return "no such instruction";
	case 3:
		return "breakpoint";
	case 4:
	case 6:
		return "misaligned access";
	case 5:
	case 7:
		return "no memory";
	default:
		return "trap";
	}
}

/* An address to which a function returns: behind an instruction that calls (RISC-V unprivileged 2.5 and 16.3). */
static bool followsCall(uint32_t address)
{
	const uint16_t* at = (const uint16_t*)(uintptr_t)address;
	uint32_t whole;
	if ((address & 1) != 0 || address < TEXT_START + 4 || address > (uint32_t)(uintptr_t)__text_end)
		return false;
	/* c.jal and c.jalr */
	if ((at[-1] & 0xe003) == 0x2001 || ((at[-1] & 0xf07f) == 0x9002 && (at[-1] & 0x0f80) != 0))
		return true;
	whole = at[-2] | (uint32_t)at[-1] << 16;
	/* jal and jalr that keep the address in ra */
	return (whole & 0xfff) == 0xef || (whole & 0x7fff) == 0xe7;
}

static size_t add(char* text, size_t byteLength, size_t used, const char* format, uint32_t a, uint32_t b)
{
	int more =
		used < byteLength ? snprintf(text + used, byteLength - used, format, (unsigned long)a, (unsigned long)b) : 0;
	return used + (more > 0 ? (size_t)more : 0);
}

static size_t addStack(char* text, size_t byteLength, size_t used, const MachineFrame* frame)
{
	/* What failed in an interrupt is kept on the main level's stack (startup.S). */
	bool inside = (const uint8_t*)(frame + 1) == __stack;
	uint32_t sp = frame->interrupted;
	uint32_t low = (uint32_t)(uintptr_t)(inside ? __interrupt_stack_low : __main_stack_low);
	uint32_t high = (uint32_t)(uintptr_t)(inside ? __interrupt_stack : __stack);
	int calls = 0;
	used = add(text, byteLength, used, inside ? ", in an interrupt, sp 0x%08lx" : ", sp 0x%08lx", sp, 0);
	if (sp < low || sp > high || (sp & 3) != 0)
		return add(text, byteLength, used, ", which is no stack", 0, 0);
	used = add(text, byteLength, used, ", %lu of %lu bytes of stack", high - sp, high - low);
	for (int i = 0; i < WORDS_LOOKED_AT && calls < CALLS_SHOWN && sp < high; i++, sp += 4) {
		uint32_t word = *(const uint32_t*)(uintptr_t)sp;
		if (!followsCall(word))
			continue;
		used = add(text, byteLength, used, calls == 0 ? ", calls 0x%08lx" : " 0x%08lx", word, 0);
		calls++;
	}
	return used;
}

void machineFaultText(char* text, size_t byteLength, uint32_t cause, uint32_t at, uint32_t value,
					  const MachineFrame* frame)
{
	int used = snprintf(text, byteLength, "%s: cause %lu at 0x%08lx from 0x%08lx, value 0x%08lx", causeText(cause),
						(unsigned long)cause, (unsigned long)at, (unsigned long)frame->ra, (unsigned long)value);
	(void)addStack(text, byteLength, (size_t)used, frame);
}

void machineHangText(char* text, size_t byteLength, uint32_t at, const MachineFrame* frame)
{
	int used = snprintf(text, byteLength, "the program hangs at 0x%08lx from 0x%08lx", (unsigned long)at,
						(unsigned long)frame->ra);
	(void)addStack(text, byteLength, (size_t)used, frame);
}
