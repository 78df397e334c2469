/** From a config URL to settings: a server that is down and comes back, serves nonsense, and comes to its senses. */
import { LastGood } from "app/last-good";
import { Provisioner } from "app/provisioner";
import { now } from "board/clock";
import Flash from "hal/flash/flash";
import { type Entry, Log } from "log/log";
import type { Settings } from "settings/check";
import { equal, ok, test } from "test/harness";
import { HOME, WebServer } from "test/unit/app/web-server";
import { sleep, until } from "test/unit/call/pair";
import { statePath } from "test/unit/flash/state-folder";

class Scene {
	readonly entries: Entry[] = [];
	readonly taken: { readonly settings: Settings; readonly address: string }[] = [];
	readonly notices: (string | undefined)[] = [];
	readonly flash = new Flash({
		path: statePath("settings.flash"),
		byteLength: 32_768,
		sectorByteLength: 4096,
		durable: false,
	});
	readonly lastGood = new LastGood(this.flash);
	readonly #log = new Log({ now, onEntry: (entry) => this.entries.push(entry) });
	#provisioner: Provisioner | undefined;

	/** As at the phone's start. */
	start(url: string | undefined): void {
		this.#begin(url, HOME);
	}
	/** No address was named. */
	startAnywhere(url: string): void {
		this.#begin(url, undefined);
	}
	#begin(url: string | undefined, address: string | undefined): void {
		this.#provisioner?.close();
		this.#provisioner = new Provisioner({
			url,
			address,
			lastGood: this.lastGood,
			log: this.#log.area("config"),
			onSettings: (settings, at) => this.taken.push({ settings, address: at }),
			onNotice: (text) => this.notices.push(text),
		});
		this.#provisioner.start();
	}
	get said(): string {
		return this.entries.map((entry) => entry.text).join("\n");
	}
	close(): void {
		this.#provisioner?.close();
		this.#provisioner?.close();
		this.flash.close();
	}
}

async function withScene(body: (scene: Scene) => Promise<void>): Promise<void> {
	const scene = new Scene();
	try {
		await body(scene);
	} finally {
		scene.close();
	}
}

test("a good config is taken and kept; without its server the next start runs on it", () =>
	withScene(async (scene) => {
		const server = new WebServer('{"ui":{"title":"Hall"},"sip":{"port":0}}');
		const { port } = server;
		scene.start(`http://${HOME}:${port}/phone.json`);
		await until("settings", () => scene.taken.length === 1);
		equal([scene.taken[0]?.settings.ui.title, scene.taken[0]?.address], ["Hall", HOME]);
		equal(scene.notices, [undefined]);
		server.close();
		scene.start(`http://${HOME}:${port}/phone.json`);
		await until("settings", () => scene.taken.length === 2);
		equal(scene.taken[1]?.settings.ui.title, "Hall");
		ok(scene.notices[1]?.includes(String(port)), scene.notices[1]);
		ok(scene.said.includes("the last good settings are used"));
	}));

test("down at the first start: defaults and a notice; it is tried again, and then it is there", () =>
	withScene(async (scene) => {
		const first = new WebServer("{}");
		const { port } = first;
		first.close();
		scene.start(`http://${HOME}:${port}/`);
		await until("defaults", () => scene.taken.length === 1);
		equal(scene.taken[0]?.settings.sip.port, 5060);
		ok(scene.notices[0]?.includes(`${HOME}:${port}`), scene.notices[0]);
		const server = new WebServer('{"ui":{"title":"Back"}}', port);
		await until("it was tried again", () => scene.taken.length === 2, 9000);
		equal(scene.taken[1]?.settings.ui.title, "Back");
		equal(scene.notices[scene.notices.length - 1], undefined);
		equal(server.requests, 1);
		server.close();
	}));

test("a bad config changes nothing and names its faults; the good one after it is taken", () =>
	withScene(async (scene) => {
		ok(scene.lastGood.write('{"ui":{"title":"Old"}}'));
		const server = new WebServer('{"zrtp":{"enabled":"yes"},"ui":{"titel":"New"}}');
		scene.start(`http://${HOME}:${server.port}/c.json`);
		await until("the last good", () => scene.taken.length === 1);
		equal(scene.taken[0]?.settings.ui.title, "Old");
		ok(scene.said.includes("zrtp.enabled must be true or false"), scene.said);
		ok(scene.said.includes("ui.titel is not a setting"), scene.said);
		ok(scene.notices[0]?.startsWith("zrtp.enabled must be true or false"), scene.notices[0]);
		equal(scene.lastGood.read(), '{"ui":{"title":"Old"}}');
		server.body = '{"ui":{"title":"New"}}';
		await until("the good one", () => scene.taken.length === 2, 9000);
		equal(scene.taken[1]?.settings.ui.title, "New");
		equal(scene.lastGood.read(), '{"ui":{"title":"New"}}');
		equal(scene.notices[scene.notices.length - 1], undefined);
		server.close();
	}));

test("what is kept and not understood, and no URL at all: the defaults", () =>
	withScene(async (scene) => {
		let count = 0;
		for (const kept of ["not JSON", '{"from":"another version"}', "null"]) {
			ok(scene.lastGood.write(kept));
			scene.taken.length = 0;
			scene.start(undefined);
			equal(scene.taken.length, 1, kept);
			equal(scene.taken[0]?.settings.zrtp.enabled, true);
			const told = scene.entries.filter(({ text }) => text.includes("not understood by this version")).length;
			equal(told, ++count, kept);
		}
		equal(scene.notices, []);
	}));

test("a flash that fails costs the keeping alone", () =>
	withScene(async (scene) => {
		const server = new WebServer('{"ui":{"title":"Hall"}}');
		const { port } = server;
		scene.flash.close();
		scene.start(`http://${HOME}:${port}/`);
		await until("settings", () => scene.taken.length === 1);
		ok(scene.said.includes("could not be kept"), scene.said);
		// And with the server down, too.
		server.close();
		scene.start(`http://${HOME}:${port}/`);
		await until("defaults", () => scene.taken.length === 2);
		ok(scene.said.includes("cannot be read"), scene.said);
	}));

test("the address to bind is the one on the way to the server", () =>
	withScene(async (scene) => {
		const server = new WebServer("{}");
		for (const host of [HOME, "localhost"]) {
			scene.taken.length = 0;
			scene.startAnywhere(`http://${host}:${server.port}/`);
			await until("settings", () => scene.taken.length > 0);
			equal(scene.taken[0]?.address, HOME, host);
		}
		server.close();
	}));

test("after close nothing comes: not the answer, not the next try", () =>
	withScene(async (scene) => {
		const server = new WebServer("{}");
		scene.start(`http://${HOME}:${server.port}/`);
		scene.close();
		await sleep(200);
		equal([scene.taken.length, scene.notices.length], [0, 0]);
		server.close();
		const said = scene.entries.length;
		await sleep(50);
		equal(scene.entries.length, said);
	}));
