import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import AppSettings from './features/settings/app-settings.vue'
import ConnectionDetails from './features/connections/connection-details.vue'
import ConnectionList from './features/connections/connection-list.vue'
import RunEvents from './features/connections/run-events.vue'
import ExportList from './features/exports/export-list.vue'
import SavedViews from './features/views/saved-views.vue'
import TimelineList from './features/lists/timeline-list.vue'
import type { Place } from './lib/place.ts'
import { listedCounts } from '../src-main/contract/model/collection.ts'
import type { TimelineKind } from '../src-main/contract/model/query.ts'
import WorkBench from './work-bench.vue'

const kinds: readonly TimelineKind[] = ['workspaces', 'files', 'users']

/** The places of the app; what is asked and selected there stands in the address behind them. */
export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', redirect: '/events' },
      { path: '/events', component: WorkBench, meta: { isBench: true }, props: { place: { kind: 'all' } satisfies Place } },
      ...kinds.flatMap((kind) => [
        { path: `/${kind}`, component: TimelineList, props: { kind } },
        {
          path: `/${kind}/:connection/:id`,
          component: WorkBench,
          meta: { isBench: true },
          props: ({ params, query }: Address) => ({
            place: {
              kind,
              connection: one(params.connection),
              id: one(params.id),
              name: null,
              objectKind: kind === 'files' ? one(query.kind) || null : null,
            } satisfies Place,
          }),
        },
        {
          path: `/${kind}/:connection/by-name/:name`,
          component: WorkBench,
          meta: { isBench: true },
          props: ({ params, query }: Address) => ({
            place: {
              kind,
              connection: one(params.connection),
              id: null,
              name: one(params.name),
              objectKind: kind === 'files' ? one(query.kind) || null : null,
            } satisfies Place,
          }),
        },
      ]),
      { path: '/views', component: SavedViews },
      { path: '/connections', component: ConnectionList },
      { path: '/connections/:id', component: ConnectionDetails, props: true },
      { path: `/connections/:id/runs/:run/:count(${listedCounts.join('|')})`, component: RunEvents, props: true },
      { path: '/exports', component: ExportList },
      { path: '/settings', component: AppSettings },
      { path: '/:rest(.*)', redirect: '/events' },
    ],
  })
}

interface Address {
  readonly params: Readonly<Record<string, string | string[]>>
  readonly query: Readonly<Record<string, string | null | (string | null)[]>>
}

function one(value: string | null | undefined | readonly (string | null)[]): string {
  const first = typeof value === 'string' ? value : value?.[0]
  return first ?? ''
}
