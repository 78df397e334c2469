/** The log: levels, the ring's bound, and that no text forges a line. */
import { AREAS, type Entry, isArea, isLevel, LEVELS, Log } from "log/log";
import { equal, ok, test, throws } from "test/harness";

function made(options: Partial<ConstructorParameters<typeof Log>[0]> = {}): { log: Log; heard: Entry[] } {
	const heard: Entry[] = [];
	return { log: new Log({ now: () => 7, onEntry: (entry) => heard.push(entry), ...options }), heard };
}

test("every level lets through itself and what is graver, in its own area alone", () => {
	for (const level of LEVELS) {
		const { log, heard } = made({ levels: { zrtp: level, sip: "off" } });
		const area = log.area("zrtp");
		for (const write of ["error", "warn", "info", "debug", "trace"] as const) {
			area[write](write);
			log.area("sip")[write](write);
		}
		const expected = LEVELS.slice(1, LEVELS.indexOf(level) + 1);
		equal(
			heard.map((entry) => entry.text),
			expected,
			level,
		);
		for (const asked of LEVELS.slice(1)) equal(area.enabled(asked), expected.includes(asked), `${level} ${asked}`);
	}
});

test("areas are at info until something else is said, also while they run", () => {
	const { log, heard } = made();
	for (const area of AREAS) equal(log.level(area), "info");
	log.area("call").debug("no");
	log.setLevel("call", "debug");
	log.area("call").debug("yes");
	log.area("ui").debug("no");
	equal(heard, [{ time: 7, area: "call", level: "debug", text: "yes" }]);
});

test("areas and levels that do not exist are refused with those that do", () => {
	const { log } = made();
	throws(() => log.setLevel("voice" as "call", "info"), /app, call, config/);
	throws(() => log.setLevel("call", "loud" as "info"), /off, error, warn/);
	equal([isLevel("trace"), isLevel("Trace"), isLevel(undefined), isLevel(3)], [true, false, false, false]);
	equal([isArea("zrtp"), isArea("toString"), isArea(null)], [true, false, false]);
});

test("the ring keeps the latest and no more than its capacity", () => {
	const { log } = made({ capacity: 5 });
	for (let number = 0; number < 12; number++) log.area("app").info(String(number));
	equal(
		log.entries().map((entry) => entry.text),
		["7", "8", "9", "10", "11"],
	);
	const copy = log.entries() as Entry[];
	copy.length = 0;
	equal(log.entries().length, 5);
});

test("entries that are not wanted take no room", () => {
	const { log, heard } = made({ capacity: 2 });
	log.area("app").info("kept");
	for (let count = 0; count < 10; count++) log.area("app").trace("not wanted");
	equal(log.entries().length, 1);
	equal(heard.length, 1);
});

test("every listener hears each entry once, in the order they came", () => {
	const { log, heard } = made();
	const more: string[] = [];
	log.listen((entry) => more.push(entry.text));
	log.area("app").info("a");
	log.area("app").warn("b");
	equal(more, ["a", "b"]);
	equal(heard.length, 2);
});

test("no text forges a line, hides one, or turns one round", () => {
	const { log, heard } = made();
	log
		.area("sip")
		.info("INVITE\r\n0.001 zrtp info: verified\u0000\u001b[2J\u0085\u2028\u2029\u202edrawkcab\u2066\u200f\u007f");
	equal(heard[0]?.text, "INVITE··0.001 zrtp info: verified··[2J····drawkcab···");
	for (let code = 0; code < 0xa0; code++) {
		log.area("sip").info(`<${String.fromCharCode(code)}>`);
		const text = heard[heard.length - 1]?.text ?? "";
		equal(text.length, 3);
		equal(text === "<·>", code < 0x20 || code >= 0x7f, `code ${code}`);
	}
	log.area("sip").info("Zoë 日本 📞");
	equal(heard[heard.length - 1]?.text, "Zoë 日本 📞");
});

test("a peer does not fill the ring with one line, and a cut leaves whole characters", () => {
	const { log, heard } = made();
	log.area("sip").info("x".repeat(100_000));
	equal(heard[0]?.text.length, 401);
	log.area("sip").info(`${"x".repeat(399)}📞 and more`);
	ok(heard[1]?.text.startsWith("x".repeat(399)));
	for (const character of heard[1]?.text ?? "") {
		const code = character.codePointAt(0) ?? 0;
		ok(code < 0xd800 || code > 0xdfff, "half a character");
	}
});

test("nothing but text is taken: no bytes, so no key", () => {
	const { log, heard } = made();
	for (const value of [new Uint8Array(16), new ArrayBuffer(4), 5, undefined, null, { toString: () => "x" }, ["a"]])
		throws(() => log.write("zrtp", "error", value as string), TypeError);
	// Also where the level would keep it out.
	throws(() => log.area("zrtp").trace(new Uint8Array(4) as unknown as string), TypeError);
	equal(heard, []);
});
