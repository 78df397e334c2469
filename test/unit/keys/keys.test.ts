import Keys from "hal/keys/keys";
import { equal, test, throws } from "test/harness";
import Timer from "timer";

/** What a board does: presses a key from a thread of its own. True where it was taken. */
function press(name: string): boolean {
	return native("xs_keys_press").call(undefined, name);
}

const soon = () =>
	new Promise<void>((resolve) => {
		Timer.set(() => resolve(), 20);
	});

test("keys come in the order they were pressed, on the VM's own thread, after the pressing", async () => {
	const heard: string[] = [];
	const keys = new Keys({ onKey: (name) => heard.push(name) });
	for (const name of ["1", "*", "soft4", "volume+", "hook"]) equal(press(name), true);
	equal(heard, []);
	await soon();
	equal(heard, ["1", "*", "soft4", "volume+", "hook"]);
	keys.close();
});

test("the queue is bounded, and what is lost is counted", async () => {
	const heard: string[] = [];
	const keys = new Keys({ onKey: (name) => heard.push(name) });
	const before = keys.dropped;
	let taken = 0;
	for (let count = 0; count < 40; count += 1) if (press("5")) taken += 1;
	equal(taken, 32);
	equal(keys.dropped - before, 8);
	await soon();
	equal(heard.length, 32);
	equal(press("6"), true);
	await soon();
	equal(heard.length, 33);
	keys.close();
});

test("names that are none are refused", () => {
	const keys = new Keys({ onKey() {} });
	const before = keys.dropped;
	for (const name of ["", "a key", "\u0001", "é", "x".repeat(16), "x".repeat(60)]) equal(press(name), false, name);
	equal(keys.dropped - before, 6);
	equal(press("x".repeat(15)), true);
	keys.close();
});

test("no key comes after close, from inside onKey too", async () => {
	const heard: string[] = [];
	const keys = new Keys({
		onKey(name) {
			heard.push(name);
			this.close();
		},
	});
	press("1");
	press("2");
	await soon();
	equal(heard, ["1"]);
	keys.close();
	equal(press("3"), false);
	const next = new Keys({ onKey: (name) => heard.push(name) });
	await soon();
	equal(heard, ["1"]);
	press("4");
	await soon();
	equal(heard, ["1", "4"]);
	next.close();
});

test("one listens at a time, and onKey must be a function", () => {
	const keys = new Keys({ onKey() {} });
	throws(() => new Keys({ onKey() {} }), /another Keys/);
	keys.close();
	throws(() => new Keys({} as never), TypeError);
	new Keys({ onKey() {} }).close();
});
