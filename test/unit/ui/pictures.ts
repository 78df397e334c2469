/** A program for scripts/screens.ts: draws every scene and prints the frame buffer as one line of base64 each. */
import { exit, print } from "board/process";
import { toBase64 } from "bytes/base64";
import { SCENES, Stage } from "./scenes";

for (const scene of SCENES) {
	const stage = Stage.of(scene);
	const { width, height } = stage.display;
	print(`frame ${scene.name} ${width} ${height} ${toBase64(new Uint8Array(stage.display.snapshot()))}`);
	stage.close();
}
exit(0);
