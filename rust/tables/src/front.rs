//! Reading at the front of some bytes.

/// Takes the first bytes.
pub(crate) fn taken<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], String> {
    let (first, rest) = bytes.split_at_checked(count).ok_or("it is truncated")?;
    *bytes = rest;
    Ok(first)
}

/// Takes a byte.
pub(crate) fn byte(bytes: &mut &[u8]) -> Result<u8, String> {
    Ok(taken(bytes, 1)?[0])
}

/// Takes a number of seven bits a byte, the lowest first.
pub(crate) fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = byte(bytes)?;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        number |= bits << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number is too long".to_owned())
}

/// Takes a signed number, in which negative and positive ones alternate.
pub(crate) fn zigzag(bytes: &mut &[u8]) -> Result<i64, String> {
    let number = varint(bytes)?;
    Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

/// Takes a number of bytes that is known at compile time.
pub(crate) fn fixed<'b, const N: usize>(bytes: &mut &'b [u8]) -> Result<&'b [u8; N], String> {
    let (first, rest) = bytes.split_first_chunk().ok_or("it is truncated")?;
    *bytes = rest;
    Ok(first)
}
