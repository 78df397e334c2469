/** The way to the servers: lost, found again, and never asked for where nobody knows a server. */
import { NetworkWatch } from "call/network-watch";
import { localAddress } from "hal/net/route";
import { equal, ok, test } from "test/harness";
import Timer from "timer";

const later = (ms: number): Promise<void> => new Promise((resolve) => void Timer.set(() => resolve(), ms));

test("told once for each change, from the moment on that a server is known", async () => {
	const told: boolean[] = [];
	let servers: string[] = [];
	const ways = new Set<string>();
	const route = (address: string) => (ways.has(address) ? "192.0.2.7" : undefined);
	const watch = new NetworkWatch({ servers: () => servers, route, onChange: (up) => told.push(up), everyMs: 5 });
	await later(30);
	equal(told, []);
	servers = ["192.0.2.1", "192.0.2.2"];
	await later(30);
	equal(told, [false]);
	// One of them is enough.
	ways.add("192.0.2.2");
	await later(30);
	equal(told, [false, true]);
	watch.close();
	watch.close();
	ways.clear();
	await later(30);
	equal(told, [false, true]);
});

test("this computer has a way to itself", () => {
	ok(localAddress("127.0.0.1") !== undefined);
});
