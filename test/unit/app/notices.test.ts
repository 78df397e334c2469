/** Several have something to say, and there is one line. */
import { Notices } from "app/notices";
import { equal, test } from "test/harness";

test("the one that explains the others is shown, and the next one when it has gone", () => {
	const seen: (string | undefined)[] = [];
	const notices = new Notices(() => seen.push(notices.text));
	notices.set("storage", "no secrets");
	notices.set("config", "no config");
	notices.set("network", "no Wi-Fi");
	notices.set("config", "no config, still");
	equal(seen.splice(0), ["no secrets", "no config", "no Wi-Fi"]);
	notices.set("network", undefined);
	notices.set("config", undefined);
	notices.set("config", undefined);
	notices.set("storage", undefined);
	equal(seen, ["no config, still", "no secrets", undefined]);
});
