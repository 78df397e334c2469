/**
 * Whole exchanges with linphonec of Debian, recorded by test/interop/record-vectors.ts and repeated here: the engine is
 * given the same random octets, key pairs, packets and secrets at the same times, and must do the same to the last octet.
 * The Diffie-Hellman result is computed anew. The SAS is the one that linphonec showed.
 */
import { toHex } from "bytes/hex";
import type { KeyPair, Provider } from "crypto/types";
import { equal, ok, test } from "test/harness";
import { octets } from "test/vectors/crypto/octets";
import { providers } from "test/vectors/crypto/providers";
import recorded from "test/vectors/zrtp-linphonec.json";
import { createSession, step } from "zrtp/engine";
import { KEY_AGREEMENTS } from "zrtp/suites";
import type { Action, Event, KeyAgreementCode, SuiteLists } from "zrtp/types";

interface Pair {
	readonly code: string;
	readonly privateKey?: string;
	readonly publicKey?: string;
}

interface Drawn {
	readonly drawn: readonly string[];
	readonly pairs: readonly Pair[];
}

interface Step extends Drawn {
	readonly event: { readonly type: string; readonly now: number; readonly [member: string]: unknown };
	readonly actions: readonly { readonly type: string; readonly [member: string]: unknown }[];
}

interface Exchange {
	readonly source: string;
	readonly role: string;
	readonly suite: { readonly keyAgreement: string; readonly [kind: string]: string };
	readonly peerSas: string;
	readonly created: Drawn & {
		readonly config: {
			readonly zid: string;
			readonly clientId: string;
			readonly ssrc: number;
			readonly suites: unknown;
		};
	};
	readonly steps: readonly Step[];
}

/** The recording is data of the form that test/recording/engine.ts writes. */
const exchanges = recorded as unknown as readonly Exchange[];

/** Gives out what the recorded session was given, and notices when it is asked for anything else. */
class Supply {
	readonly #octets: string[] = [];
	readonly #pairs: Pair[] = [];

	add({ drawn, pairs }: Drawn): void {
		this.#octets.push(...drawn);
		this.#pairs.push(...pairs);
	}

	random(byteLength: number): Uint8Array {
		const bytes = octets(this.#octets.shift() ?? "");
		equal(bytes.length, byteLength, "random octets asked for");
		return bytes;
	}

	keyPair(code: KeyAgreementCode): KeyPair | undefined {
		const pair = this.#pairs.shift();
		equal(pair?.code, code, "key pair asked for");
		if (pair?.privateKey === undefined || pair.publicKey === undefined) return undefined;
		return { privateKey: octets(pair.privateKey), publicKey: octets(pair.publicKey) };
	}

	/** What was not asked for. */
	get left(): number {
		return this.#octets.length + this.#pairs.length;
	}
}

/** Octets as the recording writes them. */
function plain(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (_key, member: unknown) => (member instanceof Uint8Array ? toHex(member) : member)),
	);
}

/** What a Sas tells, as the recording has it; the engine may have learnt to tell more since. */
const SAS_MEMBERS: readonly string[] = [
	"keyAgreement",
	"hash",
	"cipher",
	"authTag",
	"sasType",
	"text",
	"verified",
	"peerVerified",
	"retained",
	"peerClientId",
	"peerZid",
	"disclosure",
	"mitm",
	"trustedMitm",
	"relayed",
	"enrollment",
	"allowClear",
];

function withoutNewSasMembers(action: Action): unknown {
	if (action.type !== "showSas") return plain(action);
	const sas = Object.entries(action.sas).filter(([member]) => SAS_MEMBERS.includes(member));
	return plain({ ...action, sas: Object.fromEntries(sas) });
}

/** Members of an event or of its secrets that are octets. */
const OCTETS: readonly string[] = ["bytes", "sharedSecret", "hash", "rs1", "rs2", "pbxsecret"];

function revived(event: Step["event"]): Event {
	return JSON.parse(JSON.stringify(event), (key, member: unknown) =>
		typeof member === "string" && OCTETS.includes(key) ? octets(member) : member,
	) as Event;
}

function replay(exchange: Exchange, provider: Provider): void {
	const { created, steps } = exchange;
	const supply = new Supply();
	supply.add(created);
	const { zid, ...config } = created.config;
	const session = createSession({
		...config,
		suites: config.suites as SuiteLists,
		zid: octets(zid),
		provider,
		random: (byteLength) => supply.random(byteLength),
		keyPairs: (code) => supply.keyPair(code),
	});
	let agreed: Uint8Array | undefined;
	let secure = false;
	let shown: string | undefined;
	for (const [index, { event, actions, ...given }] of steps.entries()) {
		supply.add(given);
		const fed = revived(event);
		if (fed.type === "agreed") equal(agreed && toHex(agreed), event.sharedSecret, "Diffie-Hellman result");
		const done = step(session, fed);
		equal(done.map(withoutNewSasMembers), plain(actions), `step ${index}, ${event.type}`);
		equal(supply.left, 0, `step ${index}: all that was drawn is drawn again`);
		for (const action of done) {
			if (action.type === "agree")
				agreed = KEY_AGREEMENTS[action.keyAgreement].of(provider).agree(action.privateKey, action.peerPublicKey);
			if (action.type === "showSas") {
				const { keyAgreement, hash, cipher, authTag, sasType, text } = action.sas;
				equal({ keyAgreement, hash, cipher, authTag, sasType }, exchange.suite, "suite");
				shown = text;
			}
			if (action.type === "secure") {
				equal(action.role, exchange.role, "role");
				secure = true;
			}
		}
	}
	ok(secure, "the exchange ends secure");
	// linphonec writes the two words of B256 with a colon between them.
	equal(shown, exchange.peerSas.split(":").join(" "), "what linphonec showed");
}

test("each key agreement in each role, a first call and a second one", () => {
	const kinds = exchanges.map(({ suite, role, source }) => `${suite.keyAgreement} ${role} ${source}`);
	equal(new Set(kinds).size, 16);
});

for (const provider of providers)
	for (const exchange of exchanges)
		test(`${exchange.source}, ${exchange.suite.keyAgreement} as ${exchange.role}: ${provider.name}`, () =>
			replay(exchange, provider));

test("a recording with one octet of a peer's packet changed is not repeated", () => {
	const [first] = exchanges;
	const [provider] = providers;
	ok(first && provider);
	const part = first.steps.findIndex(
		({ event }) => event.type === "packet" && String(event.bytes).slice(32, 46) === "4448506172743120".slice(0, 14),
	);
	ok(part > 0);
	const steps = first.steps.map((each, index) => {
		if (index !== part) return each;
		const bytes = String(each.event.bytes);
		return { ...each, event: { ...each.event, bytes: `${bytes.slice(0, 300)}00${bytes.slice(302)}` } };
	});
	let repeated = true;
	try {
		replay({ ...first, steps }, provider);
	} catch {
		repeated = false;
	}
	ok(!repeated);
});
