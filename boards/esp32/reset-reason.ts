/** Why the board started, as every board's module of this name tells it. */
export { resetReason } from "./process";
