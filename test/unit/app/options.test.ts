/** The command line and the config, turned into what the rooms take. */
import { agentOf, keyAgreementsOf, serverOf, zrtpOf } from "app/config";
import { parseOptions, USAGE } from "app/options";
import { microphoneSource } from "app/sound";
import { utf8Decode } from "bytes/text";
import { KeyPool } from "crypto/key-pool";
import { nativeProvider } from "crypto/native";
import { hardwareRandom } from "crypto/random";
import { check, DEFAULTS, type Settings } from "settings/check";
import { equal, ok, test } from "test/harness";

function settingsOf(config: unknown): Settings {
	const { settings, faults } = check(config);
	if (!settings) throw new Error(JSON.stringify(faults));
	return settings;
}

test("every option, and what is left out", () => {
	equal(
		parseOptions(
			"--config http://h/c.json --state s --name Hall --desk d --address 127.0.0.1 --sip-port 0 --rtp-port 7078".split(
				" ",
			),
		),
		{
			config: "http://h/c.json",
			state: "s",
			name: "Hall",
			desk: "d",
			address: "127.0.0.1",
			sipPort: 0,
			rtpPort: 7078,
		},
	);
	equal(parseOptions(["--state", "s"]), {
		config: undefined,
		state: "s",
		name: "Sotto",
		desk: undefined,
		address: undefined,
		sipPort: undefined,
		rtpPort: undefined,
	});
	for (const name of ["--config", "--state", "--name", "--address", "--sip-port", "--rtp-port", "--desk"])
		ok(USAGE.includes(name), name);
});

test("what is not understood is named", () => {
	const faults: readonly (readonly [line: string, fault: string])[] = [
		["", "--state is missing: the phone needs a folder for its flash"],
		["--state", "--state needs a value"],
		["--stat s", "--stat is no option of this program"],
		["s --state", "s is no option of this program"],
		["--state a --state b", "--state stands twice"],
		["--state s --sip-port 65536", "--sip-port must be from 0 to 65535"],
		["--state s --sip-port x", "--sip-port must be from 0 to 65535"],
		["--state s --sip-port -1", "--sip-port must be from 0 to 65535"],
		["--state s --sip-port 5060.5", "--sip-port must be from 0 to 65535"],
		["--state s --sip-port 0x10", "--sip-port must be from 0 to 65535"],
		["--state s --rtp-port 7079", "--rtp-port must be even, from 0 to 65534"],
		["--state s --rtp-port 65535", "--rtp-port must be even, from 0 to 65534"],
	];
	for (const [line, fault] of faults)
		equal(parseOptions(line.split(" ").filter((word) => word !== "")), { error: fault }, line);
	equal(parseOptions(["--state", ""]), { error: "--state is missing: the phone needs a folder for its flash" });
});

test("an account: registrar, proxy and password as the agent wants them", () => {
	const agent = agentOf(
		settingsOf({
			account: {
				aor: "sip:alice@example.org",
				displayName: "Alice",
				registrar: "pbx.example.org",
				outboundProxy: "192.0.2.1:5070",
				username: "a",
				password: "pässword",
				expiresSec: 60,
			},
		}),
		nativeProvider,
		hardwareRandom,
	);
	const [account, ...more] = agent.accounts;
	equal(more, []);
	equal(
		[account?.aor, account?.displayName, account?.username, account?.expiresSec],
		["sip:alice@example.org", "Alice", "a", 60],
	);
	equal(account?.registrar, { host: "pbx.example.org", port: undefined, transport: undefined });
	equal(account?.outboundProxy, { host: "192.0.2.1", port: 5070, transport: undefined });
	equal(utf8Decode(account?.password ?? new Uint8Array(0)), "pässword");
	ok(agent.userAgent.startsWith("Sotto/"));
});

test("further lines follow the first, each with its own registrar", () => {
	const settings = settingsOf({
		account: { aor: "sip:alice@example.org", registrar: "pbx.example.org" },
		moreAccounts: [{ aor: "sip:a@example.net", registrar: "sip.example.net", password: "x" }],
	});
	const { accounts } = agentOf(settings, nativeProvider, hardwareRandom);
	equal(
		accounts.map(({ id, aor, registrar }) => [id, aor, registrar?.host]),
		[
			["1", "sip:alice@example.org", "pbx.example.org"],
			["2", "sip:a@example.net", "sip.example.net"],
		],
	);
});

