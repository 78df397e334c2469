/** A performance figure is a ratio: Sotto's value over a peer's, measured in the same run on the same machine. */

export interface Figure {
	/** area/figure, for example `zrtp/dh3k-hello-to-encrypted`. */
	readonly name: string;
	readonly unit: string;
	readonly sotto: number;
	/** Peers by name; empty where a figure is printed for its own sake. */
	readonly peer: Readonly<Record<string, number>>;
	/** sotto over the first peer; null without one. */
	readonly ratio: number | null;
	/** The highest ratio that is good enough; null without one. */
	readonly goal: number | null;
	readonly met: boolean | null;
}

export function figure(
	name: string,
	unit: string,
	sotto: number,
	peer: Readonly<Record<string, number>> = {},
	goal: number | null = null,
): Figure {
	const [other] = Object.values(peer);
	const ratio = other === undefined ? null : sotto / other;
	return { name, unit, sotto, peer, ratio, goal, met: ratio === null || goal === null ? null : ratio <= goal };
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
	if (low === undefined || high === undefined) throw new RangeError("the median of nothing");
	return (low + high) / 2;
}

function short(value: number): string {
	return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The figures as a table for a person. */
export function table(figures: readonly Figure[]): string {
	const rows = figures.map((each) => [
		each.name,
		`${short(each.sotto)} ${each.unit}`,
		Object.entries(each.peer)
			.map(([name, value]) => `${name} ${short(value)}`)
			.join(", "),
		each.ratio === null ? "" : each.ratio.toFixed(3),
		each.goal === null ? "" : `<= ${each.goal}`,
		each.met === null ? "" : each.met ? "met" : "NOT MET",
	]);
	const all = [["figure", "Sotto", "peer", "ratio", "goal", ""], ...rows];
	const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
	return all
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
