/**
 * A little internet: this test's own network namespace is the middle, with its servers on 192.0.2.1; each home is a host
 * behind a router that translates addresses with the kernel's own NAT and drops what nobody asked for. All of it goes when the
 * test ends.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";

export const SERVER_ADDRESS = "192.0.2.1";

/** What the router does with source ports: keeps them where it can, or takes new ones for each destination; or it is only a router. */
export type RouterKind = "keeps ports" | "new ports" | "no NAT";

function run(command: string): void {
	execFileSync("sh", ["-ec", command], { stdio: ["ignore", "ignore", "pipe"] });
}

/** The namespace of a process that does nothing else. */
class Namespace {
	readonly #child: ChildProcess;

	constructor() {
		this.#child = spawn("unshare", ["--net", "sleep", "1000"], { stdio: "ignore" });
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	get path(): string {
		return `/proc/${this.pid}/ns/net`;
	}

	/** @throws {Error} where it has no namespace of its own in time */
	async ready(): Promise<void> {
		const own = execFileSync("readlink", ["/proc/self/ns/net"], { encoding: "utf8" });
		for (let tries = 0; tries < 100; tries++) {
			if (execFileSync("readlink", [this.path], { encoding: "utf8" }) !== own) return;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		throw new Error("unshare --net made no network namespace");
	}

	run(command: string): void {
		run(`nsenter --net=${this.path} sh -ec '${command}'`);
	}

	close(): void {
		this.#child.kill("SIGKILL");
	}
}

export class Home {
	readonly #router = new Namespace();
	readonly #host = new Namespace();

	/** @param number from 1: addresses are made of it */
	static async open(number: number, kind: RouterKind): Promise<Home> {
		const home = new Home();
		try {
			await home.#router.ready();
			await home.#host.ready();
			home.#wire(number, kind);
		} catch (error) {
			home.close();
			throw error;
		}
		return home;
	}

	/** Starts a program on the host. */
	launch(program: string, args: readonly string[]): ChildProcess {
		return spawn("nsenter", [`--net=${this.#host.path}`, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	}

	close(): void {
		this.#host.close();
		this.#router.close();
	}

	#wire(number: number, kind: RouterKind): void {
		const [middle, outside] = [`198.51.100.${4 * number + 1}`, `198.51.100.${4 * number + 2}`];
		const random = kind === "new ports" ? " fully-random" : "";
		run(`ip link add street${number} type veth peer name out netns ${this.#router.pid}
			ip addr add ${middle}/30 dev street${number}
			ip link set street${number} up`);
		this.#router.run(`ip link add in type veth peer name eth0 netns ${this.#host.pid}
			ip link set lo up
			ip addr add ${outside}/30 dev out
			ip link set out up
			ip addr add 10.0.${number}.1/24 dev in
			ip link set in up
			ip route add default via ${middle}
			sysctl -qw net.ipv4.ip_forward=1`);
		if (kind === "no NAT") run(`ip route add 10.0.${number}.0/24 via ${outside}`);
		else
			this.#router.run(`nft add table ip nat
				nft "add chain ip nat post { type nat hook postrouting priority 100 ; }"
				nft add rule ip nat post oifname out masquerade${random}
				nft add table ip filter
				nft "add chain ip filter input { type filter hook input priority 0 ; }"
				nft add rule ip filter input iifname out ct state new drop`);
		this.#host.run(`ip link set lo up
			ip addr add 10.0.${number}.2/24 dev eth0
			ip link set eth0 up
			ip route add default via 10.0.${number}.1`);
	}
}

/** The middle: its address, and what it passes on between the homes. */
export function openMiddle(): void {
	run(`ip addr add ${SERVER_ADDRESS}/32 dev lo
		sysctl -qw net.ipv4.ip_forward=1`);
}
