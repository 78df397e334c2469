/** The whole phone as main.ts starts it, seen from outside: through its config URL, its SIP port and its state folder. */
import { Handset } from "app/handset";
import { LastGood } from "app/last-good";
import type { Options } from "app/options";
import { board } from "board/board";
import Flash from "hal/flash/flash";
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import { deserted, HOME, WebServer } from "test/unit/app/web-server";
import { ended, Station, sleep, until, withStations } from "test/unit/call/pair";
import { statePath } from "test/unit/flash/state-folder";

/** A port that is free now. */
function freePort(): number {
	const socket = new UDP({ address: HOME });
	const { port } = socket;
	socket.close();
	return port;
}

interface Home {
	readonly options: Options;
	/** Switches the phone on. */
	start(options?: Partial<Options>): Handset;
}

/** A state folder, a SIP port, and another phone to call from. */
async function withHome(body: (home: Home, caller: Station) => Promise<void>): Promise<void> {
	const options: Options = {
		config: undefined,
		state: statePath("state"),
		name: "Hall",
		desk: undefined,
		address: HOME,
		sipPort: freePort(),
		rtpPort: 0,
	};
	const started: Handset[] = [];
	const caller = new Station("caller", { tone: 440 });
	const start = (more: Partial<Options> = {}): Handset => {
		for (const handset of started) handset.close();
		const handset = new Handset({ ...options, ...more }, () => {});
		started.push(handset);
		handset.start();
		return handset;
	};
	await withStations([caller], async () => {
		try {
			await body({ options, start }, caller);
		} finally {
			for (const handset of started) handset.close();
		}
	});
}

/** Leaves a config in the state folder, as an earlier run would. */
function leaveConfig(options: Options, text: string): void {
	const flash = new Flash({ ...board.flash.settings, path: `${options.state}/${board.flash.settings.file}` });
	ok(new LastGood(flash).write(text));
	flash.close();
}

const uriOf = (options: Options): string => `sip:hall@${HOME}:${options.sipPort}`;

/** The phone answers by itself, and the call is secure. */
async function answered(options: Options, caller: Station): Promise<void> {
	await until("the phone answers", () => {
		const [call] = caller.phone.state.calls;
		if (call === undefined || call.state === "ended") caller.phone.dial(uriOf(options));
		return call?.secureAfterMs !== undefined && call.state === "connected";
	});
}

async function over(caller: Station): Promise<void> {
	caller.phone.hangup();
	await ended(caller);
	await sleep(150);
}

test("from a config URL to a secure call; switched off, the caller learns of it; on again, the peer is known", () =>
	withHome(async ({ options, start }, caller) => {
		const server = new WebServer('{"sip":{"autoAnswer":true},"audio":{"microphone":"tone:300"}}');
		const handset = start({ config: server.url });
		await answered(options, caller);
		equal(caller.call.lock, "closed");
		await until("its tone", () => (caller.call.stats?.encryptedReceived ?? 0) > 5);
		handset.close();
		handset.close();
		await ended(caller);
		server.close();
		// Its server is down now: the last good config answers by itself, too, and the secret is kept.
		start({ config: server.url });
		await answered(options, caller);
		equal(caller.call.retained, "match");
	}));

test("what was changed on the phone outlives a restart, until the settings say something else", () =>
	withHome(async ({ options, start }, caller) => {
		leaveConfig(options, '{"audio":{"microphone":"silence"}}');
		const refused = (): Promise<void> =>
			until("refused", () => {
				const [call] = caller.phone.state.calls;
				if (call === undefined || call.state === "ended") caller.phone.dial(uriOf(options));
				return call?.state === "ended" && call.reason?.toLowerCase().includes("busy") === true;
			});
		const first = start();
		await until("it is there", () => first.phone !== undefined);
		first.phone?.setDoNotDisturb(true);
		equal(first.phone?.forward("noAnswer", "sip:carol@example.org"), undefined);
		await sleep(150);
		const second = start();
		await until("it is there again", () => second.phone !== undefined);
		equal(second.phone?.state.doNotDisturb, true);
		equal(second.phone?.state.forward?.noAnswer, "sip:carol@example.org");
		await refused();
		second.close();
		leaveConfig(options, '{"calls":{"doNotDisturb":true}}');
		const third = start();
		await until("it is there once more", () => third.phone !== undefined);
		equal(third.phone?.state.doNotDisturb, true);
		await sleep(150);
		third.close();
		leaveConfig(options, "{}");
		const fourth = start();
		await until("and again", () => fourth.phone !== undefined);
		// The settings had the last word, and what they said nothing of stays.
		equal(fourth.phone?.state.doNotDisturb, false);
		equal(fourth.phone?.state.forward?.noAnswer, "sip:carol@example.org");
	}));

test("the SIP port is in use: it says so, waits, and is there when the port is", () =>
	withHome(async ({ options, start }, caller) => {
		leaveConfig(options, '{"sip":{"autoAnswer":true}}');
		const taken = new UDP({ address: HOME, port: options.sipPort ?? 0 });
		start();
		await sleep(100);
		taken.close();
		await sleep(5200);
		await answered(options, caller);
	}));

test("switched off while a port keeps it waiting, and on again at once", () =>
	withHome(async ({ options, start }, caller) => {
		leaveConfig(options, '{"sip":{"autoAnswer":true}}');
		const taken = new UDP({ address: HOME, port: options.sipPort ?? 0 });
		const first = start();
		first.close();
		taken.close();
		// Flash, keys and display were let go of.
		start();
		await answered(options, caller);
	}));

test("switched off before the config has come", () =>
	withHome(async ({ options, start }, caller) => {
		leaveConfig(options, '{"sip":{"autoAnswer":true}}');
		const server = new WebServer("{}");
		start({ config: server.url, address: undefined }).close();
		start();
		await answered(options, caller);
		server.close();
	}));

test("new settings wait until the call has ended", () =>
	withHome(async ({ options, start }, caller) => {
		leaveConfig(options, '{"sip":{"autoAnswer":true}}');
		const { url, port } = deserted();
		start({ config: url });
		await answered(options, caller);
		const server = new WebServer('{"sip":{"autoAnswer":false}}', port);
		await until("the config was fetched", () => server.requests === 1, 9000);
		await sleep(200);
		equal(caller.call.state, "connected");
		await over(caller);
		await sleep(1200);
		caller.phone.dial(uriOf(options));
		await sleep(500);
		equal(caller.call.state, "ringing");
		ok(!caller.said.slice(caller.said.lastIndexOf("calling")).includes("connected"));
		server.close();
	}));
