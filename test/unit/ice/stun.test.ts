import { crc32 } from "bytes/crc32";
import { fromHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { nativeProvider } from "crypto/native";
import { BINDING, buildStun, integrityHolds, isStun, parseStun } from "ice/stun";
import { equal, ok, test } from "test/harness";

const { hmacSha1 } = nativeProvider;

function octets(hex: string): Uint8Array {
	return fromHex(hex) ?? new Uint8Array(0);
}

/** RFC 5769 sections 2.1 and 2.2: the password of the samples. */
const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const REQUEST = octets(
	"000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74" +
		"002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020" +
		"000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
);
const RESPONSE = octets(
	"0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220" +
		"002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
);

test("CRC-32 of the check string", () => {
	equal(crc32(utf8Encode("123456789")), 0xcbf43926);
});

test("RFC 5769 section 2.1: the sample request is read and its tag holds", () => {
	const message = parseStun(REQUEST);
	ok(message);
	equal(message.type, BINDING.request);
	equal(message.username, "evtj:h6vY");
	equal(message.priority, 0x6e0001ff);
	equal(message.controlled, octets("932ff9b151263b36"));
	equal([message.fingerprint, message.unknown], [true, []]);
	ok(integrityHolds(REQUEST, message, hmacSha1, PASSWORD));
	ok(!integrityHolds(REQUEST, message, hmacSha1, `${PASSWORD}x`));
});

test("RFC 5769 section 2.2: the sample response tells the address", () => {
	const message = parseStun(RESPONSE);
	ok(message);
	equal(message.type, BINDING.success);
	equal(message.mapped, { address: "192.0.2.1", port: 32853 });
	ok(integrityHolds(RESPONSE, message, hmacSha1, PASSWORD));
});

test("what is built is read back, with tag and fingerprint", () => {
	const transactionId = nativeProvider.sha1.digest(utf8Encode("x")).slice(0, 12);
	const parts = {
		type: BINDING.request,
		transactionId,
		username: "abcd:wxyz",
		priority: 1,
		useCandidate: true,
		controlling: octets("0102030405060708"),
	};
	const bytes = buildStun(parts, hmacSha1, "secret");
	const message = parseStun(bytes);
	ok(message);
	equal([message.username, message.priority, message.useCandidate], ["abcd:wxyz", 1, true]);
	equal(message.transactionId, transactionId);
	ok(integrityHolds(bytes, message, hmacSha1, "secret"));
	const mapped = { address: "203.0.113.7", port: 65535 };
	equal(parseStun(buildStun({ type: BINDING.success, transactionId, mapped }))?.mapped, mapped);
	const error = { code: 487, reason: "Role Conflict" };
	equal(parseStun(buildStun({ type: BINDING.error, transactionId, error }))?.errorCode, 487);
});

test("a changed octet anywhere is found: no message, or a tag that does not hold", () => {
	for (let at = 0; at < REQUEST.length; at++) {
		const changed = REQUEST.slice();
		changed[at] = (changed[at] ?? 0) ^ 0x40;
		const message = parseStun(changed);
		ok(
			message === undefined || !message.fingerprint || !integrityHolds(changed, message, hmacSha1, PASSWORD),
			`octet ${at}`,
		);
	}
});

test("what is cut, longer than it says, or no STUN at all is nothing", () => {
	for (let length = 0; length < REQUEST.length; length++) equal(parseStun(REQUEST.slice(0, length)), undefined);
	const longer = new Uint8Array(REQUEST.length + 4);
	longer.set(REQUEST);
	equal(parseStun(longer), undefined);
	ok(!isStun(octets("800000000000000000000000000000000000000000")));
	equal(parseStun(new Uint8Array(0)), undefined);
});

test("an attribute that must be understood and is not is named; one that follows the tag is not believed", () => {
	const transactionId = new Uint8Array(12);
	const plain = buildStun({ type: BINDING.request, transactionId });
	// 0x0003, no value, in place of the fingerprint.
	const unknown = plain.slice(0, 24);
	unknown.set([0, 4], 2);
	unknown.set([0, 3, 0, 0], 20);
	equal(parseStun(unknown)?.unknown, [3]);
	const tagged = buildStun({ type: BINDING.request, transactionId }, hmacSha1, "x").slice(0, 44);
	const late = new Uint8Array(48);
	late.set(tagged);
	late.set([0, 28], 2);
	late.set([0, 0x25, 0, 0], 44);
	equal(parseStun(late)?.useCandidate, false);
});
