/** Where tests keep flash files: a folder of their own under build/, new in every run. */
import { wallClock } from "board/clock";

/** A path that no other test and no earlier run has used. */
export function statePath(name: string): string {
	const unique = `${wallClock().toString(36)}${Math.floor(Math.random() * 0x100000000).toString(36)}`;
	return `build/test-state/${unique}/${name}`;
}
