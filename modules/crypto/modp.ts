/**
 * The 2048-bit and 3072-bit MODP groups of RFC 3526 sections 3 and 4, which ZRTP calls DH2k and DH3k, over BigInt: no
 * package needed. Serves boards whose crypto library hides its bignum module, and checks the one in hal/crypto.
 *
 * The time of a BigInt operation depends on its values. The exponent is used for one pair of calls only, and each of
 * them does the same sequence of operations for every exponent (a multiplication for each four bits, a table entry for
 * 0 included), so what can be seen from outside is one noisy sample.
 * @module
 */
import { fromHex, toHex } from "bytes/hex";
import { checkModpPrivateKey, modpPrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

/** Both primes begin with the same bits, those of pi. */
const BEGIN =
	"0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
	"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee" +
	"386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f8365" +
	"5d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e77" +
	"2c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a" +
	"8a";

/** 2^2048 - 2^1984 - 1 + 2^64 * { [2^1918 pi] + 124476 }. */
const P2048 = BigInt(`${BEGIN}acaa68ffffffffffffffff`);

/** 2^3072 - 2^3008 - 1 + 2^64 * { [2^2942 pi] + 1690314 }. */
const P3072 = BigInt(
	BEGIN +
		"aac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb" +
		"0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a" +
		"615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);

/** DH2k by BigInt. */
export const modp2048 = group("DH2k", P2048, 256);
/** DH3k by BigInt. */
export const modp3072 = group("DH3k", P3072, 384);

/** Refuses a peer's value outside 2..p-2 (RFC 6189 section 4.4.1.2 forbids 1 and p-1). */
function group(name: string, p: bigint, byteLength: number): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength: byteLength,
		privateKeyByteLength: 32,
		sharedSecretByteLength: byteLength,

		generate(random: RandomSource, cipherKeyByteLength?: number): KeyPair {
			const privateKey = modpPrivateKey(random, cipherKeyByteLength);
			return { publicKey: toBytes(power(2n, privateKey, p), byteLength), privateKey };
		},

		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			checkModpPrivateKey(privateKey);
			if (peerPublicKey.length !== byteLength) return undefined;
			const y = toBigInt(peerPublicKey);
			if (y < 2n || y > p - 2n) return undefined;
			return toBytes(power(y, privateKey, p), byteLength);
		},
	});
}

/** base^exponent mod p, four bits of the exponent at a time. */
function power(base: bigint, exponent: Uint8Array, p: bigint): bigint {
	const table: bigint[] = [1n];
	for (let i = 1; i < 16; i++) table.push(((table[i - 1] ?? 1n) * base) % p);
	let result = 1n;
	for (const byte of exponent) {
		for (const digit of [byte >> 4, byte & 15]) {
			for (let i = 0; i < 4; i++) result = (result * result) % p;
			result = (result * (table[digit] ?? 1n)) % p;
		}
	}
	return result;
}

function toBigInt(bytes: Uint8Array): bigint {
	return BigInt(`0x${toHex(bytes)}`);
}

/** Fixed to the length of p: leading zeros must not be cut (RFC 6189 section 4.4.1.1). */
function toBytes(value: bigint, byteLength: number): Uint8Array {
	const bytes = fromHex(value.toString(16).padStart(2 * byteLength, "0"));
	if (bytes === undefined) throw new Error("not hexadecimal");
	return bytes;
}
