/** A whole phone and its exchange: messages, people who are watched, calls answered elsewhere or by a header. */

import { utf8Encode } from "bytes/text";
import type { Features } from "call/features";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import { Office } from "test/unit/call/office";
import { HOME, Station, sleep, until, withStations } from "test/unit/call/pair";
import { invite, received, sdp } from "test/unit/call/raw-peer";

const CAROL = `sip:carol@${HOME}`;

async function withOffice(
	features: Partial<Features>,
	body: (office: Office, bob: Station) => Promise<void>,
): Promise<void> {
	const office = new Office();
	const bob = new Station("bob", {
		zrtp: false,
		features,
		agent: {
			provider: nativeProvider,
			random: hardwareRandom,
			userAgent: "Sotto/test",
			accounts: [
				{
					id: "1",
					aor: `sip:bob@${HOME}`,
					registrar: office.server,
					outboundProxy: office.server,
					password: undefined,
					expiresSec: 600,
				},
			],
		},
	});
	try {
		await withStations([bob], () => body(office, bob));
	} finally {
		office.close();
	}
}

const dialogs = (version: number, inside: string): string =>
	`<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${CAROL}">${inside}</dialog-info>`;

test("the message lamp: asked for where a mailbox is set, and it follows what the exchange says", () =>
	withOffice({ voicemail: "sip:97@office.example" }, async (office, bob) => {
		await until("subscribed", () => office.subscriptions.length === 1);
		equal(office.subscriptions, ["message-summary bob"]);
		equal([bob.phone.state.messages, bob.phone.state.mailbox], [undefined, "sip:97@office.example"]);
		const type = "application/simple-message-summary";
		office.notify("message-summary bob", type, "Messages-Waiting: yes\r\nVoice-Message: 2/5 (0/0)\r\n");
		await until("told", () => bob.phone.state.messages?.waiting === true);
		equal([bob.phone.state.messages?.fresh, bob.phone.state.messages?.old], [2, 5]);
		office.notify("message-summary bob", type, "Messages-Waiting: no\r\n");
		await until("heard", () => bob.phone.state.messages?.waiting === false);
	}));

test("nobody asks for what is not wanted", () =>
	withOffice({}, async (office, bob) => {
		await until("registered", () => bob.phone.state.registered[0]?.ok === true);
		await sleep(100);
		equal([office.subscriptions, bob.phone.state.lamps], [[], undefined]);
	}));

test("somebody who is watched: free, rings, talks; the call that rings there is taken", () =>
	withOffice({ watched: [CAROL] }, async (office, bob) => {
		const lamp = (): string | undefined => bob.phone.state.lamps?.[0]?.state;
		equal(lamp(), "unknown");
		await until("subscribed", () => office.subscriptions.includes("dialog carol"));
		const type = "application/dialog-info+xml";
		office.notify("dialog carol", type, dialogs(0, ""));
		await until("free", () => lamp() === "idle");
		equal(bob.phone.pickUp(CAROL), "no call rings there that could be taken");
		const ids = 'call-id="call7" local-tag="there" remote-tag="caller"';
		office.notify(
			"dialog carol",
			type,
			dialogs(1, `<dialog id="d" ${ids} direction="recipient"><state>early</state></dialog>`),
		);
		await until("rings", () => lamp() === "ringing");
		equal(bob.phone.pickUp(CAROL), undefined);
		await until("an INVITE", () => office.invites.length > 0);
		const [text = ""] = office.invites;
		ok(/^Replaces: call7;/m.test(text) && text.includes("to-tag=there") && text.includes("from-tag=caller"), text);
		bob.phone.hangup();
		office.notify("dialog carol", type, dialogs(2, '<dialog id="d"><state>confirmed</state></dialog>'));
		await until("talks", () => lamp() === "busy");
		office.notify("dialog carol", type, dialogs(3, '<dialog id="d"><state>terminated</state></dialog>'));
		await until("free again", () => lamp() === "idle");
	}));

