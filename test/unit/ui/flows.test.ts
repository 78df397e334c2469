import { equal, ok, test } from "test/harness";
import { CALL, IDLE, LOG_LINES, MISMATCH, SECURE, Stage, withCall } from "./scenes";

const RINGING = { ...CALL, direction: "incoming", state: "ringing", durationMs: 0 } as const;

const differ = (a: Uint16Array, b: Uint16Array) => a.some((pixel, index) => pixel !== b[index]);

test("idle: up and down choose a peer, ok calls it", () => {
	const stage = new Stage(IDLE);
	stage.press("ok", "down", "down", "soft1", "up", "ok", "up", "up", "up", "ok");
	equal(stage.phone.commands, [
		["dial", "sip:bob@example.org"],
		["dial", "sip:100@pbx.example.org;transport=udp"],
		["dial", "sip:zoe@example.org"],
		["dial", "sip:bob@example.org"],
	]);
	stage.press(..."xxxxxxxx".split("").map(() => "down"), "ok");
	equal(stage.phone.commands[4], ["dial", "sip:workshop@192.0.2.17:5062"]);
	stage.close();
});

test("idle without peers: call keys do nothing, soft keys open the pages and cancel leaves them", () => {
	const stage = new Stage(IDLE, { peers: [] });
	stage.press("ok", "soft1", "down", "up", "cancel", "mute", "hold", "transfer", "nonsense", "");
	equal(stage.phone.commands, []);
	for (const [key, screen] of [
		["soft2", "dial"],
		["hook", "dial"],
		["line1", "dial"],
		["soft3", "log"],
		["soft4", "info"],
	] as const) {
		stage.press(key);
		equal(stage.ui.screen, screen);
		stage.press("cancel");
		equal(stage.ui.screen, "home");
	}
	stage.close();
});

test("dialling: digits are taken as they are, delete takes the last", () => {
	const stage = new Stage(IDLE);
	stage.press("1", "2", "3", "*", "#", "soft3", "0", "soft1");
	equal(stage.phone.commands, [["dial", "123*0"]]);
	equal(stage.ui.screen, "home");
	stage.press("soft2", "soft1", "ok");
	equal(stage.ui.screen, "dial", "nothing to dial yet");
	equal(stage.phone.commands.length, 1);
	stage.close();
});

test("dialling letters: a key pressed again soon takes the next letter, and a peer's name finds its address", () => {
	const stage = new Stage(IDLE);
	stage.press("soft2", "soft2", "2", "2"); // b
	stage.press("6", "6", "6"); // o
	stage.now += 2000;
	stage.press("2", "2", "soft1"); // b
	equal(stage.phone.commands, [["dial", "sip:bob@example.org"]]);
	stage.press("soft2", "soft2", "2");
	stage.now += 2000;
	stage.press("1", "1", "2", "soft1");
	equal(stage.phone.commands[1], ["dial", "a@a"]);
	stage.close();
});

test("an incoming call: answer or decline, by soft keys, ok, cancel, hook or line", () => {
	for (const [key, command] of [
		["soft1", "answer"],
		["ok", "answer"],
		["hook", "answer"],
		["line1", "answer"],
		["soft4", "hangup"],
		["cancel", "hangup"],
	] as const) {
		const stage = new Stage(IDLE);
		stage.press("soft2", "5");
		stage.show(withCall(RINGING));
		equal(stage.ui.screen, "incoming", "it comes before what was being typed");
		stage.press("1", "up", key);
		equal(stage.phone.commands, [[command, 1]]);
		stage.close();
	}
});

test("an outgoing call can be given up", () => {
	for (const key of ["soft4", "cancel", "hook"]) {
		const stage = new Stage(withCall({ ...CALL, state: "ringing", durationMs: 0 }));
		equal(stage.ui.screen, "outgoing");
		stage.press("ok", "soft1", key);
		equal(stage.phone.commands, [["hangup", 1]]);
		stage.close();
	}
});

test("in a call: hold, mute, digits and the hook do what they say", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("soft2", "hold", "soft3", "mute", "4", "2", "#", "soft4", "hook");
	equal(stage.phone.commands, [
		["hold", true],
		["hold", true],
		["mute", true],
		["mute", true],
		["dtmf", "4"],
		["dtmf", "2"],
		["dtmf", "#"],
		["hangup", 1],
		["hangup", 1],
	]);
	stage.phone.commands.length = 0;
	stage.show(withCall({ ...SECURE, state: "held", muted: true }));
	stage.press("soft2", "soft3");
	equal(stage.phone.commands, [
		["hold", false],
		["mute", false],
	]);
	stage.press("ok");
	equal(stage.ui.screen, "details");
	stage.press("mute");
	equal(stage.phone.commands[2], ["mute", false], "mute works in front of every page of a call");
	stage.close();
});

test("the SAS question: they match, with the name that stands there", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("soft1");
	equal(stage.ui.screen, "question");
	stage.press("soft1");
	equal(stage.phone.commands, [["verify", true, "Bob"]]);
	equal(stage.ui.screen, "call");
	stage.close();
});

test("the SAS question: a name can be typed; without one none is given", () => {
	const stage = new Stage(withCall({ ...SECURE, peerName: SECURE.peer }));
	stage.press("soft1", "soft1");
	equal(stage.phone.commands, [["verify", true]]);
	stage.press("soft1", "soft4", "soft2", "2", "soft2", "soft2");
	stage.now += 2000;
	stage.press("6", "6", "soft1");
	equal(stage.ui.screen, "question", "Done ends the naming, not the question");
	stage.press("soft1");
	equal(stage.phone.commands[1], ["verify", true, "An"]);
	stage.press("soft1", "soft4", "2", "soft3", "soft3", "cancel", "soft1");
	equal(stage.phone.commands[2], ["verify", true]);
	stage.close();
});

