export const half = (number: number) => number / 2
