/** What a plugin does at one start. */
export interface Behaviour {
  /** May hold `{{count}}`, `{{image}}` and `{{token}}`. */
  readonly stdout: Buffer;
  readonly stderr?: Buffer;
  readonly stdoutFill?: number;
  readonly stderrFill?: number;
  readonly exit?: number;
  readonly signal?: number;
  readonly delayMs?: number;
  readonly grandchildMs?: number;
}

/** One plugin: its entry in the configuration, and what it does. */
export interface PluginCase {
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
  /** By image or `*`, at each start; the last one is repeated. */
  readonly script: Readonly<Record<string, readonly Behaviour[]>>;
  /** It never reads what it is told. */
  readonly isDeaf: boolean;
}

export interface ServiceAccountCase {
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface LookupCase {
  readonly image: string;
  readonly pod?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly serviceAccountName: string;
  };
  /** The part of the service account's token that changes from one to the next. */
  readonly token: string;
  /** A pause before it. */
  readonly afterMs: number;
}

/** A configuration, its plugins, and lookups one after the other. */
export interface PluginsCase {
  readonly plugins: readonly PluginCase[];
  /** By `namespace/name`. */
  readonly serviceAccounts: Readonly<Record<string, ServiceAccountCase>>;
  readonly lookups: readonly LookupCase[];
}

/** A case with its files on the disk. */
export interface PlacedCase extends PluginsCase {
  readonly config: string;
  readonly binDir: string;
}

export interface FoundCredential {
  readonly username: string;
  readonly password: string;
  /** `namespace/name/uid` where it came on behalf of one. */
  readonly serviceAccount?: string;
}

/** What came of a case. */
export interface CaseAnswer {
  /** Why the configuration was refused. */
  readonly refused?: string;
  readonly lookups: readonly (readonly FoundCredential[])[];
}

/** One start of a plugin, as it logged it. */
export interface LoggedStart {
  readonly lookup: string;
  readonly args: readonly string[] | null;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | null;
}
