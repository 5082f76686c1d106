/** Stands for a text that is not there. It and the next occur in no UTF-8. */
export const nothing = 0xfe
/** Ends an entry of a text. */
export const endOfEntry = 0xff
