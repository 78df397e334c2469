/**
 * The ground that the verbs stand on: configuration, time, live transactions and calls, and the list of actions that
 * one step fills. agent.ts owns it; nothing outside this room sees it.
 * @module
 */

import { toHex } from "bytes/hex";
import { formatAddress } from "./address";
import type { Call } from "./call";
import { ALLOW, MAX_SERVERS, MAX_TRANSACTIONS, RESERVED_TRANSACTIONS, SUPPORTED } from "./constants";
import { type Flow, Flows, keyOf, type Leg } from "./flows";
import type { InviteServer } from "./invite-server";
import { Locator } from "./locator";
import type { Header, Request } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import type { Referral } from "./referral";
import { flowLost, type Registration } from "./register";
import { formatResponse, type ResponseParts } from "./respond";
import type { Subscription } from "./subscribe";
import { Timers } from "./timers";
import { type ClientTransaction, type Ground, mergeKey, type ServerTransaction } from "./transaction";
import type { Account, Action, AgentConfig, EndedBy } from "./types";
import {
	bare,
	bracketed,
	type Destination,
	isNumeric,
	isReliable,
	isUnicast,
	type Place,
	parseUri,
	portOf,
} from "./uri";
import { MAGIC_COOKIE, RPORT, responseDestination, type Via } from "./via";
import { serviceRoutePlace } from "./way";

type EndedMore = Pick<Extract<Action, { readonly type: "ended" }>, "elsewhere" | "replacedBy">;

type OnConnected = (error: string | undefined) => void;

const MAX_WARNING_LENGTH = 240;
/** Lines in one span. */
const MAX_WARNINGS = 20;
const WARNING_SPAN_MS = 10000;

export class Core implements Ground {
	readonly config: AgentConfig;
	readonly timers = new Timers();
	readonly clients = new Map<string, ClientTransaction>();
	readonly servers = new Map<string, InviteServer | NonInviteServer>();
	/** Every call that is not yet over for SIP, those already reported as ended included. */
	readonly calls = new Set<Call>();
	readonly registrations = new Map<string, Registration>();
	/** False while there is no network at all. */
	networkUp = true;
	readonly flows = new Flows();
	/** What others asked us to call, by number. */
	readonly referrals = new Map<number, Referral>();
	/** What is watched, by the caller's number. */
	readonly subscriptions = new Map<number, Subscription>();
	/** Addresses that answered for a registrar, for its name may resolve to any of several. */
	readonly #servers = new Map<string, Set<string>>();
	readonly locator: Locator;
	/** Connections asked for, and who waits for them. */
	readonly #connecting = new Map<string, { readonly to: Destination; readonly waiting: OnConnected[] }>();
	#actions: Action[] = [];
	#warned = { since: Number.NEGATIVE_INFINITY, count: 0, more: 0 };
	#nextIncoming = -1;
	#nextReferral = 1;

	constructor(config: AgentConfig) {
		this.config = config;
		const v6 = [config.contact, config.contact6].some((own) => own !== undefined && own.address.indexOf(":") >= 0);
		const v4 = config.contact.address.indexOf(":") < 0;
		this.locator = new Locator({
			now: () => this.timers.now,
			below: (limit) => this.below(limit),
			ask: (id, name, kind) => this.act({ type: "query", id, name, kind }),
			usable: (target) =>
				isUnicast(target.address) && (isReliable(target) || (target.address.indexOf(":") >= 0 ? v6 : v4)),
		});
	}

	/** Hands over what the step has to do; the step is over with it. */
	take(): Action[] {
		const actions = this.#actions;
		this.#actions = [];
		return actions;
	}

	act(action: Action): void {
		this.#actions.push(action);
	}

	send(bytes: Uint8Array, to: Destination): void {
		this.#actions.push({ type: "send", bytes, to });
	}

