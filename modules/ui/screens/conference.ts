/** Three parties: who they are, the lock of each call, and what the three together are worth. */
import type { CallState } from "call/state";
import type { Region } from "ui/canvas";
import type { IconName } from "ui/icons";
import { type Screen, type Shell, type SoftKeys, soft, type View } from "ui/screen";
import { Selection } from "ui/selection";
import { TEXT } from "ui/text";
import { GRID, LOCKS } from "ui/theme";
import { keyOf } from "ui/widgets";
import { LEG_HEIGHT, legBand, titleRow } from "ui/widgets-calls";
import { DetailsScreen } from "./details";
import { QuestionScreen } from "./question";

const LEGS_TOP = 70;
const PITCH = LEG_HEIGHT + 4;

export class ConferenceScreen implements Screen {
	readonly name = "conference";
	readonly #shell: Shell;
	readonly #selection = new Selection(2);

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	softKeys(view: View): SoftKeys {
		const leg = this.#leg(view);
		const muted = leg?.muted === true;
		return [
			leg?.sas === undefined ? soft(TEXT.soft.details) : soft(TEXT.soft.compare, leg.verified ? "plain" : "primary"),
			soft(TEXT.calls.soft.part),
			soft(muted ? TEXT.soft.unmute : TEXT.soft.mute),
			soft(TEXT.calls.soft.endAll, "danger"),
		];
	}

	regions(view: View): readonly Region[] {
		const legs = legsOf(view);
		const lock = view.state.conference?.lock ?? "open";
		const [first] = legs;
		return [
			titleRow("users", "accent", TEXT.calls.conference, view.seconds),
			{
				x: 0,
				y: 34,
				width: GRID.width,
				height: LEGS_TOP - 34,
				key: keyOf("worst", lock),
				draw(canvas) {
					const look = LOCKS[lock];
					const color = lock === "warning" ? "danger" : look.color;
					canvas.icon(look.icon, 16, color, GRID.margin + 4, 44);
					const x = GRID.margin + 28;
					canvas.text(TEXT.lockShort[lock], "body", color, x, 41, GRID.width - x - GRID.margin);
				},
			},
			...legs.map((leg, index) => legBand(leg, index === this.#selection.selected, LEGS_TOP + index * PITCH)),
			{
				x: 0,
				y: 180,
				width: GRID.width,
				height: 22,
				key: keyOf("flags", first?.muted, first?.state),
				draw(canvas) {
					if (first?.state !== "held" && !first?.muted) {
						canvas.text(TEXT.calls.weakest, "small", "muted", GRID.margin, 181, GRID.width - 2 * GRID.margin, "center");
						return;
					}
					let x = GRID.margin + 4;
					const flag = (icon: IconName, text: string): void => {
						canvas.icon(icon, 16, "amber", x, 182);
						x += 22 + canvas.text(text, "small", "amber", x + 22, 181, 100) + 14;
					};
					if (first?.state === "held") flag("pause", TEXT.onHold);
					if (first?.muted) flag("mic-off", TEXT.muted);
				},
			},
		];
	}

	key(name: string, view: View): void {
		const { phone } = this.#shell;
		const leg = this.#leg(view);
		const { selected } = this.#selection;
		switch (name) {
			case "up":
			case "down":
				this.#selection.select(selected + (name === "up" ? -1 : 1), legsOf(view).length);
				return;
			case "soft1":
				if (leg?.sas !== undefined) {
					this.#shell.open(new QuestionScreen(this.#shell, leg));
					return;
				}
				if (leg) this.#shell.open(new DetailsScreen(this.#shell, leg.id));
				return;
			case "ok":
				if (leg) this.#shell.open(new DetailsScreen(this.#shell, leg.id));
				return;
			case "soft2":
				phone.confer(false);
				return;
			case "soft3":
			case "mute":
				phone.mute(leg?.muted !== true);
				return;
			case "hold":
				phone.hold(legsOf(view).some(({ state }) => state !== "held"));
				return;
			case "soft4":
			case "hook":
				for (const { id } of legsOf(view)) phone.hangup(id);
				return;
			default:
				if (/^[0-9*#]$/.test(name)) phone.dtmf(name);
		}
	}

	#leg(view: View): CallState | undefined {
		return legsOf(view)[this.#selection.selected];
	}
}

/** In the order of their lines: it stays when the one in front changes. */
export function legsOf({ state }: View): readonly CallState[] {
	return state.calls
		.filter(({ joined, state: doing }) => joined && doing !== "ended")
		.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
