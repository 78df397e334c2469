import { attack } from "./attack";

attack(10_000, 1);
