import { Menu, type MenuItemConstructorOptions } from 'electron'

/** The platform's usual menu, without what would reload or open up the page. */
export function setMenu(platform: NodeJS.Platform): void {
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }],
  }
  const common: MenuItemConstructorOptions[] = [{ role: 'fileMenu' }, { role: 'editMenu' }, view, { role: 'windowMenu' }]
  Menu.setApplicationMenu(Menu.buildFromTemplate(platform === 'darwin' ? [{ role: 'appMenu' }, ...common] : common))
}
