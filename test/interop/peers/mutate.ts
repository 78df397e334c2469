/** SIP messages, damaged in ways that always come out the same: bits, cuts, doubled lines, absurd lengths and numbers. */

/** A small generator of its own, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
	let state = seed >>> 0;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

function samples(port: number): string[] {
	const head = (method: string, number: number): string =>
		`Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${number};rport\r\nMax-Forwards: 70\r\n` +
		`From: <sip:stranger@127.0.0.1>;tag=${number}\r\nTo: <sip:target@127.0.0.1:${port}>\r\n` +
		`Call-ID: damaged-${number}\r\nCSeq: ${number} ${method}\r\nContact: <sip:stranger@127.0.0.1:9>\r\n`;
	const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8\r\n";
	const body = (text: string): string =>
		`Content-Type: application/sdp\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
	const start = (method: string): string => `${method} sip:target@127.0.0.1:${port} SIP/2.0\r\n`;
	return [
		start("INVITE") + head("INVITE", 1) + body(sdp),
		start("BYE") + head("BYE", 2) + body(""),
		start("CANCEL") + head("CANCEL", 3) + body(""),
		start("ACK") + head("ACK", 4) + body(""),
		start("OPTIONS") + head("OPTIONS", 5) + body(""),
		`SIP/2.0 200 OK\r\n${head("INVITE", 6)}${body(sdp)}`,
		`SIP/2.0 401 Unauthorized\r\n${head("REGISTER", 7)}WWW-Authenticate: Digest realm="x", nonce="y"\r\n${body("")}`,
	];
}

/** @returns `count` datagrams, the same ones for the same arguments */
export function mutate(port: number, count: number): Buffer[] {
	const random = generator(20260101);
	const all = samples(port);
	return Array.from({ length: count }, (_, index) => {
		let text = all[index % all.length] ?? "";
		for (let times = 1 + random(3); times > 0; times--) text = damage(text, random);
		return Buffer.from(text, "latin1");
	});
}

function damage(text: string, random: (below: number) => number): string {
	const at = random(text.length);
	const lines = text.split("\r\n");
	const line = random(lines.length);
	switch (random(8)) {
		case 0:
			return text.slice(0, at);
		case 1:
			return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
		case 2:
			return text.slice(0, at) + "\0\r\n\r\n".slice(random(4)) + text.slice(at);
		case 3:
			return [...lines.slice(0, line), lines[line], ...lines.slice(line)].join("\r\n");
		case 4:
			return lines.filter((_, index) => index !== line).join("\r\n");
		case 5:
			return text.replace(/\d+/g, (digits) => (random(4) === 0 ? "9".repeat(1 + random(40)) : digits));
		case 6:
			return text.replace(/[:;=<>@,"]/g, (mark) => (random(10) === 0 ? mark.repeat(random(20)) : mark));
		default:
			return text.slice(0, at) + "A".repeat(random(4000)) + text.slice(at);
	}
}
