//! Numbers as they are packed: in few bits, as runs of one number, and by their differences.

use crate::front::{byte, fixed, taken, varint, zigzag};

/// Appends `count` numbers of `width` bits each: runs of one number, and numbers packed by eight.
///
/// The packing is the format's [hybrid of runs and bits][rle].
///
/// [rle]: https://parquet.apache.org/docs/file-format/data-pages/encodings/
pub(crate) fn unpacked(
    mut bytes: &[u8],
    width: u32,
    count: usize,
    numbers: &mut Vec<u32>,
) -> Result<(), String> {
    if width > u32::BITS {
        return Err(format!("unsupported width of numbers: {width} bits"));
    }
    let end = numbers.len() + count;
    while numbers.len() < end {
        let left = end - numbers.len();
        let head = varint(&mut bytes)?;
        let size = usize::try_from(head >> 1).unwrap_or(usize::MAX);
        if size == 0 {
            return Err("a run has no number".to_owned());
        }
        if head & 1 == 0 {
            let mut number = [0; 4];
            let stored = taken(&mut bytes, width.div_ceil(8) as usize)?;
            number[..stored.len()].copy_from_slice(stored);
            numbers.resize(numbers.len() + size.min(left), u32::from_le_bytes(number));
        } else {
            let packed = bytes.len().min(size.saturating_mul(width as usize));
            let packed = taken(&mut bytes, packed)?;
            unpack(
                packed,
                width as usize,
                left.min(size.saturating_mul(8)),
                numbers,
            )?;
        }
    }
    Ok(())
}

/// Takes numbers that stand behind the length of their bytes, and appends them.
pub(crate) fn prefixed(
    bytes: &mut &[u8],
    width: u32,
    count: usize,
    numbers: &mut Vec<u32>,
) -> Result<(), String> {
    let length = u32::from_le_bytes(*fixed(bytes)?) as usize;
    unpacked(taken(bytes, length)?, width, count, numbers)
}

/// Appends bits, one a value.
pub(crate) fn bits(bytes: &[u8], count: usize, numbers: &mut Vec<u32>) -> Result<(), String> {
    unpack(bytes, 1, count, numbers)
}

/// Appends packed numbers, the lowest bits first.
fn unpack(packed: &[u8], width: usize, count: usize, numbers: &mut Vec<u32>) -> Result<(), String> {
    if packed.len().saturating_mul(8) < count.saturating_mul(width) {
        return Err("it is truncated".to_owned());
    }
    let end = numbers.len() + count;
    unpack_eights(packed, width, count / 8, numbers);
    let done = count - (end - numbers.len());
    let mask = (1_u64 << width) - 1;
    numbers.extend((done..count).map(|at| {
        let bit = at * width;
        let rest = &packed[(bit / 8).min(packed.len())..];
        (word(rest) >> (bit % 8) & mask) as u32
    }));
    Ok(())
}

/// The first eight bytes as a number; missing ones are 0.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    let word = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut last = [0; 8];
        last[..bytes.len()].copy_from_slice(bytes);
        last
    });
    u64::from_le_bytes(word)
}

/// Appends numbers that are packed by eight, if their width is a common one.
fn unpack_eights(packed: &[u8], width: usize, count: usize, numbers: &mut Vec<u32>) {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                0 => numbers.resize(numbers.len() + count * 8, 0),
                $($width => {
                    let (eights, _) = packed.as_chunks::<$width>();
                    for bytes in &eights[..count] {
                        numbers.extend_from_slice(&eight(bytes));
                    }
                })*
                _ => {}
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24);
}

/// Eight numbers from as many bytes as each has bits.
#[inline]
fn eight<const WIDTH: usize>(bytes: &[u8; WIDTH]) -> [u32; 8] {
    let mut padded = [0; 32];
    padded[..WIDTH].copy_from_slice(bytes);
    let mut numbers = [0; 8];
    for (at, number) in numbers.iter_mut().enumerate() {
        let bit = at * WIDTH;
        *number = (word(&padded[bit / 8..]) >> (bit % 8) & ((1 << WIDTH) - 1)) as u32;
    }
    numbers
}

/// Appends `count` numbers that are written as differences from the previous one.
pub(crate) fn differences(
    mut bytes: &[u8],
    count: usize,
    numbers: &mut Vec<u32>,
) -> Result<(), String> {
    let bytes = &mut bytes;
    let size = |bytes: &mut &[u8]| varint(bytes).map(|number| usize::try_from(number).unwrap_or(0));
    let (block, parts, claimed) = (size(bytes)?, size(bytes)?, size(bytes)?);
    if claimed != count {
        return Err(format!("it claims {count} values, but contains {claimed}"));
    }
    let each = block.checked_div(parts).unwrap_or(0);
    if each == 0 || each % 32 != 0 || each * parts != block {
        return Err(format!("unsupported blocks of {block} in {parts} parts"));
    }
    // As in all writers of the format, sums beyond 32 bits wrap around to 0.
    let mut last = zigzag(bytes)?.cast_unsigned() as u32;
    let end = numbers.len() + count;
    if count > 0 {
        numbers.push(last);
    }
    let mut more = Vec::new();
    while numbers.len() < end {
        let smallest = zigzag(bytes)?.cast_unsigned() as u32;
        let widths = taken(bytes, parts)?;
        for &width in widths {
            let left = end - numbers.len();
            if left == 0 {
                break;
            }
            if u32::from(width) > u32::BITS {
                return Err(format!("unsupported width of numbers: {width} bits"));
            }
            // The last part may be cut after its last value.
            let packed = bytes
                .len()
                .min((each / 8).saturating_mul(usize::from(width)));
            let packed = taken(bytes, packed)?;
            more.clear();
            unpack(packed, usize::from(width), left.min(each), &mut more)?;
            numbers.extend(more.iter().map(|difference| {
                last = last.wrapping_add(smallest).wrapping_add(*difference);
                last
            }));
        }
    }
    Ok(())
}

