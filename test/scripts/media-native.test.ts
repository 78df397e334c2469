/**
 * The media path's C without a VM: each program of test/unit/media/native is compiled with the address and
 * undefined-behaviour sanitizers, those with threads with the thread sanitizer too, and run.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "sotto-media-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const codec = ["codec/g711", "codec/codec-table"];
const sound = ["audio/pcm-ring", "audio/tone", "audio/wav", "audio/wav-resample"];
const stream = [
	"rtp/jitter",
	"rtp/packet-ring",
	"rtp/reception",
	"rtp/rtcp",
	"rtp/rtp-packet",
	"rtp/rtp-stream",
	"rtp/rtp-stream-send",
	"rtp/srtp-context",
	"rtp/telephone-event",
];
const simulator = [
	"audio/audio-core",
	"audio/audio-device",
	"audio/sim/audio-posix",
	"audio/audio-wait",
	"audio/panel/audio-panel",
	"audio/sim/wav-load",
	"audio/sim/wav-recorder",
	"rtp/posix/rtp-sockets",
];

const programs = [
	{ name: "packet", sources: ["rtp/rtp-packet", "rtp/packet-ring"], threads: false },
	{ name: "report", sources: ["rtp/rtcp", "rtp/reception"], threads: false },
	{ name: "jitter", sources: ["rtp/jitter"], threads: false },
	{ name: "sound", sources: sound, threads: true },
	{ name: "device", sources: [...codec, ...sound, ...stream, ...simulator], threads: true },
];

for (const { name, sources, threads } of programs)
	for (const sanitizers of threads ? ["address,undefined", "thread"] : ["address,undefined"])
		test(`${name} (${sanitizers})`, { timeout: 120_000 }, () => {
			const program = join(folder, `${name}-${sanitizers}`);
			const flags = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-I", root];
			const files = [`test/unit/media/native/${name}`, ...sources.map((it) => `hal/${it}`)].map((it) =>
				join(root, `${it}.c`),
			);
			const library = sources.includes("rtp/srtp-context") ? ["-lsrtp2"] : [];
			const sanitize = [`-fsanitize=${sanitizers}`, "-fno-sanitize-recover=all"];
			execFileSync("cc", [...flags, ...sanitize, ...files, "-o", program, ...library, "-lm", "-lpthread"]);
			const { status, stdout, stderr } = spawnSync(program, [folder], { encoding: "utf8" });
			assert.equal(status, 0, `${stdout}\n${stderr}`);
		});
