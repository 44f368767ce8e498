/** Bounds on what one message may hold. A message beyond them is refused with a located fault, whatever it says of itself. */

/** Octets of a message: what one IPv4 datagram can carry over UDP. */
export const LONGEST_MESSAGE = 65_507;
/** Payloads in one chain. Certificates, vendor IDs and requests of a large installation stay well below it. */
export const MOST_PAYLOADS = 128;
/** Proposals of one SA payload. */
export const MOST_PROPOSALS = 64;
/** Transforms of one proposal. The count is one octet on the wire. */
export const MOST_TRANSFORMS = 255;
/** Attributes of one transform. */
export const MOST_ATTRIBUTES = 32;