	/**
	 * One line for the log; what of it a peer wrote may be anything, of any length. A flood of packets must not become one of
	 * lines, each of which costs a board more than the packet: beyond a few they are counted.
	 */
	warn(text: string): void {
		const { now } = this.timers;
		const warned = this.#warned;
		if (now - warned.since >= WARNING_SPAN_MS) {
			if (warned.more > 0) this.#actions.push({ type: "warn", text: `and ${warned.more} more such lines before` });
			this.#warned = { since: now, count: 1, more: 0 };
		} else if (warned.count < MAX_WARNINGS) warned.count++;
		else {
			warned.more++;
			return;
		}
		this.#actions.push({ type: "warn", text: text.slice(0, MAX_WARNING_LENGTH).replace(/[^ -~]/g, "?") });
	}

	clientEnded(key: string): void {
		this.clients.delete(key);
	}

	serverEnded(key: string): void {
		this.servers.delete(key);
	}

	/**
	 * Whether one more server transaction may be kept; requests inside a dialog have a reserve. Where there is no room the
	 * oldest that has been answered gives way: two packets a second from anybody would else keep everybody out.
	 */
	makeRoom(inDialog: boolean): boolean {
		if (this.servers.size < MAX_TRANSACTIONS + (inDialog ? RESERVED_TRANSACTIONS : 0)) return true;
		for (const server of this.servers.values()) {
			if (!server.over) continue;
			server.stop();
			return true;
		}
		return false;
	}

	/** For an action's `leg`: nothing for UDP. */
	legOf(to: Destination): { readonly leg?: Leg } {
		const leg = this.flows.leg(to);
		return leg === undefined ? {} : { leg };
	}

	/** Answers through the transaction, with our tag. */
	respond(transaction: ServerTransaction, parts: ResponseParts): void {
		transaction.respond(parts.status, formatResponse(transaction.read(), parts));
	}

	/** Answers without keeping a transaction (section 8.2.7): what is refused for want of room. */
	respondStateless(request: Request, parts: ResponseParts, to = responseDestination(request.via)): void {
		this.send(formatResponse(request, { toTag: this.tag(), ...parts }), to);
	}

	/** Section 19.3: at least 32 bits of randomness. */
	tag(): string {
		return toHex(this.config.random(8));
	}

	callId(): string {
		return toHex(this.config.random(16));
	}

	/** An initial CSeq below 2^31 with room to count (section 8.1.1.5). */
	cseq(): number {
		const bytes = this.config.random(2);
		return (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) + 1;
	}

	/** 0 to below `limit`, at most 65536. */
	below(limit: number): number {
		const bytes = this.config.random(4);
		const value = ((bytes[0] ?? 0) << 23) | ((bytes[1] ?? 0) << 15) | ((bytes[2] ?? 0) << 7) | ((bytes[3] ?? 0) >> 1);
		return value % limit;
	}

	/** Where we can be reached by the transport of that way: by its connection alone, or at our socket of that family. */
	localEnd(to: Destination | undefined): Destination {
		const { contact, contact6 } = this.config;
		const flow = to === undefined ? undefined : this.flows.get(to);
		if (flow !== undefined) return flow.listening ?? flow.local;
		return contact6 !== undefined && to !== undefined && to.address.indexOf(":") >= 0 ? contact6 : contact;
	}

	/** Whether that is the phone itself: what goes there comes back. @param place with a numeric address */
	isOwn({ address, port, transport }: Place): boolean {
		const at = port ?? portOf(transport);
		const { contact, contact6 } = this.config;
		return [contact, contact6].some((own) => own !== undefined && own.address === bare(address) && own.port === at);
	}

	/** A Via with a new branch that asks for rport (RFC 3581 section 3). @param to absent: UDP */
	via(to?: Destination): Via {
		const { address, port } = this.localEnd(to);
		const branch = MAGIC_COOKIE + toHex(this.config.random(12));
		const params = [{ name: "branch", value: branch }, RPORT];
		return { transport: (to?.transport ?? "udp").toUpperCase(), host: bracketed(address), port, params };
	}

