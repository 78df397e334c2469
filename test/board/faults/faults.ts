/** Faults that a test asks for by name, each the way in which a program of its kind really fails. */
import Timer from "timer";

function hang(this: void): void {
	native("xs_faults_hang").call(this);
}

function hangMasked(this: void): void {
	native("xs_faults_hang_masked").call(this);
}

function stack(this: void): void {
	native("xs_faults_stack").call(this);
}

function interruptStack(this: void): void {
	native("xs_faults_interrupt_stack").call(this);
}

/** Takes the C heap but for so many bytes. */
export function takeHeap(this: void, restByteLength: number): void {
	native("xs_faults_heap").call(this, restByteLength);
}

function trap(this: void): void {
	native("xs_faults_trap").call(this);
}

function recurse(depth: number): number {
	return 1 + recurse(depth + 1);
}

/** Names are what the tests say. */
const FAULTS: Readonly<Record<string, () => void>> = Object.freeze({
	"hang-js": () => {
		for (;;);
	},
	"hang-c": hang,
	"hang-masked": hangMasked,
	// A little in each turn, as a leak does: no turn is so long that it would count as a hang.
	"vm-heap": () => {
		const all: Uint8Array[] = [];
		Timer.repeat(() => {
			for (let i = 0; i < 32; i++) all.push(new Uint8Array(4096));
		}, 1);
	},
	"vm-slots": () => {
		const all: object[] = [];
		Timer.repeat(() => {
			for (let i = 0; i < 4000; i++) all.push({ all });
		}, 1);
	},
	"vm-stack": () => void recurse(0),
	"c-heap": () => {
		takeHeap(256);
		// A timer is made of C memory.
		for (;;) Timer.set(() => {}, 1_000_000);
	},
	"c-stack": stack,
	"interrupt-stack": interruptStack,
	trap,
	exception: () => {
		throw new Error("thrown for a test");
	},
	rejection: () => {
		void Promise.reject(new Error("rejected for a test"));
	},
});

/** @throws {Error} where there is none of the name */
export function fault(name: string): void {
	const run = FAULTS[name];
	if (run === undefined) throw new Error(`no fault ${name}`);
	run();
}
