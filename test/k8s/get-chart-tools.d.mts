/** Where the programs are, in `bin`. */
export function folderOfTools(): string;
