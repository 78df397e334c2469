/**
 * Two engines, what their users do, a clock that jumps, and an attacker who sees every packet and sends his own. Each
 * packet of his is judged by what it changed: nothing, unless it is of the few kinds that RFC 6189 leaves without
 * authentication; never keys, a SAS, a verdict or the cache.
 */
import { equal as equalBytes } from "bytes/equal";
import { nativeProvider } from "crypto/native";
import { seeded, seededBytes } from "test/net/seeded";
import type { Endpoint } from "test/net/zrtp/endpoint";
import { nextImage } from "zrtp/hash-chain";
import { decodeMessage, type Message } from "zrtp/messages/message";
import { decodePacket } from "zrtp/packet";
import type { State } from "zrtp/session";
import type { Action } from "zrtp/types";
import type { Cast, Kind } from "./cast";
import { mutated } from "./mutate";

/** Bounds on what one event may bring about, and on what a session may hold. */
const ACTIONS_MAXIMUM = 12;
const ARRAYS_MAXIMUM = 64;

export interface Score {
	/** Packets of the attacker. */
	injected: number;
	/** Those of them that changed a state in a way the RFC allows. */
	moved: number;
	/** Exchanges in which both were secure. */
	secure: number;
	/** Exchanges. */
	worlds: number;
	/** Relayed SAS shown, or ways back to secure after GoClear, where there is such a thing. */
	reached: number;
}

type KeyAgreementAction = Extract<Action, { type: "agree" }>;

export class World {
	readonly #random: () => number;
	readonly #ends: readonly [Endpoint, Endpoint];
	/** On the way to each end. */
	readonly #underway: [Uint8Array[], Uint8Array[]] = [[], []];
	/** Every packet that an honest end has sent. */
	readonly #seen: Uint8Array[] = [];
	/** Key agreements that run outside. */
	readonly #agreeing: (KeyAgreementAction | undefined)[] = [undefined, undefined];
	readonly #strangers: readonly Uint8Array[];
	readonly #score: Score;
	/** In most worlds the attacker leaves out what may end an exchange by the RFC's own words, so that later states are reached. */
	readonly #patient: boolean;
	readonly #kind: Kind;
	readonly #sashash: (byteLength: number) => Uint8Array;
	#now = 0;

	/** @param strangers packets of other exchanges */
	constructor(kind: Kind, seed: number, cast: Cast, strangers: readonly Uint8Array[], score: Score) {
		this.#kind = kind;
		this.#random = seeded(seed);
		this.#sashash = seededBytes(seed);
		this.#strangers = strangers;
		this.#score = score;
		this.#patient = this.#random() < 0.8;
		const allowClear = this.#random() < 0.5;
		const onAgree = (index: number) => (action: KeyAgreementAction) => {
			this.#agreeing[index] = action;
		};
		this.#ends = cast.of(kind, seed, (place) => ({ allowClear, onAgree: onAgree(place) }));
	}

