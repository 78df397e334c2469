/** Joining a network, by what a driver says: how often it is tried, and what the person reads meanwhile. */
import { type JoinFault, Joining } from "board/joining";
import { equal, ok, test } from "test/harness";
import Timer from "timer";

const CONNECTING = 300;
const DISCONNECTED = 200;
const ADDRESSED = 500;

function later(ms: number): Promise<void> {
	return new Promise((resolve) => Timer.set(() => resolve(), ms));
}

class Radio {
	attempts = 0;
	joins = 0;
	fault: JoinFault;
	readonly told: (string | undefined)[] = [];
	readonly joining = new Joining({
		name: "Wi-Fi Office",
		join: () => {
			this.attempts++;
			this.joining.changed(CONNECTING);
		},
		fault: () => this.fault,
		onJoined: () => {
			this.joins++;
		},
		onNotice: (text) => this.told.push(text),
	});
}

test("a password that is refused, a network that is not there, one that is lost: each is said once", async () => {
	const radio = new Radio();
	radio.joining.start();
	radio.fault = "password";
	radio.joining.changed(DISCONNECTED);
	radio.joining.changed(DISCONNECTED);
	equal(radio.told.splice(0), ["Wi-Fi Office does not take the password that this phone was given."]);
	equal(radio.attempts, 1, "not before its time");
	await later(1100);
	equal(radio.attempts, 2);
	radio.joining.changed(DISCONNECTED);
	equal(radio.told, [], "nothing new");
	await later(1100);
	equal(radio.attempts, 2, "later than the time before");
	radio.fault = "absent";
	await later(1000);
	equal(radio.attempts, 3);
	radio.joining.changed(DISCONNECTED);
	equal(radio.told.splice(0), ["Wi-Fi Office is not within reach."]);
	radio.joining.changed(ADDRESSED);
	equal([radio.told.splice(0), radio.joins], [[undefined], 1]);
	radio.fault = undefined;
	radio.joining.changed(DISCONNECTED);
	equal(radio.told.splice(0), ["Wi-Fi Office is lost; this phone tries to join it again."]);
	await later(1100);
	equal(radio.attempts, 4, "soon again, since it was joined");
	radio.joining.close();
});

test("it is never joined, and nobody knows why", () => {
	const radio = new Radio();
	radio.joining.start();
	radio.joining.changed(DISCONNECTED);
	equal(radio.told, ["Wi-Fi Office does not let this phone in."]);
	radio.joining.close();
	radio.joining.close();
});

test("closed, it tries no more", async () => {
	const radio = new Radio();
	radio.joining.start();
	radio.joining.changed(DISCONNECTED);
	radio.joining.close();
	await later(1200);
	ok(radio.attempts === 1, `${radio.attempts} attempts`);
});
