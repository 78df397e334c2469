/** Whole phones on loopback and somebody at another address, who has seen a call or has found the SIP port. */
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { equal, ok, test } from "test/harness";
import { ELSEWHERE, Hand } from "test/unit/call/hand";
import { Office } from "test/unit/call/office";
import { HOME, live, Station, type StationOptions, sleep, until, withStations } from "test/unit/call/pair";
import { sdp } from "test/unit/call/raw-peer";

async function withHands(
	body: (bob: Station, peer: Hand, stranger: Hand) => Promise<void>,
	options: StationOptions = {},
): Promise<void> {
	const bob = new Station("bob", { zrtp: false, ...options });
	const peer = new Hand(() => bob.phone.sipPort);
	const stranger = new Hand(() => bob.phone.sipPort, ELSEWHERE);
	try {
		await withStations([bob], () => body(bob, peer, stranger));
	} finally {
		peer.close();
		stranger.close();
	}
}

test("true tags from another address: the call is neither ended, moved, sent on nor held, and the log says who tried", () =>
	withHands(async (bob, peer, stranger) => {
		const dialog = await peer.call("one", () => bob.phone.answer());
		await until("connected", () => bob.call.state === "connected");
		const hold = `${sdp(41_000, ELSEWHERE)}a=sendonly\r\n`;
		stranger.send("BYE", { ...dialog, cseq: 20 });
		stranger.send("INVITE", { ...dialog, cseq: 21, body: hold });
		stranger.send("UPDATE", { ...dialog, cseq: 22, body: hold });
		stranger.send("REFER", { ...dialog, cseq: 23, headers: [`Refer-To: <${stranger.uri}>`] });
		stranger.send("INFO", { ...dialog, cseq: 24 });
		stranger.send("NOTIFY", { ...dialog, cseq: 25, headers: ["Event: refer", "Subscription-State: active"] });
		for (const method of ["BYE", "INVITE", "UPDATE", "REFER", "INFO", "NOTIFY"])
			await until(`${method} is refused`, () => stranger.count(method, 403) === 1);
		equal([live(bob).length, bob.call.state], [1, "connected"]);
		ok(bob.said.includes(`BYE inside a call refused: ${ELSEWHERE} is not on its way`), bob.said);
		peer.send("BYE", { ...dialog, cseq: 2 });
		await until("the peer itself ends it", () => live(bob).length === 0);
	}));

test("calls.strangers off: 403 for who comes by no server of the account's; who comes by it rings", async () => {
	const office = new Office();
	const account = { id: "1", aor: `sip:bob@${HOME}`, registrar: office.server, password: undefined, expiresSec: 60 };
	for (const strangers of [true, false])
		await withHands(
			async (bob, _, stranger) => {
				await until("registered", () => bob.phone.state.registered[0]?.ok === true);
				stranger.send("INVITE", { callId: "eve", body: sdp(40_000) });
				if (strangers) await until("it rings", () => live(bob).length === 1);
				else {
					await until("refused", () => stranger.count("INVITE", 403) === 1);
					equal(live(bob).length, 0);
					ok(bob.said.includes("calls.strangers is off"), bob.said);
				}
				office.call([]);
				await until("the server's call rings", () => live(bob).length === (strangers ? 2 : 1));
			},
			{ features: { strangers }, agent: { ...agentOf(), accounts: [account] } },
		);
	office.close();
});

test(
	"strangers on every line: the last one stays free for who comes by the account's server",
	async () => {
		const office = new Office();
		const account = { id: "1", aor: `sip:bob@${HOME}`, registrar: office.server, password: undefined, expiresSec: 60 };
		await withHands(
			async (bob, _, stranger) => {
				await until("registered", () => bob.phone.state.registered[0]?.ok === true);
				await callAtOnce(stranger, 100);
				equal([stranger.count("INVITE", 180), stranger.count("INVITE", 486)], [3, 97]);
				equal(live(bob).length, 3);
				office.call([]);
				await until("the server's call rings", () => live(bob).length === 4);
			},
			{ agent: { ...agentOf(), accounts: [account] } },
		);
		office.close();
	},
	{ timeoutMs: 90_000 },
);

test("autoAnswerByHeader: a server of the account's may, a stranger may not", async () => {
	const office = new Office();
	const account = { id: "1", aor: `sip:bob@${HOME}`, registrar: office.server, password: undefined, expiresSec: 60 };
	const headers = ["Call-Info: <sip:x>;answer-after=0", "Answer-Mode: Auto"];
	await withHands(
		async (bob, _, stranger) => {
			await until("registered", () => bob.phone.state.registered[0]?.ok === true);
			stranger.send("INVITE", { callId: "eve", headers, body: sdp(40_000) });
			await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
			stranger.send("INVITE", {
				callId: "eve2",
				from: "<sip:e@x>;tag=2",
				headers: ["Answer-Mode: Auto;require"],
				body: sdp(40_000),
			});
			await until("refused", () => stranger.count("INVITE", 403) === 1);
			await sleep(100);
			equal(bob.call.state, "ringing");
			bob.phone.hangup();
			await until("gone", () => live(bob).length === 0);
			office.call(headers);
			await until("answered", () => bob.call.state === "connected");
		},
		{ features: { autoAnswerByHeader: true }, agent: { ...agentOf(), accounts: [account] } },
	);
	office.close();
});

