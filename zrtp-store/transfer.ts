/**
 * The file in which all peers move to another phone, sealed under a passphrase; EXPORT.md says every octet. Records come in
 * from store.ts and go back to it; the file goes to wherever the owner carries it.
 * @module
 */
import { concat } from "bytes/concat";
import { crc32c } from "bytes/crc32c";
import { equal } from "bytes/equal";
import { Reader } from "bytes/reader";
import { wipe } from "bytes/wipe";
import { Writer } from "bytes/writer";
import type { Provider, RandomSource } from "crypto/types";
import type { ImportRefusal } from "zrtp/store";
import { label, u32, ZID_BYTE_LENGTH } from "./format";
import { keysOf, PASSPHRASE_MINIMUM, ROUNDS, ROUNDS_MAXIMUM, ROUNDS_MINIMUM } from "./passphrase";
import { decodePeer, encodePeer, type PeerRecord, wipePeer } from "./peer-record";

const MAGIC = "SottoPX\n";
const VERSION = 1;
const KDF_PBKDF2_HMAC_SHA256 = 1;
const SALT_BYTE_LENGTH = 16;
const HEADER_BYTE_LENGTH = 40;
const TAG_BYTE_LENGTH = 32;
const CRC_BYTE_LENGTH = 4;

/** What a file holds; whoever gets it wipes the records. */
export interface Moved {
	/** The own ZID of the phone that wrote it. */
	readonly zid: Uint8Array;
	readonly peers: readonly PeerRecord[];
}

/** @throws RangeError: the passphrase is too short */
export function seal(provider: Provider, random: RandomSource, passphrase: Uint8Array, moved: Moved): Uint8Array {
	if (passphrase.length < PASSPHRASE_MINIMUM)
		throw new RangeError(`passphrase: ${passphrase.length} octets, at least ${PASSPHRASE_MINIMUM} are needed`);
	const plain = encodeBody(moved);
	const salt = random(SALT_BYTE_LENGTH);
	const header = new Writer(HEADER_BYTE_LENGTH)
		.bytes(label(MAGIC))
		.u8(VERSION)
		.u8(KDF_PBKDF2_HMAC_SHA256)
		.u16(0)
		.u32(ROUNDS)
		.bytes(salt)
		.u32(plain.length)
		.u32(0)
		.finish();
	const keys = keysOf(provider, passphrase, salt, ROUNDS);
	// The salt makes the key another one for every file, so the counter may begin at 0.
	const body = provider.aesCtr.encrypt(keys.encryptionKey, new Uint8Array(16), plain);
	const tag = provider.hmacSha256.compute(keys.macKey, header, body);
	wipe(plain, keys.encryptionKey, keys.macKey);
	const sealed = concat(header, body, tag);
	return concat(sealed, u32(crc32c(sealed)));
}

/** Reads what seal() made; whatever the bytes are, it says in words what is wrong with them. */
export function unseal(provider: Provider, passphrase: Uint8Array, bytes: Uint8Array): Moved | ImportRefusal {
	const reader = new Reader(bytes);
	if (!equal(reader.bytes(MAGIC.length), label(MAGIC)))
		return refusal("foreign", "This is no file of peers from a Sotto phone.");
	const version = reader.u8();
	if (!reader.overrun && version !== VERSION)
		return refusal("version", `The file of peers has version ${version}; this phone reads version ${VERSION}.`);
	const kdf = reader.u8();
	reader.skip(2);
	const rounds = reader.u32();
	const salt = reader.bytes(SALT_BYTE_LENGTH);
	const bodyByteLength = reader.u32();
	const whole = HEADER_BYTE_LENGTH + bodyByteLength + TAG_BYTE_LENGTH + CRC_BYTE_LENGTH;
	if (reader.overrun || bytes.length < whole)
		return refusal("damaged", "The file of peers is cut short. Copy it again from the phone that wrote it.");
	const sealed = bytes.subarray(0, bytes.length - CRC_BYTE_LENGTH);
	if (bytes.length > whole || new Reader(bytes.subarray(sealed.length)).u32() !== crc32c(sealed))
		return refusal("damaged", "The file of peers is damaged. Copy it again from the phone that wrote it.");
	if (kdf !== KDF_PBKDF2_HMAC_SHA256 || rounds < ROUNDS_MINIMUM || rounds > ROUNDS_MAXIMUM)
		return refusal("version", "The file of peers is sealed in a way that this phone does not know.");
	const header = bytes.subarray(0, HEADER_BYTE_LENGTH);
	const body = bytes.slice(HEADER_BYTE_LENGTH, HEADER_BYTE_LENGTH + bodyByteLength);
	const tag = bytes.subarray(HEADER_BYTE_LENGTH + bodyByteLength, sealed.length);
	const keys = keysOf(provider, passphrase, salt, rounds);
	const authentic = equal(provider.hmacSha256.compute(keys.macKey, header, body), tag);
	const plain = authentic ? provider.aesCtr.decrypt(keys.encryptionKey, new Uint8Array(16), body) : undefined;
	wipe(keys.encryptionKey, keys.macKey);
	if (plain === undefined)
		return refusal("wrong-passphrase", "The passphrase is not the one that the file of peers was written with.");
	const moved = decodeBody(plain);
	wipe(plain);
	return moved ?? refusal("damaged", "The file of peers was not written as it should be.");
}

function refusal(code: ImportRefusal["code"], error: string): ImportRefusal {
	return { code, error };
}

function encodeBody({ zid, peers }: Moved): Uint8Array {
	const bodies = peers.map(encodePeer);
	const byteLength = bodies.reduce((sum, body) => sum + 2 + body.length, ZID_BYTE_LENGTH + 4);
	const writer = new Writer(byteLength).bytes(zid).u32(bodies.length);
	for (const body of bodies) writer.u16(body.length).bytes(body);
	for (const body of bodies) wipe(body);
	return writer.finish();
}

function decodeBody(plain: Uint8Array): Moved | undefined {
	const reader = new Reader(plain);
	const zid = reader.bytes(ZID_BYTE_LENGTH);
	const count = reader.u32();
	const peers: PeerRecord[] = [];
	while (peers.length < count && !reader.overrun) {
		const body = reader.bytes(reader.u16());
		const record = reader.overrun ? undefined : decodePeer(body);
		wipe(body);
		if (record === undefined) break;
		peers.push(record);
	}
	if (peers.length === count && reader.remaining === 0 && !reader.overrun) return { zid, peers };
	for (const peer of peers) wipePeer(peer);
	return undefined;
}