	/** @returns what is wrong, or undefined */
	run(events: number): string | undefined {
		this.#score.worlds++;
		for (let n = 0; n < events; n++) {
			// What is secure is attacked longest, unless there is more to come.
			const settled = this.#ends.every((end) => end.secureAt !== undefined);
			const share = settled ? (this.#kind === "relay" || this.#kind === "GoClear" ? 0.6 : 0.95) : 0.6;
			const wrong = this.#random() < share ? this.#attack() : this.#live();
			if (wrong !== undefined) return `event ${n}: ${wrong}`;
			if (this.#ends.every((end) => end.session.state.name === "failed")) break;
		}
		const [a, b] = this.#ends;
		if (a.secureAt !== undefined && b.secureAt !== undefined) {
			this.#score.secure++;
			// An added stream has none of its own, and a relayed one is another's.
			const [one, other] = [a.session.association.sas, b.session.association.sas];
			const secure = this.#ends.every(({ session }) => session.state.name === "secure");
			if (secure && this.#kind !== "relay" && one?.text !== other?.text) return "the SAS differ";
		}
		for (const end of this.#ends) {
			const returned = end.history.filter((what) => what === "secure").length > 1;
			if (returned || end.sas?.relayed === true) this.#score.reached++;
		}
		for (const end of this.#ends) end.feed({ type: "stop", now: this.#now });
		return undefined;
	}

	#below(n: number): number {
		return Math.floor(this.#random() * n);
	}

	/** One thing that honest ends, their users or the network do. */
	#live(): string | undefined {
		const index = this.#below(2);
		const end = this.#ends[index];
		const queue = this.#underway[index];
		if (end === undefined || queue === undefined) return "no end";
		const now = this.#now;
		const feed = (event: Parameters<Endpoint["feed"]>[0]) => this.#bounded(end, end.feed(event));
		const one = this.#below(20);
		if (one < 10 && queue.length > 0) {
			// Mostly in order, sometimes not, lost or twice.
			const at = this.#random() < 0.9 ? 0 : this.#below(queue.length);
			const packet = queue[at];
			if (packet === undefined) return "no packet";
			if (this.#random() < 0.9) queue.splice(at, 1);
			return this.#random() < 0.1 ? undefined : feed({ type: "packet", now, bytes: packet });
		}
		switch (one) {
			case 10:
			case 11:
			case 12:
				return this.#tick();
			case 13:
			case 14:
				return this.#agree(index, end);
			case 15:
				return feed({ type: "sasVerified", now, verified: this.#random() < 0.5 });
			case 16:
				if (this.#kind === "relay" && end === this.#ends[1] && end.session.state.name === "secure")
					return feed({ type: "relaySas", now, sasType: "B32", sashash: this.#sashash(32) });
				return this.#random() < (this.#kind === "GoClear" ? 0.5 : 0.02) ? feed({ type: "clear", now }) : undefined;
			case 17: {
				const [other] = this.#ends.filter((one) => one !== end);
				return other?.sendKeys && end.accepts(other.sendKeys) ? feed({ type: "srtpReceived", now }) : undefined;
			}
			case 18:
				if (this.#random() < (this.#kind === "GoClear" ? 0.8 : 0.3)) return feed({ type: "goSecure", now });
				if (this.#random() < 0.3) return feed({ type: "enrolled", now, accepted: this.#random() < 0.5 });
				return this.#random() < 0.05 ? feed({ type: "sasMismatch", now }) : undefined;
			default:
				return feed({ type: "start", now });
		}
	}

	/** Time passes to the next wish of either end, or a little. */
	#tick(): string | undefined {
		const times = this.#ends.map((end) => end.wakeAt).filter((at): at is number => at !== undefined);
		this.#now = this.#random() < 0.7 && times.length > 0 ? Math.max(this.#now, Math.min(...times)) : this.#now + 5;
		for (const end of this.#ends) {
			const wrong = this.#bounded(end, end.feed({ type: "tick", now: this.#now }));
			if (wrong !== undefined) return wrong;
		}
		return undefined;
	}

	#agree(index: number, end: Endpoint): string | undefined {
		const action = this.#agreeing[index];
		this.#agreeing[index] = undefined;
		// A session that has ended meanwhile has wiped its key.
		if (action === undefined || action.privateKey.every((octet) => octet === 0)) return undefined;
		const sharedSecret = nativeProvider.x25519.agree(action.privateKey, action.peerPublicKey);
		return this.#bounded(end, end.feed({ type: "agreed", now: this.#now, sharedSecret }));
	}

	/** One packet that is no honest end's, or is one's and comes at the wrong time. */
	#attack(): string | undefined {
		const pick = (list: readonly Uint8Array[]) => list[this.#below(list.length)];
		const end = this.#ends[this.#below(2)];
		const packet = pick(this.#random() < 0.8 && this.#seen.length > 0 ? this.#seen : this.#strangers);
		const other = pick(this.#random() < 0.5 && this.#seen.length > 0 ? this.#seen : this.#strangers);
		if (!end || !packet || !other) return "no packet";
		const bytes = this.#random() < 0.1 ? packet : mutated(this.#random, packet, other);
		const message = decodeMessage(decodePacket(bytes)?.message ?? new Uint8Array(0));
		if (this.#patient && message && mayEnd(end.session.state, message)) return undefined;
		this.#score.injected++;
		const before = end.session.state;
		const actions = end.packet(this.#now, bytes);
		const wrong = this.#bounded(end, actions);
		if (wrong !== undefined) return wrong;
		const after = end.session.state;
		if (after === before) return undefined;
		this.#score.moved++;
		// What an honest end has said counts, whoever carries it.
		if (message && this.#seen.some((seen) => equalBytes(message.bytes, decodePacket(seen)?.message ?? seen)))
			return undefined;
		const what = `${message?.type ?? "no message"} brought ${before.name} to ${after.name}`;
		if (message === undefined || !mayMove(before, after, message)) return what;
		if (message.type === "Conf2ACK" && before.name === "waitConf2ACK") return undefined;
		return actions.some(({ type }) => ["installKeys", "saveSecrets", "showSas", "secure"].includes(type))
			? `${what} and to ${actions.map(({ type }) => type).join()}`
			: undefined;
	}

	/** Sends what the end has to send, and checks that nothing grows. */
	#bounded(end: Endpoint, actions: readonly Action[]): string | undefined {
		const to = end === this.#ends[0] ? this.#underway[1] : this.#underway[0];
		for (const bytes of end.take()) {
			this.#seen.push(bytes);
			to.push(bytes);
		}
		if (actions.length > ACTIONS_MAXIMUM) return `${actions.length} actions`;
		return end.session.vault.size > ARRAYS_MAXIMUM ? `${end.session.vault.size} arrays are kept` : undefined;
	}
}

/** Messages that anybody can end or divert an exchange with, as long as it is not secure. */
function mayEnd({ name }: State, { type }: Message): boolean {
	if (name === "secure") return false;
	return type === "Hello" || type === "Error" || type === "Commit" || type === "DHPart1" || type === "DHPart2";
}

/** Where a Commit leads that continues the Hello's chain. */
const COMMITTED: readonly string[] = Object.freeze(["waitDHPart2", "waitConfirm2", "waitDHPart1"]);

/** The changes that RFC 6189 lets a packet make although nothing proves who sent it. */
function mayMove(before: State, after: State, message: Message): boolean {
	const to = after.name;
	switch (message.type) {
		// Discovery has no authentication (section 9); a later H2 finds a false Hello out.
		case "Hello":
			return before.name === "idle" || before.name === "discovery";
		case "HelloACK":
			return before.name === "discovery" && ["discovery", "waitDHPart1", "waitDirectConfirm1"].includes(to);
		case "Ping":
			return before.name === "discovery" && to === "discovery";
		// Carries no MAC (section 5.9), and ends an exchange, never a secure call.
		case "Error":
			if (before.name === "waitDirectConfirm1" && to === "waitDHPart1") return before.mode === "Preshared";
			return before.name === "discovery" || (to === "failed" && before.name !== "secure");
		case "ErrorACK":
			return before.name === "failed" && to === "failed";
		// With the true H2 the rest is found out by H1 (section 8.1.1).
		case "Commit":
			// One that was taken before and comes again is answered again.
			if (before.name === "waitDHPart2" && to === "waitDHPart2") return equalBytes(message.bytes, before.commit);
			// A whole exchange instead, for which the cache is asked first: then our own Commit goes out.
			if (before.name === "waitConfirm2")
				return ["discovery", "waitDHPart1"].includes(to)
					? continues(before, message.h2, 1)
					: equalBytes(message.bytes, before.answers);
			// Back to secure: the same chain goes on, or a whole exchange begins; Confirm proves it (section 4.7.2).
			if (before.name === "cleared" || before.name === "waitDirectConfirm1")
				return continues(before, message.h2, 1) && [...COMMITTED, "discovery", "failed"].includes(to);
			if (before.name !== "discovery" && before.name !== "waitDHPart1") return false;
			// A Preshared Commit that does not fit is answered by one of DH.
			return to === "failed" || (continues(before, message.h2, 1) && COMMITTED.includes(to));
		case "DHPart1":
			return before.name === "waitDHPart1" && continues(before, message.h1, 2);
		// hvi holds it to the Commit: an altered one can only end the exchange.
		case "DHPart2":
			return before.name === "waitDHPart2" && to === "failed" && continues(before, message.h1, 2);
		// Only the memory that a bad one came, or the one held until the keys are there.
		case "Confirm1":
			return before.name === to && (to === "waitConfirm1" || to === "waitDirectConfirm1");
		case "Confirm2":
			return before.name === "waitConfirm2" && to === "waitConfirm2";
		case "Conf2ACK":
			return before.name === "waitConf2ACK" && to === "secure";
		case "ClearACK":
			return before.name === "waitClearACK";
		// Carries no MAC; what it stops is only the repeating.
		case "RelayACK":
			return before.name === "secure" && to === "secure" && before.relay !== undefined;
		case "GoClear":
		case "SASrelay":
		case "PingACK":
			return false;
	}
}

function continues(state: State, image: Uint8Array, steps: number): boolean {
	let last = image;
	for (let n = 0; n < steps; n++) last = nextImage(nativeProvider, last);
	return "peer" in state && state.peer !== undefined && equalBytes(last, state.peer.hello.h3);
}
