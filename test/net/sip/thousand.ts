/** A thousand seeds of each, too long for every run: node scripts/run.mjs test-xs --timeout 3600 test/net/sip/thousand.ts */
import { print } from "board/process";
import { test } from "test/harness";
import { table } from "./lives";

for (const transport of ["udp", "tcp"] as const)
	for (const seen of ["unseen", "seen"] as const)
		test(
			`1000 calls over ${transport} with 200 ms of delay, 10 % loss and 30 s without a network, ${seen}`,
			() => table(1, 1000, transport, seen).forEach(print),
			{ timeoutMs: 3_600_000 },
		);
