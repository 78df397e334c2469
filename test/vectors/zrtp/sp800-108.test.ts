/** The KDF of RFC 6189 section 4.5.1 is NIST SP 800-108's in counter mode, with one round and a 32-bit counter and length. */
import { toHex } from "bytes/hex";
import { equal, ok, test, throws } from "test/harness";
import { octets } from "test/vectors/crypto/octets";
import { providers } from "test/vectors/crypto/providers";
import vectors from "test/vectors/sp800-108.json";
import { kdf } from "zrtp/kdf";
import { HASHES } from "zrtp/suites";
import type { HashCode } from "zrtp/types";

const CODES = Object.keys(HASHES) as HashCode[];

for (const provider of providers)
	for (const code of CODES)
		test(`SP 800-108 with ${code}: ${provider.name}`, () => {
			const rows = vectors.filter(({ hash }) => hash === code);
			ok(rows.length >= 9, "the table is there");
			const mac = HASHES[code].mac(provider);
			for (const { key, label, context, derived } of rows) {
				const byteLength = derived.length / 2;
				equal(
					toHex(kdf(mac, octets(key), label, octets(context), byteLength)),
					derived,
					`${label}, ${byteLength} bytes`,
				);
			}
			throws(() => kdf(mac, new Uint8Array(1), "too long", new Uint8Array(1), mac.byteLength + 1), RangeError);
		});
