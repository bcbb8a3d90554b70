/** This dialect's own id. */
export const ID = 'bedrock-converse'
