/** The parsers of provisioning: URLs, HTTP answers cut anywhere, and JSON with the place of its fault. */
import { now } from "board/clock";
import { utf8Decode, utf8Encode } from "bytes/text";
import { HttpResponse } from "provisioning/http-response";
import { jsonFault } from "provisioning/json-syntax";
import { parseUrl, redirected, withMac } from "provisioning/url";
import { equal, ok, test } from "test/harness";
import { Seeded } from "test/unit/zrtp-store/rig";

function parts(text: string) {
	const url = parseUrl(text);
	if ("error" in url) return url.error;
	return [url.scheme, url.host, url.port, url.path, url.authority];
}

/** Runs a body that would take longer than the universe where an expression is exponential in it. */
function soon(name: string, body: () => void): void {
	test(name, () => {
		const start = now();
		body();
		ok(now() - start < 1000, `${now() - start} ms`);
	});
}

soon("lines made to hold a parser for ever", () => {
	for (const line of [
		`HTTP/1.1 200${" ".repeat(200)}\rx`,
		`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1${";".repeat(200)}\rx`,
	]) {
		const response = new HttpResponse(1000);
		response.push(utf8Encode(`${line}\r\n`));
		ok(response.error !== undefined, line);
	}
});

test("URLs", () => {
	equal(parts("http://pbx.example/a/b.json?x=1#top"), ["http", "pbx.example", 80, "/a/b.json?x=1", "pbx.example"]);
	equal(parts("HTTP://127.0.0.1:8080"), ["http", "127.0.0.1", 8080, "/", "127.0.0.1:8080"]);
	equal(parts("http://[::1]:81/x"), ["http", "::1", 81, "/x", "[::1]:81"]);
	equal(parts("http://h?q"), ["http", "h", 80, "/?q", "h"]);
	equal(parts("https://h/x"), ["https", "h", 443, "/x", "h"]);
	equal(parts("ftp://h/x"), '"ftp://h/x" begins neither with http:// nor with https://');
	equal(parts("pbx.example/x"), '"pbx.example/x" is not of the form http://host/path');
	equal(parts("http://user:secret@h/"), "a name and password in the URL are not supported");
	equal(parts("http://h/a b"), "a URL has neither spaces nor letters outside ASCII");
	equal(parts("http://h/\r\nX: y"), "a URL has neither spaces nor letters outside ASCII");
	for (const bad of ["http:///x", "http://h:0/", "http://h:65536/", "http://h:x/", "http://[::1/", "http://a,b/"])
		equal(parts(bad), `"${bad}" has no valid host and port`);
	equal(parts(`http://h/${"x".repeat(2000)}`), "a URL of 2009 characters is too long");
});

test("redirects and the MAC address", () => {
	const from = parseUrl("http://h:81/a/b.json?x=/1");
	ok(!("error" in from));
	equal(redirected(from, "http://other/"), "http://other/");
	equal(redirected(from, "//other/x"), "http://other/x");
	equal(redirected(from, "/c"), "http://h:81/c");
	equal(redirected(from, "c.json"), "http://h:81/a/c.json");
	equal(redirected(from, "?y"), "http://h:81/a/b.json?y");
	equal(withMac("http://h/{mac}/{mac}.json", "0a1b2c3d4e5f"), "http://h/0a1b2c3d4e5f/0a1b2c3d4e5f.json");
	equal(withMac("http://h/{mac}", undefined), "http://h/{mac}");
});

/** What becomes of an answer that arrives in pieces of `step` bytes and then ends. */
function answer(text: string, step: number, bodyMaximum = 100): string {
	const bytes = utf8Encode(text);
	const response = new HttpResponse(bodyMaximum);
	for (let at = 0; at < bytes.length && !response.done; at += step) response.push(bytes.slice(at, at + step));
	response.end();
	if (response.error !== undefined) return response.error;
	ok(response.done);
	return `${response.status} ${utf8Decode(response.body)}`;
}

