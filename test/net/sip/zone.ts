/** A name server as a table. */
import type { DnsAnswer, QuestionKind } from "sip/lookup";

/** `_sip._tcp.example.org SRV` to records as text. */
export type Zone = Readonly<Record<string, readonly string[]>>;

export const ZONE: Zone = {
	"example.org NAPTR": [
		"20 10 s SIP+D2T _sip._tcp.example.org",
		"10 10 s SIPS+D2T _sips._tcp.example.org",
		"30 10 s SIP+D2U _sip._udp.example.org",
		"5 10 s SIP+D2S _sip._sctp.example.org",
	],
	"_sips._tcp.example.org SRV": ["10 1 5061 a.example.org", "20 1 5071 b.example.org"],
	"_sip._tcp.example.org SRV": ["1 1 5060 a.example.org"],
	"_sip._udp.example.org SRV": ["1 1 5060 b.example.org"],
	"a.example.org HOST": ["192.0.2.1", "2001:db8::1"],
	"b.example.org HOST": ["192.0.2.2"],
	"srv.example HOST": [],
	"_sip._udp.srv.example SRV": ["1 1 5090 b.example.org"],
	"plain.example HOST": ["192.0.2.9"],
	"_sip._udp.none.example SRV": ["0 0 0 ."],
	"_sip._tcp.none.example SRV": ["0 0 0 ."],
	"_sips._tcp.none.example SRV": ["0 0 0 ."],
	"none.example HOST": ["192.0.2.66"],
};

export function answer(zone: Zone, name: string, kind: QuestionKind): DnsAnswer {
	const lines = zone[`${name} ${kind}`] ?? [];
	if (lines[0] === "fails") return { kind: "error", error: "the name server does not answer" };
	if (kind === "HOST") return { kind, addresses: lines, ttlSec: 60 };
	const fields = lines.map((line) => line.split(" "));
	if (kind === "SRV")
		return {
			kind,
			ttlSec: 300,
			records: fields.map(([priority, weight, port, target]) => ({
				priority: Number(priority),
				weight: Number(weight),
				port: Number(port),
				target: target === "." ? "" : (target ?? ""),
			})),
		};
	return {
		kind,
		ttlSec: 300,
		records: fields.map(([order, preference, flags = "", service = "", replacement = ""]) => ({
			order: Number(order),
			preference: Number(preference),
			flags,
			service,
			replacement,
		})),
	};
}
