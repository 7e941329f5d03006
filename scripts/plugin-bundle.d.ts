/** Writes the program that a kubelet starts for each image. */
export function buildPlugin(outfile: string): Promise<void>;
