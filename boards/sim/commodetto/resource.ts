/**
 * "Resource": read-only bytes that the builder put into the program, by name. Nothing is copied until slice() is
 * called; the drawing modules take the object as it is.
 */

export default class Resource extends Native("xs_resource_destructor") {
	/** @throws {URIError} where there is no such resource */
	constructor(path: string) {
		super();
		native("xs_resource_constructor").call(this, path);
	}
	static exists(path: string): boolean {
		return native("xs_resource_exists").call(Resource, path);
	}
	get byteLength(): number {
		return native("xs_resource_byteLength").call(this) as number;
	}
	/** A copy of the bytes from begin to end, in RAM. */
	slice(begin: number, end?: number): ArrayBuffer {
		return native("xs_resource_slice").call(this, begin, end) as ArrayBuffer;
	}
}
