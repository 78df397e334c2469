/** Questions to name servers over real sockets: where nobody listens, an end in words; after close, nothing. */

import { now } from "board/clock";
import { NameService, type ServiceResult } from "call/name-service";
import type { SrvRecord } from "dns/message";
import { equal, ok, test, throws } from "test/harness";
import Timer from "timer";

const random = (byteLength: number): Uint8Array => Uint8Array.from({ length: byteLength }, () => Math.random() * 256);
const pause = (ms: number) => new Promise<void>((done) => void Timer.set(() => done(), ms));

function service(servers: readonly string[]): NameService {
	return new NameService({ now, random, servers: () => servers });
}

test("nobody listens there: refused at once, and said", async () => {
	const names = service(["127.0.0.1", "::1"]);
	const start = now();
	const result = await new Promise<ServiceResult<SrvRecord>>((done) => names.askSrv("_sip._udp.phones.example", done));
	equal(result, { error: "cannot ask for _sip._udp.phones.example: the name server does not answer" });
	ok(now() - start < 6000, `${now() - start} ms`);
	names.close();
});

test("no server at all, and never before the call returns", async () => {
	const names = service([]);
	let returned = false;
	const result = await new Promise<ServiceResult<SrvRecord>>((done) => {
		names.askSrv("_sip._udp.phones.example", (given) => {
			ok(returned);
			done(given);
		});
		returned = true;
	});
	equal(result, { error: "cannot ask for _sip._udp.phones.example: there is no name server" });
	names.close();
});

test("after close nothing comes, of those under way and of those that wait", async () => {
	const names = service(["127.0.0.1"]);
	let count = 0;
	for (let i = 0; i < 20; i++) names.askNaptr(`n${i}.example`, () => count++);
	await pause(1);
	names.close();
	names.close();
	const before = count;
	await pause(300);
	equal(count, before);
	names.askSrv("a.example", () => count++);
	await pause(50);
	equal(count, before);
});

test("bad names and too many at once are told", () => {
	const names = service(["127.0.0.1"]);
	throws(() => names.askSrv("a b.example", () => {}), RangeError);
	throws(() => names.askSrv("a".repeat(300), () => {}), RangeError);
	for (let i = 0; i < 68; i++) names.askSrv(`n${i}.example`, () => {});
	throws(() => names.askSrv("one-more.example", () => {}), /too many names/);
	names.close();
});
