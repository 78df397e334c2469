/**
 * Five hundred rounds of what a phone on an open network meets every day, against a whole phone in a call: the call goes
 * on, an honest caller still gets through, and nothing of it stays in memory.
 */
import { gc, heap } from "board/heap";
import { print } from "board/process";
import TCP from "hal/net/tcp";
import { equal, ok, test } from "test/harness";
import { type Dialog, ELSEWHERE, Hand } from "test/unit/call/hand";
import { HOME, live, Station, sleep, until, withStations } from "test/unit/call/pair";
import { sdp } from "test/unit/call/raw-peer";

const ROUNDS = 500;
/** What is bounded and fills: the log, transactions of 32 s, names, the list of calls. */
const WARM_UP_ROUNDS = 150;
const GROWTH_MAXIMUM_BYTES = 12_288;

function used(): number {
	gc();
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}

type Attack = (context: {
	readonly bob: Station;
	readonly eve: Hand;
	readonly round: number;
	readonly dialog: Dialog;
}) => void | Promise<void>;

/** A connection that says something and goes. */
async function overTcp(bob: Station, text: string): Promise<void> {
	let gone = false;
	const socket: TCP = new TCP({
		address: HOME,
		port: bob.phone.sipPort,
		onWritable: () => {
			try {
				socket.write(new Uint8Array([...text].map((each) => each.charCodeAt(0))));
			} catch {
				gone = true;
			}
		},
		onReadable: () => void socket.read(),
		onError: () => {
			gone = true;
		},
	});
	for (let i = 0; i < 10 && !gone; i++) await sleep(1);
	socket.close();
}

const ATTACKS: Readonly<Record<string, Attack>> = {
	"scans by OPTIONS, REGISTER, SUBSCRIBE, MESSAGE and unheard-of methods": ({ eve, round }) => {
		for (const method of ["OPTIONS", "REGISTER", "SUBSCRIBE", "MESSAGE", `X${round}`])
			eve.send(method, { callId: `scan${round}${method}`, from: `<sip:${round}@x>;tag=${round}` });
	},
	"calls taken back": async ({ eve, round }) => {
		const call = { callId: `back${round}`, from: `"${"n".repeat(100)}" <sip:${round}@x>;tag=${round}` };
		const branch = eve.send("INVITE", { ...call, body: sdp(40_000) });
		eve.send("CANCEL", { ...call, branch });
		await until("taken back", () => eve.count("INVITE", 487) > 0);
	},
	"calls that nobody can take": ({ eve, round }) => {
		const call = { callId: `bad${round}`, from: `<sip:${round}@x>;tag=${round}` };
		eve.send("INVITE", { ...call, body: "v=0\r\nm=audio 1 RTP/AVP 99\r\n" });
		eve.send("INVITE", { ...call, callId: `worse${round}`, headers: ["Require: x-unheard-of"] });
		eve.send("INVITE", {
			...call,
			callId: `worst${round}`,
			headers: ["Replaces: a;to-tag=b;from-tag=c"],
			body: sdp(40_000),
		});
	},
	"true tags from elsewhere": ({ eve, round, dialog }) => {
		for (const method of ["BYE", "INFO", "UPDATE", "INVITE", "REFER", "NOTIFY"])
			eve.send(method, { ...dialog, cseq: 1000 + round, body: sdp(40_000), headers: [`Refer-To: <${eve.uri}>`] });
	},
	"guessed tags": ({ eve, round, dialog }) => {
		for (const method of ["BYE", "INVITE", "ACK", "PRACK"])
			eve.send(method, { ...dialog, to: `<sip:bob@x>;tag=${round}`, cseq: round, body: sdp(40_000) });
	},
	garbage: ({ eve, round }) => {
		eve.write("\0".repeat(round % 200));
		eve.write(`INVITE sip:bob SIP/2.0\r\nVia: ${"SIP/2.0/UDP x;branch=z9hG4bK1,".repeat(30)}\r\n\r\n`);
		eve.write(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ${HOME};branch=z9hG4bK${round}\r\nCSeq: 1 INVITE\r\n\r\n`);
		eve.write(`OPTIONS sip:bob@x SIP/2.0\r\n${"X: y\r\n".repeat(200)}\r\n`);
	},
	"streams of garbage": async ({ bob, round }) => {
		const starts = [
			"GET / HTTP/1.1\r\n\r\n",
			"\x16\x03\x01\x02\x00\x01",
			"OPTIONS sip:b SIP/2.0\r\nContent-Length: 999999999\r\n\r\n",
			"INVITE",
		];
		await overTcp(bob, starts[round % starts.length] ?? "");
	},
};

for (const [name, attack] of Object.entries(ATTACKS))
	test(
		`${ROUNDS} rounds: ${name}`,
		async () => {
			const bob = new Station("bob", { zrtp: false });
			const peer = new Hand(() => bob.phone.sipPort);
			const eve = new Hand(() => bob.phone.sipPort, ELSEWHERE);
			try {
				await withStations([bob], async () => {
					const dialog = await peer.call("one", () => bob.phone.answer());
					await until("connected", () => bob.call.state === "connected");
					let before = 0;
					for (let round = 0; round < ROUNDS; round++) {
						if (round === WARM_UP_ROUNDS) before = used();
						await attack({ bob, eve, round, dialog });
						await sleep(2);
						eve.forget();
						bob.entries.length = 0;
					}
					const growth = used() - before;
					print(`| ${name} | heap grew by ${growth} bytes |`);
					ok(growth < GROWTH_MAXIMUM_BYTES, `the heap grew by ${growth} bytes`);
					equal([live(bob).length, bob.call.state], [1, "connected"]);
					peer.send("INVITE", { callId: "honest", from: "<sip:carol@x>;tag=carol", body: sdp(40_000) });
					await until("an honest caller rings", () => live(bob).length === 2);
				});
			} finally {
				peer.close();
				eve.close();
			}
		},
		{ timeoutMs: 120_000 },
	);
