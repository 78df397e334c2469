/** URIs, addresses and Via values (RFC 3261 sections 19.1, 20.10, 20.42; RFC 3581). */

import { formatAddress, parseAddress } from "sip/address";
import { quote, split, unquote } from "sip/syntax";
import { parseUri, placeOf, sameUri } from "sip/uri";
import { formatVia, parseVia, responseDestination, withSource } from "sip/via";
import { equal, ok, test } from "test/harness";

test("URIs", () => {
	equal(parseUri("sip:alice:secret@Atlanta.example.com:5062;transport=udp;lr?subject=x"), {
		scheme: "sip",
		user: "alice",
		host: "atlanta.example.com",
		port: 5062,
		params: [
			{ name: "transport", value: "udp" },
			{ name: "lr", value: undefined },
		],
		headers: "subject=x",
	});
	equal(parseUri("sips:1.2.3.4")?.user, undefined);
	equal(parseUri("SIP:+1-212;phone-context=x@gw.example.com;user=phone")?.user, "+1-212;phone-context=x");
	equal(parseUri("sip:alice@[2001:db8::1]:5070")?.host, "[2001:db8::1]");
	for (const text of [
		"",
		"sip:",
		"alice@x",
		"tel:+1",
		"sip:a@",
		"sip:@x",
		"sip:a b@x",
		"sip:a@x:0",
		"sip:a@x:70000",
		"sip:a@@x",
	])
		equal(parseUri(text), undefined, text);
	equal(parseUri(`sip:${"a".repeat(600)}@x`), undefined);
});

test("parts are cut where they stand, whatever stands before them", () => {
	equal(split('"a,\\"\u{1f600},b" <sip:a,b@x>;c, ü\u{1f600} ,<>,', ","), [
		'"a,\\"\u{1f600},b" <sip:a,b@x>;c',
		"ü\u{1f600}",
		"<>",
		"",
	]);
	for (const open of ['"', "<", '"\\', '"a\\"']) equal(split(`${open}${",".repeat(9)}`, ","), undefined, open);
});

test("where a URI leads: port 5060 by default, maddr over the host (19.1.1)", () => {
	const at = (text: string): unknown => {
		const uri = parseUri(text);
		return uri === undefined ? undefined : placeOf(uri);
	};
	equal(at("sip:a@example.com"), { address: "example.com", port: undefined, transport: undefined });
	equal(at("sips:a@example.com;transport=tcp"), {
		address: "example.com",
		port: undefined,
		transport: "tls",
		sips: true,
	});
	equal(at("sip:a@example.com:5070;maddr=192.0.2.7"), { address: "192.0.2.7", port: 5070, transport: undefined });
	equal(at("sip:[::1]:5080;transport=TCP"), { address: "::1", port: 5080, transport: "tcp" });
});

test("equal contacts (19.1.4)", () => {
	const same = (a: string, b: string): boolean => {
		const [x, y] = [parseUri(a), parseUri(b)];
		return x !== undefined && y !== undefined && sameUri(x, y);
	};
	ok(same("sip:alice@AtLanTa.com", "sip:alice@atlanta.com;ob"));
	ok(!same("SIP:ALICE@x.com", "sip:alice@x.com"));
	ok(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
});

test("addresses: quoted, bare, without brackets (20.10)", () => {
	equal(parseAddress('"A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s'), {
		displayName: "A. G. Bell",
		uri: "sip:agb@bell-telephone.com",
		params: [{ name: "tag", value: "a48s" }],
	});
	equal(parseAddress("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8")?.displayName, "Anonymous");
	// Without brackets the parameters are the header's.
	equal(parseAddress("sip:+12125551212@server.phone2net.com;tag=887s"), {
		displayName: undefined,
		uri: "sip:+12125551212@server.phone2net.com",
		params: [{ name: "tag", value: "887s" }],
	});
	equal(parseAddress("<sip:a@b;transport=tcp>;expires=5")?.uri, "sip:a@b;transport=tcp");
	equal(parseAddress('"a <b>" <tel:+1>')?.uri, "tel:+1");
	for (const text of ["", "<sip:a@b", "sip:a@b>", '"x <sip:a@b>', "<>", "<sip:a@b> tail", "x", '"a" b" <sip:a@b>', "*"])
		equal(parseAddress(text), undefined, text);
});

test("names with quotes and line ends come out harmless", () => {
	const text = formatAddress({ displayName: 'a"b\\c\r\nX: y', uri: "sip:a@b", params: [{ name: "tag", value: "1" }] });
	equal(text, '"a\\"b\\\\c  X: y" <sip:a@b>;tag=1');
	equal(parseAddress(text)?.displayName, 'a"b\\c  X: y');
	equal(unquote(quote("x")), "x");
	equal(unquote('"open'), undefined);
	equal(unquote('"\\"'), undefined);
});

test("lists split outside quotes and brackets, and are bounded", () => {
	equal(split('a, "b,c" <sip:d,e>, f', ","), ["a", '"b,c" <sip:d,e>', "f"]);
	equal(split('a, "b', ","), undefined);
	equal(split("a<b", ","), undefined);
	equal(split(",".repeat(100), ","), undefined);
});

test("Via both ways", () => {
	const via = parseVia("SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1");
	equal(via?.host, "first.example.com");
	equal(via?.port, 4000);
	ok(via !== undefined);
	equal(formatVia(via), "SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1");
	equal(responseDestination(via), { address: "first.example.com", port: 4000 }, "maddr is not followed");
	for (const text of ["", "SIP/2.0/UDP", "SIP/3.0/UDP x", "SIP/2.0/UDP x y", "HTTP/2.0/UDP x", "SIP/2.0/UDP x;="])
		equal(parseVia(text), undefined, text);
});

test("received and rport (18.2.1, RFC 3581 section 4)", () => {
	const seen = (text: string, address: string, port: number): unknown[] => {
		const via = parseVia(text);
		if (via === undefined) throw new Error(text);
		const marked = withSource(via, { address, port });
		return [formatVia(marked), responseDestination(marked)];
	};
	equal(seen("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", "192.0.2.1", 9988), [
		"SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkjshdyff;received=192.0.2.1;rport=9988",
		{ address: "192.0.2.1", port: 9988 },
	]);
	equal(seen("SIP/2.0/UDP bobspc.biloxi.com:5061", "192.0.2.4", 777), [
		"SIP/2.0/UDP bobspc.biloxi.com:5061;received=192.0.2.4",
		{ address: "192.0.2.4", port: 5061 },
	]);
	equal(seen("SIP/2.0/UDP 192.0.2.4", "192.0.2.4", 777), [
		"SIP/2.0/UDP 192.0.2.4",
		{ address: "192.0.2.4", port: 5060 },
	]);
	// What a client claims about its own source is not believed.
	equal(seen("SIP/2.0/UDP x;received=1.1.1.1;rport=5", "192.0.2.4", 777)[1], { address: "192.0.2.4", port: 777 });
	equal(seen("SIP/2.0/UDP 192.0.2.4;received=1.1.1.1", "192.0.2.4", 777), [
		"SIP/2.0/UDP 192.0.2.4",
		{ address: "192.0.2.4", port: 5060 },
	]);
});
