/**
 * Many calls between one Sotto and one linphonec, with other algorithms and another role each time. All go from Sotto
 * through a box that lets no HelloACK of one end through: who has not heard that its Hello came cannot commit, and so the
 * other one is the initiator (RFC 6189 section 4.1).
 */
import assert from "node:assert/strict";
import path from "node:path";
import type { CallState } from "../../../modules/call/state";
import { heard, readWav } from "../../../scripts/simulator/tone";
import { assertEncrypted, assertSameSas } from "./judge";
import { relayMedia, zrtpTypeOf } from "./media-relay";
import { LINPHONE_HZ, Meeting, pause, SOTTO_HZ } from "./meeting";
import { relaySip } from "./sip-relay";
import { KINDS, type Lists, linphoneParameters, type Role, type Suite } from "./suites";

export interface Lane {
	/** Both memories in it are kept from one lane to the next. */
	readonly folder: string;
	/** Names recordings and capture. */
	readonly name: string;
	readonly program: string;
	/** Sotto's; linphonec has the next but five, the box the next but seven. */
	readonly sipPort: number;
	/** Sotto's lists. */
	readonly zrtp: Readonly<Record<string, readonly string[]>>;
	/** linphonec's lists to begin with. Its key agreements stay as they are, since its console has no room for their name. */
	readonly linphone: Lists;
}

export interface MatrixCall {
	readonly name: string;
	readonly role: Role;
	/** linphonec's lists. */
	readonly offer: Lists;
	readonly expected: Suite;
	readonly retained: "none" | "match" | "mismatch";
}

/** How long both speak: half a second of tone must come through, behind what linphonec's jitter buffer holds back. */
const TALK_MS = 750;
/** On a machine with much else to do the tone has gaps: then once more, for longer. */
const LONG_TALK_MS = 4000;
const FRAME_MS = 20;

export class MatrixCalls {
	readonly #meeting: Meeting;
	readonly #folder: string;
	#uri = "";
	/** Sotto's role of the next call, which the box sees to. */
	#role: Role = "initiator";

	/** What linphonec showed in the last call. */
	peerSas = "";

	private constructor(meeting: Meeting, folder: string) {
		this.#meeting = meeting;
		this.#folder = folder;
	}

	/** Runs `talk` between two phones. @returns for `judge`, which stops this process for a while: not while others talk */
	static async hold(lane: Lane, talk: (calls: MatrixCalls) => Promise<void>): Promise<Meeting> {
		const { folder, name, program, zrtp } = lane;
		const sipPorts = { sotto: lane.sipPort, linphone: lane.sipPort + 5 };
		const sip = linphoneParameters(lane.linphone).map(([parameter, value]) => `${parameter}=${value}`);
		const [meeting] = await Meeting.hold(
			{ folder, name, program, sipPorts, config: { zrtp }, linphone: { sip } },
			async (each) => {
				const calls = new MatrixCalls(each, path.join(folder, name));
				const media = await relayMedia(each.sottoRtpPort, (bytes, from) => calls.#passes(bytes, from));
				const signalling = await relaySip(sipPorts.linphone, media.change, lane.sipPort + 7);
				calls.#uri = `sip:linphone@127.0.0.1:${signalling.port}`;
				try {
					await talk(calls);
				} finally {
					signalling.close();
					media.close();
				}
			},
		);
		return meeting;
	}

	/** tshark says whether anything was malformed or in the clear. */
	static judge(meeting: Meeting): void {
		assertEncrypted(meeting, ["HS32", "HS80"], TALK_MS / FRAME_MS / 2);
	}

	#passes(bytes: Buffer, from: "caller" | "callee"): boolean {
		const initiator = this.#role === "initiator" ? "caller" : "callee";
		return zrtpTypeOf(bytes) !== "HelloACK" || from !== initiator;
	}

	/** One call, judged at both ends; a second one where the tone was not heard. @returns what Sotto says of the first */
	async make(planned: MatrixCall): Promise<CallState> {
		const first = await this.#call(planned, TALK_MS);
		if (first.heard.length < 2) {
			const retained = planned.retained === "none" ? "match" : planned.retained;
			const again = await this.#call({ ...planned, name: `${planned.name}-again`, retained }, LONG_TALK_MS);
			assert.deepEqual(again.heard, ["by Sotto", "by linphonec"], `${planned.name}: tones`);
		}
		return first.call;
	}

	async #call({ name, role, offer, expected, retained }: MatrixCall, talkMs: number) {
		const { sotto, linphone } = this.#meeting;
		const bySotto = path.join(this.#folder, `${name}-heard-by-sotto.wav`);
		const byLinphone = path.join(this.#folder, `${name}-heard-by-linphone.wav`);
		this.#role = role;
		for (const [parameter, value] of linphoneParameters(offer)) linphone.set("sip", parameter, value);
		linphone.command(`record ${byLinphone}`);
		sotto.send({ speaker: bySotto });
		const lines = sotto.lines.length;
		linphone.mark();
		await this.#meeting.dial(this.#uri);
		const call = await this.#meeting.secure();
		const sas = await linphone.sas();
		this.peerSas = sas.text;
		await pause(talkMs);
		const voice = sotto.call?.stats;
		await this.#meeting.hangUp();
		sotto.send({ speaker: `${bySotto}.rest` });

		assert.match(sotto.lines.slice(lines).join("\n"), new RegExp(`keys on: .* as ${role}`), `${name}: role`);
		for (const kind of KINDS) assert.equal(call[kind], expected[kind], `${name}: ${kind}`);
		assertSameSas(call, sas);
		assert.equal(call.retained, retained, `${name}: retained secrets`);
		// Both ends warn, or neither does.
		const warned = retained === "mismatch";
		assert.equal(call.lock, warned ? "warning" : "closed", `${name}: lock`);
		assert.equal(/cache mismatch/i.test(linphone.recentLog), warned, `${name}: linphonec's word of a mismatch`);
		assert.equal(voice?.clearSent, 0, `${name}: voice in the clear`);
		const heardAt: string[] = [];
		if (heard(readWav(bySotto), LINPHONE_HZ)) heardAt.push("by Sotto");
		if (heard(readWav(byLinphone), SOTTO_HZ)) heardAt.push("by linphonec");
		return { call, heard: heardAt };
	}
}
