/** Names and routes of this computer. */
import { type ResolveResult, resolve } from "hal/net/resolve";
import { localAddress } from "hal/net/route";
import { equal, ok, test, throws } from "test/harness";
import Timer from "timer";

function ask(name: string): Promise<ResolveResult> {
	return new Promise((done) => void resolve(name, done));
}

test("localhost and numeric addresses", async () => {
	const found = await ask("localhost");
	ok("addresses" in found);
	ok(found.addresses.includes("127.0.0.1") || found.addresses.includes("::1"), String(found.addresses));
	equal(await ask("192.0.2.7"), { addresses: ["192.0.2.7"] });
	equal(await ask("::1"), { addresses: ["::1"] });
});

test("a name that does not exist is named, never thrown", async () => {
	const found = await ask("no-such-host.invalid");
	ok("error" in found);
	ok(found.error.startsWith("cannot find the host no-such-host.invalid: "), found.error);
});

test("the answer never comes before resolve returns, and never after close", async () => {
	let calls = 0;
	const queries = Array.from({ length: 20 }, (_, i) => resolve(i % 2 ? "127.0.0.1" : "localhost", () => calls++));
	equal(calls, 0);
	for (const query of queries) {
		query.close();
		query.close();
	}
	await new Promise<void>((done) => void Timer.set(() => done(), 50));
	equal(calls, 0);
	// More questions than threads: all are answered.
	const results = await Promise.all(Array.from({ length: 20 }, () => ask("localhost")));
	ok(results.every((result) => "addresses" in result));
});

test("bad names are told at once", () => {
	throws(() => resolve("", () => {}), /name/);
	throws(() => resolve("a".repeat(256), () => {}), /name/);
});

test("own address on the way to a peer", () => {
	equal(localAddress("127.0.0.1"), "127.0.0.1");
	equal(localAddress("::1"), "::1");
	throws(() => localAddress("example.org"), /no numeric/);
});
