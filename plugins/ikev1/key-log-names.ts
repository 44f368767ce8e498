export const IKEV1_KEY_LOG = 'ikev1_decryption_table';
/** IVs of messages. Wireshark works them out from the whole exchange; a dissection that sees one message has to be told. */
export const IKEV1_IV_LOG = 'ikev1_ivs';
