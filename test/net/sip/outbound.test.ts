/** What a registration says of the way to us and from us: flows (RFC 5626), GRUUs (RFC 5627), Service-Route (RFC 3608). */

import { header, headerLines, type Request } from "sip/message";
import { equal, ok, test } from "test/harness";
import { account, OTHER, PLACE, scripted } from "./scripted";
import { World } from "./world";

const INSTANCE = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

test("instance, flow and GRUU (RFC 5626 section 4.2.1, RFC 5627 section 4)", () => {
	const world = new World({ seed: 9, delayMs: 5 });
	const requests: Request[] = [];
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, () => ({
			status: 200,
			headers: [
				{ name: "Require", value: "outbound" },
				{
					// The registrar may write our address as it sees it: the instance tells whose it is.
					name: "Contact",
					value: `<sip:alice@203.0.113.7:1024>;expires=200;+sip.instance="<${INSTANCE}>";reg-id=1;pub-gruu="sip:alice@example.org;gr=${INSTANCE}"`,
				},
			],
		})),
	);
	world.add("alice", [account()], { instanceId: INSTANCE, gruu: true });
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	const [register] = requests;
	equal(headerLines(register ?? { headers: [] }, "contact"), [
		`<sip:alice@10.0.0.1:5060>;+sip.instance="<${INSTANCE}>";reg-id=1`,
	]);
	equal(headerLines(register ?? { headers: [] }, "supported"), ["path, outbound, gruu"]);
	equal(world.reports("alice", "registered")[0]?.expiresSec, 200);
	world.do("alice", { type: "invite", call: 1, account: "a", uri: "sip:x@example.org", sdp: "offer" });
	world.run(10);
	const invite = requests.find((request) => request.method === "INVITE");
	equal(headerLines(invite ?? { headers: [] }, "contact"), [`<sip:alice@example.org;gr=${INSTANCE}>`]);
});

test("439: a first hop without flows gets a plain registration (RFC 5626 section 11.6)", () => {
	const world = new World({ seed: 10, delayMs: 5 });
	const requests: Request[] = [];
	world.serve(
		"registrar",
		PLACE,
		scripted(requests, (request) => ({ status: header(request, "contact")?.includes("reg-id") ? 439 : 200 })),
	);
	world.add("alice", [account()], { instanceId: INSTANCE });
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	equal(
		requests.map((request) => header(request, "supported")),
		["path, outbound", "path"],
	);
	equal(world.reports("alice", "registered").length, 1);
});

test("Service-Route: calls go the way the registrar said (RFC 3608)", () => {
	const world = new World({ seed: 11, delayMs: 5 });
	const requests: Request[] = [];
	const routes = "<sip:10.0.1.2:5060;lr>, <sip:home.example.org;lr>";
	world.serve(
		"registrar",
		PLACE,
		scripted([], () => ({ status: 200, headers: [{ name: "Service-Route", value: routes }] })),
	);
	world.serve(
		"edge",
		OTHER,
		scripted(requests, () => ({ status: 486 })),
	);
	world.add("alice", [account()]);
	world.do("alice", { type: "register", account: "a" });
	world.run(100);
	world.do("alice", { type: "invite", call: 1, account: "a", uri: "sip:x@example.net", sdp: "offer" });
	world.run(100);
	equal(headerLines(requests[0] ?? { headers: [] }, "route"), ["<sip:10.0.1.2:5060;lr>", "<sip:home.example.org;lr>"]);
	ok(!world.trace.some((line) => line.startsWith("alice>registrar") && !line.endsWith("REGISTER")));
});
