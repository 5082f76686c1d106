/** Text as it stands inside the markup of `detail`. */
export const escapeMarkup = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

export const object = (markup: string): string => `<object>${markup}</object>`

/** An object that is no longer there, or never was one: only its name. */
export const bare = (text: string): string => object(escapeMarkup(text))

export const anchor = (path: string, name: string): string => `<a href="${path}">${escapeMarkup(name)}</a>`

export const complement = (text: string): string => `<complement>(${text})</complement>`

/** A size as the service writes it: `7 KB`. */
export const fileSize = (sizeBytes: number): string => {
  if (sizeBytes < 1024) return `${sizeBytes} Bytes`
  return sizeBytes < 1024 ** 2 ? `${Math.round(sizeBytes / 1024)} KB` : `${(sizeBytes / 1024 ** 2).toFixed(1)} MB`
}
