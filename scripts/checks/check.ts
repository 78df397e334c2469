/** What every check gives back: problems in plain words, each with its place. None: all is well. */
export interface Check {
	readonly name: string;
	run(): Promise<readonly string[]>;
}
