/** A small registrar for tests: digest by its own arithmetic, bindings, and whatever it is told to answer instead. */

import { toHex } from "bytes/hex";
import { latin1Decode, utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import { header, headerList, type Request } from "sip/message";
import { parse } from "sip/parse";
import { formatResponse, fromSource, type ResponseParts } from "sip/respond";
import { param, parseParam, split } from "sip/syntax";
import { branchOf } from "sip/via";
import type { Server } from "./world";

export interface RegistrarOptions {
	readonly password: string;
	readonly algorithm?: "MD5" | "SHA-256" | "SHA-512-256";
	readonly qop?: boolean;
	/** qop values it offers. */
	readonly qops?: string;
	/** Weaker challenges that stand above the real one. */
	readonly above?: readonly string[];
	/** Uses of one nonce before it is stale. Default: no limit. */
	readonly nonceUses?: number;
	/** What it grants; default what is asked for. */
	readonly grantSec?: number;
	readonly minSec?: number;
}

export class Registrar {
	/** Contact to expiry in seconds. */
	readonly bindings = new Map<string, number>();
	/** Requests that came, as `CSeq authorized|plain expires`. */
	readonly seen: string[] = [];
	/** Answers instead, when it gives something. */
	answer: (request: Request) => ResponseParts | undefined = () => undefined;
	readonly #options: RegistrarOptions;
	readonly #answers = new Map<string, Uint8Array>();
	#nonce = 0;
	#uses = 0;
	#lastCount = 0;

	constructor(options: RegistrarOptions) {
		this.#options = options;
	}

	readonly serve: Server = (bytes, from, send) => {
		const message = parse(bytes);
		if (message.type !== "request") return;
		const { request, to } = fromSource(message, from);
		const { method } = request;
		if (method === "ACK") return;
		// A retransmission gets the answer that it did not hear (RFC 3261 section 17.2.2).
		const branch = branchOf(request.via) ?? "";
		const before = this.#answers.get(branch);
		if (before !== undefined) {
			send(before, to);
			return;
		}
		const authorization = header(request, "authorization");
		this.seen.push(`${authorization === undefined ? "plain" : "authorized"} ${header(request, "expires") ?? "-"}`);
		const parts = this.answer(request) ?? this.#register(request, authorization);
		const response = formatResponse(request, { toTag: "registrar", ...parts });
		this.#answers.set(branch, response);
		send(response, to);
	};

	#register(request: Request, authorization: string | undefined): ResponseParts {
		const verdict = this.#check(request.method, authorization);
		if (verdict !== "right") return this.#challenge(verdict === "stale");
		const asked = Number(header(request, "expires"));
		const { minSec } = this.#options;
		if (minSec !== undefined && asked !== 0 && asked < minSec)
			return { status: 423, reason: "Interval Too Brief", headers: [{ name: "Min-Expires", value: String(minSec) }] };
		const contact = headerList(request, "contact")[0] ?? "";
		const granted = asked === 0 ? 0 : (this.#options.grantSec ?? asked);
		if (granted === 0) this.bindings.delete(contact);
		else this.bindings.set(contact, granted);
		const others = ["<sip:alice@10.9.9.9:5060>;expires=9999"];
		const own = granted === 0 ? [] : [`${contact};expires=${granted}`];
		return { status: 200, headers: [{ name: "Contact", value: [...others, ...own].join(", ") }] };
	}

	#challenge(stale: boolean): ResponseParts {
		this.#nonce++;
		this.#uses = 0;
		this.#lastCount = 0;
		const { algorithm = "MD5", qop = true } = this.#options;
		const value = `Digest realm="test", nonce="n${this.#nonce}", opaque="o"${qop ? `, qop="${this.#options.qops ?? "auth,auth-int"}"` : ""}, algorithm=${algorithm}${stale ? ", stale=true" : ""}`;
		return {
			status: 401,
			reason: "Unauthorized",
			headers: [
				// A hash that nobody here has, first: it must be passed over.
				{ name: "WWW-Authenticate", value: 'Digest realm="test", nonce="x", algorithm=SHA-1024, qop="auth"' },
				...(this.#options.above ?? []).map((above) => ({ name: "WWW-Authenticate", value: above })),
				{ name: "WWW-Authenticate", value },
			],
		};
	}

	#check(method: string, authorization: string | undefined): "right" | "wrong" | "stale" {
		const fields = (split(authorization?.replace(/^Digest /, "") ?? "", ",") ?? []).map(parseParam);
		const params = fields.filter((field) => field !== undefined);
		const get = (name: string): string => param(params, name) ?? "";
		const { algorithm = "MD5", qop = true, password, nonceUses } = this.#options;
		const { md5, sha256, sha512_256 = sha256 } = nobleProvider;
		const hash = algorithm === "MD5" ? md5 : algorithm === "SHA-256" ? sha256 : sha512_256;
		const h = (text: string): string => toHex(hash.digest(utf8Encode(text)));
		const middle = qop ? `${get("nc")}:${get("cnonce")}:${get("qop")}:` : "";
		const asked = `${method}:${get("uri")}${get("qop") === "auth-int" ? `:${h("")}` : ""}`;
		const expected = h(`${h(`${get("username")}:test:${password}`)}:${get("nonce")}:${middle}${h(asked)}`);
		if (get("response") !== expected || get("opaque") !== "o") return "wrong";
		if (get("nonce") !== `n${this.#nonce}`) return "stale";
		if (qop && Number.parseInt(get("nc"), 16) <= this.#lastCount) return "wrong";
		this.#lastCount = Number.parseInt(get("nc"), 16);
		return nonceUses !== undefined && ++this.#uses > nonceUses ? "stale" : "right";
	}
}

/** The text of a packet, for assertions on what was sent. */
export function textOf(bytes: Uint8Array): string {
	return latin1Decode(bytes);
}
