/**
 * Where a datagram goes: to the transaction it belongs to, to the verb that takes it, or back with the status that the
 * RFC asks for (RFC 3261 sections 8.2, 12.2.2 and 18).
 * @module
 */

import { acceptAgreed, openInvite, receiveAck, receiveInvite } from "./accept";
import { parseAddress } from "./address";
import { receiveBye } from "./bye";
import { type Call, findDialog, newCall } from "./call";
import { receiveCancel } from "./cancel";
import { requestFault } from "./checks";
import type { Core } from "./core";
import type { Dialog } from "./dialog";
import { receiveInfo } from "./info";
import { headerLines, headerList, type Request, type Response, tagOf } from "./message";
import { NonInviteServer } from "./non-invite-server";
import { receiveNotify } from "./notify";
import { receiveOptions, refuseMethod } from "./options";
import { isOnTheWay, passesFromElsewhere } from "./origin";
import { isKeepAlive, parse } from "./parse";
import { receivePrack } from "./prack";
import { receiveRefer } from "./referral";
import { receiveReinvite } from "./reinvite";
import { fromSource, refuse } from "./respond";
import { clientKey, serverKey } from "./transaction";
import { receiveUpdate } from "./update";
import { type Destination, isReliable } from "./uri";
import { branchOf } from "./via";

/** One datagram. */
export function receive(core: Core, bytes: Uint8Array, from: Destination): void {
	if (isKeepAlive(bytes)) return;
	const message = parse(bytes);
	if (message.type === "malformed") {
		core.warn(`SIP from ${from.address}:${from.port}: ${message.reason}`);
		const answer = refuse(message, from, core.tag());
		if (answer !== undefined) core.send(answer.bytes, answer.to);
	} else if (message.type === "response") receiveResponse(core, message, from);
	else {
		const { request, to } = fromSource(message, from);
		receiveRequest(core, request, to);
	}
}

/** Sections 18.1.2 and 17.1.3; strays are dropped (RFC 6026 section 7.2). */
function receiveResponse(core: Core, response: Response, from: Destination): void {
	// Section 8.1.3.3: with a second Via it was meant for somebody behind us.
	const vias = headerLines(response, "via").length > 1 || headerList(response, "via").length > 1;
	const client = core.clients.get(clientKey(branchOf(response.via) ?? "", response.method));
	if (vias || client === undefined) return;
	// Section 18.2.2: by the connection, or by another of the same server. Servers further on know the branch as well, and what
	// they send by UDP would pass for what came over TLS.
	const { to } = client;
	if (isReliable(to) && (from.transport !== to.transport || from.address !== to.address)) {
		core.warn(`${response.status} to ${response.method} dropped: ${from.address} is not who was asked`);
		return;
	}
	// The branch is unguessable: whoever answers was asked.
	if (response.method === "REGISTER") core.learnServer(from.address, parseAddress(client.request.from)?.uri ?? "");
	client.receive({ ...response, source: from });
}

function receiveRequest(core: Core, request: Request, to: Destination): void {
	const key = serverKey(request);
	const known = core.servers.get(key);
	if (known !== undefined) {
		known.receive(request, to);
		return;
	}
	const inside = tagOf(request.to) === undefined ? undefined : findDialog(core, request);
	const onTheWay = inside !== undefined && isOnTheWay(core, inside.call.account, inside.dialog, to);
	if (inside !== undefined && !onTheWay && !passesFromElsewhere(core, request, inside.call, inside.dialog, to)) return;
	if (request.method === "ACK") {
		// An ACK is never answered; one for a 2xx has a branch of its own and comes here (section 17.1).
		if (inside !== undefined) receiveAck(core, inside.call, request);
		return;
	}
	if (!core.makeRoom(inside !== undefined)) {
		core.warn(`${request.method} of ${to.address} refused: too many requests wait for an answer of this phone`);
		core.respondStateless(request, { status: 503, headers: [{ name: "Retry-After", value: "10" }] }, to);
		return;
	}
	const fault = requestFault(core, request, inside !== undefined, to);
	const invite = request.method === "INVITE";
	if (invite && fault === undefined) {
		if (inside === undefined) receiveInvite(core, request, to);
		else receiveReinvite(core, request, to, inside.call, inside.dialog);
		if (inside !== undefined) inside.dialog.remoteCseq = request.cseq;
		return;
	}
	if (invite) {
		core.respond(openInvite(core, newCall(0, undefined), request, to), { toTag: core.tag(), status: 400, ...fault });
		return;
	}
	const transaction = new NonInviteServer(core, key, request, to);
	core.servers.set(key, transaction);
	if (request.method === "CANCEL") receiveCancel(core, transaction, request);
	else if (fault !== undefined) core.respond(transaction, { toTag: core.tag(), ...fault });
	else if (request.method === "OPTIONS") receiveOptions(core, transaction, request);
	else if (request.method === "NOTIFY") receiveNotify(core, transaction, request, inside?.call, to);
	else if (inside === undefined || !receiveInside(core, transaction, request, inside, to))
		refuseMethod(core, transaction, request);
	// A number that a stranger chose would make all that the other party says from now on come too late.
	if (inside !== undefined && onTheWay && fault === undefined && request.method !== "CANCEL")
		inside.dialog.remoteCseq = request.cseq;
}

/** What only means something inside a dialog. False: a method that is not done there. */
function receiveInside(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	inside: { readonly call: Call; readonly dialog: Dialog },
	from: Destination,
): boolean {
	const { call, dialog } = inside;
	switch (request.method) {
		case "BYE":
			receiveBye(core, transaction, call, dialog);
			return true;
		case "PRACK":
			receivePrack(core, transaction, request, call, dialog, () => acceptAgreed(core, call));
			return true;
		case "UPDATE":
			receiveUpdate(core, transaction, request, call, dialog, from);
			return true;
		case "REFER":
			receiveRefer(core, transaction, request, call, dialog);
			return true;
		case "INFO":
			receiveInfo(core, transaction, request, call);
			return true;
		default:
			return false;
	}
}
