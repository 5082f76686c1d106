export interface Layer {
  readonly folder: string
  readonly mayImport: readonly string[]
  readonly packages: readonly string[]
  /** A file may also import from its own subfolder of `folder`. */
  readonly ownSubfolder?: boolean
}
export declare const layers: readonly Layer[]
export declare const forbiddenImports: readonly { readonly files: string[]; readonly patterns: string; readonly reason: string }[]
/** The folders of the engine, each of which may use those before it. */
export declare const engineFolders: readonly string[]
