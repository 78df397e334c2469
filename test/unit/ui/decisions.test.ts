/** What the owner is asked in a call, ending encryption, and words that two owners share: keys in, commands out. */
import { toHex } from "bytes/hex";
import type { CallState } from "call/state";
import { equal, ok, test } from "test/harness";
import {
	CALL,
	CLEARED,
	ENCRYPTED_BEFORE,
	ENROLLING,
	IDLE,
	MISMATCH,
	PEER_CLEARED,
	SECURE,
	Stage,
	withCall,
} from "./scenes";

function staged(call: CallState, body: (stage: Stage) => void): void {
	const stage = new Stage(withCall(call));
	try {
		body(stage);
	} finally {
		stage.close();
	}
}

test("a question comes to the front once, and is deaf to the key that was meant for the screen before", () => {
	for (const call of [ENROLLING, PEER_CLEARED, ENCRYPTED_BEFORE])
		staged({ ...SECURE, id: call.id }, (stage) => {
			equal(stage.ui.screen, "call");
			stage.show(withCall(call));
			equal(stage.ui.screen, "decision");
			stage.press("soft1", "soft2", "soft3", "ok");
			equal([stage.phone.commands, stage.ui.screen], [[], "decision"]);
			stage.press("wait", "ok");
			equal([stage.phone.commands, stage.ui.screen], [[], "decision"], "ok is pressed without reading");
			stage.press("soft4");
			equal([stage.phone.commands, stage.ui.screen], [[], "call"], "no answer is no");
			stage.show(withCall({ ...call, durationMs: 190_000 }));
			equal(stage.ui.screen, "call", "once");
			const { question: _, ...answered } = call;
			stage.show(withCall(answered));
			stage.show(withCall(call));
			equal(stage.ui.screen, "decision", "another time it is another question");
		});
});

test("a PBX is trusted, or not, by a key of its own", () => {
	for (const [key, accepted] of [
		["soft1", true],
		["soft2", false],
	] as const)
		staged(ENROLLING, (stage) => {
			stage.press("wait", key);
			equal(stage.phone.commands, [["decide", "enrollment", accepted, 1]]);
			equal(stage.ui.screen, "call");
		});
});

test("after later, the question is behind the first key, or on the page about the call", () => {
	staged(PEER_CLEARED, (stage) => {
		stage.press("wait", "soft4", "soft1");
		equal(stage.ui.screen, "decision");
		stage.press("soft3");
		equal(stage.phone.commands, [["decide", "cleared", true, 1]]);
	});
	staged(ENROLLING, (stage) => {
		stage.press("wait", "soft4", "soft1");
		equal(stage.ui.screen, "question", "the words come first");
		stage.press("soft3", "ok", "soft1");
		equal(stage.ui.screen, "decision");
	});
});

test("a PBX that wants to be trusted waits while an alarm stands", () => {
	staged(
		{ ...MISMATCH, gateway: { name: "x", trusted: false, relayed: false }, question: ENROLLING.question } as CallState,
		(stage) => {
			equal(stage.ui.screen, "question", "the words");
			stage.press("wait", "soft3");
			equal(stage.ui.screen, "call");
			stage.show(withCall(ENROLLING));
			equal(stage.ui.screen, "decision");
		},
	);
});

test("another PBX that asks in the place of the first is another question, deaf to the key for the one before", () => {
	staged(ENROLLING, (stage) => {
		stage.press("wait");
		const question = { about: "enrollment", text: '"Mallory" asks to be trusted as your gateway.' } as const;
		stage.phone.state = withCall({ ...ENROLLING, question });
		stage.press("soft1");
		equal([stage.phone.commands, stage.ui.screen], [[], "decision"]);
		stage.press("wait", "soft1");
		equal(stage.phone.commands, [["decide", "enrollment", true, 1]]);
	});
});

test("where encryption was lost: go on, back to encryption, or hang up", () => {
	staged(ENCRYPTED_BEFORE, (stage) => {
		stage.press("wait", "soft2");
		equal([stage.phone.commands, stage.ui.screen], [[], "decision"], "nothing to go back to");
		stage.press("soft3");
		equal(stage.phone.commands, [["decide", "unencrypted", true, 1]]);
	});
	staged(PEER_CLEARED, (stage) => {
		stage.press("wait", "soft2");
		equal(stage.phone.commands, [["encrypt", true, 1]]);
	});
	for (const key of ["soft1", "hook"])
		staged(PEER_CLEARED, (stage) => {
			stage.press("wait", key);
			equal(stage.phone.commands, [["hangup", 1]]);
		});
	staged(PEER_CLEARED, (stage) => {
		stage.press("hook");
		equal(stage.phone.commands, [["hangup", 1]], "the hook is heard at once");
	});
});

