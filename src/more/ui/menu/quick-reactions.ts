/** The reactions that the menu of a message offers at once. The build writes them into MessageMenu.vue: as data they would be sent with each opening. */
export const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '🙏']
