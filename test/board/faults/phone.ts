/**
 * The phone itself, which fails a moment after its start in the way that its name says (`--name c-stack`); the life after that
 * one is left alone.
 */
import { programArguments } from "board/process";
import { resetReason } from "board/reset-reason";
import Timer from "timer";
import { fault } from "./faults";
import "app/main";

const FAILS_AFTER_MS = 1500;

const args = programArguments();
const name = args[args.indexOf("--name") + 1] ?? "";
if (resetReason() === undefined) Timer.set(() => fault(name), FAILS_AFTER_MS);
