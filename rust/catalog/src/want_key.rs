//! Short keys of wants, by which a saved document recognizes the wants of a later run.

use sha2::{Digest, Sha256};

/// The number of letters of a key.
pub const WANT_KEY_LETTERS: usize = 6;

/// The digits of base64 for URLs (RFC 4648, section 5).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Returns the key of a want: the first letters of its SHA-256 in base64 for URLs.
///
/// # Examples
///
/// ```
/// use specplan_catalog::want_key;
///
/// assert_eq!(&want_key(b"hdf5"), b"UvGWsb");
/// assert_eq!(&want_key(b"hdf5@=1.14.6"), b"E8z4wK");
/// ```
pub fn want_key(want: &[u8]) -> [u8; WANT_KEY_LETTERS] {
    let digest = Sha256::digest(want);
    let mut bits = [0; 8];
    bits.copy_from_slice(&digest[..8]);
    let bits = u64::from_be_bytes(bits);
    std::array::from_fn(|at| DIGITS[(bits >> (58 - 6 * at)) as usize & 63])
}
