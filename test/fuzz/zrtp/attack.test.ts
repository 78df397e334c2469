import { attack } from "./attack";

attack(20_000, 1);
