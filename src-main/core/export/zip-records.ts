/** What a ZIP file says of one of its entries. */
export interface ZipEntry {
  readonly name: string
  readonly crc: number
  readonly packedBytes: number
  readonly plainBytes: number
  /** Where its header begins. */
  readonly offset: number
  /** True: its sizes may have 64 bits. */
  readonly isLarge: boolean
}

/** What 32 bits can hold; a field that is full stands for one of 64 bits elsewhere. */
export const full32 = 0xffff_ffff
const utf8Names = 0x0800
const sizesFollow = 0x0008
const plainVersion = 20
const largeVersion = 45
const deflated = 8
/** 1980-01-01, the earliest date the format knows: archives of the same events are the same bytes. */
const dosDate = 0x0021
const largeField = 0x0001

/** The bytes before an entry's data. */
export function localHeader({ name, isLarge }: Pick<ZipEntry, 'name' | 'isLarge'>): Buffer {
  const nameBytes = Buffer.from(name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x0403_4b50, 0)
  writeCommon(header, 4, isLarge)
  header.writeUInt16LE(nameBytes.length, 26)
  if (!isLarge) return Buffer.concat([header, nameBytes])
  header.writeUInt32LE(full32, 18)
  header.writeUInt32LE(full32, 22)
  // Both sizes follow the data; that they have 64 bits is told by this field.
  const field = extraField([0, 0])
  header.writeUInt16LE(field.length, 28)
  return Buffer.concat([header, nameBytes, field])
}

/** The bytes after an entry's data. */
export function dataDescriptor({ crc, packedBytes, plainBytes, isLarge }: Omit<ZipEntry, 'name' | 'offset'>): Buffer {
  const descriptor = Buffer.alloc(isLarge ? 24 : 16)
  descriptor.writeUInt32LE(0x0807_4b50, 0)
  descriptor.writeUInt32LE(crc, 4)
  if (isLarge) {
    descriptor.writeBigUInt64LE(BigInt(packedBytes), 8)
    descriptor.writeBigUInt64LE(BigInt(plainBytes), 16)
  } else {
    descriptor.writeUInt32LE(packedBytes, 8)
    descriptor.writeUInt32LE(plainBytes, 12)
  }
  return descriptor
}

/** What the directory at the end says of an entry. */
export function directoryEntry({ name, crc, packedBytes, plainBytes, offset, isLarge }: ZipEntry): Buffer {
  const nameBytes = Buffer.from(name)
  const header = Buffer.alloc(46)
  const large: number[] = []
  const put = (value: number, at: number): void => {
    const isFull = value >= full32
    if (isFull) large.push(value)
    header.writeUInt32LE(isFull ? full32 : value, at)
  }
  header.writeUInt32LE(0x0201_4b50, 0)
  header.writeUInt16LE(isLarge || offset >= full32 ? largeVersion : plainVersion, 4)
  writeCommon(header, 6, isLarge)
  header.writeUInt32LE(crc, 16)
  put(plainBytes, 24)
  put(packedBytes, 20)
  put(offset, 42)
  const field = large.length === 0 ? Buffer.alloc(0) : extraField(large)
  header.writeUInt16LE(nameBytes.length, 28)
  header.writeUInt16LE(field.length, 30)
  return Buffer.concat([header, nameBytes, field])
}

/** The last bytes of the file: how many entries there are, and where their directory lies. `comment`: ASCII. */
export function directoryEnd(entries: number, directoryBytes: number, directoryOffset: number, comment: string): Buffer {
  const end = Buffer.alloc(22)
  const isLarge = directoryOffset >= full32
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(entries, 8)
  end.writeUInt16LE(entries, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(isLarge ? full32 : directoryOffset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([end, Buffer.from(comment, 'latin1')])
}

/** What stands before `directoryEnd` where the directory lies past 4 GiB; else nothing. */
export function largeDirectoryEnd(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  if (directoryOffset < full32) return Buffer.alloc(0)
  const end = Buffer.alloc(56)
  end.writeUInt32LE(0x0606_4b50, 0)
  end.writeBigUInt64LE(44n, 4)
  end.writeUInt16LE(largeVersion, 12)
  end.writeUInt16LE(largeVersion, 14)
  end.writeBigUInt64LE(BigInt(entries), 24)
  end.writeBigUInt64LE(BigInt(entries), 32)
  end.writeBigUInt64LE(BigInt(directoryBytes), 40)
  end.writeBigUInt64LE(BigInt(directoryOffset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x0706_4b50, 0)
  locator.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end, locator])
}

function extraField(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + values.length * 8)
  field.writeUInt16LE(largeField, 0)
  field.writeUInt16LE(values.length * 8, 2)
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + i * 8)
  return field
}

/** Version needed, flags, method and date: the same in both kinds of header. */
function writeCommon(header: Buffer, at: number, isLarge: boolean): void {
  header.writeUInt16LE(isLarge ? largeVersion : plainVersion, at)
  header.writeUInt16LE(utf8Names | sizesFollow, at + 2)
  header.writeUInt16LE(deflated, at + 4)
  header.writeUInt16LE(dosDate, at + 8)
}
