/** Loads a module by its URL, as Node does. The single executable has a way of its own. */
export const importModule = (url: string): Promise<unknown> => import(url);