const answers: readonly (readonly [text: string, outcome: string])[] = [
	["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello"],
	["HTTP/1.0 200 OK\n\nto the end", "200 to the end"],
	["HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", "200 "],
	["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 ok"],
	[
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
		"200 abc0123456789",
	],
	["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9999\r\n\r\n1\r\nx\r\n0\r\n\r\n", "200 x"],
	["HTTP/1.1 404 Not Found\r\nContent-Length: 9999\r\n\r\n", "404 "],
	["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "half a file: the connection was closed after 3 of 5 bytes"],
	[
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		"half a file: the connection was closed after 3 bytes",
	],
	[
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
		"half a file: the connection was closed after 3 bytes",
	],
	["HTTP/1.1 200 OK\r\nConte", "the connection was closed inside the answer's head"],
	["", "the server closed the connection without an answer"],
	["SSH-2.0-OpenSSH_9.2\r\n", "what answers there is no HTTP server"],
	["HTTP/2 200\r\n\r\n", "what answers there is no HTTP server"],
	["HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "longer than 100 bytes"],
	[`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(101)}`, "longer than 100 bytes"],
	["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "longer than 100 bytes"],
	["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", "the answer's chunks are malformed"],
	["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n", "the answer's chunks are malformed"],
	["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the answer's Content-Length is malformed"],
	["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "the answer's Content-Length is malformed"],
	["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 'the transfer coding "gzip" is not supported'],
	["HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", 'the content coding "br" is not supported'],
	["HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", "the answer's head is malformed"],
	["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "the answer's head is malformed"],
	[`HTTP/1.1 200 OK\r\nX: ${"x".repeat(3000)}\r\n\r\n`, "the answer has a line of more than 2048 bytes"],
	[`HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(3000)}\r\n`, "the answer's head is longer than 16384 bytes"],
	["HTTP/1.1 100 Continue\r\n\r\n".repeat(9), "the server goes on answering without an answer"],
];

test("answers, in pieces of every size", () => {
	for (const [text, outcome] of answers)
		for (const step of text.length < 500 ? [1, 2, 3, 7, 64, 1000] : [997, 100_000])
			equal(answer(text, step), outcome, `${text.slice(0, 60)} by ${step}`);
});

test("damaged answers never throw and are never larger than allowed", () => {
	const random = new Seeded(5);
	for (let round = 0; round < 1000; round++) {
		const [text] = answers[random.below(answers.length)] ?? [""];
		const bytes = utf8Encode(text.slice(0, 400));
		for (let i = random.below(4); i >= 0 && bytes.length > 0; i--)
			bytes[random.below(bytes.length)] = random.below(256);
		const response = new HttpResponse(100);
		response.push(bytes);
		response.end();
		ok(response.body.length <= 100);
		ok(response.done !== (response.error !== undefined));
	}
});

test("JSON: what is right, and where it is wrong", () => {
	for (const good of [
		'{"a":[1,-0.5e+3,true,false,null,"\\u00e9\\n"],"b":{}}',
		" [ ] ",
		'"x"',
		"0",
		'{"é":"日本"}',
		"[[[]],{}]",
	])
		equal(jsonFault(utf8Encode(good)), undefined, good);
	const bad: [string, string][] = [
		["", "line 1, column 1: it ends too early"],
		["{", "line 1, column 2: it ends too early"],
		['{"a":1', "line 1, column 7: it ends too early"],
		['{"a":1,}', "line 1, column 8: expected a name in double quotes"],
		["{a:1}", "line 1, column 2: expected a name in double quotes"],
		['{"a" 1}', 'line 1, column 6: expected ":"'],
		['{"a":1 "b":2}', 'line 1, column 8: expected "," or "}"'],
		["[1 2]", 'line 1, column 4: expected "," or "]"'],
		["[1,]", "line 1, column 4: expected a value"],
		["[1}", 'line 1, column 3: expected "," or "]"'],
		["<html>", "line 1, column 1: expected a value"],
		["{} x", "line 1, column 4: nothing may follow the end"],
		['{\n\t"é": tru\n}', 'line 2, column 7: expected a value, found "tru"'],
		["[01]", 'line 1, column 2: expected a value, found "01"'],
		["[1.]", 'line 1, column 2: expected a value, found "1."'],
		['["a\nb"]', "line 1, column 4: a string may not contain a line break or another control character"],
		['["\\x"]', "line 1, column 4: unknown escape in a string"],
		['["\\u12g4"]', "line 1, column 7: expected four hexadecimal digits"],
		['["abc', "line 1, column 6: it ends inside a string"],
		["[".repeat(40), "line 1, column 33: more than 32 levels deep"],
	];
	for (const [text, fault] of bad) equal(jsonFault(utf8Encode(text)), fault, text);
	equal(
		jsonFault(utf8Encode(`[${"9".repeat(60_000)}]`)),
		'line 1, column 2: expected a value, found "99999999999999999999"',
	);
});

test("JSON: the scanner and the engine agree", () => {
	const random = new Seeded(6);
	const alphabet = '{}[]",:0123456789-+.eEtruefalsn \\\n\t';
	const base = '{"a":[1,-0.5e+3,true,{"b":null}],"c":"x\\n"}';
	let good = 0;
	for (let round = 0; round < 1500; round++) {
		let text = base;
		for (let i = random.below(3); i > 0; i--) {
			const at = random.below(text.length);
			const insert = random.below(2) === 0 ? alphabet.charAt(random.below(alphabet.length)) : "";
			text = text.slice(0, at) + insert + text.slice(at + random.below(2));
		}
		let parses = true;
		try {
			JSON.parse(text);
		} catch {
			parses = false;
		}
		const fault = jsonFault(utf8Encode(text));
		// The engine is more liberal in places; it must never refuse what the scanner lets pass.
		if (fault === undefined) {
			ok(parses, text);
			good++;
		}
	}
	ok(good > 200, `only ${good} of 1500 texts were JSON`);
});
