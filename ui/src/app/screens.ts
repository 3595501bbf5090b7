/** The code of screens, fetched when it is needed: the first screen waits for none of it. */

export const loadScreens = () => import('./Screens.svelte');
export const loadHome = () => import('../home/Home.svelte');
export const loadCall = () => import('./Call.svelte');
export const loadDialogs = () => import('./Dialogs.svelte');
