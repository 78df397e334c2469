import { row, SEEDS } from "./table";

row({ loss: 0.2, secureAtLeast: SEEDS });
