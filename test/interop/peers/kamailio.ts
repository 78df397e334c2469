/** kamailio of Debian as registrar and proxy, with kamailio.cfg beside this file. */
import { type ChildProcess, spawn } from "node:child_process";
import dgram from "node:dgram";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const TEMPLATE = "kamailio.cfg";
const START_TIMEOUT_MS = 10_000;

export interface KamailioTls {
	readonly port: number;
	/** Paths of PEM files. */
	readonly certificate: string;
	readonly key: string;
	/** The authority of the certificates that phones have to show; without it they need none. */
	readonly clients?: string;
}

/** @returns the lines of kamailio.cfg */
function writeTls(folder: string, tls: KamailioTls): string {
	const file = path.join(folder, "tls.cfg");
	const clients =
		tls.clients === undefined ? "" : `verify_certificate = yes\nrequire_certificate = yes\nca_list = "${tls.clients}"`;
	writeFileSync(
		file,
		`[server:default]\nmethod = TLSv1.2+\nprivate_key = "${tls.key}"\ncertificate = "${tls.certificate}"\n${clients}\n` +
			"[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\n",
	);
	return `loadmodule "tls.so"\nmodparam("tls", "config", "${file}")`;
}

export class Kamailio {
	readonly #child: ChildProcess;
	readonly #killAtExit = (): void => this.#kill();
	#output = "";
	#ended = false;

	private constructor(
		folder: string,
		port: number,
		tls: KamailioTls | undefined,
		template: string,
		host: string,
		algorithm: string,
	) {
		mkdirSync(folder, { recursive: true });
		const config = path.join(folder, "kamailio.cfg");
		const text = readFileSync(path.join(import.meta.dirname, template), "utf8");
		const lines = tls === undefined ? "" : writeTls(folder, tls);
		writeFileSync(
			config,
			text
				.replaceAll("@PORT@", String(port))
				.replace("@LISTEN@", tls === undefined ? "" : `enable_tls=yes\nlisten=tls:127.0.0.1:${tls.port}`)
				.replace("@TLS@", lines)
				.replaceAll("@MODULES@", modules())
				.replaceAll("@ALGORITHM@", algorithm)
				.replaceAll(/(?<=listen=\w+:)127\.0\.0\.1/g, host),
		);
		this.#child = spawn("kamailio", ["-f", config, "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder], {
			stdio: ["ignore", "pipe", "pipe"],
			detached: true,
		});
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on("data", (data: Buffer) => {
				this.#output += data.toString();
			});
		this.#child.on("exit", () => {
			this.#ended = true;
		});
		this.#child.on("error", (error) => {
			this.#ended = true;
			this.#output += error.message;
		});
		process.once("exit", this.#killAtExit);
	}

	/** @param template beside this file @param host numeric address it listens at @param algorithm of digest; "" says none, which is MD5 @returns once it answers OPTIONS. @throws {Error} with its output when it does not */
	static async start(
		folder: string,
		port: number,
		tls?: KamailioTls,
		template = TEMPLATE,
		host = "127.0.0.1",
		algorithm: "" | "MD5" | "SHA-256" = "",
	): Promise<Kamailio> {
		const kamailio = new Kamailio(folder, port, tls, template, host, algorithm);
		const socket = dgram.createSocket("udp4");
		let answered = false;
		socket.on("message", () => {
			answered = true;
		});
		socket.on("error", () => {});
		try {
			await new Promise<void>((resolve) => socket.bind(0, host, resolve));
			const own = `${host}:${socket.address().port}`;
			for (let count = 0, end = Date.now() + START_TIMEOUT_MS; !answered; count++) {
				if (kamailio.#ended || Date.now() > end)
					throw new Error(`kamailio did not start:\n${kamailio.#output.slice(-3000)}`);
				socket.send(
					`OPTIONS sip:${host}:${port} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};branch=z9hG4bKready${count};rport\r\n` +
						`Max-Forwards: 5\r\nFrom: <sip:ready@${own}>;tag=1\r\nTo: <sip:${host}:${port}>\r\n` +
						`Call-ID: ready${count}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
					port,
					host,
				);
				await new Promise((resolve) => setTimeout(resolve, 100));
			}
		} catch (error) {
			await kamailio.stop();
			throw error;
		} finally {
			socket.close();
		}
		return kamailio;
	}

	/** Safe to repeat. */
	async stop(): Promise<void> {
		process.off("exit", this.#killAtExit);
		if (this.#ended) {
			this.#kill();
			return;
		}
		const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
		this.#child.kill("SIGTERM");
		const killer = setTimeout(() => this.#kill(), 3000);
		await ended;
		clearTimeout(killer);
		this.#kill();
	}

	/** All of its processes: those that outlive the first one would hold its pipes, and this process with them. */
	#kill(): void {
		try {
			if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
		} catch {
			// None is left.
		}
	}
}

/** Debian has them below the folder of this computer's architecture. */
function modules(): string {
	const base = "/usr/lib";
	const found = readdirSync(base)
		.map((name) => path.join(base, name, "kamailio", "modules"))
		.find((folder) => {
			try {
				return readdirSync(folder).includes("tm.so");
			} catch {
				return false;
			}
		});
	if (found === undefined) throw new Error("kamailio's modules are not installed");
	return `${found}/`;
}
