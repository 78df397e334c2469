/** How large a test is. A board does all that this computer does, and less of it: a commit of the store takes it 15 ms. */
import { board } from "board/board";

/** The same test on a board that is a hundred times slower. */
export function size(onComputer: number, onBoard: number): number {
	const { model }: { readonly model: string } = board;
	return model === "virt-rv32" ? onBoard : onComputer;
}
