/** Texts of the panel that are no commands: each is answered in words, and none of them ends the phone. */
import { Remote } from "app/remote";
import { SoundSystem } from "app/sound";
import Audio from "hal/audio/audio";
import { Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { Known } from "test/unit/ui/known";

/** @returns what the panel is told about this text */
function answered(text: string): string {
	const audio = new Audio({ microphone: { silence: true } });
	const answers: string[] = [];
	const remote = new Remote({
		phone: () => undefined,
		known: new Known(() => false).phones,
		sound: new SoundSystem(audio, false),
		log: new Log({ now: () => 0 }),
		send: (answer) => answers.push(answer),
	});
	remote.receive(text);
	audio.close();
	return String(JSON.parse(answers[0] ?? "{}").error);
}

test("nesting that the engine's stack cannot hold is refused before it is parsed", () => {
	for (const depth of [33, 1000, 30_000]) {
		const inside = `${"[".repeat(depth)}${"]".repeat(depth)}`;
		ok(/^not JSON: /.test(answered(inside)));
		ok(/^not JSON: /.test(answered(`{"dial":${inside}}`)));
		ok(/^not JSON: /.test(answered('{"dial":'.repeat(depth))));
	}
});

test("what is no object, no command and no value of its command", () => {
	for (const text of ["", "{", "nope", '{"dial":"a\u0000b"}', "{}x"]) ok(/^not JSON: /.test(answered(text)));
	for (const text of ["1", "null", "[]", '""']) equal(answered(text), "a message is a JSON object");
	ok(/^no such command: /.test(answered('{"__proto__":{"dial":"sip:bob@192.0.2.7"}}')));
	ok(/^no such command: /.test(answered('{"constructor":1}')));
	ok(/^log takes one of /.test(answered('{"log":"constructor","level":"trace"}')));
	ok(/^level is one of /.test(answered('{"log":"zrtp","level":"constructor"}')));
	ok(/^mic takes /.test(answered('{"mic":{}}')));
	equal(answered('{"dial":"sip:bob@192.0.2.7"}'), "the phone is not ready");
});
