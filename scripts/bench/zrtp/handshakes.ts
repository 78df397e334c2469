/**
 * Runs on XS, for counting instructions. Arguments: the key agreement's code, how many handshakes, and the hash's code;
 * prints each SAS.
 */

import { secured } from "bench/zrtp/sides";
import { exit, print, programArguments } from "board/process";
import { HASHES, KEY_AGREEMENTS } from "zrtp/suites";
import type { HashCode, KeyAgreementCode } from "zrtp/types";

const [code = "", count = "1", hashCode = "S256"] = programArguments();
const keyAgreement = (Object.keys(KEY_AGREEMENTS) as KeyAgreementCode[]).find((key) => key === code);
if (keyAgreement === undefined) throw new RangeError(`no key agreement ${code}`);
const hash = (Object.keys(HASHES) as HashCode[]).find((key) => key === hashCode);
if (hash === undefined) throw new RangeError(`no hash ${hashCode}`);
for (let i = 0; i < Number(count); i++) {
	const sides = secured(keyAgreement, hash);
	print(sides[0].sas ?? "");
	for (const side of sides) side.feed({ type: "stop", now: 0 });
}
exit(0);
