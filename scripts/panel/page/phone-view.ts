/** One phone on the page: draws what the phone says, and sends what the person presses. */
import { Sound } from "./sound.js";

interface Call {
	readonly peer: string;
	readonly peerName: string;
	readonly direction: string;
	readonly state: string;
	readonly lock: string;
}
interface Lamp {
	readonly uri: string;
	readonly state: string;
}

interface PhoneMessage {
	readonly state?: {
		readonly name: string;
		readonly calls: readonly Call[];
		readonly missed?: number;
		readonly messages?: { readonly waiting: boolean; readonly fresh: number };
		readonly lamps?: readonly Lamp[];
	};
	readonly screen?: { readonly width: number; readonly height: number; readonly png: string };
	readonly log?: { readonly area: string; readonly level: string; readonly text: string };
	readonly error?: string;
}

const SOFT = [
	["soft1", "●"],
	["soft2", "●"],
	["soft3", "●"],
	["soft4", "●"],
] as const;
const NAVIGATION = [
	["up", "▲"],
	["ok", "OK"],
	["down", "▼"],
	["cancel", "Cancel"],
] as const;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
const FUNCTIONS = [
	["hook", "Hook"],
	["line1", "Line 1"],
	["line2", "Line 2"],
	["mute", "Mute"],
	["hold", "Hold"],
	["transfer", "Transfer"],
	["volume+", "Vol +"],
	["volume-", "Vol −"],
] as const;
const LEVELS = ["off", "error", "warn", "info", "debug", "trace"] as const;
const KEYBOARD: Readonly<Record<string, string>> = {
	ArrowUp: "up",
	ArrowDown: "down",
	Enter: "ok",
	Escape: "cancel",
	F1: "soft1",
	F2: "soft2",
	F3: "soft3",
	F4: "soft4",
	h: "hook",
	m: "mute",
};
const LOG_LINES = 300;
const RECONNECT_MS = 1000;

export class PhoneView {
	readonly #root: HTMLElement;
	readonly #url: string;
	readonly #canvas: CanvasRenderingContext2D;
	readonly #sound: Sound;
	#socket: WebSocket | undefined;

	constructor(root: HTMLElement, url: string) {
		this.#root = root;
		root.tabIndex = 0;
		this.#url = url;
		const context = this.#find<HTMLCanvasElement>("canvas").getContext("2d");
		if (!context) throw new Error("this browser draws no canvas");
		this.#canvas = context;
		this.#sound = new Sound((samples) => this.#send(samples));
		this.#addKeys();
		this.#addForm();
		this.#connect();
	}

	#find<T extends HTMLElement>(selector: string): T {
		const found = this.#root.querySelector<T>(selector);
		if (!found) throw new Error(`the page lacks ${selector}`);
		return found;
	}

	#connect(): void {
		const socket = new WebSocket(this.#url);
		socket.binaryType = "arraybuffer";
		socket.onopen = () => this.#link("");
		socket.onclose = () => {
			this.#link("no phone");
			setTimeout(() => this.#connect(), RECONNECT_MS);
		};
		socket.onmessage = ({ data }) => {
			if (data instanceof ArrayBuffer) this.#sound.play(new Int16Array(data));
			else void this.#receive(JSON.parse(data) as PhoneMessage);
		};
		this.#socket = socket;
	}

	#send(message: object | ArrayBuffer): void {
		if (this.#socket?.readyState !== WebSocket.OPEN) return;
		this.#socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
	}

	#link(text: string): void {
		this.#find(".link").textContent = text;
	}

	async #receive({ state, screen, log, error }: PhoneMessage): Promise<void> {
		if (state) {
			this.#find("h1").textContent = state.name;
			this.#find(".state").textContent = JSON.stringify(state, null, 2);
			const call = state.calls.find((each) => each.state !== "ended");
			const lamp = this.#find(".lamp");
			lamp.className = `lamp ${call ? (call.lock === "warning" ? "warning" : call.state === "ringing" ? "ringing" : "call") : ""}`;
			lamp.title = call ? `${call.state}, lock ${call.lock}` : "idle";
			this.#find(".hook").classList.toggle("off", call !== undefined);
			this.#root.dataset.lock = call?.lock ?? "";
			this.#root.dataset.call = call?.state ?? "";
			this.#root.dataset.calls = String(state.calls.filter((each) => each.state !== "ended").length);
			const waiting = this.#find(".messages");
			const missed = state.missed ?? 0;
			waiting.className = `messages ${state.messages?.waiting || missed > 0 ? "on" : ""}`;
			waiting.title = `${state.messages?.fresh ?? 0} new messages, ${missed} missed calls`;
			this.#find(".watched").replaceChildren(...(state.lamps ?? []).map(lampOf));
		}
		if (screen) {
			const image = new Image();
			image.src = `data:image/png;base64,${screen.png}`;
			await image.decode();
			this.#canvas.canvas.width = screen.width;
			this.#canvas.canvas.height = screen.height;
			this.#canvas.drawImage(image, 0, 0);
		}
		if (log) this.#logLine(`${log.area} ${log.level}: ${log.text}`);
		if (error) this.#link(error);
	}

	#logLine(text: string): void {
		const list = this.#find(".log");
		const line = document.createElement("li");
		line.textContent = text;
		list.append(line);
		while (list.children.length > LOG_LINES) list.firstElementChild?.remove();
		list.scrollTop = list.scrollHeight;
	}

	#addKeys(): void {
		const add = (selector: string, keys: readonly (readonly [string, string])[]): void => {
			for (const [key, label] of keys) {
				const button = document.createElement("button");
				button.type = "button";
				button.textContent = label;
				button.dataset.key = key;
				button.setAttribute("aria-label", key);
				// "*" and "#" are no names of classes.
				button.className = key.replace(/\W/g, "");
				button.onclick = () => this.#send({ key });
				this.#find(selector).append(button);
			}
		};
		add(".soft", SOFT);
		add(".navigation", NAVIGATION);
		add(
			".digits",
			DIGITS.map((digit) => [digit, digit] as const),
		);
		add(".functions", FUNCTIONS);
		this.#root.onkeydown = (event) => {
			const { target } = event;
			if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
			if (target instanceof HTMLButtonElement && event.key === "Enter") return;
			const key = /^[0-9*#]$/.test(event.key) ? event.key : KEYBOARD[event.key];
			if (key === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
			event.preventDefault();
			this.#send({ key });
		};
	}

	#addForm(): void {
		const form = this.#find<HTMLFormElement>("form");
		form.onsubmit = (event) => {
			event.preventDefault();
			const uri = new FormData(form).get("uri");
			if (typeof uri === "string" && uri !== "") this.#send({ dial: uri });
		};
		const sound = this.#find<HTMLButtonElement>("button[name=sound]");
		sound.onclick = async () => {
			try {
				const on = await this.#sound.toggle();
				if (on) this.#send({ mic: "panel" });
				sound.textContent = `Microphone and speaker: ${on ? "on" : "off"}`;
			} catch (error) {
				sound.textContent = `No microphone: ${error instanceof Error ? error.message : String(error)}`;
			}
		};
		const level = this.#find<HTMLSelectElement>("select[name=level]");
		for (const name of LEVELS) level.add(new Option(name, name, name === "info", name === "info"));
		level.onchange = () => this.#send({ log: "zrtp", level: level.value });
	}
}

/** Somebody who is watched: a lamp with its words, for who cannot see the colour. */
function lampOf({ uri, state }: Lamp): HTMLElement {
	const item = document.createElement("li");
	item.className = state;
	item.textContent = `${uri.replace(/^sips?:/, "")}: ${state}`;
	return item;
}
