/** Where a device begins: says why it was started again, joins its network and boots the handset. */
import "app/main";
import { Network } from "./network";
import { print, resetReason } from "./process";

const reason = resetReason();
if (reason !== undefined) print(`started again: ${reason}`);
Network.start();
