/** A store whose keys are wiped seals nothing: not after close, and not after an erase that the flash did not survive. */
import { equal, test, throws } from "test/harness";
import { Rig } from "./rig";

const ZID = new Uint8Array(12).fill(5);
const SECRETS = { rs1: new Uint8Array(32).fill(1), verified: true };

test("a closed store refuses what would be sealed under keys of zeros", () => {
	const rig = new Rig();
	const store = rig.open();
	store.close();
	throws(() => store.commit(ZID, SECRETS), /keys of this store are wiped/);
	equal(rig.reopen().length, 0);
	rig.flash.close();
});

test("a factory erase that the flash does not survive leaves a store that keeps nothing until it is opened again", () => {
	const rig = new Rig();
	rig.open().close();
	rig.power({ powerCutAfter: 3 });
	const store = rig.open();
	throws(() => store.eraseAll(), /power/);
	throws(() => store.commit(ZID, SECRETS), /./);
	const again = rig.reopen();
	equal(again.lookup(ZID), undefined);
	again.commit(ZID, SECRETS);
	again.close();
	equal(rig.reopen().lookup(ZID)?.rs1, SECRETS.rs1);
	rig.flash.close();
});
