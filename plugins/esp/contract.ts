/** All that another plugin may import: sealing and opening as pure functions over octets, and the headers. */
export { AT, ESP_HEADER_SIZE, espHeader, IPV4_NEXT_HEADER, NO_NEXT_HEADER } from './headers.ts';
export { type EspKeying, type EspMaterial, espMaterial } from './material.ts';
export { type EspOpening, type EspRefusal, openEsp } from './open.ts';
export { type EspSealing, leastPadding, payloadRoom, sealEsp, sealedSize } from './seal.ts';
