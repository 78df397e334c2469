/* Traps, the interrupt controller (PLIC), the core's timer (CLINT) with its alarms, and the watchdog on top of it. */
#include "machine-inside.h"

__asm__(".option arch, +zicsr");

#define PLIC ((volatile uint32_t*)0x0c000000)
#define PLIC_ENABLE (PLIC + 0x2000 / 4)
#define PLIC_THRESHOLD PLIC[0x200000 / 4]
#define PLIC_CLAIM PLIC[0x200004 / 4]
#define PLIC_LINES 54u
#define CLINT_COMPARE ((volatile uint32_t*)0x02004000)
#define CLINT_TIME ((volatile uint32_t*)0x0200bff8)
#define TICKS_PER_US 10u

enum { statusInterrupts = 1 << 3, enableTimer = 1 << 7, enableExternal = 1 << 11 };
enum { causeTimer = 7, causeExternal = 11 };
#define CAUSE_INTERRUPT 0x80000000u

static struct {
	MachineRun run;
	void* refcon;
} lines[PLIC_LINES];

static struct {
	uint64_t whenUs;
	MachineRun run;
	void* refcon;
} alarms[alarmCount];

static struct {
	uint64_t deadlineUs; /* 0: nobody has fed it yet */
	uint32_t maskedAt, longest;
} state;

static uint32_t cycles(void)
{
	uint32_t value;
	__asm__ volatile("csrr %0, minstret" : "=r"(value));
	return value;
}

/* QEMU's counter goes on while the core sleeps, by its clock; what it counted then is not work. */
static uint64_t idle;
static uint64_t wokeUs;

static uint64_t counter(void)
{
	uint32_t high, low, again;
	do
		__asm__ volatile("csrr %0, minstreth\n\tcsrr %1, minstret\n\tcsrr %2, minstreth"
						 : "=r"(high), "=r"(low), "=r"(again));
	while (high != again);
	return (uint64_t)high << 32 | low;
}

uint64_t machineInstructions(void)
{
	return counter() - idle;
}

uint64_t machineNowUs(void)
{
	uint32_t high, low;
	do {
		high = CLINT_TIME[1];
		low = CLINT_TIME[0];
	} while (high != CLINT_TIME[1]);
	return ((uint64_t)high << 32 | low) / TICKS_PER_US;
}

/* ---- Masking ---- */

static void noteMasked(void)
{
	uint32_t lasted = cycles() - state.maskedAt;
	if (lasted > state.longest)
		state.longest = lasted;
}

uint32_t machineMask(void)
{
	uint32_t before;
	__asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before) : : "memory");
	before &= statusInterrupts;
	if (before != 0)
		state.maskedAt = cycles();
	return before;
}

void machineUnmask(uint32_t before)
{
	if (before != 0)
		noteMasked();
	__asm__ volatile("csrs mstatus, %0" : : "r"(before) : "memory");
}

uint32_t machineLongestMasked(void)
{
	uint32_t longest = state.longest;
	state.longest = 0;
	return longest;
}

uint64_t machineWokeUs(void)
{
	return wokeUs;
}

void machineWait(void)
{
	uint64_t start = counter();
	__asm__ volatile("wfi" : : : "memory");
	idle += counter() - start;
	wokeUs = machineNowUs();
	/* What woke the core runs now; the time it waited is no time that anybody lost. */
	state.maskedAt = cycles();
	__asm__ volatile("csrsi mstatus, 8\n\tcsrci mstatus, 8" : : : "memory");
	state.maskedAt = cycles();
}

/* ---- Alarms ---- */

static void setCompare(void)
{
	uint64_t nearest = state.deadlineUs != 0 ? state.deadlineUs : UINT64_MAX / TICKS_PER_US;
	for (int i = 0; i < alarmCount; i++)
		if (alarms[i].whenUs != 0 && alarms[i].whenUs < nearest)
			nearest = alarms[i].whenUs;
	nearest *= TICKS_PER_US;
	CLINT_COMPARE[1] = UINT32_MAX;
	CLINT_COMPARE[0] = (uint32_t)nearest;
	CLINT_COMPARE[1] = (uint32_t)(nearest >> 32);
}

