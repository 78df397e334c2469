/**
 * Colors, sizes and the grid of the screen. Colors are red, green, blue; every lock state has a color, an icon and
 * words, so that color is never the only sign.
 */
import type { Lock } from "call/state";
import type { IconName } from "./icons";

export type Rgb = readonly [red: number, green: number, blue: number];

const color = (red: number, green: number, blue: number): Rgb => Object.freeze([red, green, blue] as const);

export const COLORS = Object.freeze({
	background: color(16, 20, 24),
	surface: color(32, 40, 48),
	raised: color(48, 60, 72),
	line: color(48, 56, 64),
	text: color(244, 247, 250),
	muted: color(158, 169, 184),
	accent: color(88, 166, 255),
	accentDark: color(24, 68, 124),
	good: color(74, 222, 128),
	goodDark: color(18, 66, 42),
	amber: color(250, 176, 60),
	amberDark: color(74, 48, 10),
	teal: color(94, 220, 226),
	tealDark: color(14, 62, 70),
	violet: color(200, 162, 255),
	violetDark: color(60, 40, 96),
	danger: color(255, 120, 112),
	dangerDark: color(108, 26, 26),
	alarm: color(196, 24, 30),
	white: color(255, 255, 255),
});
export type ColorName = keyof typeof COLORS;

export interface LockLook {
	readonly icon: IconName;
	readonly color: ColorName;
	/** Behind the icon and the words. */
	readonly ground: ColorName;
}

const look = (icon: IconName, colorName: ColorName, ground: ColorName): LockLook =>
	Object.freeze({ icon, color: colorName, ground });

export const LOCKS: Readonly<Record<Lock, LockLook>> = Object.freeze({
	open: look("lock-open", "amber", "amberDark"),
	server: look("server", "accent", "accentDark"),
	closed: look("lock", "teal", "tealDark"),
	verified: look("shield-check", "good", "goodDark"),
	gateway: look("router", "violet", "violetDark"),
	warning: look("triangle-alert", "white", "alarm"),
});

export const FONTS = Object.freeze({
	small: "small-13",
	body: "body-16",
	title: "title-22",
	large: "large-28",
	sas: "sas-44",
} as const);
export type FontName = keyof typeof FONTS;

/** Pixels. The soft keys stand at the bottom; everything else is above them. */
export const GRID = Object.freeze({
	width: 320,
	height: 240,
	margin: 12,
	headerHeight: 32,
	softTop: 206,
	softHeight: 34,
	softKeys: 4,
	rowHeight: 36,
});
