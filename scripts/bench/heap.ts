/**
 * The VM's heap as a 32-bit board has it: two phones built with -m32 call each other, and each says what its engine holds
 * after a collection; once with mbedTLS alone, once with noble loaded and at work. No peer has such a heap: these
 * figures are printed for their own sake.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { buildFolder, root } from "../builder/paths";
import { say } from "../builder/process";
import { build } from "../builder/program";
import { serveConfigs } from "../simulator/config-server";
import { PhoneProcess } from "../simulator/phone-process";
import { freeUdpPorts } from "../simulator/ports";
import { type Figure, figure } from "./figure";

const FOLDER = path.join(buildFolder, "bench", "heap");
const NOBLE_PROVIDER = path.join(root, "scripts/bench/noble-provider.ts");

interface Heap {
	readonly slotsByteLength: number;
	readonly chunksByteLength: number;
}

/** Builds both programs; done before the network is left. */
export async function buildHeapPrograms(): Promise<void> {
	await programs();
}

async function programs(): Promise<{ native: string; noble: string }> {
	const manifest = path.join(root, "manifest.json");
	const native = await build({ name: "sotto", manifest, variant: "m32" });
	const noble = await build({
		name: "sotto-noble",
		manifest,
		variant: "m32",
		modules: new Map([["crypto/native", NOBLE_PROVIDER]]),
	});
	return { native: native.executable, noble: noble.executable };
}

async function heapOf(phone: PhoneProcess): Promise<Heap> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error("the phone did not say what its heap holds")), 5000);
		const listen = (message: Record<string, unknown>): void => {
			if (!("heap" in message)) return;
			clearTimeout(timer);
			phone.off("message", listen);
			resolve(message.heap as Heap);
		};
		phone.on("message", listen);
		phone.send({ heap: true });
	});
}

async function measure(program: string, label: string): Promise<Figure[]> {
	say(`32-bit phones with ${label} ...`);
	const [first = 0, second = 0] = await freeUdpPorts(2);
	const configs = await serveConfigs({
		caller: { sip: { port: first }, audio: { microphone: "tone:440" } },
		callee: { sip: { port: second, autoAnswer: true }, audio: { microphone: "tone:440" } },
	});
	const phones: PhoneProcess[] = [];
	try {
		for (const name of ["caller", "callee"])
			phones.push(
				await PhoneProcess.start({ name, program, state: path.join(FOLDER, label, name), config: configs.url(name) }),
			);
		const [caller, callee] = phones;
		if (!caller || !callee) throw new Error("the phones did not start");
		await caller.until("ready", () => true);
		await callee.until("ready", () => true);
		await new Promise((resolve) => setTimeout(resolve, 1500));
		const idle = await heapOf(caller);
		caller.send({ dial: `sip:callee@127.0.0.1:${second}` });
		await caller.until("keys", ({ calls: [call] }) => call?.secureAfterMs !== undefined, 30_000);
		await new Promise((resolve) => setTimeout(resolve, 1500));
		const inCall = await heapOf(caller);
		return Object.entries({ idle, "in-call": inCall }).flatMap(([when, heap]) => [
			figure(`vm/${label}-${when}-slots`, "KiB", heap.slotsByteLength / 1024),
			figure(`vm/${label}-${when}-chunks`, "KiB", heap.chunksByteLength / 1024),
		]);
	} finally {
		for (const phone of phones) await phone.stop();
		configs.close();
	}
}

export async function heapFigures(): Promise<Figure[]> {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const { native, noble } = await programs();
	return [...(await measure(native, "native")), ...(await measure(noble, "noble"))];
}