/// Appends numbers of four bytes each.
pub(crate) fn plain(mut bytes: &[u8], count: usize, numbers: &mut Vec<u32>) -> Result<(), String> {
    let bytes = taken(&mut bytes, count.saturating_mul(4))?;
    let (each, _) = bytes.as_chunks();
    numbers.extend(each.iter().map(|bytes| u32::from_le_bytes(*bytes)));
    Ok(())
}

/// Appends numbers by their places in a dictionary: how many bits a place has, and the places.
pub(crate) fn places(mut bytes: &[u8], count: usize, places: &mut Vec<u32>) -> Result<(), String> {
    // A page without any value has no width either.
    if count == 0 {
        return Ok(());
    }
    let width = byte(&mut bytes)?;
    unpacked(bytes, u32::from(width), count, places)
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers as runs and packed ones, as a simple writer would write them.
    fn packed(numbers: &[u32], width: u32, runs: &[bool]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, eight) in numbers.chunks(8).enumerate() {
            if runs[at % runs.len()] {
                for number in eight {
                    bytes.push(2);
                    bytes.extend(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
                }
            } else {
                bytes.push(3);
                let mut all = vec![0_u8; width as usize];
                for (place, number) in eight.iter().enumerate() {
                    for bit in 0..width as usize {
                        let to = place * width as usize + bit;
                        all[to / 8] |= ((number >> bit & 1) as u8) << (to % 8);
                    }
                }
                bytes.extend(all);
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(
            width in 0_u32..=32,
            numbers in prop::collection::vec(any::<u32>(), 0..60),
            runs in prop::collection::vec(any::<bool>(), 1..4),
        ) {
            let fitting: Vec<u32> = numbers.iter().map(|each| (u64::from(*each) & ((1_u64 << width) - 1)) as u32).collect();
            let mut found = Vec::new();
            unpacked(&packed(&fitting, width, &runs), width, fitting.len(), &mut found).unwrap();
            prop_assert_eq!(found, fitting);
        }

        #[test]
        fn numbers_are_what_their_differences_add_up_to(numbers in prop::collection::vec(any::<u32>(), 1..300)) {
            // Blocks of 128 numbers in 4 parts: the smallest difference is 0, and each has 32 bits.
            let mut bytes = vec![0x80, 1, 4];
            bytes.extend([numbers.len() as u8 & 0x7f | 0x80, (numbers.len() >> 7) as u8]);
            let first = u64::from(numbers[0]) << 1;
            bytes.extend((0..5).map(|at| (first >> (7 * at)) as u8 & 0x7f | if at < 4 { 0x80 } else { 0 }));
            let differences: Vec<u32> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
            for block in differences.chunks(128) {
                bytes.extend([0, 32, 32, 32, 32]);
                bytes.extend(block.iter().flat_map(|each| each.to_le_bytes()));
            }
            let mut found = Vec::new();
            super::differences(&bytes, numbers.len(), &mut found).unwrap();
            prop_assert_eq!(found, numbers);
        }

        #[test]
        fn no_bytes_give_more_numbers_than_were_asked_for(bytes in prop::collection::vec(any::<u8>(), 0..40), width in 0_u32..=40, count in 0_usize..500) {
            let mut found = Vec::new();
            if unpacked(&bytes, width, count, &mut found).is_ok() {
                prop_assert_eq!(found.len(), count);
            }
            found.clear();
            if differences(&bytes, count, &mut found).is_ok() {
                prop_assert_eq!(found.len(), count);
            }
        }
    }

    #[test]
    fn differences_that_claim_other_numbers_than_their_page_are_refused() {
        let fault = |bytes: &[u8]| differences(bytes, 3, &mut Vec::new()).unwrap_err();
        assert_eq!(
            fault(&[0x80, 1, 4, 9, 0]),
            "it claims 3 values, but contains 9"
        );
        assert_eq!(
            fault(&[0x80, 1, 0, 3, 0]),
            "unsupported blocks of 128 in 0 parts"
        );
        let wide = [0x80, 1, 1, 3, 0, 0, 33];
        assert_eq!(fault(&wide), "unsupported width of numbers: 33 bits");
    }
}
