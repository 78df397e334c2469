/**
 * Takes the place of zrtp/engine in the program that tests watch: the same engine, with all that goes into it and comes
 * out of it written down where a test asks for that: settings, random octets, key pairs, events, actions. From that
 * test/vectors/zrtp/linphonec.test.ts can repeat an exchange to the last octet.
 */
import { toHex } from "bytes/hex";
import { exchangeWanted, recordExchange } from "test/recording/recorder";
import { type Session, createSession as shippedCreate, step as shippedStep } from "zrtp/engine-shipped";
import type { Action, Event, SessionConfig } from "zrtp/types";

export type { Session };

interface Recording {
	readonly number: number;
	/** Since the last event. */
	drawn: string[];
	pairs: unknown[];
}

/** In the session's own config, since a module keeps nothing. */
interface RecordedConfig extends SessionConfig {
	readonly recording: Recording;
}

export function createSession(config: SessionConfig): Session {
	if (!exchangeWanted()) return shippedCreate(config);
	const [high = 0, low = 0] = config.random(2);
	const recording: Recording = { number: (high << 8) | low, drawn: [], pairs: [] };
	const { zid, clientId, ssrc, suites } = config;
	const recorded: RecordedConfig = {
		provider: config.provider,
		zid,
		clientId,
		ssrc,
		suites,
		...(config.peerHelloHash && { peerHelloHash: config.peerHelloHash }),
		...(config.cacheExpirySec !== undefined && { cacheExpirySec: config.cacheExpirySec }),
		...(config.allowClear !== undefined && { allowClear: config.allowClear }),
		random(byteLength) {
			const bytes = config.random(byteLength);
			recording.drawn.push(toHex(bytes));
			return bytes;
		},
		keyPairs(code) {
			const pair = config.keyPairs?.(code);
			recording.pairs.push({ code, ...pair });
			return pair;
		},
		recording,
	};
	const session = shippedCreate(recorded);
	write(recording, { config: { zid, clientId, ssrc, suites, allowClear: config.allowClear } });
	return session;
}

export function step(session: Session, event: Event): readonly Action[] {
	const { recording } = session.config as Partial<RecordedConfig>;
	if (recording === undefined) return shippedStep(session, event);
	// Before the step: it wipes what it is given.
	const given = text(event);
	const actions = shippedStep(session, event);
	recordExchange(`{"session":${recording.number},"event":${given},${text(contents(recording, actions)).slice(1)}`);
	return actions;
}

function write(recording: Recording, more: object): void {
	recordExchange(text({ session: recording.number, ...more, ...contents(recording, []) }));
}

function contents(recording: Recording, actions: readonly Action[]) {
	const { drawn, pairs } = recording;
	recording.drawn = [];
	recording.pairs = [];
	return { drawn, pairs, actions };
}

function text(value: unknown): string {
	return JSON.stringify(value, (_key, member: unknown) => (member instanceof Uint8Array ? toHex(member) : member));
}
