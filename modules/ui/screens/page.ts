/** Pages that are about one thing: a large icon, a title, and a few lines of plain words. */
import type { Region } from "ui/canvas";
import type { LargeIconName } from "ui/icons";
import { type ColorName, GRID } from "ui/theme";
import { keyOf, paragraph } from "ui/widgets";

const INNER = GRID.width - 2 * GRID.margin;
const TEXT_TOP = 110;

export interface PageLook {
	readonly icon: LargeIconName;
	readonly color: ColorName;
	readonly title: string;
	readonly text: string;
}

/** Four lines of text at most. */
export function page({ icon, color, title, text }: PageLook): Region[] {
	return [
		{
			x: 0,
			y: 0,
			width: GRID.width,
			height: TEXT_TOP,
			key: keyOf("page", icon, color, title),
			draw(canvas) {
				canvas.largeIcon(icon, color, 136, 16);
				canvas.text(title, "title", "white", GRID.margin, 72, INNER, "center");
			},
		},
		paragraph(text, TEXT_TOP, 4, "muted"),
	];
}
