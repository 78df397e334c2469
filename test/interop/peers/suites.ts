/** The algorithms that linphonec of Debian has in common with Sotto, and every combination of them. */

const LINPHONE_NAMES = Object.freeze({
	X255: "MS_ZRTP_KEY_AGREEMENT_X255",
	X448: "MS_ZRTP_KEY_AGREEMENT_X448",
	DH3k: "MS_ZRTP_KEY_AGREEMENT_DH3K",
	DH2k: "MS_ZRTP_KEY_AGREEMENT_DH2K",
	AES1: "MS_ZRTP_CIPHER_AES1",
	AES3: "MS_ZRTP_CIPHER_AES3",
	HS32: "MS_ZRTP_AUTHTAG_HS32",
	HS80: "MS_ZRTP_AUTHTAG_HS80",
	S256: "MS_ZRTP_HASH_S256",
	S384: "MS_ZRTP_HASH_S384",
	B32: "MS_ZRTP_SAS_B32",
	B256: "MS_ZRTP_SAS_B256",
} as const);

/** RFC 6189 sections 5.1.2 to 5.1.6, as linphonec knows them. */
export const VALUES = Object.freeze({
	keyAgreement: ["X255", "X448", "DH3k", "DH2k"],
	cipher: ["AES1", "AES3"],
	authTag: ["HS32", "HS80"],
	hash: ["S256", "S384"],
	sasType: ["B32", "B256"],
	role: ["initiator", "responder"],
} as const);

type Values = typeof VALUES;
export type Kind = Exclude<keyof Values, "role">;
export type Role = Values["role"][number];
export type Suite = { readonly [K in Kind]: Values[K][number] };
export const KINDS: readonly Kind[] = ["keyAgreement", "cipher", "authTag", "hash", "sasType"];

/** What is offered first by both ends. */
export interface Row extends Suite {
	/** Sotto's. */
	readonly role: Role;
}

/** Every combination in both roles: those of one suite one after the other. */
export function wholeMatrix(): Row[] {
	let rows: Partial<Record<keyof Row, string>>[] = [{}];
	for (const [kind, values] of Object.entries(VALUES))
		rows = rows.flatMap((row) => values.map((value: string) => ({ ...row, [kind]: value })));
	return rows as unknown as Row[];
}

/**
 * What the Commit must say. As the initiator Sotto takes AES-128 with DH2k, whatever is offered before it, since RFC 6189
 * section 5.1.5 says SHOULD; linphonec takes what comes first.
 */
export function expectedSuite({ role, ...suite }: Row): Suite {
	return role === "initiator" && suite.keyAgreement === "DH2k" ? { ...suite, cipher: "AES1" } : suite;
}

/** Best first. */
export type Lists = { readonly [K in Kind]: readonly Suite[K][] };

/** The parameters of linphonec's [sip] that make these its lists; it adds what is mandatory by itself. */
export function linphoneParameters(lists: Lists): [string, string][] {
	const names = (codes: readonly (keyof typeof LINPHONE_NAMES)[]) =>
		codes.map((code) => LINPHONE_NAMES[code]).join(",");
	return [
		["zrtp_key_agreements_suites", names(lists.keyAgreement)],
		["zrtp_cipher_suites", names(lists.cipher)],
		["zrtp_auth_suites", names(lists.authTag)],
		["zrtp_hash_suites", names(lists.hash)],
		["zrtp_sas_suites", names(lists.sasType)],
	];
}