test("the SIP instance is a UUID, the same for the same phone, and not its ZID (RFC 5626 section 4.1)", () => {
	const of = (first: number) =>
		agentOf(DEFAULTS(), nativeProvider, hardwareRandom, new Uint8Array(12).fill(first)).instanceId ?? "";
	ok(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(of(1)), of(1));
	equal(of(1), of(1));
	ok(of(1) !== of(2) && !of(1).includes("01010101"));
	equal(agentOf(DEFAULTS(), nativeProvider, hardwareRandom).instanceId, undefined);
});

test("servers in every form the settings allow", () => {
	const server = (text: string, transport: "auto" | "udp" | "tcp" | "tls" = "auto"): string => {
		settingsOf({ account: { aor: "sip:a@b", registrar: text } });
		const { host, port, transport: over } = serverOf(text, transport);
		return `${host} ${port} ${over}`;
	};
	equal(server("pbx.example.org:5061;transport=tls"), "pbx.example.org 5061 tls");
	equal(server("sip:pbx.example.org;transport=tcp;lr"), "pbx.example.org undefined tcp");
	equal(server("sips:pbx.example.org"), "pbx.example.org undefined tls");
	equal(server("[2001:db8::1]:5070"), "2001:db8::1 5070 undefined");
	equal(server("pbx.example.org", "tls"), "pbx.example.org undefined tls");
	equal(server("pbx.example.org:5060;transport=udp", "tls"), "pbx.example.org 5060 udp");
});

test("no account, and one that does not register", () => {
	equal(agentOf(DEFAULTS(), nativeProvider, hardwareRandom).accounts, []);
	const [account] = agentOf(settingsOf({ account: { aor: "sip:a@b" } }), nativeProvider, hardwareRandom).accounts;
	equal(
		[account?.registrar, account?.outboundProxy, account?.password, account?.expiresSec],
		[undefined, undefined, undefined, 3600],
	);
});

test("ZRTP: suites in the order of the settings, pairs from the pool, nothing where it is switched off", () => {
	const settings = settingsOf({ zrtp: { keyAgreements: ["EC25", "DH3k"], authTags: ["HS32"] } });
	const agreements = keyAgreementsOf(settings, nativeProvider);
	equal([...agreements.keys()], ["EC25", "DH3k"]);
	equal(agreements.get("EC25"), nativeProvider.p256);
	const tasks: (() => void)[] = [];
	const pool = new KeyPool({
		random: hardwareRandom,
		schedule: (task) => void tasks.push(task),
		keyAgreements: agreements,
	});
	for (let task = tasks.shift(); task; task = tasks.shift()) task();
	const zrtp = zrtpOf(settings, nativeProvider, hardwareRandom, { zid: new Uint8Array(12) }, pool);
	equal(zrtp?.suites.keyAgreements, ["EC25", "DH3k"]);
	equal(zrtp?.suites.authTags, ["HS32"]);
	equal(zrtp?.keyPairs?.("EC25")?.publicKey.length, 64);
	equal(zrtp?.keyPairs?.("EC25"), undefined);
	ok((zrtp?.clientId.length ?? 99) <= 16);
	pool.close();
	const off = settingsOf({ zrtp: { enabled: false } });
	equal(zrtpOf(off, nativeProvider, hardwareRandom, { zid: new Uint8Array(12) }, pool), undefined);
	equal(keyAgreementsOf(off, nativeProvider).size, 0);
});

test("the microphone's sources as config and panel write them", () => {
	equal(microphoneSource("panel"), { panel: true });
	equal(microphoneSource("silence"), { silence: true });
	equal(microphoneSource("tone:440"), { tone: 440 });
	equal(microphoneSource("wav:a/b.wav"), { wav: "a/b.wav" });
	equal(microphoneSource("in.wav"), { wav: "in.wav" });
});