test("every account asks its own server: for its mailbox, and for who is of its domain", async () => {
	const [first, second] = [new Office(), new Office()];
	const account = (id: string, user: string, domain: string, office: Office) => ({
		id,
		aor: `sip:${user}@${domain}`,
		registrar: office.server,
		outboundProxy: office.server,
		password: undefined,
		expiresSec: 600,
	});
	const bob = new Station("bob", {
		zrtp: false,
		features: { voicemail: "sip:97@one.example", watched: ["sip:carol@one.example", "sip:dora@two.example"] },
		agent: {
			provider: nativeProvider,
			random: hardwareRandom,
			userAgent: "Sotto/test",
			accounts: [account("1", "bob", "one.example", first), account("2", "bobby", "two.example", second)],
		},
	});
	try {
		await withStations([bob], async () => {
			await until("asked", () => first.subscriptions.length === 2 && second.subscriptions.length === 2);
			equal(first.subscriptions, ["dialog carol", "message-summary bob"]);
			equal(second.subscriptions, ["dialog dora", "message-summary bobby"]);
			const type = "application/simple-message-summary";
			first.notify("message-summary bob", type, "Messages-Waiting: no\r\n");
			second.notify(
				"message-summary bobby",
				type,
				"Messages-Waiting: yes\r\nMessage-Account: sip:98@two.example\r\nVoice-Message: 3/1 (0/0)\r\n",
			);
			await until("told", () => bob.phone.state.messages?.fresh === 3);
			equal(bob.phone.state.messages, { waiting: true, fresh: 3, old: 1, mailbox: "sip:98@two.example" });
			const done = `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:dora@two.example"></dialog-info>`;
			second.notify("dialog dora", "application/dialog-info+xml", done);
			await until("free", () => bob.phone.state.lamps?.[1]?.state === "idle");
			equal(bob.phone.state.lamps?.[0]?.state, "unknown");
			// A bare number is of the first account's domain, and of the second's where that one is called.
			bob.phone.dial("200");
			await until("an INVITE", () => first.invites.length > 0);
			ok(first.invites[0]?.startsWith("INVITE sip:200@one.example"), first.invites[0]);
			bob.phone.hangup();
			equal(bob.phone.forward("always", "300"), undefined);
			second.call([], "bobby");
			await until("sent on", () => second.answers.some((answer) => answer.startsWith("SIP/2.0 302")));
			const sentOn = second.answers.find((answer) => answer.startsWith("SIP/2.0 302")) ?? "";
			ok(/^Contact: <sip:300@two\.example/m.test(sentOn), sentOn);
		});
	} finally {
		first.close();
		second.close();
	}
});

async function calledBy(
	station: Station,
	headers: readonly string[],
	body: (eve: UDP, invited: string) => Promise<void>,
): Promise<void> {
	const eve = new UDP({ address: HOME });
	try {
		const all = [`Contact: <sip:eve@${HOME}:${eve.port}>`, ...headers, "Content-Type: application/sdp"];
		const bytes = invite(eve.port, "told", all, sdp(40_000));
		eve.write(bytes, HOME, station.phone.sipPort);
		await body(eve, String.fromCharCode(...bytes));
	} finally {
		eve.close();
	}
}

const stateOf = (station: Station): string | undefined => station.phone.state.calls[0]?.state;

test("answered elsewhere is not missed; given up is", async () => {
	for (const [reason, missed] of [
		['Reason: SIP;cause=200;text="Call completed elsewhere"\r\n', 0],
		["", 1],
	] as const) {
		const bob = new Station("bob");
		await withStations([bob], () =>
			calledBy(bob, [], async (eve, invited) => {
				await until("it rings", () => stateOf(bob) === "ringing");
				const lines = invited.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|Max-Forwards):/.test(line));
				const cancel = `CANCEL sip:bob@127.0.0.1 SIP/2.0\r\n${lines.join("\r\n")}\r\nCSeq: 1 CANCEL\r\n${reason}Content-Length: 0\r\n\r\n`;
				eve.write(utf8Encode(cancel), HOME, bob.phone.sipPort);
				await until("over", () => stateOf(bob) === "ended");
				equal([bob.phone.state.missed, bob.phone.recent[0]?.missed], [missed, missed === 1]);
			}),
		);
	}
});

