/**
 * How our TypeScript reaches C, as SDK 8.2 has it: `native("xs_f").call(this, a)` calls a C function, and a class that
 * extends `Native("xs_x_destructor")` has host data. The compiler may replace a body that only forwards its arguments.
 */
interface NativeFunction {
	/** The result is what the C function sets; T says what that is. */
	call<T = void>(self: unknown, ...args: readonly unknown[]): T;
}

declare function native(name: string): NativeFunction;
declare function Native(destructorName: string): new () => object;
