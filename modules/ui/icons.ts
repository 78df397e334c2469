/**
 * The icons of the screen, in the order of their cells in the strips that scripts/assets.ts makes: the same list
 * is read by the tool and by the drawing code. The names are those of the Lucide icon set.
 */

/** Drawn at 16 and 24 pixels. */
export const ICONS = Object.freeze([
	"lock-open",
	"server",
	"lock",
	"shield-check",
	"router",
	"triangle-alert",
	"phone",
	"phone-incoming",
	"phone-outgoing",
	"phone-off",
	"mic",
	"mic-off",
	"volume-2",
	"pause",
	"grip",
	"user",
	"check",
	"x",
	"circle-check",
	"circle-alert",
	"delete",
	"scroll-text",
	"info",
	"chevron-up",
	"chevron-down",
	"chevron-right",
	"key-round",
	"loader",
	"pencil",
	"upload",
	"download",
	"trash-2",
	"shield-off",
	"voicemail",
	"bell-off",
	"phone-missed",
	"phone-forwarded",
	"users",
] as const);

/** Drawn at 48 pixels, for the screens that are about one thing. */
export const LARGE_ICONS = Object.freeze([
	"phone-incoming",
	"phone-outgoing",
	"phone-off",
	"triangle-alert",
	"shield-check",
	"user",
	"circle-check",
	"circle-alert",
	"trash-2",
	"shield-off",
	"router",
	"lock-open",
	"key-round",
] as const);

export type IconName = (typeof ICONS)[number];
export type LargeIconName = (typeof LARGE_ICONS)[number];

/** Radii, in pixels, of the discs in the corner strip; each stands at the top left of a cell of 16 by 16. */
export const CORNER_RADII = Object.freeze([4, 6, 8] as const);
export type CornerRadius = (typeof CORNER_RADII)[number];
export const CORNER_CELL = 16;
