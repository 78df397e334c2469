/** Mutations of text that are likely to meet a parser where it is weak; the same for the same seed. */

import { seeded } from "test/net/seeded";

/** What parsers stumble over. */
const PIECES: readonly string[] = Object.freeze([
	"\r\n",
	"\r\n\r\n",
	"\n",
	"\r",
	"\0",
	" ",
	"\t",
	"\r\n ",
	'"',
	'\\"',
	"<",
	">",
	"<>",
	";",
	",",
	":",
	"=",
	"@",
	"?",
	"%00",
	"[::1]",
	"-1",
	"0",
	"4294967296",
	"99999999999999999999",
	"z9hG4bK",
	";tag=",
	";branch=",
	"SIP/2.0",
	"é",
	"\u{1f4a9}",
	"\x7f",
	"Via: SIP/2.0/UDP x;branch=z9hG4bK1\r\n",
	"Content-Length: 5\r\n",
	"Record-Route: <sip:x;lr>\r\n",
	"Require: x\r\n",
	"m=audio 0 RTP/AVP 0\r\n",
	"c=IN IP6 ::\r\n",
	"a=rtpmap:0 x/1\r\n",
]);

export class Mutator {
	readonly #random: () => number;

	constructor(seed: number) {
		this.#random = seeded(seed);
	}

	/** 0 to below `limit`. */
	below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}

	pick<T>(from: readonly T[]): T {
		const one = from[this.below(from.length)];
		if (one === undefined) throw new RangeError("nothing to pick from");
		return one;
	}

	/** One to four changes. */
	mutate(text: string): string {
		let result = text;
		for (let i = this.below(4); i >= 0; i--) result = this.#once(result);
		return result;
	}

	#once(text: string): string {
		const at = this.below(text.length + 1);
		const length = this.below(12);
		switch (this.below(9)) {
			case 0:
				return text.slice(0, at) + text.slice(at + length);
			case 1:
				return text.slice(0, at) + this.pick(PIECES) + text.slice(at);
			case 2:
				return text.slice(0, at) + this.pick(PIECES) + text.slice(at + length);
			case 3:
				return text.slice(0, at);
			case 4:
				return text.slice(0, at) + String.fromCharCode(this.below(256)) + text.slice(at + 1);
			case 5:
				return this.#lines(text, (lines, i) => lines.splice(i, 1));
			case 6:
				return this.#lines(text, (lines, i) => lines.splice(i, 0, lines[i] ?? ""));
			case 7:
				return this.#lines(text, (lines, i) => lines.splice(this.below(lines.length), 0, ...lines.splice(i, 1)));
			default:
				return text.slice(0, at) + this.pick(PIECES).repeat(this.below(60)) + text.slice(at);
		}
	}

	#lines(text: string, change: (lines: string[], index: number) => void): string {
		const lines = text.split("\r\n");
		change(lines, this.below(lines.length));
		return lines.join("\r\n");
	}
}
