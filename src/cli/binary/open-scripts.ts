// The scripts inside the single executable. Each is an asset with its code and, where it could be made, one with what V8
// has compiled of it. Every asset is there twice: comparing both copies takes a tenth of the time that loading Node's zlib
// or crypto for a checksum does.

/** What it needs of Node. */
export interface ScriptHost {
  /** `node:sea`. */
  readonly assets: {
    getAssetKeys(): readonly string[];
    getRawAsset(key: string): ArrayBuffer;
  };
  /** Of `node:vm`. */
  readonly Script: new (
    code: string,
    options: { readonly filename: string; readonly cachedData?: Buffer },
  ) => { runInThisContext(): unknown };
  readonly getBuiltinModule: (id: string) => object | undefined;
}

/** Loads what a script or a package exports, once. */
export type LoadScript = (name: string) => unknown;

interface Packed {
  /** Where a package is: `{ "@azure/identity": "azure" }`. */
  readonly packages: Readonly<Record<string, string>>;
}

type Wrapped = (exports: object, require: LoadScript, module: { exports: unknown }) => void;

const COPY = '~';

/**
 * Opens them.
 *
 * @throws an `Error` when they are not as they were built.
 */
export function openScripts(host: ScriptHost): LoadScript {
  const assets = readAssets(host);
  const { packages } = JSON.parse(textOf(assets.get('packed.json'))) as Packed;
  const loaded = new Map<string, unknown>();
  const load = (name: string): unknown => {
    if (!loaded.has(name)) loaded.set(name, runScript(name));
    return loaded.get(name);
  };
  const requireFrom = (id: string): unknown => {
    const script = packages[id];
    if (script !== undefined) return (load(script) as Readonly<Record<string, unknown>>)[id];
    const builtin = host.getBuiltinModule(id);
    if (builtin !== undefined) return builtin;
    throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' });
  };
  const runScript = (name: string): unknown => {
    const cachedData = assets.get(`${name}.cache`);
    const script = new host.Script(textOf(assets.get(`${name}.js`)), {
      filename: `docker-keyring:${name}`,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    const module = { exports: {} as unknown };
    (script.runInThisContext() as Wrapped)(module.exports as object, requireFrom, module);
    return module.exports;
  };
  return load;
}

function readAssets({ assets }: ScriptHost): ReadonlyMap<string, Buffer> {
  const read = new Map(
    assets.getAssetKeys().map((key) => [key, Buffer.from(assets.getRawAsset(key))]),
  );
  const names = [...read.keys()].filter((key) => !key.endsWith(COPY));
  const isWhole = names.every((name) =>
    read.get(`${name}${COPY}`)?.equals(read.get(name) as Buffer),
  );
  if (!isWhole || names.length * 2 !== read.size || !read.has('packed.json'))
    throw new Error('a part of it has changed');
  return read;
}

function textOf(bytes: Buffer | undefined): string {
  return (bytes as Buffer).toString('latin1');
}
