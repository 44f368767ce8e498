/** The first SPI that may be used on the wire: 0 is for local use, 1 to 255 are reserved (RFC 4303 §2.1, RFC 4302 §2.4). */
export const FIRST_SPI = 256;

export function formatSpi(spi: number): string {
  return `0x${spi.toString(16).padStart(8, '0')}`;
}
