/**
 * The 3072-bit MODP group of RFC 3526 section 4, which ZRTP calls DH3k, over BigInt: no package needed.
 * Serves boards whose crypto library hides its bignum module, and checks the one in hal/crypto.
 *
 * The time of a BigInt operation depends on its values. The exponent is used for one pair of calls only, and each of
 * them does the same sequence of operations for every exponent (a multiplication for each four bits, a table entry for
 * 0 included), so what can be seen from outside is one noisy sample.
 * @module
 */
import { fromHex, toHex } from "bytes/hex";
import { modp3072PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

/** 2^3072 - 2^3008 - 1 + 2^64 * { [2^2942 pi] + 1690314 }. */
const P = BigInt(
	"0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
		"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
		"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
		"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
		"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
		"15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7" +
		"abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
		"bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);
const BYTE_LENGTH = 384;
const EXPONENT_BYTE_LENGTH = 32;

/** DH3k by BigInt. Refuses a peer's value outside 2..p-2 (RFC 6189 section 4.4.1.2 forbids 1 and p-1). */
export const modp3072: KeyAgreement = Object.freeze({
	name: "DH3k",
	publicKeyByteLength: BYTE_LENGTH,
	privateKeyByteLength: EXPONENT_BYTE_LENGTH,
	sharedSecretByteLength: BYTE_LENGTH,

	generate(random: RandomSource): KeyPair {
		const privateKey = modp3072PrivateKey(random);
		return { publicKey: toBytes(power(2n, privateKey)), privateKey };
	},

	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		if (privateKey.length !== EXPONENT_BYTE_LENGTH) throw new RangeError(`privateKey: ${privateKey.length} bytes`);
		if (peerPublicKey.length !== BYTE_LENGTH) return undefined;
		const y = toBigInt(peerPublicKey);
		if (y < 2n || y > P - 2n) return undefined;
		return toBytes(power(y, privateKey));
	},
});

/** base^exponent mod P, four bits of the exponent at a time. */
function power(base: bigint, exponent: Uint8Array): bigint {
	const table: bigint[] = [1n];
	for (let i = 1; i < 16; i++) table.push(((table[i - 1] ?? 1n) * base) % P);
	let result = 1n;
	for (const byte of exponent) {
		for (const digit of [byte >> 4, byte & 15]) {
			for (let i = 0; i < 4; i++) result = (result * result) % P;
			result = (result * (table[digit] ?? 1n)) % P;
		}
	}
	return result;
}

function toBigInt(bytes: Uint8Array): bigint {
	return BigInt(`0x${toHex(bytes)}`);
}

/** Fixed to the length of p: leading zeros must not be cut (RFC 6189 section 4.4.1.1). */
function toBytes(value: bigint): Uint8Array {
	const bytes = fromHex(value.toString(16).padStart(2 * BYTE_LENGTH, "0"));
	if (bytes === undefined) throw new Error("not hexadecimal");
	return bytes;
}
