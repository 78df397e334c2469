/** Screens of several calls: which one is in front, what the keys do, and what a screen never shows. */
import type { CallState, PhoneState } from "call/state";
import { equal, ok, test } from "test/harness";
import { Stage } from "./stage";
import { CALL, IDLE, SECURE, withCall } from "./states";

const BOB: CallState = { ...SECURE, line: 1 };
const CAROL: CallState = { ...SECURE, id: 2, line: 2, peer: "sip:carol@example.org", peerName: "Carol", state: "held" };
const RINGS: CallState = { ...CALL, id: -5, line: 3, direction: "incoming", state: "ringing", peerName: "Dora" };

const withCalls = (...calls: readonly CallState[]): PhoneState => ({ ...IDLE, calls });

function on(state: PhoneState, body: (stage: Stage) => void): void {
	const stage = new Stage(state);
	try {
		body(stage);
	} finally {
		stage.close();
	}
}

test("a second caller comes to the front and is answered, declined, or gives up", () =>
	on(withCalls(BOB, CAROL), (stage) => {
		equal(stage.ui.screen, "call");
		stage.press("soft1");
		equal(stage.ui.screen, "question");
		stage.show(withCalls(BOB, CAROL, RINGS));
		equal(stage.ui.screen, "incoming");
		stage.press("soft1");
		stage.press("soft4");
		equal(stage.phone.commands, [
			["answer", -5],
			["hangup", -5],
		]);
		stage.show(withCalls(BOB, CAROL, { ...RINGS, state: "ended" }));
		equal(stage.ui.screen, "call");
	}));

test("swap, join, lines by key and by list", () =>
	on(withCalls(BOB, CAROL), (stage) => {
		stage.press("soft2", "soft3", "line2", "line1", "hold", "mute");
		equal(stage.phone.commands, [["swap"], ["confer", true], ["line", 2], ["hold", true], ["mute", true]]);
		stage.press("line4");
		equal(stage.ui.screen, "dial");
		stage.press("soft4", "up");
		equal(stage.ui.screen, "lines");
		stage.phone.commands.length = 0;
		stage.press("down", "soft1");
		equal([stage.phone.commands, stage.ui.screen], [[["line", 2]], "call"]);
	}));

test("a call that is on hold is resumed, also where another waits", () =>
	on(withCalls({ ...BOB, state: "held" }, CAROL), (stage) => {
		stage.press("soft2");
		equal(stage.phone.commands, [["hold", false]]);
	}));

test("held by the other end: there is nothing to resume, and the owner's own hold is another thing", () => {
	on(withCall({ ...BOB, state: "held", heldBy: "peer" }), (stage) => {
		stage.press("soft2", "hold");
		equal(stage.phone.commands, [
			["hold", true],
			["hold", true],
		]);
	});
	on(withCall({ ...BOB, state: "held", heldBy: "both" }), (stage) => {
		stage.press("soft2");
		equal(stage.phone.commands, [["hold", false]]);
	});
	on(withCalls({ ...BOB, state: "held", heldBy: "peer" }, CAROL), (stage) => {
		stage.press("soft2");
		equal(stage.phone.commands, [["swap"]]);
	});
});

test("sent on: to who waits, to somebody on the list, to an address; asked first; what is typed goes before the list", () => {
	on(withCalls(BOB, CAROL), (stage) => {
		stage.press("transfer", "soft1");
		equal([stage.phone.commands, stage.ui.screen], [[["connect"]], "call"]);
	});
	on(withCall({ ...BOB, peer: "sip:dora@example.org" }), (stage) => {
		stage.press("transfer", "soft1");
		stage.press("transfer", "down", "ok");
		stage.press("transfer", "1", "0", "0", "soft1");
		stage.press("transfer", "1", "0", "0", "down", "soft1");
		stage.press("transfer", "down", "soft2");
		stage.press("transfer", "2", "soft4", "soft4");
		equal(stage.phone.commands, [
			["transfer", "sip:bob@example.org"],
			["transfer", "sip:zoe@example.org"],
			["transfer", "100"],
			["transfer", "sip:100@pbx.example.org;transport=udp"],
			["dial", "sip:zoe@example.org"],
		]);
		equal(stage.ui.screen, "call");
	});
});

