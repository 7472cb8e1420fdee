/** The key of a client whose calls store prices first. They cannot be joined. */
export const UNSTORED = "unstored prices";
