/** A thousand seeds in all, too long for every run: node scripts/run.mjs test-xs --timeout 3600 test/net/phones/thousand.ts */
import { print } from "board/process";
import { test } from "test/harness";
import { table } from "./lives";

for (const transport of ["udp", "tcp"] as const)
	for (const seen of ["unseen", "seen"] as const)
		test(
			`250 calls of whole phones over ${transport} with 200 ms of delay, 10 % loss and 30 s without a network, ${seen}`,
			() => table(1, 250, transport, seen).forEach(print),
			{ timeoutMs: 3_600_000 },
		);
