/**
 * The key that belongs to this device and nowhere else: what is in flash is encrypted under it. On hardware it comes from
 * eFuses, on the simulator from a file that only its owner can read. It goes to zrtp-store, which wipes it.
 * @module
 */

export const DEVICE_KEY_BYTE_LENGTH = 32;

/**
 * The device key; `path` is the simulator's file, made with fresh random octets when it does not exist.
 * @throws Error naming the file when it cannot be read or has another length (it is left as it is)
 */
export function deviceKey(path: string): Uint8Array {
	const key = new Uint8Array(DEVICE_KEY_BYTE_LENGTH);
	native("xs_flash_device_key").call(undefined, path, key);
	return key;
}
