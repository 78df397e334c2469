import { formatCandidate, pairOrder, parseCandidate, priorityOf } from "ice/candidate";
import { equal, test } from "test/harness";

test("RFC 8445 section 5.1.2: a host candidate of one address", () => {
	equal(priorityOf("host", 1), 2130706431);
	equal(priorityOf("host", 2), 2130706430);
	equal(priorityOf("srflx", 1), 1694498815);
});

test("RFC 8445 section 6.1.2.3: the lesser priority counts first, then the greater, then who controls", () => {
	equal(pairOrder(5, 9), [5, 9, 0]);
	equal(pairOrder(9, 5), [5, 9, 1]);
});

test("RFC 8839 section 5.1: what is written is read, and the examples of section 5.1", () => {
	const line = "1 1 UDP 2130706431 203.0.113.141 8998 typ host";
	const host = parseCandidate(line);
	equal(host, {
		foundation: "1",
		component: 1,
		priority: 2130706431,
		address: "203.0.113.141",
		port: 8998,
		type: "host",
	});
	equal(host && formatCandidate(host), line);
	const reflexive = parseCandidate("2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998");
	equal([reflexive?.type, reflexive?.address, reflexive?.port], ["srflx", "192.0.2.3", 45664]);
	equal(parseCandidate("1 1 udp 1 10.0.0.1 9 typ host generation 0 network-id 1")?.port, 9);
});

test("what this phone cannot use, or what is no candidate, is none", () => {
	for (const line of [
		"",
		"1 1 TCP 2130706431 10.0.0.1 9 typ host tcptype active",
		"1 3 UDP 1 10.0.0.1 9 typ host",
		"1 1 UDP 1 2001:db8::1 9 typ host",
		"1 1 UDP 1 phone.local 9 typ host",
		"1 1 UDP 1 10.0.0.1 0 typ host",
		"1 1 UDP 1 10.0.0.1 65536 typ host",
		"1 1 UDP 0 10.0.0.1 9 typ host",
		"1 1 UDP 2147483648 10.0.0.1 9 typ host",
		"1 1 UDP -1 10.0.0.1 9 typ host",
		"1 1 UDP 1e3 10.0.0.1 9 typ host",
		"1 1 UDP 1 10.0.0.256 9 typ host",
		"1 1 UDP 1 10.0.0 9 typ host",
		"1 1 UDP 1 10.0.0.1 9 host typ",
		"1 1 UDP 1 10.0.0.1 9 typ constructor",
		`${"a".repeat(33)} 1 UDP 1 10.0.0.1 9 typ host`,
		"a;b 1 UDP 1 10.0.0.1 9 typ host",
	])
		equal(parseCandidate(line), undefined, line);
});
