/**
 * How our TypeScript reaches C, as SDK 8.2 has it: `native("xs_f").call(this, a)` calls a C function, and a class that
 * extends `Native("xs_x_destructor")` has host data. The compiler may replace a body that only forwards its arguments.
 */
interface NativeFunction {
	/**
	 * The result is what the C function sets; the return type around it says what that is. No type argument can be written,
	 * since the SDK's own typings take none.
	 */
	call<Self, Parameters extends readonly unknown[], Result = void>(self: Self, ...parameters: Parameters): Result;
}

declare function native(name: string): NativeFunction;
declare function Native(destructorName: string): new () => object;
