import type { Lock } from "call/state";
import Display from "hal/display/display";
import { equal, ok, test } from "test/harness";
import type { ScreenName } from "ui/screen";
import { splash } from "ui/splash";
import { TEXT } from "ui/text";
import { type ColorName, LOCKS } from "ui/theme";
import { SOFT_BOX } from "ui/widgets";
import { CALL, IDLE, MISMATCH, SCENES, SECURE, Stage, withCall } from "./scenes";

const WIDTH = 320;
const UNPAINTED = 0xf81f;

/** How many pixels of exactly this color lie in the box. */
function count(stage: Stage, color: ColorName, x: number, y: number, width: number, height: number): number {
	const pixels = stage.pixels();
	const wanted = stage.ui.canvas.color(color);
	let found = 0;
	for (let row = y; row < y + height; row += 1)
		for (let column = x; column < x + width; column += 1) if (pixels[row * WIDTH + column] === wanted) found += 1;
	return found;
}

/** A number that says whether two frames are the same: FNV-1a over the pixels. */
function sumOf(pixels: Uint16Array): number {
	let sum = 0x811c9dc5;
	for (const pixel of pixels) sum = Math.imul(sum ^ pixel, 0x01000193);
	return sum;
}

test("every scene is drawn without an exception, and no pixel is left unpainted", () => {
	for (const scene of SCENES) {
		const stage = Stage.of(scene);
		const pixels = stage.pixels();
		equal(pixels.length, 320 * 240, scene.name);
		ok(!pixels.includes(UNPAINTED), `${scene.name}: something was not painted`);
		const colors = new Set(pixels);
		ok(colors.size > 8, `${scene.name}: only ${colors.size} colors`);
		stage.close();
	}
});

test("two scenes that say different things look different", () => {
	const seen = new Map<number, string>();
	for (const scene of SCENES) {
		const stage = Stage.of(scene);
		const look = sumOf(stage.pixels());
		ok(!seen.has(look), `${scene.name} looks like ${seen.get(look)}`);
		seen.set(look, scene.name);
		stage.close();
	}
});

test("what is drawn piece by piece is what is drawn at once", () => {
	for (const scene of SCENES.filter(({ remembers }) => !remembers)) {
		const direct = Stage.of({ ...scene, keys: [] });
		const later = new Stage(IDLE, { ...(scene.peers && { peers: scene.peers }), ...(scene.log && { log: scene.log }) });
		later.show(withCall({ ...CALL, id: 7, securing: true, peerName: "Somebody else" }));
		later.show(withCall({ ...SECURE, id: 7, sas: "yyyy" }));
		later.show({ ...IDLE, name: "Other" });
		later.show(scene.state);
		const expected = direct.pixels();
		const differing = later.pixels().findIndex((pixel, index) => pixel !== expected[index]);
		equal(differing, -1, `${scene.name} at ${differing % WIDTH},${Math.floor(differing / WIDTH)}`);
		direct.close();
		later.close();
	}
});

test("each lock state has its own color, icon and words where the lock stands", () => {
	const looks = new Set<string>();
	for (const lock of Object.keys(LOCKS) as Lock[]) {
		const call = lock === "warning" ? { ...MISMATCH } : { ...SECURE, lock };
		const stage = new Stage(withCall(call));
		if (lock === "warning") stage.press("wait", "soft3");
		equal(stage.ui.screen, "call", lock);
		const { color, ground } = LOCKS[lock];
		ok(count(stage, ground, 8, 50, 304, 48) > 8000, `${lock}: the ground of the lock`);
		ok(count(stage, color, 20, 62, 24, 24) > 20, `${lock}: the icon`);
		ok(count(stage, color, 56, 52, 250, 24) > 60, `${lock}: the words`);
		for (const other of Object.keys(LOCKS) as Lock[])
			if (LOCKS[other].ground !== ground)
				equal(count(stage, LOCKS[other].ground, 8, 50, 304, 48), 0, `${lock}/${other}`);
		const pixels = stage.pixels();
		let icon = "";
		for (let y = 62; y < 86; y += 1)
			for (let x = 20; x < 44; x += 1) icon += pixels[y * WIDTH + x] === stage.ui.canvas.color(ground) ? " " : "#";
		ok(!looks.has(icon), `${lock} has the icon of another lock`);
		looks.add(icon);
		stage.close();
	}
});

test("while keys are agreed no lock is claimed, and the held microphone is shown", () => {
	const stage = new Stage(withCall({ ...CALL, securing: true }));
	for (const lock of Object.keys(LOCKS) as Lock[]) equal(count(stage, LOCKS[lock].ground, 8, 50, 304, 48), 0, lock);
	ok(count(stage, "amber", 56, 76, 16, 16) > 10, "the microphone's icon");
	stage.show(withCall({ ...CALL, securing: true, lock: "warning", notice: "The keys are not those announced." }));
	equal(stage.ui.screen, "warning");
	stage.close();
});

test("a peer that is merely new is never shown as a warning", () => {
	const stage = new Stage(withCall({ ...SECURE, retained: "none" }));
	equal(stage.ui.screen, "call");
	equal(count(stage, "alarm", 0, 0, 320, 240), 0);
	stage.press("soft1");
	equal(stage.ui.screen, "question");
	equal(count(stage, "alarm", 0, 0, 320, 240), 0);
	stage.close();
});

