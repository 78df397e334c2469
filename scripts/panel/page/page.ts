/**
 * The panel's page: one view for each phone. `/?phones=PORT,PORT` shows several side by side; without it, the phone
 * that served the page.
 */
import { PhoneView } from "./phone-view.js";

const asked = new URLSearchParams(location.search).get("phones");
const ports = (asked ?? location.port).split(",").filter((port) => /^\d{1,5}$/.test(port));
const template = document.querySelector<HTMLTemplateElement>("#phone");
const room = document.querySelector("#phones");

if (template && room)
	for (const port of ports) {
		const section = template.content.firstElementChild?.cloneNode(true);
		if (section instanceof HTMLElement) {
			room.append(section);
			new PhoneView(section, `ws://${location.hostname}:${port}/phone`);
		}
	}
