import { row, SEEDS } from "./table";

row({ loss: 0, secureAtLeast: SEEDS });
