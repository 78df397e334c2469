/** Certificates for tests, made by openssl: an authority, and what it signs, good and bad. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Identity {
	/** Paths of PEM files. */
	readonly certificate: string;
	readonly key: string;
	/** SHA-256 of the SubjectPublicKeyInfo, hexadecimal. */
	readonly pin: string;
}

export interface IdentityOptions {
	/** subjectAltName, as openssl writes it: `DNS:localhost,URI:sip:example.org`; "" for none. */
	readonly names?: string;
	readonly commonName?: string;
	/** As openssl's newkey takes it. */
	readonly newKey?: readonly string[];
	readonly digest?: string;
	/** YYYYMMDDHHMMSSZ */
	readonly from?: string;
	readonly to?: string;
}

const DAY_MS = 86_400_000;
const EC: readonly string[] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** A time so many days from now, as openssl writes it. */
export function inDays(days: number): string {
	return `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\..*$/g, "")}Z`;
}

function openssl(args: readonly string[], cwd: string): Buffer {
	return execFileSync("openssl", args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

export class Authority {
	readonly #folder: string;
	/** Path of its certificate. */
	readonly certificate: string;

	constructor(folder: string, name: string) {
		this.#folder = path.join(folder, name);
		mkdirSync(path.join(this.#folder, "new"), { recursive: true });
		this.certificate = path.join(this.#folder, "ca.pem");
		const args = ["-x509", "-nodes", "-days", "30", "-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", "ca.pem"];
		openssl(["req", ...EC, ...args], this.#folder);
		writeFileSync(path.join(this.#folder, "index.txt"), "");
		writeFileSync(
			path.join(this.#folder, "ca.cnf"),
			[
				"[ca]\ndefault_ca = a\n[a]",
				"database = index.txt\nnew_certs_dir = new\nrand_serial = yes\ncertificate = ca.pem\nprivate_key = ca.key",
				"policy = p\ncopy_extensions = copy\nunique_subject = no\ndefault_md = sha256\nemail_in_dn = no\n[p]\ncommonName = supplied\n",
			].join("\n"),
		);
	}

	get pem(): string {
		return readFileSync(this.certificate, "utf8");
	}

	issue(name: string, options: IdentityOptions = {}): Identity {
		const { names = "DNS:localhost", commonName = "localhost", newKey = EC, digest = "sha256" } = options;
		const extension = names === "" ? [] : ["-addext", `subjectAltName=${names}`];
		const subject = ["-subj", `/CN=${commonName}`];
		openssl(
			["req", ...newKey, "-nodes", ...subject, ...extension, "-keyout", `${name}.key`, "-out", `${name}.csr`],
			this.#folder,
		);
		const dates = ["-startdate", options.from ?? inDays(-1), "-enddate", options.to ?? inDays(20)];
		const files = ["-in", `${name}.csr`, "-out", `${name}.pem`];
		openssl(["ca", "-batch", "-notext", "-config", "ca.cnf", "-md", digest, ...dates, ...files], this.#folder);
		const certificate = path.join(this.#folder, `${name}.pem`);
		const key = path.join(this.#folder, `${name}.key`);
		const spki = openssl(["pkey", "-in", `${name}.key`, "-pubout", "-outform", "DER"], this.#folder);
		return { certificate, key, pin: createHash("sha256").update(spki).digest("hex") };
	}
}