	/** The best that is known of a place without asking: for what cannot wait, such as ACK. */
	direct(place: Place): Destination {
		const known = this.locator.known(place);
		if (known !== undefined && "targets" in known && known.targets[0] !== undefined) return known.targets[0];
		const transport = place.transport ?? (place.sips ? "tls" : "udp");
		return { address: place.address, port: place.port ?? portOf(transport), transport, name: place.address };
	}

	/** Calls back, at once where it can, when there is a connection; or why there is none. UDP needs none. */
	connect(to: Destination, onDone: OnConnected): void {
		if (!isReliable(to) || this.flows.get(to) !== undefined) {
			onDone(undefined);
			return;
		}
		const key = keyOf(to);
		const known = this.#connecting.get(key);
		if (known !== undefined) {
			known.waiting.push(onDone);
			return;
		}
		this.#connecting.set(key, { to, waiting: [onDone] });
		this.#actions.push({ type: "connect", to });
	}

	/**
	 * The network is back. What stands of the connections from before is a guess, and TCP would find out in its own time,
	 * later than our timers allow: they are made anew, and what waits for an answer is sent again.
	 */
	resume(): void {
		for (const { to } of this.flows.takeOld()) this.#actions.push({ type: "disconnect", to });
		for (const { to } of this.#connecting.values())
			this.#actions.push({ type: "disconnect", to }, { type: "connect", to });
		for (const client of [...this.clients.values()]) client.resume();
		for (const server of this.servers.values()) server.resume();
	}

	connected(flow: Flow): void {
		this.flows.add(flow);
		this.#connectDone(flow.to, undefined);
	}

	/** Whatever waits for an answer by that connection is tried again or elsewhere, and who registered by it does so again. */
	disconnected(to: Destination, error: string): void {
		const key = keyOf(to);
		const stood = this.flows.get(to) !== undefined;
		const clients = [...this.clients.values()].filter((client) => keyOf(client.to) === key);
		this.flows.remove(to);
		this.#connectDone(to, error);
		for (const client of clients)
			if (stood) client.flowLost(error);
			else client.sendFailed(error);
		if (stood) for (const server of this.servers.values()) if (keyOf(server.to) === key) server.resume();
		for (const registration of this.registrations.values()) flowLost(this, registration, to);
	}

	/** What was sent there did not leave, or did not arrive. */
	sendFailed(to: Destination, error: string): void {
		const key = keyOf(to);
		for (const client of [...this.clients.values()]) if (keyOf(client.to) === key) client.sendFailed(error);
	}

	#connectDone(to: Destination, error: string | undefined): void {
		const key = keyOf(to);
		const known = this.#connecting.get(key);
		this.#connecting.delete(key);
		for (const each of known?.waiting ?? []) each(error);
	}

	account(id: string | undefined): Account | undefined {
		if (id === undefined) return undefined;
		const account = this.config.accounts.find((candidate) => candidate.id === id);
		if (account === undefined) throw new RangeError(`no account ${id}`);
		return account;
	}

	/** The account a request was meant for, by the user part of its Request-URI. */
	accountFor(request: Request): Account | undefined {
		const user = parseUri(request.uri)?.user;
		return this.config.accounts.find((account) => parseUri(account.aor)?.user === user);
	}