void machineAlarm(MachineAlarm which, uint64_t whenUs, MachineRun run, void* refcon)
{
	uint32_t before = machineMask();
	alarms[which].whenUs = whenUs;
	alarms[which].run = run;
	alarms[which].refcon = refcon;
	setCompare();
	machineUnmask(before);
}

void machineFeed(uint32_t withinMs)
{
	uint32_t before = machineMask();
	state.deadlineUs = withinMs == 0 || machineStopsOnFault() ? 0 : machineNowUs() + (uint64_t)withinMs * 1000u;
	setCompare();
	machineUnmask(before);
}

/* Apart, so that no interrupt that ends well has this text on its stack. */
static void __attribute__((noinline, noreturn)) hang(uint32_t at, const MachineFrame* frame)
{
	char where[FAULT_TEXT_BYTES];
	machineHangText(where, sizeof where, at, frame);
	machineReset(resetWatchdog, where);
}

static void timer(uint32_t at, const MachineFrame* frame)
{
	uint64_t nowUs = machineNowUs();
	for (int i = 0; i < alarmCount; i++) {
		if (alarms[i].whenUs == 0 || alarms[i].whenUs > nowUs)
			continue;
		alarms[i].whenUs = 0;
		alarms[i].run(alarms[i].refcon);
	}
	if (state.deadlineUs != 0 && machineNowUs() > state.deadlineUs)
		hang(at, frame);
	setCompare();
}

/* ---- Lines and traps ---- */

void machineOnLine(unsigned line, MachineRun run, void* refcon)
{
	uint32_t before = machineMask();
	lines[line].run = run;
	lines[line].refcon = refcon;
	PLIC[line] = 1;
	PLIC_ENABLE[line / 32] |= 1u << line % 32;
	machineUnmask(before);
}

static void external(void)
{
	uint32_t line;
	while ((line = PLIC_CLAIM) != 0) {
		if (line < PLIC_LINES && lines[line].run != NULL)
			lines[line].run(lines[line].refcon);
		PLIC_CLAIM = line;
	}
}

static void __attribute__((noinline, noreturn))
fault(uint32_t cause, uint32_t at, uint32_t value, const MachineFrame* frame)
{
	char detail[FAULT_TEXT_BYTES];
	const char* full = machineFullStack(value);
	if (full != NULL)
		machineReset(resetMemory, full);
	machineFaultText(detail, sizeof detail, cause, at, value, frame);
	machineReset(resetTrap, detail);
}

void machineTrap(uint32_t cause, uint32_t at, uint32_t value, const MachineFrame* frame)
{
	if ((cause & CAUSE_INTERRUPT) == 0)
		fault(cause, at, value, frame);
	state.maskedAt = cycles();
	if ((cause & 31) == causeTimer)
		timer(at, frame);
	else if ((cause & 31) == causeExternal)
		external();
	noteMasked();
}

void machineCapMemory(void)
{
	extern char __vm_end[], __stacks_start[], __interrupt_stack_low[], __interrupt_stack[], __main_stack_low[];
	/* Each even entry only bounds the one behind it, which is locked without any right: from the end of our memory to
	   the end of all, then the ends of both stacks. The last is the first bank of flash, 32 MB, to be read and run. */
	__asm__ volatile(
		"csrw pmpaddr0, %0\n\tcsrw pmpaddr1, %1\n\tcsrw pmpaddr2, %2\n\tcsrw pmpaddr3, %3\n\t"
		"csrw pmpaddr4, %4\n\tcsrw pmpaddr5, %5\n\tcsrw pmpaddr6, %6\n\tcsrw pmpcfg1, %7\n\tcsrw pmpcfg0, %8"
		:
		: "r"((uint32_t)__vm_end >> 2), "r"(0xc0000000u >> 2), "r"((uint32_t)__stacks_start >> 2),
		  "r"((uint32_t)__interrupt_stack_low >> 2), "r"((uint32_t)__interrupt_stack >> 2),
		  "r"((uint32_t)__main_stack_low >> 2), "r"(0x20000000u >> 2 | ((32u << 20) / 8 - 1)), "r"(0x9d8800u),
		  "r"(0x88008800u));
}

void machineInterruptsOn(void)
{
	PLIC_THRESHOLD = 0;
	setCompare();
	__asm__ volatile("csrw mie, %0" : : "r"(enableTimer | enableExternal));
	__asm__ volatile("csrsi mstatus, 8" : : : "memory");
}