test("a caller may be answered without ringing where the owner allows it, after the time it asks for, never in a call", async () => {
	const asks = "Answer-Mode: Auto";
	for (const [header, allowed, at] of [
		[asks, true, "connected"],
		[asks, false, "ringing"],
		["Call-Info: <sip:x>;answer-after=1", true, "ringing"],
		['Alert-Info: <http://x>;info="alert-autoanswer"', true, "connected"],
	] as const) {
		const bob = new Station("bob", { zrtp: false, features: { autoAnswerByHeader: allowed } });
		await withStations([bob], () =>
			calledBy(bob, [header], async () => {
				await until("it came", () => stateOf(bob) !== undefined);
				equal(stateOf(bob), at, header);
				if (header.startsWith("Call-Info")) await until("after a second", () => stateOf(bob) === "connected");
			}),
		);
	}
	const bob = new Station("bob", { zrtp: false });
	await withStations([bob], () =>
		calledBy(bob, ["Answer-Mode: Auto;require"], async (eve) => {
			let answer = "";
			while (!answer.startsWith("SIP/2.0 4")) answer = await received(eve);
			ok(answer.startsWith("SIP/2.0 403 "), answer);
			equal(bob.phone.state.calls, []);
		}),
	);
});

test("who the network says it is, and who sent the call on", () =>
	withOffice({}, async (office, bob) => {
		await until("registered", () => bob.phone.state.registered[0]?.ok === true);
		office.call([
			'P-Asserted-Identity: "Zoe Simon" <sip:zoe@office.example>',
			'Diversion: "Front desk" <sip:100@office.example>;reason=no-answer',
		]);
		await until("it rings", () => stateOf(bob) === "ringing");
		const { identity, via, peerName } = bob.call;
		equal([identity, via, peerName], [{ uri: "sip:zoe@office.example", name: "Zoe Simon" }, "Front desk", "Zoe Simon"]);
	}));

test("early media: the network's sound takes the place of our own, and nothing of ours leaves before the answer", async () => {
	const alice = new Station("alice", { tone: 440, zrtp: false });
	const eve = new UDP({ address: HOME });
	const media = new UDP({ address: HOME });
	await withStations([alice], async () => {
		alice.phone.dial(`sip:eve@${HOME}:${eve.port}`);
		const request = await received(eve);
		const answer = (status: string): void => {
			const body = sdp(media.port);
			const kept = request.split("\r\n").filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
			const to = request.split("\r\n").find((line) => line.startsWith("To:")) ?? "";
			const head = [`SIP/2.0 ${status}`, ...kept, `${to};tag=eve`, `Contact: <sip:eve@${HOME}:${eve.port}>`];
			const tail = ["Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body];
			eve.write(utf8Encode([...head, ...tail].join("\r\n")), HOME, alice.phone.sipPort);
		};
		equal(alice.call.early, undefined);
		answer("183 Session Progress");
		await until("early", () => alice.call.early === true);
		equal([alice.call.state, alice.call.lock], ["ringing", "open"]);
		const port = Number(/m=audio (\d+)/.exec(request)?.[1]);
		for (let sequence = 0; sequence < 20; sequence++) {
			const packet = new Uint8Array(172).fill(0xd5);
			packet.set([0x80, 0, 0, sequence, 0, 0, (sequence * 160) >> 8, (sequence * 160) & 255, 1, 2, 3, 4]);
			media.write(packet, HOME, port);
			await sleep(20);
		}
		ok((alice.call.stats?.received ?? 0) > 10, "the network is heard");
		equal([alice.call.stats?.sent, media.read()], [0, undefined]);
		answer("200 OK");
		await until("connected", () => alice.call.state === "connected");
		await until("voice", () => media.read() !== undefined);
		equal(alice.call.early, undefined);
	});
	eve.close();
	media.close();
});