	/** A response to REGISTER came from there. @param aor that was registered */
	learnServer(address: string, aor: string): void {
		const known = this.#servers.get(address);
		if (known !== undefined) known.add(aor);
		else if (this.#servers.size < MAX_SERVERS) this.#servers.set(address, new Set([aor]));
	}

	/** Those that answered, and those that the settings name by number. */
	get serverAddresses(): readonly string[] {
		const named = this.config.accounts.flatMap(({ registrar, outboundProxy }) => [
			registrar?.host,
			outboundProxy?.host,
		]);
		const numeric = named.filter((host): host is string => host !== undefined && isNumeric(host));
		return [...new Set([...this.#servers.keys(), ...numeric])];
	}

	/** Whether a place belongs to the servers of the phone's accounts, of this one above all. */
	trusts(account: Account | undefined, to: Place): boolean {
		return this.#servers.has(to.address) || this.#names(account, to);
	}

	/** Whether it belongs to this account's own: only those are answered when they ask for its password. */
	mayAskPassword(account: Account | undefined, to: Place): boolean {
		return this.#servers.get(to.address)?.has(account?.aor ?? "") === true || this.#names(account, to);
	}

	/** Whether the account's settings, or its registrar, name the place. */
	#names(account: Account | undefined, to: Place): boolean {
		const own = [
			account?.registrar?.host,
			account?.outboundProxy?.host,
			parseUri(account?.aor ?? "")?.host,
			serviceRoutePlace(this, account)?.address,
		];
		return own.includes(to.address.toLowerCase()) || own.includes(to.address);
	}

	/** @param to where the message with it goes; absent: UDP */
	contactUri(account: Account | undefined, to?: Destination): string {
		const user = parseUri(account?.aor ?? "")?.user ?? this.config.user ?? "phone";
		// Who registers by a connection is called by it, which finds its way back through a NAT (RFC 5626 section 3).
		const over = account === undefined ? undefined : this.registrations.get(account.id)?.over;
		const bound = to !== undefined && over !== undefined && keyOf(over) === keyOf(to) ? this.flows.get(to) : undefined;
		const { address, port } = bound?.local ?? this.localEnd(to);
		const transport = to !== undefined && isReliable(to) ? `;transport=${to.transport}` : "";
		return `sip:${user}@${bracketed(address)}:${port}${transport}`;
	}

	/** Value of From for requests outside a dialog. */
	from(account: Account | undefined, tag: string): string {
		const uri = account?.aor ?? this.contactUri(undefined);
		return formatAddress({ displayName: account?.displayName, uri, params: [{ name: "tag", value: tag }] });
	}

	/**
	 * Contact of whatever makes or keeps a dialog: by the GRUU that the registrar gave (RFC 5627), or over the flow that it
	 * keeps (RFC 5626 section 4.3).
	 */
	contactHeader(account: Account | undefined, to?: Destination): Header {
		const registration = this.registrationOf(account);
		const own = `${this.contactUri(account, to)}${registration?.outbound ? ";ob" : ""}`;
		return { name: "Contact", value: `<${registration?.gruu ?? own}>` };
	}

	registrationOf(account: Account | undefined): Registration | undefined {
		return account === undefined ? undefined : this.registrations.get(account.id);
	}

	/** What every INVITE and every 2xx to one says about us (sections 13.2.1, 13.3.1.4). */
	capabilities(): Header[] {
		return [
			{ name: "Allow", value: ALLOW },
			{ name: "Supported", value: SUPPORTED.join(", ") },
			{ name: "User-Agent", value: this.config.userAgent },
		];
	}

	/** Tells the caller, once, that its call is over; the number may be used again. */
	ended(call: Call, status: number, reason: string, by: EndedBy, more: EndedMore = {}): void {
		if (call.reported) return;
		call.reported = true;
		// Whoever asked for the call hears how it went, and 2xx would mean that it was answered.
		call.follow?.(status < 300 ? 487 : status, reason);
		call.follow = undefined;
		this.#actions.push({ type: "ended", call: call.id, status, reason, by, ...more });
	}

	callOf(id: number): Call | undefined {
		for (const call of this.calls) if (call.id === id && !call.reported) return call;
		return undefined;
	}

	incomingId(): number {
		return this.#nextIncoming--;
	}

	referralId(): number {
		return this.#nextReferral++;
	}

	/** Section 8.2.2.2: another transaction for the same From tag, Call-ID and CSeq. */
	isMerged(request: Request): boolean {
		const key = mergeKey(request);
		if (key === undefined) return false;
		for (const { merge } of this.servers.values()) if (merge === key) return true;
		return false;
	}
}