function atOnce(i: number): { callId: string; from: string } {
	return { callId: `at-once${i}`, from: `<sip:e@x>;tag=${i}` };
}

/** Each of them rings or is refused. A few at a time: what does not fit into the socket's queue is lost. @returns the branches */
async function callAtOnce(stranger: Hand, count: number): Promise<string[]> {
	const branches: string[] = [];
	while (branches.length < count) {
		for (let i = 0; i < 10; i++)
			branches.push(stranger.send("INVITE", { ...atOnce(branches.length), body: sdp(40_000) }));
		await until("all answered", () => stranger.answered.size === branches.length);
	}
	return branches;
}

function agentOf(): Omit<NonNullable<StationOptions["agent"]>, "accounts"> {
	return { provider: nativeProvider, random: hardwareRandom, userAgent: "Sotto/test", user: "bob" };
}

test(
	"a storm of calls that wait: the call in front goes on, what was missed is counted, and all lines are free again",
	() =>
		withHands(async (bob, peer, stranger) => {
			const dialog = await peer.call("one", () => bob.phone.answer());
			await until("connected", () => bob.call.state === "connected");
			for (let i = 0; i < 100; i++) {
				const call = { callId: `storm${i}`, from: `<sip:e@x>;tag=${i}` };
				const branch = stranger.send("INVITE", { ...call, body: sdp(40_000) });
				stranger.send("CANCEL", { ...call, branch });
				await until("taken back", () => stranger.count("INVITE", 487) > i);
			}
			equal([live(bob).length, bob.call.state], [1, "connected"]);
			ok(bob.phone.recent.length <= 50, `${bob.phone.recent.length} calls are remembered`);
			equal(stranger.count("INVITE", 503), 0);
			peer.send("BYE", { ...dialog, cseq: 2 });
			await until("ended", () => live(bob).length === 0);
		}),
	{ timeoutMs: 90_000 },
);

test(
	"a hundred calls at once: four ring, the others hear busy, and when they have gone the next one rings",
	() =>
		withHands(async (bob, peer, stranger) => {
			const branches = await callAtOnce(stranger, 100);
			equal([stranger.count("INVITE", 180), stranger.count("INVITE", 486)], [4, 96]);
			branches.slice(0, 4).forEach((branch, i) => {
				stranger.send("CANCEL", { ...atOnce(i), branch });
			});
			await until("all gone", () => live(bob).length === 0);
			await peer.call("honest", () => bob.phone.answer());
			await until("connected", () => bob.call.state === "connected");
		}),
	{ timeoutMs: 90_000 },
);

test(
	"a description that leads the voice back to the phone itself: no storm, no keys, and the call can be ended",
	async () => {
		for (const zrtp of [false, true])
			await withHands(
				async (bob, peer) => {
					const dialog = await peer.call("mirror", () => bob.phone.answer());
					const answer = peer.texts.find((text) => text.startsWith("SIP/2.0 200") && text.includes("m=audio")) ?? "";
					const [, port = "0"] = /m=audio (\d+)/.exec(answer) ?? [];
					peer.send("INVITE", { ...dialog, cseq: 2, body: sdp(Number(port)).replace("- 1 1", "- 1 2") });
					await until("changed", () => peer.count("INVITE", 200) === 2);
					bob.entries.length = 0;
					await sleep(2000);
					equal(bob.call.state, "connected");
					equal([bob.call.lock, bob.call.sas], [zrtp ? bob.call.lock : "open", undefined]);
					ok(bob.call.lock !== "closed" && bob.call.lock !== "verified" && bob.call.lock !== "server", bob.call.lock);
					const { stats } = bob.call;
					// Fifty packets a second, and as many that come back.
					ok((stats?.clearReceived ?? 0) < 200 && (stats?.clearSent ?? 0) < 200, JSON.stringify(stats));
					ok(bob.entries.length < 60, `${bob.entries.length} lines of log in two seconds\n${bob.said.slice(0, 2000)}`);
					peer.send("BYE", { ...dialog, cseq: 3 });
					await until("ended", () => live(bob).length === 0);
				},
				zrtp ? { zrtp: true } : {},
			);
	},
	{ timeoutMs: 90_000 },
);