test("a warning is loud: it comes to the front over whatever is open, as the question where there are words", () => {
	const stage = new Stage(withCall(SECURE));
	stage.press("ok");
	equal(stage.ui.screen, "details");
	stage.show(withCall(MISMATCH));
	equal(stage.ui.screen, "question");
	ok(count(stage, "alarm", 0, 0, 320, 34) > 6000);
	stage.press("wait", "soft2");
	equal(stage.phone.commands, [["verify", false]]);
	stage.show(withCall({ ...MISMATCH, notice: "The words did not match: somebody may be listening." }));
	equal(stage.ui.screen, "warning");
	ok(count(stage, "alarm", 0, 0, 320, 206) > 40_000);
	stage.press("wait", "soft4");
	equal(stage.ui.screen, "call");
	ok(count(stage, "alarm", 8, 50, 304, 48) > 8000, "the lock goes on warning");
	stage.show(withCall({ ...MISMATCH, notice: "The words did not match: somebody may be listening.", muted: true }));
	equal(stage.ui.screen, "call", "the same alarm does not open twice");
	stage.close();
});

test("every label fits its soft key, every lock's words fit the lock, in full", () => {
	const stage = new Stage(IDLE);
	const { canvas } = stage.ui;
	for (const label of Object.values(TEXT.soft)) equal(canvas.fit(label, "small", SOFT_BOX.label), label);
	for (const words of Object.values(TEXT.lock)) equal(canvas.fit(words, "body", 248), words);
	for (const words of [...Object.values(TEXT.lockMeaning), ...Object.values(TEXT.retained)])
		equal(canvas.fit(words, "small", 248), words);
	for (const words of [...Object.values(TEXT.lockShort), ...Object.values(TEXT.retainedShort)])
		equal(canvas.fit(words, "small", 200), words);
	for (const label of [...Object.values(TEXT.detail), ...Object.values(TEXT.info)])
		equal(canvas.fit(label, "small", 94), label);
	equal(canvas.fit(TEXT.microphoneHeld, "small", 226), TEXT.microphoneHeld);
	stage.close();
});

test("why a phone is not registered is told to its last word", () => {
	const looks = ["is no name here", "is no name there"].map((end) => {
		const reason = `cannot find a server for registrar.phones.example.org: it ${end}`;
		const registered = [{ aor: "sip:alice@example.org", ok: false, transport: "udp", reason }] as const;
		const stage = new Stage({ ...IDLE, registered });
		stage.press("soft4");
		equal(stage.ui.screen, "info");
		const sum = sumOf(stage.pixels());
		stage.close();
		return sum;
	});
	ok(looks[0] !== looks[1], "the last word is on the screen");
});

test("the duration runs with the time given, and only its corner is drawn again", () => {
	const stage = new Stage(withCall({ ...SECURE, durationMs: 59_000 }));
	const before = stage.pixels();
	stage.now += 1000;
	stage.ui.tick(stage.now);
	const after = stage.pixels();
	let left = 320;
	let bottom = 0;
	for (let index = 0; index < after.length; index += 1) {
		if (after[index] === before[index]) continue;
		left = Math.min(left, index % WIDTH);
		bottom = Math.max(bottom, Math.floor(index / WIDTH));
	}
	ok(left >= 244 && left < 320, `left ${left}`);
	ok(bottom < 50, `bottom ${bottom}`);
	stage.close();
});

test("what says nothing new is not drawn again", () => {
	const stage = new Stage(withCall(SECURE));
	stage.ui.canvas.frame([
		{ x: 0, y: 0, width: 4, height: 4, key: "", draw: (canvas) => canvas.fill("alarm", 0, 0, 4, 4) },
	]);
	const mark = () => count(stage, "alarm", 0, 0, 4, 4);
	equal(mark(), 16);
	stage.now += 100;
	stage.ui.tick(stage.now);
	stage.ui.update(stage.now + 1);
	equal(mark(), 16);
	stage.ui.key("9", stage.now + 2);
	equal(mark(), 0, "the digit stands where the mark was");
	stage.close();
});

test("before there is a phone to show, its name and a sentence stand on the screen", () => {
	const display = new Display({});
	splash(display, "Alice");
	const starting = sumOf(new Uint16Array(display.snapshot()));
	splash(display, "Alice", "port 5060 on 192.0.2.10 is in use; trying again in 5 s");
	const pixels = new Uint16Array(display.snapshot());
	ok(sumOf(pixels) !== starting);
	ok(!pixels.includes(UNPAINTED));
	for (const text of ["", "x".repeat(5000), "\u202e\u0000\ud800"]) splash(display, text, text);
	display.close();
});

test("an ended call is shown with its reason, until it is read or some time has passed", () => {
	const ended = withCall({ ...SECURE, state: "ended", reason: "Bob hung up" });
	const stage = new Stage(withCall(SECURE));
	stage.press("soft1");
	stage.show(ended);
	equal(stage.ui.screen, "ended");
	stage.press("cancel");
	equal(stage.ui.screen, "home");
	stage.close();
	const other = new Stage(ended);
	equal(other.ui.screen, "ended");
	other.now += 16_000;
	other.ui.tick(other.now);
	equal(other.ui.screen, "home" satisfies ScreenName);
	other.press("ok");
	equal(other.phone.commands, [["dial", "sip:bob@example.org"]]);
	other.close();
});
