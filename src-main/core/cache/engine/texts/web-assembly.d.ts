/** The part of the runtime's WebAssembly that is used here; the type packages of the browser know it, those of Node do not. */
declare namespace WebAssembly {
  type Module = object
  const Module: new (bytes: Uint8Array) => Module
  const Instance: new (
    module: Module,
    imports: Readonly<Record<string, Readonly<Record<string, Memory | number>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> }
  interface Memory {
    readonly buffer: SharedArrayBuffer
    /** Adds pages of 65,536 bytes, which views of the buffer taken before do not reach. Throws a RangeError when there is no room. */
    grow(pages: number): number
  }
  const Memory: new (size: { readonly initial: number; readonly maximum: number; readonly shared: true }) => Memory
}
