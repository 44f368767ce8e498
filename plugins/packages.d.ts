/** Packages that ship no types: only what is used here is declared. */

declare module 'des.js' {
  /** Options of a cipher. `key` and `iv` are byte arrays; `padding: false` leaves block padding to the caller. */
  interface CipherOptions {
    readonly type: 'encrypt' | 'decrypt';
    readonly key: ArrayLike<number>;
    readonly iv?: ArrayLike<number>;
    readonly padding?: boolean;
  }
  interface Cipher {
    update(bytes: ArrayLike<number>): number[];
    final(): number[];
  }
  interface CipherFactory {
    create(options: CipherOptions): Cipher;
  }
  interface Des {
    readonly DES: CipherFactory;
    readonly EDE: CipherFactory;
    readonly CBC: { instantiate(cipher: CipherFactory): CipherFactory };
  }
  const des: Des;
  export default des;
}
