/** A phone that does nothing but stay registered by a connection, for a day. */
import Audio from "hal/audio/audio";
import { equal, ok, test } from "test/harness";
import { Registrar } from "test/net/sip/registrar";
import { serve, VirtualPhone } from "./phones";
import { PhoneWorld } from "./world";

const DAY_MS = 86_400_000;

test("a day by one connection, kept alive and never lost", () => {
	const world = new PhoneWorld({ seed: 5, delayMs: 20, loss: 0 });
	const audio = new Audio({ microphone: { silence: true } });
	const registrar = { address: "10.0.1.1", port: 5060, transport: "tcp" as const };
	const office = new Registrar({ password: "secret" });
	serve(world, registrar, office.serve);
	const phone = new VirtualPhone({ world, name: "alice", address: "10.0.0.1", seed: 1, registrar, audio });
	try {
		ok(world.until(10_000, () => phone.isRegistered));
		const before = phone.lines.length;
		world.run(DAY_MS);
		const news = phone.lines.slice(before).filter((line) => !line.includes("registered sip:alice@example.org"));
		equal(news, []);
		equal(office.bindings.size, 1, "one address, one connection");
		ok(office.seen.length > 100, "registered again and again");
	} finally {
		phone.close();
		world.close();
		audio.close();
	}
});
