/** IANA zones this machine knows, grouped by region for a chooser. */
export function zonesByRegion(): readonly { readonly region: string; readonly zones: readonly string[] }[] {
  const groups = new Map<string, string[]>()
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const region = zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'Other'
    const group = groups.get(region)
    if (group === undefined) groups.set(region, [zone])
    else group.push(zone)
  }
  return [...groups].map(([region, zones]) => ({ region, zones }))
}

/** Whether Intl can read times in the zone. */
export function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    // an unknown zone is exactly what the constructor throws for
    return false
  }
}
