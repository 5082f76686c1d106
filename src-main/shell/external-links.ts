import { dialog, shell, type BrowserWindow } from 'electron'

let isAsking = false

/**
 * Opens an address in the user's browser, if it is https and the user agrees after seeing it.
 * Addresses come from services' data: what is shown is what is opened, in the form a browser would show it.
 */
export async function offerExternalLink(window: BrowserWindow, address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : null
  // A name before the @ makes one site look like another.
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return
  // A page that asks again and again gets one question.
  if (isAsking) return
  isAsking = true
  try {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Open this address in the browser?',
      detail: url.href,
      buttons: ['Cancel', 'Open'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    })
    if (response === 1) await shell.openExternal(url.href)
  } finally {
    isAsking = false
  }
}
