export const byAll = (page: string) => `${page}, needed by all`
