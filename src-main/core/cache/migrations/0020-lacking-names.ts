/** Events that were stored before the names they want were looked up; they are mapped again once these are known. */
export const lackingNames = /* sql */ `
CREATE TABLE lacking_names (connection INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (connection, seq)) WITHOUT ROWID;
`