test("a question that is answered elsewhere, or whose call has ended, goes from the screen", () => {
	staged(PEER_CLEARED, (stage) => {
		stage.show(withCall({ ...CLEARED, notice: "The other phone ended encryption: this call can be overheard." }));
		equal(stage.ui.screen, "call");
	});
	staged(PEER_CLEARED, (stage) => {
		stage.show(withCall({ ...CALL, state: "ended", reason: "Bob hung up" }));
		equal(stage.ui.screen, "ended");
	});
	staged(PEER_CLEARED, (stage) => {
		stage.show(IDLE);
		equal(stage.ui.screen, "home");
	});
});

test("the owner ends encryption on the page about the call, after a question, and takes it up with one key", () => {
	staged({ ...SECURE, clear: "possible" }, (stage) => {
		stage.press("ok", "soft1");
		equal([stage.ui.screen, stage.phone.commands], ["confirm", []]);
		stage.press("ok");
		equal(stage.phone.commands, [], "ok is no yes");
		stage.press("soft4");
		equal([stage.ui.screen, stage.phone.commands], ["details", []]);
		stage.press("soft1", "soft1");
		equal([stage.ui.screen, stage.phone.commands], ["call", [["encrypt", false, 1]]]);
		stage.show(withCall({ ...CALL, clear: "asked" }));
		stage.press("ok", "soft1");
		equal(stage.phone.commands.length, 1, "once is enough");
		stage.press("soft4");
		stage.show(withCall(CLEARED));
		stage.press("soft1");
		equal(stage.phone.commands.slice(1), [["encrypt", true, 1]]);
	});
	staged(SECURE, (stage) => {
		stage.press("ok", "soft1");
		equal([stage.ui.screen, stage.phone.commands], ["details", []], "not where the other end does not allow it");
	});
});

/** From the idle screen to shared words. */
const MENU = ["soft4", "soft1", "soft3"];

function typed(stage: Stage, word: string): string {
	stage.press(...MENU, "down", "down", "ok");
	stage.type(word);
	stage.press("soft1");
	stage.type(word);
	stage.press("soft1", "wait");
	const { secret } = stage.words;
	return secret ? toHex(secret) : "";
}

test("two phones with the same words have the same secret, however they were typed; others have others", () => {
	const secrets = ["blauer wal", "blauerwal", "roter wal"].map((word) => {
		const stage = new Stage(IDLE);
		try {
			equal(stage.words.set, false);
			const secret = typed(stage, word);
			equal([stage.words.set, stage.ui.screen, secret.length], [true, "message", 64]);
			return secret;
		} finally {
			stage.close();
		}
	});
	equal(secrets[0], secrets[1]);
	ok(secrets[0] !== secrets[2]);
});

test("shared words are forgotten after a question, and wiped", () => {
	const stage = new Stage(IDLE);
	try {
		typed(stage, "blauer wal");
		const { secret } = stage.words;
		stage.press("soft4", "ok");
		equal(stage.ui.screen, "confirm");
		stage.press("ok");
		equal(stage.words.set, true);
		stage.press("soft1");
		equal([stage.words.set, secret], [false, new Uint8Array(32)]);
	} finally {
		stage.close();
	}
});

test("words that are too short once the spaces are gone are refused in words", () => {
	const stage = new Stage(IDLE);
	try {
		equal(typed(stage, "a b c d e"), "");
		equal([stage.ui.screen, stage.words.set], ["message", false]);
	} finally {
		stage.close();
	}
});

test("the trust in a gateway is ended on its page, after a question", () => {
	const stage = new Stage(IDLE, {
		known: (known) => {
			known.meet(1, { daysAgo: 0, verified: false, name: "Office PBX" });
			const [peer] = known.store.list();
			if (peer) known.store.setPbxSecret(peer.zid, new Uint8Array(32).fill(7));
		},
	});
	try {
		const trusted = () => stage.known.phones.list()[0]?.gateway;
		equal(trusted(), true);
		stage.press("soft4", "soft1", "soft1", "soft2");
		equal([stage.ui.screen, trusted()], ["confirm", true]);
		stage.press("soft1");
		equal([stage.ui.screen, trusted()], ["peer", undefined]);
	} finally {
		stage.close();
	}
});
