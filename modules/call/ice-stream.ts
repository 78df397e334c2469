/**
 * Runs the ICE agent of one voice stream (RFC 8445): STUN datagrams come in from the media stream, checks and answers go out
 * through it, and where the other end can be reached goes to leg.ts. SDP's lines are made and read here.
 */
import type { RandomSource } from "crypto/types";
import { createIce, type Ice, step } from "ice/agent";
import { formatCandidate, isIceText, parseCandidate } from "ice/candidate";
import type { ComponentId, IceAction, IceConfig, IceDescription, IceEvent, TransportAddress } from "ice/types";
import type { AreaLog } from "log/log";
import type { IceLines } from "sdp/offer-answer";
import Timer from "timer";

export interface IceStreamOptions {
	readonly provider: IceConfig["provider"];
	readonly random: RandomSource;
	/** Our sockets' address; RTP is on `port`, RTCP on the next. */
	readonly address: string;
	readonly port: number;
	/** The offerer is controlling. */
	readonly offerer: boolean;
	readonly stunServer: TransportAddress | undefined;
	readonly log: AreaLog;
	readonly now: () => number;
	/** A STUN datagram to leave from the socket of a component. */
	readonly send: (component: ComponentId, bytes: Uint8Array, to: TransportAddress) => void;
	/** Our own description is as complete as it gets. Never before `start` returns. */
	readonly onGathered: () => void;
	/** Media goes there from now on. */
	readonly onSelected: (component: ComponentId, remote: TransportAddress) => void;
	/** Nothing works, or nobody agrees to be sent to any more. */
	readonly onLost: (reason: string) => void;
}

/** Type distributes over the union, so that each event loses its time. */
type Untimed<E> = E extends IceEvent ? Omit<E, "now"> : never;

/** How long a description waits for the STUN server's answer. */
const GATHER_MOST_MS = 1000;

export class IceStream {
	readonly #options: IceStreamOptions;
	readonly #ice: Ice;
	#timer: Timer | undefined;
	#patience: Timer | undefined;
	#gathered = false;
	/** Of the peer that the agent has been told of. */
	#peer: string | undefined;
	#closed = false;
	readonly #waiting: Untimed<IceEvent>[] = [];
	#running = false;

	constructor(options: IceStreamOptions) {
		this.#options = options;
		const { address, port, provider, random, offerer, stunServer } = options;
		this.#ice = createIce({
			provider,
			random,
			controlling: offerer,
			components: [
				{ id: 1, address, port },
				{ id: 2, address, port: port + 1 },
			],
			stunServer,
		});
	}

	start(): void {
		this.#feed({ type: "start" });
		if (this.#gathered) this.#patience = Timer.set(() => this.#tellGathered(), 0);
		else this.#patience = Timer.set(() => this.#tellGathered(), GATHER_MOST_MS);
	}

	/** `onGathered` has come, or would say nothing new. */
	get gathered(): boolean {
		return this.#gathered && this.#patience === undefined;
	}

	/** For our offer or answer. */
	get lines(): IceLines {
		const { ufrag, pwd, candidates } = this.#ice.description;
		return { ufrag, pwd, candidates: candidates.map(formatCandidate), lite: false };
	}

	/** Where a NAT receives for us; undefined: nobody has told, or there is none. */
	get outside(): { readonly address: string; readonly port: number; readonly rtcpPort: number } | undefined {
		const [rtp, rtcp] = ([1, 2] as const).map((id) =>
			this.#ice.candidates.find(({ component, type }) => component === id && type === "srflx"),
		);
		return rtp && { address: rtp.address, port: rtp.port, rtcpPort: rtcp?.port ?? rtp.port + 1 };
	}

	/**
	 * What the peer's description says. Repeated by a re-INVITE: the same lines change nothing.
	 * An answer that begins anew where our offer did not is not heeded (RFC 8839 section 4.4.1.1.1).
	 */
	meet(lines: IceLines): void {
		if (this.#peer !== undefined) return;
		const description = descriptionOf(lines);
		if (description === undefined) {
			this.#options.log.warn("the other phone's ICE lines cannot be used; its media address is taken as it stands");
			return;
		}
		this.#peer = keyOf(lines);
		this.#feed({ type: "remote", description });
	}

	/** Lines of another agent than the one that was met. */
	isAnother(lines: IceLines): boolean {
		return this.#peer !== undefined && this.#peer !== keyOf(lines);
	}

	receive(component: ComponentId, bytes: Uint8Array, from: TransportAddress): void {
		this.#feed({ type: "packet", component, bytes, from });
	}

	/** Safe to repeat; no callback afterwards. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#waiting.length = 0;
		step(this.#ice, { type: "stop", now: this.#options.now() });
		for (const timer of [this.#timer, this.#patience]) if (timer !== undefined) Timer.clear(timer);
		this.#timer = this.#patience = undefined;
	}

	/** What an action brings about waits until the step's other actions are done: its last one sets the timer. */
	#feed(event: Untimed<IceEvent>): void {
		if (this.#closed) return;
		this.#waiting.push(event);
		if (this.#running) return;
		this.#running = true;
		try {
			for (let next = this.#waiting.shift(); next && !this.#closed; next = this.#waiting.shift())
				for (const action of step(this.#ice, { ...next, now: this.#options.now() })) this.#run(action);
		} finally {
			this.#running = false;
		}
	}

	#run(action: IceAction): void {
		const { log, send, onSelected, onLost } = this.#options;
		switch (action.type) {
			case "send":
				send(action.component, action.bytes, action.to);
				return;
			case "wakeAt":
				this.#setTimer(action.at);
				return;
			case "gathered":
				this.#gathered = true;
				log.debug(`ICE: ${this.#ice.summary}`);
				if (this.#patience !== undefined) this.#tellGathered();
				return;
			case "selected": {
				const { address, port } = action.remote;
				log.info(`ICE: ${action.component === 1 ? "voice" : "its reports"} to ${address}:${port}`);
				onSelected(action.component, action.remote);
				return;
			}
			case "completed":
				return;
			case "failed":
				onLost("no way to the other phone was found through the networks between");
				return;
			case "consentLost":
				onLost("the other phone does not answer any more");
		}
	}

	#tellGathered(): void {
		if (this.#patience === undefined) return;
		Timer.clear(this.#patience);
		this.#patience = undefined;
		if (!this.#gathered) this.#options.log.warn("the STUN server does not answer");
		this.#gathered = true;
		if (!this.#closed) this.#options.onGathered();
	}

	#setTimer(at: number | undefined): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (at === undefined) return;
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				this.#feed({ type: "tick" });
			},
			Math.max(0, Math.ceil(at - this.#options.now())),
		);
	}
}

function keyOf({ ufrag, pwd }: IceLines): string {
	return `${ufrag} ${pwd}`;
}

/** undefined: ufrag or pwd is not what RFC 8839 section 5.4 allows. */
function descriptionOf({ ufrag, pwd, candidates, lite }: IceLines): IceDescription | undefined {
	if (!isIceText(ufrag, 4, 256) || !isIceText(pwd, 22, 256)) return undefined;
	const read = candidates.map(parseCandidate);
	return { ufrag, pwd, candidates: read.filter((candidate) => candidate !== undefined), lite };
}
