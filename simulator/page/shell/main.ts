/** The simulator's page: two phones side by side, and the panels that inspect them. */
import { createApp } from 'vue'
import './shell.css'
import ShellPage from './ShellPage.vue'

createApp(ShellPage).mount('#shell')
