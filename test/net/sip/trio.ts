/** Three phones and what their owners do, for the tests of transfer: every call is taken, every change answered. */

import type { Action } from "sip/agent";
import { World } from "./world";

export class Trio {
	readonly world: World;
	#next = 100;

	constructor(options: ConstructorParameters<typeof World>[0] = { seed: 3, delayMs: 5 }) {
		this.world = new World(options);
		for (const name of ["alice", "bob", "carol"]) this.world.add(name);
		this.world.onReport = (member, action) => this.#obey(member.name, action);
	}

	/** A call from one to another, answered. */
	call(from: string, to: string, call: number): void {
		this.world.do(from, { type: "invite", call, uri: this.world.uri(to), sdp: `offer of ${from}` });
		this.world.run(200);
	}

	/** Live calls of a phone, as it was told of them. */
	live(name: string): number[] {
		const live = new Set<number>();
		for (const report of this.world.member(name).reports) {
			if (report.type === "answered" || report.type === "accepted") live.add(report.call);
			if (report.type === "ended") live.delete(report.call);
		}
		return [...live];
	}

	#obey(name: string, action: Action): void {
		const { world } = this;
		switch (action.type) {
			case "incoming":
				world.do(name, { type: "ring", call: action.call });
				world.do(name, { type: "accept", call: action.call, sdp: `answer of ${name}` });
				return;
			case "offered":
				world.do(name, { type: "answerReinvite", call: action.call, sdp: `answer of ${name}` });
				return;
			case "offerWanted":
				world.do(name, { type: "reinvite", call: action.call, sdp: `fresh of ${name}` });
				return;
			case "referred":
				world.do(name, {
					type: "invite",
					call: this.#next++,
					uri: action.target,
					sdp: `offer of ${name}`,
					referral: action.referral,
				});
				return;
			case "transferProgress":
				if (action.state === "done") world.do(name, { type: "hangup", call: action.call });
				return;
			default:
				return;
		}
	}
}
