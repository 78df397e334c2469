import { row, SEEDS } from "./table";

row({ loss: 0.5, secureAtLeast: 0.8 * SEEDS });