test("the SAS question: not a match, and later", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("soft1", "soft2");
	equal(stage.phone.commands, [["verify", false]]);
	stage.press("soft1", "soft3");
	equal(stage.ui.screen, "call");
	stage.press("soft1", "cancel");
	equal(stage.phone.commands.length, 1, "later says nothing to the phone");
	stage.close();
});

test("while a name is typed, digits are letters and no answer is given by mistake", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("soft1", "soft4", "1", "2", "3", "*", "#", "0", "hook");
	equal(stage.phone.commands, []);
	stage.close();
});

test("a question about words that have gone closes by itself", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("soft1");
	stage.show(withCall({ ...CALL, notice: "The other phone ended encryption." }));
	equal(stage.ui.screen, "call");
	stage.show(IDLE);
	equal(stage.ui.screen, "home");
	stage.close();
});

test("the SAS question: words of another phone in their place are another question, and no name goes over to it", () => {
	for (const naming of [false, true]) {
		const stage = new Stage(withCall(SECURE));
		stage.press("soft1", ...(naming ? ["soft4"] : []));
		equal(stage.ui.screen, "question");
		stage.phone.state = withCall({ ...SECURE, peerName: "mallory", sas: "zzzz" });
		stage.press("soft1");
		equal(stage.phone.commands, [], "the key was pressed for the words before");
		stage.close();
	}
});

test("a warning: the question comes by itself, and hanging up is one key away", () => {
	const stage = new Stage(withCall(MISMATCH));
	equal(stage.ui.screen, "question");
	stage.press("hook");
	equal(stage.phone.commands, [["hangup", 1]]);
	stage.close();
	const lost = new Stage(withCall({ ...CALL, lock: "warning", notice: "Encryption was lost." }));
	equal(lost.ui.screen, "warning");
	lost.press("wait", "soft1");
	equal(lost.phone.commands, [["hangup", 1]]);
	lost.press("soft4");
	equal(lost.ui.screen, "call");
	lost.show(withCall(SECURE));
	lost.show(withCall({ ...CALL, lock: "warning", notice: "Encryption was lost." }));
	equal(lost.ui.screen, "warning", "an alarm that comes again is shown again");
	lost.close();
});

test("a key pressed as the alarm comes up answers nothing: it was meant for what was there before", () => {
	const stage = new Stage(withCall(RINGING));
	stage.press("soft1");
	stage.show(withCall(MISMATCH));
	stage.press("soft1", "soft2", "soft3", "soft1", "ok", "cancel");
	equal(stage.ui.screen, "question");
	equal(stage.phone.commands, [["answer", 1]]);
	stage.press("wait", "soft1");
	equal(stage.phone.commands[1], ["verify", true, "Bob"]);
	stage.show(withCall({ ...CALL, lock: "warning", notice: "Encryption was lost." }));
	stage.press("soft1", "soft4");
	equal(stage.ui.screen, "warning");
	equal(stage.phone.commands.length, 2);
	stage.close();
});

test("an ended call: call again, or close", () => {
	const stage = new Stage(withCall({ ...SECURE, state: "ended", reason: "busy" }));
	stage.press("soft1");
	equal(stage.phone.commands, [["dial", "sip:bob@example.org"]]);
	equal(stage.ui.screen, "home");
	stage.close();
});

test("the log: areas filter, the level is set for the area in front, scrolling keeps its place", () => {
	const stage = new Stage(IDLE, { log: LOG_LINES });
	stage.press("soft3", "soft1", "soft1", "soft1", "soft1", "soft2");
	equal(stage.log.kept, { app: "info", call: "info", sip: "info", zrtp: "debug" });
	stage.press("soft2", "soft2");
	equal(stage.log.kept.zrtp, "off");
	stage.press("soft1", "soft2");
	equal(stage.log.kept, { app: "off", call: "off", sip: "off", zrtp: "off" });
	stage.press("up", "up", "up");
	const before = stage.pixels();
	stage.log.lines.push({ time: 99, area: "app", level: "info", text: "something new" });
	stage.show({ ...IDLE, store: { peers: 4 } });
	equal(stage.pixels(), before);
	stage.press("soft3");
	ok(differ(stage.pixels(), before));
	stage.press(...Array<string>(40).fill("up"), ...Array<string>(40).fill("down"), "soft4");
	equal(stage.ui.screen, "home");
	stage.close();
});

test("volume: the level is told and shown for a moment, within 0 and 10", () => {
	const stage = new Stage(withCall(SECURE));
	const calm = stage.pixels();
	stage.press("volume+");
	equal(stage.volumes, [7]);
	ok(differ(stage.pixels(), calm));
	stage.press(...Array<string>(9).fill("volume+"));
	equal(stage.volumes[9], 10);
	stage.press(...Array<string>(14).fill("volume-"));
	equal(stage.volumes[23], 0);
	stage.now += 1600;
	stage.ui.tick(stage.now);
	const pixels = stage.pixels();
	for (let index = 206 * 320; index < pixels.length; index += 1)
		if (pixels[index] !== calm[index]) throw new Error(`the soft keys are not back at ${index % 320}`);
	equal(stage.phone.commands, []);
	stage.close();
});
