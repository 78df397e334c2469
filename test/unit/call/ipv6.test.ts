/** Whole phones on ::1: signalling, keys and voice over IPv6, and what a phone of one family says to the other. */
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import { connect, ended, type Station, secured, sleep, until, withPair } from "test/unit/call/pair";
import { field, invite, received, sdp } from "test/unit/call/raw-peer";

const SIX = Object.freeze({ address: "::1" });

function heard({ call }: Station): number {
	return call.stats?.encryptedReceived ?? 0;
}

/** So many packets of voice more at both ends. */
async function voice(alice: Station, bob: Station): Promise<void> {
	const [a, b] = [heard(alice), heard(bob)];
	await until("voice both ways", () => heard(alice) > a + 10 && heard(bob) > b + 10);
}

test("a call over IPv6: secure, held, resumed; voice is counted at both ends, none of it in the clear", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			equal(alice.call.sas, bob.call.sas);
			for (const { call } of [alice, bob]) equal([call.lock, call.keying], ["closed", "zrtp"]);
			await voice(alice, bob);
			const { sas } = alice.call;
			for (const [holder, other] of [
				[alice, bob],
				[bob, alice],
			] as const) {
				holder.phone.hold(true);
				await until("held", () => holder.call.state === "held" && other.call.state === "held");
				await sleep(60);
				const before = heard(holder);
				await sleep(100);
				ok(heard(holder) <= before + 1, "who is held does not speak");
				holder.phone.hold(false);
				await until("resumed", () => holder.call.state === "connected" && other.call.state === "connected");
				await voice(alice, bob);
			}
			for (const { call } of [alice, bob]) {
				equal([call.lock, call.sas], ["closed", sas]);
				equal([call.stats?.clearSent, call.stats?.clearReceived, call.stats?.strangers], [0, 0, 0]);
			}
			bob.phone.hangup();
			await ended(alice, bob);
			for (const { said } of [alice, bob]) {
				ok(/media: RTP on \[::1\]:\d+/.test(said), said);
				ok(/media: media peer \[::1\]:\d+/.test(said), said);
				ok(!said.includes("127.0.0.1:"), "nothing went over IPv4");
			}
		},
		SIX,
		SIX,
	));

test("ICE is not begun on an IPv6 stream, whatever the settings say", () => {
	const nat = { ice: true, stunServer: { host: "127.0.0.1", port: 9 } };
	return withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			await voice(alice, bob);
			for (const { said } of [alice, bob]) ok(!/ICE|a=candidate/.test(said), said);
		},
		{ ...SIX, nat },
		{ ...SIX, nat },
	);
});

for (const offer of ["sdes", "dtls"] as const)
	test(`keys of signalling over IPv6, ${offer}: voice both ways, none of it in the clear`, () => {
		const srtp = { policy: "mandatory", offer, suites: ["AES_CM_128_HMAC_SHA1_80"], inClear: true } as const;
		const options = { ...SIX, zrtp: false, srtp };
		return withPair(
			async (alice, bob) => {
				await connect(alice, bob);
				await voice(alice, bob);
				for (const { call } of [alice, bob])
					equal([call.keying, call.stats?.clearSent, call.stats?.clearReceived], [offer, 0, 0]);
			},
			options,
			options,
		);
	});

test("a call in the clear over IPv6 is one, and says so", () =>
	withPair(
		async (alice, bob) => {
			await connect(alice, bob);
			await until("open", () => alice.call.securing === false && bob.call.securing === false);
			await until("voice", () => (bob.call.stats?.clearReceived ?? 0) > 5);
			equal([alice.call.lock, bob.call.lock], ["open", "open"]);
		},
		{ ...SIX, zrtp: false },
		{ ...SIX, zrtp: false },
	));

test("an offer of IPv4 media to a phone of IPv6 is refused in words before anything rings; so is one dressed up as IPv6", () =>
	withPair(
		async (_, bob) => {
			const eve = new UDP({ address: "::1" });
			try {
				for (const [index, body] of [
					sdp(5004),
					sdp(5004).replaceAll("IP4 127.0.0.1", "IP6 ::ffff:127.0.0.1"),
					sdp(5004).replaceAll("IP4 127.0.0.1", "IP6 ::127.0.0.999"),
				].entries()) {
					eve.write(
						invite(eve.port, `six${index}`, ["Contact: <sip:eve@[::1]>", "Content-Type: application/sdp"], body),
						"::1",
						bob.phone.sipPort,
					);
					let answer = await received(eve);
					while (answer.startsWith("SIP/2.0 100")) answer = await received(eve);
					ok(answer.startsWith("SIP/2.0 488"), answer);
					equal(field(answer, "CSeq"), "1 INVITE");
				}
			} finally {
				eve.close();
			}
			ok(bob.said.includes("media over IPv4 is not supported where this phone has IPv6"), bob.said);
			equal(bob.phone.state.calls.length, 0);
		},
		SIX,
		SIX,
	));
