/** Where a device begins: joins its network, then boots the handset. In this order. */
import "./begin";
import "app/main";
