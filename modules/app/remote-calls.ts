/** The panel's commands for calls: fields of a JSON object come in from remote.ts, are checked, and go to the phone. */
import type { Phone } from "call/phone";
import type { CallState } from "call/state";

/** What is needed of a phone; call/phone.ts has it. */
export type RemotePhone = Pick<
	Phone,
	| "state"
	| "dial"
	| "answer"
	| "hangup"
	| "verify"
	| "hold"
	| "mute"
	| "decide"
	| "encrypt"
	| "dtmf"
	| "switchTo"
	| "swap"
	| "confer"
	| "transfer"
	| "connectOthers"
	| "pickUp"
	| "setDoNotDisturb"
	| "forward"
	| "seen"
>;

const COMMANDS = Object.freeze([
	"dial",
	"answer",
	"hangup",
	"verify",
	"hold",
	"mute",
	"decide",
	"encrypt",
	"dtmf",
	"line",
	"swap",
	"conference",
	"transfer",
	"pickup",
	"dnd",
	"forward",
	"seen",
] as const);
type Command = (typeof COMMANDS)[number];

export function isCallCommand(name: string | undefined): name is Command {
	return COMMANDS.some((command) => command === name);
}

const NO_CALL = "there is no call";
const TEXT_MOST = 500;

/** The commands of calls. @returns why nothing was done */
export function commandCall(
	phone: RemotePhone,
	command: Command,
	fields: ReadonlyMap<string, unknown>,
): string | undefined {
	const value = fields.get(command);
	const text = (name: string): string | undefined => {
		const it = fields.get(name);
		return typeof it === "string" && it.length <= TEXT_MOST ? it : undefined;
	};
	// Which call is meant; without it the one in front.
	const id = fields.get("call");
	if (id !== undefined && typeof id !== "number") return "call takes the id of a call";
	const calls = phone.state.calls.filter((call) => call.state !== "ended");
	const meant = id === undefined ? calls[0] : calls.find((call) => call.id === id);
	switch (command) {
		case "dial": {
			const target = text("dial");
			if (target === undefined) return "dial takes an address as text";
			phone.dial(target);
			return undefined;
		}
		case "answer": {
			const ringing = id === undefined ? calls.find(rings) : meant;
			if (!ringing || !rings(ringing)) return "no call rings";
			phone.answer(id);
			return undefined;
		}
		case "hangup":
			if (!meant) return NO_CALL;
			phone.hangup(id);
			return undefined;
		case "dtmf": {
			const digits = text("dtmf");
			if (digits === undefined || !/^[0-9*#A-D]{1,32}$/.test(digits)) return "dtmf takes digits: 0-9, *, #, A-D";
			if (!meant) return NO_CALL;
			for (const digit of digits) phone.dtmf(digit);
			return undefined;
		}
		case "line":
			return typeof value === "number" ? phone.switchTo(value) : "line takes a number";
		case "swap":
		case "seen":
			if (value !== true) return `${command} takes true`;
			return phone[command]();
		case "transfer": {
			if (value === true) return phone.connectOthers();
			const target = text("transfer");
			return target === undefined
				? "transfer takes an address as text, or true to connect two calls"
				: phone.transfer(target);
		}
		case "pickup": {
			const uri = text("pickup");
			return uri === undefined ? "pickup takes an address as text" : phone.pickUp(uri);
		}
		case "forward": {
			const when = text("forward");
			if (when !== "always" && when !== "busy" && when !== "noAnswer") return "forward takes always, busy or noAnswer";
			const to = text("to");
			return to === undefined ? "to takes an address as text; an empty one ends it" : phone.forward(when, to);
		}
		default: {
			if (typeof value !== "boolean") return `${command} takes true or false`;
			if (command === "dnd") {
				phone.setDoNotDisturb(value);
				return undefined;
			}
			if (command === "conference") return phone.confer(value);
			if (!meant) return NO_CALL;
			if (command === "decide") return decide(phone, meant, text("about"), value);
			if (command === "encrypt")
				return phone.encrypt(value, meant.id) ? undefined : "encryption cannot be changed in this call now";
			if (command === "verify") phone.verify(value, text("name"), id);
			else if (command === "hold") phone.hold(value, id);
			else phone.mute(value);
			return undefined;
		}
	}
}

/** The answer to a question names what it answers: another one may stand by then. */
function decide(phone: RemotePhone, { id, question }: CallState, about: string | undefined, accepted: boolean) {
	if (question === undefined) return "nothing is asked";
	if (question.about !== about) return `about is "${question.about}": that is what is asked`;
	phone.decide(question.about, accepted, id);
	return undefined;
}

function rings(call: CallState): boolean {
	return call.state === "ringing" && call.direction === "incoming";
}
