import { equal, ok, test } from "test/harness";
import { Netem } from "./netem";

/** Sends 1000 packets a millisecond apart and returns what arrived, in order. */
function traffic(options: ConstructorParameters<typeof Netem>[0]): { at: number; packet: number }[] {
	const net = new Netem<string, number>(options);
	for (let i = 0; i < 1000; i++) net.send(i, "there", i);
	return net.deliver(1e9).map(({ at, packet }) => ({ at, packet }));
}

test("a quiet network delivers everything once, in order, after its delay", () => {
	const arrived = traffic({ seed: 1, delayMs: 25 });
	equal(
		arrived.map(({ packet }) => packet),
		Array.from({ length: 1000 }, (_, i) => i),
	);
	ok(arrived.every(({ at, packet }) => at === packet + 25));
});

test("loss, duplication and reordering come in about the share asked for", () => {
	const about = (value: number, expected: number) =>
		ok(Math.abs(value - expected) < 50, `${value}, expected ${expected}`);
	about(traffic({ seed: 2, loss: 0.2 }).length, 800);
	about(traffic({ seed: 3, duplicate: 0.1 }).length, 1100);
	const order = traffic({ seed: 4, reorder: 0.1 }).map(({ packet }) => packet);
	ok(order.some((packet, i) => packet < (order[i - 1] ?? 0)));
	const times = traffic({ seed: 5, delayMs: 10, jitterMs: 30 }).map(({ at, packet }) => at - packet);
	ok(Math.min(...times) >= 10 && Math.max(...times) <= 40);
	ok(Math.max(...times) > 38 && Math.min(...times) < 12);
});

test("the same seed is the same network, another is another", () => {
	const options = { loss: 0.3, duplicate: 0.1, reorder: 0.1, jitterMs: 20 };
	equal(traffic({ seed: 6, ...options }), traffic({ seed: 6, ...options }));
	ok(JSON.stringify(traffic({ seed: 6, ...options })) !== JSON.stringify(traffic({ seed: 7, ...options })));
});

test("only what has arrived by now is taken out", () => {
	const net = new Netem<string, string>({ seed: 1, delayMs: 10 });
	net.send(0, "a", "first");
	net.send(5, "b", "second");
	equal(net.nextAt, 10);
	equal(net.deliver(9), []);
	equal(net.deliver(10), [{ at: 10, to: "a", packet: "first" }]);
	equal(net.deliver(100), [{ at: 15, to: "b", packet: "second" }]);
	equal(net.nextAt, undefined);
});
