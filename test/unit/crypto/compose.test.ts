import { compose } from "crypto/compose";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import { equal, ok, test, throws } from "test/harness";

test("the first source that has a primitive gives it", () => {
	const provider = compose("board", { sha256: nativeProvider.sha256 }, nobleProvider);
	equal(provider.name, "board");
	ok(provider.sha256 === nativeProvider.sha256);
	ok(provider.sha1 === nobleProvider.sha1);
	ok(Object.isFrozen(provider));
});

test("a source that says undefined hides nothing", () => {
	const some = JSON.parse("{}") as { md5?: never };
	ok(compose("board", { ...some }, nobleProvider).md5 === nobleProvider.md5);
});

test("what no source has is named", () => {
	const { dh3072: _, p256: __, ...most } = nobleProvider;
	throws(() => compose("small", most), /crypto provider "small" lacks p256, dh3072/);
});

test("the native provider is whole but for SHA-3 and SHA-512/256, and none of it is noble's", () => {
	for (const [name, primitive] of Object.entries(nativeProvider))
		if (name !== "name") ok(primitive !== Object.entries(nobleProvider).find(([key]) => key === name)?.[1], name);
	const others = Object.keys(nobleProvider).filter((name) => !/sha3_|sha512_256/i.test(name));
	equal(Object.keys(nativeProvider).sort(), others.sort());
});
