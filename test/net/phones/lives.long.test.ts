/** Some of the lives of whole phones over a bad network; thousand.ts has a thousand. */
import { print } from "board/process";
import { test } from "test/harness";
import { table } from "./lives";

for (const transport of ["udp", "tcp"] as const)
	for (const seen of ["unseen", "seen"] as const)
		test(
			`whole phones over ${transport} with 200 ms of delay, 10 % loss and 30 s without a network, ${seen}`,
			() => table(1, 14, transport, seen).forEach(print),
			{ timeoutMs: 170_000 },
		);
