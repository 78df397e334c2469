/** A whole phone and a peer of raw SIP: offers that come late, and addresses that nothing can be sent to. */
import { utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import { ended, HOME, Station, sleep, until, withStations } from "test/unit/call/pair";
import { field, invite, received, sdp } from "test/unit/call/raw-peer";

test("an INVITE without an offer: ours goes out with 200, the answer comes with ACK; a hang-up before it is no dead end", async () => {
	for (const how of ["ack", "hangup", "no answer"]) {
		const bob = new Station("bob");
		const eve = new UDP({ address: HOME });
		await withStations([bob], async () => {
			const { sipPort } = bob.phone;
			eve.write(invite(eve.port, `late${how.length}`, [`Contact: <sip:eve@${HOME}:${eve.port}>`], ""), HOME, sipPort);
			await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
			bob.phone.answer();
			bob.phone.answer();
			let ok200 = "";
			while (!ok200.startsWith("SIP/2.0 200")) ok200 = await received(eve);
			ok(ok200.includes("m=audio"), ok200);
			if (how === "hangup") {
				bob.phone.hangup();
				equal(bob.call.state, "ended");
			}
			const body = how === "no answer" ? "" : sdp(40_000);
			eve.write(
				utf8Encode(
					[
						`ACK sip:bob@${HOME}:${sipPort} SIP/2.0`,
						`Via: SIP/2.0/UDP ${HOME}:${eve.port};branch=z9hG4bKack`,
						"Max-Forwards: 70",
						`From: ${field(ok200, "From")}`,
						`To: ${field(ok200, "To")}`,
						`Call-ID: ${field(ok200, "Call-ID")}`,
						"CSeq: 1 ACK",
						...(body === "" ? [] : ["Content-Type: application/sdp"]),
						`Content-Length: ${body.length}`,
						"",
						body,
					].join("\r\n"),
				),
				HOME,
				sipPort,
			);
			if (how === "ack") await until("connected", () => bob.call.state === "connected");
			else {
				await ended(bob);
				let bye = "";
				while (!bye.startsWith("BYE")) bye = await received(eve);
			}
		});
		eve.close();
	}
});

test("a peer's addresses that nothing can be sent to are that peer's fault alone", async () => {
	const bob = new Station("bob", { autoAnswer: true });
	const eve = new UDP({ address: HOME });
	await withStations([bob], async () => {
		const type = "Content-Type: application/sdp";
		let count = 0;
		for (const contact of ["1.2.3.999", "999", "...", "127.0.0.1:0", "[::zz]", "a..b"])
			for (const body of [
				sdp(40_000),
				sdp(40_000, "0.0.0.1"),
				sdp(65535, "255.255.255.255"),
				sdp(9, HOME, "300"),
				sdp(0),
			]) {
				eve.write(
					invite(eve.port, `evil${count++}`, [`Contact: <sip:eve@${contact}>`, type], body),
					HOME,
					bob.phone.sipPort,
				);
				await sleep(10);
				bob.phone.hangup();
			}
		// It is still there.
		const alice = new Station("alice");
		await withStations([alice], async () => {
			await until("idle", () => bob.phone.state.calls.every((call) => call.state === "ended"));
			alice.phone.dial(bob.uri);
			await until("secure", () => alice.call.secureAfterMs !== undefined);
		});
	});
	eve.close();
});

test("ACK and BYE to an address that is none: the call ends, the program does not", async () => {
	for (const contact of ["1.2.3.999", "999", "127.0.0.1:0", "no.such.host.invalid"]) {
		const alice = new Station("alice");
		const eve = new UDP({ address: HOME });
		await withStations([alice], async () => {
			alice.phone.dial(`sip:eve@${HOME}:${eve.port}`);
			const request = await received(eve);
			const body = sdp(40_000);
			eve.write(
				utf8Encode(
					[
						"SIP/2.0 200 OK",
						`Via: ${field(request, "Via")}`,
						`From: ${field(request, "From")}`,
						`To: ${field(request, "To")};tag=eve`,
						`Call-ID: ${field(request, "Call-ID")}`,
						`CSeq: ${field(request, "CSeq")}`,
						`Contact: <sip:eve@${contact}>`,
						"Content-Type: application/sdp",
						`Content-Length: ${body.length}`,
						"",
						body,
					].join("\r\n"),
				),
				HOME,
				alice.phone.sipPort,
			);
			await sleep(100);
			alice.phone.hangup();
			await sleep(50);
			equal(alice.call.state, "ended", contact);
		});
		eve.close();
	}
});
