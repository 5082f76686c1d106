import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { chooseTransport } from './api/choose-transport.ts'
import { clientKey, createClient } from './api/client.ts'
import App from './app.vue'
import { createAppRouter } from './router.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/coverage.css'

const { transport, isFake } = await chooseTransport(window)
createApp(App, { isFake }).provide(clientKey, createClient(transport)).use(createPinia()).use(createAppRouter()).mount('#app')
