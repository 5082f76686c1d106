/** Puts the focus on the list of rows, so that keys go on from there; says whether there is one. */
export function focusGrid(): boolean {
  const grid = document.querySelector<HTMLElement>('main [role="grid"]')
  grid?.focus({ preventScroll: true })
  return grid !== null
}
