/**
 * Whether calls with a SIP address were encrypted by ZRTP before: who takes ZRTP out on the way, and its announcement out
 * of the signalling, must not turn such a call into one with a phone that never could. Calls by way of a device in the
 * middle leave no address (zrtp-stream.ts), so numbers behind a gateway that changes are never missed.
 */
import type { CallContext } from "./call-context";

export function encryptedBefore({ store, zrtpLog }: Pick<CallContext, "store" | "zrtpLog">, peer: string): boolean {
	const wanted = placeOf(peer);
	try {
		return store
			.list()
			.some(
				({ hasSecret, hasPbxSecret, addresses }) =>
					hasSecret === true && hasPbxSecret !== true && addresses?.some((address) => placeOf(address) === wanted),
			);
	} catch (error) {
		zrtpLog.error(`the known phones were not read: ${String(error)}`);
		return false;
	}
}

/**
 * The part of a SIP URI that stays the same from call to call: user and host. Ports and parameters do not, but where there
 * is no user, the port is all that tells two phones apart.
 */
export function placeOf(uri: string): string {
	const colon = uri.indexOf(":");
	const scheme = uri.slice(0, colon).toLowerCase();
	let rest = scheme === "sip" || scheme === "sips" ? uri.slice(colon + 1) : uri;
	for (const end of [";", "?"]) {
		const at = rest.indexOf(end);
		if (at >= 0) rest = rest.slice(0, at);
	}
	const at = rest.lastIndexOf("@");
	if (at < 0) return rest.toLowerCase();
	const host = rest.slice(at + 1);
	const port = host.lastIndexOf(":");
	const bare = port > host.lastIndexOf("]") ? host.slice(0, port) : host;
	return `${rest.slice(0, at)}@${bare.toLowerCase()}`;
}
