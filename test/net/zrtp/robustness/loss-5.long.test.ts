import { row, SEEDS } from "./table";

row({ loss: 0.05, secureAtLeast: SEEDS });