test("what a command did not do is said in place of the soft keys, and gives way to the next key", () =>
	on(withCalls(BOB, CAROL), (stage) => {
		const before = stage.pixels();
		stage.phone.refusal = "a conference takes two calls that were answered";
		stage.press("soft3");
		ok(stage.pixels().some((pixel, index) => pixel !== before[index]));
		stage.now += 7000;
		stage.ui.tick(stage.now);
		const row = 206 * 320;
		ok(
			stage
				.pixels()
				.slice(row)
				.every((pixel, index) => pixel === before[row + index]),
			"the soft keys are back",
		);
	}));

test("a conference: the words of either call, its keys, and its end", () => {
	const legs = [
		{ ...BOB, joined: true as const },
		{ ...CAROL, state: "connected" as const, joined: true as const, sas: "w3yc" },
	];
	on({ ...withCalls(...legs), conference: { lock: "closed" } }, (stage) => {
		equal(stage.ui.screen, "conference");
		stage.press("down", "soft1");
		equal(stage.ui.screen, "question");
		stage.press("soft1");
		equal([stage.phone.commands, stage.phone.verified], [[["verify", true, "Carol"]], 2]);
		stage.press("soft1", "soft1");
		equal(stage.phone.verified, 2);
		stage.press("cancel", "up", "soft1", "soft1");
		equal(stage.phone.verified, 1);
		stage.phone.commands.length = 0;
		stage.press("soft2", "soft3", "hold", "soft4");
		equal(stage.phone.commands, [
			["confer", false],
			["mute", true],
			["hold", true],
			["hangup", 1],
			["hangup", 2],
		]);
		// One of the two turns out to be wrong: it comes to the front, whichever it is.
		const [first, second] = legs;
		if (first && second)
			stage.show({ ...withCalls(first, { ...second, lock: "warning" }), conference: { lock: "warning" } });
		equal(stage.ui.screen, "question");
		stage.now += 2000;
		stage.press("soft2");
		equal(stage.phone.verified, 2);
	});
});

test("at rest: messages are called, missed calls are looked at, a call is picked up, nothing moves under the owner's finger", () =>
	on(IDLE, (stage) => {
		const lamps = [{ uri: "sip:bob@example.org", state: "idle" }] as const;
		// The key is meant for Bob, whatever has come above him.
		stage.show({ ...IDLE, lamps, messages: { waiting: true, fresh: 1, old: 0 }, mailbox: "sip:97@x", missed: 2 });
		stage.press("soft1");
		stage.press("up", "soft1", "cancel");
		stage.press("up", "soft1");
		equal(stage.phone.commands, [["dial", "sip:bob@example.org"], ["seen"], ["dial", "sip:97@x"]]);
		stage.phone.commands.length = 0;
		stage.show({ ...IDLE, lamps: [{ uri: "sip:bob@example.org", state: "ringing" }] });
		stage.press("soft1");
		equal(stage.phone.commands, [["pickUp", "sip:bob@example.org"]]);
	}));

test("what becomes of callers is changed on the phone", () =>
	on({ ...IDLE, forward: { busy: "100", noAnswerSec: 20 } }, (stage) => {
		stage.press("soft4", "soft2", "ok", "down", "down", "soft2", "down", "ok", "9", "7", "soft1");
		equal(stage.phone.commands, [
			["dnd", true],
			["forward", "busy", undefined],
			["forward", "noAnswer", "97"],
		]);
		equal(stage.ui.screen, "services");
		stage.phone.refusal = '"x y" is no address to send calls to';
		stage.press("ok", "soft1");
		equal(stage.ui.screen, "message");
	}));
