/**
 * TLS connections in the shape of ECMA-419 (Socket, TLSClient): a TCP connection whose bytes are encrypted, to an end
 * whose certificate was checked. The I/O thread does the handshake; onWritable says that it is over, onError why it was
 * given up, in words that the phone's owner can act on.
 * @module
 */
import Stream, { type StreamCallbacks } from "./stream";

export interface TLSOptions extends StreamCallbacks {
	/** Numeric; names go through resolve. */
	readonly address: string;
	/** 1..65535. */
	readonly port: number;
	/** The domain (or numeric address) that the certificate must be for: RFC 5922 section 7, no wildcards. */
	readonly name: string;
	/** Certificates may have wildcards, as HTTPS allows (RFC 9110 section 4.3.4); default false. */
	readonly wildcards?: boolean;
	/** The authorities that come with the device are trusted; default true. */
	readonly shipped?: boolean;
	/** More of them, in PEM. */
	readonly authorities?: Uint8Array;
	/**
	 * SHA-256 of the SubjectPublicKeyInfo of the keys that alone are accepted, one after the other, up to four. Then
	 * nobody needs to have signed the certificate, and its name and dates do not count.
	 */
	readonly pins?: Uint8Array;
	/** false: anybody is taken for the server. Default true. */
	readonly verify?: boolean;
	/** Who we are, if the server asks: certificate (chain) and key, in PEM. */
	readonly certificate?: Uint8Array;
	/** Without a password. Copied, and the copy wiped once it has been read. */
	readonly key?: Uint8Array;
}

export default class TLS extends Stream {
	/** @throws for bad arguments; what the network and the certificate say comes to onError */
	constructor(options: TLSOptions) {
		super();
		native("xs_net_tls_constructor").call(this, options);
	}

	/** For example "TLSv1.2"; undefined before the handshake is over, and while bytes are under way. */
	get protocol(): string | undefined {
		return native("xs_net_tls_get_protocol").call(this);
	}

	/** For example "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256". */
	get cipher(): string | undefined {
		return native("xs_net_tls_get_cipher").call(this);
	}

	/** An earlier session was taken up again (RFC 5077): its certificate was checked then, within the hour. */
	get resumed(): boolean {
		return native("xs_net_tls_get_resumed").call(this);
	}
}
