/** The config by https from a server of Node.js: whom the phone trusts, and what it says when it does not. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { Authority, type Identity } from "./peers/certificates";
import { buildRecorded, startSotto } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "https-config");

let trusting: string;
let program: string;
let authority: Authority;
const servers: Server[] = [];
const phones: PhoneProcess[] = [];

/** @returns its URL */
async function serve(identity: Identity, location?: string): Promise<string> {
	const options = { cert: readFileSync(identity.certificate), key: readFileSync(identity.key) };
	const server = createServer(options, (_request, response) => {
		if (location !== undefined) response.writeHead(302, { Location: location }).end();
		else
			response
				.writeHead(200, { "Content-Type": "application/json" })
				.end('{"ui":{"title":"By https"},"sip":{"port":0}}');
	});
	server.on("tlsClientError", () => {});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	servers.push(server);
	const address = server.address();
	assert.ok(address !== null && typeof address === "object");
	return `https://localhost:${address.port}/phone.json`;
}

async function boot(name: string, config: string, by: string): Promise<PhoneProcess> {
	const phone = await startSotto({ name, state: path.join(FOLDER, name), config, program: by });
	phones.push(phone);
	return phone;
}

async function said(phone: PhoneProcess, wanted: RegExp): Promise<void> {
	for (let i = 0; i < 100 && !phone.lines.some((line) => wanted.test(line)); i++)
		await new Promise((resolve) => setTimeout(resolve, 50));
	assert.ok(
		phone.lines.some((line) => wanted.test(line)),
		phone.lines.join("\n"),
	);
}

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	authority = new Authority(FOLDER, "House Authority");
	// The authorities that come with this phone, in a mount namespace of its own.
	trusting = path.join(FOLDER, "trusting.sh");
	const inside = `mount --bind "${authority.certificate}" /etc/ssl/certs/ca-certificates.crt && exec "$@"`;
	writeFileSync(trusting, `#!/bin/sh\nexec unshare --mount sh -c '${inside}' sh "${program}" "$@"\n`);
	chmodSync(trusting, 0o755);
});

after(async () => {
	for (const phone of phones) await phone.stop();
	for (const server of servers) server.close();
});

test("an authority that the phone trusts", async () => {
	const url = await serve(authority.issue("server", { names: "DNS:localhost" }));
	await said(await boot("good", url, trusting), /config info: settings from https:\/\/localhost/);
});

test("an authority that it does not know: the reason, and the settings it has", async () => {
	const url = await serve(authority.issue("server2"));
	const phone = await boot("unknown", url, program);
	await said(phone, /config error: .*from an authority this phone does not trust \(CN=House Authority\)/);
	await said(phone, /the default settings are used/);
});

test("a redirect away from https is not followed", async () => {
	const url = await serve(authority.issue("server3"), "http://localhost/elsewhere.json");
	await said(await boot("downgrade", url, trusting), /the redirect leads away from https, and is not followed/);
});
