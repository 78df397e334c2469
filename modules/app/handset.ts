/**
 * The composition root's work: opens the board's devices, fetches the config, and puts a Phone, a screen and the panel
 * together. It goes on through every fault of config and network; only a device of the board that is missing ends it.
 */
import { board } from "board/board";
import { now, wallClock } from "board/clock";
import Desk from "board/desk/desk";
import { startDevice } from "board/device";
import { readFile, writeFile } from "board/files";
import { print } from "board/process";
import { resetReason } from "board/reset-reason";
import { hurries, KEY_PAIRS_READY, whenQuiet } from "call/key-pairs";
import { Phone } from "call/phone";
import type { PhoneState } from "call/state";
import { KeyPool } from "crypto/key-pool";
import { hardwareRandom } from "crypto/random";
import Audio from "hal/audio/audio";
import Display from "hal/display/display";
import Keys from "hal/keys/keys";
import { localAddress } from "hal/net/route";
import { prepare } from "hal/rtp/rtp";
import { AREAS, type Entry, isArea, isLevel, LEVELS, Log } from "log/log";
import { DEFAULTS, type Settings } from "settings/check";
import Timer from "timer";
import type { LogSource } from "ui/screen";
import { splash } from "ui/splash";
import { Ui } from "ui/ui";
import { agentOf, carriageOf, featuresOf, keyAgreementsOf, natOf, serverAddress6Of, zrtpOf } from "./config";
import type { Device } from "./device";
import { KnownPhones } from "./known-phones";
import { Notices } from "./notices";
import type { Options } from "./options";
import { Provisioner } from "./provisioner";
import { Remote } from "./remote";
import { SharedWords } from "./shared-words";
import { microphoneSource, SoundSystem } from "./sound";
import { Storage } from "./storage";
import { wishesOf, withWishes } from "./wishes";

/** The state goes to the panel at most this often, and the picture is drawn at most this often. */
const REFRESH_MS = 40;
/** When SRTP is made ready for the first call. */
const PREPARE_AFTER_MS = 250;
/** How soon a port that was in use is tried again. */
const PORT_RETRY_MS = 5000;
/** How long a phone that was erased says so before it starts anew. */
const ERASED_SHOWN_MS = 3000;
/** For the work that a picture announces: after that picture is out. */
const AFTER_PICTURE_MS = 60;

