/** The program as this computer's process: arguments, exit, console. */

/** The arguments after the program's name. */
export function programArguments(this: void): readonly string[] {
	return native("xs_process_arguments").call(this);
}

/** Ends the loop with this exit code (0 to 255) once the running callback has returned. */
export function exit(this: void, code: number): void {
	native("xs_process_exit").call(this, code);
}

/** Writes one line to standard output. */
export function print(this: void, line: string): void {
	native("xs_process_print").call(this, line);
}

/** Called once when the process is asked to end (SIGINT, SIGTERM); without it the program simply ends. */
export function onStop(this: void, callback: () => void): void {
	native("xs_process_on_stop").call(this, callback);
}
