/** The whole million, too long for every run: node scripts/run.mjs test-xs --variant release --timeout 7200 test/fuzz/sip/million.ts */
import { attack } from "./attack";

for (let n = 0; n < 10; n++) attack(100_000, 1_000_000 * (n + 1));