export class Handset {
	readonly #options: Options;
	readonly #log: Log;
	readonly #device: Device;
	/** What network, flash and config have to say to the person; a phone that is made later is told, too. */
	readonly #notices = new Notices(() => {
		if (this.#phone) this.#phone.notice = this.#notices.text;
	});
	readonly #audio: Audio;
	readonly #sound: SoundSystem;
	readonly #storage: Storage;
	/** There is a microphone and a speaker for a person: the board's own, or the panel's. */
	readonly #voice: boolean;
	readonly #desk: Desk | undefined;
	readonly #display: Display;
	readonly #keys: Keys;
	readonly #known: KnownPhones;
	readonly #sharedWords: SharedWords;
	readonly #remote: Remote;
	#provisioner: Provisioner;
	#settings: Settings = DEFAULTS();
	#pool: KeyPool | undefined;
	#phone: Phone | undefined;
	#ui: Ui | undefined;
	#refresh: Timer | undefined;
	#second: Timer | undefined;
	#retry: Timer | undefined;
	#prepare: Timer | undefined;
	#anew: Timer | undefined;
	/** That a fault ended the life before this one, and which; the owner is told until the next command or call. */
	readonly #startedAgain: string | undefined;
	#waiting: { readonly settings: Settings; readonly address: string } | undefined;
	/** What the owner changed on the phone (wishes.ts), and the timer while that is still to be stored. */
	#wishes: string;
	#keep: Timer | undefined;
	#closed = false;

	/** @throws {Error} naming the file or folder that cannot be used */
	constructor(options: Options, onEnd: () => void) {
		this.#options = options;
		this.#log = new Log({ now, onEntry: (entry) => print(lineOf(entry)) });
		// Before anything that takes a socket, a thread or a random number.
		this.#device = startDevice({ onNetworkFault: (text) => this.#notices.set("network", text) });
		this.#storage = new Storage(options.state, this.#log.area("store"));
		this.#wishes = this.#storage.lastGood?.readWishes() ?? "";
		this.#notices.set("storage", this.#storage.fault);
		const reason = resetReason();
		this.#startedAgain = reason === undefined ? undefined : `started again: ${reason}`;
		this.#voice = board.voice || options.desk !== undefined;
		this.#audio = new Audio({ microphone: { silence: true }, speaker: { panel: this.#voice } });
		this.#sound = new SoundSystem(this.#audio, options.desk !== undefined);
		this.#display = new Display(board.screen);
		this.#keys = new Keys({ onKey: (name) => this.#press(name) });
		this.#known = new KnownPhones({
			store: this.#storage.secrets,
			tools: this.#storage.peerTools,
			file: { path: `${options.state}/${board.transferFile}`, read: readFile, write: writeFile },
			eraseAll: () => this.#storage.eraseAll(),
			onErased: () => this.#beginAnew(),
			inCall: () => this.#phone !== undefined && this.#inCall(this.#phone.state),
			wallClock,
			log: this.#log.area("store"),
			later: (task) => void Timer.set(() => this.#guard(task), AFTER_PICTURE_MS),
			onChange: () => this.#changed(),
		});
		this.#sharedWords = new SharedWords({
			provider: board.provider,
			log: this.#log.area("zrtp"),
			later: (task) => void Timer.set(() => this.#guard(task), AFTER_PICTURE_MS),
			onChange: () => this.#changed(),
		});
		this.#remote = new Remote({
			phone: () => this.#phone,
			known: this.#known,
			sharedWords: this.#sharedWords,
			sound: this.#sound,
			log: this.#log,
			send: (text) => {
				// The last words to the registrar are said, and logged, when the panel has gone.
				if (!this.#closed) this.#desk?.send(text);
			},
		});
		this.#desk =
			options.desk === undefined
				? undefined
				: new Desk({ path: options.desk, onMessage: (text) => this.#remote.receive(text), onClose: onEnd });
		if (this.#desk) this.#log.listen((entry) => this.#remote.sendEntry(entry));
		this.#provisioner = this.#provision();
	}

	/** For who plays the owner without its keys; undefined: no settings have come yet. */
	get phone(): Phone | undefined {
		return this.#phone;
	}

	start(): void {
		this.#log.area("app").info(`${this.#options.name} starts`);
		if (this.#startedAgain !== undefined) this.#log.area("app").warn(this.#startedAgain);
		splash(this.#display, this.#options.name);
		this.#provisioner.start();
	}

	#provision(): Provisioner {
		return new Provisioner({
			url: this.#options.config,
			address: this.#options.address,
			lastGood: this.#storage.lastGood,
			log: this.#log.area("config"),
			onSettings: (fresh, address) => this.#take(fresh, address),
			onNotice: (text) => this.#notices.set("config", text),
		});
	}

	/** Everything was erased: what ran on it ends at once, and a moment later this phone starts like a new one. */
	#beginAnew(): void {
		this.#phone?.close();
		this.#sharedWords.forget();
		this.#wishes = "";
		if (this.#keep) Timer.clear(this.#keep);
		this.#keep = undefined;
		this.#provisioner.close();
		if (this.#retry) Timer.clear(this.#retry);
		this.#retry = undefined;
		this.#waiting = undefined;
		this.#notices.set("config", undefined);
		if (this.#anew) Timer.clear(this.#anew);
		this.#anew = Timer.set(() => {
			this.#anew = undefined;
			this.#provisioner = this.#provision();
			this.#provisioner.start();
		}, ERASED_SHOWN_MS);
	}

	/**
	 * Ends calls, leaves the registrar, closes every device; safe to repeat.
	 * @param onGone comes once, when the last word has been said to the registrar and to the other ends
	 */
	close(onGone: () => void = () => {}): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const timer of [this.#refresh, this.#second, this.#retry, this.#prepare, this.#anew])
			if (timer) Timer.clear(timer);
		if (this.#keep) this.#storeWishes();
		this.#provisioner.close();
		if (this.#phone) this.#phone.close(onGone);
		this.#sharedWords.forget();
		this.#pool?.close();
		this.#ui?.close();
		this.#audio.close();
		this.#keys.close();
		this.#display.close();
		this.#desk?.close();
		this.#storage.close();
		this.#device.close();
		if (!this.#phone) onGone();
	}

	/** Settings that passed their check; they wait while there is a call. */
	#take(settings: Settings, address: string): void {
		if (this.#phone && this.#inCall(this.#phone.state)) {
			this.#log.area("config").info("new settings wait until the call has ended");
			this.#waiting = { settings, address };
			return;
		}
		this.#waiting = undefined;
		// These settings are newer than those that a port kept waiting.
		if (this.#retry) Timer.clear(this.#retry);
		this.#retry = undefined;
		this.#settings = settings;
		for (const area of AREAS) this.#log.setLevel(area, settings.log[area]);
		try {
			this.#build(address);
		} catch (error) {
			// A port in use goes away again: the phone stays up, says so and tries.
			const reason = reasonOf(error);
			const sentence = `${reason}; trying again in ${PORT_RETRY_MS / 1000} s`;
			this.#log.area("app").error(sentence);
			this.#ui?.close();
			this.#ui = undefined;
			splash(this.#display, this.#options.name, sentence);
			this.#retry = Timer.set(() => {
				this.#retry = undefined;
				this.#take(settings, address);
			}, PORT_RETRY_MS);
		}
	}

	#build(address: string): void {
		const settings = this.#settings;
		const features = featuresOf(settings);
		const wished = withWishes(features, this.#wishes);
		this.#wish(wishesOf(wished, features));
		const remark = this.#phone === undefined ? this.#startedAgain : this.#phone.state.remark;
		this.#phone?.close();
		this.#phone = undefined;
		this.#pool?.close();
		const pool = new KeyPool({
			random: hardwareRandom,
			schedule: whenQuiet(() => this.#phone?.state !== undefined && hurries(this.#phone.state)),
			keyAgreements: keyAgreementsOf(settings, board.provider),
			capacity: KEY_PAIRS_READY,
		});
		this.#pool = pool;
		this.#setMicrophone(settings.audio.microphone);
		const { secrets } = this.#storage;
		const phone = new Phone({
			name: this.#options.name,
			address,
			sipPort: this.#options.sipPort ?? settings.sip.port,
			rtpPort: this.#options.rtpPort ?? settings.rtp.port,
			carriage: carriageOf(settings),
			nat: natOf(settings),
			address6: address.indexOf(":") >= 0 ? undefined : localAddress(serverAddress6Of(settings)),
			agent: agentOf(settings, board.provider, hardwareRandom, secrets.zid, this.#options.name),
			zrtp: zrtpOf(settings, board.provider, hardwareRandom, secrets, pool),
			auxsecret: () => this.#sharedWords.secret,
			mandatory: settings.zrtp.mandatory,
			srtp: {
				policy: settings.srtp.policy,
				offer: settings.srtp.offer,
				suites: settings.srtp.suites,
				inClear: settings.srtp.sdesInClear,
			},
			codecs: settings.audio.codecs,
			autoAnswer: settings.sip.autoAnswer,
			features: wished,
			onWish: (changed) => this.#wish(wishesOf(changed, features)),
			audio: this.#audio,
			store: secrets,
			log: this.#log,
			now,
			nameOf: (uri) => settings.peers.find((peer) => peer.uri === uri)?.name,
			onChange: () => this.#changed(),
		});
		phone.notice = this.#notices.text;
		phone.remark = remark;
		this.#phone = phone;
		this.#ui?.close();
		this.#ui = new Ui({
			pixelsOut: this.#display,
			phone,
			peers: settings.peers,
			log: logSource(this.#log),
			known: this.#known,
			sharedWords: this.#sharedWords,
			info: () => [{ label: "SIP", value: `${address}:${phone.sipPort}` }],
			volume: Math.round(this.#audio.volumePercent / 10),
			onVolume: (level) => {
				this.#audio.volumePercent = level * 10;
			},
		});
		this.#second ??= Timer.repeat(() => this.#show(), 1000);
		// Soon, but not now: it takes a while, and somebody may be calling already.
		this.#prepare ??= Timer.set(() => prepare(), PREPARE_AFTER_MS);
		this.#log.area("app").info(`ready for calls at ${address}:${phone.sipPort}`);
		this.#show();
	}

	/** Stored once the screen shows it: to erase flash takes a moment. */
	#wish(wishes: string): void {
		if (wishes === this.#wishes) return;
		this.#wishes = wishes;
		this.#keep ??= Timer.set(() => this.#storeWishes(), AFTER_PICTURE_MS);
	}

	/** A flash that fails costs what is to be kept, and nothing else. */
	#storeWishes(): void {
		if (this.#keep) Timer.clear(this.#keep);
		this.#keep = undefined;
		try {
			if (this.#storage.lastGood?.writeWishes(this.#wishes) === false)
				this.#log.area("store").warn("there is no room for what was changed on the phone");
		} catch (error) {
			this.#log.area("store").error(reasonOf(error));
		}
	}

	#setMicrophone(source: string): void {
		try {
			this.#audio.microphone = source === "panel" && !this.#voice ? { silence: true } : microphoneSource(source);
		} catch (error) {
			this.#log.area("media").error(reasonOf(error));
		}
	}

	#press(name: string): void {
		this.#guard(() => this.#ui?.key(name, now()));
	}

	/** A fault of ours in a screen or a command costs that key, not the call. A key can be one of a passphrase: not told. */
	#guard(task: () => void): void {
		if (this.#closed) return;
		try {
			task();
		} catch (error) {
			this.#log.area("ui").error(reasonOf(error));
		}
	}

	#changed(): void {
		if (this.#closed) return;
		this.#refresh ??= Timer.set(() => {
			this.#refresh = undefined;
			this.#show();
		}, REFRESH_MS);
	}

	#show(): void {
		if (this.#closed || !this.#phone) return;
		this.#ui?.update(now());
		this.#remote.sendState();
		if (this.#waiting && !this.#inCall(this.#phone.state)) this.#take(this.#waiting.settings, this.#waiting.address);
	}

	#inCall(state: PhoneState): boolean {
		return state.calls.some((call) => call.state !== "ended");
	}
}

/** The log as the log view sees it: names are text there. */
function logSource(log: Log): LogSource {
	return {
		entries: () => log.entries(),
		areas: AREAS,
		levels: LEVELS,
		level: (area) => (isArea(area) ? log.level(area) : "off"),
		setLevel: (area, level) => {
			if (isArea(area) && isLevel(level)) log.setLevel(area, level);
		},
	};
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** One line of the console: seconds, area, level, text. */
function lineOf(entry: Entry): string {
	return `${(entry.time / 1000).toFixed(3)} ${entry.area} ${entry.level}: ${entry.text}`;
}
