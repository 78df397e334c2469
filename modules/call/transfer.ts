/**
 * Transfer (RFC 5589), all three parts of it: this phone sends a call on, blind or after asking; it is sent on by the
 * other end; another takes the place of a call it has. Whoever is sent on makes a call of its own, which agrees keys
 * of its own: no lock is carried over.
 */
import type { AreaLog } from "log/log";
import type { Action } from "sip/types";
import Timer from "timer";
import type { Line } from "./line";
import type { Lines } from "./lines";
import type { CallEvent } from "./signalling";

/** The one who asked ends the call it had with us; one that forgets is helped after a while. */
const LEFT_OVER_MS = 5000;
const DECLINE = 603;
/** A peer's wish that came about by so many wishes of peers is refused. */
const MAX_SENT_ON = 5;
/** So many wishes of one peer are granted in one call: each may cost the owner a call. */
const MAX_WISHES = 10;

export interface TransferOptions {
	readonly lines: Lines;
	readonly log: AreaLog;
	readonly post: (event: CallEvent) => void;
	/** The sound goes to that line. */
	readonly take: (line: Line) => void;
	/** Tells the owner. */
	readonly say: (text: string) => void;
}

type Progress = Extract<Action, { type: "transferProgress" }>;

export class Transfer {
	readonly #options: TransferOptions;
	/** Calls that are being sent on, and those their peers are to be connected with. */
	readonly #sent: Map<Line, Line | undefined> = new Map();
	/** Calls made because a peer asked, and the call with that peer. */
	readonly #made: Map<Line, Line> = new Map();
	readonly #leftOver: Set<Timer> = new Set();

	constructor(options: TransferOptions) {
		this.#options = options;
	}

	/** The peer of the call in front is asked to call somebody. @param to how to say it @returns why nothing was done */
	blind(target: string, to: string): string | undefined {
		const line = this.#options.lines.front;
		const refusal = this.#refusal(line);
		if (refusal !== undefined || !line) return refusal;
		this.#begin(line, undefined, to);
		line.whenQuiet(() => this.#options.post({ type: "refer", call: line.id, target }));
		return undefined;
	}

	/** The peers of the call in front and of one that waits are connected with each other. @returns why nothing was done */
	attended(): string | undefined {
		const { front, live } = this.#options.lines;
		const waiting = live.find((line) => line !== front && line.connected && !this.#sent.has(line));
		if (!front?.connected || !waiting) return "a second call is needed to connect the two";
		const refusal = this.#refusal(waiting) ?? this.#refusal(front);
		if (refusal !== undefined) return refusal;
		this.#begin(waiting, front, front.call.describe().peerName);
		waiting.whenQuiet(() => this.#options.post({ type: "refer", call: waiting.id, otherCall: front.id }));
		return undefined;
	}

	/** How a transfer of ours goes. */
	progress(action: Progress): void {
		const { lines, log, take, say } = this.#options;
		const line = lines.find(action.call);
		const transfer = line?.transfer;
		if (!line || !transfer) return;
		const name = line.call.describe().peerName;
		log.info(`transfer of ${name} to ${transfer.to}: ${action.state}, ${action.status} ${action.reason}`);
		switch (action.state) {
			case "asked":
			case "trying":
				line.transfer = { to: transfer.to, state: action.state };
				return;
			case "done": {
				const other = this.#sent.get(line);
				this.#sent.delete(line);
				line.transfer = { to: transfer.to, state: "done" };
				if (other) other.transfer = { to: name, state: "done" };
				say(`${name} is connected with ${transfer.to}`);
				line.hangup();
				other?.hangup();
				return;
			}
			case "failed": {
				const other = this.#sent.get(line);
				this.#sent.delete(line);
				line.transfer = undefined;
				const back = other?.live ? other : line;
				if (lines.focus?.live !== true || lines.focus === line) take(back);
				say(`transfer failed: ${action.reason}; you are back with ${back.call.describe().peerName}`);
			}
		}
	}

	/** The peer of a call wants to connect us with somebody. @returns the line that waits for the new call to be made */
	referred(action: Extract<Action, { type: "referred" }>, allowed: boolean): Line | undefined {
		const { lines, log, post } = this.#options;
		const line = lines.find(action.call);
		// A call that we keep on hold may not take the sound from the one that has it.
		const heard = line === lines.focus || lines.focus === undefined;
		// Two that pass the phone to each other for ever would have it call for ever.
		const often = line === undefined ? undefined : oftenEnough(line);
		if (
			allowed &&
			heard &&
			often === undefined &&
			line?.connected &&
			lines.freeNumber !== undefined &&
			![...this.#made.values()].includes(line)
		) {
			log.info(`${line.call.peer} connects us with ${action.target}`);
			line.wishes++;
			return line;
		}
		log.info(`${action.target}: a wish to be connected was refused${often === undefined ? "" : `: ${often}`}`);
		post({ type: "rejectReferral", referral: action.referral, status: DECLINE });
		return undefined;
	}

	/** That call is being made for it. */
	made(line: Line, askedBy: Line): void {
		this.#made.set(line, askedBy);
	}

	/** A call was answered: where it was made because a peer asked, the call with that peer is over. */
	answered(line: Line): void {
		const askedBy = this.#made.get(line);
		if (!askedBy) return;
		this.#made.delete(line);
		const timer = Timer.set(() => {
			this.#leftOver.delete(timer);
			askedBy.hangup();
		}, LEFT_OVER_MS);
		this.#leftOver.add(timer);
	}

	/** Why a call that was sent on is over; undefined: it was not. */
	outcome({ transfer, call }: Line): string | undefined {
		if (!transfer) return undefined;
		const { peerName } = call.describe();
		if (transfer.state === "done") return `${peerName} is connected with ${transfer.to}`;
		return `${peerName} was sent on to ${transfer.to}, and has not said whether that worked`;
	}

	/** @returns whether its end was the wish of somebody, and needs no tone */
	ended(line: Line, reason: string): boolean {
		const { take, say } = this.#options;
		const askedBy = this.#made.get(line);
		this.#made.delete(line);
		if (askedBy?.connected) {
			take(askedBy);
			say(
				`not connected with ${line.call.describe().peerName}: ${reason}; you are back with ${askedBy.call.describe().peerName}`,
			);
			return true;
		}
		if (!line.transfer) return false;
		// Who does as asked may hang up before it tells how it went.
		this.#sent.delete(line);
		return true;
	}

	close(): void {
		for (const timer of this.#leftOver) Timer.clear(timer);
		this.#leftOver.clear();
	}

	#refusal(line: Line | undefined): string | undefined {
		if (!line?.connected) return "there is no call to send on";
		return line.transfer ? "this call is being sent on already" : undefined;
	}

	/** Whoever is sent on waits: what is said meanwhile is not for it. */
	#begin(line: Line, other: Line | undefined, to: string): void {
		line.hold(true);
		line.transfer = { to, state: "asked" };
		this.#sent.set(line, other);
	}
}

/** Why another wish of that call's peer is one too many; undefined: it is not. */
function oftenEnough({ sentOn, wishes }: Line): string | undefined {
	if (sentOn >= MAX_SENT_ON) return `this call was sent on ${MAX_SENT_ON} times already`;
	return wishes >= MAX_WISHES ? `its other end has had ${MAX_WISHES} of them` : undefined;
}
