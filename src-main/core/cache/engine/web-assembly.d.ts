/** The part of the runtime's WebAssembly that is used here; the type packages of the browser know it, those of Node do not. */
declare namespace WebAssembly {
  type Module = object
  const Module: new (bytes: Uint8Array) => Module
  const Instance: new (module: Module) => { readonly exports: Readonly<Record<string, unknown>> }
  interface Memory {
    readonly buffer: ArrayBuffer
    /** Adds pages of 65,536 bytes; views of the buffer are of no use afterwards. */
    grow(pages: number): number
  }
}
