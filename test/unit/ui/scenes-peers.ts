/** The screens of known phones: list, one of them, export, import, shared words, erase. */
import { writeFile } from "board/files";
import { utf8Encode } from "bytes/text";
import { Known, zidOf } from "./known";
import type { Scene } from "./stage";
import { IDLE } from "./states";

/** From the idle screen to the list of known phones. */
const PHONES = ["soft4", "soft1"];
/** Eight letters. */
const SECRET = [..."24682468"].flatMap((key) => [key]);
const EXPORT = [...PHONES, "soft3", "ok", ...SECRET, "soft1", ...SECRET, "soft1", "wait"];

const MOVE = [...PHONES, "soft3", "down", "ok", ...SECRET];

/** An old handset's file lies where this one looks for it. */
function moved(known: Known): void {
	const old = new Known(() => false);
	people(old);
	// What the keys of SECRET type.
	const result = old.phones.export(utf8Encode("agmtagmt"));
	if ("bytes" in result) writeFile(known.path, result.bytes);
	old.close();
}

function movedBeside(known: Known): void {
	moved(known);
	known.meet(9, { daysAgo: 0, verified: true, name: "Dora" });
}

function people(known: Known): void {
	known.meet(6, { daysAgo: 400, verified: true, name: "Workshop", address: "sip:workshop@192.0.2.17:5062" });
	known.meet(5, { daysAgo: 31, verified: true, name: "Zoë Šimková", address: "sip:zoe@example.org" });
	known.meet(4, { daysAgo: 3, verified: false, name: "Front desk", address: "sip:100@pbx.example.org" });
	known.meet(3, { daysAgo: 2, verified: false, address: "sip:+4930901820@sip.example.net" });
	known.meet(2, { daysAgo: 1, verified: false, name: "Carol", address: "sip:carol@example.org" });
	known.meet(1, { daysAgo: 0, verified: true, name: "Bob", address: "sip:bob@192.0.2.44" });
	known.meet(1, { daysAgo: 0, verified: true, address: "sip:bob@example.org" });
}

/** Types shared words, twice. */
const WORDS = [...PHONES, "soft3", "down", "down", "ok", ...SECRET, "soft1", ...SECRET, "soft1"];

function gateway(known: Known): void {
	known.meet(1, { daysAgo: 0, verified: false, name: "Office PBX" });
	known.store.setPbxSecret(zidOf(1), new Uint8Array(32).fill(7));
}

export const PEER_SCENES: readonly Scene[] = [
	{ name: "peers-empty", state: IDLE, keys: PHONES },
	{ name: "peers", state: IDLE, keys: PHONES, known: people },
	{ name: "peers-scrolled", state: IDLE, keys: [...PHONES, "down", "down", "down", "down", "down"], known: people },
	{ name: "peer", state: IDLE, keys: [...PHONES, "soft1"], known: people },
	{ name: "peer-unverified", state: IDLE, keys: [...PHONES, "down", "soft1"], known: people },
	{ name: "peer-nameless", state: IDLE, keys: [...PHONES, "down", "down", "ok"], known: people },
	{ name: "peer-rename", state: IDLE, keys: [...PHONES, "soft1", "soft1"], known: people },
	{ name: "peer-unverify", state: IDLE, keys: [...PHONES, "soft1", "soft2"], known: people },
	{ name: "peer-forget", state: IDLE, keys: [...PHONES, "soft1", "soft3"], known: people },
	{ name: "peers-menu", state: IDLE, keys: [...PHONES, "soft3"], known: people },
	{ name: "export-empty", state: IDLE, keys: [...PHONES, "soft3", "ok"], known: people },
	{ name: "export", state: IDLE, keys: [...PHONES, "soft3", "ok", ...SECRET, "2", "2"], known: people },
	{ name: "export-short", state: IDLE, keys: [...PHONES, "soft3", "ok", "2", "soft1"], known: people },
	{ name: "export-again", state: IDLE, keys: [...PHONES, "soft3", "ok", ...SECRET, "soft1"], known: people },
	{
		name: "export-differ",
		state: IDLE,
		keys: [...PHONES, "soft3", "ok", ...SECRET, "soft1", ...SECRET, "2", "soft1"],
		known: people,
	},
	{ name: "export-done", state: IDLE, keys: EXPORT, known: people },
	{ name: "import", state: IDLE, keys: [...PHONES, "soft3", "down", "ok", ...SECRET], known: people },
	{
		name: "import-done",
		state: IDLE,
		keys: [...EXPORT, "ok", "soft3", "down", "ok", ...SECRET, "soft1", "wait"],
		known: people,
	},
	{
		name: "import-none",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "ok", ...SECRET, "soft1", "wait"],
		known: people,
	},
	{ name: "import-taken", state: IDLE, keys: [...MOVE, "soft1", "wait"], known: moved },
	{ name: "import-other", state: IDLE, keys: [...MOVE, "soft1", "wait"], known: movedBeside },
	{
		name: "erase",
		state: IDLE,
		keys: [...PHONES, "soft3", "up", "down", "down", "down", "ok", "3", "7"],
		known: people,
	},
	{
		name: "erase-sure",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "down", "down", "ok", ..."37273"],
		known: people,
	},
	{
		name: "erased",
		state: IDLE,
		keys: [...PHONES, "soft3", "down", "down", "down", "ok", ..."37273", "soft1"],
		known: people,
	},
	{ name: "peer-gateway", state: IDLE, keys: [...PHONES, "soft1"], known: gateway },
	{ name: "peer-unenroll", state: IDLE, keys: [...PHONES, "soft1", "soft2"], known: gateway },
	{ name: "shared-words", state: IDLE, keys: [...PHONES, "soft3", "down", "down", "ok", ...SECRET] },
	{ name: "shared-words-done", state: IDLE, keys: [...WORDS, "wait"] },
	{ name: "shared-words-menu", state: IDLE, keys: [...WORDS, "wait", "soft4"] },
	{ name: "shared-words-forget", state: IDLE, keys: [...WORDS, "wait", "soft4", "ok"] },
];
