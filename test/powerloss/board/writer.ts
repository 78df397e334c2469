/**
 * A program for the bare board whose power is cut again and again (test/board/power.test.ts): it says what it finds in the
 * store, and then keeps one secret after the other, saying before and after each what it does. Its argument is how many;
 * none: until the power goes.
 */
import { exit, print, programArguments } from "board/process";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { deviceKey } from "hal/flash/device-key";
import Flash from "hal/flash/flash";
import Timer from "timer";
import { openStore } from "zrtp-store/store";

const PEERS = 20;

function zidOf(peer: number): Uint8Array {
	return new Uint8Array(12).fill(peer + 1);
}

/** A secret that tells its number in every group of four octets. */
function secretOf(number: number): Uint8Array {
	const secret = new Uint8Array(32);
	const view = new DataView(secret.buffer);
	for (let at = 0; at < 32; at += 4) view.setUint32(at, number);
	return secret;
}

/** -1: it is none of ours. */
function numberOf(secret: Uint8Array): number {
	const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
	const number = view.getUint32(0);
	for (let at = 4; at < 32; at += 4) if (view.getUint32(at) !== number) return -1;
	return number;
}

function main(): void {
	const count = Number(programArguments()[0] ?? "Infinity");
	print("opening");
	const flash = new Flash({ path: "secrets.flash", byteLength: 256 * 1024, sectorByteLength: 4096 });
	const store = openStore({
		flash,
		provider: nativeProvider,
		deviceKey: deviceKey("device.key"),
		random: hardwareRandom,
		now: () => 1_800_000_000_000,
		onWarning: (text) => print(`warning: ${text}`),
	});
	let next = 0;
	for (let peer = 0; peer < PEERS; peer++) {
		const found = store.lookup(zidOf(peer));
		const number = found?.rs1 === undefined ? undefined : numberOf(found.rs1);
		if (number === undefined) continue;
		print(`found ${peer} ${number}`);
		next = Math.max(next, number + 1);
	}
	print("open");
	let left = count;
	Timer.repeat(() => {
		if (left-- === 0) {
			exit(0);
			return;
		}
		print(`keeping ${next % PEERS} ${next}`);
		store.commit(zidOf(next % PEERS), { rs1: secretOf(next), verified: false });
		print(`kept ${next % PEERS} ${next}`);
		next++;
	}, 1);
}

main();
